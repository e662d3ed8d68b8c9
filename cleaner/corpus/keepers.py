"""Choose keepers: of each group of near-duplicates the best ranked article is kept, and the others are dropped.

The articles of one component of candidate pairs are compared in one task.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct
from cleaner.corpus.candidates import Candidates, label_components
from cleaner.corpus.token_stores import TokenStores
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, save_sorted, sorted_records
from cleaner.neardup.clusters import choose_keepers
from cleaner.neardup.columns import Room
from cleaner.neardup.lsh import CandidatePairs, split_pairs
from cleaner.neardup.tokens import mix
from cleaner.neardup.verify import UNLIKE, Comparison, compare

__all__ = ["ALONE", "DOUBTFUL", "DROPPED", "VERIFIED", "Dropped", "choose_all_keepers"]

DROPPED = np.dtype(
    [("rank", np.int64), ("keeper", np.int64), ("jaccard", float), ("containment", float), ("rule", np.uint8)]
)
"""A dropped article: its rank, the rank of its keeper, and the result of comparing both."""

DOUBTFUL = np.dtype([("low", np.int64), ("high", np.int64), ("jaccard", float), ("rule", np.uint8)])
"""Two articles, by rank, that were both kept though they nearly counted as duplicates."""

VERIFIED = np.dtype([("low", np.int64), ("high", np.int64)])
"""Two articles, by rank, that were compared and are near-duplicates; enough pairs to connect all that are."""

ALONE = -1
"""Stands for the component of an article that is in no verified pair."""

_CLOSE = 0.1  # a pair whose similarity is too low by no more than this is doubtful


@dataclass(frozen=True, slots=True)
class Dropped:
    """The articles that were compared and are dropped."""

    articles: int  # with a rank
    parts: int  # equal ranges of ranks, one array each
    table: Table  # DROPPED records by rank: array p for part p
    keepers: Table  # the same by components, as they were found, and the DOUBTFUL and VERIFIED pairs
    doubtful: tuple[str, ...]  # names of the arrays of DOUBTFUL pairs
    verified: tuple[str, ...]  # names of the arrays of VERIFIED pairs, where they were asked for
    compared: int  # pairs

    def part(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the part in which each of these ranks is looked up."""
        return ranks * self.parts // max(1, self.articles)

    def find(self, ranks: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[Any]]:
        """Return which of these articles are dropped, bool of shape (n,), and the DROPPED records of those."""
        goes, found = np.zeros(len(ranks), np.bool_), np.empty(len(ranks), DROPPED)
        part = self.part(ranks)
        for number in distinct(part).tolist():
            known, mine = self.table.load(number, DROPPED), np.flatnonzero(part == number)
            if len(known):
                at = np.minimum(np.searchsorted(known["rank"], ranks[mine]), len(known) - 1)
                same = known["rank"][at] == ranks[mine]
                goes[mine[same]], found[mine[same]] = True, known[at[same]]
        return goes, found[goes]

    def label_verified(self, labels: Table, exact: Iterable[CandidatePairs]) -> None:
        """Save the array `verified`: for every rank the least rank of its component, or ALONE.

        Components are those of the verified pairs and the `exact` copies.
        """
        loaded = (self.keepers.load(name, VERIFIED) for name in self.verified)
        verified = (CandidatePairs(pairs["low"], pairs["high"]) for pairs in loaded)
        root = label_components(self.articles, chain(verified, exact))
        alone = root == np.arange(len(root))
        alone[root[~alone]] = False  # the least of a component is its own root too
        root[alone] = ALONE
        labels.save("verified", root)

    def by_rank(self, part: int) -> Emitted:
        """Emit the records that one part of the components gave, to the parts of their ranks."""
        records = self.keepers.load(part)
        return partition(records, self.part(records["rank"]))


def choose_all_keepers(
    shuffle: Shuffle,
    stores: TokenStores,
    pairs: Sequence[Candidates],
    labels: Table,
    min_similarity: float,
    *,
    connect: bool = False,
) -> Dropped:
    """Choose the keepers of all components. `labels` has the array `components`: the component of every rank.

    With `connect` the verified pairs are saved, and more pairs are compared: choosing keepers compares a dropped
    article no further, so pairs may be missing that connect two groups.
    """
    articles, bits = len(stores.ranks), pairs[0].bits
    tasks = [(candidates, part) for candidates in pairs for part in candidates.parts]
    # the number of parts follows from the bytes of the tokens, which a task holds in memory
    bins = shuffle.parts("keepers", stores.shingles * 8)
    keepers = shuffle.table("keepers")
    chosen = shuffle.reduce(
        "keepers",
        tasks,
        partial(_emit_by_component, labels, bins),
        partial(_choose, stores, keepers, bits, min_similarity, shuffle.memory, connect),
    )
    parts = shuffle.parts("dropped", sum(count for _, count, _ in chosen) * DROPPED.itemsize)
    doubtful = tuple(f"{part}-doubtful" for part, _, _ in chosen)
    verified = tuple(f"{part}-verified" for part, _, _ in chosen if connect)
    dropped = Dropped(
        articles, parts, shuffle.table("dropped"), keepers, doubtful, verified, sum(n for _, _, n in chosen)
    )
    # from parts of components to ranges of ranks, in which the originals of exact copies are looked up
    done = [part for part, _, _ in chosen]
    shuffle.reduce("dropped", done, dropped.by_rank, partial(save_sorted, dropped.table, DROPPED))
    return dropped


