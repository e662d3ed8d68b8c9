"""jusText's classes inside the content root: each paragraph alone, then revised by its neighbours.

No anchor and no stop list is needed: inside the root, links are the only sign of boilerplate, and what is short lives
or goes by what stands around it. The classes and their revision are the idea of jusText (Pomikálek 2011); the limits
are looser, because those of jusText are for whole pages.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import compress

from cleaner.extract.blocks import Blocks
from cleaner.extract.content_root import HEADINGS, ITEMS, ContentRoot

__all__ = ["choose", "lines"]

_LINKED = 0.5
_OWN = 15  # characters beside its links that make a paragraph a sentence; "Baca juga: " and "Read also: " have fewer
_TWICE = 100  # a longer text that comes again is the same text for another screen, or a quote from it
_FLOWING = frozenset(("p", "blockquote")) | ITEMS
_TAIL_REACH = 4  # short paragraphs this near behind the last prose still belong to it
_LISTING = 0.3  # of the text that is not pruned: a page with less prose is a list, and its links are the content
_CELLS = frozenset(("td", "th"))


class Kind(IntEnum):
    """jusText's classes; from NEAR upwards a paragraph stands by itself."""

    BAD, HEADING, SHORT, NEAR, GOOD = range(5)


def _kind(text: str, linked: int, tag: str, dense: float) -> Kind:
    size = len(text) * dense
    if tag in HEADINGS:
        return Kind.HEADING
    if linked > _LINKED * len(text):
        if tag in _FLOWING and size - linked * dense < _OWN:
            return Kind.BAD
        if tag not in _FLOWING:
            return Kind.BAD if size < 400 or linked > 0.9 * len(text) else Kind.NEAR
    return Kind.SHORT if size < 40 else Kind.NEAR if size < 100 else Kind.GOOD


def _revised(blocks: Blocks, rows: list[tuple[int, Kind]]) -> list[int]:
    """The paragraphs that stay: prose, and what is short between the first prose and the last."""
    prose = [at for at, (_, kind) in enumerate(rows) if kind >= Kind.NEAR]
    if not prose:
        return [j for j, kind in rows if kind != Kind.BAD]
    start, end = prose[0], prose[-1]
    chosen = []
    for at, (j, kind) in enumerate(rows):
        tag = blocks.tags[blocks.homes[j]]
        if kind >= Kind.NEAR:
            chosen.append(j)
        elif kind == Kind.HEADING:
            if start - 1 <= at < end and tag != "h1":  # one right before the first prose is its heading
                chosen.append(j)
        elif kind == Kind.SHORT and (start < at < end or (tag == "p" and end < at < end + _TAIL_REACH)):
            chosen.append(j)
    return chosen


def choose(blocks: Blocks, place: ContentRoot) -> tuple[list[int], bool]:
    """The numbers of the article's paragraphs in order, and whether the page is a list rather than prose."""
    if not blocks.texts:
        return [], False
    texts, tags, homes = blocks.texts, blocks.tags, blocks.homes
    inside = [j for j in range(blocks.first[place.root], blocks.last[place.root]) if place.keep[j]]
    rows = [(j, _kind(texts[j], blocks.links[j], tags[homes[j]], place.dense)) for j in inside]
    chosen = _once(blocks, place.leads + _revised(blocks, rows))
    everything = list(compress(range(len(texts)), place.keep))
    taken, there = (sum([len(texts[j]) for j in some]) for some in (chosen, everything))
    if taken and taken >= _LISTING * there:
        return chosen, False
    wide = _wide(blocks, place.keep, everything, there)
    return (wide, True) if not taken or taken < _LISTING * sum(len(texts[j]) for j in wide) else (chosen, False)


def _once(blocks: Blocks, chosen: list[int]) -> list[int]:
    """`chosen` without the long paragraphs that were chosen before from another part of the page."""
    first: dict[str, int] = {}
    kept = []
    for j in chosen:
        part = blocks.parents[blocks.homes[j]]
        if len(blocks.texts[j]) < _TWICE or first.setdefault(blocks.texts[j], part) == part:
            kept.append(j)
    return kept


def _wide(blocks: Blocks, keep: list[bool], everything: list[int], size: int) -> list[int]:
    """Everything not pruned in the main element, if that holds half of what is not pruned, else on the page."""
    mains = [i for i, tag in enumerate(blocks.tags) if tag == "main" or 'role="main"' in blocks.attrs[i]]
    best = max(([j for j in range(blocks.first[i], blocks.last[i]) if keep[j]] for i in mains[:8]), key=len, default=[])
    return best if sum(len(blocks.texts[j]) for j in best) >= 0.5 * size and best else everything


def lines(blocks: Blocks, chosen: list[int]) -> list[str]:
    """The chosen paragraphs as lines; the cells of a table row stand on one line, with bars between them."""
    rows: list[str] = []
    before = (-1, -1)
    for j in chosen:
        home = blocks.homes[j]
        cell = (blocks.parents[home], home) if blocks.tags[home] in _CELLS else (-1, -1)
        if cell[0] >= 0 and cell[0] == before[0] and cell[1] != before[1]:
            rows[-1] += " | " + blocks.texts[j]
        else:
            rows.append(blocks.texts[j])
        before = cell
    return rows
