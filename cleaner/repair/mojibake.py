"""UTF-8 once read in another charset, inside text that is otherwise good.

ftfy decides a line as a whole. Here the whole document says by which charset it was garbled; then each stretch of a
line in which every character beyond ASCII can be a garbled one is decoded on its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from ftfy.badness import BADNESS_RE

__all__ = ["CHARSETS", "LEADS", "TAILS", "Evidence", "Stretch", "closings", "evidence", "garbled", "holds"]

CHARSETS = (
    "latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "sloppy-windows-1253",
    "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2", "macroman", "cp437", "cp850",
)  # fmt: skip
"""The charsets that UTF-8 is misread in, likeliest first: ftfy's, and the other DOS charset of Western Europe."""

TAILS = bytes(range(0x80, 0xC0))
"""The bytes that go on a character in UTF-8."""
LEADS = bytes((*range(0xC2, 0xC7), 0xC8, *range(0xCE, 0xD2), *range(0xD7, 0xDC), *range(0xE0, 0xF1)))
"""The bytes that begin one in a script of many readers; others begin rare letters, or none."""

_UNLIKELY = re.compile(
    "[\x00-\x9f\u0149\u017f\u0180-\u018e\u0190-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u0258\u025a-\u02ba\u02bd-\u02c5"
    "\u02c8-\u02db\u02dd-\u0300\u0302-\u0383\u03cf-\u03ff\u0460-\u048f\u0500-\u052f\u0700-\u08ff\u1680-\u1dff\u2c00-\u2dff"
    "\ua000-\uabff\ud800-\uf8ff\ufe20-\ufe2f]"
)
"""Letters so rare that what decodes to one is more likely a capital before a quotation mark: É… would be U+0245."""


_CLOSING = re.compile(r"[^\W\d_](?=([”“»’›™®…]{1,2})(?!\w))")


_ALONE = re.compile(r"(?<!\S)[ÂÃ](?= )")
_BEYOND_ASCII = re.compile("[^\x00-\x19\x1b-\x7f]")  # and what ftfy’s codecs lack


class Stretch(NamedTuple):
    """A part of a line that decodes as a whole."""

    start: int
    end: int


class Evidence(NamedTuple):
    """How a document was garbled: the charset, and the characters beyond ASCII that it uses as themselves."""

    charset: str
    native: frozenset[str]


class _Garble(NamedTuple):
    start: int
    end: int
    char: str


def holds(line: str, charset: str) -> bool:
    """True when a part of `line` could be UTF-8 read as `charset`."""
    return _garble_of(charset).search(line) is not None and _runs(line, charset) != []


def closings(line: str, document: str = "", *, whole: bool = False) -> list[int]:
    """Where a capital ends a word of `line` and what closes it begins: AMANHÃ” is no AMANHÔ, LYKILORÐ» no LYKILORл.

    So does a word that is nothing but Â, in a `document` that uses its small letter: Welsh says ffwrdd â ni. Where
    the `whole` line could be UTF-8, Ã and the like may be garbled after all: OÃ™ is OÙ.

    >>> closings("Ele disse “AMANHÃ” e «VOCÊ»."), closings("disse “amanhã”"), closings("Ffwrdd Â Ni", "pâr")
    ([17, 26], [], [8])
    """
    marks = [m for m in _CLOSING.finditer(line) if _closes(line, m) and not (whole and m[0] in "ÃÄÅ")]
    alone = [m for m in _ALONE.finditer(line) if m[0].lower() in document]
    return sorted(m.end() for m in marks + alone)


def _closes(line: str, capital: re.Match[str]) -> bool:
    before = line[capital.start() - 1 : capital.start()].strip()
    return len(capital[1]) > 1 or (capital[0].isupper() and before != "" and not before.islower())


def evidence(lines: Sequence[str], others: str, charsets: Collection[str] = CHARSETS) -> Evidence | None:
    """By which of `charsets` the `lines` were garbled; None when nothing in them surely is.

    `lines` are those of one document that may hold garbled text, `others` is the rest of it.
    """
    best, most = None, 0
    for charset in CHARSETS:
        if charset not in charsets:
            continue
        runs = [(line, _runs(line, charset)) for line in lines]
        native = frozenset(others).union(*(_walls(line, charset) for line in lines))
        sure = sum(len(run) for line, found in runs for run in found if _is_sure(line, run, native))
        if sure > most:
            best, most = Evidence(charset, native), sure
    return best


def garbled(line: str, by: Evidence) -> list[Stretch]:
    """The stretches of `line` that are surely UTF-8 read as `by.charset`.

    A stretch runs as far as each character beyond ASCII is part of a garbled one, and never into a word that
    holds one that is not.
    """
    return [Stretch(run[0].start, run[-1].end) for run in _runs(line, by.charset) if _is_sure(line, run, by.native)]


