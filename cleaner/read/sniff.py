"""Find the format of data by the suffix of their name, else by their first bytes; undo compression, UTF-16 and UTF-32.

The suffixes and first bytes are data, in formats.toml.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from cleaner.decode.decode import decode
from cleaner.options import Options
from cleaner.ownership import CARD_MARK, PAGE_MARK
from cleaner.plugins import readers
from cleaner.read.markup import looks_like_html, looks_like_xml
from cleaner.read.read_errors import (
    ArchiveBomb,
    BinaryFile,
    EmptyFile,
    OwnFile,
    PagePart,
    SystemFile,
    UnknownFormat,
)
from cleaner.read.stream import Stream, compression_of, decompress
from cleaner.tables import read_toml

__all__ = [
    "PLUGGED",
    "Sniffed",
    "check_member",
    "check_name",
    "check_page_folder",
    "check_text",
    "folder_stems",
    "format_by_content",
    "format_by_name",
    "page_stems",
    "sniff",
]

PLUGGED = "plugin:"
"""The name of a format that a plugin reads is this and the suffix."""

_HEAD = 1 << 16
"""How many first bytes of a file decide its format."""
_SPLIT_AS_BYTES = frozenset({"jsonl", "lines", "csv", "tsv", "json", "feed"})
"""Formats that are split or searched as bytes of ASCII, so that UTF-16 and UTF-32 have to be converted before."""
_TEXTS = frozenset({"txt", "html", "jsonl", "json", "csv", "tsv", "feed", "mhtml"})
"""Formats whose content must not be binary, whatever the suffix says."""
_DEPTH = 3
"""Data compressed so many times over are a bomb: a file may have been compressed twice by mistake, not three times."""
_BLANK = b" \t\r\n\f\v\0\xef\xbb\xbf\xfe\xff"
"""White space, NULs of UTF-16, and byte order marks."""
_PRINTED = bytes(sorted({*range(0x20, 0x7F), *range(0x80, 0x100), *b"\0\t\n\v\f\r\x1a\x1b"}))
"""Bytes that stand in text of some encoding; Ctrl+Z ended files of DOS, ISO-2022 switches alphabets by Escape."""
_TABLES: dict[str, Any] = read_toml("read/formats.toml")
_SUFFIXES: dict[str, dict[str, str]] = {
    table: {suffix: name for name, suffixes in _TABLES[table].items() for suffix in suffixes}
    for table in ("suffixes", "compressed", "unread", "parts")
}
"""Suffix -> name, from each table of suffixes."""
_MAGIC: dict[str, list[tuple[bytes, str]]] = {
    table: [(bytes.fromhex(magic), name) for name, magics in _TABLES[table].items() for magic in magics]
    for table in ("magic", "binary")
}
"""First bytes and the name of what begins with them, from each table of first bytes."""
_BY_BROWSERS = re.compile(_TABLES["page_folders"]["named_by_browsers"])
# One object that ends on its line, and another on the next.
_JSON_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{[^\n]*\}[ \t\r]*\n\s*\{")
# An object with a first key or none, or an array whose first value is an array, an object or a string, or none.
_JSON_DOCUMENT = re.compile(rb'\{\s*("|\})|\[\s*[\[{"\]]')
# The first line of a document that is indented: a bracket, perhaps with the first key and the begin of its value.
_OPEN = re.compile(rb'[\[{]|\[\s*\{|\[?\s*\{?\s*"[^"\\]*"\s*:\s*(?:[\[{]|(?:"(?:[^"\\]|\\.)*"|[-+.\w]+)\s*,)?')
# A table by its columns, as pandas writes it on one line: an object of objects with the keys 0, 1 ..., or of lists.
_COLUMNS = re.compile(
    rb'\{\s*"[^"\\]*"\s*:\s*(?:\{\s*"0"\s*:|\[(?:[^\[\]{}"]|"(?:[^"\\]|\\.)*+")*+\]\s*,\s*"[^"\\]*"\s*:\s*\[[^\]])'
)
_CRAWL = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]*\r?\n(?:WARC-|Content-)", re.IGNORECASE)
# A feed: what may stand before its first element is passed over. A comment ends at its first -->: with every later one
# as its end too, a page that begins with 600 comments was not told within ten minutes.
_FEED = re.compile(
    rb"\s*(?:<\?[^>]{0,500}>\s*|(?><!--.{0,4000}?-->)\s*|<!DOCTYPE[^\[>]{0,500}(?:\[[^\]]{0,4000}\]\s*)?>\s*){0,9}"
    rb"<(?:rss|(?:\w{1,20}:)?feed|rdf:RDF)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
# The headers of a packed page: those of an e-mail, and one that browsers alone write; Word writes but these two.
_MHTML = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n)+(?=\r?\n)")
_BY_BROWSER = re.compile(
    rb"^(?:Snapshot-Content-Location:|From: ?[<\"]?Saved by )"
    rb"|\AMIME-Version: ?1\.0\r?\nContent-Type: ?multipart/related;",
    re.IGNORECASE | re.MULTILINE,
)
# Articles of Wikipedia, one behind another, as WikiExtractor writes them.
_WIKIPEDIA = re.compile(rb'<doc id="[^"<>]{0,99}"(?: \w+="[^"<>]{0,500}"){1,4}>[ \t]*\r?\n')
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A stream whose format is known, decompressed and in an encoding that can be split at line ends.

    `plain` is True if the bytes are those of the file, so that a reader can seek their offsets in it. `encoding` is set
    only for formats that are split as bytes; "" is UTF-8.
    """

    stream: Stream
    format: str
    encoding: str
    plain: bool


