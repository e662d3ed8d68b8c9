"""Judge the lines of a text that the rules leave: the article's, or boilerplate of a kind that no list names.

The features of line_features.py go through fitted trees (line_trees.json, by benchmarks/fit_lines.py). All is whole
numbers, and a line's features come from its own text alone: so its verdict is the same alone, in any batch, and on any
machine. Long paragraphs between paragraphs are not judged at all.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.judge.beside import NAMES, RuledText, ScoredText, describe_texts, judge_alone
from cleaner.judge.line_features import ALONE
from cleaner.judge.lines import Hit
from cleaner.judge.vocabulary import CONCEPT_KINDS, CONCEPTS
from cleaner.tables import table_bytes

__all__ = [
    "FORMS",
    "Begun",
    "LineTrees",
    "Steps",
    "ask_judge",
    "finish_together",
    "forms_of",
    "judge_texts",
    "load_line_trees",
    "parse_line_trees",
    "run_together",
]

Numbers = NDArray[Any]
T = TypeVar("T")
Steps: TypeAlias = Generator[ScoredText, list[Hit | None], T]
"""Work on a text that asks the judge on its way."""

BATCH = 4096
"""Lines that are described at once: more take memory and save no time."""

BLOCK = 128
"""Lines that go through the trees at once: the arrays of more leave the cache, and a line of 4,000 takes four times the
time (measured: 2.4 us, and 9.5 us for its reasons, for 11 and 36)."""

UNIT = 1000
"""Leaves are thousandths of log odds in favour of the article."""


FORMS = ("line", "segment", "marks")
"""What is judged, each with a threshold of its own: a line, a segment of one, a line without a letter."""

BESIDE, BETWEEN = 500, 1400
"""By how much the threshold is higher for a line beside one that goes above the first paragraph, or above one that goes
or the end of the text below the last; and below the first paragraph for a line between two that go. Out of fold some 35
more lines go so, one of them content; between paragraphs, of lines beside one that goes, 2 of 11 were."""

_GLUED, _GLUED_BELOW, _LETTERS, _ABOVE, _BELOW, _PARAGRAPHS_ABOVE, _PARAGRAPHS_BELOW = map(
    NAMES.index, ("glued", "glued below", "letters here", "above", "below", "paragraphs above", "paragraphs below")
)


def forms_of(table: Numbers) -> Numbers:
    """Return the index in FORMS of each column of a table (NAMES x lines)."""
    segments = (table[_GLUED] > 0) | (table[_GLUED_BELOW] > 0)
    forms: Numbers = np.where(segments, 1, 2 * (table[_LETTERS] == 0))
    return forms


@dataclass(frozen=True, slots=True)
class LineTrees:
    """Oblivious trees: one question for each level, whether a feature is above a limit; the answers, read as bits, say
    which leaf counts.

    Trees share questions: `column` and `limit` hold each once, and `question` (depth x trees) numbers them. `leaf`
    holds the 2^depth leaves of each tree one behind the other. `fell` (depth x leaves) is how much the mean of the
    leaves changes with the answer at a level; `by_feature` orders the questions of all levels by feature, whose first
    ones stand at `first`.
    """

    column: Numbers
    limit: Numbers
    question: Numbers
    leaf: Numbers
    fell: Numbers
    by_feature: Numbers
    first: Numbers
    names: tuple[str, ...]  # of the features at `first`
    alone: tuple[int, ...]  # the weights of the features of ALONE
    base: int
    threshold: Numbers  # of each of FORMS

    def leaves_of(self, table: Numbers) -> Numbers:
        """Return the index of the leaf of each tree for each column of a table (NAMES x lines)."""
        above = (table.take(self.column, 0) > self.limit[:, None]).view(np.uint8)
        depth, trees = self.question.shape
        place = np.zeros((trees, table.shape[1]), np.uint8)  # small numbers take half the time of large ones
        for question in self.question[::-1]:
            place += place
            place += above.take(question, 0)
        found: Numbers = place + np.arange(0, trees << depth, 1 << depth, dtype=np.int32)[:, None]
        return found

    def odds(self, table: Numbers) -> Numbers:
        """Return the odds of each column of a table, in units of 1 / UNIT."""
        return self.odds_of_leaves(self.leaves_of(table))

    def odds_of_leaves(self, leaves: Numbers) -> Numbers:
        odds: Numbers = self.base + self.leaf.take(leaves).sum(0)
        return odds

    def reasons(self, leaves: Numbers) -> list[str]:
        """Return for each line the two features that spoke most against it: how much the mean of the leaves fell with
        the answers to their questions (Saabas 2014)."""
        fell = np.concatenate([of_level[leaves] for of_level in self.fell])
        spoke = np.add.reduceat(fell[self.by_feature], self.first)
        most = np.argsort(spoke, axis=0, kind="stable")[:2].T
        return [", ".join(self.names[i] for i in features) for features in most.tolist()]


@cache
def load_line_trees() -> LineTrees:
    """Return the shipped trees, read once in a process."""
    return parse_line_trees(json.loads(table_bytes("judge/line_trees.json")))


def parse_line_trees(stored: dict[str, Any]) -> LineTrees:
    """Return the trees of a line_trees.json."""
    leaf, split, limit = (np.array(stored[name], np.int32) for name in ("leaf", "split", "limit"))
    trees, depth = split.shape
    means = [leaf]
    for level in reversed(range(depth)):  # the bit of the last question is the highest
        means.insert(0, (means[0][:, : 1 << level] + means[0][:, 1 << level :]) // 2)
    bits = np.arange(1 << depth)
    fell = [
        (means[level + 1][:, bits & ((2 << level) - 1)] - means[level][:, bits & ((1 << level) - 1)]).reshape(-1)
        for level in range(depth)
    ]
    questions, question = np.unique(np.stack([split.T.reshape(-1), limit.T.reshape(-1)]), axis=1, return_inverse=True)
    by_feature = np.argsort(split.T.reshape(-1), kind="stable")
    features, first = np.unique(split.T.reshape(-1)[by_feature], return_index=True)
    return LineTrees(
        column=np.array([NAMES.index(name) for name in stored["features"]])[questions[0]],
        limit=questions[1],
        question=question.reshape(depth, trees),
        leaf=leaf.reshape(-1),
        fell=np.stack(fell),
        by_feature=by_feature,
        first=first,
        names=tuple(stored["features"][i] for i in features),
        alone=tuple(stored["alone"].get(name, 0) for name in ALONE),
        base=stored["base"],
        threshold=np.array([stored["threshold"][form] for form in FORMS], np.int32),
    )


def ask_judge(text: RuledText) -> ScoredText | None:
    """Return the text with its lines judged alone, to be judged further, or None if no line of it can go.

    This is the cheap part, done for each text; of the labelled articles that are no pages a third is judged further.
    """
    return judge_alone(text, load_line_trees().alone)


def judge_texts(texts: Sequence[ScoredText]) -> list[list[Hit | None]]:
    """Return for each line of each text a hit if it is boilerplate by the trees, else None.

    All lines of many texts go through the trees at once, and a text gets the same in any batch. Lines may be segments.
    """
    trees = load_line_trees()
    verdicts: list[list[Hit | None]] = [[None] * len(text.own) for text in texts]
    for first, behind in _batches([len(text.own) for text in texts]):
        batch = texts[first:behind]
        lines, table = describe_texts(batch)
        goes = _going(trees, lines, table, np.array([gone for text in batch for gone in text.ruled.gone]))
        if not len(goes):
            continue
        starts = [0, *accumulate(len(text.own) for text in batch)]
        prose: dict[int, list[int]] = {}  # the paragraphs of each text of which lines go
        for line, reason in zip(lines[goes].tolist(), trees.reasons(trees.leaves_of(table[:, goes])), strict=True):
            n = bisect_right(starts, line) - 1
            i, j = first + n, line - starts[n]
            if i not in prose:
                prose[i] = [k for k, of_text in enumerate(texts[i].ruled.lines) if of_text.prose]
            verdicts[i][j] = Hit("line-judge", _kind_of(texts[i], j, prose[i]), reason)
    return verdicts


def _going(trees: LineTrees, lines: Numbers, table: Numbers, gone: Numbers) -> Numbers:
    """Return which columns of a table are boilerplate; `lines` are their places among all lines, of which the rules
    take those that are `gone`."""
    blocks = [table[:, start : start + BLOCK] for start in range(0, table.shape[1], BLOCK)]
    odds = np.concatenate([trees.odds(block) for block in blocks] or [np.zeros(0, np.int64)])
    bar = trees.threshold[forms_of(table)]
    gone[lines[odds < bar]] = True
    last, ends = table[_BELOW] == 0, np.minimum(lines + 1, len(gone) - 1)
    above, below = gone[lines - 1] & (table[_ABOVE] > 0), gone[ends] & ~last
    head, tail = table[_PARAGRAPHS_ABOVE] == 0, table[_PARAGRAPHS_BELOW] == 0
    between = above & below & ~head
    # in the tail, what stands below may be what a line heads
    beside = (head & (above | below)) | (tail & (below | (above & last)))
    going: Numbers = np.flatnonzero(odds < bar + np.where(between, BETWEEN, np.where(beside, BESIDE, 0)))
    return going


def _batches(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of texts, each the first and the one behind the last, of some BATCH lines together."""
    first = lines = 0
    for i, size in enumerate(sizes, 1):
        lines += size
        if lines >= BATCH or i == len(sizes):
            yield first, i
            first, lines = i, 0


