"""Shingles: hashes of every three tokens in a row, made for a whole batch at once and without building strings.

`TokenStore` keeps the tokens of the articles that are compared, from which their shingles are made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import first_of_equal
from cleaner.neardup.columns import Room, ranges

__all__ = [
    "PAIR_BITS",
    "SIZE",
    "Shingles",
    "TokenStore",
    "common_of",
    "counts_by_pair",
    "sets_of",
    "shingle_counts",
    "shingle_tokens",
]

SIZE = 3
"""Tokens in one shingle."""

PAIR_BITS = 16
"""The lowest bits of the hashes in sets, which are 0 there so that the number of a pair can be put into them."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
_OWNER_BITS = np.uint64(PAIR_BITS)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Shingle hashes of a batch: `hashes[starts[i]:starts[i + 1]]` are those of text i, in reading order.

    A text of one or two tokens has one shingle, a text without tokens none.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]


def shingle_tokens(tokens: NDArray[np.uint64], starts: NDArray[np.int64]) -> Shingles:
    """Return shingle hashes from token hashes, of which `tokens[starts[i]:starts[i + 1]]` are those of text i.

    Those of one text never depend on its neighbours.

    >>> from cleaner.neardup.tokens import tokenize
    >>> tokens = tokenize(["Hujan turun di Medan", "turun di Medan!", "Medan", ""])
    >>> s = shingle_tokens(tokens.hashes, tokens.starts)
    >>> s.starts.tolist(), bool(s.hashes[1] == s.hashes[2])
    ([0, 2, 3, 4, 4], True)
    """
    lengths = np.diff(starts)
    bounds = np.zeros(len(starts), np.int64)
    np.cumsum(shingle_counts(lengths), out=bounds[1:])
    if not len(tokens):
        return Shingles(np.zeros(0, np.uint64), bounds)
    # a polynomial of every three tokens in a row, over the whole batch at once
    h = tokens * _BASE
    h[:-1] += tokens[1:]
    h *= _BASE
    h[:-2] += tokens[2:]
    # a text of one or two tokens ends in zeros, not in the next text
    short = np.flatnonzero((lengths > 0) & (lengths < SIZE))
    first = starts[short]
    value = tokens[first] * _BASE
    two = lengths[short] == 2
    value[two] += tokens[first[two] + 1]
    h[first] = value * _BASE
    # in a longer text the last two tokens begin no shingle
    inside = np.ones(len(tokens), np.bool_)
    for back in range(1, SIZE):
        inside[starts[1:][lengths > back] - back] = False
    h = h[inside]
    # upper bits into the lower ones and back; tokens are well mixed already, so one round is enough
    h ^= h >> np.uint64(32)
    h *= _MULTIPLIER
    h ^= h >> np.uint64(29)
    return Shingles(h, bounds)


def shingle_counts(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many shingles texts of so many tokens have."""
    return np.where(tokens >= SIZE, tokens - (SIZE - 1), np.minimum(tokens, 1))


def sets_of(shingles: Shingles) -> Shingles:
    """Return the distinct shingles of every text, sorted; only their upper 48 bits are kept. At most 65,536 texts."""
    owner = np.repeat(np.arange(len(shingles.starts) - 1, dtype=np.uint64), np.diff(shingles.starts))
    keys = shingles.hashes >> _OWNER_BITS
    keys |= owner << np.uint64(48)
    keys.sort()
    new = first_of_equal(keys)
    before = np.zeros(len(keys) + 1, np.int64)
    np.cumsum(new, out=before[1:])
    return Shingles(keys[new] << _OWNER_BITS, before[shingles.starts])


def common_of(sets: Shingles, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return common shingles of every pair of sets, sorted, each with the number of its pair in the lowest 16 bits."""
    sides = []
    for side in (left, right):
        counts = sets.starts[side + 1] - sets.starts[side]
        pairs = np.repeat(np.arange(len(side), dtype=np.uint64), counts)
        sides.append(sets.hashes[ranges(sets.starts[side], counts)] | pairs)
    both = np.concatenate(sides)
    both.sort()
    return np.asarray(both[1:][both[1:] == both[:-1]])


def counts_by_pair(common: NDArray[np.uint64], pairs: int) -> NDArray[np.int64]:
    """Return how many common shingles each of so many pairs has."""
    return np.bincount(common & np.uint64((1 << PAIR_BITS) - 1), minlength=pairs)


class TokenStore:
    """Tokens of articles by place, 0..n-1, filled in any order, kept so that no text is read twice.

    It takes 8 bytes a token, in memory or, without room, in a file.
    """

    def __init__(self, places: int, tokens: int, room: Room) -> None:
        self._tokens = room.column(np.uint64, tokens)
        self._firsts = np.zeros(places, np.int64)
        self._lasts = np.zeros(places, np.int64)

    def add(self, places: NDArray[np.int64], tokens: NDArray[np.uint64], counts: NDArray[np.int64]) -> None:
        """Add the articles at some places; their tokens stand one behind the other, so many for each."""
        lasts = self._tokens.length + np.cumsum(counts)
        self._firsts[places], self._lasts[places] = lasts - counts, lasts
        self._tokens.append(tokens)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Shingles of every article, the repeated ones counted each time."""
        return shingle_counts(self._lasts - self._firsts)

    def tokens(self, places: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return tokens of the articles at these places, and where each begins (one more at the end)."""
        firsts, lasts = self._firsts[places], self._lasts[places]
        starts = np.zeros(len(places) + 1, np.int64)
        np.cumsum(lasts - firsts, out=starts[1:])
        return self._tokens.take(firsts, lasts), starts
