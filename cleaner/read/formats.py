"""Which format a file has: by its suffix, then by its content where the suffix says nothing."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from cleaner.plugins import readers
from cleaner.read.markup import looks_like_html
from cleaner.read.read_errors import BinaryFile, PagePart, UnknownFormat

__all__ = ["HEAD", "PLUGGED", "check_name", "check_text", "format_by_content", "format_by_name"]

PLUGGED = "plugin:"
"""What the names of formats that plugins read begin with, before the suffix."""

HEAD = 1 << 16
"""How many first bytes of a file decide on its format."""

_PRINTED = bytes(sorted({*range(0x20, 0x7F), *range(0x80, 0x100), *b"\0\t\n\v\f\r\x1a\x1b"}))
_JSON_LINES = re.compile(rb"\s*\{[^\n]*\}[ \t\r]*\n\s*\{")


def format_by_name(name: str) -> tuple[str, bool]:
    """The format that the suffix of `name` says ("" for none), and whether the suffix says that it is packed.

    >>> format_by_name("berita.jsonl.gz"), format_by_name("crawl.tgz"), format_by_name("README")
    (('jsonl', True), ('tar', True), ('', False))
    """
    suffix, packed = _suffix(name)
    if suffix in readers():
        return PLUGGED + suffix, packed
    return _suffixes("suffixes").get(suffix, ""), packed


def check_name(name: str) -> None:
    """Raises UnknownFormat, or PagePart, when the suffix of `name` is that of a format that is not read."""
    suffix, _ = _suffix(name)
    if suffix in readers():
        return
    if what := _suffixes("unread").get(suffix):
        raise UnknownFormat(f"This is {what}, by its name, which is not read.", "Convert it to text or HTML first.")
    if what := _suffixes("parts").get(suffix):
        raise PagePart(f"This is {what}, by its name.", "Nothing to do; it holds no article.")


def _suffix(name: str) -> tuple[str, bool]:
    parts = name.rpartition("/")[2].casefold().split(".")[1:]
    packed = bool(parts) and parts[-1] in _packed()
    if packed and parts[-1] not in _suffixes("suffixes") and parts[-1] not in readers():
        parts.pop()
    return (parts[-1] if parts else ""), packed


def format_by_content(head: bytes) -> str:
    """The format of a file that begins with `head`; "txt" where it is nothing else. Raises InputError."""
    for magic, name in _magic("magic"):
        if head.startswith(magic):
            return name
    if head[257:262] == b"ustar":
        return "tar"
    check_text(head)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "jsonl" if is_json_lines(head) else "json" if _begins_json(head) else "txt"
    if looks_like_html(head.decode("latin-1")):
        return "html"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        raise UnknownFormat("This is XML, and no page.", "Take the articles out of it into JSON lines first.")
    return "txt"


def is_json_lines(head: bytes) -> bool:
    """Whether `head` begins with one JSON object a line.

    >>> is_json_lines(b'{"a": 1}\\n{"a": 2}'), is_json_lines(b'{\\n"a": 1}')
    (True, False)
    """
    return bool(_JSON_LINES.match(head.removeprefix(b"\xef\xbb\xbf")))


def check_text(head: bytes) -> None:
    """Raises BinaryFile when `head` cannot be the beginning of a text in any encoding."""
    if head.startswith(_binary()):
        name = next(name for magic, name in _magic("binary") if head.startswith(magic))
        raise BinaryFile(f"This is {name}, not text.", "Leave it out, or convert it to text first.")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or _is_wide(head):
        return
    controls = head.translate(None, _PRINTED)
    nuls = head.count(0)
    if (len(controls) > 2 + len(head) // 50 and len(set(controls)) > 2) or (
        nuls > len(head) // 2 and len(controls) > 2
    ):
        raise BinaryFile("The content is not text in any encoding.", "Leave it out, or convert it to text first.")


def _is_wide(head: bytes) -> bool:
    """UTF-16 or UTF-32 of mostly Latin text: nearly all NULs stand at the same place of each unit."""
    if len(head) < 4 or b"\0" not in head:
        return False
    units = len(head) // 4
    counts = [head[i::4].count(0) for i in range(4)]
    often = sum(count > units * 0.6 for count in counts)
    return often >= 2 or (max(counts) > units * 0.9 and min(counts) < units * 0.1)


def _begins_json(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bool(re.match(rb'\{\s*("|\})|\[\s*[\[{"\]]', start))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("cleaner.read") / "formats.toml").read_text("utf-8"))


@cache
def _suffixes(table: str) -> dict[str, str]:
    return {suffix: name for name, suffixes in _table()[table].items() for suffix in suffixes}


@cache
def _packed() -> frozenset[str]:
    return frozenset(suffix for suffixes in _table()["packed"].values() for suffix in suffixes)


@cache
def _binary() -> tuple[bytes, ...]:
    return tuple(magic for magic, _ in _magic("binary"))


@cache
def _magic(kind: str) -> list[tuple[bytes, str]]:
    return [(bytes.fromhex(magic), name) for name, magics in _table()[kind].items() for magic in magics]
