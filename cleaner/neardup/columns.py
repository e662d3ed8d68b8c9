"""Arrays that grow at the end and are read in slices: in memory while there is room for them, else in a file."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Column", "Room", "ranges"]


@dataclass
class Column:
    """An append-only array of one type, in memory or in a file."""

    dtype: np.dtype[Any]
    file: IO[bytes] | None = None
    length: int = 0
    _parts: list[NDArray[Any]] = field(default_factory=list, init=False)  # what was added, where there is no file

    def append(self, values: NDArray[Any]) -> None:
        """Add values at the end."""
        values = np.ascontiguousarray(values, self.dtype)  # no copy of what is so already
        self.length += len(values)
        if self.file is None:
            self._parts.append(values)
        else:
            self.file.write(values.tobytes())

    def read(self, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """Return the values `first` to `last`."""
        last = self.length if last is None else last
        if self.file is not None:
            self.file.seek(first * self.dtype.itemsize)
            data = self.file.read((last - first) * self.dtype.itemsize)
            self.file.seek(0, 2)
            return np.frombuffer(data, self.dtype)
        if len(self._parts) != 1:  # joined at the first read, and not at each append
            self._parts = [np.concatenate(self._parts) if self._parts else np.zeros(0, self.dtype)]
        return self._parts[0][first:last]

    def take(self, firsts: NDArray[np.int64], lasts: NDArray[np.int64]) -> NDArray[Any]:
        """Return the values of many slices, one behind the other."""
        if self.file is None:
            return np.asarray(self.read()[ranges(firsts, lasts - firsts)])
        parts = [self.read(a, b) for a, b in zip(firsts.tolist(), lasts.tolist(), strict=True)]
        return np.concatenate(parts) if parts else np.zeros(0, self.dtype)


class Room(ExitStack):
    """The memory that columns may take, in bytes, and the folder for columns that no longer fit. It closes their
    files."""

    def __init__(self, memory: int, folder: Path | None = None) -> None:
        super().__init__()
        self._left, self._folder = memory, folder

    def column(self, dtype: type[np.generic], values: int) -> Column:
        """Return a column for about `values` values."""
        kind = np.dtype(dtype)
        if values * kind.itemsize <= self._left:  # first come, first served
            self._left -= values * kind.itemsize
            return Column(kind)
        return Column(kind, self.enter_context(tempfile.TemporaryFile(dir=self._folder, prefix="dedup-")))


def ranges(firsts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return firsts[0], firsts[0] + 1, ... for counts[0] values, then the same from firsts[1], and so on."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(firsts - (ends - counts), counts), np.int64)
