"""The one order of articles, spread: ranges of it are ranked apart, and every shard is told the ranks of its rows.

An article is known by its address, shard << 32 | row, from the manifest; from here on by its rank.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaner.dedup.rank import rank_articles, rank_key
from cleaner.run.work import read_shard, write_shard
from cleaner.spread.exchange import Blobs, Steps, deal, load, order_of, rows_of, save

__all__ = ["RANKED", "Ranked", "Shard", "rank", "to_shards"]

RANKED = np.dtype([("row", np.int64), ("rank", np.int64)])
_SHARD = np.int64(32)
_BYTES = 96  # of an article on its way to its rank
_SAMPLE = 1 << 16  # keys, over all shards


@dataclass(frozen=True, slots=True)
class Shard:
    """A settled shard, and the rows of it that an earlier step let go."""

    number: int
    path: Path
    gone: Path | None = None

    def alive(self) -> NDArray[np.int64]:
        """The rows that no step has dropped yet."""
        empty = pc.equal(pc.binary_length(read_shard(self.path, ("drop",))[0]["drop"]), 0).to_numpy()
        rows = np.flatnonzero(empty)
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
        parts = [table["address"].to_numpy()[at] for table, at in self._files(ranks, "address")]
        return np.concatenate([np.zeros(0, np.int64), *parts])

    def ids(self, ranks: NDArray[np.int64]) -> list[str]:
        """Ids of these ranks, which are sorted."""
        return [i for table, at in self._files(ranks, "id") for i in table["id"].take(at).to_pylist()]

    def _files(self, ranks: NDArray[np.int64], column: str) -> Any:
        cuts = np.searchsorted(ranks, self.firsts).tolist()
        for n, path in enumerate(self.files):
            if cuts[n] < cuts[n + 1]:
                yield read_shard(path, (column,))[0], ranks[cuts[n] : cuts[n + 1]] - self.firsts[n]


def rank(steps: Steps, shards: Sequence[Shard], keep: str) -> Ranked:
    """Rank all articles that are alive."""
    stride = max(1, _SAMPLE // max(1, len(shards)))
    surveyed = steps.each("rank-sample", partial(_survey, keep, stride), shards)
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


def _columns(shard: Shard) -> pa.Table:
    rows = shard.alive()
    table = read_shard(shard.path, ("length", "date", "id"))[0].take(rows)
    return table.append_column("address", pa.array(np.int64(shard.number) << _SHARD | rows, pa.int64()))


def _keys(table: pa.Table, keep: str) -> list[tuple[Any, ...]]:
    columns = (table[name].to_pylist() for name in ("length", "date", "id"))
    return [rank_key(*row, keep) for row in zip(*columns, strict=True)]


def _survey(keep: str, stride: int, shard: Shard) -> tuple[int, list[tuple[Any, ...]]]:
    table = _columns(shard)
    step = max(1, len(table) // stride)
    return len(table), _keys(table.take(np.arange(0, len(table), step)), keep)


def _by_key(keep: str, limits: Sequence[tuple[Any, ...]], shard: Shard) -> Blobs:
    table = _columns(shard)
    if not limits:
        yield 0, _packed(table)
        return
    parts = np.array([bisect_left(limits, key) for key in _keys(table, keep)], np.int64)
    for part in np.unique(parts).tolist():
        yield part, _packed(table.take(np.flatnonzero(parts == part)))


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _order(keep: str, place: Path, part: int, blobs: list[bytes]) -> tuple[int, int]:
    table = pa.concat_tables([pa.ipc.open_stream(blob).read_all() for blob in blobs])
    ranks = rank_articles(table["length"].to_numpy(), table["date"].to_pylist(), table["id"].to_pylist(), keep)
    table = table.take(np.argsort(ranks))
    write_shard(place / f"{part}.arrow", {name: table[name] for name in ("address", "id")})
    return part, len(table)


def _tell(ranked: Ranked, part: int) -> Blobs:
    ranks = np.arange(ranked.firsts[part], ranked.firsts[part + 1])
    yield from to_shards(ranked, ranks, ranks)


def to_shards(ranked: Ranked, ranks: NDArray[np.int64], values: NDArray[np.int64]) -> Blobs:
    """RANKED rows (row, value), each on its way to the shard of the article of its rank. `ranks` are sorted."""
    addresses = ranked.addresses(ranks)
    rows = np.empty(len(ranks), RANKED)
    rows["row"], rows["rank"] = addresses & np.int64(0xFFFFFFFF), values
    yield from deal(rows, addresses >> _SHARD)


def _told(place: Path, shard: int, blobs: list[bytes]) -> int:
    rows = rows_of(blobs, RANKED)
    save(place / f"{shard}.npy", rows[order_of(rows)])
    return shard
