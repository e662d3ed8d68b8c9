"""The checking of pairs of articles: first by estimate, then exactly. The verdicts that matter are remembered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import Column
from cleaner.neardup.lsh import Pairs
from cleaner.neardup.minhash import PERMUTATIONS, estimate
from cleaner.neardup.verify import UNLIKE, Articles, Verdicts, verify

__all__ = ["Comparison", "likely"]

_LOWEST_ESTIMATE = np.float32(0.28)
"""An estimate is off by 0.04 (one sigma): of pairs with similarity 0.4, the least that can count, 0.3 % fall below."""

_CHUNK = 1 << 15
_CLOSE = 0.1  # below the threshold, a pair is doubtful


def likely(signatures: Column, pairs: Pairs, lowest: np.float32 = _LOWEST_ESTIMATE) -> NDArray[np.bool_]:
    """Which pairs of rows of 128 values have at least this estimate, shape (pairs,)."""
    good = np.zeros(len(pairs), np.bool_)
    for first in range(0, len(pairs), _CHUNK):
        part = slice(first, first + _CHUNK)
        left, right = (signatures.rows(side[part], PERMUTATIONS) for side in (pairs.low, pairs.high))
        good[part] = estimate(left, right) >= lowest
    return good


class Comparison:
    """Checks pairs of places. `signatures` holds rows of 128 values by place."""

    def __init__(self, articles: Articles, signatures: Column, min_similarity: float) -> None:
        self._articles = articles
        self._signatures = signatures
        self._threshold = min_similarity
        self._pairs: list[Pairs] = []
        self._verdicts: list[Verdicts] = []
        self.verified = 0

    def likely(self, pairs: Pairs, lowest: np.float32 = _LOWEST_ESTIMATE) -> Pairs:
        """Those pairs whose estimate leaves a chance. Without this the 500 reports of one form are 500 rounds."""
        return pairs.where(likely(self._signatures, pairs, lowest))

    def check(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Which of these pairs are copies of one article, shape (pairs,)."""
        self.verified += len(pairs)
        verdicts = verify(self._articles, pairs.low, pairs.high, self._threshold)
        near = (verdicts.rule != UNLIKE) | (verdicts.jaccard >= self._threshold - _CLOSE)
        self._pairs.append(pairs.where(near))
        self._verdicts.append(Verdicts(verdicts.jaccard[near], verdicts.containment[near], verdicts.rule[near]))
        return verdicts.rule < UNLIKE

    def verdicts(self) -> tuple[Pairs, Verdicts]:
        """All pairs that are copies or came near to it, with their verdicts."""
        return Pairs.join(*self._pairs), Verdicts.join(self._verdicts)
