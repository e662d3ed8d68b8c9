"""WARC and WET: the records of types `response`, `resource` and `conversion` are pages and texts.

The planner finds the records and packs them anew without their other headers; workers undo the codings of HTTP. Records
are found here and not by a library, because a damaged crawl is read to its end: a false length, a cut member or stray
bytes cost the record they stand in, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.http import Response, parse_response, unpack_by_magic
from cleaner.read.read_errors import (
    BinaryFile,
    BrokenWarc,
    HttpStatus,
    NoContent,
    NotText,
    Truncated,
    as_input_error,
    too_large,
)
from cleaner.read.sniff import check_text
from cleaner.read.stream import Stream, Window
from cleaner.read.task import Bounds, Chunk, Lost, Numbered, Split, gather_chunks

__all__ = ["chunk_warc", "parse_warc"]

_KINDS = ("response", "resource", "conversion")
"""Types of records that may hold an article."""
_OTHER_KINDS = ("warcinfo", "request", "metadata", "revisit")
"""Types of records that hold none, whatever stands in them."""
_KEPT = ("WARC-Type", "WARC-Target-URI", "WARC-Date", "WARC-Record-ID", "Content-Type")
"""Headers of a record that its article is made of; the others stay behind."""
_PAGE_TYPES = ("", "text/html", "application/xhtml+xml")
_WEB = ("http", "https", "ftp", "ftps", "file", "")
"""Schemes of the addresses of pages. Crawlers keep their own settings and logs as resources under others (metadata)."""
_RECORD = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]*\r?\n(?:WARC-|Content-)[A-Za-z-]{1,40}[ \t]*:", re.IGNORECASE)
"""How a record that is searched for begins: its first line and a header, as a page may quote the first line alone."""
_VERSION = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]*\r?\n")
"""The first line of a record, where one has to stand."""
_HEAD_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_BEHIND = re.compile(rb"[\r\n]*(?:WARC/[01]\.|\Z)")
"""What stands behind a record whose length is right: blank lines, and the next record or nothing."""
_HEAD_BYTES = 1 << 16
_START_BYTES = 128
"""The most bytes that `_RECORD` needs to see a record."""
_ADVICE = "Look at the file; it may be cut or edited."


_FOR_PROGRAMS = re.compile(
    r"https?://[^/?#]+/((?:robots|ads|app-ads)\.txt|(?:\.well-known/)?security\.txt)", re.IGNORECASE
)
"""What a crawler fetches from every site, and no reader does. A query makes another page of it, to which a link led."""


def chunk_warc(stream: Stream, bounds: Bounds) -> Iterator[Chunk | Lost]:
    """Yield the records of a crawl that may hold articles, numbered among themselves."""
    yield from gather_chunks(_records(stream, bounds.record_bytes), bounds)


def _records(stream: Stream, limit: int) -> Iterator[Numbered]:
    """Yield each record of `_KINDS` as a WARC record of its own; what is wrong with one stands in its place or behind
    it.

    Damage between two records has the number of the next one.
    """
    number = 1
    rest: Iterable[bytes] | None = stream
    while rest is not None:
        crawl = _Crawl(rest, limit)
        for found, counts in crawl.records():
            yield number, found, 0
            number += counts
        if crawl.error is not None:
            yield number, crawl.error, 0
            number += 1
        # Behind damage of the compression the next whole member is read.
        rest = crawl.error.rest if isinstance(crawl.error, Truncated) else None


class _Crawl(Window):
    """The bytes of a crawl, of which only the record that is read is kept."""

    def __init__(self, stream: Iterable[bytes], limit: int) -> None:
        super().__init__(stream)
        self._limit = limit

    def records(self) -> Iterator[tuple[bytes | InputError, bool]]:
        """Yield the records and what is wrong with them, and whether each counts as a record."""
        while self.fill(_HEAD_BYTES) or self.at < len(self.buffer):
            while self.buffer[self.at : self.at + 1] in (b"\r", b"\n"):
                self.at += 1
            if self.at == len(self.buffer):
                continue
            head = _VERSION.match(self.buffer, self.at) and _HEAD_END.search(self.buffer, self.at)
            if not head:
                place, start = self.base + self.at, self.at
                named = self.buffer.startswith(b"WARC/", start)
                self.at += 1
                size = 1 + self._pass_to_record()
                what = "The head of a record is broken" if named else "Bytes that belong to no record"
                yield BrokenWarc(f"{what}: {size:,} bytes from byte {place:,} on are passed over.", _ADVICE), named
                continue
            headers = _headers(self.buffer[self.at : head.start()])
            self.at = head.end()
            kind = headers.get("warc-type", "").strip().lower()
            wanted = kind in _KINDS
            body, wrong = self._body(headers.get("content-length", ""))
            if not wanted and kind not in _OTHER_KINDS:  # it may hold an article, or a part of one
                what = f"has the type {kind[:60]!r}, which is not known" if kind else "does not say its type"
                if kind == "continuation":
                    what = "is the continuation of an earlier one, whose text is cut there"
                yield BrokenWarc(f"The record {what}.", _ADVICE), False
            if wanted and body is not None:
                lines = [f"{name}: {headers[name.lower()]}" for name in _KEPT if name.lower() in headers]
                packed = "\r\n".join(["WARC/1.0", *lines, f"Content-Length: {len(body)}"])
                yield packed.encode("utf-8", "replace") + b"\r\n\r\n" + body + b"\r\n\r\n", wrong is None
            if wrong is not None and wrong is not self.error:
                yield wrong, wanted

    def _body(self, claimed: str) -> tuple[bytes | None, InputError | None]:
        """Return the block of a record, and what is wrong with it or its length; the cursor stands behind it.

        A length is believed if the next record or the end of the file stands behind it. Else the block ends where the
        next record begins, and is whole unless the file ends first.
        """
        length = int(claimed) if claimed.isascii() and claimed.isdigit() and len(claimed) < 19 else -1
        if length > self._limit:
            return None, self._pass_over(length)
        whole = (length >= 0 and self.fill(length + _START_BYTES)) or self.have >= length >= 0
        if whole:
            end = self.at + length
            after = _BEHIND.match(self.buffer, end)
            # Blank lines and then anything: the length is right, and stray bytes follow.
            if (after and (after.end() < len(self.buffer) or self.ended)) or _HEAD_END.match(self.buffer, end):
                body, self.at = self.buffer[self.at : end], end
                return body, None
        size = self._find_record(self._limit)
        if size < 0 and self.error is not None:
            self.at = len(self.buffer)
            return None, self.error
        if size < 0 and not self.ended:
            self._pass_to_record()
            return None, too_large(self._limit)
        body = self.buffer[self.at :] if size < 0 else self.buffer[self.at : self.at + size]
        self.at += len(body)
        body = body.removesuffix(b"\n").removesuffix(b"\r").removesuffix(b"\n").removesuffix(b"\r")
        # A crawl that a program took for text, and whose line ends it shortened, has lost a byte for each line at most.
        if b"\r" not in body and len(body) < length <= len(body) + body.count(b"\n"):
            return body, None
        if size < 0 and length >= 0 and not whole:
            return None, Truncated("The record ends too early.", "Fetch or copy the file again.")
        says = f"says that it has {length:,}" if length >= 0 else "does not say how many it has"
        return body, BrokenWarc(f"The record has {len(body):,} bytes and {says}.", _ADVICE)

    def _pass_over(self, length: int) -> InputError:
        """Move behind a block that is too large to be held, or to the next record if that comes first."""
        left = length
        while left > 0 and (self.fill(2 * _START_BYTES) or self.at < len(self.buffer)):
            size = self._find_record(0)
            if 0 <= size < left:
                self.at += size
                break
            have = self.have
            step = min(left, have if self.ended else have - _START_BYTES)
            self.at, left = self.at + step, left - step
        return too_large(self._limit)

    def _pass_to_record(self) -> int:
        """Move to the next record or the end, however far; the bytes that were passed."""
        start = self.base + self.at
        while (size := self._find_record(0)) < 0:
            have = self.have
            self.at += have if self.ended else max(0, have - _START_BYTES)
            if not self.fill(2 * _START_BYTES) and self.at == len(self.buffer):
                break
        self.at += max(size, 0)
        return self.base + self.at - start

    def _find_record(self, most: int) -> int:
        """Return how many bytes of the stream stand before the next record, searched for in `most` bytes; -1 if none
        does."""
        searched = 0
        while True:
            found = _RECORD.search(self.buffer, self.at + searched)
            if found:
                return found.start() - self.at
            have = self.have
            searched = max(0, have - _START_BYTES)
            if searched >= most or not self.fill(have + 1):
                return -1


def _headers(head: bytes) -> dict[str, str]:
    """Return the headers of a record by their names in small letters; a header that is folded over lines becomes one
    line."""
    headers: dict[str, str] = {}
    name = ""
    for line in re.split(r"\r\n|\r|\n", head.decode("utf-8", "replace"))[1:]:
        if line[:1] in (" ", "\t") and name:
            headers[name] += f" {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            headers.setdefault(name, value.strip())
    return headers


def parse_warc(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the pages and texts of WARC records; error pages, redirects and images are Lost as what is no article."""
    at, number = 0, split.first
    while at < len(data):
        end = data.index(b"\r\n\r\n", at) + 4
        headers = _headers(data[at:end])
        at = end + int(headers["content-length"])
        try:
            response = _response(headers, data[end:at], options.max_record_bytes)
            yield _raw(response, headers, split.source, number, options)
            if response.cut is not None:
                yield Lost(number, response.cut)
        except Exception as error:  # whatever stands in a crawl
            yield Lost(number, as_input_error(error))
        at, number = at + 4, number + 1


