"""The state of one run: its work directory, its engine, its shards, its times. clean.py has the steps of a run."""

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
"""Most bytes of shards for which the global steps run in memory, in the calling process: some 6,000 articles and 0.2 s
of work. To distribute and to save that would take longer than to do it again after a kill."""


Engine: TypeAlias = "Pool | Spark"
"""Does the tasks of the stages: `map` yields the results of `function(task, watch)` in the order in which they are
ready. Spark also carries shuffles."""


@contextmanager
def open_engine(options: Options) -> Iterator[Engine]:
    """Open the engine that the options name: Spark, or as many processes as fit into the memory of the run."""
    if options.engine == "spark":
        from cleaner.engine.spark import Spark, open_session

        with open_session(options.master) as session:
            yield Spark(session, seconds=options.record_timeout)
    else:
        # --workers 1 works in this process; where only one fits into memory, it is a process of its own and may be
        # killed
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
    last_source: str = ""  # of the last task that was planned
    # seconds of each step: by the clock, and of this process alone
    times: dict[str, dict[str, float]] = field(default_factory=dict)

    def shards(self, stage: str) -> list[Path]:
        """Return the files of a finished stage, in manifest order."""
        return [self.work.shard(stage, number) for number in range(self.count)]

    def stage(
        self,
        name: str,
        function: Callable[[T, Watch], Done],
        tasks: Callable[[set[int]], Iterable[T]],
        total: Callable[[], int] | None = None,
    ) -> None:
        """Do a stage for all shards but those that an earlier run finished, whose numbers `tasks` is called with.

        `total` gives the number of shards where `count` is not known yet.
        """
        done = self.work.done(name)
        with self.timed(name):
            results = self.engine.map(function, tasks(done))
            self.meter.follow(name, results, len(done), total or (lambda: self.count))

    def shuffle(self, stage: str, shards: list[Path]) -> tuple[Shuffle, ShardSet]:
        """Return the shuffle that does the global steps before a stage, and the set of these shards.

        Small inputs are shuffled in memory, others by the processes of the pool or by Spark, with tables in the work
        directory. A task may use its share of a quarter of the run's memory; processes need the rest anyway.
        """
        found = ShardSet.of(shards)
        if isinstance(self.engine, Pool) and sum(path.stat().st_size for path in shards) <= SMALL:
            return Shuffle(InMemory(), None, memory_bytes(self.options.memory) // 4), found
        tables = self.work.tables(stage)
        if isinstance(self.engine, Pool):
            memory = memory_bytes(self.options.memory) // 4 // self.engine.size
            return Shuffle(OnPool(self.engine, tables / "spilled"), tables, memory), found
        # the memory of a Spark task is what docs/cluster.md asks for, whatever the driver's machine has
        return Shuffle(self.engine, tables, memory_bytes(self.options.memory or "1G") // 4), found

    def rejects(self) -> Iterator[Reject]:
        """Yield what the stages set aside."""
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
