"""Parse HTML once: the page's head and visible body written out well formed again, its JSON-LD, and the tree.

The parser is lexbor, through selectolax. It follows the HTML standard and removes the elements that are never visible.
Four kinds of input make it take quadratic time or memory (deep nesting, thousands of attributes on one element,
thousands of options in one list, formatting elements that are never closed); `tame` flattens them first, in linear
passes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from cleaner.arrays import distinct

__all__ = ["Navigation", "Parsed", "parse", "tame"]

# Only the frequent ones; for the rarer elements of _UNSEEN in blocks.py a pass over the tree costs more than the walk.
_INVISIBLE = "script, style, svg, iframe, select, img, source"
_NAVIGATION = "nav, footer"  # a quarter of all tags; removed before the walk spends time on them
_QUOTES = frozenset(("blockquote", "figure"))  # the footer of a quotation names its source
_NEAREST = 3  # elements around a footer in which the quotation is looked for
_DEEPEST = 512  # browsers stop nesting here; beyond it lexbor takes quadratic time (10,000 <div>: 0.4 s)
_FORMATTING = "b big code em font i nobr s small strike strong tt u".split()  # noqa: SIM905
"""Elements that a parser opens again in every block that follows, until their own closing tag."""
# By the two lower-case bytes behind `<` or `</`, whether such a tag may format; one letter may end the name, too.
_FORMATS = np.zeros(1 << 16, np.bool_)
_FORMATS[[ord(tag[0]) << 8 | end for tag in _FORMATTING for end in (tag[1:2] or " >/)*,-").encode()]] = True
_MOST_FORMATS = 16  # formatting elements open at once; real pages have up to 9
_MANY_REOPENED = 200_000  # elements that opening again may make; each takes 0.5 kB
_FORMAT_TAG = re.compile(
    rb"<(script|style|textarea|title)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|<(/?)(%s)(?=[\s/>])[^>]*>?"
    % "|".join(_FORMATTING).encode(),
    re.S | re.I,
)
_MANY_TAGS = 3000  # with fewer tags even the worst nesting costs lexbor less than ten times what lxml takes
_LONG_TAG = 1 << 16  # bytes; no tag with an honest number of attributes is longer
_MANY_ATTRIBUTES = 2000  # lexbor compares each attribute of an element with all before it
_MANY_OPTIONS = 500  # lexbor looks at all earlier options for each new one: 8,000 take it 0.4 s
_NESTING = re.compile(  # tags of elements that nest, and whole elements whose content is not markup
    rb"<(script|style|textarea|title)\b.*?(?:</\1|\Z)"
    rb"|<(/?)(?:div|section|article|main|ul|ol|dl|blockquote|form|center|span|a|b|i|u|em|strong|font|small|big|code"
    rb"|table|aside|header|footer|nav|fieldset|figure|details|summary|address|button|pre|svg|math|template"
    rb"|[a-z]+-[a-z-]+)\b[^>]*>?",
    re.S | re.I,
)
# How the tags of elements begin that do not nest: <br>, <img>, <input>, <li>, <p>, <td> ...
_NOT_NESTING = b"br im in me hr wb so co li p> td tr th tb dt dd op".split()
# By the two lower-case bytes behind `<` or `</`, whether such a tag may nest.
_NESTS = np.zeros(1 << 16, np.bool_)
_NESTS[ord("a") << 8 : (ord("z") + 1) << 8] = True
_NESTS[[first << 8 | second for first, second in (*_NOT_NESTING, b"p ")]] = False
_BLOATED_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d,}" % _LONG_TAG)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_OPTION = re.compile(rb"</?opt(?:ion|group)\b[^<>]*>", re.I)
_HTML5 = re.compile(rb"(?:\s|\xef\xbb\xbf|<\?xml[^>]*>|<!--.{0,2000}?-->)*<!doctype\s+html\s*>", re.I | re.S)
_EMPTY_RAW = re.compile(rb"<(title|script|style|textarea|iframe|noscript)\b([^<>]*)/>", re.I)


class Navigation(NamedTuple):
    """A nav or footer element that was taken out of a page, as well-formed HTML without those inside it."""

    tag: str
    html: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed page.

    `head` and `body` are well-formed HTML; `head` begins with the `<html>` tag, which names the page's language.
    `json_ld` holds the text of each JSON-LD script. `navigation` are the nav and footer elements that
    were left out of the body. `is_html5` says that its doctype is that of HTML 5, which a tenth of the
    labelled pages of 2011 has.
    """

    head: str
    body: str
    json_ld: list[str]
    tree: LexborHTMLParser
    navigation: Sequence[Navigation] = ()
    is_html5: bool = False


