"""Spark in one process: the same bytes whatever its settings; frames; components in DataFrame rounds."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spark.spark_runs import needs_spark, outcome, sample, write_articles

from cleaner import Options, clean, clean_corpus
from cleaner.dedup.bands import Pairs

needs_spark()
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from cleaner.run.spark import open_session

    with open_session("local[2]") as session:
        yield session


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The sample corpus and 3,000 generated articles."""
    generated = write_articles(tmp_path_factory.mktemp("generated") / "in", 3000, 40)
    return [sample(), *map(str, generated)]


@pytest.fixture(scope="module")
def expected(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("expected")
    clean_corpus(inputs, folder / "clean.jsonl", Options(workers=1))
    return outcome(folder)


def test_two_workers(inputs: list[str], expected: dict[str, bytes], tmp_path: Path) -> None:
    clean_corpus(inputs, tmp_path / "clean.jsonl", Options(workers=2))
    assert outcome(tmp_path) == expected


@pytest.mark.parametrize(
    ("adaptive", "slices", "records"), [("true", 4, 1000), ("false", 1, 5)], ids=["aqe", "no-aqe-few-partitions"]
)
def test_the_same_bytes(
    adaptive: str,
    slices: int,
    records: int,
    session: Any,
    inputs: list[str],
    expected: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cleaner.integrations.spark import clean_corpus as clean_on

    session.conf.set("spark.sql.adaptive.enabled", adaptive)
    monkeypatch.setattr("cleaner.run.spark._SLICES", slices)
    clean_on(session, inputs, tmp_path / "clean.jsonl", Options(shard_records=records))
    assert outcome(tmp_path) == expected


def test_a_frame_stays_in_the_job_of_its_user(session: Any) -> None:
    from cleaner.integrations.spark import clean_frame

    text = "Warga menanam kembali bakau di pesisir utara yang rusak sejak tahun lalu.\n\nBaca juga: Panen raya mundur"
    frame = session.createDataFrame([(1, text), (2, "")], "number long, isi string")
    rows = clean_frame(frame).orderBy("number").collect()
    assert [(row.number, row.isi, row.text) for row in rows] == [(1, text, clean(text).text), (2, "", "")]
    assert rows[0].language == "id"
    assert rows[0].language_score > 0.5


def test_a_chain_of_20_000_in_rounds_of_a_frame(session: Any, tmp_path: Path) -> None:
    from cleaner.run.spark import Spark
    from cleaner.spread import Steps
    from cleaner.spread.components import components, edges_of
    from cleaner.spread.exchange import save

    names = np.random.default_rng(3).permutation(20_000).tolist()
    low, high = np.array([sorted(pair) for pair in pairwise(names)], np.int64).T
    save(tmp_path / "a.npy", edges_of(Pairs(low[:9000], high[:9000])))
    save(tmp_path / "b.npy", edges_of(Pairs(low[9000:], high[9000:])))
    files, nodes = [tmp_path / "a.npy", tmp_path / "b.npy"], np.arange(20_000)
    engine = Spark(session)
    rounds = components(Steps(engine, tmp_path / "rounds", 1 << 26), files, here=0)
    here = components(Steps(engine, tmp_path / "here", 1 << 26), files)
    np.testing.assert_array_equal(rounds.of(nodes), here.of(nodes))
    assert not rounds.of(nodes).any()
    assert len(list((tmp_path / "rounds").glob("stars-*.json"))) <= 40


def test_what_an_executor_cannot_do_is_told_in_a_sentence(session: Any, tmp_path: Path) -> None:
    from cleaner.errors import OptionError
    from cleaner.integrations.spark import clean_corpus as clean_on

    with warnings.catch_warnings(), pytest.raises(OptionError, match="--allow"):
        clean_on(session, sample(), tmp_path / "clean.jsonl", Options(allow=str(tmp_path / "nowhere.txt")))
