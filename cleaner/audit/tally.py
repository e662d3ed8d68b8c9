"""Tally a shard: count for the report what its articles are, and note where examples of it stand.

A run tallies the articles while it has them in memory, which costs a seventh of reading its output and logs again.
The tallies of all shards add up to the same sums and the same examples however the corpus was cut into shards.
Everything is counted in columns of numbers, for a shard has tens of thousands of spans of a few hundred reasons.
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

from cleaner.arrays import distinct
from cleaner.article import Drop, LeftOut, Removal
from cleaner.audit.spans import clipped
from cleaner.characters import count_words

__all__ = [
    "BINS", "CASES", "DOUBTFUL", "EXAMPLES", "FORM", "HALF_OF", "LEFT_OUT", "MOST_REMOVED", "SAMPLE", "SEED",
    "PhraseEntry", "cases_of", "dropped_line", "kept_line", "marked_line", "order", "phrase_of", "site_or_folder",
    "tally",
]  # fmt: skip

SEED = 20240601
"""Any number would do, but it must stay the same: with another one a report shows other articles of the same corpus."""

FORM = 2
"""Version of the form of a tally. Tallies of another form, left by an unfinished run of an older version, are not
used."""

SAMPLE, EXAMPLES = 200, 6  # articles shown in any case; examples of one rule, phrase or flag
LEFT_OUT = 40  # paragraphs left out of pages, and pages, that are shown: the largest of each
MOST_REMOVED = 40  # articles shown because they lost the largest share of their text
BINS = 10  # columns of a histogram of scores

CASES = ("half", "encoding", "doubtful", "untitled")
"""What may be wrong with an article: it lost more than half of its text, its text may be in another encoding, its
language is doubtful, or it has no title though its kind of input mostly has one. The report has examples of each."""

HALF_OF = 300
"""Least characters of an article that counts as "half". Shorter ones are often a menu and nothing else."""

DOUBTFUL = 0.5
"""Language scores below this are doubtful: the language is then less likely than all others together."""

PROSE_LEFT_OUT = 1000
"""A page may have lost its article where more prose was left out than kept, and more than so many characters."""

_PLAIN_SUFFIXES = (".txt", ".text", ".md")

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
    texts: Sequence[Sequence[str]],
    left_out: Sequence[Sequence[LeftOut]] = (),
) -> dict[str, Any]:
    """Tally the articles of a shard with their removals, and with the prose that was `left_out` of their pages. All
    count as written until a `dropped_line` takes one back. `texts` are the removed texts of each article, without
    those of kind space.

    A record is None where only the removals of an article are known. Articles are named by their row in the shard. The
    keys, in which [row ...] are at most so many of the first in the seeded order:

        form         FORM
        sample       [order ...], [row ...]
        rules        [[kind, rule, spans, characters, words, articles, [[order, row, which of its removals] ...]] ...]
        phrases      [[{"language", "kind", "how", "text"}, spans, characters, words, articles, [...]] ...]
        kinds        [[kind, articles] ...], and under "" the articles of which anything was removed
        sites        [name ...], [articles ...], [characters before ...], [characters removed ...], [words left ...],
                     [words removed ...]
        languages    the same, and [[how many articles have a score in each of BINS] ...]
        site_rules   [site ...], [rule ...] (both by their index in the lists above), [spans ...], [words ...],
                     [articles ...]
        language_rules
        cases        [[case, articles, [[order, row] ...]] ...]
        titled       articles that have a title
        most_removed [[-share of its text in ten thousandths, order, row] ...], the articles that lost most
        flags        [[flag, articles, [[order, row] ...]] ...]
        repairs      [[step, times] ...]
        left_out     [[-characters, order, which of the article's, id, site, language, kind, reason, place, text] ...],
                     the largest
        left_out_of  [[-characters, order, id, site, language, paragraphs, characters of the article] ...], the pages
                     with most
        left_out_more  pages of which more prose was left out than their article has
    """
    # Everything below is in the seeded order, so that the first examples of anything are a random sample.
    orders = [order(id) for id in ids]
    ordered = sorted(range(len(ids)), key=orders.__getitem__)
    spans = _Spans(orders, ordered, [removals[row] for row in ordered])
    # Spans have few distinct (rule, kind, why), so each of those is parsed once, and `reason` says which a span has.
    reasons, reason = _numbered(map(itemgetter(2, 3, 4), spans.spans))
    rules, rule = _numbered((kind, rule) for rule, kind, _ in reasons)
    entries = [phrase_of(why) if kind != "space" else None for _, kind, why in reasons]
    (_, *phrases), phrase = _numbered([None, *entries])
    phrase, rule = phrase[1:][reason] - 1, rule[reason]  # -1 where no phrase is named
    # Space closes the gap of a removal that is counted already: groups count its characters, but not its spans.
    is_space = np.array([kind == "space" for kind, _ in rules], bool)
    rule_not_space = np.where(is_space[rule], -1, rule)
    words = [len(t.split()) if t.isascii() else count_words(t) for row in ordered for t in texts[row]]
    spans.words[rule_not_space >= 0] = words
    of_articles = _RulesOfArticles(spans, rule_not_space, len(rules))
    # Counts by site and language need the records, which removals alone do not have.
    known = [row for row in ordered if records[row] is not None]
    facts = [record for row in known if (record := records[row]) is not None]
    return {
        "form": FORM,
        "sample": [[orders[row] for row in known[:SAMPLE]], known[:SAMPLE]],
        "rules": [[*name, *counted] for name, counted in zip(rules, spans.by(rule, len(rules)), strict=True)],
        "phrases": [
            [asdict(entry), *counted]
            for entry, counted in zip(phrases, spans.by(phrase, len(phrases)), strict=True)
            if entry
        ],
        "kinds": of_articles.kinds([kind for kind, _ in rules]),
        **_by_group(known, facts, orders, spans, of_articles),
        # A step may begin with the position that it mended. It is cut off, so that one step is counted as one.
        "repairs": sorted(Counter(_POSITION_IN_TEXT.sub("", s[:200]) for f in facts for s in f["repair"]).items()),
        **_left_out(ids, orders, records, left_out),
    }


def _by_group(
    rows: Sequence[int], facts: Sequence[Row], orders: Sequence[int], spans: _Spans, of_articles: _RulesOfArticles
) -> dict[str, Any]:
    """Return the parts of a tally that need the records: sites, languages, and which articles may need a look."""
    articles = len(orders)
    removed, removed_words = (_sums(spans.article, values, articles)[[*rows]] for values in (spans.length, spans.words))
    before = np.array([len(f["text"]) for f in facts], np.int64) + removed
    numbers = before, removed, np.array([f["words"] for f in facts], np.int64), removed_words
    scores = np.array([bin_of(f["language_score"]) for f in facts], np.int64)
    sites = _Groups([site_or_folder(f) for f in facts], rows, articles)
    languages = _Groups([f["language"] for f in facts], rows, articles)
    return {
        "sites": sites.columns(numbers),
        "languages": languages.columns(numbers, scores),
        "site_rules": sites.rules(of_articles),
        "language_rules": languages.rules(of_articles),
        **_noticed(rows, facts, orders, removed, before),
    }


def cases_of(record: Row, removed: int, before: int) -> list[str]:
    """Return which of CASES an article is. `removed` and `before` are characters.

    >>> facts = {"text": "Hujan turun.", "title": "", "source": "a.html", "encoding": "utf-8", "language_score": 0.9}
    >>> cases_of(facts, 500, 512)
    ['half', 'untitled']
    """
    cases = []
    if before >= HALF_OF and 2 * removed > before:
        cases.append("half")
    doubtful = record["language_score"] < DOUBTFUL
    # A wrong legacy encoding makes letters of no language; what no encoding could read became U+FFFD.
    if "\ufffd" in record["text"] or (doubtful and not record["encoding"].startswith(("utf", "ascii"))):
        cases.append("encoding")
    if doubtful:
        cases.append("doubtful")
    # The files of plain text name no title, so a missing one says nothing there.
    if not record["title"] and not record["source"].lower().endswith(_PLAIN_SUFFIXES):
        cases.append("untitled")
    return cases


def _noticed(
    rows: Sequence[int], facts: Sequence[Row], orders: Sequence[int], removed: Ints, before: Ints
) -> dict[str, Any]:
    """Return the parts of a tally that say which articles may need a look: cases, flags, those that lost most."""
    cases, flags = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for row, record, gone, size in zip(rows, facts, removed.tolist(), before.tolist(), strict=True):
        for case in cases_of(record, gone, size):
            cases[case].append(row)
        for flag in record["flags"]:
            flags[flag].append(row)

    def examples(found: Mapping[str, list[int]]) -> list[list[Any]]:
        return [[name, len(at), [[orders[row], row] for row in at[:EXAMPLES]]] for name, at in sorted(found.items())]

    shares = np.where(before >= HALF_OF, -10_000 * removed // np.maximum(before, 1), 0)
    # Rows stand in the seeded order, and a stable sort leaves equal shares in it.
    most = np.argsort(shares, kind="stable")[:MOST_REMOVED].tolist()
    return {
        "cases": examples(cases),
        "titled": sum(1 for record in facts if record["title"]),
        "most_removed": [[int(shares[i]), orders[rows[i]], rows[i]] for i in most if shares[i]],
        "flags": examples(flags),
    }


def _left_out(
    ids: Sequence[str], orders: Sequence[int], records: Sequence[Row | None], left_out: Sequence[Sequence[LeftOut]]
) -> dict[str, Any]:
    """Return the parts of a tally that are about prose left out of pages."""
    # Numbers first, so that the smallest lists are the largest paragraphs, however the corpus is cut.
    paragraphs, pages = list[tuple[int, int, int]](), list[list[Any]]()
    for row, found in enumerate(left_out):
        if found:
            sizes = [len(paragraph.text) for paragraph in found]
            paragraphs += [(-size, orders[row], n) for n, size in enumerate(sizes) if size]
            length = len(record["text"]) if (record := records[row]) else -1
            pages.append([-sum(sizes), orders[row], *_named(ids[row], record), sum(map(bool, sizes)), length])
    row_of = {orders[row]: row for row, found in enumerate(left_out) if found}
    largest = []
    for size, place, n in nsmallest(LEFT_OUT, paragraphs):
        row = row_of[place]
        paragraph = left_out[row][n]
        shown = paragraph.kind, paragraph.reason, clipped(paragraph.place, _ID), clipped(paragraph.text, _TEXT)
        largest.append([size, place, n, *_named(ids[row], records[row]), *shown])
    # An article whose record is not known may have any length, and -1 says so.
    more = sum(-size > max(length, PROSE_LEFT_OUT) for size, *_, length in pages if length >= 0)
    return {"left_out": largest, "left_out_of": nsmallest(LEFT_OUT, pages), "left_out_more": more}


def _named(id: str, record: Row | None) -> list[str]:
    """Return the id, the site and the language of an article, by which the report names and filters it."""
    where = (site_or_folder(record), record["language"]) if record else ("", "")
    return [clipped(name, _ID) for name in (id, *where)]


def dropped_line(row: int, record: Row, drop: Drop) -> list[object]:
    """Return what `Statistics.drop` needs to take back an article, and its similarity if it is a duplicate."""
    facts = site_or_folder(record), record["language"], bin_of(record["language_score"])
    likeness = round(drop.jaccard, 4), round(drop.containment, 4)
    sizes = len(record["text"]), record["words"]
    return [order(record["id"]), row, *facts, *sizes, drop.reason, drop.keeper, *likeness]


def marked_line(row: int, record: Row) -> list[object]:
    """Return the `dropped_line` of an article that was only marked, from the fields that `--mark` added to its record.

    These hold no containment, so it is 0 here.
    """
    drop = Drop(record["id"], record["drop_reason"], "", record["duplicate_of"], record["similarity"])
    return dropped_line(row, record, drop)


def kept_line(row: int, record: Row) -> list[object]:
    """Return what the report needs of an article whose duplicates were dropped, with the size of its cluster."""
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
        self.words = np.zeros(len(self.spans), np.int64)
        self.article = np.repeat(np.array(rows, np.int64), numbers)
        self._nth = np.arange(len(self.article)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        self._orders = orders

    def by(self, key: Ints, keys: int) -> Iterator[tuple[int, int, int, int, list[list[int]]]]:
        """Yield spans, characters, words, articles and examples of each key from 0 on; spans of the key -1 are passed
        over."""
        known = np.flatnonzero(key >= 0)
        key = key[known]
        numbers = np.bincount(key, minlength=keys).tolist()
        sizes = [_sums(key, values[known], keys).tolist() for values in (self.length, self.words)]
        at = np.argsort(key.astype(np.uint16) if keys < 1 << 16 else key, kind="stable")  # short ones by radix
        key, at = key[at], known[at]
        # One span of each article, which shows more than several of one article would. Those of one stand together.
        article, first = self.article[at], np.ones(len(at), bool)
        first[1:] = (article[1:] != article[:-1]) | (key[1:] != key[:-1])
        articles = np.bincount(key[first], minlength=keys).tolist()
        rows, nth, start = article[first].tolist(), self._nth[at[first]].tolist(), 0
        for number, characters, words, n in zip(numbers, *sizes, articles, strict=True):
            shown = range(start, start + min(n, EXAMPLES))
            yield number, characters, words, n, [[self._orders[rows[i]], rows[i], nth[i]] for i in shown]
            start += n


class _RulesOfArticles:
    """The removals of each rule in each article, in columns: the article, the rule, spans and words."""

    def __init__(self, spans: _Spans, rule: Ints, rules: int) -> None:
        known = rule >= 0
        # One number for each pair of an article and a rule, so that one sort counts them all.
        pairs, pair = np.unique(spans.article[known] * rules + rule[known], return_inverse=True)
        self.article, self.rule, self.rules = pairs // max(rules, 1), pairs % max(rules, 1), rules
        self.spans = np.bincount(pair, minlength=len(pairs))
        self.words = _sums(pair, spans.words[known], len(pairs))

    def kinds(self, kind_of_rule: Sequence[str]) -> list[tuple[str, int]]:
        """Return how many articles have a removal of each kind, and under "" how many have any."""
        kinds, kind = _numbered(kind_of_rule)
        both = distinct(self.article * max(len(kinds), 1) + kind[self.rule])
        articles = np.bincount(both % max(len(kinds), 1), minlength=len(kinds)).tolist()
        numbers = [("", len(distinct(self.article))), *zip(kinds, articles, strict=True)]
        return [(kind, number) for kind, number in numbers if number]


class _Groups:
    """Articles by a name that they share: that of their site, or of their language."""

    def __init__(self, names: Sequence[str], rows: Sequence[int], articles: int) -> None:
        self._names, self._of = _numbered(names)
        self._of_article = np.full(articles, -1)
        self._of_article[rows] = self._of

    def columns(self, numbers: Iterable[Ints], bins: Ints | None = None) -> list[list[Any]]:
        """Return names, articles, the sums of `numbers`, and the articles by `bins`, each as a column over the groups.

        Columns, because the garbage collector would visit every one of thousands of lists of groups.
        """
        groups = len(self._names)
        found = [self._names, np.bincount(self._of, minlength=groups).tolist()]
        found += [_sums(self._of, values, groups).tolist() for values in numbers]
        if bins is not None:
            scores = np.bincount(self._of * BINS + bins, minlength=groups * BINS)
            found.append(scores.reshape(-1, BINS).tolist())
        return found

    def rules(self, removed: _RulesOfArticles) -> list[list[int]]:
        """Return what each rule removed in each group, where it removed anything: groups, rules, spans, words,
        articles."""
        group = self._of_article[removed.article]
        known = group >= 0
        pairs, pair = np.unique(group[known] * removed.rules + removed.rule[known], return_inverse=True)
        sums = (_sums(pair, values[known], len(pairs)).tolist() for values in (removed.spans, removed.words))
        rules = max(removed.rules, 1)
        articles = np.bincount(pair, minlength=len(pairs)).tolist()
        return [(pairs // rules).tolist(), (pairs % rules).tolist(), *sums, articles]


def _sums(key: Ints, values: Ints, keys: int) -> Ints:
    """Return the sum of the values of each key. numpy adds them up as floats, which is exact below 2**53."""
    return np.bincount(key, values, minlength=keys).astype(np.int64)


def _numbered(keys: Iterable[K]) -> tuple[list[K], Ints]:
    """Return the distinct keys in order of arrival, and of each key its index among them."""
    numbers: defaultdict[K, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found = np.fromiter(map(numbers.__getitem__, keys), np.int64)
    return [*numbers], found
