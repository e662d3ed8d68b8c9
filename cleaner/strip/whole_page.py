"""Whole pages rendered as text: telling them from extracted articles, and finding the article's lines.

Each line is judged alone (page_lines.py), then beside its neighbours (page_context.py), by trees fitted on labelled
pages (page_trees.py). The headline, and the paragraphs straight above and below the article, stay by rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from cleaner.strip.lines import Hit, Line
from cleaner.strip.page_context import beside
from cleaner.strip.page_ink import Numbers
from cleaner.strip.page_lines import Traits, alone
from cleaner.strip.page_trees import first_weights, shipped_trees, weighed
from cleaner.strip.phrases import fold

__all__ = ["article_lines", "looks_like_page", "outside_block"]

FURNITURE = frozenset(
    ("nav", "login", "footer", "cookie", "newsletter", "share", "app", "promo", "comment", "pagination", "related")
)

CAUTION = 1.0
"""Log odds in favour of keeping."""

HEADLINE_ABOVE = 60
"""Lines above the article in which its headline is looked for."""

_BETWEEN = frozenset(("ad", "related", "readmore"))
_WORD = re.compile(r"[^\W\d_]+")
_BARE_END = frozenset('.!?:;,…"”’»)。！？」।؟')


def looks_like_page(lines: Sequence[Line], hits: Sequence[Hit | None]) -> bool:
    """Many lines, furniture of several kinds among them, and a good part of them short and bare.

    Shorter pages need more of both, on one line in six: extracted articles rarely keep three kinds.
    """
    n = len(lines)
    if n < 30:
        return False
    kinds = [hit.kind for hit in hits if hit is not None and hit.kind in FURNITURE]
    several = len(set(kinds))
    if len(kinds) < 5 or several < 2:
        return False
    bare = sum(1 for line in lines if len(line.text) < 60 and line.text[-1] not in _BARE_END) / n
    if n >= 80 and bare >= 0.2:
        return True
    return several >= 3 and 6 * len(kinds) >= n and (bare >= 0.5 or (len(kinds) >= 7 and bare >= 0.3))


def outside_block(lines: Sequence[Line], hits: Sequence[Hit | None], known_title: str) -> list[Hit | None]:
    """A hit for every line that is not the article's; the headline above it stays. All None when nothing would stay."""
    if not lines:
        return []
    own = alone(lines, hits)
    stays = article_lines(own)
    if not any(stays):
        return [None] * len(lines)
    first = _opening(lines, hits, stays)
    last = _ending(lines, hits, stays)
    headline = _headline(lines, hits, first, known_title)
    against = _against(own)
    outside: list[Hit | None] = []
    for i, hit in enumerate(hits):
        if stays[i] or i == headline:
            outside.append(None)
            continue
        kind = hit.kind if hit is not None else "nav" if i < first else "footer" if i > last else "related"
        where = "above" if i < first else "below" if i > last else "between its paragraphs"
        why = hit.why if hit is not None else against[i]
        outside.append(Hit("page-block", kind, f"not the article's: {where}; {why}"))
    return outside


def article_lines(own: Traits) -> list[bool]:
    """Which lines are the article's, from what each tells by itself."""
    judged = beside(own, weighed(own, first_weights()))
    stays: list[bool] = (shipped_trees().odds({**own, **judged}) > -CAUTION).tolist()
    return stays


def _against(own: Traits) -> list[str]:
    """The two traits of each line, looked at alone, that speak most against it."""
    weights = {name: weight for name, weight in first_weights().items() if name != "base"}
    names = list(weights)
    parts: Numbers = np.stack([weight * own[name] for name, weight in weights.items()])
    most = np.argsort(parts, axis=0, kind="stable")[:2]
    told = np.take_along_axis(parts, most, 0) < 0
    return [
        ", ".join(names[i] for i, speaks in zip(column, against, strict=True) if speaks) or "its neighbours"
        for column, against in zip(most.T.tolist(), told.T.tolist(), strict=True)
    ]


def _opening(lines: Sequence[Line], hits: Sequence[Hit | None], stays: list[bool]) -> int:
    """Index of the article's first line, once the paragraphs up to three lines above it have joined.

    The first paragraph stands under a byline and a row of shares, so its neighbours speak against it.
    """
    first = i = stays.index(True)
    while i > max(0, first - 3):
        i -= 1
        if lines[i].prose and hits[i] is None:
            stays[i], first = True, i
    return first


def _ending(lines: Sequence[Line], hits: Sequence[Hit | None], stays: list[bool]) -> int:
    """Index of the article's last line, once the paragraphs straight below have joined.

    One line may stand between: an advertisement, or a link to one other article ("Read also: ...").
    """
    last = len(stays) - 1 - stays[::-1].index(True)
    while True:
        below = last + 1
        if below < len(lines) and (hit := hits[below]) is not None and hit.kind in _BETWEEN:
            below += hit.kind != "related" or len(lines[below].text) > 24
        if below >= len(lines) or hits[below] is not None or not lines[below].prose:
            return last
        stays[below], last = True, below


def _headline(lines: Sequence[Line], hits: Sequence[Hit | None], first: int, known_title: str) -> int:
    """The line above the article that is its headline, or -1.

    The known title where there is one; else the line that shares most words with the first paragraphs and with the
    other lines above, where a breadcrumb or the page's title repeat it.
    """
    wanted = fold(known_title)
    above = range(max(0, first - HEADLINE_ABOVE), first)
    if wanted:
        same = [i for i in above if lines[i].folded == wanted]
        if same:
            return same[-1]
    body = {w for line in lines[first : first + 6] for w in _long_words(line.text[:600])}
    best, headline = 0.0, -1
    for i in above:
        words = set(_long_words(lines[i].text))
        if hits[i] is not None or not 15 <= len(lines[i].text) <= 200 or not words:
            continue
        shared = sum(1 for w in words if w in body)
        signed = any(h is not None and h.kind in ("byline", "timestamp") for h in hits[i + 1 : min(first, i + 4)])
        again = any(j != i and lines[i].folded in lines[j].folded for j in above if lines[i].folded)
        near = 2 * (i - above.start + 1) / len(above)
        score = shared / len(words) * min(shared, 6) + 1.5 * signed + again + near
        if shared + signed + again >= 2 and score >= best:
            best, headline = score, i
    return headline if headline >= 0 else _straight_above(lines, hits, first)


def _straight_above(lines: Sequence[Line], hits: Sequence[Hit | None], first: int) -> int:
    """One of the two lines straight above the article that has the size of a headline, the longer one; or -1."""
    fits = [
        i
        for i in range(max(0, first - 2), first)
        if hits[i] is None and 15 <= len(lines[i].text) <= 200 and len(lines[i].text.split()) >= 3
    ]
    return max(fits, key=lambda i: len(lines[i].text), default=-1)


def _long_words(text: str) -> list[str]:
    return [w for w in _WORD.findall(text.casefold()) if len(w) > 3]
