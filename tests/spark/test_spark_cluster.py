"""Executors in processes of their own, as on a cluster: some of them are killed; a long chain, and a full bucket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus.whole_runs import check_bucket
from spark.spark_runs import CLUSTER, end, executors, needs_spark, outcome, python_workers, write_articles

from cleaner import Options, clean_corpus
from cleaner.neardup.lsh import Pairs

needs_spark()
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]

KILLED = (
    ("read-*/*.arrow", executors),
    ("tables-read-*/lines-counted/*.npy", executors),
    ("finish-*/*.arrow", executors),
    ("tables-write-*/shelves/*.arrow", executors),
    ("tables-write-*/decided/*.npy", python_workers),
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


def test_a_chain_of_20_000_in_rounds(session: Any, tmp_path: Path) -> None:
    from cleaner.corpus.components import components, edges_of
    from cleaner.engine.shuffle import Steps, save
    from cleaner.engine.spark import Spark

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
