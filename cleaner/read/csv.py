"""CSV and TSV: find where rows end and what is quoted, by evidence in the file.

A quote closes a field only if a delimiter or a line end follows it. Rows in which all quotes are right are found by one
regular expression, and parsed by the csv module. Other rows are read loosely, and written anew with right quotes: a
quote that is never closed is a character of the text, and must not swallow the rows that follow.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import TypeVar

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import find_fields, is_record, numbered_names, raw_record
from cleaner.read.jsonl import decode_line
from cleaner.read.read_errors import BrokenCsv, NoText, RepeatedHead, as_input_error, too_large
from cleaner.read.stream import Stream, Window
from cleaner.read.task import Bounds, Chunk, Lost, Numbered, Rewritten, Split, gather_chunks

__all__ = ["chunk_csv", "parse_csv"]

_DELIMITERS = ",;\t|"
"""Characters that may stand between fields. The one that is most frequent in the header row is the delimiter."""
_SAMPLE = 1 << 16
"""First bytes of a table, by which its dialect is found."""
_HEAD_LINES = 20
"""Lines in which the head of a table is looked for, behind comments and titles."""
_SEP_LINE = re.compile(rb'"?sep=([^\r\n])"?\r*\n', re.IGNORECASE)
"""The first line with which spreadsheets name the delimiter."""
_FIELD_LIMIT = 1 << 17
"""Characters that the csv module accepts in a field by default."""
_SHOWN = 60
"""Characters that the name of a column may have. A longer one is an article in the place of a name, unless the names
are known ones."""
_LONG_NAME = 200
"""No column has a name of so many characters, whatever the others are called."""
_COMMENTS = (b"#", b"//", b"%")
_ADVICE = "Look at the quotes in this row."
_BOM = b"\xef\xbb\xbf"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Dialect:
    """The form of a table. `spaced` is True where blanks stand behind the delimiters and belong to no field.

    `quoted` is False where quotation marks at the beginning of fields are those of texts.
    """

    delimiter: str
    escape: str = ""
    spaced: bool = False
    quoted: bool = True
    line_end: str = "\n"


def chunk_csv(
    stream: Stream, bounds: Bounds, options: Options, *, keep: bool = True, encoding: str = ""
) -> Iterator[Chunk | Lost]:
    """Cut `stream` into chunks of whole rows.

    The `header` of a chunk is the delimiter, the escape character, a blank if blanks stand behind delimiters, and the
    column names. Raises NoText where no column can hold the text.
    """
    window = Window(stream)
    window.fill(_SAMPLE)
    dialect, names = _sniff_dialect(window, options, encoding)
    if not names:  # nothing but line ends
        return
    find_fields(dict.fromkeys(names, "x"), options)
    header = (dialect.delimiter, dialect.escape, " " * dialect.spaced, *names)
    rows = _Rows(window, dialect, len(names), bounds.record_bytes)
    yield from gather_chunks(rows.numbered(), bounds, header=header, keep=keep)


def _sniff_dialect(window: Window, options: Options, encoding: str) -> tuple[_Dialect, list[str]]:
    """Return the dialect of a table and the names of its columns; the window is moved behind its head.

    Raises BrokenCsv where the head cannot be told from a row.
    """
    window.at += len(_BOM) * window.buffer.startswith(_BOM)
    while window.have or window.fill(1):
        window.at += len(window.buffer) - window.at - len(window.buffer[window.at :].lstrip(b"\r\n"))
        if window.have:
            break
    window.fill(_SAMPLE)
    sep = _SEP_LINE.match(window.buffer, window.at)
    window.at = sep.end() if sep else window.at
    start = window.buffer[window.at : window.at + _SAMPLE]
    # Quotes inside fields are doubled, or escaped by a backslash as MySQL and pandas can write them.
    escape = "\\" if start.count(b'\\"') > start.count(b'""') else ""
    # Line ends of an old Macintosh, where line feeds can stand in quoted fields alone.
    first = re.search(rb"\r*\n|\r", start.lstrip(b"\r\n"))
    line_end = "\r" if first and first[0] == b"\r" else "\n"
    place, found = 0, None
    for _ in range(_HEAD_LINES):
        end = start.find(line_end.encode(), place) + 1 or len(start)
        line = start[place:end]
        if end == place:
            break
        delimiter = sep[1].decode("latin-1") if sep else max(_DELIMITERS, key=lambda c: line.count(c.encode()))
        # The head may have line ends inside quotes.
        row = _row_pattern(_Dialect(delimiter, escape, line_end=line_end)).match(start, place)
        end = row.end() if row else end
        names = _column_names(decode_line(start[place:end].strip(b"\r\n"), encoding), delimiter)
        dialect = _Dialect(delimiter, escape, any(name[:1] == " " for name in names[1:]), line_end=line_end)
        names = [name.strip(" \ufeff") for name in names]
        known = is_record(dict.fromkeys(names, "x"), options)
        if line.strip() and (found is None or known):
            found = found if found and not known else (dialect, names, end)
        # A comment, a title or an empty line may stand before the head.
        if known or (line.strip() and not line.startswith(_COMMENTS) and delimiter.encode() in line):
            break
        place = end
    if found is None:
        return _Dialect(","), []
    dialect, names, end = found
    longest = max(map(len, names), default=0)
    if longest > _LONG_NAME or (longest > _SHOWN and not is_record(dict.fromkeys(names, "x"), options)):
        raise NoText(
            "The first row is no head: it holds a text in the place of the name of a column.",
            "Write the names of the columns into the first line, such as id,text.",
        )
    window.at += end
    sample = window.buffer[window.at : window.at + _SAMPLE]
    sample = sample[: sample.rfind(line_end.encode()) + 1]
    # The escape that the counts suggest is tried first; the other one wins only if more rows are right with it.
    escapes = (escape, "" if escape else "\\") if b'\\"' in sample and b'""' in sample else (escape,)
    tried = [
        (replace(dialect, escape=each), _Rows(Window([sample]), replace(dialect, escape=each), len(names), _SAMPLE))
        for each in escapes
    ]
    for _, rows in tried:
        rows.count()
    dialect, rows = max(tried, key=lambda each: (each[1].whole, -each[1].literal))
    # Quotes belong to the texts where more rows are wrong with them than right, and no field needs them. One wrong row
    # is too little evidence for the rows behind the sample.
    seen = window.ended and window.have <= _SAMPLE
    wrong = rows.literal > (rows.right if seen else max(rows.right, 2))
    return replace(dialect, quoted=rows.needed > 0 or not wrong), names


def _column_names(line: str, delimiter: str) -> list[str]:
    """Return the names of the header row; one that stands there again gets a number, so that no column is lost."""
    spaced = f"{delimiter} " in line
    reader = csv.reader(_text_lines(line), delimiter=delimiter, skipinitialspace=spaced and f'{delimiter} "' in line)
    row = _with_field_limit(len(line), lambda: next(reader, []))
    return numbered_names([f" {n}" for n in row] if spaced and f'{delimiter} "' in line else row)


def parse_csv(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the records of a chunk of rows. A header row that comes again, as in joined files, is Lost as no
    article."""
    delimiter, escape, blank, *names = split.header
    text = decode_line(data, split.encoding)
    reader = csv.reader(
        _text_lines(text),
        delimiter=delimiter,
        escapechar=escape or None,
        doublequote=not escape,
        skipinitialspace=bool(blank),
    )
    # All rows of the chunk at once: a generator might be left before its end, with the limit still raised.
    rows = _with_field_limit(len(text), lambda: list(reader))
    for number, row in enumerate(rows, split.first):
        if not row:
            continue
        try:
            row[0] = row[0].removeprefix("\ufeff")  # of a file that was joined to another
            if len(row) == len(names) and numbered_names([name.strip(" \ufeff") for name in row]) == names:
                raise RepeatedHead("The row holds the names of the columns once more.", "Nothing to do.")
            # A longer row with empty fields at its end is whole: spreadsheets write them.
            if len(row) < len(names) or any(row[len(names) :]):
                raise BrokenCsv(f"The row has {len(row)} fields, the header {len(names)}.", _ADVICE)
            yield raw_record(dict(zip(names, row, strict=False)), split.source, number, options)
        except Exception as error:
            yield Lost(number, as_input_error(error))


