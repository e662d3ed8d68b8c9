"""Shingles: hashes of every three tokens in a row, vectorised over a batch, without building strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.tokens import Tokens, mix, tokenize

__all__ = ["SIZE", "Shingles", "distinct_counts", "shingle", "shingle_tokens"]

SIZE = 3
"""Tokens in one shingle."""

_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Shingle hashes of a batch: `hashes[starts[i]:starts[i + 1]]` are those of text i, in reading order.

    A text of one or two tokens has one shingle, a text without tokens none.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]


def shingle(texts: Sequence[str]) -> Shingles:
    """Shingle hashes of every text; those of one text never depend on its neighbours.

    >>> s = shingle(["Hujan turun di Medan", "turun di Medan!", "Medan", ""])
    >>> s.starts.tolist(), bool(s.hashes[1] == s.hashes[2])
    ([0, 2, 3, 4, 4], True)
    """
    return shingle_tokens(tokenize(texts))


def shingle_tokens(tokens: Tokens) -> Shingles:
    """Shingle hashes from token hashes."""
    lengths = np.diff(tokens.starts)
    counts = np.where(lengths >= SIZE, lengths - (SIZE - 1), np.minimum(lengths, 1))
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    t = tokens.hashes
    if not len(t):
        return Shingles(t, starts)
    h = t * _BASE
    h[:-1] += t[1:]
    h *= _BASE
    h[:-2] += t[2:]
    keep = _whole(tokens.starts, lengths)
    _close_short(h, tokens, lengths)
    return Shingles(mix(h[keep]), starts)


def _whole(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a shingle begins that ends inside its own text."""
    keep = np.ones(int(starts[-1]), np.bool_)
    for back in range(1, SIZE):
        keep[starts[1:][lengths > back] - back] = False
    return keep


def _close_short(h: NDArray[np.uint64], tokens: Tokens, lengths: NDArray[np.int64]) -> None:
    """Texts of one or two tokens end in zeros, not in the next text."""
    short = np.flatnonzero((lengths > 0) & (lengths < SIZE))
    first = tokens.starts[short]
    value = tokens.hashes[first] * _BASE
    two = lengths[short] == 2
    value[two] += tokens.hashes[first[two] + 1]
    h[first] = value * _BASE


def distinct_counts(shingles: Shingles) -> NDArray[np.int32]:
    """Distinct shingles of every text, shape (texts,)."""
    owner = np.repeat(np.arange(len(shingles.starts) - 1, dtype=np.uint64), np.diff(shingles.starts))
    bits = np.uint64(max(1, int(len(shingles.starts)).bit_length()))
    keys = (owner << (np.uint64(64) - bits)) | (shingles.hashes >> bits)
    keys.sort()
    new = np.ones(len(keys) + 1, np.int64)
    new[0] = 0
    new[2:] = keys[1:] != keys[:-1]
    np.cumsum(new, out=new)
    return np.diff(new[shingles.starts]).astype(np.int32)
