"""Walk over a parsed page once, and put down a table of its block elements and a table of its paragraphs.

The parser writes `<` for hardly anything but a tag, so its HTML is cut at each `<` and Python touches every tag once.
No node objects are made: with their text and attributes they would cost twice as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

__all__ = ["Blocks", "walk"]

_BLOCKS = """
address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hgroup label legend li main menu nav ol optgroup option p pre search section
summary table tbody td tfoot th thead tr ul
""".split()  # noqa: SIM905 (a list of forty strings reads worse)
_UNSEEN = "math object canvas audio video datalist textarea noembed noframes".split()  # noqa: SIM905
_INLINE = "abbr b big bdi code del em font i ins mark q s small span strong sub sup time tt u".split()  # noqa: SIM905
# What the walk does at a tag; 0 is nothing. The order matters: up to _RULE they end a paragraph, from _SKIP they skip.
_OPEN, _CLOSE, _RULE, _BREAK, _LINK, _UNLINK, _SKIP, _COMMENT = range(1, 9)
_ACTIONS = (
    dict.fromkeys((*_INLINE, *(f"/{tag}" for tag in _INLINE)), 0)
    | dict.fromkeys(_BLOCKS, _OPEN)
    | {f"/{tag}": _CLOSE for tag in _BLOCKS}
    | dict.fromkeys(_UNSEEN, _SKIP)
    | {"template": _SKIP, "br": _BREAK, "a": _LINK, "/a": _UNLINK, "hr": _RULE}
)
_UNSCRIPTED_ACTIONS = _ACTIONS | {"template": 0}  # a page without scripts may hold its text in one
_CHUNK = 1 << 22  # characters cut at a time, so that a page of 50 MB does not become one list


@dataclass(frozen=True, slots=True)
class Blocks:
    """The block elements and the paragraphs of a page, one sequence for each column.

    Element i has `tags[i]`, `attrs[i]` (serialised, with a space before), the element `parents[i]` around it, and holds
    the paragraphs `first[i]` up to but not with `last[i]`. Parents come before their children; element 0 is the page.
    Paragraph j has `texts[j]`, of which `link_chars[j]` characters are links, and stands in the element `homes[j]`.
    `inline_attrs` are the attributes of elements that are no blocks, such as links, times and bylines.
    """

    tags: Sequence[str]
    attrs: Sequence[str]
    parents: Sequence[int]
    first: Sequence[int]
    last: Sequence[int]
    texts: Sequence[str]
    link_chars: Sequence[int]
    homes: Sequence[int]
    inline_attrs: Sequence[str]


def _cut_at_tags(body: str) -> Iterator[list[str]]:
    """Yield `body`, which opens with a tag, cut at each `<`; a part holds a tag, attributes, `>` and the text behind.

    The parts come in lists of about 4 million characters.
    """
    at = 0
    while at < len(body):
        end = body.find("<", at + _CHUNK)
        end = len(body) if end < 0 else end
        parts = body[at:end].split("<")[1:]
        if body.count(">", at, end) != len(parts):
            # The name of an attribute may hold a `<` that is not escaped; such parts are joined again up to their `>`.
            ends = [i for i, part in enumerate(parts, 1) if ">" in part]
            parts = ["<".join(parts[i:j]) for i, j in zip([0, *ends], ends, strict=False)]
        yield parts
        at = end


def _text_behind(parts: Iterator[str], part: str, tag: str) -> str:
    """Return the text behind the element or comment that opens with `part`, and use up the parts inside it."""
    if tag.startswith("!"):
        for following in chain((part,), parts):  # a comment may hold `<` itself
            _, closed, text = following.partition("-->")
            if closed:
                return text
        return ""
    depth = 1
    for following in parts:
        name, _, text = following.partition(">")
        depth += -1 if name == f"/{tag}" else name == tag or name.startswith(f"{tag} ")
        if not depth:
            return text
    return ""


def _visible_text(text: str, tag: str) -> str:
    """Return serialised text inside `tag` as a reader sees it: white space is one space, but `<pre>` keeps lines."""
    if "&" in text:  # four escapes and no other can stand in serialised text
        text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if tag == "pre":
        return "\n".join(line.rstrip() for line in text.splitlines() if line and not line.isspace())
    return " ".join(text.split())


def walk(body: str, *, unscripted: bool = False) -> Blocks:  # noqa: C901
    """Return the block elements and paragraphs of well-formed HTML.

    A block element and two `<br>` end a paragraph, one `<br>` is a space; white space is one space, except in `<pre>`.
    With `unscripted` the content of `<template>` belongs to the page.

    >>> walk("<p>Rain <b>fell</b><br>in Medan.</p><ul><li><a>More</a></li></ul>").texts
    ['Rain fell in Medan.', 'More']
    """
    action_of = (_UNSCRIPTED_ACTIONS if unscripted else _ACTIONS).get
    # Columns instead of one object for each element, because many new objects would wake the garbage collector; and one
    # long function, because a call for each tag would make the walk a third slower.
    tags, attributes, parents, first, last = ["html"], [""], [-1], [0], [-1]
    texts, link_chars, homes, inline_attrs = list[str](), list[int](), list[int](), list[str]()
    here = 0  # the innermost open element
    pending, linked, link_at = list[str](), 0, -1  # text of the open paragraph; link_at: where an open link began in it
    parts = chain.from_iterable(_cut_at_tags(f"<html>{body}<hr>"))  # the <hr> ends the last paragraph
    for part in parts:
        tag, _, text = part.partition(">")
        attrs, action = "", action_of(tag)
        if action is None:
            tag, _, attrs = tag.partition(" ")
            action = action_of(tag)
            if action is None and "-" in tag:  # a custom element, which nearly always is a block; or a comment
                action = _COMMENT if tag[0] == "!" else _CLOSE if tag[0] == "/" else _OPEN
        if action:
            if action < _BREAK or (action == _BREAK and pending and pending[-1] == "\n"):
                if pending:
                    if line := _visible_text("".join(pending), tags[here]):
                        texts.append(line)
                        linked += sum(map(len, pending[link_at:])) if link_at >= 0 else 0
                        link_chars.append(min(linked, len(line)))
                        homes.append(here)
                    pending, linked, link_at = [], 0, min(link_at, 0)  # an open link goes on in the next paragraph
                if action == _OPEN:
                    tags.append(tag)
                    attributes.append(f" {attrs}" if attrs else "")
                    parents.append(here)
                    first.append(len(texts))
                    here = len(last)
                    last.append(-1)
                elif action == _CLOSE and here:
                    last[here] = len(texts)
                    here = parents[here]
            elif action == _BREAK:
                pending += ["\n"] if pending else []
            elif action >= _SKIP:
                text = _text_behind(parts, part, tag)
            else:
                linked += sum(map(len, pending[link_at:])) if link_at >= 0 else 0
                link_at = len(pending) if action == _LINK else -1
        if attrs and (not action or action == _LINK):
            inline_attrs.append(attrs)
        # White space alone counts only inside a paragraph, and after <br> only in <pre>, where an empty line is kept.
        if text and (not text.isspace() or (pending and (pending[-1] != "\n" or tags[here] == "pre"))):
            pending.append(text)
    last = [len(texts) if end < 0 else end for end in last]
    return Blocks(tags, attributes, parents, first, last, texts, link_chars, homes, inline_attrs)
