"""Where the article stands on a page: what is marked as furniture goes, then the content root is found.

Good text is measured in characters of prose: paragraphs of 40 characters and more with few links. Everything follows
from its sums, because an element holds a run of paragraphs and its good text is the difference of two sums.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from cleaner.extract.blocks import Blocks
from cleaner.extract.marks import Mark, mark, opens_furniture

__all__ = ["HEADINGS", "ITEMS", "ContentRoot", "density", "find_content_root"]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
ITEMS = frozenset(("li", "dd", "dt"))
_PROSE = frozenset(("p", "blockquote", "pre"))
_LEAVES = frozenset(("p", "li", "ul", "ol", "dl", "table", "tbody", "tr", "blockquote"))
_TABLE = frozenset(("table", "tbody", "tr"))
_CONTAINERS = frozenset(("article", "main"))
# A mark is void when what it marks holds this share of the page's good text; 25 % to 50 % score within 0.002 of F1.
_VOID = {"furniture": 0.35, "hidden": 0.35, "fixture": 0.97, "discussion": 0.97}
_FIXED, _LOOSE = frozenset(("fixture", "discussion")), frozenset(("furniture", "hidden"))  # judged in this order
_ENOUGH = 200.0  # good text; pruning that leaves less, and less than a fifth of the page's, is not believed
_BODY = 0.4  # of the good text, for an element to be taken at its word that it is the body
_DESCEND = 0.9  # go down while one child holds this share
_CELL, _CELL_PARAGRAPHS = 2 / 3, 3  # a cell with this share in so many paragraphs belongs to a layout, not to data
_LEAD_REACH = 25  # paragraphs before the root, below the headline
_LEAD_SIZE = 60  # good text that makes one of them a lead
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_IDEOGRAPH_SIZE = 2.5  # Latin characters that say as much as one of Chinese, Japanese or Korean


Marked = list[tuple[int, tuple[Mark, ...]]]
"""Elements that hold paragraphs, with their marks."""


class ContentRoot(NamedTuple):
    """What is left of a page to choose from: paragraphs not pruned, the root element, the leads before it."""

    keep: list[bool]
    root: int
    leads: list[int]
    good: float  # good text on the whole page
    dense: float  # what its characters say, see `density`


def density(texts: Sequence[str]) -> float:
    """How much a character says, in Latin characters: 1, and up to 2.5 for ideographs and syllables."""
    sample = "".join(texts)
    if sample.isascii():
        return 1.0
    sample = sample[len(sample) // 4 :][:4000]
    share = sum(map(len, _IDEOGRAPHS.findall(sample))) / len(sample)
    return 1.0 + (_IDEOGRAPH_SIZE - 1.0) * share


def _worth(blocks: Blocks, dense: float) -> list[float]:
    """Good text of each paragraph: full in prose elements, less in lists and loose text, none in headings."""
    values = []
    least = 40 / dense
    for text, linked, home in zip(blocks.texts, blocks.links, blocks.homes, strict=True):
        size = len(text)
        if size - linked < least or linked > 0.4 * size:
            values.append(0.0)
            continue
        tag = blocks.tags[home]
        rate = 1.0 if tag in _PROSE else 0.5 if tag in ITEMS else 0.0 if tag in HEADINGS else 0.8
        values.append((size - linked) * rate * dense)
    return values


def _marks(blocks: Blocks, forum: bool) -> Marked:
    """The marked elements that hold paragraphs. On a forum page the discussion is the content."""
    memo: dict[str, tuple[Mark, ...]] = {}
    marked = []
    tags, attrs, parents = blocks.tags, blocks.attrs, blocks.parents
    for i in [i for i, (first, last) in enumerate(zip(blocks.first, blocks.last, strict=True)) if first != last]:
        key = tags[i] + attrs[i]
        found = memo.get(key)
        if found is None:
            found = memo[key] = mark(tags[i], attrs[i])
        if found:
            if tags[i] == "button" and tags[parents[i]] in HEADINGS:
                continue  # the heading of an accordion
            if forum:
                found = tuple(one for one in found if one.family != "discussion")
            marked.append((i, found))
    return sorted(marked + _headed(blocks))


def _headed(blocks: Blocks) -> Marked:
    """The boxes of several paragraphs whose heading says that they are furniture."""
    tags, parents, first, last = blocks.tags, blocks.parents, blocks.first, blocks.last
    boxes: Marked = []
    for j, (text, i) in enumerate(zip(blocks.texts, blocks.homes, strict=True)):
        if tags[i] in HEADINGS and opens_furniture(text):
            while parents[i] > 0 and first[parents[i]] == j and tags[parents[i]] not in _CONTAINERS:
                i = parents[i]
            if last[i] - first[i] > 1 and tags[i] != "body":
                boxes.append((i, (Mark("furniture", "heading"),)))
    return boxes


def _prune(blocks: Blocks, marked: Marked, values: list[float], families: frozenset[str]) -> list[bool]:
    """Which paragraphs stay when the elements with marks of `families` go.

    Elements with the same mark are judged together: ten closed panels of an article hold it in tenths, and what
    holds it is not furniture (worth 0.004 of F1).
    """
    first, last = blocks.first, blocks.last
    sums = list(accumulate(values, initial=0.0))
    pools: dict[Mark, list[int]] = {}
    for i, found in marked:
        for one in found:
            if one.family in families:
                pools.setdefault(one, []).append(i)
    keep = [True] * len(values)
    for one, members in pools.items():
        limit = _VOID[one.family] * sums[-1]
        members = [i for i in members if not limit or sums[last[i]] - sums[first[i]] < limit]
        held, end = 0.0, -1
        for i in members:
            if first[i] >= end:
                held, end = held + sums[last[i]] - sums[first[i]], last[i]
        if held < limit or not limit:
            for i in members:
                keep[first[i] : last[i]] = [False] * (last[i] - first[i])
    return keep


def _root(blocks: Blocks, marked: Marked, good: list[float]) -> int:
    """The element that holds the article: by its own word, else an article or main; then its child with all of it."""
    enough = _BODY * good[0]
    bodies = [i for i, found in marked if good[i] >= enough and any(one.family == "body" for one in found)]
    if bodies:
        root = max(bodies, key=lambda i: (good[i], -i))
    else:
        named = [i for i, tag in enumerate(blocks.tags) if tag in _CONTAINERS and good[i] >= enough]
        root = min(named, key=lambda i: (good[i], -i)) if named else 0
    at = root  # goes down through tables as well, to a cell that holds an article
    for i in range(root + 1, len(good)):
        if blocks.parents[i] != at:
            continue
        tag = blocks.tags[i]
        if tag == "td" and blocks.last[i] - blocks.first[i] >= _CELL_PARAGRAPHS and good[i] >= _CELL * good[root]:
            root = at = i
        elif tag in _TABLE and good[i] >= _CELL * good[root]:
            at = i
        elif good[i] >= _DESCEND * good[root] and tag not in _LEAVES:
            root = at = i
    return root


def _leads(blocks: Blocks, root: int, values: list[float]) -> list[int]:
    """Prose between the headline and the root: the standfirst of a page that sets it apart."""
    end = blocks.first[root]
    headlines = [j for j in range(max(0, end - _LEAD_REACH - 1), end) if blocks.tags[blocks.homes[j]] == "h1"]
    return [j for j in range(headlines[-1] + 1, end) if values[j] >= _LEAD_SIZE] if headlines else []


def find_content_root(blocks: Blocks, *, forum: bool = False) -> ContentRoot:
    """Prune a page and find its content root."""
    dense = density(blocks.texts)
    values = _worth(blocks, dense)
    whole = sum(values)
    marked = _marks(blocks, forum)
    keep = _prune(blocks, marked, values, _FIXED)
    left = [value if stays else 0.0 for value, stays in zip(values, keep, strict=True)]
    if any(keep):
        loose = [stays and kept for stays, kept in zip(keep, _prune(blocks, marked, left, _LOOSE), strict=True)]
        still = [value if stays else 0.0 for value, stays in zip(left, loose, strict=True)]
        if sum(still) >= min(_ENOUGH, 0.2 * whole) and any(loose):
            keep, left = loose, still
    else:
        keep, left = [True] * len(values), values
    if not any(left):
        return ContentRoot(keep, 0, [], whole, dense)
    sums = list(accumulate(left, initial=0.0))
    good = [sums[b] - sums[a] for a, b in zip(blocks.first, blocks.last, strict=True)]
    root = _root(blocks, marked, good)
    return ContentRoot(keep, root, _leads(blocks, root, left), whole, dense)
