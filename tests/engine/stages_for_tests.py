"""Stages that misbehave, importable by worker processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from cleaner.engine.worker import Watch


def double(task: int, watch: Watch) -> int:
    watch.enter(0)
    return 2 * task


def fail(task: int, watch: Watch) -> int:
    raise ValueError(f"task {task} is wrong")


def skipping(task: list[str], watch: Watch) -> list[str]:
    """The records of a task, of which some end the process: each as itself, or as the reason why it was left out."""
    done = []
    for i, record in enumerate(task):
        reason = watch.enter(i)
        if not reason and record == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if not reason and record == "spin":
            while True:
                pass
        if not reason and record == "exit":
            os._exit(7)
        done.append(reason or record)
    watch.leave()
    return done


def die_once(task: str, watch: Watch) -> str:
    """Ends the process the first time; `task` is a file that remembers."""
    watch.enter(0)
    if not Path(task).exists():
        Path(task).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die_outside(task: int, watch: Watch) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task
