"""Walk over a parsed page once, and put down a table of its block elements and a table of its paragraphs.

The parser writes `<` for hardly anything but a tag, so its HTML is cut at each `<` and Python touches every tag once.
No node objects are made: with their text and attributes they would cost twice as much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from operator import length_hint

__all__ = ["HEADINGS", "Blocks", "single_spaces", "walk", "without_anchors"]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

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
_CONTROLS = frozenset(("button", "label"))  # blocks, or part of a sentence
_SURE_ACTIONS = {tag: action for tag, action in _ACTIONS.items() if tag not in _CONTROLS}
_UNSCRIPTED_ACTIONS = _SURE_ACTIONS | {"template": 0}  # a page without scripts may hold its text in one
_CHUNK = 1 << 22  # characters cut at a time, so that a page of 50 MB does not become one list
# Characters that a reader does not see: white space, soft hyphens, joiners, marks of direction, empty letters. Pages
# hold paragraphs of one of them to set others apart.
_INVISIBLE = (
    " \t\n\r\f\xa0\xad\u034f\u061c\u115f\u1160\u180b\u180c\u180d\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u2800\u3000\u3164\ufe0e\ufe0f\ufeff\uffa0"
)
_CUSTOM = re.compile(r"[a-z][a-z0-9]*-[\w.-]*")  # the name of a custom element
_PHRASING = HEADINGS | {"p"}  # blocks that hold nothing but running text
_FARTHEST = 200  # tags that one element in a sentence may hold: the signs of a formula
_ANCHOR_SIGN = re.compile(r"^([#¶§🔗])\s*|\s*([#¶§🔗\u200b])$|\s*\[([^\W\d][^\[\]\d]{2,20})\]$")
_ANCHOR = re.compile(r"^$|\b(?:name|id)=")  # what an <a> has that is the aim of a link
# Characters; a longer <a> without href, name and id is a paragraph, a shorter one mostly a link that a script follows.
_LONGEST_SCRIPTED, _ENDLESS = 100, 1 << 60
_LINE_END = "\0"  # stands for <br> in an open paragraph; no parsed page holds this character
_FEWEST_WRAPPED, _NARROWEST, _RAGGED = (
    4,
    50,
    16,
)  # lines, their characters, and by how much these differ in wrapped text


@dataclass(frozen=True, slots=True)
class Blocks:
    """The block elements and the paragraphs of a page, one sequence for each column.

    Element i has `tags[i]`, `attrs[i]` (serialised, with a space before), the element `parents[i]` around it, and holds
    the paragraphs `first[i]` up to but not with `last[i]`. Parents come before their children; element 0 is the page.
    `holding` are the elements that hold paragraphs; those with the same tag and attributes have one number in `kinds`.
    Paragraph j has `texts[j]`, of which `link_chars[j]` characters are links, and stands in the element `homes[j]`.
    `inline_attrs` are the attributes of elements that are no blocks, such as links, times and bylines.
    """

    tags: Sequence[str]
    attrs: Sequence[str]
    parents: Sequence[int]
    first: Sequence[int]
    last: Sequence[int]
    holding: Sequence[int]
    kinds: Sequence[int]
    texts: Sequence[str]
    link_chars: Sequence[int]
    homes: Sequence[int]
    inline_attrs: Sequence[str]

    def elements(self, *wanted: str) -> list[int]:
        """Return the numbers of the elements with one of the `wanted` tags, in the order of the page."""
        found, tags = list[int](), self.tags
        for tag in wanted:
            at = -1
            for _ in range(tags.count(tag)):  # to count and to look for are both ten times as fast as a loop
                at = tags.index(tag, at + 1)
                found.append(at)
        return sorted(found)


@dataclass(slots=True)
class _Chunk:
    """The parts of a page that are being read, and the iterator that reads them."""

    parts: list[str]
    unread: Iterator[str]


def _cut_at_tags(body: str, chunk: _Chunk) -> Iterator[Iterator[str]]:
    """Yield `body`, which opens with a tag, cut at each `<`; a part holds a tag, attributes, `>` and the text behind.

    The parts come in chunks of about 4 million characters; `chunk` is made the one that is being read.
    """
    at = 0
    while at < len(body):
        end = body.find("<", at + _CHUNK)
        end = len(body) if end < 0 else end
        parts = body[at:end].split("<")
        del parts[0]
        if body.count(">", at, end) != len(parts):
            # The name of an attribute may hold a `<` that is not escaped; such parts are joined again up to their `>`.
            ends = [i for i, part in enumerate(parts, 1) if ">" in part]
            parts = ["<".join(parts[i:j]) for i, j in zip([0, *ends], ends, strict=False)]
        chunk.parts, chunk.unread = parts, iter(parts)
        yield chunk.unread
        at = end


def _is_running_text(chunk: _Chunk, tag: str) -> bool:
    """Return True if the custom element, button or label that was read last stands in running text.

    Then it is renamed to `<span>`.
    A custom element is in running text if text stands right before or behind it, or if it stands in a `<p>` or heading.
    A button or label needs text behind it, and text before it or a `<p>` around it: a word of a sentence that opens an
    explanation. "Was this helpful? Yes No" stays apart from its buttons.
    """
    parts, i = chunk.parts, len(chunk.parts) - length_hint(chunk.unread) - 1
    is_control, before = tag in _CONTROLS, _neighbour(parts, range(i - 1, max(-1, i - 9), -1))
    if not (before if is_control else _CUSTOM.fullmatch(tag)):
        return False
    end = _closing_tag(parts, i, tag)
    needs_more = is_control or not before
    if end < 0 or (needs_more and not _neighbour(parts, range(end, min(len(parts), end + 8)))):
        return False
    parts[i] = f"span{parts[i][len(tag) :]}"
    parts[end] = f"/span{parts[end][len(tag) + 1 :]}"
    return True


def _closing_tag(parts: Sequence[str], i: int, tag: str) -> int:
    """Return the number of the part that closes element `i`, or -1 if it holds a block or too much."""
    depth = 0
    for at in range(i, min(len(parts), i + _FARTHEST)):
        name = parts[at].partition(">")[0].partition(" ")[0]
        depth += (name == tag) - (name == f"/{tag}")
        if not depth:
            return at
        if name != tag and name in _ACTIONS and _ACTIONS[name] in (_OPEN, _CLOSE, _RULE, _BREAK):
            return -1
    return -1


def _neighbour(parts: Sequence[str], numbers: range) -> bool:
    """Return True if text, and no block or line end, comes first on the way along the parts `numbers`."""
    backward = numbers.step < 0
    for at in numbers:
        tag, _, text = parts[at].partition(">")
        # The tag of the first part on the way forward is the element's own; its text is what stands behind it.
        if not backward and at != numbers[0] and _ends_paragraph(tag):
            return False
        if text.strip(_INVISIBLE):
            return True
        if backward and _ends_paragraph(tag):
            return tag.partition(" ")[0] in _PHRASING
    return False


def _ends_paragraph(tag: str) -> bool:
    """Return True if a tag, with or without its attributes, ends the paragraph or line before it."""
    name = tag.partition(" ")[0]
    return 0 < _ACTIONS.get(name, 0) <= _BREAK or ("-" in name and name[0] != "!")


def _text_behind(parts: Iterator[str], part: str, tag: str) -> str:
    """Return the text behind the element or comment that opens with `part`, and use up the parts inside it."""
    if tag.startswith("!"):
        _, closed, text = part.partition("-->")
        while not closed:  # a comment may hold `<` itself
            _, closed, text = next(parts, "-->").partition("-->")
        return text
    depth = 1
    for following in parts:
        name, _, text = following.partition(">")
        depth += -1 if name == f"/{tag}" else name == tag or name.startswith(f"{tag} ")
        if not depth:
            return text
    return ""


def single_spaces(text: str) -> str:
    """Return `text` with single spaces in the place of all white space, and none at its ends."""
    text = text.strip()
    # Nine paragraphs of ten have no other white space; the space is the only one that is printable.
    return text if text.isprintable() and "  " not in text else " ".join(text.split())


def _visible_text(text: str, tag: str) -> str:
    """Return serialised text inside `tag` as a reader sees it: white space is one space, but `<pre>` keeps lines.

    A `<br>`, here NUL, ends a line; in a heading it is a space.
    """
    if "&" in text:  # of the escapes that can stand in serialised text, &nbsp; was replaced before
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if tag == "pre":
        return "\n".join(line.rstrip() for line in text.replace(_LINE_END, "\n").splitlines()).strip("\n")
    if _LINE_END not in text:
        return single_spaces(text)
    lines = [line for line in (" ".join(line.split()) for line in text.split(_LINE_END)) if line.strip(_INVISIBLE)]
    return (" " if tag in HEADINGS or _is_wrapped(lines) else "\n").join(lines)


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Return True if lines of about one width break off in mid-sentence: they were wrapped for a narrow screen."""
    if len(lines) < _FEWEST_WRAPPED:
        return False
    sizes = [len(line) for line in lines[:-1]]
    broken = sum(line[-1].isalnum() and following[0].islower() for line, following in pairwise(lines))
    return min(sizes) >= _NARROWEST and max(sizes) - min(sizes) <= _RAGGED and 2 * broken > len(sizes)


