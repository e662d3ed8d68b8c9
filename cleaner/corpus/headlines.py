"""Find the lines that are headlines of other articles of their site, over all shards.

cleaner/repeats/headlines.py says when such a line is a link and not a sentence of its article.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct
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
    """The keys of the lines of each shard that are headlines of other articles, in files or held by the table."""

    shards: ShardSet
    table: Table

    def of_shard(self, number: int) -> Keys:
        """Return the sorted keys of one shard. A title of one of its own articles may be among them: another article of
        the shard has it as a line."""
        return distinct(self.shards.of_shard(self.table, number, _LINK)["key"])


def find_linked_headlines(shuffle: Shuffle, shards: ShardSet, lines: Lines, total: int) -> Headlines | None:
    """Find the lines of each shard that are headlines of other articles of their site; None where there are no titles.

    `total` is about how many lines there are.
    """
    if not sum(shuffle.each("titles-counted", partial(_count_titles, lines), shards.numbers)):
        return None
    parts = shuffle.parts("headlines", total * HEADLINE.itemsize)
    found = shuffle.table("headlines-found")
    tasks = shuffle.reduce(
        "headlines-found", shards.numbers, partial(_emit_headlines, lines, parts), partial(_find_linked, found)
    )
    return Headlines(shards, send_to_shards(shuffle, "headlines-linked", shards, tasks, found.load, _LINK))


def _count_titles(lines: Lines, number: int) -> int:
    """Return how many articles of a shard have a title."""
    return int(np.count_nonzero(lines(number).titles))


def _emit_headlines(lines: Lines, parts: int, number: int) -> Emitted:
    """Emit the titles and the possible headlines of a shard to the parts of their keys."""
    records = headline_records(lines(number), number << 32)
    return partition(records, key_part(records["key"], parts))


def _find_linked(table: Table, part: int, packed: bytes) -> int:
    """Save the address and key of each line of a part that is the headline of another article. Returns the part."""
    found = find_headlines(sorted_records(packed, HEADLINE))
    links: NDArray[Any] = np.empty(len(found), _LINK)
    links["address"], links["key"] = found["address"], found["key"]
    table.save(part, links)
    return part
