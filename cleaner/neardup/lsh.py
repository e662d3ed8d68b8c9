"""Candidate pairs: signatures cut into 32 bands of 4 values, equal bands found by sorting, one band at a time.

Articles are told by their rank, so the pairs do not depend on the order in which the articles came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import Column, Room, distinct, forget, ranges
from cleaner.neardup.minhash import PERMUTATIONS, estimate
from cleaner.neardup.tokens import mix

__all__ = [
    "BANDS",
    "LONGEST_RUN",
    "ROWS",
    "Candidates",
    "Pairs",
    "alike",
    "band_keys",
    "find_candidates",
    "join_band",
    "join_sorted",
    "pack",
]

BANDS, ROWS = 32, 4
"""Permissive on purpose: a pair of similarity 0.4 is met with probability 0.56, of 0.5 with 0.87, of 0.6 with 0.99."""

LONGEST_RUN = 64
"""A longer run of equal bands gives only the edges to its best ranked article, else n articles give n * n pairs."""

_CHUNK = 1 << 15
_LOWEST_ESTIMATE = np.float32(0.2)
"""Pairs that meet by chance in one band are let go; what furniture adds or hides is settled by the verification."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of ranks, int64, `low < high`."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.low)

    def where(self, good: NDArray[np.bool_]) -> Pairs:
        return Pairs(self.low[good], self.high[good])

    @classmethod
    def join(cls, *parts: Pairs) -> Pairs:
        none = np.zeros(0, np.int64)
        return cls(np.concatenate([none, *(p.low for p in parts)]), np.concatenate([none, *(p.high for p in parts)]))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs in order; how many there were before the estimate; how many runs were too long for all pairs."""

    pairs: Pairs
    met: int
    long_runs: int


def band_keys(signatures: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One 64-bit key for every band of every signature, shape (n, 32)."""
    halves = np.ascontiguousarray(signatures).view(np.uint64).reshape(len(signatures), BANDS, ROWS // 2)
    return mix(mix(halves[:, :, 0]) + halves[:, :, 1])


def find_candidates(
    signatures: NDArray[np.uint32], row_of: NDArray[np.int64], ranks: NDArray[np.int64], room: Room
) -> Candidates:
    """Pairs among the articles of these ranks that agree in a band and are not estimated to be wholly unlike."""
    bits = max(1, (len(row_of) - 1).bit_length())
    bands = [room.column(np.uint64, len(ranks)) for _ in range(BANDS)]
    for first in range(0, len(ranks), _CHUNK):
        chunk = ranks[first : first + _CHUNK]
        keys = pack(band_keys(signatures[row_of[chunk]]), chunk[:, None], bits)
        for band, values in zip(bands, keys.T, strict=True):
            band.append(values)
        forget(signatures)
    met = _Met(bits, len(row_of))
    while bands:
        met.add(*join_band(bands.pop().read(), bits), room)
    kept, distinct = [np.zeros(0, np.uint64)], 0
    for pairs in met.distinct():
        distinct += len(pairs)
        both = split(pairs, bits)
        kept.append(pairs[alike(signatures, row_of[both.low], signatures, row_of[both.high])])
    return Candidates(split(np.concatenate(kept), bits), distinct, met.long_runs)


def meet_again(signatures: Column, places: NDArray[np.int64]) -> Pairs:
    """Pairs among the articles at these places that agree in a band of the signatures made without furniture."""
    bits = max(1, int(places.max(initial=1)).bit_length())
    keys = [np.zeros((0, BANDS), np.uint64)]
    for first in range(0, len(places), _CHUNK):
        chunk = places[first : first + _CHUNK]
        keys.append(pack(band_keys(signatures.rows(chunk, PERMUTATIONS)), chunk[:, None], bits))
    bands = np.concatenate(keys).T
    return split(distinct(np.concatenate([join_band(band, bits)[0] for band in bands])), bits)


class _Met:
    """The pairs of every band, sorted, with the places where they are cut by their first rank to be merged."""

    _CUTS = 256
    _AT_ONCE = 1 << 22

    def __init__(self, bits: int, articles: int) -> None:
        steps = np.linspace(0, articles, self._CUTS + 1).astype(np.uint64)
        self._limits = steps << np.uint64(bits)
        self._columns: list[Column] = []
        self._cuts: list[NDArray[np.int64]] = []
        self.long_runs = 0

    def add(self, pairs: NDArray[np.uint64], long_runs: int, room: Room) -> None:
        column = room.column(np.uint64, len(pairs))
        column.append(pairs)
        self._columns.append(column)
        self._cuts.append(np.searchsorted(pairs, self._limits).astype(np.int64))
        self.long_runs += long_runs

    def distinct(self) -> Iterator[NDArray[np.uint64]]:
        """Distinct pairs over all bands, in order, in blocks of some 4 million before merging."""
        sizes = np.sum([np.diff(cuts) for cuts in self._cuts], axis=0)
        first = 0
        while first < self._CUTS:
            last = first + 1
            while last < self._CUTS and sizes[first : last + 1].sum() <= self._AT_ONCE:
                last += 1
            slices = zip(self._columns, self._cuts, strict=True)
            yield distinct(np.concatenate([c.read(int(cut[first]), int(cut[last])) for c, cut in slices]))
            first = last


def split(pairs: NDArray[np.uint64], bits: int) -> Pairs:
    """Pairs of ranks out of `low << bits | high`."""
    mask = np.uint64((1 << bits) - 1)
    return Pairs((pairs >> np.uint64(bits)).astype(np.int64), (pairs & mask).astype(np.int64))


def alike(
    left: NDArray[np.uint32], left_rows: NDArray[np.int64], right: NDArray[np.uint32], right_rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which pairs of rows of two tables of signatures are not estimated to be wholly unlike, shape (pairs,)."""
    good = np.zeros(len(left_rows), np.bool_)
    for first in range(0, len(good), _CHUNK):
        part = slice(first, first + _CHUNK)
        good[part] = estimate(left[left_rows[part]], right[right_rows[part]]) >= _LOWEST_ESTIMATE
        forget(left)
        forget(right)
    return good


def pack(keys: NDArray[np.uint64], ranks: NDArray[np.int64], bits: int) -> NDArray[np.uint64]:
    """Keys with a rank in their lowest bits: one plain sort then orders keys, and ranks inside equal keys.

    At 10 million articles 40 bits of key are left, and some 50 pairs a band meet by accident; they are verified away.
    """
    keys >>= np.uint64(bits)
    keys <<= np.uint64(bits)
    return keys | ranks.astype(np.uint64)


def join_band(band: NDArray[np.uint64], bits: int) -> tuple[NDArray[np.uint64], int]:
    """Sorted, distinct pairs `low << bits | high` of one band of packed keys, and how many runs were too long."""
    band = np.sort(band)
    equal = np.flatnonzero((band[1:] ^ band[:-1]) >> np.uint64(bits) == 0)
    ranks = band & np.uint64((1 << bits) - 1)
    begins = np.flatnonzero(np.diff(equal, prepend=-2) > 1)
    firsts, lengths = equal[begins], np.diff(begins, append=len(equal)) + 1
    found = [np.zeros(0, np.uint64)]
    for low, high in _run_pairs(ranks, firsts, lengths):
        found.append(low << np.uint64(bits) | high)
    pairs = np.concatenate(found)
    pairs.sort()
    return pairs, int((lengths > LONGEST_RUN).sum())


_Edges = tuple[NDArray[np.uint64], NDArray[np.uint64]]


def _run_pairs(ranks: NDArray[np.uint64], firsts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Iterator[_Edges]:
    for length in np.unique(lengths[lengths <= LONGEST_RUN]).tolist():
        runs = ranks[firsts[lengths == length][:, None] + np.arange(length)]
        left, right = np.triu_indices(length, 1)
        yield runs[:, left].ravel(), runs[:, right].ravel()
    long = lengths > LONGEST_RUN
    for first, length in zip(firsts[long].tolist(), lengths[long].tolist(), strict=True):
        yield np.repeat(ranks[first], length - 1), ranks[first + 1 : first + length]


def join_sorted(band: NDArray[np.uint64], bits: int, keys: NDArray[np.uint64]) -> _Edges:
    """Numbers of keys and the rows that a sorted band of packed keys holds for each; of a long run its first row."""
    cut = np.uint64(bits)
    wanted = keys >> cut << cut
    order = np.argsort(wanted)
    firsts = np.searchsorted(band, wanted[order])
    counts = np.searchsorted(band, wanted[order] | np.uint64((1 << bits) - 1), "right") - firsts
    counts[counts > LONGEST_RUN] = 1
    rows = band[ranges(firsts, counts)] & np.uint64((1 << bits) - 1)
    forget(band)
    return np.repeat(order, counts).astype(np.uint64), rows