def _runs(text: str, charset: str) -> list[list[_Garble]]:
    """The runs of garbled characters in `text`, with nothing beyond ASCII between those of a run."""
    runs: list[list[_Garble]] = []
    for match in _garble_of(charset).finditer(text):
        garble = _Garble(match.start(), match.end(), _decoded(match[0], charset))
        if not garble.char:
            continue
        if runs and not _BEYOND_ASCII.search(text, runs[-1][-1].end, garble.start):
            runs[-1].append(garble)
        else:
            runs.append([garble])
    return [kept for run in runs if (kept := _apart(text, run))]


def _walls(text: str, charset: str) -> set[str]:
    """The characters of `text` that stand for themselves."""
    rare = (match[0] for match in _garble_of(charset).finditer(text) if not _decoded(match[0], charset))
    return set(_garble_of(charset).sub("", text)).union(*rare)


def _apart(text: str, run: list[_Garble]) -> list[_Garble]:
    """`run` without the words at its ends that go on with a character that stands for itself."""
    first, last = 0, len(run)
    while first < last and _goes_on(text, run[first].start - 1, -1):
        first += 1
    while first < last and _goes_on(text, run[last - 1].end, 1):
        last -= 1
    return run[first:last]


def _goes_on(text: str, at: int, step: int) -> bool:
    while 0 <= at < len(text) and text[at].isascii() and text[at].isalnum():
        at += step
    return 0 <= at < len(text) and (_is_box(text[at]) or ("\x7f" < text[at] < "\u0530" and text[at].isalpha()))


@cache
def _garble_of(charset: str) -> re.Pattern[str]:
    """One character of UTF-8 as it looks in `charset`."""
    tail, two, three, four = (
        "[" + re.escape(bytes(range(first, last + 1)).decode(charset)) + "]"
        for first, last in ((0x80, 0xBF), (0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4))
    )
    return re.compile(f"{two}{tail}|{three}{tail}{{2}}|{four}{tail}{{3}}")


@lru_cache(maxsize=4096)
def _decoded(garble: str, charset: str) -> str:
    """The one likely character that `garble` stands for, or ""."""
    try:
        char = garble.encode(charset).decode()
    except UnicodeError:
        return ""
    good = len(char) == 1 and unicodedata.category(char) not in ("Cn", "Co", "Cs") and not _UNLIKELY.match(char)
    return char if good else ""


def _is_sure(text: str, run: list[_Garble], native: frozenset[str]) -> bool:
    """True when `run` can hardly have been meant as it stands."""
    if _is_word(run):
        return True
    if all(native.issuperset(text[g.start : g.end]) for g in run):
        return False
    if all((capital := _CLOSING.match(text, g.start)) and _closes(text, capital) for g in run):
        return False
    if len(run) == 1:
        look = text[run[0].start : run[0].end]  # Ewe writes ƒã, and ƒ elsewhere
        if (look.isalpha() and look[0] in native) or _is_misfit(text, run[0], native):
            return False
    return (
        _looks_bad(text, run)
        or any(_is_odd(text, garble) for garble in run)
        or all(g.char not in text[g.start : g.end] and not native.isdisjoint((g.char, g.char.lower())) for g in run)
    )


def _is_word(run: list[_Garble]) -> bool:
    """True for three garbled letters of one script in a row: no language writes that by chance."""
    for a, b, c in zip(run, run[1:], run[2:], strict=False):
        if a.end == b.start and b.end == c.start and (a.char + b.char + c.char).isalpha():
            return _script(a.char) == _script(b.char) == _script(c.char)
    return False


def _looks_bad(text: str, run: list[_Garble]) -> bool:
    """True when ftfy's heuristic finds one of `run` unlikely where it stands."""
    at = 0
    for bad in BADNESS_RE.finditer(text, max(0, run[0].start - 2), run[-1].end + 2):
        while at < len(run) and run[at].end <= bad.start():
            at += 1
        if at < len(run) and run[at].start < bad.end():
            return True
    return False


def _is_misfit(text: str, garble: _Garble, native: frozenset[str]) -> bool:
    """True for one lone letter of a script that neither its word nor the document is written in."""
    if not garble.char.isalpha():
        return False
    script = _script(garble.char)
    for neighbour in text[garble.start - 1 : garble.start] + text[garble.end : garble.end + 1]:
        if neighbour.isalpha() and _script(neighbour) != script:
            return True
    return script != "LATIN" and not any(_script(char) == script for char in native if char.isalpha())


def _is_odd(text: str, garble: _Garble) -> bool:
    """True where no writing system puts these characters: two scripts in one word, a letter against a box."""
    first, before = text[garble.start], text[garble.start - 1 : garble.start]
    if "\u2010" <= garble.char <= "\u20bf":  # â€“ ΓÇô ‚Äì вЂ“: quotation marks, dashes, currency
        return True
    if _is_box(first) or first == "√":
        return before.isalnum() or text[garble.end : garble.end + 1].isalnum() or "À" <= text[garble.start + 1] <= "ÿ"
    around = before + text[garble.end : garble.end + 1]
    return first.isalpha() and any(c.isalpha() and _script(c) != _script(first) for c in around)


def _is_box(char: str) -> bool:
    return "\u2500" <= char <= "\u259f"


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
