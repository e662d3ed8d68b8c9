"""Find the content root, the element that holds the article, after the marked boilerplate is pruned.

Text weight tells how much prose there is: the characters of paragraphs of 40 characters or more with few links. An
element holds consecutive paragraphs, so its text weight is the difference of two sums, and every question below is
answered from one list of sums.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from cleaner.extract.blocks import HEADINGS, Blocks
from cleaner.extract.marks import Mark, ignored_shares, marks_of, opens_boilerplate, weak_names
from cleaner.judge.character_counts import Numbers

__all__ = ["CONTAINERS", "ITEMS", "ContentRoot", "find_content_root", "named_article"]

ITEMS = frozenset(("li", "dd", "dt"))
_PROSE = frozenset(("p", "blockquote", "pre"))
_LEAVES = frozenset(("p", "li", "ul", "ol", "dl", "table", "tbody", "tr", "blockquote"))  # never a content root
_TABLE = frozenset(("table", "tbody", "tr"))
CONTAINERS = frozenset(("article", "main"))

# Ignore a boilerplate mark if its elements hold at least this share of the page's text weight. For boilerplate and
# hidden every share from 25 % to 50 % scores within 0.002 of F1; the other two families hardly ever hold the article.
_IGNORED_FROM = {"boilerplate": 0.35, "hidden": 0.35, "navigation": 0.97, "discussion": 0.97}
_FIRST, _SECOND = frozenset(("navigation", "discussion")), frozenset(("boilerplate", "hidden"))  # pruned in this order

_ENOUGH, _ENOUGH_SHARE = 200.0, 0.2  # second pruning is undone if it leaves less than both, in weight and of the page's
_NEAR_SIBLING = 3  # elements between a paragraph and the element that stands beside another
_CLAIM = 0.4  # share of the text weight that an element must hold to be the root by its name
_DESCEND = 0.9  # the root is a child instead when that holds this share
_CELL, _CELL_PARAGRAPHS = 2 / 3, 3  # a cell with this share in so many paragraphs belongs to a layout, not to data
_LEAD_REACH = 25  # paragraphs before the root in which the headline and a lead are looked for
_LEAD_WEIGHT = 60  # text weight that makes a paragraph there a lead
_FEWEST_CHARS = 40  # a shorter paragraph has no text weight
_MOST_LINKS = 0.4  # nor has one with a larger share of links
_LOOSE_RATE, _ITEM_RATE = 0.8, 0.5  # text outside of <p>, and items of lists, are less often prose
_QUESTIONS = ("?", "？", "؟")
_IDEOGRAPHS = (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF)  # the first and the last character of each range
_IDEOGRAPH_DENSITY = 2.5  # Latin characters that say as much as one of Chinese, Japanese or Korean


Marked = list[tuple[int, tuple[Mark, ...]]]
"""Elements that hold paragraphs, with their marks."""


class ContentRoot(NamedTuple):
    """Where the article stands on a page."""

    kept: list[bool]  # for each paragraph whether pruning left it
    root: int  # the element that holds the article
    leads: list[int]  # paragraphs before the root that belong to the article
    closing: list[int]  # paragraphs right behind the root that do
    weights: list[float]  # text weight of each paragraph, before pruning
    density: float  # Latin characters that say as much as one of the page: 1, up to 2.5 for ideographs and syllables
    marked: Marked  # elements that hold paragraphs and have marks, in the order of the page


def find_content_root(blocks: Blocks, *, forum: bool = False) -> ContentRoot:
    """Prune a page and find its content root. On a `forum` page the discussion is the content and is not pruned."""
    density = _density(blocks.texts)
    weights = _text_weights(blocks, density)
    whole = sum(weights)
    marked = sorted(_marked_elements(blocks, forum, weights) + _boilerplate_boxes(blocks))
    kept = _prune(blocks, marked, weights, _FIRST)
    left = [weight if keep else 0.0 for weight, keep in zip(weights, kept, strict=True)]
    if any(kept):
        second = [a and b for a, b in zip(kept, _prune(blocks, marked, left, _SECOND), strict=True)]
        still = [weight if keep else 0.0 for weight, keep in zip(left, second, strict=True)]
        if sum(still) >= min(_ENOUGH, _ENOUGH_SHARE * whole) and any(second):
            kept, left = second, still
    else:  # all of the page is marked, so the marks say nothing
        kept, left = [True] * len(weights), weights
    if not any(left):
        return ContentRoot(kept, 0, [], [], weights, density, marked)
    root = _find_root(blocks, marked, left)
    # Prose between the headline and the root is a lead: the standfirst of a page that sets it apart.
    end = blocks.first[root]
    before = range(max(0, end - _LEAD_REACH - 1), end)
    headlines = [j for j in before if blocks.tags[blocks.homes[j]] == "h1"]
    leads = [j for j in range(headlines[-1] + 1, end) if left[j] >= _LEAD_WEIGHT] if headlines else []
    return ContentRoot(kept, root, leads, _closing(blocks, root, kept, left), weights, density, marked)


def _closing(blocks: Blocks, root: int, kept: list[bool], weights: list[float]) -> list[int]:
    """Return the prose right behind the root, in the element around it or the article: the end of a text in two boxes.

    It ends at the first kept paragraph that is no prose, because behind an article headlines and links follow.
    """
    around = blocks.parents[root]
    headlined = blocks.first[around] < blocks.first[root] and blocks.tags[blocks.homes[blocks.first[around]]] == "h1"
    if root == 0 or not (headlined or blocks.tags[around] in CONTAINERS):
        return []
    closing = []
    for j in range(blocks.last[root], blocks.last[around]):
        if not kept[j]:
            continue
        if weights[j] < _LEAD_WEIGHT:
            break
        closing.append(j)
    return closing


def _density(texts: Sequence[str]) -> float:
    """Return how many Latin characters say as much as one character of a sample of the page, 1 to 2.5."""
    sample = "".join(texts)
    if sample.isascii():
        return 1.0
    sample = sample[len(sample) // 4 :][:4000]  # from a quarter into the page, behind most of its menus
    codes = np.frombuffer(sample.encode("utf-16-le", "surrogatepass"), np.uint16)
    share = np.count_nonzero(_are_ideographs().take(codes)) / len(sample)
    return 1.0 + (_IDEOGRAPH_DENSITY - 1.0) * share


@cache
def _are_ideographs() -> Numbers:
    """Return for every character below 2 to the 16 whether it is Chinese, Japanese or Korean."""
    table: Numbers = np.zeros(1 << 16, np.bool_)
    for first, last in _IDEOGRAPHS:
        table[first : last + 1] = True
    return table


def _text_weights(blocks: Blocks, density: float) -> list[float]:
    """Return each paragraph's text weight: full in prose elements, less in lists and loose text, none in headings."""
    weights = []
    fewest = _FEWEST_CHARS / density
    for text, linked, home in zip(blocks.texts, blocks.link_chars, blocks.homes, strict=True):
        size = len(text)
        if size - linked < fewest or linked > _MOST_LINKS * size:
            weights.append(0.0)
            continue
        tag = blocks.tags[home]
        rate = 1.0 if tag in _PROSE else _ITEM_RATE if tag in ITEMS else 0.0 if tag in HEADINGS else _LOOSE_RATE
        weights.append((size - linked) * rate * density)
    return weights


