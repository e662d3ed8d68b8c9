"""The order of steps over a corpus: the page to read first.

    read -> decode -> extract (HTML only) -> repair -> quick language -> strip     read_stage, shard by shard
    [repeats per site]                                                            over all shards
    -> language -> guards                                                         finish_stage, shard by shard
    [near-duplicates]                                                             over all shards
    -> write -> report                                                            write_stage, and this page

What happens to one article is in steps.py, to one shard in stages.py; passes.py goes over all shards, and verdicts.py
says what only all of them together can tell.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from cleaner.article import Reject
from cleaner.audit.card import card
from cleaner.audit.report import write_report
from cleaner.corpus.checks import check_named_files, check_something_was_read
from cleaner.corpus.run import Engine, Run, Whole
from cleaner.corpus.whole import Embedded
from cleaner.engine.pool import Pool, fitting
from cleaner.engine.progress import Progress
from cleaner.engine.work import Work
from cleaner.errors import InputError
from cleaner.options import Options, memory_bytes, stage_options
from cleaner.output.pairs import PAIRS
from cleaner.output.publish import Destination, Report
from cleaner.read.files import list_sources
from cleaner.read.task import Source

__all__ = ["Progress", "Report", "clean_corpus"]


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
    exists and `options.force` is not set, WorkError when another run is at it, OptionError for what is wrong in the
    options, InputError when none of the input can be read; other bad input never raises. `engine` does the
    work; else `options.engine` says what does.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     article = Path(folder, "feri.txt")
    ...     _ = article.write_text("Feri itu kandas di muara pada Selasa pagi, kata petugas.", "utf-8")
    ...     clean_corpus(article, Path(folder, "clean.jsonl"), Options(workers=1)).written
    1
    """
    started = time.monotonic()
    options = options or Options()
    check_named_files(options)
    sources = _sources(inputs, options)
    to = Destination(str(output), audit=audit, options=options)
    with _work(to, sources, options) as work:
        to.check(resumed=work.resumed)
        with nullcontext(engine) if engine else _engine(options) as pool:
            run = Run(work, pool, options, progress, _whole(pool, work, options))
            rejects = run.read(sources)
            run.finish()
            counts = run.write()
            inputs_hashed = run.hash(sources)
        rejects += [r for stage in ("read", "finish") for r in run.rejects(stage)]
        try:
            check_something_was_read(rejects, run.shards("read"))
        except InputError:
            work.remove()  # nothing of it could be kept, since the right command reads other inputs
            raise
        facts: dict[str, object] = {"seconds": round(time.monotonic() - started, 3), "steps": run.times}
        facts |= {"workers": pool.size, "worker_deaths": pool.deaths}
        extra = [work.path / PAIRS] if options.pairs and options.dedup else []
        run.begins("publish")
        target = to.rehearsal(work.path) if options.dry_run else to
        shards = run.shards("write")
        done = target.publish(shards, rejects, inputs_hashed, counts, facts, extra)
        report = _describe(done, to, options, shards)
        if options.site_rules and options.repeats and not options.dry_run:
            run.save_learned(Path(options.site_rules))
        if not options.keep_work:
            work.remove()
    return report


def _sources(inputs: str | Path | Iterable[str | Path | Source], options: Options) -> list[Source | Reject]:
    """What is given as a source, and what the paths and patterns name."""
    named = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    given: list[Source | Reject] = [i for i in named if isinstance(i, Source)]
    return given + list_sources([str(i) for i in named if not isinstance(i, Source)], options)


def _describe(done: Report, to: Destination, options: Options, shards: Sequence[Path]) -> Report:
    """What people look at: the HTML report with the logs, the dataset card where asked for. A rehearsal leaves its
    report alone."""
    page = None
    if options.report and done.audit and not (options.dry_run and to.streams):
        path = to.beside(".dry-run.html") if options.dry_run else None
        page = write_report(done.output, audit=done.audit, to=path, shards=shards)
    if options.card and done.audit and not options.dry_run:
        path = Path(done.output)
        folder = path if path.is_dir() else path.parent
        (folder / "README.md").write_text(card(done.output, audit=done.audit), "utf-8")
    done = replace(done, report_path=str(page or ""))
    return replace(done, output="", audit="") if options.dry_run else done


@contextmanager
def _engine(options: Options) -> Iterator[Engine]:
    if options.engine == "spark":
        from cleaner.engine.spark import Spark, open_session

        with open_session(options.master) as session:
            yield Spark(session, seconds=options.record_timeout)
    else:
        workers = fitting(memory_bytes(options.memory), options.workers)
        with Pool(workers, seconds=options.record_timeout, inside=options.workers == 1) as pool:
            yield pool


def _whole(engine: Engine, work: Work, options: Options) -> Whole:
    """The steps that need the whole corpus: spread by an engine that can, else in this process."""
    if isinstance(engine, Pool):
        return Embedded(work, options)
    from cleaner.corpus.spread import Spread
    from cleaner.engine.shuffle import Exchange

    return Spread(engine, work, options) if isinstance(engine, Exchange) else Embedded(work, options)


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
