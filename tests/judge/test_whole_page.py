"""Whole pages rendered as text: article and headline stay, boilerplate goes, extracted text is left alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import cut
from cleaner.judge.features import best_segment, neighbour_features, own_features
from cleaner.judge.lines import Hit, split_lines
from cleaner.judge.trees import Trees, load_page_model
from cleaner.judge.whole_page import finish_article, looks_like_page, outside_block
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.line_rules import judge_line
from cleaner.strip.strip import strip

ROOT = Path(__file__).parent.parent.parent
BENCH = Path(os.environ.get("CLEANER_BENCH", ROOT.parent / "shared" / "bench")) / "textcruft" / "dev.jsonl"
CASES = json.loads((ROOT / "tests" / "cases" / "judge" / "whole_pages.json").read_text("utf-8"))
PAGES = [pytest.param(case, id=f"{case['language']}: {case['why']}") for case in CASES if "trap" not in case]
TRAPS = [pytest.param(case, id=f"{case['language']}: {case['why']}") for case in CASES if "trap" in case]
RECORDS = json.loads((ROOT / "tests" / "cases" / "judge" / "records.json").read_text("utf-8"))


def is_page(text: str, language: str) -> bool:
    lines, phrases = split_lines(text), load_phrases(language)
    return looks_like_page(lines, [judge_line(line, phrases) for line in lines], phrases)


@pytest.mark.parametrize("case", PAGES)
@pytest.mark.parametrize("kind", ["auto", "page"])
def test_the_article_stays_and_the_boilerplate_goes(case: dict[str, Any], kind: str) -> None:
    found = strip(case["text"], language=case["language"], input_kind=kind)
    left = cut(case["text"], found.removals).split("\n")
    assert found.input_kind == "page"
    assert [line for line in case["stays"] if line not in left] == []
    assert [line for line in case["goes"] if line in left] == []


@pytest.mark.parametrize("case", TRAPS)
def test_extracted_text_is_no_page(case: dict[str, Any]) -> None:
    found = strip(case["text"], language=case["language"])
    assert found.input_kind == "text"
    if case["trap"] != "kind":  # of those the rules and the judge of lines may take headings
        assert cut(case["text"], found.removals).split() == case["text"].split()


def test_half_of_the_cases_are_traps() -> None:
    assert len(TRAPS) >= len(PAGES)


@pytest.mark.parametrize("case", PAGES)
def test_a_known_title_is_the_headline(case: dict[str, Any]) -> None:
    lines, phrases = split_lines(case["text"]), load_phrases(case["language"])
    hits = [judge_line(line, phrases) for line in lines]
    outside = outside_block(lines, hits, phrases, case["stays"][0])
    kept = [line.text for line, away in zip(lines, outside, strict=True) if away is None]
    assert case["stays"][0] in kept


def test_removed_lines_say_what_spoke_against_them() -> None:
    case = CASES[0]
    found = strip(case["text"], language=case["language"])
    blocks = [r for r in found.removals if r.rule == "page-block"]
    assert len(blocks) > 10
    assert all(r.why.startswith("not the article's: ") and len(r.why) > 20 for r in blocks)


LINE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["Home", "Share", "© 2024", "12", "Comments (3)", "A sentence that ends, as sentences do, here." * 3]
    ),
)


@given(st.lists(LINE, max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_lines_have_one_answer_each(texts: list[str]) -> None:
    lines, phrases = split_lines("\n".join(texts)), load_phrases("en")
    hits = [judge_line(line, phrases) for line in lines]
    outside = outside_block(lines, hits, phrases, "")
    assert len(outside) == len(lines)
    assert not lines or not all(outside)
    assert outside == outside_block(lines, hits, phrases, "")


def test_trees_are_looked_up_as_they_are_read() -> None:
    split = [[0, 1], [1, 1]]
    limit = [[0.5, 2.0], [1.0, 3.0]]
    leaf = [[0, 1000, 10000, 11000], [1, 2, 3, 4]]
    trees = Trees(("a", "b"), np.array(split), np.array(limit, np.float32), np.array(leaf), 0.5)
    odds = trees.odds({"a": np.array([0.0, 1.0, 1.0]), "b": np.array([0.0, 1.5, 4.0])})
    assert odds.tolist() == pytest.approx([0.501, 1.502, 11.504])


@pytest.mark.parametrize("case", PAGES)
def test_the_shipped_trees_know_their_features(case: dict[str, Any]) -> None:
    lines = split_lines(case["text"])
    own, alone = own_features(lines, [None] * len(lines), load_phrases(case["language"]))
    model = load_page_model()
    neighbours = neighbour_features(own, model.linear.odds(own, alone))
    assert {*model.trees.names} <= {*own, *neighbours}
    assert {*model.linear.weights} - {"base"} <= {*own}
    assert any(model.linear.alone)
    assert not {*own} & {*neighbours}


@given(st.lists(st.integers(-9, 9), max_size=20))
def test_the_best_segment_is_the_best_of_all(values: list[int]) -> None:
    start, stop = best_segment([float(value) for value in values])
    sums = [sum(values[a:b]) for a in range(len(values)) for b in range(a, len(values) + 1)]
    assert sum(values[start:stop]) == max([0, *sums])


def test_strange_characters_are_judged_too() -> None:
    lines = split_lines("\ud800\n\x00\n" + "’”\n" + "漢字" * 900 + "\n" + "\u0e01" * 50 + "\n\U0001f600 🚢")
    outside = outside_block(lines, [None] * len(lines), load_phrases("en"), "")
    assert len(outside) == len(lines)


def test_a_page_of_very_many_lines_has_an_answer_for_each() -> None:
    lines = split_lines((CASES[0]["text"] + "\n") * 160)
    phrases = load_phrases("en")
    hits = [judge_line(line, phrases) for line in lines]
    assert len(outside_block(lines, hits, phrases, "")) == len(lines)


@pytest.mark.skipif(not BENCH.is_file(), reason="the labelled articles are not beside the repository")
def test_labelled_articles_are_no_pages() -> None:
    docs = [json.loads(line) for line in BENCH.read_text("utf-8").splitlines()]
    pages = [doc["id"] for doc in docs if is_page(doc["text"], doc["language"])]
    assert len(pages) <= 0.01 * len(docs), pages


@pytest.mark.parametrize(
    ("opening", "kept"),
    [
        ("Bus listrik berhenti di halte baru, Senin pagi. Foto: Lensa Kota/Dian Sagara", False),
        ("Pada sampul buku itu tertulis judulnya. Foto: kenangan dari sebuah kota yang hilang.", True),
        ("Ia menyimpan dua map di rak. Gambar dan naskah/puisi lama ada di dalamnya sejak lama", True),
    ],
)
def test_a_caption_with_its_credit_above_the_article_goes(opening: str, kept: bool) -> None:
    body = "Enam belas bus mulai melayani rute itu, dan selama dua pekan pertama penumpang tidak dipungut bayaran."
    lines = split_lines(
        "\n".join(
            [
                "Bus Listrik Mulai Melayani Rute Baru",
                opening,
                body,
                body.replace("itu", "lama"),
                body.replace("itu", "baru"),
            ]
        )
    )
    stays = [True] * len(lines)
    finish_article(lines, [None] * len(lines), stays, "")
    assert stays == [True, kept, True, True, True]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["why"]) for case in RECORDS])
def test_records_between_paragraphs_stay(case: dict[str, Any]) -> None:
    lines = split_lines("\n".join(case["lines"]))
    stays = [line.prose for line in lines]
    finish_article(lines, [None] * len(lines), stays, "")
    assert [line.text for line, stay in zip(lines, stays, strict=True) if not stay] == case["goes"]


def test_what_a_rule_knows_is_no_record() -> None:
    lines = split_lines("\n".join(RECORDS[0]["lines"]))
    stays = [line.prose for line in lines]
    hits = [None if line.prose else Hit("phrase", "byline", "a label") for line in lines]
    finish_article(lines, hits, stays, "")
    assert stays == [line.prose for line in lines]
