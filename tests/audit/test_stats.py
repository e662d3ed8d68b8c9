"""cleaner stats counts any corpus that Cleaner reads, its own or that of others."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from sample import ROOT

from cleaner import Options, clean_corpus
from cleaner.audit import stats
from cleaner.audit.stats import CorpusStatistics, read_statistics
from cleaner.cli import main

CASES = [json.loads(line) for line in (ROOT / "tests/cases/output/statistics.jsonl").read_text("utf-8").splitlines()]


def rows() -> list[dict[str, str]]:
    return [{key: value for key, value in case.items() if key != "counted"} for case in CASES]


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()), "utf-8")
    return path


def test_every_group_has_its_articles_and_words(given: Path) -> None:
    found = read_statistics([str(given)], Options())
    groups = found.languages, found.sites, found.months
    for number, group in enumerate(groups):
        articles, words = Counter[str](), Counter[str]()
        for case in CASES:
            articles[case["counted"][number]] += 1
            words[case["counted"][number]] += case["counted"][3]
        assert {name: figures[:2] for name, figures in group.items()} == {n: [articles[n], words[n]] for n in articles}
        assert [sum(column) for column in zip(*group.values(), strict=True)] == found.total
    assert found.total[2] == sum(len(case["text"]) for case in CASES)
    assert found.frequent_lines(5) == [("Tag: pasar", 2)]  # twice in one article is once


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "out.csv", "out.tsv.gz"])
def test_an_output_of_cleaner_has_the_same_figures_in_any_form(given: Path, tmp_path: Path, name: str) -> None:
    clean_corpus(given, tmp_path / name, Options(workers=1, report=False, strip=False, repeats=False, dedup=False))
    found = json.loads(CliRunner().invoke(main, ["stats", str(tmp_path / name), "--json"]).stdout)
    assert found["articles"] == len(CASES)
    assert found["words"] == sum(case["counted"][3] for case in CASES)
    assert found["sites"]["situs.example"]["articles"] == 2
    assert sum(column["articles"] for column in found["lengths"]) == len(CASES)
    assert sum(figures["articles"] for figures in found["languages"].values()) == len(CASES)


def test_a_table_of_others_is_read(tmp_path: Path) -> None:
    pq.write_table(pa.table({"isi": ["Satu dua tiga.", "Empat."], "bahasa": ["id", "id"]}), tmp_path / "in.parquet")
    done = CliRunner().invoke(main, ["stats", str(tmp_path / "in.parquet")])
    assert done.exit_code == 0
    assert done.stdout.startswith("2 articles, 4 words, 20 characters\n")


def test_the_tables_show_the_largest_and_add_up_the_rest(given: Path) -> None:
    lines = CliRunner().invoke(main, ["stats", str(given), "--top", "1"]).stdout.splitlines()
    shown = [line.split() for line in lines]
    assert ["unknown", "2", "6", "30"] in shown
    assert [line for line in shown if line[1:2] == ["others"]] != []
    assert ["2", "Tag:", "pasar"] in shown


def test_what_cannot_be_read_is_counted_and_nothing_else_is_an_error(given: Path, tmp_path: Path) -> None:
    given.write_text(given.read_text("utf-8") + "{broken\n", "utf-8")
    done = CliRunner().invoke(main, ["stats", str(given)])
    assert (done.exit_code, "could not be read: 1" in done.stdout) == (0, True)
    (tmp_path / "broken.jsonl").write_text("{broken\n")
    done = CliRunner().invoke(main, ["stats", str(tmp_path / "broken.jsonl")])
    assert done.exit_code == 3
    assert "broken.jsonl" in done.stderr


def test_frequent_lines_stay_when_there_are_more_than_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats, "_LINES", 50)
    found = CorpusStatistics()
    for number in range(400):
        found.add(
            f"baris {number}\nbaris lain {number}" + ("\nsama" if number % 2 else "") + ("\nkadang" * (number % 9 == 0))
        )
    assert len(found.lines) <= 50
    (first, times), *_ = found.frequent_lines(2)
    assert first == "sama"
    assert 200 - found.lost <= times <= 200


@pytest.mark.parametrize(
    ("words", "share", "quantile"), [([], 0.5, 0), ([5], 0.5, 5), ([1, 2, 3, 4], 0.5, 2), ([1, 2, 3, 4], 0.9, 4)]
)
def test_quantiles(words: list[int], share: float, quantile: int) -> None:
    found = CorpusStatistics()
    for number in words:
        found.add("kata " * number)
    assert found.quantile(share) == quantile
    assert sum(articles for _, articles in found.histogram()) == len(words)
