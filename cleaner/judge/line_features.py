"""Describe a line by itself, in whole numbers: its size, marks, capitals, digits, and what its words say.

Every number comes from the line and the lists alone, so it is the same in any text, in any batch and on any machine. A
change of what a feature means needs a new fit (benchmarks/fit_lines.py). beside.py tells of a line beside the others.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import filterfalse
from operator import itemgetter
from typing import NamedTuple

from cleaner.characters import BULLETS, CLOSERS, FULL_STOPS, STOPS, UNSPACED_CLASS
from cleaner.judge.lines import Line
from cleaner.judge.vocabulary import BEYOND_SPACES, CONCEPTS, GROUP_NAMES, vocabulary_for, words_of
from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = [
    "ALONE",
    "OF_WORDS",
    "OWN",
    "SHORT",
    "WHOLE",
    "Own",
    "class_of_first",
    "class_of_last",
    "line_features",
    "word_features",
    "wording_of",
]

SEEN = 300
"""Characters of a line that are looked at: more of a paragraph would say the same."""

WHOLE = 3
"""How a line names a concept if it says nothing else."""

SHORT = 60
"""Characters; a concept says more in a shorter line."""

_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")
_DATED = (
    re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d年\d{1,2}月"),  # a date in numbers, a clock, a year
    re.compile(r"\b\d{1,2}[:.h]\d{2}\b"),
    re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)"),
)
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|net|org|co|id|my|de|fr|info)\b", re.IGNORECASE)
_ENDS = FULL_STOPS | frozenset(STOPS)
_SENTENCE = re.compile(f"[{re.escape(''.join(sorted(_ENDS)))}][{re.escape(CLOSERS)}]*\\s")
_LABELS = frozenset(":：|")
_LABEL = re.compile(r"[:：|]")
_LETTERS_AND_SPACES = (string.ascii_letters + string.whitespace + "\x1c\x1d\x1e\x1f").encode()
_QUOTES = frozenset("\"“”„«»「『‘’'")
_MARKS = ((",،、"), ("|•·›»>→▶►｜│"), ("{}<>=;$\\_"), "([", _QUOTES)
"""Characters that are counted: commas, bars, marks of code, brackets, quotes."""

_MARKS_OF: dict[str, tuple[int, ...]] = {
    mark: tuple(i for i, marks in enumerate(_MARKS) if mark in marks) for mark in "".join(map("".join, _MARKS))
}


class Own(NamedTuple):
    """What a line is by itself: the numbers of OWN (or OF_WORDS) for the trees, the features of ALONE that it has
    (indices), its long words, and the index of the concept that it names most clearly, or -1."""

    numbers: tuple[int, ...]
    alone: tuple[int, ...]
    words: tuple[str, ...]
    concept: int


_OF_CHARACTERS = (
    *("size", "letters", "digits", "capitals", "first", "last", "sentences", "symbols", "label at", "behind label"),
    *("addresses", "numbers", "numeric date", "clock", "year", "commas", "bars", "code", "brackets", "quotes"),
)
OF_WORDS = (
    *("words", "date words", "time words", "longest word", "small words"),
    *("listed words", "share listed", "concepts", "clearest concept"),
)
OWN = (*_OF_CHARACTERS, *OF_WORDS)
"""The features of a line by itself, the clearest concept as the last."""

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

_COLUMNS = itemgetter(*map(OWN.index, _BRACKETS))
"""The numbers of OWN that have brackets."""

_FEATURES: list[dict[int, int]] = []
"""For each name of _BRACKETS the feature of ALONE for each value from -1 on, up to the last bracket."""

_LAST: list[int] = []
"""For each name of _BRACKETS the feature of ALONE for greater values."""

for _name, _limits in _BRACKETS.items():
    _start = ALONE.index(f"{_name} 0")
    _FEATURES.append({value: _start + bisect_right(_limits, value) for value in range(-1, _limits[-1])})
    _LAST.append(_start + len(_limits))
_FIRST_CONCEPT = ALONE.index(f"says {CONCEPTS[0]}: whole")
_FIRST_GROUP = ALONE.index(f"listed {GROUP_NAMES[0]}: one")


def line_features(line: Line, phrases: Phrases) -> Own:
    """Return what a line is by itself."""
    return _line_features(line.text, wording_of(line), phrases)


def wording_of(line: Line) -> str:
    """Return the normalised wording of a line, of a paragraph as far as it is looked at."""
    return line.wording or normalise_wording(line.text[:SEEN])


@lru_cache(16384)
def _line_features(text: str, wording: str, phrases: Phrases) -> Own:
    """Remembered, since the templates of a site repeat their lines."""
    of_characters = _count_characters(text, text[:SEEN])
    said = word_features(wording, of_characters[0] < SHORT, phrases)
    numbers = (*of_characters, *said.numbers)
    return said._replace(numbers=numbers, alone=(*map(dict.get, _FEATURES, _COLUMNS(numbers), _LAST), *said.alone))


@lru_cache(16384)
def word_features(wording: str, short: bool, phrases: Phrases) -> Own:
    """Return what the words of a line say, with the numbers of OF_WORDS and the features of ALONE about words alone.

    `short` tells whether the line has fewer than SHORT characters. Remembered, since sites repeat their menus.
    """
    vocabulary, words = vocabulary_for(phrases), words_of(wording)
    concepts = vocabulary.concepts(wording, words)
    listed = [vocabulary.groups[word] for word in words if word in vocabulary.groups]
    lengths = [len(word) for word in words] or [0]
    numbers = (
        *(len(words), _count_of(vocabulary.calendar, words), _count_of(vocabulary.units, words)),
        *(max(lengths), 100 * sum([length <= 3 for length in lengths]) // len(lengths)),
        *(len(listed), 100 * len(listed) // max(1, len(words)), len(concepts), max(concepts.values(), default=0)),
    )
    alone = [
        _FIRST_CONCEPT + concept * len(_HOW) + (0 if how == WHOLE else (1 if how == 2 else 3) + (not short))
        for concept, how in concepts.items()
    ]
    for group in set(listed):
        count = listed.count(group)
        alone.append(_FIRST_GROUP + 3 * group + (2 if 2 * count >= len(words) else 1 if count > 1 else 0))
    most_said = max(concepts, key=lambda c: (concepts[c], -c), default=-1)
    long_words = tuple([word for word in words if len(word) > 3 or word[0] > BEYOND_SPACES])
    return Own(numbers, tuple(alone), long_words, most_said)


def _count_of(names: frozenset[str], words: Sequence[str]) -> int:
    return 0 if names.isdisjoint(words) else sum([word in names for word in words])


def _count_characters(text: str, seen: str) -> tuple[int, ...]:
    """Return the numbers of _OF_CHARACTERS; those of classes of characters are of `seen`, the beginning of `text`."""
    pieces, wide = seen.split(), 0
    visible = sum(map(len, pieces))
    heads = "".join([piece[0] for piece in pieces])
    if not heads.isalpha():  # behind a quote or a bracket
        heads += "".join([piece[1:2] for piece in pieces if not piece[0].isalpha()])
        heads = "".join(filter(str.isalpha, heads))
    if seen.isascii():  # a fifteenth of the time of asking each character
        others = seen.encode().translate(None, _LETTERS_AND_SPACES).decode()
    else:
        others, wide = "".join("".join(filterfalse(str.isalpha, seen)).split()), len(_UNSPACED.findall(seen))
    digits = sum(map(str.isdigit, others))
    label = None if _LABELS.isdisjoint(others) else _LABEL.search(seen)
    marks = [0] * len(_MARKS)
    for character in others:
        for i in _MARKS_OF.get(character, ()):
            marks[i] += 1
    runs = len(_DIGITS.findall(seen)) if digits else 0
    return (
        # in Latin characters: a character of a script without spaces between words says as much as three
        len(text) + 2 * wide * len(text) // len(seen),
        *(100 * (visible - len(others)) // visible, 100 * digits // visible),
        *(100 * sum(map(str.isupper, heads)) // max(1, len(heads)), class_of_first(seen[0]), class_of_last(text)),
        *(0 if _ENDS.isdisjoint(others) else len(_SENTENCE.findall(seen)), len(others) - digits),
        *((label.start(), len(seen) - label.end()) if label else (-1, -1)),
        len(_ADDRESS.findall(seen)) if "." in seen or "@" in seen or ":/" in seen else 0,
        *((runs, *[found.search(seen) is not None for found in _DATED]) if runs else (0, 0, 0, 0)),
        *marks,
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
