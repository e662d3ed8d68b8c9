"""JSON that is one document: an array of records, an object of them, an object around them, or one article.

The parser of the standard library finds the values in a growing buffer, of which only the value that is being read is
kept, so that an array of any size is read in constant memory. In splits the values stand between record separators
(RFC 7464), a character that JSON text cannot hold.
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
from cleaner.read.fields import is_record, raw_record
from cleaner.read.jsonl import parse_object
from cleaner.read.read_errors import BrokenJson, TooLarge, as_input_error, too_large
from cleaner.read.stream import Stream
from cleaner.read.task import Bounds, Chunk, Lost, Split, gather_chunks

__all__ = ["chunk_json", "parse_json"]

_SEPARATOR = b"\x1e"
"""The byte between the values of a chunk. Inside a value this character is always escaped."""
_GAP = re.compile(r"[ \t\r\n,:\ufeff]*")
"""What may stand before a value: white space, commas, colons, a byte order mark."""
_BEGIN = re.compile(r'[{\[\]}"\d-]|null|true|false|NaN|Infinity')
"""What a value begins with, or a bracket that closes none."""
_SCALAR = re.compile(r"[^{}\[\]]*")
"""A number or a word such as true that cannot be parsed, with the broken text behind it."""
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\\n]|\\.){0,200}")\s*:')
_INNER = re.compile(r"\[\s*(\S)")
_NEXT_OBJECT = re.compile(r'(?:^|[\n}\]])\s*,?\s*(\{\s*")')
_SEARCHED = 1 << 20
"""Characters in which the object behind a broken one is searched for."""
_ASKED = 20
"""How many values of a list are checked for a record; more than one, because the first may differ from the others."""
_OUTSIDE = re.compile(r'["{}\[\]]')
_INSIDE = re.compile(r'["\\]')
"""Characters that matter outside and inside a string when a broken value is passed over."""
_COLUMNS_ADVICE = "Write one object a record, or raise --max-record-bytes above the size of the file."
_ADVICE = "Look at this place of the input; it may be cut or edited by hand."


def parse_json(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the records of JSON values between separators."""
    for number, value in enumerate(data.split(_SEPARATOR), split.first):
        try:
            yield raw_record(parse_object(value), split.source, number, options)
        except Exception as error:
            yield Lost(number, as_input_error(error))


def chunk_json(stream: Stream, bounds: Bounds, options: Options) -> Iterator[Chunk | Lost]:
    """Yield the records of a document as chunks of values; a document that is one article is record 0."""
    records = _records(_Cursor(stream, bounds.record_bytes), options)
    yield from gather_chunks(((number, value, 0) for number, value in records), bounds, separator=_SEPARATOR)


_Value = bytes | InputError
"""A JSON value, or what is wrong with it."""


def _records(cursor: _Cursor, options: Options) -> Iterator[tuple[int, _Value]]:
    """Yield the records of a document with their numbers. How they are found depends on how the document begins."""
    try:
        # A comment, or the assignment of a script: "var data = [...]".
        if cursor.peek() and not _BEGIN.match(cursor.buffer, cursor.at):
            yield 0, cursor.value()
        if not cursor.peek():
            return
        if cursor.peek() == "[":
            yield from enumerate(_remaining(cursor), 1)
            return
        whole = cursor.whole()
        if whole is None:
            yield from enumerate(_inner_values(cursor), 1)
            return
        # What is no value, such as the semicolon of a script, does not make the object a record among others.
        rest = [cursor.value()] if cursor.peek() and not _BEGIN.match(cursor.buffer, cursor.at) else []
        if cursor.peek():
            # More values follow: records one behind another, without an array around them.
            yield from enumerate(chain([whole], rest, _remaining(cursor)), 1)
        else:
            yield from _records_inside(whole, options)
            yield from ((0, wrong) for wrong in rest)
    except InputError as error:  # of the stream, not of one value
        yield cursor.number, error


def _records_inside(value: bytes, options: Options) -> Iterator[tuple[int, _Value]]:
    """Yield the records of a document that is one object: itself, or those that it holds.

    They may stand in a list, as in {"count": 2, "data": [...]}, or be its own values, each under its id, or stand in
    columns.
    """
    document = parse_object(value)
    records = _rows_of_columns(document, options)
    if records is None and not is_record(document, options):
        lists = _lists_inside(document)
        records = next((each for each in lists if any(is_record(one, options) for one in each[:_ASKED])), None)
    if records is None:
        yield 0, value
        return
    for number, record in enumerate(records, 1):
        yield number, json.dumps(record).encode()


