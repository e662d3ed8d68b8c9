"""The data types of reading: a source is cut into splits, splits are bundled into tasks, chunks hold records.

Source    one file of the input manifest
Task      what one worker reads at a time: one or more splits
Split     a part of a source, or all of it, that a worker can read without the rest
Chunk     consecutive records as they were found in a stream; each becomes a split
Lost      a record that cannot be read
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cleaner.errors import InputError

__all__ = [
    "TASK_BYTES",
    "TASK_RECORDS",
    "Bounds",
    "Chunk",
    "Lost",
    "Numbered",
    "Rewritten",
    "Source",
    "Split",
    "Task",
    "gather_chunks",
]

TASK_RECORDS = 1_000
TASK_BYTES = 8 << 20
"""Bounds of a task where the caller names none: a worker holds the bytes of one task at a time."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the input manifest.

    `source` is its printable name, as it stands in records. `path` opens it: a local path, a URL, or "-" for stdin.
    `size` is in bytes, -1 where it is unknown before reading (stdin, pipes, some servers).
    """

    source: str
    path: str
    size: int = -1


@dataclass(frozen=True, slots=True)
class Split:
    """A part of one source that a worker can read without the rest.

    The data stand either in `path` from `start` to `end` (offsets in bytes, or numbers of row groups or batches of a
    table; `end` -1 is the end of the file), or in `payload` where the source cannot be sought, as in a compressed file.

    `first` is the number of the first record, 0 for a file that is one article. `header` carries what stands only once
    in the file (delimiter, escape character and column names of CSV). `encoding` is that of a format that is split as
    bytes, "" for UTF-8. `chunked` says that the split was made of a chunk and needs no further splitting; a split that
    is not chunked is a whole file. `count` is the number of records, `only` the numbers of those to read where not all
    are. `siblings` are paths of the first texts in the same folder, which help to find the encoding of a text.
    """

    source: str
    format: str
    path: str = ""
    first: int = 0
    start: int = 0
    end: int = -1
    payload: bytes = b""
    header: tuple[str, ...] = ()
    encoding: str = ""
    chunked: bool = False
    count: int = 1
    siblings: tuple[str, ...] = ()
    only: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A bounded amount of work: about `TASK_RECORDS` records or `TASK_BYTES` bytes, in the order of the manifest."""

    splits: tuple[Split, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Upper bounds: records and bytes of a chunk, and bytes of a single record."""

    records: int
    bytes: int
    record_bytes: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """`count` consecutive records, the first of which has the number `first`.

    They stand in the stream from byte `start` to byte `end`; `data` are these bytes, or empty where the offsets are
    enough. `header` is that of `Split`. `format` is the format of `data` where it is not that of the stream.
    """

    first: int
    count: int
    start: int
    end: int
    data: bytes
    header: tuple[str, ...] = ()
    format: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """Record `number` cannot be read, or nothing from there on; number 0 stands for the whole source."""

    number: int
    error: InputError


class Rewritten(bytes):
    """A record that was written anew, so that its bytes are not those of the stream."""


Numbered = tuple[int, bytes | InputError, int]
"""A record as it is found: its number, its bytes or what is wrong with it, and the offset of its end in the stream."""


def gather_chunks(
    records: Iterable[Numbered],
    bounds: Bounds,
    *,
    separator: bytes = b"",
    header: tuple[str, ...] = (),
    keep: bool = True,
) -> Iterator[Chunk | Lost]:
    """Gather consecutive records into chunks within `bounds`, with a Lost in the place of each broken one.

    A record that is larger than `bounds.bytes` is a chunk of its own. With `keep` False the chunks have offsets and no
    data, so that a file of any size is split in constant memory; only chunks that begin with a Rewritten have data.
    """
    held: list[bytes] = []
    first = count = size = start = end = 0
    holding = keep

    def flush() -> Iterator[Chunk]:
        nonlocal count, size, holding
        if count:
            yield Chunk(first, count, start, end, separator.join(held), header)
            count = size = 0
            held.clear()
        holding = keep

    for number, data, data_end in records:
        if isinstance(data, InputError):
            yield from flush()
            yield Lost(number, data)
            continue
        length = len(data)
        rewritten = not holding and isinstance(data, Rewritten)
        if rewritten or count >= bounds.records or size + length > bounds.bytes:
            yield from flush()
        holding = holding or isinstance(data, Rewritten)
        if not count:
            first, start = number, max(data_end - length, 0)
        count, size, end = count + 1, size + length, data_end
        if holding:
            held.append(data)
    yield from flush()