def _marked_elements(blocks: Blocks, forum: bool, weights: list[float]) -> Marked:
    """Return the elements that hold paragraphs and have marks by their tag and attributes."""
    marks: list[tuple[Mark, ...]] = []  # of each kind of element
    marked = []
    tags, attrs, parents = blocks.tags, blocks.attrs, blocks.parents
    kinds = blocks.kinds
    for i in blocks.holding:
        if kinds[i] == len(marks):
            marks.append(marks_of(tags[i], attrs[i]))
        if found := marks[kinds[i]]:
            if tags[i] == "button" and tags[parents[i]] in HEADINGS:
                continue  # the heading of an accordion
            if tags[i] == "footer" and "blockquote" in (tags[parents[i]], tags[parents[parents[i]]]):
                continue  # the source of a quotation
            if forum:
                found = tuple(mark for mark in found if mark.family != "discussion")
            marked.append((i, found))
    return _without_prose(blocks, marked, weights)


def _without_prose(blocks: Blocks, marked: Marked, weights: list[float]) -> Marked:
    """Return `marked` without the marks of prose that stands among unmarked prose.

    A class word does not say that a paragraph is boilerplate when all that stands around it says that it is text. Of a
    box of several elements only words say so little that boxes of text bear, too. What the page hides stays hidden,
    unless it is prose that a question right above it unfolds; but aria-hidden is a word to screen readers alone.
    """
    elements = frozenset([i for i, found in marked for mark in found if mark.family != "body"])
    left: Marked = []
    for i, found in marked:
        if _is_prose_among_prose(blocks, i, elements, weights):
            is_box = blocks.homes[blocks.first[i]] != i
            weak = frozenset(("aria-hidden",)) if not is_box else weak_names()
            decisive = (
                ("hidden", "body") if not is_box else ("hidden", "body", "boilerplate", "navigation", "discussion")
            )
            found = tuple(mark for mark in found if mark.family in decisive and mark.name not in weak)
        start = blocks.first[i]
        if start and blocks.texts[start - 1].endswith(_QUESTIONS) and any(weights[start : blocks.last[i]]):
            found = tuple(mark for mark in found if mark.family != "hidden")
        if found:
            left.append((i, found))
    return left


