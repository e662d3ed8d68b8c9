"""Split a text into its lines with their offsets, and tell paragraphs of an article from shorter lines by their shape.

`Hit` is what a rule says against a line; `prose_bounds` says where the article begins and ends. The rules of
cleaner/strip and the classifier of whole pages (whole_page.py) both stand on these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaner.characters import BLANK, INVISIBLE, SENTENCE_ENDS, UNSPACED_CLASS
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
    "ends_signed",
    "is_prose",
    "is_wrapped",
    "paragraphs",
    "prose_bounds",
    "split_lines",
]

SHORT = 200
"""Lines of up to so many characters are looked at as a whole; longer ones only at their head and tail."""

LONG = 200
"""Lines of so many characters are paragraphs, whatever they end with."""

LEAST = 25
"""Lines of fewer characters are no paragraphs in any script."""

SENTENCE = 40
"""The fewest characters of a sentence that counts as a paragraph where no line of the text is long enough for one; in a
script without blanks half of that will do."""

MENU_ITEM = 30
"""The most characters that an item of a menu has."""

ANY, EDGE, HEAD, BESIDE = "any", "edge", "head", "beside"
"""Where a hit suffices: anywhere; above the first or below the last paragraph; above the first; beside a hit."""

# The Unicode line and paragraph separators end lines as well; vertical tab and form feed stand inside them.
_BREAKS = re.compile(r"[\n\r\u2028\u2029]")
_SIGNED = re.compile(r"[.!?]['\"”’]? ?(?:[(\[](?:[^\W\d][\w./-]{1,11}|\*{1,3})[)\]]\*{0,3}|\*{3})$")
_MENU_MARKS = re.compile(r"[\s|｜│丨·・•/／>»›＞-]+")
_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")


class Hit(NamedTuple):
    """What speaks against a line: the rule, the kind of cruft, the evidence, and where that suffices."""

    rule: str
    kind: str
    why: str
    where: str = ANY


class Line:
    """One line that is not blank: `text` without outer white space, `start` and `end` in the whole text, its shape.

    `apart` says that a blank line, or nothing, stands above; `prose` that the line is long enough for a paragraph;
    `opens` that a clause in it may open as calls on the reader and closing phrases do (True until somebody looked);
    `glued` that it is a segment of a line and follows another one without a line end.
    """

    __slots__ = ("apart", "end", "glued", "known_wording", "opens", "prose", "start", "text")

    def __init__(self, start: int, text: str, apart: bool = True) -> None:
        self.apart = apart
        self.glued = False
        self.start, self.end, self.text = start, start + len(text), text
        n = len(text)
        self.prose = n >= LONG or (n >= LEAST and is_prose(text))
        self.opens = True
        self.known_wording: str | None = None  # what `wording` was found to be

    @property
    def wording(self) -> str:
        """The text by `normalise_wording` for a line of up to SHORT characters; "" for longer ones."""
        if self.known_wording is None:
            self.known_wording = normalise_wording(self.text) if len(self.text) <= SHORT else ""
        return self.known_wording


def split_lines(text: str) -> list[Line]:
    """The lines of `text` that hold more than white space and invisible characters.

    >>> [(line.start, line.end, line.text) for line in split_lines("a\\n\\n  b c \\r\\n")]
    [(0, 1, 'a'), (5, 8, 'b c')]
    """
    # str.split is several times as fast as the pattern, and few texts have line ends of another kind
    odd = "\u2028" in text or "\u2029" in text or ("\r" in text and text.count("\r") > text.count("\r\n"))
    raw_lines: Iterable[str] = _BREAKS.split(text) if odd else text.split("\n")
    lines, at, apart = [], 0, True
    for raw in raw_lines:
        bare, around = raw.strip(), None
        if bare and (bare[0] in INVISIBLE or bare[-1] in INVISIBLE):
            bare, around = raw.strip(BLANK), BLANK
        if bare:
            indent = 0 if len(bare) == len(raw) else len(raw) - len(raw.lstrip(around))
            lines.append(Line(at + indent, bare, apart))
            apart = False
        else:
            apart = True
        at += len(raw) + 1
    return lines


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether sentences run over line ends, as in mail and wire copy: there a line is no unit.

    A line counts when it has the length of a line of print (40 to 100 characters), ends without a stop, and the next
    one goes on in a small letter. Two of these, and one in six lines, make a wrapped text.
    """
    wrapped = 0
    for line, below in pairwise(lines):
        if not below.apart and 40 <= line.end - line.start <= 100 and below.text[0].islower():
            # a list of links goes on in a small letter as well
            wrapped += line.text[-1] not in SENTENCE_ENDS and not below.text.startswith(("http", "www."))
    return wrapped >= 2 and 6 * wrapped >= len(lines)


