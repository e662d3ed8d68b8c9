"""Find the segments at the edges of running text that may repeat on a site.

Crawls lose line ends, and then the template's last sentence stands at the end of the last paragraph: "... di dermaga.
Ikuti berita Semarang lainnya di saluran kami."

A segment ends where a line end was lost (cleaner/strip/segments.py) or where a sentence ends. It is compared by its
words, and once more with a slot in the place of each name, for templates in which a name varies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from cleaner.characters import UNSPACED_CLASS
from cleaner.strip.segments import find_gaps, joints

__all__ = ["edge_segments", "middle_sentence", "with_slots"]

LEAST_WORDS = 4
"""Words of the shortest segment. Fewer words stand in different articles by chance: "kata dia kepada wartawan"."""

MOST = 200
"""The most characters of a segment; a longer one is a paragraph."""

AT_THE_HEAD, AT_THE_TAIL = 2, 4
"""How many segments count as the beginning of a text, and how many as its end."""

HEAD_WINDOW, TAIL_WINDOW = 300, 600
"""Characters at either end of a line in which its segments are sought."""

_SENTENCE = re.compile(r"[.!?…][\"”’»)\]]*\s+(?=[^\W\d_a-zß-ÿ]|[\"“‘«(\[])|[。！？।۔]\s*(?=\S)")
_QUOTED = re.compile(r"[\"“«][^\"”»]{3,}[\"”»]")
_DIGIT = re.compile(r"\d")
_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")


def edge_segments(line: str, head: bool, tail: bool) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each segment at the edges of `line` that may repeat, and whether it is one of the last.

    `head` and `tail` say whether the line is the first and the last of the text. Segments with digits are left out,
    because figures belong to an article.
    """
    found: dict[tuple[int, int], bool] = {}
    if head:
        # the last one may go on behind the window
        spans = _split(line[:HEAD_WINDOW])[: None if len(line) <= HEAD_WINDOW else -1]
        found.update(dict.fromkeys(spans[:AT_THE_HEAD], False))
    if tail:
        begin = max(0, len(line) - TAIL_WINDOW)
        spans = [(begin + a, begin + b) for a, b in _split(line[begin:])][1 if begin else 0 :]
        found.update(dict.fromkeys(spans[-AT_THE_TAIL:], True))
    for (start, end), last in sorted(found.items()):
        segment = line[start:end]
        words = segment.count(" ") + 1
        words += 0 if words >= LEAST_WORDS else len(_UNSPACED.findall(segment)) // 3
        if words >= LEAST_WORDS and end - start <= MOST and _DIGIT.search(segment) is None:
            yield start, end, last


def _split(text: str) -> list[tuple[int, int]]:
    """Return the segments and sentences of a text of one line, without white space at their ends."""
    cuts = {*joints(text, None, find_gaps(text)), *(end.end() for end in _SENTENCE.finditer(text)), 0, len(text)}
    spans = []
    for start, end in pairwise(sorted(cuts)):
        bare = text[start:end].strip()
        if bare:
            start += len(text[start:end]) - len(text[start:end].lstrip())
            spans.append((start, start + len(bare)))
    return spans


def middle_sentence(line: str) -> tuple[int, int] | None:
    """Start and end of the longest sentence between the edges of `line`, by which copies of an article know each other
    when their edges were edited; None where the edges are all of it."""
    spans = _split(line[HEAD_WINDOW : len(line) - TAIL_WINDOW]) if len(line) > HEAD_WINDOW + TAIL_WINDOW else []
    start, end = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    return (HEAD_WINDOW + start, HEAD_WINDOW + end) if end else None


def with_slots(segment: str) -> str:
    """Return the segment in small letters with a slot for each quotation and each word that is written as a name; ""
    where nothing varies or too few words are left.

    >>> with_slots("Ikuti berita Semarang lainnya di saluran kami.")
    'ikuti berita * lainnya di saluran kami.'
    """
    quoted = _QUOTED.sub("*", segment)
    first, *rest = quoted.split()
    words = [first.casefold(), *("*" if word[0].isupper() else word for word in rest)]
    slots = [word for i, word in enumerate(words) if word != "*" or words[i - 1] != "*"]
    kept = sum(word != "*" for word in slots)
    return " ".join(slots) if kept >= LEAST_WORDS and kept < len(slots) else ""
