"""What the words of a line say: concepts of boilerplate ("read also", "share"), words of the phrase lists, of dates.

A concept is a vote and no verdict: the trees weigh it beside the line's shape and place. concepts.toml holds them, and
concepts/LANGUAGE.toml the words of each language; dates.json has the months, days and units of time of all languages
(of the Unicode CLDR, by benchmarks/build_dates.py).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from cleaner.characters import UNSPACED_CLASS
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.tables import read_toml, table_bytes

__all__ = [
    "BEYOND_SPACES",
    "CONCEPTS",
    "CONCEPT_KINDS",
    "GROUPS",
    "GROUP_NAMES",
    "Vocabulary",
    "vocabulary_for",
    "words_of",
]

GROUPS = {
    "related": "related",
    "readmore": "readmore",
    **dict.fromkeys(("newsletter", "promo"), "newsletter"),
    **dict.fromkeys(("login", "cookie", "paywall", "app"), "login"),
    **dict.fromkeys(("ad", "loading"), "ad"),
    **dict.fromkeys(("byline", "authorbio", "initials"), "byline"),
    **dict.fromkeys(("timestamp", "dateline"), "timestamp"),
    **dict.fromkeys(("caption", "video"), "caption"),
    **dict.fromkeys(("sourcenote", "disclaimer"), "sourcenote"),
    **dict.fromkeys(("nav", "pagination"), "nav"),
    "footer": "footer",
    "comment": "comment",
    "share": "share",
    "tags": "tags",
}
"""Kind of removal -> the group that its words are counted in."""

GROUP_NAMES = tuple(dict.fromkeys(GROUPS.values()))
_GROUP_NUMBERS = {name: i for i, name in enumerate(GROUP_NAMES)}

_MOST_GROUPS = 5
"""A word in the entries of more groups than this is one of the language's small words ("the", "di")."""

_HOLE = re.compile(r"\{\w*\}")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")

BEYOND_SPACES = "\u0dff"
"""Scripts that put no spaces between words (Thai, Khmer, Han, kana) stand behind this character."""


@cache
def _concept_table() -> dict[str, dict[str, Any]]:
    return read_toml("judge/concepts.toml")


@cache
def _entries(language: str) -> dict[str, list[str]]:
    """Return the entries of a language by concept: none for "neutral" and for languages of a user's own lists."""
    if language == "all":
        return {name: table.get("all", []) for name, table in _concept_table().items()}
    try:  # a file a language: to read all of them takes 15 ms
        return read_toml(f"judge/concepts/{language}.toml")
    except OSError:
        return {}


CONCEPTS = tuple(_concept_table())
"""The names of the concepts, in the order of concepts.toml."""

CONCEPT_KINDS = tuple(str(table["kind"]) for table in _concept_table().values())
"""The kind of removal that each concept speaks for."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words that one text's lines are looked up in.

    `terms`, `stems` and `unspaced` map the first word, the first four letters, or the first character of a term to the
    terms that begin so, each with the index of its concept. `groups` maps a word of the phrase lists to the index of
    its group. `calendar` and `units` are words of dates.
    """

    terms: Mapping[str, tuple[tuple[str, int], ...]]
    stems: Mapping[str, tuple[tuple[str, int], ...]]
    unspaced: Mapping[str, tuple[tuple[str, int], ...]]
    groups: Mapping[str, int]
    calendar: frozenset[str]
    units: frozenset[str]

    def opens(self, wording: str) -> bool:
        """Return True if a normalised line opens with a term; a tenth as dear as `concepts`."""
        first = _WORD.match(wording)
        word = first[0] if first else "0"
        if not word.isascii() and _UNSPACED.search(word):
            return max(self.concepts(wording, words_of(wording)).values(), default=0) > 1
        if word != "0":
            for term, _ in self.terms.get(word, ()):
                if wording.startswith(term) and not wording[len(term) : len(term) + 1].isalnum():
                    return True
            if any(word.startswith(stem) for stem, _ in self.stems.get(word[:4], ())):
                return True
        return any(wording.startswith(term) for term, _ in self.unspaced.get(wording[:1], ()))

    def concepts(self, wording: str, words: Sequence[str]) -> dict[int, int]:
        """Return the concepts that a normalised line names -> how: 3 the whole line, 2 at its head, 1 behind that.

        `words` are those of `words_of`.
        """
        found: dict[int, int] = {}
        # in half of all lines no word begins a term
        stems = self.stems.keys()
        if not (self.terms.keys().isdisjoint(words) and stems.isdisjoint([word[:4] for word in words])):
            self._note_words(found, wording, words)
        if self.unspaced and _has_unspaced(wording):
            for at, character in enumerate(wording):
                for term, concept in self.unspaced.get(character, ()):
                    if wording.startswith(term, at):
                        _note(found, concept, at, at + len(term), len(wording))
        return found

    def _note_words(self, found: dict[int, int], wording: str, words: Sequence[str]) -> None:
        for at, word in zip(_places_of(wording, words), words, strict=True):
            for term, concept in self.terms.get(word, ()):
                end = at + len(term)
                if wording.startswith(term, at) and not wording[end : end + 1].isalnum():
                    _note(found, concept, at, end, len(wording))
            for stem, concept in self.stems.get(word[:4], ()):
                if word.startswith(stem):
                    _note(found, concept, at, at + len(word), len(wording))


