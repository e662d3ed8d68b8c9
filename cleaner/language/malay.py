"""Indonesian or Malay: a second look where one of the two is the answer and words alone do not decide.

The two share most words and nearly all affixes, so short texts often have no whole word that tells them apart. Here
words are also looked up without their affixes, unlisted words are judged by their spelling (`-itas`, `-iti`), and the
leaning of the model counts too. All clues add up as log-odds. The data are in `lists/pair.toml`, whose weights are
fitted by `benchmarks/fit_malay.py`: of held-back news 96.7 % of Indonesian and 88.3 % of Malay sentences are right.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.language.words import WEIGHTS, read_list

__all__ = ["SIDES", "clues", "leanings", "malay_odds"]

SIDES = ("id", "ms")
"""The two languages: odds below 0 are for the first, above 0 for the second."""

SHORTEST_ROOT = 4
"""Letters of the shortest word that is looked for inside others; a shorter one stands in them by chance (bebas:
bas)."""

ROOT_LISTS = ("words", "mostly")
"""The lists whose words are looked for inside words with affixes as well."""

MODEL_STEP, MODEL_MOST = 10.0, 5.0
"""Nats of the model that count as one clue, and the most of such clues. The bound keeps a model that is sure for a
poor reason from outvoting five words."""


class _Pair(NamedTuple):
    """The content of `lists/pair.toml` and of the lists of the two languages.

    `listed` has the clue of each listed word, `roots` those that are clues with affixes too. `common` are words of both
    languages, which are no clue. `spellings` are clues of unlisted words. `weights` are log-odds of each clue, by
    model.
    """

    listed: Mapping[str, str]
    roots: Mapping[str, str]
    common: frozenset[str]
    spellings: tuple[tuple[str, re.Pattern[str]], ...]
    weights: Mapping[str, Mapping[str, float]]
    prefixes: tuple[str, ...]
    clitics: tuple[str, ...]
    suffixes: tuple[str, ...]
    softened: Mapping[str, str]


def malay_odds(words: Sequence[str], lean: float, model: str) -> float:
    """Return the log-odds of Malay over Indonesian, in nats, for the `words` of a text in small letters.

    `lean` is one of the `leanings` of the `model`.
    """
    weights = _load_pair().weights[model]
    return weights["none"] + weights["model"] * lean + sum(weights[clue] for clue in clues(words))


def leanings(scores: npt.NDArray[np.float64], codes: Sequence[str]) -> list[float]:
    """Return how far a model leans to Malay, -5 to 5, for each row of scores: nats, a column for each of `codes`."""
    indonesian, malay = (scores[:, codes.index(side)] for side in SIDES)
    leaning: list[float] = np.maximum(-MODEL_MOST, np.minimum(MODEL_MOST, (malay - indonesian) / MODEL_STEP)).tolist()
    return leaning


def clues(words: Sequence[str]) -> Iterator[str]:
    """Yield the clue of each word: the list it is on, like "ms words", or else the spellings that it has.

    >>> list(clues(["berkualiti", "dikirimkan", "yang", "popularitas"]))
    ['ms words', 'id mostly', '-itas']
    """
    pair = _load_pair()
    for word in words:
        clue = pair.listed.get(word)
        if clue:
            yield clue
        elif word not in pair.common:
            clue = next((pair.roots[root] for root in _roots(word, pair) if root in pair.roots), None)
            if clue:
                yield clue
            else:
                yield from (name for name, spelling in pair.spellings if spelling.search(word))


def _roots(word: str, pair: _Pair) -> Iterator[str]:
    """Yield what may be left of `word` without affixes; forms that lose the fewest affixes come first."""
    stems = [word]
    stems += [word[: -len(clitic)] for clitic in pair.clitics if word.endswith(clitic)][:1]
    stems += [stem[: -len(suffix)] for stem in stems for suffix in pair.suffixes if stem.endswith(suffix)]
    yield from stems[1:]
    for stem in stems:
        for prefix in pair.prefixes:
            # The root may have lost its first letter behind the prefix, so three letters are enough here.
            if stem.startswith(prefix) and len(stem) >= len(prefix) + SHORTEST_ROOT - 1:
                root = stem[len(prefix) :]
                yield root
                if prefix in pair.softened and root[0] in "aiueo":
                    yield pair.softened[prefix] + root


@functools.cache
def _load_pair() -> _Pair:
    """Return the data of the two languages. Of two lists that have a word, the stronger one names its clue."""
    pair = read_list("pair")
    tables = [read_list("indonesia"), read_list("malay")]
    listed = {name: f"{side} names" for side in SIDES for name in pair["names"][side].split()}
    for strength in reversed(WEIGHTS):  # the strongest last, so that it overwrites the others
        for side in SIDES:
            for table in tables:
                listed |= dict.fromkeys(table[side].get(strength, "").split(), f"{side} {strength}")
    affixes = pair["affixes"]
    return _Pair(
        listed=listed,
        roots={word: clue for word, clue in listed.items() if clue[3:] in ROOT_LISTS and len(word) >= SHORTEST_ROOT},
        common=frozenset(tables[0]["id ms"]["words"].split()),
        spellings=tuple((name, re.compile(spelling)) for name, spelling in pair["spellings"].items()),
        weights=pair["weights"],
        prefixes=tuple(affixes["prefixes"].split()),
        clitics=tuple(affixes["clitics"].split()),
        suffixes=tuple(affixes["suffixes"].split()),
        softened=affixes["softened"],
    )
