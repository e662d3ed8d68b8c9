"""Reading an output back, in any of the forms that it is written in."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from cleaner.errors import OutputError

__all__ = ["records"]


def records(output: str) -> Iterator[Mapping[str, Any]]:
    """The records of an output, in order. Raises OutputError when there is none, or when it is a folder of texts."""
    path = Path(output)
    if path.is_dir():
        for part in sorted(path.glob("part-*")):
            yield from _file(part)
        if any(path.glob("*.txt")):
            raise OutputError(f"{path} is a folder of texts, which hold no ids. Clean into .jsonl or .parquet instead.")
    elif path.is_file():
        yield from _file(path)
    else:
        raise OutputError(f"{path} is not there. Name the output of a finished run.")


def _file(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as table:
            for batch in table.iter_batches(batch_size=1000):
                yield from batch.to_pylist()
        return
    with path.open("rb") as raw:
        yield from map(orjson.loads, _unpacked(raw, path.suffix))


def _unpacked(raw: Any, suffix: str) -> Any:
    if suffix == ".gz":
        return gzip.GzipFile(fileobj=raw)
    if suffix == ".zst":
        import zstandard

        return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True))
    return raw
