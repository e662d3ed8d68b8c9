"""Runs on Spark beside runs in processes, and what must be the same of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from sample import ROOT

from cleaner import CleanerError
from cleaner.engine.java import find_java

__all__ = [
    "CLUSTER",
    "children",
    "end",
    "executors",
    "needs_spark",
    "outcome",
    "python_workers",
    "sample",
    "write_articles",
]

CLUSTER = "local-cluster[2,1,1024]"
"""Two executors of one core in JVMs of their own."""

LOGS = ("removed.jsonl", "dropped.jsonl", "rejected.jsonl", "report.json")


def needs_spark() -> None:
    """Skip, and say why, where Spark cannot run; `make test-spark` sets CLEANER_SPARK, and then it must."""
    try:
        find_java()
        import pyspark  # noqa: F401
    except (CleanerError, ImportError) as error:
        if os.environ.get("CLEANER_SPARK"):
            raise
        pytest.skip(f"Spark is not tested: {error}", allow_module_level=True)


def outcome(folder: Path) -> dict[str, bytes]:
    """Everything that must be the same bytes: the output, the logs, the manifest without its `run` object."""
    manifest = orjson.loads((folder / "clean.jsonl.audit/manifest.json").read_bytes())
    del manifest["run"]
    return {
        "clean.jsonl": (folder / "clean.jsonl").read_bytes(),
        **{name: (folder / "clean.jsonl.audit" / name).read_bytes() for name in LOGS},
        "manifest.json": orjson.dumps(manifest),
    }


def sample() -> str:
    """The sample corpus, by its whole path: executors of a cluster run in folders of their own."""
    return str(ROOT / "corpus/raw")


def write_articles(folder: Path, count: int, files: int) -> list[Path]:
    """Generated articles, as many files of JSON lines."""
    from corpus.made_corpora import records, write

    folder.mkdir()
    return write(folder, records(count), files=files)


def children(pid: int) -> Iterator[tuple[int, str]]:
    """The processes that a process started, and those that these started, with their command lines."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            ids = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, ids):
            try:
                yield child, Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield from children(child)
            except OSError:  # it has ended meanwhile
                continue


def executors() -> list[int]:
    """The JVMs that this process's Spark started as executors of its local cluster."""
    return [pid for pid, command in children(os.getpid()) if "CoarseGrainedExecutorBackend" in command]


def python_workers() -> list[int]:
    """The Python processes that work for executors: the children of their daemons."""
    daemons = [pid for pid, command in children(os.getpid()) if "pyspark.daemon" in command]
    return [pid for daemon in daemons for pid, _ in children(daemon)]


def end(pid: int) -> None:
    """Take a process away as a machine that goes down would."""
    os.kill(pid, signal.SIGKILL)
