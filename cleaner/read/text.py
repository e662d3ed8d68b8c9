"""Files that are one article: plain text and saved pages. Their bytes are decoded later, if their folder has no say."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.article import Raw
from cleaner.decode.decode import decode
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.folder_encoding import folder_hint
from cleaner.read.markup import looks_like_html
from cleaner.read.read_errors import too_large
from cleaner.read.stream import Flow
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["cut_whole", "parse_html", "parse_txt"]


def cut_whole(flow: Flow, bounds: Bounds, *, first: int = 0, keep: bool = True) -> Iterator[Chunk | Lost]:
    """The whole flow as one article. What came before damage is kept, and the damage is told."""
    parts: list[bytes] = []
    size = 0
    damage: InputError | None = None
    try:
        for chunk in flow:
            size += len(chunk)
            if size > bounds.record_bytes:
                yield Lost(0, too_large(bounds.record_bytes))
                return
            parts.append(chunk)
    except InputError as error:
        damage = error
    if not all(map(bytes.isspace, parts)):
        yield Chunk(0, 1, 0, size, b"".join(parts))
    if damage is not None:
        yield Lost(0, damage)


def parse_txt(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """A text, or a page under the name of a text."""
    html = options.content == "html" or (options.content == "auto" and looks_like_html(_glance(data)))
    yield _parsed(data, span, options, html)


def parse_html(data: bytes, span: Split, options: Options) -> Iterator[Raw | Lost]:
    """A saved page."""
    yield _parsed(data, span, options, options.content != "plain")


def _parsed(data: bytes, span: Split, options: Options, html: bool) -> Raw:
    form = "page" if html else "text"
    if options.encoding or not span.siblings:
        return Raw(span.source, 0, data, html, form=form)
    text, encoding, bad_bytes = decode(data, html=html, hint=lambda: folder_hint(span.siblings))
    return Raw(span.source, 0, text, html, encoding, bad_bytes=bad_bytes, form=form)


def _glance(data: bytes) -> str:
    """Enough of the text to see tags; they are ASCII in every encoding but the wide ones."""
    head = data[: 1 << 16]
    return decode(head).text if b"\0" in head[:64] or head[:2] in (b"\xff\xfe", b"\xfe\xff") else head.decode("latin-1")