def _lists_inside(document: dict[str, Any], depth: int = 3) -> Iterator[list[Any]]:
    """Yield the lists that an object holds, and its own values where they are all objects; outer ones first."""
    yield from (each for each in document.values() if isinstance(each, list))
    if document and all(isinstance(each, dict) for each in document.values()):
        yield [each if "id" in each else {"id": key, **each} for key, each in document.items()]
    if depth:
        for each in document.values():
            if isinstance(each, dict):
                yield from _lists_inside(each, depth - 1)


def _rows_of_columns(document: dict[str, Any], options: Options) -> list[dict[str, Any]] | None:
    """Return the records of a table that was written by its columns, as pandas does in three of its orients; else None.

    {"id": [1, 2], "text": [...]}, {"id": {"0": 1, "1": 2}, "text": {...}}, or {"columns": [...], "data": [[...], ...]}.
    """
    names, rows = document.get("columns"), document.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        records = [dict(zip(map(str, names), row, strict=False)) for row in rows]
        return records if records and is_record(records[0], options) else None
    columns = list(document.values())
    if not columns:
        return None
    if all(isinstance(each, list) for each in columns) and len({len(each) for each in columns}) == 1:
        rows = list(zip(*columns, strict=True))
    elif all(isinstance(each, dict) and each.keys() == columns[0].keys() for each in columns):
        rows = [[each[key] for each in columns] for key in columns[0]]
    else:
        return None
    records = [dict(zip(document, row, strict=True)) for row in rows]
    # The texts of columns are texts, and not objects with a text of their own.
    flat = ({name: each for name, each in record.items() if not isinstance(each, dict)} for record in records[:_ASKED])
    return records if any(is_record(record, options) for record in flat) else None


def _elements(cursor: _Cursor) -> Iterator[_Value]:
    """Yield the values of an array; the cursor stands behind its opening bracket."""
    while (opening := cursor.peek()) != "]":
        if not opening:
            yield BrokenJson("The array is not closed; the file may be cut.", _ADVICE)
            return
        yield cursor.value()
    cursor.at += 1


def _remaining(cursor: _Cursor) -> Iterator[_Value]:
    """Yield all values from the cursor on; those of arrays one by one."""
    while opening := cursor.peek():
        if opening == "[":
            cursor.at += 1
            yield from _elements(cursor)
        elif opening in "]}":
            cursor.at += 1  # it belongs to a broken value, for which there was an error already
        else:
            yield cursor.value()


def _inner_values(cursor: _Cursor) -> Iterator[_Value]:
    """Yield the records of an object that is too large or broken: the values of its arrays, and its objects.

    Lists of anything but objects are no records; if nothing else is found, one error reports them. Values behind the
    object are read as further records.
    """
    cursor.at += 1
    columns = found = False
    while (opening := cursor.peek()) == '"':
        cursor.value()
        opening = cursor.peek()
        if opening == "[" and cursor.peek_inside() not in "{]":
            columns = True
            cursor.value()
        elif opening == "[":
            cursor.at += 1
            for element in _elements(cursor):
                found = True
                yield element
        elif opening == "{":
            found = True
            yield cursor.value()
        elif opening and isinstance(wrong := cursor.value(), InputError):
            yield wrong
    if columns and not found:
        yield BrokenJson(
            "The object is too large to be read, or broken, and its lists hold no objects.", _COLUMNS_ADVICE
        )
    if opening != "}":
        yield BrokenJson("The object is not closed; the file may be cut.", _ADVICE)
        cursor.pass_to_object()
    yield from _remaining(cursor)


