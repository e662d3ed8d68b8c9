"""Compute the features of each line of a whole page: what it is by itself, and what its neighbours make of it.

That is the way of jusText (Pomikálek 2011), which classes paragraphs alone first and then beside their neighbours. A
feature is an array with one number for each line, mostly from 0 to 1. No feature names a language. Their names stand in
page_trees.json, and those of a line's own features in the reasons for its removal, so a change of one needs a new fit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.arrays import distinct
from cleaner.characters import BULLETS, CLOSERS, STOPS
from cleaner.judge.character_counts import CharacterCounts, Numbers, count_characters, share
from cleaner.judge.line_features import OF_WORDS, SHORT, Own, word_features, wording_of
from cleaner.judge.lines import ANY, BESIDE, Hit, Line
from cleaner.judge.vocabulary import CONCEPT_KINDS, CONCEPTS
from cleaner.phrases.phrases import Phrases

__all__ = ["GROUPS", "Features", "best_segment", "neighbour_features", "own_features"]

Features = dict[str, Numbers]
"""Name of a feature -> an array with a number for each line."""

GROUPS = {
    **dict.fromkeys(("related", "readmore"), "related"),
    **dict.fromkeys(("newsletter", "login", "cookie", "paywall", "promo", "ad", "app"), "offer"),
    **dict.fromkeys(("byline", "timestamp", "dateline"), "byline"),
    **dict.fromkeys(("caption", "video", "sourcenote"), "caption"),
    **dict.fromkeys(("footer", "nav", "pagination"), "frame"),
    **{kind: kind for kind in ("comment", "share", "tags", "authorbio")},
}
"""Kind of a hit -> the group that it is counted in; all others are "other"."""

GROUP_NAMES = sorted({*GROUPS.values()})

LENGTHS = (10, 20, 40, 60, 80, 120, 200, 400)
"""Where the brackets of a line's size begin, in Latin characters; the first bracket begins at 0."""

BRACKETS = (5, 10, 15, 20, 30, 40, 60, 80, 120, 200, 400)
"""The same, finer, for comparing the sizes of neighbours."""

WINDOWS = (
    (-1, 0), (1, 2), (-2, -1), (2, 3), (-4, -2), (3, 5), (-9, -4), (5, 10), (-21, -9), (10, 22), (-51, -21), (22, 52),
)  # fmt: skip
"""Windows of neighbours, in lines before (negative) and after a line, the second bound not included."""

COMPANY = ("capitals", "topic", "hit", "repeated", "full stop", "topic, often", "numbered", "says")
COMPANY_WINDOWS = ((-1, 0), (1, 2), (-6, 0), (1, 7), (-20, 0), (1, 21))
"""Features whose means over these windows tell what company a line keeps."""

COUNTS_OF_WORDS = ("date words", "time words", "listed words", "concepts", "clearest concept")
"""Numbers of OF_WORDS that are features of a line, up to 5."""

STEPS = (1, 2, 3, 4)
"""Teasers and comments come round every few lines; the feature is how little the size changes at such a step."""

BLOCK_COSTS = (0.0, 0.1, 0.25)
"""What a line has to bring for a block to grow over it."""

CLUSTER_GAPS = (2, 5, 10)
"""Lines that may stand between two paragraphs of one cluster."""

_FULL_STOPS = frozenset(STOPS + ":;")  # the trees were fitted with these, so none can be added without new fitting
_BULLETS = frozenset(BULLETS + "→▶✓✔")
_LEAD = "".join(_BULLETS) + " "
_QUOTES = frozenset('"“„«「')
_SUBHEAD = 80  # a subhead is shorter


# a line by itself


