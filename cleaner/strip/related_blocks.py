"""The headlines below a bare heading of related links ("Baca juga:"), and where the article goes on.

A heading speaks for headlines alone. It stops at what is text in any script: a paragraph, a sentence, a line that leads
to others, a numbered list, a table. It takes no more than an earlier heading of the same wording took. A label with one
headline, put at random into 494 labelled articles of 22 languages, takes .07 % of their text (.98 % before these
limits). The rule is `related-block`; its traps stand in tests/cases/strip/losses.jsonl.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleaner.characters import BULLETS, CLOSERS, FULL_STOPS, is_wide
from cleaner.judge.lines import Hit, Line, prose_bounds
from cleaner.strip.headlines import looks_like_headline
from cleaner.strip.lists import are_rows, is_lead_in, is_numbered

__all__ = [
    "BLOCK_LINES",
    "ITEM_STARTS",
    "ends_article",
    "is_led",
    "is_signed",
    "may_be_headline",
    "take_related_blocks",
]

Accepted = list[Hit | None]

ITEM_STARTS = BULLETS + "0123456789"
"""How the items of a list begin."""

BLOCK_LINES = 12
"""The most lines that a heading of related links speaks for, and in which comments are sought below a heading."""

BOX_LINES = 5
"""The most headlines of a box between two paragraphs."""

LABEL = 40
"""The most characters of a line that may be a label of the lines below it."""

RECURS = 3
"""How often a label stands that is the article's own: a speaker, a price, a day of a programme."""

SIGNED = 3
"""Lines above a heading among which what ends the article is sought: a heading may have two lines."""

ENDS = frozenset(("initials", "endmark", "tags", "footer", "comment", "disclaimer"))
"""Kinds that stand between the last paragraph of an article and what the site puts below it."""

_HEADLINE, _LONG_HEADLINE = 20, 45  # characters of a headline below a label, and of a further one above a paragraph
_WIDE_HEADLINE = 8  # the same in scripts that put no blanks between words
_QUOTES = "\"'“‘„«「『"
_OPENERS = _QUOTES + BULLETS + "([【#@"  # what headlines and links open with as well
_SERIES = re.compile(r"([^\W\d_]*) ?(\d{1,3})[.:)] ?(?!\d)")
_CHAPTER = re.compile(r"([^\W\d_]{2,20}) (\d{1,3})")


@dataclass(frozen=True, slots=True)
class _Rest:
    """What stands from a line to the end of the text, by the index of the line; counted once for all headings.

    A heading takes no more than BLOCK_LINES below it, so the counts hold for lines further below than that.
    """

    prose: list[int]
    pairs: list[int]
    stops: list[int]
    dates: list[int]
    bullets: list[int]
    firm: list[int]


