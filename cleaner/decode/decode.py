"""Decode bytes into text by a cascade of steps. Each step answers only when it is sure, and the last one always.

1. a byte order mark
2. UTF-16 and UTF-32, by where their NULs stand
3. strict UTF-8
4. ISO-2022 and HZ, by their escape sequences
5. UTF-8 with a few bad bytes
6. legacy encodings (legacy.py): the declared charset, chardet's answer and the letters of the text are weighed

Of texts that were held back when the rules were made, 99.5 % of those in legacy encodings and 99.0 % of those in
damaged UTF-8 come out right; chardet alone gets 98.4 and 61.2 % (benchmarks/results/decode.md).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["Decoded", "decode", "decode_replacing", "mostly_utf8"]

# UTF-32-LE stands before UTF-16-LE, whose mark is the first half of its own.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_BYTES = (b"\xef", b"\xff", b"\xfe", b"\0")
"""First bytes of these marks."""
_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$\([DO-Q]|\([JI]|\$\)[AC])")
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e]){2,}~\}")
_ISO_2022_JP = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_ext")
# A whole sequence of UTF-8 beyond ASCII, and one that the end of the data cuts.
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CUT_SEQUENCE = re.compile(rb"(?:[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})\Z")
# An emoji as MySQL and Java write it in what they call UTF-8: each half of its pair of UTF-16 by itself (CESU-8).
_SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# What may be a part in UTF-8 of data in UTF-16, and the bytes of ASCII that show that it is one: those of UTF-16 have a
# NUL beside each, and 32 bytes of other scripts are not all printable by chance.
_WITHOUT_NUL = re.compile(rb"[^\0\xfe\xff]{33,}")
_PLAIN = re.compile(rb"[\t\n\r\x20-\x7e]{32}")
_HIGH = bytes(range(0x80, 0x100))
# Controls, private characters, surrogates and specials, which no text of UTF-16 is made of.
_UNLIKELY = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufff0-\uffff\U000e0000-\U0010ffff]")
_LEGACY_BYTES, _LEGACY_PLAUSIBLE = 2, 0.7
"""High bytes that lines in a legacy encoding have at least, and how plausible their text must be (plausibility.py)."""
_FIRST_BYTES = (b"\xc2", b"\xc3", b"\xe2")
"""First bytes of the letters and signs that are most frequent in UTF-8. Where they make up half of the high bytes of a
line, it is UTF-8 whose second bytes were lost, and no legacy encoding."""
_LEAST_WIDE = 16
"""Bytes of UTF-16 that stand beside a part in UTF-8; a few NULs in a text are stray ones."""
_SAMPLE = 1 << 16
"""First bytes of the data that are looked at for UTF-16 and UTF-32."""


class Decoded(NamedTuple):
    """A text and the encoding it was in, as a codec of Python; `replaced` counts the bad bytes that became U+FFFD."""

    text: str
    encoding: str
    replaced: int = 0


def decode(data: bytes, *, declared: str = "", html: bool = False, hint: str | Callable[[], str] = "") -> Decoded:
    """Return the text of `data`, unchanged but for a byte order mark, and the encoding it was in. Never raises.

    `declared` is a charset named outside the data, as in an HTTP header; with `html` the page's own declaration counts
    as well. Both are only claims: bytes that are UTF-8 are read as UTF-8 whatever is declared. `hint` is the encoding
    of sibling files, or a function that finds it, called only where it is needed; it decides between encodings that
    fit equally well.

    >>> decode("Kafé — “ya”".encode("cp1252")).encoding, decode(b"caf\\xc3\\xa9 \\xff caf\\xc3\\xa9").replaced
    ('cp1252', 1)
    """
    if data[:1] in _BOM_BYTES:
        for bom, encoding in _BOMS:
            if data.startswith(bom):
                mixed = _utf16_and_utf8(data, encoding) if encoding.startswith("utf-16") else None
                return mixed or decode_replacing(data[len(bom) :], encoding)
    # Before UTF-8, because Latin text in UTF-16 without a mark is valid UTF-8 with a NUL beside each letter.
    if 0 in data:
        # Without a mark between them the two byte orders look alike there, and shells write the little one.
        if mixed := _utf16_and_utf8(data, "utf-16-be" if b"\xfe\xff\0" in data else "utf-16-le"):
            return mixed
        if wide := _wide_encoding(data):
            return decode_replacing(data, wide)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        pass
    else:
        # ISO-2022 and HZ consist of bytes of ASCII alone, as few pages do.
        escapes = text.isascii() and (0x1B in data or (0x7E in data and b"~{" in data))
        return (_escaped(data) if escapes else None) or Decoded(text, "utf-8")
    if mostly_utf8(data):
        return _with_legacy_lines(_SURROGATES.sub(_joined_surrogates, data))
    # Imported late: it needs chardet, and few texts come so far.
    from cleaner.decode.legacy import decode_legacy

    return decode_legacy(data, declared=declared, html=html, hint=hint if isinstance(hint, str) else hint())


def decode_replacing(data: bytes, encoding: str) -> Decoded:
    """Decode `data` with bad bytes replaced by U+FFFD and counted; a U+FFFD of the data itself does not count."""
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        own = data.count(b"\xef\xbf\xbd") if encoding == "utf-8" else 0
        return Decoded(text, encoding, max(1, text.count("\ufffd") - own))


def _joined_surrogates(pair: re.Match[bytes]) -> bytes:
    """Return a pair of surrogates as the one character of UTF-8 that it stands for."""
    return pair[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _utf16_and_utf8(data: bytes, encoding: str) -> Decoded | None:
    """Decode data in UTF-16 with parts in UTF-8, as a shell leaves them that appends to a file in its own encoding;
    None where they are not that.

    The byte of a unit that is no NUL belongs to the UTF-16, on whichever side of a part it stands.
    """
    before, after = (0, 1) if encoding == "utf-16-le" else (1, 0)
    texts: list[str] = []
    at = 0
    for found in _WITHOUT_NUL.finditer(data):
        start, end = found.span()
        start += before if data[start - 1 : start] == b"\0" else 0
        end -= after if data[end : end + 1] == b"\0" else 0
        if not _PLAIN.search(data, start, end):
            continue
        try:
            texts += (_utf16(data[at:start], encoding), data[start:end].decode())
        except UnicodeDecodeError:
            return None
        at = end
    if not texts:
        return None
    texts.append(_utf16(data[at:], encoding))
    # A part that is no UTF-16 became a NUL.
    if not any(texts[::2]) or any("\0" in text for text in texts):
        return None
    return Decoded("".join(texts).removeprefix("\ufeff"), encoding)


def _utf16(data: bytes, encoding: str) -> str:
    """Return the text of a part in UTF-16, a NUL where it is too short for one or is another encoding."""
    text = data.decode(encoding, "replace")
    if text in ("", "\ufeff"):
        return text
    unlikely = text.count("\ufffd") + len(_UNLIKELY.findall(text))
    # Single bytes with a stray NUL look like letters of other scripts: an eighth of the bytes are NULs at least.
    wide = len(data) >= _LEAST_WIDE and 8 * data.count(0) >= len(data)
    return text if wide and unlikely <= len(text) // 50 else "\0"


def _with_legacy_lines(data: bytes) -> Decoded:
    """Decode `data`, which are mostly UTF-8. Lines in a legacy encoding are decoded by it, other bad bytes replaced.

    A line that was pasted out of another source has high bytes, none of which are UTF-8. Such lines are decoded where
    most of their high bytes become letters, in places where people write them. Where UTF-8 has merely lost a byte, the
    bytes that are left do not become such letters.
    """
    cut = _CUT_SEQUENCE.search(data)
    lines = data[: cut.start() if cut else None].split(b"\n")
    legacy = [n for n, line in enumerate(lines) if not (line.isascii() or 0 in line or _SEQUENCE.search(line))]
    evidence = b"\n".join(lines[n] for n in legacy)
    high = len(evidence) - len(evidence.translate(None, _HIGH))
    if high >= _LEGACY_BYTES and 2 * sum(map(evidence.count, _FIRST_BYTES)) < high:
        from cleaner.decode.legacy import decode_legacy
        from cleaner.decode.plausibility import plausibility

        found = decode_legacy(evidence)
        letters = sum(char.isalpha() for char in found.text if char > "\x7f")
        plausible = 2 * letters > high and plausibility(evidence[:_SAMPLE], found.encoding) >= _LEGACY_PLAUSIBLE
        if plausible and not found.replaced:
            for n, text in zip(legacy, found.text.split("\n"), strict=True):
                lines[n] = text.encode()
            data = b"\n".join(lines) + (cut[0] if cut else b"")
    return decode_replacing(data, "utf-8")


def _escaped(data: bytes) -> Decoded | None:
    """Decode `data` as ISO-2022 or HZ, which switch alphabets by an escape sequence; None if they are neither."""
    if _ISO_2022.search(data):
        encodings = ("iso2022_kr",) if b"\x1b$)C" in data else _ISO_2022_JP
        for encoding in encodings:
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                continue
        return decode_replacing(data, encodings[0])
    if _HZ.search(data):
        try:
            return Decoded(data.decode("hz"), "hz")
        except UnicodeDecodeError:
            return None
    return None


def mostly_utf8(data: bytes) -> bool:
    """Return True if sequences of UTF-8 outnumber the high bytes that belong to none.

    Legacy text holds such sequences only by chance, and then fewer of them than other high bytes. One that the end of
    the data cuts is no bad byte: a text of ASCII with nothing else is UTF-8.
    """
    rest, sequences = _SEQUENCE.subn(b"", data)
    bad = len(rest) - len(rest.translate(None, _HIGH))
    if _CUT_SEQUENCE.search(data):
        return (not sequences and bad <= 3) or (sequences >= 1 and bad - 3 <= sequences)
    return sequences >= 1 and bad <= sequences


def _wide_encoding(data: bytes) -> str:
    """Return the form of UTF-16 or UTF-32 that data without a mark are in; "" if they are in neither.

    The places of the NULs give the candidates, and a candidate is right if at most one of its characters in 50 is an
    unlikely one. A single NUL in a text proves nothing.
    """
    for encoding in _wide_candidates(data[:_SAMPLE]):
        unit = 4 if "32" in encoding else 2
        text = data[: min(_SAMPLE, len(data) // unit * unit)].decode(encoding, "replace")
        unlikely = sum(map(text.count, "\ufffd\0")) + len(_UNLIKELY.findall(text))
        if text and unlikely <= len(text) // 50:
            return encoding
    return ""


def _wide_candidates(sample: bytes) -> Iterator[str]:
    """Yield the encodings whose NULs would stand as those of the sample do."""
    nuls = sample.count(0)
    units = len(sample) // 4
    # The highest byte of a unit of UTF-32 is always NUL, the next one nearly always.
    if units and nuls >= 2 * units:
        counts = [sample[i::4].count(0) for i in range(4)]
        if counts[3] + counts[2] >= 1.9 * units > 2 * counts[0]:
            yield "utf-32-le"
        if counts[0] + counts[1] >= 1.9 * units > 2 * counts[3]:
            yield "utf-32-be"
    even, odd = sample[::2], sample[1::2]
    # Latin text in UTF-16 has a NUL in every unit, all on one side.
    if nuls > len(sample) // 4:
        if odd.count(0) > 9 * even.count(0):
            yield "utf-16-le"
        if even.count(0) > 9 * odd.count(0):
            yield "utf-16-be"
    # Other scripts have few NULs, and are no UTF-8. The high bytes of their units are seldom 0x20; in text of single
    # bytes with a stray NUL that is a space, and stands on either side.
    elif not (sample.isascii() or mostly_utf8(sample)):
        if odd.count(0x20) * 20 < len(odd):
            yield "utf-16-le"
        if even.count(0x20) * 20 < len(even):
            yield "utf-16-be"
