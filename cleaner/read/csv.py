"""CSV and TSV: rows are told apart by the parser itself, so quoted line breaks are safe, and cut into bounded runs."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import Any

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import find_fields, raw_record
from cleaner.read.jsonl import cut_lines, decode_line
from cleaner.read.read_errors import BrokenCsv, NoText, too_large
from cleaner.read.stream import Flow
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["cut_csv", "parse_csv"]

_DELIMITERS = ",;\t|"


def cut_csv(flow: Flow, bounds: Bounds, *, keep: bool = True, encoding: str = "") -> Iterator[Chunk | Lost]:
    """`flow` cut between rows. Every run carries in `header` the delimiter, the escape character and the column names.

    A row that cannot be told from its neighbours (a quote that is never closed) is lost alone: reading goes on in its
    second line.
    """
    dialect = _dialect(flow.head(1 << 16))
    rows = _Rows(flow, bounds, *dialect)
    header = (*dialect, *_names(next(rows, None), dialect, encoding))
    run = _RunOfRows(header, keep)
    for row in rows:
        if isinstance(row, Lost):
            yield from run.flush()
            yield row
            continue
        if run.count and (run.count >= bounds.records or run.size + len(row) > bounds.bytes):
            yield from run.flush()
        run.add(row, rows.number, rows.at)
    yield from run.flush()


def parse_csv(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """The records of a run of rows. One error for the whole source where no column can hold the text."""
    delimiter, escape, *names = span.header
    try:
        find_fields(dict.fromkeys(names, "x"), options)
    except NoText as wrong:
        if span.first == 1:
            yield Lost(0, wrong)
        return
    text = decode_line(data, span.encoding)
    csv.field_size_limit(max(len(text), 1 << 17))
    number = span.first
    for row in csv.reader(_keep_ends(text), delimiter=delimiter, escapechar=escape or None, doublequote=not escape):
        if row:
            try:
                yield raw_record(_record(names, row), span.source, number, options)
            except InputError as wrong:
                yield Lost(number, wrong)
        number += 1


def _keep_ends(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        yield text[at:end]
        at = end


def _record(names: list[str], row: list[str]) -> dict[str, str]:
    if len(row) < len(names) or any(row[len(names) :]):
        raise BrokenCsv(f"The row has {len(row)} fields, the header {len(names)}.", "Look at the quotes in this row.")
    return dict(zip(names, row, strict=False))


def _dialect(head: bytes) -> tuple[str, str]:
    """The delimiter, and the escape character where quotes are escaped with it and not doubled."""
    line = head.lstrip(b"\xef\xbb\xbf\r\n").partition(b"\n")[0]
    delimiter = max(_DELIMITERS, key=lambda each: line.count(each.encode()))
    return delimiter, "\\" if head.count(b'\\"') > head.count(b'""') else ""


def _names(row: bytes | Lost | None, dialect: tuple[str, str], encoding: str) -> Iterator[str]:
    if row is None:
        return
    if isinstance(row, Lost):
        raise row.error
    text = decode_line(row.removeprefix(b"\xef\xbb\xbf"), encoding)
    seen: dict[str, int] = {}
    for name in next(csv.reader(_keep_ends(text), delimiter=dialect[0]), []):
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}#{seen[name]}"


class _RunOfRows:
    """The run of whole rows that is being gathered."""

    def __init__(self, header: tuple[str, ...], keep: bool) -> None:
        self.header, self.keep = header, keep
        self.first = self.count = self.size = self.begin = self.end = 0
        self.rows: list[bytes] = []

    def add(self, row: bytes, number: int, end: int) -> None:
        if not self.count:
            self.first, self.begin, self.size = number, end - len(row), 0
        self.count, self.size, self.end = self.count + 1, self.size + len(row), end
        if self.keep:
            self.rows.append(row)

    def flush(self) -> Iterator[Chunk]:
        if self.count:
            yield Chunk(self.first, self.count, self.begin, self.end, b"".join(self.rows), self.header)
        self.count, self.rows = 0, []


class _Rows:
    """The rows of a flow as bytes; what is lost stands in its place.

    `number` is that of the last row (the header is 0), `at` the offset of its end.
    """

    def __init__(self, flow: Flow, bounds: Bounds, delimiter: str, escape: str) -> None:
        self._lines = _physical_lines(flow, bounds)
        self._again: deque[_Line] = deque()  # lines that were taken for part of a row and are not
        self._limit = bounds.record_bytes
        self._format: dict[str, Any] = {"delimiter": delimiter, "escapechar": escape or None, "doublequote": not escape}
        self.number = -1
        self.at = 0
        csv.field_size_limit(max(self._limit, 1 << 17))

    def __iter__(self) -> Iterator[bytes | Lost]:
        return self

    def __next__(self) -> bytes | Lost:
        taken: list[_Line] = []
        wrong: list[InputError] = []
        try:
            next(csv.reader(self._feed(taken, wrong), **self._format), None)
        except csv.Error as error:
            wrong.append(BrokenCsv(f"The row cannot be read: {error}.", "Look at the quotes in this row."))
        if not taken and not wrong:
            raise StopIteration
        self.number += 1
        if wrong:
            self._again.extendleft(reversed(taken[1:]))
            return Lost(self.number, wrong[0])
        self.at = taken[-1][1]
        return b"".join(line for line, _ in taken)

    def _feed(self, taken: list[_Line], wrong: list[InputError]) -> Iterator[str]:
        """Lines for one row. More than one are asked for only while a quote is open."""
        size = 0
        while True:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if isinstance(line, Lost):
                wrong.append(line.error)
                return
            if line is None:
                if taken:
                    wrong.append(BrokenCsv("A quote is opened in this row and never closed.", "Close it or double it."))
                return
            taken.append(line)
            size += len(line[0])
            if size > self._limit:
                wrong.append(too_large(self._limit))
                return
            yield line[0].decode("latin-1")


_Line = tuple[bytes, int]


def _physical_lines(flow: Flow, bounds: Bounds) -> Iterator[_Line | Lost]:
    """Lines with their ends, and the offset of their end in the flow."""
    for run in cut_lines(flow, bounds):
        if isinstance(run, Lost):
            yield run
            continue
        at, begin = run.start, 0
        while begin < len(run.data):
            end = run.data.find(b"\n", begin) + 1 or len(run.data)
            yield run.data[begin:end], at + end
            begin = end
