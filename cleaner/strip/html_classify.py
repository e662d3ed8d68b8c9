"""jusText's classes inside the content root: each paragraph alone, then revised by its neighbours."""

from __future__ import annotations

from cleaner.strip.html_parse import Blocks

__all__ = ["choose"]

_HEAD = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ITEM = frozenset(("li", "dd", "dt"))
_BAD, _HEADING, _SHORT, _NEAR, _GOOD = range(5)


def _class(text: str, link: int, tag: str) -> int:
    size = len(text)
    share = link / size
    heading = tag in _HEAD
    if share > 0.6 and not heading:
        return _BAD if size < 400 else _NEAR
    if share > 0.5 and (size < 200 or tag in _ITEM) and not heading:
        return _BAD
    if heading:
        return _HEADING
    return _SHORT if size < 40 else _NEAR if size < 100 else _GOOD


def choose(blocks: Blocks, keep: list[bool], root: int) -> list[int]:
    """Indices of the paragraphs that are the article."""
    if not blocks.texts:
        return []
    a, b = blocks.first[root], blocks.last[root]
    rows = [
        (j, _class(blocks.texts[j], blocks.links[j], blocks.tags[blocks.homes[j]])) for j in range(a, b) if keep[j]
    ]
    prose = [i for i, (_, kind) in enumerate(rows) if kind >= _NEAR]
    if not prose:
        return [j for j, kind in rows if kind != _BAD]
    start, end = prose[0], prose[-1]
    out = []
    for i, (j, kind) in enumerate(rows):
        if kind == _BAD:
            continue
        if kind >= _NEAR or start < i < end:
            if kind == _HEADING and blocks.tags[blocks.homes[j]] == "h1":
                continue
            out.append(j)
        elif kind == _SHORT and i > end and i - end < 4 and blocks.tags[blocks.homes[j]] == "p":
            out.append(j)
    return out
