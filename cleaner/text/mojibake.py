"""UTF-8 once read in another charset, inside text that is otherwise good.

ftfy decides a line as a whole. Here the whole document says by which charset it was garbled; then each stretch of a
line in which every character beyond ASCII can be a garbled one is decoded on its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from ftfy.badness import BADNESS_RE

__all__ = ["CHARSETS", "Stretch", "charset_of", "garbled"]

CHARSETS = (
    "latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "sloppy-windows-1253",
    "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2", "macroman", "cp437", "cp850",
)  # fmt: skip
"""The charsets that UTF-8 is misread in, likeliest first: ftfy's, and the other DOS charset of Western Europe."""

_UNLIKELY = re.compile(
    "[\x00-\x9f\u0149\u017f\u0180-\u018e\u0190-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u0258\u025a-\u02ba\u02bd-\u02c5"
    "\u02c8-\u02db\u02dd-\u0300\u0302-\u0383\u03cf-\u03ff\u0460-\u048f\u0500-\u052f\u0700-\u08ff\u1680-\u1dff\u2c00-\u2dff"
    "\ua000-\uabff\ud800-\uf8ff\ufe20-\ufe2f]"
)
"""Characters that are a word's last capital and a quotation mark far more often than themselves: É… is U+0245."""


class Stretch(NamedTuple):
    """A part of a text that decodes as a whole; `sure` when it can hardly have been meant as it stands."""

    start: int
    end: int
    count: int  # garbled characters in it
    sure: bool


class _Garble(NamedTuple):
    start: int
    end: int
    char: str


def charset_of(texts: Iterable[str]) -> str:
    """The charset that explains most of what is surely garbled in `texts`, the lines of one document; "" if none does."""
    lines = list(texts)
    votes = {c: sum(s.count for line in lines for s in garbled(line, c) if s.sure) for c in CHARSETS}
    best = max(CHARSETS, key=votes.__getitem__)
    return best if votes[best] else ""


def garbled(text: str, charset: str, native: frozenset[str] = frozenset()) -> list[Stretch]:
    """The stretches of `text` that are UTF-8 read as `charset`.

    A stretch runs as far as each character beyond ASCII is part of a garbled one, and never into a word that
    holds one that is not. `native` are the characters that the document is known to use.
    """
    found = []
    for garbles in _runs(text, charset, native):
        start, end = garbles[0].start, garbles[-1].end
        sure = (_looks_bad(text, garbles) and not _stray(garbles, native)) or _is_word(text, garbles)
        found.append(Stretch(start, end, len(garbles), sure))
    return found


def _runs(text: str, charset: str, native: frozenset[str]) -> Iterator[list[_Garble]]:
    run: list[_Garble] = []
    wall = -1  # the last character beyond ASCII that stands for itself
    for match in _tokens(charset).finditer(text):
        char = _decoded(match[0], charset)
        if char and (char in native or not _UNLIKELY.match(char)):
            if run or not _same_word(text, wall, match.start()):
                run.append(_Garble(match.start(), match.end(), char))
            else:
                wall = match.end() - 1
            continue
        wall = match.end() - 1
        while run and _same_word(text, match.start(), run[-1].end, backwards=True):
            run.pop()
        if run:
            yield run
        run = []
    if run:
        yield run


def _same_word(text: str, wall: int, at: int, *, backwards: bool = False) -> bool:
    """True when the letter at `wall` stands in one word with what begins (backwards: ends) `at`."""
    if wall < 0 or not text[wall].isalpha() or text[wall] > "\u052f":
        return False
    between = text[at:wall] if backwards else text[wall + 1 : at]
    return not between or between.isalpha()


@cache
def _tokens(charset: str) -> re.Pattern[str]:
    """A character of UTF-8 as it looks in `charset`, or any other one beyond ASCII."""

    def looks(first: int, last: int) -> str:
        return "[" + re.escape(bytes(range(first, last + 1)).decode(charset)) + "]"

    tail = looks(0x80, 0xBF)
    return re.compile(
        f"{looks(0xC2, 0xDF)}{tail}|{looks(0xE0, 0xEF)}{tail}{{2}}|{looks(0xF0, 0xF4)}{tail}{{3}}|[^\x00-\x7f]"
    )


@lru_cache(maxsize=4096)
def _decoded(garble: str, charset: str) -> str:
    try:
        char = garble.encode(charset).decode()
    except UnicodeError:
        return ""
    return char if len(char) == 1 and unicodedata.category(char) not in ("Cn", "Co", "Cs") else ""


def _looks_bad(text: str, garbles: list[_Garble]) -> bool:
    """True when ftfy's heuristic finds one of `garbles` unlikely where it stands."""
    spans = iter(garbles)
    garble = next(spans)
    for bad in BADNESS_RE.finditer(text, max(0, garble.start - 2), garbles[-1].end + 2):
        while garble.end <= bad.start():
            following = next(spans, None)
            if following is None:
                return False
            garble = following
        if garble.start < bad.end():
            return True
    return False


def _stray(garbles: list[_Garble], native: frozenset[str]) -> bool:
    """True for one lone letter of a script that nothing else in the document is written in."""
    scripts = [_script(g.char) for g in garbles if g.char.isalpha()]
    if len(garbles) > 1 or not scripts or scripts[0] == "LATIN":
        return False
    return not any(_script(char) == scripts[0] for char in native if char.isalpha())


def _is_word(text: str, garbles: list[_Garble]) -> bool:
    """True for three garbled letters of one script in a row: no language writes that by chance."""
    for a, b, c in zip(garbles, garbles[1:], garbles[2:], strict=False):
        if a.end == b.start and b.end == c.start and (a.char + b.char + c.char).isalpha():
            return _script(a.char) == _script(b.char) == _script(c.char)
    return False


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
