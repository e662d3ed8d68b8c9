"""Formats of one record a line: JSON lines, and texts with one article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cleaner.article import Raw
from cleaner.decode.decode import decode
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import raw_record
from cleaner.read.markup import looks_like_html
from cleaner.read.read_errors import BrokenJson, too_large
from cleaner.read.stream import Flow
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["cut_lines", "decode_line", "parse_jsonl", "parse_lines", "parse_object", "split_lines"]

_BOM = b"\xef\xbb\xbf"
_DEEP = "The record is nested too deeply."


def cut_lines(flow: Flow, bounds: Bounds, *, first: int = 1, keep: bool = True) -> Iterator[Chunk | Lost]:
    """`flow` cut at line ends into bounded runs, in constant memory; without `keep` their data are empty.

    A line above the bound is lost alone. Damage ends the flow after all whole lines before it.
    """
    cutter = _Cutter(bounds, first, keep)
    try:
        for chunk in flow:
            yield from cutter.feed(chunk)
    except InputError as damage:
        yield from cutter.flush()
        yield Lost(cutter.number, damage)
        return
    yield from cutter.finish()


class _Cutter:
    """Where the run and the line that are being read began; the bytes of the run, if they are kept."""

    def __init__(self, bounds: Bounds, first: int, keep: bool) -> None:
        self.bounds, self.keep = bounds, keep
        self.number = first  # of the line that is being read
        self.count = 0  # whole lines in the run
        self.at = self.run = self.line = 0  # offsets: the end of what was read, starts of the run and of the line
        self.held = bytearray()  # from the start of the run
        self.long = False  # the line is above the bound; its bytes are not kept
        self.blank = True  # nothing but white space so far, which makes no run

    def feed(self, chunk: bytes) -> Iterator[Chunk | Lost]:
        """Take a chunk; give the runs that it completes."""
        base = self.at
        taken = 0
        self.blank = self.blank and chunk.isspace()
        while end := chunk.find(b"\n", taken) + 1:
            yield from self._line(chunk[taken:end], base + end)
            taken = end
        self.at = base + len(chunk)
        self._hold(chunk[taken:])
        if not self.long and self.at - self.line > self.bounds.record_bytes:
            yield from self.flush()
            self.long = True
        if self.long:
            self.held.clear()

    def _line(self, data: bytes, end: int) -> Iterator[Chunk | Lost]:
        if not self.long and end - self.line > self.bounds.record_bytes + 1:
            yield from self.flush()
            self.long = True
        elif self.count and end - self.run > self.bounds.bytes:
            yield from self.flush()
        if self.long:
            yield Lost(self.number, too_large(self.bounds.record_bytes))
            self._skip(end)
            return
        self._hold(data)
        self.number, self.count, self.line = self.number + 1, self.count + 1, end
        if self.count >= self.bounds.records:
            yield from self.flush()

    def _hold(self, data: bytes) -> None:
        if self.keep and not self.long:
            self.held += data

    def _skip(self, end: int) -> None:
        self.held.clear()
        self.number, self.run, self.line, self.long = self.number + 1, end, end, False

    def flush(self) -> Iterator[Chunk]:
        """The whole lines read so far, as a run."""
        if self.count:
            size = self.line - self.run
            if not self.blank:
                yield Chunk(self.number - self.count, self.count, self.run, self.line, bytes(self.held[:size]))
            del self.held[:size]
            self.run, self.count = self.line, 0

    def finish(self) -> Iterator[Chunk | Lost]:
        """What stands at the end of the flow, its last line without a line end among it."""
        if self.at > self.line or self.long:
            yield from self._line(b"", self.at)
        yield from self.flush()


def split_lines(data: bytes, first: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a run with their numbers; empty ones are counted and left out."""
    for number, line in enumerate(data.split(b"\n"), first):
        line = (line.removeprefix(_BOM) if number == 1 else line).strip(b" \t\r")
        if line:
            yield number, line


def parse_jsonl(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """The records of a run of JSON lines."""
    for number, line in split_lines(data, span.first):
        try:
            yield raw_record(parse_object(line, span.encoding), span.source, number, options)
        except InputError as wrong:
            yield Lost(number, wrong)


def parse_lines(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """The articles of a run of lines."""
    for number, line in split_lines(data, span.first):
        text = decode_line(line, span.encoding)
        html = options.content == "html" or (options.content == "auto" and looks_like_html(text))
        yield Raw(span.source, number, text, html, form="line of a text")


def parse_object(data: bytes, encoding: str = "") -> dict[str, Any]:
    """One JSON object. Raises BrokenJson.

    A repeated key keeps its last value, as everywhere; the earlier ones stay beside it as "key#1", "key#2" ...
    NaN and the infinities, which Python writes and JSON does not know, become null.

    >>> parse_object(b'{"isi": "a", "isi": "b", "n": NaN}')
    {'isi#1': 'a', 'isi': 'b', 'n': None}
    """
    try:
        value = _DECODER.decode(decode_line(data, encoding))
    except RecursionError as error:
        raise BrokenJson(_DEEP, "Flatten it; no article needs that.") from error
    except ValueError as error:
        raise BrokenJson(f"This is not JSON: {error}.", "Look at this line of the input; it may be cut.") from error
    if not isinstance(value, dict):
        raise BrokenJson(
            f"This is a JSON {_kind(value)}, not an object.", "Give one object with named fields a record."
        )
    return value


def decode_line(data: bytes, encoding: str) -> str:
    """A line as its file's encoding gives it, or by itself where that does not fit."""
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        return decode(data, hint=encoding).text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    values = {}
    for key, value in pairs:
        if key in values:
            count = 1
            while f"{key}#{count}" in values:
                count += 1
            values[f"{key}#{count}"] = values.pop(key)
        values[key] = value
    return values


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=lambda _: None, strict=False)


def _kind(value: object) -> str:
    names = {list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
