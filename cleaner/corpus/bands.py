"""Candidate pairs, spread: every band is joined in parts of its keys, every pair told once and estimated.

The same pairs as `cleaner.neardup.lsh` finds, because parts hold whole keys. A key that is hot already in one shard
never travels: its best ranked article is told to all shards, which give the edges to it themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.corpus.components import edges_of
from cleaner.engine.shuffle import Blobs, Steps, deal, load, order_of, rows_of, save
from cleaner.neardup.columns import distinct
from cleaner.neardup.lsh import BANDS, LONGEST_RUN, Pairs, band_keys, join_band, pack, split

__all__ = ["Met", "meet"]

Task = TypeVar("Task")
Signed = Callable[[Task], tuple[NDArray[np.uint32], NDArray[np.int64]]]
"""A task's signatures, and the rank of each."""

Good = Callable[[Pairs], NDArray[np.bool_]]

_HOT = np.dtype([("key", np.uint64), ("rank", np.int64)])
_AT_ONCE = 1 << 17  # pairs estimated at once; 2 * 512 bytes each


@dataclass(frozen=True, slots=True)
class Met:
    """Files of distinct pairs of ranks, `low << bits | high`; how many there were before the estimate; long runs."""

    files: tuple[Path, ...]
    bits: int
    met: int
    kept: int
    long_runs: int

    def pairs(self, number: int) -> Pairs:
        """The pairs of one file."""
        return split(load(self.files[number]), self.bits)

    def edges(self, place: Path) -> Iterator[Path]:
        """Its files made anew as edges."""
        for number in range(len(self.files)):
            save(place / f"{number}.npy", edges_of(self.pairs(number)))
            yield place / f"{number}.npy"


