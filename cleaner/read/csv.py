"""CSV and TSV: rows are found by the parser itself, so that line ends inside quotes are safe."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from threading import Lock
from typing import Any, TypeVar

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import find_fields, raw_record
from cleaner.read.jsonl import chunk_lines, decode_line
from cleaner.read.read_errors import BrokenCsv, NoText, as_input_error, too_large
from cleaner.read.stream import Stream
from cleaner.read.task import Bounds, Chunk, Lost, Numbered, Split, gather_chunks

__all__ = ["chunk_csv", "parse_csv"]

_DELIMITERS = ",;\t|"
"""Characters that may stand between fields; the most frequent one in the first line does."""
_FIELD_LIMIT = 1 << 17
"""Characters that the csv module takes in a field if it is told nothing."""
_Line = tuple[bytes, int]
"""A line with its end, and the offset of its end in the stream."""
_T = TypeVar("_T")


def chunk_csv(stream: Stream, bounds: Bounds, *, keep: bool = True, encoding: str = "") -> Iterator[Chunk | Lost]:
    """`stream` as chunks of whole rows, whose `header` is the delimiter, the escape character and the column names.

    A row that cannot be told from its neighbours, because a quote is never closed, is lost alone: reading goes on in
    its second line.
    """
    start = stream.head(1 << 16)
    line = start.lstrip(b"\xef\xbb\xbf\r\n").partition(b"\n")[0]
    delimiter = max(_DELIMITERS, key=lambda each: line.count(each.encode()))
    # Quotes inside fields are doubled, or escaped by a backslash as MySQL and pandas can write them.
    escape = "\\" if start.count(b'\\"') > start.count(b'""') else ""
    rows = _rows(stream, bounds, delimiter, escape)
    names: list[str] = []
    for _, row, _ in rows:  # the first one only
        if isinstance(row, InputError):
            raise row
        names = _column_names(decode_line(row.removeprefix(b"\xef\xbb\xbf"), encoding), delimiter)
        break
    yield from gather_chunks(rows, bounds, header=(delimiter, escape, *names), keep=keep)


def _column_names(line: str, delimiter: str) -> list[str]:
    """The names of the header row; one that stands there again gets a number, so that no column is lost."""
    seen: dict[str, int] = {}
    names = []
    reader = csv.reader(_text_lines(line), delimiter=delimiter)
    for name in _with_field_limit(len(line), lambda: next(reader, [])):
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def parse_csv(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """The records of rows. One error for the whole source where no column can hold the text."""
    delimiter, escape, *names = split.header
    try:
        find_fields(dict.fromkeys(names, "x"), options)
    except NoText as wrong:
        if split.first == 1:
            yield Lost(0, wrong)
        return
    text = decode_line(data, split.encoding)
    reader = csv.reader(_text_lines(text), delimiter=delimiter, escapechar=escape or None, doublequote=not escape)
    # All rows of the chunk at once: a generator might be left before its end, with the limit still raised.
    rows = _with_field_limit(len(text), lambda: list(reader))
    for number, row in enumerate(rows, split.first):
        if not row:
            continue
        try:
            # A longer row with empty fields at its end is whole: spreadsheets write them.
            if len(row) < len(names) or any(row[len(names) :]):
                raise BrokenCsv(
                    f"The row has {len(row)} fields, the header {len(names)}.", "Look at the quotes in this row."
                )
            yield raw_record(dict(zip(names, row, strict=False)), split.source, number, options)
        except Exception as error:
            yield Lost(number, as_input_error(error))


def _text_lines(text: str) -> Iterator[str]:
    """Lines with their ends. Only "\\n" ends one, other than for `splitlines`."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


_limit_lock = Lock()


def _with_field_limit(limit: int, parse: Callable[[], _T]) -> _T:
    """`parse` called while the csv module takes fields of `limit` characters.

    The limit is one for the whole process, and belongs to the program that calls us: it is put back at once, not when
    a generator happens to end. The lock keeps two threads from putting back each other's limit.
    """
    with _limit_lock:
        before = csv.field_size_limit(max(limit, _FIELD_LIMIT))
        try:
            return parse()
        finally:
            csv.field_size_limit(before)


def _rows(stream: Stream, bounds: Bounds, delimiter: str, escape: str) -> Iterator[Numbered]:
    """The rows of a stream as bytes, the header with number 0; what is wrong with one stands in its place."""
    lines = _lines(stream, bounds)
    again: deque[_Line] = deque()  # lines that were taken for parts of a row and are rows of their own
    dialect = {"delimiter": delimiter, "escapechar": escape or None, "doublequote": not escape}
    for number in count():
        taken, wrong = _read_row(lambda: again.popleft() if again else next(lines, None), bounds.record_bytes, dialect)
        if wrong is not None:
            again.extendleft(reversed(taken[1:]))
            yield number, wrong, 0
        elif taken:
            yield number, b"".join(line for line, _ in taken), taken[-1][1]
        else:
            return


def _read_row(
    next_line: Callable[[], _Line | Lost | None], limit: int, dialect: dict[str, Any]
) -> tuple[list[_Line], InputError | None]:
    """The lines of the next row, none at the end; and what is wrong with it."""
    taken: list[_Line] = []
    wrong: list[InputError] = []

    def lines() -> Iterator[str]:
        """The parser asks for more than one line only while a quote is open."""
        size = 0
        while (line := next_line()) is not None:
            if isinstance(line, Lost):
                wrong.append(line.error)
                return
            taken.append(line)
            size += len(line[0])
            if size > limit:
                wrong.append(too_large(limit))
                return
            # Latin-1 makes a character of each byte, whatever the encoding; delimiters and quotes are ASCII in all.
            yield line[0].decode("latin-1")
        if taken:
            wrong.append(BrokenCsv("A quote is opened in this row and never closed.", "Close it or double it."))

    reader = csv.reader(lines(), **dialect)
    try:
        _with_field_limit(limit, lambda: next(reader, None))
    except csv.Error as error:
        wrong.append(BrokenCsv(f"The row cannot be read: {error}.", "Look at the quotes in this row."))
    return taken, wrong[0] if wrong else None


def _lines(stream: Stream, bounds: Bounds) -> Iterator[_Line | Lost]:
    for chunk in chunk_lines(stream, bounds):
        if isinstance(chunk, Lost):
            yield chunk
            continue
        end = chunk.start
        for line in io.BytesIO(chunk.data):
            end += len(line)
            yield line, end
