"""Where a report takes its numbers and texts from: the shards of a run, or its output and logs, at any time after it.

Both give the tally of every piece of the corpus, and then the few articles whose texts are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import orjson

from cleaner.article import Drop, Removal
from cleaner.audit.logs import Row, records, removals, rows
from cleaner.audit.report.sums import Place
from cleaner.audit.report.walk import Walked, walk
from cleaner.audit.tally import dropped_line, kept_line, tally
from cleaner.engine.columns import binary_values
from cleaner.engine.work import read_attached, read_shard
from cleaner.errors import OutputError

__all__ = ["Logs", "Origin", "Shards"]

_PIECE = 1000  # articles


class Origin(Protocol):
    """What a report is made of."""

    def tallies(self) -> Iterator[tuple[Row, Sequence[Any], Sequence[Any]]]:
        """(tally, lines of dropped articles, lines of keepers), piece by piece."""

    def articles(self, places: Collection[Place], ids: Collection[str]) -> Iterator[tuple[Place, Walked]]:
        """The articles at these places, by piece and row, and those written under these ids, each once."""


class Shards:
    """The shards of a run's last stage."""

    def __init__(self, shards: Sequence[Path]) -> None:
        self._shards = shards

    def tallies(self) -> Iterator[tuple[Row, Sequence[Any], Sequence[Any]]]:
        """As they were left there."""
        for path in self._shards:
            tally, verdicts = map(orjson.loads, read_attached(path, "tally", "verdicts"))
            yield tally, verdicts["dropped"], verdicts["kept"]

    def complete(self) -> bool:
        """Whether all of them have tallies: those that an older version left in an unfinished run have none."""
        return bool(self._shards) and all(all(read_attached(path, "tally", "verdicts")) for path in self._shards)

    def articles(self, places: Collection[Place], ids: Collection[str]) -> Iterator[tuple[Place, Walked]]:
        """Only the shards that hold one are opened for their texts."""
        wanted: dict[int, set[int]] = {}
        for shard, place in places:
            wanted.setdefault(shard, set()).add(place)
        for shard, path in enumerate(self._shards):
            at = wanted.get(shard, set())
            if ids:
                [verdicts] = read_attached(path, "verdicts")
                at |= {place for _, place, id, _ in orjson.loads(verdicts)["kept"] if id in ids}
            if at:
                yield from (((shard, place), walked) for place, walked in _of_shard(path, sorted(at)))


def _of_shard(path: Path, places: Iterable[int]) -> Iterator[tuple[int, Walked]]:
    table, _ = read_shard(path, ("record", "removed", "dropped"))
    written, removed, dropped = (binary_values(table[name]) for name in ("record", "removed", "dropped"))
    for place in places:
        drop = orjson.loads(dropped[place]) if dropped[place] else None
        record = drop["record"] if drop else orjson.loads(written[place])
        yield place, Walked(record, drop, [*map(orjson.loads, bytes(removed[place]).splitlines())])


class Logs:
    """The output of a run and its logs, read for the tallies and once more for the texts."""

    def __init__(self, output: str, folder: Path, counts: Mapping[str, Any]) -> None:
        articles = counts.get("articles", {})
        written = int(articles.get("written", 0))
        self._output, self._folder, self._sizes = output, folder, (written, int(articles.get("read", 0)) - written)

    def tallies(self) -> Iterator[tuple[Row, Sequence[Any], Sequence[Any]]]:
        """Counted a thousand articles at a time."""
        for piece in self._pieces():
            dropped, kept = [], []
            for place, walked in enumerate(piece):
                if walked.record and walked.drop:
                    dropped.append(dropped_line(place, walked.record, _drop(walked.drop)))
                elif walked.record and walked.record["duplicates"]:
                    kept.append(kept_line(place, walked.record))
            ids = [str(w.record["id"] if w.record else w.removed[0]["id"]) for w in piece]
            spans = [[_removal(row) for row in walked.removed] for walked in piece]
            yield tally(ids, [w.record for w in piece], spans), dropped, kept

    def articles(self, places: Collection[Place], ids: Collection[str]) -> Iterator[tuple[Place, Walked]]:
        """Everything is read again."""
        for number, piece in enumerate(self._pieces()):
            for place, walked in enumerate(piece):
                if (number, place) in places or (walked.record and not walked.drop and walked.record["id"] in ids):
                    yield (number, place), walked

    def _pieces(self) -> Iterator[list[Walked]]:
        logs = rows(self._folder / "dropped.jsonl"), removals(self._folder / "removed.jsonl")
        walked = walk(_written(self._output), *logs, sizes=self._sizes)
        return iter(lambda: list(islice(walked, _PIECE)), [])


def _drop(row: Row) -> Drop:
    return Drop(row["id"], row["reason"], row["detail"], row["keeper"], row["jaccard"], row["containment"])


def _removal(row: Row) -> Removal:
    return Removal(row["start"], row["end"], row["rule"], row["kind"], row["why"])


def _written(output: str) -> Iterator[Row]:
    """The records of the output, as far as it holds any."""
    with suppress(OutputError):
        yield from records(output)
