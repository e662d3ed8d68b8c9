"""Find UTF-8 that was once read in another charset, inside text that is otherwise good.

ftfy decodes a line as a whole or not at all. Here the whole document shows in which charset it was misread, and then
each span of a line in which every character beyond ASCII can be misread UTF-8 is decoded by itself. Of single words
that were garbled inside good text ftfy restores 39 % and this 99 % (benchmarks/results/repair.md).

Words used here: a *garble* is one character of UTF-8 as it looks in a charset, such as "Ã©" for é. A *group* of
garbles are those of a line that have only ASCII between them. A character is *native* to a document that also uses it
as itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from ftfy.badness import BADNESS_RE

__all__ = [
    "CHARSETS", "LEADS", "TAILS",
    "Garbling", "capitals_before_marks", "find_garbling", "garble_groups", "garbled_spans",
]  # fmt: skip

CHARSETS = (
    "latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "sloppy-windows-1253",
    "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2", "macroman", "cp437", "cp850",
)  # fmt: skip
"""The charsets that UTF-8 is misread in, likeliest first: ftfy's, and the other DOS charset of Western Europe."""

TAILS = bytes(range(0x80, 0xC0))
"""The bytes that continue a character in UTF-8."""

LEADS = bytes((*range(0xC2, 0xC7), 0xC8, *range(0xCE, 0xD2), *range(0xD7, 0xDC), *range(0xE0, 0xF1)))
"""The bytes that begin a character of a script with many readers; others begin rare letters, or none."""

_UNLIKELY = re.compile(
    "[\x00-\x9f\u0149\u017f\u0180-\u018e\u0190-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u0258\u025a-\u02ba\u02bd-\u02c5"
    "\u02c8-\u02db\u02dd-\u0300\u0302-\u0383\u03cf-\u03ff\u0460-\u048f\u0500-\u052f\u0700-\u08ff\u1680-\u1dff\u2c00-\u2dff"
    "\ua000-\uabff\ud800-\uf8ff\ufe20-\ufe2f]"
)
"""Letters so rare that what decodes to one is more likely a capital before a quotation mark: É… would be U+0245."""

_BOX = frozenset(map(chr, range(0x2500, 0x25A0)))
"""The lines and blocks that DOS drew frames with."""

_CAPITAL_BEFORE_MARK = re.compile(r"[^\W\d_](?=([”“»’›™®…]{1,2})(?!\w))")
_LONE_CAPITAL = re.compile(r"(?<!\S)[ÂÃ](?= )")
_BEYOND_ASCII = re.compile("[^\x00-\x19\x1b-\x7f]")  # and what ftfy’s codecs lack


class Garbling(NamedTuple):
    """The way in which a document was garbled: the charset it was misread in, and the characters that are native to the
    document."""

    charset: str
    native: frozenset[str]


class _Garble(NamedTuple):
    """One garbled character: where it stands in its line, and the character that was meant."""

    start: int
    end: int
    char: str


def capitals_before_marks(line: str, document: str = "", *, whole: bool = False) -> list[int]:
    """Return the offsets behind capitals that end a word of `line` and are meant as they stand, whatever mark follows.

    AMANHÃ” is not AMANHÔ, and LYKILORÐ» not LYKILORл. A word that is only Â or Ã counts too, if the `document` has its
    small letter: Welsh says ffwrdd â ni. If the `whole` line could be UTF-8, Ã, Ä and Å do not count: OÃ™ is OÙ.

    >>> capitals_before_marks("Ele disse “AMANHÃ” e «VOCÊ»."), capitals_before_marks("disse “amanhã”")
    ([17, 26], [])
    >>> capitals_before_marks("Ffwrdd Â Ni", "pâr")
    [8]
    """
    closing = [
        found
        for found in _CAPITAL_BEFORE_MARK.finditer(line)
        if _ends_word(line, found) and not (whole and found[0] in "ÃÄÅ")
    ]
    alone = [found for found in _LONE_CAPITAL.finditer(line) if found[0].lower() in document]
    return sorted(found.end() for found in closing + alone)


def _ends_word(line: str, capital: re.Match[str]) -> bool:
    """Return True if two marks follow, or a capital stands behind a character of its word that is no small letter."""
    before = line[capital.start() - 1 : capital.start()].strip()
    return len(capital[1]) > 1 or (capital[0].isupper() and before != "" and not before.islower())


def find_garbling(lines: Sequence[str], others: str, charsets: Collection[str] = CHARSETS) -> Garbling | None:
    """Find in which of `charsets` the `lines` were misread; None if nothing in them is surely garbled.

    `lines` are those of one document that may hold garbled text, `others` is the rest of it. The charset with most
    characters that are surely garbled wins, of equals the likelier one.
    """
    best, most = None, 0
    for charset in CHARSETS:
        if charset not in charsets:
            continue
        native = set(others)
        for line in lines:  # what is left without the garbles, and garbles that stand for no likely character
            native.update(_garble_in(charset).sub("", line))
            native.update(*(m[0] for m in _garble_in(charset).finditer(line) if not _meant_by(m[0], charset)))
        groups = ((line, group) for line in lines for group in garble_groups(line, charset))
        by = Garbling(charset, frozenset(native))
        sure = sum(len(group) for line, group in groups if _is_sure(line, group, by.native))
        if sure > most:
            best, most = by, sure
    return best


def garbled_spans(line: str, by: Garbling) -> list[tuple[int, int]]:
    """Return start and end of each span of `line` that is surely UTF-8 read as `by.charset`. Each decodes as a whole.

    A span ends before the first character beyond ASCII that is no part of a garble, and before the word in which that
    character stands.
    """
    groups = garble_groups(line, by.charset)
    return [(group[0].start, group[-1].end) for group in groups if _is_sure(line, group, by.native)]


