"""Closing the gaps that removals leave: between two kept stretches one of the original separators stays."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.article import Removal

__all__ = ["close_gaps"]


def close_gaps(text: str, removals: Sequence[Removal]) -> tuple[Removal, ...]:
    """`removals` (sorted, disjoint) with further ones of kind "space" between and beside them.

    Of the white space in and around a run of removals the piece with most line ends stays (of equals the
    first); at the ends of the text none does.
    """
    closed: list[Removal] = []
    at = 0
    while at < len(removals):
        stop = at + 1
        while stop < len(removals) and not text[removals[stop - 1].end : removals[stop].start].strip():
            stop += 1
        closed += _close_run(text, removals[at:stop])
        at = stop
    return tuple(closed)


def _close_run(text: str, run: Sequence[Removal]) -> list[Removal]:
    before, after = run[0].start, run[-1].end
    while before and text[before - 1].isspace():
        before -= 1
    while after < len(text) and text[after].isspace():
        after += 1
    edges = [before, *(x for r in run for x in (r.start, r.end)), after]
    gaps = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    if before and after < len(text):
        stays = max(range(len(gaps)), key=lambda i: (text.count("\n", *gaps[i]), gaps[i][1] > gaps[i][0], -i))
        gaps[stays] = (0, 0)
    spaces = [Removal(a, b, "space", "space", "closes the gap") for a, b in gaps if b > a]
    return sorted((*run, *spaces), key=lambda r: r.start)
