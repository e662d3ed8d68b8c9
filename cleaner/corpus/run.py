"""The passes of a run over all shards: each does what is not done yet. Their order is in pipeline.py."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

import orjson

from cleaner.article import Reject
from cleaner.corpus.stages import FinishTask, ReadTask, finish_stage, read_stage
from cleaner.corpus.whole import Embedded
from cleaner.engine.progress import Done, Progress, ProgressMeter
from cleaner.engine.work import Work, read_shard, replacing
from cleaner.engine.worker import Watch
from cleaner.options import Options
from cleaner.output.manifest import sha256
from cleaner.read.split import plan_tasks
from cleaner.read.task import Source, Task
from cleaner.repeats.repeats import Repeats
from cleaner.repeats.site_rules import join_rules, load_site_rules, read_rules_file, rule_rows

__all__ = ["Engine", "Run", "Whole"]

T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """What does the work of the stages: `cleaner.engine.pool.Pool`, or `cleaner.engine.spark.Spark`."""

    size: int
    deaths: int

    def map(self, function: Callable[[T, Watch], R], tasks: Iterable[T]) -> Iterator[R]:
        """Results of `function(task, watch)` as they come, in no order."""
        ...


class Judged(Protocol):
    """Who goes and who stays for others, with figures for the report."""

    @property
    def counts(self) -> Mapping[str, int]:
        """What the manifest counts of near-duplicates."""
        ...

    @property
    def stage(self) -> Callable[[Any, Watch], Done]:
        """The last stage, for tasks that `task` makes."""
        ...

    def task(self, shard: int, finished: Path, out: Path) -> Any:
        """The last stage's task for a shard."""
        ...


class Whole(Protocol):
    """The steps that need the whole corpus: `cleaner.corpus.whole.Embedded`, or `cleaner.corpus.spread.Spread`."""

    def taken_ids(self, shards: Sequence[Path]) -> Mapping[int, Mapping[int, str]]:
        """New ids, by shard and row, for records whose own id is taken."""
        ...

    def repeats(self, shards: Sequence[Path]) -> Repeats:
        """The lines that repeat per site."""
        ...

    def duplicates(self, shards: Sequence[Path]) -> Judged:
        """Which articles go because another stays."""
        ...


_log = logging.getLogger(__name__)

REPEATS, LEARNED = "repeats.npy", "learned.jsonl"
HASHED_AT_ONCE = 256  # files per task: small enough to share out, large enough to cost no messages


