"""One native parse: HTML to its head, its visible body and its JSON-LD, written out again well formed.

lexbor parses under the rules of the HTML standard and takes out what is never visible. Input that would make it slow
(deep nesting, thousands of attributes on one element) is flattened before, in one linear pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import accumulate
from typing import Any

from selectolax.lexbor import LexborHTMLParser

__all__ = ["Parsed", "parse"]

_INVISIBLE = """
script style svg math iframe object canvas audio video datalist textarea select img source input
""".split()  # noqa: SIM905
_UNSCRIPTED = ["noscript", "template"]  # what is shown without scripts, and what scripts show later
_FIXTURES = "nav, footer"  # a quarter of all tags; taken out before they cost anything
_DEEPEST = 512  # where browsers stop nesting; beyond it lexbor takes quadratic time (10,000 <div>: 0.4 s)
_MANY_TAGS = 3000  # below this even the worst nesting costs lexbor less than ten times what lxml takes
_MANY_ATTRIBUTES, _LONG_TAG = 20_000, 1 << 16
_CONTAINERS = (
    rb"<(/?)(?:div|section|article|main|ul|ol|dl|blockquote|form|center|span|a|b|i|u|em|strong|font|small|big|code|table"
    rb"|aside|header|footer|nav|fieldset|figure|details|summary|address|button|pre|svg|math|template|[a-z]+-[a-z-]+)\b"
)
_CONTAINER = re.compile(_CONTAINERS, re.I)
_NESTING = re.compile(rb"<(script|style|textarea|title)\b.*?(?:</\1|\Z)|" + _CONTAINERS + rb"[^>]*>?", re.S | re.I)
_UNNESTED = b"br im in me hr wb so co li p> td tr th tb dt dd op".split()  # how tags begin that do not nest
_LONG_OPENING = 2000
_BLOATED_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d,}" % _LONG_TAG)
_EMPTY_RAW = re.compile(rb"<(title|script|style|textarea|iframe|noscript)\b([^<>]*)/>", re.I)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page after the native parse: head and visible body as well-formed HTML, the JSON-LD scripts, the tree itself.

    `fixtures` counts the characters of the nav and footer elements that were left out of the body.
    """

    head: str
    body: str
    json: list[str]
    tree: LexborHTMLParser
    fixtures: int = 0


def parse(html: str, *, whole: bool = False) -> Parsed:
    """Parse a page as a browser does that runs scripts, without navigation and footers.

    `whole` reads it as a browser without scripts, for which the content of `<noscript>` is part of the page, and leaves
    everything in, templates too. Lone surrogates become question marks, as nothing else can be said of them in UTF-8.
    """
    data = html.encode("utf-8", "replace")
    tree = LexborHTMLParser(_tamed(data), scripting=not whole)
    tree.strip_tags(_INVISIBLE if whole else [*_INVISIBLE, *_UNSCRIPTED])
    fixtures = 0
    if not whole:
        for node in reversed(tree.css(_FIXTURES)):  # inner ones first
            fixtures += len(" ".join(node.text(separator=" ").split()))
            node.decompose()
    body = _uncommented(tree.body.html or "") if tree.body else ""
    return Parsed(_head(tree), body, list(_json(data)), tree, fixtures)


def _head(tree: LexborHTMLParser) -> str:
    """The tag of the page, with its language, and its head."""
    attributes = tree.root.attributes.items() if tree.root else ()
    said = "".join(f' {name}="{escape(value or "")}"' for name, value in attributes)
    return f"<html{said}>{(tree.head.html if tree.head else '') or ''}"


def _uncommented(body: str) -> str:
    first, *rest = body.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest) if rest else body


def _json(html: bytes) -> Iterator[str]:
    """The texts of the JSON-LD scripts; a selector would walk the whole tree for them."""
    at = 0
    while (at := html.find(b"ld+json", at)) >= 0:
        start, end = html.rfind(b"<", max(0, at - _LONG_OPENING), at), html.find(b">", at, at + _LONG_OPENING)
        at += 1
        if start >= 0 and end >= 0 and html[start : start + 7].lower() == b"<script":
            at = _script_end(html, end)
            yield html[end + 1 : at].decode("utf-8", "replace")


def _script_end(html: bytes, start: int) -> int:
    end = html.find(b"</script", start)
    end = len(html) if end < 0 else end
    upper = html.find(b"</SCRIPT", start, end)
    return end if upper < 0 else upper


def _tamed(html: bytes) -> bytes:
    """`html` without what makes the parse slow or swallows the page; nearly every page comes back as it is."""
    if html.startswith(b"<?xml"):  # XHTML closes <title/> at once, HTML would read the whole page as the title
        html = _EMPTY_RAW.sub(rb"<\1\2></\1>", html)
    if len(html) > 3 * _MANY_ATTRIBUTES and html.count(b"=") > _MANY_ATTRIBUTES:
        html = _BLOATED_TAG.sub(lambda tag: tag[0][:_LONG_TAG] if tag[0].count(b"=") > 2000 else tag[0], html)
    deep = html.count(b"<") > _MANY_TAGS and _looks_deep(html) and _may_nest(html)
    return _flattened(html) if deep else html


@cache
def _nesting_starts() -> Any:
    """For two lower-case bytes behind `<` or `</`, whether a tag that begins so nests: a row of 65,536 booleans."""
    import numpy as np

    nests = np.zeros(1 << 16, np.bool_)
    nests[ord("a") << 8 : (ord("z") + 1) << 8] = True
    nests[[first << 8 | second for first, second in (*_UNNESTED, b"p ")]] = False
    return nests


def _looks_deep(html: bytes) -> bool:
    """Whether `<` and `</` could nest deeper than browsers nest: a screen for `_may_nest` at a tenth of its cost."""
    import numpy as np

    raw = np.frombuffer(html + b"   ", np.uint8)
    at = np.flatnonzero(raw == ord("<")) + 1
    closing = raw[at] == ord("/")
    at += closing
    step = _nesting_starts()[raw[at].astype(np.uint16) << 8 | raw[at + 1] | 0x2020].astype(np.int8)
    step[closing] *= -1
    depth = np.cumsum(step, dtype=np.int32)
    return bool((depth - np.minimum.accumulate(np.minimum(depth, 0))).max(initial=0) > _DEEPEST)


def _may_nest(html: bytes) -> bool:
    """Whether the tags, those in scripts too, ever nest deeper than browsers nest."""
    return max(accumulate(-1 if closing else 1 for closing in _CONTAINER.findall(html)), default=0) > _DEEPEST


def _flattened(html: bytes) -> bytes:
    """`html` with the tags that nest deeper than browsers nest made into breaks: `<p>` would climb the nest."""
    depth, at = 0, 0
    kept: list[bytes] = []
    for tag in _NESTING.finditer(html):
        if tag[1]:
            continue
        depth += -1 if tag[2] else 1
        if depth < 0:
            depth = 0
        elif depth > _DEEPEST or (tag[2] and depth == _DEEPEST):
            kept += (html[at : tag.start()], b"" if tag[2] else b"<br><br>")
            at = tag.end()
    return b"".join((*kept, html[at:])) if kept else html
