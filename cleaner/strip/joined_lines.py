"""Sentences that a scraper cut at inline links: their parts are joined into one line for judging, offsets kept.

"Aturan itu dimuat dalam" / "peraturan daerah" / "yang dikutip" / "Antara" / ", Kamis (15/8/2024)." is one sentence, and
none of its parts is an agency's name or a date alone. Lists, poems and menus in small letters stay as they are: what
is joined ends as a sentence does, or holds a part that only a sentence can go on with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

from cleaner.characters import BULLETS, FULL_STOPS, SENTENCE_ENDS
from cleaner.judge.lines import Hit, Line, is_wrapped

__all__ = ["join_cut_lines"]

SHARE = 0.08
"""Share of lines that go on with the line above, from which on a text counts as shattered."""

LINK = 60
"""Characters of the longest line that counts as an inline link; names in one are rarely longer."""

LEAST_WORDS = 3
"""Words of a line that a line in small letters may go on with; items of menus and ingredients have fewer."""

# Marks with which no line of its own begins when a space stands behind them, and further ones when nothing does.
_GOES_ON = frozenset(",.;)،؛。、，")
_ALONE = frozenset("!?:]”’؟")
_MAY_GO_ON = _GOES_ON | _ALONE
_JOINED_HITS = frozenset(
    ("agency-line", "endmark", "number", "timestamp", "weak-in-tail", "byline-date", "initials-line")
)
"""Rules that a part of a sentence falls to; what any other rule names is boilerplate, however it goes on."""

_ENDS = SENTENCE_ENDS | frozenset("॥۔։።:")


def join_cut_lines(lines: list[Line], judge: Callable[[Line], Hit | None] = lambda _line: None) -> list[Line]:
    """The lines, with those joined that an inline link cut out of one sentence; the same list where there are none.

    A joined line has the text of its parts with a blank in place of each line end, so that every offset in it is the
    offset in the whole text less the line's start. Lines that `judge` calls boilerplate are joined with none.

    >>> from cleaner.judge.lines import split_lines
    >>> [(line.start, line.end, line.text) for line in join_cut_lines(split_lines("Kata camat di\\nSelaya\\n, Rabu."))]
    [(0, 28, 'Kata camat di Selaya , Rabu.')]
    """
    marks, small = _continuations(lines)
    if not marks and (len(small) < 2 or len(small) < SHARE * len(lines) or is_wrapped(lines)):
        return lines

    @cache
    def stays(i: int) -> bool:
        hit = judge(lines[i])
        return hit is None or hit.rule in _JOINED_HITS

    joined: list[Line] = []
    group = lines[:1]
    sure = False
    for i in range(1, len(lines) + 1):
        goes_on = i in marks or i in small or (i < len(lines) and _is_link(lines, i, marks))
        if goes_on and stays(i - 1) and stays(i):
            group.append(lines[i])
            sure = sure or i in marks
            continue
        if len(group) > 1 and (sure or group[-1].text[-1] in _ENDS):
            text = group[0].text
            for upper, lower in pairwise(group):
                # one blank, however many characters part the lines: two would be taken for a gap that a template left
                text += " " + "\u200b" * (lower.start - upper.end - 1) + lower.text
            joined.append(Line(group[0].start, text, group[0].apart))
        else:
            joined += group
        group, sure = lines[i : i + 1], False
    return joined if len(joined) < len(lines) else lines


def _continuations(lines: Sequence[Line]) -> tuple[set[int], set[int]]:
    """The lines that open with a mark that stands behind a word (", Rabu (14/8/2024).", "." alone), and those in small
    letters that go on with the line above, which has no end mark."""
    marks, small = set[int](), set[int]()
    openings = [line.text[0] for line in lines]
    for i, opening in enumerate(openings):
        if opening in _MAY_GO_ON and i:
            text = lines[i].text
            if (opening in _GOES_ON and text[1:2] in ("", " ", "\u00a0")) or text in _ALONE:
                marks.add(i)
    # two parts that open with marks leave no doubt, and then one word may be a link as well
    least = LEAST_WORDS if len(marks) < 2 else 1
    for i, opening in enumerate(openings):
        if opening.islower() and i and not lines[i].text.startswith(("http", "www.")):
            above = lines[i - 1].text
            words = above[0].islower() or above.count(" ") >= least - 1
            if words and above[-1] not in _ENDS and above[0] not in BULLETS:
                small.add(i)
    return marks, small


def _is_link(lines: Sequence[Line], at: int, marks: set[int]) -> bool:
    """Whether a short line with a capital is a link inside a sentence: the line above breaks off, the next goes on."""
    above, text = lines[at - 1].text, lines[at].text
    if len(text) > LINK or not text[0].isalpha() or above[-1] in _ENDS or not above.rsplit(None, 1)[-1][0].islower():
        return False
    if at + 1 in marks:  # behind "Rabu (14/8/2024)" a full stop alone
        return text[-1] not in FULL_STOPS
    return text[-1] not in _ENDS and at + 1 < len(lines) and lines[at + 1].text[0].islower()
