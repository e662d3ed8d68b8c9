"""Frequent words and telling letters of each language, counted in a text.

langid sees four bytes at a time; neighbours such as Indonesian and Malay differ in whole words. The lists are the data
files in `languages/`: `words`; `mostly` and `leaning`, words that a neighbour has too, but less often; `letters` that
its neighbours do not write; `like` for a language that langid does not know, or in another script only: the languages
that langid takes it for; and `lent`, the languages that borrow its words. A table may name several languages that
share its words.

Each word and letter has one long integer, 16 bits of which belong to each language: the sum of the integers of a text
counts for all languages at once. Three times as fast as a table of counts and its rows.
"""

from __future__ import annotations

import functools
import struct
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["PARTS", "Lexicon", "Votes", "load_lexicon", "read_list", "spaced"]

GAPS = ".,;:!?'\"()-/’‘“”„«»…–—।،؛؟·"
ASCII_GAPS = {ord(gap): " " for gap in GAPS if gap.isascii()}
LISTS = ("germanic", "indonesia", "malay", "others", "romance", "scripts", "slavic")

PARTS = 8
"""Votes are counted in eighths of a word."""

SHORT = 2
"""Words of up to two letters count half: most stand in many lists."""

WEIGHTS = {"words": 1.0, "mostly": 0.5, "leaning": 0.25}
"""What a word of each list adds to the count of its languages."""

MERGED = {"no": "nb"}
"""Codes of a model that stand for the language of another of its codes."""

Counts = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Tables = list[tuple[list[str], dict[str, Any]]]
Votes = int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What tells L languages apart.

    `languages` (L); `layout` of the numbers that a vote holds for them. `words`, `letters`: the votes of each. `codes`
    (C): those of the model in its order, then those it does not know; `places` (C): their languages. `strange`: the
    places among `codes` of those that the model does not know, or in another script only; `like`: the places of the
    codes that it takes them for, one run for each, beginning at `like_starts`. `scripts`: first and last code point of
    the known scripts.
    """

    languages: tuple[str, ...]
    layout: struct.Struct
    words: dict[str, Votes]
    letters: dict[str, Votes]
    codes: tuple[str, ...]
    places: Places
    strange: Places
    like: Places
    like_starts: Places
    scripts: tuple[tuple[int, int], ...]

    def count_words(self, words: Iterable[str]) -> Votes:
        """The votes of all words (lower case)."""
        return sum(filter(None, map(self.words.get, words)))

    def count_letters(self, text: str) -> Votes:
        """The votes of all letters of `text` (lower case)."""
        telling = () if text.isascii() else self.letters.keys() & set(text)
        return sum(text.count(letter) * self.letters[letter] for letter in telling)

    def row(self, votes: Votes) -> tuple[int, ...]:
        """Votes as parts of words or letters, one number for each language."""
        return self.layout.unpack(votes.to_bytes(self.layout.size, "little"))

    def votes_for(self, votes: Votes, place: int) -> int:
        """What `row` has at `place`."""
        return votes >> 16 * place & 0xFFFF

    def table(self, votes: Sequence[Votes]) -> Counts:
        """Votes as numbers of words or letters, shape (len(votes), L)."""
        packed = b"".join([vote.to_bytes(self.layout.size, "little") for vote in votes])
        return np.frombuffer(packed, dtype="<u2").reshape(-1, len(self.languages)) / PARTS

    def start(self, scores: Counts, behind: float) -> Counts:
        """The model's `scores` (n, known), and for languages strange to it those they are taken for, less `behind`."""
        starts = np.full((len(scores), len(self.codes)), -np.inf)
        starts[:, : scores.shape[1]] = scores
        taken_for = np.maximum.reduceat(scores[:, self.like], self.like_starts, axis=1)
        starts[:, self.strange] = np.maximum(starts[:, self.strange], taken_for - behind)
        return starts

    def knows_script(self, letters: str) -> bool:
        """Whether most of up to 16 of the `letters` are of a script that some known language is written in."""
        some = letters[:: len(letters) // 16 + 1]
        return 2 * sum(map(self._in_known_script, some)) > len(some)

    def _in_known_script(self, letter: str) -> bool:
        at = bisect_right(self.scripts, (ord(letter), 0x110000)) - 1
        return at >= 0 and ord(letter) <= self.scripts[at][1]


def spaced(text: str) -> str:
    """`text` with spaces for punctuation, character by character; `split` then gives the words.

    Plain ASCII has a fast way in C; elsewhere many replacements are five times as fast as one regular expression.
    """
    if text.isascii():
        return text.translate(ASCII_GAPS)
    for gap in GAPS:
        if gap in text:
            text = text.replace(gap, " ")
    return text


def read_list(name: str) -> dict[str, Any]:
    """One data file of `languages/`."""
    return tomllib.loads((files("cleaner.language") / "lists" / f"{name}.toml").read_text("utf-8"))


@functools.cache
def load_lexicon(known: tuple[str, ...]) -> Lexicon:
    """The lists of all data files. `known` are the codes of the model, in its order."""
    tables = [(key.split(), table) for name in LISTS for key, table in read_list(name).items()]
    named = dict.fromkeys(code for codes, _ in tables for code in codes)
    codes = (*known, *(code for code in named if code not in known))
    place = {code: at for at, code in enumerate(codes)}
    languages = tuple(dict.fromkeys(MERGED.get(code, code) for code in codes))
    liked = {code for keys, table in tables for code in keys if "like" in table}
    strange = [code for code in codes if code in liked or code not in known]
    likes = [_like(code, tables, place, len(known)) for code in strange]
    return Lexicon(
        languages=languages,
        layout=struct.Struct(f"<{len(languages)}H"),
        words=_votes([_weights(tables, name, weight) for name, weight in WEIGHTS.items()], languages),
        letters=_votes([_weights(tables, "letters", 1.0)], languages),
        codes=codes,
        places=np.array([languages.index(MERGED.get(code, code)) for code in codes]),
        strange=np.array([place[code] for code in strange]),
        like=np.concatenate(likes),
        like_starts=np.cumsum([0, *map(len, likes[:-1])]),
        scripts=tuple((first, last) for first, last in read_list("known")["ranges"]),
    )


Weights = dict[tuple[str, str], float]


def _weights(tables: Tables, name: str, weight: float) -> Weights:
    """What a word (or letter) counts for a language; the languages that borrow it have half of that."""
    weights: Weights = {}
    for codes, table in tables:
        for item in _items(table, name):
            full = weight / 2 if name == "words" and len(item) <= SHORT else weight
            for code in table.get("lent", "").split():
                weights.setdefault((item, code), full / 2)
            weights |= {(item, MERGED.get(code, code)): full for code in codes}
    return weights


def _items(table: dict[str, Any], name: str) -> Iterable[str]:
    listed: str = table.get(name, "")
    return listed.lower() if name == "letters" else listed.lower().split()


def _votes(lists: Iterable[Weights], languages: Sequence[str]) -> dict[str, Votes]:
    """The weights of all lists as votes."""
    place = {code: at for at, code in enumerate(languages)}
    votes: dict[str, Votes] = {}
    for weights in lists:
        for (item, code), weight in weights.items():
            votes[item] = votes.get(item, 0) + (int(PARTS * weight) << 16 * place[code])
    return votes


def _like(code: str, tables: Tables, place: dict[str, int], known: int) -> Places:
    """Places of the languages that `code` is taken for; without `like`, all that the model knows."""
    named = [like for codes, table in tables if code in codes for like in table.get("like", "").split()]
    places = [place[like] for like in named if place.get(like, known) < known]
    return np.array(places or range(known), dtype=np.intp)