def garble_groups(text: str, charset: str) -> list[list[_Garble]]:
    """Return the parts of `text` that could be UTF-8 read as `charset`: garbles with only ASCII between them.

    Garbles at the ends of a group are left out where their word goes on with a character that stands for itself.
    """
    groups: list[list[_Garble]] = []
    for match in _garble_in(charset).finditer(text):
        garble = _Garble(match.start(), match.end(), _meant_by(match[0], charset))
        if not garble.char:
            continue
        if groups and not _BEYOND_ASCII.search(text, groups[-1][-1].end, garble.start):
            groups[-1].append(garble)
        else:
            groups.append([garble])
    kept = []
    # At an end of a group, a garble whose word goes on beyond ASCII is more likely a letter of that word.
    for group in groups:
        first, last = 0, len(group)
        while first < last and _word_goes_on(text, group[first].start - 1, -1):
            first += 1
        while first < last and _word_goes_on(text, group[last - 1].end, 1):
            last -= 1
        if first < last:
            kept.append(group[first:last])
    return kept


def _word_goes_on(text: str, at: int, step: int) -> bool:
    """Return True if the letters from `at` on, walking by `step`, end in a letter or box character beyond ASCII."""
    while 0 <= at < len(text) and text[at].isascii() and text[at].isalnum():
        at += step
    return 0 <= at < len(text) and (text[at] in _BOX or ("\x7f" < text[at] < "\u0530" and text[at].isalpha()))


@cache
def _garble_in(charset: str) -> re.Pattern[str]:
    """Return the pattern of one character of UTF-8, of two to four bytes, as it looks in `charset`."""
    tail, two, three, four = (
        "[" + re.escape(bytes(range(first, last + 1)).decode(charset)) + "]"
        for first, last in ((0x80, 0xBF), (0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4))
    )
    return re.compile(f"{two}{tail}|{three}{tail}{{2}}|{four}{tail}{{3}}")


@lru_cache(maxsize=4096)
def _meant_by(garble: str, charset: str) -> str:
    """Return the one likely character that `garble` stands for, or ""."""
    try:
        char = garble.encode(charset).decode()
    except UnicodeError:
        return ""
    good = len(char) == 1 and unicodedata.category(char) not in ("Cn", "Co", "Cs") and not _UNLIKELY.match(char)
    return char if good else ""


def _is_sure(text: str, group: list[_Garble], native: frozenset[str]) -> bool:
    """Return True if the garbles of a group can hardly have been meant as they stand."""
    # Three garbled letters of one script in a row: no language writes that by chance.
    for a, b, c in zip(group, group[1:], group[2:], strict=False):
        if a.end == b.start and b.end == c.start and (a.char + b.char + c.char).isalpha():
            if _script(a.char) == _script(b.char) == _script(c.char):
                return True
            break
    # What the document writes elsewhere as itself, and capitals before closing marks, are no evidence.
    if all(native.issuperset(text[g.start : g.end]) for g in group):
        return False
    if all((capital := _CAPITAL_BEFORE_MARK.match(text, g.start)) and _ends_word(text, capital) for g in group):
        return False
    if len(group) == 1:
        look = text[group[0].start : group[0].end]  # Ewe writes ƒã, and ƒ in other words as well
        if (look.isalpha() and look[0] in native) or _is_misfit(text, group[0], native):
            return False
    if _is_unlikely(text, group) or any(_is_odd(text, garble) for garble in group):
        return True
    # What is left is evidence if each stands for a character that the document writes elsewhere, in either case.
    return all(g.char not in text[g.start : g.end] and not native.isdisjoint((g.char, g.char.lower())) for g in group)


def _is_unlikely(text: str, group: list[_Garble]) -> bool:
    """Return True if ftfy's heuristic finds one of the garbles unlikely where it stands."""
    at = 0
    for bad in BADNESS_RE.finditer(text, max(0, group[0].start - 2), group[-1].end + 2):
        while at < len(group) and group[at].end <= bad.start():
            at += 1
        if at < len(group) and group[at].start < bad.end():
            return True
    return False


def _is_misfit(text: str, garble: _Garble, native: frozenset[str]) -> bool:
    """Return True for one lone letter of a script that neither its word nor the document is written in."""
    if not garble.char.isalpha():
        return False
    script = _script(garble.char)
    for neighbour in text[garble.start - 1 : garble.start] + text[garble.end : garble.end + 1]:
        if neighbour.isalpha() and _script(neighbour) != script:
            return True
    return script != "LATIN" and not any(_script(char) == script for char in native if char.isalpha())


def _is_odd(text: str, garble: _Garble) -> bool:
    """Return True if no writing system puts these together: two scripts in a word, or a letter beside a box."""
    first, before = text[garble.start], text[garble.start - 1 : garble.start]
    if "\u2010" <= garble.char <= "\u20bf":  # â€“ ΓÇô ‚Äì вЂ“: quotation marks, dashes, currency
        return True
    if first in _BOX or first == "√":  # cp437 and Mac Roman
        return before.isalnum() or text[garble.end : garble.end + 1].isalnum() or "À" <= text[garble.start + 1] <= "ÿ"
    around = before + text[garble.end : garble.end + 1]
    return first.isalpha() and any(c.isalpha() and _script(c) != _script(first) for c in around)


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """Return the script of a letter as the first word of its Unicode name, such as LATIN; near enough for letters."""
    return unicodedata.name(char, "").partition(" ")[0]
