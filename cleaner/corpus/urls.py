"""Of the records of one URL only the newest, or the longest, stays: spread by the hash of the URL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from cleaner.article import Drop
from cleaner.corpus.ranks import Shard
from cleaner.corpus.stages import id_hash
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.shuffle import Blobs, Steps, save
from cleaner.engine.work import read_shard, replacing

__all__ = ["one_per_url", "write_lines"]

_BYTES = 160  # of an article with its URL and id
_SHARD = 32


def one_per_url(steps: Steps, shards: Sequence[Shard], keep: str) -> Path:
    """The folder of what goes: rows as N.npy and drops as N.json for every shard N."""
    parts = steps.parts(sum(steps.each("urls-count", _count, shards)) * _BYTES)
    place = steps.place("urls-met")
    found = steps.exchange("urls-met", shards, partial(_give, keep, parts), partial(_best, place))
    told = steps.place("urls")
    steps.exchange("urls", [place / f"{part}.jsonl" for part in found], _tell, partial(_told, told))
    for shard in shards:
        if not (told / f"{shard.number}.npy").exists():
            save(told / f"{shard.number}.npy", np.zeros(0, np.int64))
    return told


def _count(shard: Shard) -> int:
    return len(shard.alive())


def _give(keep: str, parts: int, shard: Shard) -> Blobs:
    table, _ = read_shard(shard.path, ("url", "date", "length", "id"))
    urls, dates, ids = (binary_values(table[name]) for name in ("url", "date", "id"))
    lengths = number_values(table["length"]).tolist()
    rows: dict[int, list[bytes]] = defaultdict(list)
    for row in shard.alive().tolist():
        if not len(urls[row]):
            continue
        url = bytes(urls[row]).decode("utf-8", "surrogatepass")
        key: Any = bytes(dates[row]).decode("utf-8", "surrogatepass") if keep == "newest" else lengths[row]
        known = id_hash(url)
        name = bytes(ids[row]).decode("utf-8", "surrogatepass")
        rows[known % parts].append(orjson.dumps([known, key, shard.number << _SHARD | row, name, url]))
    for part, lines in rows.items():
        yield part, b"\n".join(lines) + b"\n"


def _best(place: Path, part: int, blobs: list[bytes]) -> int:
    """Everything but the best of each URL: address, drop."""
    groups: dict[int, list[list[Any]]] = defaultdict(list)
    for line in b"".join(blobs).splitlines():
        known, *row = orjson.loads(line)
        groups[known].append(row)
    with replacing(place / f"{part}.jsonl") as out:
        for group in groups.values():
            best = max(group, key=lambda row: (row[0], -row[1]))
            for row in group:
                if row is not best:
                    out.write(orjson.dumps([row[1], Drop(row[2], "same-url", row[3], best[2])]) + b"\n")
    return part


def _tell(path: Path) -> Blobs:
    for line in path.read_bytes().splitlines():
        address, drop = orjson.loads(line)
        told = ["drop", address & 0xFFFFFFFF, *drop.values()]
        yield address >> _SHARD, orjson.dumps(told) + b"\n"


def _told(place: Path, shard: int, blobs: list[bytes]) -> int:
    rows = [orjson.loads(line)[1] for line in write_lines(place, shard, blobs)]
    save(place / f"{shard}.npy", np.array(sorted(rows), np.int64))
    return shard


def write_lines(place: Path, shard: int, blobs: list[bytes]) -> list[bytes]:
    """Write what a shard is told as sorted lines."""
    lines = sorted(b"".join(blobs).splitlines())
    with replacing(place / f"{shard}.json") as out:
        out.writelines(line + b"\n" for line in lines)
    return lines
