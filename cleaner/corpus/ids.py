"""Repeated ids: a record whose own id stands earlier in the manifest already gets another one.

Ids are compared by 64-bit hash, 8 bytes an article; only articles whose hashes clash are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import chain, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.corpus.shards import ROW, SHARD, ShardSet, id_hash
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, sorted_records
from cleaner.output.records import unpack_article

__all__ = ["key_part", "rename_repeated"]

_ID = np.dtype([("id", np.uint64), ("address", np.int64)])


def rename_repeated(shuffle: Shuffle, shards: ShardSet, articles: int) -> dict[int, dict[int, str]]:
    """New ids, by shard and row, for records whose own id is taken. `articles`: about how many there are.

    The new id is `source#record`; with ~2, ~3 ... behind it where a record has that for its own.
    """
    # equal ids have equal hashes and meet in one part; which of them clash is told without looking at any article
    parts = shuffle.parts("ids", articles * _ID.itemsize)
    ids = shuffle.table("ids")
    found = shuffle.reduce("ids", shards.numbers, partial(_emit_ids, shards, parts), partial(_find_clashes, ids))
    clashing = np.sort(np.concatenate([np.zeros(0, np.int64), *(ids.load(f"{part}-clashing") for part in found)]))

    def is_own_id(name: str) -> bool:
        """Whether some record has this for its own id; a new id must not be one."""
        own = np.array([id_hash(name)], np.uint64)
        known = ids.load(int(key_part(own, parts)[0]), np.uint64)
        at = int(np.searchsorted(known, own[0]))
        return at < len(known) and bool(known[at] == own[0])

    # in manifest order: the first of equal ids keeps it, whatever was read first
    seen: set[str] = set()
    renamed: dict[int, dict[int, str]] = defaultdict(dict)
    cuts = np.flatnonzero(np.diff(clashing >> SHARD)) + 1
    for addresses in np.split(clashing, cuts) if len(clashing) else []:
        number = int(addresses[0] >> SHARD)
        packed = binary_values(shards.read(number, "article")["article"], addresses & ROW)
        for row, cell in zip((addresses & ROW).tolist(), packed, strict=True):
            article = unpack_article(cell)
            new = article.id
            if new in seen:
                name = f"{article.source}#{article.record}"
                names = chain((name,), (f"{name}~{n}" for n in count(2)))
                new = renamed[number][row] = next(n for n in names if n not in seen and not is_own_id(n))
            seen.add(new)
    return dict(renamed)


def key_part(keys: NDArray[np.uint64], parts: int) -> NDArray[np.int64]:
    """The part of a 64-bit key. Parts are ranges of keys in their order, so results need no sort when joined."""
    return ((keys >> np.uint64(32)) * np.uint64(parts) >> np.uint64(32)).astype(np.int64)


def _emit_ids(shards: ShardSet, parts: int, number: int) -> Emitted:
    ids = number_values(shards.read(number, "id")["id"])
    records = np.empty(len(ids), _ID)
    records["id"], records["address"] = ids, np.int64(number) << SHARD | np.arange(len(ids))
    return partition(records, key_part(ids, parts))


def _find_clashes(table: Table, part: int, packed: bytes) -> int:
    """Keep the hashes of a part, and the addresses of those that stand there twice."""
    records = sorted_records(packed, _ID)
    same = records["id"][1:] == records["id"][:-1]
    clashing: Any = np.zeros(len(records), np.bool_)
    clashing[1:] |= same
    clashing[:-1] |= same
    table.save(part, records["id"])
    table.save(f"{part}-clashing", records["address"][clashing])
    return part
