"""The lines of a text with their offsets, and what the shape of a line tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaner.phrases.phrases import normalise_wording

__all__ = [
    "ANY",
    "BESIDE",
    "EDGE",
    "HEAD",
    "MENU_ITEM",
    "Hit",
    "Line",
    "ends_sentence",
    "is_prose",
    "is_wrapped",
    "prose_bounds",
    "split_lines",
]

SHORT = 200
"""Lines of up to so many characters are looked at as a whole; longer ones only at their head and tail."""

LONG = 200
"""Lines of so many characters are paragraphs, whatever they end with."""

LEAST = 25
"""Shorter lines are no paragraphs in any script."""

MENU_ITEM = 30
"""Characters of an item of a menu, at most."""

ANY, EDGE, HEAD, BESIDE = "any", "edge", "head", "beside"
"""Where a hit suffices: anywhere; above the first or below the last paragraph; above the first; beside a hit."""

_SENTENCE_END = frozenset(".!?…\"'”’»)]。！？」』।؟")
_BREAKS = re.compile(r"[\n\r\u2028\u2029]")
_ITEMS = re.compile(r"[\s|｜│丨·・•/／>»›＞-]+")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")


class Hit(NamedTuple):
    """What speaks against a line: the rule, the kind of cruft, the evidence, and where that suffices."""

    rule: str
    kind: str
    why: str
    where: str = ANY


class Line:
    """One line that is not blank: `text` without outer white space, `start` and `end` in the whole text, its shape."""

    __slots__ = ("_folded", "apart", "end", "opens", "prose", "start", "text")

    def __init__(self, start: int, text: str, apart: bool = True) -> None:
        self.apart = apart  # a blank line, or nothing, stands above
        self.start, self.end, self.text = start, start + len(text), text
        n = len(text)
        self.prose = n >= LONG or (n >= LEAST and is_prose(text))
        self.opens = True  # a clause may open as calls and closing phrases do
        self._folded: str | None = None

    @property
    def folded(self) -> str:
        """The folded wording of a line of up to SHORT characters; "" for longer ones."""
        if self._folded is None:
            self._folded = normalise_wording(self.text) if len(self.text) <= SHORT else ""
        return self._folded


def split_lines(text: str) -> list[Line]:
    """The lines of `text` that hold more than white space.

    >>> [(line.start, line.end, line.text) for line in split_lines("a\\n\\n  b c \\r\\n")]
    [(0, 1, 'a'), (5, 8, 'b c')]
    """
    odd = "\u2028" in text or "\u2029" in text or ("\r" in text and text.count("\r") > text.count("\r\n"))
    pieces: Iterable[str] = _BREAKS.split(text) if odd else text.split("\n")
    lines, at, apart = [], 0, True
    for piece in pieces:
        if bare := piece.strip():
            lead = 0 if len(bare) == len(piece) else len(piece) - len(piece.lstrip())
            lines.append(Line(at + lead, bare, apart))
            apart = False
        else:
            apart = True
        at += len(piece) + 1
    return lines


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether sentences run over line ends, as in mail and wire copy: there a line is no unit."""
    runs = 0
    for line, below in pairwise(lines):
        if not below.apart and 40 <= line.end - line.start <= 100 and _goes_on(below.text):
            runs += line.text[-1] not in _SENTENCE_END
    return runs >= 2 and 6 * runs >= len(lines)


def _goes_on(text: str) -> bool:
    return text[0].islower() and not text.startswith(("http", "www."))


def ends_sentence(text: str) -> bool:
    """Whether the line ends as a sentence does."""
    return text[-1:] in _SENTENCE_END


def is_prose(text: str) -> bool:
    """A line long enough and punctuated as paragraphs are.

    Scripts without spaces between words say more in a character, so a third of the length will do, with an end mark
    (80 otherwise) and without one (LONG otherwise).
    """
    n, ended = len(text), text[-1] in _SENTENCE_END
    if n >= LONG or (n >= 80 and ended):
        return True
    if n < LEAST or not (ended or n >= 70) or text.isascii() or not _is_wide(text):
        return False
    # a menu may be as long, but has no clause longer than an item; from 80 on, spaces may part the words (Korean)
    return ended or n >= 80 or max(map(len, _ITEMS.split(text))) > MENU_ITEM


def _is_wide(text: str) -> bool:
    sample = text[:60]
    return 2 * len(_WIDE.findall(sample)) > len(sample)


def prose_bounds(lines: Sequence[Line], taken: Sequence[Hit | None]) -> tuple[int, int]:
    """Indices of the first and the last paragraph that nothing speaks against; (len, -1) when there is none.

    A lone long line above the headline is a caption or a banner, so the first needs another within two lines.
    """
    last = len(lines) - 1
    while last >= 0 and not (lines[last].prose and ((hit := taken[last]) is None or hit.where == BESIDE)):
        last -= 1
    if last < 0:
        return len(lines), -1
    first = before = -3
    for i in range(last + 1):
        if lines[i].prose and ((hit := taken[i]) is None or hit.where == BESIDE):
            if i - before <= 2:
                return before, last
            first, before = i if first < 0 else first, i
    return first, last
