"""Feeds of other articles: rows of a time and a headline, which sites print above or below an article.

"- 35 detik lalu Kisruh Sampah Bantargebang", "Kamis, 05/11/2015 09:25 WIB Ini Dia Tempat Terbasah di Dunia". Fixtures
and programmes have rows of the same form, but their times go up; the newest article stands first in a feed. Rule
`feed`; cases and traps stand in tests/cases/strip/feeds.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaner.characters import BULLETS, DASHES
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


class _Time(NamedTuple):
    """The time at the head of a row: its day as it is written, and minutes since midnight; ("", -1) for "5 min ago"."""

    day: str
    minutes: int


def take_feeds(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: list[Hit | None], phrases: Phrases) -> None:
    """Above the first and below the last paragraph: ROWS or more rows of a time and a headline, the newest first."""
    first, last = prose_bounds(lines, accepted)
    for zone in (range(first), range(last + 1, len(lines))) if last >= 0 else ():
        dated = [i for i in zone if accepted[i] is None and any(map(str.isdigit, lines[i].text[:14]))]
        rows = (
            [(i, time) for i in dated if (time := _time_of_row(lines[i].text, phrases))] if len(dated) >= ROWS else []
        )
        if len(rows) < ROWS or not _goes_down([time for _, time in rows]):
            continue
        feed = Hit("feed", "related", f"{len(rows)} rows of a time and a headline, the newest first")
        for i in range(rows[0][0], rows[-1][0] + 1):
            if any(i == row for row, _ in rows) or not lines[i].text.strip(_MARKS):
                accepted[i] = accepted[i] or hits[i] or feed


def _time_of_row(text: str, phrases: Phrases) -> _Time | None:
    """The time with which a row opens before a headline, or None."""
    words = text.lstrip(_MARKS).split()
    for n in range(min(8, len(words) - LEAST_WORDS), 1, -1):
        head, rest = " ".join(words[:n]), " ".join(words[n:])
        if not rest[0].isalnum() or ends_sentence(rest.rstrip("?!)\"'”’")):
            continue
        hit = judge_line(Line(0, head), phrases)
        if hit is not None and hit.kind == "timestamp":
            clock = _CLOCK.search(head)
            if clock is None:
                return _Time("", -1) if _is_age(head, phrases) else None
            return _Time(head[: clock.start()], 60 * int(clock[1]) + int(clock[2]))
    return None


def _is_age(head: str, phrases: Phrases) -> bool:
    """Whether a time tells how long ago something was, not the day of it: "September 10 12pm" is one of a programme."""
    words = set(normalise_wording(head).replace(",", " ").split())
    return not _DAY.search(head) and words.isdisjoint(phrases.words["month"] | phrases.words["weekday"])


def _goes_down(times: Sequence[_Time]) -> bool:
    """Whether times of one day go down, and never up; ages ("5 min ago") are a feed's whatever they are."""
    if all(time.minutes < 0 for time in times):
        return True
    steps = [above.minutes - below.minutes for above, below in pairwise(times) if above.day == below.day]
    return bool(steps) and min(steps) >= 0 and max(steps) > 0
