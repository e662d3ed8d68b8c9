"""Which legacy encoding bytes are in: claims, chardet's language models and the look of the text itself, weighed.

chardet knows how often letters follow one another; between encodings that differ in a few signs (cp1250 and ISO-8859-2,
cp1252 and Mac Roman) it is nearly undecided. There the text decides: whether the letters belong to one alphabet, and
whether quotes, dashes and symbols stand where people put them.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import combining

from cleaner.source.decode import Decoded, replacing

__all__ = ["codec_of", "legacy"]

_EVIDENCE = 1 << 15
_NEAR, _NEAR_OF_FEW = 0.45, 0.3  # candidates below this share of the best confidence are never right
_FEW = 20
_HINT = 4.0
_LONG = 200
_LOOKS = 0.5
_CLAIM = 0.12
_MISSING = 0.5
_ENOUGH = 30  # letters beyond ASCII, from which on a language shows most of its own
_PLACES = 500
_META = re.compile(rb"<meta\b[^<>]{0,500}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s{0,99}<\?xml[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_:.-]{2,40})[\"']")
_MARKUP = re.compile(rb"<[^<>]*>|[\r\n]+")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_NOT_TEXT = ("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140", "utf-7", "utf-16", "utf-32", "utf-16-le")
_WIDER = {
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
_MULTIBYTE = frozenset(
    (
        "gb18030",
        "cp932",
        "shift_jis_2004",
        "euc_jp",
        "euc_jis_2004",
        "big5",
        "cp950",
        "big5hkscs",
        "cp949",
        "euc_kr",
        "johab",
    )
)


def legacy(data: bytes, *, declared: str = "", html: bool = False, hint: str = "") -> Decoded:
    """The text of `data`, which are not UTF-8, in the encoding with the most for it."""
    evidence = _evidence(data, html)
    claims = [codec for label in (declared, *(_own_claims(data) if html else ())) if (codec := codec_of(label))]
    if not claims and not hint and _is_one_bad_byte(data):
        return replacing(data, "utf-8")
    scores = _scores(evidence, claims, codec_of(hint))
    for codec in sorted(scores, key=lambda each: -scores[each]):
        try:
            return Decoded(data.decode(codec), codec)
        except UnicodeDecodeError:
            continue
    return replacing(data, max(scores, key=lambda each: scores[each], default="cp1252"))


def codec_of(label: str) -> str:
    """Python's codec for a label of the web, "" for none that is text.

    >>> codec_of("ISO-8859-1"), codec_of("x-sjis"), codec_of("zlib")
    ('cp1252', 'cp932', '')
    """
    plain = label.strip().lower()
    if not plain:
        return ""
    if plain in _labels():
        return _labels()[plain]
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding and found.name not in _BY_PYTHON_ONLY else ""


_BY_PYTHON_ONLY = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem")


def _own_claims(data: bytes) -> list[str]:
    """What a page says of itself, in its XML declaration and its first meta elements."""
    head = re.sub(rb"<!--.{0,4000}?-->", b"", data[: 1 << 14], flags=re.DOTALL)
    found = [match[1] for match in (_XML.match(head), *_META.finditer(head)) if match]
    return [label.decode("ascii") for label in found[:4]]


def _evidence(data: bytes, html: bool) -> bytes:
    """The part of `data` that can tell encodings apart: of a page its texts, of a long text its lines with high bytes."""
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
    """Every codec that may be right, with what speaks for it; the best confidence of chardet counts 1."""
    high = len(evidence) - len(evidence.translate(None, _HIGH_BYTES))
    confidence = _confidence(evidence)
    near = max(confidence.values(), default=0.0) * (_NEAR if high > _FEW else _NEAR_OF_FEW)
    best = max(confidence.values(), default=0.0) or 1.0
    scores: dict[str, float] = {}
    for codec in dict.fromkeys([*confidence, *claims, hint]):
        if codec and (confidence.get(codec, 0.0) >= near or codec in claims or codec == hint):
            claimed = _CLAIM if codec in claims else -_rare().get(codec, 0.0)
            like_siblings = _HINT / (_FEW + high) if codec == hint else 0.0
            scores[codec] = confidence.get(codec, 0.0) / best + claimed + like_siblings
    if len(scores) > 1:
        scores = {codec: score + _LOOKS * _looks(evidence, codec) for codec, score in scores.items()}
    return scores or {"cp1252": 1.0}


def _confidence(evidence: bytes) -> dict[str, float]:
    """What chardet's models say of each codec, under the name of the codec we decode with."""
    import chardet

    found = chardet.detect_all(evidence, prefer_superset=False, ignore_threshold=True, exclude_encodings=_NOT_TEXT)
    confidence: dict[str, float] = {}
    for each in found:
        confidence.setdefault(_widened(each["encoding"] or "cp1252", evidence), each["confidence"])
    return confidence


