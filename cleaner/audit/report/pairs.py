"""Near-duplicates as they are shown: clusters, similarities, and pairs side by side, the doubtful ones first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from cleaner.audit.report.markup import clipped
from cleaner.audit.report.sums import At, Place, add_first
from cleaner.audit.report.walk import Row

__all__ = ["BINS", "Cluster", "Pair", "Pairs", "Side", "aligned", "cluster", "pair", "side"]

BINS = 20
_DOUBTFUL, _OTHERS, _CLUSTERS, _MEMBERS = 24, 12, 20, 12
_TEXT = 8000  # characters compared of each side
_LINES, _ALIKE = 60, 0.3  # lines set beside each other by their words, from this Dice coefficient on
_WORDS = 1500  # compared word by word; a difference of words costs their product


@dataclass(frozen=True, slots=True)
class Side:
    """One of two articles."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A duplicate and what the log says of it. `beside` is None where the keeper is not in the output."""

    member: Side
    keeper: str
    beside: Side | None
    detail: str
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """An article and the ids it stands for."""

    keeper: Side
    members: tuple[str, ...]
    size: int


class Pairs:
    """Merged articles, from the lines that tallies have of them: the pairs and clusters to be shown are places so far.

    A doubtful pair is (jaccard, containment, order, shard, place, keeper), another one (order, ..., shard, place,
    keeper), a cluster (-size, order, shard, place of the keeper).
    """

    def __init__(self) -> None:
        self._doubtful: list[tuple[Any, ...]] = []
        self._others: list[tuple[Any, ...]] = []
        self.clusters: list[At] = []
        self.similarities = [0] * BINS
        self.sizes: Counter[int] = Counter()

    def drop(self, line: Sequence[Any], shard: int) -> None:
        """Take in a line of an article that goes; those that go for other reasons are passed over."""
        order, place, *_, reason, keeper, jaccard, containment = line
        if reason == "duplicate":
            self.similarities[min(BINS - 1, int(jaccard * BINS + 1e-9))] += 1
            add_first(self._doubtful, (jaccard, containment, order, shard, place, keeper), _DOUBTFUL)
            add_first(self._others, (order, jaccard, containment, shard, place, keeper), _DOUBTFUL + _OTHERS)

    def keep(self, line: Sequence[Any], shard: int) -> None:
        """Take in a line of an article that stands for others."""
        order, place, _, size = line
        self.sizes[size] += 1
        add_first(self.clusters, (-size, order, shard, place), _CLUSTERS)

    def shown(self) -> list[tuple[Place, str]]:
        """(member, id of its keeper): the least alike first, then a seeded sample of the others."""
        chosen = [(at[3], at[4], at[5]) for at in self._doubtful]
        others = [other for *_, a, b, keeper in self._others if (other := (a, b, keeper)) not in chosen]
        return [((shard, place), keeper) for shard, place, keeper in (*chosen, *others[:_OTHERS])]


def aligned(left: str, right: str) -> Iterator[tuple[str, list[tuple[bool, str]], list[tuple[bool, str]]]]:
    """Two texts side by side, in rows: ("equal" | "other", left, right), each side as (differs, words).

    >>> list(aligned("a b", "a c"))
    [('other', [(False, 'a '), (True, 'b')], [(False, 'a '), (True, 'c')])]
    """
    a, b = _lines(left), _lines(right)
    for tag, i, j, k, m in SequenceMatcher(None, a, b).get_opcodes():
        if tag == "equal":
            common = [(False, "\n".join(a[i:j]))]
            yield "equal", common, common
        else:
            yield from (("other", *_words(ours, theirs)) for ours, theirs in _alike(a[i:j], b[k:m]))


def _alike(a: list[str], b: list[str]) -> Iterator[tuple[str, str]]:
    """Lines of both sides beside each other, in order, where they share enough words; else alone."""
    if len(a) * len(b) > _LINES**2:
        yield "\n".join(a), "\n".join(b)
        return
    words = [frozenset(line.split()) for line in b]
    at = 0
    for line in a:
        shares = [_share(frozenset(line.split()), other) for other in words[at:]]
        best = at + shares.index(max(shares)) if shares and max(shares) >= _ALIKE else -1
        yield from (("", other) for other in b[at : max(at, best)])
        yield line, b[best] if best >= 0 else ""
        at = max(at, best + 1)
    yield from (("", other) for other in b[at:])


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b) or 1)


def _lines(text: str) -> list[str]:
    return [line for line in text[:_TEXT].splitlines() if line.strip()]


def _words(left: str, right: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    a, b = _split(left), _split(right)
    if len(a) * len(b) > _WORDS**2 or not a or not b:
        return [(True, left)] if left else [], [(True, right)] if right else []
    ours: list[tuple[bool, str]] = []
    theirs: list[tuple[bool, str]] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b).get_opcodes():
        for side, words in ((ours, a[i:j]), (theirs, b[k:m])):
            if words:
                side.append((tag != "equal", "".join(words)))
    return ours, theirs


def _split(line: str) -> list[str]:
    """Words, each with the white space behind it. Scripts without spaces come apart into characters."""
    words = line.split(" ")
    if len(words) * 30 < len(line):
        return list(line)
    return [word + " " for word in words[:-1]] + words[-1:]


def side(record: Row) -> Side:
    """An article as one of two."""
    text = str(record["text"])
    title = str(record["title"]) or text.lstrip()[:240].split("\n", 1)[0]
    return Side(clipped(str(record["id"]), 200), clipped(title, 90), text[:_TEXT])


def pair(record: Row, drop: Row, keeper: Side | None) -> Pair:
    """An article that went in favour of another."""
    likeness = float(drop["jaccard"]), float(drop["containment"])
    return Pair(side(record), clipped(str(drop["keeper"]), 200), keeper, clipped(str(drop["detail"]), 200), *likeness)


def cluster(record: Row) -> Cluster:
    """An article that stands for others as well."""
    members = tuple(clipped(str(m), 200) for m in record["duplicates"][:_MEMBERS])
    return Cluster(side(record), members, 1 + len(record["duplicates"]))
