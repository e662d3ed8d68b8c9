"""The finished articles of all shards as one sequence in manifest order: compact columns, and texts when asked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any, overload

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.corpus.stages import SKETCH, sketches_of
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.work import read_shard, replacing
from cleaner.neardup.sketches import Sketches, sketch

__all__ = ["Rows", "Strings"]


class Strings(Sequence[str]):
    """Strings in one run of UTF-8: a tenth of what as many str take."""

    def __init__(self, parts: Sequence[Sequence[bytes | memoryview]]) -> None:
        self._data = b"".join(chain.from_iterable(parts))
        self._ends = np.zeros(1 + sum(map(len, parts)), np.int64)
        np.cumsum([len(value) for part in parts for value in part], out=self._ends[1:])

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        return self._data[self._ends[at] : self._ends[at + 1]].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    def empty(self) -> bool:
        """Whether all of them are ""."""
        return not self._data


class Rows:
    """The columns of all finished articles that no guard dropped, as one sequence in manifest order.

    `site_names` are sorted, and `sites[row]` is the number of the article's site among them; -1 if it has none.
    """

    def __init__(self, shards: Sequence[Path]) -> None:
        self._shards = shards
        self._stays: list[NDArray[np.int64]] = []
        texts: dict[str, list[list[bytes]]] = {name: [] for name in ("id", "date", "url")}
        sites: dict[bytes, int] = {}
        numbers, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
        for path in shards:
            table, _ = read_shard(path, ("drop", "id", "date", "url", "site", "length"))
            stays = [row for row, drop in enumerate(binary_values(table["drop"])) if not drop]
            self._stays.append(np.array(stays, np.int64))
            for name, kept in texts.items():
                kept.append(_picked(table[name], stays))
            numbers.append(
                np.array([sites.setdefault(site, len(sites)) for site in _picked(table["site"], stays)], np.int32)
            )
            lengths.append(number_values(table["length"])[stays])
        self.ids, self.dates, self.urls = map(Strings, texts.values())
        self.lengths: NDArray[np.int64] = np.concatenate(lengths)
        self._starts = np.cumsum([0, *(len(s) for s in self._stays)]).tolist()
        names = sorted(filter(None, sites))
        self.site_names = [name.decode("utf-8", "surrogatepass") for name in names]
        # no name is no site: as one site, copies of one story would be what recurs on it, and be missed
        place = {b"": -1} | {name: n for n, name in enumerate(names)}
        self.sites: NDArray[np.int32] = np.array([place[site] for site in sites], np.int32)[np.concatenate(numbers)]

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, row: int) -> tuple[int, int]:
        """Shard number and row in the shard."""
        number = bisect_right(self._starts, row) - 1
        return number, int(self._stays[number][row - self._starts[number]])

    def of_shard(self, number: int) -> tuple[int, NDArray[np.int64]]:
        """The first row of a shard, and where each of its rows stands in it."""
        return self._starts[number], self._stays[number]

    def sketches(self, work: Path) -> Sketches:
        """All sketches; the signatures, 512 bytes each, lie in a file of the work directory."""
        like = sketch(())
        parts: dict[str, list[NDArray[Any]]] = {name: [getattr(like, name)] for name in SKETCH if name != "signatures"}
        path = work / "signatures.u32"
        with replacing(path) as out:  # written, not mapped: a full disk is an error then, and not a signal
            for shard, stays in zip(self._shards, self._stays, strict=True):
                part = sketches_of(read_shard(shard, SKETCH)[0])
                out.write(part.signatures[stays].tobytes())
                for name, arrays in parts.items():
                    arrays.append(getattr(part, name)[stays])
        shape = (len(self), like.signatures.shape[1])
        signatures = np.memmap(path, np.uint32, "r", shape=shape) if len(self) else like.signatures
        return Sketches(signatures=signatures, **{name: np.concatenate(arrays) for name, arrays in parts.items()})

    def texts(self, rows: NDArray[np.int64]) -> list[str]:
        """The clean texts of the rows, in their order; each shard is opened once."""
        places = sorted((*self.where(row), i) for i, row in enumerate(rows.tolist()))
        texts = [""] * len(places)
        for number, group in groupby(places, key=lambda place: place[0]):
            records = binary_values(read_shard(self._shards[number], ("record",))[0]["record"])
            for _, at, i in group:
                texts[i] = orjson.loads(records[at])["text"]
        return texts


def _picked(column: Any, rows: Sequence[int]) -> list[bytes]:
    cells = binary_values(column)
    return [bytes(cells[row]) for row in rows]
