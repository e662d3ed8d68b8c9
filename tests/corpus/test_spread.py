"""The steps over the whole corpus decide the same, spread into tasks, as in one process."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from corpus.whole_runs import check_bucket, finished, records, write

from cleaner import Options
from cleaner.corpus.spread import Spread
from cleaner.corpus.whole import Embedded
from cleaner.engine.shuffle import Here
from cleaner.output.pairs import PAIRS

CASES = {
    "as-it-is": Options(pairs=True),
    "one-per-url": Options(one_per_url="longest", keep_duplicate="earliest", min_similarity=0.4, pairs=True),
    "first-of-few": Options(one_per_url="newest", keep_duplicate="first", shard_records=1),
    "no-dedup": Options(dedup=False, one_per_url="newest"),
}
SPREAD = {"one part": (1, 1 << 30), "many parts, stars": (5, 0)}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write(tmp_path_factory.mktemp("inputs"), records(360), files=6)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits under which so few articles make several parts, long runs and hot keys."""
    monkeypatch.setattr("cleaner.engine.shuffle._SMALLEST", 1 << 10)
    for module in ("cleaner.neardup.lsh", "cleaner.corpus.bands"):
        monkeypatch.setattr(f"{module}.LONGEST_RUN", 4)


@pytest.mark.parametrize("name", CASES)
def test_spread_decides_as_one_process_does(name: str, inputs: list[Path], tmp_path: Path) -> None:
    options = CASES[name]
    with finished(tmp_path, inputs, options) as (work, read, shards):
        one = Embedded(work, options)
        ids, known, expected = one.taken_ids(read), one.repeats(read), one.duplicates(shards)
        listed = work.path / PAIRS
        pairs = listed.read_bytes() if options.pairs else b""
        if options.pairs:
            merged = set(pq.read_table(listed)["merged"].to_pylist())
            assert merged == ({True} if options.one_per_url else {True, False})
        for size, here in SPREAD.values():
            shutil.rmtree(work.tables("read"))
            shutil.rmtree(work.tables("write"))
            listed.unlink(missing_ok=True)
            spread = Spread(Here(size), work, options, here=here)
            assert spread.taken_ids(read) == ids != {}
            learned, found = spread.repeats(read), spread.duplicates(shards)
            for column in ("keys", "anchors", "of", "places"):
                np.testing.assert_array_equal(getattr(learned, column), getattr(known, column))
            for number in range(len(shards)):
                assert found.of_shard(number) == expected.of_shard(number)
            assert found.counts == expected.counts
            assert not options.pairs or listed.read_bytes() == pairs
        assert len(known.keys)
        assert not options.dedup or min(expected.counts.values()) > 0, expected.counts


def test_a_finished_step_is_not_done_again(inputs: list[Path], tmp_path: Path) -> None:
    class Once(Here):
        jobs = 0

        def exchange(self, tasks, give, take):  # type: ignore[no-untyped-def]
            self.jobs += 1
            return super().exchange(tasks, give, take)

    engine = Once()
    with finished(tmp_path, inputs[:2], Options()) as (work, _, shards):
        first = Spread(engine, work, Options()).duplicates(shards)
        jobs = engine.jobs
        again = Spread(engine, work, Options()).duplicates(shards)
    assert jobs > 8
    assert engine.jobs == jobs
    assert [again.of_shard(n) for n in range(len(shards))] == [first.of_shard(n) for n in range(len(shards))]


def test_an_empty_corpus(tmp_path: Path) -> None:
    with finished(tmp_path, [], Options()) as (work, read, shards):
        spread = Spread(Here(), work, Options())
        assert spread.taken_ids(read) == {}
        assert not len(spread.repeats(read).keys)
        assert spread.duplicates(shards).counts == Embedded(work, Options()).duplicates(shards).counts


@pytest.mark.parametrize(
    ("count", "variants"), [(600, 240), pytest.param(200_000, 4000, marks=pytest.mark.slow)], ids=["600", "200000"]
)
def test_a_bucket_of_one_text_is_bounded_and_loses_no_copy(count: int, variants: int, tmp_path: Path) -> None:
    """Exact copies, and copies that differ in one word: their bands are hot in every shard."""
    check_bucket(Here(3), tmp_path, count=count, variants=variants)