def sniff(stream: Stream, named: str, options: Options) -> Sniffed:
    """Find the format of a stream, and undo its compression; `named` is the format that its suffix says, "" for none.

    Raises EmptyFile, BinaryFile, UnknownFormat, or ArchiveBomb where it is compressed over and over.
    """
    stream, plain = _without_compression(stream, named)
    head = stream.head(_HEAD)
    # A crawl whose first member is damaged goes on behind it.
    if not head.strip(_BLANK) and len(head) < _HEAD and getattr(stream.error, "rest", None) is None:
        raise stream.error or EmptyFile("The file holds no text.", "Nothing to do, unless it should hold some.")
    format = named or format_by_content(head)
    if format in _TEXTS:
        check_text(head)
    format = _by_records(format, head, options)
    if format not in _SPLIT_AS_BYTES:
        return Sniffed(stream, format, "", plain)
    if b"\r" in head and b"\n" not in head:  # line ends of an old Macintosh
        stream, plain = Stream(chunk.replace(b"\r", b"\n") for chunk in stream), False
    # NULs or a byte order mark at the beginning are signs of UTF-16 and UTF-32.
    wide = decode(head[:4096]).encoding if b"\0" in head[:64] or head[:2] in _WIDE_BOMS else ""
    wide = wide if wide.startswith(("utf-16", "utf-32")) else ""
    encoding = wide or options.encoding or _line_encoding(stream.head(1 << 20))
    if wide or (encoding and format == "json"):
        # The parser of JSON documents reads UTF-8 only; lines and rows of other encodings are decoded one by one.
        parts = codecs.iterdecode(stream, encoding, "replace")
        return Sniffed(Stream(part.encode("utf-8") for part in parts), format, "", False)
    return Sniffed(stream, format, encoding, plain)


def _by_records(format: str, head: bytes, options: Options) -> str:
    """Return the format by what divides the records, where the suffix names a format that is often named wrongly."""
    if format == "json" and _JSON_LINES.match(head):
        return "jsonl"  # many programs write JSON lines under the suffix .json
    if format == "jsonl" and _is_json_document(head):
        return "json"  # and some write indented objects, or an array, under .jsonl
    if format == "txt" and options.txt_layout == "lines":
        return "lines"
    return (_records_in_text(head) or format) if format in ("txt", "html") else format


def _without_compression(stream: Stream, named: str) -> tuple[Stream, bool]:
    """Return a stream decompressed, as many times as it was compressed; and True if it was not compressed at all.

    The content decides, not the suffix: a server may deliver a .gz decompressed.
    """
    plain = True
    for _ in range(_DEPTH):
        if not (compression := compression_of(stream.head(_HEAD))):
            return stream, plain
        stream, plain = decompress(stream, compression, crawl=named == "warc"), False
    raise ArchiveBomb(f"The data are packed more than {_DEPTH - 1} times over.", "Unpack the file yourself.")


