"""What two runs did differently, counted from their outputs and logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample import read_lines

from cleaner import Options, clean_corpus
from cleaner.audit.diff import Differences, RuleDifference, differences
from cleaner.errors import OutputError

Run = Callable[..., str]
BODY = "Warga {n} menanam kembali bakau di sepanjang pesisir utara yang rusak oleh abrasi sejak tahun lalu."
TAIL = "\n\nIklan\n\nTinggalkan Komentar"


@pytest.fixture
def runs(tmp_path: Path) -> Run:
    """Clean some articles (id -> text) under a name; the output comes back."""

    def run(name: str, articles: dict[str, str], **options: Any) -> str:
        raw, out = tmp_path / "raw.jsonl", tmp_path / f"{name}.jsonl"
        raw.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in articles.items()), "utf-8")
        clean_corpus(raw, out, Options(workers=1, **options))
        return str(out)

    return run


def rule(found: Differences, kind: str) -> list[RuleDifference]:
    return [r for r in found.rules if r.kind == kind]


ARTICLES = {"a": BODY.format(n="Muara") + TAIL, "b": "Harga beras naik lagi di pasar induk, kata para pedagang." + TAIL}


def test_a_run_does_not_differ_from_itself(runs: Run) -> None:
    out = runs("one", ARTICLES)
    found = differences(out, out)
    assert found.none
    assert found.both == 2
    assert found.settings == found.outcomes == found.languages == ()
    assert "same 2 articles" in "\n".join(found.lines())


def test_a_kind_that_stays(runs: Run) -> None:
    one, two = runs("one", ARTICLES), runs("two", ARTICLES, keep_kinds=("ad",))
    found = differences(one, two)
    assert not found.none
    assert found.settings == (("options keep_kinds", "[]", "['ad']"),)
    assert (found.only_a, found.only_b, found.both, found.texts) == (0, 0, 2, 2)
    assert found.texts_examples == ("a", "b")
    [ad] = rule(found, "ad")
    assert (ad.only_a, ad.only_b, ad.both) == (2, 0, 0)
    assert ad.examples_a == ("Iklan",)  # a text once
    assert all(r.only_a == r.only_b == 0 for r in rule(found, "comment"))


def test_it_counts_what_the_logs_hold(runs: Run, tmp_path: Path) -> None:
    found = differences(runs("one", ARTICLES), runs("two", ARTICLES, strip=False, repeats=False))
    spans = [r for r in read_lines(tmp_path / "one.jsonl.audit" / "removed.jsonl") if r["kind"] != "space"]
    assert sum(r.only_a for r in found.rules) == len(spans) > 0
    assert sum(r.only_b + r.both for r in found.rules) == 0


def test_articles_of_one_run_alone(runs: Run) -> None:
    more = {
        **ARTICLES,
        "c": "Iklan\n\nKapal nelayan berlabuh menjelang malam karena ombak di luar teluk terlalu tinggi.",
    }
    found = differences(runs("one", ARTICLES), runs("two", more))
    assert (found.only_a, found.only_b, found.both) == (0, 1, 2)
    assert not found.none
    assert all(r.only_a == r.only_b == 0 for r in found.rules)  # of the articles that both have


def test_an_article_that_is_dropped_now(runs: Run) -> None:
    twice = {**ARTICLES, "copy": ARTICLES["a"]}
    found = differences(runs("one", twice, dedup=False), runs("two", twice))
    [change] = found.outcomes
    assert (change.was, change.now, change.articles) == ("written", "dropped (duplicate)", 1)
    assert found.texts == 0


def test_swapped_runs_swap_the_answer(runs: Run) -> None:
    one, two = runs("one", ARTICLES), runs("two", ARTICLES, only_kinds=("comment",))
    there, back = differences(one, two), differences(two, one)
    assert [(r.kind, r.only_a, r.only_b) for r in there.rules] == [(r.kind, r.only_b, r.only_a) for r in back.rules]
    assert there.texts == back.texts > 0


def test_json_holds_the_same(runs: Run) -> None:
    found = differences(runs("one", ARTICLES), runs("two", ARTICLES, keep_kinds=("ad",)))
    read = json.loads(found.json())
    assert read["same"] is False
    assert [r["only_a"] for r in read["rules"]] == [r.only_a for r in found.rules]


def test_texts_cannot_steer_the_terminal(runs: Run) -> None:
    steering = {"x\x1b[2J": BODY.format(n="\x1b[31m") + "\n\nBaca juga: \x1b]0;judul\x07 panen"}
    found = differences(runs("one", steering), runs("two", steering, strip=False))
    assert "\x1b" not in "".join(found.lines())


def test_a_run_that_is_not_there(runs: Run, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="finished run"):
        differences(runs("one", ARTICLES), str(tmp_path / "none.jsonl"))
