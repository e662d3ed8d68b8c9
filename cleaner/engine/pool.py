"""A pool of worker processes that survives the death of any of them.

When a worker dies (killed, out of memory, a fault in native code, over its time), that is a strike against the record
it was working on, and the task is tried again. At the second strike the task is tried without that record, which is set
aside with the reason.
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
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from cleaner.cycles import rare_collections
from cleaner.engine.time_limit import OVER_TIME, time_limit
from cleaner.engine.worker import OUT_OF_MEMORY, OUTSIDE, UNSTARTED, Watch
from cleaner.errors import EngineError

__all__ = ["Pool", "cores", "fitting"]

_log = logging.getLogger(__name__)
Task = TypeVar("Task")
Result = TypeVar("Result")

FAILED_STARTS = 3
"""The run ends after so many workers in a row that ended before their first task: what keeps one from starting (a
broken library, no room for a process) keeps the next one as well."""

START = """
import os, sys
try:
    from importlib.util import module_from_spec, spec_from_file_location
    if os.path.isfile(sys.argv[4]):
        spec = spec_from_file_location("cleaner", sys.argv[4])
        sys.modules["cleaner"] = package = module_from_spec(spec)
        spec.loader.exec_module(package)
    from cleaner.engine.worker import main
except BaseException as error:
    os.pwrite(int(sys.argv[2]), f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1000], 8)
    raise SystemExit(1)
main()
"""
"""The program of a worker. It imports the same package as this process, wherever that lies: it may be a checkout in the
current folder, which the worker must not search. An error is written into the shared page."""

PACKAGE = str(Path(__file__).parents[1] / "__init__.py")

STRIKES = 2
"""Deaths in one record after which it is left out. One death may be an accident, such as a system without memory."""


def cores() -> int:
    """Return how many cores this process may use, which in a container is often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


