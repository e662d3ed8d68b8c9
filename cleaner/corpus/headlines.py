"""The headlines of a site that stand in other articles of it, over all shards.

What makes such a line a link is in cleaner/repeats/headlines.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.corpus.ids import key_part
from cleaner.corpus.repeats import Lines
from cleaner.corpus.shards import ShardSet, send_to_shards
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, sorted_records
from cleaner.repeats.headlines import HEADLINE, find_headlines, headline_records
from cleaner.repeats.site_lines import Keys

__all__ = ["Headlines", "find_linked_headlines"]

_LINK = np.dtype([("address", np.int64), ("key", np.uint64)])


@dataclass(frozen=True, slots=True)
class Headlines:
    """For each shard the keys of its lines that are headlines of other articles; in files, or held by the table."""

    shards: ShardSet
    table: Table

    def of_shard(self, number: int) -> Keys:
        """Sorted keys; an article's own title may be among them, for another article of the shard has it as a line."""
        return np.unique(self.shards.of_shard(self.table, number, _LINK)["key"])


def find_linked_headlines(shuffle: Shuffle, shards: ShardSet, lines: Lines, total: int) -> Headlines | None:
    """Which lines of which shard are headlines of other articles of its site; None where no article has a title.

    `total`: about how many lines there are.
    """
    if not sum(shuffle.each("titles-counted", partial(_count_titles, lines), shards.numbers)):
        return None
    parts = shuffle.parts("headlines", total * HEADLINE.itemsize)
    found = shuffle.table("headlines-found")
    tasks = shuffle.reduce("headlines-found", shards.numbers, partial(_emit, lines, parts), partial(_find, found))
    return Headlines(shards, send_to_shards(shuffle, "headlines-linked", shards, tasks, found.load, _LINK))


def _count_titles(lines: Lines, number: int) -> int:
    return int(np.count_nonzero(lines(number).titles))


def _emit(lines: Lines, parts: int, number: int) -> Emitted:
    records = headline_records(lines(number), number << 32)
    return partition(records, key_part(records["key"], parts))


def _find(table: Table, part: int, packed: bytes) -> int:
    found = find_headlines(sorted_records(packed, HEADLINE))
    links: NDArray[Any] = np.empty(len(found), _LINK)
    links["address"], links["key"] = found["address"], found["key"]
    table.save(part, links)
    return part
