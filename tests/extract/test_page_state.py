"""Pages whose article stands only in the data of their scripts: Next.js, Nuxt and others; half of the cases are data in
which there is no article to take."""

from __future__ import annotations

import json
from typing import Any

import pytest
from html_prose import BODY, PROSE

from cleaner.extract.page import extract
from cleaner.extract.page_state import body_in_state

SHELL = "<title>Rolls at dawn</title><div id='__next'><p>Loading ...</p></div>"
TEXT = [*PROSE, "He slept."]
MARKUP = "".join(f"<p>{line}</p>" for line in TEXT)
RELATED = [{"title": f"Loaf {i}", "url": f"/{i}", "text": PROSE[i % 3]} for i in range(9)]


def island(value: Any, attributes: str = "id=__NEXT_DATA__ type='application/json'") -> str:
    data = json.dumps(value).replace("</", "<\\/")
    return f"<script {attributes}>{data}</script>"


def post(body: Any, title: str = "Rolls at dawn", key: str = "body") -> dict[str, Any]:
    return {"props": {"pageProps": {"post": {"title": title, key: body}, "relatedPosts": RELATED}}}


def spans(line: str) -> list[dict[str, Any]]:
    return [{"_type": "span", "text": line[:9]}, {"_type": "span", "marks": ["em"], "text": line[9:]}]


BODIES = {
    "HTML": MARKUP,
    "HTML with a list": f"<p>{PROSE[0]}</p><ul><li>{PROSE[1]}<li>{PROSE[2]}</ul>He slept.<script>x()</script>",
    "plain text": "\n\n".join(TEXT),
    "paragraphs": TEXT,
    "paragraphs of HTML": [f"<p>{line}</p>" for line in TEXT],
    "blocks": [{"type": "paragraph", "text": line} for line in TEXT],
    "blocks without a type": [{"text": line, "scramble": False} for line in TEXT],
    "blocks with data": {"blocks": [{"type": "paragraph", "data": {"text": line}} for line in TEXT]},
    "portable text": [{"_type": "block", "children": spans(line)} for line in TEXT],
    "nodes of a rich text": {
        "nodeType": "document",
        "content": [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": line}]} for line in TEXT],
    },
    "children without a type": [
        {"type": "paragraph", "children": [{"text": line[:9]}, {"text": line[9:], "bold": True}]} for line in TEXT
    ],
    "rendered": {"rendered": MARKUP},
    "a value": {"value": MARKUP, "format": "full_html", "processed": MARKUP},
    "blocks with a picture": [{"type": "text", "content": line} for line in TEXT]
    + [{"type": "image", "url": "/x.jpg"}],
}


@pytest.mark.parametrize("name", BODIES)
def test_a_text_is_read_in_any_of_its_forms(name: str) -> None:
    assert extract(f"{SHELL}{island(post(BODIES[name], key='content'))}").text.split("\n") == TEXT


LITERAL = json.dumps(MARKUP).replace("<", "\\x3C")
SCRIPTS = {
    "a variable": f"<script>window.__INITIAL_STATE__ = {json.dumps(post(TEXT))};(function(){{}})()</script>",
    "a string of JSON": f"<script>__PRELOADED_STATE__ = JSON.parse({json.dumps(json.dumps(post(TEXT)))})</script>",
    "a function": f"<script>window.__NUXT__=(function(a){{return {{data:[{{t:a,body:{LITERAL}}}]}}}}('x'))</script>",
    "sections": island(
        {"title": {"rendered": "Rolls at dawn"}, "sections": [{"html": f"<p>{line}</p>"} for line in TEXT]}
    ),
    "another variable": f"<script>Fusion.globalContent={json.dumps(post(TEXT))};Fusion.x=1</script>",
    "values by number": island(
        [["Reactive", 1], {"data": 2}, {"title": 3, "body": 4}, "Rolls at dawn", MARKUP], "type=application/json"
    ),
    "big letters": f"<SCRIPT TYPE='application/json'>{json.dumps(post(TEXT))}</SCRIPT>",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_text_is_read_from_any_kind_of_script(name: str) -> None:
    assert extract(f"{SHELL}{SCRIPTS[name]}").text.split("\n") == TEXT


def test_of_two_articles_the_one_with_the_title_of_the_page_is_taken() -> None:
    other = {"title": "Loaf", "body": [*TEXT, *TEXT, "More."]}
    data = {"first": other, "second": {"headline": "Rolls at dawn", "body": TEXT}}
    assert extract(f"{SHELL}{island(data)}").text.split("\n") == TEXT


TRAPS = {
    "articles in a list": {
        "posts": [{"title": f"Loaf {i}", "body": [f"{i}. {line}" for line in TEXT]} for i in (1, 2)]
    },
    "teasers": {"content": RELATED},
    "other articles": {"related": [{"title": "Loaf", "body": TEXT}]},
    "words of the program": {"messages": {"body": " ".join(TEXT)}, "i18n": {"cookieText": TEXT}},
    "a text of a few words": post("Rain."),
    "another key": {"summary": TEXT},
    "numbers": {"body": [1, None, True, {"x": []}], "title": 3},
}


@pytest.mark.parametrize("name", TRAPS)
def test_what_is_no_article_is_not_taken(name: str) -> None:
    assert extract(f"{SHELL}{island(TRAPS[name])}").text == "Loading ..."


def test_what_a_page_shows_comes_before_its_data() -> None:
    shown = f"<title>Rolls at dawn</title><article>{BODY}{BODY}</article>"
    assert extract(f"{shown}{island(post(TEXT * 5))}").text == "\n".join(PROSE * 2)
    assert extract(f"{SHELL}{island(post('<p>x</p>'))}{BODY}").text.endswith("\n".join(PROSE))


def test_a_text_without_a_title_counts_where_the_page_shows_nothing() -> None:
    settings = island({"notice": {"text": " ".join(TEXT)}})
    assert extract(f"{SHELL}{settings}").text == " ".join(TEXT)
    assert extract(f"<title>Rolls</title><article><p>{PROSE[0]}</p></article>{settings}").text == PROSE[0]


def test_what_the_data_replace_is_on_record() -> None:
    page = extract(f"{SHELL}{island(post(TEXT))}")
    assert "Loading ..." in [paragraph.text for paragraph in page.left_out]


@pytest.mark.parametrize(
    "script",
    [
        "<script type='application/json'>{",
        "<script type='application/json'>{}",
        "<script type='application/json'></script>",
        "<script>window.__X__ = {</script>",
        "<script>window.__X__ = JSON.parse('{}')</script>",
        '<script>window.__X__ = JSON.parse("{")</script>',
        '<script>window.__X__ = (a) => ({body: "\\uD8"})</script>',
        f"<script type='application/json'>{'[' * 5000}{']' * 5000}</script>",
        f"<script>__X__ = {'[' * 5000}{']' * 5000}</script>",
        "<script type='application/json'>" + '{"body":[' * 200 + '"x"' + "]}" * 200 + "</script>",
        "<script " * 1000,
        "<script>" * 1000,
    ],
)
def test_data_that_cannot_be_read_are_no_error(script: str) -> None:
    assert body_in_state(f"application/json {script}", "Rolls", 0) == ""
