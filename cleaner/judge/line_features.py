"""Describe a line by itself, in whole numbers: its size, marks, capitals, digits, and what its words say.

Every number comes from the line and the lists alone, so it is the same in any text, in any batch and on any machine. A
change of what a feature means needs a new fit (benchmarks/fit_lines.py). beside.py tells of a line beside the others.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from cleaner.characters import BULLETS, CLOSERS, FULL_STOPS, STOPS, UNSPACED_CLASS
from cleaner.judge.vocabulary import BEYOND_SPACES, CONCEPTS, GROUP_NAMES, Vocabulary, places_of_words, vocabulary_for
from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = ["ALONE", "OWN", "WHOLE", "Own", "class_of_first", "class_of_last", "line_features", "opens_with_concept"]

SEEN = 300
"""Characters of a line that are looked at: more of a paragraph would say the same."""

OPENS, WHOLE = 2, 3
"""How a concept is named at the head of a line, and by a line that says nothing else."""

SHORT = 60
"""Characters; a concept says more in a shorter line."""

_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")
_NUMERIC_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d年\d{1,2}月")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)")
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|net|org|co|id|my|de|fr|info)\b", re.IGNORECASE)
_SENTENCE = re.compile(f"[{re.escape(STOPS)}{''.join(sorted(FULL_STOPS))}][{re.escape(CLOSERS)}]*\\s")
_LABEL = re.compile(r"[:：|]")
_LETTERS, _NUMERALS = string.ascii_letters.encode(), string.digits.encode()
_QUOTES = frozenset("\"“”„«»「『‘’'")
_CODE = frozenset("{}<>=;$\\_")
_BARS = frozenset("|•·›»>→▶►｜│")
_COMMAS = frozenset(",،、")
_BRACKET_MARKS = frozenset("([")
_MARKS = re.compile(f"[{re.escape(''.join(sorted(_QUOTES | _CODE | _BARS | _COMMAS | _BRACKET_MARKS)))}]")


class Own(NamedTuple):
    """What a line is by itself: the numbers of OWN for the trees, the features of ALONE that it has (indices), its
    long words, and the index of the concept that it names most clearly, or -1."""

    numbers: tuple[int, ...]
    alone: tuple[int, ...]
    words: tuple[str, ...]
    concept: int


OWN = (
    *("size", "words", "letters", "digits", "capitals", "first", "last", "commas", "sentences", "bars", "symbols"),
    *(
        "code",
        "label at",
        "behind label",
        "addresses",
        "numbers",
        "date words",
        "time words",
        "numeric date",
        "clock",
        "year",
    ),
    *(
        "longest word",
        "small words",
        "brackets",
        "quotes",
        "listed words",
        "share listed",
        "concepts",
        "clearest concept",
    ),
)

_BRACKETS: dict[str, tuple[int, ...]] = {
    "size": (2, 5, 10, 15, 20, 30, 40, 60, 80, 120, 200, 400),
    "words": (1, 2, 3, 4, 6, 9, 14, 25),
    "letters": (1, 50, 75, 90, 96, 100),
    "digits": (1, 5, 15, 40, 80),
    "capitals": (1, 20, 40, 60, 80, 100),
    "first": (1, 2, 3, 4, 5, 6, 7, 8),
    "last": (1, 2, 3, 4, 5, 6, 7, 8, 9),
    "commas": (1, 2, 3, 5),
    "sentences": (1, 2, 3),
    "bars": (1, 2, 4),
    "symbols": (1, 3, 6, 12),
    "code": (1, 2, 4),
    "label at": (0, 8, 20, 40),
    "addresses": (1, 2),
    "numbers": (1, 2, 3, 6),
    "date words": (1, 2, 3),
    "time words": (1, 2),
    "numeric date": (1,),
    "clock": (1,),
    "year": (1,),
    "small words": (1, 15, 30, 50),
    "brackets": (1, 2),
    "quotes": (1, 2, 3),
    "share listed": (1, 20, 40, 60, 80, 100),
    "concepts": (1, 2, 3),
}
"""Feature of OWN -> where its brackets begin, for the judgement of a line alone."""

_HOW = ("whole", "head, short", "head, long", "behind, short", "behind, long")
ALONE = (
    *(f"{name} {k}" for name, limits in _BRACKETS.items() for k in range(len(limits) + 1)),
    *(f"says {concept}: {how}" for concept in CONCEPTS for how in _HOW),
    *(f"listed {group}: {k}" for group in GROUP_NAMES for k in ("one", "more", "most")),
)
"""The features that a line has or has not, by which it is judged alone."""

_COLUMNS: list[tuple[int, dict[int, int], int]] = []
"""For each name of _BRACKETS its column of OWN, the feature of ALONE for each value from -1 on, and that of greater
ones."""
for _name, _limits in _BRACKETS.items():
    _start = ALONE.index(f"{_name} 0")
    _brackets = {value: _start + bisect_right(_limits, value) for value in range(-1, _limits[-1])}
    _COLUMNS.append((OWN.index(_name), _brackets, _start + len(_limits)))
_FIRST_CONCEPT = ALONE.index(f"says {CONCEPTS[0]}: whole")
_FIRST_GROUP = ALONE.index(f"listed {GROUP_NAMES[0]}: one")


class Said(NamedTuple):
    """What the words of a line say: the words, and the concepts that it names -> how (`Vocabulary.concepts`)."""

    words: Sequence[str]
    concepts: Mapping[int, int]


@lru_cache(16384)
def _said(text: str, phrases: Phrases) -> Said:
    wording = normalise_wording(text[:SEEN])
    places, words = places_of_words(wording)
    return Said(words, vocabulary_for(phrases).concepts(wording, places, words))


def opens_with_concept(text: str, phrases: Phrases) -> bool:
    """Return True if a line opens with a concept of boilerplate; a quarter as dear as `line_features`."""
    return max(_said(text, phrases).concepts.values(), default=0) >= OPENS


@lru_cache(16384)
def line_features(text: str, phrases: Phrases) -> Own:
    """Return what a line is by itself. Remembered, since the templates of a site repeat their lines."""
    seen, vocabulary = text[:SEEN], vocabulary_for(phrases)
    words, concepts = _said(text, phrases)
    groups: dict[int, int] = {}
    for word in words:
        if word in vocabulary.groups:
            group = vocabulary.groups[word]
            groups[group] = groups.get(group, 0) + 1
    marks = _MARKS.findall(seen)
    numbers = (
        *_count_characters(text, seen, words, marks),
        *_count_words(seen, words, marks, vocabulary, sum(groups.values())),
        *(len(concepts), max(concepts.values(), default=0)),
    )
    alone = [brackets.get(numbers[column], last) for column, brackets, last in _COLUMNS]
    short = numbers[0] < SHORT
    for concept, how in concepts.items():
        alone.append(
            _FIRST_CONCEPT + concept * len(_HOW) + (0 if how == WHOLE else (1 if how == 2 else 3) + (not short))
        )
    for group, count in groups.items():
        alone.append(_FIRST_GROUP + 3 * group + (2 if 2 * count >= len(words) else 1 if count > 1 else 0))
    most_said = max(concepts, key=lambda c: (concepts[c], -c), default=-1)
    long_words = tuple([word for word in words if len(word) > 3 or word[0] > BEYOND_SPACES])
    return Own(numbers, tuple(alone), long_words, most_said)


def _count_characters(text: str, seen: str, words: Sequence[str], marks: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of OWN up to "behind label"; `marks` are what _MARKS finds."""
    pieces = seen.split()
    if seen.isascii():  # a fifteenth of the time of asking each character
        raw = seen.encode()
        letters, digits = (len(raw) - len(raw.translate(None, of_class)) for of_class in (_LETTERS, _NUMERALS))
    else:
        letters, digits = sum(map(str.isalpha, seen)), sum(map(str.isdigit, seen))
    visible = max(1, len("".join(pieces)))
    heads = [
        piece[0] if piece[0].isalpha() else piece[1] for piece in pieces if piece[0].isalpha() or piece[1:2].isalpha()
    ]
    wide = 0 if seen.isascii() else len(_UNSPACED.findall(seen))
    symbols = visible - letters - digits
    label = _LABEL.search(seen) if symbols else None
    return (
        # in Latin characters: a character of a script without spaces between words says as much as three
        *(len(text) + 2 * wide * len(text) // len(seen), len(words), 100 * letters // visible, 100 * digits // visible),
        *(100 * sum(map(str.isupper, heads)) // max(1, len(heads)), class_of_first(seen[0]), class_of_last(text)),
        *(sum([mark in _COMMAS for mark in marks]), len(_SENTENCE.findall(seen)) if symbols else 0),
        *(sum([mark in _BARS for mark in marks]), symbols, sum([mark in _CODE for mark in marks])),
        *((label.start(), len(seen) - label.end()) if label else (-1, -1)),
    )


def _count_words(
    seen: str, words: Sequence[str], marks: Sequence[str], vocabulary: Vocabulary, listed: int
) -> tuple[int, ...]:
    """Return the numbers of OWN from "addresses" to "share listed"; `listed` words stand in the phrase lists."""
    runs = _DIGITS.findall(seen)
    dated = (
        (_NUMERIC_DATE.search(seen) is not None, _CLOCK.search(seen) is not None, _YEAR.search(seen) is not None)
        if runs
        else (0, 0, 0)
    )
    lengths = [len(word) for word in words] or [0]
    return (
        *(len(_ADDRESS.findall(seen)) if "." in seen or "@" in seen or ":/" in seen else 0, len(runs)),
        *(sum([word in vocabulary.calendar for word in words]), sum([word in vocabulary.units for word in words])),
        *(*dated, max(lengths), 100 * sum([length <= 3 for length in lengths]) // len(lengths)),
        *(sum([mark in _BRACKET_MARKS for mark in marks]), sum([mark in _QUOTES for mark in marks])),
        *(listed, 100 * listed // max(1, len(words))),
    )


def class_of_first(character: str) -> int:
    """Return 0 for a small letter, 1 a digit, 2 a capital, 3 a letter of other scripts, 4 a quote, 5 a bracket, 6 a
    bullet, 7 another mark, 8 a hash or at sign."""
    if character.isalpha():
        return 0 if character.islower() else 2 if character.isupper() else 3
    if character.isdigit():
        return 1
    if character in _QUOTES:
        return 4
    return 5 if character in "([{【" else 8 if character in "#@" else 6 if character in BULLETS else 7


def class_of_last(text: str) -> int:
    """Return 0 for a letter, 1 a digit, 2 another mark, 3 a comma, 4 a colon, 5 an ellipsis, 6 a bracket, 7 a quote, 8
    a question or call, 9 a full stop; the mark before quotes and brackets counts."""
    last = text[-1]
    if last.isalpha():
        return 0
    if last.isdigit():
        return 1
    if text.endswith(("...", "…", "...]", "…]")):
        return 5
    bare = text.rstrip(CLOSERS)[-1:] or last
    if bare in FULL_STOPS:
        return 9
    if bare in "?!？！؟":
        return 8
    if last in CLOSERS or last in _QUOTES:
        return 7 if last in _QUOTES else 6
    return 3 if last in ",;،、" else 4 if last in ":：" else 2
