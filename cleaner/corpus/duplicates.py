"""Duplicates of a corpus, spread: the verdicts of `cleaner.corpus.whole`, one file of them for every shard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cleaner.article import Drop
from cleaner.corpus.bands import meet
from cleaner.corpus.components import HERE, components
from cleaner.corpus.copies import Copies, exact_copies
from cleaner.corpus.keepers import DOUBT, FATE, Fates, decide, likely_again, likely_pairs
from cleaner.corpus.ranks import Ranked, Shard, rank
from cleaner.corpus.shelves import shelve
from cleaner.corpus.stages import WriteTask, sketch_column, write_stage
from cleaner.corpus.urls import one_per_url, write_lines
from cleaner.engine.columns import binary_values, list_column
from cleaner.engine.progress import Done
from cleaner.engine.shuffle import Blobs, Steps, load
from cleaner.engine.work import read_shard, write_shard
from cleaner.engine.worker import Watch
from cleaner.neardup.columns import distinct
from cleaner.neardup.lsh import Pairs, alike
from cleaner.neardup.minhash import PERMUTATIONS
from cleaner.neardup.verify import EXACT, RULES
from cleaner.options import Options
from cleaner.output.pairs import PairRow, write_pairs

__all__ = ["Found", "duplicates", "write_told"]

_SHARD, _ROW = 32, 0xFFFFFFFF
_LISTED = 1 << 20  # doubtful pairs whose ids are looked up at once


@dataclass(frozen=True, slots=True)
class Found:
    """Where the verdicts on the rows of each shard stand, and figures for the report."""

    places: tuple[Path, ...]
    counts: dict[str, int]

    def of_shard(self, shard: int) -> tuple[dict[int, Drop], dict[int, tuple[str, ...]]]:
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

    @property
    def stage(self) -> Callable[[Any, Watch], Done]:
        """The last stage."""
        return write_told

    def task(self, shard: int, finished: Path, out: Path) -> ToldTask:
        """What `write_told` makes the shard of the last stage of."""
        return ToldTask(self, shard, finished, out)


@dataclass(frozen=True, slots=True)
class ToldTask:
    """A finished shard, and where the verdicts on it stand."""

    found: Found
    shard: int
    finished: Path
    out: Path


def write_told(task: ToldTask, watch: Watch) -> Done:
    """The last stage, which reads its verdicts where it works."""
    return write_stage(WriteTask(task.finished, task.out, *task.found.of_shard(task.shard)), watch)


def duplicates(
    steps: Steps, finished: Sequence[Path], options: Options, *, here: int = HERE, listed: Path | None = None
) -> Found:
    """Which articles go because another stays. Up to `here` pairs are put into components by the calling process.

    `listed`: the file into which pairs.parquet is written, where `options` ask for it.
    """
    shards = [Shard(number, path) for number, path in enumerate(finished)]
    places: tuple[Path, ...] = ()
    if options.one_per_url:
        place = one_per_url(steps, shards, options.one_per_url)
        places = (place,)
        shards = [replace(s, gone=place / f"{s.number}.npy") for s in shards]
    if not options.dedup:
        return Found(places, {})
    ranked = rank(steps, shards, options.keep_duplicate)
    copies = exact_copies(steps, ranked, shards)
    paths = {shard.number: shard.path for shard in shards}
    met = meet(steps, "first", shards, partial(_signed, copies), len(ranked), partial(_alike, ranked, paths))
    shelves = shelve(steps, ranked, shards, met, _site_names(steps, shards))
    again = meet(steps, "again", shelves.shards, shelves.enough, len(ranked), partial(likely_again, shelves))
    pairs = likely_pairs(steps, shelves, met) + list(again.edges(steps.place("again-edges")))
    fates = decide(steps, shelves, components(steps, pairs, here=here), pairs, options.min_similarity, len(ranked))
    told = steps.place("verdicts")
    tasks: list[Path | Shard] = [*fates.files, *shards]
    kept = steps.exchange("verdicts", tasks, partial(_tell, ranked, copies, fates), partial(_told, told))
    counts = {
        "exact": sum(steps.each("exact", partial(_count_copies, copies), shards)),
        "candidates": met.met + again.kept,
        "verified": fates.verified,
        "long_runs": met.long_runs,
        "recurring": len(shelves.recurring().keys),
        "components": sum(kept),
    }
    if listed is not None and options.pairs:
        write_pairs(listed, _pairs(ranked, fates, Found((told,), {}), len(finished)))
    return Found((*places, told), counts)


def _pairs(ranked: Ranked, fates: Fates, found: Found, shards: int) -> Iterator[PairRow]:
    """Doubtful pairs, of which the calling process sorts some 25 bytes each, and then the decided ones by row."""
    doubtful = np.concatenate([np.zeros(0, DOUBT), *map(load, fates.doubtful)])
    order = np.lexsort((doubtful["high"], doubtful["low"], -doubtful["jaccard"]))
    for first in range(0, len(order), _LISTED):
        block = doubtful[order[first : first + _LISTED]]
        ranks = distinct(np.concatenate([block["low"], block["high"]]))
        ids = ranked.ids(ranks)
        a, b = np.searchsorted(ranks, block["low"]).tolist(), np.searchsorted(ranks, block["high"]).tolist()
        for low, high, jaccard, rule in zip(a, b, block["jaccard"].tolist(), block["rule"].tolist(), strict=True):
            yield ids[low], ids[high], jaccard, RULES[rule], False
    for shard in range(shards):
        for _, drop in sorted(found.of_shard(shard)[0].items()):
            yield drop.keeper, drop.id, drop.jaccard, drop.detail, True


def _signed(copies: Copies, shard: Shard) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Signatures and ranks of the articles that are no exact copies."""
    ranked, _, _ = copies.of(shard)
    signatures = sketch_column(read_shard(shard.path, ("signatures",))[0], "signatures")
    return signatures[ranked["row"]], ranked["rank"].astype(np.int64)


