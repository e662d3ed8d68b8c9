"""The formats of a file of records: JSON Lines, plain or compressed, and Parquet."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import IO, Any

import orjson

from cleaner.errors import OutputError

__all__ = ["FORMATS", "RECORD", "Record", "RecordFile", "unwritable"]

Record = Mapping[str, object]

RECORD: Mapping[str, str] = {
    "id": "string", "text": "string", "language": "string", "language_score": "double", "languages": "string",
    "title": "string", "author": "string", "date": "string", "place": "string", "url": "string", "site": "string",
    "source": "string", "encoding": "string", "repair": "strings", "page_kind": "string", "input_kind": "string",
    "flags": "strings", "duplicates": "strings", "meta": "string",
}  # fmt: skip
"""The fields of one record, in order, with their column type in Parquet ("strings" is a list of them)."""

_ROWS = 10_000
"""Records in a Parquet row group: 30 MB of news. A group is held in memory until it is full."""

_ROW_GROUP_CHARS = 64 << 20
"""Characters that end a row group before it has so many records, for huge articles would break the memory bound."""


class RecordFile:
    """A format at work inside an open binary file, which stays open when this is closed."""

    def put(self, record: Record) -> None:
        """Write a record. Raises OutputError for one that cannot be written."""
        raise NotImplementedError

    def put_line(self, line: bytes | memoryview) -> None:
        """Write a record that is a line of JSON already, as the shards of a run hold it."""
        self.put(orjson.loads(line))

    def close(self) -> None:
        """Write what is held back."""


class _JsonLinesFile(RecordFile):
    """JSON Lines: UTF-8 not escaped, one line feed after each record; `packer` compresses them on their way.

    A compressed file is one gzip member or one Zstandard frame, for `zstandard.open`, and loaders built on it, stop
    after the first frame without a word. The compressor is fed record by record, so that its output cannot depend on
    how records were batched.
    """

    def __init__(self, file: IO[bytes], packer: IO[bytes] | None = None) -> None:
        self._file, self._packer = packer or file, packer

    def put(self, record: Record) -> None:
        try:
            line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        except TypeError as error:  # orjson's encode error is one
            raise unwritable(record, error) from error
        self._file.write(line)

    def put_line(self, line: bytes | memoryview) -> None:
        self._file.write(line)

    def close(self) -> None:
        if self._packer is not None:
            self._packer.close()


def _gzip(file: IO[bytes]) -> RecordFile:
    # Without name and time in its head, the same records give the same bytes under any name on any day.
    return _JsonLinesFile(file, gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0))  # type: ignore[arg-type]


def _zstandard(file: IO[bytes]) -> RecordFile:
    import zstandard

    return _JsonLinesFile(
        file, zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(file, closefd=False)
    )


class _ParquetFile(RecordFile):
    """Parquet with typed columns, compressed by Zstandard; row groups are cut by the number and size of records."""

    def __init__(self, file: IO[bytes]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {"string": pa.string(), "strings": pa.list_(pa.string()), "double": pa.float64()}
        self._schema = pa.schema([(name, types[kind]) for name, kind in RECORD.items()])
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd", compression_level=3)
        self._rows: list[Record] = []
        self._chars = 0

    def put(self, record: Record) -> None:
        if record.keys() != RECORD.keys():
            odd = ", ".join(sorted(record.keys() ^ RECORD.keys()))
            raise OutputError(f"The record {record.get('id')} cannot be a Parquet row: it lacks, or adds, {odd}.")
        self._rows.append(record)
        self._chars += sum(len(value) for value in record.values() if isinstance(value, str))
        if len(self._rows) == _ROWS or self._chars >= _ROW_GROUP_CHARS:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        rows, self._rows, self._chars = self._rows, [], 0  # first: after an error, `close` has nothing left to write
        self._writer.write_table(self._columns(rows), row_group_size=len(rows))

    def _columns(self, rows: list[Record]) -> Any:
        import pyarrow as pa

        try:
            return pa.Table.from_pylist(rows, self._schema)
        except (UnicodeError, TypeError, ValueError) as error:  # pyarrow's own are ValueError and TypeError
            if len(rows) == 1:
                raise unwritable(rows[0], error) from error
            for row in rows:  # one by one, so that the error can name the record it is in
                self._columns([row])
            raise


FORMATS: Mapping[str, Callable[[IO[bytes]], RecordFile]] = {
    ".jsonl": _JsonLinesFile,
    ".jsonl.gz": _gzip,
    ".jsonl.zst": _zstandard,
    ".parquet": _ParquetFile,
}


def unwritable(record: Record, error: Exception) -> OutputError:
    """The error for a record that a format refuses."""
    return OutputError(
        f"The record {str(record.get('id'))!r} cannot be written: {error}. "
        "Repair its fields first; lone surrogates have no UTF-8."
    )
