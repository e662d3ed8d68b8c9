"""A worker process: takes a function and a task from its parent, calls it under a watch, sends back what it returns.

It is started as `python -m cleaner.engine.worker`. `multiprocessing` would import the caller's main module again, which
a script without `if __name__ == "__main__":` does not survive.
"""

from __future__ import annotations

import mmap
import signal
import struct
import sys
import traceback
from multiprocessing.connection import Connection

__all__ = ["OUTSIDE", "Watch", "read_record"]

OUTSIDE = -1
"""The record number while no record is being worked on."""

_RECORD = struct.Struct("q")
"""How the record number stands in the page of memory that parent and worker share."""


class Watch:
    """Knows which record of a task is being worked on, and ends the process when one takes too long.

    A stage calls `enter(n)` before its n-th record (counted from 0 within the task) and skips the record when a reason
    comes back: that record has ended two workers already. `seconds` is the limit of CPU time for one record (0: none).
    The kernel keeps it (SIGPROF), so that it holds inside native code as well. Without `page`, the memory shared with
    the parent, the stage runs in the parent itself and nothing is watched.
    """

    def __init__(self, *, seconds: float = 0.0, skip: dict[int, str] | None = None, page: mmap.mmap | None = None):
        self._seconds = seconds
        self._skip = skip or {}
        self._page = page

    def enter(self, record: int) -> str:
        """Begin a record. Returns "" when it may be worked on, else why it must be left out."""
        if reason := self._skip.get(record):
            return reason
        self._mark(record, self._seconds)
        return ""

    def leave(self) -> None:
        """End the record: from here on no record is being worked on."""
        self._mark(OUTSIDE, 0.0)

    def _mark(self, record: int, seconds: float) -> None:
        """Write the record where the parent finds it after a death, and start its clock anew."""
        if self._page is not None:
            _RECORD.pack_into(self._page, 0, record)
            signal.setitimer(signal.ITIMER_PROF, seconds)


def read_record(page: mmap.mmap) -> int:
    """The record that the worker of this page is in, or was in when it died."""
    number: int = _RECORD.unpack_from(page, 0)[0]
    return number


def main() -> None:
    """Serve tasks until the parent closes the connection. An exception is sent back with its traceback as a note."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    connection_fd, page_fd = (int(a) for a in sys.argv[1:3])
    page = mmap.mmap(page_fd, mmap.PAGESIZE)
    with Connection(connection_fd) as connection:
        while True:
            try:
                function, task, seconds, skip = connection.recv()
            except EOFError:  # the parent has closed, or died
                return
            watch = Watch(seconds=seconds, skip=skip, page=page)
            watch.leave()
            try:
                answer = (True, function(task, watch))
            except Exception as error:
                error.add_note(traceback.format_exc())
                answer = (False, error)
            watch.leave()  # sending a large answer is not the last record's time
            connection.send(answer)


if __name__ == "__main__":
    main()
