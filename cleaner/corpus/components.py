"""Connected components of candidate pairs: which articles one task must see together to choose their keepers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.lsh import CandidatePairs

__all__ = ["label_components"]


def label_components(articles: int, batches: Iterable[CandidatePairs]) -> NDArray[Any]:
    """For every rank the least rank of its component: int32, or int64 from 2**31 articles on. Shape (n,).

    Only this array and one batch of pairs are in memory at once: 100 million pairs among a billion articles take 58 s
    of CPU and 4.5 GB (benchmarks/cluster.py --label), so that one process can do what would be 20 or more shuffles.
    """
    root = np.arange(articles, dtype=np.int32 if articles < 1 << 31 else np.int64)
    for pairs in batches:
        low, high = pairs.low, pairs.high  # from the second turn on roots, of components that a pair still connects
        while len(low):
            low, high = _find_roots(root, low), _find_roots(root, high)
            apart = low != high
            low, high = low[apart], high[apart]
            # every root that is not the least around hooks on: at least half of those that still have a pair are gone
            np.minimum.at(root, np.maximum(low, high), np.minimum(low, high))
    for first in range(0, articles, 1 << 22):  # whoever hangs on a root that was hooked on later
        _find_roots(root, np.arange(first, min(first + (1 << 22), articles)))
    return root


def _find_roots(root: NDArray[Any], nodes: NDArray[Any]) -> NDArray[Any]:
    """The roots of some nodes, which point at them from now on. Each turn halves the way, so a chain of 20,000 pairs
    in one batch takes 15 turns, and not 20,000."""
    while True:
        above: NDArray[Any] = root[nodes]
        top = root[above]
        if (top == above).all():
            return above
        root[nodes] = top
