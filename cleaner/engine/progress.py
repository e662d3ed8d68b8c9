"""How far a run is: a live line on a terminal, else a plain line every half minute."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Done", "Progress", "ProgressMeter", "Step", "progress", "warnings"]

EVERY = 30.0
"""Seconds between plain lines."""


class Done(NamedTuple):
    """What a stage did with one shard: articles that came out, bytes of their text, articles dropped and rejected."""

    articles: int
    size: int = 0
    dropped: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run is.

    Of the stage: `shards` that are finished, `of` how many (0 where that is not known yet), articles and bytes per
    second, seconds left (0 where nobody knows). Of the run so far: articles dropped and rejected.
    """

    stage: str
    shards: int
    of: int
    articles_per_second: float = 0.0
    bytes_per_second: float = 0.0
    seconds_left: float = 0.0
    dropped: int = 0
    rejected: int = 0

    def __str__(self) -> str:
        rates = f"{self.articles_per_second:,.0f} articles/s, {self.bytes_per_second / 1e6:.1f} MB/s"
        left = f"{_duration(self.seconds_left)} left" if self.seconds_left else "time left not known"
        return f"{self.shards} of {self.of or '?'} shards, {rates}, {left}; {self.tally}"

    @property
    def tally(self) -> str:
        """How many articles were dropped and rejected so far, in words."""
        return f"{self.dropped:,} dropped, {self.rejected:,} rejected"


Progress = Callable[[Step], None]
"""Called whenever a shard is finished, and when a step over the whole corpus begins."""


@dataclass
class ProgressMeter:
    """Turns what stages did into steps, and reports each. `clock` gives seconds that never go back."""

    report: Progress = lambda step: None
    clock: Callable[[], float] = time.monotonic
    dropped: int = 0
    rejected: int = 0

    def begin_global_step(self, stage: str) -> None:
        """Report that a step over the whole corpus begins; it has no shards to count."""
        self.report(Step(stage, 0, 0, dropped=self.dropped, rejected=self.rejected))

    def follow(self, stage: str, results: Iterator[Done], before: int, of: Callable[[], int]) -> None:
        """Drain the results of a stage of which `before` shards were finished by an earlier run."""
        started, articles, size = self.clock(), 0, 0
        for shards, done in enumerate(results, 1):
            articles, size = articles + done.articles, size + done.size
            self.dropped, self.rejected = self.dropped + done.dropped, self.rejected + done.rejected
            passed, total = max(self.clock() - started, 1e-3), of()  # a first shard may take no measurable time
            left = passed / shards * max(0, total - before - shards)  # shards are alike, so the mean is a fair guess
            step = Step(
                stage,
                before + shards,
                total,
                articles / passed,
                size / passed,
                left,
                self.dropped,
                self.rejected,
            )
            self.report(step)


@contextmanager
def warnings(*, quiet: bool = False) -> Iterator[None]:
    """Send the warnings of the package's loggers to stderr while the block runs; `quiet` drops them."""
    handler = logging.NullHandler() if quiet else logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("cleaner: %(message)s"))
    logger = logging.getLogger("cleaner")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """A function that shows steps on stderr while the block runs: a live line on a terminal, else plain lines."""
    if quiet:
        yield lambda step: None
    elif sys.stderr.isatty():
        with _live_line() as live:
            yield live
    else:  # every half minute, so that the log of a day has 2,880 lines and not one for each shard
        last = time.monotonic()

        def update(step: Step) -> None:
            nonlocal last
            if time.monotonic() - last >= EVERY:
                last = time.monotonic()
                print(f"cleaner: {step.stage}, {step}", file=sys.stderr, flush=True)

        yield update


@contextmanager
def _live_line() -> Iterator[Progress]:
    """A bar that is rewritten in place and gone at the end. rich is imported only where it is shown."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rates]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    # The bar steers the terminal, which the command line's own stream would show instead of doing: it takes the stream
    # below. Nothing that is written meanwhile may go by the bar's console, or it would reach that stream as well.
    console = Console(file=getattr(sys.stderr, "original", sys.stderr))
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        bar = bars.add_task("starting", total=None, rates="", left="")

        def update(step: Step) -> None:
            rates = f"{step.articles_per_second:,.0f} articles/s {step.bytes_per_second / 1e6:.1f} MB/s"
            left = f"{_duration(step.seconds_left)} left, " if step.seconds_left else ""
            bars.update(
                bar,
                description=step.stage,
                completed=step.shards,
                total=step.of or None,  # None makes a bar that only moves
                rates=rates if step.shards else "",
                left=left + step.tally,
            )

        yield update


def _duration(seconds: float) -> str:
    """Seconds for people: 40 s, 12 min, 3 h 20 min.

    >>> _duration(40.2), _duration(730), _duration(12_000)
    ('40 s', '12 min', '3 h 20 min')
    """
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
