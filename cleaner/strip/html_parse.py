"""One native parse and one walk: HTML to a table of elements and a table of paragraphs.

lexbor parses under the rules of the HTML standard, drops what is never visible and writes the tree out again, well formed;
one regular expression then cuts that into tags and text. Python touches each tag once and no node objects are made:
measured, that is half the cost of walking the tree node by node.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

__all__ = ["Blocks", "Parsed", "parse", "walk"]

INVISIBLE = ["script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "audio", "video", "datalist"]
BLOCK = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup legend li main menu nav ol optgroup option p pre search section select summary"
    " table tbody td textarea tfoot th thead tr ul label".split()
)
_TAG = re.compile(r"<(?:!--.*?--|(/?[a-z][^\s>/]*)([^>]*))>", re.S)
_OPEN, _CLOSE, _BREAK, _LINK, _LINK_END, _RULE = range(1, 7)
_KIND: dict[str, int] = (
    {tag: _OPEN for tag in BLOCK}
    | {f"/{tag}": _CLOSE for tag in BLOCK}
    | {"br": _BREAK, "a": _LINK, "/a": _LINK_END, "hr": _RULE}
)


@dataclass(slots=True)
class Parsed:
    """A page after the native parse: the head and the body written out, and the JSON-LD scripts."""

    html: str
    head: str
    body: str
    json: list[str]
    tree: LexborHTMLParser


@dataclass(slots=True)
class Blocks:
    """Two tables. Element i holds the paragraphs `first[i]` up to `last[i]`; parents come before their children.

    Paragraph j has its text, the characters of it inside links, and the innermost block element it stands in.
    """

    tags: list[str] = field(default_factory=list)
    attrs: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    homes: list[int] = field(default_factory=list)


def parse(html: str) -> Parsed:
    tree = LexborHTMLParser(html.encode("utf-8", "replace"), scripting=True)
    json = [node.text() for node in tree.css('script[type="application/ld+json"]')] if "ld+json" in html else []
    tree.strip_tags(INVISIBLE)
    whole = tree.html or ""
    head, _, body = whole.partition("<body")
    return Parsed(html, head, "<body" + body, json, tree)


def _unescape(text: str) -> str:
    return text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def walk(body: str) -> Blocks:
    blocks = Blocks()
    parts = iter(_TAG.split(body))
    next(parts)
    kinds = _KIND.get
    tags, attrs, parents, first, last = blocks.tags, blocks.attrs, blocks.parents, blocks.first, blocks.last
    texts, links, homes = blocks.texts, blocks.links, blocks.homes
    here = -1
    buffer: list[str] = []
    linked = 0
    link_from = -1

    def flush() -> None:
        nonlocal linked, link_from
        raw = "".join(buffer)
        if link_from >= 0:
            linked += sum(map(len, buffer[link_from:]))
            link_from = 0
        text = " ".join(raw.split())
        if text:
            if "&" in text:
                text = _unescape(text)
            texts.append(text)
            links.append(min(linked, len(text)))
            homes.append(here)
        buffer.clear()
        linked = 0

    for tag, attr, text in zip(parts, parts, parts):
        kind = kinds(tag)
        if kind is None:
            if tag and "-" in tag:
                kind = _CLOSE if tag[0] == "/" else _OPEN
        if kind is not None:
            if kind == _OPEN:
                if buffer:
                    flush()
                tags.append(tag)
                attrs.append(attr)
                parents.append(here)
                first.append(len(texts))
                last.append(-1)
                here = len(tags) - 1
            elif kind == _CLOSE:
                if buffer:
                    flush()
                last[here] = len(texts)
                if parents[here] >= 0:
                    here = parents[here]
            elif kind == _LINK:
                link_from = len(buffer)
            elif kind == _LINK_END:
                if link_from >= 0:
                    linked += sum(map(len, buffer[link_from:]))
                link_from = -1
            elif kind == _BREAK:
                if buffer:
                    if buffer[-1] == "\n":
                        flush()
                    else:
                        buffer.append("\n")
            else:
                flush()
        if text and (buffer or not text.isspace()):
            if text.isspace() and buffer[-1] == "\n":
                continue
            buffer.append(text)
    flush()
    for i, end in enumerate(last):
        if end < 0:
            last[i] = len(texts)
    return blocks
