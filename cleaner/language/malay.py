"""Indonesian or Malay: a second look where one of the two is the answer and words alone do not decide.

The two share most words and nearly all affixes, so short texts often have no whole word that tells. Here the words are
looked up without their affixes too, unlisted ones are judged by spelling (`-itas`, `-iti`), and the model's own leaning
is weighed in. All clues add up as log-odds; `benchmarks/fit_malay.py` fits the weights in `languages/pair.toml`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleaner.language.words import WEIGHTS, read_list

__all__ = ["SIDES", "clues", "leaning", "malay_odds"]

SIDES = ("id", "ms")

SHORTEST = 4
"""Letters of the shortest word that is looked for inside of others: `bas` is no part of `bebas`."""

ROOTS = ("words", "mostly")
"""Lists whose words tell with affixes too."""

MODEL_STEP, MODEL_MOST = 10.0, 5.0
"""Nats of the model that count as one clue, and the most of such clues."""

PREFIXES = (
    "memper", "diper", "menge", "penge", "meng", "peng", "meny", "peny", "mem", "pem", "men", "pen", "me", "ber", "be",
    "per", "pe", "ter", "di", "ke", "se",
)  # fmt: skip
SOFTENED = {"meng": "k", "peng": "k", "meny": "s", "peny": "s", "mem": "p", "pem": "p", "men": "t", "pen": "t"}
"""First letter that a root loses after a prefix: `memakai` is of `pakai`."""

CLITICS = ("nya", "lah", "kah", "pun", "ku", "mu")
SUFFIXES = ("kan", "an", "i")


class _Pair(NamedTuple):
    """The clue of each listed word, alone and with affixes, words that are no clue, and spellings of unlisted words."""

    listed: dict[str, str]
    roots: dict[str, str]
    common: frozenset[str]
    spellings: tuple[tuple[str, re.Pattern[str]], ...]
    weights: dict[str, dict[str, float]]


def malay_odds(words: Sequence[str], lean: float, model: str) -> float:
    """Log-odds of Malay over Indonesian, in nats, for the `words` of a text in small letters.

    `lean` is the `leaning` of the `model`.
    """
    weights = _load().weights[model]
    return weights["none"] + weights["model"] * lean + sum(weights[clue] for clue in clues(words))


def leaning(malay: float, indonesian: float) -> float:
    """How far a model leans to Malay, -5 to 5, by its scores of the two in nats."""
    return max(-MODEL_MOST, min(MODEL_MOST, (malay - indonesian) / MODEL_STEP))


def clues(words: Sequence[str]) -> Iterator[str]:
    """What each word tells: the list it is on, like "ms words", or the spellings that it has.

    >>> list(clues(["berkualiti", "dikirimkan", "yang", "popularitas"]))
    ['ms words', 'id mostly', '-itas']
    """
    pair = _load()
    for word in words:
        clue = pair.listed.get(word)
        if clue:
            yield clue
        elif word not in pair.common:
            clue = next((pair.roots[root] for root in _roots(word) if root in pair.roots), None)
            if clue:
                yield clue
            else:
                yield from (name for name, spelling in pair.spellings if spelling.search(word))


def _roots(word: str) -> Iterator[str]:
    """What may be left of `word` without affixes, the longest first."""
    stems = [word]
    stems += [word[: -len(clitic)] for clitic in CLITICS if word.endswith(clitic)][:1]
    stems += [stem[: -len(suffix)] for stem in stems for suffix in SUFFIXES if stem.endswith(suffix)]
    yield from stems[1:]
    for stem in stems:
        for prefix in PREFIXES:
            if stem.startswith(prefix) and len(stem) >= len(prefix) + SHORTEST - 1:
                root = stem[len(prefix) :]
                yield root
                if prefix in SOFTENED and root[0] in "aiueo":
                    yield SOFTENED[prefix] + root


@functools.cache
def _load() -> _Pair:
    pair = read_list("pair")
    tables = [read_list("indonesia"), read_list("malay")]
    listed = {name: f"{side} names" for side in SIDES for name in pair["names"][side].split()}
    for strength in reversed(WEIGHTS):
        for side in SIDES:
            for table in tables:
                listed |= dict.fromkeys(table[side].get(strength, "").split(), f"{side} {strength}")
    return _Pair(
        listed=listed,
        roots={word: clue for word, clue in listed.items() if clue[3:] in ROOTS and len(word) >= SHORTEST},
        common=frozenset(tables[0]["id ms"]["words"].split()),
        spellings=tuple((name, re.compile(spelling)) for name, spelling in pair["spellings"].items()),
        weights=pair["weights"],
    )
