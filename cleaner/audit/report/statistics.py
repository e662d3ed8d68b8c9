"""Add up the tallies of all shards of a run in bounded memory.

The sums and the examples are the same however the corpus was cut into shards and in whatever order the tallies come.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import chain, islice, repeat
from typing import Any, Generic, Protocol, Self, TypeVar

from cleaner.audit.spans import clipped
from cleaner.audit.tally import BINS, EXAMPLES, LEFT_OUT, MOST_REMOVED, SAMPLE, PhraseEntry

__all__ = [
    "OTHER_SITES", "DropStatistics", "FlagStatistics", "GroupStatistics", "Position", "RuleStatistics", "Sampled",
    "Statistics", "TopK", "add_smallest",
]  # fmt: skip

OTHER_SITES = "further sites"
_SITES, _PHRASES, _STEPS = 2000, 20_000, 500
"""Keys that are counted one by one: they bound the memory on a corpus of any size. The real phrase lists have fewer
entries; sites and steps of repair come from the input, which may have any number of them."""

_SHOWN_OF_EACH, _SHOWN_IN_ALL = 2, 150
"""Articles shown beside the sample, so that each flag, reason and rule can be looked at: of one, and of all of them."""

_NAME = 200
"""Characters of a site's or language's name. They come from the input, and may be of any length."""

Position = tuple[int, int]
"""Where an article stands: the number of its shard, and its row there."""

Sampled = tuple[int, ...]
"""An article as an example: (place in the seeded order, shard, row), or that and which of its removals is meant.
Sorted, the first ones are the sample."""


class Addable(Protocol):
    """Statistics that can be added up."""

    def add(self, other: Self) -> None:
        """Add the numbers of another one to this one."""


K = TypeVar("K", bound=Any)
V = TypeVar("V", bound=Addable)


@dataclass(slots=True)
class RuleStatistics:
    """The spans that one rule removed as one kind, or one entry of a phrase list, and where its examples are."""

    spans: int = 0
    characters: int = 0
    words: int = 0
    articles: int = 0
    examples: list[Sampled] = field(default_factory=list)

    def add(self, other: RuleStatistics) -> None:
        """Add another's numbers, and keep the first examples of both."""
        self.spans += other.spans
        self.characters += other.characters
        self.words += other.words
        self.articles += other.articles
        if len(self.examples) < EXAMPLES or (other.examples and other.examples[0] < self.examples[-1]):
            self.examples = sorted(self.examples + other.examples)[:EXAMPLES]


@dataclass(slots=True)
class GroupStatistics:
    """The articles of one site or one language."""

    read: int = 0
    written: int = 0
    before: int = 0  # characters before stripping
    removed: int = 0  # characters
    words: int = 0  # of the articles written
    removed_words: int = 0
    # (kind, rule) -> spans, words, articles; without space
    rules: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    scores: list[int] = field(default_factory=lambda: [0] * BINS)  # articles written, by the score of their language

    def add(self, other: GroupStatistics) -> None:
        """Add another's numbers."""
        self.read += other.read
        self.written += other.written
        self.before += other.before
        self.removed += other.removed
        self.words += other.words
        self.removed_words += other.removed_words
        for rule, numbers in other.rules.items():
            self.add_rule(rule, *numbers)
        self.scores = [a + b for a, b in zip(self.scores, other.scores, strict=True)]

    def add_rule(self, rule: tuple[str, str], spans: int, words: int, articles: int) -> None:
        """Add what one rule removed."""
        if (sums := self.rules.get(rule)) is None:
            self.rules[rule] = [spans, words, articles]
        else:
            sums[0], sums[1], sums[2] = sums[0] + spans, sums[1] + words, sums[2] + articles


@dataclass(slots=True)
class FlagStatistics:
    """The articles that carry one flag, or are one of the cases that may need a look."""

    articles: int = 0
    examples: list[Sampled] = field(default_factory=list)


@dataclass(slots=True)
class DropStatistics:
    """The articles dropped for one reason."""

    articles: int = 0
    characters: int = 0
    words: int = 0
    examples: list[Sampled] = field(default_factory=list)


class TopK(Generic[K, V]):
    """Sums of the `k` keys that come first in sort order, and of those in `named`; all others add up under `rest`.

    The first in sort order, and not the largest, because a key that was merged into `rest` then never returns: it sorts
    behind all that stay, whatever arrives later. So the sums are exact in any order of arrival.
    """

    def __init__(self, make: Callable[[], V], k: int, rest: K, named: Iterable[K] = ()) -> None:
        self.sums: dict[K, V] = {}
        self._make, self._k, self._rest, self._named = make, k, rest, frozenset(named)
        self._first: list[K] = []

    def of(self, key: K) -> V:
        """Return the sum to which the numbers of `key` belong."""
        if (found := self.sums.get(key)) is not None:
            return found
        if key in self._named or key == self._rest:
            return self.sums.setdefault(key, self._make())
        if len(self._first) >= self._k and key > self._first[-1]:
            return self.of(self._rest)
        insort(self._first, key)
        if len(self._first) > self._k:
            last = self._first.pop()
            self.of(self._rest).add(self.sums.pop(last))
        return self.sums.setdefault(key, self._make())


