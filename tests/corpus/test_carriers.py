"""The global steps decide the same on every carrier: this process or a pool, in one part or in many."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus.made_corpora import check_bucket, finished, records, write

from cleaner import Options
from cleaner.corpus.clean import PAIRS
from cleaner.corpus.duplicates import find_duplicates
from cleaner.corpus.ids import rename_repeated
from cleaner.corpus.repeats import find_site_repeats, lines_of_shard
from cleaner.corpus.shards import ShardSet
from cleaner.engine.pool import Pool
from cleaner.engine.shuffle import Carrier, InMemory, OnPool, Shuffle
from cleaner.repeats.repeats import Repeats

CASES = {
    "as-it-is": Options(pairs=True),
    "one-per-url": Options(one_per_url="longest", keep_duplicate="earliest", min_similarity=0.4, pairs=True),
    "first-of-few": Options(one_per_url="newest", keep_duplicate="first", shard_records=1),
    "no-dedup": Options(dedup=False, one_per_url="newest"),
}
MEMORY = 1 << 28


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write(tmp_path_factory.mktemp("inputs"), records(360), files=6)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits under which so few articles make several parts, groups of shards, and files written more than once."""
    monkeypatch.setattr("cleaner.engine.shuffle.SMALLEST_PART", 1 << 10)
    monkeypatch.setattr("cleaner.engine.shuffle.SPILL_BYTES", 1 << 11)
    monkeypatch.setattr("cleaner.corpus.shards.GROUP_BYTES", 1 << 16)


@contextmanager
def in_this_process(folder: Path) -> Iterator[Shuffle]:
    yield Shuffle(InMemory(), None, MEMORY)


@contextmanager
def in_many_parts(folder: Path) -> Iterator[Shuffle]:
    yield Shuffle(InMemory(5), None, MEMORY)


@contextmanager
def on_pool(folder: Path, *, workers: int) -> Iterator[Shuffle]:
    with Pool(workers) as pool:
        pool.size = 3  # parts and files as of three, whoever works
        yield Shuffle(OnPool(pool, folder / "spilled"), folder, MEMORY)


CARRIERS: dict[str, Callable[[Path], Any]] = {
    "many parts": in_many_parts,
    "files": partial(on_pool, workers=1),
    "pool": partial(on_pool, workers=2),
}


