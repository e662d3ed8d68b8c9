"""Finished shards by number, as the global steps see them: columns of articles, each known by its address.

An address is `shard << 32 | row`. Numbers of shards come from the sorted manifest, never from an engine; that is why
nothing that is decided depends on who worked on what. The shards of an index, if there is one, are numbered behind.
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
"""A number for an article, on its way to the article's shard."""

GROUP_BYTES = 64 << 20
"""What goes back to shards is kept for so many bytes of them at once, some 13 shards of 1,000 records. A table for each
shard would be a thousand files for a million articles, and as many fsyncs (4.6 ms each where it was measured)."""

_CAMPAIGNS = ("utm_", "fbclid=", "gclid=", "mc_cid=", "mc_eid=", "ref=", "amp=")  # what sharing adds to a URL

LINES = ("site", "titles", "keys", "lengths", "marks", "starts")
"""The columns of lines that `read_stage` leaves; those behind the second are lists, by article."""


@dataclass(frozen=True, slots=True)
class ShardSet:
    """The shards of a run, and behind them those of an index, whose articles outrank all others and never go."""

    folder: Path | None  # of the files 00000000.arrow and so on
    count: int  # shards of the run itself
    held: tuple[pa.Table, ...] = ()  # their tables where they are in no folder
    per_group: int = 16  # shards whose records go back in one table
    index: Path | None = None  # the folder of the shards of an index
    indexed: int = 0  # how many these are
    gone: Table | None = None  # addresses of articles that an earlier step dropped, by group of shards

    @classmethod
    def of(cls, paths: Sequence[Path]) -> ShardSet:
        """The shards of a finished stage."""
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
        """These columns of a shard, mapped and not read."""
        if self.held:
            return self.held[number].select(list(columns))
        if number >= self.count and self.index is not None:
            return read_shard(self.index / f"{number - self.count:08d}.arrow", columns)[0]
        assert self.folder is not None
        return read_shard(self.folder / f"{number:08d}.arrow", columns)[0]

    def alive(self, number: int) -> NDArray[np.int64]:
        """The rows that no step has dropped yet."""
        if number >= self.count:
            return np.arange(self.read(number, "length").num_rows)
        drops = binary_values(self.read(number, "drop")["drop"])
        alive = np.array([row for row, drop in enumerate(drops) if not drop], np.int64)
        if self.gone is None:
            return alive
        return np.setdiff1d(alive, self.of_shard(self.gone, number, STRING)["address"] & ROW)

    def tokens(self, number: int, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The tokens of the clean texts of these rows, one behind the other, and how many each text has."""
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
        """A hash of the URL of each of these rows, however it is spelled; -1 where there is none, as in an index."""
        if number >= self.count:
            return np.full(len(rows), -1)
        urls = [page_address(text_of(url)) for url in binary_values(self.read(number, "url")["url"], rows)]
        return np.array([id_hash(url) >> 1 if url else -1 for url in urls], np.int64)

    def count_alive(self, number: int) -> int:
        """How many rows of a shard no step has dropped yet."""
        return len(self.alive(number))

    def groups(self, addresses: NDArray[np.int64]) -> NDArray[np.int64]:
        """The group in which each of these articles stands: of some shards, or of one of the index."""
        shard = addresses >> SHARD
        behind = -(-self.count // self.per_group) - self.count
        return np.where(shard < self.count, shard // self.per_group, behind + shard)

    def find(self, table: Table, number: int, dtype: Any) -> tuple[int, slice]:
        """The name under which a table by groups keeps what it has for a shard, and where that stands, by address."""
        group = int(self.groups(np.array([number << 32]))[0])
        addresses = table.load(group, dtype)["address"]
        return group, slice(*np.searchsorted(addresses, (number << 32, (number + 1) << 32)).tolist())

    def of_shard(self, table: Table, number: int, dtype: Any = ADDRESSED) -> NDArray[Any]:
        """What a table by groups, sorted by address, holds for one shard."""
        group, where = self.find(table, number, dtype)
        return table.load(group, dtype)[where]

    def lines(self, table: Table, number: int) -> Iterator[tuple[int, bytes]]:
        """The lines that `save_lines` kept about one shard, each behind the row of its article, by row."""
        group, where = self.find(table, number, STRING)
        rows = (table.load(group, STRING)["address"][where] & ROW).tolist()
        return zip(rows, load_strings(table, group, np.arange(where.start, where.stop)), strict=True)


def send_to_shards(
    shuffle: Shuffle, name: str, shards: ShardSet, tasks: Sequence[Any], emit: Any, dtype: Any = ADDRESSED
) -> Table:
    """A step in which records that begin with an address go back to their shards: a table of them by group, sorted.

    `emit(task)` gives the records of a task.
    """
    table = shuffle.table(name)
    shuffle.reduce(name, tasks, partial(by_group, shards, emit), partial(save_sorted, table, dtype))
    return table


def by_group(shards: ShardSet, emit: Any, task: Any) -> Emitted:
    """The records that `emit(task)` gives, which begin with an address, to the groups of their shards."""
    records = emit(task)
    return partition(records, shards.groups(records["address"]))


def sketch_column(table: pa.Table, name: str) -> NDArray[Any]:
    """One column of the sketches that a finished shard holds."""
    return fixed_values(table[name], getattr(sketch(()), name))


def lines_of(shard: pa.Table) -> SiteLines:
    """The lines that `read_stage` left for what repeats per site."""
    columns = {name: list_values(shard[name]) for name in LINES[2:]}
    return SiteLines(
        sites=number_values(shard["site"]),
        titles=number_values(shard["titles"]),
        offsets=columns["keys"][0],
        **{name: values for name, (_, values) in columns.items()},
    )


def id_hash(name: str | bytes | memoryview) -> int:
    """64 bits by which ids, URLs and names of sites are compared."""
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass") if isinstance(name, str) else name)


def page_address(url: str) -> str:
    """The address by which the crawls of one page are known: without scheme, `www.`, fragment and marks of campaigns.

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
    """A string out of a column."""
    return bytes(cell).decode("utf-8", "surrogatepass")
