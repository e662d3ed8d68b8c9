"""Limit the CPU time of blocks of code by an exception, in a process that must not be killed for it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType

__all__ = ["OVER_TIME", "RecordTimeout", "time_limit"]

OVER_TIME = "it took more CPU time than --record-timeout allows"


class RecordTimeout(BaseException):
    """A record took more CPU time than it may. It is no Exception, because the steps catch all of those."""


class _Clock:
    """Each block `with clock:` has so many seconds of CPU time anew; RecordTimeout is raised in one that takes more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._armed = False  # a signal that comes between two blocks must not hit what stands there

    def __enter__(self) -> None:
        self._armed = True
        signal.setitimer(signal.ITIMER_PROF, self._seconds)

    def __exit__(self, *error: object) -> None:
        self._armed = False  # the timer runs on without effect until the next block sets it, which saves a system call

    def ring(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            raise RecordTimeout(OVER_TIME)


@contextmanager
def time_limit(seconds: float) -> Iterator[AbstractContextManager[None]]:
    """Give a clock for blocks that may take so many seconds of CPU time each; 0 is no limit.

    Native code is not interrupted: the error comes when it returns. The handler of SIGPROF is restored at the end of
    the outer block, because restoring it after each record took 2 % of a run. The clock does nothing outside the main
    thread, where Python runs no handlers, and where a profiler or an outer limit has set the timer.

    >>> with time_limit(60) as clock:
    ...     for record in ("a", "b"):
    ...         with clock:
    ...             pass
    """
    usable = seconds and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_PROF)[0]:
        yield nullcontext()
        return
    clock = _Clock(seconds)
    before = signal.signal(signal.SIGPROF, clock.ring)
    try:
        yield clock
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before if before is not None else signal.SIG_DFL)
