"""Turn the lines of a page into arrays: counts of the classes of characters per line, and the words as numbers.

All of it is counting in whole numbers, so the same page gives the same arrays on any machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.characters import STOPS, UNSPACED_SCRIPTS

__all__ = ["CharacterCounts", "Numbers", "class_bits", "count_characters", "share"]

Numbers = NDArray[Any]

SEEN = 1000
"""Characters of a line that are looked at; more of a paragraph would say the same."""

CLASSES = ("letter", "capital", "small", "digit", "space", "stop", "comma", "code", "quote", "bar", "symbol", "wide")
"""Classes of characters. A character may be of several: "A" is a letter and a capital."""

_CHARACTERS = {
    "stop": STOPS + ":;۔",
    "comma": ",،、，",
    "code": "{}()[]<>=;$\\_",
    "quote": "\"“”„«»「」『』‘’'",
    "bar": "|•·/›»>",
}

_BASE = 0x9E3779B97F4A7C15
"""Base of the hashes of words. It is odd, so that its powers have inverses modulo 2 to the 64, and a word's hash does
not depend on its place."""


@dataclass(frozen=True, slots=True)
class CharacterCounts:
    """The arrays of a page of `lines` lines.

    `counts` has for each class, and for "seen" and "length", one number a line. `shape` numbers the lines by their
    letters in small type with all digits alike. `first_word` and `last_word` are the numbers of a line's outer words,
    -1 in a line without words. The arrays that begin with `word` have one element for each word of the page; `word`
    numbers them by their small letters. In scripts without spaces every two neighbouring characters are a word.
    """

    lines: int
    text: tuple[str, ...]  # the first SEEN characters of each line
    counts: dict[str, Numbers]
    shape: Numbers
    first_word: Numbers
    last_word: Numbers
    word: Numbers
    word_line: Numbers
    word_length: Numbers
    word_small: Numbers
    word_capital: Numbers
    word_wide: Numbers


def share(part: Numbers, whole: Numbers) -> Numbers:
    """Return `part` / `whole`, where nothing is divided by less than 1."""
    quotient: Numbers = part / np.maximum(1, whole)
    return quotient


def count_characters(texts: Sequence[str]) -> CharacterCounts:
    """Return the arrays of a page from its lines, none of which may be empty."""
    seen = [text[:SEEN] for text in texts]
    codes = np.frombuffer("".join(f"{text}\n" for text in seen).encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.minimum(codes, 65535)  # emoji and rare ideographs count as one character of no class
    bits, small = class_bits()[codes], _lower_case()[codes]
    lengths = np.array([len(text) for text in seen])
    starts = np.cumsum(lengths + 1) - lengths - 1
    is_class = {name: (bits >> i & 1).astype(bool) for i, name in enumerate(CLASSES)}
    counts = {name: np.add.reduceat(flags, starts, dtype=np.int64) for name, flags in is_class.items()}
    counts["space"] -= 1  # the line end
    counts["seen"] = lengths
    counts["length"] = np.array([len(text) for text in texts])
    powers, inverses = _powers(_BASE, len(codes)), _powers(pow(_BASE, -1, 1 << 64), len(codes) + 1)
    first, behind = _word_bounds(is_class)
    word = _number_spans(small + np.uint64(1), powers, inverses, first, behind)
    line = np.searchsorted(starts, first, side="right") - 1
    masked = np.where(is_class["digit"], np.uint64(48), small) * (is_class["letter"] | is_class["digit"])
    first_word = np.full(len(seen), -1, np.int64)
    last_word = first_word.copy()
    first_word[line[::-1]] = word[::-1]  # of several values for one line the last one assigned stays
    last_word[line] = word
    return CharacterCounts(
        lines=len(seen),
        text=tuple(seen),
        counts=counts,
        shape=_number_spans(masked, powers, inverses, starts, starts + lengths),
        first_word=first_word,
        last_word=last_word,
        word=word,
        word_line=line,
        word_length=behind - first,
        word_small=is_class["small"][first],
        word_capital=is_class["capital"][first],
        word_wide=is_class["wide"][first],
    )


@cache
def class_bits() -> Numbers:
    """Return for every character below 2 to the 16 a bit for each of CLASSES."""
    characters = [*map(chr, range(1 << 16))]
    categories = [*map(unicodedata.category, characters)]
    by_category = {c: sum(1 << CLASSES.index(name) for name in _classes_of(c)) for c in set(categories)}
    bits = np.array([*map(by_category.__getitem__, categories)], np.uint16)
    members = {"space": "".join(filter(str.isspace, characters)), **_CHARACTERS}
    for name, listed in members.items():
        bits[[ord(character) for character in listed]] |= 1 << CLASSES.index(name)
    for first, last in UNSPACED_SCRIPTS:
        bits[first : last + 1] |= 1 << CLASSES.index("wide")
    return bits


@cache
def _lower_case() -> Numbers:
    """Return every character below 2 to the 16 in lower case."""
    small = np.arange(1 << 16, dtype=np.uint64)
    for code in range(1 << 16):
        if len(lower := chr(code).lower()) == 1:
            small[code] = ord(lower)
    return small


def _classes_of(category: str) -> Iterator[str]:
    """The classes of the characters that Unicode puts into a category."""
    if category[0] == "L" or category in ("Mn", "Mc"):
        yield "letter"
    if category in ("Lu", "Lt"):
        yield "capital"
    if category == "Ll":
        yield "small"
    if category == "Nd":
        yield "digit"
    if category[0] == "S" or category == "Cs":
        yield "symbol"


def _word_bounds(is_class: dict[str, Numbers]) -> tuple[Numbers, Numbers]:
    """Return the index of the first character of each word, and the index behind its last one."""
    letter, wide = is_class["letter"], is_class["wide"] & is_class["letter"]
    before, wide_before = np.r_[False, letter[:-1]], np.r_[False, wide[:-1]]
    first = np.flatnonzero(letter & (~before | wide | wide_before))  # in wide scripts a word begins at every letter
    other = np.flatnonzero(~letter)
    behind = other[np.searchsorted(other, first)] if len(first) else first
    following = np.r_[first[1:], len(letter)]
    return first, np.where(wide[first], np.minimum(behind, first + 2), np.minimum(behind, following))


def _number_spans(values: Numbers, powers: Numbers, inverses: Numbers, first: Numbers, behind: Numbers) -> Numbers:
    """Return a number for each span `first` to `behind` of `values`, the same for equal spans.

    The spans are told apart by polynomial hashes from one running sum (Karp and Rabin 1987), modulo 2 to the 64.
    """
    sums = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values * powers, out=sums[1:])
    hashes = (sums[behind] - sums[first]) * inverses[first]
    numbers: Numbers = np.unique(hashes, return_inverse=True)[1].reshape(-1)
    return numbers


def _powers(base: int, n: int) -> Numbers:
    """Return the first `n` powers of `base` modulo 2 to the 64, from 1."""
    factors = np.full(n, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)
