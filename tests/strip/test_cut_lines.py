"""The segments that the judge is asked about: where they begin, and that they are the text to the letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import cut
from cleaner.judge.lines import split_lines
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.cut_lines import segments_to_judge
from cleaner.strip.inside_segments import with_segments
from cleaner.strip.strip import strip

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "cases" / "judge" / "segments.jsonl").read_text("utf-8").splitlines()
]
WORDS = ["Pasar", "dibuka", "lagi", "kata dia", "Prof", "2024", "Sumber", "«Oui", "Turun", "»", "→", "(lir/whn)", '"']
MARKS = ["", " ", "  ", ".", ". ", "! ", "… ", "... ", ": ", "\n", "\n\n", "۔ ", "。", "\xa0"]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(MARKS)), min_size=1, max_size=60).map(
    lambda pairs: "".join(word + mark for word, mark in pairs)
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_segments_that_go_and_traps_that_stay(case: dict[str, Any]) -> None:
    removals = strip(case["text"], language=case["language"]).removals
    gone = [case["text"][r.start : r.end] for r in removals if r.kind != "space"]
    assert gone == case["gone"]


def test_half_of_the_cases_of_segments_are_traps() -> None:
    assert 2 * sum(not case["gone"] for case in CASES) >= len(CASES)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_segments_are_the_text_to_the_letter(text: str) -> None:
    phrases, lines = load_phrases("id"), split_lines(text)
    nothing = [None] * len(lines)
    segments = with_segments(text, lines, nothing, [], phrases)[2]
    found = segments_to_judge(lines, nothing, nothing, segments, [], phrases)
    if found is None:
        return
    assert [unit.text for unit in found.lines] == [text[unit.start : unit.end] for unit in found.lines]
    edges = [0, *(edge for unit in found.lines for edge in (unit.start, unit.end)), len(text)]
    assert edges == sorted(edges)
    between = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert not any(gap.strip() for gap in between)  # every letter stands in a segment
    assert len(found.lines) > len(lines)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_what_stays_of_a_cut_line_is_untouched(text: str) -> None:
    removals = strip(text, language="id").removals
    assert all(r.replacement == "" for r in removals)
    left, at = [], 0
    for removal in removals:
        left.append(text[at : removal.start])
        at = removal.end
    assert cut(text, removals) == "".join([*left, text[at:]])
