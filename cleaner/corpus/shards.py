"""Read finished shards by number, as the global steps need them: columns of articles, each known by its address.

An address is `shard << 32 | row`. Numbers of shards follow the sorted manifest and not the engine, so no decision
depends on which process did what. The shards of an index, if there is one, have the numbers behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from cleaner.engine.columns import binary_values, fixed_values, list_values, number_values
from cleaner.engine.shuffle import STRING, Emitted, Shuffle, Table, load_strings, partition, save_sorted
from cleaner.engine.work import read_shard
from cleaner.neardup.columns import ranges
from cleaner.neardup.sketches import Sketches, sketch
from cleaner.neardup.tokens import tokenize
from cleaner.repeats.site_lines import SiteLines

__all__ = [
    "ADDRESSED", "LINES", "ROW", "SHARD", "SKETCH", "ShardSet",
    "by_group", "id_hash", "lines_of", "page_address", "send_to_shards", "sketch_column", "text_of",
]  # fmt: skip

SKETCH = tuple(f.name for f in fields(Sketches))
"""The columns of a sketch."""

SHARD, ROW = np.int64(32), np.int64(0xFFFFFFFF)
"""An address is split by these: `address >> SHARD` and `address & ROW`."""

ADDRESSED = np.dtype([("address", np.int64), ("value", np.int64)])
"""A number about an article, which is sent to the article's shard."""

GROUP_BYTES = 64 << 20
"""Records that are sent to shards are kept in one table for a group of shards with so many bytes, some 13 shards of
1,000 records. A table for each shard would be a thousand files for a million articles, and as many fsyncs (4.6 ms each
where it was measured)."""

_CAMPAIGNS = ("utm_", "fbclid=", "gclid=", "mc_cid=", "mc_eid=", "ref=", "amp=")  # what sharing adds to a URL

LINES = ("site", "titles", "keys", "lengths", "marks", "starts")
"""The columns of lines that `read_stage` writes; those behind the second are lists, by article."""


