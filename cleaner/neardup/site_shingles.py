"""Shingles that recur on a site: what stands beside more than a few different articles of one site is its furniture.

Footers, disclaimers and the fixed words of templated reports are left out when two articles are compared. Counted are
the articles that are candidates at all: where furniture is large enough to make articles look alike, they are.

Different is told by an anchor. An article of which a twentieth or more is rare on its site (in no more than a few
articles) is its own anchor; one with less is a copy, and copies of one text share an anchor, the least of its shingles
under one permutation. Without anchors ten copies of one article on one site would be taken for furniture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import distinct, ranges
from cleaner.neardup.shingles import Shingles, sets_of
from cleaner.neardup.token_store import TokenStore
from cleaner.neardup.tokens import mix

__all__ = ["FEW", "SiteShingles", "recurring_in", "share_out"]

FEW = 5
"""Different articles of one site beside which a shingle may stand and still count."""

_RARE_SHARE = 0.05
_BLOCK = 2048  # articles whose shingles are made at once
_AT_ONCE = 1 << 22  # shingles counted at once
_OWNER_BITS = np.uint64(24)


@dataclass(frozen=True, slots=True)
class SiteShingles:
    """Recurring shingles: sorted keys of site and shingle; the sites that have any, sorted; the upper 20 bits met."""

    keys: NDArray[np.uint64]
    sites: NDArray[np.int64]
    sieve: NDArray[np.bool_]

    @classmethod
    def of(cls, keys: NDArray[np.uint64], sites: NDArray[np.int64]) -> SiteShingles:
        sieve = np.zeros(1 << 20, np.bool_)
        sieve[keys >> np.uint64(20)] = True
        return cls(keys, sites, sieve)

    def kept(self, shingles: Shingles, sites: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which shingles do not recur on the site of their text, shape (shingles,)."""
        kept = np.ones(len(shingles.hashes), np.bool_)
        texts = np.flatnonzero(self.concerns(sites))
        if len(texts):
            counts = np.diff(shingles.starts)[texts]
            at = ranges(shingles.starts[texts], counts)
            keys = _salted(shingles.hashes[at], np.repeat(sites[texts], counts))
            # most shingles are told from all recurring ones by 20 bits, without a search
            maybe = np.flatnonzero(self.sieve[keys >> np.uint64(20)])
            place = np.searchsorted(self.keys, keys[maybe])
            found = maybe[self.keys[np.minimum(place, len(self.keys) - 1)] == keys[maybe]]
            kept[at[found]] = False
        return kept

    def concerns(self, sites: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these sites have recurring shingles."""
        return np.isin(sites, self.sites)


def _salted(hashes: NDArray[np.uint64], sites: NDArray[np.int64]) -> NDArray[np.uint64]:
    """40 bits of the 48 that sets keep, different for every site."""
    return (mix(sites.astype(np.uint64) + np.uint64(1)) ^ (hashes >> np.uint64(16) << np.uint64(16))) >> _OWNER_BITS


def share_out(counts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """For every site, in their order, the group in which its shingles are counted; -1 where it has too few articles.

    `counts` are articles, `sizes` their shingles. A group has some _AT_ONCE shingles if its sites are small enough.
    """
    groups = np.full(len(counts), -1, np.int64)
    group = total = 0
    for site in np.flatnonzero(counts > FEW).tolist():
        size = int(sizes[site])
        if total and total + size > _AT_ONCE:
            group, total = group + 1, 0
        groups[site] = group
        total += size
    return groups


def recurring_in(
    store: TokenStore, articles: NDArray[np.int64], sites: NDArray[np.int64], copies: NDArray[np.uint32]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Recurring keys among the articles at these places, which are all that their sites have, and sites with any."""
    slices = 1 + int(store.lengths[articles].sum()) // _AT_ONCE
    found = list(_recurring(store, articles, sites, copies, slices))
    return distinct(np.concatenate([k for k, _ in found])), distinct(np.concatenate([c for _, c in found]))


def _recurring(
    store: TokenStore, articles: NDArray[np.int64], sites: NDArray[np.int64], copies: NDArray[np.uint32], slices: int
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Recurring keys of each slice of all shingles and their sites; two rounds, because an anchor needs all slices."""
    made = _slice(store, articles, sites, 0, slices)
    rare = np.zeros(len(articles), np.int64)
    for s in range(slices):
        keys = made if slices == 1 else _slice(store, articles, sites, s, slices)
        rare += np.bincount(_owners(keys[_counts(keys) <= FEW]), minlength=len(articles))
    copied = rare < _RARE_SHARE * store.lengths[articles]
    anchors = np.where(copied, copies, np.arange(len(articles)) + (1 << 32))
    for s in range(slices):
        keys = made if slices == 1 else _slice(store, articles, sites, s, slices)
        keys = keys[_counts(keys) > FEW]
        many = _beside_many(keys, anchors)
        yield many, sites[_owners(keys[np.isin(keys >> _OWNER_BITS, many)])]


def _slice(
    store: TokenStore, articles: NDArray[np.int64], sites: NDArray[np.int64], number: int, slices: int
) -> NDArray[np.uint64]:
    """Sorted keys of site, shingle and article for one slice of the shingles: 40 bits, then 24 for the article."""
    parts = []
    for first in range(0, len(articles), _BLOCK):
        block = articles[first : first + _BLOCK]
        sets = sets_of(store.shingles(block))
        owners = np.repeat(np.arange(first, first + len(block)), np.diff(sets.starts))
        keys = _salted(sets.hashes, sites[owners])
        if slices > 1:
            mine = keys % np.uint64(slices) == number
            keys, owners = keys[mine], owners[mine]
        parts.append(keys << _OWNER_BITS | owners.astype(np.uint64))
    keys = np.concatenate(parts)
    keys.sort()
    return keys


def _owners(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys & np.uint64((1 << 24) - 1)).astype(np.int64)


def _counts(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For every key, in how many articles its shingle stands."""
    shingles = keys >> _OWNER_BITS
    firsts = np.flatnonzero(np.concatenate([np.ones(min(1, len(keys)), np.bool_), shingles[1:] != shingles[:-1]]))
    counts = np.diff(firsts, append=len(keys))
    return np.repeat(counts, counts)


def _beside_many(keys: NDArray[np.uint64], anchors: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Shingles that stand beside more than a few anchors."""
    shingles, anchor = keys >> _OWNER_BITS, anchors[_owners(keys)]
    order = np.lexsort((anchor, shingles))
    shingles, anchor = shingles[order], anchor[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (shingles[1:] != shingles[:-1]) | (anchor[1:] != anchor[:-1])
    shingles = shingles[new]
    return distinct(shingles[FEW:][shingles[FEW:] == shingles[:-FEW]])
