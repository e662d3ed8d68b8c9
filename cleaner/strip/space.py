"""Closing the gaps that removals leave: between two spans that stay one of the original separators stays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from cleaner.article import Removal
from cleaner.characters import BLANK

__all__ = ["close_gaps"]

_BLANK = frozenset(BLANK)


def close_gaps(text: str, removals: Sequence[Removal]) -> tuple[Removal, ...]:
    """`removals` (sorted, disjoint) with further ones of kind "space" between and beside them.

    Of the white space and invisible characters in and around a group of removals the gap with most line ends stays (of
    equals the first), so that a paragraph break survives; at the ends of the text none does.
    """
    closed: list[Removal] = []
    at = 0
    while at < len(removals):
        stop = at + 1
        while stop < len(removals) and not text[removals[stop - 1].end : removals[stop].start].strip(BLANK):
            stop += 1
        closed += _close_group(text, removals[at:stop])
        at = stop
    return tuple(closed)


def _close_group(text: str, group: Sequence[Removal]) -> list[Removal]:
    """The same for removals between which nothing but white space stands."""
    before, after = group[0].start, group[-1].end
    while before and text[before - 1] in _BLANK:
        before -= 1
    while after < len(text) and text[after] in _BLANK:
        after += 1
    gaps = list(zip([before, *[r.end for r in group]], [*[r.start for r in group], after], strict=True))
    if before and after < len(text):  # at an end of the text nothing has to be kept apart
        most = [(text.count("\n", a, b), b > a) for a, b in gaps]
        gaps[most.index(max(most))] = (0, 0)
    closed = []
    for (start, end), removal in zip_longest(gaps, group):
        if end > start:
            closed.append(Removal(start, end, "space", "space", "closes the gap"))
        if removal:
            closed.append(removal)
    return closed
