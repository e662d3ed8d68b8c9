"""One walk over a parsed page: a table of block elements and a table of paragraphs.

The well-formed HTML that the native parser writes is cut at its tags by one regular expression; Python touches each tag
once and makes no node objects. Writing and cutting cost 1.5 ms a page where node objects with their text and attributes
cost 2.0 ms (138 news pages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

__all__ = ["Blocks", "walk"]

_BLOCKS = """
address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hgroup label legend li main menu nav ol optgroup option p pre search section
summary table tbody td tfoot th thead tr ul
""".split()  # noqa: SIM905 (a list of forty strings reads worse)
_OPEN, _CLOSE, _RULE, _BREAK, _LINK, _UNLINK = range(1, 7)
_ACTS = (
    dict.fromkeys(_BLOCKS, _OPEN)
    | {f"/{tag}": _CLOSE for tag in _BLOCKS}
    | {"br": _BREAK, "a": _LINK, "/a": _UNLINK, "hr": _RULE}
)
_TAG = re.compile(r"<([^ >]+)([^>]*)>")
_CHUNK = 300_000  # tags cut at a time, so that a page of 50 MB does not become one list


@dataclass(frozen=True, slots=True)
class Blocks:
    """Two tables: elements and paragraphs.

    Element i holds the paragraphs `first[i]` up to `last[i]`; parents come before their children, 0 is the page.
    Paragraph j has its text, the characters of it that are links, and `homes[j]`, the innermost element around it.
    """

    tags: Sequence[str]
    attrs: Sequence[str]
    parents: Sequence[int]
    first: Sequence[int]
    last: Sequence[int]
    texts: Sequence[str]
    links: Sequence[int]
    homes: Sequence[int]


def _line(text: str, tag: str) -> str:
    """Serialised text inside `tag` as a reader sees it: white space is one space, but for the lines of `<pre>`."""
    if "&" in text:  # four escapes and no other can stand in serialised text
        text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if tag == "pre":
        return "\n".join(line.rstrip() for line in text.splitlines() if line and not line.isspace())
    return " ".join(text.split())


def _parts(body: str) -> Iterator[list[str]]:
    """`body` as runs of tag, attributes, the text behind them, tag, ..."""
    rest = body
    while rest:
        parts = _TAG.split("<html>" + rest, _CHUNK)
        rest = parts.pop() if len(parts) > 3 * _CHUNK else ""
        if rest:
            parts.append("")
        yield parts[1:]


def walk(body: str) -> Blocks:  # noqa: C901 (a call per tag would make the walk a third slower)
    """The block elements and paragraphs of well-formed HTML.

    A block element and two `<br>` end a paragraph, one `<br>` is a space; white space is one space, but for `<pre>`.

    >>> walk("<p>Rain <b>fell</b><br>in Medan.</p><ul><li><a>More</a></li></ul>").texts
    ('Rain fell in Medan.', 'More')
    """
    elements = [("html", "", -1, 0)]
    last = [0]
    paragraphs: list[tuple[str, int, int]] = []
    here, linked, link_from = 0, 0, -1
    pieces: list[str] = []
    act_of = _ACTS.get
    parts = chain.from_iterable(_parts(body + "<hr>"))
    for tag, attrs, text in zip(parts, parts, parts, strict=True):
        act = act_of(tag)
        if act is None and "-" in tag:  # a custom element is a block of its page's making
            act = _CLOSE if tag[0] == "/" else _OPEN
        if act:
            if act < _BREAK or (act == _BREAK and pieces and pieces[-1] == "\n"):
                if pieces:
                    if link_from >= 0:
                        linked += sum(map(len, pieces[link_from:]))
                        link_from = 0
                    if line := _line("".join(pieces), elements[here][0]):
                        paragraphs.append((line, min(linked, len(line)), here))
                    pieces, linked = [], 0
                if act == _OPEN:
                    elements.append((tag, attrs, here, len(paragraphs)))
                    here = len(last)
                    last.append(-1)
                elif act == _CLOSE and here:
                    last[here] = len(paragraphs)
                    here = elements[here][2]
            elif act == _BREAK:
                if pieces:
                    pieces.append("\n")
            else:
                if link_from >= 0:
                    linked += sum(map(len, pieces[link_from:]))
                link_from = len(pieces) if act == _LINK else -1
        if text and (not text.isspace() or (pieces and (pieces[-1] != "\n" or elements[here][0] == "pre"))):
            pieces.append(text)
    last[0] = len(paragraphs)
    ends = [len(paragraphs) if end < 0 else end for end in last]
    tags, attributes, parents, first = zip(*elements, strict=True)
    texts, links, homes = zip(*paragraphs, strict=True) if paragraphs else ((), (), ())
    return Blocks(tags, attributes, parents, first, ends, texts, links, homes)
