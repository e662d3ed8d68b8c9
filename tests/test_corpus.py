"""The sample corpus, cleaned whole: byte for byte as expected, and true to the facts in cases/corpus.toml."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sample import ROOT, read_lines

from cleaner import Options, Report, clean_corpus

FACTS: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "tests/cases/corpus.toml").read_text("utf-8"))


class Cleaned(NamedTuple):
    folder: Path
    report: Report
    kept: dict[str, dict[str, Any]]
    dropped: dict[str, dict[str, Any]]
    removed: dict[str, list[dict[str, Any]]]

    def record(self, article: str) -> dict[str, Any]:
        return self.kept.get(article) or self.dropped[article]["record"]


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Cleaned:
    folder = tmp_path_factory.mktemp("corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        report = clean_corpus("corpus/raw", folder / "clean.jsonl", Options(workers=1))
    removed = defaultdict(list)
    for row in read_lines(folder / "clean.jsonl.audit/removed.jsonl"):
        removed[row["id"]].append(row)
    return Cleaned(
        folder,
        report,
        {r["id"].removeprefix("corpus/"): r for r in read_lines(folder / "clean.jsonl")},
        {r["id"].removeprefix("corpus/"): r for r in read_lines(folder / "clean.jsonl.audit/dropped.jsonl")},
        {article.removeprefix("corpus/"): rows for article, rows in removed.items()},
    )


def test_every_article_is_in_the_output_or_in_the_log(cleaned: Cleaned) -> None:
    assert sorted([*cleaned.kept, *cleaned.dropped]) == sorted(FACTS)
    assert cleaned.report.rejected == 0


def test_the_output_is_the_expected_one(cleaned: Cleaned) -> None:
    assert (cleaned.folder / "clean.jsonl").read_bytes() == (ROOT / "corpus/clean.jsonl").read_bytes()


@pytest.mark.parametrize("article", FACTS)
def test_content_stays(cleaned: Cleaned, article: str) -> None:
    fact, text = FACTS[article], cleaned.record(article)["text"]
    assert [part for part in fact.get("must_have", ()) if part not in text] == []
    assert text.startswith(tuple(fact["starts_with"])), text[:200]
    for span in fact.get("optional", ()):
        text = text.replace(span["text"], "")
    assert text.rstrip().endswith(fact["ends_with"]), text[-200:]


@pytest.mark.parametrize("article", [a for a in FACTS if FACTS[a].get("must_not_have")])
def test_cruft_goes(cleaned: Cleaned, article: str) -> None:
    text = cleaned.record(article)["text"]
    assert [part for part in FACTS[article]["must_not_have"] if part in text] == []


@pytest.mark.parametrize("article", [a for a in FACTS if FACTS[a].get("removed")])
def test_removals_are_named(cleaned: Cleaned, article: str) -> None:
    fact = FACTS[article]
    rows = {row["text"].strip(): row["kind"] for row in cleaned.removed[article] if row["kind"] != "space"}
    free = bool(fact.get("input_kind") or fact.get("shared_footer"))
    wrong = [
        (span["text"], span["kind"], rows.get(span["text"]))
        for span in fact["removed"]
        if not free and rows.get(span["text"].strip()) != span["kind"]
    ]
    assert wrong == []


@pytest.mark.parametrize("article", [a for a in FACTS if FACTS[a].get("trap")])
def test_traps_stay_to_the_letter(cleaned: Cleaned, article: str) -> None:
    assert cleaned.removed.get(article, []) == []


@pytest.mark.parametrize("article", FACTS)
def test_language(cleaned: Cleaned, article: str) -> None:
    assert cleaned.record(article)["language"] == FACTS[article]["language"]


def test_copies_are_merged_and_the_longest_stays(cleaned: Cleaned) -> None:
    groups = defaultdict(list)
    for article, fact in FACTS.items():
        if group := fact.get("duplicate_group"):
            groups[group].append(article)
    assert groups
    for members in groups.values():
        [stays] = [a for a in members if a in cleaned.kept]
        assert [a for a in members if FACTS[a].get("keeper")] in ([], [stays])
        for gone in set(members) - {stays}:
            assert cleaned.dropped[gone]["reason"] == "duplicate"
            assert cleaned.dropped[gone]["keeper"].removeprefix("corpus/") == stays
        assert len(cleaned.kept[stays]["duplicates"]) == len(members) - 1


def test_articles_that_are_only_alike_stay(cleaned: Cleaned) -> None:
    apart = [a for a, fact in FACTS.items() if not fact.get("duplicate_group")]
    assert [a for a in apart if a in cleaned.dropped] == []


def test_titles_of_pages_are_found(cleaned: Cleaned) -> None:
    wrong = {
        a: (cleaned.record(a)["title"], fact["title"])
        for a, fact in FACTS.items()
        if fact.get("title") and cleaned.record(a)["title"] != fact["title"]
    }
    assert wrong == {}


def test_encodings_are_named(cleaned: Cleaned) -> None:
    wrong = {
        a: (cleaned.record(a)["encoding"], fact["encoding"])
        for a, fact in FACTS.items()
        if cleaned.record(a)["encoding"] != fact["encoding"]
    }
    assert wrong == {}
