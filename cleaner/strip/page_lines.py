"""What speaks for and against each line of a whole page, as named numbers: alone first, then beside its neighbours.

The way of jusText (Pomikálek 2011): a judgement of each line by itself, revised by those around it. The weights of
the numbers stand in page_weights.json and are fitted by benchmarks/fit_page_lines.py; nothing here names a language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from cleaner.strip.lines import ANY, BESIDE, Hit, Line

__all__ = ["Evidence", "alone", "best_segment", "revised", "weighed"]

Evidence = dict[str, float]
"""Name of a trait -> its strength, mostly 0 to 1; traits that are absent are left out."""

SEEN = 1000
"""Characters of a line that are looked at."""

LENGTHS = (400, 200, 120, 80, 60, 40, 20, 10, 0)
SPANS = ((-1, 0), (1, 2), (-3, -1), (2, 4), (-8, -3), (4, 9), (-20, -8), (9, 21), (-50, -20), (21, 51))
"""Stretches of neighbours, in lines before (negative) and after a line."""

GROUPS = {
    **dict.fromkeys(("related", "readmore"), "related"),
    **dict.fromkeys(("newsletter", "login", "cookie", "paywall", "promo", "ad", "app"), "offer"),
    **dict.fromkeys(("byline", "timestamp", "dateline"), "byline"),
    **dict.fromkeys(("caption", "video", "sourcenote"), "caption"),
    **dict.fromkeys(("footer", "nav", "pagination"), "frame"),
    **{kind: kind for kind in ("comment", "share", "tags", "authorbio")},
}
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?؟।] +[^\W\d_]|[。！？]")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")
_CODE = re.compile(r"[{}()\[\]<>=;$\\_]")
_FULL = frozenset(".!?…:;。！？।؟")
_CLOSERS = "\"'”’»)]」』"
_BULLETS = frozenset("-•*·–▪")
_QUOTES = frozenset('"“„«「')


def alone(lines: Sequence[Line], hits: Sequence[Hit | None]) -> list[Evidence]:
    """The traits of each line by itself, and how its words stand to those of the page's paragraphs."""
    words = [_WORD.findall(line.text[:SEEN]) for line in lines]
    prose = [line.prose and (hit is None or hit.where != ANY) for line, hit in zip(lines, hits, strict=True)]
    common = _common(words, prose)
    topical = [{w.casefold() for w in ws if len(w) > 3} - common for ws in words]
    vocabulary = Counter(w for ws, is_prose in zip(topical, prose, strict=True) if is_prose for w in ws)
    times = Counter(line.text[:SEEN] for line in lines)
    found = []
    for i, line in enumerate(lines):
        traits = _shape(line.text, words[i])
        _marked(hits[i], traits)
        own = topical[i]
        least = 3 if prose[i] else 2
        traits["topic"] = sum(vocabulary[w] >= least for w in own) / len(own) if own else 0.3
        traits["common"] = min(0.4, sum(w in common for w in words[i]) / max(1, len(words[i])))
        if times[line.text[:SEEN]] > 1:
            traits["repeated"] = 1.0
        found.append(traits)
    return found


