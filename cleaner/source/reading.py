"""A piece -> its records. Runs in a worker; depends on nothing but the piece and the options."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cleaner.article import Raw, Reject
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.source import lines, whole
from cleaner.source.damage import EmptyFile, UnknownFormat, reject
from cleaner.source.piece import PIECE_BYTES, PIECE_RECORDS, Bounds, Lost, Piece, Run, Span
from cleaner.source.settle import settle
from cleaner.source.stream import Flow, open_flow

__all__ = ["CUTTERS", "PARSERS", "read"]

CUTTERS: dict[str, Callable[..., Iterator[Run | Lost]]] = {
    "txt": whole.cut_whole,
    "html": whole.cut_whole,
    "jsonl": lines.cut_lines,
    "lines": lines.cut_lines,
}
PARSERS: dict[str, Callable[[bytes, Span, Options], Iterator[Raw | Lost]]] = {
    "txt": whole.parse_txt,
    "html": whole.parse_html,
    "jsonl": lines.parse_jsonl,
    "lines": lines.parse_lines,
}


def read(piece: Piece, options: Options) -> Iterator[Raw | Reject]:
    """The records of `piece` in their order; what cannot be read is a Reject in its place."""
    for span in piece.spans:
        number = span.first
        try:
            for found in _read_span(span, options):
                if isinstance(found, Lost):
                    yield reject(span.source, found.number, found.error)
                else:
                    number = found.record
                    yield found
        except InputError as wrong:
            yield reject(span.source, number, wrong)


def _read_span(span: Span, options: Options) -> Iterator[Raw | Lost]:
    flow = Flow(iter([span.payload])) if span.payload else open_flow(span.path, span.start, span.end)
    if span.cut:
        yield from PARSERS[span.format](b"".join(flow), span, options)
        return
    settled = settle(flow, span.format, options)
    if settled.format not in PARSERS:
        raise UnknownFormat(f"Files of the format {settled.format} are not read.", "Convert it to JSON lines.")
    bounds = Bounds(PIECE_RECORDS, PIECE_BYTES, options.max_record_bytes)
    empty = True
    for run in CUTTERS[settled.format](settled.flow, bounds):
        if isinstance(run, Lost):
            empty = False
            yield run
            continue
        part = Span(span.source, settled.format, first=run.first, encoding=settled.encoding, siblings=span.siblings)
        for found in PARSERS[settled.format](run.data, part, options):
            empty = False
            yield found
    if empty:
        yield Lost(0, EmptyFile("The file holds no text.", "Nothing to do, unless it should hold some."))
