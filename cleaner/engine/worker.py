"""A worker process: takes (function, task) from its parent, calls it under a watch, sends back what it gives.

Started as `python -m cleaner.engine.worker`, so the caller's main module is never imported again and needs no guard.
"""

from __future__ import annotations

import mmap
import signal
import struct
import sys
import traceback
from multiprocessing.connection import Connection

__all__ = ["OUTSIDE", "Watch"]

OUTSIDE = -1
"""The record number while no record is being worked on."""

_RECORD = struct.Struct("q")


class Watch:
    """Knows which record of a task is being worked on, and ends the process when one takes too long.

    A stage calls `enter(n)` before its n-th record (0-based within the task) and skips the record when a reason
    comes back: that record has ended two workers already. The limit is CPU time, kept by the kernel (SIGPROF), so it
    holds inside native code as well.
    """

    def __init__(self, *, seconds: float = 0.0, skip: dict[int, str] | None = None, page: mmap.mmap | None = None):
        self._seconds = seconds
        self._skip = skip or {}
        self._page = page

    def enter(self, record: int) -> str:
        """ "" when the record may be worked on, else why it must be left out."""
        if reason := self._skip.get(record):
            return reason
        self._set(record, self._seconds)
        return ""

    def leave(self) -> None:
        """No record is being worked on from here."""
        self._set(OUTSIDE, 0.0)

    def _set(self, record: int, seconds: float) -> None:
        if self._page is not None:
            _RECORD.pack_into(self._page, 0, record)
            signal.setitimer(signal.ITIMER_PROF, seconds)


def read_record(page: mmap.mmap) -> int:
    """The record that the worker of this page is in, or was in when it died."""
    number: int = _RECORD.unpack_from(page, 0)[0]
    return number


def main() -> None:
    """Serve tasks until the parent closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    connection_fd, page_fd = (int(a) for a in sys.argv[1:3])
    page = mmap.mmap(page_fd, mmap.PAGESIZE)
    with Connection(connection_fd) as connection:
        while True:
            try:
                function, task, seconds, skip = connection.recv()
            except EOFError:
                return
            watch = Watch(seconds=seconds, skip=skip, page=page)
            watch.leave()
            try:
                answer = (True, function(task, watch))
            except Exception as error:
                error.add_note(traceback.format_exc())
                answer = (False, error)
            watch.leave()
            connection.send(answer)


if __name__ == "__main__":
    main()
