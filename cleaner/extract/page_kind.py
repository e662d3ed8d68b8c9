"""What kind of page it is: article, listing, forum, product or other.

In doubt a page with prose is an article, because the other kinds may be dropped.
"""

from __future__ import annotations

import re

from cleaner.extract.metadata import Metadata
from cleaner.extract.parse import Parsed

__all__ = ["is_forum", "page_kind"]

_FORUM_URL = re.compile(
    r"//(?:[^/]*\.)?(?:forums?|boards?|community|discuss|discourse)\.[^/]+/\S*\d|/(?:forums?|threads?|topics?|viewtopic|showthread)[/.?-]\S*\d"
    r"|/t/[^/]+/\d+|/r/\w+/comments/|/questions/\d+",
    re.I,
)
_FORUM_ENGINE = re.compile(
    r'name="generator" content="(?:discourse|phpbb|vbulletin|xenforo|mybb|invision|flarum|vanilla|nodebb)', re.I
)
_FORUM_TYPES = frozenset(("discussionforumposting", "qapage"))
_PRODUCT_TYPES = frozenset(("product", "productgroup", "offer", "aggregateoffer"))
_LISTING_TYPES = frozenset(("collectionpage", "itemlist", "searchresultspage", "offercatalog"))
_OG_TYPE = re.compile(r'property="og:type" content="([a-z.:]+)"', re.I)
_SOME_PROSE = 600


def is_forum(head: str, url: str) -> bool:
    """Whether the address or the program that made the page says that it is a discussion."""
    return bool(_FORUM_URL.search(url) or ("generator" in head and _FORUM_ENGINE.search(head)))


def page_kind(page: Parsed, meta: Metadata, taken: int, listing: bool, url: str) -> str:
    """The kind of a page, of whose text `taken` characters were taken; `listing` when it has more links than prose."""
    found = _OG_TYPE.search(page.head) if "og:type" in page.head else None
    declared = found[1].lower() if found else ""
    if is_forum(page.head, url) or meta.types & _FORUM_TYPES:
        return "forum"
    if meta.is_article or declared == "article":
        return "article"
    if meta.types & _PRODUCT_TYPES or declared in ("product", "og:product", "product.item"):
        return "product"
    if listing or meta.types & _LISTING_TYPES:
        return "listing"
    return "article" if taken >= _SOME_PROSE else "other"