def ends_sentence(text: str) -> bool:
    """Whether the line ends as a sentence does: with a stop, a closing quote or a closing bracket."""
    return text[-1:] in SENTENCE_ENDS


def ends_signed(text: str) -> bool:
    """Whether a sentence ends with its author's initials or a mark, as the last one of an article does.

    >>> ends_signed("Hujan turun hingga Kamis. (rah)"), ends_signed("He was let go. (Full Story)")
    (True, False)
    """
    return _SIGNED.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether a line is long enough and punctuated as paragraphs are.

    200 characters suffice for any line, 80 for one that ends as a sentence does. Scripts without spaces between words
    say more in a character, so there a third of the length will do: 25 with an end mark, 70 without one.
    """
    n, ended = len(text), text[-1] in SENTENCE_ENDS
    if n >= LONG or (n >= 80 and ended):
        return True
    if n < LEAST or not (ended or n >= 70) or text.isascii():
        return False
    sample = text[:60]
    if 2 * len(_UNSPACED.findall(sample)) <= len(sample):
        return False
    # a menu may be as long, but has no clause longer than an item; from 80 on, spaces may part the words (Korean)
    return ended or n >= 80 or max(map(len, _MENU_MARKS.split(text))) > MENU_ITEM


def prose_bounds(lines: Sequence[Line], taken: Sequence[Hit | None]) -> tuple[int, int]:
    """Indices of the first and the last paragraph that nothing speaks against; (len(lines), -1) when there is none.

    A lone long line above the headline is a caption or a banner, so the first needs another within two lines.
    """
    last = len(lines) - 1
    while last >= 0 and not (lines[last].prose and ((hit := taken[last]) is None or hit.where == BESIDE)):
        last -= 1
    if last < 0:
        if any(line.prose for line in lines):
            return len(lines), -1
        short = [i for i in paragraphs(lines) if (hit := taken[i]) is None or hit.where == BESIDE]
        return (short[0], short[-1]) if short else (len(lines), -1)
    first = before = -3
    for i in range(last + 1):
        if lines[i].prose and ((hit := taken[i]) is None or hit.where == BESIDE):
            if i - before <= 2:
                return before, last
            first, before = i if first < 0 else first, i
    return first, last


def paragraphs(lines: Sequence[Line]) -> list[int]:
    """The indices of the paragraphs; in a text whose lines are all short, of its sentences, where it is made of them.

    Two sentences or more that hold half of the text: poems, lists, quizzes and wrapped texts have no paragraphs.
    """
    prose = [i for i, line in enumerate(lines) if line.prose]
    if prose:
        return prose
    long = [i for i, line in enumerate(lines) if 2 * len(line.text) >= SENTENCE and ends_sentence(line.text)]
    short = [i for i in long if len(lines[i].text) >= SENTENCE or _UNSPACED.search(lines[i].text)]
    held = sum(len(lines[i].text) for i in short)
    return short if len(short) >= 2 and 2 * held >= sum(len(line.text) for line in lines) else []