class Run:
    """The stages of one run; each does what is not done yet."""

    def __init__(
        self,
        work: Work,
        pool: Engine,
        options: Options,
        progress: Progress | None = None,
        whole: Whole | None = None,
    ) -> None:
        self._work, self._pool, self._options = work, pool, options
        self._whole = whole or Embedded(work, options)
        self._meter = ProgressMeter(progress or (lambda step: None))
        self._count = 0
        self.times: dict[str, dict[str, float]] = {}
        """Seconds of each step: by the clock, and of this process alone."""

    def shards(self, stage: str) -> list[Path]:
        """The files of a finished stage, in manifest order."""
        return [self._work.shard(stage, n) for n in range(self._count)]

    def read(self, sources: Sequence[Source | Reject]) -> list[Reject]:
        """Plan the shards and read them. What could not be planned comes back."""
        rejects = [s for s in sources if isinstance(s, Reject)]
        readable = [s for s in sources if isinstance(s, Source)]
        done = self._work.done("read")
        ahead = _Ahead(readable)

        def tasks() -> Iterator[ReadTask]:
            for piece in plan_tasks(readable, self._options, task_records=self._options.shard_records):
                if isinstance(piece, Reject):
                    rejects.append(piece)
                    continue
                self._count += 1
                ahead.add(piece)
                if self._count - 1 not in done:
                    yield ReadTask(piece, self._work.shard("read", self._count - 1), self._options)
            ahead.end()

        with self._timed("read"):
            self._meter.follow("read", self._pool.map(read_stage, tasks()), len(done), ahead.shards)
        return rejects

    def finish(self) -> None:
        """Learn what repeats, then finish the shards."""
        done = self._work.done("finish")
        if len(done) >= self._count:
            return
        read = self.shards("read")
        learned = None
        self.begins("repeats")
        with self._timed("repeats"):
            ids = self._whole.taken_ids(read)
            if self._options.repeats:
                learned = self._work.path / REPEATS
                join_rules(self._whole.repeats(read), self._before()[0]).save(learned)
        tasks = (
            FinishTask(read[n], self._work.shard("finish", n), self._options, ids.get(n, {}), learned)
            for n in range(self._count)
            if n not in done
        )
        with self._timed("finish"):
            self._meter.follow("finish", self._pool.map(finish_stage, tasks), len(done), lambda: self._count)

    def _before(self) -> tuple[Repeats, dict[int, tuple[str, str]]]:
        """What older runs learned, and in which words. An unfinished run is kept to the file that it began with."""
        copy = self._work.path / LEARNED
        if not self._options.site_rules:
            return load_site_rules(())
        if not copy.exists():
            with replacing(copy) as out:
                out.write(read_rules_file(self._options.site_rules))
        return load_site_rules(copy.read_bytes().splitlines(), self._options.site_rules)

    def save_learned(self, path: Path) -> None:
        """Write what this run and those before it learned."""
        wording = dict(self._before()[1])
        for shard in self.shards("finish"):
            for key, (site, line) in read_shard(shard, ())[1]["learned"].items():
                wording[int(key)] = site, line
        with replacing(path) as out:
            for row in rule_rows(Repeats.load(self._work.path / REPEATS), wording):
                out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def write(self) -> Mapping[str, int]:
        """Judge duplicates, then prepare the lines of the output. The figures of the near-duplicate step come back."""
        finished = self.shards("finish")
        self.begins("duplicates")
        with self._timed("duplicates"):
            verdicts = self._whole.duplicates(finished)
        done = self._work.done("write")
        tasks = (
            verdicts.task(n, finished[n], self._work.shard("write", n)) for n in range(self._count) if n not in done
        )
        with self._timed("write"):
            self._meter.follow("write", self._pool.map(verdicts.stage, tasks), len(done), lambda: self._count)
        return verdicts.counts

    def hash(self, sources: Sequence[Source | Reject]) -> list[tuple[str, int, str]]:
        """(source, bytes, sha256) of every source; what has no file here has no hash."""
        rest = iter([s for s in sources if isinstance(s, Source)])
        chunks = iter(lambda: tuple(islice(rest, HASHED_AT_ONCE)), ())
        with self._timed("hash"):
            found = [row for rows in self._pool.map(_hash_stage, chunks) for row in rows]
        copy = self._work.path / LEARNED
        if self._options.site_rules and copy.exists():
            found.append((self._options.site_rules, copy.stat().st_size, sha256(copy)))
        return sorted(found)

    def begins(self, step: str) -> None:
        """Tell that a step over the whole corpus begins."""
        self._meter.begin_global_step(step)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        clock, cpu = time.monotonic(), time.process_time()
        _log.info("%s begins", step)
        yield
        _log.info("%s ends after %.1f s", step, time.monotonic() - clock)
        self.times[step] = {
            "seconds": round(time.monotonic() - clock, 3),
            "main_cpu": round(time.process_time() - cpu, 3),
        }

    def rejects(self, stage: str) -> Iterator[Reject]:
        """What a stage set aside."""
        for path in self.shards(stage):
            _, notes = read_shard(path, ())
            yield from (Reject(**row) for row in notes["rejects"])


class _Ahead:
    """How many shards there will be, from the share of the input's bytes that was planned."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sizes = {s.path: s.size for s in sources}
        self._all = sum(self._sizes.values()) if min(self._sizes.values(), default=-1) >= 0 else 0
        self._planned = self._shards = 0

    def add(self, piece: Task) -> None:
        self._shards += 1
        for span in piece.splits:
            if span.payload:  # out of a stream: how much of the file that was, nobody knows
                self._all = 0
            self._planned += span.end - span.start if span.end >= 0 else self._sizes.get(span.path, 0)

    def end(self) -> None:
        self._all = self._planned = 1

    def shards(self) -> int:
        """0 where nobody knows."""
        return round(self._shards * self._all / self._planned) if self._all and self._planned else 0


def _hash_stage(sources: Sequence[Source], watch: Watch) -> list[tuple[str, int, str]]:
    return [(s.source, s.size, _digest(s)) for s in sources]


def _digest(source: Source) -> str:
    try:
        return sha256(Path(source.path)) if Path(source.path).is_file() else ""
    except OSError:  # unreadable, which the log of rejects tells already
        return ""