def _response(headers: dict[str, str], block: bytes, limit: int) -> Response:
    """Return the content of a record as if a server had sent it. Raises NotText, HttpStatus, BrokenWarc or TooLarge."""
    nothing = "Nothing to do; only pages and texts are read."
    protocol = headers.get("content-type", "")
    kind, _, parameters = protocol.lower().partition(";")
    url = headers.get("warc-target-uri", "").strip("<>")
    scheme = url.partition(":")[0].lower() if ":" in url else ""
    http = kind.strip() in ("", "application/http") or block.startswith(b"HTTP/")
    if headers["warc-type"].lower() == "conversion":
        return Response(200, "text/plain", "", block)
    if headers["warc-type"].lower() == "resource" and not (http and block.lstrip(b"\r\n").startswith(b"HTTP/")):
        if scheme not in _WEB:
            raise NotText(f"The record is about the crawl itself ({scheme}:).", nothing)
        body, cut = unpack_by_magic(block, limit)
        charset = parameters.partition("charset=")[2].partition(";")[0].strip(" \"'")
        return Response(200, kind.strip(), charset, body, cut)
    if not http or scheme not in _WEB:  # answers of name servers, which crawlers keep
        raise NotText(f"The response is of the type {protocol or scheme}.", nothing)
    response = parse_response(block, limit, (*_PAGE_TYPES, "text/plain"))
    if response is None:
        raise BrokenWarc("The record has no response in it.", _ADVICE)
    if not 200 <= response.status < 300:
        answered = str(response.status) if response.status else "nothing that is a status"
        raise HttpStatus(f"The server answered {answered}.", "Nothing to do; there is no article here.")
    return response


