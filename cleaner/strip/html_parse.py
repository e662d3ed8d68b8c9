"""One native parse: HTML to its head, its visible body and its JSON-LD, written out again well formed.

lexbor parses under the rules of the HTML standard and takes out what is never visible. Input that would make any parser of
that standard slow (deep nesting, thousands of attributes on one element) is flattened before, in one linear pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

__all__ = ["Parsed", "parse"]

_INVISIBLE = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video",
    "datalist", "textarea", "select", "noframes", "noembed", "map", "picture", "head",
]  # fmt: skip
_DEEPEST = 512  # where browsers stop nesting; beyond it lexbor takes quadratic time (10,000 <div>: 0.4 s)
_MANY_TAGS = 6000  # below this even the worst nesting costs lexbor under 0.2 s
_LONG_TAG = 1 << 16
_NESTING = re.compile(
    r"<(script|style|textarea|title)\b.*?(?:</\1|\Z)"
    r"|<(/?)(?:div|section|article|main|ul|ol|dl|blockquote|form|center|span|a|b|i|u|em|strong|font|small|big|code|table"
    r"|aside|header|footer|nav|fieldset|figure|details|summary|address|button|pre|svg|math|template|[a-z]+-[a-z-]+)\b[^>]*>?",
    re.S | re.I,
)
_BLOATED_TAG = re.compile(r"<[a-zA-Z][^<>]{%d,}" % _LONG_TAG)
_EMPTY_RAW = re.compile(r"<(title|script|style|textarea|iframe|noscript)\b([^<>]*)/>", re.I)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page after the native parse: head and visible body as well-formed HTML, the JSON-LD scripts, the tree itself."""

    head: str
    body: str
    json: list[str]
    tree: LexborHTMLParser


def parse(html: str, *, scripts: bool = True) -> Parsed:
    """Parse a page as a browser does, with scripts on or off: off, the content of `<noscript>` is part of the page.

    Lone surrogates become question marks, as nothing else can be said of them in UTF-8.
    """
    tree = LexborHTMLParser(_tamed(html).encode("utf-8", "replace"), scripting=scripts)
    json = [node.text() for node in tree.css('script[type="application/ld+json"]')] if "ld+json" in html else []
    head = tree.head.html if tree.head else ""
    tree.strip_tags(_INVISIBLE if scripts else [tag for tag in _INVISIBLE if tag != "noscript"])
    return Parsed(head or "", tree.html or "", json, tree)


def _tamed(html: str) -> str:
    """`html` without what makes the parse slow or swallows the page; nearly every page comes back as it is."""
    if html.startswith("<?xml"):  # XHTML closes <title/> at once, HTML would read the whole page as the title
        html = _EMPTY_RAW.sub(r"<\1\2></\1>", html)
    if len(html) > _LONG_TAG:
        html = _BLOATED_TAG.sub(lambda tag: tag[0][:_LONG_TAG] if tag[0].count("=") > 2000 else tag[0], html)
    return _flattened(html) if html.count("<") > _MANY_TAGS else html


def _flattened(html: str) -> str:
    """`html` with the tags that nest deeper than browsers nest made into paragraphs."""
    depth, at, kept = 0, 0, []
    for tag in _NESTING.finditer(html):
        if tag[1]:
            continue
        depth += -1 if tag[2] else 1
        if depth < 0:
            depth = 0
        elif depth > _DEEPEST or (tag[2] and depth == _DEEPEST):
            kept += (html[at : tag.start()], "" if tag[2] else "<p>")
            at = tag.end()
    return "".join((*kept, html[at:])) if kept else html
