"""Plan the tasks of a run from its sources: bundle small files, split large ones, open streams and archives.

The planner looks only at the names and sizes of small files; the worker that reads one splits it, by `split_source`
too. Where a source is split changes neither its records nor their numbers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cleaner.article import Reject
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.archive import Member, tar_members, zip_members
from cleaner.read.csv import chunk_csv
from cleaner.read.feed import chunk_feed
from cleaner.read.files import is_remote, source_name
from cleaner.read.json_document import chunk_json
from cleaner.read.jsonl import chunk_lines
from cleaner.read.parquet import chunk_table
from cleaner.read.read_errors import ArchiveBomb, EmptyFile, UnknownFormat, as_input_error, reject
from cleaner.read.selection import Weighed, first_records, sampled_records
from cleaner.read.sniff import (
    PLUGGED,
    Sniffed,
    check_member,
    check_name,
    check_page_folder,
    folder_stems,
    format_by_name,
    page_stems,
    sniff,
)
from cleaner.read.stream import Stream, open_file, open_stream
from cleaner.read.task import TASK_BYTES, TASK_RECORDS, Bounds, Chunk, Lost, Source, Split, Task
from cleaner.read.text import SIBLINGS, chunk_whole
from cleaner.read.warc import chunk_warc

__all__ = ["plan_tasks", "split_source"]

_EXPANSION = 8
"""How much larger a compressed file is taken to be than it is; text shrinks to about an eighth."""
_SAMPLED_RECORDS = 16
"""Records of a chunk out of which a sample is read."""
_ARCHIVE_DEPTH = 3
"""How many archives may stand inside one another."""
_WAITING_BYTES = 32 << 20
"""Bytes held of folders in a tar that may belong to a page which follows; beyond that, files are read as any other."""


def plan_tasks(
    sources: Iterable[Source | Reject],
    options: Options,
    *,
    task_records: int = TASK_RECORDS,
    task_bytes: int = TASK_BYTES,
) -> Iterator[Task | Reject]:
    """Yield the tasks of `sources` in the order of the manifest, Rejects in their places.

    A task has at most `task_records` records and `task_bytes` bytes, or one split that is larger. Both are guesses for
    files that are not opened: a file counts as one record.
    """
    bounds = Bounds(task_records, task_bytes, options.max_record_bytes)
    entries = list(sources)
    siblings = _siblings(entries)
    stems = {stem for entry in entries if isinstance(entry, Source) for stem in page_stems(entry.path)}

    def listed(bounds: Bounds = bounds) -> Iterator[Weighed]:
        found = (_weighed_splits(entry, options, bounds, siblings, stems) for entry in entries)
        weighed = (pair for pairs in found for pair in pairs)
        return first_records(weighed, options.limit) if options.limit else weighed

    chosen = listed()
    if options.sample:
        # Small chunks, because the others of a chunk are parsed in vain.
        near = replace(bounds, records=min(_SAMPLED_RECORDS, bounds.records))
        chosen = sampled_records(partial(listed, near), options.sample, options.seed)
    splits: list[Split] = []
    records = size = 0
    for split, weight in chosen:
        if isinstance(split, Reject):
            # The task before it is yielded first, so that all are in the order of the manifest.
            if splits:
                yield Task(tuple(splits))
                splits, records, size = [], 0, 0
            yield split
            continue
        if splits and (records + split.count > task_records or size + weight > task_bytes):
            yield Task(tuple(splits))
            splits, records, size = [], 0, 0
        splits.append(split)
        records, size = records + split.count, size + weight
    if splits:
        yield Task(tuple(splits))


def _siblings(entries: list[Source | Reject]) -> dict[str, tuple[str, ...]]:
    """Return the first texts of each folder, in the order of the manifest."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        if isinstance(entry, Source) and entry.path.endswith(".txt") and not is_remote(entry.path):
            texts = found.setdefault(entry.path.rpartition("/")[0], [])
            if len(texts) < SIBLINGS:
                texts.append(entry.path)
    return {folder: tuple(texts) for folder, texts in found.items()}


def _weighed_splits(
    entry: Source | Reject, options: Options, bounds: Bounds, siblings: dict[str, tuple[str, ...]], stems: set[str]
) -> Iterator[Weighed]:
    """Yield the splits of one source with their bytes when they are read.

    A small file is one split, and is not opened, unless its records have to be counted.
    """
    if isinstance(entry, Reject):
        yield entry, 0
        return
    try:
        if stems:
            check_page_folder(entry.path, stems)
        check_name(entry.path)
        if entry.size == 0:
            raise EmptyFile("The file is empty.", "Nothing to do, unless it should hold some text.")
    except InputError as wrong:
        yield reject(entry.source, 0, wrong), 0
        return
    named, compressed = format_by_name(entry.path)
    # The vote of a folder is taken for texts only; pages declare their charset, and tables have one for all records.
    near = siblings.get(entry.path.rpartition("/")[0], ()) if named == "txt" else ()
    split = Split(entry.source, named, entry.path, siblings=near)
    weight = max(entry.size, 0) * (_EXPANSION if compressed else 1)
    # A file that is one article is never split; stdin may be anything.
    one_article = named in ("txt", "html") and options.txt_layout == "article" and entry.path != "-"
    if (one_article or 0 < weight <= bounds.bytes) and not (options.limit or options.sample):
        yield split, weight
        return
    for part in split_source(split, options, bounds):
        size = 0 if isinstance(part, Reject) else len(part.payload) or max(part.end - part.start, 1)
        yield part, size


@dataclass(frozen=True, slots=True)
class _Place:
    """The file that is being split. `path` is "" where a worker cannot seek the data, so that the splits have to carry
    them."""

    split: Split
    options: Options
    bounds: Bounds
    path: str
    depth: int = 0


