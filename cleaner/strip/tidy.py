"""White space made plain, where it was asked for (`--tidy-space`): no-break and invisible spaces, blank lines.

Each change is a removal of the kind space like all others, with the space that stands in its place where one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.article import Article, Removal, insert_removals
from cleaner.characters import UNSPACED_CLASS

__all__ = ["tidy_space"]

ODD = "\u00a0\u1680\u2000-\u200a\u202f\u205f"
"""Spaces that look like one and are told from it: the no-break space, spaces of typography. The ideographic space is a
mark of Chinese and Japanese, and stays."""

INVISIBLE = "\u200b\u2060\ufeff\u00ad"
"""What nobody sees: the zero-width space, joiners of words, the soft hyphen. Joiners of letters (ZWJ, ZWNJ) are part of
the spelling in Persian, Indic scripts and emoji, and Arabic and Hebrew need marks of direction; both stay."""

_GAP = re.compile(f"[ \t\n{ODD}{INVISIBLE}]+")
_PLAIN = re.compile("[ \t]*")
_SPACE = re.compile(f"[ \t{ODD}]")
_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")


def tidy_space(article: Article) -> Article:
    """The article with removals that make the white space of its clean text plain.

    Between words a run with an odd or invisible space becomes one space, or none where nothing of it has a width. Of
    blank lines one stays; at the ends of lines and of the text no white space does. Plain spaces inside and before
    lines are left alone: they may be those of a table or a poem.
    """
    found = [Removal(start, end, "tidy-space", "space", why, new) for start, end, why, new in _changes(article.text)]
    return article._replace(removals=insert_removals(article.removals, found)) if found else article


def _changes(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start and end of each span to change in a text, why, and what stands in its place."""
    for gap in _GAP.finditer(text):
        run, start, end = gap[0], gap.start(), gap.end()
        if run == " " and end < len(text) and start:
            continue
        if not start or end == len(text):
            yield start, end, "space at an end of the text", ""
        elif "\n" in run:
            # What stays is one or two line ends, and the plain spaces by which the next line is indented.
            first, last = run.index("\n"), run.rindex("\n")
            second = run.find("\n", first + 1)
            indent = last + 1 if _PLAIN.fullmatch(run, last + 1) else len(run)
            kept = [(first, first + 1), *([(second, second + 1)] if second > 0 else []), (indent, len(run))]
            at = 0
            for begin, stop in kept:
                if at < begin:
                    yield start + at, start + begin, "space or blank lines at the end of a line", ""
                at = stop
        elif not _PLAIN.fullmatch(run):
            # A zero-width space parts words in Khmer, Thai and their like, which have no other.
            parts_words = run == "\u200b" and (_UNSPACED.match(text, start - 1) or _UNSPACED.match(text, end))
            if not parts_words:
                yield start, end, "odd or invisible space", " " if _SPACE.search(run) else ""
