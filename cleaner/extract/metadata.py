"""Read what a page says of itself: title, author, date, site, canonical URL, language, the types of its JSON-LD.

JSON-LD comes first, then meta tags, then what stands around the headline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import orjson

from cleaner.extract.blocks import Blocks, single_spaces
from cleaner.extract.bylines import (
    Surroundings,
    begins_as_byline,
    clean_name,
    load_data,
    normalise_title,
    visible_author,
)
from cleaner.extract.page_dates import PageDate, PageDates, find_page_date
from cleaner.extract.parse import Parsed
from cleaner.extract.titles import best_title

__all__ = ["Metadata", "read_metadata"]

_META = re.compile(r"<meta ([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z:-]+)="([^"]*)"')
_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPH_ENDS = re.compile(
    r"<(?:br|hr|/?(?:p|div|h[1-6]|li|ul|ol|d[tdl]|t[rdh]|table|section|article|figure|figcaption|blockquote))\b[^<>]*>",
    re.I,
)
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>")
_CANONICAL = re.compile(r'<link (?=[^>]*rel="canonical")[^>]*href="([^"]*)"')
_LANGUAGE = re.compile(r'<html[^>]* (?:xml:)?lang="\s*([A-Za-z]{2,3})\b')
_LOCALE = re.compile(r'<html[^>]* (?:xml:)?lang="\s*([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?)\b')
_LONGEST_TITLE = 2000  # characters
_MOST_HEADLINES = 8  # <h1> elements that may be the headline
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi"}  # language codes that ISO 639 replaced in 1989

_MOST_NODES = 5000  # JSON values looked at, so that a page of megabytes of them takes no longer
_MOST_NAMES = 20  # authors
_CATALOGUE_WORDS = 4  # words of a name whose parts may be turned round
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_ARTICLE_KEYS = ("headline", "datePublished", "author", "articleBody")


Node = dict[str, Any]
"""One object of a page's JSON-LD."""


class Metadata(NamedTuple):
    """What a page says of itself; "" where it says nothing."""

    title: str
    author: str
    date: str  # ISO 8601; "" where it is not sure
    date_text: str  # the words in which the page gives the date
    site: str
    url: str
    language: str
    types: frozenset[str]  # of all JSON-LD nodes, in lower case
    is_article: bool  # whether its JSON-LD has a node of an article
    body: str  # the text of the article that this node holds, a paragraph a line


class _Sources(NamedTuple):
    """Where the metadata of one page are looked for."""

    page: Parsed
    blocks: Blocks
    meta_tags: dict[str, str]
    nodes: list[Node]
    node: Node  # of the article, else of the page, else empty

    def in_meta_tags(self, field: str) -> Iterator[str]:
        """Yield what the meta tags of `field` say, the most trusted first."""
        return (self.meta_tags[name] for name in _names("meta", field) if name in self.meta_tags)


