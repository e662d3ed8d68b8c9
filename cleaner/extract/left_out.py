"""Say of every paragraph of a page that is not in its article's text why it is not: nothing is left out in silence.

The choice is that of the steps before. Here it gets a reason of a few fixed words, the kind of text that it is, and for
prose and the headlines of other articles its place, so that who finds it in a log can find it on the page as well.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from html import unescape

from cleaner.article import ASIDE, LeftOut, LeftOutCount
from cleaner.extract.blocks import HEADINGS, Blocks, single_spaces, walk
from cleaner.extract.content_root import ContentRoot
from cleaner.extract.marks import Mark
from cleaner.extract.parse import Navigation
from cleaner.tables import read_toml

__all__ = ["counted", "is_prose_paragraph", "kinds_of_marks", "left_out_of", "replaced"]

Reason = tuple[str, str]
"""The kind of a paragraph, and the reason why it is left out."""

_MENU, _FOOTER, _LINKS, _HEADING = ("nav", "menu"), ("footer", "footer"), ("nav", "links"), ("title", "heading")
_AGAIN, _SHORT, _OUTSIDE = ("duplicate", "duplicate"), (ASIDE, "short"), (ASIDE, "outside")

_PROSE, _MOST_LINKS = 40, 0.4  # characters of a paragraph, and its largest share of links, that make it prose
_HEADLINE = 25  # characters of a line in a box of other articles that is logged, link or not
_OF_OTHERS = frozenset(("related", "readmore"))
_LINKED = 0.5  # a larger share of links is the reason itself
_UNSEEN = re.compile(r"<(?:math|object|canvas|audio|video|datalist|textarea|noembed|noframes|template)\b")
_BETWEEN_TAGS = re.compile(r">\s*([^<\s][^<]*)")
_LINK_ENDS = re.compile(r"(?:</\w+>\s*)*</a>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_DUPLICATE = 100  # characters; a shorter text may stand on a page twice by chance
_SHOWN_AROUND, _SHOWN_NAME = 3, 40  # elements of a place, and characters of a class or id there
_LONG_ATTRS = 2000  # characters of an element's attributes that are looked through for them
_BETWEEN = 8  # characters that may stand between two paragraphs in the text
_LOOKED_FOR = 200  # paragraphs that are looked for in a text from elsewhere: each search may read all of it
_NAMED = re.compile(r' (id|class)="([^"]*)"')
_MARK_OF = {"id": "#", "class": "."}  # as in a selector of CSS


def is_prose_paragraph(text: str, link_chars: int) -> bool:
    """Return True if a paragraph says something: 40 characters or more, of which at most 40 % are links."""
    return len(text) >= _PROSE and link_chars <= _MOST_LINKS * len(text)


def left_out_of(
    blocks: Blocks,
    content: ContentRoot,
    chosen: Sequence[int],
    text: str,
    navigation: Sequence[Navigation],
    *,
    everything: bool,
) -> tuple[tuple[LeftOut, ...], tuple[LeftOutCount, ...]]:
    """Return the paragraphs that are not `chosen`, in the order of the page, and how many there are for each reason.

    `text` is what was made of the chosen. The `navigation` was taken out of the page before its paragraphs were told
    apart: menus come first, footers last. Without `everything` only prose and the
    headlines of other articles are returned; all is counted in any case.
    """
    reasons, texts = _reasons(blocks, content, chosen), blocks.texts
    lines = _lines_before(texts, chosen, text) if everything else [-1] * (len(chosen) + 1)  # a log has no use for them
    sizes: defaultdict[Reason, list[int]] = defaultdict(list)
    for shown, reason in zip(texts, reasons, strict=True):
        if reason:
            sizes[reason].append(len(shown))
    menus, found, footers = list[LeftOut](), list[LeftOut](), list[LeftOut]()
    # A page has some 200 paragraphs, and 9 of them are prose: only what is asked for becomes an object.
    for j in range(len(texts)) if everything else [j for j, shown in enumerate(texts) if len(shown) >= _HEADLINE]:
        if reason := reasons[j]:
            is_logged = is_prose_paragraph(texts[j], blocks.link_chars[j])
            is_logged |= reason[0] in _OF_OTHERS and len(texts[j]) >= _HEADLINE
            place = _place(blocks, j) if is_logged else ""
            if place or everything:
                found.append(LeftOut(texts[j], *reason, place, lines[bisect_left(chosen, j)]))
    for element in navigation:
        is_menu = element.tag == "nav"
        reason, line, into = (_MENU, min(0, lines[-1]), menus) if is_menu else (_FOOTER, lines[-1], footers)
        if paragraphs := _paragraphs_of(element.html):
            sizes[reason] += [len(shown) for shown, _ in paragraphs]
            into += [LeftOut(shown, *reason, place, line) for shown, place in paragraphs if place or everything]
    return (*menus, *found, *footers), tuple((*reason, len(all_), sum(all_)) for reason, all_ in sizes.items())


def counted(paragraphs: Iterable[LeftOut]) -> tuple[LeftOutCount, ...]:
    """Count paragraphs by kind and reason."""
    sizes: defaultdict[Reason, list[int]] = defaultdict(list)
    for paragraph in paragraphs:
        sizes[paragraph.kind, paragraph.reason].append(len(paragraph.text))
    return tuple((*reason, len(all_), sum(all_)) for reason, all_ in sizes.items())


def replaced(blocks: Blocks, chosen: Sequence[int], text: str) -> tuple[LeftOut, ...]:
    """Return the chosen paragraphs of a page that are not in `text`, which comes from elsewhere on it and is taken."""
    gone = [j for at, j in enumerate(chosen) if at >= _LOOKED_FOR or blocks.texts[j] not in text]
    prose = [is_prose_paragraph(blocks.texts[j], blocks.link_chars[j]) for j in gone]
    return tuple(
        LeftOut(blocks.texts[j], ASIDE, "replaced", _place(blocks, j) if said else "", 0)
        for j, said in zip(gone, prose, strict=True)
    )


def _reasons(blocks: Blocks, content: ContentRoot, chosen: Sequence[int]) -> list[Reason | None]:
    """Return for each paragraph its kind and the reason why it is left out; None for those that are chosen."""
    texts, tags, homes = blocks.texts, blocks.tags, blocks.homes
    marks: list[Reason | None] = [None] * len(texts)
    for i, found in content.marked:  # in the order of the page, so that the mark of what is inside is the last
        first, last = blocks.first[i], blocks.last[i]
        for mark in found:
            if mark.family != "body":
                marks[first:last] = [_reason_of(mark)] * (last - first)
                break
    reasons = [None if keep else reason for reason, keep in zip(marks, content.kept, strict=True)]
    inside = range(blocks.first[content.root], blocks.last[content.root])
    taken, long = {*chosen}, {texts[j] for j in chosen if len(texts[j]) >= _DUPLICATE}
    for j in [j for j, reason in enumerate(reasons) if not reason]:
        if j in taken:
            continue
        if blocks.link_chars[j] > _LINKED * len(texts[j]):
            reasons[j] = _LINKS
        elif tags[homes[j]] in HEADINGS:
            reasons[j] = _HEADING
        elif texts[j] in long:
            reasons[j] = _AGAIN
        else:
            reasons[j] = _SHORT if j in inside else _OUTSIDE
    for j in chosen:  # the judge may choose what stands under a mark
        reasons[j] = None
    return reasons


def _lines_before(texts: Sequence[str], chosen: Sequence[int], text: str) -> list[int]:
    """Return how many lines of the text stand before a paragraph behind none, one, two ... of the chosen ones."""
    lines, end = [0], 0
    for j in chosen:
        # It is looked for only right behind the one before, so that a page of any size takes linear time.
        size, line = len(texts[j]), lines[-1]
        if (start := text.find(texts[j], end, end + size + _BETWEEN)) >= 0:
            line += text.count("\n", end, start + size) + (line == 0)
            end = start + size
        lines.append(line)
    return lines


@cache
def kinds_of_marks() -> dict[str, str]:
    """Return the kind of text by the name of a mark."""
    listed = read_toml("extract/data/left_out.toml")
    return {name: kind for kind, names in listed.items() for name in names.split()}


@lru_cache(maxsize=1 << 10)
def _reason_of(mark: Mark) -> Reason:
    """Return the kind of the paragraphs under a mark, and the reason for which they are left out."""
    if mark.family == "hidden":
        return ASIDE, "hidden"
    family = {"navigation": "nav", "discussion": "comment"}.get(mark.family, ASIDE)
    return kinds_of_marks().get(
        mark.name, family
    ), "boilerplate heading" if mark.name == "heading" else f"marked {mark.name}"


def _paragraphs_of(html: str) -> list[tuple[str, str]]:
    """Return the paragraphs of a menu or footer, each with its place if it is prose, else "".

    A paragraph is here what stands between two tags: to walk over all menus and footers would take a run 3 % more time.
    """
    html = _COMMENT.sub("", html) if "<!--" in html else html
    if _UNSEEN.search(html):
        blocks = walk(html)
        return [(text, _place(blocks, j) if len(text) >= _PROSE else "") for j, text in enumerate(blocks.texts)]
    tag, _, attrs = html[1 : html.find(">")].partition(" ")
    paragraphs = []
    for found in _BETWEEN_TAGS.finditer(html):
        text = single_spaces(found[1])
        text = unescape(text) if "&" in text else text
        is_prose = len(text) >= _PROSE and not _LINK_ENDS.match(html, found.end())
        paragraphs.append((text, _shown_element(tag, f" {attrs}") if is_prose else ""))
    return paragraphs


@lru_cache(maxsize=1 << 12)  # the pages of a site have the same elements around their paragraphs
def _shown_element(tag: str, attrs: str) -> str:
    """Return an element as a selector of CSS has it, with its id and its classes as they stand."""
    names = _NAMED.findall(attrs[:_LONG_ATTRS]) if attrs else ()
    return tag + "".join([_MARK_OF[key] + value[:_SHOWN_NAME] for key, value in names if value])


def _place(blocks: Blocks, j: int) -> str:
    """Return where a paragraph stands: the elements around it, and its number among the paragraphs of the page."""
    path, i = "", blocks.homes[j]
    for _ in range(_SHOWN_AROUND):
        if i > 0:
            path = f"{_shown_element(blocks.tags[i], blocks.attrs[i])} {path}"
            i = blocks.parents[i]
    return f"{path or 'body '}({j + 1} of {len(blocks.texts)})"
