"""Dates in web pages, to ISO 8601: machine-readable ones as given, written ones by the month names of 35 languages."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["iso_date", "url_date", "written_date"]

_ISO = re.compile(
    r"\s*((?:19|20)\d\d)-(\d\d?)-(\d\d?)(?:[T ]\s?(\d\d?:\d\d(?::\d\d)?)(?:\.\d+)?\s?(Z|[+-]\d\d:?\d\d)?)?"
)
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{0,6}Z?)?\s*$")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年년]\s?(\d\d?)\s?[-/.月월]\s?(\d\d?)(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d\d?)\s?[-/.]\s?(\d\d?)\s?[-/.]\s?((?:19|20)\d\d)(?!\d)")
_WORDS = re.compile(r"\d+(?:st|nd|rd|th)?(?![^\W\d])|[^\s\d.,;:/|()«»\"'–—-]+")
_IN_URL = re.compile(r"/((?:19|20)\d\d)/(\d\d?)(?:/(\d\d?))?/|/((?:19|20)\d\d)-(\d\d)-(\d\d)[-/]")
_THAI_YEARS_AHEAD = 543


@cache
def _months() -> dict[str, int]:
    data = tomllib.loads((files("cleaner.extract") / "data" / "dates.toml").read_text("utf-8"))
    known: dict[str, int] = {}
    for names in data["months"].values():
        for number, forms in enumerate(names.split(), 1):
            for form in forms.split("/"):
                known.setdefault(form, number)
    return known


def _day(year: int, month: int, day: int) -> str:
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def iso_date(text: str) -> str:
    """The date or date-time that `text` opens with in ISO 8601, else "".

    >>> iso_date("2025-03-09T07:30:00.000+07:00"), iso_date("20250309"), iso_date("soon")
    ('2025-03-09T07:30:00+07:00', '2025-03-09', '')
    """
    if found := _ISO.match(text):
        year, month, day, clock, zone = found.groups()
        date = _day(int(year), int(month), int(day))
        return f"{date}T{'0' * (clock[1] == ':')}{clock}{zone or ''}" if date and clock else date
    if found := _COMPACT.match(text):
        return _day(*map(int, found.groups()))
    return ""


def written_date(text: str, *, month_first: bool = False) -> str:
    """The first date written out in `text`, as an ISO day, else "".

    Of 4/5/2025 the day is the first number, unless `month_first` or a number over 12 says otherwise.

    >>> written_date("Sabtu, 9 Maret 2025 07:30 WIB"), written_date("March 9th, 2025"), written_date("2025年3月9日")
    ('2025-03-09', '2025-03-09', '2025-03-09')
    """
    text = text[:400]
    if found := _YEAR_FIRST.search(text):
        return _day(*map(int, found.groups()))
    if found := _YEAR_LAST.search(text):
        first, second, year = map(int, found.groups())
        swap = second > 12 or (month_first and first <= 12)
        return _day(year, first, second) if swap else _day(year, second, first)
    return _named_month(text)


def _named_month(text: str) -> str:
    words = _WORDS.findall(text.lower())
    months = _months()
    for i, word in enumerate(words):
        month = months.get(word)
        if month is None:
            continue
        before = [w for w in words[max(0, i - 2) : i] if w != "de"]
        after = [w for w in words[i + 1 : i + 4] if w not in ("de", "del")]
        year, day = _year(after[0]) if after else 0, _number(before[-1]) if before else 0
        if year and day:
            return _day(year, month, day)
        if len(after) > 1 and (year := _year(after[1])) and (day := _number(after[0])):
            return _day(year, month, day)
        if day and (year := _year(before[0])):  # Hungarian: 2025. március 9.
            return _day(year, month, day)
        if before and after and (year := _year(before[-1])) and (day := _number(after[0])):
            return _day(year, month, day)
    return ""


def _number(word: str) -> int:
    digits = word[:-2] if word[-2:] in ("st", "nd", "rd", "th") else word
    return int(digits) if digits.isdecimal() and len(digits) <= 2 and int(digits) <= 31 else 0


def _year(word: str) -> int:
    if not (word.isdecimal() and len(word) == 4):
        return 0
    year = int(word)
    year -= _THAI_YEARS_AHEAD if 2400 < year < 2700 else 0
    return year if 1900 <= year < 2100 else 0


def url_date(url: str) -> str:
    """The day that stands in the path of `url`, else "".

    >>> url_date("https://example.org/2025/03/09/hujan-di-medan")
    '2025-03-09'
    """
    found = _IN_URL.search(url)
    if not found:
        return ""
    numbers = [int(n) for n in found.groups() if n]
    return _day(*numbers) if len(numbers) == 3 else ""
