"""Pieces of one sentence are joined, offsets kept; lists and menus are not, and nothing of a sentence goes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import cut
from cleaner.judge.lines import split_lines
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.joined_lines import join_cut_lines
from cleaner.strip.line_rules import judge_line
from cleaner.strip.strip import strip

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "joined_lines.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_joined(case: dict[str, Any]) -> None:
    text, phrases = "\n".join(case["lines"]), load_phrases(case["language"])
    lines = join_cut_lines(split_lines(text), lambda line: judge_line(line, phrases))
    pieces = {line.start for line in split_lines(text)}
    joined = [text[line.start : line.end].split("\n") for line in lines if "\n" in text[line.start : line.end]]
    assert joined == [case["lines"][a : b + 1] for a, b in case["joined"]]
    assert {line.start for line in lines} <= pieces


@pytest.mark.parametrize("case", [c for c in CASES if c["stays"]], ids=[c["name"] for c in CASES if c["stays"]])
def test_nothing_of_a_cut_sentence_goes(case: dict[str, Any]) -> None:
    text = "\n".join(case["lines"])
    assert cut(text, strip(text, language=case["language"]).removals) == text


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(["Antara", ", Rabu.", ".", "kata camat di", "yang baru", "", "  ", "• satu", "Selaya"]),
        max_size=12,
    )
)
def test_offsets_are_kept(parts: list[str]) -> None:
    text = "\r\n".join(parts)
    before, after = split_lines(text), join_cut_lines(split_lines(text))
    assert [(ln.start, ln.end) for ln in after if ln.start in {b.start for b in before}] == [
        (ln.start, ln.end) for ln in after
    ]
    for line in after:
        assert len(line.text) == line.end - line.start
        assert line.text.replace("\u200b", "").split() == text[line.start : line.end].split()
    covered = [range(ln.start, ln.end) for ln in after]
    assert all(any(ln.start in span for span in covered) for ln in before)
