"""The steps that need the whole corpus: compact columns of finished shards in, verdicts by shard and row out.

taken_ids    rows whose own id an earlier record has
repeats      lines that repeat beside different articles of one site
duplicates   articles that go because another of the same text, or of the same URL, stays
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash
from numpy.typing import NDArray

from cleaner.article import Drop
from cleaner.dedup import RULES, Duplicates, Index, Sketches, deduplicate, rank_articles, sketch
from cleaner.options import Options
from cleaner.output.records import unpack
from cleaner.run.work import read_shard, replacing
from cleaner.stages import SKETCH, lines_of, sketches_of
from cleaner.strip.repeats import Repeats, learn

__all__ = ["PAIRS", "Rows", "Verdicts", "duplicates", "repeats", "taken_ids"]


def taken_ids(shards: Sequence[Path]) -> dict[int, dict[int, str]]:
    """New ids, by shard and row, for records whose own id stands earlier in the manifest already.

    Ids are compared by hash first, 8 bytes per article; only those that clash are looked at.
    """
    hashes = [_hashes(read_shard(path, ("id",))[0]["id"].to_pylist()) for path in shards]
    if not hashes:
        return {}
    everything, counts = np.unique(np.concatenate(hashes), return_counts=True)
    clashing = everything[counts > 1]
    if not len(clashing):
        return {}
    seen: set[str] = set()
    renamed: dict[int, dict[int, str]] = defaultdict(dict)
    for number, (path, own) in enumerate(zip(shards, hashes, strict=True)):
        rows = np.flatnonzero(np.isin(own, clashing)).tolist()
        if not rows:
            continue
        cells = read_shard(path, ("article",))[0]["article"]
        for row in rows:
            article = unpack(cells[row].as_py())
            new = article.id
            if new in seen:
                new = renamed[number][row] = _free(f"{article.source}#{article.record}", seen, everything)
            seen.add(new)
    return dict(renamed)


def repeats(shards: Sequence[Path], memory: int) -> Repeats:
    """The lines that repeat per site."""
    return learn(lambda: map(lines_of, shards), memory=memory)


PAIRS = "pairs.parquet"


@dataclass(slots=True)
class Verdicts:
    """What goes and what stays for others, by shard and row, with figures for the report."""

    drops: dict[int, dict[int, Drop]] = field(default_factory=lambda: defaultdict(dict))
    kept: dict[int, dict[int, tuple[str, ...]]] = field(default_factory=lambda: defaultdict(dict))
    counts: dict[str, int] = field(default_factory=dict)


def duplicates(shards: Sequence[Path], options: Options, *, work: Path, memory: int) -> Verdicts:
    """Which articles go because another stays: crawls of one URL first where asked for, then near-duplicates."""
    rows = Rows(shards)
    verdicts = Verdicts()
    rank = rank_articles(rows.lengths, rows.dates, rows.ids, options.keep)
    if options.one_per_url:
        _one_per_url(rows, options.one_per_url, verdicts)
    if not options.dedup:
        return verdicts
    alive = np.array(
        [i for i in range(len(rows)) if rows.where(i)[1] not in verdicts.drops[rows.where(i)[0]]], np.int64
    )
    sketches = rows.sketches(work)
    names, sites = rows.sites()
    index = Index.open(Path(options.against)) if options.against else None
    found = deduplicate(
        sketches if len(alive) == len(rows) else Sketches(*(getattr(sketches, name)[alive] for name in SKETCH)),
        rank=_dense(rank[alive]),
        sites=sites[alive],
        texts=lambda wanted: rows.texts(alive[wanted]),
        min_similarity=options.min_similarity,
        memory=memory,
        work=work,
        index=index,
        site_names=names,
    )
    _record(found, rows, alive, index, verdicts)
    if options.pairs:
        _write_pairs(found, rows, alive, index, work / PAIRS)
    return verdicts


def _record(found: Duplicates, rows: Rows, alive: NDArray[np.int64], index: Index | None, verdicts: Verdicts) -> None:
    """Drops for those that go, and the ids of these for the articles that stay in their place."""
    stands_for: dict[int, list[str]] = defaultdict(list)
    keepers = _ids(found.keeper_row, rows, alive, index)
    figures = zip(found.jaccard.tolist(), found.containment.tolist(), found.rule.tolist(), strict=True)
    for place, keeper_place, keeper, (jaccard, containment, rule) in zip(
        found.row.tolist(), found.keeper_row.tolist(), keepers, figures, strict=True
    ):
        row = int(alive[place])
        number, at = rows.where(row)
        drop = Drop(rows.ids[row], "duplicate", RULES[rule], keeper, round(jaccard, 4), round(containment, 4))
        verdicts.drops[number][at] = drop
        if keeper_place < len(alive):
            stands_for[int(alive[keeper_place])].append(rows.ids[row])
    for row, ids in stands_for.items():
        number, at = rows.where(row)
        verdicts.kept[number][at] = tuple(sorted(ids))
    verdicts.counts = dict(found.counts)


def _ids(places: NDArray[np.int64], rows: Rows, alive: NDArray[np.int64], index: Index | None) -> list[str]:
    """Ids of articles that went into the comparison; places from len(alive) on are rows of the index."""
    old = places >= len(alive)
    from_index = iter(index.ids(places[old] - len(alive)) if index is not None else ())
    return [next(from_index) if is_old else rows.ids[alive[p]] for p, is_old in zip(places.tolist(), old, strict=True)]


def _write_pairs(found: Duplicates, rows: Rows, alive: NDArray[np.int64], index: Index | None, path: Path) -> None:
    """Doubtful pairs, which stayed apart, and then the decided ones: a, b, jaccard, rule, merged."""
    doubtful = found.doubtful_rows
    columns = {
        "a": _ids(np.concatenate([doubtful[:, 0], found.keeper_row]), rows, alive, index),
        "b": _ids(np.concatenate([doubtful[:, 1], found.row]), rows, alive, index),
        "jaccard": np.round(np.concatenate([found.doubtful_jaccard, found.jaccard]), 4),
        "rule": [RULES[r] for r in np.concatenate([found.doubtful_rule, found.rule])],
        "merged": np.arange(len(doubtful) + len(found.row)) >= len(doubtful),
    }
    pq.write_table(pa.table(columns), path)


class Rows:
    """The columns of all settled articles that no guard dropped, as one sequence in manifest order."""

    def __init__(self, shards: Sequence[Path]) -> None:
        self._shards = shards
        self._stays: list[NDArray[np.int64]] = []
        self.ids: list[str] = []
        self.dates: list[str] = []
        self.urls: list[str] = []
        self.site_names: list[str] = []
        lengths = []
        for path in shards:
            table, _ = read_shard(path, ("drop", "id", "date", "url", "site", "length"))
            stays = np.flatnonzero(pc.equal(pc.binary_length(table["drop"]), 0).to_numpy())
            self._stays.append(stays)
            table = table.take(stays)
            self.ids += table["id"].to_pylist()
            self.dates += table["date"].to_pylist()
            self.urls += table["url"].to_pylist()
            self.site_names += table["site"].to_pylist()
            lengths.append(table["length"].to_numpy())
        self.lengths: NDArray[np.int64] = np.concatenate([np.zeros(0, np.int64), *lengths])
        self._starts = np.cumsum([0, *(len(s) for s in self._stays)]).tolist()

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, row: int) -> tuple[int, int]:
        """Shard number and row in the shard."""
        number = bisect_right(self._starts, row) - 1
        return number, int(self._stays[number][row - self._starts[number]])

    def sites(self) -> tuple[list[str], NDArray[np.int32]]:
        """The names of all sites, sorted, and the number of each row's site among them."""
        names, numbers = np.unique(np.array(self.site_names, object), return_inverse=True)
        return names.tolist(), numbers.astype(np.int32)

    def sketches(self, work: Path) -> Sketches:
        """All sketches; the signatures, 512 bytes each, lie in a file of the work directory."""
        like = sketch(())
        parts: dict[str, list[NDArray[Any]]] = {name: [getattr(like, name)] for name in SKETCH if name != "signatures"}
        path = work / "signatures.u32"
        with replacing(path) as out:  # written, not mapped: a full disk is an error then, and not a signal
            for shard, stays in zip(self._shards, self._stays, strict=True):
                part = sketches_of(read_shard(shard, SKETCH)[0].take(stays))
                out.write(part.signatures.tobytes())
                for name, arrays in parts.items():
                    arrays.append(getattr(part, name))
        shape = (len(self), like.signatures.shape[1])
        signatures = np.memmap(path, np.uint32, "r", shape=shape) if len(self) else like.signatures
        return Sketches(signatures=signatures, **{name: np.concatenate(arrays) for name, arrays in parts.items()})

    def texts(self, rows: NDArray[np.int64]) -> list[str]:
        """The clean texts of the rows, in their order; each shard is opened once."""
        places = sorted((*self.where(row), i) for i, row in enumerate(rows.tolist()))
        texts = [""] * len(places)
        for number, group in groupby(places, key=lambda place: place[0]):
            cells = read_shard(self._shards[number], ("article",))[0]["article"]
            for _, at, i in group:
                texts[i] = unpack(cells[at].as_py()).text
        return texts


