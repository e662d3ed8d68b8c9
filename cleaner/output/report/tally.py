"""What the report counts over the logs, in one walk and bounded memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from cleaner.output.report.markup import clipped
from cleaner.output.report.sampling import SEED, Sample
from cleaner.output.report.views import View, view
from cleaner.output.report.walk import Row, Walked

__all__ = ["BINS", "ELSEWHERE", "Example", "Group", "Phrase", "Rule", "Tally", "phrase_of"]

BINS = 10  # of a histogram of scores
ELSEWHERE = "further sites"
_EXAMPLES, _PLACES, _PHRASES, _STEPS, _KNOWN = 4, 2000, 20_000, 500, 4096
_SAMPLE, _FIRST, _FIRST_IN_ALL = 200, 2, 150
_ROOM, _ROOM_IN_ALL = 20_000, 1_600_000  # characters shown of one article, and of all

_PHRASE = re.compile(r"(\S+) list, ([a-z]+)\.([a-z]+): (.+)")
_SPAN = re.compile(r"^\d+:\d+ ")


@dataclass(frozen=True, slots=True)
class Example:
    """A removed text, and the article it stood in."""

    text: str
    id: str


@dataclass(frozen=True, slots=True, order=True)
class Phrase:
    """An entry of a phrase list: its list's language, kind, and the way it is matched."""

    language: str
    kind: str
    how: str
    text: str


@dataclass(slots=True)
class Rule:
    """Spans that one rule removed as one kind (or one phrase), with a sample of them."""

    examples: Sample[Example]
    characters: int = 0

    @property
    def spans(self) -> int:
        """How many there were."""
        return self.examples.seen

    def add(self, row: Row, length: int) -> None:
        """Count one row of removed.jsonl."""
        self.characters += length
        if self.examples.wants():
            self.examples.put(Example(clipped(row["text"], 160), clipped(str(row["id"]), 200)))


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
        """Count another's articles as well."""
        self.read += other.read
        self.written += other.written
        self.before += other.before
        self.removed += other.removed
        self.rules.update(other.rules)
        self.scores = [a + b for a, b in zip(self.scores, other.scores, strict=True)]

    @property
    def spans(self) -> int:
        """Spans removed, without those that only close a gap."""
        return self.rules.total()


@dataclass(slots=True)
class Flag:
    """A flag: how many articles carry it, and some of them."""

    articles: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)  # (id, title)


