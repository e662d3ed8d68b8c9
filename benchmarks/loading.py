"""What it costs to begin, and what one article costs in the code of others.

    python benchmarks/loading.py [--runs 21] [--write]

CPU time of `import cleaner` and `cleaner --help` beside a click program that says hello (bound: 2.5 times that), of one
article explained, of the first `cleaner.clean()`, of the sample corpus; then milliseconds an article of `cleaner.clean`
in a loop and of `iter_clean`. Each command is a fresh interpreter with byte code in its cache; the commands take turns,
the median counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

HELLO = "import click\n@click.command()\n@click.option('--name')\ndef main(name): click.echo('hello')\nmain(['--help'])"
ROOT = Path(__file__).parents[1]
FIRST = "import cleaner; cleaner.clean('Feri kandas di muara, kata petugas.\\n\\nBaca juga: Harga beras naik')"
ARTICLE = str(ROOT / "corpus/raw/wartamuara.example/perpustakaan-perahu.txt")
SAMPLE = ["clean", str(ROOT / "corpus/raw"), "--quiet", "--force"]
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "click hello --help": ["-c", HELLO],
    "import cleaner": ["-c", "import cleaner"],
    "cleaner --help": ["-m", "cleaner", "--help"],
    "cleaner clean --help": ["-m", "cleaner", "clean", "--help"],
    "the first cleaner.clean()": ["-c", FIRST],
    "cleaner explain": [
        "-m",
        "cleaner",
        "explain",
        str(ROOT / "corpus/raw/wartamuara.example/perpustakaan-perahu.txt"),
    ],
    "cleaner clean, sample corpus": ["-m", "cleaner", *SAMPLE, "-o", "{folder}/clean.jsonl"],
    "the same, --workers 1": ["-m", "cleaner", *SAMPLE, "-o", "{folder}/clean.jsonl", "--workers", "1"],
}
ARTICLES = 1500
CALLS = f"""
import sys, time
sys.path.insert(0, {str(ROOT / "benchmarks")!r})
import cleaner
from articles import articles
texts = [record["text"] for record in articles({ARTICLES}, characters=780)]
list(cleaner.iter_clean(texts[:300]))
for name, work in (
    ("cleaner.clean", lambda some: [cleaner.clean(text) for text in some]),
    ("cleaner.iter_clean", lambda some: list(cleaner.iter_clean(some))),
):
    began = time.process_time()
    work(texts[300:])
    print(name, 1000 * (time.process_time() - began) / len(texts[300:]), sum(map(len, texts)) / len(texts))
"""
"""Milliseconds an article where the code of others calls us: articles of 1.1 kB."""


def cpu(arguments: list[str]) -> float:
    """CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        command = [argument.replace("{folder}", folder) for argument in arguments]
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table; with --write also into results/."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every run would compile all modules anew
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(chosen.runs + 1):
        for name, arguments in COMMANDS.items():
            times[name].append(cpu(arguments))
    median = {name: statistics.median(runs[1:]) for name, runs in times.items()}
    hello = median["click hello --help"]
    rows = [f"| `{name}` | {1000 * s:.0f} | {s / hello:.2f} |" for name, s in median.items()]
    calls: dict[str, list[float]] = {}
    for _ in range(max(1, chosen.runs // 4)):
        said = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True, check=True).stdout
        for name, milliseconds, size in map(str.split, said.splitlines()):
            calls.setdefault(f"`{name}`, an article of {float(size):.0f} characters", []).append(float(milliseconds))
    rows += [f"| {name} | {statistics.median(some):.2f} | |" for name, some in calls.items()]
    table = "\n".join(["| command | CPU ms, median | times hello |", "|---|---|---|", *rows])
    print(table)
    if chosen.write:
        versions = f"Python {platform.python_version()}, click {version('click')}, cruftless {version('cruftless')}"
        command = f"    python benchmarks/loading.py --runs {chosen.runs} --write"
        head = f"# Loading\n\n{command}\n\n{date.today()}, {versions}; two shared cores.\n\n"
        Path(__file__).parent.joinpath("results/loading.md").write_text(head + table + "\n", "utf-8")


if __name__ == "__main__":
    main()
