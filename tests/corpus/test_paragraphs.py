"""Paragraphs that stand in articles of different sites: one article keeps them, and the others have them on record."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from made_corpora import SYLLABLES
from sample import ROOT

from cleaner import Options, clean_corpus
from cleaner.audit.restore import restored

CASES = [
    json.loads(line) for line in (ROOT / "tests/cases/neardup/paragraphs.jsonl").read_text("utf-8").splitlines() if line
]
OPTIONS = Options(workers=1, report=False, repeats=False, strip=False, dedup_paragraphs=12)


def paragraph(seed: str, words: int = 40) -> str:
    draw = random.Random(seed)
    return " ".join("".join(draw.choices(SYLLABLES, k=3)) for _ in range(words)).capitalize() + "."


def text_of(name: str) -> str:
    known = {"@long": paragraph("long", 20), "@LONG": paragraph("long", 20).upper(), "@short": paragraph("short", 8)}
    if name.startswith(("@", "*", "|")):
        for key, text in known.items():
            name = name.replace(key, text.removesuffix("."))
        return name[1:] if name.startswith("|") else name + "."
    return "\n".join(paragraph(f"{name}{n}") for n in range(3))


def write(path: Path, articles: list[list[Any]]) -> list[dict[str, str]]:
    rows = [
        {"id": f"a{n}", "url": f"https://{site}.example/{n}", "text": "\n\n".join(map(text_of, names))}
        for n, (site, names) in enumerate(articles)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return rows


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_what_stands_on_several_sites_stays_in_one_article(case: dict[str, Any], tmp_path: Path) -> None:
    rows = write(tmp_path / "in.jsonl", case["articles"])
    out = tmp_path / "out.jsonl"
    report = clean_corpus(tmp_path / "in.jsonl", out, OPTIONS)
    removed = [row for row in lines(tmp_path / "out.jsonl.audit/removed.jsonl") if row["kind"] == "duplicate"]
    assert (
        len(removed)
        == case["gone"]
        == report.counts.get("removals", {}).get("duplicate", {}).get("shared-paragraph", 0)
    )
    assert {row["id"]: row["text"] for row in restored(str(out))} == {row["id"]: row["text"] for row in rows}
    written = {row["id"]: row["text"] for row in lines(out)}
    for row in removed:
        keeper = row["why"].removeprefix("stands in ").removesuffix(" as well")
        words = "".join(filter(str.isalnum, row["text"].lower()))
        assert words in "".join(filter(str.isalnum, written[keeper].lower()))
        assert words not in "".join(filter(str.isalnum, written[row["id"]].lower()))
        assert "\n\n\n" not in written[row["id"]]
        assert not written[row["id"]].startswith("\n")
    assert all(row["words"] == len(row["text"].split()) for row in lines(out))


def test_an_article_of_which_nothing_is_left_is_dropped(tmp_path: Path) -> None:
    # both paragraphs stand elsewhere, in two articles, and no near-duplicate was looked for
    articles = [["s1", ["one", "@long"]], ["s2", ["@long"]]]
    write(tmp_path / "in.jsonl", articles)
    report = clean_corpus(
        tmp_path / "in.jsonl",
        tmp_path / "out.jsonl",
        Options(workers=1, repeats=False, strip=False, dedup=False, dedup_paragraphs=12),
    )
    [dropped] = lines(tmp_path / "out.jsonl.audit/dropped.jsonl")
    assert (dropped["id"], dropped["reason"], dropped["record"]["text"]) == ("a1", "empty", "")
    assert (report.read, report.written, report.counts["dropped"]) == (2, 1, {"empty": 1})
    [kept] = lines(tmp_path / "out.jsonl")
    assert report.counts["characters"]["written"] == len(kept["text"])
    assert report.counts["characters"]["stripped"] == len(kept["text"])


def test_the_keeper_does_not_depend_on_order_or_shards(tmp_path: Path) -> None:
    draw = random.Random(2)
    articles: list[list[Any]] = []
    for n in range(120):
        names = [f"own{n}", f"@long {draw.randrange(30)}"]
        articles.append([f"s{draw.randrange(9)}", draw.sample(names, 2)])
    write(tmp_path / "in.jsonl", articles)
    outputs = []
    for number, changes in enumerate(({}, {"shard_records": 13}, {"workers": 2, "shard_records": 7})):
        options: dict[str, Any] = {"workers": 1, "repeats": False, "strip": False, "dedup_paragraphs": 12, **changes}
        clean_corpus(tmp_path / "in.jsonl", tmp_path / f"out{number}.jsonl", Options(report=False, **options))
        audit = tmp_path / f"out{number}.jsonl.audit"
        outputs.append([(tmp_path / f"out{number}.jsonl").read_bytes(), (audit / "removed.jsonl").read_bytes()])
    assert outputs[0] == outputs[1] == outputs[2]
    assert b"shared-paragraph" in outputs[0][1]
