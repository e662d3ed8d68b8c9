"""Connected components of candidate pairs: which articles one task must see together to choose their keepers.

Few enough pairs are labelled in one process, by hooking and pointer jumping. More go through rounds of large stars and
small stars (Kiveris and others, "Connected Components in MapReduce and Beyond", 2014), in which a node knows only its
neighbours. Either way the label of an article is the best rank in its component.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.engine.shuffle import Blobs, Steps, deal, load, order_of, rows_of, save
from cleaner.errors import WorkError
from cleaner.neardup.columns import distinct
from cleaner.neardup.lsh import Pairs
from cleaner.neardup.tokens import mix

__all__ = ["HERE", "Labels", "components", "label"]

HERE = 20_000_000
"""Pairs that the driver labels itself, in some 2 GB."""

_ROUNDS = 64
_EDGE = np.dtype([("node", np.int64), ("next", np.int64)])


@dataclass(frozen=True, slots=True)
class Labels:
    """Files of (node, label), sorted; `limits` says with which node each file but the first begins."""

    files: tuple[Path, ...]
    limits: tuple[int, ...]

    def of(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The label of each of these nodes."""
        labels = np.empty(len(nodes), np.int64)
        part = np.searchsorted(np.array(self.limits, np.int64), nodes, "right")
        for number in distinct(part).tolist():
            known, mine = load(self.files[number]), part == number
            labels[mine] = known["next"][np.searchsorted(known["node"], nodes[mine])]
        return labels


def components(steps: Steps, files: Sequence[Path], *, here: int = HERE) -> Labels:
    """Components of the edges in these files of _EDGE rows (`edges_of` makes them)."""
    sizes = [len(load(path)) for path in files]
    if sum(sizes) <= here:
        return _label_here(steps.place("labels"), files)
    return _by_stars(steps, files, sum(sizes))


