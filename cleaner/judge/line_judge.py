"""Judge the lines of a text that the rules leave: the article's, or boilerplate of a kind that no list names.

The features of line_features.py go through fitted trees (line_trees.json, by benchmarks/fit_lines.py). All is whole
numbers, and a line's features come from its own text alone: so its verdict is the same alone, in any batch, and on any
machine. Long paragraphs between paragraphs are not judged at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.judge.beside import NAMES, RuledText, describe_texts, judge_alone
from cleaner.judge.line_features import ALONE, own_features
from cleaner.judge.lines import Hit, Line
from cleaner.judge.vocabulary import CONCEPT_KINDS, CONCEPTS
from cleaner.phrases.phrases import Phrases

__all__ = ["LineTrees", "judge_lines", "judge_texts", "load_line_trees", "may_judge", "parse_line_trees"]

Numbers = NDArray[Any]

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


def judge_lines(
    lines: Sequence[Line], hits: Sequence[Hit | None], taken: Sequence[Hit | None], phrases: Phrases
) -> list[Hit | None]:
    """Return for each line of a text a hit if it is boilerplate by the trees, else None.

    `hits` is what the rules say of each line and `taken` what of that was accepted. Lines may be segments of lines.
    """
    return judge_texts([RuledText(lines, hits, taken, phrases)])[0]


def may_judge(lines: Sequence[Line], phrases: Phrases) -> bool:
    """Fast path: False if no line of a text can go by the trees, whatever the rules say of it."""
    nothing = [None] * len(lines)
    return judge_alone(RuledText(lines, nothing, nothing, phrases), load_line_trees().alone) is not None


def judge_texts(texts: Sequence[RuledText]) -> list[list[Hit | None]]:
    """Return what `judge_lines` returns, for many texts at once; a text gets the same in any batch."""
    trees = load_line_trees()
    verdicts: list[list[Hit | None]] = [[None] * len(text.lines) for text in texts]
    judged = [(i, alone) for i, text in enumerate(texts) if (alone := judge_alone(text, trees.alone))]
    if not judged:
        return verdicts
    asked, table = describe_texts([alone for _, alone in judged])
    against = np.flatnonzero(trees.odds(table) < trees.threshold)
    if not len(against):
        return verdicts
    place = [(i, j) for i, alone in judged for j in range(len(alone.own))]
    for row, reason in zip(asked[against].tolist(), trees.reasons(table[:, against]), strict=True):
        i, j = place[row]
        verdicts[i][j] = Hit("line-judge", _kind_of(texts[i], j), reason)
    return verdicts


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
