"""WARC and WET: the records of types `response` and `conversion` are pages and texts.

The planner packs them anew without their other headers; workers undo the chunks and the compression of HTTP.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.read_errors import BrokenWarc, HttpStatus, NoContent, NotText, Truncated, too_large
from cleaner.read.stream import Stream, StreamFile
from cleaner.read.task import Bounds, Chunk, Lost, Split, gather_chunks

__all__ = ["chunk_warc", "parse_warc"]

_KEPT = ("WARC-Type", "WARC-Target-URI", "WARC-Date", "WARC-Record-ID", "Content-Type")
"""Headers of a record that its article is made of; the others stay behind."""
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_LINE_END = re.compile(r"[\r\n]")
"""In a header that was folded over lines it would end the header of the new record."""
_ADVICE = "Look at the file; it may be cut."


def chunk_warc(stream: Stream, bounds: Bounds) -> Iterator[Chunk | Lost]:
    """The records of a crawl that hold articles, numbered among themselves."""
    records = _records(stream, bounds.record_bytes)
    yield from gather_chunks(((number, record, 0) for number, record in enumerate(records, 1)), bounds)


def _records(stream: Stream, limit: int) -> Iterator[bytes | InputError]:
    """Each response and conversion as a WARC record of its own, or what is wrong with it."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    file = StreamFile(stream)
    kinds = WarcRecordType.response | WarcRecordType.conversion
    try:
        for record in ArchiveIterator(file, record_types=kinds, parse_http=False):
            length = record.content_length
            if length > limit:
                yield too_large(limit)
                continue
            body = record.reader.read()
            if len(body) < length:
                yield file.error or Truncated("The record ends too early.", "Fetch or copy the file again.")
                return
            lines = [f"{name}: {_LINE_END.sub(' ', record.headers[name])}" for name in _KEPT if name in record.headers]
            head = "\r\n".join(["WARC/1.0", *lines, f"Content-Length: {len(body)}"])
            yield head.encode("utf-8", "replace") + b"\r\n\r\n" + body + b"\r\n\r\n"
    except (OSError, ValueError, RuntimeError) as error:
        yield file.error or BrokenWarc(f"The record cannot be read: {error}.", _ADVICE)
        return
    if file.error is not None:
        yield file.error


def parse_warc(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """The pages and texts of WARC records; error pages, redirects and images are Lost as what is no article."""
    from fastwarc.warc import ArchiveIterator

    def records() -> Iterator[Any]:
        for record in ArchiveIterator(io.BytesIO(data), parse_http=False):
            record.freeze()
            yield record
        yield None

    # One ahead, because an error in the compression of a body breaks an iterator that stands at its record.
    for number, (record, _) in enumerate(pairwise(records()), split.first):
        try:
            yield _raw_response(record, split.source, number, options)
        except InputError as wrong:
            yield Lost(number, wrong)
        except (OSError, ValueError, RuntimeError) as error:
            yield Lost(number, BrokenWarc(f"The record cannot be read: {error}.", _ADVICE))


def _raw_response(record: Any, source: str, number: int, options: Options) -> Raw:
    headers = record.headers
    fields = {
        "id": headers.get("WARC-Record-ID", "").strip("<>"),
        "date": headers.get("WARC-Date", ""),
        "url": headers.get("WARC-Target-URI", "").strip("<>"),
    }
    if headers.get("WARC-Type") == "conversion":
        # WET files are UTF-8 by definition.
        text = _not_empty(record.reader.read())
        return Raw(source, number, text, False, "utf-8", form="text of a crawl", **fields)
    record.parse_http(auto_decode="all")
    if record.http_headers is None:
        protocol = headers.get("Content-Type", "")
        if protocol and not protocol.startswith("application/http"):  # answers of name servers, which crawlers keep
            raise NotText(f"The response is of the type {protocol}.", "Nothing to do; only pages and texts are read.")
        raise BrokenWarc("The record has no response in it.", _ADVICE)
    status, kind = record.http_headers.status_code, record.http_content_type or ""
    if status is None or not 200 <= status < 300:
        raise HttpStatus(f"The server answered {status}.", "Nothing to do; there is no article here.")
    if kind and kind not in _PAGE_TYPES and kind != "text/plain":
        raise NotText(f"The response is of the type {kind}.", "Nothing to do; only pages and plain texts are read.")
    # Bounded again: the body may be compressed inside the record.
    body = record.reader.read(options.max_record_bytes + 1)
    if len(body) > options.max_record_bytes:
        raise too_large(options.max_record_bytes)
    page = kind != "text/plain" and options.content != "plain"
    charset = record.http_charset or ""
    return Raw(source, number, _not_empty(body), page, charset, form="response of a crawl", **fields)


def _not_empty(body: bytes) -> bytes:
    if not body.strip():
        raise NoContent("The response has no content.", "Nothing to do.")
    return body
