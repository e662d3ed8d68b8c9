"""The order of articles that decides which of several copies stays: the first one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import OptionError

__all__ = ["order_articles", "rank_key"]

_LAST = "\U0010ffff"  # behind every date, for articles without one


def order_articles(
    lengths: NDArray[np.int64], dates: Sequence[str], ids: Sequence[str], keep: str = "longest"
) -> NDArray[np.int64]:
    """Return the numbers of the articles in their order, best first. Shape (n,).

    `lengths` are characters of clean text; `dates` are ISO 8601, "" for none, which comes last, or () where no article
    has one; `ids` are distinct.
    `keep`: "longest" text, then earliest date, then id; "earliest" date, then longest text, then id; "first" by id
    alone. Raises OptionError for another word.

    >>> order_articles(np.array([90, 120, 120]), ["", "2024-05-02", "2024-05-01"], ["a", "b", "c"]).tolist()
    [2, 1, 0]
    """
    if keep not in ("longest", "earliest", "first"):
        raise OptionError(f"--keep-duplicate {keep}: choose longest, earliest or first")
    # stable sorts, the least key first: no tuple is built for any article
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    longest = -np.asarray(lengths, np.int64)
    if keep == "earliest":
        order = order[np.argsort(longest[order], kind="stable")]
    if keep != "first" and any(dates):
        order = np.array(sorted(order.tolist(), key=lambda i: dates[i] or _LAST), np.int64)
    if keep == "longest":
        order = order[np.argsort(longest[order], kind="stable")]
    return order


def rank_key(length: int, date: str, id: str, keep: str = "longest") -> tuple[object, ...]:
    """Return what one article is sorted by in the order of `order_articles`, to find the limits of its ranges.

    >>> rank_key(90, "", "a") > rank_key(120, "2024-05-02", "b")
    True
    """
    if keep == "first":
        return (id,)
    by_date = date or _LAST
    return (-length, by_date, id) if keep == "longest" else (by_date, -length, id)
