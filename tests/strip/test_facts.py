"""Author and date out of the lines that go: names without words of the template, days without times of reading."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cleaner.phrases.phrases import load_phrases
from cleaner.strip.facts import author_name
from cleaner.strip.strip import strip

AUTHORS = tomllib.loads((Path(__file__).parent.parent / "cases" / "authors.toml").read_text("utf-8"))
BODY = (
    "The clockmaker of Brenmouth has repaired the town hall clock without taking a penny, the council said on Tuesday.",
    "For nine years the hands had pointed to twenty past four, and visitors used to set their cameras below it.",
)


@pytest.mark.parametrize(("language", "text", "name"), [(code, *row) for code, rows in AUTHORS.items() for row in rows])
def test_an_author_is_a_name(language: str, text: str, name: str) -> None:
    assert author_name(text, load_phrases(language)) == name


@pytest.mark.parametrize(("line", "date"), [("12 July 2021", "12 July 2021"), ("3 min read", "")])
def test_a_time_of_reading_is_no_date(line: str, date: str) -> None:
    text = "\n".join(["The clock is back", line, *BODY])
    found = strip(text, language="en")
    assert [r.kind for r in found.removals if r.kind != "space"] == ["timestamp"]
    assert found.date == date
