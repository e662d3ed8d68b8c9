"""Parquet and Arrow: small row groups and record batches are splits, larger ones are read by the planner in slices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import find_fields, known_fields, numbered_names, raw_record
from cleaner.read.read_errors import ArchiveBomb, BrokenColumn, BrokenTable, as_input_error
from cleaner.read.stream import open_file
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["chunk_table", "parse_table"]

_GROUP_BYTES = 32 << 20
"""A row group up to this size (decompressed) is read by one worker; the planner cuts a larger one into slices."""
_ROWS = 256
"""Rows that are turned into Python values at a time."""
_MOST_ROWS, _MOST_ROWS_A_BYTE = 1 << 20, 200
"""A table with more rows than the first figure, and than the second for each byte of its file, is a bomb: such a file
holds one value and claims that it is repeated without end."""
_MOST_ASKED = 1 << 12
"""How often at most parts of a damaged batch are checked; after that the whole part is set aside."""
_A_DAY = re.compile(r"\d{4,5}-\d\d-\d\d(?: |$)")
"""How Arrow writes a time that is a time, as opposed to a number of days that overflows."""


def chunk_table(file: BinaryIO, format: str, bounds: Bounds, options: Options, *, seek: bool) -> Iterator[Chunk | Lost]:
    """Yield the chunks of a table. With `seek` a chunk is the number of a row group or batch, else its data are rows.

    One error for the whole source where no column can hold the text.
    """
    import pyarrow as pa

    table = _Parquet(file, options) if format == "parquet" else _Arrow(file)
    find_fields(dict.fromkeys(table.names, "x"), options)
    first = 1
    for group in range(table.groups):
        rows = 0
        try:
            rows, size = table.size_of(group)
            if seek and size <= max(_GROUP_BYTES, bounds.bytes):
                if rows:
                    yield Chunk(first, rows, group, group + 1, b"", format=format)
                first += rows
                continue
            step = max(1, min(bounds.records, rows * bounds.bytes // max(size, 1)))
            for batch in table.batches(group, step):
                if isinstance(batch, InputError):
                    yield Lost(first, batch)
                    first += not isinstance(batch, BrokenColumn)
                    continue
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, batch.schema) as writer:
                    writer.write_batch(batch)
                yield Chunk(first, batch.num_rows, 0, 0, bytes(sink.getvalue()), format="arrow")
                first += batch.num_rows
        except Exception as error:  # what pyarrow raises for broken files, and Python for what they claim
            yield Lost(first, _broken(error))
            first += 1


def parse_table(split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the records of a split of a table."""
    import pyarrow as pa

    number = split.first
    file: Any = pa.BufferReader(split.payload) if split.payload else open_file(split.path)
    try:
        with file:
            # What the planner has cut out is whole.
            table = _Parquet(file, options) if split.format == "parquet" else _Arrow(file, trusted=bool(split.payload))
            groups = range(split.start, split.end) if not split.payload else range(table.groups)
            for batch in (batch for group in groups for batch in table.batches(group, _ROWS)):
                if isinstance(batch, InputError):
                    yield Lost(number, batch)
                    number += not isinstance(batch, BrokenColumn)
                    continue
                names = numbered_names(batch.schema.names)
                columns = [_python_values(batch.column(i)) for i in range(batch.num_columns)]
                for values in zip(*columns, strict=True):
                    try:
                        yield raw_record(dict(zip(names, values, strict=True)), split.source, number, options)
                    except Exception as error:
                        yield Lost(number, as_input_error(error))
                    number += 1
    except Exception as error:
        yield Lost(number, _broken(error))


def _python_values(column: Any) -> list[Any]:
    """Return the values of a column; where Python has no such value they become bytes, text or None (see
    `_python_value`)."""
    try:
        return list(column.to_pylist())
    except Exception:  # of one value; what the others become must not depend on where the table was cut
        return [_python_value(scalar) for scalar in column]


def _python_value(scalar: Any) -> Any:
    """Return one value of a column, also where Python has no value like it.

    Strings that are not UTF-8 become bytes; times in nanoseconds and years above 9999 become text, and times in a zone
    that nobody knows those of UTC. The "infinity" of a database, which is a day millions of years away, becomes null.
    """
    import pyarrow as pa

    with suppress(Exception):
        return scalar.as_py()
    if isinstance(scalar, pa.DictionaryScalar):
        with suppress(Exception):
            return _python_value(scalar.value)
    with suppress(Exception):
        return scalar.as_buffer().to_pybytes()
    with suppress(Exception):
        if _A_DAY.match(text := str(scalar.cast(pa.string()))):
            return text
    with suppress(Exception):
        return scalar.cast(pa.timestamp(scalar.type.unit)).as_py()
    return None


def _broken(error: BaseException, kind: type[BrokenTable] = BrokenTable) -> BrokenTable:
    """Return an error of the library as one of ours, with the first line of its text."""
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    if kind is BrokenColumn:
        return kind(f"Columns beside the text cannot be read: {reason}.", "Write the file again; the texts are kept.")
    return kind(f"The table cannot be read: {reason}.", "Write the file again; what came before is kept.")


