"""Figures on the generated set of the labelled data, and sizes that take a while. Long: run with `-m slow`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.corpus.duplicates import TextDuplicates

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[3] / "shared" / "bench")) / "dedup"
Find = Callable[..., TextDuplicates]

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not BENCH.exists(), reason="set CLEANER_BENCH to the folder of the labelled data")
@pytest.mark.parametrize("seed", [7, 11])
def test_copies_are_found_and_hardly_an_article_is_lost(tmp_path: Path, find: Find, seed: int) -> None:
    path, log = tmp_path / "bench.jsonl", tmp_path / "dropped.jsonl"
    make = [sys.executable, str(BENCH / "make_bench.py"), "--seed", str(seed), "--out", str(path)]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    rows = [json.loads(line) for line in path.read_text("utf-8").strip().split("\n")]
    numbers = {site: i for i, site in enumerate(sorted({row["site"] for row in rows}))}
    ids = [row["id"] for row in rows]
    found = find([row["text"] for row in rows], [numbers[row["site"]] for row in rows], ids)
    log.write_text("".join(json.dumps({"id": ids[a], "keeper": ids[b]}) + "\n" for a, b, *_ in found.dropped), "utf-8")
    score = [sys.executable, str(BENCH / "score.py"), str(path), str(log)]
    figures = json.loads(subprocess.run(score, check=True, capture_output=True, text=True).stdout)
    assert figures["removal_recall"] >= 0.90
    assert figures["removal_precision"] >= 0.99
    assert figures["lost"] <= 20
    assert figures["lost_footer"] + figures["lost_template"] <= 2
    assert figures["right_keeper"] >= 0.99
    assert figures["pair_f1"] >= 0.85
    assert figures["syndicated_removed"] >= 0.9 * figures["syndicated_redundant"]


@pytest.mark.parametrize("texts", [["Satu berita yang sama."] * 1_000_000, [f"{i} a" for i in range(200_000)]])
def test_a_million_copies_and_very_many_near_empty_texts(find: Find, texts: list[str]) -> None:
    assert len(find(texts).dropped) == len(texts) - len(set(texts))
