"""Exact copies, spread: of every set of articles with the same tokens the best ranked is told to the others.

A shard sends on only the best of its own, so a text that stands there a million times is met once for each shard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.corpus.ranks import RANKED, Ranked, Shard, to_shards
from cleaner.corpus.stages import sketch_column
from cleaner.engine.shuffle import Blobs, Steps, deal, load, order_of, rows_of, save
from cleaner.engine.work import read_shard

__all__ = ["Copies", "exact_copies"]

_SENT = np.dtype([("a", np.uint64), ("b", np.uint64), ("rank", np.int64)])


@dataclass(frozen=True, slots=True)
class Copies:
    """Which articles of a shard have the same tokens as a better ranked one, and which is that."""

    ranked: Ranked
    place: Path

    def of(self, shard: Shard) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
        """RANKED rows of articles that have tokens and are no copies; ranks of copies; for each the rank it copies."""
        sent, ranked, heads, best = _heads(self.ranked, shard)
        original = sent["rank"].copy()
        path = self.place / f"{shard.number}.npy"
        if path.exists():
            elsewhere = load(path)
            at = np.searchsorted(ranked["row"][heads], elsewhere["row"])
            original[heads[at]] = elsewhere["rank"]
        original = original[best]
        copy = original != sent["rank"]
        return ranked[~copy], sent["rank"][copy], original[copy]


def exact_copies(steps: Steps, ranked: Ranked, shards: Sequence[Shard]) -> Copies:
    """Find them."""
    parts = steps.parts(len(ranked) * _SENT.itemsize)
    found = steps.place("copies-found")
    files = steps.exchange("copies-found", shards, partial(_give, ranked, parts), partial(_find, found))
    copies = Copies(ranked, steps.place("copies"))
    steps.exchange(
        "copies", [found / f"{part}.npy" for part in files], partial(_tell, ranked), partial(_told, copies.place)
    )
    return copies


def _heads(ranked: Ranked, shard: Shard) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """Articles with tokens: what is sent, their RANKED rows, the best of each set, in order; for each row its best."""
    table, _ = read_shard(shard.path, ("exact", "sizes"))
    rows = ranked.of(shard)
    rows = rows[sketch_column(table, "sizes")[rows["row"]] > 0]
    exact = sketch_column(table, "exact")[rows["row"]]
    sent = np.empty(len(rows), _SENT)
    sent["a"], sent["b"], sent["rank"] = exact[:, 0], exact[:, 1], rows["rank"]
    order = order_of(sent)
    best = np.empty(len(rows), np.int64)
    best[order] = order[_firsts(sent[order])]
    return sent, rows, np.unique(best), best


def _firsts(ordered: NDArray[Any]) -> NDArray[np.int64]:
    """For every row of sorted ones the first with the same tokens."""
    new = np.ones(len(ordered), np.bool_)
    new[1:] = (ordered["a"][1:] != ordered["a"][:-1]) | (ordered["b"][1:] != ordered["b"][:-1])
    heads = np.flatnonzero(new)
    return np.repeat(heads, np.diff(heads, append=len(ordered)))


def _give(ranked: Ranked, parts: int, shard: Shard) -> Blobs:
    sent, _, heads, _ = _heads(ranked, shard)
    sent = sent[heads]
    yield from deal(sent, (sent["a"] % np.uint64(parts)).astype(np.int64))


def _find(place: Path, part: int, blobs: list[bytes]) -> int:
    rows = rows_of(blobs, _SENT)
    rows = rows[order_of(rows)]
    firsts = _firsts(rows)
    copy = firsts != np.arange(len(rows))
    found = np.empty(int(copy.sum()), RANKED)
    found["row"], found["rank"] = rows["rank"][copy], rows["rank"][firsts[copy]]  # the copy and what it copies
    save(place / f"{part}.npy", found[order_of(found)])
    return part


def _tell(ranked: Ranked, path: Path) -> Blobs:
    found = load(path)
    yield from to_shards(ranked, found["row"], found["rank"])


def _told(place: Path, shard: int, blobs: list[bytes]) -> int:
    rows = rows_of(blobs, RANKED)
    save(place / f"{shard}.npy", rows[order_of(rows)])
    return shard
