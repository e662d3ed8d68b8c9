"""Duplicates of a corpus, spread: the verdicts of `cleaner.verdicts`, one file of them for every shard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaner.article import Drop
from cleaner.dedup.bands import Pairs, alike
from cleaner.dedup.columns import distinct
from cleaner.dedup.verify import EXACT, RULES
from cleaner.options import Options
from cleaner.run.work import read_shard, replacing, write_shard
from cleaner.spread.bands import meet
from cleaner.spread.components import components
from cleaner.spread.copies import Copies, exact_copies
from cleaner.spread.exchange import Blobs, Steps
from cleaner.spread.keepers import FATE, Fates, decide, likely, likely_again
from cleaner.spread.ranks import Ranked, Shard, rank
from cleaner.spread.shelves import shelve
from cleaner.spread.urls import one_per_url
from cleaner.stages import sketch_column

__all__ = ["Found", "duplicates"]

_SHARD = np.int64(32)


@dataclass(frozen=True, slots=True)
class Found:
    """Where the verdicts on the rows of each shard stand, and figures for the report."""

    places: tuple[Path, ...]
    counts: dict[str, int]

    def of(self, shard: int) -> tuple[dict[int, Drop], dict[int, tuple[str, ...]]]:
        """What goes, and which ids an article that stays stands for, by row."""
        drops: dict[int, Drop] = {}
        kept: dict[int, list[str]] = defaultdict(list)
        for place in self.places:
            path = place / f"{shard}.json"
            for kind, row, *values in map(orjson.loads, path.read_bytes().splitlines()) if path.exists() else ():
                if kind == "drop":
                    drops[row] = Drop(*values)
                else:
                    kept[row].append(values[0])
        return drops, {row: tuple(sorted(ids)) for row, ids in kept.items()}


def duplicates(steps: Steps, settled: Sequence[Path], options: Options, *, here: int) -> Found:
    """Which articles go because another stays. Up to `here` pairs are put into components by the calling process."""
    shards = [Shard(number, path) for number, path in enumerate(settled)]
    places: tuple[Path, ...] = ()
    if options.one_per_url:
        place = one_per_url(steps, shards, options.one_per_url)
        places = (place,)
        shards = [replace(s, gone=place / f"{s.number}.npy") for s in shards]
    if not options.dedup:
        return Found(places, {})
    ranked = rank(steps, shards, options.keep)
    copies = exact_copies(steps, ranked, shards)
    met = meet(steps, "first", shards, partial(_signed, copies), len(ranked), partial(_alike, ranked, shards))
    shelves = shelve(steps, ranked, shards, met, _site_names(steps, shards))
    place = steps.place("likely")
    steps.each("likely", partial(likely, shelves, met, place), range(len(met.files)))
    again = meet(steps, "again", shelves.shards, shelves.enough, len(ranked), partial(likely_again, shelves))
    pairs = [place / f"{number}.npy" for number in range(len(met.files))] + _edges(steps, again.files, again.bits)
    fates = decide(steps, shelves, components(steps, pairs, here=here), pairs, options.min_similarity, len(ranked))
    tasks: list[Path | Shard] = [*fates.files, *shards]
    told = steps.place("verdicts")
    answers = steps.exchange("verdicts", tasks, partial(_tell, ranked, copies, fates), partial(_told, told))
    counts = {
        "exact": sum(steps.each("exact", partial(_copies, copies), shards)),
        "candidates": met.met + again.kept,
        "verified": fates.verified,
        "long_runs": met.long_runs,
        "recurring": len(shelves.recurring().keys),
        "components": sum(answers),
    }
    return Found((*places, told), counts)
