"""The tally of a shard: what the report counts of its articles, and where its examples stand.

A run makes it while it has the articles at hand, for a twentieth of what reading the output and its logs again costs.
The tallies of all shards add up to the same sums and the same examples however the corpus was cut.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaner.article import Drop, Removal

__all__ = [
    "BINS",
    "EXAMPLES",
    "SAMPLE",
    "SEED",
    "PhraseEntry",
    "dropped_line",
    "kept_line",
    "order",
    "phrase_of",
    "site_or_folder",
    "tally",
]

SEED = 20240601
SAMPLE, EXAMPLES = 200, 6  # articles shown in any case; spans of one rule, articles of one flag
BINS = 10  # of a histogram of scores

_PHRASE = re.compile(r"(\S+) list, ([a-z]+)\.([a-z]+): (.+)")
_PLACE_IN_TEXT = re.compile(r"^\d+:\d+ ")

Row = Mapping[str, Any]
Ints = NDArray[np.int64]
K = TypeVar("K")


@dataclass(frozen=True, slots=True, order=True)
class PhraseEntry:
    """An entry of a phrase list: its list's language, kind, and the way it is matched."""

    language: str
    kind: str
    how: str
    text: str


def order(id: str) -> int:
    """The place of an article in the seeded order of all articles, 64 bits: every sample is of the first ones in it.

    No article's place depends on the others, so a sample needs neither their number nor their order.
    """
    return xxhash.xxh3_64_intdigest(id.encode("utf-8", "surrogatepass"), seed=SEED)


def tally(ids: Sequence[str], records: Sequence[Row | None], removals: Sequence[Sequence[Removal]]) -> dict[str, Any]:
    """The tally of articles with their removals; they count as written until a `dropped_line` says otherwise.

    A record is None where only the removals of an article are known. Articles are named by their place among those
    given. The keys, in which [place ...] are at most so many of the first in the seeded order:

        sample       [order ...], [place ...]
        rules        [[kind, rule, spans, characters, [[order, place, which of its removals] ...]] ...]
        phrases      [[{"language", "kind", "how", "text"}, spans, characters, [...]] ...]
        sites        [name ...], [articles ...], [characters before ...], [characters removed ...]
        languages    the same, and [[how many articles have a score in each of BINS] ...]
        site_rules   [site ...], [rule ...], [spans ...], both by their place in the lists above
        language_rules
        flags        [[flag, articles, [[order, place] ...]] ...]
        repairs      [[step, times] ...]
    """
    orders = [order(id) for id in ids]
    places = sorted(range(len(ids)), key=orders.__getitem__)
    spans = _Spans(orders, places, [removals[p] for p in places])
    signs, sign = _numbered(spans.signs())
    rules, rule = _numbered((kind, rule) for rule, kind, _ in signs)
    entries = [phrase_of(why) if kind != "space" else None for _, kind, why in signs]
    (_, *phrases), phrase = _numbered([None, *entries])
    phrase, rule = phrase[1:][sign] - 1, rule[sign]  # -1 where no phrase is named
    seen = [p for p in places if records[p] is not None]
    facts = [record for p in seen if (record := records[p]) is not None]
    site = _Groups([site_or_folder(f) for f in facts], seen, len(ids))
    language = _Groups([f["language"] for f in facts], seen, len(ids))
    taken = spans.taken(len(ids))[seen]
    before = np.array([len(f["text"]) for f in facts], np.int64) + taken
    scores = np.array([bin_of(f["language_score"]) for f in facts], np.int64)
    spacing = np.array([kind == "space" for kind, _ in rules], bool)
    fired = rule.copy()
    fired[spacing[rule]] = -1
    return {
        "sample": [[orders[p] for p in seen[:SAMPLE]], seen[:SAMPLE]],
        "rules": [[*name, *numbers] for name, numbers in zip(rules, spans.by(rule, len(rules)), strict=True)],
        "phrases": [
            [asdict(entry), *numbers]
            for entry, numbers in zip(phrases, spans.by(phrase, len(phrases)), strict=True)
            if entry
        ],
        "sites": site.columns(before, taken),
        "languages": language.columns(before, taken, scores),
        "site_rules": site.rules(spans.article, fired, len(rules)),
        "language_rules": language.rules(spans.article, fired, len(rules)),
        "flags": _flags(facts, [[orders[p], p] for p in seen]),
        "repairs": sorted(Counter(_PLACE_IN_TEXT.sub("", s[:200]) for f in facts for s in f["repair"]).items()),
    }


def dropped_line(place: int, record: Row, drop: Drop) -> list[object]:
    """An article that goes after all: what `Merged.drop` takes back of it, and what is told of duplicates."""
    facts = site_or_folder(record), record["language"], bin_of(record["language_score"]), len(record["text"])
    likeness = round(drop.jaccard, 4), round(drop.containment, 4)
    return [order(record["id"]), place, *facts, drop.reason, drop.keeper, *likeness]


def kept_line(place: int, record: Row) -> list[object]:
    """An article that stands for others as well."""
    return [order(record["id"]), place, record["id"], 1 + len(record["duplicates"])]