def _line_encoding(head: bytes) -> str:
    """Return the encoding of lines and rows, "" for UTF-8, detected in the beginning of the file."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # incremental, because `head` may end inside a character
    except UnicodeDecodeError:
        encoding = decode(head[: head.rfind(b"\n") + 1] or head).encoding
        return "" if encoding == "utf-8" else encoding
    return ""


def format_by_name(name: str) -> tuple[str, bool]:
    """Return the format that the suffix of `name` says ("" for none), and whether the suffix says that it is
    compressed.

    >>> format_by_name("berita.jsonl.gz"), format_by_name("crawl.tgz"), format_by_name("README")
    (('jsonl', True), ('tar', True), ('', False))
    """
    suffix, compressed = _suffix(name)
    if suffix in readers():
        return PLUGGED + suffix, compressed
    return _SUFFIXES["suffixes"].get(suffix, ""), compressed


def check_name(name: str) -> None:
    """Raise UnknownFormat or PagePart when the suffix of `name` is that of a format that is not read.

    The images of a folder of saved pages are thus not opened. Raises SystemFile for a file that the operating system
    writes into every folder.
    """
    if name.rpartition("/")[2].casefold() in _TABLES["system"]["names"]:
        raise SystemFile("This is a file that the system keeps in its folders.", "Nothing to do; it holds no article.")
    if next(folder_stems(name), "") and _BY_BROWSERS.fullmatch(name.rpartition("/")[2].casefold()):
        raise PagePart("This is a part of a saved page, by its name and folder.", "Nothing to do.")
    # browsers put .download behind the names of scripts
    suffix, _ = _suffix(name.removesuffix(".download"))
    if suffix in readers():
        return
    if what := _SUFFIXES["unread"].get(suffix):
        raise UnknownFormat(f"This is {what}, by its name, which is not read.", "Convert it to text or HTML first.")
    if what := _SUFFIXES["parts"].get(suffix):
        raise PagePart(f"This is {what}, by its name.", "Nothing to do; it holds no article.")


def page_stems(name: str) -> tuple[str, ...]:
    """Return the names that the folder of a saved page can begin with: with the suffix of the page and without it."""
    return (name.rpartition(".")[0], name) if format_by_name(name)[0] == "html" else ()


def check_page_folder(name: str, stems: Container[str]) -> None:
    """Raise PagePart where `name` lies in the folder of a saved page, the stem of whose name is among `stems`."""
    if any(stem in stems for stem in folder_stems(name)):
        raise PagePart("This is a part of the page that lies beside its folder.", "Nothing to do.")


def folder_stems(name: str) -> Iterator[str]:
    """Yield the stems of the pages whose parts `name` would be, by the names of its folders.

    >>> list(folder_stems("saved/news_files/frame.html"))
    ['saved/news']
    """
    folder = name.rpartition("/")[0]
    while folder:
        for ending in _TABLES["page_folders"]["endings"]:
            if folder.casefold().endswith(ending):
                yield folder[: -len(ending)]
        folder = folder.rpartition("/")[0]


def check_member(name: str, head: bytes) -> None:
    """Raise OwnFile where a member of an archive, which begins with `head`, is a log, a page or a card of Cleaner."""
    folder, _, own = name.rpartition("/")
    logs = _TABLES["logs"]
    marked = format_by_name(own)[0] == "html" and PAGE_MARK in head
    if marked or CARD_MARK.encode() in head or (own in logs["names"] and folder.endswith(tuple(logs["folders"]))):
        raise OwnFile("Cleaner made this file itself.", "Nothing to do; it holds no article.")


def _suffix(name: str) -> tuple[str, bool]:
    """Return the suffix that says the format, and whether the last suffix says that the file is compressed.

    One suffix may say both, as .tgz does, or one that a plugin reads.
    """
    parts = name.rpartition("/")[2].casefold().split(".")[1:]
    compressed = bool(parts) and parts[-1] in _SUFFIXES["compressed"]
    if compressed and parts[-1] not in _SUFFIXES["suffixes"] and parts[-1] not in readers():
        parts.pop()
    return (parts[-1] if parts else ""), compressed


def format_by_content(head: bytes) -> str:
    """Return the format of a file that begins with `head`; "txt" where it is nothing else. Raises InputError."""
    for magic, name in _MAGIC["magic"]:
        if head.startswith(magic):
            return name
    if head[257:262] == b"ustar":
        return "tar"
    if b"WebMainResource" in head and head.startswith((b"bplist00", b"<?xml")):
        return "webarchive"
    check_text(head)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if format := _feed_or_packed(head):
        return format
    if start[:1] in (b"{", b"["):
        if _JSON_LINES.match(head):
            return "jsonl"
        document = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        # An article may begin with a bracket: "[UPDATE] Hujan ..."
        return "json" if _JSON_DOCUMENT.match(document) else "txt"
    text = head.decode("latin-1")
    if looks_like_html(text):
        return "html"
    if looks_like_xml(text):
        raise UnknownFormat("This is XML, and no page or feed.", "Take the articles out of it into JSON lines first.")
    return "txt"


def _records_in_text(head: bytes) -> str:
    """Return the format of the records in a file that is called a text or a page: JSON objects, a crawl, a feed, a
    packed page; "" for none. Raises UnknownFormat for articles of Wikipedia in the tags of WikiExtractor.

    Read as one article they would spoil the corpus, and no article begins with a whole JSON object on its first line.
    """
    if _CRAWL.match(head):
        return "warc"
    if _WIKIPEDIA.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise UnknownFormat(
            "These are articles in the tags <doc> of WikiExtractor.",
            "Run it with --json, and give what it then writes.",
        )
    if format := _feed_or_packed(head):
        return format
    first, _, rest = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    if not first.startswith(b"{") or (rest.strip() and not rest.lstrip().startswith(b"{")):
        return ""
    try:
        return "jsonl" if json.loads(first) else ""
    except (ValueError, RecursionError):
        return ""


def _feed_or_packed(head: bytes) -> str:
    """Return "feed", or "mhtml", where the data begin so; "" for neither."""
    head = head.lstrip(b"\xef\xbb\xbf\xff\xfe")
    if _FEED.match(head.replace(b"\0", b"")):  # of UTF-16
        return "feed"
    headers = _MHTML.match(head.lstrip())
    return "mhtml" if headers and _BY_BROWSER.search(headers[0]) else ""


def _is_json_document(head: bytes) -> bool:
    """Return True if `head` begins one JSON document, and not JSON lines: a value continues behind the first line.

    A first line that was cut short does not count as that, if the next line begins with an object of its own.
    """
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    first, _, rest = start.partition(b"\n")
    if not start.startswith((b"{", b"[")) or (start[:1] == b"{" and rest.lstrip().startswith(b"{")):
        return False
    if _OPEN.fullmatch(first.strip()) or (start[:1] == b"[" and first.rstrip().endswith(b"},")):
        return True
    if _COLUMNS.match(first) and not rest.strip():
        return True
    # Two objects on the first line: they are counted as values, not as lines.
    try:
        end = json.JSONDecoder(strict=False).raw_decode(first.decode("latin-1"))[1]
    except (ValueError, RecursionError):
        return False
    return (first[:1] == b"[" and end > 2) or first[end:].lstrip(b", \t").startswith(b"{")


def check_text(head: bytes) -> None:
    """Raise BinaryFile when `head` cannot be the beginning of a text in any encoding."""
    for magic, name in _MAGIC["binary"]:
        if head.startswith(magic):
            raise BinaryFile(f"This is {name}, not text.", "Leave it out, or convert it to text first.")
    if head[:2] in _WIDE_BOMS:
        return
    if len(head) >= 4 and b"\0" in head:
        # UTF-16 or UTF-32 of mostly Latin text: nearly all NULs stand at the same place of each unit.
        units, counts = len(head) // 4, [head[i::4].count(0) for i in range(4)]
        often = sum(count > units * 0.6 for count in counts)
        if often >= 2 or (max(counts) > units * 0.9 and min(counts) < units * 0.1):
            return
    controls = head.translate(None, _PRINTED)
    # Text may have a stray control character; binary data have many of many kinds, or a few among NULs.
    many = len(controls) > 2 + len(head) // 50 and len(set(controls)) > 2
    if many or (len(controls) > 2 and head.count(0) > len(head) // 2):
        raise BinaryFile("The content is not text in any encoding.", "Leave it out, or convert it to text first.")
