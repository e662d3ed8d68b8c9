"""Find shared paragraphs: a long paragraph that articles of different sites have is kept in the best ranked one alone.

Only articles that no other step drops are compared. Long paragraphs are sent to the part of the hash of their tokens,
where equal ones meet, and the decisions are sent back to their shards.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.arrays import distinct, first_of_equal
from cleaner.audit.tally import site_or_folder
from cleaner.corpus.addressed_lines import emit_lines, save_lines
from cleaner.corpus.duplicates import Decisions
from cleaner.corpus.order import Ranks, rank_shards
from cleaner.corpus.shards import SHARD, ShardSet, id_hash
from cleaner.engine.columns import binary_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, save_strings, sorted_records
from cleaner.neardup.paragraphs import long_paragraphs
from cleaner.options import Options

__all__ = ["SharedParagraphs", "find_shared_paragraphs"]

_FOUND = np.dtype(
    [("a", np.uint64), ("b", np.uint64), ("rank", np.int64), ("start", np.int64), ("site", np.uint64), ("at", np.int64)]
)
"""A paragraph: the hash of its tokens, the rank of its article, its offset there, site and address of the article."""

_OF_AN_ARTICLE = 6
"""About how many long paragraphs an article has, from which the number of parts follows."""


@dataclass(frozen=True, slots=True)
class SharedParagraphs:
    """The paragraphs to remove. A line is JSON: `[offset of its start in the clean text, id of the keeper]`."""

    shards: ShardSet
    table: Table

    def of_shard(self, number: int) -> dict[int, list[tuple[int, str]]]:
        """Return the paragraphs to remove in a shard, by row and in the order of the text: (start, id of the
        keeper)."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for row, line in self.shards.lines(self.table, number):
            start, keeper = orjson.loads(line)
            found[row].append((start, keeper))
        return {row: sorted(some) for row, some in found.items()}


def find_shared_paragraphs(shuffle: Shuffle, decisions: Decisions, options: Options) -> SharedParagraphs:
    """Find the paragraphs to remove, of `options.dedup_paragraphs` words or more."""
    shards = decisions.shards
    ranks = rank_shards(shuffle, shards, options.keep_duplicate)
    parts = shuffle.parts("paragraphs", len(ranks) * _OF_AN_ARTICLE * _FOUND.itemsize)
    shared, table = shuffle.table("paragraphs-shared"), shuffle.table("paragraphs")
    emit = partial(_emit_paragraphs, ranks, decisions, options.dedup_paragraphs, parts)
    found = shuffle.reduce("paragraphs-shared", shards.numbers, emit, partial(_find_shared, shared, ranks))
    shuffle.reduce("paragraphs", found, partial(emit_lines, shards, shared), partial(save_lines, table))
    return SharedParagraphs(shards, table)


def _emit_paragraphs(ranks: Ranks, decisions: Decisions, least: int, parts: int, number: int) -> Emitted:
    """Emit the long paragraphs of the kept articles of a shard, as _FOUND records, to the parts of their hashes."""
    rows, ranked = ranks.of_shard(number)
    stays = ~np.isin(rows, [*decisions.of_shard(number)[0]])
    rows, ranked = rows[stays], ranked[stays]
    records = [*map(orjson.loads, binary_values(ranks.shards.read(number, "record")["record"], rows))]
    of, starts, hashes = long_paragraphs([record["text"] for record in records], least)
    sites = np.array([id_hash(site_or_folder(record)) for record in records], np.uint64)
    found: NDArray[Any] = np.empty(len(of), _FOUND)
    found["a"], found["b"] = hashes[:, 0], hashes[:, 1]
    found["rank"], found["start"], found["site"] = ranked[of], starts, sites[of]
    found["at"] = np.int64(number) << SHARD | rows[of]
    return partition(found, (found["a"] % np.uint64(parts)).astype(np.int64))


def _find_shared(table: Table, ranks: Ranks, part: int, packed: bytes) -> int:
    """Save the paragraphs to remove: of equal ones on several sites, all but those of the best ranked article."""
    found = sorted_records(packed, _FOUND)
    firsts = np.flatnonzero(first_of_equal(found["a"], found["b"]))
    sizes = np.diff(firsts, append=len(found))
    several = np.minimum.reduceat(found["site"], firsts) != np.maximum.reduceat(found["site"], firsts)
    keeper = np.repeat(found["rank"][firsts], sizes)
    goes = np.repeat(several, sizes) & (found["rank"] != keeper)
    gone, keeper = found[goes], keeper[goes]
    keepers = distinct(keeper)
    ids = ranks.ids(keepers)
    order = np.argsort(gone["at"], kind="stable")
    columns = (gone["start"][order].tolist(), np.searchsorted(keepers, keeper[order]).tolist())
    lines = [orjson.dumps([start, ids[i]]) for start, i in zip(*columns, strict=True)]
    save_strings(table, part, gone["at"][order], lines)
    return part