class Statistics:
    """All sums of a run. `named` are sites that are counted one by one in any case."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        self.articles = self.words = self.titled = self.left_out_more = 0
        self.kinds: Counter[str] = Counter()  # articles with a removal of the kind; "" those with any
        self.cases: defaultdict[str, FlagStatistics] = defaultdict(FlagStatistics)
        self.most_removed: list[tuple[int, int, int, int]] = []  # share, order, shard, row
        self.rules: defaultdict[tuple[str, str], RuleStatistics] = defaultdict(RuleStatistics)
        others = PhraseEntry("", "further", "phrases", "")
        self.phrases: TopK[PhraseEntry, RuleStatistics] = TopK(RuleStatistics, _PHRASES, others)
        self.sites: TopK[str, GroupStatistics] = TopK(GroupStatistics, _SITES, OTHER_SITES, named)
        self.languages: defaultdict[str, GroupStatistics] = defaultdict(GroupStatistics)
        self.flags: defaultdict[str, FlagStatistics] = defaultdict(FlagStatistics)
        self.repairs: TopK[str, RuleStatistics] = TopK(RuleStatistics, _STEPS, "other steps")
        self.dropped: defaultdict[str, DropStatistics] = defaultdict(DropStatistics)
        self.sample: list[Sampled] = []
        self.left_out: list[Sequence[Any]] = []  # as in a tally: the largest paragraphs first
        self.left_out_of: list[Sequence[Any]] = []

    def add(self, tally: Mapping[str, Any], shard: int) -> None:
        """Add the tally of a shard (see `cleaner.audit.tally.tally` for its keys)."""
        rules = []
        for kind, rule, spans, characters, words, articles, examples in tally["rules"]:
            found = RuleStatistics(spans, characters, words, articles, [*_in_shard(shard, examples)])
            self.rules[kind, rule].add(found)
            rules.append((kind, rule))
        for phrase, spans, characters, words, articles, examples in tally["phrases"]:
            found = RuleStatistics(spans, characters, words, articles, [*_in_shard(shard, examples)])
            self.phrases.of(PhraseEntry(**phrase)).add(found)
        for group_of, columns, counted in (
            (self.sites.of, tally["sites"], tally["site_rules"]),
            (self.languages.__getitem__, tally["languages"], tally["language_rules"]),
        ):
            names = [clipped(name, _NAME) for name in columns[0]]
            # All count as written until `drop` takes some back. Only languages have scores.
            for name, n, before, off, words, off_words, *scores in zip(names, *columns[1:], strict=True):
                group_of(name).add(GroupStatistics(n, n, before, off, words, off_words, {}, *scores))
            # Looked up again, because a later name may have moved an earlier one to the sites that share a sum.
            groups = [group_of(name) for name in names]
            for number, rule_number, *numbers in zip(*counted, strict=True):
                groups[number].add_rule(rules[rule_number], *numbers)
        self.kinds.update(dict(tally["kinds"]))
        for known, rows in ((self.cases, tally["cases"]), (self.flags, tally["flags"])):
            for name, articles, examples in rows:
                known[name].articles += articles
                known[name].examples = sorted([*known[name].examples, *_in_shard(shard, examples)])[:EXAMPLES]
        self.titled += tally["titled"]
        most_removed = [(share, place, shard, row) for share, place, row in tally["most_removed"]]
        self.most_removed = nsmallest(MOST_REMOVED, [*self.most_removed, *most_removed])
        for step, times in tally["repairs"]:
            self.repairs.of(step).add(RuleStatistics(times))
        self.left_out = nsmallest(LEFT_OUT, [*self.left_out, *tally["left_out"]])
        self.left_out_of = nsmallest(LEFT_OUT, [*self.left_out_of, *tally["left_out_of"]])
        self.left_out_more += tally["left_out_more"]
        self.articles += sum(tally["languages"][1])
        self.words += sum(tally["languages"][4])
        # The sample of a tally are its first articles in the seeded order; the first of all are among these.
        orders, rows = tally["sample"]
        self.sample = sorted([*self.sample, *zip(orders, repeat(shard), rows, strict=False)])[:SAMPLE]

    def drop(self, line: Sequence[Any], shard: int) -> None:
        """Take back an article that its tally counted as written; `line` is its `tally.dropped_line`."""
        order, row, site, language, score, characters, words, reason, *_ = line
        group = self.languages[clipped(language, _NAME)]
        for gone_from in (self.sites.of(clipped(site, _NAME)), group):
            gone_from.written -= 1
            gone_from.words -= words
        group.scores[score] -= 1
        found = self.dropped[reason]
        found.articles += 1
        found.characters += characters
        found.words += words
        add_smallest(found.examples, (order, shard, row), EXAMPLES)

    def shown(self) -> set[Position]:
        """Return the articles to be shown: those that lost most, the sample, and the first ones of each case, flag,
        reason and rule."""
        # Flags and reasons come first, for they are few, and the rules alone would fill the page.
        rules = sorted(self.rules.items(), key=lambda item: (-item[1].spans, item[0]))
        groups: list[FlagStatistics | DropStatistics | RuleStatistics] = [f for _, f in sorted(self.flags.items())]
        groups += [found for _, found in sorted(self.dropped.items())]
        groups += [found for (kind, _), found in rules if kind != "space"]
        first = dict.fromkeys(at[1:3] for group in groups for at in group.examples[:_SHOWN_OF_EACH])
        cases = (at for case in self.cases.values() for at in case.examples)
        chosen = chain((at[1:3] for at in chain(self.sample, cases)), (at[2:4] for at in self.most_removed))
        chosen = chain(chosen, islice(first, _SHOWN_IN_ALL))
        return {(shard, row) for shard, row in chosen}


def add_smallest(smallest: list[Any], item: Any, most: int) -> None:
    """Put `item` into a sorted list that keeps only its `most` smallest items."""
    if len(smallest) < most or item < smallest[-1]:
        insort(smallest, item)
        del smallest[most:]


def _in_shard(shard: int, examples: Iterable[list[int]]) -> Iterator[Sampled]:
    """Return the examples of a tally, which have rows only, with the number of its shard."""
    return ((order, shard, *rest) for order, *rest in examples)
