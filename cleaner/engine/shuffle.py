"""The shuffle, in which every step over the whole corpus is written: partition, sort, reduce over compact records.

A step has tasks, mostly numbers of shards. `emit(task)` yields packed records, each with the number of the part that it
belongs to; the carrier joins the records of each part; `reduce(part, packed)` sorts them, works on all at once, saves a
table, and returns a few figures. Records of a part arrive in no order, so a result never depends on which process did
what, and the same two functions give the same bytes on all three carriers:

    InMemory    in the calling process, nothing written: `cleaner.dedup`, and runs over small inputs
    OnPool      on a pool of processes (or of none), with files in the work directory between the two halves
    Spark       on a cluster (spark.py)
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.durable import read_sealed, refusal, sealing
from cleaner.engine.pool import Pool
from cleaner.engine.worker import Watch
from cleaner.errors import OutputError

if TYPE_CHECKING:
    from cleaner.engine.spark import Spark

__all__ = [
    "STRING",
    "Carrier",
    "Emitted",
    "InMemory",
    "OnPool",
    "Shuffle",
    "Table",
    "load_strings",
    "order_of",
    "partition",
    "save_sorted",
    "save_strings",
    "sorted_records",
]

Task = TypeVar("Task")

Emitted = Iterator[tuple[int, bytes]]
"""Number of a part, and records for it, packed in such a way that what is packed can be joined."""

PART_BYTES = 64 << 20
"""Most bytes of records in one part. Sorting them takes some six times as much, numpy's copies included."""

SMALLEST_PART = 1 << 20
"""The records of a step are cut into as many parts as are worked on at once, but no part is smaller than this."""

SPILL_BYTES = 32 << 20
"""Bytes of records that a process of a pool holds before it writes them, sorted by part. So each part is read in few
and long pieces."""

TASK_GROUPS = 4
"""Groups of tasks for each process of a pool in one half of a step: few, since each is a message; several, so that no
process waits long for the others."""

_SPILLED = np.dtype([("part", np.int64), ("offset", np.int64), ("size", np.int64)])
STRING = np.dtype([("address", np.int64), ("end", np.int64)])
"""What `save_strings` keeps beside the letters: the address of each string, and where its letters end."""


Carrier: TypeAlias = "InMemory | OnPool | Spark"
"""What moves the records of a step: it calls `emit` and `reduce`, and knows nothing of what they mean.

`each` gives `work(task)` for every task, in the order of the tasks; `shuffle` gives `reduce(part, packed)` for every
part that something was emitted for, by part. `size` is how many tasks it works on at once.
"""


@dataclass
class InMemory:
    """The calling process as a carrier; all records of a step are in memory at once. `size` says how many parts a
    step is cut into at least, which tests set to have several."""

    size: int = 1

    def each(self, work: Callable[[Task], Any], tasks: Iterable[Task]) -> list[Any]:
        return [work(task) for task in tasks]

    def shuffle(
        self, tasks: Sequence[Task], emit: Callable[[Task], Emitted], reduce: Callable[[int, bytes], Any]
    ) -> list[Any]:
        parts: dict[int, list[bytes]] = {}
        for task in tasks:
            for part, packed in emit(task):
                parts.setdefault(part, []).append(packed)
        # the last first, so that a step which relies on an order fails its tests here, and not on a cluster
        return [reduce(part, b"".join(packed[::-1])) for part, packed in sorted(parts.items())]


