"""Find the files of the input that changed while a run read them, by their size and time of change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from cleaner.article import Reject
from cleaner.read.read_errors import ChangedWhileRead, reject
from cleaner.read.task import Source

__all__ = ["Stamp", "Stamps", "changed_sources", "stamps_of", "with_changes"]

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""

_NO_FILE: Stamp = (-1, 0)

Stamps = Mapping[str, tuple[str, Stamp]]
"""Path -> the name of the source, and the stamp of its file when it was listed."""


def stamps_of(sources: Iterable[Source | Reject]) -> dict[str, tuple[str, Stamp]]:
    """Return the stamps of all sources that are local files, with the size by which they were listed."""
    found: dict[str, tuple[str, Stamp]] = {}
    for source in sources:
        if isinstance(source, Source) and source.size >= 0 and (stamp := _stamp_of(source.path)) != _NO_FILE:
            found[source.path] = source.source, (source.size, stamp[1])
    return found


def changed_sources(stamps: Stamps) -> list[Reject]:
    """Return a reject for each file that is not as it was when it was listed.

    The articles that were read from it are kept. Which ones are missing cannot be known, so the user has to be told.
    """
    wrong = ChangedWhileRead(
        "The file changed while it was read, so that articles may be missing or cut.",
        "Let what writes it finish, and run again with --force.",
    )
    return [reject(source, 0, wrong) for path, (source, stamp) in stamps.items() if _stamp_of(path) != stamp]


def with_changes(rejects: Sequence[Reject], stamps: Stamps) -> list[Reject]:
    """Return all rejects of a run, and one for each file that is not as it was when it was listed.

    A file that was read in several parts may have a reject from each of them, of which one stays. A file that could not
    be read at all has its reject already.
    """
    unread = {r.source for r in rejects if r.error in ("NotFound", "NotReadable")}
    changed = {r for r in (*rejects, *changed_sources(stamps)) if r.error == ChangedWhileRead.__name__}
    return [r for r in rejects if r not in changed] + [r for r in changed if r.source not in unread]


def _stamp_of(path: str) -> Stamp:
    """Return the stamp of a path now."""
    try:
        status = os.stat(path)  # noqa: PTH116, a path may be no UTF-8
    except (OSError, ValueError):
        return _NO_FILE
    return status.st_size, status.st_mtime_ns