def bin_of(score: float) -> int:
    """The column of a histogram of scores from 0 to 1."""
    return min(BINS - 1, max(0, int(score * BINS)))


@lru_cache(maxsize=4096)
def phrase_of(why: str) -> PhraseEntry | None:
    """The phrase list's entry that is named in the `why` of a removal, or None.

    >>> phrase_of("id list, ad.between: Iklan; also block-tail")
    PhraseEntry(language='id', kind='ad', how='between', text='Iklan')
    """
    found = _PHRASE.search(why)
    if not found:
        return None
    language, kind, how, phrase = found.groups()
    phrase = phrase.split("; also ")[0]
    inside = language.startswith("(") and phrase.endswith(")")
    return PhraseEntry(language.lstrip("(")[:60], kind, how, (phrase[:-1] if inside else phrase)[:200])


class _Spans:
    """Removed spans as columns, article by article in the seeded order: the first ones of a rule are its examples."""

    def __init__(self, orders: Sequence[int], places: Sequence[int], removals: Sequence[Sequence[Removal]]) -> None:
        self._spans = [*chain.from_iterable(removals)]
        numbers = np.array([*map(len, removals)], np.int64)
        self._length = np.array([removal[1] - removal[0] for removal in self._spans], np.int64)
        self.article = np.repeat(np.array(places, np.int64), numbers)
        self._nth = np.arange(len(self.article)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        self._orders = orders

    def signs(self) -> Iterator[tuple[str, str, str]]:
        """Rule, kind and reason of each."""
        return map(itemgetter(2, 3, 4), self._spans)

    def by(self, key: Ints, keys: int) -> Iterator[tuple[int, int, list[list[int]]]]:
        """Spans, characters and examples of each key from 0 on; spans of the key -1 are passed over."""
        known = np.flatnonzero(key >= 0)
        key = key[known]
        numbers = np.bincount(key, minlength=keys).tolist()
        characters = np.bincount(key, self._length[known], minlength=keys).astype(np.int64).tolist()
        at = known[np.argsort(key.astype(np.uint16) if keys < 1 << 16 else key, kind="stable")]  # short ones by radix
        articles, nth, start = self.article[at].tolist(), self._nth[at].tolist(), 0
        for number, size in zip(numbers, characters, strict=True):
            yield number, size, self._first(articles[start : start + number], nth[start : start + number])
            start += number

    def _first(self, articles: Sequence[int], nth: Sequence[int]) -> list[list[int]]:
        """One span of each article, which tells more than several of one."""
        found: dict[int, int] = {}
        for article, n in zip(articles, nth, strict=True):
            found.setdefault(article, n)
            if len(found) == EXAMPLES:
                break
        return [[self._orders[article], article, n] for article, n in found.items()]

    def taken(self, articles: int) -> Ints:
        """Characters removed from each article."""
        return np.bincount(self.article, self._length, minlength=articles).astype(np.int64)


class _Groups:
    """Articles by a name that they share."""

    def __init__(self, names: Sequence[str], places: Sequence[int], articles: int) -> None:
        self._names, self._of = _numbered(names)
        self._of_article = np.full(articles, -1)
        self._of_article[places] = self._of

    def columns(self, before: Ints, taken: Ints, bins: Ints | None = None) -> list[list[Any]]:
        """What is known of the groups. (Not a list for each: thousands, which the garbage collector would visit.)"""
        found = [self._names, *(self._summed(values).tolist() for values in (None, before, taken))]
        if bins is not None:
            scores = np.bincount(self._of * BINS + bins, minlength=len(self._names) * BINS)
            found.append(scores.reshape(-1, BINS).tolist())
        return found

    def rules(self, article: Ints, rule: Ints, rules: int) -> list[list[int]]:
        """How many spans each rule took in each group, where it took any: groups, rules, numbers."""
        group = self._of_article[article]
        both = (group >= 0) & (rule >= 0)
        fired, numbers = np.unique(group[both] * rules + rule[both], return_counts=True)
        return [(fired // max(rules, 1)).tolist(), (fired % max(rules, 1)).tolist(), numbers.tolist()]

    def _summed(self, values: Ints | None = None) -> Ints:
        return np.bincount(self._of, values, minlength=len(self._names)).astype(np.int64)


def _flags(records: Sequence[Row], places: Sequence[list[int]]) -> list[list[object]]:
    found: dict[str, list[list[int]]] = {}
    for record, place in zip(records, places, strict=True):
        for flag in record["flags"]:
            found.setdefault(flag, []).append(place)
    return [[flag, len(at), at[:EXAMPLES]] for flag, at in sorted(found.items())]


def site_or_folder(record: Row) -> str:
    """The site, or the folder of the source where none is named; there, lines are compared as on one site."""
    return record["site"] or f"folder {record['source'].rpartition('/')[0] or '.'}"


def _numbered(keys: Iterable[K]) -> tuple[list[K], Ints]:
    """The distinct keys, and of each key its number among them."""
    numbers: defaultdict[K, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found = np.fromiter(map(numbers.__getitem__, keys), np.int64)
    return [*numbers], found
