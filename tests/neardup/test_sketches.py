"""Tokens, shingles and signatures: a pure function of each text, and datasketch's values."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.neardup.shingles import shingle_tokens
from cleaner.neardup.sketches import Sketches, from_lean_minhash, sketch, to_lean_minhash
from cleaner.neardup.tokens import tokenize

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def tokens_of(text: str) -> list[int]:
    return tokenize([text]).hashes.tolist()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("... !!! —", 0),
        ("Harga BBM naik 10 persen", 5),
        ("rumah_sakit", 1),
        ("5.000", 2),
        ("हिन्दी समाचार", 2),
        ("新しい駅", 4),
        ("กำลังมา", 6),
        ("e\u0301tude", 1),
        ("\ud800 kata", 1),
        ("a\0b", 2),
        ("K-pop\u00a0ramai", 3),
    ],
)
def test_tokens_are_words_marks_and_unspaced_characters(text: str, count: int) -> None:
    assert len(tokens_of(text)) == count


def test_a_word_is_the_same_in_plain_and_in_accented_company() -> None:
    assert tokens_of("Gempa di Cianjur") == tokens_of("“GEMPA” di Cianjur…")[:3]
    assert tokens_of("\u00e9tat") == tokens_of("e\u0301tat")


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("Pemerintah membangun jembatan", "Pe\u00adme\u00adrin\u00adtah mem\u200bbangun\u2060 \ufeffjembatan"),
        ("Die Straße", "Die Stra\u00adße\u200e"),
        ("كتاب على", "\u06a9تاب عل\u06cc"),
        ("يوم جميل", "\u06ccوم جم\u06ccل"),
        ("سلام", "ســــلام"),
        ("سلام", "\ufeb3\ufefc\ufee1"),
        ("the final film", "the ﬁnal ﬁlm"),
        ("états", "e\u00ad\u0301tats"),
    ],
)
def test_what_nobody_sees_does_not_hide_a_copy(text: str, copy: str) -> None:
    assert tokens_of(copy) == tokens_of(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("baca-baca", "bacabaca"),  # a hyphen that shows parts words
        ("rumah\u200asakit", "rumahsakit"),  # a hair space is a space
        ("مدرسة", "مدرسه"),
        ("کتاب", "قتاب"),
        ("عام", "عأم"),
        ("straße", "strasse"),
        ("５", "5"),
    ],
)
def test_other_letters_stay_others(text: str, other: str) -> None:
    assert tokens_of(text) != tokens_of(other)


def test_digits_are_kept() -> None:
    assert tokens_of("naik 5 persen") != tokens_of("naik 6 persen")


def test_numbers_are_told_by_the_lowest_bit() -> None:
    assert [value & 1 for value in tokens_of("gempa 5 skala ٣ dan m6")] == [0, 1, 0, 1, 0, 0]


def test_a_long_text_is_cut_between_words_only() -> None:
    words = [f"kata{i}" for i in range(40_000)]
    assert tokens_of(" ".join(words)) == tokenize(words).hashes.tolist()


def test_a_long_word_is_one_text_like_any_other() -> None:
    endless = "x" * 200_000
    assert tokens_of(endless) == tokens_of(endless.upper())


@given(st.lists(ANY_TEXT, max_size=8), st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_a_sketch_does_not_depend_on_its_batch(texts: list[str], size: int) -> None:
    whole = sketch(texts)
    parts = [sketch(texts[i : i + size]) for i in range(0, len(texts), size)] or [sketch(())]
    for name in Sketches.__slots__:
        assert np.array_equal(getattr(whole, name), np.concatenate([getattr(part, name) for part in parts]))


@given(ANY_TEXT)
@settings(deadline=None, max_examples=60)
def test_signatures_are_those_of_datasketch(text: str) -> None:
    minhash = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=lambda value: value)
    tokens = tokenize([text])
    shingles = shingle_tokens(tokens.hashes, tokens.starts).hashes
    for value in (shingles & np.uint64(0xFFFFFFFF)).tolist():
        minhash.update(value)
    assert np.array_equal(minhash.hashvalues, sketch([text]).signatures[0])


def test_lean_minhash_both_ways() -> None:
    signatures = sketch(["Kereta terakhir berangkat pukul sebelas malam", "Kereta terakhir berangkat"]).signatures
    lean = [to_lean_minhash(row) for row in signatures]
    buffer = bytearray(lean[0].bytesize())
    lean[0].serialize(buffer)
    assert np.array_equal(from_lean_minhash(LeanMinHash.deserialize(buffer)), signatures[0])
    assert lean[0].jaccard(lean[1]) == (signatures[0] == signatures[1]).mean()


@pytest.mark.parametrize("wrong", [{"seed": 2}, {"num_perm": 64}, {"scheme": "legacy"}])
def test_a_minhash_made_otherwise_is_refused(wrong: dict[str, object]) -> None:
    made = {"num_perm": 128, "seed": 1, "scheme": "affine32"} | wrong
    with pytest.raises(ValueError, match="scheme, seed and permutations"):
        from_lean_minhash(LeanMinHash(MinHash(**made)))


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Selesai.", False),
        ('"Selesai!" ', False),
        ("Selesai ...", True),
        ("Selesai…", True),
        ("Selesai", True),
        ("结束。", False),
        ("", True),
    ],
)
def test_texts_that_break_off(text: str, broken: bool) -> None:
    assert sketch([text]).broken.tolist() == [broken]


def test_a_form_that_stands_for_itself_is_read_once() -> None:
    """The Arabic dots alone have no letter that they stand for."""
    assert tokenize(["\ufbb2"]).starts.tolist() == [0, 0]
    joined, apart = tokenize(["\ufefb \ufbb2"]), tokenize(["\u0644\u0627"])
    assert joined.hashes.tolist() == apart.hashes.tolist()