def label(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The nodes of some pairs, sorted, and for each the least node of its component."""
    nodes = distinct(np.concatenate([pairs.low, pairs.high]))
    low, high = np.searchsorted(nodes, pairs.low), np.searchsorted(nodes, pairs.high)
    root = np.arange(len(nodes))
    while True:
        a, b = root[low], root[high]
        apart = a != b
        if not apart.any():
            return nodes, nodes[root]
        low, high, a, b = low[apart], high[apart], a[apart], b[apart]
        # every root that is not the least around hooks on: at least half of those that still have an edge are gone
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while (root[root] != root).any():
            root = root[root]


def edges_of(pairs: Pairs) -> NDArray[Any]:
    """Pairs as rows."""
    rows = np.empty(len(pairs), _EDGE)
    rows["node"], rows["next"] = pairs.low, pairs.high
    return rows


def _label_here(place: Path, files: Sequence[Path]) -> Labels:
    edges = np.concatenate([np.zeros(0, _EDGE), *map(load, files)])
    nodes, labels = label(Pairs(edges["node"], edges["next"]))
    save(place / "0.npy", edges_of(Pairs(nodes, labels)))
    return Labels((place / "0.npy",), ())


# ---- stars ----


@dataclass(frozen=True, slots=True)
class _Edges:
    """Files of distinct edges, how many they hold, and a checksum of them all."""

    files: tuple[Path, ...]
    count: int
    sum: int


def _by_stars(steps: Steps, files: Sequence[Path], total: int) -> Labels:
    parts = steps.parts(total * _EDGE.itemsize)
    edges = _round(steps, "stars-0", files, _Round(parts, small=True, first=True))
    for number in range(1, _ROUNDS):
        before = edges
        edges = _round(steps, f"stars-{number}-large", before.files, _Round(parts, small=False), before)
        edges = _round(steps, f"stars-{number}-small", edges.files, _Round(parts, small=True), edges)
        if (edges.count, edges.sum) == (before.count, before.sum):
            return _leaves(steps, edges, parts)
    raise WorkError(f"Components did not settle in {_ROUNDS} rounds over {total} pairs; please report this.")


@dataclass(frozen=True, slots=True)
class _Round:
    """One half of a round: which star every node makes of its neighbours."""

    parts: int
    small: bool
    first: bool = False

    def give(self, path: Path) -> Blobs:
        edges = load(path)
        turned = edges_of(Pairs(edges["next"], edges["node"]))
        rows = turned if self.first else edges
        if not self.small:  # all neighbours, else only those of lower rank
            rows = np.concatenate([edges, turned])
        yield from deal(rows, (mix(rows["node"].astype(np.uint64)) % np.uint64(self.parts)).astype(np.int64))

    def take(self, place: Path, part: int, blobs: list[bytes]) -> tuple[int, int, int, int, int]:
        """(part, rows that came, their checksum, edges that are left, theirs)."""
        came = rows_of(blobs, _EDGE)
        rows = _distinct(came)
        node, near = rows["node"], rows["next"]
        new = np.ones(len(rows), np.bool_)
        new[1:] = node[1:] != node[:-1]
        heads = np.flatnonzero(new)
        least = np.repeat(np.minimum(node[heads], near[heads]), np.diff(heads, append=len(rows)))
        if self.small:
            low = np.concatenate([least, least[heads]])
            high = np.concatenate([near, node[heads]])
        else:
            low, high = least[near > node], near[near > node]
        edges = _distinct(edges_of(Pairs(high[low != high], low[low != high])))
        save(place / f"{part}.npy", edges)
        return part, len(came), _checksum(came), len(edges), _checksum(edges)


def _round(steps: Steps, name: str, files: Sequence[Path], half: _Round, before: _Edges | None = None) -> _Edges:
    place = steps.place(name)
    answers = steps.exchange(name, files, half.give, partial(half.take, place))
    if before is not None:
        times = 1 if half.small else 2
        came = (sum(a[1] for a in answers), sum(a[2] for a in answers) % (1 << 64))
        if came != (times * before.count, times * before.sum % (1 << 64)):
            raise WorkError(f"Edges were lost on the way in {name}: {came[0]} of {times * before.count} came.")
    files = tuple(place / f"{a[0]}.npy" for a in answers)
    return _Edges(files, sum(a[3] for a in answers), sum(a[4] for a in answers) % (1 << 64))


def _leaves(steps: Steps, edges: _Edges, parts: int) -> Labels:
    """Every edge is (node, label) now; the files are made anew by ranges of nodes, and labels label themselves."""
    most = max((int(load(path)["node"].max(initial=0)) for path in edges.files), default=0)
    limits = tuple((most + 1) * n // parts for n in range(1, parts))
    place = steps.place("labels")
    answers = steps.exchange("labels", edges.files, partial(_by_range, limits), partial(_labelled, place))
    there = set(answers)
    for part in set(range(parts)) - there:
        save(place / f"{part}.npy", np.zeros(0, _EDGE))
    return Labels(tuple(place / f"{part}.npy" for part in range(parts)), limits)


def _by_range(limits: Sequence[int], path: Path) -> Blobs:
    edges = load(path)
    roots = edges_of(Pairs(edges["next"], edges["next"]))
    rows = _distinct(np.concatenate([edges, roots]))
    yield from deal(rows, np.searchsorted(np.array(limits, np.int64), rows["node"], "right"))


def _labelled(place: Path, part: int, blobs: list[bytes]) -> int:
    save(place / f"{part}.npy", _distinct(rows_of(blobs, _EDGE)))
    return part


def _distinct(rows: NDArray[Any]) -> NDArray[Any]:
    rows = rows[order_of(rows)]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows["node"][1:] != rows["node"][:-1]) | (rows["next"][1:] != rows["next"][:-1])
    return rows[new]


def _checksum(edges: NDArray[Any]) -> int:
    """The same whichever way the edges point."""
    return int((mix(edges["node"].astype(np.uint64)) + mix(edges["next"].astype(np.uint64))).sum(dtype=np.uint64))
