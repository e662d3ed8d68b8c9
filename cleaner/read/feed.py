"""RSS and Atom, WordPress exports among them: each entry is a record.

feedparser reads them, because feeds are written by a dozen dialects and are often no well-formed XML; it takes 280 ms
for a megabyte, and a feed of a site has some hundred kilobytes.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

from cleaner.article import Raw
from cleaner.options import Options
from cleaner.read.fields import raw_record
from cleaner.read.read_errors import BrokenFeed, as_input_error
from cleaner.read.stream import Stream
from cleaner.read.task import Bounds, Chunk, Lost, Split
from cleaner.read.text import chunk_whole

__all__ = ["chunk_feed", "parse_feed"]

_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:\w{1,20}:)?(?:channel|rss|feed|RDF)\s*>", re.IGNORECASE)
# An ampersand that begins no reference: "R&D". feedparser would put a semicolon behind the letters.
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,31};)")


def chunk_feed(stream: Stream, bounds: Bounds) -> Iterator[Chunk | Lost]:
    """Yield a feed as one chunk. The number of its records is that of the tags <item> or <entry>."""
    for found in chunk_whole(stream, bounds):
        if isinstance(found, Chunk):
            found = Chunk(1, max(1, len(_ENTRY.findall(found.data))), 0, found.end, found.data)
        yield found


def parse_feed(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the entries of a feed. Raises BrokenFeed where it has none and is damaged."""
    import feedparser  # 70 ms, which a run without feeds saves

    # A stream, because feedparser opens what it takes for the name of a file or an address. Pages are cleaned later.
    feed = feedparser.parse(io.BytesIO(_escaped(data)), sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries and feed.bozo:
        raise BrokenFeed(f"The feed cannot be read: {feed.bozo_exception}.", "Fetch it again; it may be cut.")
    cut = not _CLOSED.search(data)
    for number, entry in enumerate(feed.entries, 1):
        try:
            yield raw_record(_record(entry), split.source, number, options)
        except Exception as error:
            wrong = as_input_error(error)
            if cut and number == len(feed.entries):
                wrong = BrokenFeed("The feed ends inside this entry.", "Fetch it again; it may be cut.")
            yield Lost(number, wrong)


def _escaped(data: bytes) -> bytes:
    """Return a feed with its bare ampersands as references; those of marked sections are text already."""
    outside, *sections = data.split(b"<![CDATA[")
    parts = [_BARE_AMPERSAND.sub(b"&amp;", outside)]
    for section in sections:
        text, end, outside = section.partition(b"]]>")
        parts.append(b"<![CDATA[" + text + end + _BARE_AMPERSAND.sub(b"&amp;", outside))
    return b"".join(parts)


def _record(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry as a record. Its text is the longest of its contents and its summary, which may be all that it
    has."""
    texts = [content.get("value", "") for content in entry.get("content", ())] + [entry.get("summary", "")]
    record: dict[str, Any] = {"text": max(texts, key=len)}
    for key, name in (("id", "id"), ("url", "link"), ("title", "title"), ("author", "author")):
        record[key] = entry.get(name, "")
    if entry.get("title_detail", {}).get("type") == "text/html":  # as WordPress writes them: It&#8217;s
        record["title"] = html.unescape(record["title"])
    record["date"] = entry.get("published", "") or entry.get("updated", "")
    with suppress(ValueError, TypeError):  # RSS writes "Tue, 05 Mar 2024 10:00:00 +0700", Atom what is ISO 8601 already
        record["date"] = parsedate_to_datetime(record["date"]).isoformat()
    tags = [tag["term"] for tag in entry.get("tags", ()) if tag.get("term")]
    summary = entry.get("summary", "")
    others = {"summary": summary if summary != record["text"] else "", "tags": tags}
    return {key: value for key, value in (record | others).items() if value or key == "text"}