class Begun(Generic[T]):
    """Work on one text that waits for its verdicts: `asked` is the text to be judged, None when `result` is there.

    `steps` yields each text that it wants judged, is sent the verdict on each line of it, and returns the result.
    """

    __slots__ = ("asked", "result", "steps")

    def __init__(self, steps: Steps[T]) -> None:
        self.steps, self.asked, self.result = steps, None, None
        self.go_on(None)

    asked: ScoredText | None
    result: T | None

    def go_on(self, verdicts: list[Hit | None] | None) -> None:
        """Work on to the next question or to the result."""
        self.asked = None  # an error ends the work
        try:
            self.asked = next(self.steps) if verdicts is None else self.steps.send(verdicts)
        except StopIteration as done:
            self.result = done.value


def finish_together(
    texts: Sequence[Begun[T]], guard: Callable[[int], AbstractContextManager[object]] = lambda _number: nullcontext()
) -> None:
    """Work on all texts to their results; what they ask is judged for all of them at once, which is what makes it fast.

    `guard(i)` is entered for each step of the text with the number i.
    """
    waiting = [i for i, text in enumerate(texts) if text.asked is not None]
    while waiting:
        asked = [text for i in waiting if (text := texts[i].asked) is not None]
        for i, verdicts in zip(waiting, judge_texts(asked), strict=True):
            with guard(i):
                texts[i].go_on(verdicts)
        waiting = [i for i in waiting if texts[i].asked is not None]


def run_together(steps: Iterable[Steps[T]]) -> list[T]:
    """Return the results of some texts' steps, each the same as alone."""
    texts = [Begun(each) for each in steps]
    finish_together(texts)
    return [text.result for text in texts]  # type: ignore[misc]


def _kind_of(text: ScoredText, i: int, prose: Sequence[int]) -> str:
    """Return the kind of a line that goes: what a rule said of it, else its concept, else its place to the paragraphs
    `prose` of its text."""
    hit, own = text.ruled.hits[i], text.own[i]
    if hit is not None:
        return hit.kind
    if own is not None and own.concept >= 0 and CONCEPTS[own.concept] != "reader and us":
        return CONCEPT_KINDS[own.concept]
    return "nav" if not prose or i < prose[0] else "footer" if i > prose[-1] else "related"
