"""The article in an HTML page: its text, a paragraph a line, and what the page says of title, author, date, site and language."""

from __future__ import annotations

from dataclasses import dataclass

from cleaner.strip.html_classify import choose
from cleaner.strip.html_meta import metadata
from cleaner.strip.html_parse import parse, walk
from cleaner.strip.html_root import content

__all__ = ["Page", "extract"]


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds. `text` has one paragraph a line; `left_out` counts the visible characters not taken."""

    text: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    site: str = ""
    url: str = ""
    language: str = ""
    page_kind: str = "other"
    left_out: int = 0


def extract(html: str | bytes, *, url: str = "", encoding: str = "", extractor: str = "cleaner") -> Page:
    """The article of one HTML page.

    >>> extract("<title>Rain</title><p>It rained in Medan for three days without a break, the weather office said.").text
    'It rained in Medan for three days without a break, the weather office said.'
    """
    if isinstance(html, bytes):
        from cleaner.source.decode import decode

        html = decode(html, declared=encoding, html=True).text
    parsed = parse(html)
    blocks = walk(parsed.body)
    keep, root = content(blocks)
    chosen = choose(blocks, keep, root)
    text = "\n".join(blocks.texts[j] for j in chosen)
    left_out = sum(map(len, blocks.texts)) - sum(len(blocks.texts[j]) for j in chosen)
    heads = [t for t, home in zip(blocks.texts, blocks.homes) if home >= 0 and blocks.tags[home] == "h1"]
    meta = metadata(parsed, url, heads[0] if heads else "")
    return Page(text, meta.title, meta.author, meta.date, meta.site, meta.url, meta.language, "other", left_out)
