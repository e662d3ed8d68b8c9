"""The order of steps over a corpus: the page to read first.

    read -> decode -> extract (HTML only) -> repair -> quick language -> strip     read_stage, shard by shard
    [repeats per site]                                                            over all shards
    -> language -> guards                                                         settle_stage, shard by shard
    [near-duplicates]                                                             over all shards
    -> write -> report                                                            write_stage, and this page

What happens to one article is in steps.py, to one shard in stages.py, over all shards in verdicts.py.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

import orjson

from cleaner.article import Reject
from cleaner.options import Options, memory_bytes, stage_options
from cleaner.output.card import card
from cleaner.output.manifest import sha256
from cleaner.output.publish import Destination, Report
from cleaner.output.report import write_report
from cleaner.run.pool import Pool
from cleaner.run.work import Work, read_shard, replacing
from cleaner.run.worker import Watch
from cleaner.source import Source, list_sources, plan
from cleaner.stages import ReadTask, SettleTask, WriteTask, read_stage, settle_stage, write_stage
from cleaner.strip.learned import join, learned_file, load_learned, rows_of
from cleaner.strip.repeats import Repeats
from cleaner.verdicts import PAIRS, duplicates, repeats, taken_ids

__all__ = ["Progress", "Report", "Run", "clean_corpus"]

Progress = Callable[[str, int, int], None]
"""Called as (stage, shards done, shards in all or 0 where that is not known yet)."""

Task = TypeVar("Task")
Result = TypeVar("Result")


class Engine(Protocol):
    """What does the work of the stages: `cleaner.run.pool.Pool`, or `cleaner.run.spark.Spark`."""

    size: int
    deaths: int

    def map(self, function: Callable[[Task, Watch], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Results of `function(task, watch)` as they come, in no order."""
        ...


REPEATS, LEARNED = "repeats.npy", "learned.jsonl"
HASHED_AT_ONCE = 256  # files per task: small enough to share out, large enough to cost no messages


