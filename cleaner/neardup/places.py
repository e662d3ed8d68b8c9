"""The articles that have candidates, by place: those of an index first, then the new ones, each in order of rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.columns import Column, Room, forget
from cleaner.neardup.minhash import PERMUTATIONS, sign
from cleaner.neardup.saved import Generation, name_hashes
from cleaner.neardup.site_shingles import find_site_shingles
from cleaner.neardup.sketches import Sketches
from cleaner.neardup.token_store import Fetch, TokenStore
from cleaner.neardup.verify import Articles, without_site_shingles

__all__ = ["Old", "Places", "sign_again"]

_READ = 512
_SIGN = 192  # articles signed at once, some 40,000 shingles
_ENOUGH = 24  # shingles; reports of one form have fewer left, and would all meet again


@dataclass(frozen=True, slots=True)
class Old:
    """Articles of an index: its columns, and rows of it."""

    data: Generation
    rows: NDArray[np.int64]

    def sites(self, names: Sequence[str], free: int) -> NDArray[np.int64]:
        """Site numbers: of a site in `names` its number there, of another one some number from `free` on."""
        hashes = self.data.column("sites")[self.rows]
        known = np.concatenate([name_hashes(names), hashes])
        _, first, number = np.unique(known, return_index=True, return_inverse=True)
        place = first[number[len(names) :]]
        return np.where(hashes == 0, -1, np.where(place < len(names), place, free + place))


@dataclass(frozen=True, slots=True)
class Places:
    """Which articles there are: rows of an index, if there is one, and rows of the new sketches."""

    old: Old | None
    sketches: Sketches
    rows: NDArray[np.int64]

    @property
    def olds(self) -> int:
        """How many places are of old articles."""
        return 0 if self.old is None else len(self.old.rows)

    def __len__(self) -> int:
        return self.olds + len(self.rows)

    def articles(
        self, sites: NDArray[np.int32], site_names: Sequence[str], texts: Fetch, room: Room
    ) -> tuple[Articles, Column, NDArray[np.int64]]:
        """What verification needs, and signatures by place, both without what the sites repeat.

        And the places of articles that lost furniture and kept enough to be met by what is left.
        """
        shelf = TokenStore(len(self), int(self._column("sizes").sum()) + 2 * len(self), room)
        numbers = sites[self.rows].astype(np.int64)
        if self.old is not None:
            numbers = np.concatenate([self.old.sites(site_names, 1 + int(sites.max(initial=0))), numbers])
            for first in range(0, self.olds, _READ):
                rows = self.old.rows[first : first + _READ]
                shelf.add_tokens(first + np.arange(len(rows)), *self.old.data.ragged("tokens", rows))
        shelf.add_all(self.olds + np.arange(len(self.rows)), self.rows, texts)
        signatures = self._signatures(room)
        leasts = np.concatenate([table[rows, 0] for table, rows in self._sources("signatures")])
        articles = Articles(shelf, find_site_shingles(shelf, numbers, leasts), numbers, self._column("broken"))
        return articles, *sign_again(articles, signatures, room)

    def _sources(self, name: str) -> list[tuple[NDArray[Any], NDArray[np.int64]]]:
        new = (getattr(self.sketches, name), self.rows)
        return [new] if self.old is None else [(self.old.data.column(name), self.old.rows), new]

    def _column(self, name: str) -> NDArray[Any]:
        return np.concatenate([table[rows] for table, rows in self._sources(name)])

    def _signatures(self, room: Room) -> Column:
        signatures = room.column(np.uint32, len(self) * PERMUTATIONS)
        for table, rows in self._sources("signatures"):
            for first in range(0, len(rows), _READ):
                signatures.append(table[rows[first : first + _READ]].ravel())
                forget(table)
        return signatures


def sign_again(articles: Articles, signatures: Column, room: Room) -> tuple[Column, NDArray[np.int64]]:
    """Signatures by place, made anew for the articles that lose furniture; the places of those that keep enough."""
    concerned = articles.recurring.concerns(articles.sites)
    enough = [np.zeros(0, np.int64)]
    if not concerned.any():
        return signatures, enough[0]
    signed = room.column(np.uint32, signatures.length)
    for first in range(0, len(concerned), _SIGN):
        block = np.arange(first, min(first + _SIGN, len(concerned)))
        rows = signatures.rows(block, PERMUTATIONS)
        changed = block[concerned[block]]
        if len(changed):
            left = without_site_shingles(articles, changed)
            rows = rows.copy()
            rows[changed - first] = sign(left)
            counts = np.diff(left.starts)
            enough.append(changed[(counts >= _ENOUGH) & (counts < articles.shelf.lengths[changed])])
        signed.append(rows.ravel())
    return signed, np.concatenate(enough)
