"""Reading an output and its logs back, in any of the forms in which they are written."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from cleaner.audit.spans import Row
from cleaner.errors import OutputError
from cleaner.output.publish import MANIFEST

__all__ = ["Row", "read_manifest", "records", "removals_by_article", "rows", "rows_of_article"]


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest in an audit folder. Raises OutputError when there is none, for the run did not finish then."""
    path = folder / MANIFEST
    if not path.is_file():
        raise OutputError(
            f"{path} is not there. Name the output of a finished run, or the folder of its logs with --audit."
        )
    found: Mapping[str, Any] = orjson.loads(path.read_bytes())
    return found


def records(output: str) -> Iterator[Row]:
    """The records of an output, in order. Raises OutputError when there is none, or when it is a folder of texts."""
    path = Path(output)
    if path.is_dir():
        for part in sorted(
            path.glob("part-*")
        ):  # numbered with leading zeros, so that this is the order of the records
            yield from _records_of_file(part)
        if any(path.glob("*.txt")):
            raise OutputError(f"{path} is a folder of texts, which hold no ids. Clean into .jsonl or .parquet instead.")
    elif path.is_file():
        yield from _records_of_file(path)
    else:
        raise OutputError(f"{path} is not there. Name the output of a finished run.")


def _records_of_file(path: Path) -> Iterator[Row]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as table:
            for batch in table.iter_batches(batch_size=1000):  # as Python objects a whole row group takes a lot of room
                yield from batch.to_pylist()
        return
    with path.open("rb") as packed:
        lines: Any = packed
        if path.suffix == ".gz":
            lines = gzip.GzipFile(fileobj=packed)
        elif path.suffix == ".zst":
            import zstandard

            # Without read_across_frames the reader stops after the first frame without a word.
            lines = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True))
        yield from map(orjson.loads, lines)


def rows(log: Path) -> Iterator[dict[str, Any]]:
    """The rows of a log, in order."""
    with log.open("rb") as lines:
        yield from map(orjson.loads, lines)


def rows_of_article(log: Path, article: str) -> Iterator[dict[str, Any]]:
    """The rows of one article, which stand together in removed.jsonl and dropped.jsonl.

    Each row begins with the id of its article, so the lines of all other articles are passed over unparsed.
    """
    beginning = b'{"id":' + orjson.dumps(article) + b","
    with log.open("rb") as lines:
        for is_own, group in groupby(lines, lambda line: line.startswith(beginning)):
            if is_own:
                yield from map(orjson.loads, group)
                return


def removals_by_article(log: Path) -> Iterator[tuple[str, Sequence[Row]]]:
    """(id, its rows) of removed.jsonl, article by article.

    The rows of one article stand together, and each begins with the id, so rows are told apart by their first bytes
    and those of an article are parsed in one call.
    """
    with log.open("rb") as lines:
        for _, group in groupby(lines, lambda line: line[: line.index(b',"start":')]):
            found = orjson.loads(b"[" + b",".join(group) + b"]")
            yield found[0]["id"], found
