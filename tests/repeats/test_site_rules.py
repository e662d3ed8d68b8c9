"""What was learned about sites can be kept, read and corrected."""

from __future__ import annotations

import random
from pathlib import Path

import orjson
import pytest

from cleaner import Options, clean_corpus
from cleaner.errors import OptionError
from cleaner.repeats.site_rules import load_site_rules

WORDS = ("angin", "bakau", "cumi", "dermaga", "ember", "fajar", "garam", "hujan", "ikan", "jala", "karang", "lampu")


def write(path: Path, seeds: range, site: str = "situs.example") -> Path:
    """Articles of one site, under each the same foot, a counter and a name."""
    rows = []
    for seed in seeds:
        rng = random.Random(seed)
        body = [" ".join(rng.choices(WORDS, k=14)).capitalize() + f" nomor {seed}." for _ in range(4)]
        foot = [
            f"Dilihat {seed + 10} orang",
            f"Warta: {' '.join(rng.choices(WORDS, k=2)).title()}",
            "Kabar pesisir setiap pagi",
        ]
        rows.append({"id": f"a{seed}", "url": f"https://{site}/{seed}", "text": "\n".join([*body, *foot])})
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def lines(path: Path) -> list[int]:
    """How many lines each article has."""
    return [len(orjson.loads(row)["text"].split("\n")) for row in path.read_bytes().splitlines()]


def test_a_small_batch_profits_from_a_large_one(tmp_path: Path) -> None:
    learned = tmp_path / "learned.jsonl"
    options = Options(workers=1, site_rules=str(learned), report=False)
    clean_corpus(write(tmp_path / "large.jsonl", range(12)), tmp_path / "a.jsonl", options)
    assert lines(tmp_path / "a.jsonl") == [4] * 12
    rows = [orjson.loads(row) for row in learned.read_bytes().splitlines()]
    assert [row["line"] for row in rows] == ["dilihat 0 orang", "kabar pesisir setiap pagi", "warta:*"]
    assert {(row["site"], row["anchors"], row["of"]) for row in rows} == {("situs.example", 12, 12)}
    small = write(tmp_path / "small.jsonl", range(50, 52))
    clean_corpus(small, tmp_path / "b.jsonl", options)
    assert lines(tmp_path / "b.jsonl") == [4] * 2
    assert learned.read_bytes() == b"".join(orjson.dumps(row) + b"\n" for row in rows)
    clean_corpus(small, tmp_path / "c.jsonl", Options(workers=1, report=False))
    assert lines(tmp_path / "c.jsonl") == [7] * 2
    manifest = orjson.loads((tmp_path / "b.jsonl.audit/manifest.json").read_bytes())
    assert [i["source"] for i in manifest["inputs"]] == sorted([str(small), str(learned)])


def test_what_was_learned_of_one_site_says_nothing_of_another(tmp_path: Path) -> None:
    options = Options(workers=1, site_rules=str(tmp_path / "learned.jsonl"), report=False)
    clean_corpus(write(tmp_path / "large.jsonl", range(12)), tmp_path / "a.jsonl", options)
    other = write(tmp_path / "other.jsonl", range(2), "lain.example")
    clean_corpus(other, tmp_path / "b.jsonl", options)
    assert lines(tmp_path / "b.jsonl") == [7] * 2


def test_a_row_that_is_deleted_is_forgotten(tmp_path: Path) -> None:
    learned = tmp_path / "learned.jsonl"
    options = Options(workers=1, site_rules=str(learned), report=False)
    clean_corpus(write(tmp_path / "large.jsonl", range(12)), tmp_path / "a.jsonl", options)
    kept = [row for row in learned.read_bytes().splitlines() if b"dilihat" not in row]
    learned.write_bytes(b"\n".join(kept))
    clean_corpus(write(tmp_path / "small.jsonl", range(50, 52)), tmp_path / "b.jsonl", options)
    assert lines(tmp_path / "b.jsonl") == [5] * 2


@pytest.mark.parametrize(
    "row",
    [
        b"no json",
        b"[]",
        b'{"site": "a", "line": "b", "anchors": 3, "of": 4}',
        b'{"site": "a", "line": "b", "anchors": 3, "of": 4, "places": ["nowhere"]}',
        b'{"site": 1, "line": "b", "anchors": 3, "of": 4, "places": []}',
    ],
)
def test_a_row_that_is_wrong_is_named(row: bytes) -> None:
    with pytest.raises(OptionError, match=r"--site-rules f\.jsonl, line 2: .*correct it"):
        load_site_rules([b"", row], "f.jsonl")
