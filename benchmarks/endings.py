"""Ways to end a run at a file operation: a kill, a full disk, SIGTERM. `crash.py` uses them in its forks."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["ACTS", "NEEDS_ROOM", "PAGE", "Counted", "list_sorted", "mount", "plain"]

PAGE = os.sysconf("SC_PAGESIZE")


def plain(path: str) -> str:
    """A path, or a message with paths, without what is random in it."""
    path = re.sub(r"/[\w/]*/crash-[^/]*/(?:point-[^/ ]*/)?", "", path)
    return re.sub(r"[0-9a-f]{32}|(?<=/)tmp\w{8}|(?<=cleaner-)\w{8}", "*", path)


class Counted:
    """Counts the file operations of this process from now on, and does `act` at number `at` (0: never).

    `act` gets the operation and its path; what it raises, the operation raises. `log` gets a line for each.
    """

    def __init__(self, at: int, act: Callable[[str, str], None], log: Path | None = None) -> None:
        self._at, self._act, self._count = at, act, 0
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if log else -1
        for name in ("fsync", "fdatasync"):
            setattr(os, name, self._wrapped(name, getattr(os, name)))
        sys.addaudithook(self._hook)

    def _wrapped(self, name: str, call: Callable[[int], None]) -> Callable[[int], None]:
        def wrapper(fd: int) -> None:
            self._operation(name, Path("/proc/self/fd", str(fd if isinstance(fd, int) else fd.fileno())).readlink())
            call(fd)

        return wrapper

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
                self._operation("open", path)
        elif event in _EVENTS:
            self._operation(event, arguments[_EVENTS[event]])

    def _operation(self, name: str, path: object) -> None:
        if isinstance(path, int) or (text := os.fsdecode(path)) == os.devnull:  # type: ignore[arg-type]
            return
        self._count += 1
        if self._log >= 0:
            os.write(self._log, f"{name}\t{plain(text)}\n".encode(errors="replace"))
        if self._at and self._count >= self._at:
            self._act(name if self._count == self._at else f"{name} later", text)


_EVENTS = {"os.rename": 1, "os.remove": 0, "os.mkdir": 0, "os.rmdir": 0, "os.truncate": 0, "shutil.rmtree": 0,
           "os.link": 1, "os.symlink": 1}  # fmt: skip
NEEDS_ROOM = {"open", "os.mkdir", "fsync", "fdatasync", "os.link", "os.symlink"}


def kill_before(name: str, path: str) -> None:
    """End the process group at once."""
    if not name.endswith(" later"):
        os.killpg(0, signal.SIGKILL)


def kill_after(name: str, path: str) -> None:
    """End the process group when the operation is done: at the first event outside of this module's hook."""

    def watch(frame: FrameType, event: str, argument: object) -> None:
        ours = frame.f_code.co_filename == __file__
        if not ours or (frame.f_code.co_name == "wrapper" and event in ("c_return", "return")):
            os.killpg(0, signal.SIGKILL)

    if not name.endswith(" later"):
        sys.setprofile(watch)


def refuse(name: str, path: str) -> None:
    """The disk is full from here on."""
    if name.removesuffix(" later") in NEEDS_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def kill_alone(name: str, path: str) -> None:
    """End the main process; its workers have to see that themselves."""
    if not name.endswith(" later"):
        os.kill(os.getpid(), signal.SIGKILL)


def terminate(name: str, path: str) -> None:
    """SIGTERM to the main process alone, as a service manager sends it."""
    if not name.endswith(" later"):
        os.kill(os.getpid(), signal.SIGTERM)


ACTS = {"before": kill_before, "after": kill_after, "alone": kill_alone, "enospc": refuse, "term": terminate}


def mount(folder: Path, pages: int, *, again: bool = False) -> None:
    """Put a file system of so many pages at `folder`, for this process and its children. OSError if refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not again:
        uid, gid = os.getuid(), os.getgid()
        if libc.unshare(0x10000000 | 0x00020000):  # CLONE_NEWUSER | CLONE_NEWNS
            raise OSError(ctypes.get_errno(), "unshare")
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            Path("/proc/self", name).write_text(text)
    flags, data = 32 if again else 0, f"size={pages * PAGE}".encode()  # MS_REMOUNT
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", flags, data):
        raise OSError(ctypes.get_errno(), "mount")


class _Listing:
    """What os.scandir gives, in another order."""

    def __init__(self, entries: Any, backwards: bool) -> None:
        with entries:
            self._entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=backwards))

    def __iter__(self) -> Iterator[Any]:
        return self._entries

    def __next__(self) -> Any:
        return next(self._entries)

    def __enter__(self) -> _Listing:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open."""


def list_sorted(backwards: bool) -> None:
    """From now on this process lists folders in the order of names, or backwards.

    File systems have any order; with one order the points have the same numbers each time, and with both, what is
    removed first and what last trade places.
    """
    scandir, listdir = os.scandir, os.listdir
    os.scandir = lambda *where: _Listing(scandir(*where), backwards)  # type: ignore[assignment]
    os.listdir = lambda *where: sorted(listdir(*where), reverse=backwards)  # type: ignore[assignment]
