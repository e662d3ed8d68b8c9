"""The names of places, and of months and weekdays in all languages, by which datelines are told.

Both are data: places.txt and calendar.txt beside this file say where they come from and under which licence;
benchmarks/build_places.py writes them. Places that a phrase list names (`[words] place`) count as well.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.tables import read_toml, table_bytes

__all__ = ["calendar", "dateline_words", "is_place", "lower_capitals", "place_name", "places"]

_TURKISH = {"I": "ı", "İ": "i"}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def _lines(name: str) -> list[str]:
    text = table_bytes(f"strip/{name}").decode("utf-8")
    return [line for line in text.split("\n") if line and line[0] != "#"]


@cache
def places() -> frozenset[str]:
    """The normalised names of places.txt; reading them takes some 10 ms, so it waits for the first dateline."""
    return frozenset(_lines("places.txt"))


@cache
def calendar() -> tuple[frozenset[str], frozenset[str]]:
    """Normalised names of months, and of weekdays, wide and short, of all languages that have a phrase list."""
    lines = _lines("calendar.txt")
    at = lines.index("-")
    return frozenset(lines[:at]), frozenset(lines[at + 1 :])


@cache
def dateline_words(name: str) -> frozenset[str]:
    """One array of datelines.toml."""
    data: dict[str, list[str]] = read_toml("strip/datelines.toml")
    return frozenset(data[name])


def is_place(name: str, phrases: Phrases) -> bool:
    """Whether a name is that of a known place, in any case.

    >>> from cleaner.phrases.phrases import load_phrases
    >>> is_place("KUALA LUMPUR", load_phrases("ms")), is_place("Iklan", load_phrases("ms"))
    (True, False)
    """
    wording = normalise_wording(name)
    return wording in phrases.words["place"] or wording in places()


@lru_cache(4096)
def place_name(place: str, phrases: Phrases) -> str:
    """A place's name in one case, whatever the dateline has: "KUALA LUMPUR" is "Kuala Lumpur".

    Up to three letters are an abbreviation ("IKN"), and small words inside a name stay small.

    >>> from cleaner.phrases.phrases import load_phrases
    >>> place_name("RIO DE JANEIRO", load_phrases("pt")), place_name("NTB", load_phrases("id"))
    ('Rio de Janeiro', 'NTB')
    """
    loud = "".join(word for word in place.split() if word not in dateline_words("conjunctions"))
    if not loud.isupper() or sum(c.isalpha() for c in place) <= 3 or place.lower() == place:
        return place

    def cased(found: re.Match[str]) -> str:
        word = found[0]
        if phrases.languages[0] in ("tr", "az"):  # "ÇAMLIKÖY" is "Çamlıköy"
            word = word[0] + word[1:].replace("I", "ı")
        small = word.lower()
        if "." in place[found.end() : found.end() + 1] and len(word) == 1:  # "D.C."
            return word
        return small if found.start() and small in phrases.words["particle"] else word[0] + word[1:].lower()

    return _WORD.sub(cased, place).replace("i̇", "i")


def lower_capitals(place: str, language: str) -> str:
    """A place that is all in capitals, with a capital only at the head of each word; known initials stay.

    `place_name` leaves names of three letters alone, for it cannot tell them from initials.

    >>> lower_capitals("BANDA ACEH", "id"), lower_capitals("DKI JAKARTA", "id"), lower_capitals("ISPARTA", "tr")
    ('Banda Aceh', 'DKI Jakarta', 'Isparta')
    """
    if not place.isupper():
        return place
    if language in ("tr", "az"):  # a small I has no dot there, and a capital one may have it
        letters = (c if i == 0 or place[i - 1] in " -" else _TURKISH.get(c, c.lower()) for i, c in enumerate(place))
        return "".join(letters).replace("i̇", "i")
    return " ".join(word if word in dateline_words("initials") else word.title() for word in place.split())