class _Cursor:
    """A place in the text of a stream, of which only the value that is being read is held.

    `buffer` is the text that is held, `at` the place in it, `number` the count of values that were read. `limit` bounds
    a value in characters.
    """

    def __init__(self, stream: Stream, limit: int) -> None:
        self._chunks = iter(stream)
        self._limit = limit
        # A byte that is not UTF-8 goes through unchanged, and is decoded with the record it stands in.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._ended = False
        self.buffer = ""
        self.at = 0
        self.number = 0

    def peek(self) -> str:
        """Return the first character of the next value or bracket, "" at the end. Commas and colons are passed over."""
        while True:
            gap = _GAP.match(self.buffer, self.at)
            self.at = gap.end() if gap else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._fill():
                return ""

    def peek_inside(self) -> str:
        """Return the first character in the array here, "" at the end."""
        while not (found := _INNER.match(self.buffer, self.at)):
            if not self._fill():
                return ""
        return found[1]

    def whole(self) -> bytes | None:
        """Return the value here, or None if it is above the limit, broken or cut; then the cursor stays where it
        was."""
        try:
            end = self._parse()
        except InputError:
            return None
        return self._take(end)

    def value(self) -> _Value:
        """Return the value here, or what is wrong with it; the cursor stands behind it."""
        self.number += 1
        try:
            return self._take(self._parse())
        except TooLarge as wrong:
            self._skip()
            return wrong
        except BrokenJson as wrong:
            self._pass_broken()
            # The parser's errors count the lines before them in the whole buffer, however many there are.
            if self.at > 1 << 14:
                self.buffer, self.at = self.buffer[self.at :], 0
            return wrong

    def _take(self, end: int) -> bytes:
        """Return the text up to `end` as bytes, with the separator of chunks escaped, and move the cursor there."""
        text = self.buffer[self.at : end].replace("\x1e", "\\u001e")
        self.at = end
        return text.encode("utf-8", "surrogateescape")

    def _parse(self) -> int:
        """Return where the value at this place ends. Raises BrokenJson or TooLarge; reads on where the buffer ends too
        early."""
        while True:
            try:
                end = _DECODER.raw_decode(self.buffer, self.at)[1]
                # A number or a word at the end of the buffer may go on in the next chunk.
                if end < len(self.buffer) or self.buffer[self.at] in '{["' or not self._fill():
                    if end - self.at > self._limit:
                        raise too_large(self._limit)
                    return end
            except json.JSONDecodeError as error:
                # The value may be cut by the end of the buffer: 16 characters are more than any token but a string has.
                cut = error.msg.startswith("Unterminated") or error.pos > len(self.buffer) - 16
                if cut and len(self.buffer) - self.at > self._limit:
                    raise too_large(self._limit) from error
                # Doubled, so that a large value is parsed a few times only.
                if not cut or not self._fill(len(self.buffer) - self.at):
                    raise BrokenJson(f"This is not JSON: {error.msg}.", _ADVICE) from error
            except RecursionError as error:
                raise BrokenJson("The record is nested too deeply.", "Flatten it; no article needs that.") from error

    def _fill(self, more: int = 1) -> bool:
        """Read at least `more` characters, and drop the text before the cursor; False at the end."""
        parts = [self.buffer[self.at :]]
        while more > 0 and not self._ended:
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            parts.append(self._decoder.decode(chunk, self._ended))
            more -= len(parts[-1])
        before = len(parts[0])
        self.buffer, self.at = "".join(parts), 0
        return len(self.buffer) > before

    def pass_to_object(self) -> None:
        """Move to the next object that begins a line or stands behind another value, or to the end."""
        while not (found := _NEXT_OBJECT.search(self.buffer, self.at)):
            self.at = max(self.at, len(self.buffer) - 64)  # an object may begin where the buffer ends
            if not self._fill():
                self.at = len(self.buffer)
                return
        self.at = found.end() - len(found[1])

    def _pass_broken(self) -> None:
        """Move behind a broken value: its last bracket, or where the next object with its first key begins.

        Reading goes on at whichever comes first, since a missing bracket or quote hides the last bracket.
        """
        head = _FIRST_KEY.match(self.buffer, self.at)
        if head is None:
            self._skip()
            return
        again = re.compile(r"\{\s*" + re.escape(head[1]) + r"\s*:")
        start = 1
        while not (found := again.search(self.buffer, self.at + start)):
            have = len(self.buffer) - self.at
            start = max(1, have - len(head[0]) - 64)
            if have > _SEARCHED or not self._fill(have):
                break
        stop = found.start() if found else len(self.buffer)
        at, depth, quoted = self.at, 0, False
        while mark := (_INSIDE if quoted else _OUTSIDE).search(self.buffer, at, stop):
            at = mark.end() + (mark[0] == "\\")
            if mark[0] == '"':
                quoted = not quoted
            elif mark[0] != "\\":
                depth += 1 if mark[0] in "{[" else -1
            if depth <= 0 and not quoted:
                self.at = at
                return
        if found:
            self.at = stop
        else:
            self._skip()

    def _skip(self) -> None:
        """Move behind a value that cannot be parsed, by its brackets and quotes alone."""
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
            self.at = mark.end() + (mark[0] == "\\")  # what a backslash escapes is passed over with it
            if mark[0] == '"':
                quoted = not quoted
            elif mark[0] != "\\":
                depth += 1 if mark[0] in "{[" else -1
            if depth <= 0 and not quoted:
                return


_DECODER = json.JSONDecoder(strict=False)
