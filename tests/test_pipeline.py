"""The first page: what it names is there, its example is true, and it drops what its options leave out."""

from __future__ import annotations

import json
import re

import pytest
from sample import ROOT

from cleaner import pipeline
from cleaner.article import Article, Drop, Raw
from cleaner.options import Options
from cleaner.pipeline import finish_articles, load_article, strip_article

PAGE = pipeline.__doc__ or ""
[EXAMPLE] = set(re.findall(r'"(Baca juga[^"]+)"', PAGE))
INDONESIAN = "Petani di lereng itu memanen kopi lebih awal tahun ini karena hujan turun tidak menentu."
ENGLISH = "The minister said on Monday that the price of rice had gone down again this week in most of the towns."


def finished(body: str, options: Options, *, html: bool = False) -> tuple[Article, Drop | None]:
    [found] = finish_articles([strip_article(load_article(Raw("a", 1, body, html=html), options), options)], options)
    return found


def test_the_files_that_the_page_names_are_there() -> None:
    named = {name.rstrip(".") for name in re.findall(r"[\w./]+/[\w./]*|\w+\.(?:py|toml|md)", PAGE)}
    assert len(named) > 20
    for name in named:
        assert any((folder / name).exists() for folder in (ROOT, ROOT / "cleaner", ROOT / "benchmarks/results")), name


def test_the_example_goes_by_the_rule_that_the_page_names() -> None:
    article, _ = finished(f"{INDONESIAN}\n\n{EXAMPLE}", Options())
    [removal] = [removal for removal in article.removals if removal.kind != "space"]
    assert article.before[removal.start : removal.end] == EXAMPLE
    assert f"`{removal.rule}`" in PAGE
    assert f"[{removal.kind}]" in PAGE
    assert removal.rule in (ROOT / "benchmarks/results/strip.md").read_text("utf-8")
    cases = map(json.loads, (ROOT / "tests/cases/strip/lines_id.jsonl").read_text("utf-8").splitlines())
    assert {case["kind"] for case in cases if case["line"].startswith("Baca juga")} == {"", "related"}


@pytest.mark.parametrize(
    ("body", "options", "reason"),
    [
        ("Pendek.", Options(min_chars=10), "too-short"),
        (INDONESIAN, Options(language=("en",)), "language"),
        (INDONESIAN, Options(language=("id",)), ""),
        ("Rapat.", Options(min_language_score=0.9), "language-score"),
        (INDONESIAN, Options(language_model="none", language=("und",)), ""),
    ],
)
def test_what_the_options_leave_out_is_dropped_with_its_reason(body: str, options: Options, reason: str) -> None:
    article, drop = finished(body, options)
    assert (drop.reason if drop else "") == reason
    assert drop is None or (drop.id == article.id and drop.detail)


def test_only_pages_of_articles_stay_where_that_was_asked_for() -> None:
    links = "".join(f'<li><a href="/{n}">Berita nomor {n} hari ini</a></li>' for n in range(40))
    _, drop = finished(f"<html><body><ul>{links}</ul></body></html>", Options(articles_only=True), html=True)
    assert drop is not None
    assert drop.reason == "not-an-article"


def test_foreign_paragraphs_go_where_that_was_asked_for() -> None:
    body = f"{INDONESIAN}\n{ENGLISH}\n{INDONESIAN}"
    assert ENGLISH in finished(body, Options())[0].text
    article, _ = finished(body, Options(drop_foreign_paragraphs=True))
    assert article.text == f"{INDONESIAN}\n{INDONESIAN}"
    assert {removal.kind for removal in article.removals} == {"foreign", "space"}
