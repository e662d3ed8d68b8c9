"""Files that are one article: plain texts and saved pages.

Their bytes are decoded later, by `pipeline.load_article`, but for texts whose encoding the other texts of their folder
help to find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from cleaner.article import Raw
from cleaner.decode.decode import decode
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.read.markup import looks_like_html
from cleaner.read.read_errors import ArchiveBomb, too_large
from cleaner.read.stream import Stream, open_stream
from cleaner.read.task import Bounds, Chunk, Lost, Split

__all__ = ["SIBLINGS", "chunk_whole", "folder_hint", "parse_whole"]

SIBLINGS = 16
"""How many texts of a folder, the first by name, are looked at to find the encoding of the others."""
_HEAD = 1 << 16
"""Bytes of a text that are enough to see its encoding, or whether it is a page."""
_HIGH = bytes(range(0x80, 0x100))


def chunk_whole(stream: Stream, bounds: Bounds) -> Iterator[Chunk | Lost]:
    """Yield the whole stream as one article. If a read error ends it, the beginning is kept and the error reported.

    The beginning of a bomb is not kept: it fills memory and holds no article.
    """
    parts: list[bytes] = []
    size = 0
    error: InputError | None = None
    try:
        for chunk in stream:
            size += len(chunk)
            if size > bounds.record_bytes:
                yield Lost(0, too_large(bounds.record_bytes))
                return
            parts.append(chunk)
    except InputError as raised:
        error = raised
    if not isinstance(error, ArchiveBomb) and not all(map(bytes.isspace, parts)):
        yield Chunk(0, 1, 0, size, b"".join(parts))
    if error is not None:
        yield Lost(0, error)


def parse_whole(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the article of a text file, which may hold a page under the name of a text, or of a saved page."""
    html = options.content == "html" or (options.content == "auto" and split.format == "html")
    if options.content == "auto" and not html:
        head = data[:_HEAD]
        # Tags are ASCII in every encoding but UTF-16 and UTF-32, so that only these have to be decoded to see them.
        wide = b"\0" in head[:64] or head[:2] in (b"\xff\xfe", b"\xfe\xff")
        html = looks_like_html(decode(head).text if wide else head.decode("latin-1"))
    form = "page" if html else "text"
    if options.encoding or not split.siblings:
        yield Raw(split.source, 0, data, html, form=form)
        return
    text, encoding, bad_bytes = decode(data, html=html, hint=lambda: folder_hint(split.siblings))
    yield Raw(split.source, 0, text, html, encoding, bad_bytes=bad_bytes, form=form)


@lru_cache(maxsize=256)
def folder_hint(paths: tuple[str, ...]) -> str:
    """Return the encoding that most of `paths` have, each weighted by its bytes beyond ASCII; "" where all are ASCII.

    A short text in a legacy encoding may fit several; its neighbours decide. The answer depends on the contents of
    `paths` alone, so that it is the same in every worker.
    """
    votes: Counter[str] = Counter()
    for path in paths:
        try:
            data = open_stream(path, 0, _HEAD).head(_HEAD)
        except InputError:
            continue
        if weight := len(data) - len(data.translate(None, _HIGH)):
            votes[decode(data).encoding] += weight
    return max(votes, key=lambda encoding: (votes[encoding], encoding)) if votes else ""
