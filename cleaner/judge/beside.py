"""Describe the lines of texts beside their neighbours and in their place, in whole numbers, for many texts at once.

A line is judged alone first (`alone`, in thousandths of log odds in favour of the article), then beside the judgements
of its neighbours, as jusText does (Pomikálek 2011). All texts of a batch stand in one array, but no window and no count
leaves a line's own text, so that a line has the same features in any batch. Columns are rows here: features x lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.judge.line_features import (
    OWN,
    SEEN,
    WHOLE,
    Own,
    class_of_first,
    class_of_last,
    line_features,
)
from cleaner.judge.lines import ANY, BESIDE, EDGE, HEAD, Hit, Line, ends_sentence, is_wrapped
from cleaner.judge.vocabulary import CONCEPT_KINDS, GROUP_NAMES, GROUPS, vocabulary_for
from cleaner.phrases.phrases import Phrases

__all__ = [
    "NAMES",
    "RuledText",
    "ScoredText",
    "alone_of",
    "asked_lines",
    "describe_alone",
    "describe_texts",
    "has_article",
    "judge_alone",
]

Numbers = NDArray[Any]

FAR = 30
"""Distances and counts of lines are told up to this."""

BARE = 80
"""Characters; a shorter line without a full stop may be an item of a menu, a heading, a label."""

SUSPECT, DOUBTED = -600, 1000
"""A text is judged further only where a line is judged so low alone, in thousandths of log odds; the second holds for a
line that a rule doubts or that is nothing but a concept. With -400 for both .782 of the spans of other languages were
found out of fold, and .799 with 1000 for the second. The first is so low because the address of a newsroom is judged at
-502: with -500 the judge was asked of every article of such a site, which doubled the cost of stripping, and with -600
no figure out of fold differs."""

STRONG = -1500
"""A line that is judged so low alone is most likely boilerplate."""

TOPIC = 20
"""Paragraphs whose beginnings are looked at for the words of a line: so many tell the topic, and a text of any length
takes linear time."""

GONE = -2500
"""The judgement of a line that the rules take is this or lower."""

PROSE, MOST = 3000, 4000
"""The judgement of a paragraph alone, which is not asked for its words, and the bound of one line's in a mean."""

_ZONES = {
    **dict.fromkeys(("comment",), 1),
    **dict.fromkeys(("related", "readmore", "nav", "tags"), 2),
    **dict.fromkeys(("share", "newsletter", "promo", "login", "paywall", "cookie", "app", "ad"), 3),
}
"""Kind that a heading names -> the zone of lines that it opens."""

_WHERE = {BESIDE: 1, HEAD: 2, EDGE: 3, ANY: 4}
_KIND_NUMBER = {kind: GROUP_NAMES.index(group) + 1 for kind, group in GROUPS.items()}


class RuledText(NamedTuple):
    """The lines (or segments of lines) of one text, what the rules say of each, and which of them they take."""

    lines: Sequence[Line]
    hits: Sequence[Hit | None]
    gone: Sequence[bool]
    phrases: Phrases


COUNTED = (
    "paragraphs",
    "bare",
    "listed",
    "dated",
    "capitals",
    "size",
    "alone",
    "alone of bare",
    "mass",
    "strong",
    "gone",
    "again",
)
"""What is summed up over windows of lines."""

WINDOWS = ((-5, 0), (1, 6), (-2, 3), (-5, 6))
"""Windows of neighbours, in lines from a line, the second bound not included."""

NEAR = (-3, -2, -1, 1, 2, 3)
"""Neighbours that a line is described beside, in lines."""

