"""Stages on the executors of Apache Spark: the same functions as in the pool, one task of Spark for each shard.

The work directory lies in a folder that all executors share; shards are written there by our own writer, so a task
that is tried again, or twice at once, leaves the same bytes once.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, chdir, contextmanager, nullcontext
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from cleaner import __version__
from cleaner.engine.java import find_java
from cleaner.engine.pool import Pool
from cleaner.engine.worker import Watch
from cleaner.errors import CleanerError, EngineError, MissingExtra, OptionError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["Spark", "open_session"]

Task = TypeVar("Task")
Result = TypeVar("Result")

_WAVE = 4096  # tasks in one job of Spark; more only cost the driver memory
_SLICES = 2  # tasks of Spark for each core, so that one that ends early has something else to do
_MANY = 1 << 30  # stands for the number of parts, which is not known before the step
_LIGHT = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
_HERE = {
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.driver.defaultJavaOptions": _LIGHT,
    "spark.executor.defaultJavaOptions": _LIGHT,
    "spark.shuffle.sort.bypassMergeThreshold": "1",  # past it a task has one serializer, not one for each part
}
"""Settings on one machine. There Java only passes packed records on, for which its second compiler costs too much."""

_AT_HOME = ("local", "local-cluster")  # masters whose executors are on this machine


@contextmanager
def open_session(master: str, **settings: str) -> Iterator[SparkSession]:
    """Open a session on `master` ("" is what spark-submit or Spark's own configuration says), stopped at the end.

    Raises MissingExtra without pyspark, OptionError without a Java that Spark can run on, or when it does not start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtra("pyspark", "spark", "--engine spark") from None
    environment = {"JAVA_HOME": str(find_java())}
    settings = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR", **settings}
    builder = SparkSession.builder.appName("cleaner")
    if master:
        # local[2] repeats no failed task, so that one process that dies would end the run; local[2,4] does
        retried = master.startswith("local[") and "," not in master
        builder = builder.master(f"{master[:-1]},4]" if retried else master)
        if master.partition("[")[0] in _AT_HOME:
            environment |= dict.fromkeys(("PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"), sys.executable)
            settings = {**_HERE, **settings}
    for name, value in settings.items():
        builder = builder.config(name, value)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        try:
            session = builder.getOrCreate()
        except Exception as error:
            raise OptionError(f"Spark did not start on --master {master}: {_short(error)}") from error
        try:
            yield session
        finally:
            session.stop()
    finally:
        for name, old in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if old is None else {name: old})


