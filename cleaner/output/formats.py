"""The formats of a file of records: JSON Lines and tables of CSV or TSV, plain or compressed, and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import orjson

from cleaner.article import MARK_KEYS, RECORD_KEYS, SPLIT_KEY
from cleaner.assignments import column_names
from cleaner.errors import OptionError
from cleaner.options import Options

__all__ = ["DELIMITERS", "FORMATS", "RECORD", "Layout", "Lines", "chosen_lines", "read_table", "write_records"]

_PACKINGS = ("", ".gz", ".zst")
FORMATS = (
    *(".jsonl" + packing for packing in _PACKINGS),
    ".parquet",
    *(".csv" + packing for packing in _PACKINGS),
    *(".tsv" + packing for packing in _PACKINGS),
)
DELIMITERS = {".csv": ",", ".tsv": "\t"}

Lines = Iterable[bytes | memoryview]
"""Records, each a line of JSON with its line feed, as the shards of a run hold them."""

RECORD: Mapping[str, str] = {
    "id": "string", "text": "string", "words": "integer", "language": "string", "language_score": "double",
    "languages": "string", "title": "string", "author": "string", "date": "string", "date_text": "string",
    "crawled": "string", "place": "string", "url": "string", "site": "string", "source": "string", "encoding": "string",
    "repair": "strings", "page_kind": "string", "input_kind": "string", "flags": "strings", "duplicates": "strings",
    "meta": "string",
}  # fmt: skip
"""The fields of one record, in order, with their column type in Parquet ("strings" is a list of them)."""

_FURTHER = {**dict.fromkeys(MARK_KEYS, "string"), "similarity": "double", SPLIT_KEY: "string"}
_EMPTY: Mapping[str, Any] = {"string": "", "integer": 0, "double": 0.0, "strings": ()}

_ROWS = 10_000
"""Records in a Parquet row group, some 30 MB of news. A group is held in memory until it is full."""

_ROW_GROUP_CHARS = 64 << 20
"""Characters after which a row group ends with fewer records, so that huge articles stay within the memory bound."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file: field of a record -> its name in the file, and field -> its type (see RECORD).

    `bom` says that a table begins with a byte order mark.

    >>> Layout.of(Options(columns="id,text=isi")).columns
    {'id': 'id', 'text': 'isi'}
    """

    columns: Mapping[str, str] = field(default_factory=lambda: dict(zip(RECORD, RECORD, strict=True)))
    types: Mapping[str, str] = field(default_factory=lambda: RECORD)
    bom: bool = False

    @classmethod
    def of(cls, options: Options) -> Layout:
        """Return the layout under these options. Raises OptionError for a column that records have only with other
        options, and for options that exclude each other."""
        if options.mark and options.split and options.one_per_url:
            raise OptionError(
                "mark, split and one_per_url do not go together: crawls of one page that one_per_url leaves out are "
                "compared with nothing, so they could lie on both sides. Leave one of the three out."
            )
        there = [key for key in RECORD_KEYS if key != "meta"]
        there += [*(MARK_KEYS if options.mark else ()), *([SPLIT_KEY] if options.split else ()), "meta"]
        types = {key: {**RECORD, **_FURTHER}[key] for key in there}
        names = column_names(options.columns)
        for key in names if options.columns else ():
            if key not in types:
                needed = "--split" if key == SPLIT_KEY else "--mark"
                raise OptionError(f"columns: a record has the field {key!r} only with {needed}. Add that, or leave it.")
        return cls({key: name for key, name in names.items() if key in types}, types, options.bom)

    @property
    def changes(self) -> bool:
        """True if a line of the file differs from the record's line in the shards."""
        return list(self.columns.items()) != [(key, key) for key in self.types]

    def record_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record whose columns a row holds; fields that have no column are empty.

        >>> Layout({"text": "isi"}, {"id": "string", "text": "string"}).record_of({"isi": "Hujan."})
        {'id': '', 'text': 'Hujan.'}
        """
        found = {key: row[name] for key, name in self.columns.items()}
        return {key: found.get(key, _EMPTY[kind]) for key, kind in self.types.items()}


def write_records(file: IO[bytes], suffix: str, lines: Lines, layout: Layout | None = None) -> None:
    """Write records into an open binary file, which stays open, in the format of one of the suffixes in FORMATS.

    A compressed file is one gzip member or one Zstandard frame, for `zstandard.open`, and loaders built on it, stop
    after the first frame without a word. The compressor is fed record by record, so that its output cannot depend on
    how records were batched.
    """
    layout = layout or Layout()
    if suffix == ".parquet":
        _write_parquet(file, lines, layout)
        return
    form, _, packing = suffix[1:].partition(".")
    if delimiter := DELIMITERS.get(f".{form}"):
        lines = _table_lines(lines, layout, delimiter)
    elif layout.changes:
        lines = chosen_lines(lines, layout)
    if packing == "gz":
        # Without name and time in its head, the same records give the same bytes under any name on any day.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            packed.writelines(lines)
    elif packing == "zst":
        import zstandard

        compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
        with compressor.stream_writer(file, closefd=False) as packed:
            for line in lines:
                packed.write(line)
    else:
        file.writelines(lines)


def chosen_lines(lines: Lines, layout: Layout) -> Iterator[bytes]:
    """Yield lines of JSON with the columns of the layout alone."""
    for line in lines:
        record = orjson.loads(line)
        row = {name: record[key] for key, name in layout.columns.items()}
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _table_lines(lines: Lines, layout: Layout, delimiter: str) -> Iterator[bytes]:
    """Yield rows as RFC 4180 has them: names first, CR LF behind each row, quotes around what needs them; lists as
    JSON."""
    buffer = io.StringIO(newline="")
    out = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    out.writerow(layout.columns.values())
    yield ("\ufeff" * layout.bom + buffer.getvalue()).encode()
    for line in lines:
        record = orjson.loads(line)
        buffer.seek(0)
        buffer.truncate()
        cells = (record[key] for key in layout.columns)
        out.writerow(orjson.dumps(cell).decode() if isinstance(cell, list) else cell for cell in cells)
        yield buffer.getvalue().encode()


def read_table(lines: Iterable[bytes], delimiter: str, layout: Layout) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table that `write_records` wrote, by the names of their columns, with the types of the
    layout."""
    # Not the csv module: it refuses fields of more than 128 kB unless a limit of the whole process is raised.
    cell = re.compile(rf'(?:"((?:[^"]|"")*+)"|([^"{delimiter}\r\n]*+))(?:{delimiter}|\r\n)')
    kinds = [layout.types[key] for key in layout.columns]
    row, quotes, is_head = list[bytes](), 0, True
    for line in lines:
        row.append(line)
        quotes += line.count(b'"')
        if quotes % 2 or not line.endswith(b"\r\n"):  # it ends within quotes
            continue
        if not is_head:
            cells = [quoted.replace('""', '"') or bare for quoted, bare in cell.findall(b"".join(row).decode())]
            found = zip(layout.columns.values(), kinds, cells, strict=True)
            yield {name: text if kind == "string" else orjson.loads(text) for name, kind, text in found}
        row, quotes, is_head = [], 0, False


def _write_parquet(file: IO[bytes], lines: Lines, layout: Layout) -> None:
    """Write Parquet with typed columns, compressed by Zstandard; row groups are cut by the number and size of
    records."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"string": pa.string(), "strings": pa.list_(pa.string()), "double": pa.float64(), "integer": pa.int64()}
    schema = pa.schema([(name, types[layout.types[key]]) for key, name in layout.columns.items()])
    rows: list[dict[str, Any]] = []
    chars = 0
    with pq.ParquetWriter(file, schema, compression="zstd", compression_level=3) as out:
        for line in lines:
            record = orjson.loads(line)
            rows.append({name: record[key] for key, name in layout.columns.items()})
            chars += sum(len(value) for value in rows[-1].values() if isinstance(value, str))
            if len(rows) == _ROWS or chars >= _ROW_GROUP_CHARS:
                out.write_table(pa.Table.from_pylist(rows, schema), row_group_size=len(rows))
                rows, chars = [], 0
        if rows:
            out.write_table(pa.Table.from_pylist(rows, schema), row_group_size=len(rows))
