"""Parquet and Arrow: row groups and record batches where they are small, else streamed through in slices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import find_fields, raw_record
from cleaner.read.read_errors import BrokenTable
from cleaner.read.stream import open_file
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["cut_table", "parse_table"]

_GROUP_BYTES = 32 << 20
"""A row group up to this size (unpacked) is one bit of work; a larger one is streamed by the planner."""
_ROWS = 256


def cut_table(file: BinaryIO, format: str, bounds: Bounds, options: Options, *, seek: bool) -> Iterator[Chunk | Lost]:
    """The runs of a table: numbers of row groups or batches as `start` and `end` with `seek`, else slices as data.

    One error for the whole source where no column can hold the text.
    """
    table = _Parquet(file) if format == "parquet" else _Arrow(file)
    find_fields(dict.fromkeys(table.names, "x"), options)
    first = 1
    for group in range(table.groups):
        rows = 0
        try:
            rows, size = table.weigh(group)
            if seek and size <= max(_GROUP_BYTES, bounds.bytes):
                if rows:
                    yield Chunk(first, rows, group, group + 1, b"", format=format)
            else:
                step = max(1, min(bounds.records, rows * bounds.bytes // max(size, 1)))
                at = first
                for batch in table.batches(group, step):
                    yield Chunk(at, batch.num_rows, 0, 0, _pack(batch), format="arrow")
                    at += batch.num_rows
        except _ERRORS as error:
            yield Lost(first, _broken(error))
        first += rows


def parse_table(span: Split, options: Options) -> Iterator[Raw | Lost]:
    """The records of a run of a table."""
    import pyarrow as pa

    number = span.first
    file: Any = pa.BufferReader(span.payload) if span.payload else open_file(span.path)
    try:
        with file:
            table = _Parquet(file) if span.format == "parquet" else _Arrow(file)
            groups = range(span.start, span.end) if not span.payload else range(table.groups)
            for group in groups:
                for batch in table.batches(group, _ROWS):
                    for record in _rows(batch):
                        try:
                            yield raw_record(record, span.source, number, options)
                        except InputError as wrong:
                            yield Lost(number, wrong)
                        number += 1
    except _ERRORS as error:
        yield Lost(number, _broken(error))


_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    NotImplementedError,
    MemoryError,
)  # pyarrow's own derive from these


def _broken(error: BaseException) -> BrokenTable:
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    return BrokenTable(f"The table cannot be read: {reason}.", "Write the file again; what came before is kept.")


class _Parquet:
    """A Parquet file: its row groups are the groups."""

    def __init__(self, file: Any) -> None:
        import pyarrow.parquet as pq

        try:
            self._file = pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)
        except _ERRORS as error:
            raise _broken(error) from error
        self.names = list(self._file.schema_arrow.names)
        self.groups = self._file.metadata.num_row_groups

    def weigh(self, group: int) -> tuple[int, int]:
        """Rows and unpacked bytes."""
        about = self._file.metadata.row_group(group)
        return about.num_rows, about.total_byte_size

    def batches(self, group: int, rows: int) -> Iterator[Any]:
        return iter(self._file.iter_batches(batch_size=rows, row_groups=[group], use_threads=False))


class _Arrow:
    """An Arrow IPC file: its record batches are the groups. A stream is one group."""

    def __init__(self, file: Any) -> None:
        import pyarrow as pa

        self._stream = None
        try:
            try:
                self._file = pa.ipc.open_file(file)
                self.groups = self._file.num_record_batches
                self.names = list(self._file.schema.names)
            except pa.ArrowInvalid:
                file.seek(0)
                self._stream = pa.ipc.open_stream(file)
                self.groups = 1
                self.names = list(self._stream.schema.names)
        except _ERRORS as error:
            raise _broken(error) from error

    def weigh(self, group: int) -> tuple[int, int]:
        """Rows and bytes; a stream does not say, and is taken for large."""
        if self._stream is not None:
            return _ROWS, 1 << 62
        batch = self._file.get_batch(group)
        return batch.num_rows, batch.nbytes

    def batches(self, group: int, rows: int) -> Iterator[Any]:
        whole = self._stream if self._stream is not None else [self._file.get_batch(group)]
        for batch in whole:
            for at in range(0, batch.num_rows, rows):
                yield batch.slice(at, rows)


def _pack(batch: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    names = batch.schema.names
    columns = [_column(batch.column(i)) for i in range(batch.num_columns)]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _column(column: Any) -> list[Any]:
    """Python values; in another type what Python refuses: nanoseconds, years above 9999, strings that are not UTF-8."""
    import pyarrow as pa

    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        wide = pa.types.is_large_string(column.type)
        return list(column.cast(pa.large_binary() if wide else pa.binary()).to_pylist())
    except ValueError:
        return list(column.cast(pa.string()).to_pylist())
