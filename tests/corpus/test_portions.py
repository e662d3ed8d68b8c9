"""Marks and splits: what hangs together stays together, shares are met, and the bytes depend on nothing else."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from made_corpora import SYLLABLES, finished, records

from cleaner import Options, clean_corpus
from cleaner.audit.restore import restored
from cleaner.corpus.decisions import decide
from cleaner.corpus.shards import ShardSet
from cleaner.engine.pool import Pool
from cleaner.engine.shuffle import Carrier, InMemory, OnPool, Shuffle
from cleaner.errors import OptionError

SPLIT = ("train=.8", "test=.2")
OPTIONS = Options(workers=1, report=False, split=SPLIT, min_chars=0)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def distinct_records(count: int, seed: int = 5) -> list[dict[str, Any]]:
    return [row | {"id": f"r{n}"} for n, row in enumerate(records(count, seed=seed))]


def chains(count: int, length: int = 3) -> Iterator[dict[str, Any]]:
    """Articles of which each is a near-duplicate of the next one in its chain, but not of the one after that."""
    draw = random.Random(3)
    words = ["".join(draw.choices(SYLLABLES, k=3)) for _ in range(4000)]
    for chain in range(count):
        body = draw.choices(words, k=100)
        for n in range(length):
            yield {"id": f"c{chain}-{n}", "text": " ".join([*body, *["lagi"] * n]).capitalize() + "."}
            for at in range(8 * n, 100, 17):  # six words far from each other
                body[at] = draw.choice(words)


def test_what_hangs_together_by_a_chain_is_on_one_side(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", chains(60))
    clean_corpus(given, tmp_path / "out.jsonl", OPTIONS)
    sides = defaultdict(set)
    numbers = Counter[str]()
    for row in lines(tmp_path / "out.jsonl"):
        sides[row["id"].partition("-")[0]].add(row["split"])
        numbers[row["id"].partition("-")[0]] += 1
    assert max(numbers.values()) > 1, "of a chain more than one article stays, though one verified pair joins them"
    assert all(len(side) == 1 for side in sides.values())
    assert {side for some in sides.values() for side in some} == {"train", "test"}


@pytest.mark.parametrize("dedup", [True, False])
def test_no_merged_pair_lies_across(tmp_path: Path, dedup: bool) -> None:
    given = write(tmp_path / "in.jsonl", distinct_records(600))
    options = Options(workers=1, report=False, mark=dedup, dedup=dedup, split=SPLIT)
    clean_corpus(given, tmp_path / "out.jsonl", options)
    clean_corpus(given, tmp_path / "marked.jsonl", Options(workers=1, report=False, mark=True))
    parts = {row["id"]: row["split"] for row in lines(tmp_path / "out.jsonl")}
    pairs = [(row["id"], row["duplicate_of"]) for row in lines(tmp_path / "marked.jsonl") if row["duplicate_of"]]
    assert len(pairs) > 50
    assert [pair for pair in pairs if parts[pair[0]] != parts[pair[1]]] == []
    assert len(parts) == 600


@pytest.mark.parametrize(
    "split", [("train=.9", "test=.1"), ("a=50%", "b=30%", "c=20%"), ("train=.98", "dev=.01", "test=.01")]
)
def test_shares_are_met(tmp_path: Path, split: tuple[str, ...]) -> None:
    given = write(tmp_path / "in.jsonl", distinct_records(900))
    report = clean_corpus(given, f"{tmp_path}/out/", Options(workers=1, report=False, split=split))
    counts = report.counts["split"]
    assert sum(counts.values()) == report.written
    for part in split:
        name, share = part.split("=")
        wanted = float(share.rstrip("%")) / (100 if "%" in share else 1)
        assert abs(counts[name] / report.written - wanted) < 0.01
        assert len(lines(tmp_path / "out" / f"{name}-00000.jsonl")) == counts[name]


def test_the_split_does_not_depend_on_order_workers_or_shards(tmp_path: Path) -> None:
    rows = distinct_records(400)
    ways = {}
    for name, shuffled, options in (
        ("plain", False, OPTIONS),
        ("shuffled", True, OPTIONS),
        ("small", False, Options(workers=2, report=False, split=SPLIT, min_chars=0, shard_records=37)),
        ("earliest", False, Options(workers=1, report=False, split=SPLIT, min_chars=0, keep_duplicate="earliest")),
    ):
        (tmp_path / name).mkdir()
        given = write(tmp_path / name / "in.jsonl", random.Random(1).sample(rows, len(rows)) if shuffled else rows)
        clean_corpus(given, tmp_path / f"{name}.jsonl", options)
        ways[name] = {row["id"]: row["split"] for row in lines(tmp_path / f"{name}.jsonl")}
    assert ways["shuffled"] == ways["plain"] == ways["small"]
    texts = [(tmp_path / f"{name}.jsonl").read_bytes().replace(name.encode(), b"") for name in ("plain", "small")]
    assert texts[0] == texts[1]
    both = ways["earliest"].keys() & ways["plain"].keys()
    # other keepers count, so a bin at the limit may go to the other side
    assert sum(ways["earliest"][id] != ways["plain"][id] for id in both) <= 4


def test_a_folder_of_parts_can_be_restored(tmp_path: Path) -> None:
    rows = distinct_records(300)
    given = write(tmp_path / "in.jsonl", [row | {"text": f"{row['text']}\n\nBaca juga: {row['id']}"} for row in rows])
    clean_corpus(given, f"{tmp_path}/out/", Options(workers=1, split=SPLIT, shards=2))
    names = sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix)
    assert names == ["test-00000.jsonl", "test-00001.jsonl", "train-00000.jsonl", "train-00001.jsonl"]
    given_texts = {row["id"]: row["text"] for row in lines(given)}
    assert {row["id"]: row["text"] for row in restored(f"{tmp_path}/out/")} == given_texts
    # the same run again with other parts replaces the files
    clean_corpus(given, f"{tmp_path}/out/", Options(workers=1, split=("a=.5", "b=.5"), force=True))
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix) == [
        "a-00000.jsonl",
        "b-00000.jsonl",
    ]


def test_sites_stay_whole_and_copies_across_go_from_the_smaller_part(tmp_path: Path) -> None:
    rows = distinct_records(600)
    sites = {row["id"]: f"situs{random.Random(row['id']).randrange(40)}.example" for row in rows}
    given = write(tmp_path / "in.jsonl", [row | {"url": f"https://{sites[row['id']]}/{row['id']}"} for row in rows])
    options = Options(workers=1, report=False, split=SPLIT, split_by="site", dedup=False)
    report = clean_corpus(given, tmp_path / "out.jsonl", options)
    of_site = defaultdict(set)
    written = {row["id"]: row for row in lines(tmp_path / "out.jsonl")}
    for row in written.values():
        of_site[row["site"]].add(row["split"])
    assert {len(parts) for parts in of_site.values()} == {1}
    dropped = lines(tmp_path / "out.jsonl.audit/dropped.jsonl")
    assert {row["reason"] for row in dropped} == {"split"}
    assert report.counts["dropped"] == {"split": len(dropped)}
    for row in dropped:
        assert row["record"]["split"] == "test"  # the smaller one
        assert written[row["keeper"]]["split"] == "train"
        assert row["id"] in written[row["keeper"]]["duplicates"]
    clean_corpus(given, tmp_path / "marked.jsonl", Options(workers=1, report=False, mark=True))
    pairs = [(row["id"], row["duplicate_of"]) for row in lines(tmp_path / "marked.jsonl") if row["duplicate_of"]]
    across = [(a, b) for a, b in pairs if a in written and b in written and written[a]["split"] != written[b]["split"]]
    assert across == []
    assert any(a in written and b in written for a, b in pairs), "copies on one side stay"


def test_with_marks_every_record_is_written(tmp_path: Path) -> None:
    rows = [*distinct_records(200), {"id": "empty", "text": "."}]
    given = write(tmp_path / "in.jsonl", rows)
    base = Options(workers=1, report=False, min_chars=10)
    clean_corpus(given, tmp_path / "dropped.jsonl", base)
    report = clean_corpus(given, tmp_path / "marked.jsonl", Options(workers=1, min_chars=10, mark=True))
    marked = {row["id"]: row for row in lines(tmp_path / "marked.jsonl")}
    assert [*marked] == [row["id"] for row in rows]
    assert list(marked["r0"])[-5:] == ["duplicate_of", "similarity", "drop_reason", "cluster", "meta"]
    kept = {row["id"]: row for row in lines(tmp_path / "dropped.jsonl")}
    for id, row in kept.items():
        marks = {key: marked[id].pop(key) for key in ("duplicate_of", "similarity", "drop_reason", "cluster")}
        assert marks == {"duplicate_of": "", "similarity": 0.0, "drop_reason": "", "cluster": id}
        assert marked[id] == row
    dropped = lines(tmp_path / "dropped.jsonl.audit/dropped.jsonl")
    for row in dropped:
        one = marked[row["id"]]
        assert (one["duplicate_of"], one["drop_reason"]) == (row["keeper"], row["reason"])
        assert (one["similarity"], one["cluster"]) == (row["jaccard"], row["keeper"] or row["id"])
    assert lines(tmp_path / "marked.jsonl.audit/dropped.jsonl") == []
    assert report.written == report.read == len(rows)
    assert sum(report.counts["marked"].values()) == len(dropped)
    assert "dropped" not in report.counts
    assert report.counts["characters"]["written"] == report.counts["characters"]["stripped"]


def test_crawls_of_one_page_cannot_be_marked_and_split(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", distinct_records(3))
    with pytest.raises(OptionError, match="do not go together"):
        clean_corpus(given, tmp_path / "out.jsonl", Options(workers=1, mark=True, split=SPLIT, one_per_url="newest"))
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("by", ["article", "site"])
def test_any_carrier_decides_the_same(tmp_path: Path, by: str) -> None:
    options = Options(split=SPLIT, split_by=by, dedup_paragraphs=5, min_chars=0)
    given = write(tmp_path / "in.jsonl", distinct_records(500))
    found = []
    with finished(tmp_path, [given], Options(shard_records=60, min_chars=0)) as (_, _, paths), Pool(2) as pool:
        shards = ShardSet.of(paths)
        carriers: list[Carrier] = [InMemory(), InMemory(5), OnPool(pool, tmp_path / "spilled")]
        for number, carrier in enumerate(carriers):
            folder = None if isinstance(carrier, InMemory) else tmp_path / f"tables{number}"
            decisions = decide(Shuffle(carrier, folder, 1 << 28), shards, options)
            found.append([decisions.of_shard(n) for n in shards.numbers])
    assert found[0] == found[1] == found[2]
    assert {part for shard in found[0] for part in shard.parts} == {"train", "test"}
    assert any(shard.paragraphs for shard in found[0])
