"""Datelines: each form goes whole and nothing behind it, its place and site are facts, and the traps stay."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import cut
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.datelines import HEAD, match_dateline
from cleaner.strip.places import is_place, places
from cleaner.strip.strip import strip

CASES = Path(__file__).parent.parent / "cases" / "datelines.toml"


@cache
def languages() -> dict[str, Any]:
    return tomllib.loads(CASES.read_text("utf-8"))


DATELINES = [(code, *row) for code, data in languages().items() for row in data["datelines"]]
TRAPS = [(code, text) for code, data in languages().items() for text in data["traps"]]


@pytest.mark.parametrize(("language", "dateline", "place", "site"), DATELINES)
def test_a_dateline_goes_whole(language: str, dateline: str, place: str, site: str) -> None:
    body = "\n\n".join(languages()[language]["body"])
    found = strip(dateline + body, language=language)
    assert cut(dateline + body, found.removals) == body
    assert {r.kind for r in found.removals} <= {"dateline", "space"}
    assert (found.place, found.site) == (place, site)


@pytest.mark.parametrize(("language", "dateline", "place", "site"), DATELINES)
def test_it_goes_below_a_headline_too(language: str, dateline: str, place: str, site: str) -> None:
    first, *rest = languages()[language]["body"]
    headline = " ".join(first.split()[:6]) if " " in first else first[:12]
    text = "\n\n".join([headline, dateline + first, *rest])
    found = strip(text, language=language)
    assert cut(text, found.removals) == "\n\n".join([headline, first, *rest])
    assert (found.place, found.site) == (place, site)


@pytest.mark.parametrize(("language", "trap"), TRAPS)
def test_a_trap_stays(language: str, trap: str) -> None:
    text = "\n\n".join([trap, *languages()[language]["body"][1:]])
    assert cut(text, strip(text, language=language).removals) == text


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("Pasar Ikan Terapung DibukaKUALA SELAYA, KABAR.com - ", "KUALA SELAYA, KABAR.com - "),
        ("China catat 250 juta kes dalam tempoh 20 hariBEIJING – ", "BEIJING – "),
        ("Harga cabai bisa turun pekan depanJakarta (ANTARA) - ", "Jakarta (ANTARA) - "),
        ("Penulis : Dian Nita | Editor : Deni Muliya JAKARTA, KABAR.TV - ", "JAKARTA, KABAR.TV - "),
        ("Pedagang menimbang ikan di dermaga. (KABAR.com/ARTA ULY) JAKARTA, KABAR.com - ", "JAKARTA, KABAR.com - "),
    ],
)
def test_it_goes_behind_what_is_glued_before_it(text: str, dateline: str) -> None:
    body = "\n\n".join(languages()["id"]["body"])
    found = strip(text + body, language="id")
    gone = [(text + body)[r.start : r.end] for r in found.removals if r.kind == "dateline"]
    assert gone == [dateline]


def test_writers_in_brackets_are_no_agency() -> None:
    body, phrases = languages()["id"]["body"][0], load_phrases("id")
    assert match_dateline(f"(kil/sta)\n\n{body}", phrases) is None
    assert match_dateline(f"(ap/dur) {body}", phrases) is None
    assert match_dateline(f"(Antara/Dewi) {body}", phrases)


def test_an_underlined_heading_is_no_dateline() -> None:
    for line in ("----", "--", "- - - -"):
        assert match_dateline(f"NASA\n{line}\nMany agencies publish pictures of it.", load_phrases("en")) is None


def test_traps_weigh_as_much_as_they_should() -> None:
    assert len(TRAPS) >= 0.4 * len(DATELINES)


def test_the_gazetteer_is_names_alone() -> None:
    """No comment line is a name, and a word of everyday is no place."""
    assert len(places()) > 30_000
    assert not any(name.startswith("#") or any(c.isdigit() for c in name) for name in places())
    phrases = load_phrases("en")
    assert is_place("RIO DE JANEIRO", phrases)
    assert not any(is_place(word, phrases) for word in ("The", "Note", "Monday", "Most", "Mobile"))


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(DATELINES),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=60),
)
def test_a_dateline_ends_within_its_head(case: tuple[str, str, str, str], rest: str) -> None:
    found = match_dateline(case[1] + rest, load_phrases(case[0])) if (case[1] + rest).strip() else None
    assert found is None or 0 < found.end <= min(HEAD + 60, len(case[1] + rest))