FRUGAL = {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Environment of the workers, where the user has not set these. Each thread of BLAS maps 32 MB and more, and the
workers share the cores already; Arrow's own pool reserves 1 GB at once, which counts against the limit of a worker's
memory."""

WORKER_BYTES = 256 << 20
"""Memory that a worker is given: 150 MB of models and libraries (measured), and a shard of 8 MB in all its forms."""


def fitting(memory: int, wanted: int = 0) -> int:
    """Return how many workers to start: those wanted, else one per core, but no more than fit in the memory.

    Workers get three quarters of `memory` bytes, this process the rest. At least one is started whatever the memory.
    """
    fit = max(1, memory * 3 // 4 // WORKER_BYTES)
    if wanted > fit:
        _log.warning("%d workers do not fit in the memory of the run; %d work. --memory sets the bound.", wanted, fit)
    return min(wanted or cores(), fit)


class Pool(AbstractContextManager["Pool"]):
    """`workers` processes, or the calling process itself for `workers=1`.

    In the calling process nothing catches a crash of native code; such a run can be continued with more workers, or
    with `inside=False`. `seconds` is the limit of CPU time per record (0: none), `memory` the
    bytes that all workers together may take while they work on records (0: no limit; see `cleaner.engine.worker.ROOM`
    for what each may take in any case). `deaths` counts the workers that died.
    """

    def __init__(self, workers: int, *, seconds: float = 0.0, inside: bool = True, memory: int = 0) -> None:
        self.deaths = 0
        self._failed_starts = 0
        self._seconds = seconds
        self.size = workers or cores()
        self._inside = workers == 1 and inside  # one worker would only add the cost of sending
        self._memory = memory // self.size
        self._workers: list[_Worker] = []  # started when there is a task for them: a small input has few

    def map(self, function: Callable[[Task, Watch], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Yield results of `function(task, watch)` as they come, in no order; `tasks` is read no faster than needed.

        `function` must be importable by name. An exception in it is raised here. Raises EngineError when workers die
        again and again outside any record.
        """
        if self._inside:
            for task in tasks:
                with time_limit(self._seconds) as clock, rare_collections():
                    result = function(task, Watch(clock=clock))
                yield result
            return
        jobs = (_Job(task) for task in tasks)  # lazily: listing the inputs may go on while workers read
        again: deque[_Job] = deque()
        busy: dict[Connection, _Worker] = {}
        while True:
            # Every idle worker gets a task, and then the first answer is received.
            idle = [worker for worker in self._workers if worker.job is None]
            while (idle or len(self._workers) < self.size) and (job := again.popleft() if again else next(jobs, None)):
                if not idle:
                    idle = [_Worker(self._memory)]
                    self._workers += idle
                worker = idle.pop(0)
                worker.job, busy[worker.connection] = job, worker
                with suppress(BrokenPipeError, ConnectionResetError):  # it died while idle; reading from it says so
                    worker.connection.send((function, job.task, self._seconds, job.skip))
            if not busy:
                return
            for connection in wait(list(busy)):
                worker = busy.pop(connection)  # type: ignore[call-overload]
                job, worker.job = worker.job, None
                try:
                    fine, answer = worker.connection.recv()
                except (EOFError, ConnectionResetError):  # it died
                    self._replace(worker, job)
                    again.append(job)  # before new tasks, so that a bad record is known early
                    continue
                self._failed_starts = 0
                if not fine:
                    raise answer
                yield answer

    def _replace(self, worker: _Worker, job: _Job) -> None:
        """Start a process in the place of a dead one, and count the death against the record that it was in.

        Raises EngineError where no process can be started, or this one died too often outside any record.
        """
        record, reason = worker.restart()
        self.deaths += 1
        if record != UNSTARTED:
            self._failed_starts = 0
            job.add_strike(record, reason)
            return
        self._failed_starts += 1
        if self._failed_starts == FAILED_STARTS:
            raise EngineError(
                f"No worker process could be started in {FAILED_STARTS} tries: {reason}. "
                "Mend that, or run with --workers 1; the same command goes on where it stood."
            )

    def __exit__(self, *_: object) -> None:
        """End all workers at once. Their unfinished tasks are lost; the shards that they finished stay."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()


@dataclass
class _Job:
    """A task, how often each of its records has ended a worker, and which records to leave out, with the reasons."""

    task: Any
    skip: dict[int, str] = field(default_factory=dict)
    strikes: Counter[int] = field(default_factory=Counter)

    def add_strike(self, record: int, reason: str) -> None:
        """Count a death in this record; at the second strike it is to be skipped."""
        self.strikes[record] += 1
        _log.warning("a worker process died in record %d of its task: %s", record, reason)
        if self.strikes[record] < STRIKES:
            return
        if record == OUTSIDE:  # no record can be left out, so trying again would never end
            raise EngineError(
                f"A worker process ended {STRIKES} times outside any record: {reason}. "
                "Give the run more --memory or fewer --workers; the same command goes on where it stood."
            )
        self.skip[record] = reason


class _Worker:
    """One process, started again after each death.

    A page of shared memory holds the number of the record that the process works on, so that it can be read after any
    death; a message could no longer be sent.
    """

    connection: Connection

    def __init__(self, memory: int) -> None:
        self.job: _Job | None = None
        self._memory = memory
        with tempfile.TemporaryFile() as file:
            file.write(bytes(mmap.PAGESIZE))  # not left to the first write: on a full disk that would be a signal
            file.flush()
            self._page = mmap.mmap(file.fileno(), mmap.PAGESIZE)
            self._page_fd = os.dup(file.fileno())
        self._start()

    def restart(self) -> tuple[int, str]:
        """Start a new process in the place of a dead one. Returns the record it died in, and why."""
        self.connection.close()
        code = self._process.wait()
        # as the process left them: the record that it was in, and why it did not start
        record, told = int.from_bytes(self._page[:8], sys.byteorder, signed=True), self._page[8:1008]
        self._start()
        if record == UNSTARTED:
            said = told.split(b"\0")[0].decode("utf-8", "replace")
            return record, said or f"it ended with status {code} before its first task"
        if code == -signal.SIGPROF:
            return record, OVER_TIME
        if code == OUT_OF_MEMORY:
            return record, "it needed more memory than --memory leaves to a worker"
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
        """Start a process that has the socket and the page, and imports what this one can import.

        It does not search the current folder, where the articles may lie, and among them a json.py. `python -m` and an
        empty entry of PYTHONPATH put that folder first; -P keeps Python from adding it again. A package that is
        installed from that folder (`pip install -e`) is found all the same, behind everything else.
        """
        here = os.path.realpath(os.curdir)
        paths = [path for path in sys.path if path and os.path.realpath(path) != here]
        self._page[:] = UNSTARTED.to_bytes(8, sys.byteorder, signed=True).ljust(len(self._page), b"\0")
        ours, theirs = socket.socketpair()
        with theirs:  # closed here once the child has it, or the end of the child would not be seen
            fds = (theirs.fileno(), self._page_fd)
            # Ctrl+C reaches the child as well, which would print a traceback while Python starts.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-c", START, *map(str, (*fds, self._memory)), PACKAGE],
                    pass_fds=fds,
                    stdin=subprocess.DEVNULL,  # stdin may be the articles of the run
                    env={**FRUGAL, **os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                )
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self.connection = Connection(ours.detach())
