"""Turn arrays and byte strings into the Arrow columns of shards and back, buffer by buffer.

`pyarrow.array` would look at every value, and import pandas if that is installed: half a second in each worker.
What `..._column` stores, `..._values` reads back, as views of the shard's memory map and without a copy.
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
    "binary_column", "binary_values", "fixed_column", "fixed_values", "list_column", "list_values", "number_column",
    "number_values",
]  # fmt: skip


def binary_column(values: Sequence[bytes | memoryview]) -> pa.Array:
    """Make a column of byte strings of any lengths."""
    ends = np.zeros(len(values) + 1, np.int64)
    np.cumsum([len(value) for value in values], out=ends[1:])
    return pa.Array.from_buffers(
        pa.large_binary(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))]
    )


def binary_values(column: pa.ChunkedArray, rows: NDArray[np.int64] | None = None) -> list[memoryview]:
    """Return what `binary_column` stored, or only the cells with the indices `rows`."""
    array = _one_chunk(column)
    _, offsets, data = array.buffers()  # the first one would say which values are missing; none is
    ends = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    view = memoryview(data or b"")
    if rows is not None:
        return [view[a:b] for a, b in zip(ends[rows].tolist(), ends[rows + 1].tolist(), strict=True)]
    return [view[a:b] for a, b in pairwise(ends.tolist())]


def number_column(array: NDArray[Any]) -> pa.Array:
    """Make a column of the numbers of an array with one dimension."""
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(array.dtype), len(array), [None, pa.py_buffer(np.ascontiguousarray(array))]
    )


def number_values(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return the array that `number_column` stored."""
    array = _one_chunk(column)
    # A slice of a column shares the buffers of the whole, so its offset counts everywhere here.
    dtype = array.type.to_pandas_dtype()
    return np.frombuffer(array.buffers()[1] or b"", dtype)[array.offset : array.offset + len(array)]


def list_column(offsets: NDArray[np.int64], values: NDArray[Any]) -> pa.Array:
    """Make a column whose cells are slices of an array: cell i is `values[offsets[i]:offsets[i + 1]]`."""
    return pa.LargeListArray.from_arrays(number_column(offsets), number_column(values))


def list_values(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return the offsets and values that `list_column` stored."""
    array = _one_chunk(column)
    if not len(array):  # an empty array may have no buffer of offsets at all
        return np.zeros(1, np.int64), number_values(array.values)
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    return offsets, number_values(array.values)


def fixed_column(array: NDArray[Any]) -> pa.Array:
    """Make a column of cells of one size: the rows of an array of any shape."""
    width = array.itemsize * prod(array.shape[1:])
    # Bytes, whatever the type of the array: Arrow has no type for cells of several dimensions.
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(array), [None, pa.py_buffer(array.tobytes())])


def fixed_values(column: pa.ChunkedArray, like: NDArray[Any]) -> NDArray[Any]:
    """Return the array that `fixed_column` stored, with the type and row shape of `like`."""
    array = _one_chunk(column)
    width = prod(like.shape[1:])
    flat = np.frombuffer(array.buffers()[1] or b"", like.dtype)
    return flat[array.offset * width : (array.offset + len(array)) * width].reshape(-1, *like.shape[1:])


def _one_chunk(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return the column as one array. A shard is written as one batch, so its columns mostly are one chunk already."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column
