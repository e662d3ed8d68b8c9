"""The command line in forks of one process that has imported it: a run costs no start of Python.

A run knows nothing of this: it is `python -m cleaner ARGUMENTS` with its own folder, process group, output and limits.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import re
import resource
import runpy
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # a fork takes no threads along
    os.environ.setdefault(_name, "1")

__all__ = ["Ended", "each", "preload", "run", "scratch"]

Task = TypeVar("Task")
LIMIT = -1000
"""Status of a run that was over its seconds."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    `status` is negative for a signal, LIMIT where it took too long; `said` is what it wrote to stderr, `printed` to
    stdout; `peak` is its largest resident memory in MB, with what it inherited; `left` counts processes that run on.
    """

    status: int
    said: str
    printed: str
    seconds: float
    peak: int
    left: int = 0

    @property
    def hung(self) -> bool:
        """Whether it was over its seconds."""
        return self.status == LIMIT

    @property
    def trouble(self) -> str:
        """The last line of the last traceback, or the name of the crash, with the place in the package; "" for none."""
        crash, error = self.said.rfind("Fatal Python error"), self.said.rfind("Traceback (most recent call last)")
        lines = self.said[max(crash, error, 0) :].splitlines()
        places = [found for line in lines if (found := _PLACE.search(line))]
        if crash > error:  # the newest call comes first
            return f"{lines[0]}{_named(places[0] if places else None)}"
        if error >= 0:
            ends = [line for line in lines[1:] if line and not line[0].isspace()]
            return f"{ends[0][:160] if ends else 'Traceback'}{_named(places[-1] if places else None)}"
        return ""


_PLACE = re.compile(r'File ".*/(cleaner/[^"]+)", line (\d+)')


def _named(place: re.Match[str] | None) -> str:
    return f" at {place[1]}:{place[2]}" if place else " outside of the package"


def preload(folder: Path, *commands: Sequence[str]) -> None:
    """Import here what these commands import, and load what the first article loads. RuntimeError if one fails."""
    note = folder / ".modules"

    def list_modules() -> None:
        note.write_text("\n".join(sys.modules))

    for arguments in commands:
        done = run(arguments, folder, after=list_modules, seconds=120)
        if done.status not in (0, 1):
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.status}: {done.said[-2000:]}")
        for name in note.read_text().split():
            if name != "__main__":
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
    note.unlink()
    import cleaner

    cleaner.clean("The tide table was right again, and nobody on the pier was surprised by that.")
    cleaner.clean_html("<p>The tide table was right again, and nobody on the pier was surprised by that.")


def run(
    arguments: Sequence[str],
    folder: Path,
    *,
    seconds: float = 60.0,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
    module: str = "cleaner",
) -> Ended:
    """Run `python -m cleaner` with `arguments` in `folder`, in a fork and a process group of its own.

    `before` is called in the fork before anything else, `after` when the command has ended. What the group leaves
    running is counted and killed.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as printed:
        began = time.monotonic()
        pid = os.fork()
        if not pid:
            _child(list(arguments), folder, (printed, said), before, after, module)
        status, peak = _wait(pid, began + seconds)
        left = _end_group(pid)
        texts = []
        for file in (said, printed):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    return Ended(status, texts[0], texts[1], time.monotonic() - began, peak, left)


@contextlib.contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A folder for runs, in memory where the system has one: there a fsync costs nothing (measured: 10 times as fast).

    Temporary files of runs go there as well, since a run that is killed leaves them.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        (Path(folder) / "tmp").mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = f"{folder}/tmp"
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = None
            del os.environ["TMPDIR"]


def each(
    tasks: Sequence[Task], call: Callable[[Task, Path], Any], base: Path, jobs: int = 1
) -> Iterator[tuple[Task, Any]]:
    """Call `call(task, folder)` for each task, in a fork and an empty folder of its own; its answers, as they come."""
    running: dict[int, tuple[Task, Path]] = {}
    rest = iter(tasks)
    for n in range(len(tasks) + jobs):
        task = next(rest, None)
        if task is not None:
            folder = base / f"point-{n}"
            folder.mkdir()
            sys.stdout.flush()
            if not (pid := os.fork()):
                _answer(call, task, folder)
            running[pid] = task, folder
        while running and (task is None or len(running) >= jobs):
            pid, status = os.wait()
            done, folder = running.pop(pid)
            if status:
                raise RuntimeError(f"{done} could not be tried")
            answer = folder.with_name(f"{folder.name}.json")
            yield done, json.loads(answer.read_text())
            answer.unlink()
            shutil.rmtree(folder)


def _answer(call: Callable[[Task, Path], Any], task: Task, folder: Path) -> None:
    """Leave the answer beside the folder; never returns."""
    try:
        folder.with_name(f"{folder.name}.json").write_text(json.dumps(call(task, folder)))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _child(
    arguments: list[str],
    folder: Path,
    output: tuple[IO[bytes], IO[bytes]],
    before: Callable[[], None] | None,
    after: Callable[[], None] | None,
    module: str,
) -> None:
    """Be the run; never returns."""
    status = 1
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(output[0].fileno(), 1)
        os.dup2(output[1].fileno(), 2)
        sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        faulthandler.enable(sys.stderr, all_threads=False)
        if before:
            before()
        os.chdir(folder)
        sys.argv = ["cleaner", *arguments]
        runpy.run_module(module, run_name="__main__")
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(BaseException):
        if after:
            after()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _wait(pid: int, end: float) -> tuple[int, int]:
    """Status and peak of the process; after the end it is aborted, and says where it was."""
    pause, late = 0.001, False
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            code = os.waitstatus_to_exitcode(status)
            return LIMIT if late else code, usage.ru_maxrss >> 10
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL if late else signal.SIGABRT)
            end, late = time.monotonic() + 2, True
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


def _end_group(group: int) -> int:
    """How many processes of the group still run a second after its first has ended; they are killed."""
    end = time.monotonic() + 1
    while (left := _members(group)) and time.monotonic() < end:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    return left


def _members(group: int) -> int:
    """Processes of a group that are no zombies."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return 0
    found = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, in_group = path.read_text().rpartition(")")[2].split()[:3]
            found += int(in_group) == group and state != "Z"
    return found
