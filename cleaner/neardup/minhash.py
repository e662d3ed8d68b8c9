"""MinHash signatures: 128 permutations of datasketch's `affine32` scheme, seed 1, bit-identical to datasketch 2.0.

Source of the scheme: datasketch 2.0, `MinHash(num_perm=128, seed=1, scheme="affine32")`. The value of a shingle is
the low 32 bits of its hash.
"""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.shingles import Shingles

__all__ = ["EMPTY", "PERMUTATIONS", "SEED", "likely", "permutations", "sign"]

PERMUTATIONS = 128
SEED = 1
EMPTY = np.uint32(0xFFFFFFFF)
"""Every value of the signature of a text without tokens."""

_PAIRS = 1 << 15  # compared at once, 32 MB of signatures


@cache
def permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return odd multipliers and addends, shape (128,) each, drawn as datasketch draws them."""
    # This is `np.random.RandomState(SEED)`, whose module takes .015 s to import: MT19937, seeded in its first way.
    state = [SEED]
    for i in range(1, 624):
        state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + i) % (1 << 32))
    draw = Random()
    draw.setstate((3, (*state, 624), None))
    drawn = np.array([draw.getrandbits(32) for _ in range(2 * PERMUTATIONS)], np.uint32)
    return drawn[:PERMUTATIONS] * np.uint32(2) + np.uint32(1), drawn[PERMUTATIONS:]


def sign(shingles: Shingles) -> NDArray[np.uint32]:
    """Return signatures of a batch, uint32, shape (texts, 128).

    The batch should be of some 80,000 shingles: one permutation of it then stays in the second-level cache.
    """
    filled = np.flatnonzero(np.diff(shingles.starts))
    least = np.empty((PERMUTATIONS, len(filled)), np.uint32)
    if len(filled):
        # the finalizer of MurmurHash3 for 32 bits, as datasketch has it
        x = shingles.hashes.astype(np.uint32)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x85EBCA6B)
        x ^= x >> np.uint32(13)
        x *= np.uint32(0xC2B2AE35)
        x ^= x >> np.uint32(16)
        t = np.empty_like(x)
        firsts = shingles.starts[filled]
        for a, b, row in zip(*permutations(), least, strict=True):
            # no array is made in this loop: 128 turns, each over numbers that are still in the cache
            np.multiply(x, a, out=t)
            np.add(t, b, out=t)
            np.minimum.reduceat(t, firsts, out=row)
    signatures = np.full((len(shingles.starts) - 1, PERMUTATIONS), EMPTY)
    signatures[filled] = least.T
    return signatures


def likely(
    signatures: NDArray[np.uint32], low: NDArray[np.int64], high: NDArray[np.int64], lowest: np.float32
) -> NDArray[np.bool_]:
    """Return which pairs of rows of signatures have at least this estimated Jaccard similarity, shape (pairs,)."""
    good = np.zeros(len(low), np.bool_)
    for first in range(0, len(low), _PAIRS):  # all at once would take 1 kB a pair
        part = slice(first, first + _PAIRS)
        equal = signatures[low[part]] == signatures[high[part]]
        good[part] = equal.mean(axis=1, dtype=np.float32) >= lowest
    return good
