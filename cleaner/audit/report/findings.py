"""What a report shows beside the manifest, as plain data: the content of report.json."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from cleaner.audit.logs import Row
from cleaner.audit.report.markup import clipped
from cleaner.audit.report.origins import Origin
from cleaner.audit.report.pairs import Cluster, Pair, Pairs, Side, cluster, pair, side
from cleaner.audit.report.sums import ELSEWHERE, At, Fired, Group, Place, Sums
from cleaner.audit.report.views import View, view
from cleaner.audit.report.walk import Walked
from cleaner.audit.tally import BINS, Phrase

__all__ = ["Articles", "Count", "Example", "Findings", "Flagged", "Took", "from_json", "to_json"]

_PHRASES, _SITES, _LANGUAGES, _ROWS, _TEXTS = 200, 200, 60, 40, 4
_ROOM, _ROOM_IN_ALL = 20_000, 1_600_000  # characters shown of one article, and of all


@dataclass(frozen=True, slots=True)
class Example:
    """A removed text and articles that it stood in, or the title of an article and its id."""

    text: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Took:
    """What a rule took as one kind, or an entry of a phrase list: `name` is the rule, or the entry as it is listed.

    `language` and `how` are those of the phrase list, else "".
    """

    kind: str
    name: str
    spans: int
    characters: int
    examples: tuple[Example, ...] = ()
    language: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Articles:
    """Articles of one site or language: how many, their characters, and the spans that left them, without space.

    `scores` counts those written by the score of their language, from 0 to 1 in equal steps.
    """

    name: str
    read: int
    written: int
    before: int
    removed: int
    spans: int
    rules: tuple[Took, ...]
    scores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flagged:
    """Articles with one flag."""

    flag: str
    articles: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of something."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Findings:
    """All of it. Of phrases, sites and languages those with most stand here; the numbers say how many there were."""

    articles: int
    rules: tuple[Took, ...]
    all_phrases: int
    phrases: tuple[Took, ...]
    all_sites: int
    sites: tuple[Articles, ...]
    all_languages: int
    languages: tuple[Articles, ...]
    scores: tuple[int, ...]
    flags: tuple[Flagged, ...]
    repairs: tuple[Count, ...]
    dropped: tuple[Count, ...]  # characters, by reason
    similarities: tuple[int, ...]
    cluster_sizes: tuple[Count, ...]
    clusters: tuple[Cluster, ...]
    pairs: tuple[Pair, ...]
    views: tuple[View, ...]

    @classmethod
    def of(cls, origin: Origin, named: Iterable[str]) -> Findings:
        """Add up the tallies, then look up the texts. `named` are sites to be followed one by one in any case."""
        sums, pairs = Sums(named), Pairs()
        for shard, (tally, dropped, kept) in enumerate(origin.tallies()):
            sums.add(tally, shard)
            for line in dropped:
                sums.drop(line, shard)
                pairs.drop(line, shard)
            for line in kept:
                pairs.keep(line, shard)
        phrases = sorted(sums.phrases.sums.items(), key=lambda item: (-item[1].spans, item[0]))
        told = _Told(sums, [fired for _, fired in phrases[:_PHRASES]], pairs)
        told.look_up(origin)
        sites = sorted(sums.sites.sums.items(), key=lambda item: (item[0] == ELSEWHERE, -item[1].removed, item[0]))
        sites = sites[:_SITES] + [item for item in sites[_SITES:] if item[0] == ELSEWHERE]
        languages = sorted(sums.languages.items(), key=lambda item: (-item[1].written, item[0]))
        repairs = sorted(sums.repairs.sums.items(), key=lambda item: (-item[1].spans, item[0]))
        return cls(
            articles=sums.articles,
            rules=tuple(_took(kind, rule, f, told) for (kind, rule), f in sorted(sums.rules.items())),
            all_phrases=len(phrases),
            phrases=tuple(_took_by_list(phrase, f, told) for phrase, f in phrases[:_PHRASES]),
            all_sites=len(sums.sites.sums),
            sites=tuple(_articles(name, group) for name, group in sites),
            all_languages=len(languages),
            languages=tuple(_articles(name, group) for name, group in languages[:_LANGUAGES]),
            scores=tuple(sum(group.scores[i] for _, group in languages) for i in range(BINS)),
            flags=tuple(Flagged(f, n.articles, told.titles(n.examples)) for f, n in sorted(sums.flags.items())),
            repairs=tuple(Count(clipped(step, 200), f.spans) for step, f in repairs[:_ROWS]),
            dropped=tuple(Count(reason, r.characters) for reason, r in sorted(sums.dropped.items())),
            similarities=tuple(pairs.similarities),
            cluster_sizes=tuple(Count(str(size), n) for size, n in sorted(pairs.sizes.items())[:_ROWS]),
            clusters=tuple(told.clusters[at[2:4]] for at in pairs.clusters),
            pairs=told.pairs(),
            views=tuple(sorted(told.views.values(), key=lambda v: (v.source, len(v.id), v.id))),
        )


class _Told:
    """The texts of a report: what it needs of each article is taken when the article comes by, and no more."""

    def __init__(self, sums: Sums, phrases: Iterable[Fired], pairs: Pairs) -> None:
        self._shown = sums.shown()
        self._room = max(1500, min(_ROOM, _ROOM_IN_ALL // (len(self._shown) or 1)))
        self._spans: dict[Place, set[int]] = {}
        for fired in (*sums.rules.values(), *phrases):
            for _, shard, place, nth in fired.examples:
                self._spans.setdefault((shard, place), set()).add(nth)
        self._titled = {at[1:3] for flag in sums.flags.values() for at in flag.examples}
        self._pairs, self._members = pairs.shown(), {place for place, _ in pairs.shown()}
        self._keepers = {keeper for _, keeper in self._pairs}
        self._clusters = {at[2:4] for at in pairs.clusters}
        self.views: dict[tuple[int, ...], View] = {}
        self.clusters: dict[tuple[int, ...], Cluster] = {}
        self._texts: dict[tuple[int, ...], tuple[str, str]] = {}
        self._titles: dict[tuple[int, ...], tuple[str, str]] = {}
        self._gone: dict[Place, tuple[Row, Row]] = {}
        self._beside: dict[str, Side] = {}

    def look_up(self, origin: Origin) -> None:
        """Take what is needed of every article that is."""
        places: Collection[Any] = self._shown | {*self._spans} | self._titled | self._members | self._clusters
        for place, walked in origin.articles(places, self._keepers):
            for nth in self._spans.get(place, ()):
                row = walked.removed[nth]
                self._texts[*place, nth] = clipped(row["text"], 160), clipped(str(row["id"]), 200)
            if walked.record is not None:
                self._take(place, walked, walked.record)

    def _take(self, place: Place, walked: Walked, record: Row) -> None:
        if place in self._shown:
            self.views[place] = view(walked, self._room)
        if place in self._titled:
            title = record["title"] or record["text"].lstrip()[:120].split("\n", 1)[0]
            self._titles[place] = clipped(title, 120), clipped(str(record["id"]), 200)
        if place in self._clusters:
            self.clusters[place] = cluster(record)
        if place in self._members and walked.drop:
            self._gone[place] = (
                {"id": record["id"], "title": record["title"], "text": record["text"][:10_000]},
                {key: value for key, value in walked.drop.items() if key != "record"},
            )
        if record["id"] in self._keepers and not walked.drop:
            self._beside[record["id"]] = side(record)

    def pairs(self) -> tuple[Pair, ...]:
        """Members beside their keepers."""
        return tuple(pair(*self._gone[place], self._beside.get(keeper)) for place, keeper in self._pairs)

    def titles(self, examples: Iterable[At]) -> tuple[Example, ...]:
        """Articles by their titles."""
        found = (self._titles[at[1:3]] for at in [*examples][:_TEXTS])
        return tuple(Example(title, (id,)) for title, id in found)

    def texts(self, examples: Iterable[At]) -> tuple[Example, ...]:
        """Removed texts, each once, with the articles that they stood in."""
        found: dict[str, list[str]] = {}
        for at in examples:
            text, id = self._texts[at[1:]]
            found.setdefault(text, []).append(id)
        return tuple(Example(text, tuple(ids)) for text, ids in [*found.items()][:_TEXTS])


def _took(kind: str, rule: str, fired: Fired, told: _Told) -> Took:
    return Took(kind, rule, fired.spans, fired.characters, told.texts(fired.examples) if kind != "space" else ())


def _took_by_list(phrase: Phrase, fired: Fired, told: _Told) -> Took:
    examples = told.texts(fired.examples)
    return Took(phrase.kind, phrase.text, fired.spans, fired.characters, examples, phrase.language, phrase.how)


def _articles(name: str, group: Group) -> Articles:
    rules = sorted(group.rules.items(), key=lambda item: (-item[1], item[0]))
    took = tuple(Took(kind, rule, spans, 0) for (kind, rule), spans in rules[:_ROWS])
    return Articles(
        name, group.read, group.written, group.before, group.removed, group.rules.total(), took, tuple(group.scores)
    )


def to_json(findings: Findings, of: Mapping[str, Any]) -> bytes:
    """The content of report.json; `of` are the files of which it tells, as the manifest has them."""
    return orjson.dumps({"of": of, "findings": findings}, option=orjson.OPT_APPEND_NEWLINE)


def from_json(content: bytes, of: Mapping[str, Any]) -> Findings | None:
    """What `to_json` gave; None where it tells of other files, or was written by another version."""
    try:
        found = orjson.loads(content)
        return _made(Findings, found["findings"]) if found["of"] == of else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _made(kind: Any, value: Any) -> Any:
    """JSON as the dataclasses, and tuples of them, that an annotation names."""
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _made(inside, value[name]) for name, inside in _annotations(kind)})
    if get_origin(kind) is tuple:
        inside = get_args(kind)
        if inside[-1] is Ellipsis:
            return tuple([_made(inside[0], v) for v in value])
        return tuple([_made(k, v) for k, v in zip(inside, value, strict=True)])
    if kind == Side | None:
        return value and _made(Side, value)
    return value


@cache
def _annotations(kind: Any) -> list[tuple[str, Any]]:
    hints = get_type_hints(kind)
    return [(f.name, hints[f.name]) for f in fields(kind)]
