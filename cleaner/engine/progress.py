"""Show how far a run is: as a live line on a terminal, else as a plain line every half minute."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Any, NamedTuple

__all__ = ["Done", "Progress", "ProgressMeter", "Step", "duration", "progress", "warnings"]

EVERY = 30.0
"""Seconds between plain lines."""

SHARES = {"read": 0.68, "repeats": 0.05, "finish": 0.19, "duplicates": 0.04, "write": 0.03, "publish": 0.01}
"""The steps of a run in their order, and the share of its time that each takes: the mean of 107,586 texts (.58, .06,
.29, .04, .03) and of 1,778 web pages (.83, .01, .12, .01, .01), on two processes. They serve to guess the time left.
"""

_LABELS = {"repeats": "lines that repeat", "duplicates": "near-duplicates"}
"""What people are shown of steps whose names say too little."""


class Done(NamedTuple):
    """The result of a stage for one shard: articles, bytes of their text, articles dropped and rejected."""

    articles: int
    size: int = 0
    dropped: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The progress of a run.

    For the stage: finished `shards`, `of` how many (0 where that is not known yet), articles, and articles and bytes
    per second. For the whole run: seconds left (0 where they are not known), articles dropped and rejected, and the
    seconds that have passed.
    """

    stage: str
    shards: int
    of: int
    articles_per_second: float = 0.0
    bytes_per_second: float = 0.0
    seconds_left: float = 0.0
    dropped: int = 0
    rejected: int = 0
    articles: int = 0
    elapsed: float = 0.0

    def __str__(self) -> str:
        return f"{self.title}: {self.facts}; {self.dropped:,} dropped, {self.rejected:,} rejected"

    @property
    def title(self) -> str:
        """The name of the step, such as "step 3 of 6, finish"."""
        return f"step {[*SHARES].index(self.stage) + 1} of {len(SHARES)}, {_LABELS.get(self.stage, self.stage)}"

    @property
    def facts(self) -> str:
        """Times, articles and rates in words; the times first, because a narrow terminal cuts the end off."""
        left = f"about {duration(self.seconds_left)} left" if self.seconds_left else "time left not known yet"
        said = [f"{duration(self.elapsed)} so far", left, f"{self.articles:,} articles"]
        if self.articles_per_second:
            said += [f"{self.articles_per_second:,.0f}/s", f"{self.bytes_per_second / 1e6:.1f} MB/s"]
        return ", ".join(said)

    @property
    def done(self) -> float:
        """The share of the whole run that is done, from 0 to 1, by the SHARES of its steps."""
        before = [*SHARES].index(self.stage)
        return sum([*SHARES.values()][:before]) + SHARES[self.stage] * (min(1, self.shards / self.of) if self.of else 0)

    def later(self, seconds: float) -> Step:
        """Return the same step so many seconds later, if nothing was reported in between."""
        left = max(1.0, self.seconds_left - seconds) if self.seconds_left else 0.0
        return replace(self, elapsed=self.elapsed + seconds, seconds_left=left)


Progress = Callable[[Step], None]
"""Called whenever a shard is finished, and when a step over the whole corpus begins."""


class ProgressMeter:
    """Turns what stages did into steps, and reports each. `clock` gives seconds that never go back."""

    def __init__(self, report: Progress = lambda step: None, clock: Callable[[], float] = time.monotonic) -> None:
        self._report, self._clock = report, clock
        self._started = clock()
        self._pace = 0.0  # estimated seconds of the whole run, by the last stage; 0 before there is an estimate
        self._last = Step("read", 0, 0)

    def begin_global_step(self, stage: str) -> None:
        """Report that a step over the whole corpus begins; it has no shards to count."""
        left = self._pace * _rest(stage)
        last = self._last
        self._say(Step(stage, 0, 0, 0.0, 0.0, left, last.dropped, last.rejected, last.articles))

    def follow(self, stage: str, results: Iterator[Done], before: int, of: Callable[[], int]) -> None:
        """Drain the results of a stage of which `before` shards were finished by an earlier run."""
        started, articles, size = self._clock(), 0, 0
        dropped, rejected = self._last.dropped, self._last.rejected
        for shards, done in enumerate(results, 1):
            articles, size = articles + done.articles, size + done.size
            dropped, rejected = dropped + done.dropped, rejected + done.rejected
            passed, total = max(self._clock() - started, 1e-3), of()  # a first shard may take no measurable time
            left = 0.0
            if total:  # shards are alike, so the mean is a fair guess
                self._pace = passed / shards * total / SHARES[stage]
                left = passed / shards * max(0, total - before - shards) + self._pace * (_rest(stage) - SHARES[stage])
            rates = articles / passed, size / passed
            self._say(Step(stage, before + shards, total, *rates, left, dropped, rejected, articles))

    def _say(self, step: Step) -> None:
        """Report a step, with the time since the start of the run."""
        self._last = replace(step, elapsed=self._clock() - self._started)
        self._report(self._last)


def _rest(stage: str) -> float:
    """Return the share of a run's time from the beginning of a step to the end of the run."""
    return sum([*SHARES.values()][[*SHARES].index(stage) :])


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
    """Give a function that shows steps on stderr while the block runs: a live line on a terminal, else plain lines."""
    if quiet:
        yield lambda step: None
    elif sys.stderr.isatty():
        with _live_line() as live:
            yield live
    else:
        with _plain_lines() as plain:
            yield plain


@contextmanager
def _plain_lines() -> Iterator[Progress]:
    """Show a line every half minute, so that the log of a day has 2,880 lines and not one for each shard.

    A thread writes them, because a step over the whole corpus reports nothing for minutes, and without new lines in the
    log the run would seem to hang.
    """
    latest: list[tuple[Step, float]] = []
    ended = Event()

    def write() -> None:
        while not ended.wait(EVERY):
            if latest:
                step, at = latest[0]
                print(f"cleaner: {step.later(time.monotonic() - at)}", file=sys.stderr, flush=True)

    def update(step: Step) -> None:
        latest[:] = [(step, time.monotonic())]

    writer = Thread(target=write, daemon=True)
    writer.start()
    try:
        yield update
    finally:
        ended.set()
        writer.join()


@contextmanager
def _live_line() -> Iterator[Progress]:
    """Show a bar of the whole run that is rewritten in place and gone at the end. rich is imported only where it is
    shown.

    The times that it shows go on while a step reports nothing.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn
    from rich.text import Text

    class Facts(ProgressColumn):
        def render(self, task: Any) -> Text:
            step, at = task.fields["step"], task.fields["at"]
            return Text(step.later(time.monotonic() - at).facts if step else "", no_wrap=True, overflow="ellipsis")

    # The bar writes control codes, which the command line's own stream would show as text, so it writes to the stream
    # below that. Other output must not go through the bar's console, or it would reach the stream below as well.
    console = Console(file=getattr(sys.stderr, "original", sys.stderr))
    columns = TextColumn("{task.description}"), BarColumn(bar_width=16), Facts()
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        bar = bars.add_task("starting", total=1.0, step=None, at=0.0)

        def update(step: Step) -> None:
            bars.update(bar, description=step.title, completed=step.done, step=step, at=time.monotonic())

        yield update


def duration(seconds: float) -> str:
    """Return seconds in words: 40 s, 12 min, 3 h 20 min.

    >>> duration(40.2), duration(730), duration(12_000)
    ('40 s', '12 min', '3 h 20 min')
    """
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
