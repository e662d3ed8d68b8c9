"""Collect all that a report shows beside the manifest as plain data: the content of report.json."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from cleaner.audit.logs import Row
from cleaner.audit.report.shown_articles import Name, ShownArticle, name_of, show_article, title_of
from cleaner.audit.report.shown_duplicates import (
    MEMBERS,
    DuplicateStatistics,
    ShownCluster,
    ShownPair,
    Side,
    as_side,
)
from cleaner.audit.report.sources import ReportSource
from cleaner.audit.report.statistics import (
    OTHER_SITES,
    GroupStatistics,
    Position,
    RuleStatistics,
    Sampled,
    Statistics,
)
from cleaner.audit.spans import clipped
from cleaner.audit.tally import BINS, HALF_OF

__all__ = [
    "ArticleGroup", "DroppedArticles", "Example", "FlaggedArticles", "NamedCount", "PageLoss", "RemovedSpans",
    "ReportData", "ShownLeftOut", "collect", "from_json", "to_json",
]  # fmt: skip

_PHRASES, _SITES, _LANGUAGES, _ROWS, _EXAMPLES = 200, 200, 60, 40, 4
"""How many of each are shown, the largest first, and how many examples of each. All of them are counted."""

_ROOM, _ROOM_IN_ALL = 20_000, 1_600_000
"""Characters shown of one article, and of all articles together. page.py bounds the page in bytes as well."""


@dataclass(frozen=True, slots=True)
class Example:
    """A removed text and articles that it stood in, or the title of an article and its id."""

    text: str
    articles: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class RemovedSpans:
    """The spans that one rule, or one entry of a phrase list, removed as one kind. `name` is the rule, or the entry as
    listed.

    `language` and `how` are those of the phrase list; "" for a rule.
    """

    kind: str
    name: str
    articles: int
    words: int
    spans: int
    examples: tuple[Example, ...] = ()
    language: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class ArticleGroup:
    """Articles of one site or language: how many, and what was removed from them, without space.

    `before` and `removed` are characters of the articles read, `words` those of the articles written. `rules` are the
    rules that removed most words, `kinds` (kind, words, spans) are all. `scores` counts the articles written by the
    score of their language, from 0 to 1 in equal steps.
    """

    name: str
    read: int
    written: int
    before: int
    removed: int
    words: int
    removed_words: int
    rules: tuple[RemovedSpans, ...]
    kinds: tuple[tuple[str, int, int], ...]
    scores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FlaggedArticles:
    """Articles with one flag, or of one case."""

    flag: str
    articles: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class NamedCount:
    """A number of something."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class DroppedArticles:
    """The articles dropped for one reason, with the characters and words of their clean texts."""

    reason: str
    articles: int
    characters: int
    words: int


