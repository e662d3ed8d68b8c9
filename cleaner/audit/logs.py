"""Reading an output and its logs back, in any of the forms that they are written in."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from cleaner.errors import OutputError

__all__ = ["Row", "printable", "records", "removals", "rows"]

Row = Mapping[str, Any]

_JOINERS = "\u200c\u200d"  # the spelling of Persian and of Indic scripts, and steers nothing


def records(output: str) -> Iterator[Row]:
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


def rows(log: Path) -> Iterator[Row]:
    """The rows of a log, in order."""
    with log.open("rb") as lines:
        yield from map(orjson.loads, lines)


def removals(log: Path) -> Iterator[tuple[str, Sequence[Row]]]:
    """(id, its rows) of removed.jsonl, article by article.

    The rows of one article stand together and begin with the same bytes, so they are parsed in one call.
    """
    beginning, group = b"\0", list[bytes]()
    with log.open("rb") as lines:
        for line in lines:
            if not line.startswith(beginning):
                if group:
                    yield _parsed(group)
                beginning, group = line[: line.index(b',"start":') + 1], []
            group.append(line)
    if group:
        yield _parsed(group)


def printable(text: str) -> str:
    """A text in one line, without the characters that steer a terminal.

    >>> printable("\\x1b[2J Hujan")
    ' [2J Hujan'
    """
    return "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)


def _parsed(group: Sequence[bytes]) -> tuple[str, Sequence[Row]]:
    found = orjson.loads(b"[" + b",".join(group) + b"]")
    return found[0]["id"], found


def _file(path: Path) -> Iterator[Row]:
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
