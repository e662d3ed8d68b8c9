"""The pool gives every result, whatever becomes of its workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from stages_for_tests import die_once, die_outside, double, fail, skipping

from cleaner.engine.pool import Pool, cores, fitting
from cleaner.errors import WorkError


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_all_results_come(workers: int) -> None:
    with Pool(workers) as pool:
        assert sorted(pool.map(double, range(50))) == list(range(0, 100, 2))
        assert list(pool.map(double, [])) == []


def test_tasks_are_read_no_faster_than_needed() -> None:
    read = []

    def tasks():
        for n in range(20):
            read.append(n)
            yield n

    with Pool(2) as pool:
        results = pool.map(double, tasks())
        next(results)
        assert len(read) <= 4


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_stage_is_raised_here(workers: int) -> None:
    with Pool(workers) as pool, pytest.raises(ValueError, match="task 3 is wrong"):
        list(pool.map(fail, [3]))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [("kill", "ended by SIGKILL"), ("exit", "ended with status 7"), ("spin", "more CPU time than --record-timeout")],
)
def test_a_record_that_ends_workers_is_left_out_and_all_others_are_done(bad: str, reason: str) -> None:
    with Pool(2, seconds=0.2) as pool:
        [first] = [r for r in pool.map(skipping, [["a", bad, "b"], ["c"]]) if len(r) == 3]
        assert first[0] == "a"
        assert first[2] == "b"
        assert reason in first[1]
        assert pool.deaths == 2


def test_two_bad_records_in_one_task_are_both_found() -> None:
    with Pool(2) as pool:
        [done] = pool.map(skipping, [["kill", "a", "exit", "b"]])
        assert done[1] == "a"
        assert done[3] == "b"
        assert "SIGKILL" in done[0]
        assert "status 7" in done[2]


def test_one_death_is_nobodys_fault(tmp_path: Path) -> None:
    with Pool(2) as pool:
        assert list(pool.map(die_once, [str(tmp_path / "seen")])) == ["done"]
        assert pool.deaths == 1


def test_a_worker_that_always_dies_outside_records_ends_the_run_with_a_clear_error() -> None:
    with Pool(2) as pool, pytest.raises(WorkError, match=r"outside any record.*--memory"):
        list(pool.map(die_outside, [1]))


def test_no_more_workers_than_memory_allows() -> None:
    assert fitting(1) == 1
    assert fitting(1 << 60) == cores()
    assert fitting(800 << 20) == min(2, cores())
    assert fitting(1 << 60, 64) == 64


def test_more_workers_than_memory_allows_are_named(caplog: pytest.LogCaptureFixture) -> None:
    assert fitting(800 << 20, 16) == 2
    assert "16 workers do not fit" in caplog.text
