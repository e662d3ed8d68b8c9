"""The split: whether a verified pair lies across it, and how near the shares come to those asked for.

    python benchmarks/split.py BENCH.jsonl [--split train=.9,test=.1]

BENCH.jsonl is what `make_bench.py` of $CLEANER_BENCH/dedup writes. Every record is written with marks; a pair is an
article and the one that stays in its place, as `pairs.parquet` and the marks have it, which the run has compared word
by word. Beside it the same shares are drawn article by article, as a plain random split does.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from cleaner import Options, clean_corpus
from cleaner.assignments import split_shares
from cleaner.corpus.index import AS_IT_IS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("--split", default="train=.9,test=.1")
    chosen = parser.parse_args()
    print("| split | articles | parts | pairs across | of pairs | doubtful across | s |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        out = Path(name, "out.jsonl")
        for marked in (True, False):
            start = time.perf_counter()
            options = Options(
                workers=1, mark=marked, pairs=True, split=chosen.split, report=False, force=True, **AS_IT_IS
            )
            clean_corpus(chosen.bench, out, options)
            spent = time.perf_counter() - start
            with out.open() as lines:
                parts = {row["id"]: row["split"] for row in map(json.loads, lines)}
            if marked:  # then all articles have a part
                pairs = pq.read_table(f"{out}.audit/pairs.parquet").to_pylist()
            print(
                row("cleaner, all marked" if marked else "cleaner, duplicates dropped", parts, pairs, spent), flush=True
            )
            if marked:
                draw, shares = random.Random(1), split_shares(options.split)
                drawn = {id: draw.choices([*shares], [*shares.values()])[0] for id in parts}
                print(row("article by article", drawn, pairs, 0.0), flush=True)


def row(name: str, parts: dict[str, str], pairs: list[dict[str, object]], spent: float) -> str:
    """A row of the table. Pairs count of which both articles are written."""
    there = [pair for pair in pairs if pair["a"] in parts and pair["b"] in parts]
    across = Counter(pair["merged"] for pair in there if parts[str(pair["a"])] != parts[str(pair["b"])])
    reached = ", ".join(f"{part} {n / len(parts):.4f}" for part, n in sorted(Counter(parts.values()).items()))
    merged = sum(bool(pair["merged"]) for pair in there)
    return f"| {name} | {len(parts)} | {reached} | {across[True]} | {merged} | {across[False]} | {spent:.0f} |"


if __name__ == "__main__":
    main()
