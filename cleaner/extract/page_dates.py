"""Find the day on which a page was published: in its machine-readable stamps, near its headline, in its address.

A date that belongs to something else is not the page's: one in prose, in a box of other articles or in a comment. That
of a change counts only where the page names no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from cleaner.dates import date_order, find_date, numeric_order, read_date, says_changed, says_other, says_published
from cleaner.extract.bylines import (
    YEAR,
    Surroundings,
    begins_as_byline,
    is_elsewhere,
    marked_nodes,
    stands_elsewhere,
)

__all__ = ["PageDate", "PageDates", "find_page_date", "url_date"]

_MOST_LINES = 200  # short lines and stamps in which other dates of the page are looked for
_FIRST_YEAR = "1990"  # of pages on the web; what stands near a headline with an earlier year is history
_FEW_WORDS = 3  # beside a date; with more words a line needs a label or a separator to be no text
_MOST_WORDS = 14
_SEPARATOR = re.compile(r"[|•·●⋅/:：｜]|\s[–—-]\s")
_SENTENCE_END = re.compile(r"[.!?…。]\W*$")
_WORD = re.compile(r"[^\W\d_]+")
# The footer of an article, with its byline: Drupal sets one right under the headline. That of a site has other names.
_OF_ARTICLE = re.compile(
    r'<footer [^>]*class="(?:[^"]*\s)?(?:article|author|byline|entry|meta|node|post|story|submitted)[_"\s-]'
)
_DATETIME, _TAGS = re.compile(r'<time [^>]*datetime="([^"]*)"'), re.compile(r"<[^>]*>")
_LONGEST_FOOTER = 20_000  # characters
_LABEL_REACH = 40  # characters before a date in which its label stands
_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?|[a-z]{3,9})[/-](\d\d?)(?=[/+-]|$)|/((?:19|20)\d\d)(\d\d)(\d\d)(?=/)")


class PageDate(NamedTuple):
    """A date in ISO 8601, or "" where it is not sure, and the words in which the page gives it."""

    date: str
    text: str


class PageDates(NamedTuple):
    """Where the date of a page is looked for: its stamps of publication and of changes, and its visible text."""

    around: Surroundings
    published: Sequence[str]
    changed: Sequence[str]
    locale: str  # language or locale of the page, as it says


_Reading = tuple[PageDate, tuple[str, ...]]
"""A date, and the days that its numbers may mean where the order of day and month is open."""


class _Shown(NamedTuple):
    """The dates that a reader sees, best first."""

    above: list[_Reading]  # at the headline or right above the text; they are among `near`
    near: list[_Reading]  # in the lines around the headline
    marked: list[_Reading]  # in elements that are marked as dates
    changed: list[_Reading]

    def add(self, place: list[_Reading], text: str, label: str, language: str, order: str, *, whole: bool) -> None:
        """Put down the dates of `text`; with `whole` it is marked as a date, so that no words tell it from prose."""
        at = 0
        # to look for a year first saves the search behind the last date
        while YEAR.search(text, at) and (found := find_date(text[at:], language=language, order=order)):
            start, end = at + found.start, at + found.end
            said = text[max(at, start - _LABEL_REACH) : start].strip() or label
            recent = max(found.date, *found.readings, "") >= _FIRST_YEAR
            if recent and not says_other(said) and (whole or _is_no_prose(text, start, end)):
                one = PageDate(found.date, text[start:end].strip()), found.readings
                (self.changed if says_changed(said) else place).append(one)
            at = end


def find_page_date(sources: PageDates, url: str) -> PageDate:
    """Return the date of publication: of JSON-LD and meta tags, the visible page, or `url`; else that of a change."""
    order = date_order(sources.locale)
    stamps = [_read(text, sources, order) for text in sources.published]
    stamp = next((one for one, _ in stamps if one.date), None)
    if stamp:
        # A page that was moved or edited may stamp that day as the one of its publication; what it shows is older then.
        above = _dates_around(sources, order, only_above=True).above
        return above[0][0] if above and "" < above[0][0].date[:10] < stamp.date[:10] else stamp
    order = order or numeric_order("\n".join(sources.around.dated_lines))
    found, sure = list[PageDate](), None
    for one, readings in _dates_of(sources, url, order):
        found.append(one)
        # another date of the page says more of the order of day and month than its language
        if len(readings) > 1:
            sure = _sure_days(sources, url) if sure is None else sure
            agree = sure.intersection(readings)
            if len(agree) == 1:
                return PageDate(agree.pop() + one.date[10:], one.text)
        if one.date:
            return one
    return next((one for one in found if one.text), PageDate("", ""))


def _dates_of(sources: PageDates, url: str, order: str) -> Iterator[_Reading]:
    """Yield the dates of a page, best first; they are looked for as they are asked for."""
    yield from [_read(text, sources, order) for text in sources.published]
    shown = _dates_around(sources, order)
    yield from shown.near
    _add_marked(shown, sources, order)
    yield from shown.marked
    yield url_date(url), ()
    _add_footers(shown, sources, order)
    yield from shown.marked
    yield from shown.changed
    yield from [_read(text, sources, order) for text in sources.changed]


def _read(text: str, sources: PageDates, order: str) -> _Reading:
    """Read one stamp of a page."""
    found = find_date(text, language=sources.locale[:2], order=order)
    date = read_date(text, language=sources.locale[:2], order=order)
    return PageDate(date, text), found.readings if found else ()


def _sure_days(sources: PageDates, url: str) -> set[str]:
    """Return the days that the page gives anywhere in a wording that can be read in one way only."""
    stamps = (node.attributes.get("datetime") or "" for node in sources.around.page.tree.css("time[datetime]"))
    lines = sources.around.dated_lines[:_MOST_LINES]
    texts = [*sources.published, *sources.changed, *lines, *islice(stamps, _MOST_LINES)]
    found = [one for text in texts if (one := find_date(text, language=sources.locale[:2]))]
    return {url_date(url).date, *(one.date[:10] for one in found if len(one.readings) < 2)} - {""}


def url_date(url: str) -> PageDate:
    """Return the day that stands in the path of `url`; "" if there is none, or a month alone.

    >>> url_date("https://example.org/2025/03/09/hujan-di-medan")
    PageDate(date='2025-03-09', text='2025/03/09')
    """
    found = _IN_URL.search(url)
    if not found:
        return PageDate("", "")
    year, month, day = (part for part in found.groups() if part)
    text = f"{year}-{month}-{day}" if month.isdecimal() else f"{day} {month} {year}"
    return PageDate(read_date(text), found[0].strip("/"))


# the visible page


def _dates_around(sources: PageDates, order: str, *, only_above: bool = False) -> _Shown:
    """Find the dates in the lines around the headline; with `only_above` those right above the text alone."""
    around, shown = sources.around, _Shown([], [], [], [])
    blocks, headline = around.blocks, around.headline
    for j in around.near:
        line, is_above = blocks.texts[j], headline - 2 <= j <= max(headline + 6, around.start)
        if (is_above or not only_above) and YEAR.search(line) and _may_hold_date(around, j):
            before = blocks.texts[j - 1] if j and len(blocks.texts[j - 1]) < _LABEL_REACH else ""
            known = len(shown.near)
            shown.add(shown.near, line, before, sources.locale[:2], order, whole=False)
            if len(shown.near) == known and "\n" in line:  # headline, byline and date may be lines of one paragraph
                for one in line.split("\n"):
                    shown.add(shown.near, one, "", sources.locale[:2], order, whole=False)
            if is_above:
                shown.above.extend(shown.near[known:])
    return shown


def _add_marked(shown: _Shown, sources: PageDates, order: str) -> None:
    """Add the dates in marked elements, or else in lines that say "Posted on"."""
    language = sources.locale[:2]
    for field in ("published", "time", "date"):
        for node in marked_nodes(sources.around, field):
            if not is_elsewhere(sources.around, node):
                given = node.attributes.get("datetime") or node.attributes.get("content") or ""
                if not find_date(given):  # what it gives to programs comes before what it shows
                    given = " ".join(node.text(separator=" ").split())[:200]
                shown.add(shown.marked, given, _label_of(node), language, order, whole=field != "date")
    if not shown.near and not shown.marked:  # some blogs say below the text when it was posted
        for line in sources.around.dated_lines:
            if says_published(line[:_LABEL_REACH]):
                shown.add(shown.marked, line, "", language, order, whole=False)


def _add_footers(shown: _Shown, sources: PageDates, order: str) -> None:
    """Put the dates in footers of the article in the place of those in marked elements, which were none."""
    shown.marked.clear()
    for element in sources.around.page.navigation:
        if element.tag == "footer" and len(element.html) < _LONGEST_FOOTER and _OF_ARTICLE.match(element.html):
            given = _DATETIME.search(element.html)
            text = given[1] if given else " ".join(_TAGS.sub(" ", element.html).split())[:200]
            shown.add(shown.marked, text, "", sources.locale[:2], order, whole=bool(given))


def _may_hold_date(around: Surroundings, j: int) -> bool:
    """Whether a date in paragraph j may be the article's: a heading or a link with more than a date is of another."""
    blocks, line = around.blocks, around.blocks.texts[j]
    is_link = blocks.link_chars[j] >= len(line) and not begins_as_byline(line) and not says_published(line)
    is_heading = blocks.tags[blocks.homes[j]] in ("h1", "h2", "h3")
    bare = len(_WORD.findall(line)) <= 2 or not (is_link or is_heading)
    return bare and not stands_elsewhere(around, j)


