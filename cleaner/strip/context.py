"""What the lines around a line say of it: is it a fragment of a sentence, an item of a list, the heading of a schedule?

Rules of shape know a line by what it is made of: a date alone, a number, an agency, a mark. Sentences that inline links
cut into lines, tables and schedules are made of the same, so such a hit counts only where its place suits it: of 100
dates that went from Indonesian texts without that, 95 were the text's. The functions here look at marks, capitals and
places, never at words, so they hold in every language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from cleaner.characters import BULLETS, CLOSERS, DASHES, FULL_STOPS
from cleaner.judge.lines import ANY, BESIDE, Hit, Line, ends_sentence, paragraphs
from cleaner.phrases.phrases import Phrases
from cleaner.strip.lists import (
    ROWS,
    defined_terms,
    fields_below_each_other,
    is_lead_in,
    is_numbered,
    led_items,
    led_steps,
    table_rows,
)

__all__ = [
    "SHAPES", "Places", "drop_fragments", "ends_text", "is_above_text", "signed_lines",
]  # fmt: skip

SHAPES = frozenset(
    (
        *("timestamp", "byline-date", "number", "agency-line", "endmark", "site-line", "hashtags", "initials-line"),
        *("address-line", "raw-address", "signature", "form-label"),
    )
)
"""Rules that know a line by what it is made of."""

_SIGNS = frozenset(("timestamp", "byline-date", "byline-by"))  # rules that find what stands below a headline
_LISTED = frozenset(("nav", "loading", "login", "footer", "comment", "pagination", "app", "tags", "byline", "video"))
_TITLED = frozenset(("video", "caption", "sourcenote", "promo"))  # kinds whose labels open headlines as well
_LINKS = frozenset(("related", "readmore", "ad", "share"))  # kinds whose items stand below any lead-in
# kinds whose labels name fields of records as well
_FIELDS = frozenset(("timestamp", "byline", "tags", "video", "caption", "pagination", "nav", "footer"))
_STEPS = frozenset(("promo", "newsletter", "login", "app", "nav", "comment", "share"))  # kinds that steps are worded as
_WORDS = frozenset(("weak-in-tail", "phrase-line"))  # rules that a word or two satisfy

GOES_ON = 25
"""The fewest characters of a line in small letters that goes on with a sentence; tags are shorter."""

DECK_LINES = 3
"""Lines below the first paragraph in which a time or a byline may still stand: that paragraph is then a deck."""

_CONTINUING = frozenset(",;.:)!?…،؛。、，；：）।۔")
_STOPS = frozenset(",;.،؛。、，；۔।)")
_OPENING = frozenset(DASHES + ",(/،、，")  # nothing ends with these
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d\b(?![.:]\d)")
_CREDITS = re.compile(r"[/|(©]|://|\w@\w")  # what credits have, and headlines do not
_LINK = re.compile(r"(?:https?://|www\.)|[@#]|[\w-]+\.[a-z]{2,}\b", re.IGNORECASE)
_NO_STOPS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese and Khmer


def ends_text(line: Line) -> bool:
    """Whether a line ends as text does: with an end mark, or a paragraph of a script that writes none."""
    return ends_sentence(line.text) or (line.prose and _NO_STOPS.match(line.text[-1]) is not None)


def drop_fragments(lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases) -> list[Hit | None]:
    """`hits` without those that their place speaks against.

    Those of shape and of single words on fragments of sentences that inline links cut out; items of a list, steps,
    subheads and verses of the author's; names that open with "by" where three lines or more do so, as in a list of
    books; and a headline that is worded as a label or a byline.
    """
    found = [(i, hit) for i, hit in enumerate(hits) if hit is not None]
    if not found:
        return list(hits)
    rules = [hit.rule for _, hit in found]
    books = rules.count("byline-by") >= 3
    # "Född 3 april" above "Död 9 maj": dates of a life or of a work, for an article has one byline
    dates = [i for i, hit in found if hit.rule == "byline-date"]
    paired = len(dates) == 2 and dates[1] - dates[0] == 1
    prose = paragraphs(lines) or [len(lines)]
    deck, last = prose[0], prose[-1]  # below the last paragraph a list is a menu as often
    kept = list(hits)
    listed = led_items(lines, hits)
    kinds = {hit.kind for _, hit in found}
    steps = frozenset() if _STEPS.isdisjoint(kinds) else led_steps(lines, hits, phrases)
    records = frozenset() if _FIELDS.isdisjoint(kinds) else fields_below_each_other(lines, hits)
    # a short unknown line between two known ones may say what the upper one means
    defined = defined_terms(lines) if any(_is_between(lines, hits, i + 1) for i, _ in found) else frozenset()
    rows = table_rows(lines) if len(rules) >= ROWS and sum(map(SHAPES.__contains__, rules)) >= ROWS else frozenset()
    for i, hit in found:
        text = lines[i].text
        # a word or two that may as well be the sentence's: "Laporan" without its colon; "undefined" and "null",
        # which are words of articles on programs
        slight = hit.where != ANY and hit.rule in _WORDS and text.count(" ") <= 1
        doubtful = hit.rule in SHAPES or hit.kind == "loading" or slight
        if hit.rule == "phrase-start":
            doubtful = " " not in text and text[-1].isalpha()
        within = i > deck or hit.rule not in _SIGNS
        # "leave a reply" in a poem, whose lines above and below begin in small letters too
        is_verse = text[0].islower() and hit.where == ANY and 0 < i < len(lines) - 1
        is_verse = is_verse and all(hits[j] is None and lines[j].text[0].islower() for j in (i - 1, i + 1))
        # the head of a table: the next line, which nothing is known against, has as many bars
        bars = text.count("|") if hit.rule == "phrase-start" else 0
        is_head = bars >= 2 and hits[i + 1 : i + 2] == [None] and lines[i + 1].text.count("|") == bars
        if (
            (i in listed and hit.kind not in _LINKS)
            or (i in steps and hit.kind in _STEPS)
            or i in defined
            or i in rows
            or (deck < i < last and hit.kind in _LISTED and _is_authors(lines, hits, i))
            or is_verse
            or (books and hit.rule == "byline-by")
            or (paired and hit.rule == "byline-date")
            or (deck < i < last and hit.kind in _FIELDS and i in records)  # below the last one they are the newsroom's
            or is_head
            or (i == 0 and _is_headline(lines, hits, hit))
            or (doubtful and _is_fragment(lines, hits, i, within))
        ):
            kept[i] = None
    return kept


def signed_lines(lines: Sequence[Line], accepted: Sequence[Hit | None]) -> frozenset[int]:
    """The last sentence of the article, on the line that stays straight above the initials that sign it."""
    found, stays = set(), -1
    for i, hit in enumerate(accepted):
        if hit is None:
            stays = i
        elif hit.rule == "initials-line" and stays == i - 1 >= 0 and ends_sentence(lines[stays].text):
            found.add(stays)
    return frozenset(found)


def is_above_text(lines: Sequence[Line], hits: Sequence[Hit | None]) -> bool:
    """Whether the first line, of three words or more, stands straight above a paragraph: most likely the headline."""
    return len(lines) > 1 and lines[1].prose and hits[1] is None and lines[0].text.count(" ") >= 2


def _is_between(lines: Sequence[Line], hits: Sequence[Hit | None], i: int) -> bool:
    """Whether a short line that nothing is known against stands straight between two that something is."""
    return i + 1 < len(lines) and hits[i] is None and hits[i + 1] is not None and not lines[i].prose


def _is_headline(lines: Sequence[Line], hits: Sequence[Hit | None], hit: Hit) -> bool:
    """Whether the first line is the headline, straight above the text: "Foto: Suasana Mudik di Stasiun Senen".

    Names and a date without a time of day ("Kurs Dolar Hari Ini, Senin 5 Mei 2025") may stand above a byline as well.
    """
    text, above_text = lines[0].text, len(lines) > 1 and lines[1].prose
    if hit.kind == "footer" and hit.rule == "phrase-line" and len(lines) > 1:  # a page about the site, or of its terms
        return hits[1] is None and (above_text or (ends_sentence(lines[1].text) and len(lines[1].text) >= GOES_ON))
    if hit.rule != "byline-date":
        worded = hit.kind in _TITLED and text.count(" ") >= 3 and not _CREDITS.search(text)
        return worded and len(lines) > 1 and hits[1] is None
    signed = any(below is not None and (below.rule in _SIGNS or below.kind == "byline") for below in hits[1:4])
    return (above_text or signed) and not _CLOCK.search(text)


def _is_authors(lines: Sequence[Line], hits: Sequence[Hit | None], i: int) -> bool:
    """Whether a line between paragraphs is an item of a list, "- Loading" between "- Packing" and "- Unloading", or a
    subhead whose words the paragraph below takes up, "Log out" above "... and click Log out."."""
    text, below = lines[i].text, lines[i + 1]
    if text[0] not in BULLETS:
        above = ends_text(lines[i - 1])
        return above and below.prose and " " in text and f" {text.casefold()}" in below.text.casefold()
    near = [j for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < len(lines) and lines[j].text[0] == text[0]]
    return len(near) >= 2 and not {i - 1, i + 1}.isdisjoint(near) and all(hits[j] is None for j in near)


def _is_fragment(lines: Sequence[Line], hits: Sequence[Hit | None], i: int, within: bool) -> bool:
    """Whether a sentence goes on from the line above into line `i`, or from it into the line below.

    `within` says that no headline is above it: the line stands below the first paragraph, or signs no article.
    """
    text, open_above = lines[i].text, i > 0 and not ends_text(lines[i - 1])
    below = lines[i + 1].text if i + 1 < len(lines) else ""
    # ", Rabu (14/8/2024)." or a full stop alone; "(14/8/2024)." and "pagi pukul 03." end a sentence as well
    stopped = text[-1] in FULL_STOPS and (text[0] in "('\"”’" or text[0].islower())
    if open_above and text[:3] != "..." and (text[0] in _CONTINUING or stopped or lines[i - 1].text[-1] in _OPENING):
        return True
    if not below:
        return False
    if below in _STOPS or (below[0] in _STOPS and len(below) > 1 and below[:2] != ".."):
        return True
    if ends_sentence(text):
        return False
    # Below, the sentence goes on in small letters to an end mark or further; tags and labels do not, nor does "iOS".
    if not below[0].islower() or below[1:2].isupper() or _LINK.match(below) or hits[i + 1] is not None:
        return False
    open_above = open_above and hits[i - 1] is None
    if within and (open_above or len(below) >= GOES_ON or below[-1] in FULL_STOPS) and not is_lead_in(text):
        return True
    goes_on = below.count(" ") >= 1 and (len(below) >= 40 or below[-1] in _CONTINUING)
    return goes_on and (open_above or i == 0)


class _Around(NamedTuple):
    """The first paragraph of a text, and what stands above and below each of its lines."""

    deck: int
    above: list[int]  # the nearest line above that nothing is known against, -1 for none
    plain: list[int]  # the nearest one below
    text: list[bool]  # whether one of those below is the author's still
    date: list[bool]  # whether a time stands below
    days: list[int]  # times below the last paragraph with a sentence straight below each


class Places:
    """Where the lines of a text stand, as rules of shape ask it; told once for all lines, in time linear in them."""

    def __init__(
        self, lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Sequence[Hit | None], last: int
    ) -> None:
        self._lines, self._hits, self._accepted, self._last = lines, hits, accepted, last

    @cached_property
    def _around(self) -> _Around:
        """Told when the first hit of shape is asked for: most texts have none, and it takes 4 % of stripping."""
        lines, hits, n = self._lines, self._hits, len(self._lines)
        deck = next((i for i, line in enumerate(lines) if line.prose), -1)
        deck = deck if deck >= 0 else next(iter(paragraphs(lines)), n)
        around = _Around(deck, [-1] * n, [n] * n, [False] * n, [False] * n, [])
        clean = [hit is None and taken is None for hit, taken in zip(hits, self._accepted, strict=True)]
        for i in range(1, n):
            around.above[i] = i - 1 if clean[i - 1] else around.above[i - 1]
        for i in range(n - 2, -1, -1):
            below, text = hits[i + 1], lines[i + 1].text
            # below the last paragraph a sentence, an item of a numbered list or a note is the author's still
            written = text.rstrip(CLOSERS)[-1:] in FULL_STOPS or is_numbered(text) or text[0] in "*†[¹²³"
            around.plain[i] = i + 1 if clean[i + 1] else around.plain[i + 1]
            around.text[i] = around.text[i + 1] or (clean[i + 1] and written)
            around.date[i] = around.date[i + 1] or (below is not None and below.kind == "timestamp")
            if clean[i + 1] and written and i > self._last and (day := hits[i]) is not None:
                around.days.extend([i] if day.kind == "timestamp" else [])
        return around

    def suit(self, i: int) -> bool:
        """Whether a hit of shape stands where site boilerplate stands: above the first paragraph, or below the last one
        and behind the end of a sentence. True for all other hits."""
        hit = self._hits[i]
        if hit is None or hit.rule not in SHAPES or (hit.rule == "initials-line" and "/" in self._lines[i].text):
            return True
        around, above = self._around, self._around.above[i]
        if above >= 0 and is_lead_in(self._lines[above].text):  # what stands under a colon is what it leads to
            return False
        closed = above < 0 or ends_text(self._lines[above])
        if hit.rule == "initials-line" and not closed:
            return False
        if i <= self._last:
            signs = hit.kind in ("timestamp", "byline", "initials")
            return hit.rule != "endmark" and (i < around.deck or (signs and i <= around.deck + DECK_LINES))
        if not closed and not self._is_stacked(i):
            return False
        alone = around.plain[i] == len(self._lines)  # no line below but those that something is known against
        if hit.rule == "hashtags":
            return alone
        if hit.rule == "endmark":  # dashes and dots part sections as well, and notes stand below other marks
            return alone or (bool(self._lines[i].text.strip(DASHES + ". ")) and not around.text[i])
        if len(around.days) >= 2 and i in around.days:  # of a chronicle whose last entries are short
            return False
        # two dates with lines under each are a schedule
        return hit.kind not in ("timestamp", "byline") or around.plain[i] > i + 1 or not around.date[i]

    def _is_stacked(self, i: int) -> bool:
        """Whether three dates with a clock or more stand one upon the other: times of other articles, whose headlines
        were lost. A schedule has lines between its times, and a list of days has no clock."""
        n, row = len(self._lines), 0
        for order in (range(i, max(-1, i - 3), -1), range(i + 1, min(n, i + 3))):
            for j in order:
                hit = self._hits[j]
                dated = hit is not None and hit.rule == "timestamp" and hit.where != BESIDE
                if not dated or not _CLOCK.search(self._lines[j].text):
                    break
                row += 1
        return row >= 3
