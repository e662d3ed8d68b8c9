"""How far a run is: a live line on a terminal, else a plain line every half minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]

EVERY = 30.0  # seconds between plain lines


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A function (stage, shards done, shards in all or 0) that shows progress on stderr while the block runs."""
    if quiet:
        yield lambda stage, done, total: None
    elif sys.stderr.isatty():
        with _live() as update:
            yield update
    else:
        yield _plain()


@contextmanager
def _live() -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("starting", total=None)

        def update(stage: str, done: int, total: int) -> None:
            bars.update(bar, description=stage, completed=done, total=total or None)

        yield update


def _plain() -> Callable[[str, int, int], None]:
    last = time.monotonic()

    def update(stage: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            print(f"cleaner: {stage}, {done} of {total or '?'} shards", file=sys.stderr, flush=True)

    return update
