"""Rate how plausible a text is in a given encoding: by how people write its letters and signs.

Letters should belong to one alphabet and use most of it, capitals should not follow small letters, quotes and dashes
should open and close where they stand, symbols should not stand inside words. The letters that each language needs are
data, in encodings.toml.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from unicodedata import combining

from cleaner.decode.labels import table

__all__ = ["plausibility"]

_MULTIBYTE = frozenset(
    ("gb18030", "cp932", "shift_jis_2004", "euc_jp", "euc_jis_2004", "big5", "cp950", "big5hkscs", "cp949", "euc_kr")
)
_PLACES = 1 << 14
"""Characters beyond ASCII that are looked at: in effect all, as two encodings may differ in one sign of a long text."""
_MISSING = 0.5
"""What is lost if a text has none of the letters of its alphabet; less in proportion."""
_ENOUGH = 30
"""Letters beyond ASCII from which on a text has most of those that its language needs."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# Letters that stand alone: words of one letter, ends of abbreviations and lists.
_ALONE = frozenset("àÀáÁåÅäÄöÖéÉèÈêÊíÍóÓòÒôÔúÚýÝæÆøØœŒüÜßºªавикосуяіїйАВИКОСУЯІЙηοΗΟήو")
_SET_ALONE = frozenset("“”‘’«»‹›•·—–…©°×")  # signs in an element of their own, or between items of a list
_OPENING = frozenset("“„‘«‹‚¿¡")
_CLOSING = frozenset("”’»›…“‘")
_DASHES = frozenset("–—")
_BLANKS = frozenset("\xa0\xad\u200c\u200d\u200e\u200f،؛؟")
_BESIDE_NUMBERS = frozenset("€£¥°§©®™²³½¼¾·•×±№ºª¢†‰")


def plausibility(evidence: bytes, codec: str) -> float:
    """Return how plausible `evidence` is in `codec`: 1 without faults, less for each, below 0 for many.

    The faults are divided by the square root of the number of characters beyond ASCII. Candidates differ in few
    characters: an average would drown them, and a sum would let one typing error outweigh everything else.
    """
    # The tables know alphabets of single letters only.
    if codec in _MULTIBYTE:
        return 1.0
    text = evidence.decode(codec, "replace")
    places = [match.start() for match in _BEYOND_ASCII.finditer(text)][:_PLACES]
    if not places:
        return 0.0
    letters = Counter(text[i].lower()[:1] for i in places if text[i].isalpha() or combining(text[i]))
    alphabet, missing = _best_alphabet(letters)
    faults = 0.0
    if sum(map(str.isalpha, text)) > 10 * len(places):  # Latin text: letters of another script in it are signs misread
        faults += sum(text[i].isalpha() and not _is_latin(text[i]) for i in places)
    padded = f" {text} "
    # Each triple is judged once, because a long text has the same few over and over.
    triples = Counter(padded[i : i + 3] for i in places)
    faults += sum(n * (1 - _character(each[0], each[1], each[2], alphabet)) for each, n in triples.items())
    return 1 - faults / math.sqrt(len(places)) - _MISSING * missing


def _character(before: str, char: str, after: str, alphabet: frozenset[str]) -> float:
    """Return how plausible one character beyond ASCII is between its neighbours, from -2 to 1."""
    if combining(char):
        return 1.0 if before.isalpha() or combining(before) else -1.0
    if char.isalpha():
        return _letter(before, char, after, alphabet)
    if before.isspace() and after.isspace() and char in _SET_ALONE:
        return 0.95
    if char in _DASHES:
        return 1.0 if before.isspace() == after.isspace() else 0.5
    if char == "’":  # an apostrophe, too
        return 1.0 if not before.isspace() else 0.9 if after.isalpha() else 0.3
    if char in _OPENING or char in _CLOSING:
        opens = char in _OPENING and not before.isalnum() and not after.isspace()
        closes = char in _CLOSING and not before.isspace() and not after.isalpha()
        spaced = char in "«»" and (before.isspace() or after.isspace())  # as French sets them
        return 1.0 if opens or closes or spaced else 0.0
    if char in _BLANKS:
        return 0.95
    # Controls of C1, replaced bytes and private characters: nobody types them.
    if char < "\xa0" or char == "\ufffd" or "\ue000" <= char <= "\uf8ff":
        return -2.0
    if char in _BESIDE_NUMBERS and not (before.isalpha() and after.isalpha()):
        return -1.0 if char in "¼½¾" and after.isalpha() else 0.95 if char in "©®™€£°" else 0.6
    return -1.0 if before.isalpha() or after.isalpha() else -0.2


def _letter(before: str, char: str, after: str, alphabet: frozenset[str]) -> float:
    """Return how plausible one letter is between its neighbours."""
    latin = _is_latin(char)
    # Words do not mix scripts, and have no capital inside.
    if not latin and any(each.isascii() and each.isalpha() for each in (before, after)):
        return -1.0
    if char.isupper() and (before.islower() or (before.isupper() and after.islower())):
        return -0.5
    if not before.isalpha() and not after.isalpha() and char not in _ALONE:
        return 0.0 if latin else 0.5
    return 1.0 if char in alphabet or char.lower() in alphabet else 0.2


def _is_latin(char: str) -> bool:
    """Return True for letters of Latin scripts, and for all else before Greek."""
    return char < "\u0370" or "\u1e00" <= char <= "\u1eff"


def _best_alphabet(letters: Counter[str]) -> tuple[frozenset[str], float]:
    """Return the alphabet that fits `letters` best, and the share of it that they leave unused where they are many."""
    total = sum(letters.values())
    best, best_fit, unused = frozenset[str](), -1.0, 0.0
    for own, every in table()["letters"]:
        missing = sum(letter not in letters for letter in own) / max(len(own), 1) if total >= _ENOUGH else 0.0
        covered = sum(count for letter, count in letters.items() if letter in every) / max(total, 1)
        if covered - missing / 2 > best_fit:
            best, best_fit, unused = every, covered - missing / 2, missing
    return best, unused
