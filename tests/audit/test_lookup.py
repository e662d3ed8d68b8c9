"""An article that is shown from a finished run is the article that the run judged."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from sample import ROOT, read_lines

from cleaner import CleanerError, Options, clean_corpus
from cleaner.audit.explain import explain_file
from cleaner.audit.restore import article_from_logs, has_logs, restored
from cleaner.output.records import dropped_row, record, removed_rows


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("logged") / "clean.jsonl"
    clean_corpus(ROOT / "corpus" / "raw", output, Options(workers=1, report=False))
    return output


def test_every_article_written_or_dropped_comes_back_whole(finished: Path) -> None:
    before = {row["id"]: row["text"] for row in restored(str(finished))}
    written = {row["id"]: row for row in read_lines(finished)}
    dropped = {row["id"]: row for row in read_lines(finished.with_name("clean.jsonl.audit") / "dropped.jsonl")}
    removed = read_lines(finished.with_name("clean.jsonl.audit") / "removed.jsonl")
    assert dropped
    for name in [*written, *dropped]:
        article, drop = article_from_logs(str(finished), name)
        assert (article.original or article.before) == before[name]
        assert removed_rows(article) == [row for row in removed if row["id"] == name]
        if drop:
            assert dropped_row(drop, record(article)) == dropped[name]
        else:
            assert record(article) == written[name]


def test_a_duplicate_is_told_with_its_keeper(finished: Path) -> None:
    row = read_lines(finished.with_name("clean.jsonl.audit") / "dropped.jsonl")[0]
    said = [*explain_file(str(finished), Options(), article=row["id"])]
    [outcome] = [line for line in said[: said.index("")] if "dropped" in line]  # before the text
    assert row["keeper"] in outcome
    assert f"Jaccard {row['jaccard']:.4f}" in outcome
    *_, last = explain_file(str(finished), Options(), article=row["id"], as_json=True)
    told = orjson.loads(last)["dropped"]
    assert {key: told[key] for key in ("reason", "keeper", "jaccard")} == {
        key: row[key] for key in ("reason", "keeper", "jaccard")
    }


def test_an_article_that_is_not_there(finished: Path) -> None:
    with pytest.raises(CleanerError, match="no article with the id 'nobody'"):
        article_from_logs(str(finished), "nobody")


def test_an_input_has_no_logs() -> None:
    assert not has_logs(str(ROOT / "corpus" / "raw" / "feeds" / "kawat-muara.jsonl"))
