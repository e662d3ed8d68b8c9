"""Work on the records of a shard under a watch: a record that fails becomes a reject, and the run goes on.

This module imports everything that works on articles, which takes .1 s. So stages.py imports it only when it works on
records, and the main process of a pool does without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from cleaner.article import Article, Drop, Raw, Reject, site_for_repeats
from cleaner.engine.time_limit import RecordTimeout
from cleaner.engine.worker import Watch
from cleaner.errors import CleanerError
from cleaner.judge.line_judge import Begun, finish_together
from cleaner.language.identify import quick_languages
from cleaner.options import Options
from cleaner.output.left_out import logged
from cleaner.pipeline import article_steps, finish_articles, load_article
from cleaner.read.records import read_records
from cleaner.read.task import Task

__all__ = ["finish_records", "strip_records"]

_DIED = "Look at this record by itself; --record-timeout and --memory set the limits."
_UNEXPECTED = "Please report this together with the record."

LOADED_AT_ONCE = 64
"""Articles whose languages are identified together: the model is faster in batches, and all of a batch are in
memory."""


def strip_records(task: Task, options: Options, watch: Watch, rejects: list[Reject]) -> tuple[list[Article], list[str]]:
    """Read, load and strip the records of a task. Returns the articles, and the site of each by which repeats are
    found."""
    begun: list[tuple[Raw, Begun[Article]]] = []
    for loaded in _loaded(task, options, watch, rejects):
        texts = [article.before for *_, article in loaded] if options.strip else []
        languages = quick_languages(texts) or [""] * len(loaded)
        for (unit, raw, article), language in zip(loaded, languages, strict=True):
            watch.enter(unit)
            with _set_aside(raw, watch, rejects):
                begun.append((raw, Begun(article_steps(article, options, language=language))))
    _judge_all(begun, watch, rejects, len(task.splits) << 32)
    done = [(raw, each.result) for raw, each in begun if each.result is not None]
    watch.leave()
    return [article for _, article in done], [site_for_repeats(raw, article) for raw, article in done]


def _loaded(
    task: Task, options: Options, watch: Watch, rejects: list[Reject]
) -> Iterator[list[tuple[int, Raw, Article]]]:
    """Yield the records of a task as articles, some at a time, each with its number for the watch. Records that fail
    are added to `rejects`."""
    loaded: list[tuple[int, Raw, Article]] = []
    for unit, raw in _raws(task, options, watch, rejects):
        with _set_aside(raw, watch, rejects):
            article = load_article(raw, options)
            article = article._replace(left_out=logged(article.left_out)) if article.left_out else article
            # without the body, so that the bytes of all pages of a task are not held until the last one is read
            loaded.append((unit, replace(raw, body=""), article))
        if len(loaded) == LOADED_AT_ONCE:
            yield loaded
            loaded = []
    yield loaded


@contextmanager
def _set_aside(raw: Raw, watch: Watch, rejects: list[Reject]) -> Iterator[None]:
    """Work on one record within its time limit; a failure adds it to `rejects`."""
    try:
        with watch.clock:
            yield
    except CleanerError:  # an option or a phrase list is wrong, and so for every record
        raise
    except RecordTimeout as late:
        rejects.append(Reject(raw.source, raw.record, "WorkerDied", f"It failed: {late}.", _DIED))
    except Exception as error:
        watch.failed(error)
        said = f"{type(error).__name__}: {error}"
        rejects.append(Reject(raw.source, raw.record, "Unexpected", said, _UNEXPECTED))


def _judge_all(begun: Sequence[tuple[Raw, Begun[Article]]], watch: Watch, rejects: list[Reject], unit: int) -> None:
    """Finish stripping the records, and judge the lines of all at once; one by one where that has ended a worker
    before.

    `unit` is the number for the watch of judging all of them, and the records have the numbers behind it.
    """
    together = not watch.enter(unit)

    def guard(i: int) -> AbstractContextManager[None]:
        watch.enter(unit if together else unit + 1 + i)  # each step has the time of a record
        return _set_aside(begun[i][0], watch, rejects)

    if together:
        finish_together([each for _, each in begun], guard)
        return
    for i, (raw, each) in enumerate(begun):
        if reason := watch.enter(unit + 1 + i):
            rejects.append(Reject(raw.source, raw.record, "WorkerDied", f"It failed: {reason}.", _DIED))
            each.result = None
        else:
            finish_together([each], lambda _, i=i: guard(i))  # type: ignore[misc]


def _raws(task: Task, options: Options, watch: Watch, rejects: list[Reject]) -> Iterator[tuple[int, Raw]]:
    """Yield the records of a task, each with its number for the watch; those that cannot be read go to `rejects`."""
    for i, split in enumerate(task.splits):
        unit = i << 32  # the watch's number of reading the split; those of its records follow
        if reason := watch.enter(unit):
            rejects.append(Reject(split.source, split.first, "WorkerDied", f"Reading on failed: {reason}.", _DIED))
            continue
        records = enumerate(read_records(Task((split,)), options), 1)
        while True:
            try:
                with watch.clock:
                    j, raw = next(records, (0, None))
            except RecordTimeout as late:
                rejects.append(Reject(split.source, split.first, "WorkerDied", f"Reading on failed: {late}.", _DIED))
                break
            if raw is None:
                break
            if isinstance(raw, Reject):
                rejects.append(raw)
            elif reason := watch.enter(unit + j):
                rejects.append(Reject(raw.source, raw.record, "WorkerDied", f"It failed: {reason}.", _DIED))
            else:
                yield unit + j, raw
            watch.enter(unit)


def finish_records(
    articles: Sequence[Article], options: Options, watch: Watch, rejects: list[Reject]
) -> list[tuple[Article, Drop | None]]:
    """Finish all articles at once, which is fastest; one by one where that has ended a worker before."""
    if not watch.enter(0):
        try:
            with watch.clock:
                return finish_articles(articles, options)
        except RecordTimeout:  # working one by one shows which of them took the time
            pass
        finally:
            watch.leave()
    finished: list[tuple[Article, Drop | None]] = []
    for i, article in enumerate(articles, 1):
        reason = watch.enter(i)
        try:
            with watch.clock:
                finished += [] if reason else finish_articles([article], options)
        except RecordTimeout as late:
            reason = str(late)
        if reason:
            rejects.append(Reject(article.source, article.record, "WorkerDied", f"It failed: {reason}.", _DIED))
    watch.leave()
    return finished
