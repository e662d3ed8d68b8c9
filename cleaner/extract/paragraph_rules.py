"""Choose paragraphs inside the content root by rules: each is classed alone, then revised by its neighbours.

Classes and revision are the idea of jusText (Pomikálek 2011). Its limits are for whole pages; these are looser. No stop
list is needed: inside the root links are the only sign of boilerplate, and what is short stays or goes by what stands
around it.
"""

from __future__ import annotations

import re
from itertools import compress

from cleaner.extract.blocks import HEADINGS, Blocks
from cleaner.extract.content_root import ITEMS, ContentRoot
from cleaner.extract.marks import opens_boilerplate

__all__ = ["choose_by_rules"]

_LINKED = 0.5  # a paragraph with a larger share of links is boilerplate, unless the next constant saves it
_BESIDE_LINKS = 15  # characters beside its links that make it a sentence; "Baca juga: " and "Read also: " have fewer
_LONG_LINKED, _MOST_LINKED = 400, 0.9  # outside of flowing text it must be this long, and be links up to this share
_SHORT_CHARS, _LONG_CHARS = 40, 100  # below the first a paragraph is _SHORT, from the second on _GOOD
_FLOWING = frozenset(("p", "blockquote")) | ITEMS
_TAIL_REACH = 4  # short paragraphs this near behind the last prose still belong to it
_LISTING = 0.3  # of the text that is not pruned; a page with less prose is a list, and its links are the content
_MAIN_SHARE = 0.5  # of the same; a main element that holds less is not the whole list
_CELLS = frozenset(("td", "th"))
_LISTS_AND_TABLES = frozenset(("ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr"))
_INSIDE_BOXES = HEADINGS | ITEMS | _CELLS | _LISTS_AND_TABLES | {"p", "blockquote", "pre"}
_PROSE_TAGS = frozenset(("p", "blockquote"))
_SENTENCE_END = re.compile(r"[.!?…。！？؟।։።;:][\"'”’»›)\]」』]*$")


# jusText's classes; from _NEAR upwards a paragraph stays whatever stands around it.
_BAD, _HEADING, _SHORT, _NEAR, _GOOD = range(5)


def choose_by_rules(blocks: Blocks, content: ContentRoot, *, is_article: bool) -> tuple[list[int], bool]:
    """Return the numbers of the article's paragraphs in order, and whether the page is a list rather than prose.

    A page that declares itself an article (`is_article`) is no list, however short its text among its links.
    """
    texts, kept = blocks.texts, content.kept
    chosen = content.leads + _revise(blocks, content) + content.closing

    def size(some: list[int]) -> int:
        return sum([len(texts[j]) for j in some])

    everything = list(compress(range(len(texts)), kept))
    if chosen and (is_article or size(chosen) >= _LISTING * size(everything)):
        return chosen, False
    # The page may be a list. Then all that is not pruned in its main element is the content, or all on the page.
    mains = [i for i, tag in enumerate(blocks.tags) if tag == "main" or 'role="main"' in blocks.attrs[i]]
    held = ([j for j in range(blocks.first[i], blocks.last[i]) if kept[j]] for i in mains[:8])
    listed = max(held, key=len, default=[])
    if not listed or size(listed) < _MAIN_SHARE * size(everything):
        listed = everything
    return (chosen, False) if chosen and size(chosen) >= _LISTING * size(listed) else (listed, True)


def _class_of(text: str, linked: int, tag: str, density: float) -> int:
    """Class one paragraph, of whose characters `linked` are links; sizes are compared in Latin characters."""
    size = len(text) * density
    if tag in HEADINGS:
        return _HEADING
    if linked > _LINKED * len(text):
        if tag not in _FLOWING:
            near = size >= _LONG_LINKED and linked <= _MOST_LINKED * len(text)
            return _NEAR if near else _BAD
        if size - linked * density < _BESIDE_LINKS:
            return _BAD
    return _SHORT if size < _SHORT_CHARS else _NEAR if size < _LONG_CHARS else _GOOD


def _revise(blocks: Blocks, content: ContentRoot) -> list[int]:
    """Return the paragraphs in the content root that stay: prose, and what is short between the first and the last."""
    texts, tags, homes = blocks.texts, blocks.tags, blocks.homes
    inside = [j for j in range(blocks.first[content.root], blocks.last[content.root]) if content.kept[j]]
    classes = [_class_of(texts[j], blocks.link_chars[j], tags[homes[j]], content.density) for j in inside]
    prose = [at for at, found in enumerate(classes) if found >= _NEAR]
    if not prose:
        return [j for j, found in zip(inside, classes, strict=True) if found != _BAD]
    start, end = prose[0], prose[-1]
    has_heads = tags.count("h1") > 1
    opening, closing = _ends(blocks, inside, classes, start, end)
    chosen = []
    for at, (j, found) in enumerate(zip(inside, classes, strict=True)):
        tag = tags[homes[j]]
        if found >= _NEAR or opening <= at < start or end < at <= closing:
            chosen.append(j)
        elif found == _HEADING:
            # One right before the first prose is its heading. The only <h1> of a page is the headline: the title.
            if start - 1 <= at < end and (tag != "h1" or (at > start and has_heads)):
                chosen.append(j)
        elif found == _SHORT and (start < at < end or (tag == "p" and end < at < end + _TAIL_REACH)):
            chosen.append(j)
    return chosen


def _ends(blocks: Blocks, inside: list[int], classes: list[int], start: int, end: int) -> tuple[int, int]:
    """Return where short text begins that opens the article before its first prose, and where it ends behind the last.

    `start` and `end` are the places of that prose in `inside`. At both ends only what stands in the same box as the
    prose may belong to it: sentences before it; behind it sentences, lists, tables, and headings before them.
    """

    def reaches(at: int, box: int) -> bool:
        j = inside[at]
        if classes[at] not in (_SHORT, _HEADING) or _box_of(blocks, j) != box:
            return False
        # Links alone lead elsewhere, and a heading such as "Related articles" opens what is not the article's.
        return not blocks.link_chars[j] and not opens_boilerplate(blocks.texts[j])

    opening, box = start, _box_of(blocks, inside[start])
    while opening > 0 and reaches(opening - 1, box) and _is_sentence(blocks, inside[opening - 1]):
        opening -= 1
    closing, at, box = end, end + 1, _box_of(blocks, inside[end])
    while at < len(inside) and reaches(at, box):
        tag = blocks.tags[blocks.homes[inside[at]]]
        if tag in ITEMS or tag in _CELLS or _is_sentence(blocks, inside[at]):
            closing = at  # with the headings before it
        elif classes[at] != _HEADING:
            break
        at += 1
    return opening, closing


def _box_of(blocks: Blocks, j: int) -> int:
    """Return the element around paragraph `j` and around the list, table or quotation in which it stands, with an
    element that holds nothing but a list or table."""
    tags, first, last = blocks.tags, blocks.first, blocks.last
    at = held = blocks.homes[j]
    while at > 0 and (
        tags[at] in _INSIDE_BOXES
        or (tags[held] in _LISTS_AND_TABLES and (first[at], last[at]) == (first[held], last[held]))
    ):
        held, at = (at if tags[at] in _INSIDE_BOXES else held), blocks.parents[at]
    return at


def _is_sentence(blocks: Blocks, j: int) -> bool:
    """Return True if paragraph `j` is a `<p>` that ends as a sentence does; bylines and dates mostly do not."""
    return blocks.tags[blocks.homes[j]] in _PROSE_TAGS and bool(_SENTENCE_END.search(blocks.texts[j]))