def own_features(
    lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases
) -> tuple[Features, list[tuple[int, ...]]]:
    """Return the features of each line by itself, and of how its words stand to those of the page's paragraphs; and by
    line the features of ALONE that its words have."""
    counts = count_characters([line.text for line in lines])
    good = np.array([line.prose and (hit is None or hit.where != ANY) for line, hit in zip(lines, hits, strict=True)])
    per_line = counts.counts
    # in Latin characters: a character of a script without spaces between words says as much as three
    size = per_line["length"] + 2 * per_line["wide"] * per_line["length"] // per_line["seen"]
    short: list[bool] = (size < SHORT).tolist()
    said = [word_features(wording_of(line), is_short, phrases) for line, is_short in zip(lines, short, strict=True)]
    features = {
        "size": size,
        "paragraph": good.astype(float),
        **_shape_features(counts.text, size),
        **_character_features(counts, size),
        **_hit_features(hits),
        **_word_features(lines, said),
        **_vocabulary_features(counts, good),
        **_repetition_features(counts, size),
    }
    return features, [each.alone for each in said]


def _flags(values: Sequence[bool]) -> Numbers:
    return np.array(values, float)


def _shape_features(texts: Sequence[str], size: Numbers) -> Features:
    """Return what the first and the last character tell, and the bracket of LENGTHS that a line falls in."""
    bare = [text.rstrip(CLOSERS)[-1:] for text in texts]
    full_stop = _flags([c in _FULL_STOPS for c in bare])
    features = {
        "runs on": _flags([text[-1] in ":;," for text in texts]),
        "asks or calls": _flags([c != "" and c in "?!？！؟" for c in bare]),
        "breaks off": _flags([text.endswith(("...", "…")) for text in texts]),
        "bullet": _flags([text[0] in _BULLETS for text in texts]),
        "quote": _flags([text[0] in _QUOTES for text in texts]),
        "numbered": _flags([text.lstrip(_LEAD)[:1].isdigit() for text in texts]),
        "small initial": _flags([text[0].islower() for text in texts]),
        "all capitals": _flags([text.isupper() for text in texts]),
        "full stop": full_stop,
    }
    bracket = np.searchsorted(LENGTHS, size, side="right")
    for i, least in enumerate((0, *LENGTHS)):
        inside = (bracket == i).astype(float)
        features[f"length {least}"] = inside
        features[f"length {least} and full stop"] = inside * full_stop
    return features


def _character_features(counts: CharacterCounts, size: Numbers) -> Features:
    """Return the shares of classes of characters, and of words with a capital."""
    per_line, n = counts.counts, counts.lines
    visible = per_line["seen"] - per_line["space"]
    words = np.bincount(counts.word_line, minlength=n)
    capitals = share(np.bincount(counts.word_line, counts.word_capital, n), words)
    small_words = np.bincount(counts.word_line, counts.word_small & (counts.word_length <= 3), n)
    return {
        "words": words,
        "letters": share(per_line["letter"], visible),
        "letters in a word": share(per_line["letter"], words),
        "capitals": capitals,
        "capitals, long line": capitals * (size >= 40),
        "small words": share(small_words, words),
        # bounded, so that one line of code or of numbers does not decide the weight of the feature
        **{
            f"{k} share": np.minimum(0.3, share(per_line[k], visible))
            for k in ("digit", "code", "bar", "symbol", "quote")
        },
        "commas": np.minimum(3, per_line["comma"]),
        "stops": np.minimum(5, per_line["stop"]),
        "no space": ((size > 60) & (per_line["space"] == 0)).astype(float),
    }


def _hit_features(hits: Sequence[Hit | None]) -> Features:
    """Return which group of phrases a line was hit by, and how strong the hit is."""
    groups = ["" if hit is None else GROUPS.get(hit.kind, "other") for hit in hits]
    return {
        **{f"hit {group}": _flags([g == group for g in groups]) for group in (*GROUP_NAMES, "other")},
        "hit": _flags([g != "" for g in groups]),
        "hit anywhere": _flags([hit is not None and hit.where == ANY for hit in hits]),
        "hit weak": _flags([hit is not None and hit.where == BESIDE for hit in hits]),
    }


