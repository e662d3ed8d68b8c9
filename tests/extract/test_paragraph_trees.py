"""The judge of paragraphs: its segments are the best ones, its data fits its features, and briefs stay alone."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.extract.page import extract, read_page
from cleaner.extract.paragraph_features import paragraph_features
from cleaner.extract.paragraphs import best_segments, find_article, hints_of
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


@pytest.mark.parametrize(
    ("box", "odds", "stays"),
    [
        ("<div class='note'><p>{0}</p></div>", -0.3, True),
        ("<div class='note'><p>{0}</p></div>", -2.0, False),
        ("<div class='more'><h3><a href='/x'>Loaves that keep for a week</a></h3><p>{0}</p></div>", -0.3, False),
        ("<div class='faq'><h3><a href='#1'>How long does a loaf keep?</a></h3><p>{0}</p></div>", -0.3, True),
    ],
    ids=["note that both hold for possible", "note that trees refuse", "teaser below its headline", "answer"],
)
def test_what_rules_choose_at_the_end_stays_where_trees_are_in_doubt(box: str, odds: float, stays: bool) -> None:
    head = "<meta name='viewport' content='width=device-width'><title>Rolls</title>"
    page = f"{head}<article><h1>Rolls</h1><p>{PROSE[1]}</p><p>{PROSE[2]}</p>{box.format(PROSE[0])}</article>"
    reading = read_page(page, "")
    features = paragraph_features(reading.blocks, reading.content, reading.facts)
    hints = hints_of(reading.blocks, reading.content, reading.facts, features)
    hints = hints._replace(prior=np.zeros(len(reading.blocks.texts)))
    at = reading.blocks.texts.index(PROSE[0])
    given = np.full(len(reading.blocks.texts), -3.0)
    given[[reading.blocks.texts.index(PROSE[i]) for i in (1, 2)]] = 3.0
    given[at] = odds
    assert at in hints.by_rules
    assert (at in find_article(reading.blocks, given, hints)) == stays


def test_prose_below_the_headline_opens_the_text_of_a_page_of_today() -> None:
    hero = f"<div class='hero'><h1>Rolls for a cold morning</h1><div class='lead'><p>{PROSE[0]}</p></div></div>"
    body = f"<title>Rolls for a cold morning</title>{hero}<div class='t'><p>{PROSE[1]}</p><p>{PROSE[2]}</p></div>"
    for viewport, opens in (("<meta name='viewport' content='width=device-width'>", True), ("", False)):
        reading = read_page(viewport + body, "")
        texts = reading.blocks.texts
        features = paragraph_features(reading.blocks, reading.content, reading.facts)
        hints = hints_of(reading.blocks, reading.content, reading.facts, features)
        hints = hints._replace(prior=np.zeros(len(texts)))
        odds = np.array([3.0 if text in PROSE[1:3] else -0.8 if text == PROSE[0] else -3.0 for text in texts])
        assert (texts.index(PROSE[0]) in find_article(reading.blocks, odds, hints)) == opens