def _raw(response: Response, headers: dict[str, str], source: str, number: int, options: Options) -> Raw:
    """Return the page or text of a response. Raises NotText, NoContent or what cut the body before its first byte."""
    kind, body = response.kind, response.body
    url = headers.get("warc-target-uri", "").strip("<>")
    if path := _FOR_PROGRAMS.fullmatch(url):
        raise NotText(f"The response is {path[1]}, which sites keep for programs.", "Nothing to do; it is no page.")
    if kind not in _PAGE_TYPES and kind != "text/plain":
        raise NotText(f"The response is of the type {kind}.", "Nothing to do; only pages and plain texts are read.")
    if not body.strip():
        raise response.cut or NoContent("The response has no content.", "Nothing to do.")
    try:
        check_text(body[: 1 << 16])
    except BinaryFile as wrong:
        said = f" of the type {kind}" if kind else ""
        raise NotText(f"The response{said} holds no text: {wrong.detail}", "Nothing to do; it is no page.") from wrong
    conversion = headers["warc-type"].lower() == "conversion"
    return Raw(
        source,
        number,
        body,
        kind != "text/plain" and options.content != "plain",
        "utf-8" if conversion else response.charset,  # WET files are UTF-8 by definition
        id=headers.get("warc-record-id", "").strip("<>"),
        crawled=headers.get("warc-date", ""),
        url=url,
        form="text of a crawl" if conversion else "response of a crawl",
    )
