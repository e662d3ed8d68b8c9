"""Find in one pass where a text may be damaged. ftfy leaves a text without such hints as it is.

ftfy's badness heuristic is a regular expression of 40 branches that takes 350 ns a character. Whatever it matches holds
one of a few pairs of neighbouring characters, and everything else that ftfy changes is a single character. So a look-up
of pairs and characters in a table is enough, at 6 ns a character. `test_line_by_line_it_is_ftfy` holds that no hint is
missed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cache, lru_cache, reduce
from operator import or_
from typing import NamedTuple

import numpy as np
from ftfy.badness import BADNESS_RE
from ftfy.badness import MOJIBAKE_CATEGORIES as KIND
from numpy.typing import NDArray

from cleaner.repair.mojibake import CHARSETS, LEADS, TAILS

__all__ = ["DamageHints", "find_hints", "is_sound"]

_SYMBOLS = KIND["bad"] + KIND["law"] + KIND["currency"] + KIND["start_punctuation"] + KIND["end_punctuation"]
_ACCENTED = KIND["lower_accented"] + KIND["upper_accented"]
_LETTERS = _ACCENTED + KIND["lower_common"] + KIND["upper_common"]
_PAIRS = (
    (f"{_SYMBOLS}{KIND['numeric']}{KIND['box']}{_LETTERS}", f"{KIND['bad']}{KIND['box']}"),
    (
        f"{KIND['bad']}{KIND['box']}{KIND['currency']}{KIND['numeric']}",
        f"{_ACCENTED}{_SYMBOLS}{KIND['numeric']}{KIND['box']}{KIND['kaomoji']}",
    ),
    (
        f"{KIND['lower_accented']}{KIND['lower_common']}{KIND['end_punctuation']}",
        f"{KIND['upper_accented']}{KIND['currency']}",
    ),
    (KIND["end_punctuation"], KIND["lower_accented"]),
    (KIND["upper_accented"], f"{KIND['numeric']}{KIND['law']}{KIND['currency']}°"),
    (f"{_ACCENTED}{KIND['end_punctuation']}{KIND['law']}", f"{KIND['start_punctuation']}{KIND['end_punctuation']}"),
    ("ÂÃÎÐØÙ", f"{_SYMBOLS}{KIND['common']}{KIND['numeric']}ŠŸžœš°µ"),
    ("×à√≈‚βā", f"{_SYMBOLS}{KIND['numeric']}{_ACCENTED}{KIND['kaomoji']}´"),
    ("ВГРСΒΓΞΟ", f"{_SYMBOLS}°µ"),
    ("вГ", "Ђў"),
    ("ŒœÃÂ", "^A-Za-z"),
)
"""The pairs of neighbours without which BADNESS_RE cannot match, each as two classes of a regular expression."""

_ACTED_ON = "\x00-\x08\x0b\r\x0e-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ud800-\udfff\ufeff\ufff9-\ufffc"
"""The characters that one of ftfy's other fixes acts on, as a class of a regular expression."""

# What a hint says, bit by bit: a character that one of ftfy's fixes acts on; a pair without which BADNESS_RE cannot
# match; then, by charset, a first and second byte of UTF-8.
_ACT = 1
_PAIR = (1 << len(_PAIRS)) - 1 << 1
_FIRST_CHARSET = 1 + len(_PAIRS)


class DamageHints(NamedTuple):
    """The offsets in a text (`at`, code points) at which something may be wrong, and bits that say `what`.

    A sound text has none.
    """

    at: list[int]
    what: list[int]

    def within(self, start: int, end: int) -> DamageHints:
        """Return the hints from `start` up to `end`, with offsets counted from `start`."""
        first, last = bisect_left(self.at, start), bisect_left(self.at, end)
        return DamageHints([at - start for at in self.at[first:last]], self.what[first:last])

    def call_for_ftfy(self, text: str) -> bool:
        """Return True if ftfy would change `text`, whose hints these are, for another reason than its normal form."""
        seen = reduce(or_, self.what, 0)
        if seen & _ACT or not seen & _PAIR:
            return bool(seen & _ACT)
        if len(self.at) * 20 > len(text):  # so many places that one search of all is cheaper
            return BADNESS_RE.search(text) is not None
        # A match lies within these bounds of its pair; `test_line_by_line_it_is_ftfy` would find one that does not.
        places = (at for at, what in zip(self.at, self.what, strict=True) if what & _PAIR)
        return any(BADNESS_RE.search(text, max(0, at - 3), at + 8) for at in places)

    def charsets(self) -> list[str]:
        """Return the charsets that UTF-8 may have been misread in here."""
        seen = reduce(or_, self.what, 0) >> _FIRST_CHARSET
        return [charset for i, charset in enumerate(CHARSETS) if seen >> i & 1]