def _label_of(node: LexborNode) -> str:
    """Return what stands before an element in its parent, or "updated" where the element is marked so itself."""
    names = f"{node.attributes.get('itemprop') or ''} {node.attributes.get('class') or ''}".lower()
    # WordPress gives the one date of an article the classes "published updated"
    if ("modif" in names or "updated" in names) and "publish" not in names:
        return "updated"
    around = node.parent.text(separator=" ") if node.parent else ""
    return around[: around.find(node.text(separator=" ")[:20])][-_LABEL_REACH:]


def _is_no_prose(line: str, start: int, end: int) -> bool:
    """Whether the date `line[start:end]` has only labels, names and the like beside it: the line is no text.

    >>> line = "The first library burnt to the ground on 6 August 1997, in a night."
    >>> _is_no_prose(line, 41, 54), _is_no_prose("Medan, 9/3/2025", 7, 15)
    (False, True)
    """
    rest = f"{line[:start]} {line[end:]}"
    words = len(_WORD.findall(rest))
    if words <= _FEW_WORDS:
        return True
    # "Monday, 9 March 2025 by Rina Sitompul": the name may stand behind the date as well
    has_name = begins_as_byline(rest.strip()) or begins_as_byline(line[end:].lstrip(" ,|·•-–—"))
    told = has_name or _SEPARATOR.search(rest) or says_published(rest) or says_changed(rest)
    return words <= _MOST_WORDS and bool(told) and not _SENTENCE_END.search(line)
