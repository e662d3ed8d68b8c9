"""The raw scorer: langid's label and probability, exact sums, a cache that is never trusted blindly."""

from __future__ import annotations

import functools
import os
import random
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langid.langid import LanguageIdentifier, model

from cleaner.language import model as language_model
from cleaner.language.model import FRACTION_BITS, load_model, raw_scores

CASES = Path(__file__).parents[1] / "cases" / "language"
SENTENCES = [s for group in tomllib.loads((CASES / "sentences.toml").read_text("utf-8")).values() for s in group]
BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[3] / "shared" / "bench"))


@functools.cache
def langid() -> LanguageIdentifier:
    return LanguageIdentifier.from_modelstring(model, norm_probs=True)


def assert_same_as_langid(texts: list[bytes]) -> None:
    codes = load_model().codes
    for text, scores in zip(texts, raw_scores(texts), strict=True):
        label, probability = langid().classify(text)
        assert codes[int(scores.argmax())] == label
        assert 1 / np.exp(scores - scores.max()).sum() == pytest.approx(probability, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)), max_size=4))
def test_label_and_probability_are_those_of_langid(texts: list[bytes]) -> None:
    assert_same_as_langid(texts)


def test_sentences_score_as_with_langid() -> None:
    assert_same_as_langid([sentence.encode() for sentence in SENTENCES])


@pytest.mark.slow
def test_a_hundred_thousand_texts_score_as_with_langid() -> None:
    chance = random.Random(7)
    real = " ".join(SENTENCES).encode()
    for path in sorted(BENCH.glob("language/*.jsonl")):
        real += path.read_bytes()
    cut = (chance.randrange(len(real)) for _ in range(60_000))
    batch = [real[at : at + chance.randrange(1, 160)] for at in cut]
    batch += [chance.randbytes(chance.randrange(0, 80)) for _ in range(40_000)]
    for start in range(0, len(batch), 500):
        assert_same_as_langid(batch[start : start + 500])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=8))
def test_scores_do_not_depend_on_the_batch(texts: list[bytes]) -> None:
    together = raw_scores(texts)
    for text, scores in zip(texts, together, strict=True):
        assert np.array_equal(raw_scores([text])[0], scores)


@settings(deadline=None, max_examples=20)
@given(st.binary(min_size=1, max_size=2000), st.randoms())
def test_sums_are_exact(text: bytes, chance: random.Random) -> None:
    """Whole multiples of a power of two add up to the same bits in any order."""
    parts = [int(value * 2**FRACTION_BITS) for value in raw_scores([text])[0]]
    assert [value / 2**FRACTION_BITS for value in parts] == raw_scores([text])[0].tolist()


def test_no_texts_no_rows() -> None:
    assert raw_scores([]).shape == (0, len(load_model().codes))


@pytest.fixture
def unpackings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An empty cache folder, and how often langid's model was unpacked since."""
    loaded = load_model()
    arrays = {name: np.asarray(getattr(loaded, name)) for name in ("codes", "prior", "step", "row", "rows")}
    times: list[int] = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(language_model, "_unpack_langid", lambda: times.append(1) or arrays)
    return times


def assert_loads_the_model() -> None:
    fresh, loaded = load_model.__wrapped__(), load_model()
    assert fresh.codes == loaded.codes
    assert all(
        np.array_equal(getattr(fresh, name), getattr(loaded, name)) for name in ("prior", "pairs", "step", "rows")
    )


def test_the_unpacked_model_is_kept(tmp_path: Path, unpackings: list[int]) -> None:
    assert_loads_the_model()
    assert_loads_the_model()
    assert len(unpackings) == 1
    assert len(list((tmp_path / "cruftless").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_a_broken_copy_is_replaced(tmp_path: Path, unpackings: list[int], damage: bytes) -> None:
    assert_loads_the_model()
    [kept] = (tmp_path / "cruftless").iterdir()
    whole = kept.read_bytes()
    for broken in (damage, whole[: len(whole) // 2]):
        kept.write_bytes(broken)
        assert_loads_the_model()
        assert_loads_the_model()
    assert len(unpackings) == 3
    assert kept.read_bytes()[:2] == whole[:2]


def test_without_a_place_to_keep_it_the_model_loads_all_the_same(
    tmp_path: Path, unpackings: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert_loads_the_model()
    assert unpackings
    assert blocked.read_text() == "in the way"


@pytest.mark.slow
def test_langid_itself_is_not_loaded_once_its_model_is_kept(tmp_path: Path) -> None:
    script = "import sys, cleaner.language.identify as m; m.identify(['Rumah']); print('langid' in sys.modules)"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    said = [subprocess.check_output([sys.executable, "-c", script], env=environment, text=True) for _ in range(2)]
    assert said == ["True\n", "False\n"]
