"""Exchanges: tasks give packed rows to numbered parts, and what comes together in a part is worked on at once.

That is all an engine must be able to do for the steps that need the whole corpus. Rows come together in no order;
the work on a part sorts what it needs sorted, writes its files in one piece each, and answers with a few figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.engine.work import replacing

__all__ = ["Blobs", "Exchange", "Here", "Steps", "deal", "load", "order_of", "rows_of", "save"]

Task = TypeVar("Task")
Blobs = Iterator[tuple[int, bytes]]
"""(part, packed rows)."""

PART_BYTES = 64 << 20
"""Rows of one part, so that sorting them takes a few hundred MB."""

_SMALLEST = 1 << 20


@runtime_checkable
class Exchange(Protocol):
    """What an engine does for the steps that need the whole corpus."""

    size: int

    def exchange(
        self,
        tasks: Sequence[Task],
        give: Callable[[Task], Blobs],
        take: Callable[[int, list[bytes]], Any],
    ) -> list[Any]:
        """`take(part, blobs)` for every part that some `give(task)` has given to; the answers (JSON) by part."""
        ...

    def each(self, work: Callable[[Task], Any], tasks: Iterable[Task]) -> list[Any]:
        """`work(task)` for every task, in order."""
        ...


class Here:
    """The calling process as an engine: the reference, and the way to test the steps without a cluster."""

    def __init__(self, size: int = 2) -> None:
        self.size = size

    def exchange(
        self, tasks: Sequence[Task], give: Callable[[Task], Blobs], take: Callable[[int, list[bytes]], Any]
    ) -> list[Any]:
        parts: dict[int, list[bytes]] = {}
        for task in tasks:
            for part, blob in give(task):
                parts.setdefault(part, []).append(blob)
        return [take(part, blobs[::-1]) for part, blobs in sorted(parts.items())]

    def each(self, work: Callable[[Task], Any], tasks: Iterable[Task]) -> list[Any]:
        return [work(task) for task in tasks]


class Steps:
    """The steps of one run in their folder; a step that is finished is not done again by the next process."""

    def __init__(self, engine: Exchange, folder: Path, memory: int) -> None:
        self.engine, self.folder, self.memory = engine, folder, memory
        folder.mkdir(parents=True, exist_ok=True)

    def parts(self, size: int) -> int:
        """Into how many parts `size` bytes of rows go: as many as work at once, more where they would be large."""
        return max(1, min(self.engine.size, size // _SMALLEST), -(-size // PART_BYTES))

    def exchange(
        self,
        name: str,
        tasks: Sequence[Task],
        give: Callable[[Task], Blobs],
        take: Callable[[int, list[bytes]], Any],
    ) -> list[Any]:
        return self._once(name, lambda: self.engine.exchange(tasks, give, take))

    def each(self, name: str, work: Callable[[Task], Any], tasks: Sequence[Task]) -> list[Any]:
        return self._once(name, lambda: self.engine.each(work, tasks))

    def place(self, name: str) -> Path:
        """The folder in which the files of a step stand."""
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    def _once(self, name: str, work: Callable[[], list[Any]]) -> list[Any]:
        marker = self.folder / f"{name}.json"
        if marker.exists():
            return list(orjson.loads(marker.read_bytes()))
        answers = orjson.dumps(work())
        with replacing(marker) as out:
            out.write(answers)
        return list(orjson.loads(answers))


def deal(rows: NDArray[Any], parts: NDArray[Any]) -> Blobs:
    """Rows, packed by the part that each goes to."""
    order = np.argsort(parts, kind="stable")
    rows, parts = rows[order], parts[order]
    cuts = np.flatnonzero(parts[1:] != parts[:-1]) + 1
    for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), len(rows)], strict=True):
        if first < last:
            yield int(parts[first]), rows[first:last].tobytes()


def rows_of(blobs: Iterable[bytes], dtype: np.dtype[Any] | type[np.generic]) -> NDArray[Any]:
    """The rows that were packed."""
    return np.frombuffer(b"".join(blobs), dtype)


def order_of(rows: NDArray[Any]) -> NDArray[np.int64]:
    """How to sort rows by their fields, the first one first. (np.argsort is ten times slower.)"""
    return np.lexsort([rows[name] for name in reversed(rows.dtype.names or ())])


def save(path: Path, rows: NDArray[Any]) -> None:
    """Write an array in one step."""
    with replacing(path) as out:
        np.save(out, rows, allow_pickle=False)


def load(path: Path) -> NDArray[Any]:
    """What `save` wrote, mapped and not read."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
