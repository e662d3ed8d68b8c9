"""Frequent words and telling letters of each language, counted in a text.

langid sees four bytes at a time; neighbours such as Indonesian and Malay differ in whole words. The lists are the data
files in `lists/`. A table there is of one language, or of several that share its words, and may hold

    words      frequent words of the language
    mostly     words that a neighbour has too, but less often; `leaning` the same, with a smaller difference
    letters    letters that its neighbours do not write
    like       for a language that langid does not know, or knows in another script: those that langid takes it for
    lent       the languages that borrow its words

Each word and letter has one long integer, 16 bits of which belong to each language, so that the sum of the integers of
a text counts for all languages at once. That is three times as fast as a table of counts and its rows.
"""

from __future__ import annotations

import functools
import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.tables import read_toml

__all__ = ["PARTS", "Lexicon", "Votes", "load_lexicon", "read_list", "spaced"]

GAPS = ".,;:!?'\"()-/’‘“”„«»…–—।،؛؟·"
"""Punctuation that separates words."""

ASCII_GAPS = {ord(gap): " " for gap in GAPS if gap.isascii()}
LISTS = ("germanic", "indonesia", "malay", "others", "romance", "scripts", "slavic")

PARTS = 8
"""Votes are counted in eighths of a word."""

SHORT = 2
"""Words of so many letters or fewer count half, because most of them stand in the lists of many languages."""

WEIGHTS = {"words": 1.0, "mostly": 0.5, "leaning": 0.25}
"""What a word of each list adds to the count of its languages."""

MERGED = {"no": "nb"}
"""Code of the model -> the code under which its language is counted. langid has Norwegian twice."""

Counts = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Tables = list[tuple[list[str], dict[str, Any]]]
"""The tables of the data files, each behind the codes of its languages."""
Votes = int
"""What words or letters say for all languages at once: a number of 16 bits for each language, in one integer."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words and letters by which L languages are told apart, and how their codes relate to those of the model.

    `languages` (L) are in the order in which a vote holds a number for each of them; `layout` is that of a vote.
    `words` and `letters` map each word and letter to its votes. `codes` (C) are the model's codes in its order, then
    those of languages that it lacks; `places` (C) has the place of each code among `languages`. `strange` are the
    places among `codes` of languages that the model does not know, or knows in another script only. `like` are the
    places of the codes that it takes those for, in groups that begin at `like_starts`. `scripts` are the first and
    last code points of the known scripts.
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

    def count_letters(self, text: str) -> Votes:
        """Return the votes of all letters of `text`, which is in lower case. No letter of ASCII has votes."""
        telling = () if text.isascii() else self.letters.keys() & set(text)
        return sum(text.count(letter) * self.letters[letter] for letter in telling)

    def row(self, votes: Votes) -> tuple[int, ...]:
        """Return votes as eighths of words or letters, one number for each language."""
        return self.layout.unpack(votes.to_bytes(self.layout.size, "little"))

    def votes_for(self, votes: Votes, place: int) -> int:
        """Return the number that `row` has at `place`, without unpacking the others."""
        return votes >> 16 * place & 0xFFFF

    def table(self, votes: Sequence[Votes]) -> Counts:
        """Return votes as numbers of words or letters, shape (len(votes), L)."""
        # The integers are what numpy reads as rows of 16-bit numbers, so no number is handled by itself.
        packed = b"".join([vote.to_bytes(self.layout.size, "little") for vote in votes])
        return np.frombuffer(packed, dtype="<u2").reshape(-1, len(self.languages)) / PARTS

    def start(self, scores: Counts, behind: float) -> Counts:
        """Extend the model's `scores` of n texts, shape (n, known), to all C codes.

        A language that is strange to the model gets the best score of those it is taken for, less `behind` nats.
        """
        starts = np.full((len(scores), len(self.codes)), -np.inf)
        starts[:, : scores.shape[1]] = scores
        taken_for = np.maximum.reduceat(scores[:, self.like], self.like_starts, axis=1)
        starts[:, self.strange] = np.maximum(starts[:, self.strange], taken_for - behind)
        return starts

    def knows_script(self, letters: str) -> bool:
        """Return True if most of up to 16 of the `letters` are of a script that some known language is written in."""
        some = letters[:: len(letters) // 16 + 1]
        known = 0
        for code in map(ord, some):
            at = bisect_right(self.scripts, (code, 0x110000)) - 1  # the last script that begins at or before it
            known += at >= 0 and code <= self.scripts[at][1]
        return 2 * known > len(some)


def spaced(text: str) -> str:
    """Return `text` with a space for each mark of punctuation; `split` then gives the words."""
    if text.isascii():  # where `translate` has a fast way in C
        return text.translate(ASCII_GAPS)
    for gap in GAPS:  # many replacements are five times as fast as one regular expression
        if gap in text:
            text = text.replace(gap, " ")
    return text


def read_list(name: str) -> dict[str, Any]:
    """Return the content of one data file of `lists/`."""
    return read_toml(f"language/lists/{name}.toml")


@functools.cache
def load_lexicon(known: tuple[str, ...]) -> Lexicon:
    """Read the lists of all data files, for a model whose codes are `known`, in its order; once in a process."""
    tables = [(key.split(), table) for name in LISTS for key, table in read_list(name).items()]
    named = dict.fromkeys(code for codes, _ in tables for code in codes)
    codes = (*known, *(code for code in named if code not in known))
    place = {code: at for at, code in enumerate(codes)}
    languages = tuple(dict.fromkeys(MERGED.get(code, code) for code in codes))
    liked = {code for keys, table in tables for code in keys if "like" in table}
    strange = [code for code in codes if code in liked or code not in known]
    likes: list[Places] = []
    for code in strange:
        alike = [like for keys, table in tables if code in keys for like in table.get("like", "").split()]
        taken_for = [place[like] for like in alike if place.get(like, len(known)) < len(known)]
        # Without `like` in its table a language may be taken for any that the model knows.
        likes.append(np.array(taken_for or range(len(known)), dtype=np.intp))
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
    """Return how much each word or letter of the lists `name` counts for each language; half where it is lent."""
    weights: Weights = {}
    for codes, table in tables:
        listed: str = table.get(name, "").lower()
        own, lent = [MERGED.get(code, code) for code in codes], table.get("lent", "").split()
        for item in listed if name == "letters" else listed.split():
            full = weight / 2 if name == "words" and len(item) <= SHORT else weight
            for code in lent:
                weights.setdefault((item, code), full / 2)
            for code in own:
                weights[item, code] = full
    return weights


def _votes(lists: Iterable[Weights], languages: Sequence[str]) -> dict[str, Votes]:
    """Add up the weights of all lists and pack them as votes, 16 bits for each language."""
    shift = {code: 16 * at for at, code in enumerate(languages)}
    votes: dict[str, Votes] = {}
    for weights in lists:
        for (item, code), weight in weights.items():
            votes[item] = votes.get(item, 0) + (int(PARTS * weight) << shift[code])
    return votes
