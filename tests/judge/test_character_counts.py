"""Characters and words of a page as arrays: what is counted, and which words and lines are equal."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.judge.character_counts import SEEN, count_characters

TEXTS = st.lists(st.text(max_size=40).map(lambda text: text.strip() or "x"), min_size=1, max_size=12)


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_words_are_numbered_by_their_small_letters(texts: list[str]) -> None:
    counts = count_characters(texts)
    assert len(counts.word) == len(counts.word_line) == len(counts.word_length)
    assert counts.counts["length"].tolist() == [len(text) for text in texts]
    assert counts.counts["space"].tolist() == [sum(c.isspace() and ord(c) < 65535 for c in text) for text in texts]
    again = count_characters([*texts, *texts])
    assert again.word[: len(counts.word)].tolist() == again.word[len(counts.word) :].tolist()


def test_equal_words_have_equal_numbers_and_others_do_not() -> None:
    counts = count_characters(["The harbour, the Harbour", "a harbour2 HARBOUR", "漢字漢字"])
    word = counts.word.tolist()
    assert word[0] == word[2]
    assert word[1] == word[3] == word[5] == word[6]
    assert word[4] not in (word[0], word[1])
    assert word[7] == word[9] != word[8]
    assert counts.word_line.tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]


def test_lines_alike_but_for_digits_have_one_shape() -> None:
    shape = count_characters(["12 May 2023, 09:15", "30 May 2024, 10:41", "30 June 2024, 10:41"]).shape.tolist()
    assert shape[0] == shape[1] != shape[2]


def test_only_the_head_of_a_long_line_is_looked_at() -> None:
    counts = count_characters(["x " * 4 * SEEN + "y", "z"])
    assert counts.counts["seen"].tolist() == [SEEN, 1]
    assert len(counts.word) == SEEN // 2 + 1
