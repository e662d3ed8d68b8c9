"""The articles that have candidates, by place (their order of rank), and the checking of their pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.bands import Pairs
from cleaner.dedup.columns import Column, Room
from cleaner.dedup.signatures import PERMUTATIONS, estimate, sign
from cleaner.dedup.verify import UNLIKE, Articles, Verdicts, verify, without_furniture

__all__ = ["Comparison", "sign_without_furniture"]

_LOWEST_ESTIMATE = np.float32(0.28)
"""An estimate is off by 0.04 (one sigma): of pairs with similarity 0.4, the least that can count, 0.3 % fall below."""

_CHUNK = 1 << 15
_CLOSE = 0.1


class Comparison:
    """Checks pairs of places, first by estimate, then exactly, and remembers the verdicts that matter.

    `signatures` holds rows of 128 values by place.
    """

    def __init__(self, articles: Articles, signatures: Column, min_similarity: float) -> None:
        self._articles = articles
        self._signatures = signatures
        self._threshold = min_similarity
        self._pairs: list[Pairs] = []
        self._verdicts: list[Verdicts] = []
        self.verified = 0

    def likely(self, pairs: Pairs) -> Pairs:
        """Those pairs whose estimate leaves a chance. Without this the 500 reports of one form are 500 rounds."""
        likely = np.zeros(len(pairs), np.bool_)
        for first in range(0, len(pairs), _CHUNK):
            part = slice(first, first + _CHUNK)
            left, right = (self._signatures.rows(side[part], PERMUTATIONS) for side in (pairs.low, pairs.high))
            likely[part] = estimate(left, right) >= _LOWEST_ESTIMATE
        return Pairs(pairs.low[likely], pairs.high[likely])

    def check(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Which of these pairs are copies of one article."""
        self.verified += len(pairs)
        verdicts = verify(self._articles, pairs.low, pairs.high, self._threshold)
        near = (verdicts.rule != UNLIKE) | (verdicts.jaccard >= self._threshold - _CLOSE)
        self._pairs.append(Pairs(pairs.low[near], pairs.high[near]))
        self._verdicts.append(Verdicts(verdicts.jaccard[near], verdicts.containment[near], verdicts.rule[near]))
        return verdicts.rule < UNLIKE

    def verdicts(self) -> tuple[Pairs, Verdicts]:
        """All pairs that are copies or came near to it, with their verdicts."""
        none = np.zeros(0, np.int64)
        low = np.concatenate([none, *(p.low for p in self._pairs)])
        high = np.concatenate([none, *(p.high for p in self._pairs)])
        return Pairs(low, high), Verdicts.join(self._verdicts)


def sign_without_furniture(articles: Articles, signatures: Column, room: Room) -> Column:
    """Signatures by place, made anew for the articles that lose furniture."""
    places = signatures.length // PERMUTATIONS
    concerned = articles.recurring.concerns(articles.sites)
    if not concerned.any():
        return signatures
    signed = room.column(np.uint32, signatures.length)
    for first in range(0, places, 256):
        block = np.arange(first, min(first + 256, places))
        rows = signatures.rows(block, PERMUTATIONS)
        changed = concerned[block]
        if changed.any():
            rows = rows.copy()
            rows[changed] = sign(without_furniture(articles, block[changed]))
        signed.append(rows.ravel())
    return signed
