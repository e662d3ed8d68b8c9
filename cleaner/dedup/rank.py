"""The one order of articles: who outranks whom where one of several must stay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import OptionError

__all__ = ["rank_articles"]


def rank_articles(
    lengths: NDArray[np.int64], dates: Sequence[str], ids: Sequence[str], keep: str = "longest"
) -> NDArray[np.int64]:
    """`rank[row]`, the place of every article in the one order; 0 comes first and stays. Shape (n,).

    `lengths` are characters of clean text, `dates` ISO 8601 (an article without a date comes behind dated ones), `ids`
    are distinct. `keep`: "longest" text, then earliest date, then id; "earliest" date, then longest, then id; "first"
    by id alone... raises OptionError for another word.

    >>> rank_articles(np.array([90, 120, 120]), ["", "2024-05-02", "2024-05-01"], ["a", "b", "c"]).tolist()
    [2, 1, 0]
    """
    n = len(ids)
    longest = [-int(length) for length in lengths]
    dated = [(not date, date) for date in dates]
    if keep == "longest":
        order = sorted(range(n), key=lambda i: (longest[i], dated[i], ids[i]))
    elif keep == "earliest":
        order = sorted(range(n), key=lambda i: (dated[i], longest[i], ids[i]))
    elif keep == "first":
        order = sorted(range(n), key=lambda i: ids[i])
    else:
        raise OptionError(f"--keep {keep}: choose longest, earliest or first")
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    return rank
