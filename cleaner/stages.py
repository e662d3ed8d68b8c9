"""The three stages of a run over one shard: pure functions of a task, which leave one Arrow file each.

read_stage    a piece of input -> articles, prepared and tidied; their lines, for what repeats per site
settle_stage  those -> repeats taken, language, guards; their sketches, for near-duplicates
write_stage   those and the verdicts on them -> the lines of the output and of its logs
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from cleaner.article import Article, Drop, Raw, Reject
from cleaner.dedup import Sketches, sketch
from cleaner.errors import CleanerError
from cleaner.options import Options
from cleaner.output.records import dropped_row, pack, record, rejected_row, removed_rows, unpack
from cleaner.run.work import read_shard, write_shard
from cleaner.run.worker import Watch
from cleaner.source import Piece, read
from cleaner.steps import home, prepare, settle, tidy
from cleaner.strip.repeats import Repeats, SiteLines, site_lines

__all__ = [
    "SKETCH",
    "ReadTask",
    "SettleTask",
    "WriteTask",
    "lines_of",
    "read_stage",
    "settle_stage",
    "sketches_of",
    "write_stage",
]

SKETCH = tuple(f.name for f in fields(Sketches))
"""The columns of a sketch."""

_DIED = "Look at this record by itself; --record-timeout and --memory set the limits."
_UNEXPECTED = "Please report this together with the record."


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A piece of input, and where its shard goes."""

    piece: Piece
    out: Path
    options: Options


@dataclass(frozen=True, slots=True)
class SettleTask:
    """A shard after reading; `ids` names the rows whose own id was taken, `repeats` the file of what repeats."""

    read: Path
    out: Path
    options: Options
    ids: Mapping[int, str] = field(default_factory=dict)
    repeats: Path | None = None


@dataclass(frozen=True, slots=True)
class WriteTask:
    """A settled shard and its duplicates by row: what goes, and which ids an article that stays stands for."""

    settled: Path
    out: Path
    drops: Mapping[int, Drop]
    duplicates: Mapping[int, tuple[str, ...]]


def read_stage(task: ReadTask, watch: Watch) -> int:
    """Read, decode, extract, repair, strip. Returns the number of articles."""
    articles: list[Article] = []
    sites: list[str] = []
    rejects: list[Reject] = []
    for raw in _raws(task, watch, rejects):
        try:
            article = tidy(prepare(raw, task.options), task.options)
        except CleanerError:  # an option or a phrase list is wrong, which no other record can mend
            raise
        except Exception as error:  # one record must never end a run
            rejects.append(_unexpected(raw, error))
            continue
        articles.append(article)
        sites.append(home(raw, article))
    watch.leave()
    columns = {
        "id": pa.array([a.id for a in articles], pa.string()),
        "site": pa.array(sites, pa.string()),
        "article": _packed(articles),
    }
    if task.options.repeats:
        lines = site_lines([a.text for a in articles], sites)
        columns["site_hash"] = pa.array(lines.sites)
        columns |= {name: _lists(lines.offsets, getattr(lines, name)) for name in ("keys", "lengths", "marks")}
    write_shard(task.out, columns, {"rejects": [rejected_row(r) for r in rejects]})
    return len(articles)


def _raws(task: ReadTask, watch: Watch, rejects: list[Reject]) -> Iterator[Raw]:
    """The records of the piece that can be worked on; the others go to `rejects`."""
    for i, span in enumerate(task.piece.spans):
        unit = i << 32  # of the watch: reading the span; its records are counted from there
        if reason := watch.enter(unit):
            rejects.append(Reject(span.source, span.first, "WorkerDied", f"Reading on failed: {reason}.", _DIED))
            continue
        for j, raw in enumerate(read(Piece((span,)), task.options), 1):
            if isinstance(raw, Reject):
                rejects.append(raw)
            elif reason := watch.enter(unit + j):
                rejects.append(Reject(raw.source, raw.record, "WorkerDied", f"It failed: {reason}.", _DIED))
            else:
                yield raw
            watch.enter(unit)


def settle_stage(task: SettleTask, watch: Watch) -> int:
    """Take what repeats on the site, name the language, ask the guards, sketch. Returns the number of articles."""
    table, _ = read_shard(task.read, ("article", "site"))
    articles = [unpack(cell.as_py()) for cell in table["article"]]
    articles = [replace(a, id=task.ids[row]) if row in task.ids else a for row, a in enumerate(articles)]
    if task.repeats:
        known = Repeats.load(task.repeats)
        articles = [known.take(a, site) for a, site in zip(articles, table["site"].to_pylist(), strict=True)]
    rejects: list[Reject] = []
    settled = _settled(articles, task.options, watch, rejects)
    texts = [a.text for a, _ in settled]
    sketches = sketch(texts)
    columns = {
        "article": _packed([a for a, _ in settled]),
        "drop": pa.array([orjson.dumps(drop) if drop else b"" for _, drop in settled], pa.binary()),
        "id": pa.array([a.id for a, _ in settled], pa.string()),
        "date": pa.array([a.date for a, _ in settled], pa.string()),
        "url": pa.array([a.url for a, _ in settled], pa.string()),
        "site": pa.array([a.site for a, _ in settled], pa.string()),
        "length": pa.array([len(text) for text in texts], pa.int64()),
        **{name: _cells(getattr(sketches, name)) for name in SKETCH},
    }
    write_shard(task.out, columns, {"rejects": [rejected_row(r) for r in rejects]})
    return len(settled)


