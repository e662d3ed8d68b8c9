"""The article in an HTML page: its text, a paragraph a line, and what the page says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from cleaner.errors import OptionError
from cleaner.extract.blocks import Blocks, walk
from cleaner.extract.classify import choose, lines
from cleaner.extract.content_root import ContentRoot, find_content_root
from cleaner.extract.metadata import Metadata, metadata
from cleaner.extract.page_kind import is_forum, page_kind
from cleaner.extract.parse import Parsed, parse, tamed

__all__ = ["Page", "extract"]

_UNSHOWN = re.compile(r"<(?:noscript|template|nav|footer)\b", re.I)  # what the first reading leaves out
_LITTLE = 250  # good text, in Latin characters, under which a page is suspected to show its text only to scripts


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds. `text` has one paragraph a line; `left_out` counts the visible characters not taken.

    `page_kind` is article, listing, forum, product or other. What the page does not say is "".
    """

    text: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    site: str = ""
    url: str = ""
    language: str = ""
    page_kind: str = "other"
    left_out: int = 0


class _Read(NamedTuple):
    parsed: Parsed
    blocks: Blocks
    place: ContentRoot


def extract(html: str | bytes, *, url: str = "", encoding: str = "", extractor: str = "cleaner") -> Page:
    """The article of one HTML page, with its metadata.

    `html` as bytes is decoded first, `encoding` being what was declared outside of it; the result is the same as for
    the decoded str. `url` is where the page was found: it resolves the canonical URL and may hold the date. `extractor`
    is "cleaner", or "justext" for the exact output of stock jusText, with the stop list of the page's language. Any str
    gives a Page; a page without text gives one whose `text` is "". Raises OptionError for an unknown extractor.

    >>> extract("<title>Rain</title><p>It rained in Medan for three days without a break, the office said.").text
    'It rained in Medan for three days without a break, the office said.'
    """
    if isinstance(html, bytes):
        from cleaner.decode.decode import decode

        html = decode(html, declared=encoding, html=True).text
    if extractor not in ("cleaner", "justext"):
        raise OptionError(f"There is no extractor {extractor!r}; take cleaner or justext.")
    read = _read(html, url)
    parsed, blocks, place = read
    chosen, listing = choose(blocks, place)
    meta = metadata(parsed, blocks, url, chosen[0] if chosen else 0)
    rows = lines(blocks, chosen)
    taken = sum(len(blocks.texts[j]) for j in chosen)
    page = Page(
        "\n".join(rows), meta.title, meta.author, meta.date, meta.site, meta.url, meta.language,
        page_kind(parsed, meta, taken, listing, url), sum(map(len, blocks.texts)) + parsed.fixtures - taken,
    )  # fmt: skip
    if extractor == "justext":
        from cleaner.extract.justext import justext_text
        from cleaner.language.identify import quick_language

        return replace(page, text=justext_text(html, meta.language or quick_language(page.text)))
    return _with_given_body(page, meta)


def _read(html: str, url: str) -> _Read:
    """Parse and walk; a page with next to nothing is read once more as without scripts, which may show more."""
    data = tamed(html)
    read = _read_once(data, url, whole=False)
    if read.place.good < _LITTLE and _UNSHOWN.search(html):
        other = _read_once(data, url, whole=True)
        if other.place.good > 2 * read.place.good or not read.blocks.texts:
            return other
    return read


def _read_once(html: bytes, url: str, *, whole: bool) -> _Read:
    parsed = parse(html, whole=whole)
    blocks = walk(parsed.body, whole=whole)
    return _Read(parsed, blocks, find_content_root(blocks, forum=is_forum(parsed.head, url)))


def _with_given_body(page: Page, meta: Metadata) -> Page:
    """The body that the page gives in its JSON-LD, when it shows less than half of it."""
    if 2 * len(page.text) < len(meta.body) and len(meta.body) > _LITTLE:
        return replace(page, text=meta.body, left_out=page.left_out + len(page.text))
    return page
