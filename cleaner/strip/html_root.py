"""Where the article stands: prune what is marked as furniture, then find the content root."""

from __future__ import annotations

from itertools import accumulate

from cleaner.strip.html_marks import BODY, DISCUSSION, mark
from cleaner.strip.html_parse import Blocks

__all__ = ["content"]

_PROSE = frozenset(("p", "blockquote", "pre"))
_ITEM = frozenset(("li", "dd", "dt"))
_HEAD = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LEAF = frozenset(("p", "li", "ul", "ol", "dl", "table", "tbody", "tr", "blockquote"))


def worth(blocks: Blocks) -> list[float]:
    out = []
    tags = blocks.tags
    for text, link, home in zip(blocks.texts, blocks.links, blocks.homes):
        size = len(text) - link
        if size < 40 or link > 0.4 * len(text):
            out.append(0.0)
            continue
        tag = tags[home]
        out.append(0.0 if tag in _HEAD else size if tag in _PROSE else size * 0.5 if tag in _ITEM else size * 0.8)
    return out


def content(blocks: Blocks) -> tuple[list[bool], int]:
    """Which paragraphs are left, and the root element."""
    values = worth(blocks)
    first, last = blocks.first, blocks.last
    count = len(blocks.texts)
    sums = list(accumulate(values, initial=0.0))
    total = sums[-1]
    memo: dict[tuple[str, str], int] = {}
    marked = []
    for tag, attr in zip(blocks.tags, blocks.attrs):
        key = (tag, attr)
        found = memo.get(key)
        if found is None:
            found = memo[key] = mark(tag, attr)
        marked.append(found)
    keep = [True] * count
    for i, found in enumerate(marked):
        if found & ~BODY:
            a, b = first[i], last[i]
            if a < b:
                limit = 0.97 if found & DISCUSSION else 0.35
                if sums[b] - sums[a] < limit * total:
                    keep[a:b] = [False] * (b - a)
    kept = sum(v for v, k in zip(values, keep) if k)
    if kept < min(200, 0.2 * total):
        keep = [True] * count
    values = [v if k else 0.0 for v, k in zip(values, keep)]
    sums = list(accumulate(values, initial=0.0))
    total = sums[-1]
    good = [sums[b] - sums[a] for a, b in zip(first, last)]
    root = 0
    if total:
        bodies = [i for i, found in enumerate(marked) if found & BODY and good[i] >= 0.4 * total]
        if bodies:
            root = max(bodies, key=lambda i: (good[i], -i))
        else:
            mains = [i for i, tag in enumerate(blocks.tags) if tag in ("article", "main") and good[i] >= 0.4 * total]
            if mains:
                root = min(mains, key=lambda i: (good[i], -i))
        parents, tags = blocks.parents, blocks.tags
        for i in range(root + 1, len(tags)):
            if parents[i] == root and good[i] >= 0.8 * good[root] and tags[i] not in _LEAF:
                rest = good[root] - good[i]
                if rest <= 0.03 * good[root] or True:
                    root = i
    return keep, root
