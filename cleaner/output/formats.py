"""The formats of a file of records: JSON Lines, plain or compressed, and Parquet."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from typing import IO, Any

import orjson

__all__ = ["FORMATS", "RECORD", "Lines", "write_records"]

FORMATS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")

Lines = Iterable[bytes | memoryview]
"""Records, each a line of JSON with its line feed, as the shards of a run hold them."""

RECORD: Mapping[str, str] = {
    "id": "string", "text": "string", "language": "string", "language_score": "double", "languages": "string",
    "title": "string", "author": "string", "date": "string", "date_text": "string", "crawled": "string",
    "place": "string", "url": "string", "site": "string",
    "source": "string", "encoding": "string", "repair": "strings", "page_kind": "string", "input_kind": "string",
    "flags": "strings", "duplicates": "strings", "meta": "string",
}  # fmt: skip
"""The fields of one record, in order, with their column type in Parquet ("strings" is a list of them)."""

_ROWS = 10_000
"""Records in a Parquet row group: 30 MB of news. A group is held in memory until it is full."""

_ROW_GROUP_CHARS = 64 << 20
"""Characters that end a row group before it has so many records, for huge articles would break the memory bound."""


def write_records(file: IO[bytes], suffix: str, lines: Lines) -> None:
    """Write records into an open binary file, which stays open, in the format of one of the suffixes in FORMATS.

    A compressed file is one gzip member or one Zstandard frame, for `zstandard.open`, and loaders built on it, stop
    after the first frame without a word. The compressor is fed record by record, so that its output cannot depend on
    how records were batched.
    """
    if suffix == ".parquet":
        _write_parquet(file, lines)
    elif suffix == ".jsonl.gz":
        # Without name and time in its head, the same records give the same bytes under any name on any day.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            packed.writelines(lines)
    elif suffix == ".jsonl.zst":
        import zstandard

        compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
        with compressor.stream_writer(file, closefd=False) as packed:
            for line in lines:
                packed.write(line)
    else:
        file.writelines(lines)


def _write_parquet(file: IO[bytes], lines: Lines) -> None:
    """Parquet with typed columns, compressed by Zstandard; row groups are cut by the number and size of records."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"string": pa.string(), "strings": pa.list_(pa.string()), "double": pa.float64()}
    schema = pa.schema([(name, types[kind]) for name, kind in RECORD.items()])
    rows: list[dict[str, Any]] = []
    chars = 0
    with pq.ParquetWriter(file, schema, compression="zstd", compression_level=3) as out:
        for line in lines:
            rows.append(orjson.loads(line))
            chars += sum(len(value) for value in rows[-1].values() if isinstance(value, str))
            if len(rows) == _ROWS or chars >= _ROW_GROUP_CHARS:
                out.write_table(pa.Table.from_pylist(rows, schema), row_group_size=len(rows))
                rows, chars = [], 0
        if rows:
            out.write_table(pa.Table.from_pylist(rows, schema), row_group_size=len(rows))
