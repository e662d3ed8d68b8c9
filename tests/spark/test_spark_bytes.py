"""The same bytes in one process, in two, on Spark in one JVM and on executors of their own, whatever the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spark.spark_runs import CLUSTER, needs_spark, outcome, sample, write_articles

from cleaner import Options, clean_corpus

needs_spark()
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module", params=["local[2]", CLUSTER])
def session(request: pytest.FixtureRequest) -> Iterator[Any]:
    from cleaner.engine.spark import open_session

    with open_session(request.param, **{"spark.executor.memory": "512m"}) as session:
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
    monkeypatch.setattr("cleaner.engine.spark._SLICES", slices)
    clean_on(session, inputs, tmp_path / "clean.jsonl", Options(shard_records=records))
    assert outcome(tmp_path) == expected
