"""What one run has at hand: its work directory, its engine, its shards, its clock. What it does is in clean.py."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from cleaner.article import Reject
from cleaner.corpus.shards import ShardSet
from cleaner.engine.pool import Pool, fitting
from cleaner.engine.progress import Done, ProgressMeter
from cleaner.engine.shuffle import InMemory, OnPool, Shuffle
from cleaner.engine.work import Work, read_shard
from cleaner.engine.worker import Watch
from cleaner.options import Options, memory_bytes

if TYPE_CHECKING:
    from cleaner.engine.spark import Spark

__all__ = ["Engine", "Run", "open_engine"]

T = TypeVar("T")
R = TypeVar("R")

_log = logging.getLogger(__name__)

SMALL = 32 << 20
"""Bytes of shards up to which the global steps are done in memory, in the calling process: some 6,000 articles, 0.2 s
of work, which would take longer to share out and to write down than to do again after a kill."""


Engine: TypeAlias = "Pool | Spark"
"""What does the work of the stages: `map` gives the results of `function(task, watch)` as they come, in no order. Spark
is a carrier of shuffles as well."""


@contextmanager
def open_engine(options: Options) -> Iterator[Engine]:
    """The engine that the options ask for: Spark, or as many processes as fit into the memory of the run."""
    if options.engine == "spark":
        from cleaner.engine.spark import Spark, open_session

        with open_session(options.master) as session:
            yield Spark(session, seconds=options.record_timeout)
    else:
        # one worker that was asked for is this process; if one is all that fits, it is a process that may be killed
        memory = memory_bytes(options.memory)
        workers, inside = fitting(memory, options.workers), options.workers == 1
        with Pool(workers, seconds=options.record_timeout, inside=inside, memory=memory * 3 // 4) as pool:
            yield pool


@dataclass
class Run:
    """A run in its work directory."""

    work: Work
    engine: Engine
    options: Options
    meter: ProgressMeter = field(default_factory=ProgressMeter)
    count: int = 0  # of its shards, known when all input is read
    last_source: str = ""  # of which anything was planned
    # seconds of each step: by the clock, and of this process alone
    times: dict[str, dict[str, float]] = field(default_factory=dict)

    def shards(self, stage: str) -> list[Path]:
        """The files of a finished stage, in manifest order."""
        return [self.work.shard(stage, number) for number in range(self.count)]

    def stage(
        self,
        name: str,
        function: Callable[[T, Watch], Done],
        tasks: Callable[[set[int]], Iterable[T]],
        total: Callable[[], int] | None = None,
    ) -> None:
        """Do a stage over its shards, but for those that an earlier run finished: `tasks` is called with their numbers.

        `total` is how many shards there will be, where `count` does not say so yet.
        """
        done = self.work.done(name)
        with self.timed(name):
            results = self.engine.map(function, tasks(done))
            self.meter.follow(name, results, len(done), total or (lambda: self.count))

    def shuffle(self, stage: str, shards: list[Path]) -> tuple[Shuffle, ShardSet]:
        """How the global steps before a stage are done over these shards.

        Small inputs: in memory. Else on the processes of the pool, or on Spark, with tables in the work directory; a
        task may use its share of a quarter of the run's memory, the rest is for what the processes hold anyway.
        """
        found = ShardSet.of(shards)
        if isinstance(self.engine, Pool) and sum(path.stat().st_size for path in shards) <= SMALL:
            return Shuffle(InMemory(), None, memory_bytes(self.options.memory) // 4), found
        tables = self.work.tables(stage)
        if isinstance(self.engine, Pool):
            memory = memory_bytes(self.options.memory) // 4 // self.engine.size
            return Shuffle(OnPool(self.engine, tables / "spilled"), tables, memory), found
        # a task of Spark has the memory that docs/cluster.md asks for, whatever the machine of the driver has
        return Shuffle(self.engine, tables, memory_bytes(self.options.memory or "1G") // 4), found

    def rejects(self) -> Iterator[Reject]:
        """What the stages set aside."""
        for path in self.shards("finish"):
            yield from (Reject(**row) for row in read_shard(path, ())[1]["rejects"])

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note how long a step takes."""
        clock, cpu = time.monotonic(), time.process_time()
        _log.info("%s begins", step)
        yield
        seconds = time.monotonic() - clock
        _log.info("%s ends after %.1f s", step, seconds)
        self.times[step] = {"seconds": round(seconds, 3), "main_cpu": round(time.process_time() - cpu, 3)}