def _action_of_unusual(chunk: _Chunk, tag: str) -> int:
    """Return what a custom element, a button, a label or a comment does; custom elements nearly always are blocks."""
    if tag[0] == "!" or tag[0] == "/":
        return _COMMENT if tag[0] == "!" else _CLOSE
    return 0 if _is_running_text(chunk, tag) else _OPEN


def _holding(
    tags: Sequence[str], attributes: Sequence[str], first: Sequence[int], last: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the elements that hold paragraphs, and a number for each element: the same for those of them that have the
    same tag and attributes."""
    holding = [i for i, (start, end) in enumerate(zip(first, last, strict=True)) if start != end]
    kinds, numbers = [0] * len(tags), dict[tuple[str, str], int]()
    for i in holding:
        kinds[i] = numbers.setdefault((tags[i], attributes[i]), len(numbers))
    return holding, kinds


def walk(body: str, *, unscripted: bool = False) -> Blocks:  # noqa: C901
    r"""Return the block elements and paragraphs of well-formed HTML.

    A block element and two `<br>` end a paragraph, one `<br>` ends a line in it; white space is one space, except in
    `<pre>`. An `<a>` that is the aim of links is no link. With `unscripted` the content of `<template>` is read.

    >>> walk("<p>Rain <b>fell</b><br>in Medan.</p><ul><li><a href='/'>More</a></li></ul>").texts
    ['Rain fell\nin Medan.', 'More']
    """
    action_of = (_UNSCRIPTED_ACTIONS if unscripted else _SURE_ACTIONS).get
    # columns, since many new objects wake the garbage collector; one function, since calls for tags cost a third more
    tags, attributes, parents, first, last = ["html"], [""], [-1], [0], [-1]
    texts, link_chars, homes, inline_attrs = list[str](), list[int](), list[int](), list[str]()
    here, pending, link_at, linked, longest = 0, list[str](), -1, 0, _ENDLESS  # element and paragraph that are open
    # a space that does not break is white space, and the <hr> ends the last paragraph
    chunk = _Chunk([], iter(()))
    parts = chain.from_iterable(_cut_at_tags(f"<html>{body.replace('&nbsp;', ' ')}<hr>", chunk))
    for part in parts:
        tag, _, text = part.partition(">")
        attrs, action = "", action_of(tag)
        if action is None:
            tag, _, attrs = tag.partition(" ")
            action = action_of(tag)
            if action is None and ("-" in tag or tag in _CONTROLS):
                action = _action_of_unusual(chunk, tag)
        if action:
            if action < _BREAK or (action == _BREAK and pending and pending[-1] == _LINE_END and tags[here] != "pre"):
                if pending:
                    line = _visible_text("".join(pending), tags[here])
                    if line and (line.isascii() or line.strip(_INVISIBLE)):
                        texts.append(line)
                        if link_at >= 0 and (size := sum(map(len, pending[link_at:]))) < longest:
                            linked += size
                        link_chars.append(linked if linked < len(line) else len(line))
                        homes.append(here)
                    pending, linked = [], 0
                    link_at = min(link_at, 0)  # an open link goes on in the next paragraph
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
                pending += [_LINE_END] if pending else []
            elif action >= _SKIP:
                text = _text_behind(parts, part, tag)
            else:
                if link_at >= 0 and (size := sum(map(len, pending[link_at:]))) < longest:
                    linked += size
                link_at = len(pending) if action == _LINK else -1
                if action == _LINK:
                    longest = _ENDLESS if "href=" in attrs else 0 if _ANCHOR.search(attrs) else _LONGEST_SCRIPTED
        if attrs and (not action or action == _LINK):
            inline_attrs.append(attrs)
        # White space alone counts only inside a paragraph, and after <br> only in <pre>, where an empty line is kept.
        if text and (
            (pending and (pending[-1] != _LINE_END or tags[here] == "pre"))
            or (not text.isspace() and (text.isascii() or text.strip(_INVISIBLE)))
        ):
            pending.append(text)
    while here >= 0:  # what the page leaves open
        last[here] = len(texts)
        here = parents[here]
    held = _holding(tags, attributes, first, last)
    return Blocks(tags, attributes, parents, first, last, *held, texts, link_chars, homes, inline_attrs)


def without_anchors(blocks: Blocks) -> Blocks:
    """Return the blocks without the links that lead to a heading itself or to its editor: "Rain¶", "Rain [edit]"."""
    tags, homes, texts, link_chars = blocks.tags, blocks.homes, list(blocks.texts), list(blocks.link_chars)
    for j in [j for j, size in enumerate(link_chars) if size and tags[homes[j]] in HEADINGS]:
        found = _ANCHOR_SIGN.search(texts[j])
        rest = f"{texts[j][: found.start()]}{texts[j][found.end() :]}" if found else ""
        # the sign or the words in brackets must be the link: "C#" and "Rain [later]" may be words
        if found and rest and link_chars[j] == len(found[1] or found[2] or found[3]):
            texts[j], link_chars[j] = rest, 0
    return replace(blocks, texts=texts, link_chars=link_chars)
