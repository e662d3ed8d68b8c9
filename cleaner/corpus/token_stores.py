"""Store the tokens of all articles in candidate pairs, find the shingles that recur on their sites (boilerplate), and
make new signatures without these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct
from cleaner.corpus.candidates import Candidates
from cleaner.corpus.order import Ranks
from cleaner.corpus.shards import ADDRESSED, ROW, SHARD, by_group, id_hash, sketch_column
from cleaner.engine.columns import binary_values
from cleaner.engine.shuffle import Emitted, Shuffle, Table, partition, sorted_records
from cleaner.neardup.columns import Room, ranges
from cleaner.neardup.minhash import PERMUTATIONS
from cleaner.neardup.shingles import TokenStore, shingle_counts
from cleaner.neardup.site_shingles import MOST_SHINGLES, SiteShingles, recurring_in, share_out
from cleaner.neardup.tokens import mix
from cleaner.neardup.verify import StoredArticles, sign_without_site_shingles

__all__ = ["TokenStores", "store_tokens"]

_STORED = np.dtype(
    [
        ("address", "i8"),
        ("rank", "i8"),
        ("site", "i8"),  # a hash of its name; -1 is none
        ("start", "i8"),  # where its tokens begin in the array of the group
        ("count", "i8"),  # how many tokens it has
        ("least", "u4"),  # the first value of its signature, which copies share (see site_shingles.py)
        ("broken", "?"),  # whether its text breaks off
        ("page", "i8"),  # a hash of its URL; -1 is none
    ]
)
"""An article of a group of shards."""

# an article in the shuffle that brings the articles of a site together
_PLACE = np.dtype([("rank", np.int64), ("group", np.int64), ("at", np.int64)])
# the articles and shingles of a site in one group
_SITE = np.dtype([("site", np.int64), ("articles", np.int64), ("shingles", np.int64)])


@dataclass(frozen=True, slots=True)
class TokenStores:
    """The tokens and new signatures of all articles in pairs, by group of shards.

    The table has these arrays of group g: `g` (_STORED, by address), `g-tokens`, and after signing `g-signed` (the new
    signatures) and `g-changed` (places of the articles whose signature is another and still has enough shingles).
    """

    ranks: Ranks
    table: Table
    groups: tuple[int, ...]  # groups of shards that have articles in pairs
    shingles: int  # of all these articles; one that several have is counted each time

    def recurring(self) -> SiteShingles:
        """Return the shingles that recur on sites; none before they are learned."""
        columns = (("keys", np.uint64), ("sites", np.int64), ("sieve", np.bool_))
        return SiteShingles(*(self.table.load(f"recurring-{name}", dtype) for name, dtype in columns))

    def signatures(self, ranks: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return the new signatures of sorted ranks, uint32 of shape (n, 128)."""
        signatures = np.empty((len(ranks), PERMUTATIONS), np.uint32)
        for group, places, at in self.find(ranks):
            signatures[places] = self.table.load(f"{group}-signed")[at]
        return signatures

    def changed(self, group: int) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Return the new signatures, and the ranks, of the articles of a group that lost boilerplate and have enough
        left to be candidates by the rest."""
        at = self.table.load(f"{group}-changed")
        return self.table.load(f"{group}-signed")[at], self.table.load(group)["rank"][at]

    def find(self, ranks: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """Yield where sorted ranks are stored: (group, places in `ranks`, places in the group), every group once."""
        addresses = self.ranks.addresses(ranks)
        order = np.argsort(addresses)
        groups = self.ranks.shards.groups(addresses[order])
        for places in np.split(order, np.flatnonzero(np.diff(groups)) + 1) if len(order) else []:
            group = int(self.ranks.shards.groups(addresses[places[:1]])[0])
            yield group, places, np.searchsorted(self.table.load(group)["address"], addresses[places])

    def gather(
        self, found: Iterable[tuple[int, NDArray[np.int64], NDArray[np.int64]]], room: Room
    ) -> tuple[StoredArticles, NDArray[np.uint32]]:
        """Return one store of articles from many groups, and the column `least` of these articles, both by place.

        `found` is as `find` yields it; the places in `ranks` are 0..n-1, each once.
        """
        found = list(found)
        stored: NDArray[Any] = np.empty(sum(len(places) for _, places, _ in found), _STORED)
        for group, places, at in found:
            stored[places] = self.table.load(group)[at]
        store = TokenStore(len(stored), int(stored["count"].sum()), room)
        for group, places, _ in found:
            starts, counts = stored["start"][places], stored["count"][places]
            store.add(places, self.table.load(f"{group}-tokens")[ranges(starts, counts)], counts)
        # copied, for the view of one field would keep all records in memory
        sites, pages, broken = (np.ascontiguousarray(stored[name]) for name in ("site", "page", "broken"))
        return StoredArticles(store, self.recurring(), sites, pages, broken), stored["least"].copy()

    def free(self) -> None:
        """Free the tokens and signatures, which nothing needs once the duplicates are decided."""
        for group in self.groups:
            self.table.free(f"{group}-tokens")
            self.table.free(f"{group}-signed")

    def by_site(self, group: int) -> Emitted:
        """Emit the places of the articles of a group to the parts of their sites; small sites have none."""
        stored, (sites, parts, sizes) = self.table.load(group), self.table.load("sites")
        records: NDArray[Any] = np.empty(len(stored), _PLACE)
        records["rank"], records["group"], records["at"] = stored["rank"], group, np.arange(len(stored))
        site = np.searchsorted(sites, stored["site"])
        # of more than MOST_SHINGLES every so manyth article is counted, by its rank and so alike on every engine
        sampled = mix(stored["rank"].astype(np.uint64)) / 2.0**64 * sizes[site] < MOST_SHINGLES
        counted = sampled & (parts[site] >= 0)
        return partition(records[counted], parts[site[counted]])


def store_tokens(shuffle: Shuffle, ranks: Ranks, candidates: Sequence[Candidates]) -> TokenStores:
    """Store the tokens of all articles in pairs, learn what recurs per site, and sign anew what has some of it."""
    table = shuffle.table("token-stores")
    tasks = [(some, part) for some in candidates for part in some.parts]
    filled = shuffle.reduce(
        "token-stores",
        tasks,
        partial(by_group, ranks.shards, partial(_find_wanted, ranks)),
        partial(_fill, table, ranks),
    )
    stores = TokenStores(ranks, table, tuple(group for group, _ in filled), sum(shingles for _, shingles in filled))
    shuffle.once("recurring", lambda: _learn(shuffle, stores))
    shuffle.each("signed", partial(_sign, stores, shuffle.memory), stores.groups)
    return stores


def _find_wanted(ranks: Ranks, task: tuple[Candidates, int]) -> NDArray[Any]:
    """Return ADDRESSED records of the articles of some pairs, with their ranks."""
    candidates, part = task
    pairs = candidates.pairs(part)
    both = distinct(np.concatenate([pairs.low, pairs.high]))
    wanted: NDArray[Any] = np.empty(len(both), ADDRESSED)
    wanted["value"], wanted["address"] = both, ranks.addresses(both)
    return wanted


def _fill(table: Table, ranks: Ranks, group: int, packed: bytes) -> tuple[int, int]:
    """Store the tokens of the wanted articles of one group. Returns the group, and how many shingles they have."""
    wanted = sorted_records(packed, ADDRESSED)
    wanted = wanted[np.concatenate([[True], np.diff(wanted["address"]) != 0])]
    stored: NDArray[Any] = np.empty(len(wanted), _STORED)
    stored["address"], stored["rank"] = wanted["address"], wanted["value"]
    tokens = []
    for number in distinct(wanted["address"] >> SHARD).tolist():
        mine = slice(*np.searchsorted(wanted["address"], (number << 32, (number + 1) << 32)).tolist())
        rows = wanted["address"][mine] & ROW
        # texts are read once, and only of articles in pairs: a tenth of a usual corpus
        found, stored["count"][mine] = ranks.shards.tokens(number, rows)
        tokens.append(found)
        shard = ranks.shards.read(number, "site", "broken", "signatures")
        names = [bytes(site) for site in binary_values(shard["site"], rows)]
        # a site is known by the hash of its name, so that no process needs a list of all names
        number_of = {name: id_hash(name) >> 1 if name else -1 for name in dict.fromkeys(names)}
        stored["site"][mine] = [number_of[name] for name in names]
        stored["page"][mine] = ranks.shards.pages(number, rows)
        stored["broken"][mine] = sketch_column(shard, "broken")[rows]
        stored["least"][mine] = sketch_column(shard, "signatures")[rows, 0]
    stored["start"] = np.cumsum(stored["count"]) - stored["count"]
    table.save(group, stored)
    table.save(f"{group}-tokens", np.concatenate(tokens))
    lengths = shingle_counts(stored["count"])
    different, at = np.unique(stored["site"], return_inverse=True)
    sites: NDArray[Any] = np.empty(len(different), _SITE)
    sites["site"], sites["articles"], sites["shingles"] = different, np.bincount(at), np.bincount(at, lengths)
    table.save(f"{group}-sites", sites)
    return group, int(lengths.sum())


def _learn(shuffle: Shuffle, stores: TokenStores) -> None:
    """Find the shingles that recur on sites, and save them in the table."""
    all_sites = np.concatenate([np.zeros(0, _SITE), *(stores.table.load(f"{group}-sites") for group in stores.groups)])
    sites, at = np.unique(all_sites["site"], return_inverse=True)
    counts, sizes = (np.bincount(at, all_sites[name]).astype(np.int64) for name in ("articles", "shingles"))
    stores.table.save("sites", np.stack([sites, share_out(sites, counts, sizes), sizes]))
    found = shuffle.table("recurring")
    parts = shuffle.reduce(
        "recurring-found",
        stores.groups,
        stores.by_site,
        partial(_find_recurring, stores, found, shuffle.memory),
    )
    # small beside what it was found in: a line of 20 words in the footer of a site is 18 keys of 8 bytes
    keys = distinct(np.concatenate([np.zeros(0, np.uint64), *(found.load(part) for part in parts)]))
    concerned = distinct(np.concatenate([np.zeros(0, np.int64), *(found.load(f"{part}-sites") for part in parts)]))
    recurring = SiteShingles.of(keys, concerned)
    for name in ("sites", "sieve", "keys"):
        stores.table.save(f"recurring-{name}", getattr(recurring, name))


def _find_recurring(stores: TokenStores, table: Table, memory: int, part: int, packed: bytes) -> int:
    """Save the shingles that recur on the sites of one part. Returns the part."""
    records = sorted_records(packed, _PLACE)
    found = []
    for group in distinct(records["group"]).tolist():
        places = np.flatnonzero(records["group"] == group)
        found.append((group, places, records["at"][places]))
    with Room(memory, table.folder) as room:
        articles, least = stores.gather(found, room)
        by_site = np.argsort(articles.sites, kind="stable")
        keys, sites = recurring_in(articles.store, by_site, articles.sites[by_site], least[by_site], room)
    table.save(part, keys)
    table.save(f"{part}-sites", sites)
    return part


def _sign(stores: TokenStores, memory: int, group: int) -> None:
    """Save the new signatures of one group."""
    stored = stores.table.load(group)
    everything = np.arange(len(stored))
    signatures = np.empty((len(stored), PERMUTATIONS), np.uint32)
    shards = stores.ranks.shards
    for number in distinct(stored["address"] >> SHARD).tolist():
        mine = stored["address"] >> SHARD == number
        column = sketch_column(shards.read(number, "signatures"), "signatures")
        signatures[mine] = column[stored["address"][mine] & ROW]
    with Room(memory, stores.table.folder) as room:
        articles, _ = stores.gather([(group, everything, everything)], room)
        signed, changed = sign_without_site_shingles(articles, signatures)
    # unchanged ones are saved too, so that all signatures are in one place
    stores.table.save(f"{group}-signed", signed)
    stores.table.save(f"{group}-changed", changed)
