"""Find where groups of equal rows begin in sorted columns of numbers. Several rooms need this."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["first_of_equal"]


def first_of_equal(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Return True for each row that differs from the row before it in any column, and for the first row; shape (n,).

    The columns are equally long arrays of shape (n,), sorted together, so each True begins a group of equal rows.

    >>> first_of_equal(np.array([1, 1, 1, 2]), np.array([5, 5, 6, 6])).tolist()
    [True, False, True, True]
    """
    first = np.ones(len(columns[0]), np.bool_)
    if len(first) > 1:
        first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return first
