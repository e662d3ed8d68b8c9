"""Read what a report is made of: the shards of a run, or, at any time after it, its output and logs.

Both first give the tally of each part of the corpus, and later the articles that were chosen by the tallies.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from cleaner.audit.logs import Row, records, removals_by_article, rows
from cleaner.audit.report.statistics import Position
from cleaner.audit.tally import FORM, dropped_line, kept_line, marked_line, tally
from cleaner.engine.columns import binary_values
from cleaner.engine.work import read_attached, read_shard
from cleaner.errors import OutputError
from cleaner.output.left_out import left_out_of_row
from cleaner.output.records import drop_of, removal_of

__all__ = ["FromLogs", "FromShards", "LoggedArticle", "ReportSource", "logged_articles"]

_ARTICLES = 1000  # in one tally made from the logs: as many as in a shard, unless the options say otherwise

Tallied = tuple[Row, Mapping[str, Sequence[Any]]]
"""A tally, and the lines of the articles in it that were "dropped", were "kept" for others, or only "marked"."""


@dataclass(frozen=True, slots=True)
class LoggedArticle:
    """One article: its record (None where the output cannot be read), its row of dropped.jsonl, its rows of
    removed.jsonl."""

    record: Row | None
    drop: Row | None
    logged: Sequence[Row]

    @property
    def removed(self) -> list[Row]:
        """The rows that are spans of the text, in its order."""
        return [row for row in self.logged if row["start"] >= 0]


@dataclass(frozen=True, slots=True)
class FromShards:
    """A source that reads the shards of a run's last stage."""

    shards: Sequence[Path]

    def complete(self) -> bool:
        """Return True if all shards have tallies of the present form; an older version may have left others, or
        none."""
        # "verdicts" are the decisions of the global steps: which articles were dropped, and which kept for others.
        begins = b'{"form":%d,' % FORM
        attached = (read_attached(path, "tally", "verdicts") for path in self.shards)
        return bool(self.shards) and all(tally.startswith(begins) and decided for tally, decided in attached)

    def tallies(self) -> Iterator[Tallied]:
        """Yield the tallies that the run left in its shards."""
        # Attached to a shard as JSON, these can be read without the shard's texts.
        for path in self.shards:
            counted, decisions = map(orjson.loads, read_attached(path, "tally", "verdicts"))
            yield counted, decisions

    def articles(
        self, positions: Collection[Position], ids: Collection[str]
    ) -> Iterator[tuple[Position, LoggedArticle]]:
        """Yield the articles at these positions and with these ids. Only shards that hold one are read."""
        wanted: dict[int, set[int]] = {}
        for shard, row in positions:
            wanted.setdefault(shard, set()).add(row)
        for shard, path in enumerate(self.shards):
            here = wanted.get(shard, set())
            # Keepers are known by id alone. Those of this shard stand in its decisions, which are small.
            if ids:
                [decisions] = read_attached(path, "verdicts")
                here |= {row for _, row, id, _ in orjson.loads(decisions)["kept"] if id in ids}
            if not here:
                continue
            # A few articles of a shard are shown, so only their cells become objects of Python.
            rows = np.array(sorted(here))
            table, _ = read_shard(path, ("record", "removed", "dropped"))
            columns = (binary_values(table[name], rows) for name in ("record", "removed", "dropped"))
            for row, written, removed, dropped in zip(rows.tolist(), *columns, strict=True):
                drop = orjson.loads(dropped) if dropped else None
                record = drop["record"] if drop else orjson.loads(written)
                yield (shard, row), LoggedArticle(record, drop, [*map(orjson.loads, bytes(removed).splitlines())])