def _word_features(lines: Sequence[Line], said: Sequence[Own]) -> Features:
    """Return how many words of dates, of the phrase lists and of concepts a line has; and which concept of boilerplate
    the first words of a short line name, and of which group it is.

    The concepts know more languages than the phrase lists do, so that a heading is known where no rule hits it.
    """
    numbers = dict(zip(OF_WORDS, np.array([each.numbers for each in said]).T, strict=True))
    opens = numbers["clearest concept"] > 1  # a concept stands at the head of the line
    named = np.where(opens & [len(line.text) < SHORT for line in lines], [each.concept for each in said], -1)
    groups = np.array([GROUP_NAMES.index(GROUPS[kind]) if kind in GROUPS else -1 for kind in (*CONCEPT_KINDS, "")])
    group = groups[named]  # the last one is that of -1, of a line that names none
    return {
        **{name: np.minimum(5, numbers[name]).astype(float) for name in COUNTS_OF_WORDS},
        "share listed": numbers["share listed"].astype(float),
        **{f"says {name}": (named == i).astype(float) for i, name in enumerate(CONCEPTS)},
        **{f"in {name}": (group == i).astype(float) for i, name in enumerate(GROUP_NAMES)},
        "says": (named >= 0).astype(float),
    }


def _vocabulary_features(counts: CharacterCounts, good: Numbers) -> Features:
    """Return how many of a line's words stand in other paragraphs, in other lines, or are the page's small words.

    `good` tells the paragraphs that nothing speaks against. A line of the article shares its topic with them; a menu
    shares its words with other menus.
    """
    n, vocabulary = counts.lines, int(counts.word.max(initial=-1)) + 1
    pairs = distinct(counts.word_line * max(1, vocabulary) + counts.word)  # each word once for each line
    line, word = pairs // max(1, vocabulary), pairs % max(1, vocabulary)
    long, small = np.zeros(vocabulary, bool), np.zeros(vocabulary, bool)
    long[counts.word] = (counts.word_length > 3) | counts.word_wide
    small[counts.word[counts.word_small]] = True
    in_paragraphs = np.bincount(word, good[line], vocabulary)
    in_lines = np.bincount(word, minlength=vocabulary)
    # a small word that a tenth of the paragraphs have is one of the language's ("the", "yang"), whatever the language
    occurs = np.bincount(counts.word, counts.word_length, vocabulary) > 0
    common = (in_paragraphs >= max(2, good.sum() / 10)) & small & occurs
    content = long & ~common
    content_words = np.bincount(line, content[word], n)
    others = in_paragraphs[word] - good[line]
    outside = in_lines[word] - in_paragraphs[word] - ~good[line]

    def share_of_content(weights: Numbers) -> Numbers:
        return share(np.bincount(line, content[word] * weights, n), content_words)

    words = np.bincount(counts.word_line, minlength=n)
    return {
        "topic": share_of_content(others >= 2),
        "topic, once": share_of_content(others >= 1),
        "topic, often": share_of_content(np.minimum(8, others)),
        "furniture's words": share_of_content(outside >= 1),
        "no long words": (content_words == 0).astype(float),
        "common": np.minimum(0.4, share(np.bincount(counts.word_line, common[counts.word], n), words)),
    }


def _repetition_features(counts: CharacterCounts, size: Numbers) -> Features:
    """Return which lines stand on the page again, digits aside, and how many short lines share their outer words."""
    times = np.bincount(counts.shape)[counts.shape]
    features = {"repeated": (times > 1).astype(float), "times": times}
    short = size < SHORT
    for name, outer in (("first word's lines", counts.first_word), ("last word's lines", counts.last_word)):
        lines_of = np.bincount(outer[short & (outer >= 0)], minlength=int(outer.max(initial=0)) + 1)
        features[name] = np.where(outer >= 0, lines_of[np.maximum(outer, 0)], 0)
    return features


# a line beside the others