def _text_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends. Only "\\n" ends a line here, while `splitlines` knows others."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


_limit_lock = Lock()


def _with_field_limit(limit: int, parse: Callable[[], _T]) -> _T:
    """Call `parse` while the csv module accepts fields of up to `limit` characters.

    The limit is one for the whole process, and belongs to the program that calls us: it is put back at once, not when
    a generator happens to end. The lock keeps two threads from putting back each other's limit.
    """
    with _limit_lock:
        before = csv.field_size_limit(max(limit, _FIELD_LIMIT))
        try:
            return parse()
        finally:
            csv.field_size_limit(before)


@lru_cache(maxsize=64)
def _row_pattern(dialect: _Dialect) -> re.Pattern[bytes]:
    """Return the pattern of a row in which all quotes are right, with its line end or the end of the data.

    The groups are possessive, so that a row is found in linear time or not at all.
    """
    d, back, end = (re.escape(c).encode() for c in (dialect.delimiter, dialect.escape, dialect.line_end))
    blanks = b" *+" if dialect.spaced else b""
    escaped = rb"|\\." if back else b""
    inside = rb'(?:[^"' + back + rb"]++" + (escaped or b'|""') + b")*+"
    plain = rb"(?:[^" + d + rb"\r\n" + back + b"]" + escaped + b")*+"
    quoted = b'"' + inside + b'"|' if dialect.quoted else b""
    field = blanks + b"(?:" + quoted + b'(?!")' + plain + b")"
    ends = rb"(?:\r*+\n|\Z)" if dialect.line_end == "\n" else rb"(?:" + end + rb"|\Z)"
    return re.compile(field + b"(?:" + d + field + b")*+" + ends, re.DOTALL)


