"""Indonesian or Malay: by roots, spelling and the model's leaning, whatever the names in a text."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.language.identify import identify
from cleaner.language.malay import SIDES, clues, leanings, malay_odds

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "language" / "malay.toml").read_text("utf-8"))
NAMED = [(code, name) for code, sentences in CASES.items() for name in sentences]

SYLLABLES = "me nge peng di ter per an kan i nya lah ku ka bas tor pe ja bat itas iti asi v"
syllables = st.sampled_from(SYLLABLES.split(" "))
words = st.lists(st.one_of(st.text(max_size=12), st.lists(syllables, max_size=6).map("".join)), max_size=20)


@pytest.mark.parametrize(("code", "name"), NAMED, ids=[f"{code}-{name}" for code, name in NAMED])
def test_the_two_are_told_apart(code: str, name: str) -> None:
    assert identify([CASES[code][name]])[0].code == code


@pytest.mark.parametrize(
    ("word", "clue"),
    [
        ("kantornya", "id words"),
        ("berkantor", "id words"),
        ("memikirkan", "id words"),
        ("difikirkan", "ms words"),
        ("perkhidmatannya", "ms words"),
        ("sensitivitas", "-itas"),
        ("fleksibilitasnya", "-itas"),
    ],
)
def test_affixes_hide_no_word(word: str, clue: str) -> None:
    assert clue in clues([word])


@pytest.mark.parametrize("word", ["yang", "bebas", "di", "orang", "", "-"])
def test_shared_and_short_words_are_no_clue(word: str) -> None:
    assert list(clues([word])) == []


@settings(deadline=None, max_examples=60)
@given(words, st.floats(allow_nan=False))
def test_odds_are_a_sum_over_words(some: list[str], difference: float) -> None:
    [lean] = leanings(np.array([[0.0, difference]]), SIDES)
    assert -5 <= lean <= 5
    none = malay_odds([], lean, "langid")
    parts = [malay_odds([word], lean, "langid") - none for word in some]
    assert malay_odds(some, lean, "langid") == pytest.approx(none + sum(parts), abs=1e-6)


@given(st.lists(st.sampled_from(["kerana", "bahawa", "polis", "wang"]), min_size=1, max_size=9))
def test_malay_words_speak_for_malay(some: list[str]) -> None:
    assert malay_odds(some, 0.0, "langid") > malay_odds([], 0.0, "langid")