def neighbour_features(own: Features, odds: Numbers) -> Features:
    """Return the features of each line beside the others, from their own features and the first `odds` of all."""
    trust = odds / (2 + np.abs(odds))
    mass = np.minimum(400, own["size"]).astype(float)  # a very long line does not outweigh all others
    pull = trust * np.sqrt(mass) / 20
    good = (trust > 0.2) & (mass >= 60)
    article = np.maximum(0.0, trust) * mass
    up_to = np.cumsum(article)
    whole = max(1.0, float(up_to[-1]))
    above: Numbers = (up_to - article) / whole  # the share of what looks like the article that stands above a line
    n = len(good)
    at = np.arange(n)
    return {
        "first judgement": trust,
        "pull": pull,
        **_window_features(own, pull),
        "article above": above,
        "article below": np.maximum(0.0, 1 - up_to / whole),
        **_block_features(pull),
        **_gap_features(good, mass),
        **_heading_features(own, above),
        **_short_line_features(own, trust),
        "from the top": at,
        "from the end": n - 1 - at,
        "place": at / max(1, n - 1),
        "lines": np.full(n, n),
        "paragraphs": np.full(n, good.sum()),
        "characters in paragraphs": np.full(n, (own["size"] * good).sum() / own["size"].sum()),
    }


def _window_means(table: Sequence[Numbers], windows: Sequence[tuple[int, int]]) -> Numbers:
    """Return for each window (a, b) and row the means over lines i + a to i + b - 1; beyond the page is 0."""
    rows = np.stack(table)
    n = rows.shape[1]
    sums = np.zeros((len(rows), n + 1))
    np.cumsum(rows, axis=1, out=sums[:, 1:])
    at = np.arange(n)
    bounds = [(np.minimum(n, np.maximum(0, at + a)), np.minimum(n, np.maximum(0, at + b))) for a, b in windows]
    return np.stack([(sums[:, hi] - sums[:, lo]) / (b - a) for (a, b), (lo, hi) in zip(windows, bounds, strict=True)])


def _window_features(own: Features, pull: Numbers) -> Features:
    """Return what the lines around a line are like, near and far, and how evenly their sizes come round."""
    means = _window_means([pull], WINDOWS)
    features = {f"lines {a} to {b}": mean for (a, b), (mean,) in zip(WINDOWS, means, strict=True)}
    size = np.searchsorted(BRACKETS, own["size"], side="right").astype(float)
    means = _window_means([*(own[name] for name in COMPANY), size], COMPANY_WINDOWS)
    for (a, b), row in zip(COMPANY_WINDOWS, means, strict=True):
        for name, mean in zip((*COMPANY, "size"), row, strict=True):
            features[f"{name}, lines {a} to {b}"] = mean
    changes = [np.full(len(size), float(len(BRACKETS))) for _ in STEPS]
    for step, change in zip(STEPS, changes, strict=True):
        change[step:] = np.abs(size[step:] - size[:-step])
    for step, mean in zip(STEPS, _window_means(changes, [(-6, 7)])[0], strict=True):
        features[f"change by {step}"] = mean
    return features


