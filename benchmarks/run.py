"""Whole runs: CPU beside a plain pipeline of the same packages and beside datatrove; time and memory at any size.

    python benchmarks/run.py text [--articles 4000] [--rounds 3] [--peers PYTHON]
    python benchmarks/run.py pages [--pages 300] [--rounds 3] [--peers PYTHON]
    python benchmarks/run.py scale [--articles 100000,1000000] [--workers 1,2] [--memory 1.5G]

`text` and `pages` give CPU milliseconds an article: the process and all its children, less what the same command takes
for one article, which is loading modules and models. The methods take turns; the median of the rounds counts. `text` is
generated articles of 1.1 kB, `pages` the saved pages in $CLEANER_BENCH/extraction (default ../shared/bench).
`scale` is generated articles of 2 kB from 40 sites, 10 % of them near-duplicates, as zst JSON lines. OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from statistics import median

import orjson
import zstandard
from articles import articles
from tree import Usage, run

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[2] / "shared" / "bench"))
PEERS = Path(__file__).with_name("run_peers.py")
VERSIONS = ("ftfy", "langid", "justext", "datasketch", "datatrove", "numpy", "pyarrow", "orjson")


def generate(path: Path, count: int, characters: int = 1900) -> None:
    """Write articles as zst JSON lines."""
    with path.open("wb") as raw, zstandard.ZstdCompressor(level=1).stream_writer(raw) as out:
        for record in articles(count, characters=characters):
            out.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def cleaner(source: Path, folder: str, *options: str) -> list[str]:
    """Our command line."""
    return [
        *(sys.executable, "-m", "cleaner", "clean", str(source), "-o", f"{folder}/clean.jsonl"),
        *("--quiet", "--force", "--fresh", *options),
    ]


def beside(methods: dict[str, tuple[str, ...]], many: Path, one: Path, count: int, rounds: int) -> None:
    """Print CPU milliseconds an article of every method, and how many times ours that is."""
    spent: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(rounds):
        for name, command in list(methods.items()):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    start, whole = (
                        run([*command, str(source), folder] if command else cleaner(source, folder, "--workers", "1"))
                        for source in (one, many)
                    )
                except Exception as error:
                    print(f"{name}: absent or failed ({error}); pip install {name}")
                    methods.pop(name)
                    continue
            spent[name].append(1000 * (whole.cpu - start.cpu) / count)
    ours = median(spent["cleaner"])
    for name in methods:
        figure = median(spent[name])
        print(f"| {name} | {figure:.3f} | {figure / ours:.2f} | {', '.join(f'{x:.3f}' for x in spent[name])} |")


def text(chosen: argparse.Namespace, folder: Path) -> None:
    many, one = folder / "articles.jsonl.zst", folder / "one.jsonl.zst"
    generate(many, chosen.articles, 950)
    generate(one, 1, 950)
    size = sum(len(record["text"].encode()) for record in articles(chosen.articles, characters=950)) / chosen.articles
    print(f"{chosen.articles} articles of {size:.0f} bytes\n\n| method | CPU ms an article | times | rounds |")
    print("|---|---|---|---|")
    peer = (chosen.peers, str(PEERS))
    methods = {"cleaner": (), "plain pipeline": (*peer, "plain"), "datatrove": (*peer, "datatrove")}
    beside(methods, many, one, chosen.articles, chosen.rounds)


def pages(chosen: argparse.Namespace, folder: Path) -> None:
    if not (BENCH / "extraction").is_dir():
        print(f"{BENCH / 'extraction'} is not there; set CLEANER_BENCH")
        return
    sys.path.insert(0, str(BENCH / "extraction"))
    import datasets

    found = datasets.load("wcxb-dev", str(BENCH / "extraction/wcxb"))[: chosen.pages]
    for name, some in (("many", found), ("one", found[:1])):
        (folder / name).mkdir()
        for n, page in enumerate(some):
            html = page.html.encode() if isinstance(page.html, str) else page.html
            (folder / name / f"{n:05}.html").write_bytes(html)
    size = sum(file.stat().st_size for file in (folder / "many").iterdir()) / len(found)
    print(f"{len(found)} pages of {size / 1000:.0f} kB\n\n| method | CPU ms a page | times | rounds |")
    print("|---|---|---|---|")
    methods = {"cleaner": (), "plain pipeline": (chosen.peers, str(PEERS), "plain_pages")}
    beside(methods, folder / "many", folder / "one", len(found), chosen.rounds)


def scale(chosen: argparse.Namespace, folder: Path) -> None:
    print("| articles | workers | wall s | CPU s | CPU ms an article | main s | workers s | total / critical |", end="")
    print(" peak MB | of it not files |\n|---|---|---|---|---|---|---|---|---|---|")
    for count in map(int, chosen.articles.split(",")):
        source = folder / f"{count}.jsonl.zst"
        generate(source, count)
        for workers in chosen.workers.split(","):
            used = run(cleaner(source, str(folder), "--workers", workers, "--memory", chosen.memory))
            print(_row(count, workers, used), flush=True)
            manifest = json.loads((folder / "clean.jsonl.audit/manifest.json").read_text())
            print(f"<!-- {json.dumps(manifest['run']['steps'])} -->", flush=True)


def _row(count: int, workers: str, used: Usage) -> str:
    busy = " + ".join(f"{seconds:.0f}" for seconds in used.children.values()) or "-"
    return (
        f"| {count} | {workers} | {used.wall:.0f} | {used.cpu:.0f} | {1000 * used.cpu / count:.3f} | {used.main:.0f} "
        f"| {busy} | {used.cpu / used.critical:.2f} | {used.peak:.0f} | {used.anonymous:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", help="where inputs and outputs stand while it runs (else a temporary folder)")
    commands = parser.add_subparsers(required=True)
    for command, count in ((text, 4000), (pages, 300)):
        part = commands.add_parser(command.__name__)
        part.set_defaults(command=command)
        part.add_argument("--articles" if command is text else "--pages", type=int, default=count)
        part.add_argument("--rounds", type=int, default=3)
        part.add_argument("--peers", default=sys.executable, help="a Python that has the peers' packages")
    part = commands.add_parser("scale")
    part.set_defaults(command=scale)
    part.add_argument("--articles", default="100000,1000000")
    part.add_argument("--workers", default="1,2")
    part.add_argument("--memory", default="1.5G")
    chosen = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {platform.machine()}; {', '.join(filter(None, map(_version, VERSIONS)))}"
    )
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        chosen.command(chosen, Path(folder))


def _version(name: str) -> str:
    try:
        return f"{name} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    main()