@dataclass(frozen=True, slots=True)
class ShardSet:
    """The shards of a run, and behind them those of an index, whose articles outrank all others and are never
    dropped."""

    folder: Path | None  # of the files 00000000.arrow and so on
    count: int  # shards of the run itself
    held: tuple[pa.Table, ...] = ()  # their tables where they are in no folder
    per_group: int = 16  # shards whose records are in one table
    index: Path | None = None  # the folder of the shards of an index
    indexed: int = 0  # how many these are
    gone: Table | None = None  # addresses of articles that an earlier step dropped, by group of shards

    @classmethod
    def of(cls, paths: Sequence[Path]) -> ShardSet:
        """Return the shards of a finished stage."""
        size = sum(path.stat().st_size for path in paths) // max(1, len(paths))
        return cls(paths[0].parent if paths else None, len(paths), per_group=max(1, GROUP_BYTES // max(1, size)))

    @property
    def numbers(self) -> range:
        """The shards of the run itself."""
        return range(self.count)

    @property
    def all(self) -> range:
        """The shards of the run, and behind them those of the index."""
        return range(self.count + self.indexed)

    def read(self, number: int, *columns: str) -> pa.Table:
        """Return these columns of a shard, which are mapped into memory."""
        if self.held:
            return self.held[number].select(list(columns))
        if number >= self.count and self.index is not None:
            return read_shard(self.index / f"{number - self.count:08d}.arrow", columns)[0]
        assert self.folder is not None
        return read_shard(self.folder / f"{number:08d}.arrow", columns)[0]

    def alive(self, number: int) -> NDArray[np.int64]:
        """Return the rows that no step has dropped yet."""
        if number >= self.count:
            return np.arange(self.read(number, "length").num_rows)
        drops = binary_values(self.read(number, "drop")["drop"])
        alive = np.array([row for row, drop in enumerate(drops) if not drop], np.int64)
        if self.gone is None:
            return alive
        return np.setdiff1d(alive, self.of_shard(self.gone, number, STRING)["address"] & ROW)

    def tokens(self, number: int, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return the tokens of the clean texts of these rows, one text behind the other, and how many each text has."""
        if number >= self.count:  # an index keeps no texts
            starts, tokens = list_values(self.read(number, "tokens")["tokens"])
            counts = starts[rows + 1] - starts[rows]
            return tokens[ranges(starts[rows], counts)], counts
        if self.held:
            texts = list(map(text_of, binary_values(self.read(number, "text")["text"], rows)))
        else:
            records = binary_values(self.read(number, "record")["record"], rows)
            texts = [orjson.loads(record)["text"] for record in records]
        found = tokenize(texts)
        return found.hashes, np.diff(found.starts)

    def pages(self, number: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a hash of the page address of each of these rows; -1 where there is none, as in an index."""
        if number >= self.count:
            return np.full(len(rows), -1)
        urls = [page_address(text_of(url)) for url in binary_values(self.read(number, "url")["url"], rows)]
        return np.array([id_hash(url) >> 1 if url else -1 for url in urls], np.int64)

    def count_alive(self, number: int) -> int:
        """Return how many rows of a shard no step has dropped yet."""
        return len(self.alive(number))

    def groups(self, addresses: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the group of each of these articles: one of several shards, or of one shard of the index."""
        shard = addresses >> SHARD
        behind = -(-self.count // self.per_group) - self.count
        return np.where(shard < self.count, shard // self.per_group, behind + shard)

    def find(self, table: Table, number: int, dtype: Any) -> tuple[int, slice]:
        """Return the group that has the records of a shard in a table by groups, and the slice where they are."""
        group = int(self.groups(np.array([number << 32]))[0])
        addresses = table.load(group, dtype)["address"]
        return group, slice(*np.searchsorted(addresses, (number << 32, (number + 1) << 32)).tolist())

    def of_shard(self, table: Table, number: int, dtype: Any = ADDRESSED) -> NDArray[Any]:
        """Return the records of one shard in a table by groups, sorted by address."""
        group, where = self.find(table, number, dtype)
        return table.load(group, dtype)[where]

    def lines(self, table: Table, number: int) -> Iterator[tuple[int, bytes]]:
        """Return the lines that `save_lines` kept about one shard, each behind the row of its article, by row."""
        group, where = self.find(table, number, STRING)
        rows = (table.load(group, STRING)["address"][where] & ROW).tolist()
        return zip(rows, load_strings(table, group, np.arange(where.start, where.stop)), strict=True)


def send_to_shards(
    shuffle: Shuffle, name: str, shards: ShardSet, tasks: Sequence[Any], emit: Any, dtype: Any = ADDRESSED
) -> Table:
    """Do a step that sends records, which begin with an address, to their shards. Returns a sorted table by group.

    `emit(task)` gives the records of a task.
    """
    table = shuffle.table(name)
    shuffle.reduce(name, tasks, partial(by_group, shards, emit), partial(save_sorted, table, dtype))
    return table


def by_group(shards: ShardSet, emit: Any, task: Any) -> Emitted:
    """Emit the records of `emit(task)`, which begin with an address, to the groups of their shards."""
    records = emit(task)
    return partition(records, shards.groups(records["address"]))


def sketch_column(table: pa.Table, name: str) -> NDArray[Any]:
    """Return one column of the sketches in a finished shard."""
    return fixed_values(table[name], getattr(sketch(()), name))


def lines_of(shard: pa.Table) -> SiteLines:
    """Return the lines that `read_stage` wrote to a shard, among which those that repeat are searched."""
    columns = {name: list_values(shard[name]) for name in LINES[2:]}
    return SiteLines(
        sites=number_values(shard["site"]),
        titles=number_values(shard["titles"]),
        offsets=columns["keys"][0],
        **{name: values for name, (_, values) in columns.items()},
    )


def id_hash(name: str | bytes | memoryview) -> int:
    """Return the hash of 64 bits by which ids, URLs and names of sites are compared."""
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass") if isinstance(name, str) else name)


def page_address(url: str) -> str:
    """Return the address that all crawls of a page share: without scheme, `www.`, fragment and campaign parameters.

    >>> page_address("https://www.kabar.example/feri/?utm_source=x#komentar")
    'kabar.example/feri'
    """
    address, _, query = url.strip().partition("#")[0].partition("?")
    scheme, mark, rest = address.partition("://")
    address = rest if mark else scheme
    host, slash, path = address.partition("/")
    kept = [part for part in query.split("&") if part and not part.startswith(_CAMPAIGNS)]
    page = host.lower().removeprefix("www.") + slash + path.rstrip("/")
    return page.rstrip("/") + ("?" + "&".join(kept) if kept else "")


def text_of(cell: bytes | memoryview) -> str:
    """Return a cell of a column as a string."""
    return bytes(cell).decode("utf-8", "surrogatepass")
