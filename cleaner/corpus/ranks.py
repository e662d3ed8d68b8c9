"""The one order of articles, spread: ranges of it are ranked apart, and every shard is told the ranks of its rows.

An article is known by its address, shard << 32 | row, from the manifest; from here on by its rank.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.engine.columns import binary_column, binary_values, number_column, number_values
from cleaner.engine.shuffle import Blobs, Steps, deal, load, order_of, rows_of, save
from cleaner.engine.work import read_shard, write_shard
from cleaner.neardup.order import rank_articles, rank_key

__all__ = ["RANKED", "Ranked", "Shard", "rank", "to_shards"]

RANKED = np.dtype([("row", np.int64), ("rank", np.int64)])
_SHARD = np.int64(32)
_BYTES = 96  # of an article on its way to its rank
_SAMPLE = 1 << 16  # keys, over all shards


@dataclass(frozen=True, slots=True)
class Shard:
    """A finished shard, and the rows of it that an earlier step let go."""

    number: int
    path: Path
    gone: Path | None = None

    def alive(self) -> NDArray[np.int64]:
        """The rows that no step has dropped yet."""
        drops = binary_values(read_shard(self.path, ("drop",))[0]["drop"])
        rows = np.array([row for row, drop in enumerate(drops) if not drop], np.int64)
        return rows if self.gone is None else np.setdiff1d(rows, load(self.gone))


@dataclass(frozen=True, slots=True)
class Ranked:
    """The order: files of addresses and ids by rank, and the first rank of each (with the number of all at the end)."""

    files: tuple[Path, ...]
    firsts: tuple[int, ...]
    shards: Path

    def __len__(self) -> int:
        return self.firsts[-1]

    def of(self, shard: Shard) -> NDArray[Any]:
        """RANKED rows of the articles of a shard that are alive."""
        path = self.shards / f"{shard.number}.npy"
        return load(path) if path.exists() else np.zeros(0, RANKED)

    def addresses(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Addresses of these ranks, which are sorted."""
        parts = [number_values(table["address"])[at] for table, at in self._files(ranks, "address")]
        return np.concatenate([np.zeros(0, np.int64), *parts])

    def find(self, ranks: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """(shard, places in `ranks`, rows in the shard); every shard once. `ranks` are sorted."""
        addresses = self.addresses(ranks)
        order = np.argsort(addresses)
        cuts = np.flatnonzero(np.diff(addresses[order] >> _SHARD)) + 1
        for places in np.split(order, cuts) if len(order) else []:
            yield int(addresses[places[0]] >> _SHARD), places, addresses[places] & np.int64(0xFFFFFFFF)

    def ids(self, ranks: NDArray[np.int64]) -> list[str]:
        """Ids of these ranks, which are sorted."""
        found: list[str] = []
        for table, at in self._files(ranks, "id"):
            found += map(_text, binary_values(table["id"], at))
        return found

    def _files(self, ranks: NDArray[np.int64], column: str) -> Any:
        cuts = np.searchsorted(ranks, self.firsts).tolist()
        for n, path in enumerate(self.files):
            if cuts[n] < cuts[n + 1]:
                yield read_shard(path, (column,))[0], ranks[cuts[n] : cuts[n + 1]] - self.firsts[n]


def rank(steps: Steps, shards: Sequence[Shard], keep: str) -> Ranked:
    """Rank all articles that are alive."""
    sample = max(1, _SAMPLE // max(1, len(shards)))
    surveyed = steps.each("rank-sample", partial(_survey, keep, sample), shards)
    total = sum(alive for alive, _ in surveyed)
    keys = sorted(tuple(key) for _, sample in surveyed for key in sample)
    parts = steps.parts(total * _BYTES)
    limits = [keys[len(keys) * part // parts] for part in range(1, parts)] if keys else []
    place = steps.place("rank")
    counts = steps.exchange("rank-order", shards, partial(_by_key, keep, limits), partial(_order, keep, place))
    files = tuple(place / f"{part}.arrow" for part, _ in counts)
    firsts = tuple(np.cumsum([0, *(n for _, n in counts)]).tolist())
    ranked = Ranked(files, firsts, steps.place("rank-of-rows"))
    steps.exchange("rank-shards", range(len(files)), partial(_tell, ranked), partial(_told, ranked.shards))
    return ranked


@dataclass(frozen=True, slots=True)
class _Keyed:
    """Articles on their way to their ranks, as columns."""

    lengths: NDArray[np.int64]
    dates: list[str]
    ids: list[str]
    addresses: NDArray[np.int64]

    @classmethod
    def of(cls, shard: Shard, every: int = 1) -> _Keyed:
        """Those of a shard that are alive, or every so many of them."""
        rows = shard.alive()[::every]
        table, _ = read_shard(shard.path, ("length", "date", "id"))
        dates, ids = (
            [_text(cell) for cell in map(binary_values(table[name]).__getitem__, rows)] for name in ("date", "id")
        )
        return cls(number_values(table["length"])[rows], dates, ids, np.int64(shard.number) << _SHARD | rows)

    def keys(self, keep: str) -> list[tuple[Any, ...]]:
        columns = zip(self.lengths.tolist(), self.dates, self.ids, strict=True)
        return [rank_key(*row, keep) for row in columns]

    def pack(self, at: NDArray[np.int64]) -> bytes:
        rows = at.tolist()
        number_column = [self.lengths[at].tolist(), self.addresses[at].tolist()]
        return orjson.dumps([*number_column, [self.dates[i] for i in rows], [self.ids[i] for i in rows]])

    @classmethod
    def unpack(cls, binary_column: Sequence[bytes]) -> _Keyed:
        lengths, addresses, dates, ids = (
            list(chain(*column)) for column in zip(*map(orjson.loads, binary_column), strict=True)
        )
        return cls(np.array(lengths, np.int64), dates, ids, np.array(addresses, np.int64))


def _survey(keep: str, sample: int, shard: Shard) -> tuple[int, list[tuple[Any, ...]]]:
    alive = len(shard.alive())
    return alive, _Keyed.of(shard, max(1, alive // sample)).keys(keep)


def _by_key(keep: str, limits: Sequence[tuple[Any, ...]], shard: Shard) -> Blobs:
    keyed = _Keyed.of(shard)
    parts = np.array([bisect_left(limits, key) for key in keyed.keys(keep)] if limits else [0] * len(keyed.ids))
    for part in np.unique(parts).tolist():
        yield part, keyed.pack(np.flatnonzero(parts == part))


def _order(keep: str, place: Path, part: int, packed: list[bytes]) -> tuple[int, int]:
    keyed = _Keyed.unpack(packed)
    order = np.argsort(rank_articles(keyed.lengths, keyed.dates, keyed.ids, keep))
    ids = binary_column([keyed.ids[i].encode("utf-8", "surrogatepass") for i in order.tolist()])
    write_shard(place / f"{part}.arrow", {"address": number_column(keyed.addresses[order]), "id": ids})
    return part, len(order)


def _text(cell: bytes | memoryview) -> str:
    return bytes(cell).decode("utf-8", "surrogatepass")


def _tell(ranked: Ranked, part: int) -> Blobs:
    ranks = np.arange(ranked.firsts[part], ranked.firsts[part + 1])
    yield from to_shards(ranked, ranks, ranks)


def to_shards(ranked: Ranked, ranks: NDArray[np.int64], values: NDArray[np.int64]) -> Blobs:
    """RANKED rows (row, value), each on its way to the shard of the article of its rank. `ranks` are sorted."""
    addresses = ranked.addresses(ranks)
    rows = np.empty(len(ranks), RANKED)
    rows["row"], rows["rank"] = addresses & np.int64(0xFFFFFFFF), values
    yield from deal(rows, addresses >> _SHARD)


def _told(place: Path, shard: int, binary_column: list[bytes]) -> int:
    rows = rows_of(binary_column, RANKED)
    save(place / f"{shard}.npy", rows[order_of(rows)])
    return shard