def outcome(shuffle: Shuffle, read: list[Path], shards: list[Path], options: Options, pairs: Path) -> dict[str, Any]:
    """All that the global steps find, over the shards after reading and the finished ones."""
    before, after = ShardSet.of(read), ShardSet.of(shards)
    ids = rename_repeated(shuffle, before, 360)
    repeats: Repeats = find_site_repeats(shuffle, before, partial(lines_of_shard, before), 7200)
    found = find_duplicates(shuffle, after, options, pairs if options.pairs else None)
    return {
        "ids": [ids.of_shard(number) for number in range(len(read))] if ids else [],
        **{column: getattr(repeats, column).tolist() for column in ("keys", "anchors", "of", "places")},
        "decisions": [found.of_shard(number) for number in range(len(shards))],
        "counts": found.counts,
        "pairs": pairs.read_bytes() if options.pairs else b"",
    }


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", CASES)
def test_all_carriers_decide_the_same(
    name: str, inputs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = CASES[name]
    with finished(tmp_path, inputs, options) as (work, read, shards):
        for longest in (64, 4):  # with the second nearly every key has too many articles for all their pairs
            monkeypatch.setattr("cleaner.neardup.lsh.LONGEST_RUN", longest)
            with in_this_process(tmp_path) as shuffle:
                expected = outcome(shuffle, read, shards, options, work.path / PAIRS)
            assert any(expected["ids"])
            assert len(expected["keys"])
            assert any(drops for drops, _ in expected["decisions"])
            assert not options.dedup or min(expected["counts"].values()) > (0 if longest == 4 else -1)
            for carrier, opened in CARRIERS.items():
                if carrier != "pool" or longest == 64:  # what is patched here is not in other processes
                    with opened(tmp_path / carrier) as shuffle:
                        assert outcome(shuffle, read, shards, options, tmp_path / PAIRS) == expected, carrier
                    shutil.rmtree(tmp_path / carrier, ignore_errors=True)


def test_a_finished_step_is_not_done_again(inputs: list[Path], tmp_path: Path) -> None:
    class Counting(InMemory):
        steps = 0

        def shuffle(self, tasks, emit, reduce):  # type: ignore[no-untyped-def]
            self.steps += 1
            return super().shuffle(tasks, emit, reduce)

    carrier = Counting()
    with finished(tmp_path, inputs[:2], Options()) as (_, read, shards):
        first = outcome(Shuffle(carrier, tmp_path / "tables", MEMORY), read, shards, Options(), tmp_path)
        steps = carrier.steps
        again = outcome(Shuffle(carrier, tmp_path / "tables", MEMORY), read, shards, Options(), tmp_path)
    assert steps > 8
    assert carrier.steps == steps
    assert again == first


@pytest.mark.usefixtures("small")
def test_a_step_that_was_cut_short_is_done_again_as_a_rest_of_it_were_not_there(
    inputs: list[Path], tmp_path: Path
) -> None:
    """After each step in turn the process ends in the middle of the next one, which has written its tables only. Each
    time the run is continued by another number of processes."""

    class Ending(Exception):
        pass

    class Cut(OnPool):
        left = 0

        def shuffle(self, tasks, emit, reduce):  # type: ignore[no-untyped-def]
            answers = super().shuffle(tasks, emit, reduce)
            self.left -= 1
            if not self.left:
                raise Ending
            return answers

    with finished(tmp_path, inputs[:2], Options()) as (_, read, shards), Pool(1) as pool:
        carrier = Cut(pool, tmp_path / "tables/spilled")
        expected = outcome(Shuffle(InMemory(), None, MEMORY), read, shards, Options(), tmp_path)
        cuts = 0
        while True:
            carrier.left, carrier.size = 2, 1 + cuts % 5
            try:
                found = outcome(Shuffle(carrier, tmp_path / "tables", MEMORY), read, shards, Options(), tmp_path)
                break
            except Ending:
                cuts += 1
    assert cuts > 8
    assert found == expected


def test_an_empty_corpus(tmp_path: Path) -> None:
    with finished(tmp_path, [], Options()) as (_, read, shards):
        found = outcome(Shuffle(InMemory(), None, MEMORY), read, shards, Options(), tmp_path)
    assert found["ids"] == []
    assert found["keys"] == []
    assert set(found["counts"].values()) == {0}


@pytest.mark.parametrize(
    ("count", "variants"), [(600, 240), pytest.param(200_000, 4000, marks=pytest.mark.slow)], ids=["600", "200000"]
)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_bucket_of_one_text_is_bounded_and_loses_no_copy(
    count: int, variants: int, workers: int, tmp_path: Path
) -> None:
    """Exact copies, and copies that differ in one word: every band of theirs has one key."""
    with Pool(workers) as pool:
        carrier: Carrier = OnPool(pool, tmp_path / "tables/spilled")
        check_bucket(carrier, tmp_path, count=count, variants=variants)


def test_the_order_in_which_records_come_is_nobodys(tmp_path: Path) -> None:
    """A table is the same whichever task's records come first; all three carriers join them in another order."""

    def emit(task: int) -> Iterator[tuple[int, bytes]]:
        yield task % 2, np.arange(task, task + 3).tobytes()

    def reduce(part: int, packed: bytes) -> list[int]:
        return np.sort(np.frombuffer(packed, np.int64)).tolist()  # type: ignore[no-any-return]

    with Pool(1) as pool:
        found = [
            Shuffle(carrier, None, MEMORY).reduce("step", range(5), emit, reduce)
            for carrier in (InMemory(), OnPool(pool, tmp_path / "spilled"))
        ]
    assert found[0] == found[1] == [[0, 1, 2, 2, 3, 4, 4, 5, 6], [1, 2, 3, 3, 4, 5]]
