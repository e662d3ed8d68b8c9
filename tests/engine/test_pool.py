"""The pool gives every result, whatever becomes of its workers."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stages_for_tests import die_once, die_outside, double, fail, limited, path_and_package, skipping, take, where

from cleaner.cycles import COLLECT_AFTER, rare_collections
from cleaner.engine import pool as pool_module
from cleaner.engine.pool import FAILED_STARTS, PACKAGE, Pool, cores, fitting
from cleaner.engine.worker import ROOM
from cleaner.errors import EngineError

HOSTILE = ("json", "numpy", "mmap", "orjson", "typing", "sitecustomize", "usercustomize", "nowhere_else")
ARTICLE = "Warga menanam kembali bakau nomor {} di sepanjang pesisir utara yang rusak oleh abrasi sejak tahun lalu."


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
    with Pool(2) as pool, pytest.raises(EngineError, match=r"outside any record.*--memory"):
        list(pool.map(die_outside, [1]))


def test_no_more_workers_than_memory_allows() -> None:
    assert fitting(1) == 1
    assert fitting(1 << 60) == cores()
    assert fitting(800 << 20) == min(2, cores())
    assert fitting(1 << 60, 64) == 64


def test_more_workers_than_memory_allows_are_named(caplog: pytest.LogCaptureFixture) -> None:
    assert fitting(800 << 20, 16) == 2
    assert "16 workers do not fit" in caplog.text


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the limit of memory is Linux's")


@needs_proc
def test_a_record_that_wants_more_memory_than_there_is_is_left_out() -> None:
    with Pool(2, memory=1 << 20) as pool:  # what a worker may always take is more
        [done] = pool.map(skipping, [["a", str(4 * ROOM), "b", str(ROOM // 2)]])
    assert done == ["a", "it needed more memory than --memory leaves to a worker", "b", str(ROOM // 2)]
    assert pool.deaths == 2


@needs_proc
def test_memory_is_bounded_by_what_the_run_has_and_only_within_records() -> None:
    with Pool(2, memory=8 * ROOM) as pool:
        assert list(pool.map(skipping, [["a", str(2 * ROOM)]])) == [["a", str(2 * ROOM)]]
    with Pool(2, memory=1 << 20) as pool:
        assert list(pool.map(take, [4 * ROOM])) == [4 * ROOM]
        assert list(pool.map(skipping, [["a"]])) == [["a"]]
        assert list(pool.map(take, [4 * ROOM])) == [4 * ROOM]
    assert pool.deaths == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_record_over_its_time_costs_itself_alone(workers: int) -> None:
    before = signal.getsignal(signal.SIGPROF), signal.getitimer(signal.ITIMER_PROF)
    with Pool(workers, seconds=0.2) as pool:
        stage = limited if workers == 1 else skipping
        [done] = pool.map(stage, [["a", "spin", "b"]])
    assert done == ["a", "it took more CPU time than --record-timeout allows", "b"]
    assert (signal.getsignal(signal.SIGPROF), signal.getitimer(signal.ITIMER_PROF)) == before


def test_a_worker_has_the_package_of_its_parent_and_not_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in HOSTILE:
        (tmp_path / f"{name}.py").write_text("raise SystemError('from the current folder')")
    (tmp_path / "cleaner").mkdir()
    (tmp_path / "cleaner/__init__.py").write_text("raise SystemError('from the current folder')")
    monkeypatch.chdir(tmp_path)
    for entry in ("", ".", str(tmp_path), f"{tmp_path}/../{tmp_path.name}/"):
        monkeypatch.syspath_prepend(entry)
    monkeypatch.setenv("PYTHONPATH", f":{tmp_path}")
    with Pool(2) as pool:
        assert not [
            path for [found] in [pool.map(where, [HOSTILE])] for path in found if path.startswith(str(tmp_path))
        ]
        [(path, package)] = pool.map(path_and_package, [1])
    assert package == PACKAGE
    assert str(tmp_path) not in path
    assert "" not in path


@pytest.mark.parametrize("way", ["module", "script"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_of_the_current_folder_is_run(way: str, workers: str, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for name in HOSTILE:
        (tmp_path / "raw" / f"{name}.py").write_text("open('../ran', 'w').close()")
    for n in range(6):
        (tmp_path / "raw" / f"n{n}.txt").write_text(ARTICLE.format(n))
    script = Path(sys.executable).parent / "cleaner"
    if way == "script" and not script.exists():
        pytest.skip("the command is not installed beside Python")
    command = [str(script)] if way == "script" else [sys.executable, "-m", "cleaner"]
    command += [
        "clean",
        "*.txt",
        "-o",
        "../out.jsonl",
        "--quiet",
        "--workers",
        workers,
        "--shard-records",
        "2",
        "--no-dedup",
    ]
    root = str(Path(PACKAGE).parents[1])
    done = subprocess.run(command, cwd=tmp_path / "raw", env={**os.environ, "PYTHONPATH": root}, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 6


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (
            pool_module.START.replace("from cleaner.engine.worker import main", "import no_such_module"),
            "no_such_module",
        ),
        ("raise SystemExit(9)", "status 9 before its first task"),
        ("import os; os.abort()", "status -6 before its first task"),
    ],
)
def test_workers_that_cannot_start_are_given_up_with_the_reason(
    start: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "START", start)
    with Pool(2) as pool, pytest.raises(EngineError) as failed:
        list(pool.map(double, range(50)))
    assert words in str(failed.value)
    assert pool.deaths == FAILED_STARTS


def test_a_failed_start_now_and_then_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second process fails to start, as where the machine has no room for one just then."""
    taken = f"os.path.join({str(tmp_path)!r}, 'start%d' % n)"
    count = f"import os\nn = 0\nwhile True:\n try: os.close(os.open({taken}, os.O_CREAT | os.O_EXCL)); break\n"
    once = count + " except FileExistsError: n += 1\nif n % 2 == 1: raise SystemExit(9)\n"
    monkeypatch.setattr(pool_module, "START", once + pool_module.START)
    with Pool(2, seconds=5) as pool:
        done = [word for result in pool.map(skipping, [["a", "exit"], ["exit"], ["b"]]) for word in result]
    assert sorted(done)[:2] == ["a", "b"]
    assert sum("status 7" in word for word in done) == 2


@pytest.mark.parametrize("threshold", [700, 0, 190_000])
def test_collections_of_cycles_are_rarer_within_and_as_before_behind(threshold: int) -> None:
    own = gc.get_threshold()
    gc.set_threshold(threshold, 10, 10)
    try:
        with rare_collections():
            within = gc.get_threshold()[0]
        assert within == {700: COLLECT_AFTER, 0: 0, 190_000: 190_000}[threshold]  # switched off, it stays off
        assert gc.get_threshold() == (threshold, 10, 10)
    finally:
        gc.set_threshold(*own)
