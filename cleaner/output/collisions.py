"""Check that the paths that a run writes differ from one another and from its inputs, whatever links lead there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import permutations
from pathlib import Path

from cleaner.article import Reject
from cleaner.errors import RefusedError
from cleaner.read.task import Source

__all__ = ["check_can_be_made", "check_inputs_stay", "check_places"]

_ADDED_BYTES = 60
"""How many bytes longer than the name of the output the names of its logs and temporary files can be."""


def check_can_be_made(paths: Iterable[str | Path | None]) -> None:
    """Raise RefusedError for a path that the system would refuse to make when it is written, perhaps hours later."""
    for path in [Path(path) for path in paths if path]:
        real = Path(os.path.realpath(path))
        above = next(folder for folder in real.parents if os.path.lexists(folder))
        if not above.is_dir():
            raise RefusedError(f"{path} cannot be made, because {above} is no folder. Name another path.")
        if not os.access(above, os.W_OK | os.X_OK):
            raise RefusedError(f"{path} cannot be made, because {above} may not be written. Name another path.")
        if len(os.fsencode(real.name)) + _ADDED_BYTES > os.pathconf(above, "PC_NAME_MAX"):
            raise RefusedError(f"{path} cannot be made, because its name is too long. Name another path.")


def check_places(named: Mapping[str, str | Path | None], replaced: Iterable[str]) -> None:
    """Raise RefusedError where two paths are the same, or one lies in a folder that the run removes or replaces.

    `named` maps what people call a path to the path ("" and None are passed over); `replaced` are the names of the
    folders that go with all that is in them.
    """
    places = {name: Path(os.path.realpath(path)) for name, path in named.items() if path}
    for (name, place), (other, outer) in permutations(places.items(), 2):
        if place == outer:
            raise RefusedError(f"{name} and {other} are the same path, {place}. Name different ones.")
        if other in replaced and outer in place.parents:
            raise RefusedError(
                f"{name} lies in {outer}, which goes with all that is in it when the run ends. Name another path for "
                f"{name}."
            )


def check_inputs_stay(written: Iterable[str | Path | None], sources: Iterable[Source | Reject]) -> None:
    """Raise RefusedError where one of the files or folders that are written is an input, or holds one.

    Files are compared by device and inode, so that links of both kinds are seen; most runs write to new paths, and
    then no source is looked up.
    """
    there = [Path(path) for path in written if path and Path(path).exists()]
    files = {(s.st_dev, s.st_ino): path for path in there if path.is_file() for s in (path.stat(),)}
    folders = [Path(os.path.realpath(path)) for path in there if path.is_dir()]
    for source in sources if there else ():
        if not isinstance(source, Source):
            continue
        found = None
        with suppress(OSError, ValueError):  # a file that is not local, or is gone, cannot be overwritten
            # Stdin may be a file, too.
            status = os.fstat(0) if source.path == "-" else Path(source.path).stat()
            above = Path(os.path.realpath(source.path)).parents if folders else ()
            found = files.get((status.st_dev, status.st_ino)) or next((f for f in folders if f in above), None)
        if found is not None:
            raise RefusedError(
                f"{found} would be written by this run and is, or holds, one of its inputs ({source.source}). An input "
                "is never overwritten, with --force neither. Name another path."
            )
