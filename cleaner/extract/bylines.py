"""Find author and date as a reader finds them: in marked elements, and in the short lines around the headline.

Dates become ISO 8601: machine-readable ones as they are given, written ones by the month names of 35 languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from selectolax.lexbor import LexborNode

from cleaner.extract.blocks import Blocks
from cleaner.extract.parse import Parsed

__all__ = ["clean_name", "iso_date", "load_data", "url_date", "visible_author", "visible_date", "written_date"]

_BEFORE, _BEHIND = 12, 12  # paragraphs around headline and start of text in which author and date may stand
_SHORT_LINE = 160  # characters; a longer line near the headline is text
_LONGEST_NAME, _MOST_WORDS = 60, 6  # characters and words of a name
_NODES = 3  # elements looked at for each selector; the article's byline stands before those of other articles
_NO_NAME = re.compile(r"://|@|^www\.|^/|\d{3}|[?!…]")
# What ends a name in a byline: a separator, a number, or words about the date.
_NAME_END = re.compile(
    r"\s*(?:[|•·–—»/\n]|\s-\s|\d|\b(?:on|updated|published|last|posted)\b|,\s*\w+\s+\d).*", re.I | re.S
)

_ISO = re.compile(
    r"\s*((?:19|20)\d\d)-(\d\d?)-(\d\d?)(?:[T ]\s?(\d\d?:\d\d(?::\d\d)?)(?:\.\d+)?\s?(Z|[+-]\d\d:?\d\d)?)?"
)
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{0,6}Z?)?\s*$")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年년]\s?(\d\d?)\s?[-/.月월]\s?(\d\d?)(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d\d?)\s?[-/.]\s?(\d\d?)\s?[-/.]\s?((?:19|20)\d\d)(?!\d)")
_WORD_OR_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?(?![^\W\d])|[^\s\d.,;:/|()«»\"'–—-]+")
_IN_URL = re.compile(r"/((?:19|20)\d\d)/(\d\d?)(?:/(\d\d?))?/|/((?:19|20)\d\d)-(\d\d)-(\d\d)[-/]")
_DATE_REACH = 400  # characters in which a written date must begin
_THAI_YEARS_AHEAD = 543  # the Buddhist calendar of Thailand


@cache
def load_data(name: str) -> dict[str, Any]:
    """Return the content of one file of data/."""
    return tomllib.loads((files("cleaner.extract") / "data" / name).read_text("utf-8"))


# names


@cache
def _by() -> re.Pattern[str]:
    """Match the words that introduce a name ("By", "Oleh", "Written by"), at the start of a line."""
    words = sorted(load_data("bylines.toml")["by"]["words"].split(), key=lambda word: (-len(word), word))
    listed = "|".join(re.escape(word.replace("_", " ")) for word in words)
    return re.compile(rf"(?:(?:{listed})(?:\s*:\s*|\s+|$))+", re.I)


def _marked_nodes(page: Parsed, blocks: Blocks, field: str) -> Iterator[LexborNode]:
    """Yield the first elements that each selector of a field finds, if the word it needs stands on the visible page.

    The tree also holds templates and objects, which the walk leaves out as never shown. To look for the word costs half
    of what a selector does.
    """
    attributes = "\n".join(chain(blocks.attrs, blocks.inline_attrs))
    for word, selector in load_data("bylines.toml")["select"][field]:  # the best first
        if word in (page.body if word.startswith("<") else attributes):
            yield from page.tree.css(selector)[:_NODES]


def clean_name(name: str) -> str:
    """Return a name without "By" before it; "" for what is no name, such as an address or a sentence.

    >>> clean_name("Oleh: Rina Sitompul"), clean_name("https://example.org/rina")
    ('Rina Sitompul', '')
    """
    name = " ".join(name.split())[:200]
    by = _by().match(name)
    name = name[by.end() if by else 0 :].strip(" ,;:|•·-–—")
    return "" if _NO_NAME.search(name) or len(name) > 2 * _LONGEST_NAME else name


def _lines_around(blocks: Blocks, start: int) -> Iterator[str]:
    """Yield the short lines from a little before the headline to a little behind `start`, where the text begins."""
    homes, tags = blocks.homes, blocks.tags
    headline = next((j for j in range(min(start, len(homes) - 1), -1, -1) if tags[homes[j]] == "h1"), start)
    for j in range(max(0, headline - _BEFORE), min(start + _BEHIND, len(homes))):
        if len(blocks.texts[j]) <= _SHORT_LINE:
            yield blocks.texts[j]


def visible_author(page: Parsed, blocks: Blocks, start: int) -> str:
    """Return the name in a byline, in a line near the headline or in a marked element; "" if there is none."""

    def is_short(name: str) -> bool:
        return 0 < len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS

    announced = False  # "Written by" may stand on a line of its own, and the name on the next
    for line in _lines_around(blocks, start):
        by = _by().match(line)
        if by or announced:
            name = clean_name(_NAME_END.sub("", line[by.end() :] if by else line))
            if is_short(name):
                return name
        announced = by is not None and by.end() == len(line)
    for node in _marked_nodes(page, blocks, "author"):
        name = _NAME_END.sub("", clean_name(node.text(separator=" ")[:300]))
        if is_short(name):
            return name
    return ""


# dates


def visible_date(page: Parsed, blocks: Blocks, start: int, *, month_first: bool) -> str:
    """Return the day in a time element, in a line near the headline or in a marked element; "" if there is none."""
    for node in _marked_nodes(page, blocks, "time"):
        given = node.attributes.get("datetime") or node.attributes.get("content") or ""
        date = iso_date(given) or written_date(given, month_first=month_first)
        if date := date or written_date(node.text(separator=" "), month_first=month_first):
            return date
    for line in _lines_around(blocks, start):
        if date := written_date(line, month_first=month_first):
            return date
    for node in _marked_nodes(page, blocks, "date"):
        if date := written_date(node.text(separator=" "), month_first=month_first):
            return date
    return ""


def iso_date(text: str) -> str:
    """Return the date or date-time that `text` opens with, in ISO 8601; "" if it opens with none.

    >>> iso_date("2025-03-09T07:30:00.000+07:00"), iso_date("20250309"), iso_date("soon")
    ('2025-03-09T07:30:00+07:00', '2025-03-09', '')
    """
    if found := _ISO.match(text):
        year, month, day, clock, zone = found.groups()
        date = _iso_day(int(year), int(month), int(day))
        return f"{date}T{'0' * (clock[1] == ':')}{clock}{zone or ''}" if date and clock else date
    if found := _COMPACT.match(text):
        return _iso_day(*map(int, found.groups()))
    return ""


def url_date(url: str) -> str:
    """Return the day that stands in the path of `url`; "" if there is none, or a month alone.

    >>> url_date("https://example.org/2025/03/09/hujan-di-medan")
    '2025-03-09'
    """
    numbers = [int(number) for number in found.groups() if number] if (found := _IN_URL.search(url)) else []
    return _iso_day(*numbers) if len(numbers) == 3 else ""


def written_date(text: str, *, month_first: bool = False) -> str:
    """Return the first date written out in `text`, as an ISO day; "" if there is none.

    Of 4/5/2025 the day is the first number, unless `month_first` or a number over 12 says otherwise.

    >>> written_date("Sabtu, 9 Maret 2025 07:30 WIB"), written_date("March 9th, 2025"), written_date("2025年3月9日")
    ('2025-03-09', '2025-03-09', '2025-03-09')
    """
    text = text[:_DATE_REACH]
    if found := _YEAR_FIRST.search(text):
        return _iso_day(*map(int, found.groups()))
    if found := _YEAR_LAST.search(text):
        first, second, year = map(int, found.groups())
        swap = second > 12 or (month_first and first <= 12)
        return _iso_day(year, first, second) if swap else _iso_day(year, second, first)
    # A month by its name: the first one that a day and a year stand beside, in one of the orders of use.
    words = _WORD_OR_NUMBER.findall(text.lower())
    for i, word in enumerate(words):
        month = _month_numbers().get(word)
        if month is None:
            continue
        before = [w for w in words[max(0, i - 2) : i] if w != "de"]
        after = [w for w in words[i + 1 : i + 4] if w not in ("de", "del")]
        orders = [  # of year and day
            (after[:1], before[-1:]),  # 9 March 2025
            (after[1:2], after[:1]),  # March 9th, 2025
            (before[:1], before[-1:]),  # 2025, 9 March
            (before[-1:], after[:1]),  # Hungarian: 2025. március 9.
        ]
        for years, days in orders:
            if years and days and (told := _year_and_day(years[0], days[0])):
                return _iso_day(told[0], month, told[1])
    return ""


@cache
def _month_numbers() -> dict[str, int]:
    """Return the number of each month name, from 1; of names that two languages share the first listed counts."""
    known: dict[str, int] = {}
    for names in load_data("dates.toml")["months"].values():
        for number, forms in enumerate(names.split(), 1):
            for form in forms.split("/"):
                known.setdefault(form, number)
    return known


def _iso_day(year: int, month: int, day: int) -> str:
    """Return a day in ISO 8601; "" if its month or day is out of range, as in a phone number."""
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _year_and_day(year: str, day: str) -> tuple[int, int] | None:
    """Return the numbers that two words such as "2025" and "9th" say; None where one is no year or no day.

    Years are those from 1900 to 2099, also by the calendar of Thailand.
    """
    digits = day[:-2] if day[-2:] in ("st", "nd", "rd", "th") else day
    if not (digits.isdecimal() and len(digits) <= 2 and 0 < int(digits) <= 31 and year.isdecimal() and len(year) == 4):
        return None
    number = int(year)
    number -= _THAI_YEARS_AHEAD if 2400 < number < 2700 else 0
    return (number, int(digits)) if 1900 <= number < 2100 else None
