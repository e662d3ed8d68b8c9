"""Near-duplicates of a corpus: candidates by bands, exact verification, keepers by rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.bands import candidates
from cleaner.dedup.keepers import choose_keepers
from cleaner.dedup.shingles import Shingles, shingle
from cleaner.dedup.sketches import Sketches
from cleaner.dedup.verify import ordered_sets, similarity

if TYPE_CHECKING:
    from cleaner.dedup.index import Index

__all__ = ["RULES", "Duplicates", "deduplicate"]

RULES = ("exact", "jaccard", "contiguous", "cut-short")
"""Why an article is a duplicate, by the codes in `Duplicates.rule`."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Who goes and who stays, sorted by row.

    row, keeper_row: int64; jaccard, containment: float64; rule: uint8, an index into RULES. All of one length.
    doubtful: rows of pairs that came near to being duplicates, int64, shape (pairs, 2), with their jaccard; nearest first.
    counts: for the report: candidates, verified, long_runs, components, exact.
    """

    row: NDArray[np.int64]
    keeper_row: NDArray[np.int64]
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    rule: NDArray[np.uint8]
    doubtful: NDArray[np.int64]
    doubtful_jaccard: NDArray[np.float64]
    counts: dict[str, int] = field(default_factory=dict)


def deduplicate(
    sketches: Sketches,
    *,
    rank: NDArray[np.int64],
    sites: NDArray[np.int32],
    texts: Callable[[NDArray[np.int64]], Sequence[str]],
    min_similarity: float = 0.6,
    memory: int = 1 << 30,
    work: Path | None = None,
    index: Index | None = None,
) -> Duplicates:
    """Near-duplicates among n articles, rows 0..n-1.

    `rank[row]` is the place of an article in the one order (see `rank_articles`), `sites[row]` the number of its site
    or -1, `texts(rows)` gives clean texts and is called for candidates only, in bounded batches.
    """
    row_of = np.argsort(rank)
    firsts, copies, keepers = _collapse(sketches, rank)
    found = candidates(sketches.signatures, firsts, rank)
    rows = np.unique(row_of[np.concatenate([found.low, found.high])])
    sets = ordered_sets(_fetch(texts, rows))
    left = np.searchsorted(rows, row_of[found.low])
    right = np.searchsorted(rows, row_of[found.high])
    alike = similarity(sets, left, right)
    good = np.flatnonzero(alike.jaccard >= min_similarity)
    pair = good[choose_keepers(found.low[good], found.high[good])]
    final = np.arange(len(rank))
    final[row_of[found.high[pair]]] = row_of[found.low[pair]]
    row = np.concatenate([copies, row_of[found.high[pair]]])
    order = np.argsort(row)
    ones = np.ones(len(copies))
    return Duplicates(
        row=row[order],
        keeper_row=final[np.concatenate([keepers, row_of[found.low[pair]]])][order],
        jaccard=np.concatenate([ones, alike.jaccard[pair]])[order],
        containment=np.concatenate([ones, alike.containment[pair]])[order],
        rule=np.concatenate([np.zeros(len(copies), np.uint8), np.ones(len(pair), np.uint8)])[order],
        doubtful=np.zeros((0, 2), np.int64),
        doubtful_jaccard=np.zeros(0),
        counts={
            "candidates": len(found.low),
            "verified": len(good),
            "long_runs": found.long_runs,
            "exact": len(copies),
        },
    )


def _collapse(
    sketches: Sketches, rank: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the best ranked of every set of exact copies; the other copies; the keeper of each of these."""
    order = np.lexsort((rank, sketches.exact[:, 1], sketches.exact[:, 0]))
    exact = sketches.exact[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (exact[1:] != exact[:-1]).any(axis=1)
    heads = np.flatnonzero(new)
    keepers = np.repeat(order[heads], np.diff(heads, append=len(order)))
    blank = sketches.sizes[order] == 0
    return order[new & ~blank], order[~new & ~blank], keepers[~new & ~blank]


def _fetch(texts: Callable[[NDArray[np.int64]], Sequence[str]], rows: NDArray[np.int64]) -> Shingles:
    parts = [shingle(texts(rows[i : i + 512])) for i in range(0, len(rows), 512)]
    hashes = np.concatenate([np.zeros(0, np.uint64), *(p.hashes for p in parts)])
    counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(p.starts) for p in parts)])
    return Shingles(hashes, np.cumsum(counts))
