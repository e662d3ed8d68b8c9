"""Sketches: what the search for near-duplicates keeps of an article, such as its MinHash signature and exact hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaner.characters import STOPS
from cleaner.neardup.minhash import PERMUTATIONS, SEED, sign
from cleaner.neardup.shingles import shingle_tokens
from cleaner.neardup.tokens import Tokens, tokenize

if TYPE_CHECKING:
    from datasketch import LeanMinHash

__all__ = ["Sketches", "exact_hashes", "from_lean_minhash", "sketch", "to_lean_minhash"]

# what may stand behind the mark that ends a sentence
_CLOSING = " \t\r\n\"'”’»)]"
_SENTENCE_ENDS = tuple(STOPS + "｡۔።")  # the marks with which benchmarks/results/dedup.md was measured
_BATCH = 1 << 19
"""Characters sketched at once, some 80,000 shingles. With fewer the calls cost more than the work; more do not fit into
the cache."""


@dataclass(frozen=True, slots=True)
class Sketches:
    """Columns for n articles; row i depends on text i alone.

    signatures: uint32, shape (n, 128), datasketch's affine32 values with seed 1.
    exact: uint64, shape (n, 2), a 128-bit hash of the token sequence; equal for texts that differ in case, white
        space and punctuation only. (0, 0) for a text without tokens, which is no duplicate.
    sizes: int32, shape (n,), shingles, the repeated ones counted each time; 0 for a text without tokens.
    broken: bool, shape (n,), whether the text breaks off: it ends in an ellipsis or without any sentence mark.
    """

    signatures: NDArray[np.uint32]
    exact: NDArray[np.uint64]
    sizes: NDArray[np.int32]
    broken: NDArray[np.bool_]


def sketch(texts: Sequence[str]) -> Sketches:
    """Return sketches of a batch of clean texts of any number and length.

    >>> s = sketch(["Harga beras naik lagi.", "HARGA BERAS naik, lagi", "Gempa di Garut"])
    >>> s.signatures.shape, s.sizes.tolist(), bool((s.exact[0] == s.exact[1]).all())
    ((3, 128), [2, 2, 1], True)
    """
    n = len(texts)
    signatures = np.empty((n, PERMUTATIONS), np.uint32)
    exact = np.zeros((n, 2), np.uint64)
    sizes = np.zeros(n, np.int32)
    cuts, size = [0], 0  # where batches of some 80,000 shingles begin and end
    for i, text in enumerate(texts, 1):
        size += len(text) + 1
        if size > _BATCH or i == n:
            cuts.append(i)
            size = 0
    for first, last in pairwise(cuts):
        tokens = tokenize(texts[first:last])
        shingles = shingle_tokens(tokens.hashes, tokens.starts)
        signatures[first:last] = sign(shingles)
        exact[first:last] = exact_hashes(tokens)
        sizes[first:last] = np.diff(shingles.starts)
    # a cut-short copy stops inside a sentence; a whole article, and one quoted whole, ends in a sentence mark
    ends = [text[-16:].rstrip(_CLOSING) for text in texts]
    broken = [not end.endswith(_SENTENCE_ENDS) or end.endswith(("...", "…")) for end in ends]
    return Sketches(signatures, exact, sizes, np.array(broken, np.bool_))


def exact_hashes(tokens: Tokens) -> NDArray[np.uint64]:
    """Return the column `exact` of some texts, from their tokens, so that it is equal for copies in other case or
    punctuation."""
    view, bounds = memoryview(tokens.hashes.tobytes()), (tokens.starts * 8).tolist()
    digests = [xxhash.xxh3_128_digest(view[a:b]) if a < b else bytes(16) for a, b in pairwise(bounds)]
    return np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)


def to_lean_minhash(signature: NDArray[np.uint32]) -> LeanMinHash:
    """Return one row of `Sketches.signatures` as a `datasketch.LeanMinHash`."""
    from datasketch import LeanMinHash

    return LeanMinHash(seed=SEED, hashvalues=signature, scheme="affine32")


def from_lean_minhash(minhash: LeanMinHash) -> NDArray[np.uint32]:
    """Return the signature in a `datasketch.LeanMinHash` (or `MinHash`), uint32, shape (128,).

    Raises ValueError when it was made with another scheme, seed or number of permutations: its values would compare
    to ours without an error and mean nothing.
    """
    made = (minhash.scheme, int(minhash.seed), len(minhash.hashvalues))
    wanted = ("affine32", SEED, PERMUTATIONS)
    if made != wanted:
        raise ValueError(f"the MinHash has scheme, seed and permutations {made}, signatures here have {wanted}")
    return np.array(minhash.hashvalues, dtype=np.uint32)
