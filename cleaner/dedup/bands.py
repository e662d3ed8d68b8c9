"""Candidate pairs: signatures cut into 32 bands of 4 values, equal bands found by sorting, one band at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.tokens import mix

__all__ = ["BANDS", "ROWS", "Candidates", "band_keys", "candidates"]

BANDS, ROWS = 32, 4
"""Permissive on purpose: a pair of similarity 0.5 is met with probability 0.87, of 0.6 with 0.99."""

LONGEST_RUN = 64
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of ranks, `low < high`, sorted and distinct; and how many runs were too long to give all pairs."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    long_runs: int


def band_keys(signatures: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One 64-bit key for every band of every signature, shape (n, 32)."""
    values = np.ascontiguousarray(signatures).view(np.uint64).reshape(len(signatures), BANDS, ROWS // 2)
    return mix(mix(values[:, :, 0]) + values[:, :, 1])


def candidates(signatures: NDArray[np.uint32], rows: NDArray[np.int64], rank: NDArray[np.int64]) -> Candidates:
    """Pairs among `rows` that agree in at least one band; runs of more than 64 give only edges to their lowest rank."""
    n = len(rank)
    bits = max(1, (n - 1).bit_length())
    packed = np.empty((BANDS, len(rows)), np.uint64)
    for first in range(0, len(rows), _CHUNK):
        chunk = rows[first : first + _CHUNK]
        keys = band_keys(signatures[chunk]) >> np.uint64(bits) << np.uint64(bits)
        packed[:, first : first + len(chunk)] = (keys | rank[chunk].astype(np.uint64)[:, None]).T
    found, long_runs = [np.zeros(0, np.uint64)], 0
    for band in packed:
        band.sort()
        for low, high, long in _run_pairs(band, bits):
            found.append(low << np.uint64(bits) | high)
            long_runs += long
    pairs = np.unique(np.concatenate(found))
    mask = np.uint64((1 << bits) - 1)
    return Candidates((pairs >> np.uint64(bits)).astype(np.int64), (pairs & mask).astype(np.int64), long_runs)


def _run_pairs(band: NDArray[np.uint64], bits: int) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64], int]]:
    """Pairs of ranks out of one sorted band, whose values are a key above `bits` and a rank below."""
    keys = band >> np.uint64(bits)
    ranks = band & np.uint64((1 << bits) - 1)
    edge = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    firsts = np.concatenate([[0], edge]).astype(np.int64)
    lengths = np.diff(firsts, append=len(band))
    for length in np.unique(lengths[(lengths > 1) & (lengths <= LONGEST_RUN)]).tolist():
        runs = ranks[firsts[lengths == length][:, None] + np.arange(length)]
        left, right = np.triu_indices(length, 1)
        yield runs[:, left].ravel(), runs[:, right].ravel(), 0
    long = lengths > LONGEST_RUN
    for first, length in zip(firsts[long].tolist(), lengths[long].tolist(), strict=True):
        yield np.repeat(ranks[first], length - 1), ranks[first + 1 : first + length], 1