def split_source(split: Split, options: Options, bounds: Bounds) -> Iterator[Split | Reject]:
    """Yield the parts of a split that is a whole file, in their order; what cannot be read is a Reject in its place."""
    # Remote files are read in one go; a split that named offsets in one would open it again.
    seek = split.path != "-" and not is_remote(split.path) and Path(split.path).is_file()  # and no pipe
    place = _Place(split, options, bounds, split.path if seek else "")
    yield from _parts_or_reject(place, open_stream(split.path), split.format)


def _parts_or_reject(place: _Place, stream: Stream, named: str) -> Iterator[Split | Reject]:
    """Yield the splits of a file, and a Reject where it is empty or reading it fails."""
    empty = True
    try:
        for part in _parts(place, stream, named):
            empty = False
            yield part
        if empty:
            raise EmptyFile("The file holds no text.", "Nothing to do, unless it should hold some.")
    except Exception as error:  # of any library that reads a format
        yield reject(place.split.source, 0, as_input_error(error))


def _parts(place: _Place, stream: Stream, named: str) -> Iterator[Split | Reject]:
    """Yield the splits of a file, or of all members of an archive."""
    sniffed = sniff(stream, named, place.options)
    if not sniffed.plain:
        place = replace(place, path="")
    if sniffed.format in ("zip", "tar"):
        if place.depth >= _ARCHIVE_DEPTH:
            wrong = f"More than {_ARCHIVE_DEPTH} archives stand inside one another."
            raise ArchiveBomb(wrong, "Unpack the archive yourself.")
        if sniffed.format == "tar":
            yield from _member_parts(place, tar_members(sniffed.stream), set(), in_order=True)
            return
        # The directory of a ZIP archive stands at its end.
        with closing(_seekable(place, sniffed.stream)) as file:
            stems: set[str] = set()
            yield from _member_parts(place, zip_members(file, stems), stems)
        return
    for chunk in _chunks(place, sniffed):
        if isinstance(chunk, Lost):
            yield reject(place.split.source, chunk.number, chunk.error)
            continue
        yield Split(
            place.split.source,
            chunk.format or sniffed.format,
            "" if chunk.data else place.path,
            chunk.first,
            *((0, -1) if chunk.data else (chunk.start, chunk.end)),
            payload=chunk.data,
            header=chunk.header,
            encoding=sniffed.encoding,
            chunked=True,
            count=chunk.count,
            siblings=place.split.siblings,
        )


def _chunks(place: _Place, sniffed: Sniffed) -> Iterator[Chunk | Lost]:
    """Return the chunks of a file by its format. Raises UnknownFormat for a format without a reader."""
    stream, bounds, keep = sniffed.stream, place.bounds, not place.path
    match sniffed.format:
        case "txt" | "html" | "mhtml" | "webarchive":
            yield from chunk_whole(stream, bounds)
        case "jsonl" | "lines":
            yield from chunk_lines(stream, bounds, keep=keep)
        case "csv" | "tsv":
            yield from chunk_csv(stream, bounds, place.options, keep=keep, encoding=sniffed.encoding)
        case "json":
            yield from chunk_json(stream, bounds, place.options)
        case "feed":
            yield from chunk_feed(stream, bounds)
        case "warc":
            yield from chunk_warc(stream, bounds)
        case "parquet" | "arrow":
            with closing(_seekable(place, stream)) as file:
                yield from chunk_table(file, sniffed.format, bounds, place.options, seek=not keep)
        case other if other.startswith(PLUGGED):  # a plugin is given the whole file
            yield from chunk_whole(stream, bounds)
        case other:
            raise UnknownFormat(f"Files of the format {other} are not read.", "Convert it to JSON lines.")


def _member_parts(
    place: _Place, members: Iterator[Member], stems: set[str], *, in_order: bool = False
) -> Iterator[Split | Reject]:
    """Yield the splits of the members; the source of each is the archive's name and its own, as if it were a folder.

    `stems` are those of the pages that are known so far; the folders of their parts are passed over. Where members come
    `in_order`, as in a tar, a page may follow its folder: what lies in such a folder waits for the end.
    """
    waiting: list[tuple[str, list[Split | Reject]]] = []
    room = _WAITING_BYTES
    for name, member in members:
        stems.update(page_stems(name))
        source = f"{place.split.source}/{source_name(name)}" if name else place.split.source
        try:
            if isinstance(member, InputError):
                raise member
            check_page_folder(name, stems)
            check_name(name)
            check_member(name, member.head(1 << 14))
        except InputError as wrong:
            yield reject(source, 0, wrong)
            continue
        inner = replace(place, split=Split(source, "", name), path="", depth=place.depth + 1)
        parts = _parts_or_reject(inner, member, format_by_name(name)[0])
        if in_order and room > 0 and any(folder_stems(name)):
            waiting.append((name, list(parts)))
            room -= sum(len(part.payload) for part in waiting[-1][1] if isinstance(part, Split))
        else:
            yield from parts
    for name, held in waiting:
        try:
            check_page_folder(name, stems)
            yield from held
        except InputError as wrong:
            yield reject(f"{place.split.source}/{source_name(name)}", 0, wrong)


def _seekable(place: _Place, stream: Stream) -> BinaryIO:
    """Return the file itself, or a copy in a temporary file where the data come as a stream; the caller closes it."""
    if place.path:
        return open_file(place.path)
    copy = tempfile.TemporaryFile()  # noqa: SIM115
    for chunk in stream:
        copy.write(chunk)
    copy.seek(0)
    return copy
