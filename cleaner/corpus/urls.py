"""Keep one record for each URL: of several crawls of a page the newest, or the longest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from cleaner.corpus.addressed_lines import emit_lines, join_by_part, save_by_address, save_lines
from cleaner.corpus.shards import ShardSet, id_hash, text_of
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table

__all__ = ["SAME_URL", "find_same_urls"]

SAME_URL = "same-url"
"""The reason of a drop: another crawl of the same page is kept."""

_BYTES = 160  # of an article with its URL and id, in the shuffle by URL


def find_same_urls(shuffle: Shuffle, shards: ShardSet, keep: str) -> Table:
    """Find the articles to drop because of their URL. Returns lines of JSON by address, as `Decisions` reads them.

    `keep` is "newest" by date, or "longest"; of equal ones the first in the manifest is kept.
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
    """Emit the articles of a shard with a URL to the part of its hash: lines [hash, date or length, address, id,
    URL]."""
    table = shards.read(number, "url", "date", "length", "id")
    urls, dates, ids = (binary_values(table[name]) for name in ("url", "date", "id"))
    lengths = number_values(table["length"]).tolist()

    def lines() -> Iterator[tuple[int, bytes]]:
        for row in shards.alive(number).tolist():
            if len(urls[row]):  # articles without a URL are no crawls of one page
                key: Any = text_of(dates[row]) if keep == "newest" else lengths[row]
                known = id_hash(urls[row])
                line = [known, key, number << 32 | row, text_of(ids[row]), text_of(urls[row])]
                yield known % parts, orjson.dumps(line) + b"\n"

    return join_by_part(lines())


def _choose(table: Table, part: int, packed: bytes) -> int:
    """Save a drop, as a line of `Decisions`, for every record but the best of each URL. Returns the part."""
    groups: dict[int, list[list[Any]]] = defaultdict(list)
    for line in packed.splitlines():
        known, *record = orjson.loads(line)
        groups[known].append(record)
    lines: list[tuple[int, bytes]] = []
    for group in groups.values():
        # addresses are in the order of the manifest, so of equal ones the first is kept
        best = max(group, key=lambda record: (record[0], -record[1]))
        for _, address, id, url in group:
            if address != best[1]:
                lines.append((address, orjson.dumps(["drop", id, SAME_URL, url, best[2], 0.0, 0.0])))
    save_by_address(table, part, lines)
    return part
