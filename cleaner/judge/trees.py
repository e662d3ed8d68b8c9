"""Hold the fitted models of page lines: weights of a line's own features, then trees over all features, as plain data.

The trees are oblivious ones (Prokhorenkova and others 2018): they have one question for each level, so all trees are
looked up at once, whatever the page's length. page_trees.json is written by benchmarks/fit_page_lines.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from cleaner.judge.character_counts import Numbers
from cleaner.judge.features import Features
from cleaner.tables import table_bytes

__all__ = ["LineModel", "Trees", "linear_odds", "model_for"]

CASED = 0.03
"""A page has capitals if more than this share of its words begin with one."""

UNIT = 1000
"""Leaves are whole numbers, thousandths of log odds: their sum does not depend on the order of adding."""


@dataclass(frozen=True, slots=True)
class Trees:
    """`names` are the features asked for. At each level of a tree `split` is the index of one of them and `limit` what
    it must be above (both trees x depth); `leaf` (trees x 2^depth) is the answer to each row of answers."""

    names: tuple[str, ...]
    split: Numbers
    limit: Numbers
    leaf: Numbers
    base: float

    def odds(self, features: Features) -> Numbers:
        """Return for each line the log odds that it is the article's."""
        table = np.stack([features[name] for name in self.names]).astype(np.float32)
        # The answers at all levels, read as the bits of a number, say which leaf a line comes to.
        place = np.zeros((len(self.split), table.shape[1]), np.uint8)  # small numbers take half the time of large ones
        for level in range(self.split.shape[1]):
            place |= (table[self.split[:, level]] > self.limit[:, level, None]).view(np.uint8) << np.uint8(level)
        first = np.arange(len(self.split))[:, None] * self.leaf.shape[1]
        summed = self.leaf.ravel()[first + place].sum(0)
        result: Numbers = self.base + summed / UNIT
        return result


@dataclass(frozen=True, slots=True)
class LineModel:
    """What was fitted together: the weights of a line's own features, in log odds, and the trees over all features."""

    linear: dict[str, float]
    trees: Trees


def linear_odds(features: Features, weights: dict[str, float]) -> Numbers:
    """Return for each line the sum of feature times weight, added up in the order of the weights, plus their "base"."""
    total = np.full(len(features["size"]), weights["base"])
    for name, weight in weights.items():
        if name != "base":
            total = total + weight * features[name]
    return total


def model_for(own: Features) -> LineModel:
    """Return the model fitted on pages as they are; for a page with hardly a capital one fitted on other scripts too.

    All labelled pages are English, so the second is fitted on copies of them made to look like other scripts as well.
    Two models have 2.4 points more recall on held-back pages with capitals than one for all.
    """
    words = own["words"]
    return _load_model("cased" if (own["capitals"] * words).sum() > CASED * words.sum() else "any")


@cache
def _load_model(name: str) -> LineModel:
    """Return one of the two models of page_trees.json, read once in a process."""
    stored = json.loads(table_bytes("judge/page_trees.json"))[name]
    trees = stored["trees"]
    split, limit, leaf = np.array(trees["split"]), np.array(trees["limit"], np.float32), np.array(trees["leaf"])
    return LineModel(stored["linear"], Trees(tuple(trees["features"]), split, limit, leaf, trees["base"]))
