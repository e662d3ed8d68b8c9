"""A run over millions of short articles: what one costs, what the processes hold, how large the work folder becomes.

    python benchmarks/millions.py --articles 400000,4000000 --folder FOLDER [--workers 2] [--memory 2G]

Articles of about 500 bytes are generated into files of 100,000, a tenth of them near-duplicates, from 40 sites for each
million. Whatever ends it, the same command goes on where it stood: inputs that are there stay, and the run continues.
Every two seconds a line goes to FOLDER/COUNT/samples.jsonl: CPU seconds, memory of the tree and of the main process,
bytes of the work folder. A page that processes share counts by halves (PSS). OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from articles import articles
from tree import tree_of

IN_FILE = 100_000
CHARACTERS = 100
"""Of the body, which with a site's lines around it makes 500 bytes."""

EVERY, WEIGH_EVERY = 2.0, 20.0
"""Seconds between two samples, and between two looks at the size of the work folder, which has thousands of files."""

_TICKS = os.sysconf("SC_CLK_TCK")


def generate(folder: Path, count: int) -> int:
    """Write the articles that are not there yet; the bytes of all of them come back."""
    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for first in range(0, count, IN_FILE):
        path = folder / f"{first // IN_FILE:05}.jsonl"
        if not path.exists():
            part = path.with_suffix(".part")
            with part.open("wb") as out:
                out.writelines(_lines(first, min(IN_FILE, count - first), sites=40 * max(1, count // 1_000_000)))
            part.rename(path)
        size += path.stat().st_size
    return size


def _lines(first: int, count: int, sites: int) -> Iterator[bytes]:
    for n, record in enumerate(articles(count, seed=first, sites=sites, characters=CHARACTERS), first):
        host = record["url"].rpartition("/")[0]
        record |= {"id": f"a{n}", "url": f"{host}/{n}"}  # no two of all files have one id or one address
        yield orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def watch(process: subprocess.Popen[bytes], work: Path, out: Path) -> None:
    """Note what the tree of a process takes until it ends."""
    cpu: dict[int, float] = {}
    folder, weighed = 0, -WEIGH_EVERY
    with out.open("a") as samples:
        while process.poll() is None:
            if time.monotonic() - weighed >= WEIGH_EVERY:
                folder, weighed = size_of(work), time.monotonic()
            main, tree = 0, 0
            for pid in tree_of(process.pid):
                with suppress(OSError, IndexError, ValueError):  # it ends while we look
                    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                    cpu[pid] = sum(map(int, fields[11:13])) / _TICKS
                    pss = int(Path(f"/proc/{pid}/smaps_rollup").read_text().split("\nPss:")[1].split()[0])
                    tree += pss
                    main = pss if pid == process.pid else main
            note = {"session": process.pid, "at": round(time.time()), "cpu": round(sum(cpu.values()), 2)}
            note |= {"main_cpu": cpu.get(process.pid, 0.0), "tree_mb": tree >> 10, "main_mb": main >> 10}
            samples.write(json.dumps({**note, "work_mb": folder >> 20}) + "\n")
            samples.flush()
            with suppress(subprocess.TimeoutExpired):
                process.wait(EVERY)


def size_of(folder: Path) -> int:
    """Bytes of all files below."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            size += path.stat().st_size if path.is_file() else 0
    return size


def summary(samples: Path, count: int, size: int) -> str:
    """A row of the table, over all sessions."""
    rows: list[dict[str, Any]] = [*map(json.loads, samples.read_text().splitlines())]
    last = {row["session"]: row for row in rows}  # CPU seconds of a session stand in its last line
    cpu, main = (sum(row[name] for row in last.values()) for name in ("cpu", "main_cpu"))
    tree, held, work = (max(row[name] for row in rows) for name in ("tree_mb", "main_mb", "work_mb"))
    return (
        f"| {count:,} | {size / count:.0f} | {len(last)} | {cpu:.0f} | {1000 * cpu / count:.3f} "
        f"| {100 * main / cpu:.1f} | {tree} | {held} | {work * 2**20 / size:.2f} |"
    )


def main() -> None:
    """Print a row for each count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", default="400000,4000000")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--memory", default="2G")
    chosen = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    print("| articles | bytes each | sessions | CPU s | CPU ms an article | main process, % of CPU ", end="")
    print("| peak MB of the tree | of the main process | work folder / input |\n|---|---|---|---|---|---|---|---|---|")
    for count in map(int, chosen.articles.split(",")):
        folder = chosen.folder / str(count)
        size, work, done = generate(folder / "raw", count), folder / "work", folder / "done"
        if not done.exists():
            options = ("--workers", chosen.workers, "--memory", chosen.memory, "--work", str(work))
            command = [sys.executable, "-m", "cleaner", "clean", str(folder / "raw"), "-o", str(folder / "clean.jsonl")]
            with (folder / "log").open("ab") as log:
                process = subprocess.Popen([*command, *options], stdout=log, stderr=log)
                watch(process, work, folder / "samples.jsonl")
            if process.returncode:
                sys.exit(f"The run ended with status {process.returncode}; see {folder / 'log'}. It can go on.")
            done.touch()
        print(summary(folder / "samples.jsonl", count, size), flush=True)


if __name__ == "__main__":
    main()