def _settled(
    articles: Sequence[Article], options: Options, watch: Watch, rejects: list[Reject]
) -> list[tuple[Article, Drop | None]]:
    """All at once, which is fastest; one by one where that has ended a worker."""
    settled: list[tuple[Article, Drop | None]] = []
    if not watch.enter(0):
        settled = settle(articles, options)
    else:
        for i, article in enumerate(articles, 1):
            if reason := watch.enter(i):
                rejects.append(Reject(article.source, article.record, "WorkerDied", f"It failed: {reason}.", _DIED))
            else:
                settled += settle([article], options)
    watch.leave()
    return settled


def write_stage(task: WriteTask, watch: Watch) -> int:
    """The lines of the output and of the logs, article by article. Returns the number of articles written."""
    table, _ = read_shard(task.settled, ("article", "drop"))
    records, removed, dropped = [], [], []
    counts: Counter[tuple[str, ...]] = Counter()
    for row, (cell, early) in enumerate(zip(table["article"], table["drop"], strict=True)):
        article = unpack(cell.as_py())
        drop = Drop(**orjson.loads(early.as_py())) if early.as_py() else task.drops.get(row)
        article = replace(article, duplicates=task.duplicates.get(row, ()))
        records.append(b"" if drop else _line(record(article)))
        removed.append(b"".join(map(_line, removed_rows(article))))
        dropped.append(_line(dropped_row(article, drop)) if drop else b"")
        _count(counts, article, drop)
    columns = {"record": records, "removed": removed, "dropped": dropped}
    notes = {"counts": [[*key, n] for key, n in sorted(counts.items())]}
    write_shard(task.out, {name: pa.array(lines, pa.large_binary()) for name, lines in columns.items()}, notes)
    return sum(map(bool, records))


def _count(counts: Counter[tuple[str, ...]], article: Article, drop: Drop | None) -> None:
    """What the manifest and the report count; every key is (table, key ...)."""
    text = article.text
    counts["articles", "read"] += 1
    counts["characters", "before"] += len(article.before)
    counts["characters", "stripped"] += len(text)
    counts["encoding", article.encoding] += 1
    counts["input_kind", article.input_kind] += 1
    counts["repaired", "yes" if article.repair else "no"] += 1
    for flag in article.flags:
        counts["flag", flag] += 1
    for r in article.removals:
        counts["removals", r.kind, r.rule] += 1
        counts["removed_characters", r.kind, r.rule] += r.end - r.start
    if drop:
        counts["dropped", drop.reason] += 1
    else:
        counts["articles", "written"] += 1
        counts["characters", "written"] += len(text)
        counts["language", article.language] += 1
        counts["site", article.site] += 1


def lines_of(path: Path) -> SiteLines:
    """The lines that `read_stage` left for what repeats per site."""
    table, _ = read_shard(path, ("site_hash", "keys", "lengths", "marks"))
    table = table.combine_chunks()
    lists = {name: table[name].combine_chunks() for name in ("keys", "lengths", "marks")}
    return SiteLines(
        table["site_hash"].to_numpy(),
        lists["keys"].offsets.to_numpy().astype(np.int64),
        **{name: column.values.to_numpy() for name, column in lists.items()},
    )


def sketches_of(table: pa.Table) -> Sketches:
    """The sketches that `settle_stage` left."""
    like = sketch(())
    return Sketches(**{name: _matrix(table[name], getattr(like, name)) for name in SKETCH})


def _packed(articles: Sequence[Article]) -> pa.Array:
    return pa.array([pack(a) for a in articles], pa.large_binary())


def _line(row: Mapping[str, object]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _lists(offsets: Any, values: Any) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values))


def _cells(array: NDArray[Any]) -> pa.Array:
    """An array as a column of fixed-size cells, one per row."""
    width = array.itemsize * prod(array.shape[1:])
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(array), [None, pa.py_buffer(array.tobytes())])


def _matrix(column: pa.ChunkedArray, like: NDArray[Any]) -> NDArray[Any]:
    """The array that `_cells` stored, with the type and row shape of `like`."""
    cells = column.combine_chunks()
    width = prod(like.shape[1:])
    flat = np.frombuffer(cells.buffers()[1] or b"", like.dtype)
    return flat[cells.offset * width : (cells.offset + len(cells)) * width].reshape(-1, *like.shape[1:])


def _unexpected(raw: Raw, error: Exception) -> Reject:
    return Reject(raw.source, raw.record, "Unexpected", f"{type(error).__name__}: {error}", _UNEXPECTED)
