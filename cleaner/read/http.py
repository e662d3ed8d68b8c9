"""Read responses of HTTP as crawlers keep them: the head, and the body without its chunks and its compression.

What a head says of its body is often false: recorders undo a coding and leave its header, servers name codings that do
not exist. So a coding is undone only where the body has it, and a body that looks like text is taken as it is.
"""

from __future__ import annotations

import importlib
import re
from typing import NamedTuple

from cleaner.errors import InputError
from cleaner.read.read_errors import BinaryFile, BrokenWarc, NotReadable, Truncated, too_large
from cleaner.read.sniff import check_text
from cleaner.read.stream import Stream, compression_of, decompress

__all__ = ["Response", "parse_response", "unpack_by_magic"]

_STATUS = re.compile(rb"HTTP/\d(?:\.\d+)?[ \t]+(\d{3})\b")
_HEAD_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_HEADERS = re.compile(rb"(?:[!-9;-~]+[ \t]*:[^\r\n]*\r?\n)+[ \t]*\r?\n")
"""Headers and the empty line behind them."""
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,64})[ \t]*(?:;[^\r\n]*)?\r?\n")
"""The line before a chunk of a body: its size, padded with zeros or blanks by some servers, and extensions."""
_LINE_END = re.compile(rb"\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)
_LAYERS = 4
"""How many compressions of one body are undone at most. Two occur, where the server and the recorder each packed it."""
_CUT = "Nothing to do, unless the page can be fetched again; what came before is kept."


class Response(NamedTuple):
    """A response: its status (0 for none), the type and charset of its content, its body, and what cut the body."""

    status: int
    kind: str
    charset: str
    body: bytes
    cut: InputError | None = None


def parse_response(block: bytes, limit: int, kinds: tuple[str, ...]) -> Response | None:
    """Return the response in `block`, or None if there is none. The body is decoded only if its type is one of `kinds`.

    Raises TooLarge where the body has more than `limit` bytes, BrokenWarc or NotReadable where it cannot be unpacked.
    """
    block = block.lstrip(b"\r\n")
    while True:
        if not block.startswith(b"HTTP/"):
            return None
        end = _HEAD_END.search(block)
        head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
        # There may be a superfluous empty line inside the head. The lines behind it are headers if they hold the type
        # of the content, or if a page follows them.
        while more := _HEADERS.match(body):
            begins = body[more.end() : more.end() + 64].lstrip()
            page = b"html" in head.lower() and (begins.startswith(b"<") or compression_of(begins[:16]))
            if not page and (b"content-type" in head.lower() or b"content-type" not in more[0].lower()):
                break
            head, body = head + b"\n" + more[0], body[more.end() :]
        status = _STATUS.match(head)
        code = int(status[1]) if status else 0
        if not 100 <= code < 200 or not body.startswith(b"HTTP/"):
            break
        block = body  # a final response follows "100 Continue"
    headers: dict[str, list[str]] = {}
    for line in re.sub(r"\r?\n[ \t]+(?=\S)", " ", head.decode("latin-1")).splitlines()[1:]:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    content = next(iter(headers.get("content-type", ())), "")
    charset = _CHARSET.search(content)
    kind = content.partition(";")[0].strip(" \t\"'").lower()  # some servers put it in quotes
    response = Response(code, kind, charset[1].lower() if charset else "", body)
    if response.kind not in kinds or not 200 <= code < 300:
        return response
    codings = [
        coding.strip().lower()
        for name in ("content-encoding", "transfer-encoding")
        for value in headers.get(name, ())
        for coding in value.split(",")
    ]
    stripped = body.lstrip(b"\r\n")  # superfluous as well, before what is packed
    body, cut = _decoded(stripped if codings or compression_of(stripped[:16]) else body, codings, limit)
    return response._replace(body=body, cut=cut)


def _decoded(body: bytes, codings: list[str], limit: int) -> tuple[bytes, InputError | None]:
    """Return a body without its codings, which are undone from the last to the first; and the error that cut it, if
    any."""
    cut: InputError | None = None
    for coding in reversed(codings):
        wrong: InputError | None = None
        match coding:
            case "chunked":
                body, wrong = _unchunked(body)
            case "br":
                body, wrong = _unpacked_brotli(body, limit)
            case "deflate" | "x-deflate" if not compression_of(body[:16]):
                body, wrong = _inflated(body, limit)
            case "compress" | "x-compress" if body.startswith(b"\x1f\x9d"):
                raise NotReadable("The body is packed by compress.", "Fetch the page again without this coding.")
            case _:  # gzip and zstd show themselves, and all others are no coding
                body, wrong = unpack_by_magic(body, limit, layers=1)
        cut = cut or wrong
    body, wrong = unpack_by_magic(body, limit)
    return body, cut or wrong


def unpack_by_magic(body: bytes, limit: int, *, layers: int = _LAYERS) -> tuple[bytes, InputError | None]:
    """Return a body unpacked where it begins as gzip or zstd data do; and the error that cut it, if any. Raises
    TooLarge."""
    cut: InputError | None = None
    for _ in range(layers):
        if (compression := compression_of(body[:16])) not in ("gz", "zst"):
            break
        body, wrong = _unpacked(body, compression, limit)
        cut = cut or wrong
    return body, cut


def _unpacked(body: bytes, compression: str, limit: int) -> tuple[bytes, InputError | None]:
    """Return a body decompressed, as far as it goes, and the error that cut it, if any."""
    parts: list[bytes] = []
    size = 0
    try:
        for part in decompress(Stream(iter([body])), compression):
            size += len(part)
            if size > limit:
                raise too_large(limit)
            parts.append(part)
    except Truncated as error:
        return b"".join(parts), BrokenWarc(f"The body cannot be unpacked: {error.detail}", _CUT)
    return b"".join(parts), None


def _inflated(body: bytes, limit: int) -> tuple[bytes, InputError | None]:
    """Return a body in what servers call deflate unpacked: zlib's format, or the same without header, or not packed at
    all."""
    if len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0:
        unpacked, wrong = _unpacked(body, "zlib", limit)
        if unpacked or wrong is None:
            return unpacked, wrong
    unpacked, wrong = _unpacked(body, "deflate", limit)
    # Text is no data of deflate to its very end, other than by a chance that is nil.
    return (body, None) if wrong is not None and (not unpacked or _is_text(body)) else (unpacked, wrong)


def _unpacked_brotli(body: bytes, limit: int) -> tuple[bytes, InputError | None]:
    """Return a body decompressed by Brotli, as `_unpacked` does. Raises NotReadable where its package is missing."""
    try:
        brotli = importlib.import_module("brotli")
    except ImportError as error:
        if _is_text(body):  # a recorder undid the coding
            return body, None
        raise NotReadable("The body is packed by Brotli.", "Install the package for it: pip install brotli.") from error
    unpacker, parts, size = brotli.Decompressor(), list[bytes](), 0
    wrong: InputError | None = None
    try:
        for at in range(0, len(body), 1 << 10):  # in small parts, so that a bomb is noticed
            parts.append(unpacker.process(body[at : at + (1 << 10)]))
            size += len(parts[-1])
            if size > limit:
                raise too_large(limit)
    except brotli.error as error:
        wrong = BrokenWarc(f"The body cannot be unpacked: {error}.", _CUT)
    if wrong is None and not unpacker.is_finished():
        wrong = BrokenWarc("The body ends too early.", _CUT)
    return (body, None) if wrong is not None and _is_text(body) else (b"".join(parts), wrong)


def _is_text(body: bytes) -> bool:
    """Return True if the beginning of a body can be that of a text."""
    try:
        check_text(body[: 1 << 16])
    except BinaryFile:
        return False
    return True


def _unchunked(body: bytes) -> tuple[bytes, InputError | None]:
    """Return the chunks of a body joined, as far as they go; a body without chunks as it is, because a recorder undid
    them."""
    line = _CHUNK.match(body)
    if line is None:
        return body, None
    parts: list[bytes] = []
    while line is not None:
        size = min(int(line[1], 16), len(body))
        if size == 0 and (parts or not body[line.end() :].strip()):
            return b"".join(parts), None
        at = line.end() + size
        between = _LINE_END.match(body, at)
        # The first line may be a text's own; then no chunk ends where it says, and no page or packed data follow it.
        begins = body[line.end() : line.end() + 64].lstrip()[:3]
        if (
            not parts
            and between is None
            and at != len(body)
            and not begins.startswith((b"<", b"\x1f\x8b", b"\x28\xb5\x2f"))
        ):
            return body, None
        parts.append(body[line.end() : at])
        at = between.end() if between else at
        line = _CHUNK.match(body, at)
    return b"".join(parts), BrokenWarc("The chunks of the body are cut or broken.", _CUT)
