"""Judge the lines of a text that the rules leave: the article's, or boilerplate of a kind that no list names.

The features of line_features.py go through fitted trees (line_trees.json, by benchmarks/fit_lines.py). All is whole
numbers, and a line's features come from its own text alone: so its verdict is the same alone, in any batch, and on any
machine. Long paragraphs between paragraphs are not judged at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.judge.beside import NAMES, RuledText, ScoredText, describe_texts, judge_alone
from cleaner.judge.line_features import ALONE, own_features
from cleaner.judge.lines import Hit
from cleaner.judge.vocabulary import CONCEPT_KINDS, CONCEPTS

__all__ = [
    "Begun",
    "LineTrees",
    "Steps",
    "ask_judge",
    "finish_together",
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
"""Lines that go through the trees at once: more take memory and save no time."""

UNIT = 1000
"""Leaves are thousandths of log odds in favour of the article."""


@dataclass(frozen=True, slots=True)
class LineTrees:
    """Oblivious trees: one question for each level. `split` (trees x depth) are columns of the table of features, and
    `limit` what a feature must be above; the answers, read as bits, say which `leaf` (trees x 2^depth) counts."""

    split: Numbers
    limit: Numbers
    leaf: Numbers
    means: tuple[Numbers, ...]  # the mean leaf below the first k questions, for k from 0 to depth
    alone: tuple[int, ...]  # the weights of the features of ALONE
    base: int
    threshold: int

    def odds(self, table: Numbers) -> Numbers:
        """Return the odds of each column of a table (NAMES x lines), in units of 1 / UNIT."""
        place = self._places(table)
        odds: Numbers = self.base + np.take_along_axis(self.leaf, place, 1).sum(0)
        return odds

    def _places(self, table: Numbers) -> Numbers:
        above = table[self.split] > self.limit[:, :, None]
        place = np.zeros((len(self.split), table.shape[1]), np.int32)
        for level in range(self.split.shape[1]):
            place += above[:, level] * np.int32(1 << level)
        return place

    def reasons(self, table: Numbers) -> list[str]:
        """Return for each column the two features that spoke most against it: how much the mean of the leaves fell with
        the answers to their questions (Saabas 2014)."""
        place = self._places(table)
        spoke = np.zeros(table.shape, np.int64)
        for level in range(self.split.shape[1]):
            fell = np.take_along_axis(self.means[level + 1], place & ((2 << level) - 1), 1)
            fell = fell - np.take_along_axis(self.means[level], place & ((1 << level) - 1), 1)
            np.add.at(spoke, self.split[:, level], fell)
        most = np.argsort(spoke, axis=0, kind="stable")[:2].T
        return [", ".join(NAMES[i] for i in column) for column in most.tolist()]


@cache
def load_line_trees() -> LineTrees:
    """Return the shipped trees, read once in a process."""
    return parse_line_trees(json.loads((files("cleaner.judge") / "line_trees.json").read_text("utf-8")))


def parse_line_trees(stored: dict[str, Any]) -> LineTrees:
    """Return the trees of a line_trees.json."""
    columns = np.array([NAMES.index(name) for name in stored["features"]])
    leaf = np.array(stored["leaf"], np.int64)
    depth = len(stored["split"][0])
    means = [leaf]
    for level in reversed(range(depth)):  # the bit of the last question is the highest
        low, high = means[0][:, : 1 << level], means[0][:, 1 << level :]
        means.insert(0, (low + high) // 2)
    split, limit = columns[np.array(stored["split"])], np.array(stored["limit"], np.int32)
    alone = tuple(stored["alone"].get(name, 0) for name in ALONE)
    return LineTrees(split, limit, leaf, tuple(means), alone, stored["base"], stored["threshold"])


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
        asked, table = describe_texts(texts[first:behind])
        against = np.flatnonzero(trees.odds(table) < trees.threshold)
        if not len(against):
            continue
        place = [(i, j) for i in range(first, behind) for j in range(len(texts[i].own))]
        for row, reason in zip(asked[against].tolist(), trees.reasons(table[:, against]), strict=True):
            i, j = place[row]
            verdicts[i][j] = Hit("line-judge", _kind_of(texts[i].ruled, j), reason)
    return verdicts


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


def _kind_of(text: RuledText, i: int) -> str:
    """Return the kind of a line that goes: what a rule said of it, else its concept, else the lines beside it that go,
    else its place."""
    lines, hits, taken, phrases = text
    hit = hits[i]
    if hit is not None:
        return hit.kind
    concept = own_features(lines[i].text, phrases).concept
    if concept >= 0 and CONCEPTS[concept] != "reader and us":
        return CONCEPT_KINDS[concept]
    for j in (i - 1, i + 1):
        if 0 <= j < len(lines) and (beside := taken[j]) is not None:
            return beside.kind
    prose = [k for k, (line, gone) in enumerate(zip(lines, taken, strict=True)) if line.prose and gone is None]
    return "nav" if prose and i < prose[0] else "footer" if not prose or i > prose[-1] else "related"
