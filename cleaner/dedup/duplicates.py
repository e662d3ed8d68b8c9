"""Near-duplicates of a corpus: exact copies by hash, candidates by bands, exact verification, keepers by rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.bands import Pairs, find_candidates, pack
from cleaner.dedup.columns import Column, Room, distinct, forget
from cleaner.dedup.compare import Comparison, sign_without_furniture
from cleaner.dedup.keepers import choose_keepers
from cleaner.dedup.recurring import find_recurring
from cleaner.dedup.shelf import Shelf
from cleaner.dedup.signatures import PERMUTATIONS
from cleaner.dedup.sketches import Sketches
from cleaner.dedup.verify import EXACT, RULES, UNLIKE, Articles, Verdicts

if TYPE_CHECKING:
    from cleaner.dedup.index import Index

__all__ = ["RULES", "Duplicates", "Fetch", "deduplicate"]

Fetch = Callable[[NDArray[np.int64]], Sequence[str]]
_READ = 512  # texts asked for at once


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Who goes, sorted by row, and who stays in its place.

    row, keeper_row: int64. jaccard, containment: float64. rule: uint8, an index into RULES. Shape (gone,).
    doubtful_rows: int64, shape (pairs, 2), better rank first: pairs that stayed apart though they came within 0.1 of
    the threshold, or were alike but for their numbers; nearest first. doubtful_jaccard: float64; doubtful_rule: uint8.
    counts: exact, candidates, verified, long_runs, recurring, components.
    """

    row: NDArray[np.int64]
    keeper_row: NDArray[np.int64]
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    rule: NDArray[np.uint8]
    doubtful_rows: NDArray[np.int64]
    doubtful_jaccard: NDArray[np.float64]
    doubtful_rule: NDArray[np.uint8]
    counts: dict[str, int] = field(default_factory=dict)


def deduplicate(
    sketches: Sketches,
    *,
    rank: NDArray[np.int64],
    sites: NDArray[np.int32],
    texts: Fetch,
    min_similarity: float = 0.6,
    memory: int = 1 << 30,
    work: Path | None = None,
    index: Index | None = None,
) -> Duplicates:
    """Near-duplicates among n articles, rows 0..n-1.

    `rank[row]` is the place of an article in the one order (see `rank_articles`), `sites[row]` the number of its site
    or -1. `texts(rows)` gives clean texts; it is called for candidates only, in ascending batches of at most 512.
    Tables that would take more than `memory` bytes go to files in `work` (default: the system's folder for those).
    """
    room = Room(memory // 2, work)
    row_of = np.argsort(rank)
    firsts, copies, originals = _collapse(sketches, row_of)
    found = find_candidates(sketches.signatures, row_of, firsts, room)
    ranks = distinct(np.concatenate([found.pairs.low, found.pairs.high]))
    rows = row_of[ranks]
    articles, signatures = _compared(sketches, rows, sites[rows].astype(np.int64), texts, room)
    comparison = Comparison(articles, signatures, min_similarity)
    pairs = Pairs(np.searchsorted(ranks, found.pairs.low), np.searchsorted(ranks, found.pairs.high))
    keeper = np.arange(len(rank))
    keeper[ranks] = ranks[choose_keepers(len(ranks), comparison.likely(pairs), comparison.check)]
    checked, verdicts = comparison.verdicts()
    checked = Pairs(ranks[checked.low], ranks[checked.high])
    counts = {
        "exact": len(copies),
        "candidates": found.met,
        "verified": comparison.verified,
        "long_runs": found.long_runs,
        "recurring": len(articles.recurring.keys),
    }
    return _result(keeper, (copies, originals), checked, verdicts, row_of, counts)


def _collapse(
    sketches: Sketches, row_of: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Ranks of the best of every set of exact copies; of the other copies; and of the best for each of these.

    An article without tokens is neither: there is nothing by which it could be a copy.
    """
    bits = max(1, (len(row_of) - 1).bit_length())
    packed = pack(sketches.exact[row_of, 0], np.arange(len(row_of)), bits)
    packed = np.sort(packed[sketches.sizes[row_of] > 0])
    ranks = (packed & np.uint64((1 << bits) - 1)).astype(np.int64)
    exact = sketches.exact[row_of[ranks]]
    forget(sketches.exact)
    new = np.ones(len(ranks), np.bool_)
    new[1:] = (exact[1:] != exact[:-1]).any(axis=1)
    heads = np.flatnonzero(new)
    best = np.repeat(ranks[heads], np.diff(heads, append=len(ranks)))
    return np.sort(ranks[new]), ranks[~new], best[~new]


def _compared(
    sketches: Sketches, rows: NDArray[np.int64], sites: NDArray[np.int64], texts: Fetch, room: Room
) -> tuple[Articles, Column]:
    """The articles of these rows, and their signatures, by place: what their sites repeat is left out."""
    shelf = Shelf(len(rows), int(sketches.sizes[rows].sum()) + 2 * len(rows), room)
    in_order = np.argsort(rows)
    for first in range(0, len(rows), _READ):
        places = in_order[first : first + _READ]
        shelf.add_texts(places, texts(rows[places]))
    signatures = room.column(np.uint32, len(rows) * PERMUTATIONS)
    for first in range(0, len(rows), _READ):
        signatures.append(sketches.signatures[rows[first : first + _READ]].ravel())
        forget(sketches.signatures)
    recurring = find_recurring(shelf, sites, sketches.signatures[rows, 0])
    articles = Articles(shelf, recurring, sites, sketches.broken[rows])
    return articles, sign_without_furniture(articles, signatures, room)


def _result(
    keeper: NDArray[np.int64],
    exact: tuple[NDArray[np.int64], NDArray[np.int64]],
    checked: Pairs,
    verdicts: Verdicts,
    row_of: NDArray[np.int64],
    counts: dict[str, int],
) -> Duplicates:
    """From ranks back to rows. An exact copy of an article that goes, goes where that one goes, by its verdict."""
    n = len(keeper)
    verdict = np.full(n, -1)
    chosen = np.flatnonzero(keeper[checked.high] == checked.low)
    verdict[checked.high[chosen]] = chosen
    copies, originals = exact
    keeper[copies], verdict[copies] = keeper[originals], verdict[originals]
    gone = np.flatnonzero(keeper != np.arange(n))
    gone = gone[np.argsort(row_of[gone])]
    by = verdict[gone]
    apart = np.flatnonzero((verdicts.rule >= UNLIKE) & (keeper[checked.low] != keeper[checked.high]))
    apart = apart[np.lexsort((checked.high[apart], checked.low[apart], -verdicts.jaccard[apart]))]
    return Duplicates(
        row_of[gone],
        row_of[keeper[gone]],
        np.append(verdicts.jaccard, 1.0)[by],
        np.append(verdicts.containment, 1.0)[by],
        np.append(verdicts.rule, np.uint8(EXACT))[by],
        row_of[np.stack([checked.low[apart], checked.high[apart]], axis=1)],
        verdicts.jaccard[apart],
        verdicts.rule[apart],
        counts | {"components": len(distinct(keeper[gone]))},
    )
