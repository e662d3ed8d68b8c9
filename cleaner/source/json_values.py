"""JSON that is one document: an array of records, an object of them, an object around them, or one article.

Elements are found by the parser of the standard library over a growing buffer, so an array of any size reads in constant
memory. They travel between record separators (RFC 7464), which cannot stand in JSON text.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.source.damage import BrokenJson, NoText, too_large
from cleaner.source.fields import find_fields, raw_record
from cleaner.source.lines import parse_object
from cleaner.source.piece import Bounds, Lost, Run, Span
from cleaner.source.stream import Flow

__all__ = ["cut_json", "parse_json"]

_SEPARATOR = b"\x1e"
_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\r\n\ufeff]*")
_GAP = re.compile(r"[ \t\r\n,\ufeff]*")
_TOKEN = re.compile(r'["\\{}\[\]]')


def parse_json(data: bytes, span: Span, options: Options) -> Iterator[Raw | Lost]:
    """The records of a run of JSON values."""
    for number, value in enumerate(data.split(_SEPARATOR), span.first):
        try:
            yield raw_record(parse_object(value), span.source, number, options)
        except InputError as wrong:
            yield Lost(number, wrong)


def cut_json(flow: Flow, bounds: Bounds, options: Options) -> Iterator[Run | Lost]:
    """The records of a document as runs of values; record 0 where the document is one article."""
    values = _Values(flow, bounds.record_bytes)
    first, held, size = 1, list[bytes](), 0
    for number, value in _records(values, options):
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


def _run(first: int, held: list[bytes]) -> Run:
    return Run(first, len(held), 0, 0, _SEPARATOR.join(held))


_Numbered = tuple[int, "bytes | InputError"]


def _records(values: _Values, options: Options) -> Iterator[_Numbered]:
    number = 0
    for opening in values.tops():
        if opening == "[":
            inner = values.elements()
        elif opening == "{" and (path := values.container(options)) is not None:
            inner = values.members(path)
        else:
            inner = iter([values.take()])
            if number == 0 and values.ended():
                yield 0, next(inner)
                return
        for value in inner:
            number += 1
            yield number, value


class _Values:
    """A cursor over the text of a flow; `buffer[at:]` is what was read and not yet taken."""

    def __init__(self, flow: Flow, limit: int) -> None:
        self._chunks = iter(flow)
        self._limit = limit
        self._text = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._done = False
        self.damage: InputError | None = None
        self.buffer = ""
        self.at = 0
