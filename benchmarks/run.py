"""Whole runs: CPU beside a plain pipeline of the same packages and beside datatrove; time and memory at any size.

    python benchmarks/run.py text [--articles 4000] [--rounds 3] [--peers PYTHON]
    python benchmarks/run.py real [--articles 4000] [--rounds 3] [--peers PYTHON]
    python benchmarks/run.py pages [--set wcxb-dev|daniel-dev|indonesia-dev] [--pages 300] [--rounds 3] [--peers PYTHON]
    python benchmarks/run.py mixed [--pages 200] [--rounds 3] [--peers PYTHON]
    python benchmarks/run.py workers [--articles 20000] [--rounds 3]
    python benchmarks/run.py scale [--articles 100000,1000000] [--workers 1,2] [--memory 1.5G]

`text`, `real` and `pages` give CPU milliseconds an article: the process and all its children, less what the same
command takes for one article, which is loading modules and models. The methods take turns; the median of the rounds
counts. `text` is generated articles of 1.1 kB; `real` the labelled articles in $CLEANER_BENCH/textcruft (default
../shared/bench) with every twelfth word replaced, so that no two are near-duplicates; `pages` saved pages of
$CLEANER_BENCH/extraction. `mixed` is pages in twelve languages, and nothing is taken off. `workers` is what two
processes cost beside one, on `real`. `scale` is generated articles of 2 kB from 40 sites, 10 % of them
near-duplicates, as zst JSON lines; benchmarks/millions.py goes further. OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import random
import re
import sys
import tempfile
from collections import defaultdict
from itertools import chain, zip_longest
from pathlib import Path
from statistics import median

import orjson
import zstandard
from articles import articles
from tree import Usage, run

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[2] / "shared" / "bench"))
PEERS = Path(__file__).with_name("run_peers.py")
SETS = ("wcxb-dev", "daniel-dev", "indonesia-dev")
VERSIONS = ("ftfy", "langid", "justext", "datasketch", "datatrove", "numpy", "pyarrow", "orjson")


def generate(path: Path, count: int, characters: int = 1900) -> None:
    """Write articles as zst JSON lines."""
    with path.open("wb") as raw, zstandard.ZstdCompressor(level=1).stream_writer(raw) as out:
        for record in articles(count, characters=characters):
            out.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def generate_real(path: Path, count: int, seed: int = 1) -> None:
    """Write labelled articles over and over as zst JSON lines; each copy has other words in every twelfth place."""
    rows = [json.loads(line) for file in sorted((BENCH / "textcruft").glob("dev*.jsonl")) for line in file.open("rb")]
    texts = [row["text"] for row in rows]
    words = sorted({word for text in texts for word in text.split()})
    rng = random.Random(seed)
    with path.open("wb") as raw, zstandard.ZstdCompressor(level=1).stream_writer(raw) as out:
        for n in range(count):
            parts = re.split(r"(\s+)", texts[n % len(texts)])  # words, and between them the white space
            for place in range(2 * rng.randrange(12), len(parts), 24):
                parts[place] = rng.choice(words)
            record = {"id": str(n), "url": f"https://s{n % 40}.example/{n}", "text": "".join(parts)}
            out.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def cleaner(source: Path, folder: str, *options: str) -> list[str]:
    """Our command line."""
    return [
        *(sys.executable, "-m", "cleaner", "clean", str(source), "-o", f"{folder}/clean.jsonl"),
        *("--quiet", "--force", "--fresh", *options),
    ]


def beside(methods: dict[str, tuple[str, ...]], many: Path, one: Path | None, count: int, rounds: int) -> None:
    """Print CPU milliseconds an article of every method, and how many times ours that is.

    What a method takes for the input `one` is taken off where there is one.
    """
    spent: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(rounds):
        for name, command in list(methods.items()):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    start, whole = (
                        run([*command, str(source), folder] if command else cleaner(source, folder, "--workers", "1"))
                        if source
                        else Usage()
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


def real(chosen: argparse.Namespace, folder: Path) -> None:
    if not (BENCH / "textcruft").is_dir():
        sys.exit(f"{BENCH / 'textcruft'} is not there; set CLEANER_BENCH")
    many, one = folder / "articles.jsonl.zst", folder / "one.jsonl.zst"
    generate_real(many, chosen.articles)
    generate_real(one, 1)
    print(f"{chosen.articles} articles\n\n| method | CPU ms an article | times | rounds |\n|---|---|---|---|")
    beside(
        {"cleaner": (), "plain pipeline": (chosen.peers, str(PEERS), "plain")},
        many,
        one,
        chosen.articles,
        chosen.rounds,
    )


def pages(chosen: argparse.Namespace, folder: Path) -> None:
    found = _load_pages(chosen.set)[: chosen.pages]
    for name, some in (("many", found), ("one", found[:1])):
        _save_pages(folder / name, some)
    _beside_justext(chosen, folder / "many", folder / "one", len(found))


def mixed(chosen: argparse.Namespace, folder: Path) -> None:
    by_language: dict[str, list[bytes]] = defaultdict(list)
    for html in chain.from_iterable(map(_load_pages, SETS)):
        if language := re.search(rb"<html[^>]{0,500}\blang=[\"']?([a-z]{2})", html[:5000], re.I):
            by_language[language[1].decode().lower()].append(html)
    most = sorted(by_language.values(), key=len)[-12:]
    _save_pages(folder / "many", [page for row in zip_longest(*most) for page in row if page][: chosen.pages])
    _beside_justext(chosen, folder / "many", None, chosen.pages)


def _load_pages(name: str) -> list[bytes]:
    if not (BENCH / "extraction").is_dir():
        sys.exit(f"{BENCH / 'extraction'} is not there; set CLEANER_BENCH")
    sys.path.insert(0, str(BENCH / "extraction"))
    import datasets

    found = datasets.load(name, str(BENCH / "extraction" / name.partition("-")[0]))
    return [page.html.encode() if isinstance(page.html, str) else page.html for page in found]


def _save_pages(folder: Path, found: list[bytes]) -> None:
    folder.mkdir()
    for n, html in enumerate(found):
        (folder / f"{n:05}.html").write_bytes(html)


def _beside_justext(chosen: argparse.Namespace, many: Path, one: Path | None, count: int) -> None:
    size = sum(file.stat().st_size for file in many.iterdir()) / count
    print(f"{count} pages of {size / 1000:.0f} kB\n\n| method | CPU ms a page | times | rounds |\n|---|---|---|---|")
    methods = {"cleaner": (), "plain pipeline": (chosen.peers, str(PEERS), "plain_pages")}
    beside(methods, many, one, count, chosen.rounds)


def workers(chosen: argparse.Namespace, folder: Path) -> None:
    many = folder / "articles.jsonl.zst"
    generate_real(many, chosen.articles)
    spent: dict[str, list[float]] = {"1": [], "2": []}
    for _ in range(chosen.rounds):
        for number, seconds in spent.items():
            with tempfile.TemporaryDirectory() as out:
                seconds.append(run(cleaner(many, out, "--workers", number)).cpu)
    one, two = map(median, spent.values())
    print(f"{chosen.articles} articles: {one:.1f} s with one worker, {two:.1f} s with two, {two / one:.3f} times")


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
    counts = {text: 4000, real: 4000, pages: 300, mixed: 200, workers: 20_000}
    for command, count in counts.items():
        part = commands.add_parser(command.__name__)
        part.set_defaults(command=command)
        part.add_argument("--pages" if command in (pages, mixed) else "--articles", type=int, default=count)
        part.add_argument("--rounds", type=int, default=3)
        part.add_argument("--peers", default=sys.executable, help="a Python that has the peers' packages")
        if command is pages:
            part.add_argument("--set", choices=SETS, default=SETS[0])
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
