"""One native parse: HTML to its head, its visible body and its JSON-LD, written out again well formed.

lexbor parses under the rules of the HTML standard and takes out what is never visible. Input that would make it slow
(deep nesting, thousands of attributes on one element) is flattened before, in one linear pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser

__all__ = ["Parsed", "parse"]

_INVISIBLE = """
script style svg math iframe object canvas audio video datalist textarea select img source input
""".split()  # noqa: SIM905
_UNSCRIPTED = ["noscript", "template"]  # what is shown without scripts, and what scripts show later
_FIXTURES = "nav, footer"  # a quarter of all tags; taken out before they cost anything
_DEEPEST = 512  # where browsers stop nesting; beyond it lexbor takes quadratic time (10,000 <div>: 0.4 s)
_MANY_TAGS = 6000  # below this even the worst nesting costs lexbor under 0.2 s
_MANY_ATTRIBUTES, _LONG_TAG = 20_000, 1 << 16
_CONTAINERS = (
    rb"<(/?)(?:div|section|article|main|ul|ol|dl|blockquote|form|center|span|a|b|i|u|em|strong|font|small|big|code|table"
    rb"|aside|header|footer|nav|fieldset|figure|details|summary|address|button|pre|svg|math|template|[a-z]+-[a-z-]+)\b"
)
_CONTAINER = re.compile(_CONTAINERS, re.I)
_NESTING = re.compile(rb"<(script|style|textarea|title)\b.*?(?:</\1|\Z)|" + _CONTAINERS + rb"[^>]*>?", re.S | re.I)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
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
    tree = LexborHTMLParser(_tamed(html.encode("utf-8", "replace")), scripting=not whole)
    json = [node.text() for node in tree.css('script[type="application/ld+json"]')] if "ld+json" in html else []
    tree.strip_tags(_INVISIBLE if whole else [*_INVISIBLE, *_UNSCRIPTED])
    fixtures = 0
    if not whole:
        for node in reversed(tree.css(_FIXTURES)):  # inner ones first
            fixtures += len(" ".join(node.text(separator=" ").split()))
            node.decompose()
    head, start, body = (tree.html or "").partition("<body")
    return Parsed(head, start + (_COMMENT.sub("", body) if "<!--" in body else body), json, tree, fixtures)


def _tamed(html: bytes) -> bytes:
    """`html` without what makes the parse slow or swallows the page; nearly every page comes back as it is."""
    if html.startswith(b"<?xml"):  # XHTML closes <title/> at once, HTML would read the whole page as the title
        html = _EMPTY_RAW.sub(rb"<\1\2></\1>", html)
    if html.count(b"=") > _MANY_ATTRIBUTES:
        html = _BLOATED_TAG.sub(lambda tag: tag[0][:_LONG_TAG] if tag[0].count(b"=") > 2000 else tag[0], html)
    return _flattened(html) if html.count(b"<") > _MANY_TAGS and _may_nest(html) else html


def _may_nest(html: bytes) -> bool:
    """Whether the tags, those in scripts too, ever nest deeper than browsers nest."""
    return max(accumulate(-1 if closing else 1 for closing in _CONTAINER.findall(html)), default=0) > _DEEPEST


def _flattened(html: bytes) -> bytes:
    """`html` with the tags that nest deeper than browsers nest made into paragraphs."""
    depth, at = 0, 0
    kept: list[bytes] = []
    for tag in _NESTING.finditer(html):
        if tag[1]:
            continue
        depth += -1 if tag[2] else 1
        if depth < 0:
            depth = 0
        elif depth > _DEEPEST or (tag[2] and depth == _DEEPEST):
            kept += (html[at : tag.start()], b"" if tag[2] else b"<p>")
            at = tag.end()
    return b"".join((*kept, html[at:])) if kept else html
