"""What `extract` promises of odd and hostile pages: an answer in linear time, and no text lost."""

from __future__ import annotations

import pytest
from html_prose import BODY, PROSE, lines
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.decode.decode import decode
from cleaner.extract.page import Page, extract
from cleaner.extract.parse import (
    _BLOATED_TAG,
    _DEEPEST,
    _MOST_FORMATS,
    _NESTS,
    _close_formats,
    _deepest,
    _drop_attributes,
    _flatten,
    _most_formats,
    _read_tags,
    tame,
)


@pytest.mark.parametrize(
    "html", ["", " ", "\0", "<", "<!--", "<frameset><frame src=x>", "\ud800", "<p>", "&", "<title>", "{}"]
)
def test_next_to_nothing_is_answered(html: str) -> None:
    assert isinstance(extract(html), Page)
    assert isinstance(extract(html, extractor="justext"), Page)


def test_nul_and_lone_surrogate_do_not_cost_the_text() -> None:
    got = lines(f"<p>\0{PROSE[0]}</p><p>\udc80 {PROSE[1]}</p>")
    assert [PROSE[0] in got[0], PROSE[1] in got[1]] == [True, True]


def test_xhtml_with_an_empty_title() -> None:
    assert (
        lines(
            f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{BODY}</body></html>'
        )
        == PROSE
    )


DEEP = ("<div>", "<ul><li>", "<blockquote><p>", "<b><p>", "<font>", "<table><tr><td>", "<section><h2>x")
MANY = ("<nav>", "<x-y>", "<p>x", "<!--", "<a href=x>", "<svg>")


@pytest.mark.parametrize("piece", [*DEEP, *MANY])
def test_deep_or_many_elements_have_an_answer(piece: str) -> None:
    html = f"<body>{BODY}" + piece * 20_000  # quadratic work would not end within minutes
    assert PROSE[0] in extract(html).text


def test_an_element_of_many_attributes_has_an_answer() -> None:
    html = f"<p {' '.join(f'a{i}=1' for i in range(30_000))}>x</p>{BODY}"
    assert PROSE[0] in extract(html).text


def test_a_select_of_many_options_has_an_answer() -> None:
    html = f"<select>{'<option value=1>x' * 50_000}</select>{BODY}"  # quadratic work would take a minute
    assert lines(html) == PROSE


def test_a_tag_with_one_huge_value_keeps_what_follows() -> None:
    assert lines(f"<div data-state='{'key=1 ' * 30_000}'></div>{BODY}") == PROSE


@pytest.mark.parametrize(
    "unseen",
    [
        "<!-- <p>a > b</p> < c -->",
        "<!---->",
        "<object><object><p>x</p></object><p>y</p></object>",
        "<video>Play it</video>",
        "<template><p>x</p></template>",
        "<noframes><object></noframes>",
        "<datalist><option>x</datalist>",
    ],
)
def test_what_is_never_shown_leaves_no_trace(unseen: str) -> None:
    assert lines(f"<p>{PROSE[0]}</p>{unseen}<p>{PROSE[1]}{unseen}</p>{unseen}") == PROSE[:2]


def test_json_ld_whose_type_is_written_with_an_escape() -> None:
    said = '{"@type": "NewsArticle", "headline": "x", "datePublished": "2025-03-09"}'
    assert extract(f'<script type="application/ld&#x2B;json">{said}</script>{BODY}').date == "2025-03-09"


TAGS = (
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<br>",
    "<pre>",
    "</pre>",
    "<td>",
    "<table>",
    "<a>",
    "</a>",
    "<nav>",
    "<!--",
    "-->",
)
markup = st.lists(st.sampled_from(TAGS) | st.text(max_size=20), max_size=40).map("".join)


@given(markup)
@settings(max_examples=60, deadline=None)
def test_any_string_gives_a_page(html: str) -> None:
    got = extract(html)
    assert got == extract(html)
    assert all(paragraph.text and paragraph.reason for paragraph in got.left_out)
    if "<pre" not in html.lower():  # which keeps empty lines
        assert all(line.strip() for line in got.text.split("\n") if got.text)


