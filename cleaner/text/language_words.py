"""The second look: frequent words and telling letters of each language, counted in a text.

langid sees four bytes at a time; neighbours such as Indonesian and Malay differ in whole words. The lists are the data
files in `languages/`: `words`, `letters` that its neighbours do not write, and `like` for a language that langid does
not know: the languages that langid takes it for. A table may name several languages that share its words.
"""

from __future__ import annotations

import functools
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Lexicon", "load_lexicon", "read_list", "spaced"]

GAPS = ".,;:!?'\"()-/’‘“”„«»…–—।،؛؟·"
LISTS = ("germanic", "indonesia", "others", "romance", "scripts", "slavic")
SHORT = 2
"""Words of up to two letters count half: most stand in many lists."""

Counts = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Tables = list[tuple[list[str], dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What tells L languages apart.

    `codes` (L): those of the model in its order, then those it does not know. `like`: the places of the languages that
    it takes the latter for, one run for each, beginning at `like_starts`. `words` and `letters`: row of `counts`
    (rows, L). `scripts`: first and last code point of the scripts of these languages.
    """

    codes: tuple[str, ...]
    like: Places
    like_starts: Places
    words: dict[str, int]
    letters: dict[str, int]
    counts: Counts
    scripts: tuple[tuple[int, int], ...]

    def rows(self, words: list[str]) -> list[int]:
        """Rows of those `words` (lower case) that are on some list."""
        return [row for row in map(self.words.get, words) if row is not None]

    def count_words(self, words: list[str]) -> Counts:
        """How many of `words` (lower case) each language has, shape (L)."""
        rows = self.rows(words)
        return np.ones(len(rows)) @ self.counts[rows]

    def count_letters(self, text: str) -> Counts:
        """How many letters of `text` (lower case) are telling ones of each language, shape (L)."""
        telling = [] if text.isascii() else sorted(letter for letter in set(text) if letter in self.letters)
        rows = [self.letters[letter] for letter in telling]
        return np.array([float(text.count(letter)) for letter in telling]) @ self.counts[rows]

    def starts(self, scores: Counts) -> Counts:
        """For each language that the model does not know the best score of those that it takes it for."""
        return np.asarray(np.maximum.reduceat(scores[:, self.like], self.like_starts, axis=1))

    def knows_script(self, text: str) -> bool:
        """Whether most of up to 8 words of `text` are in a script that some known language is written in."""
        if text.isascii():
            return True
        words = [word for word in text.split() if word[0].isalpha()]
        some = words[:: len(words) // 8 + 1]
        return 2 * sum(self._in_known_script(word[0]) for word in some) > len(some)

    def _in_known_script(self, letter: str) -> bool:
        at = bisect_right(self.scripts, (ord(letter), 0x110000)) - 1
        return at >= 0 and ord(letter) <= self.scripts[at][1]


def spaced(text: str) -> str:
    """`text` with spaces for punctuation, character by character; `split` then gives the words.

    Many replacements in C are five times as fast as one regular expression.
    """
    for gap in GAPS:
        if gap in text:
            text = text.replace(gap, " ")
    return text


def read_list(name: str) -> dict[str, Any]:
    """One data file of `languages/`."""
    return tomllib.loads((files("cleaner.text") / "languages" / f"{name}.toml").read_text("utf-8"))


@functools.cache
def load_lexicon(known: tuple[str, ...]) -> Lexicon:
    """The lists of all data files. `known` are the codes of the model, in its order."""
    tables = [(key.split(), table) for name in LISTS for key, table in read_list(name).items()]
    named = dict.fromkeys(code for codes, _ in tables for code in codes)
    codes = (*known, *(code for code in named if code not in known))
    place = {code: at for at, code in enumerate(codes)}
    words: dict[str, set[int]] = {}
    letters: dict[str, set[int]] = {}
    for keys, table in tables:
        places = {place[key] for key in keys}
        for word in table.get("words", "").lower().split():
            words.setdefault(word, set()).update(places)
        for letter in table.get("letters", "").lower():
            letters.setdefault(letter, set()).update(places)
    counts = np.zeros((len(words) + len(letters), len(codes)))
    for row, (word, places) in enumerate([*words.items(), *letters.items()]):
        counts[row, sorted(places)] = 0.5 if row < len(words) and len(word) <= SHORT else 1
    likes = [_like(code, tables, place, len(known)) for code in codes[len(known) :]]
    return Lexicon(
        codes=codes,
        like=np.concatenate(likes),
        like_starts=np.cumsum([0, *map(len, likes[:-1])]),
        words={word: row for row, word in enumerate(words)},
        letters={letter: row for row, letter in enumerate(letters, start=len(words))},
        counts=counts,
        scripts=tuple((first, last) for first, last in read_list("known")["ranges"]),
    )


def _like(code: str, tables: Tables, place: dict[str, int], known: int) -> Places:
    """Places of the languages that `code` is taken for; without `like`, all that the model knows."""
    named = [like for codes, table in tables if code in codes for like in table.get("like", "").split()]
    places = [place[like] for like in named if place.get(like, known) < known]
    return np.array(places or range(known), dtype=np.intp)
