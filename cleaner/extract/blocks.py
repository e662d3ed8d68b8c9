"""One walk over a parsed page: a table of block elements and a table of paragraphs.

The native parser writes `<` for hardly anything but a tag, so its HTML is cut there, and Python touches each tag once
and makes no node objects: half the cost of node objects with their text and attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

__all__ = ["Blocks", "walk"]

_BLOCKS = """
address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hgroup label legend li main menu nav ol optgroup option p pre search section
summary table tbody td tfoot th thead tr ul
""".split()  # noqa: SIM905 (a list of forty strings reads worse)
_OPEN, _CLOSE, _RULE, _BREAK, _LINK, _UNLINK, _SKIP, _COMMENT = range(1, 9)
_UNSEEN = "math object canvas audio video datalist textarea noembed noframes".split()  # noqa: SIM905
_INLINE = "abbr b big bdi code del em font i ins mark q s small span strong sub sup time tt u".split()  # noqa: SIM905
_ACTS = (
    dict.fromkeys((*_INLINE, *(f"/{tag}" for tag in _INLINE)), 0)
    | dict.fromkeys(_BLOCKS, _OPEN)
    | {f"/{tag}": _CLOSE for tag in _BLOCKS}
    | dict.fromkeys(_UNSEEN, _SKIP)
    | {"template": _SKIP, "br": _BREAK, "a": _LINK, "/a": _UNLINK, "hr": _RULE}
)
_UNSCRIPTED_ACTS = _ACTS | {"template": 0}  # a page without scripts may hold its text in one
_CHUNK = 1 << 22  # characters cut at a time, so that a page of 50 MB does not become one list


@dataclass(frozen=True, slots=True)
class Blocks:
    """Two tables: elements and paragraphs.

    Element i holds the paragraphs `first[i]` up to `last[i]`; parents come before their children, 0 is the page.
    Paragraph j has its text, the characters of it that are links, and `homes[j]`, the innermost element around it.
    `spans` has the attributes of what is no block: links, times, bylines.
    """

    tags: Sequence[str]
    attrs: Sequence[str]
    parents: Sequence[int]
    first: Sequence[int]
    last: Sequence[int]
    texts: Sequence[str]
    links: Sequence[int]
    homes: Sequence[int]
    spans: Sequence[str]


def _line(text: str, tag: str) -> str:
    """Serialised text inside `tag` as a reader sees it: white space is one space, but for the lines of `<pre>`."""
    if "&" in text:  # four escapes and no other can stand in serialised text
        text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if tag == "pre":
        return "\n".join(line.rstrip() for line in text.splitlines() if line and not line.isspace())
    return " ".join(text.split())


def _parts(body: str) -> Iterator[list[str]]:
    """`body`, which opens with a tag, cut at each `<`: tag, attributes, `>`, and the text behind it."""
    at = 0
    while at < len(body):
        end = body.find("<", at + _CHUNK)
        end = len(body) if end < 0 else end
        parts = body[at:end].split("<")[1:]
        yield parts if body.count(">", at, end) == len(parts) else _whole_tags(parts)
        at = end


def _whole_tags(parts: list[str]) -> list[str]:
    """`parts` without cuts inside of tags: a `<` in the name of an attribute is the one that is not escaped."""
    ends = [i for i, part in enumerate(parts, 1) if ">" in part]
    return ["<".join(parts[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _behind(parts: Iterator[str], tag: str) -> str:
    """The text behind the element `tag`, whose parts are used up."""
    depth = 1
    for part in parts:
        name, _, text = part.partition(">")
        depth += -1 if name == f"/{tag}" else name == tag or name.startswith(f"{tag} ")
        if not depth:
            return text
    return ""


def _behind_comment(parts: Iterator[str], part: str) -> str:
    """The text behind the comment that opens with `part`; more parts are used up when it holds `<` itself."""
    for following in chain((part,), parts):
        _, closed, text = following.partition("-->")
        if closed:
            return text
    return ""


def _since(link: int, pieces: list[str]) -> int:
    """Characters behind the place where a link began; none where that is -1, outside of links."""
    return sum(map(len, pieces[link:])) if link >= 0 else 0


def walk(body: str, *, whole: bool = False) -> Blocks:
    """The block elements and paragraphs of well-formed HTML.

    A block element and two `<br>` end a paragraph, one `<br>` is a space; white space is one space, but for `<pre>`.
    With `whole` the content of `<template>` belongs to the page.

    >>> walk("<p>Rain <b>fell</b><br>in Medan.</p><ul><li><a>More</a></li></ul>").texts
    ['Rain fell in Medan.', 'More']
    """
    return _blocks(chain.from_iterable(_parts(f"<html>{body}<hr>")), (_UNSCRIPTED_ACTS if whole else _ACTS).get)


# a row of its own for every column: a tuple for every element would wake the garbage collector
def _blocks(parts: Iterator[str], acts: Callable[[str], int | None]) -> Blocks:  # noqa: C901
    """The same for parts that begin behind each `<`. In one piece: a call per tag would make it a third slower."""
    tags, attributes, parents, first, last = ["html"], [""], [-1], [0], [-1]
    texts, links, homes, spans = list[str](), list[int](), list[int](), list[str]()
    pieces, here, linked, link_from = list[str](), 0, 0, -1
    for part in parts:
        tag, _, text = part.partition(">")
        attrs, act = "", acts(tag)
        if act is None:
            tag, _, attrs = tag.partition(" ")
            act = acts(tag)
            if act is None and "-" in tag:  # a custom element is a block of its page's making
                act = _COMMENT if tag[0] == "!" else _CLOSE if tag[0] == "/" else _OPEN
        if act:
            if act < _BREAK or (act == _BREAK and pieces and pieces[-1] == "\n"):
                if pieces:
                    if line := _line("".join(pieces), tags[here]):
                        texts.append(line)
                        links.append(min(linked + _since(link_from, pieces), len(line)))
                        homes.append(here)
                    pieces, linked, link_from = [], 0, min(link_from, 0)
                if act == _OPEN:
                    tags.append(tag)
                    attributes.append(f" {attrs}" if attrs else "")
                    parents.append(here)
                    first.append(len(texts))
                    here = len(last)
                    last.append(-1)
                elif act == _CLOSE and here:
                    last[here] = len(texts)
                    here = parents[here]
            elif act == _BREAK:
                pieces += ["\n"] if pieces else []
            elif act >= _SKIP:
                text = _behind(parts, tag) if act == _SKIP else _behind_comment(parts, part)
            else:
                linked += _since(link_from, pieces)
                link_from = len(pieces) if act == _LINK else -1
        if attrs and (not act or act == _LINK):
            spans.append(attrs)
        if text and (not text.isspace() or (pieces and (pieces[-1] != "\n" or tags[here] == "pre"))):
            pieces.append(text)
    last = [len(texts) if end < 0 else end for end in last]
    return Blocks(tags, attributes, parents, first, last, texts, links, homes, spans)
