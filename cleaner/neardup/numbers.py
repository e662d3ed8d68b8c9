"""Distinguish copies of an article from reports of one form, such as those of two days, which differ in their numbers.

Prayer times, fixtures, prices and results of draws are reported in nearly the same words each day. A copy has the
numbers of its original: when an article is edited, words change and numbers stay.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import first_of_equal
from cleaner.neardup.shingles import Shingles, common_of, counts_by_pair, sets_of
from cleaner.neardup.tokens import mix

__all__ = ["other_numbers"]

_MISSING = 2 / 3  # share of the numbers of the article with fewer that a copy must have too
_ENOUGH = 3  # numbers that both articles must have for that rule
_EVERY = 32  # tokens to a number at most, for that rule: a date or two in an article do not make it a form
_CHANGED = 0.25  # share of the numbers between equal words that differ, from which on it is a form
_CHANGED_EVERY = 72  # tokens to a number that differs at most: a counter of readers or a date does not make a form
_STEP = np.uint64(0x9E3779B97F4A7C15)


def other_numbers(
    tokens: NDArray[np.uint64], starts: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return True for the pairs of texts that differ in their numbers: a third is missing, or others stand in their
    places.

    `tokens[starts[i]:starts[i + 1]]` are those of text i, numbers by their lowest bit; shape (pairs,).
    """
    if not len(left):
        return np.zeros(0, np.bool_)
    lengths = np.diff(starts)
    is_number = (tokens & np.uint64(1)).astype(np.bool_)
    before = np.concatenate([[0], np.cumsum(is_number)])
    numbers = sets_of(Shingles(tokens[is_number], before[starts]))
    fewer = np.minimum(*(np.diff(numbers.starts)[side] for side in (left, right)))
    longer = np.maximum(lengths[left], lengths[right])
    missing = (fewer >= np.maximum(_ENOUGH, longer / _EVERY)) & (
        counts_by_pair(common_of(numbers, left, right), len(left)) < _MISSING * fewer
    )
    form = np.zeros(len(left), np.bool_)
    for places, values in _numbers_in_place(tokens, starts, is_number):
        between = counts_by_pair(common_of(sets_of(places), left, right), len(left))
        changed = between - counts_by_pair(common_of(sets_of(values), left, right), len(left))
        dense = changed * _CHANGED_EVERY >= np.minimum(lengths[left], lengths[right])
        form |= (changed > 0) & (changed >= _CHANGED * between) & dense
    return missing | form


def _numbers_in_place(
    tokens: NDArray[np.uint64], starts: NDArray[np.int64], is_number: NDArray[np.bool_]
) -> Iterator[tuple[Shingles, Shingles]]:
    """Yield (places, places with values) of all numbers, as shingles. The place of a number is a hash of the words
    around it.

    The first pair takes the words on both sides, the second only the word behind, since a date has another weekday
    before it each day. Numbers side by side are one: "04.31", "1.412.000", "12/7/2021". A second number between the
    same words has a place of its own, so that two texts share as many numbers as both have.
    """
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    inner = np.zeros(len(tokens), np.bool_)  # the token before is a number of the same text
    inner[1:] = is_number[:-1] & (owner[1:] == owner[:-1])
    firsts = np.flatnonzero(is_number & ~inner)
    if not len(firsts):
        return
    run = np.cumsum(is_number & ~inner) - 1
    at = np.flatnonzero(is_number)
    lasts = np.zeros(len(firsts), np.int64)
    np.maximum.at(lasts, run[at], at)
    value = np.zeros(len(firsts), np.uint64)
    np.add.at(value, run[at], mix(tokens[at] + (at - firsts[run[at]]).astype(np.uint64) * _STEP))
    # of another length a run is not another number, but one of a table from which an edit took a column
    length = (lasts - firsts).astype(np.uint64) * _STEP
    of = owner[firsts]
    words = np.concatenate([tokens, np.zeros(1, np.uint64)])
    bounds = np.searchsorted(firsts, starts)
    before = np.where(firsts > starts[of], words[firsts - 1], np.uint64(0))
    behind = mix(np.where(lasts + 1 < starts[of + 1], words[lasts + 1], np.uint64(1)) + length)
    for place in (mix(before + behind), behind):
        yield Shingles(_apart(place, of), bounds), Shingles(_apart(mix(place + value), of), bounds)


def _apart(keys: NDArray[np.uint64], owner: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return keys in which the equal ones of one text are made different, by how many equal ones come before."""
    order = np.lexsort((keys, owner))
    new = first_of_equal(keys[order], owner[order])
    count = np.arange(len(keys))
    count -= np.maximum.accumulate(np.where(new, count, 0))
    numbered = np.empty_like(keys)
    numbered[order] = mix(keys[order] + count.astype(np.uint64) * _STEP)
    return numbered
