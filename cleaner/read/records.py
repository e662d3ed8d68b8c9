"""Read the records of a task, or of some inputs. The records depend on the input and the options alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.plugins import readers
from cleaner.read.csv import parse_csv
from cleaner.read.feed import parse_feed
from cleaner.read.fields import raw_record
from cleaner.read.files import list_sources
from cleaner.read.json_document import parse_json
from cleaner.read.jsonl import parse_jsonl, parse_lines
from cleaner.read.packed_page import parse_mhtml, parse_webarchive
from cleaner.read.parquet import parse_table
from cleaner.read.read_errors import NotReadable, as_input_error, reject
from cleaner.read.sniff import PLUGGED
from cleaner.read.split import plan_tasks, split_source
from cleaner.read.stream import open_stream
from cleaner.read.task import TASK_BYTES, TASK_RECORDS, Bounds, Lost, Split, Task
from cleaner.read.text import parse_whole
from cleaner.read.warc import parse_warc

__all__ = ["read_records", "records_of"]

_PARSERS = {
    "txt": parse_whole,
    "html": parse_whole,
    "jsonl": parse_jsonl,
    "lines": parse_lines,
    "csv": parse_csv,
    "tsv": parse_csv,
    "json": parse_json,
    "warc": parse_warc,
    "mhtml": parse_mhtml,
    "webarchive": parse_webarchive,
    "feed": parse_feed,
}
"""Format -> what parses the bytes of a split. Tables open their files themselves; other formats are of plugins."""


def records_of(inputs: Iterable[str], options: Options) -> Iterator[Raw | Reject]:
    """Yield all records of the inputs, in the calling process, and a Reject in the place of what cannot be read."""
    for task in plan_tasks(list_sources(inputs, options), options):
        yield from [task] if isinstance(task, Reject) else read_records(task, options)


def read_records(task: Task, options: Options) -> Iterator[Raw | Reject]:
    """Yield the records of `task` in their order; what cannot be read is a Reject in its place."""
    bounds = Bounds(TASK_RECORDS, TASK_BYTES, options.max_record_bytes)
    for split in task.splits:
        for part in [split] if split.chunked else split_source(split, options, bounds):
            if isinstance(part, Reject):
                yield part
                continue
            number, only = part.first, frozenset(part.only)
            try:
                if part.format in ("parquet", "arrow"):
                    records = parse_table(part, options)
                else:
                    data = part.payload or b"".join(open_stream(part.path, part.start, part.end))
                    records = _PARSERS.get(part.format, _parse_plugged)(data, part, options)
                for found in records:
                    place = found.number if isinstance(found, Lost) else found.record
                    if only and place not in only and place:  # 0 is the source as a whole
                        continue
                    if isinstance(found, Lost):
                        yield reject(part.source, found.number, found.error)
                    else:
                        number = found.record
                        yield found
            except Exception as error:  # the file itself, from behind its last good record on
                yield reject(part.source, number, as_input_error(error))


def _parse_plugged(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the records that a plugin makes of a file of its suffix; what it raises ends the file, not the run."""
    plugin, reader = readers()[split.format.removeprefix(PLUGGED)]
    number = 0
    try:
        for number, record in enumerate(reader(data), 1):
            try:
                yield raw_record(record, split.source, number, options)
            except Exception as error:
                yield Lost(number, as_input_error(error))
    except Exception as error:  # whatever a plugin does with a file
        message = f"The plugin {plugin} failed: {type(error).__name__}: {error}."
        yield Lost(number + 1, NotReadable(message, "Look at the file, or tell the author of the plugin."))
