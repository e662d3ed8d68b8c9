"""From candidate pairs to keepers: an article goes only if it was compared with one that stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import distinct
from cleaner.neardup.lsh import CandidatePairs

__all__ = ["choose_keepers"]

_ROUNDS = 32
"""Longer chains of articles, each only like the next, are made ones; what is left of them is decided one by one."""


def choose_keepers(
    n: int, pairs: CandidatePairs, check: Callable[[CandidatePairs], NDArray[np.bool_]]
) -> NDArray[np.int64]:
    """`keeper[rank]`, the rank of the article that stays in place of each; its own rank if it stays. Shape (n,).

    An article that has no candidate of better rank stays. The candidates of those that stay are checked, and who is a
    copy goes to the best ranked. When an article goes, its other pairs are handed to its keeper, so that the first of a
    group is checked against every member, and no one goes by chaining. That checks each pair once at most: the 780
    pairs among 40 copies of a story need some 40 checks.
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
        # the last write wins, so whoever is a copy of several goes to the best ranked
        order = np.lexsort((-copies.low, copies.high))
        keeper[copies.high[order]] = copies.low[order]
        # pairs of one that has gone are its keeper's now; what was checked is not checked again
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
