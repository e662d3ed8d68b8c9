"""What `extract` promises of any page: paragraphs, pruning and its limits, metadata, kinds."""

from __future__ import annotations

import re

import justext
import pytest
from html_prose import BODY, PROSE, lines

from cleaner.dates import read_date
from cleaner.errors import OptionError
from cleaner.extract.blocks import walk
from cleaner.extract.bylines import Surroundings, load_data
from cleaner.extract.page import extract
from cleaner.extract.parse import parse, tame

MORE = "His daughter wants to sell cakes as well, but the oven is small and the landlord will not hear of a second one."


# paragraphs


def test_inline_elements_do_not_end_a_paragraph() -> None:
    assert lines("<p>The <b>old</b> <a href='/x'>bridge</a> over the river was <em>closed</em> for repair.</p>") == [
        "The old bridge over the river was closed for repair."
    ]


def test_two_breaks_end_a_paragraph_and_one_ends_a_line() -> None:
    assert lines(f"<div>{PROSE[0]}<br>{PROSE[1]}<br> <br>{PROSE[2]}</div>") == PROSE


def test_preformatted_text_keeps_its_lines() -> None:
    assert lines(f"{BODY}<pre>def rain():\n    return <b>None</b>\n\n</pre>{BODY}")[3:5] == [
        "def rain():",
        "    return None",
    ]


def test_a_row_of_a_table_is_one_line() -> None:
    table = "<table><tr><th>Town</th><th>Rain</th></tr><tr><td>Medan</td><td>12 mm</td></tr></table>"
    assert lines(f"{BODY}{table}{BODY}")[3:5] == ["Town | Rain", "Medan | 12 mm"]


def test_a_list_keeps_its_items() -> None:
    items = ["Flour", "Water", "A little salt", "Two days of patience"]
    got = lines(f"{BODY}<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>{BODY}")
    assert got == [*PROSE, *items, *PROSE]


def test_entities_are_resolved_once() -> None:
    assert lines(
        "<p>Fish &amp; chips&nbsp;cost less than &lt;5 pounds&gt;, &amp;amp; nobody asked why on Monday.</p>"
    ) == ["Fish & chips cost less than <5 pounds>, &amp; nobody asked why on Monday."]


# what goes, and when it stays


@pytest.mark.parametrize(
    "name", ["related-posts", "relatedPosts", "share_bar", "Newsletter__box", "berita-terkait", "comments"]
)
def test_marked_elements_go(name: str) -> None:
    assert lines(f"<div class='entry-content'>{BODY}</div><div class='{name}'><p>{PROSE[0][::-1]}</p></div>") == PROSE


@pytest.mark.parametrize("name", ["sidebar", "promo", "related", "teaser", "newsletter"])
def test_a_mark_on_the_article_itself_is_void(name: str) -> None:
    assert lines(f"<div class='{name}'><h2>Rolls</h2>{BODY}</div>")[-3:] == PROSE


def test_a_mark_is_judged_over_all_elements_that_bear_it() -> None:
    answers = [f"{number}: {line}" for number in range(4) for line in PROSE]
    panels = "".join(f"<div class='panel' style='display: none'><p>{line}</p></div>" for line in answers)
    assert lines(f"<h1>Questions</h1>{panels}") == answers


@pytest.mark.parametrize(
    "name", ["md:hidden", "lg:[&>aside]:hidden", "overflow-hidden", "bread-recipe", "leading-none"]
)
def test_looks_and_other_words_are_no_marks(name: str) -> None:
    assert lines(f"<main>{BODY}<div class='{name}'><p>{MORE}</p></div></main>") == [*PROSE, MORE]


def test_an_anchor_made_of_a_heading_is_no_mark() -> None:
    assert lines(f"<main>{BODY}<div id='share-of-rye-in-bread'><p>{MORE}</p></div></main>") == [*PROSE, MORE]


def test_navigation_that_is_all_there_is_stays() -> None:
    assert lines(f"<nav>{BODY}</nav>") == PROSE


def test_short_lines_and_headings_between_prose_stay() -> None:
    html = f"<p>{PROSE[0]}</p><h2>Noon</h2><p>He slept.</p><p>{PROSE[1]}</p>"
    assert lines(html) == [PROSE[0], "Noon", "He slept.", PROSE[1]]


def test_an_article_of_short_paragraphs_is_not_empty() -> None:
    short = ["Rain fell on Monday.", "It stopped on Tuesday.", "The river rose a little."]
    assert lines("".join(f"<p>{line}</p>" for line in short)) == short


@pytest.mark.parametrize("heading", ["Related articles", "Berita Terkait:", "More from the bakery", "関連記事"])
def test_a_box_goes_whose_heading_says_what_it_is(heading: str) -> None:
    box = f"<div><h3>{heading}</h3><p>{MORE}</p></div>"
    assert lines(f"<article>{BODY}{box}</article>") == PROSE


