"""WARC and WET: `response` and `conversion` records become pages and texts; workers undo their HTTP coding."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.read_errors import BrokenWarc, HttpStatus, NoContent, NotText, Truncated, too_large
from cleaner.read.stream import Flow, FlowFile
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["cut_warc", "parse_warc"]

_KEPT = ("WARC-Type", "WARC-Target-URI", "WARC-Date", "WARC-Record-ID", "Content-Type")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_CONTROL = re.compile(r"[\r\n]")


def cut_warc(flow: Flow, bounds: Bounds) -> Iterator[Chunk | Lost]:
    """The records of a crawl that hold articles, unpacked, a bounded number at a time, numbered among themselves."""
    number, held, size = 0, list[bytes](), 0
    for found in _records(flow, bounds.record_bytes):
        number += 1
        full = held and (
            len(held) >= bounds.records or size + len(found) > bounds.bytes if isinstance(found, bytes) else True
        )
        if full:
            yield Chunk(number - len(held), len(held), 0, 0, b"".join(held))
            held, size = [], 0
        if isinstance(found, InputError):
            yield Lost(number, found)
        else:
            held.append(found)
            size += len(found)
    if held:
        yield Chunk(number - len(held) + 1, len(held), 0, 0, b"".join(held))


def _records(flow: Flow, limit: int) -> Iterator[bytes | InputError]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    file = FlowFile(flow)
    kinds = WarcRecordType.response | WarcRecordType.conversion
    try:
        for record in ArchiveIterator(file, record_types=kinds, parse_http=False):
            length = record.content_length
            if length > limit:
                yield too_large(limit)
                continue
            body = record.reader.read()
            if len(body) < length:
                yield file.damage or Truncated("The record ends too early.", "Fetch or copy the file again.")
                return
            yield _pack(record.headers, body)
    except (OSError, ValueError, RuntimeError) as error:
        yield file.damage or BrokenWarc(f"The record cannot be read: {error}.", "Look at the file; it may be cut.")
        return
    if file.damage is not None:
        yield file.damage


def _pack(headers: Any, body: bytes) -> bytes:
    lines = [f"{name}: {_CONTROL.sub(' ', headers[name])}" for name in _KEPT if name in headers]
    head = "\r\n".join(["WARC/1.0", *lines, f"Content-Length: {len(body)}"])
    return head.encode("utf-8", "replace") + b"\r\n\r\n" + body + b"\r\n\r\n"


def parse_warc(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """The pages and texts of a run of records."""
    from fastwarc.warc import ArchiveIterator

    number = span.first
    for record in ArchiveIterator(io.BytesIO(data), parse_http=False):
        try:
            yield _raw(record, span.source, number, options)
        except InputError as wrong:
            yield Lost(number, wrong)
        except (OSError, ValueError, RuntimeError) as error:
            yield Lost(number, BrokenWarc(f"The record cannot be read: {error}.", "Look at the file; it may be cut."))
        number += 1


def _raw(record: Any, source: str, number: int, options: Options) -> Raw:
    headers = record.headers
    url, date = headers.get("WARC-Target-URI", "").strip("<>"), headers.get("WARC-Date", "")
    own = headers.get("WARC-Record-ID", "").strip("<>")
    if headers.get("WARC-Type") == "conversion":
        body = record.reader.read()
        return Raw(source, number, _filled(body), False, "utf-8", id=own, date=date, url=url, form="text of a crawl")
    record.parse_http(auto_decode="all")
    status, kind = record.http_headers.status_code, record.http_content_type or ""
    if status is None or not 200 <= status < 300:
        raise HttpStatus(f"The server answered {status}.", "Nothing to do; there is no article here.")
    if kind and kind not in _PAGE_TYPES and kind != "text/plain":
        raise NotText(f"The response is of the type {kind}.", "Nothing to do; only pages and plain texts are read.")
    body = record.reader.read(options.max_record_bytes + 1)
    if len(body) > options.max_record_bytes:
        raise too_large(options.max_record_bytes)
    page = kind != "text/plain" and options.content != "plain"
    charset = record.http_charset or ""
    return Raw(source, number, _filled(body), page, charset, id=own, date=date, url=url, form="response of a crawl")


def _filled(body: bytes) -> bytes:
    if not body.strip():
        raise NoContent("The response has no content.", "Nothing to do.")
    return body