def best_segment(values: Sequence[float]) -> tuple[int, int]:
    """Return start and stop of the contiguous values with the greatest sum (Kadane's scan).

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


def _block_features(pull: Numbers) -> Features:
    """Return where a line stands to the block of lines that most looks like the article, for each of BLOCK_COSTS."""
    features: Features = {}
    at = np.arange(len(pull))
    for cost in BLOCK_COSTS:
        start, stop = best_segment((pull - cost).tolist())
        inside = (at >= start) & (at < stop)
        features[f"outside block {cost}"] = np.maximum(0, at - stop + 1) - np.maximum(0, start - at)
        features[f"into block {cost}"] = np.where(inside, (at - start + 0.5) / max(1, stop - start), -1)
        features[f"block {cost}"] = np.full(len(at), (stop - start) / len(at))
    return features


def _gap_features(good: Numbers, mass: Numbers) -> Features:
    """Return how far the nearest paragraphs are, and how the cluster of paragraphs nearest to a line compares.

    Paragraphs with few lines between them form a cluster. The feature is its share of the greatest cluster's mass, and
    whether it stands before (-1) or behind (1) the greatest.
    """
    n = len(good)
    at = np.arange(n)

    def lines_since(paragraphs: Numbers) -> Numbers:  # lines between each line and the paragraph before it, 50 at most
        last = np.maximum.accumulate(np.where(paragraphs, at, -100))
        return np.minimum(50, at - np.concatenate(([-100], last[:-1])) - 1)

    up, down = lines_since(good), lines_since(good[::-1])[::-1]
    features = {
        "to paragraph above": up,
        "to paragraph below": down,
        "gap": up + down,
        "nearest paragraph": np.minimum(up, down),
    }
    paragraphs = np.flatnonzero(good)
    for most in CLUSTER_GAPS:
        name = f"cluster {most}"
        if not len(paragraphs):
            features[name] = features[f"{name}, behind"] = np.zeros(n)
            continue
        number = np.cumsum(np.concatenate(([0], np.diff(paragraphs) > most + 1)))
        weight = np.bincount(number, mass[paragraphs])
        later = np.clip(np.searchsorted(paragraphs, at), 0, len(paragraphs) - 1)
        earlier = np.maximum(later - 1, 0)
        nearest = np.where(np.abs(at - paragraphs[earlier]) < np.abs(paragraphs[later] - at), earlier, later)
        features[name] = weight[number[nearest]] / weight.max()
        features[f"{name}, behind"] = np.sign(number[nearest] - int(weight.argmax())).astype(float)
    return features


def _heading_features(own: Features, above: Numbers) -> Features:
    """Return for each group of hits how many lines with one stand before and behind a line, and how near they are.

    A line behind "Comments" or "Related" seldom is the article's, above all ("late after") when a third of the article
    stands before that heading.
    """
    groups = GROUP_NAMES
    hits = np.stack([np.maximum(own[f"hit {group}"], own[f"in {group}"]) for group in groups])
    at = np.arange(hits.shape[1])
    late = hits * (above >= 0.3)
    passed = np.cumsum(hits, axis=1) - hits
    last = np.maximum.accumulate(np.where(hits > 0, at, -200), axis=1)
    tables = {
        "after": np.minimum(10, passed),
        "late after": np.minimum(10, np.cumsum(late, axis=1) - late),
        "since": np.minimum(200, at - last),
        "near": _window_means(list(hits), [(-6, 7)])[0],
        "before": np.minimum(10, hits.sum(axis=1, keepdims=True) - passed - hits),
        "article above": np.maximum.accumulate(np.where(hits > 0, above, -1.0), axis=1),
    }
    return {f"{name} {g}": row for name, table in tables.items() for g, row in zip(groups, table, strict=True)}


def _short_line_features(own: Features, trust: Numbers) -> Features:
    """Return what short lines are likely to be: subheads between paragraphs, or items of a menu.

    A subhead has a paragraph below and mostly one above. A menu is a run of short lines; the features are its length,
    and what its lines are like on average.
    """
    up = np.concatenate(([-1.0], trust[:-1]))
    down = np.concatenate((trust[1:], [-1.0]))
    soon = np.max(np.stack([np.concatenate((trust[k:], np.full(k, -1.0)))[: len(trust)] for k in (1, 2, 3)]), axis=0)
    short = (own["size"] < _SUBHEAD) & (own["hit"] == 0)
    bare = (own["size"] < SHORT) & (own["full stop"] == 0)
    number = np.cumsum(np.concatenate(([True], bare[1:] != bare[:-1])))  # of the run that a line stands in
    length = np.bincount(number)
    means = {
        f"{name} in run": np.bincount(number, own[name])[number] / length[number]
        for name in ("hit", "says", "repeated", "capitals", "topic", "digit share", "numbered")
    }
    return {
        "subhead": np.where(short, np.minimum(up, down), 0.0),
        "subhead, below": np.where(short, down, 0.0),
        "subhead, soon below": np.where(short, soon, 0.0),
        "run": np.where(bare, length[number], -length[number]),
        **means,
    }
