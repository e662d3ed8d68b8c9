"""Whether a file of the input is still the one that was listed: its size and time of change are compared."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from cleaner.article import Reject
from cleaner.read.read_errors import ChangedWhileRead, reject
from cleaner.read.task import Source

__all__ = ["Stamp", "Stamps", "changed_sources", "stamp_of", "stamps_of"]

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds, (-1, 0) of what is no file."""

Stamps = Mapping[str, tuple[str, Stamp]]
"""Path -> the name of the source, and the stamp of its file when it was listed."""


def stamp_of(path: str) -> Stamp:
    """The stamp of a path now."""
    try:
        status = os.stat(path)  # noqa: PTH116, a path may be no UTF-8
    except (OSError, ValueError):
        return -1, 0
    return status.st_size, status.st_mtime_ns


def stamps_of(sources: Iterable[Source | Reject]) -> dict[str, tuple[str, Stamp]]:
    """The stamps of all sources that are local files."""
    stamps = {s.path: (s.source, stamp_of(s.path)) for s in sources if isinstance(s, Source) and s.size >= 0}
    return {path: noted for path, noted in stamps.items() if noted[1] != (-1, 0)}


def changed_sources(stamps: Stamps) -> list[Reject]:
    """A reject for each file that is not as it was when it was listed.

    What was read of it is kept: nobody can tell which articles are missing, so the person has to be told.
    """
    wrong = ChangedWhileRead(
        "The file changed while it was read, so that articles may be missing or cut.",
        "Let what writes it finish, and run again with --force --fresh.",
    )
    return [reject(source, 0, wrong) for path, (source, stamp) in stamps.items() if stamp_of(path) != stamp]
