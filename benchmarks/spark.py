"""The same corpus cleaned by the pool and by Spark: CPU of all processes, wall time, and whether the bytes agree.

    python benchmarks/spark.py [--articles 300000] [--workers 2] [--master 'local[2]']

CPU is read from /proc for every process of the run's session, the JVM and the Python workers among them, because
workers that Spark ends are nobody's children any more. OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson
from articles import articles

EVERY = 0.25  # seconds between two looks at /proc
_TICKS = os.sysconf("SC_CLK_TCK")


def generate(path: Path, count: int) -> None:
    """Write the articles as JSON lines."""
    with path.open("wb") as out:
        for record in articles(count):
            out.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def measured(command: list[str]) -> tuple[float, float, dict[str, float]]:
    """Wall seconds and CPU seconds of a command with all that it started; CPU by the name of the program."""
    start = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)
    spent: dict[tuple[int, int], tuple[str, float]] = {}
    while process.poll() is None:
        spent |= _look(process.pid)
        time.sleep(EVERY)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    by_name: dict[str, float] = {}
    for name, seconds in spent.values():
        by_name[name] = by_name.get(name, 0.0) + seconds
    return time.monotonic() - start, sum(by_name.values()), by_name


def _look(session: int) -> dict[tuple[int, int], tuple[str, float]]:
    """CPU seconds of the processes of a session, by id and start."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            stat = Path(entry.path, "stat").read_text()
        except OSError:  # it has ended meanwhile
            continue
        name, _, rest = stat.partition("(")[2].rpartition(")")
        fields = rest.split()
        if int(fields[3]) == session:
            found[int(entry.name), int(fields[19])] = (name, (int(fields[11]) + int(fields[12])) / _TICKS)
    return found


def _agree(one: Path, other: Path) -> bool:
    logs = ("removed.jsonl", "dropped.jsonl", "rejected.jsonl")
    pairs = [(one, other), *((Path(f"{one}.audit", n), Path(f"{other}.audit", n)) for n in logs)]
    return all(subprocess.run(["cmp", "-s", a, b], check=False).returncode == 0 for a, b in pairs)


def _versions() -> str:
    try:
        spark = f"pyspark {version('pyspark')}"
    except PackageNotFoundError:
        raise SystemExit("pyspark is absent: pip install 'cruftless[spark]'") from None
    return f"{spark}, pyarrow {version('pyarrow')}, numpy {version('numpy')}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300_000)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--master", default="local[2]")
    chosen = parser.parse_args()
    print(_versions(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "articles.jsonl")
        generate(path, chosen.articles)
        runs = {
            f"pool, {chosen.workers} workers": ["--workers", chosen.workers],
            f"Spark, {chosen.master}": ["--engine", "spark", "--master", chosen.master],
        }
        cpu: list[float] = []
        for n, (name, flags) in enumerate(runs.items()):
            command = [sys.executable, "-m", "cleaner", "clean", str(path), "-o", f"{folder}/{n}.jsonl", "--quiet"]
            wall, seconds, by_name = measured([*command, *flags])
            cpu.append(seconds)
            parts = ", ".join(f"{who} {s:.0f}" for who, s in sorted(by_name.items(), key=lambda part: -part[1]))
            steps = orjson.loads(Path(folder, f"{n}.jsonl.audit/manifest.json").read_bytes())["run"]["steps"]
            print(f"{name}: {seconds:.1f} s CPU ({parts}), {wall:.1f} s wall")
            print("  " + ", ".join(f"{step} {times['seconds']:.0f} s" for step, times in steps.items()), flush=True)
        same = _agree(Path(folder, "0.jsonl"), Path(folder, "1.jsonl"))
        print(f"{chosen.articles} articles: Spark takes {cpu[1] / cpu[0]:.2f} times the CPU; same bytes: {same}")


if __name__ == "__main__":
    main()