@pytest.mark.parametrize("heading", ["Related matters of rye", "Berita duka", "The author of the rolls"])
def test_a_box_with_a_heading_of_its_own_stays(heading: str) -> None:
    box = f"<div><h3>{heading}</h3><p>{MORE}</p></div>"
    assert lines(f"<article>{BODY}{box}</article>") == [*PROSE, heading, MORE]


def test_a_heading_on_the_article_itself_is_void() -> None:
    assert lines(f"<div><h2>Latest news</h2>{BODY}</div>")[-3:] == PROSE


def test_the_heading_of_the_first_paragraph_stays() -> None:
    assert lines(f"<article><h1>Rolls</h1><h2>Before dawn</h2>{BODY}</article>") == ["Before dawn", *PROSE]


def test_what_a_page_holds_for_two_screens_is_said_once() -> None:
    assert lines(f"<div><div class='wide'>{BODY}</div><div class='narrow'>{BODY}</div></div>") == PROSE


def test_a_refrain_stays() -> None:
    assert lines(f"<div><p>{MORE}</p>{BODY}<p>{MORE}</p></div>") == [MORE, *PROSE, MORE]


def test_a_sentence_that_is_mostly_link_stays_between_prose() -> None:
    said = "The baker himself <a href='/rye'>wrote a book about the rolls of his grandmother</a>."
    assert "The baker himself wrote a book about the rolls of his grandmother." in lines(f"{BODY}<p>{said}</p>{BODY}")


def test_a_link_with_a_word_before_it_goes() -> None:
    link = "<p>Baca juga: <a href='/rye'>Roti gandum hitam dari kampung halaman nenek</a></p>"
    assert lines(f"{BODY}{link}{BODY}") == PROSE * 2


def test_a_paragraph_that_is_all_links_goes_from_an_article() -> None:
    assert (
        lines(f"{BODY}<p><a href='/1'>More about bread and rolls in the north of the country</a></p>{BODY}")
        == PROSE * 2
    )


def test_content_for_readers_without_scripts_is_read() -> None:
    assert lines(f"<div id='app'></div><noscript><div>{BODY}</div></noscript>") == PROSE


def test_the_body_that_json_ld_gives_is_taken_when_nothing_is_shown() -> None:
    html = '<script type="application/ld+json">{"@type": "Article", "headline": "Rolls", "articleBody": "%s"}</script>'
    assert extract(html % "\\n".join(PROSE * 2) + "<div id=app></div>").text == "\n".join(PROSE * 2)


# metadata


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Rolls at dawn | The Loaf</title><meta property='og:site_name' content='The Loaf'>", "Rolls at dawn"),
        ("<title>The Loaf - Rolls at dawn</title><meta property='og:site_name' content='The Loaf'>", "Rolls at dawn"),
        ("<title>Rolls - and how to bake them</title>", "Rolls - and how to bake them"),
        ("<meta property='og:title' content='Rolls &amp;amp; bread'>", "Rolls & bread"),
        ("", ""),
    ],
)
def test_title(head: str, title: str) -> None:
    assert extract(f"<head>{head}</head><body>{BODY}").title == title


def test_the_logo_is_not_the_title() -> None:
    html = f"<title>Rolls at dawn</title><h1>The Loaf</h1><article><h1>Rolls at dawn</h1>{BODY}</article>"
    assert extract(html).title == "Rolls at dawn"


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("<p>By Ann Weaver</p>", "Ann Weaver"),
        ("<p>Oleh: Budi Santoso</p>", "Budi Santoso"),
        ("<div>Written by</div><div>Ann Weaver</div>", "Ann Weaver"),
        ("<span itemprop='author'>Ann Weaver</span>", "Ann Weaver"),
        ("<p>By the river it was dark and cold.</p>", ""),
        ("<a rel='author' href='/ann'>https://loaf.example/ann</a>", ""),
    ],
)
def test_author(byline: str, author: str) -> None:
    assert extract(f"<h1>Rolls at dawn</h1>{byline}{BODY}").author == author


@pytest.mark.parametrize(
    ("words", "selector"),
    [(words, one) for rows in load_data("bylines.toml")["select"].values() for words, *some in rows for one in some],
)
def test_a_selector_is_tried_where_what_it_asks_for_stands(words: str, selector: str) -> None:
    for alternative in selector.split(", "):
        attributes = " ".join(
            f'{name}="{value}"' for name, value in re.findall(r'\[(\w+)[~*]?="([^"]+)"\]', alternative)
        )
        tag = alternative.split()[-1].partition("[")[0] or "p"
        for html, stands in ((f"{BODY}<{tag} {attributes}>Rain</{tag}>", True), (BODY, False)):
            page = parse(tame(html))
            assert any(map(Surroundings(page, walk(page.body), 0, "").has, words.split())) is stands


def test_an_author_who_is_never_shown_does_not_count() -> None:
    assert extract(f"<template><p class='author'>Ann Weaver</p></template>{BODY}").author == ""


