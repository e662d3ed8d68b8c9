"""Formats that plugins read: a whole file at a time, which gives records like those of JSON lines."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.article import Raw
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.plugins import readers
from cleaner.read.fields import raw_record
from cleaner.read.formats import PLUGGED
from cleaner.read.read_errors import NotReadable
from cleaner.read.task import Lost, Split

__all__ = ["parse_plugged"]


def parse_plugged(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """The records that the plugin for this suffix gives; what it raises ends the file, not the run."""
    name, reader = readers()[span.format.removeprefix(PLUGGED)]
    number = 0
    try:
        for number, record in enumerate(reader(data), 1):
            try:
                yield raw_record(record, span.source, number, options)
            except InputError as wrong:
                yield Lost(number, wrong)
    except Exception as error:  # whatever a plugin does with a file
        told = f"The plugin {name} failed: {type(error).__name__}: {error}."
        yield Lost(number + 1, NotReadable(told, "Look at the file, or tell the author of the plugin."))
