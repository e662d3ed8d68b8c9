"""Split the output into parts such as train and test.

With `--split` all articles that are connected by verified pairs get one part, with `--split-by site` all articles of
one site. A component has the hash of its least id, a site that of its name, and the parts are filled in the order of
these hashes: the first ones get the first part, until that has its share. So the parts depend neither on the order of
the input nor on the ranks, and no share is wrong by more than the largest component.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.assignments import split_shares
from cleaner.audit.tally import site_or_folder
from cleaner.corpus.addressed_lines import emit_lines, join_by_part, save_by_address, save_lines
from cleaner.corpus.duplicates import Decisions
from cleaner.corpus.keepers import ALONE
from cleaner.corpus.order import Ranks, rank_shards
from cleaner.corpus.shards import ADDRESSED, ROW, ShardSet, id_hash, send_to_shards, text_of
from cleaner.engine.columns import binary_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition
from cleaner.options import Options

__all__ = ["ACROSS", "Portions", "split_corpus"]

ACROSS = "split"
"""The reason for which an article is dropped that has a copy in a larger part of the split."""

_BITS = 20
"""Hashes are counted by so many leading bits: 8 MB, whatever the corpus. With a million bins a bin of 100 million
articles holds a hundred, far below any share."""

_BYTES = 100  # of an article that has copies, in the shuffle by component


@dataclass(frozen=True, slots=True)
class Portions:
    """The part of every article. `table` has the array `bins`: the part of each bin of hashes, by its number."""

    shards: ShardSet
    shares: dict[str, float]
    by_site: bool
    components: Table  # ADDRESSED: the hash of its component, for each article that is not alone
    table: Table

    def bins(self, number: int) -> NDArray[np.int64]:
        """Return the bin of every row of a shard."""
        if self.by_site:
            cells = self.shards.read(number, "site", "record")
            names, records = binary_values(cells["site"]), binary_values(cells["record"])
            hashes = [
                id_hash(name if len(name) else site_or_folder(orjson.loads(record)))
                for name, record in zip(names, records, strict=True)
            ]
        else:
            hashes = [*map(id_hash, binary_values(self.shards.read(number, "id")["id"]))]
        keys = np.array(hashes, np.uint64)
        known = self.shards.of_shard(self.components, number)
        keys[known["address"] & ROW] = known["value"].view(np.uint64)
        return (keys >> np.uint64(64 - _BITS)).astype(np.int64)

    def numbers(self, number: int) -> NDArray[np.int64]:
        """Return for every row of a shard the number of its part."""
        return self.table.load("bins")[self.bins(number)]

    def of_shard(self, number: int) -> list[str]:
        """Return for every row of a shard the name of its part."""
        names = [*self.shares]
        return [names[part] for part in self.numbers(number).tolist()]

    def emit_bins(self, decisions: Decisions | None, parts: int, number: int) -> Emitted:
        """Emit the bins of the articles that are written (all if `decisions` is None) to the parts of these bins."""
        bins = self.bins(number)
        if decisions is not None:
            rows = self.shards.alive(number)
            bins = bins[np.setdiff1d(rows, [*decisions.of_shard(number)[0]])]
        return partition(bins, bins * parts >> _BITS)

    def count_bins(self, part: int, packed: bytes) -> int:
        """Save how many articles each bin of one part has. Returns the part."""
        self.table.save(part, np.stack(np.unique(np.frombuffer(packed, np.int64), return_counts=True)))
        return part

    def choose_parts(self, counted: Sequence[int]) -> None:
        """Fill the parts with the bins, in order: a bin belongs to the part in which its middle lies."""
        counts = np.zeros(1 << _BITS, np.int64)
        for part in counted:
            bins, numbers = self.table.load(part)
            counts[bins] = numbers
        # the middle, so that a large bin is as likely to overfill a part as to leave it short
        middle = (np.cumsum(counts) - counts / 2) / max(1, counts.sum())
        limits = np.cumsum([*self.shares.values()])[:-1]
        self.table.save("bins", np.searchsorted(limits, middle, side="right"))


def split_corpus(shuffle: Shuffle, decisions: Decisions, options: Options) -> tuple[Portions, Decisions]:
    """Split what is written. Returns the portions, and the decisions with the drops of copies that lie across sites."""
    shards = decisions.shards
    ranks, labels = rank_shards(shuffle, shards, options.keep_duplicate), shuffle.table("labels")
    by_site = options.split_by == "site"
    components = shuffle.table("portion-components")
    portions = Portions(shards, split_shares(options.split), by_site, components, shuffle.table("portions"))
    parts = shuffle.parts("portions", len(ranks) * _BYTES)
    if not by_site:
        hashed = shuffle.table("portions-hashed")
        emit = partial(_emit_members, ranks, labels, parts, None)
        done = shuffle.reduce("portions-hashed", shards.numbers, emit, partial(hash_components, hashed))
        send_to_shards(shuffle, "portion-components", shards, done, hashed.load)
    written = None if options.mark else decisions
    counted = shuffle.reduce(
        "portions-counted",
        shards.numbers,
        partial(portions.emit_bins, written, parts),
        portions.count_bins,
    )
    shuffle.once("portions-bins", lambda: portions.choose_parts(counted))
    if not by_site:
        return portions, decisions
    across, table = shuffle.table("portions-across"), shuffle.table("portions-dropped")
    emit = partial(_emit_members, ranks, labels, parts, (portions, decisions))
    found = shuffle.reduce(
        "portions-across", shards.numbers, emit, partial(_drop_across, across, list(portions.shares.items()))
    )
    shuffle.reduce("portions-dropped", found, partial(emit_lines, shards, across), partial(save_lines, table))
    return portions, replace(decisions, tables=(*decisions.tables, table))


def _emit_members(
    ranks: Ranks, labels: Table, parts: int, of_sites: tuple[Portions, Decisions] | None, number: int
) -> Emitted:
    """Emit lines [component, rank, address, id, part] of the articles that are neither alone nor dropped, by component.

    The part is 0 where the parts are not chosen yet.
    """
    rows, ranked = ranks.of_shard(number)
    component = labels.load("verified")[ranked]
    there = component != ALONE
    portion = np.zeros(0, np.int64)
    if of_sites:
        portion, dropped = of_sites[0].numbers(number), of_sites[1].of_shard(number)[0]
        there &= ~np.isin(rows, [*dropped])
    rows, ranked, component = rows[there], ranked[there], component[there]
    ids = map(text_of, binary_values(ranks.shards.read(number, "id")["id"], rows))
    columns = zip(component.tolist(), ranked.tolist(), rows.tolist(), ids, strict=True)
    lines = (
        [root, rank, number << 32 | row, id, int(portion[row]) if of_sites else 0] for root, rank, row, id in columns
    )
    return join_by_part((line[0] % parts, orjson.dumps(line) + b"\n") for line in lines)


def _by_component(packed: bytes) -> list[list[list[Any]]]:
    """Return the members of each component as [rank, address, id, part], the best ranked first."""
    groups: dict[int, list[list[Any]]] = defaultdict(list)
    for line in packed.splitlines():
        root, *member = orjson.loads(line)
        groups[root].append(member)
    return [sorted(group) for group in groups.values()]


def _drop_across(table: Table, shares: Sequence[tuple[str, float]], part: int, packed: bytes) -> int:
    """Save lines of `Decisions`: of a component, the articles in the part with the largest share are kept."""
    lines: list[tuple[int, bytes]] = []
    for group in _by_component(packed):
        there = {portion for *_, portion in group}
        stays = max(there, key=lambda portion: (shares[portion][1], -portion))
        _, keeper_address, keeper, _ = next(member for member in group if member[3] == stays)
        for _, address, id, portion in group:
            if portion != stays:
                detail = f"{shares[portion][0]}, while {shares[stays][0]} has a copy"
                lines.append((address, orjson.dumps(["drop", id, ACROSS, detail, keeper, 0.0, 0.0])))
                lines.append((keeper_address, orjson.dumps(["kept", id])))
    save_by_address(table, part, lines)
    return part


def hash_components(table: Table, part: int, packed: bytes) -> int:
    """Save the hash of its component for each article that is not alone, as ADDRESSED records. Returns the part."""
    found: list[tuple[int, int]] = []
    for group in _by_component(packed):
        hashed = id_hash(min(id for _, _, id, _ in group))
        found += [(address, hashed) for _, address, _, _ in group]
    records: NDArray[Any] = np.empty(len(found), ADDRESSED)
    records["address"] = [address for address, _ in found]
    records["value"] = np.array([hashed for _, hashed in found], np.uint64).view(np.int64)
    table.save(part, records)
    return part
