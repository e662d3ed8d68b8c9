"""Find the legacy encoding of bytes, by what is declared, what chardet answers, and how plausible the text is.

chardet's models know how often letters follow one another. Between encodings that differ in a few characters (cp1250
and ISO-8859-2, cp1252 and Mac Roman) they are nearly undecided. There the text itself decides: whether its letters
belong to one alphabet, and whether quotes, dashes and symbols stand where people put them (plausibility.py).

The weights were set on the texts of benchmarks/decode.py. There 100 % of the legacy texts come out right, 99.6 % with
chardet alone; on texts that were not looked at before, 99.5 against 98.4 %.
"""

from __future__ import annotations

import codecs
import re

from cleaner.decode.decode import Decoded, decode_replacing
from cleaner.decode.labels import codec_of, table
from cleaner.decode.plausibility import plausibility

__all__ = ["decode_legacy"]

_EVIDENCE = 1 << 15
"""Bytes that are looked at; a long text shows its encoding in so many."""
_NEAR, _NEAR_OF_FEW = 0.45, 0.3
"""A codec below this share of chardet's best confidence is never the right one; the second holds for few high bytes."""
_FEW = 20
"""A text with up to so many high bytes is short; then the expected encoding (see _HINT) weighs a good deal."""
_GUESS = 0.2
"""Below this confidence chardet is guessing; for right answers it gives 0.35 to 0.8."""
_DOUBTFUL = 0.6
"""Below this confidence the text may be written in capitals. Cyrillic and Greek in small letters get 0.7 or more; Latin
text may get less, but there its small letters can be seen."""
_HINT, _COMMON = 4.0, 2.0
"""Weight of a codec that is declared or usual in the folder, and of cp1252. It is divided by `_FEW` plus the number of
high bytes, so that an expectation decides short texts only."""
_CLAIM = 0.12
"""Weight of a declared codec, however long the text is."""
_PLAUSIBILITY = 0.5
"""Weight of plausibility, which is 1 at most. chardet's best codec has 1."""
_LONG = 200
"""Bytes of ASCII around a single high byte, from which on it may be taken for a broken one."""
_META = re.compile(rb"<meta\b[^<>]{0,500}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s{0,99}<\?xml[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_:.-]{2,40})[\"']")
_MARKUP = re.compile(rb"<[^<>]*>|[\r\n]+")
_HIGH = re.compile(rb"[\x80-\xff]")
_SMALL = bytes(range(0x61, 0x7B))
_HIGH_BYTES = bytes(range(0x80, 0x100))
_NOT_TEXT = ("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140", "utf-7", "utf-16", "utf-32", "utf-16-le")
"""Encodings that chardet does not try: EBCDIC, and those that were ruled out before."""
# Codec -> those to try instead, best first.
_WIDER = {
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "iso8859-9": ("cp1254", "iso8859-9"),
    "iso8859-11": ("cp874",),
    "tis-620": ("cp874", "tis-620"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "shift_jis_2004": ("cp932", "shift_jis_2004"),
    "euc_jis_2004": ("euc_jp", "euc_jis_2004"),
    "big5hkscs": ("big5", "cp950", "big5hkscs"),
    "euc_kr": ("cp949", "euc_kr"),
    "cp949": ("cp949", "euc_kr"),
}


def decode_legacy(data: bytes, *, declared: str = "", html: bool = False, hint: str = "") -> Decoded:
    """Return the text of `data`, which are not UTF-8, in the encoding that scores best. See `decode` for the arguments.

    Where no codec decodes all bytes, the best one replaces the bad ones.
    """
    evidence = _evidence(data, html)
    labels = [declared]
    if html:
        # In the XML declaration and the first meta elements; one in a comment declares nothing.
        head = re.sub(rb"<!--.{0,4000}?-->", b"", data[: 1 << 14], flags=re.DOTALL)
        found = [match[1] for match in (_XML.match(head), *_META.finditer(head)) if match]
        labels += [label.decode("ascii") for label in found[:4]]
    claims = [_widened(codec, evidence) for label in labels if (codec := codec_of(label))]
    # ASCII but for one byte that would be no letter or sign at its place in cp1252 is broken, and not in an encoding.
    one_high_byte = len(data) >= _LONG and len(_HIGH.findall(data[: 1 << 20])) == 1
    if not claims and not hint and one_high_byte and plausibility(data, "cp1252") < 0.5:
        return decode_replacing(data, "utf-8")
    scores = _scores(evidence, claims, codec_of(hint))
    for codec in sorted(scores, key=lambda each: -scores[each]):
        try:
            return Decoded(data.decode(codec), codec)
        except UnicodeDecodeError:
            continue
    return decode_replacing(data, max(scores, key=lambda each: scores[each], default="cp1252"))


def _evidence(data: bytes, html: bool) -> bytes:
    """Return the bytes that tell encodings apart: texts of a page, or lines of a long text, with high bytes."""
    if not html and len(data) <= _EVIDENCE:
        return data
    parts: list[bytes] = []
    size = 0
    for part in _MARKUP.split(data) if html else data.split(b"\n"):
        if part and _HIGH.search(part):
            parts.append(part)
            size += len(part) + 1
            if size > _EVIDENCE:
                break
    return b"\n".join(parts)


def _scores(evidence: bytes, claims: list[str], hint: str) -> dict[str, float]:
    """Return each codec that may be right with the sum of what speaks for it; chardet gives its best codec 1."""
    high = len(evidence) - len(evidence.translate(None, _HIGH_BYTES))
    confidence = _confidence(evidence)
    near = max(confidence.values(), default=0.0) * (_NEAR if high > _FEW else _NEAR_OF_FEW)
    scale = max(_GUESS, *confidence.values()) if confidence else 1.0
    scores: dict[str, float] = {}
    for codec in dict.fromkeys([*confidence, *claims, hint]):
        if codec and (confidence.get(codec, 0.0) >= near or codec in claims or codec == hint):
            # A codec that few texts are in loses a little, unless it is declared.
            claimed = _CLAIM if codec in claims else -table()["rare"].get(codec, 0.0)
            expected = _HINT if codec == hint or codec in claims else _COMMON if codec == "cp1252" else 0.0
            scores[codec] = confidence.get(codec, 0.0) / scale + claimed + expected / (_FEW + high)
    if len(scores) < 2:
        return scores or {"cp1252": 1.0}
    # Plausibility costs a decoding, so a codec that could not win even if it were fully plausible is left out.
    best = 0.0
    for codec in sorted(scores, key=lambda each: -scores[each]):
        hopeless = scores[codec] + _PLAUSIBILITY <= best
        scores[codec] += -1 if hopeless else _PLAUSIBILITY * plausibility(evidence, codec)
        best = max(best, scores[codec])
    return scores


def _confidence(evidence: bytes) -> dict[str, float]:
    """Return the confidence that chardet has in each codec, from 0 to 1; for a text in capitals, in its small letters.

    Its models have seen few capitals: it gives Russian in cp1251 0.73, the same in capitals 0.03 (and koi8-r 0.21).
    """
    confidence = _ask_chardet(evidence)
    best = max(confidence.values(), default=0.0)
    small = len(evidence) - len(evidence.translate(None, _SMALL))
    capital = len(evidence) - len(evidence.translate(None, _SMALL.upper()))
    # The letters of ASCII are nearly all capitals, or are too few to tell, as in Cyrillic.
    may_be_capitals = small * 9 <= capital or (small + capital) * 3 < len(evidence)
    if best >= _DOUBTFUL or not may_be_capitals:
        return confidence
    in_small: dict[str, float] = {}
    for codec in table()["cased"]:
        text = evidence.decode(codec, "replace")
        if sum(map(str.isupper, text)) <= 9 * sum(map(str.islower, text)):
            continue
        if (known := _widened(codec, evidence)) not in in_small:
            in_small[known] = _ask_chardet(text.lower().encode(codec, "ignore")).get(known, 0.0)
    return in_small if max(in_small.values(), default=0.0) >= best else confidence


def _ask_chardet(evidence: bytes) -> dict[str, float]:
    """Return the confidence that chardet has in each codec, by the codec to decode with."""
    import chardet

    # prefer_superset renames ISO-8859-2, -5 and -6 to encodings that are no supersets of them.
    found = chardet.detect_all(evidence, prefer_superset=False, ignore_threshold=True, exclude_encodings=_NOT_TEXT)
    confidence: dict[str, float] = {}
    for each in found:
        confidence.setdefault(_widened(each["encoding"] or "cp1252", evidence), each["confidence"])
    return confidence


def _widened(name: str, evidence: bytes) -> str:
    """Return the codec to decode with for one that is named: the widest of its family that fits.

    What is declared or detected as ISO-8859-1 or GB2312 mostly holds characters of cp1252 or GB18030.
    """
    codec = codecs.lookup(name).name
    for wider in _WIDER.get(codec, (codec,)):
        if wider == "cp949" and b"\xa4\xd4" in evidence:  # eight bytes a syllable, which only euc_kr composes
            continue
        try:
            evidence.decode(wider)
        except UnicodeDecodeError:
            continue
        return wider
    return codec
