"""Say what a page declares in its head, before its article is known: its title, and what kind of page it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from cleaner.extract.parse import Parsed

__all__ = ["DECLARED", "PageFacts", "og_type", "page_facts"]

DECLARED = (
    "og article",
    "og product",
    "og website",
    "article",
    "product",
    "list",
    "json-ld",
    "language",
    "html5",
    "viewport",
)
"""What a page may say that it is: by its og:type, by the types of its JSON-LD, and of what time: with JSON-LD, with its
language, with the doctype of HTML 5, and with a size for screens of telephones."""

# The parser writes names of tags and attributes in small letters; a pattern without case there is three times as fast.
_OG_TYPE = re.compile(r'property="(?i:og:type)" content="([A-Za-z.:]+)"')
_VIEWPORT = re.compile(r'<meta [^>]*name="(?i:viewport)"')
# Two patterns, because one of both would have no letters to look for first: 31 us a page.
_TITLES = re.compile(r'property="(?i:og:title)" content="([^"]*)"'), re.compile(r"<title[^>]*>([^<]*)</title>")
_DESCRIPTION = re.compile(r'<meta [^>]*(?:name|property)="(?i:og:)?(?i:description)"[^>]*>')
_CONTENT = re.compile(r' content="([^"]*)"')
_TYPES = {
    name: re.compile(rf'"@type"\s*:\s*\[?\s*"(?i:{types})"')
    for name, types in (
        ("article", r"\w*Article|BlogPosting|LiveBlogPosting|\w*Report|Recipe|Review"),
        ("product", "Product|ProductGroup|Offer|AggregateOffer"),
        ("list", "CollectionPage|ItemList|SearchResultsPage|OfferCatalog"),
    )
}


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself: its titles, its descriptions, and for each of DECLARED whether it is that.

    `is_forum` says that its address, or the program that made it, is that of a forum.
    """

    title: str = ""
    descriptions: tuple[str, ...] = ()
    declared: tuple[bool, ...] = (False,) * len(DECLARED)
    is_forum: bool = False

    @property
    def is_article(self) -> bool:
        """Whether the page declares that it is one article."""
        return self.declared[DECLARED.index("og article")] or self.declared[DECLARED.index("article")]

    @property
    def has_viewport(self) -> bool:
        """Whether the page gives a size for telephones, as pages since about 2012 do."""
        return self.declared[DECLARED.index("viewport")]

    @property
    def is_old(self) -> bool:
        """Whether the page has neither the doctype of HTML 5 nor a size for telephones: of 2011 a tenth has one."""
        return not (self.has_viewport or self.declared[DECLARED.index("html5")])


def page_facts(parsed: Parsed, is_forum: bool) -> PageFacts:
    """Return what a parsed page says of itself."""
    found = sorted((one.start(), one[1]) for titles in _TITLES for one in titles.finditer(parsed.head))
    titles = [unescape(title) for _, title in found]
    named, ld = og_type(parsed), "\n".join(parsed.json_ld)
    of_open_graph = (named == "article", named in ("product", "og:product", "product.item"), named == "website")
    of_json_ld = (bool(types.search(ld)) for types in _TYPES.values())
    has_language, has_viewport = " lang=" in parsed.head.partition(">")[0], bool(_VIEWPORT.search(parsed.head))
    of_time = (bool(ld), has_language, parsed.is_html5, has_viewport)
    said = [_CONTENT.search(tag) for tag in _DESCRIPTION.findall(parsed.head)]
    descriptions = tuple(unescape(found[1]) for found in said if found)
    return PageFacts(" | ".join(titles), descriptions, (*of_open_graph, *of_json_ld, *of_time), is_forum)


def og_type(parsed: Parsed) -> str:
    """Return the type that a page has in Open Graph, in small letters; "" where it says none."""
    found = _OG_TYPE.search(parsed.head)
    return found[1].lower() if found else ""