_NEIGHBOUR = ("size", "first", "last", "listed", "dated", "alone")
_PLACE = (
    *(
        "above",
        "below",
        "place",
        "lines",
        "apart",
        "glued",
        "glued below",
        "hit",
        "hit kind",
        "topic",
        "alone",
        "alone to usual",
    ),
    *("usual alone", "size to usual", "prose share", "bare share", "strong lines", "text above"),
    *("paragraphs above", "paragraphs below", "strong above"),
    *("to paragraph above", "to strong above", "to paragraph below", "to strong below"),
    *("heading above", "to heading above"),
    *("run", "into run", "run to end", "run opens", "run closes"),
    *("said again", "gone", "to gone above", "to gone below", "letters here", "strong below", "text below"),
    *(f"to {zone} above" for zone in ("comments", "links", "calls")),
    *(f"{name} of run" for name in ("listed", "dated", "capitals", "size", "alone")),
    *("alike near", "least alone near"),
)
NAMES = (
    *OWN,
    *_PLACE,
    *(f"{name}, {a} to {b}" for a, b in WINDOWS for name in COUNTED),
    *(f"{name} {k:+d}" for name in _NEIGHBOUR for k in NEAR),
)
"""The names of the features, in the order of the rows of a table."""


class ScoredText(NamedTuple):
    """A text whose lines are to be described: what each is by itself, and how it is judged alone."""

    ruled: RuledText
    own: Sequence[Own | None]  # None for a paragraph
    alone: Sequence[int]


def judge_alone(text: RuledText, weights: Sequence[int]) -> ScoredText | None:
    """Judge each line by itself, by the weights of the features of ALONE. None where nothing is to be judged further.

    A text is judged further only where a line looks suspicious alone that a rule doubts or that opens with a concept,
    or any line of a text of which the rules take something.
    """
    if not any(_suspicious(text, weights)) or not has_article(text):
        return None
    own = describe_alone(text)
    return ScoredText(text, own, alone_of(text, own, weights))


def _suspicious(text: RuledText, weights: Sequence[int]) -> Iterator[bool]:
    """Yield for each line that may be boilerplate whether it looks suspicious alone."""
    some, lines, asked = any(text.gone), text.lines, asked_lines(text)
    glued = [line.glued for line in lines]
    if True in glued:  # the lines beside segments were judged before these were cut
        asked = [i for i in asked if True in glued[i : i + 2]]
    opens = vocabulary_for(text.phrases).opens
    for i in asked:
        if some or text.hits[i] is not None or opens(lines[i].wording):
            own = line_features(lines[i], text.phrases)
            limit = DOUBTED if text.hits[i] is not None or own.numbers[-1] == WHOLE else SUSPECT
            yield own.numbers[_LETTERS] > 0 and sum(map(weights.__getitem__, own.alone)) < limit


def has_article(text: RuledText) -> bool:
    """Return True if a paragraph stays, and lines are units.

    Nothing tells the lines of an article from others in a list of goods: 58 of 117 wrong removals on labelled texts
    stood in texts without a paragraph.
    """
    stays = any(line.prose and not gone for line, gone in zip(text.lines, text.gone, strict=True))
    return stays and not is_wrapped(text.lines)


def describe_alone(text: RuledText) -> list[Own | None]:
    """Return what each line is by itself; None for paragraphs."""
    return [None if line.prose else line_features(line, text.phrases) for line in text.lines]


def alone_of(text: RuledText, own: Sequence[Own | None], weights: Sequence[int]) -> list[int]:
    """Return the judgement of each line alone; one number stands for all paragraphs."""
    judged = [PROSE if each is None else sum(map(weights.__getitem__, each.alone)) for each in own]
    return [min(alone, GONE) if gone else alone for alone, gone in zip(judged, text.gone, strict=True)]


def asked_lines(text: RuledText) -> list[int]:
    """Return the indices of the lines that are judged: those that stay, are no paragraphs, and do not go on in a small
    letter with a sentence of the line above, as where inline links cut it.

    Paragraphs beside shorter lines were judged once: of 138 that should go two were found, and a run took a third more.
    """
    lines, away = text.lines, text.gone
    stay = [i for i, gone in enumerate(away) if not gone and not lines[i].prose]
    small = [i for i in stay if lines[i].text[0].islower() and i and not (lines[i].apart or lines[i].glued)]
    go_on = {i for i in small if not (away[i - 1] or ends_sentence(lines[i - 1].text))}
    return [i for i in stay if i not in go_on] if go_on else stay


def describe_texts(texts: Sequence[ScoredText]) -> tuple[Numbers, Numbers]:
    """Return the indices of the lines to judge in all lines of `texts`, and the table (NAMES x these lines)."""
    lines = _Lines(texts)
    table = np.concatenate((lines.own[:, lines.at], lines.place(), lines.windows(), lines.neighbours()))
    return lines.at, table.astype(np.int32)


