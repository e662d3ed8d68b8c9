"""Feeds of other articles: rows of a time and a headline, which sites print above or below an article.

"- 35 detik lalu Kisruh Sampah Bantargebang", "Kamis, 05/11/2015 09:25 WIB Ini Dia Tempat Terbasah di Dunia"; or the
time on a line of its own above or below the headline, or a day, a month and a year on three lines, as badges of a blog.
Fixtures and programmes have rows of the same form, but their times go up; the newest article stands first in a feed.
Rule `feed`; cases and traps stand in tests/cases/strip/feeds.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaner.characters import BULLETS, DASHES
from cleaner.dates import read_date
from cleaner.judge.lines import Hit, Line, ends_sentence, prose_bounds
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.line_rules import judge_line

__all__ = ["take_feeds"]

ROWS = 3
"""Rows that make a feed."""

LEAST_WORDS = 3
"""Words of a headline behind a time."""

_CLOCK = re.compile(r"\b(\d{1,2})[:.](\d\d)\b(?![.:/]\d)")
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b")
_MARKS = DASHES + BULLETS + " \t\u00a0|"


APART = 3
"""The most lines from the time of one article to that of the next."""

HEADLINE_WORDS, HEADLINE = 4, 25
"""The fewest words and characters of a headline between two times: "Persib vs Persija" is none."""

_YEAR = re.compile(r"(?:19|20)\d\d")


class _Time(NamedTuple):
    """The time at the head of a row: its day as it is written, and minutes since midnight; ("", -1) for "5 min ago"."""

    day: str
    minutes: int


def take_feeds(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: list[Hit | None], phrases: Phrases) -> None:
    """Above the first and below the last paragraph: ROWS or more rows of a time and a headline, the newest first."""
    first, last = prose_bounds(lines, accepted)
    short = [line.prose for line in lines].count(False)
    if short >= 3 * ROWS:
        _take_badges(lines, accepted, phrases)
    # dates with a clock and nothing else, whatever their neighbours make of them
    clocks = [
        i
        for i, line in enumerate(lines if short >= 2 * ROWS - 1 else ())
        if line.text[-1].isalnum() and len(line.text) <= 60 and (":" in line.text or "." in line.text)
        if _CLOCK.search(line.text)
    ]
    times = {i for i in clocks if (hit := judge_line(lines[i], phrases)) is not None and hit.rule == "timestamp"}
    if len(times) >= ROWS and last >= 0:
        _take_stacked(lines, times, accepted, range(first + 1, last + 1), True, phrases.languages[0])
        _take_stacked(lines, times, accepted, range(last + 1, len(lines)), False, phrases.languages[0])
    for zone in (range(first), range(last + 1, len(lines))) if last >= 0 else ():
        dated = [i for i in zone if accepted[i] is None and any(map(str.isdigit, lines[i].text[:14]))]
        rows = (
            [(i, time) for i in dated if (time := _time_of_row(lines[i].text, phrases))] if len(dated) >= ROWS else []
        )
        if len(rows) < ROWS:
            continue
        # times of one day go down, and never up; ages ("5 min ago") are a feed's whatever they are
        steps = [above.minutes - below.minutes for (_, above), (_, below) in pairwise(rows) if above.day == below.day]
        goes_down = all(time.minutes < 0 for _, time in rows) or (steps and min(steps) >= 0 and max(steps) > 0)
        if not goes_down:
            continue
        feed = Hit("feed", "related", f"{len(rows)} rows of a time and a headline, the newest first")
        for i in range(rows[0][0], rows[-1][0] + 1):
            if any(i == row for row, _ in rows) or not lines[i].text.strip(_MARKS):
                accepted[i] = accepted[i] or hits[i] or feed


def _take_badges(lines: Sequence[Line], accepted: list[Hit | None], phrases: Phrases) -> None:
    """Days, months and years on three lines each, ROWS times or more and never going up."""
    months = phrases.words["month"]
    badges = [
        i
        for i in range(len(lines) - 2)
        if _YEAR.fullmatch(lines[i + 2].text) and lines[i].text.isdecimal() and lines[i + 1].wording in months
    ]
    if len(badges) < ROWS:
        return
    language = phrases.languages[0]
    dates = [read_date(" ".join(line.text for line in lines[i : i + 3]), language=language) for i in badges]
    if all(dates) and dates == sorted(dates, reverse=True) and dates[0] > dates[-1]:
        badge = Hit("feed", "timestamp", f"{len(badges)} dates on three lines each, the newest first")
        for i in badges:
            accepted[i : i + 3] = [known or badge for known in accepted[i : i + 3]]


def _take_stacked(
    lines: Sequence[Line],
    times: set[int],
    accepted: list[Hit | None],
    zone: range,
    strict: bool,
    language: str,
) -> None:
    """ROWS or more times with a headline between each two, not all of which go up; `strict` if none may."""
    rows: list[int] = []
    for i in [*zone, -1]:
        if i in times and (not rows or (i - rows[-1] <= APART and any(map(_is_headline, lines[rows[-1] + 1 : i])))):
            rows.append(i)
        elif i in times or i < 0 or (rows and i - rows[-1] >= APART):
            # some time is earlier than the one before, and none later if `strict`; each has to be read
            times_of = [read_date(lines[row].text, language=language) for row in rows] if len(rows) >= ROWS else []
            steps = [(above > below, above < below) for above, below in pairwise(times_of)]
            later = strict and any(on for _, on in steps)
            if all(times_of) and any(back for back, _ in steps) and not later:
                above = rows[0] > zone.start and _is_headline(lines[rows[0] - 1])
                begin, end = (rows[0] - 1, rows[-1]) if above else (rows[0], min(rows[-1] + 1, zone.stop - 1))
                feed = Hit(
                    "feed", "related", f"{len(rows)} times with a headline each, not in the order of a programme"
                )
                accepted[begin : end + 1] = [known or feed for known in accepted[begin : end + 1]]
            rows = [i] if i in times else []


def _is_headline(line: Line) -> bool:
    text = line.text
    return len(text) >= HEADLINE and text.count(" ") + 1 >= HEADLINE_WORDS and text[-1] not in ".:" and not line.prose


def _time_of_row(text: str, phrases: Phrases) -> _Time | None:
    """The time with which a row opens before a headline, or None."""
    words = text.lstrip(_MARKS).split()
    if ends_sentence(words[-1].rstrip("?!)\"'”’")):
        return None
    for n in range(min(8, len(words) - LEAST_WORDS), 1, -1):
        if not words[n][0].isalnum():
            continue
        head = " ".join(words[:n])
        hit = judge_line(Line(0, head), phrases)
        if hit is not None and hit.kind == "timestamp":
            clock = _CLOCK.search(head)
            if clock is None:
                # how long ago something was tells no day of it: "September 10 12pm" is one of a programme
                named = set(normalise_wording(head).replace(",", " ").split())
                age = not _DAY.search(head) and named.isdisjoint(phrases.words["month"] | phrases.words["weekday"])
                return _Time("", -1) if age else None
            return _Time(head[: clock.start()], 60 * int(clock[1]) + int(clock[2]))
    return None
