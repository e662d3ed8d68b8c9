"""Find equal numbers: where groups of them begin in sorted columns, and each of them once. Several rooms need this."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["distinct", "first_of_equal"]


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


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values sorted, each once. (np.unique goes through a hash table since numpy 2.3, at eight times the
    cost, and loads the module of masked arrays, .007 s.)"""
    values = np.sort(values)
    return values[first_of_equal(values)]
