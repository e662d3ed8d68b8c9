"""Whole pages rendered as text: telling them from extracted articles, and finding the article's lines.

Each line is judged alone (page_lines.py), then beside its neighbours (page_context.py), by trees fitted on labelled
pages (page_trees.py). The headline, and the paragraphs straight above and below the article, stay by rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cleaner.judge.character_counts import Numbers
from cleaner.judge.context import beside
from cleaner.judge.features import Features, alone
from cleaner.judge.lines import Hit, Line
from cleaner.judge.trees import judgement_for, weighed
from cleaner.phrases.phrases import normalise_wording

__all__ = ["article_lines", "looks_like_page", "outside_block"]

FURNITURE = frozenset(
    ("nav", "login", "footer", "cookie", "newsletter", "share", "app", "promo", "comment", "pagination", "related")
)

CAUTION = 1.2
"""Log odds in favour of keeping: at this much the held-back pages lose 1.2 % of content, at 1 about 1.4 %."""

BELOW_USUAL = 0.5
"""Where the page's own paragraphs have low odds, lines stay down to so much below theirs."""

SHORT_PAGE = 80
"""On pages of fewer lines every paragraph stays that nothing is known against: the pages fitted on are long, with 240
lines on average, and judge those of shorter ones too low."""

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
    _without_strays(lines, stays)
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


def article_lines(own: Features) -> list[bool]:
    """Which lines are the article's, from what each tells by itself."""
    judgement = judgement_for(own)
    context = beside(own, weighed(own, judgement.alone))
    odds = judgement.trees.odds({**own, **context})
    stays = odds > min(-CAUTION, _usual(odds, own) - BELOW_USUAL)
    if len(odds) < SHORT_PAGE:
        stays |= (own["paragraph"] > 0) & (own["hit"] == 0)
    result: list[bool] = stays.tolist()
    return result


def _usual(odds: Numbers, own: Features) -> float:
    """The odds of the page's paragraphs: the middle one, each weighing as its size."""
    at = np.flatnonzero(own["paragraph"])
    if not len(at):
        return 0.0
    order = at[np.argsort(odds[at], kind="stable")]
    upto = np.cumsum(own["size"][order])
    return float(odds[order[np.searchsorted(2 * upto, upto[-1])]])


def _against(own: Features) -> list[str]:
    """The two traits of each line, looked at alone, that speak most against it."""
    weights = {name: weight for name, weight in judgement_for(own).alone.items() if name != "base"}
    names = list(weights)
    parts: Numbers = np.stack([weight * own[name] for name, weight in weights.items()])
    most = np.argsort(parts, axis=0, kind="stable")[:2]
    told = np.take_along_axis(parts, most, 0) < 0
    return [
        ", ".join(names[i] for i, speaks in zip(column, against, strict=True) if speaks) or "its neighbours"
        for column, against in zip(most.T.tolist(), told.T.tolist(), strict=True)
    ]


def _without_strays(lines: Sequence[Line], stays: list[bool]) -> None:
    """Above the article: a bare line that stays alone, with nothing that stays in the three lines below, goes."""
    kept = [i for i, stay in enumerate(stays) if stay]
    for i, below in pairwise(kept):
        if lines[i].prose or below - i <= 3:
            return
        stays[i] = False


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
    wanted = normalise_wording(known_title)
    above = range(max(0, first - HEADLINE_ABOVE), first)
    if wanted:
        same = [i for i in above if lines[i].wording == wanted]
        if same:
            return same[-1]
    body = {w for line in lines[first : first + 6] for w in _long_words(line.text[:600])}
    best, headline = 0.0, -1
    for i in above:
        words = set(_long_words(lines[i].text))
        if hits[i] is not None or not _long_as_headline(lines[i].text) or not words:
            continue
        shared = sum(1 for w in words if w in body)
        signed = any(h is not None and h.kind in ("byline", "timestamp") for h in hits[i + 1 : min(first, i + 4)])
        again = any(j != i and lines[i].wording in lines[j].wording for j in above if lines[i].wording)
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
        if hits[i] is None and _long_as_headline(lines[i].text) and _has_words(lines[i].text)
    ]
    return max(fits, key=lambda i: len(lines[i].text), default=-1)


def _long_as_headline(text: str) -> bool:
    """15 to 200 characters; those of scripts that say more in one take more bytes."""
    return len(text) <= 200 and (len(text) >= 15 or _bytes(text) >= 15)


def _has_words(text: str) -> bool:
    """Three words, or a script that does not part them."""
    return len(text.split()) >= 3 or _bytes(text) > 2.5 * len(text)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _long_words(text: str) -> list[str]:
    words = [w for w in _WORD.findall(text.casefold()) if len(w) > 3]
    return [part for w in words for part in (map("".join, pairwise(w)) if _bytes(w) > 2.5 * len(w) else (w,))]