def test_a_person_comes_before_the_site_as_author() -> None:
    node = (
        '{"@type": "Article", "headline": "Rolls", "author": {"name": "The Loaf"}, "publisher": {"name": "The Loaf"}}'
    )
    html = f'<script type="application/ld+json">{node}</script><h1>Rolls</h1><p>By Ann Weaver</p>{BODY}'
    assert extract(html).author == "Ann Weaver"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("9 Maret 2025", "2025-03-09"),
        ("9 Mac 2025", "2025-03-09"),
        ("Minggu, 09/03/2025 07:30 WIB", "2025-03-09T07:30:00+07:00"),
        ("March 9th, 2025", "2025-03-09"),
        ("9 de março de 2025", "2025-03-09"),
        ("2025. március 9.", "2025-03-09"),
        ("9. März 2025", "2025-03-09"),
        ("2025年3月9日", "2025-03-09"),
        ("2025년 3월 9일", "2025-03-09"),
        ("9 มีนาคม 2568", "2025-03-09"),
        ("9 मार्च 2025", "2025-03-09"),
        ("13/25/2025", ""),
        ("March 2025", ""),
        ("version 1.2.3", ""),
        ("mars 40 2025", ""),
    ],
)
def test_written_dates(text: str, date: str) -> None:
    assert read_date(text) == date


def test_american_pages_put_the_month_first() -> None:
    html = f"<html lang='{{}}'><h1>Rolls</h1><p>4/5/2025</p>{BODY}"
    assert extract(html.format("en-US")).date == "2025-04-05"
    assert extract(html.format("en-GB")).date == "2025-05-04"


def test_url_is_canonical_and_absolute() -> None:
    html = f"<head><link rel='canonical' href='/rolls'></head>{BODY}"
    assert extract(html, url="https://loaf.example/rolls?from=mail").url == "https://loaf.example/rolls"
    assert extract(BODY, url="https://loaf.example/rolls").url == "https://loaf.example/rolls"
    assert (
        extract("<head><link rel='canonical' href='javascript:x'></head>", url="https://a.example/").url
        == "https://a.example/"
    )


@pytest.mark.parametrize(("lang", "code"), [("id-ID", "id"), ("in", "id"), ("EN", "en"), ("iw", "he"), ("", "")])
def test_language(lang: str, code: str) -> None:
    assert extract(f"<html lang='{lang}'><body>{BODY}").language == code


# kinds of pages


def test_kinds() -> None:
    links = "".join(f"<li><a href='/{i}'>Bread of the week number {i}</a></li>" for i in range(40))
    product = '<script type="application/ld+json">{"@type": "Product", "name": "Oven"}</script>'
    assert extract(f"<article>{BODY * 3}</article>").page_kind == "article"
    assert extract(f"<main><ul>{links}</ul></main>").page_kind == "listing"
    assert extract(f"{product}<h1>Oven</h1>{BODY}").page_kind == "product"
    assert extract(f"<h1>Rolls</h1>{BODY}", url="https://loaf.example/forum/thread/12").page_kind == "forum"
    assert extract("<p>Nothing here.</p>").page_kind == "other"


def test_the_links_of_a_listing_are_its_content() -> None:
    links = "".join(f"<li><a href='/{i}'>Bread of the week number {i}</a></li>" for i in range(40))
    assert "Bread of the week number 39" in lines(f"<main><h1>Bread</h1><ul>{links}</ul></main>")


def posts(*texts: str) -> str:
    return "".join(
        f"<div class='post'><h3><a href='#'>Re: Rolls</a></h3><p class='author'>by <a href='/u'>ann</a></p>"
        f"<div class='content'>{text}</div><div class='signature'>Bread first.</div></div>"
        for text in texts
    )


def test_a_forum_keeps_replies_of_a_few_words() -> None:
    html = f"<h1>Rolls</h1>{posts(PROSE[0], PROSE[1], 'A lamp did it.', 'Glad to hear!')}"
    got = extract(html, url="https://loaf.example/viewtopic.php?t=12").text.split("\n")
    assert got[0] == PROSE[0]
    assert got[-3:] == [PROSE[1], "A lamp did it.", "Glad to hear!"]


def test_posts_marked_as_comments_are_the_content_of_a_forum() -> None:
    posts = "".join(f"<div class='comment'>{BODY}</div>" for _ in range(3))
    html = f"<h1>How long for rolls?</h1><p>{PROSE[0]} {PROSE[1]}</p>{posts}"
    assert PROSE[2] in extract(html, url="https://loaf.example/forum/thread/12").text
    assert PROSE[2] not in extract(html + BODY.replace(PROSE[2], "x"), url="https://loaf.example/rolls").text


# jusText


def test_justext_is_stock_justext() -> None:
    html = f"<html lang='en'><body><h1>Rolls at dawn</h1>{BODY}<p>Short.</p><ul><li><a href='/'>Home</a></li></ul>"
    paragraphs = justext.justext(html.encode(), justext.get_stoplist("English"), encoding="utf-8")
    assert extract(html, extractor="justext").text == "\n".join(p.text for p in paragraphs if not p.is_boilerplate)


def test_unknown_extractor() -> None:
    with pytest.raises(OptionError, match="justext"):
        extract("<p>x</p>", extractor="readability")
