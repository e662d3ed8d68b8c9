"""The tallies of all shards added up, in bounded memory: the same sums and examples however the corpus was cut."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from typing import Any, Generic, Protocol, Self, TypeVar

from cleaner.audit.report.markup import clipped
from cleaner.audit.tally import BINS, EXAMPLES, SAMPLE, Phrase

__all__ = ["ELSEWHERE", "At", "Fired", "Flag", "Followed", "Group", "Place", "Reason", "Sums", "add_first"]

ELSEWHERE = "further sites"
_SITES, _PHRASES, _STEPS = 2000, 20_000, 500
_FIRST, _FIRST_IN_ALL = 2, 150

Place = tuple[int, int]
"""An article: its shard, and its place there."""

At = tuple[int, ...]
"""(order, shard, place) of an article, or that and which of its removals: sorted, the first ones are the sample."""


class Sum(Protocol):
    """What can be added up."""

    def take(self, other: Self) -> None:
        """Add another's."""


K = TypeVar("K", bound=Any)
V = TypeVar("V", bound=Sum)


@dataclass(slots=True)
class Fired:
    """Spans that one rule removed as one kind (or one phrase), and where its examples are."""

    spans: int = 0
    characters: int = 0
    examples: list[At] = field(default_factory=list)

    def take(self, other: Fired) -> None:
        """Add another's."""
        self.spans += other.spans
        self.characters += other.characters
        if len(self.examples) < EXAMPLES or (other.examples and other.examples[0] < self.examples[-1]):
            self.examples = sorted(self.examples + other.examples)[:EXAMPLES]


@dataclass(slots=True)
class Group:
    """Articles of one site or one language."""

    read: int = 0
    written: int = 0
    before: int = 0
    removed: int = 0
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, rule) -> spans, without space
    scores: list[int] = field(default_factory=lambda: [0] * BINS)  # of the language, articles written

    def take(self, other: Group) -> None:
        """Add another's."""
        self.read += other.read
        self.written += other.written
        self.before += other.before
        self.removed += other.removed
        self.rules.update(other.rules)
        self.scores = [a + b for a, b in zip(self.scores, other.scores, strict=True)]


@dataclass(slots=True)
class Flag:
    """A flag: how many articles carry it, and where some of them are."""

    articles: int = 0
    examples: list[At] = field(default_factory=list)


@dataclass(slots=True)
class Reason:
    """Articles dropped for one reason."""

    articles: int = 0
    characters: int = 0
    examples: list[At] = field(default_factory=list)


class Followed(Generic[K, V]):
    """Sums by key, of at most `most` keys beside those `named`: the smallest ones that came. The others' go to `rest`.

    A key that gave way is larger than all that stay, so it never comes back: the sums are exact in any order.
    """

    def __init__(self, make: Callable[[], V], most: int, rest: K, named: Iterable[K] = ()) -> None:
        self.sums: dict[K, V] = {}
        self._make, self._most, self._rest, self._named = make, most, rest, frozenset(named)
        self._smallest: list[K] = []

    def of(self, key: K) -> V:
        """The sum to which that of `key` belongs."""
        if (found := self.sums.get(key)) is not None:
            return found
        if key in self._named or key == self._rest:
            return self.sums.setdefault(key, self._make())
        if len(self._smallest) >= self._most and key > self._smallest[-1]:
            return self.of(self._rest)
        insort(self._smallest, key)
        if len(self._smallest) > self._most:
            last = self._smallest.pop()
            self.of(self._rest).take(self.sums.pop(last))
        return self.sums.setdefault(key, self._make())


