"""A source -> spans of a bounded size: unpacked, archives opened, records told apart. Planner and workers share it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import BinaryIO

from cleaner.article import Reject
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.archive import Member, tar_members, zip_members
from cleaner.read.csv import cut_csv
from cleaner.read.files import is_remote, source_name
from cleaner.read.formats import PLUGGED, check_name, format_by_name
from cleaner.read.json_document import cut_json
from cleaner.read.jsonl import cut_lines
from cleaner.read.parquet import cut_table
from cleaner.read.read_errors import ArchiveBomb, EmptyFile, UnknownFormat, reject
from cleaner.read.sniff import Sniffed, sniff
from cleaner.read.stream import Flow, open_file, open_flow
from cleaner.read.task import Bounds, Chunk, Lost, Split
from cleaner.read.text import cut_whole
from cleaner.read.warc import cut_warc

__all__ = ["split_source"]

_ARCHIVES = 3
"""How many archives may stand inside one another."""


def split_source(span: Split, options: Options, bounds: Bounds) -> Iterator[Split | Reject]:
    """The parts of a span that was not cut yet, in their order; what cannot be read is a Reject in its place."""
    flow = Flow(iter([span.payload])) if span.payload else open_flow(span.path)
    seek = not span.payload and span.path != "-" and not is_remote(span.path)
    place = _Place(span, options, bounds, span.path if seek else "")
    yield from _guarded(place, flow, span.format)


@dataclass(frozen=True, slots=True)
class _Place:
    """What is being cut. `path` is there where parts can be named by their offsets in it."""

    span: Split
    options: Options
    bounds: Bounds
    path: str
    depth: int = 0


def _guarded(place: _Place, flow: Flow, named: str) -> Iterator[Split | Reject]:
    empty = True
    try:
        for part in _parts(place, flow, named):
            empty = False
            yield part
        if empty:
            raise EmptyFile("The file holds no text.", "Nothing to do, unless it should hold some.")
    except InputError as wrong:
        yield reject(place.span.source, 0, wrong)


def _parts(place: _Place, flow: Flow, named: str) -> Iterator[Split | Reject]:
    sniffed = sniff(flow, named, place.options)
    place = replace(place, path=place.path if sniffed.plain else "")
    if sniffed.format in ("zip", "tar"):
        yield from _members(place, sniffed)
        return
    for run in _runs(place, sniffed):
        if isinstance(run, Lost):
            yield reject(place.span.source, run.number, run.error)
        else:
            yield _span(place, sniffed, run)


def _span(place: _Place, sniffed: Sniffed, run: Chunk) -> Split:
    at, data = ((run.start, run.end), b"") if not run.data else ((0, -1), run.data)
    return Split(
        place.span.source,
        run.format or sniffed.format,
        "" if data else place.path,
        run.first,
        *at,
        payload=data,
        header=run.header,
        encoding=sniffed.encoding,
        cut=True,
        count=run.count,
        siblings=place.span.siblings,
    )


def _runs(place: _Place, sniffed: Sniffed) -> Iterator[Chunk | Lost]:
    flow, bounds, keep = sniffed.flow, place.bounds, not place.path
    match sniffed.format:
        case "txt" | "html":
            yield from cut_whole(flow, bounds)
        case "jsonl" | "lines":
            yield from cut_lines(flow, bounds, keep=keep)
        case "csv" | "tsv":
            yield from cut_csv(flow, bounds, keep=keep, encoding=sniffed.encoding)
        case "json":
            yield from cut_json(flow, bounds, place.options)
        case "warc":
            yield from cut_warc(flow, bounds)
        case "parquet" | "arrow":
            with closing(_seekable(place, flow)) as file:
                yield from cut_table(file, sniffed.format, bounds, place.options, seek=not keep)
        case other if other.startswith(PLUGGED):
            yield from cut_whole(flow, bounds)
        case other:
            raise UnknownFormat(f"Files of the format {other} are not read.", "Convert it to JSON lines.")


def _members(place: _Place, sniffed: Sniffed) -> Iterator[Split | Reject]:
    if place.depth >= _ARCHIVES:
        raise ArchiveBomb(f"More than {_ARCHIVES} archives stand inside one another.", "Unpack the archive yourself.")
    if sniffed.format == "tar":
        yield from _each_member(place, tar_members(sniffed.flow))
        return
    with closing(_seekable(place, sniffed.flow)) as file:
        yield from _each_member(place, zip_members(file))


def _each_member(place: _Place, members: Iterator[Member]) -> Iterator[Split | Reject]:
    for name, member in members:
        source = f"{place.span.source}/{source_name(name)}" if name else place.span.source
        try:
            if isinstance(member, InputError):
                raise member
            check_name(name)
        except InputError as wrong:
            yield reject(source, 0, wrong)
            continue
        inner = replace(place, span=Split(source, "", name), path="", depth=place.depth + 1)
        yield from _guarded(inner, member, format_by_name(name)[0])


def _seekable(place: _Place, flow: Flow) -> BinaryIO:
    """The file itself, or a copy in a temporary file where it comes as a stream."""
    if place.path:
        return open_file(place.path)
    copy = tempfile.TemporaryFile()  # noqa: SIM115, closed by the caller
    for chunk in flow:
        copy.write(chunk)
    copy.seek(0)
    return copy