def meet(steps: Steps, name: str, tasks: Sequence[Task], signed: Signed[Task], articles: int, good: Good) -> Met:
    """Pairs among the articles of all tasks that agree in a band and are `good`. `articles`: how many have ranks."""
    bits = max(1, (articles - 1).bit_length())
    hot, hot_keys = _hot(steps, name, tasks, signed, bits)
    each = max(1, steps.parts(articles * BANDS * 8) // BANDS)
    place = steps.place(f"{name}-bands")
    joined = steps.exchange(
        f"{name}-bands", tasks, partial(_give, signed, bits, each, hot), partial(_join, place, bits)
    )
    long_runs = hot_keys + sum(runs for _, _, runs in joined)
    edges: list[Any] = [place / f"{part}.npy" for part, _, _ in joined]
    edges += tasks if hot else []
    parts = steps.parts(sum(pairs for _, pairs, _ in joined) * 8)
    limits = np.linspace(0, articles, parts + 1).astype(np.uint64)[1:-1] << np.uint64(bits)
    place = steps.place(f"{name}-pairs")
    found = steps.exchange(
        f"{name}-pairs", edges, partial(_share, signed, bits, limits, hot), partial(_distinct, place, bits, good)
    )
    files = tuple(place / f"{part}.npy" for part, _, _ in found)
    return Met(files, bits, sum(met for _, met, _ in found), sum(kept for _, _, kept in found), long_runs)


def _packed(signed: Signed[Task], bits: int, task: Task) -> NDArray[np.uint64]:
    signatures, ranks = signed(task)
    return pack(band_keys(signatures), ranks[:, None], bits)


def _give(signed: Signed[Task], bits: int, each: int, hot: Path | None, task: Task) -> Blobs:
    packed = _packed(signed, bits, task)
    parts = np.arange(BANDS) * each + ((packed >> np.uint64(40)) % np.uint64(each)).astype(np.int64)
    cold = ~_is_hot(packed, bits, load(hot)["key"]) if hot else np.ones(packed.shape, np.bool_)
    yield from deal(packed[cold], parts[cold])


def _join(place: Path, bits: int, part: int, blobs: list[bytes]) -> tuple[int, int, int]:
    pairs, long_runs = join_band(rows_of(blobs, np.uint64), bits)
    save(place / f"{part}.npy", pairs)
    return part, len(pairs), long_runs


def _share(signed: Signed[Any], bits: int, limits: NDArray[np.uint64], hot: Path | None, task: Any) -> Blobs:
    """The pairs of a file, or the edges of a task's articles to the best ones of hot keys."""
    pairs = load(task) if isinstance(task, Path) else _hot_edges(_packed(signed, bits, task), bits, hot)
    yield from deal(pairs, np.searchsorted(limits, pairs, "right"))


def _distinct(place: Path, bits: int, good: Good, part: int, blobs: list[bytes]) -> tuple[int, int, int]:
    pairs = distinct(rows_of(blobs, np.uint64))
    kept = [pairs[:0], *(block[good(split(block, bits))] for block in _blocks(pairs))]
    save(place / f"{part}.npy", np.concatenate(kept))
    return part, len(pairs), sum(map(len, kept))


def _blocks(pairs: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    for first in range(0, len(pairs), _AT_ONCE):
        yield pairs[first : first + _AT_ONCE]


# ---- keys that are hot in one shard: their rows would pile up in one part ----


def _hot(steps: Steps, name: str, tasks: Sequence[Task], signed: Signed[Task], bits: int) -> tuple[Path | None, int]:
    """The file of hot keys with the best rank of each over all shards, and how many there are; None for none."""
    place = steps.place(f"{name}-hot")
    found = steps.exchange(f"{name}-hot", tasks, partial(_hot_here, signed, bits), partial(_best, place / "keys.npy"))
    if not found:
        return None, 0
    steps.exchange(
        f"{name}-best", tasks, partial(_best_here, signed, bits, place / "keys.npy"), partial(_best, place / "best.npy")
    )
    return place / "best.npy", found[0]


def _tagged(packed: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    """Keys that tell their band in the place of the rank; there is room for it where there are 65 articles."""
    return packed >> np.uint64(bits) << np.uint64(bits) | np.arange(BANDS, dtype=np.uint64)


def _hot_here(signed: Signed[Task], bits: int, task: Task) -> Blobs:
    packed = _packed(signed, bits, task)
    if len(packed) <= LONGEST_RUN:
        return
    keys = np.sort(_tagged(packed, bits).ravel())
    keys = distinct(keys[LONGEST_RUN:][keys[LONGEST_RUN:] == keys[:-LONGEST_RUN]])
    if len(keys):
        rows = np.zeros(len(keys), _HOT)
        rows["key"] = keys
        yield 0, rows.tobytes()


def _best_here(signed: Signed[Task], bits: int, hot: Path, task: Task) -> Blobs:
    packed = _packed(signed, bits, task)
    mine = packed[_is_hot(packed, bits, load(hot)["key"])]
    if len(mine):
        rows = np.empty(len(mine), _HOT)
        rows["key"] = _tagged(packed, bits)[_is_hot(packed, bits, load(hot)["key"])]
        rows["rank"] = (mine & np.uint64((1 << bits) - 1)).astype(np.int64)
        yield 0, _first_of_key(rows).tobytes()


def _best(path: Path, part: int, blobs: list[bytes]) -> int:
    rows = _first_of_key(rows_of(blobs, _HOT))
    save(path, rows)
    return len(rows)


def _first_of_key(rows: NDArray[Any]) -> NDArray[Any]:
    rows = rows[order_of(rows)]
    new = np.ones(len(rows), np.bool_)
    new[1:] = rows["key"][1:] != rows["key"][:-1]
    return rows[new]


def _is_hot(packed: NDArray[np.uint64], bits: int, hot: NDArray[np.uint64]) -> NDArray[np.bool_]:
    keys = _tagged(packed, bits)
    return np.asarray(hot[np.minimum(np.searchsorted(hot, keys), len(hot) - 1)] == keys)


def _hot_edges(packed: NDArray[np.uint64], bits: int, hot: Path | None) -> NDArray[np.uint64]:
    if hot is None:
        return np.zeros(0, np.uint64)
    best = load(hot)
    chosen = _is_hot(packed, bits, best["key"])
    low = best["rank"][np.searchsorted(best["key"], _tagged(packed, bits)[chosen])].astype(np.uint64)
    high = packed[chosen] & np.uint64((1 << bits) - 1)
    other = low != high
    return np.asarray(low[other] << np.uint64(bits) | high[other])
