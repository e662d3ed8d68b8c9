"""A limit of CPU time for a block of code, in a process that must not be ended for it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["OVER_TIME", "RecordTimeout", "time_limit"]

OVER_TIME = "it took more CPU time than --record-timeout allows"


class RecordTimeout(BaseException):
    """The record at hand has had its CPU time. Not an Exception, since code on the way catches all of those."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise RecordTimeout in this block when it has taken so many seconds of CPU time; 0 is no limit.

    The handler of SIGPROF and its clock are put back as they were. Has no effect outside the main thread, where Python
    runs no handlers, and where a profiler or an outer limit has set the clock.
    """
    usable = seconds and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_PROF)[0]:
        yield
        return
    armed = True

    def stop(number: int, frame: FrameType | None) -> None:
        if armed:  # a signal that was on its way when the block ended must not hit what comes after
            raise RecordTimeout(OVER_TIME)

    before = signal.signal(signal.SIGPROF, stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before if before is not None else signal.SIG_DFL)
