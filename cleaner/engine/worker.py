"""A worker process: it takes a function and a task from its parent, calls it under a watch, and sends the result back.

`multiprocessing` would import the caller's main module again, and so run a script without `if __name__ == "__main__":`
a second time. Therefore the parent starts a worker by a command of its own (START in pool.py).
"""

from __future__ import annotations

import gc
import mmap
import os
import resource
import signal
import struct
import sys
import traceback
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from cleaner.cycles import rare_collections

__all__ = ["OUTSIDE", "OUT_OF_MEMORY", "UNSTARTED", "Watch", "main"]

OUTSIDE, UNSTARTED = -1, -2
"""The record numbers that mean that no record is being worked on, and that the process has not had a task yet."""

OUT_OF_MEMORY = 77
"""The exit status of a worker that was refused memory in a record. No shell and no signal gives this number."""

ROOM = 320 << 20
"""Bytes that a worker may always take beyond what it holds at its first record: 256 MB for a record, and 46 MB that
models and lists take when they are first needed (measured: 125 MB of private memory before, 171 MB after)."""

_RECORD = struct.Struct("q")
"""How the record number stands in the page of memory that parent and worker share."""


@dataclass(kw_only=True)
class Watch:
    """Knows which record of a task is being worked on, and ends the process when one takes too much time or memory.

    A stage calls `enter(n)` before its n-th record (counted from 0 within the task) and skips the record when a reason
    comes back: that record has ended two workers already. `seconds` is the limit of CPU time for one record (0: none).
    The kernel keeps it (SIGPROF), so that it holds inside native code as well. `memory` is the limit of private memory
    in bytes while a record is worked on (0: none).

    `page` is the memory shared with the parent. Without it the stage runs in the process of the caller, which must not
    be ended: there the stage works on each record within `clock` (see `time_limit`), which raises RecordTimeout.
    """

    seconds: float = 0.0
    skip: dict[int, str] = field(default_factory=dict)  # records to leave out, and why
    page: mmap.mmap | None = None
    memory: int = 0
    clock: AbstractContextManager[None] = field(default_factory=nullcontext)
    _bounded: bool = field(default=False, init=False)  # whether the limit of memory is on
    _limits: tuple[int, int] | None = field(default=None, init=False)  # what they were before

    def enter(self, record: int) -> str:
        """Begin a record. Returns "" when it may be worked on, else why it must be left out."""
        if reason := self.skip.get(record):
            return reason
        self._mark(record, self.seconds)
        return ""

    def leave(self) -> None:
        """End the record: from here on no record is being worked on."""
        self._mark(OUTSIDE, 0.0)

    def _mark(self, record: int, seconds: float) -> None:
        """Write the record where the parent finds it after a death, start its clock anew, and bound the memory."""
        if self.page is None:
            return
        _RECORD.pack_into(self.page, 0, record)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        # Only within records: the steps over the whole corpus bound their memory themselves, by larger shares.
        if self.memory and self._bounded != (record != OUTSIDE):
            self._bounded = record != OUTSIDE
            soft, hard = self._limits = self._limits or resource.getrlimit(resource.RLIMIT_DATA)
            if self._bounded and not 0 <= soft < self.memory:  # -1 is no limit; one of the user's stays
                soft = self.memory if not 0 <= hard < self.memory else hard
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))

    def failed(self, error: Exception) -> None:
        """Take note of the error of a record, before the record is set aside.

        A worker that was refused memory ends here, because what it holds may be incomplete. The record is tried again
        in a fresh process, and left out with that reason if it fails there too.
        """
        if isinstance(error, MemoryError) and self.page is not None:
            os._exit(OUT_OF_MEMORY)


def main() -> None:
    """Serve tasks until the parent closes the connection. An exception is sent back with its traceback as a note."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    connection_fd, page_fd, memory = (int(a) for a in sys.argv[1:4])
    page = mmap.mmap(page_fd, mmap.PAGESIZE)
    _RECORD.pack_into(page, 0, OUTSIDE)  # from here on a death is no failure to start
    most = 0  # bytes; 0 is no limit
    with Connection(connection_fd) as connection:
        while True:
            try:
                function, task, seconds, skip = connection.recv()
            except (EOFError, ConnectionError):  # the parent has closed, or died
                gc.freeze()  # else Python looks through all objects once more when it ends: .1 to .5 s
                return
            if memory and not most:  # at the first task, when the modules of its function are imported
                most = max(memory, _private_memory() + ROOM)
            watch = Watch(seconds=seconds, skip=skip, page=page, memory=most)
            watch.leave()
            try:
                with rare_collections():
                    answer = (True, function(task, watch))
            except MemoryError as error:
                watch.failed(error)
            except Exception as error:
                error.add_note(traceback.format_exc())
                answer = (False, error)
            watch.leave()  # sending a large answer is not the last record's time
            with suppress(ConnectionError):  # as above: the next `recv` ends this process
                connection.send(answer)


def _private_memory() -> int:
    """Return the bytes that RLIMIT_DATA counts for this process: all private memory that it may write, whether used or
    not. 0 where the system does not say."""
    import numpy as np

    # BLAS maps its buffers at its first product, and ends the process when it is refused them
    _ = np.ones((256, 256), np.float32) @ np.ones((256, 256), np.float32)
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) << 10
    return 0
