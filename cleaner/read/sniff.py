"""What a flow of bytes is: unpacked, its format known, its encoding made fit for splitting."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.decode.decode import decode
from cleaner.options import Options
from cleaner.read.formats import HEAD, check_text, format_by_content, is_json_lines
from cleaner.read.read_errors import ArchiveBomb, EmptyFile
from cleaner.read.stream import Flow, packing_of, unpack

__all__ = ["SPLIT", "Sniffed", "sniff"]

SPLIT = frozenset({"jsonl", "lines", "csv", "tsv", "json"})
"""Formats that are split as bytes, so that their encoding must have ASCII as a part."""
_DEPTH = 3
_BLANK = b" \t\r\n\f\v\0\xef\xbb\xbf\xfe\xff"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`plain` says that offsets in `flow` are offsets in the file itself."""

    flow: Flow
    format: str
    encoding: str
    plain: bool


def sniff(flow: Flow, named: str, options: Options) -> Sniffed:
    """`flow` unpacked and known; `named` is the format of the suffix. Raises EmptyFile, BinaryFile, ArchiveBomb."""
    plain = True
    for _ in range(_DEPTH):
        if not (packing := packing_of(flow.head(HEAD))):
            break
        flow, plain = unpack(flow, packing), False
    else:
        raise ArchiveBomb(f"The data are packed more than {_DEPTH - 1} times over.", "Unpack the file yourself.")
    head = flow.head(HEAD)
    if not head.strip(_BLANK) and len(head) < HEAD:
        raise flow.damage or EmptyFile("The file holds no text.", "Nothing to do, unless it should hold some.")
    found = _format(named, head, options)
    if found not in SPLIT:
        return Sniffed(flow, found, "", plain)
    if b"\r" in head and b"\n" not in head:  # line ends of an old Macintosh
        flow, plain = Flow(chunk.replace(b"\r", b"\n") for chunk in flow), False
    if wide := _wide(head):
        return Sniffed(_as_utf8(flow, wide), found, "", False)
    encoding = options.encoding or _encoding(flow.head(1 << 20))
    if encoding and found == "json":
        return Sniffed(_as_utf8(flow, encoding), found, "", False)
    return Sniffed(flow, found, encoding, plain)


def _format(named: str, head: bytes, options: Options) -> str:
    found = named or format_by_content(head)
    if found in ("txt", "html", "jsonl", "json", "csv", "tsv"):
        check_text(head)
    if found == "json" and is_json_lines(head):
        return "jsonl"
    if found == "txt" and options.txt_layout == "lines":
        return "lines"
    return found


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32, if it is that."""
    found = decode(head[:4096]).encoding if b"\0" in head[:64] or head[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    return found if found.startswith(("utf-16", "utf-32")) else ""


def _as_utf8(flow: Flow, encoding: str) -> Flow:
    def chunks() -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for chunk in flow:
            yield decoder.decode(chunk).encode("utf-8")
        yield decoder.decode(b"", True).encode("utf-8")

    return Flow(chunk for chunk in chunks() if chunk)


def _encoding(head: bytes) -> str:
    """The encoding of lines, "" for UTF-8, told from the beginning of the file."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        found = decode(head[: head.rfind(b"\n") + 1] or head).encoding
        return "" if found == "utf-8" else found
    return ""
