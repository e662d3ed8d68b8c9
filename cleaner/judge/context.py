"""What the neighbours of a page's line make of it: first judgements around it, blocks, gaps, headings passed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.judge.character_counts import Numbers
from cleaner.judge.features import GROUPS, Features

__all__ = ["beside", "best_segment"]

SPANS = (
    (-1, 0),
    (1, 2),
    (-2, -1),
    (2, 3),
    (-4, -2),
    (3, 5),
    (-9, -4),
    (5, 10),
    (-21, -9),
    (10, 22),
    (-51, -21),
    (22, 52),
)
"""Stretches of neighbours, in lines before (negative) and after a line."""

AROUND = ("capitals", "topic", "hit", "repeated", "full stop", "topic, often")
NEAR = ((-1, 0), (1, 2), (-6, 0), (1, 7), (-20, 0), (1, 21))
"""Traits whose means over these stretches tell what company a line keeps."""

BRACKETS = (5, 10, 15, 20, 30, 40, 60, 80, 120, 200, 400)
STEPS = (1, 2, 3, 4)
"""Cards and comments come round at even steps: how little the size changes from one line to the next but so many."""

COSTS = (0.0, 0.1, 0.25)
"""What a line has to bring for a block to grow over it."""

PASSED = tuple(sorted({*GROUPS.values()}))


def beside(own: Features, odds: Numbers) -> Features:
    """The traits of each line beside the others, with the first judgements (`odds`) of all."""
    trust = odds / (2 + np.abs(odds))
    mass = np.minimum(400, own["size"]).astype(float)
    pull = trust * np.sqrt(mass) / 20
    traits: Features = {"first judgement": trust, "pull": pull}
    _windows(pull, own, traits)
    above = _shares(trust, mass, traits)
    _segments(trust, mass, pull, traits)
    good = (trust > 0.2) & (mass >= 60)
    _gaps(good, traits)
    _clusters(good, mass, traits)
    _headings(own, above, traits)
    _subheads(own, trust, traits)
    _runs(own, traits)
    _whole(own, good, traits)
    return traits


def _means(rows: Sequence[Numbers], spans: Sequence[tuple[int, int]]) -> Numbers:
    """For each span (a, b) and row the means over lines i + a to i + b - 1; lines beyond the page count as 0."""
    table = np.stack(rows)
    n = table.shape[1]
    sums = np.zeros((len(table), n + 1))
    np.cumsum(table, axis=1, out=sums[:, 1:])
    at = np.arange(n)
    ends = [(np.minimum(n, np.maximum(0, at + a)), np.minimum(n, np.maximum(0, at + b))) for a, b in spans]
    return np.stack([(sums[:, hi] - sums[:, lo]) / (b - a) for (a, b), (lo, hi) in zip(spans, ends, strict=True)])


def _windows(pull: Numbers, own: Features, traits: Features) -> None:
    for (a, b), (mean,) in zip(SPANS, _means([pull], SPANS), strict=True):
        traits[f"lines {a} to {b}"] = mean
    size = np.searchsorted(BRACKETS, own["size"], side="right").astype(float)
    means = _means([*(own[name] for name in AROUND), size], NEAR)
    for (a, b), row in zip(NEAR, means, strict=True):
        for name, mean in zip((*AROUND, "size"), row, strict=True):
            traits[f"{name}, lines {a} to {b}"] = mean
    changes = [np.full(len(size), float(len(BRACKETS))) for _ in STEPS]
    for step, change in zip(STEPS, changes, strict=True):
        change[step:] = np.abs(size[step:] - size[:-step])
    for step, mean in zip(STEPS, _means(changes, [(-6, 7)])[0], strict=True):
        traits[f"change by {step}"] = mean


def _shares(trust: Numbers, mass: Numbers, traits: Features) -> Numbers:
    """How much of what looks like the article stands above and below a line; returns the share above."""
    good = np.maximum(0.0, trust) * mass
    upto = np.cumsum(good)
    whole = max(1.0, float(upto[-1]))
    above: Numbers = (upto - good) / whole
    for name, value in (("above", above), ("below", np.maximum(0.0, 1 - upto / whole))):
        traits[f"article {name}"] = value
    return above


def best_segment(values: Sequence[float]) -> tuple[int, int]:
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


def _segments(trust: Numbers, mass: Numbers, pull: Numbers, traits: Features) -> None:
    at = np.arange(len(pull))
    for cost in COSTS:
        start, stop = best_segment((pull - cost).tolist())
        traits[f"outside block {cost}"] = np.maximum(0, at - stop + 1) - np.maximum(0, start - at)
        traits[f"into block {cost}"] = np.where(
            (at >= start) & (at < stop), (at - start + 0.5) / max(1, stop - start), -1
        )
        traits[f"block {cost}"] = np.full(len(at), (stop - start) / len(at))


def _gaps(good: Numbers, traits: Features) -> None:
    """How far the nearest paragraphs above and below are."""
    up, down = _since(good), _since(good[::-1])[::-1]
    traits["to paragraph above"], traits["to paragraph below"], traits["gap"] = up, down, up + down
    traits["nearest paragraph"] = np.minimum(up, down)


def _since(good: Numbers) -> Numbers:
    """Lines between each line and the last good one before it, 50 at most."""
    n = len(good)
    at = np.arange(n)
    last = np.maximum.accumulate(np.where(good, at, -100))
    before = np.concatenate(([-100], last[:-1]))
    return np.minimum(50, at - before - 1)


def _clusters(good: Numbers, mass: Numbers, traits: Features) -> None:
    """Paragraphs with few lines between them form a cluster: its share of the greatest one's mass, by nearest line."""
    at = np.flatnonzero(good)
    n = len(good)
    for most in (2, 5, 10):
        name = f"cluster {most}"
        if not len(at):
            traits[name] = traits[f"{name}, behind"] = np.zeros(n)
            continue
        number = np.cumsum(np.concatenate(([0], np.diff(at) > most + 1)))
        weight = np.bincount(number, mass[at])
        nearest = np.clip(np.searchsorted(at, np.arange(n)), 0, len(at) - 1)
        earlier = np.maximum(nearest - 1, 0)
        closer = np.where(np.abs(np.arange(n) - at[earlier]) < np.abs(at[nearest] - np.arange(n)), earlier, nearest)
        traits[name] = weight[number[closer]] / weight.max()
        traits[f"{name}, behind"] = np.sign(number[closer] - int(weight.argmax())).astype(float)