@dataclass(frozen=True, slots=True)
class FromLogs:
    """A source that reads the output of a run and its logs, once for the tallies and once more for the texts."""

    output: str
    folder: Path
    counts: Mapping[str, Any]  # those of the manifest

    def tallies(self) -> Iterator[Tallied]:
        """Yield tallies as a run would have made them, of a thousand articles each."""
        for articles in self._parts():
            lines: dict[str, list[Any]] = {"dropped": [], "kept": [], "marked": []}
            for row, article in enumerate(articles):
                if article.record and article.drop:
                    lines["dropped"].append(dropped_line(row, article.record, drop_of(article.drop)))
                elif article.record and article.record["duplicates"]:
                    lines["kept"].append(kept_line(row, article.record))
                if article.record and article.record.get("drop_reason"):
                    lines["marked"].append(marked_line(row, article.record))
            # Without a record (the output went to stdout) the removals still have the id of their article.
            ids = [str(a.record["id"] if a.record else a.logged[0]["id"]) for a in articles]
            removals = [[removal_of(row) for row in a.removed] for a in articles]
            left_out = [[found for row in a.logged if (found := left_out_of_row(row))] for a in articles]
            texts = [[row["text"] for row in a.removed if row["kind"] != "space"] for a in articles]
            yield tally(ids, [a.record for a in articles], removals, texts, left_out), lines

    def articles(
        self, positions: Collection[Position], ids: Collection[str]
    ) -> Iterator[tuple[Position, LoggedArticle]]:
        """Yield the articles at these positions and with these ids, by reading output and logs again."""
        # The logs have no index. Parts of them are cut as for the tallies, so positions mean the same articles.
        for part, articles in enumerate(self._parts()):
            for row, article in enumerate(articles):
                kept = article.record and not article.drop and article.record["id"] in ids
                if kept or (part, row) in positions:
                    yield (part, row), article

    def _parts(self) -> Iterator[list[LoggedArticle]]:
        """Return the articles of the output and its logs, in lists of a thousand."""
        logs = rows(self.folder / "dropped.jsonl"), removals_by_article(self.folder / "removed.jsonl")
        numbers = self.counts.get("articles", {})
        written = int(numbers.get("written", 0))
        sizes = written, int(numbers.get("read", 0)) - written
        articles = logged_articles(_written(self.output, self.folder), *logs, sizes=sizes)
        return iter(lambda: list(islice(articles, _ARTICLES)), [])


ReportSource = FromShards | FromLogs
"""What a report can be made of. Both have `tallies`, the tallies of the parts of the corpus in order, and `articles`,
which finds articles by position and those written under some ids, each once."""


def _written(output: str, folder: Path) -> Iterator[Row]:
    """Yield the records of the output, as far as it holds any: stdout and a folder of texts hold none."""
    with suppress(OutputError):
        yield from records(output, folder)


def logged_articles(
    written: Iterable[Row],
    dropped: Iterable[Row],
    removed: Iterable[tuple[str, Sequence[Row]]],
    *,
    sizes: tuple[int, int] = (1, 1),
) -> Iterator[LoggedArticle]:
    """Yield every article once, with its removals; all three inputs stand in the order of the run.

    `removed` are (id, rows) as `cleaner.audit.logs.removals_by_article` gives them. `sizes` are the numbers of articles
    written and dropped. An article is in one of two files, and only reading them tells in which, so the files are read
    ahead until the article of the next removals appears. Both are ordered by source, so few articles wait in memory.
    Removals of an article that is in neither file (the output went to stdout, say) come with no record.
    """
    files = (
        _ReadAhead(((record, None) for record in written), sizes[0]),
        _ReadAhead(((row["record"], row) for row in dropped), sizes[1]),
    )
    for name, own in removed:
        while (owner := next((file for file in files if name in file.waiting), None)) is None:
            unfinished = [file for file in files if not file.ended]
            if not unfinished:
                break
            # Both files follow the sorted sources; within one, the shares are compared.
            min(unfinished, key=lambda file: file.position).read_one()
        if owner is None:
            yield LoggedArticle(None, None, own)
            continue
        passed = ""
        while passed != name:  # articles before the owner have no removals, for theirs would have come before these
            passed, (article, drop) = owner.waiting.popitem(last=False)
            yield LoggedArticle(article, drop, own if passed == name else ())
    for file in files:
        yield from (LoggedArticle(*pair, ()) for pair in file.waiting.values())
        yield from (LoggedArticle(*pair, ()) for pair in file.articles)


class _ReadAhead:
    """The articles of one file, in order. Those read ahead wait for their removals, or for those of a later one."""

    def __init__(self, articles: Iterable[tuple[Row, Row | None]], size: int) -> None:
        self.articles, self._size, self._read = iter(articles), max(size, 1), 0
        self.position = "", 0.0  # how far it was read: the source, and the share of all articles of the file
        self.waiting: OrderedDict[str, tuple[Row, Row | None]] = OrderedDict()
        self.ended = False

    def read_one(self) -> None:
        """Read one more article."""
        article, drop = next(self.articles, (None, None))
        if article is None:
            self.ended = True
            return
        self._read += 1
        self.position = str(article["source"]), self._read / self._size
        self.waiting[str(article["id"])] = article, drop
