"""Dates in words and numbers become ISO 8601, and what is not sure is empty."""

from __future__ import annotations

import tomllib
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import ROOT

from cleaner.article import Raw
from cleaner.dates import find_date, numeric_order, read_date, sort_key
from cleaner.options import Options
from cleaner.pipeline import load_article, strip_article

CASES = tomllib.loads((ROOT / "tests" / "cases" / "dates.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize(("text", "case"), [(text, case) for case in CASES for text in case["texts"]])
def test_wordings(text: str, case: dict[str, str]) -> None:
    hints = {name: case[name] for name in ("language", "not_after") if name in case}
    assert read_date(text, **hints) == case["date"]


@given(st.text(alphabet="0123456789 /-.:TZ+,abcdefjmnopuy年月日", max_size=40) | st.text(max_size=40))
def test_any_text_gives_an_iso_date_or_none(text: str) -> None:
    date = read_date(text)
    if date:
        assert datetime.fromisoformat(date).isoformat() in (date, f"{date}T00:00:00")
    if found := find_date(text):
        assert 0 <= found.start < found.end <= len(text)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31)), st.integers(-11, 14))
def test_an_iso_date_is_read_as_it_is(when: datetime, hours: int) -> None:
    text = f"{when.replace(microsecond=0).isoformat()}{hours:+03d}:00"
    assert read_date(text) == text


def test_dates_with_zones_sort_by_their_instant() -> None:
    early, late = "2025-03-09T01:00:00+07:00", "2025-03-08T20:00:00+00:00"
    assert sort_key(early) < sort_key(late)
    assert early > late
    assert numeric_order("1/13/2024, 14/1/2024") == ""


@pytest.mark.parametrize(
    ("raw", "date", "date_text", "crawled"),
    [
        (Raw("a", 1, "Feri itu kandas.", date="9 Juli 2024"), "2024-07-09", "9 Juli 2024", ""),
        (Raw("a", 1, "Feri itu kandas.", date="kemarin", crawled="20240710"), "", "kemarin", "2024-07-10"),
        (Raw("a", 1, "Feri itu kandas.", crawled="2024-07-10T01:02:03Z"), "", "", "2024-07-10T01:02:03+00:00"),
        (
            Raw("a", 1, "Feri itu kandas di mulut muara pada Selasa pagi.", date="5/6/2024"),
            "2024-06-05",
            "5/6/2024",
            "",
        ),
        (Raw("a", 1, "The ferry ran aground at the mouth of the river.", date="5/6/2024"), "", "5/6/2024", ""),
    ],
)
def test_a_record_keeps_the_words_of_its_date(raw: Raw, date: str, date_text: str, crawled: str) -> None:
    article = strip_article(load_article(raw, Options()), Options())
    assert (article.date, article.date_text, article.crawled) == (date, date_text, crawled)
