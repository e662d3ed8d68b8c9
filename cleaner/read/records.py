"""A piece -> its records. Runs in a worker; depends on nothing but the piece and the options."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.article import Raw, Reject
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.csv import parse_csv
from cleaner.read.json_document import parse_json
from cleaner.read.jsonl import parse_jsonl, parse_lines
from cleaner.read.parquet import parse_table
from cleaner.read.plugged import parse_plugged
from cleaner.read.read_errors import reject
from cleaner.read.split import split_source
from cleaner.read.stream import open_flow
from cleaner.read.task import TASK_BYTES, TASK_RECORDS, Bounds, Lost, Split, Task
from cleaner.read.text import parse_html, parse_txt
from cleaner.read.warc import parse_warc

__all__ = ["read_records"]

_PARSERS = {
    "txt": parse_txt,
    "html": parse_html,
    "jsonl": parse_jsonl,
    "lines": parse_lines,
    "csv": parse_csv,
    "tsv": parse_csv,
    "json": parse_json,
    "warc": parse_warc,
}


def read_records(piece: Task, options: Options) -> Iterator[Raw | Reject]:
    """The records of `piece` in their order; what cannot be read is a Reject in its place."""
    bounds = Bounds(TASK_RECORDS, TASK_BYTES, options.max_record_bytes)
    for span in piece.spans:
        for part in [span] if span.cut else split_source(span, options, bounds):
            if isinstance(part, Reject):
                yield part
            else:
                yield from _read(part, options)


def _read(span: Split, options: Options) -> Iterator[Raw | Reject]:
    number = span.first
    try:
        for found in _parse(span, options):
            if isinstance(found, Lost):
                yield reject(span.source, found.number, found.error)
            else:
                number = found.record
                yield found
    except InputError as wrong:
        yield reject(span.source, number, wrong)


def _parse(span: Split, options: Options) -> Iterator[Raw | Lost]:
    if span.format in ("parquet", "arrow"):
        return parse_table(span, options)
    data = span.payload or b"".join(open_flow(span.path, span.start, span.end))
    return _PARSERS.get(span.format, parse_plugged)(data, span, options)
