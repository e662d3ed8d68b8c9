"""Hold the fitted models of page lines: weights of a line's own features, then trees over all features, as plain data.

The trees are oblivious ones (Prokhorenkova and others 2018): they have one question for each level, so all trees are
looked up at once, whatever the page's length. page_trees.json is written by benchmarks/fit_page_lines.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from cleaner.judge.character_counts import Numbers
from cleaner.judge.features import Features
from cleaner.judge.line_features import ALONE
from cleaner.tables import table_bytes

__all__ = ["UNIT", "Linear", "PageModel", "Trees", "load_page_model", "parse_page_model"]

UNIT = 1000
"""Leaves are whole numbers, thousandths of log odds: their sum does not depend on the order of adding."""


@dataclass(frozen=True, slots=True)
class Trees:
    """`names` are the features asked for. At each level of a tree `split` is the index of one of them and `limit` what
    it must be above (both trees x depth); `leaf` (trees x 2^depth) is the answer to each row of answers.

    Many trees ask the same: `questions` are the indices and limits of the different questions, and `asked` (depth x
    trees) is the number of the one at each level, the last level first."""

    names: tuple[str, ...]
    split: Numbers
    limit: Numbers
    leaf: Numbers
    base: float
    questions: tuple[Numbers, Numbers] = field(init=False)
    asked: Numbers = field(init=False)

    def __post_init__(self) -> None:
        pairs = np.stack((self.split.ravel(), self.limit.ravel()))
        (split, limit), asked = np.unique(pairs, axis=1, return_inverse=True)
        object.__setattr__(self, "questions", (split.astype(np.int64), limit.astype(np.float32)[:, None]))
        object.__setattr__(self, "asked", np.ascontiguousarray(asked.reshape(self.split.shape).T[::-1]))

    def odds(self, features: Features) -> Numbers:
        """Return for each line the log odds that it is the article's."""
        # to concatenate 140 rows takes a third of the time of to stack them
        table = np.concatenate([features[name] for name in self.names]).reshape(len(self.names), -1).astype(np.float32)
        split, limit = self.questions
        answers = (table.take(split, 0) > limit).view(np.uint8)  # .take is twice as fast as an index
        # The answers at all levels, read as the bits of a number, say which leaf a line comes to; the last is highest.
        place = answers.take(self.asked[0], 0)  # small numbers take half the time of large ones
        for number in self.asked[1:]:
            place += place
            place += answers.take(number, 0)
        leaves = place.astype(np.int64)
        leaves += np.arange(len(self.split))[:, None] * self.leaf.shape[1]
        summed = self.leaf.ravel().take(leaves).sum(0, dtype=np.int32)
        result: Numbers = self.base + summed / UNIT
        return result


class Linear(NamedTuple):
    """How a line is judged by itself: the weight of each of its own features, and that of each feature of ALONE, which
    it has or has not, in thousandths of log odds."""

    weights: dict[str, float]
    alone: tuple[int, ...]

    def parts(self, own: Features) -> tuple[list[str], Numbers]:
        """Return the names of the features with a weight, and what each says of each line, in log odds (weights x
        lines)."""
        names = [name for name in self.weights if name != "base"]
        parts: Numbers = np.stack([own[name] for name in names]) * np.array([[self.weights[name]] for name in names])
        return names, parts

    def odds(self, own: Features, alone: Sequence[Sequence[int]]) -> Numbers:
        """Return for each line its log odds to be the article's: the sum of all that its features say."""
        says = np.array([sum(map(self.alone.__getitem__, has)) for has in alone]) / UNIT
        odds: Numbers = self.weights["base"] + self.parts(own)[1].sum(0) + says
        return odds


@dataclass(frozen=True, slots=True)
class PageModel:
    """What was fitted together: how a line is judged by itself, the trees over all features, and the log odds at which
    a line stays."""

    linear: Linear
    trees: Trees
    threshold: float


@cache
def load_page_model() -> PageModel:
    """Return the shipped model, read once in a process."""
    return parse_page_model(json.loads(table_bytes("judge/page_trees.json")))


def parse_page_model(stored: dict[str, Any]) -> PageModel:
    """Return the model of a page_trees.json."""
    trees = stored["trees"]
    split, limit = np.array(trees["split"]), np.array(trees["limit"], np.float32)
    leaf = np.array(trees["leaf"], np.int32)
    names = tuple(trees["features"])
    linear = Linear(stored["linear"], tuple(stored["alone"].get(name, 0) for name in ALONE))
    return PageModel(linear, Trees(names, split, limit, leaf, trees["base"]), stored["threshold"] / UNIT)
