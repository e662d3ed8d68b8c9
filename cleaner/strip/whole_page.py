"""Whole pages rendered as text: telling them from extracted articles, and finding the article's block."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.strip.lines import ANY, BESIDE, Hit, Line
from cleaner.strip.phrases import fold

__all__ = ["looks_like_page", "outside_block"]

FURNITURE = frozenset(
    ("nav", "login", "footer", "cookie", "newsletter", "share", "app", "promo", "comment", "pagination")
)
CLOSING = frozenset(("comment", "newsletter", "related", "authorbio", "login", "cookie"))
"""Kinds after which an article rarely goes on."""

SHORT_COST, LIST_GAIN, STUB_GAIN = -1.0, 20.0, 10.0
HIT_COST, CLOSING_COST, EDGE_COST, WEAK_COST = -80.0, -300.0, -40.0, -20.0
PARAGRAPH_MAX = 400
"""The gain of a paragraph is its length, up to this many characters; the costs are in the same coin. Chosen on 620
development pages for at most 1.5 % of content lost: going past a comment heading takes 300 characters of paragraphs."""

_BARE_END = frozenset('.!?:;,…"”)。！？')


def looks_like_page(lines: Sequence[Line], hits: Sequence[Hit | None]) -> bool:
    """Many lines, a good part of them short and bare, furniture among them, and eight lines or more above the text."""
    n = len(lines)
    if n < 50:
        return False
    furniture = sum(1 for hit in hits if hit is not None and hit.kind in FURNITURE)
    bare = sum(1 for line in lines if len(line.text) < 60 and line.text[-1] not in _BARE_END)
    if furniture < 8 or bare < 0.35 * n:
        return False
    return not any(line.prose for line in lines[:8]) or (n >= 80 and furniture >= 15)


def outside_block(lines: Sequence[Line], hits: Sequence[Hit | None], known_title: str) -> list[Hit | None]:
    """A hit for every line outside the article's block; the headline above the block stays."""
    start, stop = _end_at_comments(lines, hits, *_best_block(lines, hits))
    if stop <= start:
        return [None] * len(lines)
    headline = _headline(lines, hits, start, known_title)
    outside: list[Hit | None] = []
    for i, hit in enumerate(hits):
        if start <= i < stop or i == headline:
            outside.append(None)
        else:
            kind = hit.kind if hit is not None else "nav" if i < start else "footer"
            outside.append(Hit("page-block", kind, "outside the article's block of the page"))
    return outside


def _gain(text: str, hit: Hit | None) -> float:
    """What a line adds to the block it stands in, in characters of paragraph."""
    if hit is not None:
        if hit.where == ANY:
            return CLOSING_COST if hit.kind in CLOSING else HIT_COST
        return WEAK_COST if hit.where == BESIDE else EDGE_COST
    n = len(text)
    ends = text.rstrip("\"”’»)]'")[-1:] in ".!?…:;。！？।"
    words = text.split()
    low = sum(1 for word in words if not word[0].isupper()) >= len(words) / 2
    if (n >= 80 and ends) or n >= 200:
        return min(n, PARAGRAPH_MAX) if ends and low else min(n, PARAGRAPH_MAX) / 2
    if n >= 40 and low:
        return n / 2 if ends else LIST_GAIN
    return STUB_GAIN if ends and n >= 20 else SHORT_COST


def _best_block(lines: Sequence[Line], hits: Sequence[Hit | None]) -> tuple[int, int]:
    """The contiguous lines with the greatest sum of gains."""
    best, current, begin = (0.0, 0, 0), 0.0, 0
    for i, (line, hit) in enumerate(zip(lines, hits, strict=True)):
        current += _gain(line.text, hit)
        if current <= 0:
            current, begin = 0.0, i + 1
        elif current > best[0]:
            best = (current, begin, i + 1)
    return best[1], best[2]


def _end_at_comments(lines: Sequence[Line], hits: Sequence[Hit | None], start: int, stop: int) -> tuple[int, int]:
    """Readers' comments look like paragraphs: the block ends at their heading when a third of it stands above."""
    whole = sum(len(lines[i].text) for i in range(start, stop))
    above = 0
    for i in range(start, stop):
        hit = hits[i]
        if hit is not None and hit.kind == "comment" and hit.where == ANY and above >= 0.3 * whole:
            return start, i
        above += len(lines[i].text)
    return start, stop


def _headline(lines: Sequence[Line], hits: Sequence[Hit | None], start: int, known_title: str) -> int:
    """The line above the block that is the headline, or -1: the known title, or the nearest that shares its words."""
    wanted = fold(known_title)
    body = {w for line in lines[start : start + 4] for w in fold(line.text[:400]).split() if len(w) > 3}
    for i in range(start - 1, max(-1, start - 31), -1):
        text = lines[i].text
        if wanted:
            if lines[i].folded == wanted:
                return i
            continue
        words = [w for w in lines[i].folded.split() if len(w) > 3]
        shared = sum(1 for w in words if w in body)
        if hits[i] is None and 20 <= len(text) <= 160 and len(words) >= 3 and shared >= max(2, 0.4 * len(words)):
            return i
    return -1