@dataclass(frozen=True, slots=True)
class ShownLeftOut:
    """A paragraph of prose that was left out of a page, the beginning of its text, and how many characters it has."""

    article: Name
    characters: int
    kind: str
    reason: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class PageLoss:
    """A page of which much prose was left out: paragraphs and characters of that prose, characters of its article."""

    page: Name
    paragraphs: int
    characters: int
    article: int


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that a report shows beside the manifest."""

    articles: int
    words: int  # of all clean texts, those of dropped articles as well; 0 where they are not known
    rules: tuple[RemovedSpans, ...]
    kinds: tuple[NamedCount, ...]  # articles with a removal of the kind; "" those with any
    # Of phrases, sites and languages only those with most are here, and `all_...` says how many there are.
    all_phrases: int
    phrases: tuple[RemovedSpans, ...]
    all_sites: int
    sites: tuple[ArticleGroup, ...]
    all_languages: int
    languages: tuple[ArticleGroup, ...]
    scores: tuple[int, ...]  # articles written, by the score of their language
    flags: tuple[FlaggedArticles, ...]
    cases: tuple[FlaggedArticles, ...]  # by their names in `tally.CASES`
    titled: int
    repairs: tuple[NamedCount, ...]
    dropped: tuple[DroppedArticles, ...]
    similarities: tuple[int, ...]  # duplicates, by their Jaccard similarity
    cluster_sizes: tuple[NamedCount, ...]  # clusters, by the number of their articles
    clusters: tuple[ShownCluster, ...]
    pairs: tuple[ShownPair, ...]
    views: tuple[ShownArticle, ...]
    left_out: tuple[ShownLeftOut, ...]  # of pages, the largest first
    left_out_of: tuple[PageLoss, ...]
    left_out_more: int  # pages of which more prose was left out than their article has


def collect(source: ReportSource, named: Iterable[str]) -> ReportData:
    """Add up the tallies, then look up the texts. Sites that are `named` are counted one by one in any case."""
    found, duplicates = Statistics(named), DuplicateStatistics()
    for shard, (tally, lines) in enumerate(source.tallies()):
        found.add(tally, shard)
        for line in lines["dropped"]:
            found.drop(line, shard)
            duplicates.drop(line, shard)
        for line in lines["marked"]:
            duplicates.drop(line, shard)
        for line in lines["kept"]:
            duplicates.add_keeper(line, shard)
    # Ties are sorted by name everywhere, so that the order in which shards were added up does not show.
    phrases = sorted(found.phrases.sums.items(), key=lambda item: (-item[1].spans, item[0]))
    texts = _Texts(found, [counted for _, counted in phrases[:_PHRASES]], duplicates)
    texts.look_up(source)
    # The sum of the sites that are not counted one by one comes last, and is always shown.
    sites = sorted(found.sites.sums.items(), key=lambda item: (item[0] == OTHER_SITES, -item[1].removed, item[0]))
    sites = sites[:_SITES] + [item for item in sites[_SITES:] if item[0] == OTHER_SITES]
    languages = sorted(found.languages.items(), key=lambda item: (-item[1].written, item[0]))
    repairs = sorted(found.repairs.sums.items(), key=lambda item: (-item[1].spans, item[0]))
    return ReportData(
        articles=found.articles,
        words=found.words,
        rules=tuple(
            # the removed space of a gap is no example of anything
            RemovedSpans(kind, rule, n.articles, n.words, n.spans, texts.removed(n.examples) if kind != "space" else ())
            for (kind, rule), n in sorted(found.rules.items())
        ),
        kinds=tuple(NamedCount(kind, n) for kind, n in sorted(found.kinds.items())),
        all_phrases=len(phrases),
        phrases=tuple(
            RemovedSpans(p.kind, p.text, n.articles, n.words, n.spans, texts.removed(n.examples), p.language, p.how)
            for p, n in phrases[:_PHRASES]
        ),
        all_sites=len(found.sites.sums),
        sites=tuple(_group(name, group) for name, group in sites),
        all_languages=len(languages),
        languages=tuple(_group(name, group) for name, group in languages[:_LANGUAGES]),
        scores=tuple(sum(group.scores[i] for _, group in languages) for i in range(BINS)),
        flags=tuple(FlaggedArticles(f, n.articles, texts.titles(n.examples)) for f, n in sorted(found.flags.items())),
        cases=tuple(FlaggedArticles(c, n.articles, texts.titles(n.examples)) for c, n in sorted(found.cases.items())),
        titled=found.titled,
        repairs=tuple(NamedCount(clipped(step, 200), n.spans) for step, n in repairs[:_ROWS]),
        dropped=tuple(
            DroppedArticles(reason, n.articles, n.characters, n.words) for reason, n in sorted(found.dropped.items())
        ),
        similarities=tuple(duplicates.similarities),
        cluster_sizes=tuple(NamedCount(str(size), n) for size, n in sorted(duplicates.sizes.items())[:_ROWS]),
        clusters=tuple(texts.clusters[at[2:4]] for at in duplicates.clusters),
        pairs=texts.pairs(),
        views=tuple(sorted(texts.articles.values(), key=_most_removed_first)),
        left_out=tuple(ShownLeftOut(Name(*at[3:6]), -at[0], *at[6:]) for at in found.left_out),
        left_out_of=tuple(PageLoss(Name(*at[2:5]), at[5], -at[0], at[6]) for at in found.left_out_of),
        left_out_more=found.left_out_more,
    )


def _most_removed_first(article: ShownArticle) -> tuple[bool, float, str, int, str]:
    """Return the key that sorts articles by the share of their text that was removed, equal shares by source."""
    share, id = article.removed / (article.before or 1), article.name.id
    return article.before < HALF_OF, -share, article.source, len(id), id


def _group(name: str, group: GroupStatistics) -> ArticleGroup:
    """Return the figures of a site or language with its rules, those that removed most words first."""
    # A site's rules have no examples: two hundred sites would need thousands, and the rules' own section has them.
    rules = sorted(group.rules.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    removed = tuple(RemovedSpans(*rule, articles, words, spans) for rule, (spans, words, articles) in rules[:_ROWS])
    kinds: dict[str, list[int]] = {}
    for (kind, _), (spans, words, _) in rules:
        sums = kinds.setdefault(kind, [0, 0])
        sums[0], sums[1] = sums[0] + words, sums[1] + spans
    by_kind = tuple((kind, words, spans) for kind, (words, spans) in sorted(kinds.items()))
    numbers = group.read, group.written, group.before, group.removed, group.words, group.removed_words
    return ArticleGroup(name, *numbers, removed, by_kind, tuple(group.scores))


class _Texts:
    """The texts that a report shows. Of each article only what is shown is held."""

    def __init__(self, found: Statistics, phrases: Iterable[RuleStatistics], duplicates: DuplicateStatistics) -> None:
        # Shards hold positions, not texts: all that is wanted is gathered first, so that each article is read once.
        self._shown = found.shown()
        # Fewer articles may be longer, but each shows at least its opening.
        self._room = max(1500, min(_ROOM, _ROOM_IN_ALL // (len(self._shown) or 1)))
        self._most_removed = {at[2:4] for at in found.most_removed}
        self._spans: dict[Position, set[int]] = {}
        for counted in (*found.rules.values(), *phrases):
            for _, shard, row, nth in counted.examples:
                self._spans.setdefault((shard, row), set()).add(nth)
        noticed = (*found.flags.values(), *found.cases.values())
        self._titled = {at[1:3] for flag in noticed for at in flag.examples}
        self._pairs = duplicates.shown()
        self._members, self._keepers = {at for at, _ in self._pairs}, {keeper for _, keeper in self._pairs}
        self._clusters = {at[2:4] for at in duplicates.clusters}
        self.articles: dict[tuple[int, ...], ShownArticle] = {}
        self.clusters: dict[tuple[int, ...], ShownCluster] = {}
        self._removed: dict[tuple[int, ...], tuple[str, Name]] = {}
        self._titles: dict[tuple[int, ...], tuple[str, Name]] = {}
        self._dropped: dict[Position, tuple[Side, Row]] = {}
        self._sides: dict[str, Side] = {}

    def look_up(self, source: ReportSource) -> None:
        """Read every article that is shown somewhere once, and keep what is shown of it."""
        positions: Collection[Any] = self._shown | {*self._spans} | self._titled | self._members | self._clusters
        for position, article in source.articles(positions, self._keepers):
            removed, record = article.removed, article.record
            for nth in self._spans.get(position, ()):
                row = removed[nth]
                name = name_of(record) if record else Name(clipped(str(row["id"]), 200))
                self._removed[*position, nth] = clipped(row["text"], 160), name
            if record is None:  # the output went to stdout, so only the removals are known
                continue
            if position in self._shown:
                # Many articles begin with removed text. Those that lost most get more room, so that what stayed is seen
                # too.
                times = 3 if position in self._most_removed else 1
                self.articles[position] = show_article(article, min(_ROOM, times * self._room))
            if position in self._titled:
                self._titles[position] = title_of(record), name_of(record)
            if position in self._clusters:
                members = [clipped(str(member), 200) for member in record["duplicates"][:MEMBERS]]
                self.clusters[position] = ShownCluster(as_side(record), tuple(members), 1 + len(record["duplicates"]))
            if position in self._members:
                # The row of a dropped article holds its whole record; a pair needs the part that is compared.
                drop = article.drop or {"keeper": record["duplicate_of"], "jaccard": record["similarity"]}
                self._dropped[position] = as_side(record), {k: v for k, v in drop.items() if k != "record"}
            if record["id"] in self._keepers and not article.drop:
                self._sides[record["id"]] = as_side(record)

    def pairs(self) -> tuple[ShownPair, ...]:
        """Return the pairs of a duplicate and its keeper."""
        pairs = []
        for at, keeper in self._pairs:
            side, drop = self._dropped[at]
            names = clipped(str(drop["keeper"]), 200), self._sides.get(keeper), clipped(drop.get("detail", ""), 200)
            alike = float(drop["jaccard"]), float(drop.get("containment", 0))
            pairs.append(ShownPair(side, *names, *alike, "detail" not in drop))
        return tuple(pairs)

    def titles(self, examples: Iterable[Sampled]) -> tuple[Example, ...]:
        """Return the titles of the first examples, with the ids of their articles."""
        found = (self._titles[at[1:3]] for at in [*examples][:_EXAMPLES])
        return tuple(Example(title, (name,)) for title, name in found)

    def removed(self, examples: Iterable[Sampled]) -> tuple[Example, ...]:
        """Return the removed texts of the examples, each once, with the ids of the articles that it stood in."""
        # The same text in six articles is one example: six times "Iklan" would show nothing more.
        found: dict[str, list[Name]] = {}
        for at in examples:
            text, name = self._removed[at[1:]]
            found.setdefault(text, []).append(name)
        return tuple(Example(text, tuple(names)) for text, names in [*found.items()][:_EXAMPLES])


def to_json(data: ReportData, of: Mapping[str, Any]) -> bytes:
    """Return the content of report.json; `of` are the output files that it describes, as the manifest has them."""
    return orjson.dumps({"of": of, "findings": data}, option=orjson.OPT_APPEND_NEWLINE)


def from_json(content: bytes, of: Mapping[str, Any]) -> ReportData | None:
    """Read back what `to_json` wrote; None if it describes other files, is of another version, or is broken."""
    try:
        found = orjson.loads(content)
        return _rebuilt(ReportData, found["findings"]) if found["of"] == of else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _rebuilt(kind: Any, value: Any) -> Any:
    """Return a value from JSON as the dataclass, or the tuple of dataclasses, that the annotation `kind` names."""
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _rebuilt(inside, value[name]) for name, inside in _annotations(kind)})
    # Tuples, for the templates take the same whether the data was just collected or read back.
    if get_origin(kind) is tuple:
        inside = get_args(kind)
        if inside[-1] is Ellipsis:
            return tuple([_rebuilt(inside[0], v) for v in value])
        return tuple([_rebuilt(k, v) for k, v in zip(inside, value, strict=True)])
    if kind == Side | None:
        return value and _rebuilt(Side, value)
    return value


@cache  # resolving annotations takes longer than all else here, and there are thousands of spans
def _annotations(kind: Any) -> list[tuple[str, Any]]:
    """Return the name and the type of each field of a dataclass."""
    hints = get_type_hints(kind)
    return [(f.name, hints[f.name]) for f in fields(kind)]