class OnPool:
    """A pool of processes as a carrier. What is emitted goes to files in `folder`, which are then read part by part.

    The folder is emptied before each step, so an unfinished file of a run that was killed does no harm.
    """

    def __init__(self, pool: Pool, folder: Path) -> None:
        self.size = pool.size
        self._pool, self._folder = pool, folder

    def each(self, work: Callable[[Task], Any], tasks: Iterable[Task]) -> list[Any]:
        groups = enumerate(self._groups(list(tasks)))
        answers = dict(self._pool.map(partial(_work_on_all, work), groups))  # in no order
        return [answer for number in range(len(answers)) for answer in answers[number]]

    def shuffle(
        self, tasks: Sequence[Task], emit: Callable[[Task], Emitted], reduce: Callable[[int, bytes], Any]
    ) -> list[Any]:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        groups = list(enumerate(self._groups(tasks)))
        emitted = self.each(partial(_spill, emit, self._folder), groups)
        parts = sorted({part for parts in emitted for part in parts})
        # the other half begins when all is emitted: only then is a part known to be complete
        answers = self.each(partial(_reduce_spilled, reduce, self._folder, len(groups)), parts)
        shutil.rmtree(self._folder)
        return answers

    def _groups(self, tasks: Sequence[Task]) -> list[Sequence[Task]]:
        """Cut tasks into groups, several for each process."""
        # neighbours stay together: they often read the same files
        size = -(-len(tasks) // (TASK_GROUPS * self.size)) or 1
        return [tasks[first : first + size] for first in range(0, len(tasks), size)]


def _work_on_all(work: Callable[[Task], Any], group: tuple[int, Sequence[Task]], watch: Watch) -> tuple[int, list[Any]]:
    """In a worker, do all tasks of a group. Returns its number and the results."""
    number, tasks = group
    return number, [work(task) for task in tasks]


def _spill(emit: Callable[[Task], Emitted], folder: Path, task: tuple[int, Sequence[Task]]) -> list[int]:
    """Write what some tasks emit to one file, with an index by part at its end. Returns the parts.

    Unlike all other files, it has its name before it is complete, and is not flushed to the disk, because only the same
    step of the same run reads it.
    """
    number, tasks = task
    path = folder / str(number)
    index: list[tuple[int, int, int]] = []
    held: dict[int, list[bytes]] = {}
    size = 0
    try:
        with path.open("wb") as out:
            for n, one in enumerate(tasks, 1):
                for part, packed in emit(one):
                    held.setdefault(part, []).append(packed)
                    size += len(packed)
                # sorted by part, so that a part is read in few and long reads
                if size >= SPILL_BYTES or n == len(tasks):
                    for part, some in sorted(held.items()):
                        index.append((part, out.tell(), sum(map(len, some))))
                        out.writelines(some)
                    held.clear()
                    size = 0
            out.write(np.array(sorted(index), _SPILLED).tobytes())
            out.write(len(index).to_bytes(8, "little"))
    except OSError as error:
        raise OutputError(refusal(path, error)) from error
    return sorted({part for part, _, _ in index})


def _reduce_spilled(reduce: Callable[[int, bytes], Any], folder: Path, files: int, part: int) -> Any:
    """Read the records of one part from all files that `_spill` wrote, and reduce them."""
    packed = []
    for number in range(files):
        with (folder / str(number)).open("rb") as file:
            file.seek(-8, os.SEEK_END)  # how long the index is, which stands before it
            size = int.from_bytes(file.read(), "little") * _SPILLED.itemsize
            file.seek(-8 - size, os.SEEK_END)
            index = np.frombuffer(file.read(size), _SPILLED)
            mine = slice(*np.searchsorted(index["part"], (part, part + 1)).tolist())
            for _, offset, size in index[mine].tolist():
                file.seek(offset)
                packed.append(file.read(size))
    return reduce(part, b"".join(packed))


@dataclass(frozen=True, slots=True)
class Table:
    """The arrays that a step saves and later steps load, by name (mostly the number of a part).

    They are files in a folder, which any process can read, or are held by the table itself when it has none.
    """

    folder: Path | None  # of files NAME.npy
    # without a folder, what was saved
    held: dict[str, NDArray[Any]] = field(default_factory=dict)

    def save(self, name: int | str, array: NDArray[Any]) -> None:
        """Keep an array. A file appears when it is complete."""
        if self.folder is None:
            self.held[str(name)] = array  # not copied: no step changes an array that it saved
            return
        with sealing(self.folder / f"{name}.npy") as out:
            np.save(out, array, allow_pickle=False)

    def load(self, name: int | str, dtype: Any = None) -> NDArray[Any]:
        """Return a saved array, mapped into memory; with `dtype`, an empty array of it where none was saved."""
        path = None if self.folder is None else self.folder / f"{name}.npy"
        # only where a caller expects that a step may have saved nothing; else it is an error
        if dtype is not None and not (path.exists() if path else str(name) in self.held):
            return np.zeros(0, dtype)
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)) if path else self.held[str(name)]

    def free(self, name: int | str) -> None:
        """Remove an array that no later step loads, not even when the run is continued."""
        self.held.pop(str(name), None)
        if self.folder is not None:
            (self.folder / f"{name}.npy").unlink(missing_ok=True)


