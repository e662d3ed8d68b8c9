"""Reading a path in tasks of several sizes, which has to give the same records."""

from __future__ import annotations

from pathlib import Path

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.task import Task


def read(path: Path, options: Options = Options()) -> list[Raw | Reject]:  # noqa: B008
    """What is read of `path`, alike in tasks of any size."""

    def once(**size: int) -> list[Raw | Reject]:
        found: list[Raw | Reject] = []
        for task in plan_tasks(list_sources([str(path)], options), options, **size):
            found.extend(read_records(task, options) if isinstance(task, Task) else [task])
        return found

    whole = once()
    assert once(task_bytes=1) == whole
    assert once(task_records=2, task_bytes=900) == whole
    return whole
