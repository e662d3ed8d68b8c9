"""A page as arrays: the class of every character, counts of them per line, and its words as numbers.

Everything here is counting with whole numbers, so the same page gives the same arrays on any machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CharacterCounts", "Numbers", "count_characters", "share"]

Numbers = NDArray[Any]

SEEN = 1000
"""Characters of a line that are looked at."""

CLASSES = ("letter", "capital", "small", "digit", "space", "stop", "comma", "code", "quote", "bar", "symbol", "wide")
_MARKS = {
    "stop": ".!?…:;。！？।؟۔",
    "comma": ",،、，",
    "code": "{}()[]<>=;$\\_",
    "quote": "\"“”„«»「」『』‘’'",
    "bar": "|•·/›»>",
}
_WIDE = ((0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x9FFF), (0xAC00, 0xD7AF))
_BASE = 0x9E3779B97F4A7C15
"""Odd, so that its powers have inverses modulo 2 to the 64: a stretch's hash does not depend on its place."""


@dataclass(frozen=True, slots=True)
class CharacterCounts:
    """`lines` lines: the counts of each class per line, and for every word its number, line, and length.

    Words of scripts without spaces are every two neighbouring characters. `shape` numbers the lines by their letters
    in small type with all digits alike; `opens` and `closes` number the first and the last word, -1 where none is.
    """

    lines: int
    text: tuple[str, ...]
    counts: dict[str, Numbers]
    shape: Numbers
    opens: Numbers
    closes: Numbers
    word: Numbers
    word_line: Numbers
    word_length: Numbers
    word_small: Numbers
    word_capital: Numbers
    word_wide: Numbers


@cache
def _tables() -> tuple[Numbers, Numbers]:
    """For every character below 2 to the 16: a bit for each of CLASSES, and the character in small type."""
    bits = np.zeros(65536, np.uint16)
    small = np.arange(65536, dtype=np.uint64)
    for code in range(65536):
        character = chr(code)
        category = unicodedata.category(character)
        flags = (
            *(category[0] == "L" or category in ("Mn", "Mc"), category in ("Lu", "Lt"), category == "Ll"),
            *(category == "Nd", character.isspace(), *(character in marks for marks in _MARKS.values())),
            *(category[0] == "S" or category == "Cs", any(a <= code <= b for a, b in _WIDE)),
        )
        bits[code] = sum(1 << i for i, flag in enumerate(flags) if flag)
        if len(low := character.lower()) == 1:
            small[code] = ord(low)
    return bits, small


def share(part: Numbers, whole: Numbers) -> Numbers:
    """`part` / `whole`, where nothing is divided by less than 1."""
    quotient: Numbers = part / np.maximum(1, whole)
    return quotient


def count_characters(texts: Sequence[str]) -> CharacterCounts:
    """The arrays of a page from its lines, none of which is empty."""
    seen = [text[:SEEN] for text in texts]
    codes = np.frombuffer("".join(f"{text}\n" for text in seen).encode("utf-32-le", "surrogatepass"), np.uint32)
    table, low = _tables()
    codes = np.minimum(codes, 65535)
    bits, small = table[codes], low[codes]
    lengths = np.array([len(text) for text in seen])
    starts = np.cumsum(lengths + 1) - lengths - 1
    is_class = {name: (bits >> i & 1).astype(bool) for i, name in enumerate(CLASSES)}
    counts = {name: np.add.reduceat(flags, starts, dtype=np.int64) for name, flags in is_class.items()}
    counts["space"] -= 1  # the line end
    counts["seen"] = lengths
    counts["length"] = np.array([len(text) for text in texts])
    first, behind = _words(is_class)
    powers, undo = _powers(_BASE, len(codes)), _powers(pow(_BASE, -1, 1 << 64), len(codes) + 1)
    word = _numbered(small + np.uint64(1), powers, undo, first, behind)
    line = np.searchsorted(starts, first, side="right") - 1
    masked = np.where(is_class["digit"], np.uint64(48), small) * (is_class["letter"] | is_class["digit"])
    shape = _numbered(masked, powers, undo, starts, starts + lengths)
    opens, closes = _ends(word, line, len(seen))
    capital, lower, wide = (is_class[name][first] for name in ("capital", "small", "wide"))
    length = behind - first
    return CharacterCounts(
        len(seen), tuple(seen), counts, shape, opens, closes, word, line, length, lower, capital, wide
    )


def _words(is_class: dict[str, Numbers]) -> tuple[Numbers, Numbers]:
    """Where each word begins, and where it is over."""
    letter, wide = is_class["letter"], is_class["wide"] & is_class["letter"]
    before, wide_before = np.r_[False, letter[:-1]], np.r_[False, wide[:-1]]
    first = np.flatnonzero(letter & (~before | wide | wide_before))
    other = np.flatnonzero(~letter)
    behind = other[np.searchsorted(other, first)] if len(first) else first
    following = np.r_[first[1:], len(letter)]
    return first, np.where(wide[first], np.minimum(behind, first + 2), np.minimum(behind, following))


def _numbered(values: Numbers, powers: Numbers, undo: Numbers, first: Numbers, behind: Numbers) -> Numbers:
    """A number for each stretch of `values`, the same for equal stretches.

    Polynomial hashes from one running sum (Karp and Rabin 1987), modulo 2 to the 64.
    """
    sums = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values * powers, out=sums[1:])
    hashes = (sums[behind] - sums[first]) * undo[first]
    numbers: Numbers = np.unique(hashes, return_inverse=True)[1].reshape(-1)
    return numbers


def _powers(base: int, n: int) -> Numbers:
    out = np.full(n, base, np.uint64)
    out[0] = 1
    return np.cumprod(out, dtype=np.uint64)


def _ends(word: Numbers, line: Numbers, lines: int) -> tuple[Numbers, Numbers]:
    """The number of the first and the last word of each line."""
    opens = np.full(lines, -1, np.int64)
    closes = opens.copy()
    opens[line[::-1]] = word[::-1]
    closes[line] = word
    return opens, closes
