"""Candidate pairs: signatures are cut into 32 bands of 4 values, and articles with an equal band are a pair.

An article is its rank here, so the pairs do not depend on the order in which the articles came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import ranges
from cleaner.neardup.tokens import mix

__all__ = [
    "BANDS",
    "BAND_SIZE",
    "LONGEST_RUN",
    "LOWEST",
    "LOWEST_AGAIN",
    "LOWEST_FIRST",
    "CandidatePairs",
    "band_keys",
    "join_band",
    "pack_keys",
    "split_pairs",
]

BANDS, BAND_SIZE = 32, 4
"""These find more than needed on purpose: a pair of similarity 0.4 with probability 0.56, of 0.5 with 0.87, of 0.6 with
0.99.
(datasketch's own choice for a threshold of 0.8, 9 bands of 13, finds 92.5 % of natural pairs.)"""

LONGEST_RUN = 64
"""Up to so many articles with one band key are all paired with each other. If there are more, each is paired with the
best ranked alone, because n copies of a text would make n * n / 2 pairs."""

LOWEST_FIRST = np.float32(0.2)
"""Minimum MinHash estimate of a pair that agrees in a band; a lower one agrees by chance. Site boilerplate may raise or
lower the estimate, which the two estimates below and the comparison of the texts correct."""

LOWEST = np.float32(0.28)
"""Minimum estimate by signatures without site boilerplate. An estimate is off by 0.04 (one sigma): of pairs with
similarity 0.4, the least that can count, 0.3 % fall below. Without this check 500 reports of one form take 500
rounds."""

LOWEST_AGAIN = np.float32(0.5)
"""Minimum estimate for pairs that are found only by signatures without site boilerplate. It is higher, because what is
left of short articles is alike by chance more often."""


@dataclass(frozen=True, slots=True)
class CandidatePairs:
    """Pairs of ranks, or of places in a token store: two int64 arrays of shape (pairs,), `low < high`."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.low)

    def where(self, good: NDArray[np.bool_]) -> CandidatePairs:
        """Return those pairs for which `good` is true."""
        return CandidatePairs(self.low[good], self.high[good])

    @classmethod
    def join(cls, *parts: CandidatePairs) -> CandidatePairs:
        """Return all parts, one behind the other."""
        none = np.zeros(0, np.int64)
        return cls(np.concatenate([none, *(p.low for p in parts)]), np.concatenate([none, *(p.high for p in parts)]))


def band_keys(signatures: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return one 64-bit key for every band of every signature, shape (n, 32)."""
    halves = np.ascontiguousarray(signatures).view(np.uint64).reshape(len(signatures), BANDS, BAND_SIZE // 2)
    return mix(mix(halves[:, :, 0]) + halves[:, :, 1])


def split_pairs(pairs: NDArray[np.uint64], bits: int) -> CandidatePairs:
    """Return the pairs that are packed as `low << bits | high`."""
    mask = np.uint64((1 << bits) - 1)
    return CandidatePairs((pairs >> np.uint64(bits)).astype(np.int64), (pairs & mask).astype(np.int64))


def pack_keys(keys: NDArray[np.uint64], ranks: NDArray[np.int64], bits: int) -> NDArray[np.uint64]:
    """Return keys with a rank in their lowest bits: one plain sort then orders keys, and ranks inside equal keys.

    At 10 million articles 40 bits of key are left. Then some 50 pairs a band agree by accident, which the
    comparison finds out.
    """
    keys >>= np.uint64(bits)
    keys <<= np.uint64(bits)
    return keys | ranks.astype(np.uint64)


def join_band(band: NDArray[np.uint64], bits: int, olds: int = 0) -> tuple[NDArray[np.uint64], int]:
    """Return sorted, distinct pairs `low << bits | high` of one band of packed keys, and how many keys had too many
    articles.

    Ranks below `olds` are articles of an index: they are paired with all others of their key, and not with each other.
    """
    band = np.sort(band)
    ranks = band & np.uint64((1 << bits) - 1)
    found = [np.zeros(0, np.uint64)]
    if olds:
        old = band[ranks < olds]
        band, ranks = band[ranks >= olds], ranks[ranks >= olds]
        # where in the index the key of each new article stands; of too many old ones the best ranked alone is taken
        wanted = band >> np.uint64(bits) << np.uint64(bits)
        firsts = np.searchsorted(old, wanted)
        counts = np.searchsorted(old, wanted | np.uint64((1 << bits) - 1), "right") - firsts
        counts[counts > LONGEST_RUN] = 1
        low = old[ranges(firsts, counts)] & np.uint64((1 << bits) - 1)
        found.append(low << np.uint64(bits) | np.repeat(ranks, counts))
    equal = np.flatnonzero((band[1:] ^ band[:-1]) >> np.uint64(bits) == 0)
    begins = np.flatnonzero(np.diff(equal, prepend=-2) > 1)
    firsts, lengths = equal[begins], np.diff(begins, append=len(equal)) + 1
    # all keys with equally many articles at once: most have two or three
    for length in np.unique(lengths[lengths <= LONGEST_RUN]).tolist():
        equal_keys = ranks[firsts[lengths == length][:, None] + np.arange(length)]
        left, right = np.triu_indices(length, 1)
        found.append((equal_keys[:, left] << np.uint64(bits) | equal_keys[:, right]).ravel())
    long = lengths > LONGEST_RUN
    for first, length in zip(firsts[long].tolist(), lengths[long].tolist(), strict=True):
        found.append(ranks[first] << np.uint64(bits) | ranks[first + 1 : first + length])
    return np.sort(np.concatenate(found)), int(long.sum())
