"""From verified pairs to keepers: an article goes only if it is verified against one that stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["choose_keepers", "components"]


def components(n: int, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lowest member of the component of every node 0..n-1, from edges low < high."""
    label = np.arange(n)
    while True:
        root = np.minimum(label[low], label[high])
        before = label.copy()
        np.minimum.at(label, label[low], root)
        np.minimum.at(label, label[high], root)
        while not np.array_equal(label, jumped := label[label]):
            label = jumped
        if np.array_equal(label, before):
            return label


def choose_keepers(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the pairs by which `high` goes and `low` stays in its place, at most one for each `high`.

    Articles are taken in rank order; each goes to the best ranked of those that stay and are verified against it.
    """
    order = np.lexsort((low, high))
    gone: set[int] = set()
    chosen: list[int] = []
    for pair, a, b in zip(order.tolist(), low[order].tolist(), high[order].tolist(), strict=True):
        if a not in gone and b not in gone:
            gone.add(b)
            chosen.append(pair)
    return np.array(chosen, np.int64)
