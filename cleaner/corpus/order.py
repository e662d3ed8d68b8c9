"""Rank all articles of all shards in one order: of several near-duplicates the best ranked is kept.

The order is cut into ranges by a sample of its keys, each range is sorted by itself, and the ranks are sent to the
shards. From then on the near-duplicate steps know an article by its rank alone, so no result depends on where it was
read. The articles of an index come first: the longest, then by their place in the index.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.corpus.shards import ADDRESSED, ROW, SHARD, ShardSet, send_to_shards, sketch_column, text_of
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table, load_strings, save_strings
from cleaner.neardup.minhash import PERMUTATIONS
from cleaner.neardup.order import order_articles, rank_key

__all__ = ["Ranks", "rank_shards"]

_BYTES = 96  # of an article in the shuffle that sorts
_SAMPLE = 256  # keys for each range of the order that is sorted apart
_IN_INDEX = "index"  # in place of the option `keep_duplicate`, for articles of an index


@dataclass(frozen=True, slots=True)
class Ranks:
    """The order of all articles that no step has dropped: article by rank, and rank by article."""

    shards: ShardSet
    table: Table  # addresses and ids by rank
    parts: tuple[str, ...]  # the names of its arrays, in the order of their ranks
    firsts: tuple[int, ...]  # the first rank of each part, and the number of all articles at the end
    olds: int  # lower ranks are those of articles of the index
    by_shard: Table  # ranks by address

    def __len__(self) -> int:
        return self.firsts[-1]

    def of_shard(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ranked rows of a shard, and their ranks."""
        records = self.shards.of_shard(self.by_shard, number)
        return records["address"] & ROW, np.ascontiguousarray(records["value"])

    def addresses(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the addresses of sorted ranks."""
        found = [self.table.load(part)["address"][at] for part, at in self._cut(ranks)]
        return np.concatenate([np.zeros(0, np.int64), *found])

    def ids(self, ranks: NDArray[np.int64]) -> list[str]:
        """Return the ids of sorted ranks."""
        return [text_of(id) for part, at in self._cut(ranks) for id in load_strings(self.table, part, at)]

    def signatures(self, ranks: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return the signatures of sorted ranks, uint32 of shape (n, 128); each of their shards is read once."""
        signatures = np.empty((len(ranks), PERMUTATIONS), np.uint32)
        addresses = self.addresses(ranks)
        order = np.argsort(addresses)
        cuts = np.flatnonzero(np.diff(addresses[order] >> SHARD)) + 1
        for places in np.split(order, cuts) if len(order) else []:
            shard = self.shards.read(int(addresses[places[0]] >> SHARD), "signatures")
            signatures[places] = sketch_column(shard, "signatures")[addresses[places] & ROW]
        return signatures

    def by_address(self, number: int) -> NDArray[Any]:
        """Return ADDRESSED records of the ranks of one part."""
        found: NDArray[Any] = np.empty(self.firsts[number + 1] - self.firsts[number], ADDRESSED)
        found["value"] = np.arange(self.firsts[number], self.firsts[number + 1])
        found["address"] = self.table.load(self.parts[number])["address"]
        return found

    def _cut(self, ranks: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Yield each part in which sorted ranks stand, and their places in it."""
        cuts = np.searchsorted(ranks, self.firsts).tolist()
        for n, part in enumerate(self.parts):
            if cuts[n] < cuts[n + 1]:
                yield part, ranks[cuts[n] : cuts[n + 1]] - self.firsts[n]


def rank_shards(shuffle: Shuffle, shards: ShardSet, keep: str) -> Ranks:
    """Rank all articles that no step has dropped. `keep` is the option `keep_duplicate`: longest, earliest or first."""
    table = shuffle.table("ranks")
    old = _sort_articles(shuffle, shards, shards.all[shards.count :], _IN_INDEX, table)
    new = _sort_articles(shuffle, shards, shards.numbers, keep, table)
    firsts = tuple(np.cumsum([0, *(count for _, count in [*old, *new])]).tolist())
    ranks = Ranks(
        shards,
        table,
        tuple(part for part, _ in [*old, *new]),
        firsts,
        firsts[len(old)],
        shuffle.table("ranks-by-shard"),
    )
    send_to_shards(shuffle, "ranks-by-shard", shards, range(len(ranks.parts)), ranks.by_address)
    return ranks


def _sort_articles(
    shuffle: Shuffle, shards: ShardSet, numbers: Sequence[int], keep: str, table: Table
) -> list[tuple[str, int]]:
    """Sort the articles of some shards into parts of the table. Returns (part, articles) of each part, in order."""
    name = "rank-index" if keep == _IN_INDEX else "rank"
    # parts are ranges of the order, because the keys, Python tuples, would not all fit into one process
    alive = sum(shuffle.each(f"{name}-counted", shards.count_alive, numbers))
    parts, limits = shuffle.parts(name, alive * _BYTES), []
    if parts > 1:
        every = max(1, alive // (parts * _SAMPLE))
        sampled = shuffle.each(f"{name}-sampled", partial(_Keyed.sample, shards, keep, every), numbers)
        keys = sorted(tuple(key) for some in sampled for key in some)
        limits = [keys[len(keys) * part // parts] for part in range(1, parts)]
    emit, reduce = partial(_emit_keys, shards, keep, limits), partial(_sort_part, table, name, keep)
    return [(part, count) for part, count in shuffle.reduce(name, numbers, emit, reduce)]


@dataclass(frozen=True, slots=True)
class _Keyed:
    """The columns that articles are sorted by."""

    lengths: NDArray[np.int64]  # characters of clean text
    dates: list[str]  # ISO 8601, or ""
    ids: list[str]  # after rename_repeated, so distinct
    addresses: NDArray[np.int64]

    @classmethod
    def of(cls, shards: ShardSet, number: int, every: int = 1) -> _Keyed:
        """Return every article of a shard that no step has dropped, or one in `every` of them."""
        rows = shards.alive(number)[::every]
        old = number >= shards.count  # an index has no dates: its articles keep their order
        table = shards.read(number, "length", "id", *(() if old else ("date",)))
        dates = [""] * len(rows) if old else list(map(text_of, binary_values(table["date"], rows)))
        ids = list(map(text_of, binary_values(table["id"], rows)))
        return cls(number_values(table["length"])[rows], dates, ids, np.int64(number) << SHARD | rows)

    @classmethod
    def sample(cls, shards: ShardSet, keep: str, every: int, number: int) -> list[tuple[Any, ...]]:
        """Return the keys of one in `every` articles of a shard."""
        return cls.of(shards, number, every).keys(keep)

    def keys(self, keep: str) -> list[tuple[Any, ...]]:
        """Return the key that each article is sorted by."""
        # where several articles of an index are copies of one text, the first by the hash of its id is their keeper
        if keep == _IN_INDEX:
            return list(zip((-self.lengths).tolist(), self.addresses.tolist(), strict=True))
        columns = zip(self.lengths.tolist(), self.dates, self.ids, strict=True)
        return [rank_key(*article, keep) for article in columns]


def _emit_keys(shards: ShardSet, keep: str, limits: Sequence[tuple[Any, ...]], number: int) -> Emitted:
    """Emit the articles of a shard to the ranges of the order, whose limits are given."""
    keyed = _Keyed.of(shards, number)
    parts = np.zeros(len(keyed.ids), np.int64)
    if limits:
        parts = np.array([bisect_left(limits, key) for key in keyed.keys(keep)], np.int64)
    for part in np.unique(parts).tolist():
        at = np.flatnonzero(parts == part)
        rows = at.tolist()
        numbers = [keyed.lengths[at].tolist(), keyed.addresses[at].tolist()]
        columns = [*numbers, [keyed.dates[i] for i in rows], [keyed.ids[i] for i in rows]]
        # a line of JSON, so that what several shards have for one part can be joined
        yield part, orjson.dumps(columns, option=orjson.OPT_APPEND_NEWLINE)


def _sort_part(table: Table, name: str, keep: str, part: int, packed: bytes) -> tuple[str, int]:
    """Sort one range of the order. Returns the name of its array, and how many articles it has."""
    columns = zip(*map(orjson.loads, packed.splitlines()), strict=True)
    lengths, addresses, dates, ids = (list(chain(*column)) for column in columns)
    length, address = np.array(lengths, np.int64), np.array(addresses, np.int64)
    # an index has no dates, and its addresses are in the order of the hash of the id
    order = np.lexsort((address, -length)) if keep == _IN_INDEX else order_articles(length, dates, ids, keep)
    sorted_ids = [ids[i].encode("utf-8", "surrogatepass") for i in order.tolist()]
    save_strings(table, f"{name}-{part}", address[order], sorted_ids)
    return f"{name}-{part}", len(order)