class Spark:
    """Runs stages as `cleaner.engine.pool.Pool` does, and carries shuffles, on the executors of a session.

    `seconds` is the limit of CPU time per record (0: none). Raises OptionError when the executors have not this version
    of the package.
    """

    def __init__(self, session: SparkSession, *, seconds: float = 0.0) -> None:
        self.deaths = 0
        self._session: Any = session
        self._context: Any = session.sparkContext
        self._seconds = seconds
        self.size: int = self._context.defaultParallelism
        # checked before any work: an executor with another version would fail after minutes, with a Java trace
        try:
            there = set(self._context.parallelize(range(self.size), self.size).map(_version).collect())
        except Exception as error:
            if "ModuleNotFoundError" not in str(error):
                raise EngineError(f"No executor answers: {_short(error)}") from error
            there = {"none"}
        if there != {__version__}:
            raise OptionError(
                f"The executors have cleaner {', '.join(sorted(there))}, this process has {__version__}. "
                "Install it where they run, or send a packed environment along: docs/cluster.md says how."
            )

    def map(self, function: Callable[[Task, Watch], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Yield results of `function(task, watch)`, one task of Spark each. An exception in it is raised here."""
        run = partial(_run, function, self._seconds, str(Path.cwd()))
        rest = iter(tasks)
        while wave := list(islice(rest, _WAVE)):
            yield from self._answers(self._context.parallelize(wave, len(wave)).mapPartitions(run))

    def each(self, work: Callable[[Task], Any], tasks: Iterable[Task]) -> list[Any]:
        """Return `work(task)` for every task, in order; a few of them in each task of Spark."""
        tasks = list(tasks)
        run = partial(_run, partial(_unwatched, work), 0.0, str(Path.cwd()))
        return self._answers(self._context.parallelize(tasks, self._slices(len(tasks))).mapPartitions(run))

    def shuffle(
        self,
        tasks: Sequence[Task],
        emit: Callable[[Task], Iterator[tuple[int, bytes]]],
        reduce: Callable[[int, bytes], Any],
    ) -> list[Any]:
        """Return `reduce(part, packed)` for every part that some `emit(task)` has something for; the answers by
        part."""
        if not tasks:
            return []
        folder = str(Path.cwd())
        # pickled lists of records that Java passes on unseen; a DataFrame's shuffle takes twice the CPU
        emitted = self._context.parallelize(tasks, self._slices(len(tasks))).mapPartitions(partial(_emit, folder, emit))
        # the partition of a part is its number modulo their count: `int` is the hash that Spark needs
        parts = emitted.repartitionAndSortWithinPartitions(self._slices(_MANY if len(tasks) > 1 else 1), int)
        answers = dict(self._collect(parts.mapPartitions(partial(_reduce, folder, reduce))))
        return [orjson.loads(answers[part]) for part in sorted(answers)]

    def _slices(self, tasks: int) -> int:
        """Return into how many tasks of Spark so many of our tasks are put."""
        return max(1, min(tasks, _SLICES * self.size))

    def _answers(self, rdd: Any) -> list[Any]:
        """Yield the results of `_run` in a job. Raises the errors that it returned."""
        answers = self._collect(rdd)
        for fine, answer in answers:
            if not fine:
                raise answer
        return [answer for _, answer in answers]

    def _collect(self, rows: Any) -> list[Any]:
        """Yield the results of a job. Raises EngineError when Spark gives it up."""
        try:
            return list(rows.collect())
        except Exception as error:
            raise EngineError(
                f"Spark gave the job up: {_short(error)} The same command goes on where it stood."
            ) from error


def _version(_: int) -> str:
    """In an executor, return the version of the package there. Spark sends a function by name, so it runs the
    executor's code."""
    return __version__


def _run(
    function: Callable[[Task, Watch], Result], seconds: float, folder: str, tasks: Iterable[Task]
) -> Iterator[tuple[bool, Any]]:
    """In an executor, yield (True, result) or (False, an error whose text is for people) of some tasks.

    The first attempt works in this process. If that ends the process, the next attempt works in a child process, which
    finds the record that is to blame and leaves it out.
    """
    from pyspark import TaskContext

    context = TaskContext.get()
    careful = context is not None and context.attemptNumber() > 0
    with _in(folder):
        try:
            if careful:
                with Pool(1, seconds=seconds, inside=False) as pool:
                    yield from ((True, result) for result in pool.map(function, tasks))
                return
            with mmap.mmap(-1, mmap.PAGESIZE) as page:
                watch = Watch(seconds=seconds, page=page)
                for task in tasks:
                    try:
                        yield True, function(task, watch)
                    finally:
                        watch.leave()
        except CleanerError as error:
            yield False, error


def _unwatched(work: Callable[[Task], Result], task: Task, watch: Watch) -> Result:
    """In an executor, work on a task that has no records to watch."""
    return work(task)


def _in(folder: str) -> AbstractContextManager[object]:
    """Go to the driver's folder, to which relative paths belong, if the executor has a folder of that name."""
    return chdir(folder) if Path(folder).is_dir() else nullcontext()


def _emit(folder: str, emit: Callable[[Task], Iterator[tuple[int, bytes]]], tasks: Iterable[Task]) -> Iterator[Any]:
    """In an executor, yield the records of some tasks, each with its part."""
    with _in(folder):
        yield from chain.from_iterable(map(emit, tasks))


def _reduce(folder: str, reduce: Callable[[int, bytes], Any], records: Iterable[tuple[int, bytes]]) -> Iterator[Any]:
    """In an executor, reduce some parts, one after the other."""
    with _in(folder):
        for part, group in groupby(records, key=itemgetter(0)):
            yield part, orjson.dumps(reduce(part, b"".join(packed for _, packed in group)))


def _short(error: Exception) -> str:
    """Return the line of a long Java trace that says what was wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if "Error" in line or "Exception" in line]
    return f"{(said or lines or [type(error).__name__])[-1][:300]}."
