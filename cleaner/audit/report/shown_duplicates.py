"""Prepare near-duplicates for the report: clusters, similarities, and pairs side by side, doubtful ones first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from cleaner.audit.report.shown_articles import Name, name_of, title_of
from cleaner.audit.report.statistics import Position, Sampled, add_smallest
from cleaner.audit.spans import Row

__all__ = ["COLUMNS", "MEMBERS", "DuplicateStatistics", "ShownCluster", "ShownPair", "Side", "aligned", "as_side"]

COLUMNS = 20  # of the histogram of similarities from 0 to 1
_DOUBTFUL, _OTHERS = 24, 12
"""Pairs shown: the least alike, with which a person may disagree, and a sample of the others."""

_CLUSTERS, MEMBERS = 20, 12  # clusters shown, and of each so many ids
_TEXT = 8000  # characters compared of each side
_LINES, _ALIKE = 60, 0.3
"""Up to so many lines a side, each line is set beside the one that shares most words with it, from this Dice
coefficient on. Time grows with the product of both numbers; above the bound the sides are not cut into lines."""

_WORDS = 1500
"""Words a side that are compared one by one, for difflib's time grows with their product too."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two articles of a pair."""

    name: Name
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A duplicate and what the log says of it. `beside` is its keeper, None where that is not in the output.

    `marked` says that it was written as well, with a mark; then neither `detail` nor `containment` is known.
    """

    member: Side
    keeper: str
    beside: Side | None
    detail: str
    jaccard: float
    containment: float
    marked: bool


@dataclass(frozen=True, slots=True)
class ShownCluster:
    """An article with the first ids of its duplicates; `size` counts all of them and the article itself."""

    keeper: Side
    members: tuple[str, ...]
    size: int


class DuplicateStatistics:
    """Counts of duplicates by similarity and of clusters by size, and the choice of those that are shown.

    A doubtful pair is (jaccard, containment, order, shard, row, keeper), another one (order, jaccard, containment,
    shard, row, keeper), a cluster (-size, order, shard, row of the keeper): sorted, the first ones are shown.
    """

    def __init__(self) -> None:
        self._doubtful: list[tuple[Any, ...]] = []
        self._others: list[tuple[Any, ...]] = []
        self.clusters: list[Sampled] = []
        self.similarities = [0] * COLUMNS
        self.sizes: Counter[int] = Counter()

    def drop(self, line: Sequence[Any], shard: int) -> None:
        """Count an article that was dropped, or marked, as a duplicate, given as its `tally.dropped_line`."""
        order, row, *_, reason, keeper, jaccard, containment = line
        if reason == "duplicate":
            # .6 * 20 is a little less than 12 in floating point, and would fall into the column below
            self.similarities[min(COLUMNS - 1, int(jaccard * COLUMNS + 1e-9))] += 1
            add_smallest(self._doubtful, (jaccard, containment, order, shard, row, keeper), _DOUBTFUL)
            # More than are shown, because some may be among the doubtful ones already.
            add_smallest(self._others, (order, jaccard, containment, shard, row, keeper), _DOUBTFUL + _OTHERS)

    def add_keeper(self, line: Sequence[Any], shard: int) -> None:
        """Count an article that was kept for others, given as its `tally.kept_line`."""
        order, row, _, size = line
        self.sizes[size] += 1
        add_smallest(self.clusters, (-size, order, shard, row), _CLUSTERS)

    def shown(self) -> list[tuple[Position, str]]:
        """Return (member, id of its keeper) of each pair: the least alike first, then a seeded sample of the others."""
        chosen = [(at[3], at[4], at[5]) for at in self._doubtful]
        others = [other for *_, a, b, keeper in self._others if (other := (a, b, keeper)) not in chosen]
        return [((shard, row), keeper) for shard, row, keeper in (*chosen, *others[:_OTHERS])]


def as_side(record: Row) -> Side:
    """Return an article as one of a pair."""
    return Side(name_of(record), title_of(record), str(record["text"])[:_TEXT])


Words = list[tuple[bool, str]]
"""A line in parts: (whether the part stands on this side only, its text)."""


def aligned(left: str, right: str) -> Iterator[tuple[str, Words, Words]]:
    """Yield two texts side by side, in rows: ("equal" | "other", left, right), each side as (differs, words).

    >>> list(aligned("a b", "a c"))
    [('other', [(False, 'a '), (True, 'b')], [(False, 'a '), (True, 'c')])]
    """
    a, b = ([line for line in text[:_TEXT].splitlines() if line.strip()] for text in (left, right))
    for tag, i, j, k, m in SequenceMatcher(None, a, b).get_opcodes():
        if tag == "equal":
            common = [(False, "\n".join(a[i:j]))]
            yield "equal", common, common
        else:
            yield from (("other", *_word_differences(*lines)) for lines in _paired_lines(a[i:j], b[k:m]))


def _paired_lines(a: list[str], b: list[str]) -> Iterator[tuple[str, str]]:
    """Pair the lines of both sides in order where they share enough words; a line without partner has "" beside it."""
    if len(a) * len(b) > _LINES**2:
        yield "\n".join(a), "\n".join(b)
        return
    words = [frozenset(line.split()) for line in b]
    at = 0  # how many lines of b have been yielded
    for line in a:
        own = frozenset(line.split())
        shares = [2 * len(own & other) / (len(own) + len(other) or 1) for other in words[at:]]
        # Lines keep their order, so only those behind the last partner are compared.
        best = at + shares.index(max(shares)) if shares and max(shares) >= _ALIKE else -1
        yield from (("", other) for other in b[at : max(at, best)])
        yield line, b[best] if best >= 0 else ""
        at = max(at, best + 1)
    yield from (("", other) for other in b[at:])


def _word_differences(left: str, right: str) -> tuple[Words, Words]:
    """Return both lines in parts; each part says whether the other line lacks it."""
    a, b = _split_words(left), _split_words(right)
    if len(a) * len(b) > _WORDS**2 or not a or not b:
        return [(True, left)] if left else [], [(True, right)] if right else []
    sides: tuple[Words, Words] = [], []
    for tag, i, j, k, m in SequenceMatcher(None, a, b).get_opcodes():
        # Words of an equal run stand on both sides; those of a deletion or insertion on one.
        for side, words in zip(sides, (a[i:j], b[k:m]), strict=True):
            if words:
                side.append((tag != "equal", "".join(words)))
    return sides


def _split_words(line: str) -> list[str]:
    """Return the words of a line, each with the space behind it; its characters if the script sets no spaces."""
    words = line.split(" ")
    if len(words) * 30 < len(line):  # a word of more than thirty characters on average is none
        return list(line)
    return [word + " " for word in words[:-1]] + words[-1:]