def take_related_blocks(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> list[int]:
    """Take the headlines that follow a bare heading of related links ("Baca juga:"), and return all such headings."""
    related = [i for i, hit in enumerate(accepted) if hit is not None and hit.kind == "related"]
    headings = [i for i in related if _is_heading(lines, accepted, i)]
    if not headings:
        return headings
    firm = _firm_lines(lines, hits, accepted)
    _, last = prose_bounds(lines, accepted)
    below = range(max(last, 0), len(lines))
    last = max([last, *(i for i in below if firm[i] or (hits[i] is None and _has_full_stop(lines[i])))])
    rest = _count_rest(lines, hits, accepted, firm)
    boxed = not _has_subheads(lines, hits, accepted)
    taken: dict[str, int] = {}  # wording of a heading -> the most lines that one took
    above = at = 0  # paragraphs above that stay
    for i in headings:
        above += sum(accepted[j] is None and lines[j].prose for j in range(at, i))
        at = i
        block = Hit("related-block", "related", f"under {lines[i].text[:40]!r}")
        # a bare line between what ends the article and a heading is the first line of that heading
        upper = lines[i - 1].text if i > 1 and hits[i - 1] is None and accepted[i - 1] is None else ""
        if 0 < len(upper) <= LABEL and upper[-1].isalnum() and not is_numbered(upper) and ends_article(hits[i - 2]):
            accepted[i - 1] = block
        most = taken.get(lines[i].wording, BLOCK_LINES)
        if above >= 4 and most == BLOCK_LINES and _ends_in_teasers(lines, hits, accepted, i, rest, above):
            accepted[i + 1 :] = [other or block for other in accepted[i + 1 :]]
            return headings
        count = 0
        end = _end_of_headlines(lines, hits, accepted, firm, i, last, most)
        if _is_list_of_goods(lines, hits, i + 1, min(end, last)):
            end = i + 1
        elif boxed and most == BLOCK_LINES:
            end = max(end, _end_of_box(lines, hits, accepted, firm, i))
        for j in range(i + 1, end):
            count += accepted[j] is None
            accepted[j] = accepted[j] or block
        if count:
            taken[lines[i].wording] = max(count, taken.get(lines[i].wording, 0))
    return headings


def _is_heading(lines: Sequence[Line], accepted: Accepted, i: int) -> bool:
    """Whether a line that goes is a bare heading of related links, not a label with a headline behind it."""
    hit, text = accepted[i], lines[i].text
    if hit is None or hit.kind != "related":
        return False
    if not (hit.rule == "phrase-line" or (hit.rule == "phrase-start" and len(text) <= 24)):
        return False
    # "- Read more about small claims" among other items is one of them
    return not (text[0] in BULLETS and i + 1 < len(lines) and lines[i + 1].text[0] == text[0])


def is_signed(hits: Sequence[Hit | None], heading: int) -> bool:
    """Whether what ends an article stands straight above a heading: its writer with a label, initials, a mark, tags."""
    return any(ends_article(hit) for hit in hits[max(0, heading - SIGNED) : heading])


def ends_article(hit: Hit | None) -> bool:
    """Whether a line is of a kind that stands between an article and what the site puts below it."""
    return hit is not None and (hit.kind in ENDS or (hit.kind == "byline" and hit.rule.startswith("phrase")))


def is_led(text: str) -> bool:
    """Whether a heading is a label with its mark ("Baca juga:"): it announces what stands straight below it."""
    return text.endswith((":", "：", "…", "..."))


def _firm_lines(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> list[bool]:
    """Which lines are the article's whatever stands above them: lead-ins, line-ups, rows of a table, the items of a
    list, unless the list begins straight below a line that goes, its heading, and labels that recur or count on."""
    firm, listed = [False] * len(lines), [False] * len(lines)
    labels = Counter(line.text for line in lines if len(line.text) <= LABEL and line.text[-1].isalnum())
    for i, line in enumerate(lines):
        if hits[i] is None and accepted[i] is None:
            text = line.text
            firm[i] = is_lead_in(text) or text.count(";") >= 2 or text.count(",") >= 4  # headlines have fewer names
            firm[i] = firm[i] or labels[text] >= RECURS  # cards with a label are told by their period
            listed[i] = is_numbered(text)
    for i, (line, below) in enumerate(pairwise(lines)):
        if hits[i] is None and hits[i + 1] is None and accepted[i] is None:
            if are_rows(line.text, below.text):
                firm[i] = firm[i + 1] = True
            if line.text[0] == below.text[0] and not line.text[0].isalnum() and line.text[0] not in _OPENERS:
                listed[i] = listed[i + 1] = True
    headed = False
    chapters = {(found[1].casefold(), int(found[2])) for line in lines if (found := _CHAPTER.fullmatch(line.text))}
    series = set()  # (word, number) of the subheads above: "Trend 4", "4"
    for i, line in enumerate(lines):
        head = _SERIES.match(line.text)
        place = (head[1].casefold(), int(head[2])) if head else ("", 0)
        # no list opens with its fifth item
        opens = i > 0 and accepted[i - 1] is not None and (place[0] or place[1] < 2)
        headed = listed[i] and (headed or bool(opens))
        firm[i] = firm[i] or (listed[i] and not headed) or (place[0], place[1] - 1) in series
        if chapter := _CHAPTER.fullmatch(line.text):
            firm[i] = firm[i] or not chapters.isdisjoint((chapter[1].casefold(), int(chapter[2]) + n) for n in (-1, 1))
        if place[1] and not headed:
            series.add(place)
    return firm


def _end_of_headlines(
    lines: Sequence[Line],
    hits: Sequence[Hit | None],
    accepted: Accepted,
    firm: Sequence[bool],
    heading: int,
    last: int,
    most: int,
) -> int:
    """Index behind the headlines below a heading of related links, `most` at most; `last` is the index of the last line
    that is the article's."""
    bulleted = heading + 1 < len(lines) and lines[heading + 1].text[0] in ITEM_STARTS
    end, count = min(len(lines), heading + 1 + BLOCK_LINES), 0
    for i in range(heading + 1, end):
        if accepted[i] is not None:
            continue
        # a time stands on the line or on the next one, as with headlines of other articles
        text, dated = lines[i].text, any(hit is not None and hit.rule == "timestamp" for hit in hits[i : i + 2])
        if count == most or firm[i] or (lines[i].prose and not dated) or _has_full_stop(lines[i]):
            return i
        led = is_led(lines[heading].text)
        if i < last:  # between paragraphs a subhead may follow, so the line has to be a list's or a long headline
            hit, under = hits[i], i + 1
            if hit is not None and hit.rule == "timestamp" and (firm[under] or lines[under].prose):
                return i  # a day straight above text is the article's
            if (text[0] in ITEM_STARTS) != bulleted:
                return i
            first = led and i == heading + 1 and may_be_headline(text)
            headline = len(text) >= _LONG_HEADLINE and text[-1] not in ".:;," and looks_like_headline(text)
            if not (bulleted or first or headline or dated):
                return i
        elif hits[i] is None and not may_be_headline(text, count + 1) and (led or i > heading + 1):
            return i
        elif not bulleted and i > heading + 1 and not text[0].isalnum() and text[0] not in _QUOTES:
            return i  # a list of the article's below the one headline of a label, or a mark that parts sections
        count += 1
    return end


def _is_list_of_goods(lines: Sequence[Line], hits: Sequence[Hit | None], begin: int, end: int) -> bool:
    """Whether the items between two indices, up to the next paragraph, are ingredients, goods or values: one of them is
    too short for a headline, or opens with a small letter."""
    for i in range(begin, end):
        text = lines[i].text
        if text[0] not in ITEM_STARTS or lines[i].prose:
            return False
        if hits[i] is None and not may_be_headline(text.lstrip(BULLETS + " ") or text):
            return True
    return False


def _has_subheads(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> bool:
    """Whether a bare line that nothing is known about stands alone between two paragraphs."""
    stays = [line.prose and hit is None for line, hit in zip(lines, accepted, strict=True)]
    return any(
        above and below and not lines[i].prose and hits[i] is None and not _has_full_stop(lines[i])
        for i, (above, below) in enumerate(zip(stays, stays[2:], strict=False), start=1)
    )


def _end_of_box(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted, firm: Sequence[bool], heading: int
) -> int:
    """Index behind the headlines of a box between two paragraphs of an article that has no subheads: one of six words
    and more, which subheads seldom have, or several of four words and more in capitals."""
    end = heading + 1
    while end < min(len(lines), heading + 1 + BOX_LINES) and not (lines[end].prose or _has_full_stop(lines[end])):
        text = lines[end].text
        if hits[end] is not None or accepted[end] is not None or firm[end] or not may_be_headline(text):
            return heading + 1
        end += 1
    items = [line.text for line in lines[heading + 1 : end]]
    above = heading > 0 and (lines[heading - 1].prose or _has_full_stop(lines[heading - 1]))
    if not above or end == len(lines) or accepted[end] is not None:
        return heading + 1
    several = len(items) > 1
    if any(_word_count(text) < (4 if several else 6) or (several and not looks_like_headline(text)) for text in items):
        return heading + 1
    return end


def _word_count(text: str) -> int:
    """The words between blanks; in scripts without them, half the letters."""
    return max(len(text.split()), len(text) // 2 if is_wide(text) else 0)


def may_be_headline(text: str, number: int = 1) -> bool:
    """Whether a line straight below a label may be the headline that it announces, in any script; the `number`-th of a
    numbered list may be short."""
    if number > 1 and text.startswith((f"{number} ", f"{number}. ")):
        return True
    if text.startswith(("http://", "https://")) and " " not in text:
        return True
    if text[0] in _QUOTES and (len(text) > 80 or not any(mark in text[1:] for mark in "\"'”’“»」』")):
        return False  # somebody speaks
    return (
        len(text) >= (_WIDE_HEADLINE if is_wide(text) else _HEADLINE)
        and text[-1] not in ".:;,،؛، "
        and not text[0].islower()
    )


def _count_rest(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted, firm: Sequence[bool]) -> _Rest:
    """Count, from the last line up: paragraphs that stay, those straight above another, lines that stay and end with a
    full stop, times, items of a list, lines that are the article's."""
    rest = _Rest([0], [0], [0], [0], [0], [0])
    counts = (rest.prose, rest.pairs, rest.stops, rest.dates, rest.bullets, rest.firm)
    below = False  # whether a paragraph that stays stands on the next line
    for i in range(len(lines) - 1, -1, -1):
        line, hit = lines[i], hits[i]
        prose = accepted[i] is None and line.prose
        stop = accepted[i] is None and _has_full_stop(line)
        dated = hit is not None and hit.kind == "timestamp"
        listed = hit is None and line.text[0] in ITEM_STARTS  # a number alone is a cell of a table
        seen = (prose, prose and below, stop, dated, listed, firm[i])
        for count, each in zip(counts, seen, strict=True):
            count.append(count[-1] + each)
        below = prose
    for count in counts:
        count.reverse()
    return rest


def _has_full_stop(line: Line) -> bool:
    bare = line.text.rstrip(CLOSERS)
    return bare[-1:] in FULL_STOPS


def _ends_in_teasers(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted, heading: int, rest: _Rest, above: int
) -> bool:
    """Whether headlines, dates and teasers fill the rest: mostly bare lines, never two paragraphs in a row, and nothing
    that is the article's; `above` paragraphs stand above the heading."""
    n = len(lines) - heading - 1
    near = range(heading + 1, min(len(lines), heading + 2 + BLOCK_LINES))  # what headings above may have taken
    far = near.stop
    prose = [j for j in near if accepted[j] is None and lines[j].prose]
    together = any(b - a == 1 for a, b in pairwise(prose))
    if far < len(lines) and prose and prose[-1] == far - 1:
        together = together or (accepted[far] is None and lines[far].prose)
    if n < 3 or together or rest.pairs[far] or rest.firm[heading + 1]:
        return False
    paragraphs = len(prose) + rest.prose[far]
    led = is_led(lines[heading].text)
    if not rest.stops[far] and not any(accepted[j] is None and _has_full_stop(lines[j]) for j in near):
        # headlines alone, or with teasers that break off below a heading that is no label
        bare = [j for j in near if hits[j] is None and accepted[j] is None]
        long = sum(may_be_headline(lines[j].text) for j in bare)
        return (paragraphs == 0 or (not led and paragraphs * 3 <= n)) and 2 * long >= len(bare)
    dates, bullets = rest.dates[heading + 1], rest.bullets[heading + 1]
    if not led and paragraphs * 2 <= min(n, above) and is_signed(hits, heading):
        return True
    return (dates >= 2 and paragraphs * 3 <= n) or (bullets >= 3 and paragraphs * 5 <= n)
