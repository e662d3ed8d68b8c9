"""Tally a shard: count for the report what its articles are, and note where examples of it stand.

A run makes it while it has the articles in memory, for a twentieth of the cost of reading its output and logs again.
The tallies of all shards add up to the same sums and the same examples however the corpus was cut into shards.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaner.article import Drop, LeftOut, Removal
from cleaner.audit.spans import clipped

__all__ = [
    "BINS", "EXAMPLES", "LEFT_OUT", "SAMPLE", "SEED", "PhraseEntry", "dropped_line", "kept_line", "order", "phrase_of",
    "site_or_folder", "tally",
]  # fmt: skip

SEED = 20240601
"""Any number would do, but it must stay: another one shows other articles in the report of the same corpus."""

SAMPLE, EXAMPLES = 200, 6  # articles shown in any case; examples of one rule, phrase or flag
LEFT_OUT = 40  # paragraphs left out of pages, and pages, that are shown: the largest of each
BINS = 10  # columns of a histogram of scores

_ID, _TEXT = 200, 600  # characters of an id or a place, and of a paragraph that was left out of a page

_PHRASE = re.compile(r"(\S+) list, ([a-z]+)\.([a-z]+): (.+)")
_POSITION_IN_TEXT = re.compile(r"^\d+:\d+ ")

Row = Mapping[str, Any]
Ints = NDArray[np.int64]
K = TypeVar("K")


@dataclass(frozen=True, slots=True, order=True)
class PhraseEntry:
    """An entry of a phrase list: the language of the list, its kind, the way it is matched, and its text."""

    language: str
    kind: str
    how: str
    text: str


def order(id: str) -> int:
    """Return the place of an article in the seeded order of all articles, a hash of 64 bits. Samples are its beginning.

    No article's place depends on the others, so a sample needs neither their number nor their order.
    """
    return xxhash.xxh3_64_intdigest(id.encode("utf-8", "surrogatepass"), seed=SEED)


def tally(
    ids: Sequence[str],
    records: Sequence[Row | None],
    removals: Sequence[Sequence[Removal]],
    left_out: Sequence[Sequence[LeftOut]] = (),
) -> dict[str, Any]:
    """Tally the articles of a shard with their removals, and with the prose that was `left_out` of their pages. All
    count as written until a `dropped_line` takes one back.

    A record is None where only the removals of an article are known. Articles are named by their row in the shard. The
    keys, in which [row ...] are at most so many of the first in the seeded order:

        sample       [order ...], [row ...]
        rules        [[kind, rule, spans, characters, [[order, row, which of its removals] ...]] ...]
        phrases      [[{"language", "kind", "how", "text"}, spans, characters, [...]] ...]
        sites        [name ...], [articles ...], [characters before ...], [characters removed ...]
        languages    the same, and [[how many articles have a score in each of BINS] ...]
        site_rules   [site ...], [rule ...], [spans ...], both by their index in the lists above
        language_rules
        flags        [[flag, articles, [[order, row] ...]] ...]
        repairs      [[step, times] ...]
        left_out     [[-characters, order, which of the article's, id, kind, reason, place, text] ...], the largest
        left_out_of  [[-characters, order, id, paragraphs, characters of the article] ...], the pages with most

    Everything is counted in columns of numbers, for a shard has tens of thousands of spans of a few hundred reasons:
    14 µs an article, measured on 10,000 articles in one process.
    """
    # Everything below is in the seeded order, so that the first examples of anything are a random sample.
    orders = [order(id) for id in ids]
    ordered = sorted(range(len(ids)), key=orders.__getitem__)
    spans = _Spans(orders, ordered, [removals[row] for row in ordered])
    # Spans have few distinct (rule, kind, why), so each of those is looked at once, and `reason` says which a span has.
    reasons, reason = _numbered(map(itemgetter(2, 3, 4), spans.spans))
    rules, rule = _numbered((kind, rule) for rule, kind, _ in reasons)
    entries = [phrase_of(why) if kind != "space" else None for _, kind, why in reasons]
    (_, *phrases), phrase = _numbered([None, *entries])
    phrase, rule = phrase[1:][reason] - 1, rule[reason]  # -1 where no phrase is named
    # Counts by site and language need the records, which removals alone do not have.
    known = [row for row in ordered if records[row] is not None]
    facts = [record for row in known if (record := records[row]) is not None]
    sites = _Groups([site_or_folder(f) for f in facts], known, len(ids))
    languages = _Groups([f["language"] for f in facts], known, len(ids))
    removed = np.bincount(spans.article, spans.length, minlength=len(ids)).astype(np.int64)[known]
    before = np.array([len(f["text"]) for f in facts], np.int64) + removed
    scores = np.array([bin_of(f["language_score"]) for f in facts], np.int64)
    flags: defaultdict[str, list[list[int]]] = defaultdict(list)
    for row, record in zip(known, facts, strict=True):
        for flag in record["flags"]:
            flags[flag].append([orders[row], row])
    # Space closes the gap of another removal, which counts already; groups count its characters but not its spans.
    is_space = np.array([kind == "space" for kind, _ in rules], bool)
    rule_not_space = np.where(is_space[rule], -1, rule)
    return {
        "sample": [[orders[row] for row in known[:SAMPLE]], known[:SAMPLE]],
        "rules": [[*name, *numbers] for name, numbers in zip(rules, spans.by(rule, len(rules)), strict=True)],
        "phrases": [
            [asdict(entry), *numbers]
            for entry, numbers in zip(phrases, spans.by(phrase, len(phrases)), strict=True)
            if entry
        ],
        "sites": sites.columns(before, removed),
        "languages": languages.columns(before, removed, scores),
        "site_rules": sites.rules(spans.article, rule_not_space, len(rules)),
        "language_rules": languages.rules(spans.article, rule_not_space, len(rules)),
        "flags": [[flag, len(at), at[:EXAMPLES]] for flag, at in sorted(flags.items())],
        # A step may begin with the position that it mended, by which the same step would be counted as many.
        "repairs": sorted(Counter(_POSITION_IN_TEXT.sub("", s[:200]) for f in facts for s in f["repair"]).items()),
        **_left_out(ids, orders, records, left_out),
    }


def _left_out(
    ids: Sequence[str], orders: Sequence[int], records: Sequence[Row | None], left_out: Sequence[Sequence[LeftOut]]
) -> dict[str, Any]:
    """Return the two parts of a tally that are about prose left out of pages."""
    # Numbers first, so that the smallest lists are the largest paragraphs, however the corpus is cut.
    paragraphs, pages = list[tuple[int, int, int]](), list[list[Any]]()
    for row, found in enumerate(left_out):
        if found:
            sizes = [len(paragraph.text) for paragraph in found]
            paragraphs += [(-size, orders[row], n) for n, size in enumerate(sizes) if size]
            record, name = records[row], clipped(ids[row], _ID)
            pages.append([-sum(sizes), orders[row], name, sum(map(bool, sizes)), len(record["text"]) if record else 0])
    row_of = {orders[row]: row for row, found in enumerate(left_out) if found}
    largest = []
    for size, place, n in nsmallest(LEFT_OUT, paragraphs):
        paragraph = left_out[row_of[place]][n]
        shown = paragraph.kind, paragraph.reason, clipped(paragraph.place, _ID), clipped(paragraph.text, _TEXT)
        largest.append([size, place, n, clipped(ids[row_of[place]], _ID), *shown])
    return {"left_out": largest, "left_out_of": nsmallest(LEFT_OUT, pages)}


def dropped_line(row: int, record: Row, drop: Drop) -> list[object]:
    """Return what `Statistics.drop` needs to take back an article, and how alike it is as a duplicate."""
    facts = site_or_folder(record), record["language"], bin_of(record["language_score"]), len(record["text"])
    likeness = round(drop.jaccard, 4), round(drop.containment, 4)
    return [order(record["id"]), row, *facts, drop.reason, drop.keeper, *likeness]


def kept_line(row: int, record: Row) -> list[object]:
    """Return what the report needs of an article that was kept for others, with the size of its cluster."""
    return [order(record["id"]), row, record["id"], 1 + len(record["duplicates"])]


def bin_of(score: float) -> int:
    """Return the column of a histogram of scores from 0 to 1."""
    return min(BINS - 1, max(0, int(score * BINS)))


@lru_cache(maxsize=4096)  # a run removes the same phrases over and over
def phrase_of(why: str) -> PhraseEntry | None:
    """Return the phrase list's entry that is named in the `why` of a removal, or None.

    >>> phrase_of("id list, ad.between: Iklan; also block-tail")
    PhraseEntry(language='id', kind='ad', how='between', text='Iklan')
    """
    found = _PHRASE.search(why)
    if not found:  # a rule without phrases took the span
        return None
    language, kind, how, phrase = found.groups()
    phrase = phrase.split("; also ")[0]  # what other rules said of the same span
    in_brackets = language.startswith("(") and phrase.endswith(")")
    return PhraseEntry(language.lstrip("(")[:60], kind, how, (phrase[:-1] if in_brackets else phrase)[:200])


def site_or_folder(record: Row) -> str:
    """Return the site of a record, or the folder of its source if it names none."""
    return record["site"] or f"folder {record['source'].rpartition('/')[0] or '.'}"


class _Spans:
    """Removed spans as columns, article by article in the seeded order: the first ones of a rule are its examples."""

    def __init__(self, orders: Sequence[int], rows: Sequence[int], removals: Sequence[Sequence[Removal]]) -> None:
        self.spans = [*chain.from_iterable(removals)]
        numbers = np.array([*map(len, removals)], np.int64)
        self.length = np.array([removal[1] - removal[0] for removal in self.spans], np.int64)
        self.article = np.repeat(np.array(rows, np.int64), numbers)
        self._nth = np.arange(len(self.article)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        self._orders = orders

    def by(self, key: Ints, keys: int) -> Iterator[tuple[int, int, list[list[int]]]]:
        """Yield spans, characters and examples of each key from 0 on; spans of the key -1 are passed over."""
        known = np.flatnonzero(key >= 0)
        key = key[known]
        numbers = np.bincount(key, minlength=keys).tolist()
        characters = np.bincount(key, self.length[known], minlength=keys).astype(np.int64).tolist()
        at = known[np.argsort(key.astype(np.uint16) if keys < 1 << 16 else key, kind="stable")]  # short ones by radix
        articles, nth, start = self.article[at].tolist(), self._nth[at].tolist(), 0
        for number, size in zip(numbers, characters, strict=True):
            # One span of each article, which shows more than several of one article would.
            examples: dict[int, int] = {}
            for i in range(start, start + number):
                examples.setdefault(articles[i], nth[i])
                if len(examples) == EXAMPLES:
                    break
            yield number, size, [[self._orders[article], article, n] for article, n in examples.items()]
            start += number


class _Groups:
    """Articles by a name that they share: that of their site, or of their language."""

    def __init__(self, names: Sequence[str], rows: Sequence[int], articles: int) -> None:
        self._names, self._of = _numbered(names)
        self._of_article = np.full(articles, -1)
        self._of_article[rows] = self._of

    def columns(self, before: Ints, removed: Ints, bins: Ints | None = None) -> list[list[Any]]:
        """Return Names, articles, characters before and removed, and numbers by `bins`, each a column over the groups.

        (Not a list for each group: there are thousands, and the garbage collector would visit each of them.)
        """
        # numpy adds weights up as floats, which is exact below 2**53 characters.
        sums = (np.bincount(self._of, values, minlength=len(self._names)) for values in (None, before, removed))
        found = [self._names, *(values.astype(np.int64).tolist() for values in sums)]
        if bins is not None:
            scores = np.bincount(self._of * BINS + bins, minlength=len(self._names) * BINS)
            found.append(scores.reshape(-1, BINS).tolist())
        return found

    def rules(self, article: Ints, rule: Ints, rules: int) -> list[list[int]]:
        """Return how many spans each rule removed in each group, where it removed any: groups, rules, numbers."""
        group = self._of_article[article]
        both = (group >= 0) & (rule >= 0)
        # One number for each pair of a group and a rule, so that one sort counts them all.
        pairs, numbers = np.unique(group[both] * rules + rule[both], return_counts=True)
        return [(pairs // max(rules, 1)).tolist(), (pairs % max(rules, 1)).tolist(), numbers.tolist()]


def _numbered(keys: Iterable[K]) -> tuple[list[K], Ints]:
    """Return the distinct keys in order of arrival, and of each key its index among them."""
    numbers: defaultdict[K, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found = np.fromiter(map(numbers.__getitem__, keys), np.int64)
    return [*numbers], found
