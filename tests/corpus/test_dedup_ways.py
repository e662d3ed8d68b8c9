"""Copies of which no site is known are found alike by the command line, from Python, in many parts, with an index."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from corpus.made_corpora import finished
from sample import read_lines

import cleaner
from cleaner import Options, clean_corpus
from cleaner.cli import main
from cleaner.corpus.duplicates import find_duplicates
from cleaner.corpus.index import AS_IT_IS
from cleaner.corpus.shards import ShardSet
from cleaner.engine.shuffle import InMemory, Shuffle

Make = Callable[..., str]

STORIES, COPIES = 4, 14
"""Half of the copies are more than the articles of one site beside which a passage still counts as text."""


@pytest.fixture
def articles(make_article: Make) -> list[dict[str, Any]]:
    """Copies of some stories, each with a tenth of its own, as other papers print them, and articles of one site."""
    texts: dict[str, str] = {}
    for story in range(STORIES):
        for copy in range(COPIES):
            texts[f"salinan{story}-{copy}"] = f"{make_article(story)} {make_article(100 * story + copy + 1000, 12)}"
    rows = [{"id": name, "text": text} for name, text in texts.items()]
    rows += [{"id": f"situs{n}", "url": f"https://situs.example/{n}", "text": make_article(500 + n)} for n in range(10)]
    random.Random(3).shuffle(rows)
    return rows


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def call(*arguments: str | Path) -> None:
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output


def dropped(folder: Path) -> set[tuple[str, str]]:
    """Return the articles that a run into `out.jsonl` dropped, each with its keeper."""
    return {(row["id"], row["keeper"]) for row in read_lines(folder / "out.jsonl.audit/dropped.jsonl")}


def test_copies_without_a_site_are_found_by_every_way(articles: list[dict[str, Any]], tmp_path: Path) -> None:
    found = cleaner.dedup(articles)
    expected = {(d.id, d.keeper) for d in found.dropped}
    assert len(expected) == STORIES * (COPIES - 1)
    assert all(gone.partition("-")[0] == keeper.partition("-")[0] for gone, keeper in expected)

    source = write(tmp_path / "in.jsonl", articles)
    call("dedup", source, "-o", tmp_path / "out.jsonl", "--workers", "1", "--quiet")
    assert dropped(tmp_path) == expected
    clean_corpus([source], tmp_path / "out.jsonl", Options(workers=1, force=True, shard_records=7))
    assert dropped(tmp_path) == expected

    options = Options(**AS_IT_IS, shard_records=7)
    with finished(tmp_path, [source], options) as (_, _, paths):
        shards = ShardSet.of(paths)
        found = find_duplicates(Shuffle(InMemory(3), None, 1 << 28), shards, options)
        drops = [drop for number in shards.numbers for drop in found.of_shard(number)[0].values()]
    assert {(drop.id, drop.keeper) for drop in drops} == expected


def test_a_pair_is_listed_once_though_both_searches_find_it(tmp_path: Path) -> None:
    rng = random.Random(5)
    words = [f"{a}{b}" for a in ("ka", "ri", "ta", "bu", "so", "le") for b in ("na", "mi", "du", "wi", "jo")]

    def sentence() -> str:
        return " ".join(rng.choices(words, k=14)).capitalize() + "."

    foot = [sentence() for _ in range(6)]
    rows = []
    for story in range(60):
        lines = [sentence() for _ in range(10)]
        for copy in range(3):
            changed = [line if rng.random() > 0.28 else sentence() for line in lines]
            rows.append({"id": f"{story}-{copy}", "site": f"s{story % 3}.example", "text": "\n\n".join(changed + foot)})
    source = write(tmp_path / "in.jsonl", rows)
    call("dedup", source, "-o", tmp_path / "out.jsonl", "--pairs", "--workers", "1", "--quiet")
    listed = pq.read_table(tmp_path / "out.jsonl.audit/pairs.parquet").to_pylist()
    pairs = [frozenset((row["a"], row["b"])) for row in listed]
    assert len({*pairs}) == len(pairs)
    assert {row["merged"] for row in listed} == {True, False}


def test_copies_without_a_site_are_found_against_an_index(articles: list[dict[str, Any]], tmp_path: Path) -> None:
    old = [row for row in articles if row["id"].startswith("situs") or int(row["id"].partition("-")[2]) < COPIES // 2]
    new = [row for row in articles if row not in old]
    call("index", "build", tmp_path / "index", write(tmp_path / "old.jsonl", old), "--workers", "1")
    source = write(tmp_path / "new.jsonl", new)
    call("dedup", source, "-o", tmp_path / "out.jsonl", "--against", tmp_path / "index", "--workers", "1", "--quiet")
    pairs = dropped(tmp_path)
    assert {gone for gone, _ in pairs} == {row["id"] for row in new}
    assert {keeper for _, keeper in pairs} <= {row["id"] for row in old}
    assert all(gone.partition("-")[0] == keeper.partition("-")[0] for gone, keeper in pairs)
