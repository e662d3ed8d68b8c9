"""Find the lines that repeat per site, over all shards. cleaner/repeats/repeats.py says when a line repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import first_of_equal
from cleaner.corpus.ids import key_part
from cleaner.corpus.shards import LINES, SHARD, ShardSet, lines_of, send_to_shards
from cleaner.engine.shuffle import Emitted, InMemory, Shuffle, Table, partition, sorted_records
from cleaner.repeats.repeats import (
    ANCHOR,
    OCCURRENCE,
    Repeats,
    count_equal,
    distinct_anchors,
    find_occurrences,
    find_repeats,
)
from cleaner.repeats.site_lines import FIRST, SiteLines

__all__ = ["LINES_OF_AN_ARTICLE", "find_site_repeats", "learn_repeats", "lines_of_shard"]

Lines = Callable[[int], SiteLines]
"""The lines of a shard, by its number."""

LINES_OF_AN_ARTICLE = 20
"""About how many lines an article has, from which the number of parts follows."""

_COUNT = np.dtype([("key", np.uint64), ("address", np.int64), ("count", np.int64)])
_COMMON = np.dtype([("address", np.int64), ("key", np.uint64), ("count", np.int64)])


def learn_repeats(batches: Sequence[SiteLines]) -> Repeats:
    """Find the lines that repeat in some batches of lines, as if each were a shard, in the calling process."""
    shards, total = ShardSet(None, len(batches)), sum(len(batch.keys) for batch in batches)
    return find_site_repeats(Shuffle(InMemory(), None, 1 << 30), shards, batches.__getitem__, total)


def lines_of_shard(shards: ShardSet, number: int) -> SiteLines:
    """Return the lines that `read_stage` wrote to a shard."""
    return lines_of(shards.read(number, *LINES))


def find_site_repeats(shuffle: Shuffle, shards: ShardSet, lines: Lines, total: int) -> Repeats:
    """Find the lines that repeat per site. `total` is about how many lines there are.

    First every line is counted by its key, and each shard gets the counts of its lines that stand in more than one
    article: only these can repeat, and the counts decide which line is the anchor of an article. Then a second shuffle
    brings these lines together by key, each with the anchor of its article, and the anchors by site.
    """
    parts = shuffle.parts("lines", total * OCCURRENCE.itemsize)
    counted = shuffle.table("lines-counted")
    tasks = shuffle.reduce(
        "lines-counted", shards.numbers, partial(_count_lines, lines, parts), partial(_find_common, counted)
    )
    common = send_to_shards(shuffle, "lines-common", shards, tasks, counted.load, _COMMON)
    found = shuffle.table("lines-found")
    kinds = shuffle.reduce(
        "lines-found",
        shards.numbers,
        partial(_emit_occurrences, shards, lines, common, parts),
        partial(_bring_together, found, parts),
    )
    # parts of sites are ranges of their keys, so that their tables make one sorted table
    sites = [found.load(part) for part in sorted(kinds) if part >= parts]
    found.save("sites", np.concatenate([np.zeros((2, 0), np.uint64), *sites], axis=1))
    tasks = sorted(part for part in kinds if part < parts)
    repeating = shuffle.table("lines-repeating")
    shuffle.each("lines-repeating", partial(_find_repeats_of_part, found, repeating), tasks)
    columns = np.concatenate([np.zeros((4, 0), np.uint64), *map(repeating.load, tasks)], axis=1)
    return Repeats(columns[0], *(column.astype(np.int64) for column in columns[1:]))


def _count_lines(lines: Lines, parts: int, number: int) -> Emitted:
    """Emit every key of a shard with the number of its articles there."""
    batch = lines(number)
    # each key once an article: what stands ten times in one article stands in one
    keys, counts = count_equal(np.sort(batch.keys[(batch.marks & FIRST) > 0]))
    records: NDArray[Any] = np.empty(len(keys), _COUNT)
    records["key"], records["count"], records["address"] = keys, counts, np.int64(number) << SHARD
    return partition(records, key_part(keys, parts))


def _find_common(table: Table, part: int, packed: bytes) -> int:
    """Save the keys that stand in at least two articles, for each shard that has them. Returns the part."""
    counted = sorted_records(packed, _COUNT)
    firsts = np.flatnonzero(first_of_equal(counted["key"]))
    # most lines stand in one article only, and are left out here
    totals = np.repeat(np.add.reduceat(counted["count"], firsts), np.diff(firsts, append=len(counted)))
    common: NDArray[Any] = np.empty(int((totals > 1).sum()), _COMMON)
    common["key"], common["address"] = counted["key"][totals > 1], counted["address"][totals > 1]
    common["count"] = totals[totals > 1]
    table.save(part, common)
    return part


def _emit_occurrences(shards: ShardSet, lines: Lines, common: Table, parts: int, number: int) -> Emitted:
    """Emit common lines with the anchors of their articles to parts by key, and anchors to further parts by site."""
    known = shards.of_shard(common, number, dtype=_COMMON)
    keys, counts = np.ascontiguousarray(known["key"]), np.ascontiguousarray(known["count"])
    found, anchors = find_occurrences(lines(number), keys, counts, number << 32)
    yield from partition(found, key_part(found["key"], parts))
    yield from partition(anchors, parts + key_part(anchors["site"], parts))


def _bring_together(table: Table, parts: int, part: int, packed: bytes) -> int:
    """Save the sorted occurrences of a part of keys, or for a part of sites how many anchors each site has."""
    if part < parts:
        table.save(part, sorted_records(packed, OCCURRENCE))
    else:
        anchors = distinct_anchors(np.frombuffer(packed, ANCHOR))
        table.save(part, np.stack([column.astype(np.uint64) for column in count_equal(anchors["site"])]))
    return part


def _find_repeats_of_part(found: Table, repeating: Table, part: int) -> None:
    """Save the columns of `Repeats` for the keys of one part."""
    sites, anchors = found.load("sites")
    columns = find_repeats(found.load(part), sites, anchors.astype(np.int64))
    repeating.save(part, np.stack([column.astype(np.uint64) for column in columns]))
