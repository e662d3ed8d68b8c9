"""Hugging Face `datasets`: `ds.map(hf.clean_batch, batched=True)`, and whole data sets with near-duplicates."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.corpus.clean import clean_corpus
from cleaner.errors import MissingExtra
from cleaner.integrations.columns import clean_columns
from cleaner.options import Options
from cleaner.ownership import MARK, claim_folder
from cleaner.read.task import Source

if TYPE_CHECKING:
    from datasets import Dataset

__all__ = ["clean_batch", "clean_dataset"]


def clean_batch(batch: Mapping[str, Sequence[Any]], options: Options | None = None) -> dict[str, list[Any]]:
    """Return the columns of `cleaner.integrations.columns.COLUMNS` for a batch of rows. All rows stay.

    Use it with `Dataset.map` or `IterableDataset.map` and `batched=True`; pass options by `fn_kwargs={"options": ...}`.
    `ds.filter(lambda row: not row["dropped"])` then removes the rows that a corpus would leave out. Raises InputError
    when no column can hold a text.

    >>> clean_batch({"text": ["Panen raya mundur.\\n\\nIklan"]})["text"]
    ['Panen raya mundur.']
    """
    return clean_columns(batch, options)


def clean_dataset(
    dataset: Dataset, options: Options | None = None, *, audit: str | Path | None = None, name: str = "dataset"
) -> Dataset:
    """Make a clean corpus out of a data set, by a whole run with lines that repeat per site and near-duplicates.

    The result has the fields of a record; columns without a place of their own are in `meta`. `audit` is a folder for
    the logs of every removal and drop. `name` becomes the `source` of each record, and, with the number of its row, the
    id of a record without one. `options.memory` bounds the memory. Raises MissingExtra without `datasets`, and the
    errors of `cleaner.clean_corpus`.
    """
    try:
        from datasets import Dataset
    except ImportError as error:
        raise MissingExtra("datasets", "hf", "cleaner.integrations.hf") from error
    with tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
        # Through a file of Parquet, so that a data set larger than memory is never held at once.
        given, clean = Path(folder, "given.parquet"), Path(folder, "clean.parquet")
        dataset.to_parquet(str(given))
        source = Source(name, str(given), given.stat().st_size)
        if audit:  # the logs belong to the data set, since the file of this run is removed
            claim_folder(Path(audit), "audit", str(Path(audit).with_name(name)))
        report = clean_corpus([source], clean, options)
        for log in Path(report.audit).iterdir() if audit else ():
            if log.name != MARK:
                shutil.copyfile(log, Path(audit or "", log.name))
        # The folder is removed at the end: a data set in memory stays there, one on disk is copied to its cache.
        return Dataset.from_parquet(str(clean), keep_in_memory=not dataset.cache_files)
