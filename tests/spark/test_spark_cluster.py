"""Executors in processes of their own, as on a cluster: some of them are killed; a full bucket; an index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from corpus.made_corpora import check_bucket
from spark.spark_runs import CLUSTER, end, executors, needs_spark, outcome, python_workers, write_articles

from cleaner import Options, clean_corpus
from cleaner.corpus.index import index_corpus

needs_spark()
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]

KILLED = (
    ("read-*/*.arrow", executors),
    ("tables-read-*/lines-counted/*.npy", executors),
    ("finish-*/*.arrow", executors),
    ("tables-write-*/token-stores/*.npy", executors),
    ("tables-write-*/keepers/*.npy", python_workers),
    ("write-*/*.arrow", executors),
)
"""Files whose appearance says that a step is under way, and what is killed then."""


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from cleaner.engine.spark import open_session

    with open_session(CLUSTER, **{"spark.executor.memory": "512m"}) as session:
        yield session


def test_the_same_bytes_when_processes_are_killed_in_every_step(session: Any, tmp_path: Path) -> None:
    from cleaner.integrations.spark import clean_corpus as clean_on

    inputs = write_articles(tmp_path / "in", 600, 24)
    clean_corpus(inputs, tmp_path / "here/clean.jsonl", Options(workers=1))
    before, over = _lost(session), threading.Event()
    killed: list[str] = []
    watching = threading.Thread(target=_kill, args=(tmp_path / "there/clean.work", killed, over))
    watching.start()
    try:
        clean_on(session, inputs, tmp_path / "there/clean.jsonl", Options(shard_records=1))
    finally:
        over.set()
        watching.join()
    assert killed == [pattern for pattern, _ in KILLED]
    assert _lost(session) - before == sum(processes is executors for _, processes in KILLED)
    assert outcome(tmp_path / "there") == outcome(tmp_path / "here")


def test_the_same_bytes_against_an_index(session: Any, tmp_path: Path) -> None:
    from cleaner.integrations.spark import clean_corpus as clean_on

    inputs = write_articles(tmp_path / "in", 400, 8)
    index_corpus(inputs[:3], tmp_path / "index", Options(workers=1))
    options = {"against": str(tmp_path / "index"), "pairs": True}
    clean_corpus(inputs[2:], tmp_path / "here/clean.jsonl", Options(workers=1, **options))
    clean_on(session, inputs[2:], tmp_path / "there/clean.jsonl", Options(shard_records=20, **options))
    assert outcome(tmp_path / "there") == outcome(tmp_path / "here")
    pairs = [tmp_path / where / "clean.jsonl.audit/pairs.parquet" for where in ("here", "there")]
    assert pairs[0].read_bytes() == pairs[1].read_bytes()
    assert b'"duplicate"' in (tmp_path / "here/clean.jsonl.audit/dropped.jsonl").read_bytes()


def test_a_bucket_of_200_000_texts_is_bounded_and_loses_no_copy(session: Any, tmp_path: Path) -> None:
    from cleaner.engine.spark import Spark

    check_bucket(Spark(session), tmp_path, count=200_000, variants=4000)


def _lost(session: Any) -> int:
    """How many executors Spark has lost so far."""
    known = session.sparkContext._jsc.sc().statusStore().executorList(False)
    return sum(not known.apply(n).isActive() for n in range(known.size()))


def _kill(work: Path, killed: list[str], over: threading.Event) -> None:
    """As soon as a file of each step appears, kill one process that works."""
    for pattern, processes in KILLED:
        while not over.wait(0.02):
            if next(work.glob(pattern), None) and _killed_one(processes):
                killed.append(pattern)
                break


def _killed_one(processes: Callable[[], list[int]]) -> bool:
    for pid in processes():
        try:
            end(pid)
        except ProcessLookupError:
            continue
        return True
    return False
