"""Near-duplicates of a corpus: exact copies by hash, candidates by bands, exact verification, keepers by rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.clusters import choose_keepers
from cleaner.neardup.columns import Room, distinct, forget
from cleaner.neardup.compare import Comparison
from cleaner.neardup.lsh import Pairs, find_candidates, meet_again, pack
from cleaner.neardup.places import Old, Places
from cleaner.neardup.sketches import Sketches
from cleaner.neardup.token_store import Fetch
from cleaner.neardup.verify import EXACT, RULES, UNLIKE, Verdicts

if TYPE_CHECKING:
    from cleaner.neardup.index import Index, Met

__all__ = ["AGAIN", "RULES", "Duplicates", "deduplicate"]

AGAIN = np.float32(0.5)
"""Lowest estimate of pairs met by what is left without furniture; that is less, and alike by chance more often."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Who goes, sorted by row, and who stays in its place.

    row, keeper_row: int64; a keeper_row of n or more is row keeper_row - n of the index. jaccard, containment: float64.
    rule: uint8, an index into RULES. Shape (gone,).
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
    site_names: Sequence[str] = (),
) -> Duplicates:
    """Near-duplicates among n articles, rows 0..n-1, and of the articles of an index, which outrank them all.

    `rank[row]` is the place of an article in the one order (see `rank_articles`), `sites[row]` the number of its site
    or -1. `texts(rows)` gives clean texts; it is called for candidates only, in ascending batches of at most 512.
    Tables that would take more than `memory` bytes go to files in `work` (default: the system's folder for those).
    `site_names`, by number, let articles of an index be known as of the same sites.
    """
    with Room(memory // 2, work) as room:
        return _find(sketches, rank, (sites, site_names), texts, min_similarity, room, index)


def _find(
    sketches: Sketches,
    rank: NDArray[np.int64],
    sites: tuple[NDArray[np.int32], Sequence[str]],
    texts: Fetch,
    min_similarity: float,
    room: Room,
    index: Index | None,
) -> Duplicates:
    row_of = np.argsort(rank)
    firsts, copies, originals = _collapse(sketches, row_of)
    met = None if index is None else index.meet(sketches, row_of, firsts)
    fresh = firsts if met is None else firsts[met.exact < 0]
    found = find_candidates(sketches.signatures, row_of, fresh, room)
    pairs, ranks = _by_place(found.pairs, met)
    old = None if index is None or met is None else Old(index.data, met.rows)
    places = Places(old, sketches, row_of[ranks])
    articles, signatures, changed = places.articles(*sites, texts, room)
    comparison = Comparison(articles, signatures, min_similarity)
    again = meet_again(signatures, changed)
    again = comparison.likely(again.where(again.high >= places.olds), AGAIN)
    pairs = comparison.likely(pairs)
    chosen = choose_keepers(len(places), Pairs.join(pairs, again), comparison.check)
    # from here on every article has a number: the old ones their place, the new ones their rank behind these
    number = np.concatenate([np.arange(places.olds), places.olds + ranks])
    keeper = np.arange(places.olds + len(rank))
    keeper[number] = number[chosen]
    if met is not None:
        keeper[places.olds + firsts[met.exact >= 0]] = met.exact[met.exact >= 0]
    checked, verdicts = comparison.verdicts()
    by_number = Pairs(number[checked.low], number[checked.high])
    rows = row_of if old is None else np.concatenate([len(rank) + old.rows, row_of])
    counts = {
        "exact": len(copies) + len(firsts) - len(fresh),
        "candidates": found.met + (0 if met is None else len(met.pairs)) + len(again),
        "verified": comparison.verified,
        "long_runs": found.long_runs,
        "recurring": len(articles.recurring.keys),
    }
    return _result(keeper, rows, (places.olds + copies, places.olds + originals), by_number, verdicts, counts)


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


def _by_place(found: Pairs, met: Met | None) -> tuple[Pairs, NDArray[np.int64]]:
    """All pairs by place, and the ranks of the new articles among them; old articles have the first places."""
    if met is None:
        ranks = distinct(np.concatenate([found.low, found.high]))
        return Pairs(np.searchsorted(ranks, found.low), np.searchsorted(ranks, found.high)), ranks
    ranks = distinct(np.concatenate([found.low, found.high, met.pairs.high]))
    low = np.concatenate([met.pairs.low, len(met.rows) + np.searchsorted(ranks, found.low)])
    high = np.concatenate([met.pairs.high, found.high])
    return Pairs(low, len(met.rows) + np.searchsorted(ranks, high)), ranks


def _result(
    keeper: NDArray[np.int64],
    rows: NDArray[np.int64],
    exact: tuple[NDArray[np.int64], NDArray[np.int64]],
    checked: Pairs,
    verdicts: Verdicts,
    counts: dict[str, int],
) -> Duplicates:
    """From numbers to rows. An exact copy of an article that goes, goes where that one goes, by its verdict."""
    verdict = np.full(len(keeper), -1)
    chosen = np.flatnonzero(keeper[checked.high] == checked.low)
    verdict[checked.high[chosen]] = chosen
    copies, originals = exact
    keeper[copies], verdict[copies] = keeper[originals], verdict[originals]
    gone = np.flatnonzero(keeper != np.arange(len(keeper)))
    gone = gone[np.argsort(rows[gone])]
    by = verdict[gone]
    apart = np.flatnonzero((verdicts.rule >= UNLIKE) & (keeper[checked.low] != keeper[checked.high]))
    apart = apart[np.lexsort((checked.high[apart], checked.low[apart], -verdicts.jaccard[apart]))]
    return Duplicates(
        rows[gone],
        rows[keeper[gone]],
        np.append(verdicts.jaccard, 1.0)[by],
        np.append(verdicts.containment, 1.0)[by],
        np.append(verdicts.rule, np.uint8(EXACT))[by],
        rows[np.stack([checked.low[apart], checked.high[apart]], axis=1)],
        verdicts.jaccard[apart],
        verdicts.rule[apart],
        counts | {"components": len(distinct(keeper[gone]))},
    )
