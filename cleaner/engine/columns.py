"""Columns of shards: arrays and byte strings into Arrow and back, buffer by buffer.

`pyarrow.array` looks at every value, and imports pandas where that is installed: half a second in each worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["blobs", "blobs_of", "cells", "cells_of", "lists", "lists_of", "numbers", "numbers_of"]


def blobs(values: Sequence[bytes | memoryview]) -> pa.Array:
    """Byte strings of any lengths."""
    ends = np.zeros(len(values) + 1, np.int64)
    np.cumsum([len(value) for value in values], out=ends[1:])
    return pa.Array.from_buffers(
        pa.large_binary(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))]
    )


def blobs_of(column: pa.ChunkedArray, rows: NDArray[np.int64] | None = None) -> list[memoryview]:
    """What `blobs` stored, or these rows of it, without a copy."""
    array = _whole(column)
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    view = memoryview(data or b"")
    if rows is not None:
        return [view[a:b] for a, b in zip(ends[rows].tolist(), ends[rows + 1].tolist(), strict=True)]
    return [view[a:b] for a, b in pairwise(ends.tolist())]


def numbers(array: NDArray[Any]) -> pa.Array:
    """An array of one dimension."""
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(array.dtype), len(array), [None, pa.py_buffer(np.ascontiguousarray(array))]
    )


def numbers_of(column: pa.ChunkedArray) -> NDArray[Any]:
    """What `numbers` stored, without a copy."""
    array = _whole(column)
    dtype = array.type.to_pandas_dtype()
    return np.frombuffer(array.buffers()[1] or b"", dtype)[array.offset : array.offset + len(array)]


def lists(offsets: NDArray[np.int64], values: NDArray[Any]) -> pa.Array:
    """Runs of an array: `values[offsets[i]:offsets[i + 1]]` is cell i."""
    return pa.LargeListArray.from_arrays(numbers(offsets), numbers(values))


def lists_of(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Offsets and values that `lists` stored, without a copy."""
    array = _whole(column)
    if not len(array):
        return np.zeros(1, np.int64), numbers_of(array.values)
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    return offsets, numbers_of(array.values)


def cells(array: NDArray[Any]) -> pa.Array:
    """The rows of an array of any shape, as cells of one size."""
    width = array.itemsize * prod(array.shape[1:])
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(array), [None, pa.py_buffer(array.tobytes())])


def cells_of(column: pa.ChunkedArray, like: NDArray[Any]) -> NDArray[Any]:
    """The array that `cells` stored, with the type and row shape of `like`, without a copy."""
    array = _whole(column)
    width = prod(like.shape[1:])
    flat = np.frombuffer(array.buffers()[1] or b"", like.dtype)
    return flat[array.offset * width : (array.offset + len(array)) * width].reshape(-1, *like.shape[1:])


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A shard is written as one batch, so that its columns are one chunk."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column