def _numbers_of(line: Line, own: Own | None) -> tuple[int, ...]:
    """Return the numbers of OWN of a line; a paragraph has no more than its size and the marks at its ends."""
    if own is not None:
        return own.numbers
    numbers = [0] * len(OWN)
    numbers[_SIZE], numbers[_FIRST] = len(line.text), class_of_first(line.text[0])
    numbers[_LAST] = class_of_last(line.text)
    return tuple(numbers)


_SIZE, _FIRST, _LAST, _LISTED, _CAPITALS, _LETTERS, _DATE_WORDS, _NUMERIC_DATE = (
    OWN.index(name)
    for name in ("size", "first", "last", "share listed", "capitals", "letters", "date words", "numeric date")
)


def _zone_of(line: Line, own: Own | None, hit: Hit | None, gone: bool) -> int:
    """Return the one of _ZONES that a line opens as a heading, or 0."""
    if hit is not None and gone:
        return _ZONES.get(hit.kind, 0)
    names = own is not None and own.numbers[-1] > 1 and len(line.text) < BARE
    return _ZONES.get(CONCEPT_KINDS[own.concept], 0) if own is not None and names else 0


def _times_said(lines: Sequence[Line]) -> list[int]:
    """Return how often the wording of each line stands in its text; 1 for paragraphs."""
    wordings = ["" if line.prose else line.wording for line in lines]
    times = Counter(wordings)
    times[""] = 1
    return [times[wording] for wording in wordings]


