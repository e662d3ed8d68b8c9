"""From candidate pairs to keepers: an article goes only if it is verified against one that stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import distinct
from cleaner.neardup.lsh import Pairs

__all__ = ["choose_keepers"]

_ROUNDS = 32


def choose_keepers(n: int, pairs: Pairs, check: Callable[[Pairs], NDArray[np.bool_]]) -> NDArray[np.int64]:
    """`keeper[rank]`, the rank of the article that stays in place of each; its own rank if it stays. Shape (n,).

    An article that has no candidate of better rank stays. The candidates of those that stay are checked, and who is
    verified goes to the best ranked. When an article goes, its other pairs are handed to its keeper, so that the first
    of a group is checked against every member, and no one goes by chaining. That checks each pair once at most: the
    780 pairs among 40 copies of a story need some 40 checks.
    """
    keeper = np.arange(n)
    for _ in range(_ROUNDS):
        if not len(pairs):
            return keeper
        waits = np.zeros(n, np.bool_)
        waits[pairs.high] = True
        ready = ~waits[pairs.low]
        checked = pairs.where(ready)
        _assign(keeper, checked, check(checked))
        pairs = _remaining(keeper, pairs.where(~ready), checked)
    return _one_by_one(keeper, pairs, check(pairs))


def _assign(keeper: NDArray[np.int64], pairs: Pairs, good: NDArray[np.bool_]) -> None:
    """Whoever is verified goes to the best ranked that stays."""
    low, high = pairs.low[good], pairs.high[good]
    order = np.lexsort((-low, high))
    keeper[high[order]] = low[order]


def _remaining(keeper: NDArray[np.int64], pairs: Pairs, checked: Pairs) -> Pairs:
    """Pairs of articles that have not gone, the pairs of one that has gone handed to its keeper; none twice."""
    there = keeper[pairs.high] == pairs.high
    n = len(keeper)
    keys = distinct(keeper[pairs.low[there]] * n + pairs.high[there])
    keys = keys[~np.isin(keys, checked.low * n + checked.high, kind="sort")]
    return Pairs(keys // n, keys % n)


def _one_by_one(keeper: NDArray[np.int64], pairs: Pairs, good: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The rest in rank order, for chains longer than any but made ones."""
    low, high = pairs.low[good], pairs.high[good]
    order = np.lexsort((low, high))
    for a, b in zip(low[order].tolist(), high[order].tolist(), strict=True):
        if keeper[a] == a and keeper[b] == b:
            keeper[b] = a
    return keeper
