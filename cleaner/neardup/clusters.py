"""Choose keepers from candidate pairs: an article is dropped only if it was compared with one that is kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct
from cleaner.neardup.lsh import CandidatePairs

__all__ = ["choose_keepers"]

_ROUNDS = 32
"""Rounds in which pairs are checked together; then the rest is decided pair by pair. Only artificial corpora have
chains of articles so long, each like the next one alone."""


def choose_keepers(
    n: int, pairs: CandidatePairs, check: Callable[[CandidatePairs], NDArray[np.bool_]]
) -> NDArray[np.int64]:
    """Return `keeper[rank]`, the rank of the article that is kept in the place of each, or its own if it is kept
    itself. Shape (n,).

    `check` says which pairs are copies of one article. An article that has no candidate of better rank is kept. The
    candidates of kept articles are checked, and a copy of several gets the best ranked one as its keeper. The other
    pairs of a dropped article become pairs of its keeper, so that the first of a group is checked against every member,
    and none is dropped because it is similar to a copy of a copy. Each pair is checked at most once: the 780 pairs
    among 40 copies of a story need some 40 checks.
    """
    keeper = np.arange(n)
    for _ in range(_ROUNDS):
        if not len(pairs):
            return keeper
        waits = np.zeros(n, np.bool_)
        waits[pairs.high] = True
        ready = ~waits[pairs.low]
        checked, later = pairs.where(ready), pairs.where(~ready)
        copies = checked.where(check(checked))
        # the last write wins, so a copy of several gets the best ranked one
        order = np.lexsort((-copies.low, copies.high))
        keeper[copies.high[order]] = copies.low[order]
        # pairs of dropped articles become pairs of their keepers; no pair is checked twice
        there = keeper[later.high] == later.high
        keys = distinct(keeper[later.low[there]] * n + later.high[there])
        keys = keys[~np.isin(keys, checked.low * n + checked.high, kind="sort")]
        pairs = CandidatePairs(keys // n, keys % n)
    copies = pairs.where(check(pairs))
    order = np.lexsort((copies.low, copies.high))
    for low, high in zip(copies.low[order].tolist(), copies.high[order].tolist(), strict=True):
        if keeper[low] == low and keeper[high] == high:
            keeper[high] = low
    return keeper
