"""What must be known of all shards that were read, spread: ids that are taken, and the lines that repeat per site."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.corpus.stages import lines_of
from cleaner.corpus.whole import new_ids
from cleaner.engine.columns import number_values
from cleaner.engine.shuffle import Blobs, Steps, deal, load, order_of, rows_of, save
from cleaner.engine.work import read_shard
from cleaner.repeats.repeats import ANCHOR, LINE, Repeats, add_occurrences, counted, judge
from cleaner.repeats.site_lines import FIRST, Keys

__all__ = ["repeats", "taken_ids"]

_ID = np.dtype([("id", np.uint64), ("address", np.int64)])
_COUNT = np.dtype([("key", np.uint64), ("count", np.int64), ("shard", np.int64)])
_COMMON = np.dtype([("key", np.uint64), ("count", np.int64)])
_MET = np.dtype([*LINE, ("order", np.int64)])
_SHARD = np.int64(32)


def taken_ids(steps: Steps, shards: Sequence[Path], articles: int) -> dict[int, dict[int, str]]:
    """New ids, by shard and row, for records whose own id stands earlier in the manifest already."""
    parts = steps.parts(articles * _ID.itemsize)
    place = steps.place("ids")
    found = steps.exchange("ids", list(enumerate(shards)), partial(_give_ids, parts), partial(_clash, place))
    addresses = np.sort(np.concatenate([np.zeros(0, np.int64), *(load(place / f"{p}.clash.npy") for p in found)]))
    cuts = np.flatnonzero(np.diff(addresses >> _SHARD)) + 1
    groups = np.split(addresses, cuts) if len(addresses) else []
    clashing = ((int(g[0] >> _SHARD), shards[int(g[0] >> _SHARD)], g & np.int64(0xFFFFFFFF)) for g in groups)

    def known(own: np.uint64) -> bool:
        hashes = load(place / f"{int(_part(np.array([own]), parts)[0])}.npy")
        at = int(np.searchsorted(hashes, own))
        return at < len(hashes) and bool(hashes[at] == own)

    return new_ids(clashing, known)


def repeats(steps: Steps, shards: Sequence[Path], lines: int) -> Repeats:
    """The lines that repeat per site. `lines`: about how many there are in all."""
    tasks = list(enumerate(shards))
    parts = steps.parts(lines * _MET.itemsize)
    place = steps.place("lines-counted")
    found = steps.exchange("lines-counted", tasks, partial(_count, parts), partial(_common, place))
    common = steps.place("lines-common")
    steps.exchange(
        "lines-common", [place / f"{part}.npy" for part in found], _to_shards, partial(_write_common, common)
    )
    met = steps.place("lines-met")
    kinds = steps.exchange("lines-met", tasks, partial(_occurrences, common, parts), partial(_meet, met, parts))
    sites = [load(met / f"{part}.npy") for part in sorted(kinds) if part >= parts]
    of_site = steps.folder / "lines-of-sites.npy"
    save(of_site, np.concatenate([np.zeros((2, 0), np.uint64), *sites], axis=1))
    told = [part for part in kinds if part < parts]
    judged = steps.place("lines-judged")
    steps.each("lines-judged", partial(_judge, met, of_site, judged), told)
    none = [np.zeros((4, 0), np.uint64)]
    columns = np.concatenate([*none, *(load(judged / f"{part}.npy") for part in sorted(told))], axis=1)
    return Repeats(columns[0], *(column.astype(np.int64) for column in columns[1:]))


def _part(keys: Keys, parts: int) -> NDArray[np.int64]:
    """The part of a key: parts are ranges of keys, in their order."""
    return ((keys >> np.uint64(32)) * np.uint64(parts) >> np.uint64(32)).astype(np.int64)


def _give_ids(parts: int, task: tuple[int, Path]) -> Blobs:
    number, path = task
    ids = number_values(read_shard(path, ("id",))[0]["id"])
    rows = np.empty(len(ids), _ID)
    rows["id"], rows["address"] = ids, np.int64(number) << _SHARD | np.arange(len(ids))
    yield from deal(rows, _part(ids, parts))


def _clash(place: Path, part: int, blobs: list[bytes]) -> int:
    rows = rows_of(blobs, _ID)
    rows = rows[order_of(rows)]
    same = rows["id"][1:] == rows["id"][:-1]
    clash = np.zeros(len(rows), np.bool_)
    clash[1:] |= same
    clash[:-1] |= same
    save(place / f"{part}.npy", rows["id"])
    save(place / f"{part}.clash.npy", rows["address"][clash])
    return part


def _count(parts: int, task: tuple[int, Path]) -> Blobs:
    """Every key of a shard with the number of its articles there."""
    number, path = task
    lines = lines_of(path)
    keys, counts = counted(np.sort(lines.keys[(lines.marks & FIRST) > 0]))
    rows = np.empty(len(keys), _COUNT)
    rows["key"], rows["count"], rows["shard"] = keys, counts, number
    yield from deal(rows, _part(keys, parts))


def _common(place: Path, part: int, blobs: list[bytes]) -> int:
    """Keys in at least two articles, for each shard that has them."""
    rows = rows_of(blobs, _COUNT)
    rows = rows[np.argsort(rows["key"])]
    firsts = np.flatnonzero(np.concatenate([np.ones(min(1, len(rows)), np.bool_), np.diff(rows["key"]) != 0]))
    totals = np.repeat(np.add.reduceat(rows["count"], firsts), np.diff(firsts, append=len(rows)))
    rows = rows.copy()
    rows["count"] = totals
    save(place / f"{part}.npy", rows[totals > 1])
    return part


def _to_shards(path: Path) -> Blobs:
    counted = load(path)
    rows = np.empty(len(counted), _COMMON)
    rows["key"], rows["count"] = counted["key"], counted["count"]
    yield from deal(rows, counted["shard"])


def _write_common(place: Path, shard: int, blobs: list[bytes]) -> int:
    rows = rows_of(blobs, _COMMON)
    save(place / f"{shard}.npy", rows[order_of(rows)])
    return shard


class _Kept:
    """Rows that are kept as they come."""

    def __init__(self, dtype: Any) -> None:
        self.rows: NDArray[Any] = np.empty(0, dtype)

    def add(self, by: Keys, *columns: NDArray[Any]) -> None:
        self.rows = np.empty(len(by), self.rows.dtype)
        for name, column in zip(self.rows.dtype.names or (), columns, strict=True):
            self.rows[name] = column


def _occurrences(common: Path, parts: int, task: tuple[int, Path]) -> Blobs:
    """Common lines, with the anchors of their articles, to parts of their keys; behind these, anchors by site."""
    number, path = task
    lines, anchors = _Kept(LINE), _Kept(ANCHOR)
    known = common / f"{number}.npy"
    counts = load(known) if known.exists() else np.empty(0, _COMMON)
    add_occurrences(lines_of(path), np.ascontiguousarray(counts["key"]), counts["count"], lines, anchors)
    rows: NDArray[Any] = np.empty(len(lines.rows), _MET)
    for column in lines.rows.dtype.names or ():
        rows[column] = lines.rows[column]
    rows["order"] = np.arange(len(rows)) + (number << 32)
    yield from deal(rows, _part(rows["key"], parts))
    different = np.unique(anchors.rows)
    yield from deal(different, parts + _part(different["site"], parts))


def _meet(place: Path, parts: int, part: int, blobs: list[bytes]) -> int:
    if part < parts:
        rows = rows_of(blobs, _MET)
        rows = rows[np.argsort(rows["order"])]
        kept = np.empty(len(rows), LINE)
        for name in kept.dtype.names or ():
            kept[name] = rows[name]
        save(place / f"{part}.npy", kept)
    else:
        anchors = np.unique(rows_of(blobs, np.dtype(ANCHOR)))
        save(place / f"{part}.npy", np.stack([column.astype(np.uint64) for column in counted(anchors["site"])]))
    return part


def _judge(met: Path, of_site: Path, place: Path, part: int) -> int:
    sites, different = load(of_site)
    columns = judge(load(met / f"{part}.npy"), sites, different.astype(np.int64))
    save(place / f"{part}.npy", np.stack([column.astype(np.uint64) for column in columns]))
    return part