def _is_one_bad_byte(data: bytes) -> bool:
    """ASCII but for one byte that would be no letter or sign at its place in cp1252: damage, not an encoding."""
    high = _HIGH.findall(data[: 1 << 20])
    return len(high) == 1 and len(data) >= _LONG and _looks(data, "cp1252") < 0.5


def _widened(name: str, evidence: bytes) -> str:
    """The codec for what chardet names: the widest that fits."""
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


def _looks(evidence: bytes, codec: str) -> float:
    """How much `evidence` in `codec` looks like text people write: 1 less its faults, by the root of their chances.

    Candidates differ in few characters; an average would drown them, a sum would let one slip outweigh all.
    """
    if codec in _MULTIBYTE:
        return 1.0
    text = evidence.decode(codec, "replace")
    places = [match.start() for match in _BEYOND_ASCII.finditer(text)][:_PLACES]
    if not places:
        return 0.0
    letters = Counter(text[i].lower()[:1] for i in places if text[i].isalpha() or combining(text[i]))
    alphabet, missing = _alphabet(letters)
    padded = f" {text} "
    faults = sum(1 - _look(padded[i], padded[i + 1], padded[i + 2], alphabet) for i in places)
    return 1 - faults / len(places) ** 0.5 - _MISSING * missing


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ALONE = frozenset("àÀáÁåÅäÄöÖéÉèÈêÊíÍóÓòÒôÔúÚýÝæÆøØœŒüÜßºª")  # words of one letter, ends of abbreviations and lists
_OPENING = frozenset("“„‘«‹‚¿¡")
_CLOSING = frozenset("”’»›…“‘")
_DASHES = frozenset("–—")
_BESIDE_NUMBERS = frozenset("€£¥°%§©®™²³½¼¾·•×±№ºª¢†‰")


def _look(before: str, char: str, after: str, alphabet: frozenset[str]) -> float:
    """How well one character beyond ASCII stands between its neighbours, from -2 to 1."""
    if combining(char):
        return 1.0 if before.isalpha() or combining(before) else -1.0
    if char.isalpha():
        if char >= "\u0370" and not "\u1e00" <= char <= "\u1eff" and (_is_latin(before) or _is_latin(after)):
            return -1.0
        if (char.isupper() and before.islower()) or (char.isupper() and after.islower() and before.isupper()):
            return -0.5
        if char < "\u0370" and not before.isalpha() and not after.isalpha() and char not in _ALONE:
            return 0.0
        known = char in alphabet or char.lower() in alphabet
        return 1.0 if known else 0.2
    inside = before.isalpha() and after.isalpha()
    if char in "’":
        return 1.0 if before.isalnum() or before in _CLOSING or before in ".,!?" else 0.9 if after.isalpha() else 0.3
    if char in _DASHES:
        return 1.0 if before.isspace() == after.isspace() else 0.5
    if char in _OPENING or char in _CLOSING:
        opens = char in _OPENING and not before.isalnum() and not after.isspace()
        closes = char in _CLOSING and not before.isspace() and not after.isalpha()
        spaced = char in "«»" and (before.isspace() or after.isspace() or before == "\xa0" or after == "\xa0")
        return 1.0 if opens or closes or spaced else 0.0
    if char == "\xa0" or char in "\u200c\u200d\u200e\u200f\xad،؛؟":
        return 0.8
    if char in _BESIDE_NUMBERS:
        return -1.0 if inside or (char in "¼½¾¤" and after.isalpha()) else 0.6
    if char < "\xa0" or char == "\ufffd" or "\ue000" <= char <= "\uf8ff":
        return -2.0
    return -1.0 if inside or before.isalpha() or after.isalpha() else -0.2


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _alphabet(letters: Counter[str]) -> tuple[frozenset[str], float]:
    """The alphabet that fits `letters` best, and which share of it they leave unused although there are enough of them."""
    total = sum(letters.values())
    best, fit, unused = frozenset[str](), -1.0, 0.0
    for own, every in _alphabets():
        missing = sum(letter not in letters for letter in own) / max(len(own), 1) if total >= _ENOUGH else 0.0
        covered = sum(count for letter, count in letters.items() if letter in every) / max(total, 1)
        if covered - missing / 2 > fit:
            best, fit, unused = every, covered - missing / 2, missing
    return best, unused


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("cleaner.source") / "encodings.toml").read_text("utf-8"))


@cache
def _labels() -> dict[str, str]:
    labels = {label: codec for codec, also in _table()["labels"].items() for label in (codec, *also)}
    return {label: codecs.lookup(codec).name for label, codec in labels.items()}


@cache
def _rare() -> dict[str, float]:
    return {codecs.lookup(name).name: float(less) for less, names in _table()["rare"].items() for name in names}


@cache
def _alphabets() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """For each language its own letters, and those with the letters of its loan words."""
    parts = [(own, own + loans) for own, _, loans in (line.partition(" ") for line in _table()["letters"].values())]
    return tuple((frozenset(own), frozenset(every)) for own, every in parts)
