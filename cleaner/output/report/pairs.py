"""Near-duplicates as they are shown: clusters, similarities, and pairs side by side, the doubtful ones first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import heappushpop
from random import Random

from cleaner.output.report.markup import clipped
from cleaner.output.report.sampling import SEED, Sample
from cleaner.output.report.walk import Row

__all__ = ["BINS", "Cluster", "Pair", "Pairs", "Side", "aligned"]

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
    """A duplicate and what the log says of it."""

    member: Side
    keeper: str
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
    """Collected from dropped.jsonl first, then from the articles written, among which the keepers are."""

    def __init__(self) -> None:
        self._doubtful: list[tuple[float, float, int, Pair]] = []  # a heap, the least doubtful on top
        self._others: Sample[Pair] = Sample(_OTHERS, Random(SEED))
        self._wanted: dict[str, Side | None] = {}
        self._clusters: list[tuple[int, int, Cluster]] = []
        self._at = 0
        self.similarities = [0] * BINS
        self.sizes: Counter[int] = Counter()

    def dropped(self, rows: Iterable[Row]) -> None:
        """Take in all rows of dropped.jsonl; the rows of other reasons are passed over."""
        for row in rows:
            if row["reason"] == "duplicate":
                self._at += 1
                self.similarities[min(BINS - 1, int(row["jaccard"] * BINS + 1e-9))] += 1
                self._choose(row)
        self._wanted = {pair.keeper: None for pair in (*(p for *_, p in self._doubtful), *self._others.items)}

    def written(self, record: Row) -> None:
        """Take in one article of the output."""
        if not record["duplicates"]:
            return
        self._at += 1
        size = 1 + len(record["duplicates"])
        self.sizes[size] += 1
        if record["id"] in self._wanted:
            self._wanted[record["id"]] = _side(record)
        if len(self._clusters) < _CLUSTERS or size > self._clusters[0][0]:
            members = tuple(clipped(str(m), 200) for m in record["duplicates"][:_MEMBERS])
            _keep(self._clusters, (size, -self._at, Cluster(_side(record), members, size)), _CLUSTERS)

    def clusters(self) -> list[Cluster]:
        """The largest ones, largest first."""
        return [cluster for *_, cluster in sorted(self._clusters, key=lambda c: (-c[0], -c[1]))]

    def pairs(self) -> list[tuple[Pair, Side | None]]:
        """The least alike first, then a seeded sample of the others. A keeper that is not in the output is None."""
        doubtful = [pair for *_, pair in sorted(self._doubtful, key=lambda d: (-d[0], -d[1], -d[2]))]
        chosen = {pair.member.id for pair in doubtful}
        others = [pair for pair in self._others.items if pair.member.id not in chosen]
        return [(pair, self._wanted.get(pair.keeper)) for pair in (*doubtful, *others)]

    def _choose(self, row: Row) -> None:
        order = -row["jaccard"], -row["containment"]
        doubtful = len(self._doubtful) < _DOUBTFUL or order > self._doubtful[0][:2]
        wanted = self._others.wants()
        if not doubtful and not wanted:
            return
        pair = Pair(
            _side(row["record"]),
            str(row["keeper"]),
            str(row["detail"]),
            float(row["jaccard"]),
            float(row["containment"]),
        )
        if doubtful:
            _keep(self._doubtful, (*order, -self._at, pair), _DOUBTFUL)
        if wanted:
            self._others.put(pair)


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


def _side(record: Row) -> Side:
    text = str(record["text"])
    title = str(record["title"]) or text.lstrip()[:240].split("\n", 1)[0]
    return Side(str(record["id"]), clipped(title, 90), text[:_TEXT])


def _keep(heap: list, item: tuple, most: int) -> None:  # type: ignore[type-arg]
    from heapq import heappush

    if len(heap) < most:
        heappush(heap, item)
    else:
        heappushpop(heap, item)
