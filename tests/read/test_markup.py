"""Markup where plain text was promised, and texts that must stay."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.read.markup import has_markup, looks_like_html, unmark

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/read/markup.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["page"], ids=lambda case: case["text"][:30])
def test_pages_are_recognised(case: dict[str, str]) -> None:
    assert looks_like_html(case["text"])


@pytest.mark.parametrize("case", CASES["left"], ids=lambda case: case["text"][:30])
def test_leftovers_are_taken_off(case: dict[str, str]) -> None:
    assert has_markup(case["text"])
    assert not looks_like_html(case["text"])
    assert unmark(case["text"]) == case["clean"]


@pytest.mark.parametrize("case", CASES["meant"], ids=lambda case: case["text"][:30])
def test_tags_that_an_author_wrote_stay(case: dict[str, str]) -> None:
    assert unmark(case["text"]) == case["clean"]


@pytest.mark.parametrize("case", CASES["trap"], ids=lambda case: case["text"][:30])
def test_traps_stay(case: dict[str, str]) -> None:
    assert not looks_like_html(case["text"])
    assert not has_markup(case["text"])
    assert unmark(case["text"]) == case["text"]


@given(st.text(st.sampled_from("<>/&;abp nbspr\n\"='#12\\_x0D"), max_size=120))
@settings(deadline=None, max_examples=100)
def test_text_without_evidence_comes_back(text: str) -> None:
    if not has_markup(text):
        assert unmark(text) == text
    looks_like_html(text)