def _emit_by_component(labels: Table, bins: int, task: tuple[Candidates, int]) -> Emitted:
    """Emit the pairs of a task to the parts of their components."""
    candidates, part = task
    packed = candidates.table.load(part)
    component = labels.load("components")[split_pairs(packed, candidates.bits).low]
    return partition(packed, (mix(component.astype(np.uint64)) % np.uint64(bins)).astype(np.int64))


def _choose(
    stores: TokenStores,
    table: Table,
    bits: int,
    min_similarity: float,
    memory: int,
    connect: bool,
    part: int,
    packed: bytes,
) -> tuple[int, int, int]:
    """Choose the keepers of the components of a part. Returns the part, and the numbers of drops and of comparisons."""
    by_rank = split_pairs(sorted_records(packed, np.uint64), bits)
    ranks = distinct(np.concatenate([by_rank.low, by_rank.high]))
    pairs = CandidatePairs(np.searchsorted(ranks, by_rank.low), np.searchsorted(ranks, by_rank.high))
    near_pairs: list[CandidatePairs] = []
    near: list[Comparison] = []
    asked: list[NDArray[np.int64]] = []  # the pairs that were compared, each as one number
    compared = 0
    with Room(memory, table.folder) as room:
        articles, _ = stores.gather(stores.find(ranks), room)

        # a pair is compared only once its better ranked article is known to be kept, so few pairs of a group are
        def check(some: CandidatePairs) -> NDArray[np.bool_]:
            """Return which pairs are near-duplicates; those, and the doubtful ones, are remembered."""
            nonlocal compared
            compared += len(some)
            if connect:
                asked.append(some.low * len(ranks) + some.high)
            found = compare(articles, some.low, some.high, min_similarity)
            kept = (found.rule != UNLIKE) | (found.jaccard >= min_similarity - _CLOSE)
            near_pairs.append(some.where(kept))
            near.append(Comparison(found.jaccard[kept], found.containment[kept], found.rule[kept]))
            return found.rule < UNLIKE

        keeper = choose_keepers(len(ranks), pairs, check)
        all_pairs, all_near = CandidatePairs.join(*near_pairs), Comparison.join(near)
        if connect:
            copies = all_pairs.where(all_near.rule < UNLIKE)
            root = label_components(len(ranks), [copies])
            apart = root[pairs.low] != root[pairs.high]
            rest = pairs.where(apart & ~np.isin(pairs.low * len(ranks) + pairs.high, np.concatenate(asked)))
            found = compare(articles, rest.low, rest.high, min_similarity)
            copies = CandidatePairs.join(copies, rest.where(found.rule < UNLIKE))
            verified: NDArray[Any] = np.empty(len(copies), VERIFIED)
            verified["low"], verified["high"] = ranks[copies.low], ranks[copies.high]
            table.save(f"{part}-verified", verified)
    # the comparison of an article with its keeper says why it is dropped
    chosen = np.flatnonzero(keeper[all_pairs.high] == all_pairs.low)
    why = np.empty(len(ranks), np.int64)
    why[all_pairs.high[chosen]] = chosen
    gone = distinct(all_pairs.high[chosen])
    dropped: NDArray[Any] = np.empty(len(gone), DROPPED)
    dropped["rank"], dropped["keeper"] = ranks[gone], ranks[keeper[gone]]
    for name in ("jaccard", "containment", "rule"):
        dropped[name] = getattr(all_near, name)[why[gone]]
    table.save(part, dropped)
    # a pair is doubtful only if both are in different groups: unlike articles may have one keeper
    apart = np.flatnonzero((all_near.rule >= UNLIKE) & (keeper[all_pairs.low] != keeper[all_pairs.high]))
    doubtful: NDArray[Any] = np.empty(len(apart), DOUBTFUL)
    doubtful["low"], doubtful["high"] = ranks[all_pairs.low[apart]], ranks[all_pairs.high[apart]]
    doubtful["jaccard"], doubtful["rule"] = all_near.jaccard[apart], all_near.rule[apart]
    table.save(f"{part}-doubtful", doubtful)
    return part, len(dropped), compared
