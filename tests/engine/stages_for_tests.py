"""Stages that misbehave, importable by worker processes."""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

import cleaner
from cleaner.engine.time_limit import RecordTimeout
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
        if not reason and record.isdigit():  # so many bytes
            try:
                bytearray(int(record))
            except MemoryError as error:
                watch.failed(error)
                raise
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


def limited(task: list[str], watch: Watch) -> list[str]:
    """The records of a task, each worked on within its time: "spin" has no end."""
    done = []
    for i, record in enumerate(task):
        watch.enter(i)
        try:
            with watch.clock:
                while record == "spin":
                    pass
            done.append(record)
        except RecordTimeout as late:
            done.append(str(late))
    watch.leave()
    return done


def take(task: int, watch: Watch) -> int:
    """Allocate so many bytes while no record is worked on."""
    return len(bytearray(task))


def where(task: list[str], watch: Watch) -> list[str]:
    """The files of the modules that are imported by these names; "" for none of that name."""
    return [getattr(find_spec(name), "origin", None) or "" for name in task]


def path_and_package(task: int, watch: Watch) -> tuple[list[str], str]:
    """Where this process looks for modules, and which package it has."""
    return sys.path, str(cleaner.__file__)
