"""The steps that need the whole corpus: compact columns of finished shards in, verdicts by shard and row out.

taken_ids    rows whose own id an earlier record has
repeats      lines that repeat beside different articles of one site
duplicates   articles that go because another of the same text, or of the same URL, stays
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.article import Drop
from cleaner.corpus.rows import Rows
from cleaner.corpus.stages import SKETCH, WriteTask, id_hash, lines_of, write_stage
from cleaner.engine.columns import binary_values, number_values
from cleaner.engine.progress import Done
from cleaner.engine.work import Work, read_shard
from cleaner.engine.worker import Watch
from cleaner.neardup.duplicates import RULES, Duplicates, deduplicate
from cleaner.neardup.index import Index
from cleaner.neardup.order import rank_articles
from cleaner.neardup.sketches import Sketches
from cleaner.options import Options, memory_bytes
from cleaner.output.pairs import PAIRS, PairRow, write_pairs
from cleaner.output.records import unpack
from cleaner.repeats.repeats import Repeats, learn_repeats

__all__ = ["Embedded", "Verdicts", "duplicates", "new_ids", "repeats", "taken_ids"]


def taken_ids(shards: Sequence[Path]) -> dict[int, dict[int, str]]:
    """New ids, by shard and row, for records whose own id stands earlier in the manifest already.

    Ids are compared by hash first, 8 bytes per article; only those that clash are looked at.
    """
    hashes = [number_values(read_shard(path, ("id",))[0]["id"]) for path in shards]
    if not hashes:
        return {}
    everything = np.sort(np.concatenate(hashes))
    clashing = np.unique(everything[1:][everything[1:] == everything[:-1]])
    if not len(clashing):
        return {}
    rows = (
        (n, path, np.flatnonzero(np.isin(own, clashing)))
        for n, (path, own) in enumerate(zip(shards, hashes, strict=True))
    )
    return new_ids(rows, lambda own: _holds(everything, own))


def new_ids(
    clashing: Iterable[tuple[int, Path, NDArray[np.int64]]], known: Callable[[np.uint64], bool]
) -> dict[int, dict[int, str]]:
    """The same for (shard, its file, rows whose ids may clash) in manifest order; `known` tells hashes of own ids."""
    seen: set[str] = set()
    renamed: dict[int, dict[int, str]] = defaultdict(dict)
    for number, path, rows in clashing:
        packed = binary_values(read_shard(path, ("article",))[0]["article"]) if len(rows) else []
        for row in rows.tolist():
            article = unpack(packed[row])
            new = article.id
            if new in seen:
                new = renamed[number][row] = _free(f"{article.source}#{article.record}", seen, known)
            seen.add(new)
    return dict(renamed)


def _holds(hashes: NDArray[np.uint64], own: np.uint64) -> bool:
    at = int(np.searchsorted(hashes, own))
    return at < len(hashes) and bool(hashes[at] == own)


def repeats(shards: Sequence[Path], memory: int, work: Path) -> Repeats:
    """The lines that repeat per site."""
    return learn_repeats(lambda: map(lines_of, shards), memory=memory, folder=work)


class Embedded:
    """The steps that need the whole corpus, in the calling process."""

    def __init__(self, work: Work, options: Options) -> None:
        self._work, self._options, self._memory = work, options, memory_bytes(options.memory) // 4

    def taken_ids(self, shards: Sequence[Path]) -> dict[int, dict[int, str]]:
        """New ids, by shard and row, for records whose own id is taken."""
        return taken_ids(shards)

    def repeats(self, shards: Sequence[Path]) -> Repeats:
        """The lines that repeat per site."""
        return repeats(shards, self._memory, self._work.path)

    def duplicates(self, shards: Sequence[Path]) -> Verdicts:
        """Which articles go because another stays."""
        return duplicates(shards, self._options, work=self._work.path, memory=self._memory)


SAME_URL = len(RULES)
_GONE = [("row", "i8"), ("keeper", "i8"), ("rule", "u1"), ("jaccard", "f8"), ("containment", "f8")]
"""An article that goes and the one that stays: rows; a keeper behind the last row is one of the index."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Who goes and who stays for others, told for one shard at a time, with figures for the report.

    `gone` is sorted by row; `kept` is the near-duplicates among it whose keeper is a row, sorted by keeper.
    """

    rows: Rows
    gone: NDArray[Any]
    kept: NDArray[Any]
    index: Index | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_all(cls, rows: Rows, gone: NDArray[Any], index: Index | None, counts: dict[str, int]) -> Verdicts:
        """Verdicts on rows, in any order."""
        kept = gone[(gone["rule"] != SAME_URL) & (gone["keeper"] < len(rows))]
        return cls(rows, np.sort(gone, order="row"), np.sort(kept, order=["keeper", "row"]), index, counts)

    def of_shard(self, number: int) -> tuple[dict[int, Drop], dict[int, tuple[str, ...]]]:
        """The articles that go, and the ids of those for which others stay, by their row in the shard."""
        first, places = self.rows.of_shard(number)
        gone = self.gone[_between(self.gone["row"], first, len(places))]
        keepers = self.keepers(gone["keeper"])
        drops = {
            int(places[one["row"] - first]): self._drop(one, keeper) for one, keeper in zip(gone, keepers, strict=True)
        }
        duplicates_of: dict[int, list[str]] = defaultdict(list)
        for one in self.kept[_between(self.kept["keeper"], first, len(places))]:
            duplicates_of[int(places[one["keeper"] - first])].append(self.rows.ids[int(one["row"])])
        return drops, {row: tuple(sorted(ids)) for row, ids in duplicates_of.items()}

    @property
    def stage(self) -> Callable[[Any, Watch], Done]:
        """The last stage."""
        return write_stage

    def task(self, number: int, finished: Path, out: Path) -> WriteTask:
        """The last stage's task for a shard."""
        return WriteTask(finished, out, *self.of_shard(number))

    def keepers(self, rows: NDArray[np.int64]) -> list[str]:
        """Ids of rows, those of the index among them."""
        old = rows >= len(self.rows)
        from_index = iter(self.index.ids(rows[old] - len(self.rows)) if self.index is not None else ())
        return [next(from_index) if row >= len(self.rows) else self.rows.ids[row] for row in rows.tolist()]

    def _drop(self, one: Any, keeper: str) -> Drop:
        row = int(one["row"])
        if one["rule"] == SAME_URL:
            return Drop(self.rows.ids[row], "same-url", self.rows.urls[row], keeper)
        likeness = round(float(one["jaccard"]), 4), round(float(one["containment"]), 4)
        return Drop(self.rows.ids[row], "duplicate", RULES[one["rule"]], keeper, *likeness)


