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

__all__ = [
    "binary_column",
    "binary_values",
    "fixed_column",
    "fixed_values",
    "list_column",
    "list_values",
    "number_column",
    "number_values",
]


def binary_column(values: Sequence[bytes | memoryview]) -> pa.Array:
    """Byte strings of any lengths."""
    ends = np.zeros(len(values) + 1, np.int64)
    np.cumsum([len(value) for value in values], out=ends[1:])
    return pa.Array.from_buffers(
        pa.large_binary(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))]
    )


def binary_values(column: pa.ChunkedArray, rows: NDArray[np.int64] | None = None) -> list[memoryview]:
    """What `binary_column` stored, or these rows of it, without a copy."""
    array = _whole(column)
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    view = memoryview(data or b"")
    if rows is not None:
        return [view[a:b] for a, b in zip(ends[rows].tolist(), ends[rows + 1].tolist(), strict=True)]
    return [view[a:b] for a, b in pairwise(ends.tolist())]


def number_column(array: NDArray[Any]) -> pa.Array:
    """An array of one dimension."""
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(array.dtype), len(array), [None, pa.py_buffer(np.ascontiguousarray(array))]
    )


def number_values(column: pa.ChunkedArray) -> NDArray[Any]:
    """What `number_column` stored, without a copy."""
    array = _whole(column)
    dtype = array.type.to_pandas_dtype()
    return np.frombuffer(array.buffers()[1] or b"", dtype)[array.offset : array.offset + len(array)]


def list_column(offsets: NDArray[np.int64], values: NDArray[Any]) -> pa.Array:
    """Runs of an array: `values[offsets[i]:offsets[i + 1]]` is cell i."""
    return pa.LargeListArray.from_arrays(number_column(offsets), number_column(values))


def list_values(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Offsets and values that `list_column` stored, without a copy."""
    array = _whole(column)
    if not len(array):
        return np.zeros(1, np.int64), number_values(array.values)
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    return offsets, number_values(array.values)


def fixed_column(array: NDArray[Any]) -> pa.Array:
    """The rows of an array of any shape, as cells of one size."""
    width = array.itemsize * prod(array.shape[1:])
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(array), [None, pa.py_buffer(array.tobytes())])


def fixed_values(column: pa.ChunkedArray, like: NDArray[Any]) -> NDArray[Any]:
    """The array that `fixed_column` stored, with the type and row shape of `like`, without a copy."""
    array = _whole(column)
    width = prod(like.shape[1:])
    flat = np.frombuffer(array.buffers()[1] or b"", like.dtype)
    return flat[array.offset * width : (array.offset + len(array)) * width].reshape(-1, *like.shape[1:])


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A shard is written as one batch, so that its columns are one chunk."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column
