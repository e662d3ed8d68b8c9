"""Find exact copies: of articles with the same tokens the best ranked one is kept, and the others are its copies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import first_of_equal
from cleaner.corpus.order import Ranks
from cleaner.corpus.shards import ADDRESSED, ROW, SHARD, send_to_shards, sketch_column
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, sorted_records

__all__ = ["Copies", "find_copies"]

_TOKENS = np.dtype([("a", np.uint64), ("b", np.uint64), ("rank", np.int64), ("address", np.int64)])


@dataclass(frozen=True, slots=True)
class Copies:
    """The exact copies, each with the article that it copies."""

    ranks: Ranks
    table: Table  # by address of a copy: the rank of what it copies
    count: int  # copies in all

    def of_shard(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ranks of the copies in a shard, and for each the rank that it copies."""
        rows, ranks = self.ranks.of_shard(number)
        copies = self.ranks.shards.of_shard(self.table, number)
        return ranks[np.searchsorted(rows, copies["address"] & ROW)], copies["value"]

    def compared(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of a shard that have tokens and are no exact copies, and their ranks."""
        # copies of one text would be candidates of each other in all 32 bands, and be found to be copies once more
        rows, ranks = self.ranks.of_shard(number)
        copies = self.ranks.shards.of_shard(self.table, number)["address"] & ROW
        sizes = sketch_column(self.ranks.shards.read(number, "sizes"), "sizes")
        compared = (sizes[rows] > 0) & ~np.isin(rows, copies)
        return rows[compared], ranks[compared]

    def signed(self, number: int) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Return the signatures of the articles that are `compared`, uint32 of shape (n, 128), and their ranks."""
        rows, ranks = self.compared(number)
        return sketch_column(self.ranks.shards.read(number, "signatures"), "signatures")[rows], ranks

    def pages(self, number: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return hashes of the URLs of the articles that are `compared` and have one, and their ranks."""
        rows, ranks = self.compared(number)
        pages = self.ranks.shards.pages(number, rows)
        return pages[pages >= 0].astype(np.uint64), ranks[pages >= 0]


def find_copies(shuffle: Shuffle, ranks: Ranks) -> Copies:
    """Find the exact copies by the 128-bit hash of their tokens. An article of the index is no copy, because it is
    never dropped."""
    parts = shuffle.parts("copies", len(ranks) * _TOKENS.itemsize)
    found = shuffle.table("copies-found")
    tasks = shuffle.reduce(
        "copies-found",
        ranks.shards.all,
        partial(_emit_tokens, ranks, parts),
        partial(_find_equal, found, ranks.olds),
    )
    by_shard = send_to_shards(shuffle, "copies", ranks.shards, [part for part, _ in tasks], found.load)
    return Copies(ranks, by_shard, sum(count for _, count in tasks))


def _emit_tokens(ranks: Ranks, parts: int, number: int) -> Emitted:
    """Emit the hash of the tokens of every article of a shard that has any, with its rank, to the part of the hash."""
    rows, ranked = ranks.of_shard(number)
    table = ranks.shards.read(number, "exact", "sizes")
    some = sketch_column(table, "sizes")[rows] > 0  # a text without tokens has nothing by which it could be a copy
    rows, exact = rows[some], sketch_column(table, "exact")[rows[some]]
    records: NDArray[Any] = np.empty(len(rows), _TOKENS)
    records["a"], records["b"] = exact[:, 0], exact[:, 1]
    records["rank"], records["address"] = ranked[some], np.int64(number) << SHARD | rows
    return partition(records, (records["a"] % np.uint64(parts)).astype(np.int64))


def _find_equal(table: Table, olds: int, part: int, packed: bytes) -> tuple[int, int]:
    """Save the address of each copy of a part, with the rank of the best ranked article that has its tokens.

    Returns the part and the number of copies in it.
    """
    records = sorted_records(packed, _TOKENS)  # by tokens, then by rank: the first of equals is the best
    new = first_of_equal(records["a"], records["b"])
    firsts = np.flatnonzero(new)
    original = np.repeat(records["rank"][firsts], np.diff(firsts, append=len(records)))
    copy = ~new & (records["rank"] >= olds)
    found: NDArray[Any] = np.empty(int(copy.sum()), ADDRESSED)
    found["address"], found["value"] = records["address"][copy], original[copy]
    table.save(part, found)
    return part, len(found)
