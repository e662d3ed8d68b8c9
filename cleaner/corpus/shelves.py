"""Articles that have candidates, spread: their tokens by shard, what recurs on their sites, signatures without that."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.corpus.bands import Met
from cleaner.corpus.ranks import RANKED, Ranked, Shard, to_shards
from cleaner.corpus.stages import sketch_column
from cleaner.engine.columns import binary_values, list_column, list_values, number_column, number_values
from cleaner.engine.shuffle import Blobs, Steps, deal, load, order_of, rows_of, save
from cleaner.engine.work import read_shard, write_shard
from cleaner.neardup.columns import Room, distinct, ranges
from cleaner.neardup.minhash import PERMUTATIONS
from cleaner.neardup.places import sign_again
from cleaner.neardup.shingles import shingle_counts
from cleaner.neardup.site_shingles import SiteShingles, recurring_in, share_out
from cleaner.neardup.token_store import TokenStore
from cleaner.neardup.tokens import tokenize
from cleaner.neardup.verify import Articles

__all__ = ["Shelves", "shelve"]

_PLACE = np.dtype([("rank", np.int64), ("shard", np.int64), ("at", np.int64)])
_SMALL = ("row", "rank", "site", "broken", "least")


@dataclass(frozen=True, slots=True)
class Held:
    """What a shard's shelf holds, by its own places: columns, and the tokens one behind the other."""

    rows: NDArray[np.int64]
    ranks: NDArray[np.int64]
    sites: NDArray[np.int64]
    broken: NDArray[np.bool_]
    least: NDArray[np.uint32]
    starts: NDArray[np.int64]
    tokens: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Shingles of every article."""
        return shingle_counts(np.diff(self.starts))

    @classmethod
    def open(cls, path: Path) -> Held:
        """What `_fill` wrote; the tokens are mapped, not read."""
        table, _ = read_shard(path, (*_SMALL, "tokens"))
        starts, tokens = list_values(table["tokens"])
        rows, ranks, sites, broken, least = (number_values(table[name]) for name in _SMALL)
        return cls(rows, ranks, sites, broken, least, starts, tokens)


_Found = tuple[Held, NDArray[np.int64], NDArray[np.int64]]
"""A shard's shelf, places on it, and places on the shelf that is put together."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """The shelves of all shards that have candidates, and what was learned from them."""

    ranked: Ranked
    folder: Path
    shards: tuple[int, ...]
    shingles: int

    def held(self, shard: int) -> Held:
        """The shelf of one shard."""
        return Held.open(self.folder / "shelves" / f"{shard}.arrow")

    def recurring(self) -> SiteShingles:
        """What recurs, mapped."""
        return SiteShingles(*(load(self.folder / f"recurring-{name}.npy") for name in ("keys", "sites", "sieve")))

    def signatures(self, ranks: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Signatures without what recurs, of articles that have candidates; `ranks` are sorted."""
        signatures = np.empty((len(ranks), PERMUTATIONS), np.uint32)
        for shard, places, rows in self.ranked.find(ranks):
            signed = load(self.folder / "signed" / f"{shard}.npy")
            signatures[places] = signed[np.searchsorted(self.held(shard).rows, rows)]
        return signatures

    def enough(self, shard: int) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Signatures and ranks of the articles that lost furniture and kept enough to be met by what is left."""
        at = load(self.folder / "signed" / f"{shard}.enough.npy")
        return load(self.folder / "signed" / f"{shard}.npy")[at], self.held(shard).ranks[at]

    def articles(self, ranks: NDArray[np.int64], room: Room) -> Articles:
        """What verification needs of these articles, by place in `ranks`, which are sorted."""
        found = []
        for shard, places, rows in self.ranked.find(ranks):
            held = self.held(shard)
            found.append((held, np.searchsorted(held.rows, rows), places))
        sites, broken = np.empty(len(ranks), np.int64), np.empty(len(ranks), np.bool_)
        for held, at, places in found:
            sites[places], broken[places] = held.sites[at], held.broken[at]
        return Articles(_gather(found, len(ranks), room), self.recurring(), sites, broken)


def shelve(steps: Steps, ranked: Ranked, shards: Sequence[Shard], met: Met, names: Path) -> Shelves:
    """Put the tokens of all articles in pairs on shelves, learn what recurs per site, sign anew what has some."""
    place = steps.place("shelves")
    paths = {shard.number: shard.path for shard in shards}
    filled = steps.exchange(
        "shelves", range(len(met.files)), partial(_wanted, ranked, met), partial(_fill, place, paths, names)
    )
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for _, totals in filled:
        for site, count, size in totals:
            sums[site][0] += count
            sums[site][1] += size
    sites = np.array(sorted(sums), np.int64)
    counts, sizes = (np.array([sums[site][i] for site in sites.tolist()], np.int64) for i in (0, 1))
    shelves = Shelves(ranked, steps.folder, tuple(shard for shard, _ in filled), int(sizes.sum()))
    # articles without a site have nothing in common that could recur on it, however many they are
    _learn(steps, shelves, sites, share_out(np.where(sites < 0, 0, counts), sizes))
    steps.place("signed")
    steps.each("signed", partial(_sign, shelves, paths, steps.memory), shelves.shards)
    return shelves


def _wanted(ranked: Ranked, met: Met, number: int) -> Blobs:
    pairs = met.pairs(number)
    ranks = distinct(np.concatenate([pairs.low, pairs.high]))
    yield from to_shards(ranked, ranks, ranks)


def _fill(
    place: Path, paths: dict[int, Path], names: Path, shard: int, blobs: list[bytes]
) -> tuple[int, list[list[int]]]:
    rows = rows_of(blobs, RANKED)
    rows = rows[np.sort(np.unique(rows["row"], return_index=True)[1])]
    rows = rows[order_of(rows)]
    table, _ = read_shard(paths[shard], ("record", "site", "broken", "signatures"))
    records, homes = binary_values(table["record"]), binary_values(table["site"])
    tokens = tokenize([orjson.loads(records[row])["text"] for row in rows["row"].tolist()])
    sites = _site_numbers([bytes(homes[row]) for row in rows["row"].tolist()], names)
    columns = {
        "row": rows["row"],
        "rank": rows["rank"],
        "site": sites,
        "broken": sketch_column(table, "broken")[rows["row"]].astype(np.uint8),
        "least": sketch_column(table, "signatures")[rows["row"], 0],
    }
    arrays = {name: number_column(column) for name, column in columns.items()}
    write_shard(place / f"{shard}.arrow", arrays | {"tokens": list_column(tokens.starts, tokens.hashes)})
    lengths = shingle_counts(np.diff(tokens.starts))
    met, inverse = np.unique(sites, return_inverse=True)
    counts, sizes = np.bincount(inverse), np.bincount(inverse, lengths).astype(np.int64)
    return shard, np.stack([met, counts, sizes], axis=1).tolist()


def _site_numbers(sites: Sequence[bytes], names: Path) -> NDArray[np.int64]:
    """Places in the sorted file of all names, of which only a few pages are read; -1 for the site ""."""
    ends, letters = list_values(read_shard(names, ("site",))[0]["site"])
    number = {
        s: bisect_left(range(len(ends) - 1), s, key=lambda i: letters[ends[i] : ends[i + 1]].tobytes())
        for s in dict.fromkeys(filter(None, sites))
    }
    return np.array([number[site] if site else -1 for site in sites], np.int64)


def _gather(found: Sequence[_Found], articles: int, room: Room) -> TokenStore:
    """A shelf of articles that stand on the shelves of many shards."""
    counts = [held.starts[at + 1] - held.starts[at] for held, at, _ in found]
    shelf = TokenStore(articles, sum(int(c.sum()) for c in counts), room)
    for (held, at, places), count in zip(found, counts, strict=True):
        starts = np.concatenate([[0], np.cumsum(count)])
        shelf.add_tokens(places, held.tokens[ranges(held.starts[at], count)], starts)
    return shelf


def _learn(steps: Steps, shelves: Shelves, sites: NDArray[np.int64], groups: NDArray[np.int64]) -> None:
    """What recurs, group of sites by group, in three files."""
    place = steps.place("recurring")
    taken = steps.exchange(
        "recurring",
        shelves.shards,
        partial(_grouped, shelves, sites, groups),
        partial(_recurring, shelves, place, steps.memory),
    )
    none = np.zeros(0, np.uint64)
    keys = distinct(np.concatenate([none, *(load(place / f"{group}.npy") for group, _ in taken)]))
    concerned = distinct(np.array([site for _, sites in taken for site in sites], np.int64))
    found = SiteShingles.of(keys, concerned)
    for name in ("keys", "sites", "sieve"):
        save(steps.folder / f"recurring-{name}.npy", getattr(found, name))


def _grouped(shelves: Shelves, sites: NDArray[np.int64], groups: NDArray[np.int64], shard: int) -> Blobs:
    held = shelves.held(shard)
    rows = np.empty(len(held), _PLACE)
    rows["rank"], rows["shard"], rows["at"] = held.ranks, shard, np.arange(len(held))
    group = groups[np.searchsorted(sites, held.sites)]
    yield from deal(rows[group >= 0], group[group >= 0])


def _recurring(shelves: Shelves, place: Path, memory: int, group: int, blobs: list[bytes]) -> tuple[int, list[int]]:
    rows = rows_of(blobs, _PLACE)
    rows = rows[order_of(rows)]
    sites, least = np.empty(len(rows), np.int64), np.empty(len(rows), np.uint32)
    with Room(memory, place) as room:
        found = []
        for shard in distinct(rows["shard"]).tolist():
            held = shelves.held(shard)
            places = np.flatnonzero(rows["shard"] == shard)
            at = rows["at"][places]
            sites[places], least[places] = held.sites[at], held.least[at]
            found.append((held, at, places))
        shelf = _gather(found, len(rows), room)
        by_site = np.argsort(sites, kind="stable")
        keys, concerned = recurring_in(shelf, by_site, sites[by_site], least[by_site])
    save(place / f"{group}.npy", keys)
    return group, concerned.tolist()


def _sign(shelves: Shelves, paths: dict[int, Path], memory: int, shard: int) -> int:
    held = shelves.held(shard)
    place = shelves.folder / "signed"
    with Room(memory, place) as room:
        shelf = TokenStore(len(held), len(held.tokens), room)
        shelf.add_tokens(np.arange(len(held)), held.tokens, held.starts)
        signatures = room.column(np.uint32, 0)
        signatures.append(sketch_column(read_shard(paths[shard], ("signatures",))[0], "signatures")[held.rows].ravel())
        articles = Articles(shelf, shelves.recurring(), held.sites, held.broken.astype(np.bool_))
        signed, enough = sign_again(articles, signatures, room)
        save(place / f"{shard}.npy", signed.read().reshape(-1, PERMUTATIONS))
    save(place / f"{shard}.enough.npy", enough)
    return len(enough)