def clean_corpus(
    inputs: str | Path | Iterable[str | Path | Source],
    output: str | Path,
    options: Options | None = None,
    *,
    audit: str | Path | None = None,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> Report:
    """Clean files, folders and patterns of them into one corpus, with logs of every decision beside it.

    `output` is a path as `cleaner.output.writers.open_output` takes it, or "-" for stdout (then logs are written only
    where `audit` names a folder). An unfinished run of the same inputs is continued. Raises OutputError when the output
    exists and `options.force` is not set, WorkError when another run is at it; bad input never raises.
    `engine` does the work; else `options.engine` says what does.
    """
    started = time.monotonic()
    options = options or Options()
    named = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    sources: list[Source | Reject] = [i for i in named if isinstance(i, Source)]
    sources += list_sources([str(i) for i in named if not isinstance(i, Source)], options)
    to = Destination(str(output), audit=audit, options=options)
    with _work(to, sources, options) as work:
        to.check(resumed=work.resumed)
        with nullcontext(engine) if engine else _engine(options) as pool:
            run = Run(work, pool, options, progress or (lambda stage, done, total: None))
            rejects = run.read(sources)
            run.settle()
            counts = run.write()
            inputs_hashed = run.hash(sources)
        rejects += [r for stage in ("read", "settle") for r in run.rejects(stage)]
        facts: dict[str, object] = {"seconds": round(time.monotonic() - started, 3), "steps": run.times}
        facts |= {"workers": pool.size, "worker_deaths": pool.deaths}
        extra = [work.path / PAIRS] if options.pairs and options.dedup else []
        target = to.rehearsal(work.path) if options.dry_run else to
        report = _describe(
            target.publish(run.shards("write"), rejects, inputs_hashed, counts, facts, extra), to, options
        )
        if options.learned and options.repeats and not options.dry_run:
            run.save_learned(Path(options.learned))
        if not options.keep_work:
            work.remove()
    return report


def _describe(done: Report, to: Destination, options: Options) -> Report:
    """What people look at: the HTML report with the logs, the dataset card where asked for. A rehearsal leaves its
    report alone."""
    page = None
    if options.report and done.audit and not (options.dry_run and to.streams):
        page = write_report(done.output, audit=done.audit, to=to.beside(".dry-run.html") if options.dry_run else None)
    if options.card and done.audit and not options.dry_run:
        path = Path(done.output)
        folder = path if path.is_dir() else path.parent
        (folder / "README.md").write_text(card(done.output, audit=done.audit), "utf-8")
    done = replace(done, page=str(page or ""))
    return replace(done, output="", audit="") if options.dry_run else done


class Run:
    """The stages of one run; each does what is not done yet."""

    def __init__(self, work: Work, pool: Engine, options: Options, progress: Progress) -> None:
        self._work, self._pool, self._options, self._progress = work, pool, options, progress
        self._memory = memory_bytes(options.memory)
        self._count = 0
        self.times: dict[str, dict[str, float]] = {}
        """Seconds of each step: by the clock, and of this process alone."""

    def shards(self, stage: str) -> list[Path]:
        """The files of a finished stage, in manifest order."""
        return [self._work.shard(stage, n) for n in range(self._count)]

    def read(self, sources: Sequence[Source | Reject]) -> list[Reject]:
        """Plan the shards and read them. What could not be planned comes back."""
        rejects = [s for s in sources if isinstance(s, Reject)]

        def tasks() -> Iterator[ReadTask]:
            done = self._work.done("read")
            readable = [s for s in sources if isinstance(s, Source)]
            for piece in plan(readable, self._options, piece_records=self._options.shard_records):
                if isinstance(piece, Reject):
                    rejects.append(piece)
                    continue
                self._count += 1
                if self._count - 1 not in done:
                    yield ReadTask(piece, self._work.shard("read", self._count - 1), self._options)

        with self._timed("read"):
            for n, _ in enumerate(self._pool.map(read_stage, tasks()), 1):
                self._progress("read", n, 0)
        return rejects

    def settle(self) -> None:
        """Learn what repeats, then settle the shards."""
        done = self._work.done("settle")
        if len(done) >= self._count:
            return
        read = self.shards("read")
        learned = None
        with self._timed("repeats"):
            ids = taken_ids(read)
            if self._options.repeats:
                learned = self._work.path / REPEATS
                known = repeats(read, self._memory // 4, self._work.path)
                join(known, self._before()[0]).save(learned)
        tasks = (
            SettleTask(read[n], self._work.shard("settle", n), self._options, ids.get(n, {}), learned)
            for n in range(self._count)
            if n not in done
        )
        with self._timed("settle"):
            for n, _ in enumerate(self._pool.map(settle_stage, tasks), len(done) + 1):
                self._progress("settle", n, self._count)

    def _before(self) -> tuple[Repeats, dict[int, tuple[str, str]]]:
        """What older runs learned, and in which words. An unfinished run is kept to the file that it began with."""
        copy = self._work.path / LEARNED
        if not self._options.learned:
            return load_learned(())
        if not copy.exists():
            with replacing(copy) as out:
                out.write(learned_file(self._options.learned))
        return load_learned(copy.read_bytes().splitlines(), self._options.learned)

    def save_learned(self, path: Path) -> None:
        """Write what this run and those before it learned."""
        wording = dict(self._before()[1])
        for shard in self.shards("settle"):
            for key, (site, line) in read_shard(shard, ())[1]["learned"].items():
                wording[int(key)] = site, line
        with replacing(path) as out:
            for row in rows_of(Repeats.load(self._work.path / REPEATS), wording):
                out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def write(self) -> dict[str, int]:
        """Judge duplicates, then prepare the lines of the output. The figures of the near-duplicate step come back."""
        settled = self.shards("settle")
        with self._timed("duplicates"):
            verdicts = duplicates(settled, self._options, work=self._work.path, memory=self._memory // 4)
        done = self._work.done("write")
        tasks = (
            WriteTask(settled[n], self._work.shard("write", n), *verdicts.of_shard(n))
            for n in range(self._count)
            if n not in done
        )
        with self._timed("write"):
            for n, _ in enumerate(self._pool.map(write_stage, tasks), len(done) + 1):
                self._progress("write", n, self._count)
        return verdicts.counts

    def hash(self, sources: Sequence[Source | Reject]) -> list[tuple[str, int, str]]:
        """(source, bytes, sha256) of every source; what has no file here has no hash."""
        rest = iter([s for s in sources if isinstance(s, Source)])
        chunks = iter(lambda: tuple(islice(rest, HASHED_AT_ONCE)), ())
        with self._timed("hash"):
            return sorted(row for rows in self._pool.map(_hash_stage, chunks) for row in rows)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        clock, cpu = time.monotonic(), time.process_time()
        yield
        self.times[step] = {
            "seconds": round(time.monotonic() - clock, 3),
            "main_cpu": round(time.process_time() - cpu, 3),
        }

    def rejects(self, stage: str) -> Iterator[Reject]:
        """What a stage set aside."""
        for path in self.shards(stage):
            _, notes = read_shard(path, ())
            yield from (Reject(**row) for row in notes["rejects"])


@contextmanager
def _engine(options: Options) -> Iterator[Engine]:
    if options.engine == "spark":
        from cleaner.run.spark import Spark, open_session

        with open_session(options.master) as session:
            yield Spark(session, seconds=options.record_timeout)
    else:
        with Pool(options.workers, seconds=options.record_timeout) as pool:
            yield pool


def _hash_stage(sources: Sequence[Source], watch: Watch) -> list[tuple[str, int, str]]:
    return [(s.source, s.size, _digest(s)) for s in sources]


def _digest(source: Source) -> str:
    try:
        return sha256(Path(source.path)) if Path(source.path).is_file() else ""
    except OSError:  # unreadable, which the log of rejects tells already
        return ""


@contextmanager
def _work(to: Destination, sources: Sequence[Source | Reject], options: Options) -> Iterator[Work]:
    """The work directory: as `options.work` says, else beside the output, else a temporary one."""
    inputs = {s.source: [s.size, _changed(s.path)] if isinstance(s, Source) else [s.error] for s in sources}
    inputs["records per shard"] = [options.shard_records]
    stages = stage_options(options)
    if options.work or not to.streams:
        path = (Path(options.work) if options.work else to.beside(".work")).absolute()
        with Work(path, inputs=inputs, stages=stages, fresh=options.fresh or "-" in inputs) as work:
            yield work
    else:
        with (
            tempfile.TemporaryDirectory(prefix="cleaner-") as folder,
            Work(Path(folder) / "work", inputs=inputs, stages=stages) as work,
        ):
            yield work


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0
