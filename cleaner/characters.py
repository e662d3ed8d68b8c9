"""Sets of characters that several rooms use: where sentences end, what closes quotes, scripts without spaces.

A room that needs a slightly different set adds or removes characters where it uses one, with a comment that says why.
"""

from __future__ import annotations

import re

__all__ = [
    "BLANK",
    "BULLETS",
    "CLOSERS",
    "DASHES",
    "FULL_STOPS",
    "INVISIBLE",
    "MARKED_CLASS",
    "SENTENCE_ENDS",
    "STOPS",
    "UNSPACED_CLASS",
    "UNSPACED_SCRIPTS",
    "count_words",
    "is_wide",
    "visible_length",
]

STOPS = ".!?…。！？।؟"
"""Marks that end a sentence: Latin, Greek and Cyrillic, Chinese and Japanese, Devanagari and Bengali, and the Arabic
question mark."""

_MORE_STOPS = "॥۔։።｡"
"""Rarer marks that end a sentence: the double danda, the full stops of Urdu, Armenian and Ethiopic, the narrow
ideographic one."""

CLOSERS = "\"'”’»)]」』"
"""Quotation marks and brackets that may stand behind the mark that ends a sentence."""

SENTENCE_ENDS = frozenset(STOPS + _MORE_STOPS + CLOSERS)
"""The last character of a line that ends as a sentence does, in any script."""

FULL_STOPS = frozenset(".。।") | frozenset(_MORE_STOPS)
"""Marks with which sentences of text end, but hardly a headline."""

DASHES = "-–—"
"""Hyphen, en dash and em dash, which templates use for one another."""

BULLETS = "-•*·–▪"
"""Characters with which the items of a list begin."""

INVISIBLE = "\u200b\u00ad\u2060\ufeff"
"""Characters that show nothing and separate no words: zero-width space, soft hyphen, word joiner, byte order mark. A
line of these alone is empty."""

BLANK = (
    INVISIBLE
    + " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
"""The invisible characters and all white space."""


def visible_length(text: str) -> int:
    """Return the number of code points of `text` without the invisible ones, so that a copy full of soft hyphens is no
    longer than another.

    >>> visible_length("ke\u00admen\u00adte\u00adrian")
    11
    """
    return len(text) - sum(map(text.count, INVISIBLE))


UNSPACED_SCRIPTS = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x9FFF), (0xAC00, 0xD7AF))
"""First and last code points of the scripts in which few characters say much: Thai and Lao, Burmese, Khmer, kana and
Han, and Hangul, which has spaces between words but words as short."""

UNSPACED_CLASS = "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSPACED_SCRIPTS)
"""The unspaced scripts as the inside of a character class in a regular expression."""

MARKED_CLASS = "\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0970-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts whose words hold vowels and tones that are marks to Unicode and no letters, as the inside of a character
class: those of India, Thai, Lao, Burmese, Khmer, and accents written by themselves."""

_SINGLE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Kana and Han, in which a text has no spaces."""

_WIDE_BLANKS = [char for char in BLANK if not char.isascii() and char.isspace()]
_BYTE_KINDS = bytearray(b"x" * 256)
"""What a byte of UTF-8 is to `count_words`: a space, 1 for the first byte of what may be kana or Han, else an x."""
_BYTE_KINDS[0xE3:0xEA] = b"\1" * 7
_BYTE_KINDS[0xEF] = _BYTE_KINDS[0xF0] = 1
for _blank in filter(str.isspace, map(chr, range(128))):
    _BYTE_KINDS[ord(_blank)] = ord(" ")


def count_words(text: str) -> int:
    """Return how many words a text has: runs without white space, as `wc -w` counts them.

    Each character of kana and Han counts as one word, as word processors do it. Thai, Lao, Khmer and Burmese have no
    spaces either; there the number is that of their runs.

    >>> count_words("Harga beras naik 2,5 persen."), count_words("\u7c73\u4ef7\u4e0a\u6da8, kata dia")
    (5, 6)
    """
    if len(text) > 200:  # of shorter ones a string of each word is made in the same time
        kinds = text.encode("utf-8", "surrogatepass").translate(_BYTE_KINDS)
        # To count where words begin takes a quarter of the time of making a string of each.
        if b"\1" not in kinds and (text.isascii() or not any(blank in text for blank in _WIDE_BLANKS)):
            return kinds.count(b" x") + kinds.startswith(b"x")
    if text.isascii() or not (single := len(_SINGLE.findall(text))):
        return len(text.split())
    # what is left between these characters may be punctuation alone
    runs = _SINGLE.sub(" ", text).split()
    return single + sum(run[0].isalnum() or any(map(str.isalnum, run)) for run in runs)


def is_wide(text: str) -> bool:
    """Return True for text of a script whose characters mostly take three bytes in UTF-8, as all without spaces do.

    >>> is_wide("松本城の桜"), is_wide("Castle")
    (True, False)
    """
    return len(text.encode("utf-8", "surrogatepass")) > 2.5 * len(text)
