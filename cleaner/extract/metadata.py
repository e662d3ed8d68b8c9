"""What a page says of itself: title, author, date, site, canonical URL, language.

JSON-LD comes first, then meta tags, then what stands around the headline.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from cleaner.extract.blocks import Blocks
from cleaner.extract.byline import person, visible_author, visible_date
from cleaner.extract.dates import iso_date, url_date, written_date
from cleaner.extract.jsonld import Node, article_node, names, nodes, plain, types
from cleaner.extract.parse import Parsed
from cleaner.extract.title import best_title, normalise_title

__all__ = ["Metadata", "metadata"]

_META = re.compile(r"<meta ([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z:-]+)="([^"]*)"')
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>")
_CANONICAL = re.compile(r'<link (?=[^>]*rel="canonical")[^>]*href="([^"]*)"')
_LANGUAGE = re.compile(r'<html[^>]* (?:xml:)?lang="\s*([A-Za-z]{2,3})\b')
_AMERICAN = re.compile(r'lang="en-US"|content="en_US"', re.I)
_LONGEST_TITLE = 2000
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi"}


class Metadata(NamedTuple):
    """What a page says of itself; "" where it says nothing.

    `types` are its JSON-LD types, `body` the text of the article where it gives it there.
    """

    title: str
    author: str
    date: str
    site: str
    url: str
    language: str
    types: frozenset[str]
    is_article: bool
    body: str


class _Said(NamedTuple):
    """The sources of metadata on one page."""

    page: Parsed
    blocks: Blocks
    start: int  # the first paragraph of the text
    metas: dict[str, str]
    nodes: list[Node]
    article: Node

    def meta(self, key: str) -> Iterator[str]:
        return (self.metas[name] for name in _names("meta", key) if name in self.metas)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("cleaner.extract") / "data" / "metadata.toml").read_text("utf-8"))


@cache
def _names(section: str, key: str) -> tuple[str, ...]:
    return tuple(_tables()[section][key].split())


@cache
def _wanted() -> frozenset[str]:
    return frozenset(name for names in _tables()["meta"].values() for name in names.split())


def _metas(head: str) -> dict[str, str]:
    """Content of the meta tags by lower-case name; the first of one name counts."""
    found: dict[str, str] = {}
    for attrs in _META.findall(head):
        pairs = dict(_ATTRIBUTE.findall(attrs))
        name = pairs.get("property") or pairs.get("name") or pairs.get("itemprop") or pairs.get("http-equiv")
        if name and name.lower() in _wanted() and pairs.get("content"):
            # twice, because the serialised attribute is escaped and many pages escape what they put there once more
            found.setdefault(name.lower(), plain(unescape(pairs["content"])))
    return found


def metadata(page: Parsed, blocks: Blocks, url: str, start: int) -> Metadata:
    """Metadata of a parsed page found at `url`, whose text begins with paragraph `start`."""
    found = nodes(page.json)
    article = article_node(found, _names("jsonld", "article"))
    said = _Said(
        page, blocks, start, _metas(page.head), found, article or article_node(found, _names("jsonld", "page"))
    )
    link = _link(said, url)
    host = _host(link)
    site = next(said.meta("site"), "") or next(iter(names(said.article.get("publisher"), found)), "") or host
    return Metadata(
        title=_title(said, site, host),
        author=_author(said, site),
        date=_date(said, link),
        site=site,
        url=link,
        language=_language(said),
        types=frozenset(kind for node in found for kind in types(node)),
        is_article=bool(article),
        body=_paragraphs(article.get("articleBody")),
    )


def _paragraphs(body: object) -> str:
    if not isinstance(body, str):
        return ""
    lines = (" ".join(re.sub(r"<[^<>]*>", " ", unescape(line)).split()) for line in body.splitlines())
    return "\n".join(line for line in lines if line)


def _link(said: _Said, url: str) -> str:
    canonical = _CANONICAL.search(said.page.head) if "canonical" in said.page.head else None
    given = plain(canonical[1]) if canonical else next(said.meta("url"), "")
    try:
        link = urljoin(url, given)
        urlsplit(link)
    except ValueError:
        return url
    return link if link.startswith(("http://", "https://")) else url


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _title(said: _Said, site: str, host: str) -> str:
    found = _TITLE.search(said.page.head)
    whole = plain(unescape(found[1][:_LONGEST_TITLE])) if found else ""
    given = [plain(said.article.get("headline")), *said.meta("title"), whole]
    blocks = said.blocks
    headings = [i for i, tag in enumerate(blocks.tags) if tag == "h1"] if "h1" in blocks.tags else []
    heads = [" ".join(blocks.texts[blocks.first[i] : blocks.last[i]]) for i in headings[:8]]
    return best_title(
        [head[:_LONGEST_TITLE] for head in heads if head],
        [title[:_LONGEST_TITLE] for title in given if title],
        site,
        host,
    )


def _author(said: _Said, site: str) -> str:
    """JSON-LD, meta tags, byline; a name that is the site's own counts only when there is no other."""
    own = normalise_title(site)
    found = names(said.article.get("author") or said.article.get("creator"), said.nodes)
    people = [name for name in map(person, found) if name]
    others = [name for name in people if normalise_title(name) != own]
    if others:
        return "; ".join(dict.fromkeys(others))
    for value in said.meta("author"):
        name = person(value)
        if name and normalise_title(name) != own:
            return name
    return visible_author(said.page, said.blocks, said.start) or (people[0] if people else "")


def _spoken_date(said: _Said, value: str) -> str:
    return iso_date(value) or written_date(value, month_first=_is_american(said)) if value else ""


def _is_american(said: _Said) -> bool:
    return bool(_AMERICAN.search(said.page.head))


def _date(said: _Said, link: str) -> str:
    published = [plain(said.article.get(key)) for key in ("datePublished", "dateCreated")]
    for value in (*published, *said.meta("date")):
        if date := _spoken_date(said, value):
            return date
    date = visible_date(said.page, said.blocks, said.start, month_first=_is_american(said)) or url_date(link)
    if date:
        return date
    for value in (plain(said.article.get("dateModified")), *said.meta("changed")):
        if date := _spoken_date(said, value):
            return date
    return ""


def _language(said: _Said) -> str:
    found = _LANGUAGE.search(said.page.head)
    code = (found[1] if found else next(said.meta("language"), "")[:2]).lower()
    return _OLD_CODES.get(code, code) if code.isascii() and code.isalpha() else ""