def _one_per_url(rows: Rows, keep: str, verdicts: Verdicts) -> None:
    """Of the records of one URL only the newest, or the longest, stays."""
    by_url: dict[str, list[int]] = defaultdict(list)
    for row, url in enumerate(rows.urls):
        if url:
            by_url[url].append(row)
    for url, group in by_url.items():
        keys: list[Any] = [rows.dates[r] if keep == "newest" else int(rows.lengths[r]) for r in group]
        best = max(range(len(group)), key=lambda i: (keys[i], -i))
        for row in group:
            if row != group[best]:
                number, at = rows.where(row)
                verdicts.drops[number][at] = Drop(rows.ids[row], "same-url", url, rows.ids[group[best]])


def _dense(rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places 0..n-1 in the order of `rank`."""
    dense = np.empty(len(rank), np.int64)
    dense[np.argsort(rank)] = np.arange(len(rank))
    return dense


def _hashes(ids: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([xxhash.xxh3_64_intdigest(i.encode("utf-8", "surrogatepass")) for i in ids], np.uint64)


def _free(name: str, seen: set[str], hashes: NDArray[np.uint64]) -> str:
    """`name`, or with ~2, ~3 ... when a record has that for its own id."""
    for candidate in _numbered(name):
        [own] = _hashes([candidate])
        at = int(np.searchsorted(hashes, own))
        if candidate not in seen and (at == len(hashes) or hashes[at] != own):
            return candidate
    raise AssertionError("numbers do not end")


def _numbered(name: str) -> Iterator[str]:
    yield name
    n = 1
    while True:
        n += 1
        yield f"{name}~{n}"
