"""A driver that is killed, and the same command again: it goes on where the first one stood, to the same bytes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from spark.spark_runs import CLUSTER, end, needs_spark, outcome, write_articles

from cleaner import Options, clean_corpus

needs_spark()
pytestmark = pytest.mark.spark

KILLED = ("finish-*/*.arrow", "tables-write-*/token-stores.json")
"""Files whose appearance says that a step is under way: then the driver is killed, one after the other."""

FINISHED = ("read-*/*.arrow", "finish-*/*.arrow", "write-*/*.arrow", "tables-*/*.json")
"""ShardSet, and notes of finished steps."""


def test_a_driver_that_is_killed_is_resumed(tmp_path: Path) -> None:
    inputs = write_articles(tmp_path / "in", 600, 24)
    clean_corpus(inputs, tmp_path / "here/clean.jsonl", Options(workers=1))
    work = tmp_path / "there/clean.work"
    command = [sys.executable, "-m", "cleaner", "clean", *map(str, inputs), "-o", str(tmp_path / "there/clean.jsonl")]
    command += ["--engine", "spark", "--master", CLUSTER, "--shard-records", "1", "--quiet", "--keep-work"]
    before: dict[Path, tuple[int, int]] = {}
    for pattern in KILLED:
        killed = _killed_at(command, work, pattern)
        assert killed, f"the run was over before {pattern}"
        found = _finished(work)
        assert found
        _check_untouched(before, found)
        before = found
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    _check_untouched(before, _finished(work))
    assert outcome(tmp_path / "there") == outcome(tmp_path / "here")


def _check_untouched(before: dict[Path, tuple[int, int]], found: dict[Path, tuple[int, int]]) -> None:
    """What was finished is as it was; the tables between the steps go once the last one has read them."""
    gone = before.keys() - found.keys()
    assert all(any(part.startswith("tables-read") for part in path.parts) for path in gone)
    assert {path: found[path] for path in before.keys() - gone} == {path: before[path] for path in before.keys() - gone}


def _killed_at(command: list[str], work: Path, pattern: str) -> bool:
    """Whether the command was killed at the first file of the pattern, with all that it had started gone too."""
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    _wait_for(lambda: process.poll() is not None or next(work.glob(pattern), None) is not None)
    alive = process.poll() is None
    end(process.pid)
    process.wait()
    _wait_for(lambda: next(_session(process.pid), None) is None)
    return alive


def _finished(work: Path) -> dict[Path, tuple[int, int]]:
    """What is finished, by the identity of each file: one that was written again is another."""
    stats = {path: path.stat() for pattern in FINISHED for path in work.glob(pattern)}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}


def _session(leader: int) -> Iterator[int]:
    """The processes of a session: Java and the Python workers end when they notice that the driver is gone."""
    for name in [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]:
        try:
            fields = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            yield int(name)


def _wait_for(happened: Callable[[], bool]) -> None:
    clock = threading.Event()
    while not happened():
        clock.wait(0.02)
