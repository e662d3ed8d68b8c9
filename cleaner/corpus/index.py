"""Build a saved near-duplicate index of a corpus, or add to one, as `cleaner index` does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleaner.article import Reject
from cleaner.corpus.checks import check_something_was_read
from cleaner.corpus.clean import finish_corpus, read_corpus
from cleaner.corpus.run import Run
from cleaner.corpus.saved_index import HEADER_FILE, Index
from cleaner.engine.pool import Pool
from cleaner.engine.work import Work
from cleaner.errors import InputError, OptionError
from cleaner.options import Options, stage_options
from cleaner.ownership import remove_folder
from cleaner.read.changes import stamps_of, with_changes
from cleaner.read.files import list_inputs

__all__ = ["AS_IT_IS", "index_corpus"]

AS_IT_IS: dict[str, Any] = {
    "strip": False, "repeats": False, "language_model": "none", "content": "plain", "min_chars": 0
}  # fmt: skip
"""Options under which a clean text stays unchanged."""


def index_corpus(
    inputs: Iterable[str | Path], folder: str | Path, options: Options | None = None, *, add: bool = False
) -> tuple[dict[str, Any], list[Reject]]:
    """Build an index of clean texts at `folder`, or add them to the one that is there.

    Returns what `Index.info` gives, and the input that could not be read. Raises OutputError when `folder` is not empty
    (without `add`), OptionError when it holds no index that fits (with `add`), InputError when nothing could be read.
    """
    options = replace(options or Options(), **AS_IT_IS)
    sources = list_inputs([str(i) for i in inputs], options, [folder]).sources
    if not sources:
        raise OptionError("The inputs name no file.")
    index = Index.open(Path(folder)) if add else Index.build(Path(folder))
    with (
        tempfile.TemporaryDirectory(prefix="cleaner-") as scratch,
        Work(Path(scratch) / "work", inputs={}, stages=stage_options(options)) as work,
        Pool(options.workers, seconds=options.record_timeout) as pool,
    ):
        run = Run(work, pool, options)
        stamps = stamps_of(sources)
        rejects = read_corpus(run, sources, stamps)
        finish_corpus(run)
        rejects = with_changes([*rejects, *run.rejects()], stamps)
        try:
            check_something_was_read(rejects, run.shards("finish"))
        except InputError:
            if not add:
                remove_folder(Path(folder), (HEADER_FILE,))
            raise
        shuffle, shards = run.shuffle("write", run.shards("finish"))
        index.add(shuffle, index.behind(shards))
    return index.info(), rejects
