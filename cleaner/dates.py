"""Read dates as people and programs write them, and give them in ISO 8601: a day, or a second with its zone.

A date that is not sure is "", such as 5/6/2024 without a hint at the order of day and month, a month without a day, or
"an hour ago". Names of months and weekdays come from the Unicode CLDR (months.json), further spellings, zones and
orders from dates.toml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from cleaner.characters import MARKED_CLASS
from cleaner.tables import read_toml, table_bytes

__all__ = [
    "FoundDate", "date_order", "find_date", "is_month", "is_weekday", "numeric_order", "read_date", "says_changed",
    "says_other", "says_published",
    "sort_key",
]  # fmt: skip

# vowels and tones that are marks are parts of a word: "प्रकाशित", "เผยแพร่"
_LABEL_WORD = re.compile(rf"(?:[^\W\d_]|[{MARKED_CLASS}])+")
_YEAR = r"(?:19|20|25)\d\d"  # 25..: the calendar of Thailand, which is 543 years ahead
_THAI_YEARS_AHEAD = 543
_REACH = 400  # characters in which a date must begin; a longer text is no date

_ISO = re.compile(rf"(?<![\w-])({_YEAR})-(\d\d?)-(\d\d?)(?!\d)")
_COMPACT = re.compile(rf"({_YEAR})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(Z?)")
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+|\d{3})?")
_YEAR_FIRST = re.compile(rf"(?<!\d)({_YEAR})\s?[-/.年년]\s?(\d\d?)\s?[-/.月월]\s?(\d\d?)(?!\d)\s?[日일]?")
_YEAR_LAST = re.compile(rf"(?<![\d/.])(\d\d?)(\s?[-/.]\s?)(\d\d?)\s?[-/.]\s?({_YEAR})(?!\d)")
_VIETNAMESE = re.compile(rf"(?<!\d)(\d\d?)\s+tháng\s+(\d\d?)(?:\s+năm|,)?\s+({_YEAR})(?!\d)", re.I)
_TOKEN = re.compile(
    r"\d\d?:\d\d(?::\d\d)?|(?:19|20)\d\d(?=[^\W\d_])|\d+(?:st|nd|rd|th|er|º|ª)?(?![^\W\d])|[^\s\d.,;:/|()«»\"–—·•●-]+(?:\.[^\s\d.,;:/|()«»\"–—·•●-]+)*"
)
_DAY_END = re.compile(r"(?:st|nd|rd|th|er|º|ª)$")
# The time behind a date: what may stand between, the clock, and the zone.
_BEHIND = re.compile(
    r"(?:[\s,|·•@(–—-]|T(?=\d))*(?:(?P<word>[^\W\d]{1,5})\.?\s+)?(?<!\d)(?P<hour>\d\d?)(?P<sep>[:.])(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?(?![\d:])(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?(?:\s?\(?(?P<zone>"
    r"(?:UTC|GMT)?\s?[+-]\d\d?(?::?\d\d)?(?!\d)|[^\W\d_]{1,4}(?![^\W\d])))?",
    re.I,
)
_BEFORE = re.compile(
    r"(?<![\d:.])(?P<hour>\d\d?)(?P<sep>[:.])(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?P<half>)(?P<word>)"
    r"(?:\s?(?P<zone>[^\W\d_]{1,4}))?[\s,|·•–—-]*$",
    re.I,
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d\d?):?(\d\d)?", re.I)


class FoundDate(NamedTuple):
    """A date in a text: `date` in ISO 8601, or "" where it is not sure, and the span of its wording.

    `readings` are the days that a date of three numbers can mean.
    """

    date: str
    start: int
    end: int
    readings: tuple[str, ...] = ()


class _Words(NamedTuple):
    """The words in dates. A name that means two months in two languages has both numbers, each with its languages."""

    months: Mapping[str, Mapping[int, frozenset[str]]]
    days: Mapping[str, frozenset[int]]
    inside: frozenset[str]
    clock: frozenset[str]
    zones: Mapping[str, str]
    month_first: frozenset[str]
    unsure: frozenset[str]
    changed: tuple[str, ...]
    published: tuple[str, ...]
    other: tuple[str, ...]


@cache
def _words() -> _Words:
    """Load the names of months.json and dates.toml."""
    table: dict[str, Any] = json.loads(table_bytes("months.json"))["languages"]
    more: dict[str, Any] = read_toml("dates.toml")
    months: dict[str, dict[int, set[str]]] = {}
    days: dict[str, set[int]] = {}
    for language, row in table.items():
        for number, forms in enumerate(row["months"], 1):
            for form in forms.split("/"):
                months.setdefault(form, {}).setdefault(number, set()).add(language)
        for number, forms in enumerate(row["days"]):
            for form in forms.split("/"):
                days.setdefault(form, set()).add(number)
    for name, told in _pairs(more["months"]["names"]):
        months.setdefault(name, {int(told): set()})
    for name, told in _pairs(more["days"]["names"]):
        days.setdefault(name, set()).add(int(told))
    return _Words(
        {name: {n: frozenset(codes) for n, codes in numbers.items()} for name, numbers in months.items()},
        {name: frozenset(numbers) for name, numbers in days.items()},
        frozenset(more["words"]["inside"].split()),
        frozenset(more["words"]["clock"].split()),
        dict(_pairs(more["zones"]["hours"])),
        frozenset(more["order"]["month"].split()),
        frozenset(more["order"]["unsure"].split()),
        tuple(word.replace("_", " ") for word in more["labels"]["changed"].split()),
        tuple(more["labels"]["published"].split()),
        tuple(more["labels"]["other"].split()),
    )


def _pairs(listed: str) -> Iterator[tuple[str, str]]:
    """Return the pairs of words in a list of words."""
    words = listed.split()
    return zip(words[::2], words[1::2], strict=True)


# the order of day and month


def date_order(locale: str) -> str:
    """Return "day" or "month", whichever 5/6/2024 begins with in a language or locale; "" where it may be either.

    >>> date_order("id"), date_order("en_US"), date_order("en-GB"), date_order("en")
    ('day', 'month', 'day', '')
    """
    tag = locale.lower().replace("_", "-").strip()
    for name in (tag, tag.partition("-")[0]) if "-" not in tag or not tag.startswith("en-") else (tag,):
        if name in _words().month_first:
            return "month"
        if name in _words().unsure:
            return ""
    return "day" if tag else ""


def numeric_order(text: str) -> str:
    """Return "day" or "month", whichever comes first in the dates of `text` that have a number over 12; "" for neither.

    >>> numeric_order("9/7/2024, 23/7/2024"), numeric_order("9/7/2024")
    ('day', '')
    """
    orders = set()
    for found in _YEAR_LAST.finditer(text):
        first, second = int(found[1]), int(found[3])
        if max(first, second) <= 31 and (first > 12) != (second > 12):
            orders.add("day" if first > 12 else "month")
    return orders.pop() if len(orders) == 1 else ""


# one date


def read_date(text: str, *, language: str = "", order: str = "", not_after: str = "") -> str:
    """Return the date that `text` gives, in ISO 8601; "" if it gives none, or none for sure.

    `language` decides what a name means that stands for two months, and the order of numbers where `order` ("day" or
    "month") does not say it. Of two possible days, one later than `not_after`, an ISO date such as that of the crawl,
    is ruled out.

    >>> read_date("Sabtu, 9 Maret 2024 07:30 WIB"), read_date("2025-03-09T00:10:00.5Z"), read_date("March 9th, 2025")
    ('2024-03-09T07:30:00+07:00', '2025-03-09T00:10:00+00:00', '2025-03-09')
    >>> read_date("5/6/2024"), read_date("5/6/2024", language="id"), read_date("soon")
    ('', '2024-06-05', '')
    """
    text = text.strip()
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zulu = found.groups()
        return _with_clock(_iso_day(year, month, day), hour, minute, second, "+00:00" if zulu else "")
    if found := _EPOCH.fullmatch(text):
        seconds = int(found[1])  # before 1980 such numbers are ids
        return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds > 315_532_800 else ""
    found_date = find_date(text, language=language, order=order, not_after=not_after)
    return found_date.date if found_date else ""


def find_date(text: str, *, language: str = "", order: str = "", not_after: str = "") -> FoundDate | None:
    """Return the first date in `text` with the span of its wording and its time; None if there is none.

    For the other parameters see `read_date`.
    """
    text = text[:_REACH]
    if not any(map(str.isdecimal, text)):
        return None
    if not text.isascii():  # digits of other scripts, such as those of Arabic and Thai
        text = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    day = _find_year_first(text)
    if day is None or day.start:  # a stamp for programs begins with its date: no other can stand before it
        others = _find_year_last(text, order or date_order(language), not_after), _find_worded(text, language)
        day = min(filter(None, (day, *others)), key=lambda one: one.start, default=None)
    if day is None:
        return None
    return _add_time(text, day) if day.date else day


def _find_year_first(text: str) -> FoundDate | None:
    """Find 2025-03-09, 2025/3/9, 2025年3月9日, or 9 tháng 3 năm 2025."""
    if (found := _ISO.search(text)) or (found := _YEAR_FIRST.search(text)):
        return FoundDate(_iso_day(*found.groups()), *found.span()) if _iso_day(*found.groups()) else None
    if found := _VIETNAMESE.search(text):
        day, month, year = found.groups()
        return FoundDate(_iso_day(year, month, day), *found.span()) if _iso_day(year, month, day) else None
    return None


def _find_year_last(text: str, order: str, not_after: str) -> FoundDate | None:
    """Find 9/3/2025. Where both numbers may be the month, a weekday beside them decides, or the known order or the sign
    between them, or that one of the two days had not come yet."""
    found = _YEAR_LAST.search(text)
    if not found:
        return None
    first, sign, second, year = found.groups()
    day_first, month_first = _iso_day(year, second, first), _iso_day(year, first, second)
    readings = possible = [day for day in dict.fromkeys((day_first, month_first)) if day]
    if len(readings) > 1:
        beside = text[max(0, found.start() - 25) : found.end() + 15].lower()
        weekdays = [_words().days[word] for word in _TOKEN.findall(beside) if word in _words().days]
        agree = [day for day in readings if any(date.fromisoformat(day).weekday() in days for days in weekdays)]
        past = [day for day in readings if not not_after or day <= not_after[:10]]
        if len(agree) == 1:
            readings = agree
        elif order or sign.strip() == ".":  # the United States, which put the month first, write no dots
            readings = [month_first if order == "month" else day_first]
        elif len(past) == 1:
            readings = past
    sure = readings[0] if len(readings) == 1 else ""
    return FoundDate(sure, *found.span(), tuple(possible)) if possible else None


def _find_worded(text: str, language: str) -> FoundDate | None:
    """Find a date whose month is a word: the first month with a day and a year beside it, in one of the usual
    orders."""
    words = _words()
    tokens = [token for token in _TOKEN.finditer(text.lower()) if token[0] not in words.inside]
    # `Thu Aug 8 20:02:45 UTC 2019` has a time, and the zone behind it, before the year
    clocks = [":" in token[0] for token in tokens]
    zones = [clock and token[0] in words.zones for clock, token in zip([False, *clocks], tokens, strict=False)]
    tokens = [token for token, clock, zone in zip(tokens, clocks, zones, strict=True) if not clock and not zone]
    for i, token in enumerate(tokens):
        month = _month_of(token[0], language)
        if month is None:
            continue
        places = [  # of year and day
            (i + 1, i - 1),  # 9 March 2025
            (i + 2, i + 1),  # March 9th, 2025
            (i - 2, i - 1),  # 2025, 9 March
            (i - 1, i + 1),  # Hungarian: 2025. március 9.
        ]
        for year_at, day_at in places:
            if min(year_at, day_at) < 0 or max(year_at, day_at) >= len(tokens):
                continue
            year, day = tokens[year_at], tokens[day_at]
            number = _DAY_END.sub("", day[0])
            if re.fullmatch(_YEAR, year[0]) and number.isdecimal() and len(number) <= 2:
                start, end = min(token.start(), year.start(), day.start()), max(token.end(), year.end(), day.end())
                iso = _iso_day(year[0], str(month), number) if month else ""
                if end - start <= 50 and (iso or not month):  # farther apart they belong to other things
                    return FoundDate(iso, start, end)
    return None


def _month_of(name: str, language: str) -> int | None:
    """Return the number of a month's name, 0 where it is the name of two months, None where it is none."""
    numbers = _words().months.get(name)
    if numbers is None and len(name) > 3:
        numbers = _words().months.get(name.removeprefix("d’").removeprefix("d'").removeprefix("ב"))
    if not numbers:
        return None
    if len(numbers) == 1:
        return next(iter(numbers))
    mine = [number for number, languages in numbers.items() if language[:2].lower() in languages]
    return mine[0] if len(mine) == 1 else 0


