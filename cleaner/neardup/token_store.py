"""The tokens of all articles that are compared, kept so that no text is read twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import Room
from cleaner.neardup.shingles import Shingles, shingle_counts, shingle_tokens
from cleaner.neardup.tokens import tokenize

__all__ = ["Fetch", "TokenStore"]

Fetch = Callable[[NDArray[np.int64]], Sequence[str]]
"""Clean texts by row."""

_READ = 512  # texts asked for at once


class TokenStore:
    """Articles by place, 0..n-1, filled in any order. 8 bytes a token, in memory or in a file."""

    def __init__(self, places: int, tokens: int, room: Room) -> None:
        self._tokens = room.column(np.uint64, tokens)
        self._firsts = np.zeros(places, np.int64)
        self._lasts = np.zeros(places, np.int64)

    def add_all(self, places: NDArray[np.int64], rows: NDArray[np.int64], texts: Fetch) -> None:
        """The articles of these rows, read in ascending batches of bounded size."""
        order = np.argsort(rows)
        for first in range(0, len(rows), _READ):
            batch = order[first : first + _READ]
            tokens = tokenize(texts(rows[batch]))
            self.add_tokens(places[batch], tokens.hashes, tokens.starts)

    def add_tokens(self, places: NDArray[np.int64], tokens: NDArray[np.uint64], starts: NDArray[np.int64]) -> None:
        """`tokens[starts[i]:starts[i + 1]]` are those of the article at places[i]."""
        self._firsts[places] = self._tokens.length + starts[:-1]
        self._lasts[places] = self._tokens.length + starts[1:]
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
        return shingle_tokens(*self.tokens(places))
