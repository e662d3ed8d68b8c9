"""One record for each URL: of the crawls of one page only the newest, or the longest, stays."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Any

import numpy as np
import orjson

from cleaner.corpus.shards import ShardSet, id_hash, text_of
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table, load_strings, save_strings

__all__ = ["SAME_URL", "emit_lines", "find_same_urls", "save_lines"]

SAME_URL = "same-url"

_BYTES = 160  # of an article with its URL and id, on its way to the part of its URL


def find_same_urls(shuffle: Shuffle, shards: ShardSet, keep: str) -> Table:
    """Which articles go because of their URL: lines of JSON by address, as `Decisions` reads them.

    `keep` is "newest" by date, or "longest"; of equals the first in the manifest stays.
    """
    articles = sum(shuffle.each("urls-counted", shards.count_alive, shards.numbers))
    parts = shuffle.parts("urls", articles * _BYTES)
    dropped, table = shuffle.table("urls-dropped"), shuffle.table("urls")
    found = shuffle.reduce(
        "urls-dropped", shards.numbers, partial(_emit_urls, shards, keep, parts), partial(_choose, dropped)
    )
    shuffle.reduce("urls", found, partial(emit_lines, shards, dropped), partial(save_lines, table))
    return table


def _emit_urls(shards: ShardSet, keep: str, parts: int, number: int) -> Emitted:
    table = shards.read(number, "url", "date", "length", "id")
    urls, dates, ids = (binary_values(table[name]) for name in ("url", "date", "id"))
    lengths = number_values(table["length"]).tolist()
    lines: dict[int, list[bytes]] = defaultdict(list)
    for row in shards.alive(number).tolist():
        if len(urls[row]):  # articles without a URL are no crawls of one page
            key: Any = text_of(dates[row]) if keep == "newest" else lengths[row]
            known = id_hash(urls[row])
            line = [known, key, number << 32 | row, text_of(ids[row]), text_of(urls[row])]
            lines[known % parts].append(orjson.dumps(line) + b"\n")
    for part, packed in lines.items():
        yield part, b"".join(packed)


def _choose(table: Table, part: int, packed: bytes) -> int:
    """A line for every record but the best of each URL."""
    groups: dict[int, list[list[Any]]] = defaultdict(list)
    for line in packed.splitlines():
        known, *record = orjson.loads(line)
        groups[known].append(record)
    lines: list[tuple[int, bytes]] = []
    for group in groups.values():
        # the address is in the order of the manifest: of equals the first stays
        best = max(group, key=lambda record: (record[0], -record[1]))
        for _, address, id, url in group:
            if address != best[1]:
                lines.append((address, orjson.dumps(["drop", id, SAME_URL, url, best[2], 0.0, 0.0])))
    lines.sort()
    save_strings(table, part, np.array([address for address, _ in lines], np.int64), [line for _, line in lines])
    return part


def emit_lines(shards: ShardSet, table: Table, part: int) -> Emitted:
    """The lines of a part, each with its address, on their way to their shards."""
    addresses = table.load(part)["address"]
    groups = shards.groups(addresses).tolist()
    by_group: dict[int, list[bytes]] = defaultdict(list)
    lines = load_strings(table, part, np.arange(len(addresses)))
    for group, address, line in zip(groups, addresses.tolist(), lines, strict=True):
        by_group[group].append(b"%d\t%s\n" % (address, line))
    for group, packed in by_group.items():
        yield group, b"".join(packed)


def save_lines(table: Table, group: int, packed: bytes) -> int:
    """Keep lines `address TAB JSON` by address. How many articles of the group stay for others comes back."""
    lines = [(int(address), line) for address, _, line in (x.partition(b"\t") for x in packed.splitlines())]
    lines.sort()
    save_strings(table, group, np.array([address for address, _ in lines], np.int64), [line for _, line in lines])
    return len({address for address, line in lines if line.startswith(b'["kept"')})
