"""Clean a corpus, from files to files. Read pipeline.py first, which cleans one article, and then this page.

    read_corpus     read -> decode -> extract (HTML only) -> repair -> quick language -> strip      shard by shard
    finish_corpus   [repeated ids, lines that repeat per site, headlines of other articles]         over all shards
                    -> repeats -> language -> guards                                                shard by shard
    write_corpus    [near-duplicates, the split, shared paragraphs]                                 over all shards
                    -> masks -> the lines of the output and of the logs                             shard by shard
    clean_corpus    all three, then the output, its logs and its report under their final names

A shard is one file of about 1,000 articles, and stages.py has what is done to one shard. The steps in brackets need the
whole corpus: each is a shuffle (engine/shuffle.py) over compact columns of all shards, in ids.py, repeats.py,
headlines.py, duplicates.py, portions.py and paragraphs.py.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path

import orjson

from cleaner.article import Reject
from cleaner.corpus.checks import check_named_files, check_something_was_read
from cleaner.corpus.decisions import decide
from cleaner.corpus.headlines import Headlines, find_linked_headlines
from cleaner.corpus.ids import rename_repeated
from cleaner.corpus.repeats import LINES_OF_AN_ARTICLE, find_site_repeats, lines_of_shard
from cleaner.corpus.run import Engine, Run, open_engine
from cleaner.corpus.stages import (
    FinishTask,
    ReadTask,
    WriteTask,
    finish_stage,
    hash_stage,
    read_stage,
    write_stage,
)
from cleaner.cycles import rare_collections
from cleaner.durable import is_intact, read_sealed, remove_parts, replacing, sealing
from cleaner.engine.progress import Progress, ProgressMeter
from cleaner.engine.work import Work, describe_run, read_shard
from cleaner.errors import InputError, WorkError
from cleaner.options import Options, stage_options
from cleaner.output.pairs import PAIRS
from cleaner.output.publish import Destination, Report
from cleaner.read.changes import Stamps, stamps_of, with_changes
from cleaner.read.files import is_remote, list_inputs, printable_name
from cleaner.read.split import plan_tasks
from cleaner.read.task import Source, Task
from cleaner.repeats.repeats import Repeats
from cleaner.repeats.site_rules import join_rules, list_rules, load_site_rules, read_rules_file

__all__ = ["Progress", "Report", "clean_corpus", "finish_corpus", "read_corpus", "write_corpus"]

_log = logging.getLogger(__name__)

REPEATS, SITE_RULES = "repeats.npy", "learned.jsonl"
"""Files of the work directory: the lines that repeat in this corpus, and the site rules as the run found them."""

HASHED_AT_ONCE = 256
"""Files of input that one task hashes: few enough to keep all workers busy, enough to make few messages."""


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

    `output` is a path as `cleaner.output.writers.check_output` takes it, or "-" for stdout (then logs are written only
    where `audit` names a folder). An unfinished run of the same inputs is continued. Without an `engine` that of
    `options.engine` does the work. Raises, before anything is made: RefusedError when the output exists and
    `options.force` is not set, or when a file of the user's would be written or deleted; WorkError when another run
    works on this output; OptionError for a wrong option. Raises InputError when none of the input can be read; input
    that is bad in part never raises.

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
    given = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    to = Destination(str(output), audit=audit, options=options)
    listing = list_inputs([str(one) for one in given if not isinstance(one, Source)], options, to.own)
    sources = [*(one for one in given if isinstance(one, Source)), *listing.sources]
    stamps = stamps_of(sources)
    described, stages = _describe_inputs(sources, stamps, options), stage_options(options)
    # checked now, before anything is made, and not when hours of work have nowhere to go
    if complete := to.check(sources, describe_run(described, stages)):
        _log.warning("The run was complete; what it had left of its work directory is removed.")
        return complete
    with _open_work(to, described, stages, options) as work, rare_collections():
        journal = to.journal(describe_run(described, stages))
        with nullcontext(engine) if engine else open_engine(options) as engine:
            run = Run(work, engine, options, ProgressMeter(progress) if progress else ProgressMeter())
            rejects = read_corpus(run, sources, stamps)
            finish_corpus(run)
            counts = write_corpus(run)
            run.meter.begin_global_step("publish")
            hashes = _hash_inputs(run, sources)
        rejects = with_changes([*rejects, *run.rejects()], stamps)
        try:
            check_something_was_read(rejects, run.shards("finish"))
        except InputError:
            work.remove()  # nothing of it could be kept, since the right command reads other inputs
            raise
        facts: dict[str, object] = {"seconds": round(time.monotonic() - started, 3), "steps": run.times}
        facts |= {"workers": engine.size, "worker_deaths": engine.deaths}
        facts |= {"finished": time.strftime("%Y-%m-%dT%H:%M:%S%z")}
        facts["inputs"] = [one.source if isinstance(one, Source) else printable_name(str(one)) for one in given]
        extra = [work.path / PAIRS] if options.pairs and options.dedup else []
        shards = run.shards("write")
        target = to.rehearsal(work.path) if options.dry_run else to
        # the output appears under its name here; until now no file of the user's was touched
        report = target.publish(shards, rejects, hashes, counts, facts, extra, journal)
        if options.site_rules and options.repeats and not options.dry_run:
            _save_site_rules(run, Path(options.site_rules))
        report = _describe(report, to, options, shards)
        if journal:
            journal.note(done=True, kept=options.keep_work)
        if not options.keep_work:
            work.remove()
    return replace(report, left_out=listing.left_out)


def read_corpus(run: Run, sources: Sequence[Source | Reject], stamps: Stamps | None = None) -> list[Reject]:
    """Cut the input into tasks and read each into a shard. Returns the sources that could not be planned.

    `stamps` are the sizes and times of the files; a file that changes while it is read gets a reject in its shard.
    """
    stamps = stamps or {}
    rejects = [source for source in sources if isinstance(source, Reject)]
    readable = [source for source in sources if isinstance(source, Source)]
    sizes = {source.path: source.size for source in readable}
    ahead = _Ahead(sizes, sum(sizes.values()) if min(sizes.values(), default=-1) >= 0 else 0)
    ahead.most = -(-(run.options.sample or run.options.limit) // run.options.shard_records)

    def tasks(done: set[int]) -> Iterator[ReadTask]:
        # a generator, so that the first tasks are worked on while the last files are still being looked through
        for task in plan_tasks(readable, run.options, task_records=run.options.shard_records):
            if isinstance(task, Reject):
                rejects.append(task)
                continue
            run.count += 1
            run.last_source = task.splits[-1].source
            ahead.add(task)
            if run.count - 1 not in done:
                noted = {split.path: stamps[split.path] for split in task.splits if split.path in stamps}
                yield ReadTask(task, run.work.shard("read", run.count - 1), run.options, noted)
        ahead.all, ahead.planned, ahead.most = 1, 1, 0  # the shards that were counted are all there are

    run.stage("read", read_stage, tasks, ahead.expected)
    return rejects


def finish_corpus(run: Run) -> None:
    """Find repeated ids, lines that repeat per site and headlines of other articles, then finish the shards."""
    repeats = run.work.path / REPEATS if run.options.repeats else None
    if len(run.work.done("finish")) >= run.count and not (run.options.site_rules and repeats and not repeats.exists()):
        return  # once all shards are finished, only the file of site rules needs the repeats
    read = run.shards("read")
    linked: Headlines | None = None
    run.meter.begin_global_step("repeats")
    with run.timed("repeats"):
        shuffle, shards = run.shuffle("read", read)
        articles = len(read) * run.options.shard_records  # an estimate, from which the number of parts follows
        new_ids = rename_repeated(shuffle, shards, articles)
        if repeats:
            lines = partial(lines_of_shard, shards)
            found = find_site_repeats(shuffle, shards, lines, articles * LINES_OF_AN_ARTICLE)
            # lines that older runs found repeat as well: a daily batch has few articles of a small site
            join_rules(found, _older_site_rules(run)[0]).save(repeats)
            linked = find_linked_headlines(shuffle, shards, lines, articles * LINES_OF_AN_ARTICLE)
    # each task reads results that are in files; those in memory are sent with the task
    in_files = shuffle.folder is not None
    run.stage(
        "finish",
        finish_stage,
        lambda done: (
            FinishTask(
                read[n],
                run.work.shard("finish", n),
                run.options,
                number=n,
                ids=new_ids if in_files or new_ids is None else new_ids.of_shard(n),
                repeats=repeats,
                headlines=linked if in_files or linked is None else linked.of_shard(n),
            )
            for n in range(run.count)
            if n not in done
        ),
    )
    if not (run.options.keep_work or run.options.site_rules):
        # with short articles its shards had half the bytes of the input, its tables two thirds
        run.work.release("read")


def write_corpus(run: Run) -> Mapping[str, int]:
    """Decide which articles are dropped as duplicates, then write the lines of the output, shard by shard.

    Returns the figures on near-duplicates for the manifest.
    """
    finished = run.shards("finish")
    run.meter.begin_global_step("duplicates")
    with run.timed("duplicates"):
        shuffle, shards = run.shuffle("write", finished)
        decisions = decide(shuffle, shards, run.options, run.work.path / PAIRS if run.options.pairs else None)
    # each task reads decisions that are in files; those in memory are sent with the task
    in_files = shuffle.folder is not None
    run.stage(
        "write",
        write_stage,
        lambda done: (
            WriteTask(
                finished[n],
                run.work.shard("write", n),
                n,
                run.options,
                decisions if in_files else decisions.of_shard(n),
            )
            for n in range(run.count)
            if n not in done
        ),
    )
    return decisions.duplicates.counts


def _hash_inputs(run: Run, sources: Sequence[Source | Reject]) -> list[tuple[str, int, str]]:
    """Return (source, bytes, sha256) of every source that was read; the hash is "" where there is no local file.

    It is "" in a dry run as well, whose manifest nobody sees: hashing a crawl takes longer than reading its beginning.
    """
    end = run.last_source if run.options.limit else None
    wanted = [s for s in sources if isinstance(s, Source) and (end is None or s.source <= end)]
    if run.options.dry_run:
        return sorted((s.source, s.size, "") for s in wanted)
    rest = iter(wanted)
    chunks = iter(lambda: tuple(islice(rest, HASHED_AT_ONCE)), ())  # ends at the first empty one
    with run.timed("hash"):
        found = [one for some in run.engine.map(hash_stage, chunks) for one in some]
    rules = run.work.path / SITE_RULES
    if run.options.site_rules and rules.exists():
        content = read_sealed(rules)
        found.append((run.options.site_rules, len(content), sha256(content).hexdigest()))
    return sorted(found)


def _older_site_rules(run: Run) -> tuple[Repeats, dict[int, tuple[str, str]]]:
    """Return the lines that older runs found to repeat, by key, and their wordings.

    A run that is continued uses the copy that it made of the file when it began.
    """
    copy = run.work.path / SITE_RULES
    if not run.options.site_rules:
        return load_site_rules(())
    if not copy.exists():
        with sealing(copy) as out:
            out.write(read_rules_file(run.options.site_rules))
    elif not is_intact(copy):
        raise WorkError(f"{copy}, the site rules with which the run began, is damaged. --fresh starts over.")
    return load_site_rules(read_sealed(copy).splitlines(), run.options.site_rules)


def _save_site_rules(run: Run, path: Path) -> None:
    """Write the file of site rules: the lines that this run and those before it found to repeat."""
    wording = dict(_older_site_rules(run)[1])
    for shard in run.shards("finish"):
        for key, (site, line) in read_shard(shard, ())[1]["learned"].items():
            wording[int(key)] = site, line
    remove_parts(path)
    with replacing(path) as out:
        for row in list_rules(Repeats.load(run.work.path / REPEATS), wording):
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def _describe(done: Report, to: Destination, options: Options, shards: Sequence[Path]) -> Report:
    """Write the HTML report and, where the options ask for one, the dataset card; a dry run leaves only its report."""
    page = None
    if options.report and done.audit and not (options.dry_run and to.streams):
        from cleaner.audit.report import write_report  # 8 ms of modules, which a run without a report does not need

        page = write_report(done.output, audit=done.audit, to=to.page, shards=shards)
    if to.card:
        from cleaner.audit.card import write_card

        write_card(done.output, to.card, audit=done.audit)
    done = replace(done, report_path=str(page or ""))
    return replace(done, output="", audit="") if options.dry_run else done


def _describe_inputs(sources: Sequence[Source | Reject], stamps: Stamps, options: Options) -> dict[str, list[object]]:
    """Return what must be the same for a run to be continued: size and time of each input, records per shard."""
    inputs: dict[str, list[object]] = {}
    for source in sources:
        if isinstance(source, Source):
            inputs[source.source] = [source.size, stamps[source.path][1][1] if source.path in stamps else 0]
        else:
            inputs[source.source] = [source.error]
    return inputs | {"records per shard": [options.shard_records]}


@contextmanager
def _open_work(
    to: Destination, inputs: Mapping[str, object], stages: Mapping[str, Mapping[str, object]], options: Options
) -> Iterator[Work]:
    """Open the work directory: as `options.work` says, else beside the output, else a temporary one."""
    if to.work:
        streams = any(about == [-1, 0] and not is_remote(name) for name, about in inputs.items())
        fresh = options.fresh or streams  # whether a pipe still holds the same cannot be known
        with Work(to.work, inputs=inputs, stages=stages, output=to.output, fresh=fresh) as work:
            yield work
    else:
        with (
            tempfile.TemporaryDirectory(prefix="cleaner-") as folder,
            Work(Path(folder) / "work", inputs=inputs, stages=stages) as work,
        ):
            yield work


@dataclass
class _Ahead:
    """An estimate of how many shards there will be, from the share of the input's bytes that was planned."""

    sizes: Mapping[str, int]  # of the files, by path
    all: int  # bytes of the input, 0 where unknown
    planned: int = 0  # bytes
    shards: int = 0  # planned so far
    most: int = 0  # shards, where only a part is read; 0 for no bound

    def add(self, task: Task) -> None:
        """Count a task that was planned."""
        self.shards += 1
        for split in task.splits:
            if split.payload:  # of a stream, whose size is unknown
                self.all = 0
            self.planned += split.end - split.start if split.end >= 0 else self.sizes.get(split.path, 0)

    def expected(self) -> int:
        """Return the estimate; 0 where there is none."""
        if self.most:
            return max(self.most, self.shards)
        return round(self.shards * self.all / self.planned) if self.all and self.planned else 0
