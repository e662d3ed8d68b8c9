"""The judge of paragraphs: its segments are the best ones, its data fits its features, and briefs stay alone."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from cleaner.extract.page import extract, read_page
from cleaner.extract.paragraph_features import paragraph_features
from cleaner.extract.paragraphs import best_segments
from tests.extract.html_prose import PROSE

quarters = st.integers(-20, 20).map(lambda number: number / 4)  # sums of quarters are exact
SWITCH = 0.75


def _worth(odds: list[float], chosen: tuple[bool, ...]) -> float:
    ends = sum(a != b for a, b in pairwise((False, *chosen)))
    return sum(one for one, inside in zip(odds, chosen, strict=True) if inside) - SWITCH * ends


@given(st.lists(quarters, min_size=1, max_size=9))
def test_no_choice_is_worth_more_than_the_best_segments(odds: list[float]) -> None:
    best = max(_worth(odds, chosen) for chosen in product((False, True), repeat=len(odds)))
    assert _worth(odds, tuple(best_segments(odds, SWITCH))) == best


def test_the_trees_ask_for_features_that_there_are() -> None:
    text = (files("cleaner.judge") / "paragraph_trees.json").read_text("utf-8")
    reading = read_page(f"<title>Rain</title><p>{PROSE[0]}</p><p>{PROSE[1]}</p>", "")
    features = paragraph_features(reading.blocks, reading.content, reading.facts)
    assert set(json.loads(text)["features"]) <= set(features)
    assert {values.shape for values in features.values()} == {(2,)}
    assert len(text) < 1_000_000


def test_a_short_article_does_not_come_out_with_the_links_around_it() -> None:
    links = "".join(f"<li><a href='/{i}'>Another story of the day, number {i}</a></li>" for i in range(30))
    declared = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rain"}</script>'
    for brief in (PROSE[0][:70], PROSE[0], f"{PROSE[0]}</p><p>{PROSE[1]}"):
        page = f"<title>Rain</title>{declared}<ul>{links}</ul><h1>Rain</h1><p>{brief}</p><ul>{links}</ul>"
        text = extract(page).text
        assert "Another story" not in text
        assert brief[:60] in text
