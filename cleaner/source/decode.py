"""Bytes -> str, in a cascade that names its choice."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

__all__ = ["Decoded", "decode"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "euc_kr": "cp949",
    "iso-8859-1": "cp1252",
    "ascii": "utf-8",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` as `encoding` gives it; `replaced` counts the bad bytes that became U+FFFD."""

    text: str
    encoding: str
    replaced: int = 0


def decode(data: bytes, *, declared: str = "", html: bool = False, hint: str = "") -> Decoded:
    """The text of `data`, whose encoding nobody promises.

    >>> decode("Kafé — “ya”".encode("cp1252")).text
    'Kafé — “ya”'
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _replacing(data[len(bom) :], encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    import chardet

    found = chardet.detect(data, prefer_superset=False)["encoding"] or "cp1252"
    return _replacing(data, _WIDER.get(found.lower(), found.lower()))


def _replacing(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))