class Sums:
    """The sums. `named` are the sites that are followed one by one in any case."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        self.articles = 0
        self.rules: dict[tuple[str, str], Fired] = {}
        self.phrases: Followed[Phrase, Fired] = Followed(Fired, _PHRASES, Phrase("", "further", "phrases", ""))
        self.sites: Followed[str, Group] = Followed(Group, _SITES, ELSEWHERE, named)
        self.languages: dict[str, Group] = {}
        self.flags: dict[str, Flag] = {}
        self.repairs: Followed[str, Fired] = Followed(Fired, _STEPS, "other steps")
        self.dropped: dict[str, Reason] = {}
        self.sample: list[At] = []

    def add(self, tally: Mapping[str, Any], shard: int) -> None:
        """Add the tally of a shard."""
        rules = [self._rule(shard, *row) for row in tally["rules"]]
        for phrase, spans, characters, examples in tally["phrases"]:
            self.phrases.of(Phrase(**phrase)).take(Fired(spans, characters, [*_at(shard, examples)]))
        sites = [_grown(self.sites.of(_name(row[0])), *row[1:]) for row in zip(*tally["sites"], strict=True)]
        languages = [
            _grown(self.languages.setdefault(_name(row[0]), Group()), *row[1:])
            for row in zip(*tally["languages"], strict=True)
        ]
        for groups, fired in ((sites, tally["site_rules"]), (languages, tally["language_rules"])):
            for group, rule, spans in zip(*fired, strict=True):
                groups[group].rules[rules[rule]] += spans
        for name, articles, examples in tally["flags"]:
            flag = self.flags.setdefault(name, Flag())
            flag.articles += articles
            flag.examples = sorted([*flag.examples, *_at(shard, examples)])[:EXAMPLES]
        for step, times in tally["repairs"]:
            self.repairs.of(step).take(Fired(times))
        self.articles += sum(tally["languages"][1])
        orders, places = tally["sample"]
        self.sample = sorted([*self.sample, *zip(orders, repeat(shard), places, strict=False)])[:SAMPLE]

    def drop(self, line: list[Any], shard: int) -> None:
        """Take back an article that was counted as written."""
        order, place, site, language, score, characters, reason, *_ = line
        self.sites.of(_name(site)).written -= 1
        group = self.languages[_name(language)]
        group.written -= 1
        group.scores[score] -= 1
        told = self.dropped.setdefault(reason, Reason())
        told.articles += 1
        told.characters += characters
        add_first(told.examples, (order, shard, place), EXAMPLES)

    def shown(self) -> set[Place]:
        """The articles to be shown: the sample, and the first ones of each flag, reason and rule."""
        rules = sorted(self.rules.items(), key=lambda item: (-item[1].spans, item[0]))
        signs: list[Flag | Reason | Fired] = [found for _, found in sorted(self.flags.items())]
        signs += [found for _, found in sorted(self.dropped.items())]
        signs += [found for (kind, _), found in rules if kind != "space"]
        first = dict.fromkeys(at[1:3] for sign in signs for at in sign.examples[:_FIRST])
        return {(shard, place) for shard, place in chain((at[1:3] for at in self.sample), islice(first, _FIRST_IN_ALL))}

    def _rule(self, shard: int, kind: str, rule: str, spans: int, characters: int, examples: Any) -> tuple[str, str]:
        found = self.rules.setdefault((kind, rule), Fired())
        found.take(Fired(spans, characters, [*_at(shard, examples)]))
        return kind, rule


def add_first(first: list[Any], item: Any, most: int) -> None:
    """Keep the smallest items, in order."""
    if len(first) < most or item < first[-1]:
        insort(first, item)
        del first[most:]


def _grown(group: Group, articles: int, before: int, removed: int, scores: Sequence[int] = ()) -> Group:
    group.read += articles
    group.written += articles
    group.before += before
    group.removed += removed
    if scores:
        group.scores = [a + b for a, b in zip(group.scores, scores, strict=True)]
    return group


def _at(shard: int, examples: Iterable[list[int]]) -> Iterator[At]:
    return ((order, shard, *rest) for order, *rest in examples)


def _name(name: str) -> str:
    return clipped(name, 200)
