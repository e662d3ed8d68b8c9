"""A saved near-duplicate index: articles of an older corpus, against which a newer one is matched.

A folder with `header.json` and one folder of columns. The articles stand in the order of a hash of their ids, so that
an index built in two runs is byte for byte the one built in one. A new generation of columns is written beside the old
one and named by the header, which is replaced at the end: a run that is killed leaves the old index whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import OptionError, OutputError
from cleaner.neardup.columns import Room, distinct, forget
from cleaner.neardup.lsh import BANDS, ROWS, Pairs, alike, band_keys, join_sorted
from cleaner.neardup.minhash import PERMUTATIONS, SEED
from cleaner.neardup.saved import Generation, Newcomers, row_bits, write_generation
from cleaner.neardup.shingles import SIZE
from cleaner.neardup.sketches import Sketches, sketch
from cleaner.neardup.token_store import TokenStore
from cleaner.neardup.tokens import NORMALISATION

__all__ = ["Index", "Met"]

HEADER = {
    "format": 1,
    "permutations": PERMUTATIONS,
    "scheme": "affine32",
    "seed": SEED,
    "bands": BANDS,
    "rows": ROWS,
    "shingle": SIZE,
    "normalisation": NORMALISATION,
}
"""What must be equal for the signatures and tokens of an index to be compared with ours."""

_CHUNK = 1 << 17
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Met:
    """Old articles that new ones may be copies of.

    rows: rows of the index, best rank first (longest, then row). exact: for every rank asked about the place in `rows`
    of an exact copy, or -1. pairs: place in `rows` and new rank.
    """

    rows: NDArray[np.int64]
    exact: NDArray[np.int64]
    pairs: Pairs


class Index:
    """An open index; make one with `Index.build` or `Index.open`. Its columns stay on disk."""

    def __init__(self, folder: Path, header: dict[str, Any]) -> None:
        self.folder = folder
        self._header = header

    @classmethod
    def build(cls, folder: Path) -> Index:
        """A new, empty index. Raises OutputError when there is something at `folder` already."""
        if folder.exists() and any(folder.iterdir()):
            raise OutputError(f"{folder} is not empty; name another folder, or add to the index that is there.")
        folder.mkdir(parents=True, exist_ok=True)
        index = cls(folder, {**HEADER, "articles": 0, "data": "data-0"})
        with Room(1 << 20) as room:
            nothing = Newcomers.of(sketch(()), TokenStore(0, 0, room), (), (), np.zeros(0, np.int64))
            write_generation(folder / "data-0", None, nothing, room)
        index._save()
        return index

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Raises OptionError when there is no index, or one that was made with other settings."""
        try:
            header = json.loads((folder / "header.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise OptionError(f"{folder} holds no index ({error}). Make one with: cleaner index build") from None
        for name, ours in HEADER.items():
            theirs = header.get(name)
            if theirs != ours:
                raise OptionError(f"The index {folder} has {name} {theirs!r}, this version {ours!r}. Build it again.")
        return cls(folder, header)

    def __len__(self) -> int:
        return int(self._header["articles"])

    @property
    def data(self) -> Generation:
        """The columns."""
        return Generation(self.folder / str(self._header["data"]))

    def info(self) -> dict[str, Any]:
        """The header, and the size on disk in bytes."""
        size = sum(path.stat().st_size for path in self.data.folder.iterdir())
        return {**{name: value for name, value in self._header.items() if name != "data"}, "bytes": size}

    def add(
        self,
        sketches: Sketches,
        *,
        ids: Sequence[str],
        sites: Sequence[str],
        lengths: NDArray[np.int64],
        texts: Callable[[NDArray[np.int64]], Sequence[str]],
        memory: int = 1 << 30,
        work: Path | None = None,
    ) -> None:
        """Add articles: their sketches, ids, sites ("" is none), characters of clean text, and the texts by row.

        An article with the id and the tokens of one that is there changes nothing.
        """
        old = self.data
        folder = self.folder / f"data-{int(old.folder.name.partition('-')[2]) + 1}"
        shutil.rmtree(folder, ignore_errors=True)  # left by a run that was killed
        with Room(memory // 2, work) as room:
            shelf = TokenStore(len(sketches), int(sketches.sizes.sum()) + 2 * len(sketches), room)
            shelf.add_all(np.arange(len(sketches)), np.arange(len(sketches)), texts)
            articles = write_generation(folder, old, Newcomers.of(sketches, shelf, ids, sites, lengths), room)
        self._header |= {"articles": articles, "data": folder.name}
        self._save()
        shutil.rmtree(old.folder)

    def ids(self, rows: NDArray[np.int64]) -> list[str]:
        """The ids of these rows."""
        data, starts = self.data.ragged("ids", rows)
        raw, bounds = data.tobytes(), starts.tolist()
        return [raw[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(bounds)]

    def meet(self, sketches: Sketches, row_of: NDArray[np.int64], ranks: NDArray[np.int64]) -> Met:
        """Exact copies of and candidates for the new articles of these ranks."""
        data, bits = self.data, row_bits(len(self))
        exact = self._exact(sketches.exact[row_of[ranks]])
        signatures = data.column("signatures")
        low, high = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for first in range(0, len(ranks), _CHUNK):
            part = row_of[ranks[first : first + _CHUNK]]
            keys = band_keys(sketches.signatures[part]).T
            found = [join_sorted(data.band(b), bits, keys[b]) for b in range(BANDS)]
            met = distinct(np.concatenate([new << _HALF | old for new, old in found]))
            new, old = (met >> _HALF).astype(np.int64), (met & np.uint64(0xFFFFFFFF)).astype(np.int64)
            good = alike(sketches.signatures, part[new], signatures, old) & (exact[first + new] < 0)
            low.append(old[good])
            high.append(ranks[first + new[good]])
            forget(sketches.signatures)
        return self._ordered(exact, np.concatenate(low), np.concatenate(high))

    def _ordered(self, exact: NDArray[np.int64], old: NDArray[np.int64], new: NDArray[np.int64]) -> Met:
        """Rows of the index become places in the order of rank."""
        rows = distinct(np.concatenate([old, exact[exact >= 0]]))
        by_rank = np.lexsort((rows, -self.data.column("lengths")[rows]))
        place = np.empty(len(rows) + 1, np.int64)
        place[by_rank], place[-1] = np.arange(len(rows)), -1
        found = np.where(exact >= 0, np.searchsorted(rows, exact), -1)
        return Met(rows[by_rank], place[found], Pairs(place[np.searchsorted(rows, old)], new))

    def _exact(self, wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The best ranked row with the same tokens, or -1."""
        found = join_sorted(self.data.band(BANDS), row_bits(len(self)), wanted[:, 0])
        new, old = (side.astype(np.int64) for side in found)
        same = (self.data.column("exact")[old] == wanted[new]).all(axis=1)
        new, old = new[same], old[same]
        rows = np.full(len(wanted), -1, np.int64)
        worst_first = np.lexsort((-old, self.data.column("lengths")[old]))
        rows[new[worst_first]] = old[worst_first]
        return rows

    def _save(self) -> None:
        path = self.folder / "header.json.new"
        path.write_text(json.dumps(self._header, indent=1) + "\n", "utf-8")
        path.replace(self.folder / "header.json")
