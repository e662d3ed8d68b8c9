"""MinHash signatures: 128 permutations of datasketch's `affine32` scheme, seed 1, bit-identical to datasketch 2.0.

Source of the scheme: datasketch 2.0, `MinHash(num_perm=128, seed=1, scheme="affine32")`. The value of a shingle is
the low 32 bits of its hash.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.shingles import Shingles

__all__ = ["EMPTY", "PERMUTATIONS", "SEED", "estimate", "permutations", "sign"]

PERMUTATIONS = 128
SEED = 1
EMPTY = np.uint32(0xFFFFFFFF)
"""Every value of the signature of a text without tokens."""


@cache
def permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Odd multipliers and addends, shape (128,) each, drawn as datasketch draws them."""
    draw = np.random.RandomState(SEED)
    multipliers = draw.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return multipliers, draw.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


def sign(shingles: Shingles) -> NDArray[np.uint32]:
    """Signatures of a batch, uint32, shape (texts, 128).

    The batch should be of some 40,000 shingles: one permutation of it then stays in the second-level cache.
    """
    filled = np.flatnonzero(np.diff(shingles.starts))
    signatures = np.full((PERMUTATIONS, len(shingles.starts) - 1), EMPTY)
    if len(filled):
        x = _premix(shingles.hashes.astype(np.uint32))
        t = np.empty_like(x)
        firsts = shingles.starts[filled]
        for p, (a, b) in enumerate(zip(*permutations(), strict=True)):
            np.multiply(x, a, out=t)
            np.add(t, b, out=t)
            signatures[p, filled] = np.minimum.reduceat(t, firsts)
    return np.ascontiguousarray(signatures.T)


def _premix(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    x = x ^ (x >> np.uint32(16))
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x


def estimate(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Estimated Jaccard similarity of rows of signatures, shape (pairs,)."""
    return np.asarray((left == right).mean(axis=1, dtype=np.float32))
