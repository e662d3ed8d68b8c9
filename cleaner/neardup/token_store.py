"""The tokens of all articles that are compared, kept so that no text is read twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import Room
from cleaner.neardup.shingles import Shingles, shingle_counts, shingle_tokens

__all__ = ["TokenStore"]


class TokenStore:
    """Articles by place, 0..n-1, filled in any order. 8 bytes a token, in memory or, without room, in a file."""

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
        """Tokens of the articles at these places, and where each begins (one more at the end)."""
        firsts, lasts = self._firsts[places], self._lasts[places]
        starts = np.zeros(len(places) + 1, np.int64)
        np.cumsum(lasts - firsts, out=starts[1:])
        return self._tokens.take(firsts, lasts), starts

    def shingles(self, places: NDArray[np.int64]) -> Shingles:
        """Shingles of the articles at these places."""
        return shingle_tokens(*self.tokens(places))
