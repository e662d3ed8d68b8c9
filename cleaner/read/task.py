"""The nouns of reading: Source (a file of the manifest), Span (a run of its records), Piece (a bounded bit of work)."""

from __future__ import annotations

from dataclasses import dataclass

from cleaner.errors import InputError

__all__ = ["TASK_BYTES", "TASK_RECORDS", "Bounds", "Chunk", "Lost", "Source", "Split", "Task"]

TASK_RECORDS = 1_000
TASK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the input manifest.

    `source` is its printable name as it stands in records; `path` opens it (a local path, a URL, or "-");
    `size` is in bytes, -1 where it is unknown before reading (stdin, pipes, some servers).
    """

    source: str
    path: str
    size: int = -1


@dataclass(frozen=True, slots=True)
class Split:
    """A run of records of one source that a worker can read alone.

    Either `path` with `start` and `end` (bytes, or numbers of row groups or batches; `end` -1 is the end of the file),
    or `payload`, the records themselves where the source cannot be sought. `first` is the number of the first record, 0
    for a file that is one article. `header` carries what stands once per file (dialect and column names of CSV),
    `encoding` the encoding of a format that is split by bytes ("" is UTF-8). `cut` says that it is a run of records and
    not a whole file, `count` how many records. `siblings` are the first texts of its folder, asked for their encoding.
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
    cut: bool = False
    count: int = 1
    siblings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A bounded bit of work: about `TASK_RECORDS` records or `TASK_BYTES` bytes, in the order of the manifest."""

    spans: tuple[Split, ...]

    @property
    def source(self) -> str:
        """The source of its first record, for messages."""
        return self.spans[0].source


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a run of records may be, in records and in bytes; how large one record may be."""

    records: int
    bytes: int
    record_bytes: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """`count` records from number `first` on: the bytes `start` to `end` of the flow they were cut from.

    `format` is that of `data` where it is not that of the flow.
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
    """Record `number` cannot be read, or nothing from there on; 0 is the whole source."""

    number: int
    error: InputError
