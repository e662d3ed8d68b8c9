"""Candidate pairs: articles that agree in a band of their signatures. Every band is joined in parts of its keys, then
every pair comes together once and is estimated. At the end their connected components are labelled: which articles one
task must see together to choose their keepers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, sorted_records
from cleaner.neardup.columns import distinct
from cleaner.neardup.lsh import BANDS, CandidatePairs, band_keys, join_band, pack_keys, split_pairs
from cleaner.neardup.minhash import likely
from cleaner.neardup.tokens import mix

__all__ = ["Candidates", "find_candidates", "label_components", "pair_by_key"]

Task = TypeVar("Task")
Signed = Callable[[Task], tuple[NDArray[np.uint32], NDArray[np.int64]]]
"""A task's signatures, and the rank of each."""

Keyed = Callable[[Task], tuple[NDArray[np.uint64], NDArray[np.int64]]]
"""A task's keys, one for an article, and the rank of each."""

Signatures = Callable[[NDArray[np.int64]], NDArray[np.uint32]]
"""The signatures of sorted ranks, by which pairs are estimated."""

_AT_ONCE = 1 << 17  # pairs estimated at once, in 128 MB


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs of ranks, packed as `low << bits | high`, in parts of a table."""

    table: Table
    parts: tuple[int, ...]  # the numbers of its arrays
    bits: int  # enough for the highest rank
    found: int  # pairs that agreed in a band; of those with an article of the index only the likely ones
    kept: int  # likely ones among all
    crowded: int  # keys with more than LONGEST_RUN articles, which were paired with the best ranked alone

    def pairs(self, part: int) -> CandidatePairs:
        """The pairs of one part."""
        return split_pairs(self.table.load(part), self.bits)

    def save_likely(self, signatures: Signatures, lowest: np.float32, to: Table, part: int) -> None:
        """Write those pairs of one part to another table that are estimated to be at least `lowest` alike."""
        to.save(part, _keep_likely(self.table.load(part), self.bits, signatures, lowest))


def find_candidates(
    shuffle: Shuffle,
    name: str,
    tasks: Sequence[Task],
    signed: Signed[Task],
    articles: int,
    olds: int,
    signatures: Signatures,
    lowest: np.float32,
) -> Candidates:
    """The pairs among the signatures of all tasks that are estimated to be at least `lowest` alike.

    `articles`: how many have ranks. `signatures` gives those by which the pairs are estimated.

    Two articles of the index, which have the ranks below `olds`, are no pair: neither of them would be dropped.
    """
    bits = max(1, (articles - 1).bit_length())
    parts = max(1, shuffle.parts(f"{name}-bands", articles * BANDS * 8) // BANDS)
    joined = shuffle.table(f"{name}-bands")
    bands = shuffle.reduce(
        f"{name}-bands",
        tasks,
        partial(_emit_keys, signed, band_keys, bits, parts),
        partial(_join, joined, bits, olds),
    )
    # by their hash, not by rank: a story with a million copies has a million pairs with one article
    parts = shuffle.parts(f"{name}-pairs", sum(pairs for _, pairs, _ in bands) * 8)
    table = shuffle.table(f"{name}-pairs")
    found = shuffle.reduce(
        f"{name}-pairs",
        [part for part, _, _ in bands],
        partial(_emit_pairs, joined, parts),
        partial(_estimate, table, bits, olds, signatures, lowest),
    )
    return Candidates(
        table,
        tuple(part for part, _, _ in found),
        bits,
        sum(count for _, count, _ in found),
        sum(kept for _, _, kept in found),
        sum(crowded for _, _, crowded in bands),
    )


def pair_by_key(
    shuffle: Shuffle, name: str, tasks: Sequence[Task], keyed: Keyed[Task], articles: int, olds: int
) -> Candidates:
    """The pairs of articles that have one key, such as the address of their page; none of them is estimated."""
    bits = max(1, (articles - 1).bit_length())
    table = shuffle.table(name)
    parts = shuffle.parts(name, articles * 8)
    found = shuffle.reduce(name, tasks, partial(_emit_keys, keyed, mix, bits, parts), partial(_join, table, bits, olds))
    count = sum(pairs for _, pairs, _ in found)
    return Candidates(table, tuple(part for part, _, _ in found), bits, count, count, 0)


def _emit_keys(given: Callable[[Any], Any], keys_of: Callable[[Any], Any], bits: int, parts: int, task: Any) -> Emitted:
    """Keys with their ranks. `given` is Signed or Keyed; `keys_of` makes of its values one key, or one a band."""
    values, ranks = given(task)
    keys = keys_of(values)
    keys = pack_keys(keys[:, None] if keys.ndim == 1 else keys, ranks[:, None], bits)
    # equal keys of one band have to come together, so a part is one of a band, by the upper bits of the key
    part = np.arange(keys.shape[1]) * parts + ((keys >> np.uint64(40)) % np.uint64(parts)).astype(np.int64)
    return partition(keys.ravel(), part.ravel())


def _join(table: Table, bits: int, olds: int, part: int, packed: bytes) -> tuple[int, int, int]:
    pairs, crowded = join_band(sorted_records(packed, np.uint64), bits, olds)
    table.save(part, pairs)
    return part, len(pairs), crowded


def _emit_pairs(table: Table, parts: int, part: int) -> Emitted:
    pairs = table.load(part)
    return partition(pairs, (mix(pairs) % np.uint64(parts)).astype(np.int64))


def _estimate(
    table: Table, bits: int, olds: int, signatures: Signatures, lowest: np.float32, part: int, packed: bytes
) -> tuple[int, int, int]:
    pairs = distinct(np.frombuffer(packed, np.uint64))
    kept = _keep_likely(pairs, bits, signatures, lowest)
    table.save(part, kept)
    new, kept_of_new = (int((split_pairs(some, bits).low >= olds).sum()) for some in (pairs, kept))
    return part, new + len(kept) - kept_of_new, len(kept)


def _keep_likely(
    packed: NDArray[np.uint64], bits: int, signatures: Signatures, lowest: np.float32
) -> NDArray[np.uint64]:
    """Those of some packed pairs that are estimated to be at least `lowest` alike."""
    kept = [packed[:0]]
    for first in range(0, len(packed), _AT_ONCE):  # a pair takes up to 1 kB of signatures
        block = packed[first : first + _AT_ONCE]
        pairs = split_pairs(block, bits)
        both = distinct(np.concatenate([pairs.low, pairs.high]))
        low, high = np.searchsorted(both, pairs.low), np.searchsorted(both, pairs.high)
        kept.append(block[likely(signatures(both), low, high, lowest)])
    return np.concatenate(kept)


def label_components(articles: int, batches: Iterable[CandidatePairs]) -> NDArray[Any]:
    """For every rank the least rank of its component: int32, or int64 from 2**31 articles on. Shape (n,).

    Only this array and one batch of pairs are in memory at once: 100 million pairs among a billion articles take 58 s
    of CPU and 4.5 GB (benchmarks/cluster.py --label), so that one process can do what would be 20 or more shuffles.
    """
    root = np.arange(articles, dtype=np.int32 if articles < 1 << 31 else np.int64)
    for pairs in batches:
        low, high = pairs.low, pairs.high  # from the second turn on roots, of components that a pair still connects
        while len(low):
            low, high = _find_roots(root, low), _find_roots(root, high)
            apart = low != high
            low, high = low[apart], high[apart]
            # every root that is not the least around hooks on: at least half of those that still have a pair are gone
            np.minimum.at(root, np.maximum(low, high), np.minimum(low, high))
    for first in range(0, articles, 1 << 22):  # whoever hangs on a root that was hooked on later
        _find_roots(root, np.arange(first, min(first + (1 << 22), articles)))
    return root


def _find_roots(root: NDArray[Any], nodes: NDArray[Any]) -> NDArray[Any]:
    """The roots of some nodes, which point at them from now on. Each turn halves the way, so a chain of 20,000 pairs
    in one batch takes 15 turns, and not 20,000."""
    while True:
        above: NDArray[Any] = root[nodes]
        top = root[above]
        if (top == above).all():
            return above
        root[nodes] = top
