"""Find the shingles that recur on a site. A shingle of more than a few different articles of one site is boilerplate.

Such shingles are left out when two articles are compared: footers, disclaimers and the fixed words of templated
reports. Only articles that have candidates are counted: if boilerplate is large enough to make articles look alike,
they have. Articles without a known site are one site with a higher limit.

Articles are different if their anchors are. If a twentieth or more of an article is rare on its site (stands in no more
than a few articles), it is its own anchor. Otherwise it is a copy, whose anchor is the least of its shingles under one
permutation, which copies of one text share. Without anchors ten copies of one article on one site would be boilerplate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct, first_of_equal
from cleaner.neardup.columns import Room, ranges
from cleaner.neardup.shingles import Shingles, TokenStore, sets_of, shingle_tokens
from cleaner.neardup.tokens import mix

__all__ = ["FEW", "FEW_WITHOUT_SITE", "MOST_SHINGLES", "SiteShingles", "recurring_in", "share_out"]

FEW = 5
"""The most different articles of one site that may have a shingle for it to be no boilerplate."""

FEW_WITHOUT_SITE = 50
"""The same among all articles without a known site. There a footer differs from a syndicated story only in how many
different articles have it: the footer of one site stands in hundreds, and a story is seldom printed by more than fifty
papers. On 45,244 generated articles without their sites the limit 5 finds none of 1,170 syndicated copies, no limit
loses 2,275 good articles by their footers, and this one finds 1,072 and loses 18."""

MOST_SHINGLES = 1 << 30
"""Shingles of one site that are counted, those of some 3.5 million articles. Of a larger site a sample is counted."""

_RARE_SHARE = 0.05  # of the shingles of an article; with less of its own it is a copy
_BLOCK = 2048  # articles whose shingles are made at once
_AT_ONCE = 1 << 22  # shingles counted at once
_OWNER_BITS = np.uint64(24)


@dataclass(frozen=True, slots=True)
class SiteShingles:
    """The recurring shingles: sorted `keys` of site and shingle, and the sorted `sites` that have any.

    `sieve` has True at each number of 20 bits with which a key begins, so that most look-ups need no search.
    """

    keys: NDArray[np.uint64]
    sites: NDArray[np.int64]
    sieve: NDArray[np.bool_]

    @classmethod
    def of(cls, keys: NDArray[np.uint64], sites: NDArray[np.int64]) -> SiteShingles:
        """Make the sieve of sorted keys."""
        sieve = np.zeros(1 << 20, np.bool_)
        sieve[keys >> np.uint64(20)] = True
        return cls(keys, sites, sieve)

    def kept(self, shingles: Shingles, sites: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which shingles do not recur on the site of their text, shape (shingles,)."""
        kept = np.ones(len(shingles.hashes), np.bool_)
        texts = np.flatnonzero(np.isin(sites, self.sites))
        if len(texts):
            counts = np.diff(shingles.starts)[texts]
            at = ranges(shingles.starts[texts], counts)
            keys = _salted(shingles.hashes[at], np.repeat(sites[texts], counts))
            # most shingles differ from all recurring ones in their first 20 bits, and need no search
            maybe = np.flatnonzero(self.sieve[keys >> np.uint64(20)])
            place = np.searchsorted(self.keys, keys[maybe])
            found = maybe[self.keys[np.minimum(place, len(self.keys) - 1)] == keys[maybe]]
            kept[at[found]] = False
        return kept


def _salted(hashes: NDArray[np.uint64], sites: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return keys of 40 bits of shingles on their sites, so that one shingle has another key on each site."""
    return (mix(sites.astype(np.uint64) + np.uint64(1)) ^ (hashes >> np.uint64(16) << np.uint64(16))) >> _OWNER_BITS


def share_out(sites: NDArray[np.int64], counts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for every site, in their order, the group in which its shingles are counted; -1 where it has too few
    articles.

    `counts` are articles, `sizes` their shingles. A group has some _AT_ONCE shingles if its sites are small enough.
    """
    groups = np.full(len(counts), -1, np.int64)
    group = total = 0
    for site in np.flatnonzero(counts > _limits(sites)).tolist():
        size = int(sizes[site])
        if total and total + size > _AT_ONCE:
            group, total = group + 1, 0
        groups[site] = group
        total += size
    return groups


def _limits(sites: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the limit of each site: FEW, or FEW_WITHOUT_SITE for -1, which stands for no site."""
    return np.where(sites < 0, FEW_WITHOUT_SITE, FEW)


def recurring_in(
    store: TokenStore, articles: NDArray[np.int64], sites: NDArray[np.int64], copies: NDArray[np.uint32], room: Room
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Find the recurring keys of some sites, and the sites that have any; both sorted.

    `articles` are the places in the store of all articles of these sites, `sites` the site of each, and `copies` the
    anchor that each has if it is a copy. The shingles are counted in slices of bounded size, in two rounds, because an
    anchor needs all slices. `room` keeps 8 bytes of each shingle between the rounds, so that every article is shingled
    only once, whatever the size of its site.
    """
    total = int(store.lengths[articles].sum())
    slices = 1 + total // _AT_ONCE
    edges = np.array([(number << 64) // slices for number in range(1, slices)], np.uint64)
    # each block is sorted and cut at the edges: a slice is one run of every block
    kept, runs = room.column(np.uint64, total), []
    for first in range(0, len(articles), _BLOCK):
        block = articles[first : first + _BLOCK]
        sets = sets_of(shingle_tokens(*store.tokens(block)))
        owners = np.repeat(np.arange(first, first + len(block)), np.diff(sets.starts))
        # site and shingle in 40 bits, then 24 for the article
        keys = np.sort(_salted(sets.hashes, sites[owners]) << _OWNER_BITS | owners.astype(np.uint64))
        runs.append(kept.length + np.concatenate([[0], np.searchsorted(keys, edges), [len(keys)]]))
        kept.append(keys)
    bounds = np.array(runs)

    def sliced() -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]]:
        """Yield keys of each slice, the places of their articles, and in how many articles each shingle stands."""
        for number in range(slices):
            keys = np.sort(kept.take(bounds[:, number], bounds[:, number + 1]))
            shingles = keys >> _OWNER_BITS
            owners = (keys & np.uint64((1 << 24) - 1)).astype(np.int64)
            firsts = np.flatnonzero(first_of_equal(shingles))
            counts = np.diff(firsts, append=len(keys))
            yield shingles, owners, np.repeat(counts, counts)

    limits = _limits(sites)
    rare = np.zeros(len(articles), np.int64)
    for _, owners, counts in sliced():
        rare += np.bincount(owners[counts <= limits[owners]], minlength=len(articles))
    copied = rare < _RARE_SHARE * store.lengths[articles]
    anchors = np.where(copied, copies, np.arange(len(articles)) + (1 << 32))
    found, concerned = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for shingles, owners, counts in sliced():
        often = counts > limits[owners]
        shingles, owners = shingles[often], owners[often]
        # of each shingle one record for every different anchor
        order = np.lexsort((anchors[owners], shingles))
        by_shingle, anchor, limit = shingles[order], anchors[owners][order], limits[owners][order]
        new = first_of_equal(by_shingle, anchor)
        different, limit = by_shingle[new], limit[new]
        firsts = np.flatnonzero(first_of_equal(different))
        many = different[firsts[np.diff(firsts, append=len(different)) > limit[firsts]]]
        found.append(many)
        concerned.append(sites[owners[np.isin(shingles, many)]])
    return np.concatenate(found), distinct(np.concatenate(concerned))
