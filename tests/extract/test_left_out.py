"""Every visible paragraph of a page is in its text or left out on record, exactly once."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import click
import pytest
from html_prose import BODY
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import read_lines

from cleaner import Options, clean_corpus, clean_html
from cleaner.article import ASIDE, KINDS, LeftOut
from cleaner.audit.explain import explain_file
from cleaner.audit.report import write_report
from cleaner.audit.restore import restored
from cleaner.extract.page import extract
from cleaner.output.left_out import left_out_of_row, logged, row_of_left_out

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "extract" / "left_out.toml").read_text("utf-8"))["case"]
COMMENT = "Saya juga selalu membeli roti di toko itu setiap hari Minggu pagi."
PAGE = f"<nav>Beranda</nav><main>{BODY}</main><div class='comments'><p>{COMMENT}</p></div><footer>Imprint</footer>"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_left_out_has_kind_and_reason(case: dict[str, Any]) -> None:
    page = extract(case["page"].replace("ARTICLE", BODY))
    assert [[p.kind, p.reason, p.text] for p in page.left_out] == case["left_out"]
    assert sum(bool(p.place) for p in page.left_out) == case.get("prose", 0)
    assert {p.kind for p in page.left_out} <= {*KINDS, ASIDE}


BOXES = ["div", "p", "li", "nav", "footer", "aside", "h1", "h2", "td", "section class=comments", "div class=related"]
BOXES += ["div hidden", "a href=/x", "div class=share", "article", "pre"]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(BOXES), st.sampled_from([3, 9, 60, 150]), st.booleans()), max_size=14))
def test_each_visible_paragraph_is_in_the_text_or_left_out_once(boxes: list[tuple[str, int, bool]]) -> None:
    words = [f"kata{n}x " * (size // 5 + 1) for n, (_, size, _) in enumerate(boxes)]
    html = "".join(
        f"<div><{tag}>{text}</{tag.split()[0]}></div>" if inside else f"<{tag}>{text}</{tag.split()[0]}>"
        for (tag, _, inside), text in zip(boxes, words, strict=True)
    )
    page = extract(html)
    shown = Counter([*page.text.replace(" | ", " ").split(), *(w for p in page.left_out for w in p.text.split())])
    assert shown == Counter(" ".join(words).split())
    places = [p.line for p in page.left_out]
    assert places == sorted(places)
    assert all(0 <= line <= page.text.count("\n") + 1 for line in places)
    prose = extract(html, everything=False)
    assert (prose.text, prose.left_out_counts) == (page.text, page.left_out_counts)
    assert [p[:4] for p in prose.left_out] == [p[:4] for p in page.left_out if p.place]


@given(st.integers(0, 400), st.sampled_from([40, 5000, 200_000]))
def test_the_rows_of_a_page_are_bounded_and_say_what_is_missing(number: int, size: int) -> None:
    rows = logged([LeftOut("x" * size, "comment", "marked comments", "div")] * number)
    assert len(rows) <= 201
    assert sum(len(p.text) for p in rows) <= 100_000
    kept = sum(bool(p.text) for p in rows)
    if kept < number:
        assert rows[-1].place == f"{number - kept:,} paragraphs, {(number - kept) * size:,} characters"


def test_a_row_tells_its_paragraph_again() -> None:
    [paragraph] = [p for p in clean_html(PAGE).left_out if p.place]
    assert left_out_of_row(row_of_left_out("a", paragraph)) == paragraph._replace(line=-1)


def test_a_run_has_it_on_record(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    out = tmp_path / "out.jsonl"
    clean_corpus([tmp_path / "a.html"], out, Options(min_chars=0))
    audit = tmp_path / "out.jsonl.audit"
    [row] = [row for row in read_lines(audit / "removed.jsonl") if row["rule"] == "extract"]
    assert (row["start"], row["end"], row["kind"], row["text"]) == (-1, -1, "comment", COMMENT)
    assert row["why"].startswith("marked comments: body div.comments p")
    counts = json.loads((audit / "manifest.json").read_bytes())["counts"]
    assert counts["left_out"] == {
        "comment": {"marked comments": 1},
        "footer": {"footer": 1},
        "nav": {"menu": 1},
    }
    assert counts["left_out_characters"]["comment"]["marked comments"] == len(COMMENT)
    [text] = restored(str(out))
    assert text["text"] == clean_html(PAGE).before
    for made in ((audit / "report.html"), write_report(str(out), to=tmp_path / "again.html")):
        assert COMMENT in made.read_text("utf-8")
    (audit / "report.json").unlink()
    assert (audit / "report.html").read_bytes() == write_report(str(out)).read_bytes()
    told = "\n".join(explain_file(str(out), Options()))
    assert COMMENT in told
    assert "comment, by extract: marked comments" in told


def test_explain_shows_all_lines_in_the_order_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    lines = [click.unstyle(line)[2:] for line in explain_file(str(tmp_path / "a.html"), Options())]
    article = clean_html(PAGE)
    order = ["Beranda", *article.text.split("\n"), COMMENT, "Imprint"]
    assert [line for line in lines if line in order] == order