def find_hints(text: str) -> DamageHints:
    """Return the hints of damage in `text`. This takes some 24 bytes of memory a character."""
    # Characters beyond the basic plane are looked up as its last one.
    codes = np.minimum(_codes(text + "\n\n"), 0xFFFF)
    tables = _tables()
    marks = tables.hints.take(codes)
    found = (marks[:-2] >> np.uint64(32)) & marks[1:-1]
    at = np.flatnonzero(found)
    if len(at):  # a byte that begins three (a small Cyrillic letter in Windows-1251) needs one more that goes on
        too_short = tables.three[codes[at]] & ~marks[at + 2]
        what = found[at] & ~too_short
        at, found = at[what > 0], what[what > 0]
    return DamageHints(at.tolist(), found.tolist())


# The control characters of ASCII that ftfy acts on; a tab, a line feed and a form feed stay.
_CONTROLS = bytes((*range(9), 0x0B, *range(0x0D, 0x20), 0x7F))
_BLANK_ASCII = bytes((*[0x20] * 0x80, *range(0x80, 0x100)))
_FEW = 5
"""How many ASCII characters a text must have for each further byte of its other characters, for it to be faster to look
at those others alone."""


def is_sound(text: str) -> bool:
    """Return True for most texts without a hint that are in normal form and nearly ASCII; False says nothing.

    Neighbours beyond ASCII are looked up together and the answer is remembered, since a language has few such groups:
    4 ns a character.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    if (len(data) - len(text)) * _FEW > len(text) or len(data.translate(None, _CONTROLS)) != len(data):
        return False
    return len(data) == len(text) or all(map(_is_sound_in_ascii, set(data.translate(_BLANK_ASCII).split())))


@lru_cache(maxsize=1 << 14)
def _is_sound_in_ascii(data: bytes) -> bool:
    """Return True if the characters of `data` have no hint and stay as they are between printed ASCII."""
    text = data.decode()
    tables = _tables()
    first, last = (int(marks) for marks in tables.hints[_codes(text[0] + text[-1]).clip(max=0xFFFF)])
    if find_hints(text).at or first & (tables.around >> 32) or (last >> 32) & tables.around & 0xFFFFFFFF:
        return False
    return unicodedata.is_normalized("NFC", text) and not unicodedata.combining(text[0])


class _Tables(NamedTuple):
    """The tables of `find_hints`, each by the number of a character in the basic plane.

    The upper half of an entry of `hints` says what the character may begin, the lower half what it may end: a hint
    stands where a character may begin what the next one may end. `three` has the charsets in which the byte of the
    character begins a character of three bytes. `around` is an entry like those of `hints` for all of printed ASCII.
    """

    hints: NDArray[np.uint64]
    three: NDArray[np.uint64]
    around: int


@cache
def _tables() -> _Tables:
    """Build the tables, once in a process: it takes .01 s."""
    plane = "".join(map(chr, range(0x10000)))
    # Nearly all classes are of the same few characters; to go through the plane for each took .02 s more.
    named = "".join(side for pair in _PAIRS for side in pair if side[0] != "^")
    few = re.sub(f"[^{_ACTED_ON}{named}]+", "", plane)

    def members(side: str) -> str:
        return re.sub(f"[{side[1:]}]+", "", plane) if side[0] == "^" else re.sub(f"[^{side}]+", "", few)

    # One bit for each: a single character that is acted on, whatever follows it, then the pairs, then the charsets.
    pairs = [[members(_ACTED_ON), plane], *([members(side) for side in pair] for pair in _PAIRS)]
    pairs += [[LEADS.decode(charset), TAILS.decode(charset)] for charset in CHARSETS]
    hints, three = np.zeros(0x10000, np.uint64), np.zeros(0x10000, np.uint64)
    for bit, (first, second) in enumerate(pairs):
        hints[_codes(first)] |= np.uint64(1 << (32 + bit))
        hints[_codes(second)] |= np.uint64(1 << bit)
    for i, charset in enumerate(CHARSETS):
        three[_codes(bytes(range(0xE0, 0xF0)).decode(charset))] |= np.uint64(1 << (_FIRST_CHARSET + i))
    around = reduce(or_, (int(marks) for code, marks in enumerate(hints[:128]) if code not in _CONTROLS))
    return _Tables(hints, three, around)


def _codes(characters: str) -> NDArray[np.uint32]:
    """Return the code points of a string; a lone surrogate is one as well."""
    return np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), np.uint32)