def _headings(own: Features, above: Numbers, traits: Features) -> None:
    """Which kinds of furniture have been passed, before and after a third of the article, and which are near."""
    marks = np.stack([own[f"hit {group}"] for group in PASSED])
    at = np.arange(marks.shape[1])
    late = marks * (above >= 0.3)
    passed = np.cumsum(marks, axis=1) - marks
    seen = marks > 0
    last = np.maximum.accumulate(np.where(seen, at, -200), axis=1)
    share = np.maximum.accumulate(np.where(seen, above, -1.0), axis=1)
    tables = {
        "after": np.minimum(10, passed),
        "late after": np.minimum(10, np.cumsum(late, axis=1) - late),
        "since": np.minimum(200, at - last),
        "near": _means(list(marks), [(-6, 7)])[0],
        "before": np.minimum(10, marks.sum(axis=1, keepdims=True) - passed - marks),
        "article above": share,
    }
    for name, table in tables.items():
        for group, row in zip(PASSED, table, strict=True):
            traits[f"{name} {group}"] = row


def _subheads(own: Features, trust: Numbers, traits: Features) -> None:
    """Short lines that nothing is known against: a subhead has a paragraph below, and one above."""
    up = np.concatenate(([-1.0], trust[:-1]))
    down = np.concatenate((trust[1:], [-1.0]))
    soon = np.max(np.stack([np.concatenate((trust[k:], np.full(k, -1.0)))[: len(trust)] for k in (1, 2, 3)]), axis=0)
    short = (own["size"] < 80) & (own["hit"] == 0)
    traits["subhead"] = np.where(short, np.minimum(up, down), 0.0)
    traits["subhead, below"] = np.where(short, down, 0.0)
    traits["subhead, soon below"] = np.where(short, soon, 0.0)


def _runs(own: Features, traits: Features) -> None:
    """The run of short bare lines that a line stands in: how many, how many hits and repetitions among them."""
    bare = (own["size"] < 60) & (own["full stop"] == 0)
    number = np.cumsum(np.concatenate(([True], bare[1:] != bare[:-1])))
    length = np.bincount(number)
    traits["run"] = np.where(bare, length[number], -length[number])
    for name in ("hit", "repeated", "capitals", "topic", "digit share"):
        traits[f"{name} in run"] = np.bincount(number, own[name])[number] / length[number]


def _whole(own: Features, good: Numbers, traits: Features) -> None:
    """The page as a whole, and the place of a line on it."""
    n = len(good)
    at = np.arange(n)
    traits["from the top"], traits["from the end"], traits["place"] = at, n - 1 - at, at / max(1, n - 1)
    traits["lines"] = np.full(n, n)
    traits["paragraphs"] = np.full(n, good.sum())
    traits["ink in paragraphs"] = np.full(n, (own["size"] * good).sum() / own["size"].sum())