class _Rows:
    """The rows of a table as they stand in the window, behind its head.

    `count` sets four figures: rows with quotes that are `right`; those of them in which a field `needed` its quotes,
    because it holds a delimiter, a line end or a quote; right rows with as many fields as the header (`whole`); and in
    the other rows the fields with a `literal` quote, which opens them and is never closed.
    """

    def __init__(self, window: Window, dialect: _Dialect, width: int, limit: int) -> None:
        self.right = self.needed = self.literal = self.whole = 0
        self._window, self._dialect, self._width, self._limit = window, dialect, width, limit
        self._pattern = _row_pattern(dialect)
        self._delimiter, self._end = dialect.delimiter.encode(), dialect.line_end.encode()
        back = rb"\\.|" if dialect.escape else b""
        self._quotes = re.compile(back + b'"+', re.DOTALL)
        # Blanks may stand between the closing quote and the delimiter.
        self._closed = re.compile(rb" *(?:[\r\n]|\Z|" + re.escape(self._delimiter) + b")")
        self._no_close_before = 0  # offset in the stream up to which no quote closes a field

    def numbered(self) -> Iterator[Numbered]:
        """Yield the rows with their numbers from 1 on; what is wrong with one stands in its place."""
        window, number = self._window, 0
        while window.have or window.fill(1):
            number += 1
            row = self._next_row()
            yield number, row, window.base + window.at
        if window.error is not None:
            yield number + 1, window.error, 0

    def _next_row(self) -> bytes | InputError:
        """Return the next row, or what is wrong with it; the window is moved behind it."""
        window = self._window
        while True:
            match = self._pattern.match(window.buffer, window.at)
            if match and match.end() == len(window.buffer) and not window.ended:
                match = None  # what ends where the buffer ends may go on in the next chunk
            elif match or window.buffer.find(self._end, window.at) >= 0:
                break
            if window.have > self._limit or not window.more():
                break
        if match:
            data = match[0]
            window.at = match.end()
            if len(data) > self._limit + 1:  # the line end does not count
                return too_large(self._limit)
            return data if self._end == b"\n" else Rewritten(data.removesuffix(self._end) + b"\n")
        return self._loose_row()

    def count(self) -> None:
        """Read all rows for their counts."""
        d = re.escape(self._delimiter)
        quoted = re.compile(rb"(?:^|" + d + rb') *"((?:[^"]|"")*)"')
        inside = rb'(?:[^"\\]|\\.)*' if self._dialect.escape else rb'(?:[^"]|"")*'
        field = re.compile(rb' *"' + inside + rb'"|[^' + d + rb"\r\n]+", re.DOTALL)
        for _, row, _ in self.numbered():
            if not isinstance(row, bytes) or isinstance(row, Rewritten):
                continue
            self.whole += field.sub(b"", row).count(self._delimiter) == self._width - 1
            if b'"' in row:
                fields = quoted.findall(row)
                self.right += bool(fields)
                self.needed += any(c in each for each in fields for c in (self._delimiter, b"\n", b"\r", b'"'))

    def _line_end(self, at: int) -> int:
        """Return the end of the line at `at`, reading on as far as needed; -1 if the line is longer than the limit."""
        window = self._window
        place = at - window.at
        while (end := window.buffer.find(self._end, window.at + place)) < 0:
            if window.have - place > self._limit:
                return -1
            if not window.more():
                return len(window.buffer)
        return end

    def _loose_row(self) -> bytes | InputError:
        """Return the next row, in which a quote is wrong, written anew: its fields end at delimiters outside of
        quotes."""
        window = self._window
        end = self._line_end(window.at)
        if end < 0 or end - window.at > self._limit:
            self._pass_line()
            return too_large(self._limit)
        fields: list[bytes] = []
        at = 0  # counted from the window's place, as the buffer moves when it is filled
        while True:
            buffer = window.buffer
            place = window.at + at
            while self._dialect.spaced and buffer[place : place + 1] == b" ":
                place += 1
            close = -1
            if self._dialect.quoted and buffer[place : place + 1] == b'"':
                offset = place - window.at
                close = self._closing_quote(offset, fields)
                if close == -2:
                    return self._lost_lines(fields)
                buffer, place = window.buffer, window.at + offset
            if close >= 0:
                field, place = buffer[place + 1 : window.at + close], window.at + close + 1
                field = field.replace(b'""', b'"')
                while buffer[place : place + 1] == b" ":
                    place += 1
            else:
                line = buffer.find(self._end, place)
                line = line if line >= 0 else len(buffer)
                delimiter = buffer.find(self._delimiter, place, line)
                end = delimiter if delimiter >= 0 else line
                field = buffer[place:end]
                field = field.rstrip(b"\r") if end == line else field
                self.literal += field.startswith(b'"')
                place = end
            fields.append(re.sub(rb"\\(.)", rb"\1", field, flags=re.DOTALL) if self._dialect.escape else field)
            at = place - window.at
            if buffer[place : place + 1] != self._delimiter:
                break
            at += 1
        behind = re.compile(rb"\r*" + self._end).match(window.buffer, window.at + at)
        window.at = behind.end() if behind else window.at + at
        if self._dialect.escape:
            fields = [field.replace(b"\\", b"\\\\").replace(b'"', b'\\"') for field in fields]
        else:
            fields = [field.replace(b'"', b'""') for field in fields]
        return Rewritten(self._delimiter.join(b'"' + field + b'"' for field in fields) + b"\n")

    def _closing_quote(self, opening: int, fields: list[bytes]) -> int:
        """Return the place of the quote that closes the field opened at `opening`; both count from the window's place.

        It is -1 if no quote closes the field and the next line is a row, so that the opening quote is a character of
        the text; -2 if no quote closes it and the next lines belong to the text.
        """
        window = self._window
        odd = asked = lines = False
        at = opening
        for first, end in self._lone_quotes(opening + 1):
            lines = lines or self._end in window.buffer[window.at + at : window.at + first]
            at = end
            before = window.buffer[window.at + first - 1 : window.at + first]
            closes = bool(self._closed.match(window.buffer, window.at + end))
            odd = odd or not closes
            # Asked once, so that a table full of such quotes takes linear time.
            if lines and odd and not asked:
                if self._row_follows(opening, fields):
                    return -1
                asked = True
            if closes:
                return end - 1
            if lines and before in (self._delimiter, self._end):
                return -2  # a field of a later row begins here
        return -1 if self._row_follows(opening, fields) else -2

    def _lone_quotes(self, at: int) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each run of quotes behind `at` with one that is not doubled, counted from the window's
        place."""
        window = self._window
        at = max(at, self._no_close_before - window.base - window.at)
        while True:
            for found in self._quotes.finditer(window.buffer, window.at + at):
                if found.end() == len(window.buffer) and not window.ended:
                    break  # it may go on in the next chunk
                first, at = found.start() - window.at, found.end() - window.at
                if found[0][:1] != b"\\" and (at - first) % 2:
                    yield first, at
            if window.have > self._limit or not window.more():
                break
        self._no_close_before = window.base + window.at + window.have

    def _row_follows(self, opening: int, fields: list[bytes]) -> bool:
        """Return True if the line behind that of `opening` is a row like this one, or there is none.

        The second line of a text does not have as many fields, with numbers where this row has them.
        """
        window = self._window
        start = window.buffer.find(self._end, window.at + opening) + 1
        return not 0 < start < len(window.buffer) or self._is_row(start, fields)

    def _is_row(self, start: int, fields: list[bytes]) -> bool:
        """Return True if the line at `start` has as many fields as the head, and numbers where `fields` have them."""
        line = self._window.buffer[start : self._window.buffer.find(self._end, start) + 1 or None]
        parts = line.split(self._delimiter)
        shapes = [(_shape(a), _shape(b)) for a, b in zip(fields, parts, strict=False)]
        alike = all(a == b for a, b in shapes if b"9" in a and len(a) <= 6)
        return alike and len(parts) >= self._width

    def _lost_lines(self, fields: list[bytes]) -> InputError:
        """Pass over the lines of a row whose quote is never closed, up to one that is a row. Returns the error."""
        self._pass_line()
        while self._line_end(self._window.at) >= 0 and self._window.have and not self._is_row(self._window.at, fields):
            self._pass_line()
        return BrokenCsv("A quote is opened in this row and never closed.", "Close it or double it.")

    def _pass_line(self) -> None:
        """Move behind the line, however long it is."""
        window = self._window
        while (end := window.buffer.find(self._end, window.at)) < 0:
            window.at = len(window.buffer)
            if not window.fill(1):
                return
        window.at = end + 1


def _shape(field: bytes) -> bytes:
    """Return the kinds of characters in a field: 9 for digits, a for letters; a long one has no shape."""
    field = field.strip(b' "\r\n')
    return re.sub(rb"[A-Za-z]+", b"a", re.sub(rb"[0-9]+", b"9", field)) if len(field) <= 40 else b""
