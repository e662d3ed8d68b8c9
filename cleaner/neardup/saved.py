"""The columns of a saved index: plain little-endian files, one generation of them in one folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaner.neardup.columns import Room, forget, ranges
from cleaner.neardup.lsh import BANDS, band_keys, pack
from cleaner.neardup.minhash import PERMUTATIONS
from cleaner.neardup.sketches import Sketches
from cleaner.neardup.token_store import TokenStore

__all__ = ["FIXED", "Generation", "Newcomers", "name_hashes", "row_bits", "write_generation"]

FIXED: dict[str, tuple[str, int]] = {
    "signatures": ("<u4", PERMUTATIONS),
    "exact": ("<u8", 2),
    "sizes": ("<i4", 1),
    "broken": ("|b1", 1),
    "lengths": ("<i8", 1),
    "sites": ("<u8", 1),
    "names": ("<u8", 1),
}
"""Columns with so many values for every article. `sites` and `names` are hashes of the site and of the id."""

RAGGED = {"tokens": "<u8", "ids": "|u1"}
"""Columns with any number of values; where each article begins stands in `<name>_starts`."""

_CHUNK = 1 << 14


def name_hashes(names: Sequence[str]) -> NDArray[np.uint64]:
    """64-bit hashes, 0 for the empty name."""
    digest = xxhash.xxh3_64_intdigest
    values = [digest(name.encode("utf-8", "surrogatepass")) if name else 0 for name in names]
    return np.array(values, np.uint64)


def row_bits(articles: int) -> int:
    """How many bits the rows of an index of this size need."""
    return max(1, (articles - 1).bit_length())


class Generation:
    """The columns in one folder. Nothing is held in memory; what was read can be given back with `forget`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def column(self, name: str) -> NDArray[Any]:
        """A fixed column, shape (articles,) or (articles, width)."""
        dtype, width = FIXED[name]
        values = _mapped(self.folder / name, dtype)
        return values.reshape(-1, width) if width > 1 else values

    def ragged(self, name: str, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Values of these rows in a ragged column, and where each row begins (one more at the end)."""
        bounds = _mapped(self.folder / f"{name}_starts", "<i8")
        counts = bounds[rows + 1] - bounds[rows]
        values = _mapped(self.folder / name, RAGGED[name])[ranges(bounds[rows], counts)]
        return values, np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

    def band(self, number: int) -> NDArray[np.uint64]:
        """Sorted keys of one band, a row in the lowest bits of each; band 32 holds the first half of `exact`."""
        return _mapped(self.folder / f"band-{number:02}", "<u8")


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Articles to be added, by row: their fixed columns, their tokens on a shelf, their ids in UTF-8."""

    fixed: dict[str, NDArray[Any]]
    shelf: TokenStore
    ids: list[bytes]

    @classmethod
    def of(
        cls, sketches: Sketches, shelf: TokenStore, ids: Sequence[str], sites: Sequence[str], lengths: NDArray[np.int64]
    ) -> Newcomers:
        fixed = {name: getattr(sketches, name) for name in ("signatures", "exact", "sizes", "broken")}
        fixed |= {"lengths": lengths, "sites": name_hashes(sites), "names": name_hashes(ids)}
        return cls(fixed, shelf, [i.encode("utf-8", "surrogatepass") for i in ids])

    def ragged(self, name: str, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        if name == "tokens":
            return self.shelf.tokens(rows)
        ids = [self.ids[row] for row in rows.tolist()]
        return np.frombuffer(b"".join(ids), np.uint8), np.cumsum([0, *map(len, ids)])


def write_generation(folder: Path, old: Generation | None, new: Newcomers, room: Room) -> int:
    """Write old and new articles as one generation; returns how many there are."""
    folder.mkdir()
    source, row = _order(old, new)
    for name, (dtype, _) in FIXED.items():
        with open(folder / name, "wb") as file:
            for values in _merged(old.column(name) if old else None, new.fixed[name], source, row):
                file.write(np.ascontiguousarray(values, dtype).tobytes())
    for name, dtype in RAGGED.items():
        _write_ragged(folder, name, dtype, old, new, source, row)
    _write_bands(Generation(folder), len(row), room)
    return len(row)


def _order(old: Generation | None, new: Newcomers) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """For every article of the new generation whether it is a newcomer, and its row there or in the old one."""
    names, exact = new.fixed["names"], new.fixed["exact"]
    is_new = np.ones(len(names), np.bool_)
    row = np.arange(len(names))
    if old is not None:
        before = len(old.column("names"))
        names = np.concatenate([old.column("names"), names])
        exact = np.concatenate([old.column("exact"), exact])
        is_new = np.concatenate([np.zeros(before, np.bool_), is_new])
        row = np.concatenate([np.arange(before), row])
    order = np.lexsort((row, is_new, exact[:, 1], exact[:, 0], names))
    names, exact = names[order], exact[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (names[1:] != names[:-1]) | (exact[1:] != exact[:-1]).any(axis=1)
    order = order[first]
    return is_new[order], row[order]


def _merged(
    old: NDArray[Any] | None, new: NDArray[Any], is_new: NDArray[np.bool_], row: NDArray[np.int64]
) -> Iterator[NDArray[Any]]:
    for first in range(0, len(row), _CHUNK):
        part = slice(first, first + _CHUNK)
        values = np.empty((len(row[part]), *new.shape[1:]), new.dtype)
        values[is_new[part]] = new[row[part][is_new[part]]]
        if old is not None:
            values[~is_new[part]] = old[row[part][~is_new[part]]]
            forget(old)
        yield values


def _write_ragged(
    folder: Path,
    name: str,
    dtype: str,
    old: Generation | None,
    new: Newcomers,
    is_new: NDArray[np.bool_],
    row: NDArray[np.int64],
) -> None:
    end = 0
    with open(folder / name, "wb") as values, open(folder / f"{name}_starts", "wb") as starts:
        starts.write(np.zeros(1, "<i8").tobytes())
        for first in range(0, len(row), _CHUNK):
            part = slice(first, first + _CHUNK)
            sides: list[tuple[Generation | Newcomers, NDArray[np.bool_]]] = [(new, is_new[part])]
            if old is not None:
                sides.append((old, ~is_new[part]))
            pieces, firsts, counts = [], np.empty(len(row[part]), np.int64), np.empty(len(row[part]), np.int64)
            total = 0
            for side, mine in sides:
                data, bounds = side.ragged(name, row[part][mine])
                firsts[mine], counts[mine] = bounds[:-1] + total, np.diff(bounds)
                total += len(data)
                pieces.append(data)
            values.write(np.concatenate(pieces)[ranges(firsts, counts)].astype(dtype).tobytes())
            starts.write((end + np.cumsum(counts)).astype("<i8").tobytes())
            end += total


def _write_bands(generation: Generation, articles: int, room: Room) -> None:
    bits = row_bits(articles)
    columns = [room.column(np.uint64, articles) for _ in range(BANDS + 1)]
    signatures, exact = generation.column("signatures"), generation.column("exact")
    for first in range(0, articles, _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, articles))
        keys = np.column_stack([band_keys(signatures[rows]), exact[rows, 0]])
        for column, values in zip(columns, pack(keys, rows[:, None], bits).T, strict=True):
            column.append(values)
        forget(signatures)
    for number in range(BANDS + 1):
        np.sort(columns[number].read()).astype("<u8").tofile(generation.folder / f"band-{number:02}")


def _mapped(path: Path, dtype: str) -> NDArray[Any]:
    if not path.stat().st_size:
        return np.zeros(0, dtype)
    return np.memmap(path, dtype, "r")
