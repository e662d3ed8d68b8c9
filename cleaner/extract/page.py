"""Read the article out of an HTML page: its text, a paragraph a line, and what the page says of itself.

The way of a page: `parse` gives a well-formed head and body, `walk` tables of block elements and paragraphs; marks say
which elements are boilerplate, and the content root is found among the rest; in it the article's paragraphs are chosen;
metadata are read last, because bylines stand near the first of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from cleaner.article import ASIDE, LeftOut, Page
from cleaner.errors import OptionError
from cleaner.extract.blocks import Blocks, walk, without_anchors
from cleaner.extract.bylines import load_data
from cleaner.extract.content_root import ContentRoot, find_content_root
from cleaner.extract.left_out import counted, is_prose_paragraph, left_out_of, replaced
from cleaner.extract.metadata import Metadata, read_metadata
from cleaner.extract.page_facts import PageFacts, og_type, page_facts
from cleaner.extract.page_state import body_in_state
from cleaner.extract.paragraphs import choose_paragraphs
from cleaner.extract.parse import Parsed, parse, tame
from cleaner.extract.table_rows import as_lines

__all__ = ["Page", "Reading", "extract", "read_page"]

_UNSHOWN = re.compile(r"<(?:noscript|noframes|template|nav|footer)\b", re.I)  # what the first reading leaves out
_FRAMES = re.compile(rb"</?(?:noframes|frameset|frame)\b[^>]*>", re.I)
_LITTLE = 250  # text weight, or characters, under which a page may hold its text for scripts only
_TWICE = 2  # another source of text is taken when it has more than twice as much

_FORUM_URL = re.compile(
    r"//(?:[^/]*\.)?(?:forums?|boards?|community|discuss|discourse)\.[^/]+/\S*\d|/(?:forums?|threads?|topics?|viewtopic|showthread)[/.?-]\S*\d"
    r"|/t/[^/]+/\d+|/r/\w+/comments/|/questions/\d+",
    re.I,
)
_FORUM_ENGINE = re.compile(
    r'name="(?i:generator)" content="(?i:discourse|phpbb|vbulletin|xenforo|mybb|invision|flarum|vanilla|nodebb)'
)
_FORUM_TYPES = frozenset(("discussionforumposting", "qapage"))
_PRODUCT_TYPES = frozenset(("product", "productgroup", "offer", "aggregateoffer"))
_LISTING_TYPES = frozenset(("collectionpage", "itemlist", "searchresultspage", "offercatalog"))
_SOME_PROSE = 600  # characters of text that make a page an article which nothing else is known of


def extract(
    html: str | bytes, *, url: str = "", encoding: str = "", extractor: str = "cleaner", everything: bool = True
) -> Page:
    """Return the article of one HTML page, with its metadata.

    `html` as bytes is decoded first, `encoding` being what was declared outside of it; the result is the same as for
    the decoded str. `url` is where the page was found: it resolves the canonical URL and may hold the date. `extractor`
    is "cleaner", or "justext" for the exact output of stock jusText, with the stop list of the page's language. Without
    `everything` the `left_out` of a page is its prose alone, which a run logs, and the rest is only counted. Any str
    gives a Page; a page without text gives one whose `text` is "". Raises OptionError for an unknown extractor.

    >>> extract("<title>Rain</title><p>It rained in Medan for three days without a break, the office said.").text
    'It rained in Medan for three days without a break, the office said.'
    """
    if isinstance(html, bytes):
        from cleaner.decode.decode import decode

        html = decode(html, declared=encoding, html=True).text
    if extractor not in ("cleaner", "justext"):
        raise OptionError(f"There is no extractor {extractor!r}; take cleaner or justext.")
    reading = read_page(html, url)
    # Metadata are read after the choice of paragraphs, because bylines and dates stand near the first of them.
    parsed, blocks = reading.parsed, reading.blocks
    chosen, is_listing = choose_paragraphs(blocks, reading.content, reading.facts)
    meta = read_metadata(parsed, blocks, url, chosen[0] if chosen else 0)
    taken = sum(len(blocks.texts[j]) for j in chosen)
    text = "\n".join(as_lines(blocks, chosen))
    left_out, counts = left_out_of(blocks, reading.content, chosen, text, parsed.navigation, everything=everything)
    page = Page(
        text=text,
        title=meta.title,
        author=meta.author,
        date=meta.date,
        date_text=meta.date_text,
        site=meta.site,
        url=meta.url,
        language=meta.language,
        page_kind=_page_kind(reading, meta, taken, is_listing),
        left_out=left_out,
        left_out_counts=counts,
    )
    if extractor == "justext":
        from cleaner.language.identify import quick_language

        text, left_out = _read_by_justext(html, meta.language or quick_language(page.text))
        return replace(page, text=text, left_out=left_out, left_out_counts=counted(left_out))
    body = meta.body
    if len(body) <= _LITTLE and len(page.text) < _SOME_PROSE:
        body = body_in_state(html, page.title, len(page.text))
    if _TWICE * len(page.text) < len(body) and len(body) > _LITTLE:
        # The page shows less than half of the body that its JSON-LD or its data give: scripts would show the rest.
        gone = replaced(blocks, chosen, body)
        left_out = (*(paragraph._replace(line=0) for paragraph in left_out), *gone)
        return replace(page, text=body, left_out=left_out, left_out_counts=(*counts, *counted(gone)))
    return page


class Reading(NamedTuple):
    """One reading of a page, with scripts or without: what its paragraphs are judged by."""

    parsed: Parsed
    blocks: Blocks
    content: ContentRoot
    facts: PageFacts


def read_page(html: str, url: str) -> Reading:
    """Return a page as a browser shows it; as one without scripts shows it where that has the text."""
    tamed = tame(html)
    reading = _read(tamed, url, unscripted=False)
    # A second reading costs as much as the first, so it is only for pages whose text seems to be elsewhere.
    if sum(reading.content.weights) < _LITTLE and _UNSHOWN.search(html):
        other = _read(_FRAMES.sub(b"", tamed), url, unscripted=True)
        if sum(other.content.weights) > _TWICE * sum(reading.content.weights) or not reading.blocks.texts:
            return other
    return reading


def _read(tamed: bytes, url: str, *, unscripted: bool) -> Reading:
    parsed = parse(tamed, unscripted=unscripted)
    blocks = without_anchors(walk(parsed.body, unscripted=unscripted))
    # The address, or the program that made the page, may say that it is a discussion.
    is_forum = bool(_FORUM_URL.search(url) or ("generator" in parsed.head and _FORUM_ENGINE.search(parsed.head)))
    return Reading(parsed, blocks, find_content_root(blocks, forum=is_forum), page_facts(parsed, is_forum))


def _page_kind(reading: Reading, meta: Metadata, taken: int, is_listing: bool) -> str:
    """Return the kind of a page of whose text `taken` characters were taken; see Page for the kinds.

    In doubt a page with prose is an article, because the other kinds may be dropped.
    """
    declared = og_type(reading.parsed)
    # What the page declares comes before what its text looks like.
    if reading.facts.is_forum or meta.types & _FORUM_TYPES:
        return "forum"
    if meta.is_article or declared == "article":
        return "article"
    if meta.types & _PRODUCT_TYPES or declared in ("product", "og:product", "product.item"):
        return "product"
    if is_listing or meta.types & _LISTING_TYPES:
        return "listing"
    return "article" if taken >= _SOME_PROSE else "other"


# the exact output of stock jusText, for users who need just that


@cache
def _stop_list(language: str) -> frozenset[str]:
    """Return jusText's stop list for a language code; empty for a language that jusText does not know."""
    import justext  # late, because few runs need it

    names = load_data("justext.toml")["stoplists"]
    return frozenset(justext.get_stoplist(names[language])) if language in names else frozenset()


def _read_by_justext(html: str, language: str) -> tuple[str, tuple[LeftOut, ...]]:
    """Return what jusText keeps of a page with its own settings, a paragraph a line, and what it leaves out.

    The stop list is that of `language`. For a language without one both limits of stop words are 0, as jusText's
    documentation advises, so that stop words do not count.
    """
    import justext
    from lxml.etree import LxmlError

    words = _stop_list(language)
    limits = {} if words else {"stopwords_low": 0.0, "stopwords_high": 0.0}
    try:
        # As bytes, because encoding them replaces the lone surrogates that lxml does not take.
        paragraphs = justext.justext(html.encode("utf-8", "replace"), words, encoding="utf-8", **limits)
    except (LxmlError, ValueError, RecursionError):  # an empty page, or one that lxml or jusText cannot take
        return "", ()
    lines, left_out = list[str](), list[LeftOut]()
    for found in paragraphs:
        if found.is_boilerplate:
            place = found.xpath if is_prose_paragraph(found.text, found.chars_count_in_links) else ""
            left_out.append(LeftOut(found.text, ASIDE, f"justext {found.cf_class}", place, len(lines)))
        else:
            lines.append(found.text)
    return "\n".join(lines), tuple(left_out)