@given(
    st.lists(st.sampled_from(PROSE), min_size=1, max_size=8),
    st.sampled_from(["div", "section", "article", "main", "td"]),
)
@settings(max_examples=30, deadline=None)
def test_a_page_of_prose_comes_out_whole(paragraphs: list[str], tag: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in paragraphs)
    html = f"<table><tr><td>{body}</td></tr></table>" if tag == "td" else f"<{tag}>{body}</{tag}>"
    assert lines(html) == paragraphs


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(max_examples=30, deadline=None)
def test_bytes_and_str_agree(text: str) -> None:
    html = f"<meta charset='utf-8'><p>{PROSE[0]}</p><p>{text}</p>"
    data = html.encode()
    assert extract(data, encoding="utf-8") == extract(decode(data, declared="utf-8", html=True).text)


# prefilters of `tame`

NESTING = ("<div>", "</div>", "<DIV class=x>", "</DIV>", "<b>", "</b>", "<x-y>", "</x-y>", "<table>", "</table>")
BETWEEN = (
    "<p>",
    "</p>",
    "<br>",
    "<li>",
    "</li>",
    "<td>",
    "<img src=x>",
    "<h1>x</h1>",
    "<time>x</time>",
    "<!-- x -->",
    "x",
)


@given(st.lists(st.tuples(st.sampled_from(NESTING + BETWEEN), st.sampled_from([1, 2, 300, 600])), max_size=12))
@settings(max_examples=100, deadline=None)
def test_the_prefilter_hides_no_deep_nesting(tags: list[tuple[str, int]]) -> None:
    html = ("".join(tag * times for tag, times in tags) + " the end").encode()
    assert _deepest(_read_tags(html), _NESTS) > _DEEPEST or _flatten(html) == html


def test_the_prefilter_lets_usual_pages_pass() -> None:
    html = (f"<ul>{'<li><div><a href=x>y</a></div>' * 2000}</ul>" + BODY).encode()
    assert _deepest(_read_tags(html), _NESTS) <= _DEEPEST


FORMATS = (
    "<b id=x1>",
    "</b>",
    "<B>",
    "</font >",
    "<font color=red>",
    "<i\n>",
    "</i>",
    "<strong>",
    "</em>",
    "<tt/>",
    "<strike>",
    "</strike>",
)


@given(st.lists(st.tuples(st.sampled_from(FORMATS + BETWEEN), st.sampled_from([1, 2, 9, 20])), max_size=12))
@settings(max_examples=100, deadline=None)
def test_the_prefilter_hides_no_open_formats(tags: list[tuple[str, int]]) -> None:
    html = ("".join(tag * times for tag, times in tags) + " the end").encode()
    assert _most_formats(_read_tags(html)) > _MOST_FORMATS or _close_formats(html) == html


def test_formats_that_are_never_closed_make_no_million_elements() -> None:
    n = 5000
    html = "".join(f"<b id=x{i}>" for i in range(n)) + "".join(f"<p>Reading {i}: {PROSE[0]}" for i in range(n))
    tamed = tame(f"<body>{html}")
    assert tamed.count(b"<b ") == _MOST_FORMATS
    assert tamed.count(b"<p>") == n
    assert len(lines(html)) == n


def test_formats_that_are_closed_stay() -> None:
    html = "".join(f"<p><b id=x{i}>Reading <i>{i}</i></b> <font color=c{i}>{PROSE[0]}</font>" for i in range(5000))
    assert tame(html) == html.encode()


@given(
    st.integers(0, 3) | st.integers(2000, 4000),
    st.sampled_from(["a=1", "data-some-name='some value'", "x" * 40]),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_the_prefilter_hides_no_tag_of_many_attributes(number: int, attribute: str, closed: bool) -> None:
    html = f"<p>{PROSE[0]}</p><div {' '.join([attribute] * number)}{'>' * closed}{PROSE[1]}"
    assert tame(html) == _BLOATED_TAG.sub(_drop_attributes, html.encode())