class Tally:
    """Counts of a walk. `named` are the sites that are followed one by one; `articles` is the number expected."""

    def __init__(self, named: Iterable[str] = (), articles: int = 0) -> None:
        self._random = Random(SEED)
        self._places = set(named)
        self._folders = 0
        self._room = max(1500, min(_ROOM, _ROOM_IN_ALL // (min(articles, _SAMPLE + _FIRST_IN_ALL) or 1)))
        self._firsts: Counter[object] = Counter()  # rules, flags, reasons: articles shown in any case
        self._known_signs: set[object] = set()  # those of which enough are shown
        self._sample: Sample[tuple[int, View]] = Sample(_SAMPLE, self._random)
        self._first: list[tuple[int, View]] = []
        self.articles = 0
        self.rules: dict[tuple[str, str], Rule] = {}
        self.phrases: dict[Phrase, Rule] = {}
        self.phrases_not_followed = 0  # spans; only a list of more than 20,000 phrases comes so far
        self._groups: dict[tuple[str, str], Group] = {}  # (place, language)
        self._known: dict[str, Rule | None] = {}  # the phrase of a `why`, as far as it was met before
        self.flags: dict[str, Flag] = {}
        self.repairs: Counter[str] = Counter()
        self.dropped: dict[str, Counter[str]] = {}  # reason -> articles, characters

    def add(self, walked: Walked) -> None:
        """Count one article."""
        taken, rules = self._count_removed(walked.removed)
        if walked.record is None:
            return
        self.articles += 1
        record, drop = walked.record, walked.drop
        place, language = self._place(record), record["language"]
        length = len(record["text"])
        if (group := self._groups.get((place, language))) is None:
            group = self._groups[place, language] = Group()
        group.read += 1
        group.before += length + taken
        group.removed += taken
        for rule in rules:
            group.rules[rule] += 1
        if drop is None:
            group.written += 1
            group.scores[_bin(record["language_score"])] += 1
        else:
            self.dropped.setdefault(drop["reason"], Counter()).update(articles=1, characters=length)
        for step in record["repair"]:
            self._repaired(step)
        for flag in record["flags"]:
            self._flagged(flag, record)
        self._show(walked, place, rules)

    @property
    def places(self) -> dict[str, Group]:
        """The articles of every site, or folder."""
        return self._grouped(0)

    @property
    def languages(self) -> dict[str, Group]:
        """The articles of every language."""
        return self._grouped(1)

    def _grouped(self, by: int) -> dict[str, Group]:
        found: dict[str, Group] = {}
        for key, group in self._groups.items():
            found.setdefault(key[by], Group()).take(group)
        return found

    def views(self) -> list[View]:
        """The sampled articles in the order of the run, each once."""
        found = dict([*self._first, *self._sample.items])
        return [found[at] for at in sorted(found, key=lambda at: (found[at].source, at))]

    def _count_removed(self, rows: Iterable[Row]) -> tuple[int, list[tuple[str, str]]]:
        taken, met = 0, []
        rules, known = self.rules, self._known
        for row in rows:
            length = row["end"] - row["start"]
            taken += length
            kind, why = row["kind"], row["why"]
            key = kind, row["rule"]
            if (rule := rules.get(key)) is None:
                rule = rules[key] = Rule(Sample(_EXAMPLES, self._random))
            rule.add(row, length)
            if kind != "space":
                met.append(key)
                if (phrase := known[why] if why in known else self._phrase(why)) is not None:
                    phrase.add(row, length)
        return taken, met

    def _phrase(self, why: str) -> Rule | None:
        if len(self._known) >= _KNOWN:
            self._known.clear()
        found = phrase_of(why)
        if found is not None and found not in self.phrases:
            if len(self.phrases) >= _PHRASES:
                self.phrases_not_followed += 1
                return None
            self.phrases[found] = Rule(Sample(_EXAMPLES, self._random))
        rule = self._known[why] = None if found is None else self.phrases[found]
        return rule

    def _place(self, record: Row) -> str:
        """The site, or the folder of the source where none is named; there, lines are compared as on one site."""
        place = clipped(record["site"] or _folder(record["source"]), 200)
        if place in self._places:
            return place
        if self._folders < _PLACES:
            self._folders += 1
            self._places.add(place)
            return place
        return ELSEWHERE

    def _repaired(self, step: str) -> None:
        name = _SPAN.sub("", clipped(step, 200))
        self.repairs[name if name in self.repairs or len(self.repairs) < _STEPS else "other steps"] += 1

    def _flagged(self, name: str, record: Row) -> None:
        flag = self.flags.setdefault(name, Flag())
        flag.articles += 1
        if len(flag.examples) < _EXAMPLES:
            title = record["title"] or record["text"].lstrip()[:120].split("\n", 1)[0]
            flag.examples.append((clipped(str(record["id"]), 200), clipped(title, 120)))

    def _show(self, walked: Walked, place: str, rules: Iterable[tuple[str, str]]) -> None:
        """Into the sample, or in any case where it is among the first articles of a rule, a flag or a reason."""
        assert walked.record is not None
        reason = walked.drop["reason"] if walked.drop else ""
        flags = walked.record["flags"]
        new = len(self._first) < _FIRST_IN_ALL and not (
            self._known_signs.issuperset(rules) and self._known_signs.issuperset(flags) and reason in self._known_signs
        )
        wanted = self._sample.wants()
        if not new and not wanted:
            return
        shown = self.articles, view(walked, place, self._room)
        if new:
            signs = {*rules, *flags, reason}
            self._firsts.update(signs)
            self._known_signs.update(sign for sign in signs if self._firsts[sign] >= _FIRST)
            self._first.append(shown)
        if wanted:
            self._sample.put(shown)


def phrase_of(why: str) -> Phrase | None:
    """The phrase list's entry that is named in the `why` of a removal, or None.

    >>> phrase_of("id list, ad.between: Iklan; also block-tail")
    Phrase(language='id', kind='ad', how='between', text='Iklan')
    """
    found = _PHRASE.search(why)
    if not found:
        return None
    language, kind, how, phrase = found.groups()
    phrase = phrase.split("; also ")[0]
    inside = language.startswith("(") and phrase.endswith(")")
    return Phrase(clipped(language.lstrip("("), 60), kind, how, clipped(phrase[:-1] if inside else phrase, 200))


def _bin(score: float) -> int:
    return min(BINS - 1, max(0, int(score * BINS)))


@lru_cache(maxsize=4096)
def _folder(source: str) -> str:
    return f"folder {source.rpartition('/')[0] or '.'}"