def _is_prose_among_prose(blocks: Blocks, i: int, marked: frozenset[int], weights: list[float]) -> bool:
    """Return True if element `i` holds prose alone, and unmarked prose follows right behind it in the same element.

    What stands before it does not matter, as it may open the article. Behind the last paragraph of an article no prose
    follows: there the mark decides, because notes of copyright and words about the author stand there.
    """
    start, end = blocks.first[i], blocks.last[i]
    if end >= len(weights) or not any(weights[start:end]):
        return False
    # A paragraph with the same tag and attributes right behind it says no more about it than the first.
    while end < len(weights) and blocks.homes[end] > i and blocks.kinds[blocks.homes[end]] == blocks.kinds[i]:
        if not weights[end] or blocks.homes[start] != i:
            return False
        end += 1
    if end >= len(weights) or not weights[end]:
        return False
    # its headings count as prose where they are no links: a box of facts has one, a box of other articles has links
    for j in range(start, end):
        if not weights[j] and (blocks.tags[blocks.homes[j]] not in HEADINGS or blocks.link_chars[j]):
            return False
    home = blocks.homes[end]
    for _ in range(_NEAR_SIBLING):
        if home in marked or home <= 0:
            return False
        if blocks.parents[home] == blocks.parents[i]:
            return True
        home = blocks.parents[home]
    return False


def _boilerplate_boxes(blocks: Blocks) -> Marked:
    """Return the boxes of several paragraphs whose heading says that they are boilerplate."""
    tags, parents, first, last = blocks.tags, blocks.parents, blocks.first, blocks.last
    boxes: Marked = []
    for j, i in enumerate(blocks.homes):
        if tags[i] in HEADINGS:
            # The box is the outermost element that begins with this heading.
            while parents[i] > 0 and first[parents[i]] == j and tags[parents[i]] not in CONTAINERS:
                i = parents[i]
            if last[i] - first[i] > 1 and tags[i] != "body" and opens_boilerplate(blocks.texts[j]):
                boxes.append((i, (Mark("boilerplate", "heading"),)))
    return boxes


def _prune(blocks: Blocks, marked: Marked, weights: list[float], families: frozenset[str]) -> list[bool]:
    """Return for each paragraph whether it stays when the elements with marks of `families` go.

    All elements with the same mark are judged together: ten closed panels of an article hold it in tenths, and what
    holds the article is not boilerplate. Judging them one by one costs 0.004 of F1.
    """
    first, last = blocks.first, blocks.last
    sums = list(accumulate(weights, initial=0.0))
    elements_of: dict[Mark, list[int]] = {}
    for i, found in marked:
        for mark in found:
            if mark.family in families:
                elements_of.setdefault(mark, []).append(i)
    kept = [True] * len(weights)
    for mark, elements in elements_of.items():
        limit = ignored_shares().get(mark.name, _IGNORED_FROM[mark.family]) * sums[-1]
        elements = [i for i in elements if not limit or sums[last[i]] - sums[first[i]] < limit]
        held, end = 0.0, -1
        for i in elements:
            if first[i] >= end:  # an element inside the one before is counted with it
                held, end = held + sums[last[i]] - sums[first[i]], last[i]
        if held < limit or not limit:
            for i in elements:
                kept[first[i] : last[i]] = [False] * (last[i] - first[i])
    return kept


def _find_root(blocks: Blocks, marked: Marked, weights: list[float]) -> int:
    """Return the element that holds the article.

    An element whose mark says that it is the body comes first, then the smallest `<article>` or `<main>`, then the
    page. From there the search goes down as long as one child holds nearly all of it.
    """
    sums = list(accumulate(weights, initial=0.0))
    held = [sums[last] - sums[first] for first, last in zip(blocks.first, blocks.last, strict=True)]
    enough = _CLAIM * held[0]
    bodies = [i for i, found in marked if held[i] >= enough and any(mark.family == "body" for mark in found)]
    if bodies:
        root = max(bodies, key=lambda i: (held[i], -i))
    else:
        named = [i for i in blocks.elements(*CONTAINERS) if held[i] >= enough]
        root = min(named, key=lambda i: (held[i], -i)) if named else 0
    at, parents = root, blocks.parents  # this goes down through tables as well, in search of a cell with an article
    for i in blocks.holding[bisect_right(blocks.holding, root) :]:
        if parents[i] != at:
            continue
        tag = blocks.tags[i]
        if tag == "td" and blocks.last[i] - blocks.first[i] >= _CELL_PARAGRAPHS and held[i] >= _CELL * held[root]:
            root = at = i
        elif tag in _TABLE and held[i] >= _CELL * held[root]:
            at = i
        elif held[i] >= _DESCEND * held[root] and tag not in _LEAVES:
            root = at = i
    return root


def named_article(blocks: Blocks, content: ContentRoot) -> int:
    """Return the element that the page names as that of its article, by its tag or a mark of the body; 0 for none."""
    bodies = {i for i, found in content.marked if any(mark.family == "body" for mark in found)}
    at = content.root
    while at > 0 and blocks.tags[at] not in CONTAINERS and at not in bodies:
        at = blocks.parents[at]
    return at
