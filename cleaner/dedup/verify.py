"""Exact similarity of candidate pairs from their shingle sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.shingles import Shingles
from cleaner.dedup.tokens import mix

__all__ = ["Similarity", "ordered_sets", "similarity"]


@dataclass(frozen=True, slots=True)
class Similarity:
    """Of pairs of shingle sets: Jaccard, and containment (the common part over the smaller set); float64, (pairs,)."""

    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]


def ordered_sets(shingles: Shingles) -> Shingles:
    """The distinct shingles of every text, sorted."""
    owner = np.repeat(np.arange(len(shingles.starts) - 1), np.diff(shingles.starts))
    order = np.lexsort((shingles.hashes, owner))
    hashes, owner = shingles.hashes[order], owner[order]
    new = np.ones(len(hashes), np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (owner[1:] != owner[:-1])
    starts = np.zeros(len(shingles.starts), np.int64)
    np.cumsum(np.bincount(owner[new], minlength=len(starts) - 1), out=starts[1:])
    return Shingles(hashes[new], starts)


def similarity(sets: Shingles, left: NDArray[np.int64], right: NDArray[np.int64]) -> Similarity:
    """Exact similarity of sets[left[i]] and sets[right[i]], taken in blocks of bounded size."""
    sizes = np.diff(sets.starts)
    total = np.cumsum(sizes[left] + sizes[right])
    common = np.zeros(len(left), np.int64)
    first = 0
    while first < len(left):
        limit = (total[first - 1] if first else 0) + (1 << 20)
        last = max(first + 1, int(np.searchsorted(total, limit, "right")))
        common[first:last] = _common(sets, left[first:last], right[first:last])
        first = last
    small, both = np.minimum(sizes[left], sizes[right]), sizes[left] + sizes[right]
    return Similarity(common / np.maximum(1, both - common), common / np.maximum(1, small))


def _common(sets: Shingles, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Common shingles of every pair: each set is salted with its pair's number, then equal neighbours are counted."""
    pairs = np.arange(len(left), dtype=np.uint64)
    salts = mix(pairs + np.uint64(1))
    values, owners = [], []
    for side in (left, right):
        counts = sets.starts[side + 1] - sets.starts[side]
        owner = np.repeat(pairs.astype(np.int64), counts)
        at = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + sets.starts[side][owner]
        values.append(sets.hashes[at] ^ salts[owner])
        owners.append(owner)
    merged = np.concatenate(values)
    merged.sort()
    twice = merged[1:][merged[1:] == merged[:-1]]
    if not len(twice):
        return np.zeros(len(left), np.int64)
    at = np.minimum(np.searchsorted(twice, values[0]), len(twice) - 1)
    return np.bincount(owners[0][twice[at] == values[0]], minlength=len(left))
