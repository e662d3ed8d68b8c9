"""JSON that is one document: an array of records, an object of them, an object around them, or one article.

Elements are found by the parser of the standard library over a growing buffer, so an array of any size reads in
constant memory. They travel between record separators (RFC 7464), which cannot stand in JSON text.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import find_fields, raw_record
from cleaner.read.jsonl import parse_object
from cleaner.read.read_errors import BrokenJson, NoText, TooLarge, too_large
from cleaner.read.stream import Flow
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["cut_json", "parse_json"]

_SEPARATOR = b"\x1e"
_GAP = re.compile(r"[ \t\r\n,:\ufeff]*")
_SCALAR = re.compile(r"[^ \t\r\n,\]}]*")
_OUTSIDE = re.compile(r'["{}\[\]]')
_INSIDE = re.compile(r'["\\]')
_ADVICE = "Look at this place of the input; it may be cut or edited by hand."


def parse_json(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """The records of a run of JSON values."""
    for number, value in enumerate(data.split(_SEPARATOR), span.first):
        try:
            yield raw_record(parse_object(value), span.source, number, options)
        except InputError as wrong:
            yield Lost(number, wrong)


def cut_json(flow: Flow, bounds: Bounds, options: Options) -> Iterator[Chunk | Lost]:
    """The records of a document as runs of values; record 0 where the document is one article."""
    cursor = _Cursor(flow, bounds.record_bytes)
    first, held, size = 1, list[bytes](), 0
    for number, value in _records(cursor, options):
        if held and (isinstance(value, InputError) or len(held) >= bounds.records or size + len(value) > bounds.bytes):
            yield _run(first, held)
            held, size = [], 0
        if isinstance(value, InputError):
            yield Lost(number, value)
            continue
        if not held:
            first = number
        held.append(value)
        size += len(value)
    if held:
        yield _run(first, held)


def _run(first: int, held: list[bytes]) -> Chunk:
    return Chunk(first, len(held), 0, 0, _SEPARATOR.join(held))


_Value = bytes | InputError
_Numbered = tuple[int, _Value]


def _records(cursor: _Cursor, options: Options) -> Iterator[_Numbered]:
    try:
        if cursor.peek() == "[":
            cursor.at += 1
            yield from enumerate(_elements(cursor), 1)
            return
        if not cursor.peek():
            return
        whole = cursor.whole()
        if whole is None:
            yield from enumerate(_members(cursor), 1)
        elif cursor.peek():
            yield from enumerate(chain([whole], _rest(cursor)), 1)
        else:
            yield from _document(whole, options)
    except InputError as damage:  # of the flow, not of one value
        yield cursor.number, damage


def _document(value: bytes, options: Options) -> Iterator[_Numbered]:
    """One object: an article, or the records that stand in it."""
    document = parse_object(value)
    inside = next((each for each in _inner(document) if each and _is_record(each[0], options)), None)
    if inside is None or _is_record(document, options):
        yield 0, value
        return
    for number, record in enumerate(inside, 1):
        yield number, json.dumps(record).encode()


def _inner(document: dict[str, Any]) -> Iterator[list[Any]]:
    """The lists in `document` that may be its records; then its own values, each under its name as id."""
    yield from (value for value in document.values() if isinstance(value, list))
    if all(isinstance(value, dict) for value in document.values()):
        yield [value if "id" in value else {"id": key, **value} for key, value in document.items()]


def _is_record(value: object, options: Options) -> bool:
    try:
        return isinstance(value, dict) and bool(find_fields(value, options))
    except NoText:
        return False


def _elements(cursor: _Cursor) -> Iterator[_Value]:
    while (opening := cursor.peek()) != "]":
        if not opening:
            yield BrokenJson("The array is not closed; the file may be cut.", _ADVICE)
            return
        yield cursor.value()
    cursor.at += 1


def _rest(cursor: _Cursor) -> Iterator[_Value]:
    while cursor.peek():
        yield cursor.value()


def _members(cursor: _Cursor) -> Iterator[_Value]:
    """The records of an object too large or broken: its lists of objects, and its objects; then what follows it."""
    cursor.at += 1
    while (opening := cursor.peek()) == '"':
        cursor.value()
        opening = cursor.peek()
        if opening == "[":
            cursor.at += 1
            yield from _elements(cursor)
        elif opening == "{":
            yield cursor.value()
        elif opening and isinstance(wrong := cursor.value(), InputError):
            yield wrong
    if opening != "}":
        yield BrokenJson("The object is not closed; the file may be cut.", _ADVICE)
        return
    cursor.at += 1
    yield from _rest(cursor)


class _Cursor:
    """A place in the text of a flow, of which only the value that is being read is held. `number` counts the values."""

    def __init__(self, flow: Flow, limit: int) -> None:
        self._chunks = iter(flow)
        self._limit = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._ended = False
        self.buffer = ""
        self.at = 0
        self.number = 0

    def peek(self) -> str:
        """The first character of the next value or bracket, "" at the end."""
        while True:
            gap = _GAP.match(self.buffer, self.at)
            self.at = gap.end() if gap else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._fill():
                return ""

    def whole(self) -> bytes | None:
        """The value here, or None (and the cursor where it was) if it is above the limit or cut."""
        try:
            end = self._parse()
        except InputError:
            return None
        return self._take(end)

    def value(self) -> _Value:
        """The value here, or what is wrong with it; the cursor stands behind it."""
        self.number += 1
        try:
            return self._take(self._parse())
        except (BrokenJson, TooLarge) as wrong:
            self._skip()
            return wrong

    def _take(self, end: int) -> bytes:
        text = self.buffer[self.at : end].replace("\x1e", "\\u001e")
        self.at = end
        return text.encode("utf-8", "surrogateescape")

    def _parse(self) -> int:
        """Where the value here ends."""
        while True:
            try:
                end = _DECODER.raw_decode(self.buffer, self.at)[1]
                if end < len(self.buffer) or self.buffer[self.at] in '{["' or not self._fill():
                    if end - self.at > self._limit:
                        raise too_large(self._limit)
                    return end
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos > len(self.buffer) - 16
                if cut and len(self.buffer) - self.at > self._limit:
                    raise too_large(self._limit) from error
                if not cut or not self._fill(len(self.buffer) - self.at):
                    raise BrokenJson(f"This is not JSON: {error.msg}.", _ADVICE) from error
            except RecursionError as error:
                raise BrokenJson("The record is nested too deeply.", "Flatten it; no article needs that.") from error

    def _fill(self, more: int = 1) -> bool:
        """Read on by at least `more` characters; False at the end."""
        parts = [self.buffer[self.at :]]
        while more > 0 and not self._ended:
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            parts.append(self._decoder.decode(chunk, self._ended))
            more -= len(parts[-1])
        before = len(parts[0])
        self.buffer, self.at = "".join(parts), 0
        return len(self.buffer) > before

    def _skip(self) -> None:
        """Over the value here, by its brackets and quotes alone."""
        depth, quoted = 0, False
        if self.buffer[self.at] not in '{["':
            scalar = _SCALAR.match(self.buffer, self.at)
            self.at = max(scalar.end() if scalar else 0, self.at + 1)
            return
        while True:
            mark = (_INSIDE if quoted else _OUTSIDE).search(self.buffer, self.at)
            if mark is None or mark.end() == len(self.buffer):
                if mark is None:
                    self.at = len(self.buffer)
                if not self._fill():
                    self.at = len(self.buffer)
                    return
                continue
            self.at = mark.end() + (mark[0] == "\\")
            if mark[0] == '"':
                quoted = not quoted
            elif mark[0] != "\\":
                depth += 1 if mark[0] in "{[" else -1
            if depth <= 0 and not quoted:
                return


_DECODER = json.JSONDecoder(strict=False)
