"""Repeated ids: a record whose own id stands earlier in the manifest already gets another one.

Ids are compared by 64-bit hash, 8 bytes an article; only articles whose hashes clash are looked at. These go by their
id to the part in which the first of equal ones is known, and the others by their new name to one in which it is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, pairwise
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.corpus.shards import ADDRESSED, ROW, SHARD, ShardSet, id_hash, send_to_shards
from cleaner.corpus.urls import emit_lines, save_lines
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.shuffle import (
    STRING,
    Emitted,
    Shuffle,
    Table,
    load_strings,
    partition,
    save_strings,
    sorted_records,
)
from cleaner.output.records import unpack_article

__all__ = ["NewIds", "key_part", "rename_repeated"]

_ID = np.dtype([("id", np.uint64), ("address", np.int64)])

_BYTES = 160  # of an article whose id clashes, on its way to a new one


@dataclass(frozen=True, slots=True)
class NewIds:
    """The new ids of all shards, in files or held by the table."""

    shards: ShardSet
    table: Table  # names as JSON, by address

    def of_shard(self, number: int) -> dict[int, str]:
        """Those of a shard, by row."""
        group, where = self.shards.find(self.table, number, STRING)
        addresses = self.table.load(group, STRING)["address"][where]
        names = load_strings(self.table, group, np.arange(where.start, where.stop))
        return {a & int(ROW): orjson.loads(line) for a, line in zip(addresses.tolist(), names, strict=True)}


def rename_repeated(shuffle: Shuffle, shards: ShardSet, articles: int) -> NewIds | None:
    """New ids for records whose own id is taken; None where no two clash. `articles`: about how many there are.

    In the order of the manifest the first of equal ids keeps it, whatever was read first. The new id is
    `source#record`; with ~2, ~3 ... behind it where a record has that for its own.
    """
    # equal ids have equal hashes and meet in one part; which of them clash is told without looking at any article
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
    is_own = partial(_is_own_id, ids, parts)
    given = shuffle.reduce(
        "ids-named", unnamed, partial(_emit_names, later, some), partial(_assign_names, named, is_own)
    )
    shuffle.reduce("ids-renamed", given, partial(emit_lines, shards, named), partial(save_lines, table))
    return NewIds(shards, table)


def key_part(keys: NDArray[np.uint64], parts: int) -> NDArray[np.int64]:
    """The part of a 64-bit key. Parts are ranges of keys in their order, so results need no sort when joined."""
    return ((keys >> np.uint64(32)) * np.uint64(parts) >> np.uint64(32)).astype(np.int64)


def _emit_ids(shards: ShardSet, parts: int, number: int) -> Emitted:
    ids = number_values(shards.read(number, "id")["id"])
    records = np.empty(len(ids), _ID)
    records["id"], records["address"] = ids, np.int64(number) << SHARD | np.arange(len(ids))
    return partition(records, key_part(ids, parts))


def _find_clashes(table: Table, part: int, packed: bytes) -> tuple[int, int]:
    """Keep the hashes of a part, and the addresses of those that stand there twice; how many these are comes back."""
    records = sorted_records(packed, _ID)
    same = records["id"][1:] == records["id"][:-1]
    clashing: Any = np.zeros(len(records), np.bool_)
    clashing[1:] |= same
    clashing[:-1] |= same
    addressed: NDArray[Any] = np.zeros(int(clashing.sum()), ADDRESSED)
    addressed["address"] = records["address"][clashing]
    table.save(part, records["id"])
    table.save(f"{part}-clashing", addressed)
    return part, len(addressed)


def _emit_clashing(shards: ShardSet, asked: Table, parts: int, number: int) -> Emitted:
    """The articles of a shard whose ids clash, to the parts of their ids: lines [id, address, new name]."""
    rows = shards.of_shard(asked, number)["address"] & ROW
    lines: dict[int, list[bytes]] = defaultdict(list)
    cells = binary_values(shards.read(number, "article")["article"], rows) if len(rows) else []
    for row, cell in zip(rows.tolist(), cells, strict=True):
        article = unpack_article(cell)
        line = [article.id, number << 32 | row, f"{article.source}#{article.record}"]
        lines[id_hash(article.id) % parts].append(orjson.dumps(line) + b"\n")
    for part, some in lines.items():
        yield part, b"".join(some)


def _find_later(table: Table, part: int, packed: bytes) -> int:
    """Keep the articles of a part that are not the first with their id, with their new names."""
    lines = sorted(map(orjson.loads, packed.splitlines()))
    later = [this for last, this in pairwise(lines) if last[0] == this[0]]
    save_strings(table, part, np.array([address for _, address, _ in later], np.int64), [n.encode() for *_, n in later])
    return part


def _emit_names(table: Table, parts: int, part: int) -> Emitted:
    """The articles that get new names, to the parts of these."""
    addresses = table.load(part)["address"]
    lines: dict[int, list[bytes]] = defaultdict(list)
    for address, name in zip(addresses.tolist(), load_strings(table, part, np.arange(len(addresses))), strict=True):
        lines[id_hash(name) % parts].append(orjson.dumps([name.decode(), address]) + b"\n")
    for to, some in lines.items():
        yield to, b"".join(some)


def _assign_names(table: Table, is_own: Any, part: int, packed: bytes) -> int:
    """Give the names of a part, in the order of the manifest; where one is taken, the next that is free."""
    free: dict[str, Iterator[str]] = {}
    names: list[tuple[int, bytes]] = []
    for name, address in sorted(map(orjson.loads, packed.splitlines())):
        if name not in free:
            free[name] = (one for one in chain((name,), (f"{name}~{n}" for n in count(2))) if not is_own(one))
        names.append((address, orjson.dumps(next(free[name]))))
    names.sort()
    save_strings(table, part, np.array([address for address, _ in names], np.int64), [name for _, name in names])
    return part


def _is_own_id(ids: Table, parts: int, name: str) -> bool:
    """Whether some record has this for its own id; a new id must not be one."""
    own = np.array([id_hash(name)], np.uint64)
    known = ids.load(int(key_part(own, parts)[0]), np.uint64)
    at = int(np.searchsorted(known, own[0]))
    return at < len(known) and bool(known[at] == own[0])
