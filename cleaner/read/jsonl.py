"""Formats with one record a line: JSON lines, and texts with one article a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cleaner.article import Raw
from cleaner.decode.decode import decode
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.fields import raw_record
from cleaner.read.markup import looks_like_html
from cleaner.read.read_errors import BrokenJson, as_input_error, too_large
from cleaner.read.stream import Stream
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["chunk_lines", "decode_line", "parse_jsonl", "parse_lines", "parse_object"]

_BOM = b"\xef\xbb\xbf"  # taken off, as the JSON parser refuses it
_EDGES = b" \t\r\x1e"
_BETWEEN = re.compile(r"[\s,\ufeff]*")  # what may stand between two objects on a line


def chunk_lines(stream: Stream, bounds: Bounds, *, keep: bool = True) -> Iterator[Chunk | Lost]:
    """Yield `stream` as chunks of whole lines, in constant memory; without `keep` they have offsets and no data.

    A line above the bound is lost alone. A read error ends the stream behind the last whole line before it.
    """
    chunker = _LineChunker(bounds, keep)
    try:
        for data in stream:
            yield from chunker.take(data)
    except InputError as error:
        yield from chunker.flush()
        yield Lost(chunker.number, error)
        return
    # The last line may have no line end.
    if chunker.end > chunker.line_start or chunker.too_long:
        yield from chunker.end_line(b"", chunker.end)
    yield from chunker.flush()


class _LineChunker:
    """Gathers whole lines into chunks. Offsets count from the start of the stream."""

    def __init__(self, bounds: Bounds, keep: bool) -> None:
        self.bounds, self.keep = bounds, keep
        self.number = 1  # of the line that is being read
        self.count = 0  # whole lines in the chunk
        self.start = self.line_start = self.end = 0  # of the chunk, of the line that is being read, of what was taken
        self.held = bytearray()  # what was taken since the start of the chunk
        self.too_long = False  # the line that is being read is above the bound; its bytes are not held
        self.blank = True  # nothing but white space so far; blank lines alone make no chunk

    def take(self, data: bytes) -> Iterator[Chunk | Lost]:
        """Take the next bytes of the stream, and yield the chunks that they complete."""
        base = self.end
        taken = 0
        self.blank = self.blank and not data.translate(None, _EDGES + b"\n\v\f")
        while end := data.find(b"\n", taken) + 1:
            yield from self.end_line(data[taken:end], base + end)
            taken = end
        self.end = base + len(data)
        if self.keep and not self.too_long:
            self.held += data[taken:]
        # Noticed before the line ends, so that a line of a gigabyte is not held.
        if not self.too_long and self.end - self.line_start > self.bounds.record_bytes:
            yield from self.flush()
            self.too_long = True
        if self.too_long:
            self.held.clear()

    def end_line(self, data: bytes, end: int) -> Iterator[Chunk | Lost]:
        """End the current line at offset `end`; `data` are its bytes that are not held yet. Yields complete chunks."""
        if not self.too_long and end - self.line_start > self.bounds.record_bytes + 1:  # the line end does not count
            yield from self.flush()
            self.too_long = True
        elif self.count and end - self.start > self.bounds.bytes:
            yield from self.flush()
        if self.too_long:
            yield Lost(self.number, too_large(self.bounds.record_bytes))
            self.held.clear()
            self.number, self.start, self.line_start, self.too_long = self.number + 1, end, end, False
            return
        if self.keep:
            self.held += data
        self.number, self.count, self.line_start = self.number + 1, self.count + 1, end
        if self.count >= self.bounds.records:
            yield from self.flush()

    def flush(self) -> Iterator[Chunk]:
        """Yield the whole lines gathered so far, as a chunk."""
        if self.count:
            size = self.line_start - self.start
            if not self.blank:
                data = bytes(self.held[:size])
                yield Chunk(self.number - self.count, self.count, self.start, self.line_start, data)
            del self.held[:size]
            self.start, self.count = self.line_start, 0


def _numbered_lines(data: bytes, first: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a chunk with their numbers; empty ones are counted and left out."""
    for number, line in enumerate(data.split(b"\n"), first):
        # Files that were joined have byte order marks in their middle as well; RFC 7464 sets \x1e before each record.
        line = line.strip(_EDGES).removeprefix(_BOM).strip(_EDGES)
        if line:
            yield number, line


def parse_jsonl(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the records of JSON lines; the number of a record is that of its line."""
    for number, line in _numbered_lines(data, split.first):
        try:
            yield raw_record(parse_object(line, split.encoding), split.source, number, options)
        except BrokenJson as wrong:
            yield from _several_objects(line, wrong, number, split, options)
        except Exception as error:
            yield Lost(number, as_input_error(error))


def _several_objects(
    line: bytes, wrong: BrokenJson, number: int, split: Split, options: Options
) -> Iterator[Raw | Lost]:
    """Yield the records of a line that holds objects one behind another, as where files were joined without a line end.

    A record behind the first keeps its own id, or is named by the number of the line and its place in the line.
    """
    text, at, place = decode_line(line, split.encoding), 0, 0
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
            if not isinstance(value, dict):
                raise wrong
            place += 1
            raw = raw_record(value, split.source, number, options)
            yield raw if raw.id or place == 1 else replace(raw, id=f"{split.source}#{number}.{place}")
        except (ValueError, RecursionError, BrokenJson):
            yield Lost(number, wrong)
            return
        except Exception as error:
            yield Lost(number, as_input_error(error))
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing as well


def parse_lines(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the articles of a text with one a line; the number of an article is that of its line."""
    for number, line in _numbered_lines(data, split.first):
        text = decode_line(line, split.encoding)
        html = options.content == "html" or (options.content == "auto" and looks_like_html(text))
        yield Raw(split.source, number, text, html, form="line of a text")


def decode_line(data: bytes, encoding: str) -> str:
    """Decode a line in the encoding of its file ("" is UTF-8), or in a detected one if it does not fit."""
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        return decode(data, hint=encoding).text


def parse_object(data: bytes, encoding: str = "") -> dict[str, Any]:
    """Parse one JSON object. Raises BrokenJson.

    A repeated key keeps its last value, as with other parsers; the earlier ones stay beside it as "key#1", "key#2" ...
    NaN and the infinities, which Python writes and JSON does not know, become null.

    >>> parse_object(b'{"isi": "a", "isi": "b", "n": NaN}')
    {'isi#1': 'a', 'isi': 'b', 'n': None}
    """
    try:
        value = _DECODER.decode(decode_line(data, encoding))
    except RecursionError as error:
        raise BrokenJson("The record is nested too deeply.", "Flatten it; no article needs that.") from error
    except ValueError as error:
        raise BrokenJson(f"This is not JSON: {error}.", "Look at this line of the input; it may be cut.") from error
    if not isinstance(value, dict):
        names = {list: "array", str: "string", bool: "boolean", type(None): "null"}
        raise BrokenJson(
            f"This is a JSON {names.get(type(value), 'number')}, not an object.",
            "Give one object with named fields a record.",
        )
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object with all its values: of equal keys the last keeps its name, and the others become `key#1` ..."""
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    values = {}
    counts: dict[str, int] = {}  # kept, so that thousands of equal keys take linear time
    for key, value in pairs:
        if key in values:
            count = counts.get(key, 0) + 1
            while f"{key}#{count}" in values:
                count += 1
            counts[key] = count
            values[f"{key}#{count}"] = values.pop(key)
        values[key] = value
    return values


# Not strict: scrapers write raw line ends and tabs into strings, which JSON forbids.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=lambda _: None, strict=False)