def read_metadata(page: Parsed, blocks: Blocks, url: str, start: int) -> Metadata:
    """Return the metadata of a parsed page that was found at `url`, whose text begins with paragraph `start`."""
    nodes = _json_ld_nodes(page.json_ld)
    article = _first_node(nodes, _names("jsonld", "article"))
    node = article or _first_node(nodes, _names("jsonld", "page"))
    sources = _Sources(page, blocks, _read_meta_tags(page.head), nodes, node)
    link = _canonical_url(sources, url)
    try:
        host = (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:  # such as an unclosed [ in the place of the host
        host = ""
    site = next(sources.in_meta_tags("site"), "") or next(iter(_names_in(node.get("publisher"), nodes)), "") or host
    lang = _LANGUAGE.search(page.head)
    language = (lang[1] if lang else next(sources.in_meta_tags("language"), "")[:2]).lower()
    body = article.get("articleBody")
    paragraphs = _PARAGRAPH_ENDS.sub("\n", unescape(body)).splitlines() if isinstance(body, str) else []
    title = _find_title(sources, site, host)
    around = Surroundings(page, blocks, start, title)
    date = _find_date(sources, link, around)
    body_lines = (" ".join(_TAG.sub("", line).split()) for line in paragraphs)
    return Metadata(
        title=title,
        author=_find_author(sources, site, around),
        date=date.date,
        date_text=date.text,
        site=site,
        url=link,
        language=_OLD_CODES.get(language, language) if language.isascii() and language.isalpha() else "",
        types=frozenset(kind for node in nodes for kind in _types_of(node)),
        is_article=bool(article),
        body="\n".join(line for line in body_lines if line),
    )


@cache
def _names(section: str, field: str) -> tuple[str, ...]:
    """Return the names of meta tags, or types of nodes, that data/metadata.toml lists for a field, the best first."""
    return tuple(load_data("metadata.toml")[section][field].split())


def _read_meta_tags(head: str) -> dict[str, str]:
    """Return the content of the meta tags by lower-case name; of several with one name the first counts, but authors
    are joined."""
    found: dict[str, list[str]] = {}
    for attrs in _META.findall(head):
        pairs = dict(_ATTRIBUTE.findall(attrs))
        name = pairs.get("property") or pairs.get("name") or pairs.get("itemprop") or pairs.get("http-equiv")
        if name and pairs.get("content"):
            # twice, because the serialised attribute is escaped and many pages escape what they put there once more
            found.setdefault(name.lower(), []).append(_one_line(unescape(pairs["content"])))
    tags = {name: values[0] for name, values in found.items()}
    for name in _names("meta", "authors"):
        people: dict[str, None] = {}
        for said in found.get(name, [])[:_MOST_NAMES]:
            last, comma, first = said.partition(", ")  # a catalogue has "Sitompul, Rina"
            turned = comma and "," not in first and len(said.split()) <= _CATALOGUE_WORDS
            people[f"{first} {last}" if turned else said] = None
        if name in tags:
            tags[name] = "; ".join(people)
    # twitter:data1 is the author only where its label says so; else it is a price or the time that reading takes
    for number in "12":
        if begins_as_byline(tags.get(f"twitter:label{number}", "")) and f"twitter:data{number}" in tags:
            tags.setdefault("twitter:author", tags[f"twitter:data{number}"])
    return tags


def _canonical_url(sources: _Sources, url: str) -> str:
    """Return the address that the page gives itself, made absolute by `url`; else `url`."""
    canonical = _CANONICAL.search(sources.page.head)
    given = _one_line(canonical[1]) if canonical else next(sources.in_meta_tags("url"), "")
    try:
        link = urljoin(url, given)
        urlsplit(link)
    except ValueError:
        return url
    return link if link.startswith(("http://", "https://")) else url


def _find_author(sources: _Sources, site: str, around: Surroundings) -> str:
    """Return the authors, from JSON-LD, meta tags or the byline; the site's own name counts only for want of others."""
    own, node = normalise_title(site), sources.node
    sections = {*map(normalise_title, _names_in(node.get("articleSection"), ()))}  # which some templates give as author
    named = _names_in(node.get("author") or node.get("creator"), sources.nodes)
    people = [name for name in map(clean_name, named) if name and normalise_title(name) not in sections]
    others = [name for name in people if normalise_title(name) != own]
    if others:
        return "; ".join(dict.fromkeys(others))
    for value in sources.in_meta_tags("author"):
        name = "; ".join(filter(None, map(clean_name, value.split(";"))))
        if name and normalise_title(name) != own:
            return name
        people += [name] if name else []
    return visible_author(around) or (people[0] if people else "")


def _find_date(sources: _Sources, link: str, around: Surroundings) -> PageDate:
    """Return the date of publication, from JSON-LD, meta tags, the visible page or the URL; else that of a change."""

    def said(keys: Sequence[str], field: str) -> list[str]:
        return [
            one for one in (*(_one_line(sources.node.get(key)) for key in keys), *sources.in_meta_tags(field)) if one
        ]

    locale = _LOCALE.search(sources.page.head)
    told = [locale[1] if locale else "", *sources.in_meta_tags("language")]
    # "en" alone leaves the order of day and month open, so that a region is asked for first
    region = next((tag for tag in told if len(tag) > 3), next((tag for tag in told if tag), ""))
    published, changed = said(("datePublished", "dateCreated"), "date"), said(("dateModified",), "changed")
    return find_page_date(PageDates(around, published, changed, region), link)


# JSON-LD


def _one_line(value: object) -> str:
    """Return a JSON value as one line of text; "" for what is not a string."""
    return single_spaces(unescape(value)) if isinstance(value, str) else ""


def _load_script(script: str) -> object:
    """Return the value of a JSON-LD script, also of one with the usual faults; None where it cannot be read."""
    try:
        return orjson.loads(script)
    except ValueError:
        pass
    script = script.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    for text in (script, _TRAILING_COMMA.sub(r"\1", script)):
        try:
            return json.loads(text, strict=False)  # strict would refuse line breaks in strings, which are common
        except (ValueError, RecursionError):
            continue
    return None


def _json_ld_nodes(scripts: Sequence[str]) -> list[Node]:
    """Return every object in the scripts, outer ones first."""
    queue: list[object] = [_load_script(script) for script in scripts]
    found: list[Node] = []
    for value in queue:  # grows while it is read
        if isinstance(value, dict):
            found.append(value)
        if isinstance(value, (dict, list)) and len(queue) < _MOST_NODES:
            queue += value.values() if isinstance(value, dict) else value
    return found


def _types_of(node: Node) -> Iterator[str]:
    """Yield the types of a node in lower case, without the vocabulary's address."""
    types = node.get("@type")
    for name in types if isinstance(types, list) else [types]:
        if isinstance(name, str):
            yield name.rsplit("/", 1)[-1].lower()


def _first_node(nodes: Sequence[Node], wanted: Sequence[str]) -> Node:
    """Return the first node of one of the wanted types that says anything about an article, else an empty one."""
    for node in nodes:
        if any(kind in wanted for kind in _types_of(node)) and any(key in node for key in _ARTICLE_KEYS):
            return node
    return {}


def _names_in(value: object, nodes: Sequence[Node]) -> list[str]:
    """Return names of people or organisations, given as text, as nodes, or by the @id of a node elsewhere."""
    result = []
    for one in value[:_MOST_NAMES] if isinstance(value, list) else [value]:
        if isinstance(one, dict) and "name" not in one and "@id" in one:
            one = next((node for node in nodes if node.get("@id") == one["@id"] and "name" in node), {})
        name = one.get("name") if isinstance(one, dict) else one
        result += [_one_line(n) for n in (name if isinstance(name, list) else [name])[:_MOST_NAMES]]
    return [name for name in result if name]


# title


def _find_title(sources: _Sources, site: str, host: str) -> str:
    """Return the headline of the page: one of its <h1>, or what JSON-LD, meta tags or <title> give."""
    titled = _TITLE.search(sources.page.head)
    whole = _one_line(unescape(titled[1][:_LONGEST_TITLE])) if titled else ""
    given = [_one_line(sources.node.get("headline")), *sources.in_meta_tags("title"), whole]
    heads = list(_headings(sources.blocks, ("h1",)))
    return best_title(
        [heading for heading, _ in heads],
        [title[:_LONGEST_TITLE] for title in given if title],
        site,
        host,
        lesser=(heading for heading, _ in _headings(sources.blocks, ("h2", "h3"))),
        logos=[heading for heading, is_link in heads if is_link],
    )


def _headings(blocks: Blocks, tags: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield the first headings of a page that have one of `tags`, and whether each is one link."""
    for i in blocks.elements(*tags)[:_MOST_HEADLINES]:
        held = slice(blocks.first[i], blocks.last[i])
        if heading := " ".join(blocks.texts[held]):
            yield heading[:_LONGEST_TITLE], sum(blocks.link_chars[held]) >= sum(map(len, blocks.texts[held]))
