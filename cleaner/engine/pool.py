"""A pool of worker processes that survives the death of any of them.

When a worker dies (killed, out of memory, a fault in native code, over its time), the record it was in gets a
strike and the task is tried again; at the second strike the task is tried without that record, with the reason.
"""

from __future__ import annotations

import logging
import mmap
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from cleaner.engine.worker import OUTSIDE, Watch, read_record
from cleaner.errors import WorkError

__all__ = ["Pool", "cores", "fitting"]

_log = logging.getLogger(__name__)
Task = TypeVar("Task")
Result = TypeVar("Result")

STRIKES = 2
"""Deaths in one record after which it is left out: one may be an accident, such as the system running out of memory."""


def cores() -> int:
    """How many cores this process may use, which in a container is often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


WORKER_BYTES = 256 << 20
"""Memory that a worker is given: 150 MB of models and libraries (measured), and a shard of 8 MB in all its forms."""


def fitting(memory: int, wanted: int = 0) -> int:
    """How many workers to start: those wanted, else one per core, but no more than fit in the memory.

    Workers get three quarters of `memory` bytes, this process the rest. At least one is started whatever the memory.
    """
    fit = max(1, memory * 3 // 4 // WORKER_BYTES)
    if wanted > fit:
        _log.warning("%d workers do not fit in the memory of the run; %d work. --memory sets the bound.", wanted, fit)
    return min(wanted or cores(), fit)


class Pool:
    """`workers` processes, or the calling process itself for `workers=1`.

    In the calling process nothing catches a crash of native code; a run that ends so can be continued with more
    workers, or with `inside=False`. `seconds` is the limit of CPU time per record (0: none). `deaths` counts the
    workers that died.
    """

    def __init__(self, workers: int, *, seconds: float = 0.0, inside: bool = True) -> None:
        self.deaths = 0
        self._seconds = seconds
        self.size = workers or cores()
        self._inside = workers == 1 and inside  # one worker would only add the cost of sending
        self._workers = [] if self._inside else [_Worker() for _ in range(self.size)]

    def map(self, function: Callable[[Task, Watch], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Results of `function(task, watch)` as they come, in no order; `tasks` is read no faster than needed.

        `function` must be importable by name. An exception in it is raised here. Raises WorkError when workers die
        again and again outside any record.
        """
        if self._inside:
            yield from (function(task, Watch()) for task in tasks)
            return
        jobs = (_Job(task) for task in tasks)  # lazily: listing the inputs may go on while workers read
        again: deque[_Job] = deque()
        busy: dict[Connection, _Worker] = {}
        while True:
            # Every idle worker gets a task, and then whoever answers first is heard.
            for worker in self._workers:
                if worker.job is None and (job := again.popleft() if again else next(jobs, None)):
                    worker.send(job, function, self._seconds)
                    busy[worker.connection] = worker
            if not busy:
                return
            for connection in wait(list(busy)):
                worker = busy.pop(connection)  # type: ignore[call-overload]
                job, worker.job = worker.job, None
                try:
                    fine, answer = worker.connection.recv()
                except (EOFError, ConnectionResetError):  # it died
                    job.add_strike(*worker.restart())
                    self.deaths += 1
                    again.append(job)  # before new tasks, so that a bad record is known early
                    continue
                if not fine:
                    raise answer
                yield answer

    def close(self) -> None:
        """End all workers at once. Their unfinished tasks are lost; the shards that they finished stay."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Job:
    """A task, with the records that have ended a worker: `skip` has those to leave out, and why."""

    def __init__(self, task: Any) -> None:
        self.task = task
        self.skip: dict[int, str] = {}
        self._strikes: Counter[int] = Counter()

    def add_strike(self, record: int, reason: str) -> None:
        """Count a death in this record; at the second strike it is to be skipped."""
        self._strikes[record] += 1
        _log.warning("a worker process died in record %d of its task: %s", record, reason)
        if self._strikes[record] < STRIKES:
            return
        if record == OUTSIDE:  # no record can be left out, so trying again would never end
            raise WorkError(
                f"A worker process ended {STRIKES} times outside any record: {reason}. "
                "Give the run more --memory or fewer --workers; the same command goes on where it stood."
            )
        self.skip[record] = reason


class _Worker:
    """One process, started again after each death.

    A page of shared memory holds the record that it is in: what is there can be read after any death, since no message
    has to be sent.
    """

    connection: Connection

    def __init__(self) -> None:
        self.job: _Job | None = None
        with tempfile.TemporaryFile() as file:
            file.write(bytes(mmap.PAGESIZE))  # not left to the first write: on a full disk that would be a signal
            file.flush()
            self._page = mmap.mmap(file.fileno(), mmap.PAGESIZE)
            self._page_fd = os.dup(file.fileno())
        self._start()

    def send(self, job: _Job, function: Callable[..., Any], seconds: float) -> None:
        """Send the process its next task."""
        self.job = job
        with suppress(BrokenPipeError, ConnectionResetError):  # it died while idle; reading from it says so
            self.connection.send((function, job.task, seconds, job.skip))

    def restart(self) -> tuple[int, str]:
        """Start a new process in the place of a dead one. Returns the record it died in, and why."""
        self.connection.close()
        code = self._process.wait()
        record = read_record(self._page)
        self._start()
        if code == -signal.SIGPROF:
            return record, "it took more CPU time than --record-timeout allows"
        if code < 0:
            return record, f"the worker process was ended by {signal.Signals(-code).name}"
        return record, f"the worker process ended with status {code}"

    def end(self) -> None:
        """Kill the process and give back what it held."""
        self._process.kill()
        self._process.wait()
        self.connection.close()
        self._page.close()
        os.close(self._page_fd)

    def _start(self) -> None:
        """Start a process that has the socket and the page, and imports what this one can import."""
        ours, theirs = socket.socketpair()
        with theirs:  # closed here once the child has it, or the end of the child would not be seen
            fds = (theirs.fileno(), self._page_fd)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cleaner.engine.worker", *map(str, fds)],
                pass_fds=fds,
                stdin=subprocess.DEVNULL,  # stdin may be the articles of the run
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self.connection = Connection(ours.detach())
