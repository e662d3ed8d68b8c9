"""What it costs to begin: CPU time of `import cleaner` and `cleaner --help` beside a click program that says hello.

    python benchmarks/loading.py [--runs 21] [--write]

Each command is a fresh interpreter with byte code in its cache; the commands take turns, the median counts. Bound: 2.5
times the hello program.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

HELLO = "import click\n@click.command()\n@click.option('--name')\ndef main(name): click.echo('hello')\nmain(['--help'])"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "click hello --help": ["-c", HELLO],
    "import cleaner": ["-c", "import cleaner"],
    "cleaner --help": ["-m", "cleaner", "--help"],
    "cleaner clean --help": ["-m", "cleaner", "clean", "--help"],
}


def cpu(arguments: list[str]) -> float:
    """CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table; with --write also into results/."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(chosen.runs + 1):
        for name, arguments in COMMANDS.items():
            times[name].append(cpu(arguments))
    median = {name: statistics.median(runs[1:]) for name, runs in times.items()}
    hello = median["click hello --help"]
    rows = [f"| `{name}` | {1000 * s:.0f} | {s / hello:.2f} |" for name, s in median.items()]
    table = "\n".join(["| command | CPU ms, median | times hello |", "|---|---|---|", *rows])
    print(table)
    if chosen.write:
        versions = f"Python {platform.python_version()}, click {version('click')}, cruftless {version('cruftless')}"
        command = f"    python benchmarks/loading.py --runs {chosen.runs} --write"
        head = f"# Loading\n\n{command}\n\n{date.today()}, {versions}; two shared cores.\n\n"
        Path(__file__).parent.joinpath("results/loading.md").write_text(head + table + "\n", "utf-8")


if __name__ == "__main__":
    main()
