"""Keepers, spread: whole components are decided by the functions that decide a corpus in one process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.corpus.bands import Met
from cleaner.corpus.components import Labels, edges_of
from cleaner.corpus.shelves import Shelves
from cleaner.engine.shuffle import Blobs, Steps, deal, load, order_of, rows_of, save
from cleaner.neardup.clusters import choose_keepers
from cleaner.neardup.columns import Column, Room, distinct
from cleaner.neardup.compare import Comparison, likely
from cleaner.neardup.duplicates import AGAIN
from cleaner.neardup.lsh import Pairs
from cleaner.neardup.tokens import mix
from cleaner.neardup.verify import UNLIKE

__all__ = ["DOUBT", "FATE", "Fates", "decide", "likely_again", "likely_pairs"]

FATE = np.dtype(
    [("rank", np.int64), ("keeper", np.int64), ("jaccard", float), ("containment", float), ("rule", np.uint8)]
)
"""An article that goes: its rank, the rank of the one that stays in its place, and the verdict on the two."""

DOUBT = np.dtype([("low", np.int64), ("high", np.int64), ("jaccard", float), ("rule", np.uint8)])
"""Two articles, by rank, that stayed apart though they were nearly one."""

_PAIR = np.dtype([("low", np.int64), ("high", np.int64)])


@dataclass(frozen=True, slots=True)
class Fates:
    """Files of FATE rows by ranges of rank; how many pairs were verified; files of DOUBT rows."""

    files: tuple[Path, ...]
    limits: tuple[int, ...]
    verified: int
    doubtful: tuple[Path, ...]

    def of(self, ranks: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[Any]]:
        """Which of these articles go, and the rows of those."""
        goes = np.zeros(len(ranks), np.bool_)
        rows = np.empty(len(ranks), FATE)
        part = np.searchsorted(np.array(self.limits, np.int64), ranks, "right")
        for number in distinct(part).tolist():
            known, mine = load(self.files[number]), np.flatnonzero(part == number)
            if len(known):
                at = np.minimum(np.searchsorted(known["rank"], ranks[mine]), len(known) - 1)
                met = known["rank"][at] == ranks[mine]
                goes[mine[met]], rows[mine[met]] = True, known[at[met]]
        return goes, rows[goes]


def likely_pairs(steps: Steps, shelves: Shelves, met: Met) -> list[Path]:
    """Files of the edges that have a chance without what recurs on their sites."""
    place = steps.place("likely")
    steps.each("likely", partial(_write_likely, shelves, met, place), range(len(met.files)))
    return [place / f"{number}.npy" for number in range(len(met.files))]


def _write_likely(shelves: Shelves, met: Met, place: Path, number: int) -> int:
    pairs = met.pairs(number)
    good = _likely(shelves, pairs)
    save(place / f"{number}.npy", edges_of(pairs.where(good)))
    return int(good.sum())


def likely_again(shelves: Shelves, pairs: Pairs) -> NDArray[np.bool_]:
    """Which pairs that were met by what is left without furniture are worth a look."""
    return _likely(shelves, pairs, AGAIN)


def _likely(shelves: Shelves, pairs: Pairs, *lowest: np.float32) -> NDArray[np.bool_]:
    ranks = distinct(np.concatenate([pairs.low, pairs.high]))
    signatures = Column(np.uint32)
    signatures.append(shelves.signatures(ranks).ravel())
    low, high = np.searchsorted(ranks, pairs.low), np.searchsorted(ranks, pairs.high)
    return likely(signatures, Pairs(low, high), *lowest)


def decide(
    steps: Steps, shelves: Shelves, labels: Labels, pairs: Sequence[Path], min_similarity: float, articles: int
) -> Fates:
    """Choose the keepers of all components. `pairs` are files of edges."""
    bins = steps.parts(shelves.shingles * 8)
    place = steps.place("decided")
    chosen = steps.exchange(
        "decided",
        pairs,
        partial(_by_component, labels, bins),
        partial(_decide, shelves, place, min_similarity, steps.memory),
    )
    files = [place / f"{part}.npy" for part, _, _ in chosen]
    parts = steps.parts(sum(gone for _, gone, _ in chosen) * FATE.itemsize)
    limits = tuple(articles * n // parts for n in range(1, parts))
    sorted_place = steps.place("fates")
    there = set(steps.exchange("fates", files, partial(_by_rank, limits), partial(_sorted, sorted_place)))
    for part in set(range(parts)) - there:
        save(sorted_place / f"{part}.npy", np.zeros(0, FATE))
    fates = tuple(sorted_place / f"{part}.npy" for part in range(parts))
    doubtful = tuple(place / f"{part}.doubtful.npy" for part, _, _ in chosen)
    return Fates(fates, limits, sum(verified for _, _, verified in chosen), doubtful)


def _by_component(labels: Labels, bins: int, path: Path) -> Blobs:
    edges = load(path)
    rows = np.empty(len(edges), _PAIR)
    rows["low"], rows["high"] = edges["node"], edges["next"]
    yield from deal(rows, (mix(labels.of(rows["low"]).astype(np.uint64)) % np.uint64(bins)).astype(np.int64))


def _decide(
    shelves: Shelves, place: Path, min_similarity: float, memory: int, part: int, blobs: list[bytes]
) -> tuple[int, int, int]:
    rows = rows_of(blobs, _PAIR)
    rows = rows[order_of(rows)]
    ranks = distinct(np.concatenate([rows["low"], rows["high"]]))
    pairs = Pairs(np.searchsorted(ranks, rows["low"]), np.searchsorted(ranks, rows["high"]))
    with Room(memory, place) as room:
        comparison = Comparison(shelves.articles(ranks, room), Column(np.uint32), min_similarity)
        keeper = choose_keepers(len(ranks), pairs, comparison.check)
    checked, verdicts = comparison.verdicts()
    chosen = np.flatnonzero(keeper[checked.high] == checked.low)
    gone = distinct(checked.high[chosen])
    verdict = np.empty(len(ranks), np.int64)
    verdict[checked.high[chosen]] = chosen
    fates = np.empty(len(gone), FATE)
    fates["rank"], fates["keeper"] = ranks[gone], ranks[keeper[gone]]
    for name in ("jaccard", "containment", "rule"):
        fates[name] = getattr(verdicts, name)[verdict[gone]]
    save(place / f"{part}.npy", fates)
    apart = np.flatnonzero((verdicts.rule >= UNLIKE) & (keeper[checked.low] != keeper[checked.high]))
    doubtful = np.empty(len(apart), DOUBT)
    doubtful["low"], doubtful["high"] = ranks[checked.low[apart]], ranks[checked.high[apart]]
    doubtful["jaccard"], doubtful["rule"] = verdicts.jaccard[apart], verdicts.rule[apart]
    save(place / f"{part}.doubtful.npy", doubtful)
    return part, len(fates), comparison.verified


def _by_rank(limits: Sequence[int], path: Path) -> Blobs:
    rows = load(path)
    yield from deal(rows, np.searchsorted(np.array(limits, np.int64), rows["rank"], "right"))


def _sorted(place: Path, part: int, blobs: list[bytes]) -> int:
    rows = rows_of(blobs, FATE)
    save(place / f"{part}.npy", rows[order_of(rows)])
    return part