class _Parquet:
    """A Parquet file: its row groups are the groups."""

    def __init__(self, file: Any, options: Options) -> None:
        import pyarrow.parquet as pq

        try:
            # Without a buffer pyarrow reads whole column chunks at once.
            self._file = pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)
        except Exception as error:
            raise _broken(error) from error
        self.names = list(self._file.schema_arrow.names)
        self._known = list(known_fields(self.names, options))
        self.groups = self._file.metadata.num_row_groups
        rows, size = self._file.metadata.num_rows, file.seek(0, 2)
        if rows > _MOST_ROWS and rows > _MOST_ROWS_A_BYTE * size:
            raise ArchiveBomb(f"The table says that it has {rows:,} rows.", "If this is right, write it anew in parts.")

    def size_of(self, group: int) -> tuple[int, int]:
        """Return rows and decompressed bytes of a row group."""
        about = self._file.metadata.row_group(group)
        return about.num_rows, about.total_byte_size

    def batches(self, group: int, rows: int) -> Iterator[Any]:
        """Yield the rows of a group in parts of at most `rows`. A damaged column that no article is made of is left
        out."""
        done = 0
        wrong: Exception | None = None
        for names in (None, self._known):
            try:
                at = 0
                # By the same number of rows each time, so that damage is met at the same one; in one thread, because
                # the pool has a process for each core already.
                read = self._file.iter_batches(_ROWS, row_groups=[group], columns=names, use_threads=False)
                for batch in read:
                    at += batch.num_rows
                    if at <= done:
                        continue
                    if wrong is not None:
                        yield _broken(wrong, BrokenColumn)
                        wrong = None
                    for start in range(0, batch.num_rows, rows):
                        yield batch.slice(start, rows)
                    done = at
                return
            except Exception as error:  # what pyarrow raises for broken files
                if names is not None or self._known == self.names:
                    raise
                wrong = error


class _Arrow:
    """An Arrow IPC file: its record batches are the groups. A stream is one group.

    Arrow believes the offsets and indices of a file: false ones make it read other memory of the process, or crash. So
    each batch is validated before it is read, and its damaged rows are set aside.
    """

    def __init__(self, file: Any, *, trusted: bool = False) -> None:
        import pyarrow as pa

        self._trusted = trusted
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
        except Exception as error:
            raise _broken(error) from error

    def size_of(self, group: int) -> tuple[int, int]:
        """Return rows and bytes of a batch; a stream does not say, and is taken for large."""
        if self._stream is not None:
            return _ROWS, 1 << 62
        batch = self._file.get_batch(group)
        return batch.num_rows, batch.get_total_buffer_size()

    def batches(self, group: int, rows: int) -> Iterator[Any]:
        whole = self._stream if self._stream is not None else [self._file.get_batch(group)]
        for batch in whole:
            for part in [batch] if self._trusted else _sound_parts(batch):
                if isinstance(part, InputError):
                    yield part
                    continue
                for at in range(0, part.num_rows, rows):
                    yield part.slice(at, rows)


def _sound_parts(batch: Any) -> Iterator[Any]:
    """Yield the sound rows of a batch in parts, with one error in the place of the damaged rows between two parts."""
    import pyarrow as pa

    # Columns of nulls take no room, and a column of texts does.
    if batch.num_rows > max(_MOST_ROWS, 8 * batch.get_total_buffer_size()):
        yield _broken(pa.ArrowInvalid(f"a batch says that it has {batch.num_rows:,} rows"))
        return
    at = 0
    for start, end, error in (*_damaged_rows(batch), (batch.num_rows, batch.num_rows, None)):
        if start > at:
            yield batch.slice(at, start - at)
        if error is not None and end > at:
            yield error
        at = max(at, end)


def _damaged_rows(batch: Any) -> list[tuple[int, int, BrokenTable]]:
    """Return (start, end, error) of each range of damaged rows, in order.

    A damaged part is halved until its rows are found. A row beside one with a false offset shares that offset, and may
    begin or end in the text of the other, so it is taken for damaged too; indices of a dictionary are not shared.
    """
    import pyarrow as pa

    found: list[tuple[int, int, BrokenTable]] = []
    left = [(0, batch.num_rows)] if batch.num_rows else []
    asked = 0
    while left:
        start, end = left.pop()
        part = batch.slice(start, end - start)
        error, asked = _table_error(part), asked + 1
        if error is None:
            continue
        if end - start > 1 and asked < _MOST_ASKED:
            left += [((start + end) // 2, end), (start, (start + end) // 2)]
            continue
        kinds = enumerate(part.schema.types)
        shared = part.select([i for i, kind in kinds if not pa.types.is_dictionary(kind)])
        beside = int(_table_error(shared) is not None)
        start, end = max(start - beside, 0), min(end + beside, batch.num_rows)
        if found and start <= found[-1][1]:
            start, _, error = found.pop()
        found.append((start, end, error))
    return found


def _table_error(batch: Any) -> BrokenTable | None:
    """Return the error of a batch in which an offset, a length or an index points outside its data; None for a sound
    one."""
    import pyarrow as pa

    try:
        batch.validate()
    except pa.ArrowException as error:
        return _broken(error)
    for column in batch.columns:
        kind = column.type
        if pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
            continue  # its values stand in the buffer itself; one that is no time becomes null
        try:
            # Strings that are not UTF-8 are read as bytes; their offsets are right if they are those of bytes.
            text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
            column = column.view(pa.binary() if pa.types.is_string(kind) else pa.large_binary()) if text else column
            column.validate(full=True)
        except pa.ArrowException as error:
            return _broken(error)
    return None
