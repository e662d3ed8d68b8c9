"""Find candidate pairs of near-duplicates: articles that agree in a band of their signatures.

For each band, articles are joined by their key in that band, in parts of the keys. A pair that several bands found is
kept once, and its similarity is estimated. At the end the connected components of all pairs are labelled, because the
keepers of one component must be chosen by one task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, sorted_records
from cleaner.neardup.lsh import BANDS, CandidatePairs, band_keys, join_band, pack_keys, split_pairs
from cleaner.neardup.minhash import likely
from cleaner.neardup.tokens import mix

__all__ = ["Candidates", "find_candidates", "label_components", "pair_by_key"]

Task = TypeVar("Task")
Signed = Callable[[Task], tuple[NDArray[np.uint32], NDArray[np.int64]]]
"""Gives the signatures of the articles of a task, uint32 of shape (n, 128), and the rank of each article."""

Keyed = Callable[[Task], tuple[NDArray[np.uint64], NDArray[np.int64]]]
"""Gives one key for each article of a task, and the rank of each article."""

Signatures = Callable[[NDArray[np.int64]], NDArray[np.uint32]]
"""Gives the signatures of sorted ranks, from which similarities are estimated."""

_AT_ONCE = 1 << 17  # pairs estimated at once, in 128 MB


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs of ranks, packed as `low << bits | high`, in parts of a table."""

    table: Table
    parts: tuple[int, ...]  # the numbers of its arrays
    bits: int  # enough for the highest rank
    found: int  # pairs that agree in a band; those with an article of the index count only when they are likely
    kept: int  # likely pairs
    crowded: int  # keys with more than LONGEST_RUN articles, which were paired with the best ranked alone

    def pairs(self, part: int) -> CandidatePairs:
        """Return the pairs of one part."""
        return split_pairs(self.table.load(part), self.bits)

    def save_likely(self, signatures: Signatures, lowest: np.float32, to: Table, part: int) -> None:
        """Write the pairs of one part with an estimated similarity of at least `lowest` to another table."""
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
    """Return the pairs of articles that agree in a band and have an estimated similarity of at least `lowest`.

    `signed` gives the signatures that are compared band by band, `signatures` those from which the similarity is
    estimated. `articles` is the number of ranks. Ranks below `olds` are articles of the index; two of those are no
    pair, since neither would be dropped.
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
    # parts are those of a hash of the pair, not of a rank: a story with a million copies is in a million pairs
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
    """Return the pairs of articles with the same key, such as the address of their page, without estimates."""
    bits = max(1, (articles - 1).bit_length())
    table = shuffle.table(name)
    parts = shuffle.parts(name, articles * 8)
    found = shuffle.reduce(name, tasks, partial(_emit_keys, keyed, mix, bits, parts), partial(_join, table, bits, olds))
    count = sum(pairs for _, pairs, _ in found)
    return Candidates(table, tuple(part for part, _, _ in found), bits, count, count, 0)


def _emit_keys(given: Callable[[Any], Any], keys_of: Callable[[Any], Any], bits: int, parts: int, task: Any) -> Emitted:
    """Emit the keys of the articles of a task with their ranks, to the parts of the keys.

    `given` is Signed or Keyed; `keys_of` turns its values into one key for each article, or one for each band.
    """
    values, ranks = given(task)
    keys = keys_of(values)
    keys = pack_keys(keys[:, None] if keys.ndim == 1 else keys, ranks[:, None], bits)
    # equal keys of a band have to meet in one part, so each band has its own parts, by the upper bits of the key
    part = np.arange(keys.shape[1]) * parts + ((keys >> np.uint64(40)) % np.uint64(parts)).astype(np.int64)
    return partition(keys.ravel(), part.ravel())


def _join(table: Table, bits: int, olds: int, part: int, packed: bytes) -> tuple[int, int, int]:
    """Save the pairs of a part of keys. Returns the part, how many they are, and how many keys were crowded."""
    pairs, crowded = join_band(sorted_records(packed, np.uint64), bits, olds)
    table.save(part, pairs)
    return part, len(pairs), crowded


def _emit_pairs(table: Table, parts: int, part: int) -> Emitted:
    """Emit the pairs of a part of keys to the parts of their own hashes, where equal pairs meet."""
    pairs = table.load(part)
    return partition(pairs, (mix(pairs) % np.uint64(parts)).astype(np.int64))


def _estimate(
    table: Table, bits: int, olds: int, signatures: Signatures, lowest: np.float32, part: int, packed: bytes
) -> tuple[int, int, int]:
    """Save the likely pairs of a part, each once. Returns the part, and `found` and `kept` as in `Candidates`."""
    pairs = distinct(np.frombuffer(packed, np.uint64))
    kept = _keep_likely(pairs, bits, signatures, lowest)
    table.save(part, kept)
    new, kept_of_new = (int((split_pairs(some, bits).low >= olds).sum()) for some in (pairs, kept))
    return part, new + len(kept) - kept_of_new, len(kept)


def _keep_likely(
    packed: NDArray[np.uint64], bits: int, signatures: Signatures, lowest: np.float32
) -> NDArray[np.uint64]:
    """Return those of some packed pairs that have an estimated similarity of at least `lowest`."""
    kept = [packed[:0]]
    for first in range(0, len(packed), _AT_ONCE):  # a pair takes up to 1 kB of signatures
        block = packed[first : first + _AT_ONCE]
        pairs = split_pairs(block, bits)
        both = distinct(np.concatenate([pairs.low, pairs.high]))
        low, high = np.searchsorted(both, pairs.low), np.searchsorted(both, pairs.high)
        kept.append(block[likely(signatures(both), low, high, lowest)])
    return np.concatenate(kept)


def label_components(articles: int, batches: Iterable[CandidatePairs]) -> NDArray[Any]:
    """Return for every rank the least rank of its component: int32, or int64 from 2**31 articles on, of shape (n,).

    Only this array and one batch of pairs are in memory at once: 100 million pairs among a billion articles take 58 s
    of CPU and 4.5 GB (benchmarks/cluster.py --label). So one process can do what would take 20 or more shuffles.
    """
    root = np.arange(articles, dtype=np.int32 if articles < 1 << 31 else np.int64)
    for pairs in batches:
        # from the second turn on these are roots of components that a pair still connects
        low, high = pairs.low, pairs.high
        while len(low):
            low, high = _find_roots(root, low), _find_roots(root, high)
            apart = low != high
            low, high = low[apart], high[apart]
            # every root that is in a pair with a lesser one points to it from now on: at least half of the roots are
            # gone
            np.minimum.at(root, np.maximum(low, high), np.minimum(low, high))
    for first in range(0, articles, 1 << 22):  # ranks that point to what is no root any more
        _find_roots(root, np.arange(first, min(first + (1 << 22), articles)))
    return root


def _find_roots(root: NDArray[Any], nodes: NDArray[Any]) -> NDArray[Any]:
    """Return the roots of some nodes, and make these nodes point to their roots.

    Each turn halves the way to the root, so a chain of 20,000 pairs in one batch takes 15 turns.
    """
    while True:
        above: NDArray[Any] = root[nodes]
        top = root[above]
        if (top == above).all():
            return above
        root[nodes] = top
