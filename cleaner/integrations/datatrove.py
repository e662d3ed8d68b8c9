"""datatrove: a pipeline step that cleans documents."""

from __future__ import annotations

import contextlib
from itertools import tee

from cleaner.api import iter_clean
from cleaner.errors import MissingExtra
from cleaner.integrations.columns import COLUMNS, values
from cleaner.options import Options

try:
    from datatrove.data import DocumentsPipeline
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.writers.disk_base import DiskWriter
    from datatrove.utils.typeshelper import StatHints
except ImportError as error:
    raise MissingExtra("datatrove", "datatrove", "cleaner.integrations.datatrove") from error

__all__ = ["ArticleCleaner"]


class ArticleCleaner(PipelineStep):  # type: ignore[misc]
    """Clean every document: its text is replaced, and its `metadata` gets the other columns of `columns.COLUMNS`.

    A document that a corpus would leave out is not passed on. It is written to `exclusion_writer`, if there is one,
    with the reason as `filter_reason` in its metadata. `url`, `title`, `date` and the like are read from the metadata.
    Raises MissingExtra, when the module is imported, without datatrove.

    >>> from datatrove.data import Document
    >>> documents = [Document("Panen raya mundur.\\n\\nIklan", id="a"), Document("", id="b")]
    >>> [document.text for document in ArticleCleaner()(documents)]
    ['Panen raya mundur.']
    """

    name = "🧹 Cleaner"
    type = "✂️ - FORMAT"

    def __init__(self, options: Options | None = None, exclusion_writer: DiskWriter | None = None) -> None:
        super().__init__()
        self.options = options
        self.exclusion_writer = exclusion_writer

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Yield the cleaned documents that are kept, in their order. datatrove calls this for each rank."""
        documents, given = tee(data or ())  # cleaning runs a batch ahead of the documents that it belongs to
        records = ({**document.metadata, "id": document.id, "text": document.text} for document in given)
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            for article in iter_clean(records, self.options):
                document = next(documents)
                self.stat_update(StatHints.total)
                document.text = article.text
                document.metadata.update(zip(COLUMNS[1:], values(article)[1:], strict=True))
                if article.dropped:  # counted and written as by datatrove's own filters
                    self.stat_update(StatHints.dropped, f"dropped_{article.dropped}")
                    document.metadata["filter_reason"] = article.dropped
                    if writer:
                        writer.write(document, rank)
                    continue
                self.stat_update(StatHints.forwarded)
                self.update_doc_stats(document)
                yield document
