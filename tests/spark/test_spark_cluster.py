"""Executors in processes of their own, as on a cluster: the same bytes, and again when some of them are killed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from spark.spark_runs import end, executors, needs_spark, outcome, python_workers, sample, write_articles

from cleaner import Options, clean_corpus

needs_spark()
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]

KILLED = (
    ("read-*/*.arrow", executors),
    ("tables-read-*/lines-counted/*.npy", executors),
    ("settle-*/*.arrow", executors),
    ("tables-write-*/shelves/*.arrow", executors),
    ("tables-write-*/decided/*.npy", python_workers),
    ("write-*/*.arrow", executors),
)
"""Files whose appearance says that a step is under way, and what is killed then."""


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from cleaner.run.spark import open_session

    with open_session("local-cluster[2,1,1024]", **{"spark.executor.memory": "512m"}) as session:
        yield session


def test_the_same_bytes_on_a_cluster(session: Any, tmp_path: Path) -> None:
    from cleaner.integrations.spark import clean_corpus as clean_on

    clean_corpus(sample(), tmp_path / "here/clean.jsonl", Options(workers=1))
    clean_on(session, sample(), tmp_path / "there/clean.jsonl", Options(shard_records=5))
    assert outcome(tmp_path / "there") == outcome(tmp_path / "here")


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