def parse(html: bytes, *, unscripted: bool = False) -> Parsed:
    """Parse a tamed page as a browser that runs scripts, and leave out navigation and footers.

    With `unscripted` the page is parsed as by a browser without scripts, for which the content of `<noscript>` is part
    of the page; navigation, footers and templates stay in as well.
    """
    tree = LexborHTMLParser(html, scripting=not unscripted)
    json_ld: list[str] = []
    for node in reversed(tree.css(_INVISIBLE if unscripted else f"{_INVISIBLE}, noscript")):  # inner elements first
        # lexbor resolves escapes in the type (`ld&#x2B;json`), which a search in the source would miss
        if node.tag == "script" and "ld+json" in (node.attributes.get("type") or "").lower():
            json_ld.append(node.text())
        node.decompose()
    navigation: list[Navigation] = []
    if not unscripted:
        for node in reversed(tree.css(_NAVIGATION)):  # inner elements first, so that no text is there twice
            if node.tag == "footer" and _is_source(node):
                continue
            navigation.append(Navigation(node.tag or "", node.html or ""))
            node.decompose()
    attributes = tree.root.attributes.items() if tree.root else ()
    said = "".join(f' {name}="{escape(value or "")}"' for name, value in attributes)
    head = f"<html{said}>{(tree.head.html if tree.head else '') or ''}"
    body = (tree.body.html or "") if tree.body else ""
    return Parsed(head, body, json_ld[::-1], tree, navigation[::-1], bool(_HTML5.match(html)))


def _is_source(footer: Any) -> bool:
    """Return True if a footer stands in a quotation, whose source it names."""
    around = footer.parent
    for _ in range(_NEAREST):
        if around is None or around.tag in _QUOTES:
            break
        around = around.parent
    return around is not None and around.tag in _QUOTES


def tame(page: str) -> bytes:
    """Return `page` in UTF-8 without what would make the parse slow or swallow the page; few pages are changed at all.

    Lone surrogates become question marks, because UTF-8 has no code for them.
    """
    html = page.encode("utf-8", "replace")
    if html.startswith(b"<?xml"):
        # XHTML closes <title/> at once; HTML would read the whole page as the title
        html = _EMPTY_RAW.sub(rb"<\1\2></\1>", html)
    html = _shorten_tags(html)
    tags = _read_tags(html)
    # every tag that begins with "op" counts: far cheaper than a pattern, and as good
    if np.count_nonzero((tags.letters == (ord("o") << 8 | ord("p"))) & ~tags.closing) > _MANY_OPTIONS:
        html = _OPTION.sub(b"", html)
        tags = _read_tags(html)
    if len(tags.starts) > _MANY_TAGS and _deepest(tags, _NESTS) > _DEEPEST:
        html = _flatten(html)
        tags = _read_tags(html)
    # No more elements are open than there are tags, so that fewer tags cannot make so many.
    if len(tags.starts) ** 2 > _MANY_REOPENED:
        most = _most_formats(tags)
        if most > _MOST_FORMATS and most * len(tags.starts) > _MANY_REOPENED:
            return _close_formats(html)
    return html


class _Tags(NamedTuple):
    """The tags of a page, as arrays: where each `<` is that has at least three bytes behind it, whether it is `</`, and
    the two lower-case bytes behind that as one number. `raw` is the page as bytes."""

    raw: Any
    starts: Any
    closing: Any
    letters: Any


def _read_tags(html: bytes) -> _Tags:
    raw = np.frombuffer(html, np.uint8)
    starts = np.flatnonzero(raw[:-3] == ord("<"))
    closing = raw[1:].take(starts) == ord("/")
    at = starts + closing
    return _Tags(raw, starts, closing, raw[1:].take(at).astype(np.uint16) << 8 | raw[2:].take(at) | 0x2020)


