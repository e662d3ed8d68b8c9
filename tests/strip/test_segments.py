"""Segments of lines whose line ends were lost: what holds for every text, and words that are never split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import cut
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.segments import segments, word_lists
from cleaner.strip.strip import strip

CASES = Path(__file__).parent.parent / "cases" / "strip"
GLUED = [json.loads(line)["text"] for line in (CASES / "segments.jsonl").read_text("utf-8").splitlines()]
PARTS = st.one_of(
    st.sampled_from([part for text in GLUED for part in text.split(". ")]),
    st.sampled_from(
        ["Baca juga: ", "Baca Juga", "ADVERTISEMENT", "©", "  ", "\xa0 ", "\t", '"', "”", ":", "▶", "iPhone", "\n"]
    ),
    st.text(max_size=12),
)
TEXTS = st.lists(PARTS, max_size=12).map("".join)


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.sampled_from(["", "id", "en", "ko"]))
def test_segments_and_the_white_space_between_them_are_the_text(text: str, language: str) -> None:
    at = 0
    for start, end in segments(text, load_phrases(language) if language else None):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.sampled_from(["id", "en", "ko"]))
def test_what_goes_is_cut_out_and_the_rest_is_untouched(text: str, language: str) -> None:
    removals = strip(text, language=language, input_kind="text").removals
    clean = cut(text, removals)
    for removal in removals:
        clean = clean[: removal.start] + text[removal.start : removal.end] + clean[removal.start :]
    assert clean == text


@pytest.mark.parametrize("name", sorted(word_lists()["names"]))
def test_known_names_are_one_piece(name: str) -> None:
    text = f"Warga di muara itu memakai {name} setiap hari, dan tidak yang lain."
    assert len(segments(text)) == 1


def test_segments_do_not_depend_on_what_stands_on_other_lines() -> None:
    glued = "Harga garam turun.Baca juga: Cabai Makin MurahMenurut petani itu biasa."
    alone = [glued[a:b] for a, b in segments(glued)]
    text = f"Sebelum itu.\n{glued}\nSesudah itu."
    assert [text[a:b] for a, b in segments(text)][1:-1] == alone
