"""Give a new id to each record whose own id an earlier record of the manifest has.

Ids are compared by a hash of 64 bits, 8 bytes an article, and only articles with equal hashes are read. Those with one
id meet in one part of a shuffle, where the first of them keeps it. For the others a second shuffle, by new name, makes
sure that each name is given once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, pairwise
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.arrays import first_of_equal
from cleaner.corpus.addressed_lines import emit_lines, join_by_part, save_by_address, save_lines
from cleaner.corpus.shards import ADDRESSED, ROW, SHARD, ShardSet, id_hash, send_to_shards
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table, load_strings, partition, sorted_records
from cleaner.output.records import unpack_article

__all__ = ["NewIds", "key_part", "rename_repeated"]

_ID = np.dtype([("id", np.uint64), ("address", np.int64)])

_BYTES = 160  # of an article whose id clashes, in the shuffles that name it


@dataclass(frozen=True, slots=True)
class NewIds:
    """The new ids of all shards, in files or held by the table."""

    shards: ShardSet
    table: Table  # names as JSON, by address

    def of_shard(self, number: int) -> dict[int, str]:
        """Return the new ids of one shard, by row."""
        return {row: orjson.loads(line) for row, line in self.shards.lines(self.table, number)}


def rename_repeated(shuffle: Shuffle, shards: ShardSet, articles: int) -> NewIds | None:
    """Find new ids for records whose own id an earlier record has; None where there are none.

    Earlier means in the order of the manifest, whatever was read first. The new id is `source#record`, with ~2, ~3 ...
    behind it where a record has that as its own. `articles` is about how many there are.
    """
    # equal ids have equal hashes, which meet in one part; so clashes are found without reading an article
    parts = shuffle.parts("ids", articles * _ID.itemsize)
    ids = shuffle.table("ids")
    found = shuffle.reduce("ids-hashed", shards.numbers, partial(_emit_ids, shards, parts), partial(_find_clashes, ids))
    clashes = sum(number for _, number in found)
    if not clashes:
        return None
    asked = send_to_shards(shuffle, "ids-asked", shards, [f"{part}-clashing" for part, _ in found], ids.load)
    some = shuffle.parts("ids-clashing", clashes * _BYTES)
    later, named, table = (shuffle.table(f"ids-{name}") for name in ("later", "named", "renamed"))
    emit = partial(_emit_clashing, shards, asked, some)
    unnamed = shuffle.reduce("ids-later", shards.numbers, emit, partial(_find_later, later))
    assign = partial(_assign_names, named, ids, parts)
    given = shuffle.reduce("ids-named", unnamed, partial(_emit_names, later, some), assign)
    shuffle.reduce("ids-renamed", given, partial(emit_lines, shards, named), partial(save_lines, table))
    return NewIds(shards, table)


def key_part(keys: NDArray[np.uint64], parts: int) -> NDArray[np.int64]:
    """Return the part of each 64-bit key. Parts are ranges of keys in their order, so joined results are sorted."""
    return ((keys >> np.uint64(32)) * np.uint64(parts) >> np.uint64(32)).astype(np.int64)


def _emit_ids(shards: ShardSet, parts: int, number: int) -> Emitted:
    """Emit the hash of the id of every article of a shard, with its address, to the part of the hash."""
    ids = number_values(shards.read(number, "id")["id"])
    records = np.empty(len(ids), _ID)
    records["id"], records["address"] = ids, np.int64(number) << SHARD | np.arange(len(ids))
    return partition(records, key_part(ids, parts))


def _find_clashes(table: Table, part: int, packed: bytes) -> tuple[int, int]:
    """Save the sorted hashes of a part, and the addresses of the articles whose hash another article has.

    Returns the part and the number of those articles.
    """
    records = sorted_records(packed, _ID)
    same = ~first_of_equal(records["id"])
    clashing = same | np.append(same[1:], False)
    addressed: NDArray[Any] = np.zeros(int(clashing.sum()), ADDRESSED)
    addressed["address"] = records["address"][clashing]
    table.save(part, records["id"])
    table.save(f"{part}-clashing", addressed)
    return part, len(addressed)


def _emit_clashing(shards: ShardSet, asked: Table, parts: int, number: int) -> Emitted:
    """Emit the articles of a shard whose ids clash to the parts of their ids: lines [id, address, new name]."""
    rows = shards.of_shard(asked, number)["address"] & ROW
    cells = binary_values(shards.read(number, "article")["article"], rows) if len(rows) else []

    def lines() -> Iterator[tuple[int, bytes]]:
        for row, cell in zip(rows.tolist(), cells, strict=True):
            article = unpack_article(cell)
            line = [article.id, number << 32 | row, f"{article.source}#{article.record}"]
            yield id_hash(article.id) % parts, orjson.dumps(line) + b"\n"

    return join_by_part(lines())


def _find_later(table: Table, part: int, packed: bytes) -> int:
    """Save the new name of every article of a part that is not the first with its id. Returns the part."""
    lines = sorted(map(orjson.loads, packed.splitlines()))
    later = [this for last, this in pairwise(lines) if last[0] == this[0]]
    save_by_address(table, part, [(address, name.encode()) for _, address, name in later])
    return part


def _emit_names(table: Table, parts: int, part: int) -> Emitted:
    """Emit the articles that get new names to the parts of these names: lines [new name, address]."""
    addresses = table.load(part)["address"]
    names = load_strings(table, part, np.arange(len(addresses)))
    return join_by_part(
        (id_hash(name) % parts, orjson.dumps([name.decode(), address]) + b"\n")
        for name, address in zip(names, addresses.tolist(), strict=True)
    )


def _assign_names(table: Table, ids: Table, parts: int, part: int, packed: bytes) -> int:
    """Give the names of a part, in the order of the manifest; where one is taken, the next that is free."""

    def is_own(name: str) -> bool:
        """Return True if some record has this as its own id; a new id must be another."""
        own = np.array([id_hash(name)], np.uint64)
        known = ids.load(int(key_part(own, parts)[0]), np.uint64)
        at = int(np.searchsorted(known, own[0]))
        return at < len(known) and bool(known[at] == own[0])

    free: dict[str, Iterator[str]] = {}
    names: list[tuple[int, bytes]] = []
    for name, address in sorted(map(orjson.loads, packed.splitlines())):
        if name not in free:
            free[name] = (one for one in chain((name,), (f"{name}~{n}" for n in count(2))) if not is_own(one))
        names.append((address, orjson.dumps(next(free[name]))))
    save_by_address(table, part, names)
    return part