def _note(found: dict[int, int], concept: int, start: int, end: int, length: int) -> None:
    how = 1 if start else 3 if end == length else 2
    if how > found.get(concept, 0):
        found[concept] = how


def vocabulary_for(phrases: Phrases) -> Vocabulary:
    """Return the vocabulary of the languages of `phrases`; built once for the languages and their lists."""
    return _build(phrases)


@cache
def _build(phrases: Phrases) -> Vocabulary:
    terms: dict[str, list[tuple[str, int]]] = defaultdict(list)
    stems: dict[str, list[tuple[str, int]]] = defaultdict(list)
    unspaced: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for i, concept in enumerate(CONCEPTS):
        for language in (*phrases.languages, "all"):
            for entry in _entries(language).get(concept, ()):
                bare = normalise_wording(entry.rstrip("*"))
                if _UNSPACED.search(bare):
                    unspaced[bare[0]].append((bare, i))
                elif entry.endswith("*"):
                    stems[bare[:4]].append((bare, i))
                elif first := _WORD.match(bare):
                    terms[first[0]].append((bare, i))
    dates = [table for code, table in _dates().items() if code in phrases.languages]
    return Vocabulary(
        terms={word: tuple(found) for word, found in terms.items()},
        stems={word: tuple(found) for word, found in stems.items()},
        unspaced={word: tuple(found) for word, found in unspaced.items()},
        groups=_groups_of_words(phrases),
        calendar=frozenset(word for table in dates for name in table["calendar"] for word in name.split()[:1])
        | phrases.words["month"]
        | phrases.words["weekday"],
        units=frozenset(word for table in dates for word in table["units"]) | phrases.words["clock"],
    )


@cache
def _dates() -> dict[str, dict[str, list[str]]]:
    languages: dict[str, dict[str, list[str]]] = json.loads(table_bytes("judge/dates.json"))["languages"]
    return languages


def _groups_of_words(phrases: Phrases) -> dict[str, int]:
    """Return for each word of the phrase lists the group that half of its entries or more belong to."""
    # the English and neutral entries are in all lists: counted once, they leave a third of the work for a language
    groups = dict(vocabulary_for(phrases.shared).groups) if phrases.shared else {}
    for word, found in _votes(phrases).items():
        if len(found) == 1:
            ((group, most),) = found.items()
            holds = most > 0
        else:
            group, most = min(found.items(), key=lambda item: (-item[1], item[0]))
            holds = 0 < most >= sum(found.values()) / 2 and sum(map(bool, found.values())) <= _MOST_GROUPS
        if holds and len(word) > 1:
            groups[word] = _GROUP_NUMBERS[group]
        else:
            groups.pop(word, None)
    return groups


@lru_cache(2)
def _votes(phrases: Phrases) -> dict[str, dict[str, int]]:
    """Return for each word in how many entries of each group it stands; without the words of which `phrases.shared`
    says the same."""
    shared = phrases.shared
    known = shared.merged if shared else {}
    patterns = {*map(id, chain(*shared.merged_patterns.values()))} if shared else set()
    before = _votes(shared) if shared else {}
    changes = [(wording, phrase, 1) for wording, phrase in phrases.merged.items() if known.get(wording) is not phrase]
    changes += [(wording, phrase, -1) for wording, phrase in known.items() if phrases.merged.get(wording) is not phrase]
    changes += [(p.wording, p.phrase, 1) for p in chain(*phrases.merged_patterns.values()) if id(p) not in patterns]
    votes: dict[str, dict[str, int]] = {}
    for wording, phrase, more in changes:
        if group := GROUPS.get(phrase.kind):
            for word in {*words_of(_HOLE.sub(" ", wording) if "{" in wording else wording)}:
                found = votes.get(word)
                if found is None:
                    found = votes[word] = {**before[word]} if word in before else {}
                found[group] = found.get(group, 0) + more
    return votes


def words_of(wording: str) -> list[str]:
    """Return the words of a normalised line, without numbers; in scripts without spaces every two neighbouring
    characters are one."""
    if _has_unspaced(wording):
        return [word for _, word in _pairs_and_words(wording)]
    words: list[str] = _WORD.findall(wording)
    return [word for word in words if word != "0"] if "0" in wording else words


def _places_of(wording: str, words: Sequence[str]) -> list[int]:
    """Return where the words of a normalised line begin, which are those of `words_of`."""
    if _has_unspaced(wording):
        return [at for at, _ in _pairs_and_words(wording)]
    places, at = [], 0
    for word in words:
        places.append(at := wording.index(word, at))
        at += len(word)
    return places


def _has_unspaced(wording: str) -> bool:
    return not wording.isascii() and _UNSPACED.search(wording) is not None


def _pairs_and_words(wording: str) -> Iterator[tuple[int, str]]:
    """Yield the words of a line that is in part of a script without spaces, each with its place."""
    for found in _WORD.finditer(wording):
        word, at = found[0], found.start()
        if word[-1] > BEYOND_SPACES and _UNSPACED.search(word):
            yield from ((at + i, word[i : i + 2]) for i in range(max(1, len(word) - 1)))
        elif word != "0":
            yield at, word
