"""One native parse: HTML to its head, its visible body and its JSON-LD, written out again well formed.

lexbor parses under the rules of the HTML standard and takes out what is never visible. Input that would make it slow
(deep nesting, thousands of attributes on one element) is flattened before, in one linear pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import accumulate
from typing import Any

from selectolax.lexbor import LexborHTMLParser

__all__ = ["Parsed", "parse", "tamed"]

_INVISIBLE = ["script", "style", "svg", "iframe", "select", "img", "source"]  # the rarer ones cost less in the walk
_FIXTURES = "nav, footer"  # a quarter of all tags; taken out before they cost anything
_DEEPEST = 512  # where browsers stop nesting; beyond it lexbor takes quadratic time (10,000 <div>: 0.4 s)
_MANY_TAGS = 3000  # below this even the worst nesting costs lexbor less than ten times what lxml takes
_LONG_TAG = 1 << 16
_CONTAINERS = (
    rb"<(/?)(?:div|section|article|main|ul|ol|dl|blockquote|form|center|span|a|b|i|u|em|strong|font|small|big|code|table"
    rb"|aside|header|footer|nav|fieldset|figure|details|summary|address|button|pre|svg|math|template|[a-z]+-[a-z-]+)\b"
)
_CONTAINER = re.compile(_CONTAINERS, re.I)
_NESTING = re.compile(rb"<(script|style|textarea|title)\b.*?(?:</\1|\Z)|" + _CONTAINERS + rb"[^>]*>?", re.S | re.I)
_UNNESTED = b"br im in me hr wb so co li p> td tr th tb dt dd op".split()  # how tags begin that do not nest
_MANY_ATTRIBUTES = 2000  # lexbor compares each with all before it
_BLOATED_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d,}" % _LONG_TAG)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_MANY_OPTIONS = 500  # lexbor goes through those before at each: 8,000 take it 0.4 s
_OPTION = re.compile(rb"</?opt(?:ion|group)\b[^<>]*>", re.I)
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


def parse(html: bytes, *, whole: bool = False) -> Parsed:
    """Parse a tamed page as a browser does that runs scripts, without navigation and footers.

    `whole` reads it as a browser without scripts, for which the content of `<noscript>` is part of the page, and leaves
    everything in, templates too.
    """
    tree = LexborHTMLParser(html, scripting=not whole)
    said = [node.text() for node in tree.css('script[type*="ld+json" i]')]
    tree.strip_tags(_INVISIBLE if whole else [*_INVISIBLE, "noscript"])
    fixtures = 0
    if not whole:
        for node in reversed(tree.css(_FIXTURES)):  # inner ones first
            fixtures += len(" ".join(node.text(separator=" ").split()))
            node.decompose()
    body = (tree.body.html or "") if tree.body else ""
    return Parsed(_head(tree), body, said, tree, fixtures)


def _head(tree: LexborHTMLParser) -> str:
    """The tag of the page, with its language, and its head."""
    attributes = tree.root.attributes.items() if tree.root else ()
    said = "".join(f' {name}="{escape(value or "")}"' for name, value in attributes)
    return f"<html{said}>{(tree.head.html if tree.head else '') or ''}"


def tamed(page: str) -> bytes:
    """`page` in UTF-8 without what makes the parse slow or swallows the page; nearly every page comes back as it is.

    Lone surrogates become question marks, as nothing else can be said of them in UTF-8.
    """
    import numpy as np

    html = page.encode("utf-8", "replace")
    if html.startswith(b"<?xml"):  # XHTML closes <title/> at once, HTML would read the whole page as the title
        html = _EMPTY_RAW.sub(rb"<\1\2></\1>", html)
    raw, starts = _tags(html)
    ends = np.append(starts[1:], len(html))
    wide = np.flatnonzero(ends - starts > _LONG_TAG)
    if any(_is_bloated(html[starts[i] : ends[i]].partition(b">")[0]) for i in wide):
        html = _BLOATED_TAG.sub(_trimmed, html)
        raw, starts = _tags(html)
    if np.count_nonzero((raw[starts + 1] | 0x20 == ord("o")) & (raw[starts + 2] | 0x20 == ord("p"))) > _MANY_OPTIONS:
        html = _OPTION.sub(b"", html)
        raw, starts = _tags(html)
    deep = len(starts) > _MANY_TAGS and _looks_deep(raw, starts) and _may_nest(html)
    return _flattened(html) if deep else html


def _tags(html: bytes) -> tuple[Any, Any]:
    """`html` as an array of bytes, and the places in it where `<` stands, with two bytes behind."""
    import numpy as np

    raw = np.frombuffer(html, np.uint8)
    return raw, np.flatnonzero(raw[:-3] == ord("<"))


def _is_bloated(tag: bytes) -> bool:
    """Whether a tag has more attributes than any page needs; one long value is no matter."""
    return len(tag) > _LONG_TAG and _QUOTED.sub(b"", tag).count(b"=") > _MANY_ATTRIBUTES


def _trimmed(tag: re.Match[bytes]) -> bytes:
    """A tag with no more than the first of its thousands of attributes."""
    if not _is_bloated(tag[0]):
        return tag[0]
    kept = b" ".join(tag[0].split(None, _MANY_ATTRIBUTES)[:_MANY_ATTRIBUTES])
    return kept + b'"' * (kept.count(b'"') % 2)


@cache
def _nesting_starts() -> Any:
    """For two lower-case bytes behind `<` or `</`, whether a tag that begins so nests: a row of 65,536 booleans."""
    import numpy as np

    nests = np.zeros(1 << 16, np.bool_)
    nests[ord("a") << 8 : (ord("z") + 1) << 8] = True
    nests[[first << 8 | second for first, second in (*_UNNESTED, b"p ")]] = False
    return nests


def _looks_deep(html: Any, starts: Any) -> bool:
    """Whether the tags that begin at `starts` could nest deeper than browsers nest: a screen before `_may_nest`.

    `html` is an array of bytes. The screen takes a tenth of the time.
    """
    import numpy as np

    at = starts + 1
    closing = html[at] == ord("/")
    at += closing
    step = _nesting_starts()[html[at].astype(np.uint16) << 8 | html[at + 1] | 0x2020].astype(np.int8)
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
            if at < tag.start() or not kept:
                kept += (html[at : tag.start()], b"" if tag[2] else b"<br><br>")
            at = tag.end()
    return b"".join((*kept, html[at:])) if kept else html
