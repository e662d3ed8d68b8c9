"""CPU and memory of a command together with all processes that it starts, sampled from /proc (Linux only)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Usage", "run", "tree_of"]

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 0.25  # seconds; memory is looked at each time, which costs the kernel a walk over the page tables


@dataclass
class Usage:
    """What a command took: seconds, and MB of proportional memory (a page shared by two processes counts half each)."""

    wall: float = 0.0
    cpu: float = 0.0
    main: float = 0.0
    children: dict[int, float] = field(default_factory=dict)
    peak: float = 0.0
    anonymous: float = 0.0
    printed: str = ""

    @property
    def critical(self) -> float:
        """CPU seconds that no further core can take over: the main process, then the busiest of its children."""
        return self.main + max(self.children.values(), default=0.0)


def run(command: list[str], **environment: str) -> Usage:
    """Run a command to its end. Raises CalledProcessError when it fails."""
    used = Usage()
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None:
        _look(process.pid, used)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_EVERY)
    used.wall = time.monotonic() - started
    used.printed, errors = process.communicate()
    if (process.returncode and "Traceback" in errors) or process.returncode not in (
        0,
        1,
    ):  # 1: some input was set aside
        sys.stderr.write(errors[-2000:])
        raise subprocess.CalledProcessError(process.returncode, command)
    used.cpu = used.main + sum(used.children.values())
    return used


def _look(root: int, used: Usage) -> None:
    peak = anonymous = 0.0
    for pid in tree_of(root):
        with suppress(OSError, IndexError, ValueError):  # it ends while we look
            seconds = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) / _TICKS
            if pid == root:
                used.main = seconds
            else:
                used.children[pid] = seconds
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            peak += int(rollup.split("\nPss:")[1].split()[0]) / 1e3
            anonymous += int(rollup.split("\nPss_Anon:")[1].split()[0]) / 1e3
    used.peak, used.anonymous = max(used.peak, peak), max(used.anonymous, anonymous)


def tree_of(root: int) -> list[int]:
    """The process and all that descend from it."""
    found = [root]
    for pid in found:
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found