def _alike(ranked: Ranked, paths: Mapping[int, Path], pairs: Pairs) -> NDArray[np.bool_]:
    """Which pairs are not estimated to be wholly unlike."""
    ranks = distinct(np.concatenate([pairs.low, pairs.high]))
    signatures = np.empty((len(ranks), PERMUTATIONS), np.uint32)
    for shard, places, rows in ranked.find(ranks):
        signatures[places] = sketch_column(read_shard(paths[shard], ("signatures",))[0], "signatures")[rows]
    return alike(signatures, np.searchsorted(ranks, pairs.low), signatures, np.searchsorted(ranks, pairs.high))


def _site_names(steps: Steps, shards: Sequence[Shard]) -> Path:
    """The file of all names of sites but "", sorted. Its driver holds them all: some 100 bytes for each site."""
    found = steps.each("sites", _sites, shards)
    names = [name.encode("utf-8", "surrogatepass") for name in set().union(*found)]
    path = steps.folder / "sites.arrow"
    letters = [np.frombuffer(name, np.uint8) for name in sorted(names)]
    ends = np.cumsum([0, *map(len, letters)])
    write_shard(path, {"site": list_column(ends, np.concatenate([np.zeros(0, np.uint8), *letters]))})
    return path


def _sites(shard: Shard) -> list[str]:
    table, _ = read_shard(shard.path, ("drop", "site"))
    drops, sites = binary_values(table["drop"]), binary_values(table["site"])
    names = {bytes(site) for site, drop in zip(sites, drops, strict=True) if site and not drop}
    return sorted(name.decode("utf-8", "surrogatepass") for name in names)


def _count_copies(copies: Copies, shard: Shard) -> int:
    return len(copies.of(shard)[1])


def _tell(ranked: Ranked, copies: Copies, fates: Fates, task: Path | Shard) -> Blobs:
    """What goes, on its way to its shard; its id, on its way to the shard of its keeper."""
    gone = load(task) if isinstance(task, Path) else _gone_copies(fates, *copies.of(task)[1:])
    ranks = distinct(np.concatenate([gone["rank"], gone["keeper"]]))
    ids, addresses = ranked.ids(ranks), ranked.addresses(ranks)
    own, keeper = np.searchsorted(ranks, gone["rank"]), np.searchsorted(ranks, gone["keeper"])
    lines: dict[int, list[bytes]] = defaultdict(list)
    for row, a, b in zip(gone, own.tolist(), keeper.tolist(), strict=True):
        likeness = round(float(row["jaccard"]), 4), round(float(row["containment"]), 4)
        drop = Drop(ids[a], "duplicate", RULES[row["rule"]], ids[b], *likeness)
        at, beside = int(addresses[a]), int(addresses[b])
        lines[at >> _SHARD].append(orjson.dumps(["drop", at & _ROW, *asdict(drop).values()]))
        lines[beside >> _SHARD].append(orjson.dumps(["kept", beside & _ROW, ids[a]]))
    for shard, told in lines.items():
        yield shard, b"\n".join(told) + b"\n"


def _gone_copies(fates: Fates, ranks: NDArray[np.int64], originals: NDArray[np.int64]) -> NDArray[Any]:
    """An exact copy of an article that goes, goes where that one goes, by its verdict."""
    gone = np.empty(len(ranks), FATE)
    gone["keeper"], gone["jaccard"], gone["containment"], gone["rule"] = originals, 1.0, 1.0, EXACT
    goes, rows = fates.of(originals)
    gone[goes] = rows
    gone["rank"] = ranks
    return gone


def _told(place: Path, shard: int, blobs: list[bytes]) -> int:
    """How many articles of the shard stay for others."""
    lines = map(orjson.loads, write_lines(place, shard, blobs))
    return len({row for kind, row, *_ in lines if kind == "kept"})