def _shorten_tags(html: bytes) -> bytes:
    """Leave out what is too much of the attributes of each tag of 64 kB or more.

    One multiple of that size stands in the first 64 kB of such a tag, so only the last `<` before each is looked at.
    """
    at, kept = 0, list[bytes]()
    for end in range(_LONG_TAG, len(html), _LONG_TAG):
        start = html.rfind(b"<", end - _LONG_TAG, end)
        if start >= 0 and html.find(b">", start, start + _LONG_TAG) < 0 and (tag := _BLOATED_TAG.match(html, start)):
            kept += (html[at:start], _drop_attributes(tag))
            at = tag.end()
    return b"".join((*kept, html[at:])) if kept else html


def _drop_attributes(tag: re.Match[bytes]) -> bytes:
    """Return a long tag with its first 2,000 attributes alone; one with fewer, but a long value, stays as it is."""
    if _QUOTED.sub(b"", tag[0]).count(b"=") <= _MANY_ATTRIBUTES:
        return tag[0]
    kept = b" ".join(tag[0].split(None, _MANY_ATTRIBUTES)[:_MANY_ATTRIBUTES])
    return kept + b'"' * (kept.count(b'"') % 2)


def _deepest(tags: _Tags, counted: Any) -> int:
    """Return how many of the tags may be open at once.

    `counted` says for the two letters of a tag whether it counts. This is a prefilter for
    `_flatten`, which would cost a page a sixth more time. Every tag counts that may be of an element of its, so that it
    is deceived only where tags of others close what never opened.
    """
    step = counted[tags.letters].astype(np.int8)
    step[tags.closing] *= -1
    depth = np.cumsum(step, dtype=np.int32)
    lowest = np.minimum.accumulate(np.minimum(depth, 0))  # a tag that closes nothing does not make room for others
    return int((depth - lowest).max(initial=0))


def _most_formats(tags: _Tags) -> int:
    """Return a bound for how many formatting elements are open at once: all of them where these are few, else the most
    of each name, added up.

    A prefilter for `_close_formats`, which reads the page with a pattern. A tag that closes nothing makes room for no
    other name, so each name is counted by itself; `</strike>` counts for nothing, as strong begins with its letters.
    """
    raw, starts, closing, letters = tags
    chosen = _FORMATS[letters]
    opened = int(np.count_nonzero(chosen & ~closing))
    if opened <= _MOST_FORMATS or opened * len(starts) <= _MANY_REOPENED:
        return opened
    is_st = letters == (ord("s") << 8 | ord("t"))
    chosen &= ~(closing & is_st & (raw[np.minimum(starts + closing + 4, len(raw) - 1)] | 0x20 == ord("i")))
    # the letter behind a name of one letter is no part of it
    names, steps = letters[chosen], np.where(closing[chosen], -1, 1)
    names = np.where((names & 0xFF >= ord("a")) & (names & 0xFF <= ord("z")), names, names & 0xFF00)
    most = 0
    for name in distinct(names).tolist():
        depth = np.cumsum(steps[names == name], dtype=np.int32)
        most += int((depth - np.minimum.accumulate(np.minimum(depth, 0))).max(initial=0))
    return most


def _flatten(html: bytes) -> bytes:
    """Replace the tags that nest deeper than browsers nest by breaks; a `<p>` in their place would climb the nest."""
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


def _close_formats(html: bytes) -> bytes:
    """Leave out the tags of formatting elements beyond the first 16 that are open at once; their text stays."""
    opened, dropped = Counter[bytes](), Counter[bytes]()
    at, kept = 0, list[bytes]()
    for tag in _FORMAT_TAG.finditer(html):
        if not tag[3]:  # a script, a comment or the like
            continue
        name = tag[3].lower()
        if tag[2]:
            keep = not dropped[name]
            (opened if keep else dropped)[name] -= 1 if opened[name] or not keep else 0
        else:
            keep = opened.total() < _MOST_FORMATS
            (opened if keep else dropped)[name] += 1
        if not keep:
            kept.append(html[at : tag.start()])
            at = tag.end()
    return b"".join((*kept, html[at:]))
