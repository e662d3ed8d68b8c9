"""Parquet and Arrow: small row groups and record batches are splits, larger ones are read by the planner in slices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import find_fields, raw_record
from cleaner.read.read_errors import BrokenTable, as_input_error
from cleaner.read.stream import open_file
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["chunk_table", "parse_table"]

_GROUP_BYTES = 32 << 20
"""A row group up to this size (decompressed) is read by one worker; the planner cuts a larger one into slices."""
_ROWS = 256
"""Rows that are turned into Python values at a time."""
_ERRORS = (OSError, ValueError, TypeError, KeyError, NotImplementedError, MemoryError)
"""What pyarrow raises for files that are broken; its own errors derive from these."""


def chunk_table(file: BinaryIO, format: str, bounds: Bounds, options: Options, *, seek: bool) -> Iterator[Chunk | Lost]:
    """The chunks of a table. With `seek` a chunk is the number of a row group or batch, else its data are rows.

    One error for the whole source where no column can hold the text.
    """
    import pyarrow as pa

    table = _Parquet(file) if format == "parquet" else _Arrow(file)
    find_fields(dict.fromkeys(table.names, "x"), options)
    first = 1
    for group in range(table.groups):
        rows = 0
        try:
            rows, size = table.size_of(group)
            if seek and size <= max(_GROUP_BYTES, bounds.bytes):
                if rows:
                    yield Chunk(first, rows, group, group + 1, b"", format=format)
            else:
                step = max(1, min(bounds.records, rows * bounds.bytes // max(size, 1)))
                at = first
                for batch in table.batches(group, step):
                    sink = pa.BufferOutputStream()
                    with pa.ipc.new_stream(sink, batch.schema) as writer:
                        writer.write_batch(batch)
                    yield Chunk(at, batch.num_rows, 0, 0, bytes(sink.getvalue()), format="arrow")
                    at += batch.num_rows
        except _ERRORS as error:
            yield Lost(first, _broken(error))
        first += rows


def parse_table(split: Split, options: Options) -> Iterator[Raw | Lost]:
    """The records of a split of a table."""
    import pyarrow as pa

    number = split.first
    file: Any = pa.BufferReader(split.payload) if split.payload else open_file(split.path)
    try:
        with file:
            table = _Parquet(file) if split.format == "parquet" else _Arrow(file)
            groups = range(split.start, split.end) if not split.payload else range(table.groups)
            for batch in (batch for group in groups for batch in table.batches(group, _ROWS)):
                names = batch.schema.names
                columns = [_python_values(batch.column(i)) for i in range(batch.num_columns)]
                for values in zip(*columns, strict=True):
                    try:
                        yield raw_record(dict(zip(names, values, strict=True)), split.source, number, options)
                    except Exception as error:
                        yield Lost(number, as_input_error(error))
                    number += 1
    except _ERRORS as error:
        yield Lost(number, _broken(error))


def _python_values(column: Any) -> list[Any]:
    """The values of a column; as bytes or text where Python has no such value.

    Strings that are not UTF-8 become bytes; times in nanoseconds and years above 9999 become text.
    """
    import pyarrow as pa

    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        wide = pa.types.is_large_string(column.type)
        return list(column.cast(pa.large_binary() if wide else pa.binary()).to_pylist())
    except ValueError:
        return list(column.cast(pa.string()).to_pylist())


def _broken(error: BaseException) -> BrokenTable:
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    return BrokenTable(f"The table cannot be read: {reason}.", "Write the file again; what came before is kept.")


class _Parquet:
    """A Parquet file: its row groups are the groups."""

    def __init__(self, file: Any) -> None:
        import pyarrow.parquet as pq

        try:
            # Without a buffer pyarrow reads whole column chunks at once.
            self._file = pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)
        except _ERRORS as error:
            raise _broken(error) from error
        self.names = list(self._file.schema_arrow.names)
        self.groups = self._file.metadata.num_row_groups

    def size_of(self, group: int) -> tuple[int, int]:
        """Rows and decompressed bytes of a row group."""
        about = self._file.metadata.row_group(group)
        return about.num_rows, about.total_byte_size

    def batches(self, group: int, rows: int) -> Iterator[Any]:
        # One thread, because the pool has a process for each core already.
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
            except pa.ArrowInvalid:  # no footer: it is a stream
                file.seek(0)
                self._stream = pa.ipc.open_stream(file)
                self.groups = 1
                self.names = list(self._stream.schema.names)
        except _ERRORS as error:
            raise _broken(error) from error

    def size_of(self, group: int) -> tuple[int, int]:
        """Rows and bytes of a batch; a stream does not say, and is taken for large."""
        if self._stream is not None:
            return _ROWS, 1 << 62
        batch = self._file.get_batch(group)
        return batch.num_rows, batch.nbytes

    def batches(self, group: int, rows: int) -> Iterator[Any]:
        whole = self._stream if self._stream is not None else [self._file.get_batch(group)]
        for batch in whole:
            for at in range(0, batch.num_rows, rows):
                yield batch.slice(at, rows)
