"""A block for datatrove pipelines."""

from __future__ import annotations

import contextlib
from itertools import tee
from typing import Any

from cleaner.api import Cleaned, iter_clean
from cleaner.errors import MissingExtra
from cleaner.integrations.columns import COLUMNS, values
from cleaner.options import Options

try:
    from datatrove.data import Document, DocumentsPipeline
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.writers.disk_base import DiskWriter
    from datatrove.utils.typeshelper import StatHints
except ImportError as error:
    raise MissingExtra("datatrove", "datatrove", "cleaner.integrations.datatrove") from error

__all__ = ["ArticleCleaner"]


class ArticleCleaner(PipelineStep):  # type: ignore[misc]
    """Cleans every document: its text is replaced, `metadata` gets the other columns of `columns.COLUMNS`.

    A document that a corpus would leave out goes to `exclusion_writer`, if there is one, with its reason as
    `filter_reason`, and no further. `url`, `title`, `date` and the like are read from the metadata.
    """

    name = "🧹 Cleaner"
    type = "✂️ - FORMAT"

    def __init__(self, options: Options | None = None, exclusion_writer: DiskWriter | None = None) -> None:
        super().__init__()
        self.options = options
        self.exclusion_writer = exclusion_writer

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        documents, given = tee(data or ())
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            for article in iter_clean(map(_record, given), self.options):
                document = next(documents)
                self.stat_update(StatHints.total)
                _fill(document, article)
                if article.dropped:
                    self.stat_update(StatHints.dropped, f"dropped_{article.dropped}")
                    document.metadata["filter_reason"] = article.dropped
                    if writer:
                        writer.write(document, rank)
                    continue
                self.stat_update(StatHints.forwarded)
                self.update_doc_stats(document)
                yield document


def _record(document: Document) -> dict[str, Any]:
    return {**document.metadata, "id": document.id, "text": document.text}


def _fill(document: Document, article: Cleaned) -> None:
    document.text = article.text
    document.metadata.update(zip(COLUMNS[1:], values(article)[1:], strict=True))