def is_month(word: str) -> bool:
    """Return True if a word, with a capital or without, is the name of a month in some language."""
    return word.lower().strip(".") in _words().months


def is_weekday(word: str) -> bool:
    """Return True if a word, with a capital or without, is the name of a day of the week in some language."""
    return word.lower().strip(".,") in _words().days


def _iso_day(year: str, month: str, day: str) -> str:
    """Return a day in ISO 8601; "" if there is no such day, as in a phone number."""
    number = int(year)
    try:
        return date(number - _THAI_YEARS_AHEAD * (number >= 2500), int(month), int(day)).isoformat()
    except ValueError:
        return ""


# the time of day


def _add_time(text: str, day: FoundDate) -> FoundDate:
    """Add the time that stands behind a date, or right before it, where its wording leaves no doubt."""
    words = _words()
    found = _BEHIND.match(text, day.end)
    # a word between them is part of the wording of a time, or names the day or the year
    if found and found["word"] and found["word"].lower() not in words.clock:
        found = None
    inner = re.search(r"(?<!\d)(\d\d):([0-5]\d):([0-5]\d)(?!\d)", text[day.start : day.end])
    if inner:  # Thu Aug 8 20:02:45 UTC 2019
        zone = next((z for w in _TOKEN.findall(text[day.start : day.end].lower()) if (z := words.zones.get(w))), "")
        return day._replace(date=_with_clock(day.date, inner[1], inner[2], inner[3], zone))
    before = None if found else _BEFORE.search(text, max(0, day.start - 25), day.start)
    clock = found or before
    if clock is None:
        return day
    name = (clock["zone"] or "").strip()
    zone = words.zones.get(name.lower(), "")  # "" for the name of several zones
    if offset := _OFFSET.fullmatch(name):
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        zone = f"{offset[1] if hours or minutes else '+'}{hours:02d}:{minutes:02d}" if hours <= 14 else ""
    # 9:30 may be in the evening and 9.30 a price, unless two digits, a half of the day or a zone stand by
    sure = zone or (clock["sep"] == ":" and (clock["half"] or clock["second"] or len(clock["hour"]) == 2))
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + 12 * (clock["half"].lower() == "p") if 1 <= hour <= 12 else 99
    if not sure and clock["word"] is None:
        return day
    when = _with_clock(day.date, str(hour), clock["minute"], clock["second"], zone)
    end = clock.end() if zone or not clock["zone"] else clock.start("zone")
    return day._replace(date=when, end=end) if found else day._replace(date=when, start=clock.start())