def _topics(text: ScoredText, asked: Sequence[int]) -> list[int]:
    """Return which share of the long words of each asked line the first paragraphs have as well; -1 without such."""
    paragraphs = (line for line, gone in zip(text.ruled.lines, text.ruled.gone, strict=True) if line.prose and not gone)
    tokens = {*" ".join([line.text[:SEEN] for line in islice(paragraphs, TOPIC)]).casefold().split()}
    said = [own.words if (own := text.own[i]) is not None else () for i in asked]
    words = {word for of_line in said for word in of_line}
    # each word is looked for once, and first among whole ones: in the whole text this takes three times as long
    shared, prose = words & tokens, "\n".join(tokens)
    shared |= {word for word in words - shared if word in prose}
    return [100 * sum([word in shared for word in of_line]) // len(of_line) if of_line else -1 for of_line in said]


def _column(values: Iterable[int]) -> Numbers:
    column: Numbers = np.fromiter(values, np.int64)  # of tuples in a row in half the time of np.array
    return column


def _rows_of_lines(texts: Sequence[ScoredText]) -> tuple[Numbers, dict[str, Numbers]]:
    """Return the numbers of OWN of all lines (OWN x lines), and by name what else neighbours are described by."""
    lines, hits, gone, own, alone = (
        [*chain.from_iterable(of_texts)]
        for of_texts in zip(*((*text.ruled[:3], text.own, text.alone) for text in texts), strict=True)
    )
    numbers = _column(chain.from_iterable(map(_numbers_of, lines, own))).reshape(len(lines), len(OWN)).T
    rows = {
        "prose": _column([line.prose and not away for line, away in zip(lines, gone, strict=True)]) > 0,
        "gone": _column(gone) > 0,
        "alone": _column(alone),
        "apart": _column([line.apart for line in lines]),
        "glued": _column([line.glued for line in lines]),
        "where": _column([0 if hit is None else _WHERE[hit.where] for hit in hits]),
        "kind": _column([0 if hit is None else _KIND_NUMBER.get(hit.kind, 0) for hit in hits]),
        "concept": _column([-1 if each is None else each.concept for each in own]),
        "zone": _column(map(_zone_of, lines, own, hits, gone)),
        "again": np.minimum(9, _column(chain.from_iterable(_times_said(text.ruled.lines) for text in texts))),
        "dated": (numbers[_DATE_WORDS] > 0) | (numbers[_NUMERIC_DATE] > 0),
    }
    names = {"size": _SIZE, "first": _FIRST, "last": _LAST, "listed": _LISTED}
    return numbers, {**rows, **{name: numbers[i] for name, i in names.items()}}


class _Lines:
    """All lines of a batch of texts as arrays, with the bounds of the text that each stands in.

    `own` has the numbers of OWN (a row each) of all lines, `at` the indices of the asked ones and `topic` their topics;
    `rows` has by name what else a line, or one beside it, is described by.
    """

    def __init__(self, texts: Sequence[ScoredText]) -> None:
        counts = np.array([len(text.own) for text in texts])
        starts = np.cumsum(counts) - counts
        start, stop = np.repeat(starts, counts), np.repeat(starts + counts, counts)
        asked = [asked_lines(text.ruled) for text in texts]
        self.n = n = len(start)
        self.at = at = np.repeat(starts, [*map(len, asked)]) + _column(chain.from_iterable(asked))
        self.topic = _column(chain.from_iterable(map(_topics, texts, asked)))
        self.own, self.rows = _rows_of_lines(texts)
        rows = self.rows
        prose, alone, size, last = (rows[name] for name in ("prose", "alone", "size", "last"))
        bare = ~prose & (size < BARE) & (last != 9) & (last != 3)
        clipped, strong = np.clip(alone, -MOST, MOST), alone < STRONG
        counted = (
            *(prose, bare, rows["listed"], rows["dated"], self.own[_CAPITALS]),
            *(np.minimum(BARE, size), clipped, clipped * bare, size * prose, strong),
            *(rows["gone"], rows["again"] > 1, size),
        )
        self.sums = np.zeros((len(counted), n + 1), np.int64)
        np.cumsum(np.array(counted), axis=1, out=self.sums[:, 1:])
        # runs of bare and of other lines end at the ends of their text
        breaks = np.flatnonzero(np.concatenate(([True], (bare[1:] != bare[:-1]) | (start[1:] != start[:-1]))))
        ends = np.concatenate((breaks[1:], [n]))
        run = np.repeat(np.arange(len(breaks)), ends - breaks)
        self.start, self.stop, self.bare = start[at], stop[at], bare[at]
        self.run_start, self.run_stop = breaks[run[at]], ends[run[at]]
        self.up, self.down = self._distances(np.array((prose, strong, rows["gone"])), n)
        self.heading = self._last_before(bare & ((rows["where"] > 0) | (rows["concept"] >= 0)), n)
        self.code = rows["first"] * 10 + last + 100 * np.searchsorted((10, 20, 40, 80, 160), size)

    def _last_before(self, flags: Numbers, n: int) -> Numbers:
        """The index of the nearest flagged line above each asked line of its text, or -1."""
        last = np.maximum.accumulate(np.where(flags, np.arange(n), -1))
        before = np.concatenate(([-1], last[:-1]))[self.at]
        return np.where(before >= self.start, before, -1)

    def _distances(self, flags: Numbers, n: int) -> tuple[Numbers, Numbers]:
        """How many lines above, and below, each asked line the next flagged one of its text stands; FAR at most."""
        at, lines = self.at, np.arange(n)
        last = np.maximum.accumulate(np.where(flags, lines, -FAR), axis=1)
        before = np.where(at > self.start, last[:, at - 1], -FAR)
        up = np.where(before >= self.start, np.minimum(FAR, at - before), FAR)
        following = np.minimum.accumulate(np.where(flags, lines, n + FAR)[:, ::-1], axis=1)[:, ::-1]
        after = np.where(at + 1 < self.stop, following[:, np.minimum(at + 1, n - 1)], n + FAR)
        return up, np.where(after < self.stop, np.minimum(FAR, after - at), FAR)

    def _sum(self, first: Numbers, behind: Numbers) -> Numbers:
        return self.sums[:, behind] - self.sums[:, first]

    def place(self) -> Numbers:
        """Return the features of _PLACE of the asked lines."""
        at, start, stop, rows = self.at, self.start, self.stop, self.rows
        count = stop - start
        text, above, below = self._sum(start, stop), self._sum(start, at), self._sum(at + 1, stop)
        run = self.run_stop - self.run_start
        of_run = self._sum(self.run_start, self.run_stop)
        paragraphs, bare, listed, dated, capitals, _size, judged, of_bare, mass, strong, _gone, _again, length = range(
            len(text)
        )
        alone, usual = rows["alone"][at], text[of_bare] // np.maximum(1, text[bare])
        zones = [self._last_before(rows["zone"] == zone, self.n) for zone in sorted(set(_ZONES.values()))]
        return np.array((
            *(np.minimum(60, at - start), np.minimum(60, stop - 1 - at), 100 * (at - start) // count),
            *(np.minimum(200, count), rows["apart"][at], rows["glued"][at]),
            rows["glued"][np.minimum(at + 1, self.n - 1)],
            *(rows["where"][at], rows["kind"][at], self.topic, alone, alone - usual, usual),
            np.minimum(400, 100 * rows["size"][at] * text[paragraphs] // np.maximum(1, text[mass])),
            100 * text[mass] // np.maximum(1, text[length]),
            *(100 * text[bare] // count, np.minimum(FAR, text[strong])),
            100 * above[mass] // np.maximum(1, text[mass]),
            *(np.minimum(FAR, above[paragraphs]), np.minimum(FAR, below[paragraphs])),
            *(np.minimum(FAR, above[strong]), *self.up[:2], *self.down[:2]),
            np.where(self.heading >= 0, rows["concept"][np.maximum(self.heading, 0)], -1),
            np.where(self.heading >= 0, np.minimum(FAR, at - self.heading), FAR),
            *(np.minimum(FAR, run) * np.where(self.bare, 1, -1), np.minimum(FAR, at - self.run_start)),
            *(np.minimum(FAR, self.run_stop - 1 - at), self.run_start == start, self.run_stop == stop),
            *(rows["again"][at], np.minimum(FAR, text[_gone]), self.up[2], self.down[2]),
            *(self.own[_LETTERS, at] > 0, np.minimum(FAR, below[strong])),
            100 * below[mass] // np.maximum(1, text[mass]),
            # how many lines above the nearest heading of each zone stands
            *(np.where(last < 0, FAR, np.minimum(FAR, at - last)) for last in zones),
            *(of_run[listed] // run, 100 * of_run[dated] // run, *(of_run[capitals : judged + 1] // run)),
            *self._alike(),
        ))  # fmt: skip

    def _alike(self) -> tuple[Numbers, Numbers]:
        """How many of the six lines above and below are of the same class; the lowest judgement of three each way."""
        steps = np.array([k for k in range(-6, 7) if k])[:, None]
        near, inside = self._at(steps)
        alike = ((self.code[near] == self.code[self.at]) & inside).sum(0)
        least = np.where(inside[3:9], self.rows["alone"][near[3:9]], PROSE).min(0)
        return alike, least

    def _at(self, steps: Numbers) -> tuple[Numbers, Numbers]:
        """The indices of neighbours, and whether they stand in the same text."""
        near = self.at + steps
        inside = (near >= self.start) & (near < self.stop)
        return np.where(inside, near, 0), inside

    def windows(self) -> Numbers:
        """Return the means of COUNTED over WINDOWS; lines beyond the text count as none."""
        means = []
        for a, b in WINDOWS:
            first = np.maximum(self.start, np.minimum(self.at + a, self.stop))
            behind = np.minimum(self.stop, np.maximum(self.at + b, self.start))
            found = self._sum(first, behind)
            lines = np.maximum(1, behind - first)
            means.append(
                np.concatenate((found[:2], found[2:7] // lines, found[7:8] // np.maximum(1, found[1]), found[8:12]))
            )
        return np.concatenate(means)

    def neighbours(self) -> Numbers:
        """Return the features of _NEIGHBOUR for each of NEAR; -1 beyond the text, and 0 for the judgement alone."""
        near, inside = self._at(np.array(NEAR)[:, None])
        values = np.array([self.rows[name][near] for name in _NEIGHBOUR])
        values[0] = np.minimum(400, values[0])
        beyond = np.array([-1] * (len(_NEIGHBOUR) - 1) + [0])[:, None, None]
        return np.where(inside, values, beyond).reshape(-1, len(self.at))
