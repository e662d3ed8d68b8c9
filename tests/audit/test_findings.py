"""The findings of a report: what is said of a run, what is not, and that each leads to its cases."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sample import ROOT

from cleaner.audit.report.data import ArticleGroup, FlaggedArticles, NamedCount, RemovedSpans, ReportData
from cleaner.audit.report.findings import find
from cleaner.audit.report.shown_articles import Name, ShownArticle
from cleaner.audit.report.shown_duplicates import ShownCluster, Side
from cleaner.audit.tally import BINS

CASES: list[dict[str, Any]] = tomllib.loads((ROOT / "tests/cases/findings.toml").read_text("utf-8"))["case"]
LEVELS = ("loss", "doubt", "note")


def counts_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """The counts of a manifest."""
    read = case.get("read", 100)
    return {"articles": {"read": read, "written": case.get("written", read)}} | case.get("counts", {})


def data_of(case: Mapping[str, Any]) -> ReportData:
    """The data of a report in which all that a case does not name is empty."""
    sizes: Sequence[int] = case.get("clusters", ())
    side = Side(Name("a"), "Harga beras hari ini", "")
    sites = [site(*row) for row in case.get("sites", ())]
    article = ShownArticle(Name("a"), "Pasar", "a.txt", (), (), "", False, "", "", (), 0, 93, 100, ())
    return ReportData(
        articles=case.get("read", 100),
        words=1000,
        rules=tuple(rule for one in sites for rule in one.rules),
        kinds=(),
        all_phrases=0,
        phrases=(),
        all_sites=len(sites),
        sites=tuple(sites),
        all_languages=0,
        languages=tuple(language(*row) for row in case.get("languages", ())),
        scores=(),
        flags=(),
        cases=tuple(FlaggedArticles(name, n, ()) for name, n in case.get("cases", {}).items()),
        titled=case.get("titled", 100),
        repairs=(),
        dropped=(),
        similarities=(),
        cluster_sizes=tuple(NamedCount(str(size), sizes.count(size)) for size in sorted(set(sizes))),
        clusters=tuple(ShownCluster(side, (), size) for size in sorted(sizes, reverse=True)),
        pairs=(),
        views=(article,),
        left_out=(),
        left_out_of=(),
        left_out_more=case.get("left_out_more", 0),
    )


def site(name: str, read: int, before: int, removed: int, words: int, first: Sequence[Any]) -> ArticleGroup:
    kind, rule, articles, own = first
    rules = (RemovedSpans(kind, rule, articles, own, articles),)
    return ArticleGroup(name, read, read, before, removed, 9 * words, words, rules, (), (0,) * BINS)


def language(code: str, written: int, doubtful: int) -> ArticleGroup:
    scores = (0, 0, 0, 0, doubtful, 0, 0, 0, 0, written - doubtful)
    return ArticleGroup(code, written, written, 0, 0, 0, 0, (), (), scores)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_said_of_a_run(case: Mapping[str, Any]) -> None:
    assert [finding.said for finding in find(counts_of(case), data_of(case), {})] == case["says"]


def test_the_worst_findings_come_first() -> None:
    for case in CASES:
        levels = [LEVELS.index(finding.level) for finding in find(counts_of(case), data_of(case), {})]
        assert levels == sorted(levels)


def test_a_finding_says_more_than_its_number() -> None:
    [half] = find(counts_of({}), data_of({"cases": {"half": 12}}), {})
    assert "93 %" in half.hint
    assert "“Pasar”" in half.hint
    [flagged] = find(counts_of({"counts": {"flag": {"truncated": 9}}}), data_of({}), {"truncated": "It ends early."})
    assert flagged.hint == "It ends early."
    assert flagged.filters == (("flag", "truncated"),)