def _between(values: NDArray[np.int64], first: int, count: int) -> slice:
    """Where `count` values from `first` on stand among sorted ones."""
    return slice(*np.searchsorted(values, (first, first + count)).tolist())


def duplicates(shards: Sequence[Path], options: Options, *, work: Path, memory: int) -> Verdicts:
    """Which articles go because another stays: crawls of one URL first where asked for, then near-duplicates."""
    rows = Rows(shards)
    gone = _one_per_url(rows, options.one_per_url) if options.one_per_url else np.zeros(0, _GONE)
    if not options.dedup:
        return Verdicts.of_all(rows, gone, None, {})
    alive = np.delete(np.arange(len(rows)), gone["row"])
    sketches = rows.sketches(work)
    if len(alive) < len(rows):
        sketches = Sketches(*(getattr(sketches, name)[alive] for name in SKETCH))
    index = Index.open(Path(options.against)) if options.against else None
    rank = rank_articles(rows.lengths, () if rows.dates.empty() else rows.dates, rows.ids, options.keep_duplicate)
    found = deduplicate(
        sketches,
        rank=_dense(rank[alive]),
        sites=rows.sites[alive],
        texts=lambda wanted: rows.texts(alive[wanted]),
        min_similarity=options.min_similarity,
        memory=memory,
        work=work,
        index=index,
        site_names=rows.site_names,
    )
    # from places among those that were compared to rows; behind them stand the rows of the index
    row_of = np.concatenate([alive, len(rows) + np.arange(len(index) if index is not None else 0)])
    near = np.empty(len(found.row), _GONE)
    near["row"], near["keeper"] = row_of[found.row], row_of[found.keeper_row]
    near["rule"], near["jaccard"], near["containment"] = found.rule, found.jaccard, found.containment
    verdicts = Verdicts.of_all(rows, np.concatenate([gone, near]), index, dict(found.counts))
    if options.pairs:
        write_pairs(work / PAIRS, _pairs(verdicts, near, row_of[found.doubtful_rows], found))
    return verdicts


def _pairs(verdicts: Verdicts, near: NDArray[Any], doubtful: NDArray[np.int64], found: Duplicates) -> Iterator[PairRow]:
    """Doubtful pairs, which stayed apart, and then the decided ones."""
    a = verdicts.keepers(np.concatenate([doubtful[:, 0], near["keeper"]]))
    b = verdicts.keepers(np.concatenate([doubtful[:, 1], near["row"]]))
    jaccard = np.concatenate([found.doubtful_jaccard, found.jaccard]).tolist()
    rules = [RULES[rule] for rule in np.concatenate([found.doubtful_rule, found.rule]).tolist()]
    merged = [False] * len(doubtful) + [True] * len(near)
    return zip(a, b, jaccard, rules, merged, strict=True)


def _one_per_url(rows: Rows, keep: str) -> NDArray[Any]:
    """Of the records of one URL only the newest, or the longest, stays."""
    by_hash: dict[int, list[int]] = defaultdict(list)
    hashes = np.array([id_hash(url) if url else 0 for url in rows.urls], np.uint64)
    order = np.argsort(hashes, kind="stable")
    several = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    for row in order[np.union1d(several, several + 1)].tolist():
        if hashes[row]:
            by_hash[int(hashes[row])].append(row)
    gone = []
    for group in by_hash.values():
        keys: list[Any] = [rows.dates[r] if keep == "newest" else int(rows.lengths[r]) for r in group]
        best = max(range(len(group)), key=lambda i: (keys[i], -i))
        gone += [(row, group[best], SAME_URL, 0.0, 0.0) for row in group if row != group[best]]
    return np.array(gone, _GONE)


def _dense(rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places 0..n-1 in the order of `rank`."""
    dense = np.empty(len(rank), np.int64)
    dense[np.argsort(rank)] = np.arange(len(rank))
    return dense


def _free(name: str, seen: set[str], known: Callable[[np.uint64], bool]) -> str:
    """`name`, or with ~2, ~3 ... when a record has that for its own id."""
    for candidate in _numbered(name):
        if candidate not in seen and not known(np.uint64(id_hash(candidate))):
            return candidate
    raise AssertionError("numbers do not end")


def _numbered(name: str) -> Iterator[str]:
    yield name
    n = 1
    while True:
        n += 1
        yield f"{name}~{n}"