def _with_clock(day: str, hour: str | None, minute: str | None, second: str | None, zone: str) -> str:
    """Return a day with its time and zone; the day alone where there is no such time."""
    if not day or hour is None or minute is None or int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return day
    return f"{day}T{int(hour):02d}:{minute}:{second or '00'}{zone}"


def sort_key(when: str) -> str:
    """Return an ISO date in UTC, so that dates sort as texts; as it is where it has no zone or is no ISO date.

    >>> sort_key("2025-03-09T01:00:00+07:00"), sort_key("2025-03-09")
    ('2025-03-08T18:00:00', '2025-03-09')
    """
    if len(when) <= 19:
        return when
    try:
        moment = datetime.fromisoformat(when)
        return (moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta())).isoformat()
    except (ValueError, OverflowError):
        return when


def says_published(label: str) -> bool:
    """Return True if words beside a date say that it is of publication: "Posted on", "Diterbitkan"."""
    return any(word.startswith(_words().published) for word in _LABEL_WORD.findall(label.lower()))


def says_other(label: str) -> bool:
    """Return True if the words before a date say that it is of something else: "Joined", "Copyright", "Berlaku
    sampai"."""
    return any(word.startswith(_words().other) for word in _LABEL_WORD.findall(label.lower()))


def says_changed(label: str) -> bool:
    """Return True if the words before a date say that it is of a change: "Last updated", "Diperbarui", "Aktualisiert
    am".

    >>> says_changed("Last updated on"), says_changed("Published")
    (True, False)
    """
    words = " ".join(_LABEL_WORD.findall(label.lower()))
    return any(words.startswith(said) or f" {said}" in words for said in _words().changed)
