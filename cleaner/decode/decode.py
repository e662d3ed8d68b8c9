"""Bytes -> str, in a cascade that names its choice: each step answers only when it is sure, the last one always.

BOM; UTF-16 and UTF-32 by the places of their NULs; strict UTF-8; ISO-2022 and HZ by their escapes; UTF-8 with a few bad
bytes; then legacy encodings, where what is declared, what chardet says and the letters of the text itself are weighed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["Decoded", "decode", "replacing"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_BYTES = (b"\xef", b"\xff", b"\xfe", b"\0")
_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$\([DO-Q]|\([JI]|\$\)[AC])")
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e]){2,}~\}")
_ESCAPED = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_ext")
_GOOD = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CUT_TAIL = re.compile(rb"(?:[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})\Z")
_SAMPLE = 1 << 16


class Decoded(NamedTuple):
    """`text` as `encoding` (a codec of Python) gives it; `replaced` counts the bad bytes that became U+FFFD."""

    text: str
    encoding: str
    replaced: int = 0


def decode(data: bytes, *, declared: str = "", html: bool = False, hint: str | Callable[[], str] = "") -> Decoded:
    """The text of `data`, to the letter but for a byte order mark, and the encoding it was in. Never raises.

    `declared` is a charset named outside (an HTTP header); with `html` the page's own declaration counts as well. Both
    are claims: bytes that are UTF-8 are UTF-8, whatever they say. `hint` is the encoding of sibling files, or
    finds it where it is needed; it decides between encodings that fit alike.

    >>> decode("Kafé — “ya”".encode("cp1252")).encoding, decode(b"caf\\xc3\\xa9 \\xff caf\\xc3\\xa9").replaced
    ('cp1252', 1)
    """
    if data[:1] in _BOM_BYTES:
        for bom, encoding in _BOMS:
            if data.startswith(bom):
                return replacing(data[len(bom) :], encoding)
    if 0 in data and (wide := _wide(data)):
        return replacing(data, wide)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        pass
    else:
        escapes = 0x1B in data or (0x7E in data and b"~{" in data)
        return (_escaped(data) if escapes and text.isascii() else None) or Decoded(text, "utf-8")
    if _mostly_utf8(data):
        return replacing(data, "utf-8")
    from cleaner.decode.legacy import legacy

    return legacy(data, declared=declared, html=html, hint=hint if isinstance(hint, str) else hint())


def replacing(data: bytes, encoding: str) -> Decoded:
    """`data` in `encoding`, bad bytes replaced and counted. A U+FFFD that stands in the data is not counted."""
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        own = data.count(b"\xef\xbf\xbd") if encoding == "utf-8" else 0
        return Decoded(text, encoding, max(1, text.count("\ufffd") - own))


def _escaped(data: bytes) -> Decoded | None:
    """ISO-2022 or HZ, which are ASCII to the eye."""
    if _ISO_2022.search(data):
        for encoding in ("iso2022_kr",) if b"\x1b$)C" in data else _ESCAPED:
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                continue
        return replacing(data, "iso2022_kr" if b"\x1b$)C" in data else "iso2022_jp")
    if _HZ.search(data):
        try:
            return Decoded(data.decode("hz"), "hz")
        except UnicodeDecodeError:
            return None
    return None


def _is_utf8(data: bytes) -> bool:
    """Strictly or mostly."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(data)
    return True


def _mostly_utf8(data: bytes) -> bool:
    """Whether the sequences of UTF-8 outnumber the bytes that belong to none.

    Legacy text makes such sequences by chance alone, and then fewer of them than other high bytes.
    """
    rest, good = _GOOD.subn(b"", data)
    bad = len(rest) - len(rest.translate(None, _HIGH))
    if _CUT_TAIL.search(data):
        return True if not good and bad <= 3 else good >= 1 and bad - 3 <= good
    return good >= 1 and bad <= good


_HIGH = bytes(range(0x80, 0x100))


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, "" if it is neither: told by where the NULs stand, never by one NUL."""
    for encoding in _wide_candidates(data[:_SAMPLE]):
        sample = data[
            : _SAMPLE if len(data) > _SAMPLE else len(data) // 4 * 4 if "32" in encoding else len(data) // 2 * 2
        ]
        text = sample.decode(encoding, "replace")
        odd = sum(map(text.count, "\ufffd\0")) + len(_ODD.findall(text))
        if text and odd <= len(text) // 50:
            return encoding
    return ""


_ODD = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufff0-\uffff\U000e0000-\U0010ffff]")


def _wide_candidates(sample: bytes) -> Iterator[str]:
    nuls = sample.count(0)
    units = len(sample) // 4
    if units and nuls >= 2 * units:
        counts = [sample[i::4].count(0) for i in range(4)]
        if counts[3] + counts[2] >= 1.9 * units > 2 * counts[0]:
            yield "utf-32-le"
        if counts[0] + counts[1] >= 1.9 * units > 2 * counts[3]:
            yield "utf-32-be"
    even, odd = sample[::2], sample[1::2]
    # Latin text has a NUL in every unit, all on one side.
    if nuls > len(sample) // 4:
        if odd.count(0) > 9 * even.count(0):
            yield "utf-16-le"
        if even.count(0) > 9 * odd.count(0):
            yield "utf-16-be"
    # Other scripts have few NULs, and are no UTF-8. Text of single bytes with a NUL has spaces on either side.
    elif not _is_utf8(sample):
        if odd.count(0x20) * 20 < len(odd):
            yield "utf-16-le"
        if even.count(0x20) * 20 < len(even):
            yield "utf-16-be"