def _common(words: Sequence[list[str]], prose: Sequence[bool]) -> frozenset[str]:
    """The page's own stop words: small words that at least a tenth of its paragraphs use, forty at most."""
    counts = Counter(w for ws, good in zip(words, prose, strict=True) if good for w in set(ws) if w.islower())
    least = max(2, sum(prose) // 10)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:40]
    return frozenset(w for w, n in ranked if n >= least)


def _size(text: str) -> int:
    """Characters; those of scripts without spaces between words count three times."""
    n = len(text)
    return n if text.isascii() else n + 2 * len(_WIDE.findall(text[:SEEN]))


def _shape(text: str, words: Sequence[str]) -> Evidence:
    n, head = _size(text), text[:SEEN]
    ends = text.rstrip(_CLOSERS)[-1:] in _FULL and text.rstrip(_CLOSERS) != ""
    length = next(least for least in LENGTHS if n >= least)
    traits: Evidence = {f"length {length}": 1.0}
    if ends:
        traits[f"length {length} and full stop"] = 1.0
    high = sum(1 for w in words if w[0].isupper()) / len(words) if words else 0.0
    traits["capitals"] = high
    if n >= 40:
        traits["capitals, long line"] = high
    for name, count in (("sentences", len(_SENTENCE.findall(head))), ("commas", head.count(","))):
        if count:
            traits[name] = float(min(3, count))
    shown = text[:300]
    traits["digits"] = sum(map(str.isdigit, shown)) / len(shown)
    traits["code"] = min(0.3, len(_CODE.findall(shown)) / len(shown))
    if len(shown) > 60 and " " not in shown:
        traits["no space"] = 1.0
    for name in _marks(text):
        traits[name] = 1.0
    return traits


def _marks(text: str) -> Iterator[str]:
    """Traits told by the first and the last character."""
    first, last = text[0], text[-1]
    if last in ":;,":
        yield "runs on"
    if last in "?!":
        yield "asks or calls"
    if first in _BULLETS:
        yield "bullet"
    elif first in _QUOTES:
        yield "quote"
    elif first.isdigit():
        yield "numbered"
    elif first.islower():
        yield "small initial"
    if text.isupper():
        yield "all capitals"


def _marked(hit: Hit | None, traits: Evidence) -> None:
    if hit is None:
        return
    traits[f"hit {GROUPS.get(hit.kind, 'other')}"] = 1.0
    if hit.where == ANY:
        traits["hit anywhere"] = 1.0
    elif hit.where == BESIDE:
        traits["hit weak"] = 1.0


def weighed(evidence: Sequence[Evidence], weights: Mapping[str, float]) -> list[float]:
    """The sum of trait times weight of each line: log odds that it is the article's."""
    base = weights["base"]
    return [base + sum(weights.get(name, 0.0) * x for name, x in traits.items()) for traits in evidence]


def revised(
    lines: Sequence[Line], hits: Sequence[Hit | None], first: Sequence[Evidence], odds: Sequence[float]
) -> list[Evidence]:
    """The traits of each line again, with the first judgements (`odds`) of those around it."""
    trust = [x / (2 + abs(x)) for x in odds]
    mass = [min(400, len(line.text)) for line in lines]
    pull = [t * (m**0.5) / 20 for t, m in zip(trust, mass, strict=True)]
    found = [dict(traits) for traits in first]
    for traits, t in zip(found, trust, strict=True):
        traits["first judgement"] = t
    _neighbours(pull, found)
    shares = _shares(trust, mass, found)
    _segments(trust, mass, pull, found)
    _gaps([t > 0.2 and m >= 60 for t, m in zip(trust, mass, strict=True)], found)
    _headings(hits, shares, found)
    _subheads(lines, hits, trust, found)
    return found


def _neighbours(pull: Sequence[float], found: Sequence[Evidence]) -> None:
    n, sums = len(pull), [0.0, *accumulate(pull)]
    for a, b in SPANS:
        name = f"lines {a} to {b}"
        for i, traits in enumerate(found):
            traits[name] = (sums[min(n, max(0, i + b))] - sums[min(n, max(0, i + a))]) / (b - a)


def _shares(trust: Sequence[float], mass: Sequence[int], found: Sequence[Evidence]) -> list[float]:
    """How much of what looks like the article stands above and below a line."""
    good = [max(0.0, t) * m for t, m in zip(trust, mass, strict=True)]
    whole = max(1.0, sum(good))
    above = [x / whole for x in accumulate(good, initial=0.0)][: len(good)]
    for share, own, traits in zip(above, good, found, strict=True):
        below = max(0.0, 1 - share - own / whole)
        for name, value in (("above", share), ("below", below)):
            traits[f"article {name}"] = value
            traits[f"some article {name}"] = min(value, 0.1) * 10
            if value < 0.01:
                traits[f"no article {name}"] = 1.0
    return above


def best_segment(values: Iterable[float]) -> tuple[int, int]:
    """Start and stop of the contiguous values with the greatest sum (Kadane's scan).

    >>> best_segment([-1.0, 2.0, -1.0, 3.0, -5.0, 1.0])
    (1, 4)
    """
    best, current, begin, segment = 0.0, 0.0, 0, (0, 0)
    for i, value in enumerate(values):
        current += value
        if current <= 0:
            current, begin = 0.0, i + 1
        elif current > best:
            best, segment = current, (begin, i + 1)
    return segment


def _segments(trust: Sequence[float], mass: Sequence[int], pull: Sequence[float], found: Sequence[Evidence]) -> None:
    for cost in (0.0, 0.1, 0.25):
        start, stop = best_segment(x - cost for x in pull)
        for i, traits in enumerate(found):
            if start <= i < stop:
                traits[f"block {cost}"] = 1.0
                if cost == 0.1:
                    traits["judgement in block"] = trust[i]
                    traits["length in block"] = mass[i] ** 0.5 / 20
            elif i < start:
                traits[f"before block {cost}"] = min(start - i, 20) / 20
            else:
                traits[f"behind block {cost}"] = min(i - stop + 1, 20) / 20


def _gaps(good: Sequence[bool], found: Sequence[Evidence]) -> None:
    """How far the nearest paragraphs above and below are."""
    up, down = _since(good), _since(good[::-1])[::-1]
    for i, traits in enumerate(found):
        traits["to paragraph above"] = up[i] / (4 + up[i])
        traits["to paragraph below"] = down[i] / (4 + down[i])
        both = up[i] + down[i]
        traits["gap"] = both / (8 + both)
        if good[i]:
            traits["lone paragraph"] = both / (8 + both)
        if up[i] == 0 and down[i] == 0:
            traits["between paragraphs"] = 1.0


def _since(good: Sequence[bool]) -> list[int]:
    count, out = 50, []
    for value in good:
        out.append(count)
        count = 0 if value else min(50, count + 1)
    return out


def _headings(hits: Sequence[Hit | None], above: Sequence[float], found: Sequence[Evidence]) -> None:
    """Which kinds of furniture have been passed, before and after a third of the article, and which are near."""
    for group in sorted({*GROUPS.values()}):
        marks = [hit is not None and GROUPS.get(hit.kind) == group for hit in hits]
        if not any(marks):
            continue
        sums = [0, *accumulate(marks)]
        late = [0, *accumulate(m and share >= 0.3 for m, share in zip(marks, above, strict=True))]
        n = len(hits)
        for i, traits in enumerate(found):
            if sums[i]:
                traits[f"after {group}"] = min(3, sums[i]) / 3
            if late[i]:
                traits[f"late after {group}"] = 1.0
            if near := sums[min(n, i + 7)] - sums[max(0, i - 6)]:
                traits[f"near {group}"] = min(3, near) / 3
            if late[i] and (ahead := sums[n] - sums[i]):
                traits[f"late before {group}"] = min(5, ahead) / 5


def _subheads(
    lines: Sequence[Line], hits: Sequence[Hit | None], trust: Sequence[float], found: Sequence[Evidence]
) -> None:
    """Short lines that nothing is known against: a subhead has a paragraph below, and one above."""
    n = len(lines)
    for i, traits in enumerate(found):
        if len(lines[i].text) >= 80 or hits[i] is not None:
            continue
        up = trust[i - 1] if i else -1.0
        down = trust[i + 1] if i + 1 < n else -1.0
        traits["subhead"] = min(up, down)
        traits["subhead, below"] = down
        if "repeated" in traits:
            traits["repeated subhead"] = down
        far = max((trust[j] for j in range(i + 1, min(n, i + 4))), default=-1.0)
        traits["subhead, soon below"] = far
        if "capitals, long line" in traits:
            traits["long subhead"] = down
