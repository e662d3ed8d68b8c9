"""The manifest -> bounded pieces of work, in its order. Opens only what is too large for one piece, or a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.article import Reject
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.files import is_remote
from cleaner.read.folder_encoding import SIBLINGS
from cleaner.read.formats import check_name, format_by_name
from cleaner.read.read_errors import EmptyFile, reject
from cleaner.read.split import split_source
from cleaner.read.task import TASK_BYTES, TASK_RECORDS, Bounds, Source, Split, Task

__all__ = ["plan_tasks"]

_PACKED_WEIGHT = 8  # text packs to about an eighth


def plan_tasks(
    sources: Iterable[Source | Reject],
    options: Options,
    *,
    piece_records: int = TASK_RECORDS,
    piece_bytes: int = TASK_BYTES,
) -> Iterator[Task | Reject]:
    """The pieces of `sources` in their order, Rejects in their places. Bounds never change a record or its number."""
    bounds = Bounds(piece_records, piece_bytes, options.max_record_bytes)
    entries = list(sources)
    siblings = _siblings(entries)
    spans: list[Split] = []
    records = size = 0
    for entry in entries:
        for span in _spans(entry, options, bounds, siblings):
            if isinstance(span, Reject):
                if spans:
                    yield Task(tuple(spans))
                    spans, records, size = [], 0, 0
                yield span
                continue
            weight, count = _weigh(span, entry)
            if spans and (records + count > piece_records or size + weight > piece_bytes):
                yield Task(tuple(spans))
                spans, records, size = [], 0, 0
            spans.append(span)
            records, size = records + count, size + weight
    if spans:
        yield Task(tuple(spans))


def _weigh(span: Split, entry: Source | Reject) -> tuple[int, int]:
    """Bytes and records of a span, guessed where it was not cut."""
    if span.cut:
        return (len(span.payload) or max(span.end - span.start, 1)), span.count
    size = max(entry.size, 0) if isinstance(entry, Source) else 0
    return size * (_PACKED_WEIGHT if format_by_name(span.path)[1] else 1), 1


def _spans(
    entry: Source | Reject, options: Options, bounds: Bounds, siblings: dict[str, tuple[str, ...]]
) -> Iterator[Split | Reject]:
    if isinstance(entry, Reject):
        yield entry
        return
    if entry.size == 0:
        yield reject(
            entry.source, 0, EmptyFile("The file is empty.", "Nothing to do, unless it should hold some text.")
        )
        return
    try:
        check_name(entry.path)
    except InputError as wrong:
        yield reject(entry.source, 0, wrong)
        return
    named, packed = format_by_name(entry.path)
    near = siblings.get(_folder(entry.path), ()) if named == "txt" else ()
    span = Split(entry.source, named, entry.path, siblings=near)
    weight = entry.size * (_PACKED_WEIGHT if packed else 1)
    alone = named in ("txt", "html") and options.txt_layout == "article" and entry.path != "-"
    if alone or 0 < weight <= bounds.bytes:
        yield span
    else:
        yield from split_source(span, options, bounds)


def _siblings(entries: list[Source | Reject]) -> dict[str, tuple[str, ...]]:
    """The first texts of each folder, in the order of the manifest."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        if isinstance(entry, Source) and entry.path.endswith(".txt") and not is_remote(entry.path):
            texts = found.setdefault(_folder(entry.path), [])
            if len(texts) < SIBLINGS:
                texts.append(entry.path)
    return {folder: tuple(texts) for folder, texts in found.items()}


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
