"""The stretch of an article in which most shingles are common to another article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LongestRuns", "longest_common_runs"]


@dataclass(frozen=True, slots=True)
class LongestRuns:
    """One stretch per article, positions in its shingles: int64, shape (articles,). `common` counts those inside."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    common: NDArray[np.int64]

    @property
    def length(self) -> NDArray[np.int64]:
        return self.last - self.first

    @property
    def density(self) -> NDArray[np.float64]:
        return self.common / np.maximum(1, self.length)


def longest_common_runs(common: NDArray[np.bool_], starts: NDArray[np.int64]) -> LongestRuns:
    """The stretch with the largest surplus of common over other shingles (Kadane's maximum sum), per article.

    `common[starts[i]:starts[i + 1]]` tells the shingles of article i; no article is empty.

    >>> s = longest_common_runs(np.array([0, 1, 1, 0, 1, 1, 0, 0, 1], bool), np.array([0, 9]))
    >>> s.first.tolist(), s.last.tolist(), s.common.tolist()
    ([1], [6], [4])
    """
    counts = np.diff(starts)
    owner = np.repeat(np.arange(len(counts)), counts)
    total = np.cumsum(np.where(common, 1, -1))
    behind = total - (np.concatenate([[0], total])[starts[:-1]])[owner]
    before = behind - np.where(common, 1, -1)
    # every article lies wholly below the one before it, so one running minimum serves them all
    lowered = before - owner * (2 * int(counts.max(initial=0)) + 2)
    lowest = np.minimum.accumulate(lowered)
    fresh = np.ones(len(lowered), np.bool_)
    fresh[1:] = lowered[1:] < lowest[:-1]
    begin = np.maximum.accumulate(np.where(fresh, np.arange(len(fresh)), 0))
    surplus = behind - before[begin]
    best = np.flatnonzero(surplus == np.maximum.reduceat(surplus, starts[:-1])[owner])
    end = best[np.searchsorted(owner[best], np.arange(len(counts)))]
    counted = np.concatenate([[0], np.cumsum(common)])
    first = begin[end]
    return LongestRuns(first - starts[:-1], end + 1 - starts[:-1], counted[end + 1] - counted[first])