@dataclass
class Shuffle:
    """The steps of one run on a carrier. `memory` is the bytes that one task may use.

    `folder` keeps the tables, and for every finished step a note with its results: when a run is continued, a step
    with a note is not done again. Without a folder everything is held in memory, where no other process can read it.
    """

    carrier: Carrier
    folder: Path | None
    memory: int
    _tables: dict[str, Table] = field(default_factory=dict, init=False)

    def parts(self, name: str, size: int) -> int:
        """Return into how many parts `size` bytes of records go: one for each process, and more if these would be too
        large.

        The number is noted under `name`, because a run may be continued with other memory and other workers.
        """
        most = max(SMALLEST_PART, min(PART_BYTES, self.memory // 4))
        parts = max(1, min(self.carrier.size, size // SMALLEST_PART), -(-size // most))
        return int(self.once(f"{name}-parts", lambda: parts))

    def table(self, name: str) -> Table:
        """Return the table of this name, empty at first."""
        if name not in self._tables:
            folder = self.folder and self.folder / name
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            self._tables[name] = Table(folder)
        return self._tables[name]

    def reduce(
        self,
        name: str,
        tasks: Sequence[Task],
        emit: Callable[[Task], Emitted],
        reduce: Callable[[int, bytes], Any],
    ) -> list[Any]:
        """Do one step, as the head of this module describes it. Returns the answers (JSON) of `reduce`, by part."""
        return list(self.once(name, lambda: self.carrier.shuffle(tasks, emit, reduce)))

    def each(self, name: str, work: Callable[[Task], Any], tasks: Sequence[Task]) -> list[Any]:
        """Do a step without a shuffle. Returns the answers (JSON) of `work`, by task."""
        return list(self.once(name, lambda: self.carrier.each(work, tasks)))

    def once(self, name: str, work: Callable[[], Any]) -> Any:
        """Do a step in the calling process. Returns the answer (JSON) of `work`, or that which an earlier process
        noted."""
        if self.folder is None:
            return work()  # nothing outlives this process, so there is nothing to note
        # its tables were renamed into place before, so a note says that they are all there
        note = self.folder / f"{name}.json"
        if not note.exists():
            answer = orjson.dumps(work())
            self.folder.mkdir(parents=True, exist_ok=True)
            with sealing(note) as out:
                out.write(answer)
        return orjson.loads(read_sealed(note))


def partition(records: NDArray[Any], parts: NDArray[Any]) -> Emitted:
    """Yield (part, its packed records); `parts` has the part of each record, shape (n,)."""
    order = np.argsort(parts, kind="stable")
    records, parts = records[order], parts[order]
    cuts = np.flatnonzero(parts[1:] != parts[:-1]) + 1  # where another part begins
    for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), len(records)], strict=True):
        if first < last:
            yield int(parts[first]), records[first:last].tobytes()


def sorted_records(packed: bytes, dtype: Any) -> NDArray[Any]:
    """Return the records that `partition` packed, in the order of their fields."""
    records = np.frombuffer(packed, dtype)
    return records[order_of(records)] if records.dtype.names else np.sort(records)


def save_sorted(table: Table, dtype: Any, part: int, packed: bytes) -> None:
    """Save the records of a part, sorted: the `reduce` of a step that only keeps them."""
    table.save(part, sorted_records(packed, dtype))


def order_of(records: NDArray[Any]) -> NDArray[np.int64]:
    """Return the indices that sort records by their fields, the first field first. (np.argsort takes ten times as
    long.)"""
    return np.lexsort([records[name] for name in reversed(records.dtype.names or ())])


def save_strings(table: Table, name: int | str, addresses: NDArray[np.int64], strings: Sequence[bytes]) -> None:
    """Save strings, each with an address, as two arrays, so that some can be read without the others."""
    records = np.empty(len(addresses), STRING)
    records["address"], records["end"] = addresses, np.cumsum([len(string) for string in strings], dtype=np.int64)
    table.save(name, records)
    table.save(f"{name}-letters", np.frombuffer(b"".join(strings), np.uint8))


def load_strings(table: Table, name: int | str, places: NDArray[np.int64]) -> list[bytes]:
    """Return the strings at these places, in this order."""
    if not len(places):
        return []
    ends = table.load(name)["end"]
    firsts = np.where(places > 0, ends[places - 1], 0).tolist()
    letters = table.load(f"{name}-letters").data
    return [bytes(letters[a:b]) for a, b in zip(firsts, ends[places].tolist(), strict=True)]
