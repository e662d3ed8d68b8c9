"""Compute the features by which the judge tells the article's paragraphs from the rest of a page.

A feature is an array with one number for each paragraph, computed for the whole page at once: what a paragraph is by
itself, where it stands among the elements, what else on the page stands in elements like its own, and what its
neighbours are. No feature names a language. Their names stand in paragraph_trees.json, so a change of one needs a new
fit by benchmarks/fit_paragraphs.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from cleaner.characters import CLOSERS, STOPS
from cleaner.extract.blocks import HEADINGS, Blocks
from cleaner.extract.content_root import CONTAINERS, ITEMS, ContentRoot
from cleaner.extract.page_facts import DECLARED, PageFacts
from cleaner.judge.character_counts import Numbers, count_classes, share

__all__ = ["Features", "paragraph_features"]

Features = dict[str, Numbers]
"""Name of a feature -> an array with a number for each paragraph."""

_FAMILIES = ("boilerplate", "hidden", "navigation", "discussion", "body")
_TAG_GROUPS = (
    "p", "blockquote pre", "li dd dt", "td th", "div", "section article main", "span label a button option",
    "h1", "h2", "h3", "h4 h5 h6", "figcaption caption", "address header footer aside nav", "body html center",
)  # fmt: skip
_GROUP_OF = {tag: number for number, tags in enumerate(_TAG_GROUPS) for tag in tags.split()}
_CLASSES = ("letter", "capital", "digit", "space", "comma", "bar", "stop", "symbol")
_SEEN = 600  # characters of a paragraph whose classes are counted; more would say the same
_ANCESTORS = 4  # elements around a paragraph that are looked at, each with more paragraphs than the one before
_WINDOWS = ((-6, 0), (1, 7), (-20, 0), (1, 21))  # paragraphs before (negative) and after, the second not included
_NEIGHBOURS = (-2, -1, 1, 2)
_BESIDE = ("in root", "kept", "links", "path weight", "class weight", "title shared")  # asked of the neighbours too
_IN_WINDOWS = ("weight", "links", "sentence", "heading", "kept")
_PROSE, _BIG = 60, 100  # text weights from which a paragraph counts as prose, for the distance to it
_MOST_WEIGHT = 400  # of one paragraph in a window
_FAR = 999  # paragraphs; the distance to what the page does not have
_LONGEST_HEADLINE = 200  # characters; longer paragraphs are not compared with the title
_LONG_WORD = 4  # characters of words that are


class _Elements(NamedTuple):
    """For each element the number of its path of tags, its depth, and the element around it with more paragraphs."""

    homes: Numbers
    depth: Numbers
    path: Numbers
    wider: Numbers
    first: Numbers
    last: Numbers


def paragraph_features(blocks: Blocks, content: ContentRoot, facts: PageFacts) -> Features:
    """Return the features of the paragraphs of a page, which must have one at least."""
    first, last, parents = blocks.first, blocks.last, blocks.parents
    depth, path, wider = [0], [0], [-1]
    numbers: dict[tuple[int, str], int] = {}
    for parent, tag, start, end in islice(zip(parents, blocks.tags, first, last, strict=True), 1, None):
        depth.append(depth[parent] + 1)
        path.append(numbers.setdefault((path[parent], tag), len(numbers) + 1))
        wider.append(wider[parent] if start == first[parent] and end == last[parent] else parent)
    elements = _Elements(*map(np.array, (blocks.homes, depth, path, wider, first, last)))
    features = _own_features(blocks, content)
    features |= _character_features(blocks.texts)
    features |= _title_features(blocks.texts, facts.title)
    features |= _mark_features(blocks, content)
    features |= _place_features(blocks, content, features)
    features |= _likeness_features(blocks, elements, features)
    features |= _ancestor_features(elements, features)
    features |= _neighbour_features(elements, features)
    of_page = {
        **{f"declared {n}": said for n, said in zip(DECLARED, facts.declared, strict=True)},
        "forum": facts.is_forum,
    }
    return features | {name: np.full(len(blocks.texts), float(value)) for name, value in of_page.items()}


# a paragraph by itself


def _own_features(blocks: Blocks, content: ContentRoot) -> Features:
    """Return the sizes of paragraphs in Latin characters, their share of links, and the kind of their element."""
    length = np.fromiter(map(len, blocks.texts), float, len(blocks.texts))
    links = np.minimum(1.0, np.array(blocks.link_chars) / length)
    size = length * content.density
    tags = [blocks.tags[home] for home in blocks.homes]
    return {
        "size": size,
        "links": links,
        "beside links": size * (1 - links),
        "weight": np.array(content.weights),
        "tag": np.array([_GROUP_OF.get(tag, -1) for tag in tags], float),
        "heading": np.array([tag in HEADINGS for tag in tags], float),
        "item": np.array([tag in ITEMS for tag in tags], float),
        "sentence": np.array([text.rstrip(CLOSERS)[-1:] in _STOPS for text in blocks.texts], float),
    }


_STOPS = frozenset(STOPS)


def _character_features(texts: Sequence[str]) -> Features:
    """Return the shares of classes of characters in the beginning of each paragraph."""
    counts = count_classes([text[:_SEEN] for text in texts], _CLASSES)
    visible = counts["seen"] - counts["space"]
    words = counts["space"] + 1
    return {
        "letters": share(counts["letter"], visible),
        "digits": share(counts["digit"], visible),
        "symbols": share(counts["symbol"], visible),
        "commas": counts["comma"],
        "bars": counts["bar"],
        "stops": counts["stop"],
        "capitals": share(counts["capital"], visible),
        "capitals in a word": share(counts["capital"], words),
        "word length": share(visible, words),
    }


def _title_features(texts: Sequence[str], title: str) -> Features:
    """Return how many of the title's long words a short paragraph has, how many of its own they are, and whether it is
    a part of the title, as in scripts without spaces."""
    title = title.casefold()
    words = frozenset(word for word in title.split() if len(word) >= _LONG_WORD)
    found = np.zeros((3, len(texts)))
    for j, text in enumerate(texts):
        size = len(text)
        if size >= _LONGEST_HEADLINE or size < _LONG_WORD or not words:
            continue
        text = text.casefold()
        own = text.split()
        if not words.isdisjoint(own):
            common = len(words.intersection(own))
            found[:, j] = common / len(words), common / len({word for word in own if len(word) >= _LONG_WORD}), 0
        found[2, j] = text in title
    return dict(zip(("title shared", "title covered", "in title"), found, strict=True))


def _mark_features(blocks: Blocks, content: ContentRoot) -> Features:
    """Return in how many elements with marks of each family a paragraph stands, and in how many containers."""
    n = len(blocks.texts)
    edges = {family: np.zeros(n + 1) for family in (*_FAMILIES, "containers")}
    marked = [(i, mark.family) for i, found in content.marked for mark in found]
    marked += [(i, "containers") for i, tag in enumerate(blocks.tags) if tag in CONTAINERS]
    for i, family in marked:
        edges[family][blocks.first[i]] += 1
        edges[family][blocks.last[i]] -= 1
    return {f"marked {family}": np.cumsum(edge)[:n] for family, edge in edges.items()}


# a paragraph on its page


def _place_features(blocks: Blocks, content: ContentRoot, own: Features) -> Features:
    """Return where a paragraph stands: on the page, in the content root, beside headlines and prose."""
    n = len(blocks.texts)
    at = np.arange(n, dtype=float)
    weight, kept = own["weight"], np.array(content.kept, float)
    total = weight.sum() + 1
    start, end = blocks.first[content.root], blocks.last[content.root]
    inside = ((at >= start) & (at < end)).astype(float)
    headlines = [j for j, home in enumerate(blocks.homes) if blocks.tags[home] == "h1"]
    good = np.flatnonzero((weight >= _PROSE) & (kept > 0) & (inside > 0))
    first_good, last_good = (good[0], good[-1]) if len(good) else (0, n - 1)
    big = np.r_[-_FAR, np.flatnonzero(weight >= _BIG), n + _FAR]
    behind = np.searchsorted(big, at)  # the first big one that is not before the paragraph
    above = (np.cumsum(weight) - weight) / total
    of_page = {
        "paragraphs": n,
        "page weight": np.log(total),
        "page prose": total / max(1, own["size"].sum()),
        "page kept": (weight * kept).sum() / total,
        "page root": (weight * kept * inside).sum() / total,
        "headlines": len(headlines),
        "root size": end - start,
        "density": content.density,
    }
    return {
        "kept": kept,
        "in root": inside,
        "in root at": (at - start) / max(1, end - start),
        "from the top": at,
        "place": at / n,
        "from headline": at - headlines[0] if headlines else np.full(n, -_FAR),
        "from last headline": at - headlines[-1] if headlines else np.full(n, -_FAR),
        "from first good": at - first_good,
        "to last good": last_good - at,
        "to big": np.minimum(_FAR, big[behind] - at),
        "from big": np.minimum(_FAR, at - big[np.maximum(0, behind - 1)]),
        "weight above": above,
        "weight below": np.maximum(0, 1 - above - weight / total),
        **{name: np.full(n, float(value)) for name, value in of_page.items()},
    }


def _likeness_features(blocks: Blocks, elements: _Elements, own: Features) -> Features:
    """Return what else stands in elements with the same path, the same attributes, parent's attributes, or parent."""
    homes, attrs, tags, parents = blocks.homes, blocks.attrs, blocks.tags, blocks.parents
    around = [max(0, parents[home]) for home in homes]
    keys: dict[str, Sequence[Any]] = {
        "class": [(tags[h], attrs[h]) for h in homes],
        "class around": [(tags[h], tags[p], attrs[p]) for h, p in zip(homes, around, strict=True)],
        "box": [(tags[h], p) for h, p in zip(homes, around, strict=True)],
        "text": blocks.texts,
    }
    numbered = {name: _numbered(values) for name, values in keys.items()}
    same = numbered.pop("text")
    features = {
        "depth": elements.depth[elements.homes].astype(float),
        "again": np.bincount(same)[same].astype(float),
    }
    weight, size = own["weight"], own["size"]
    total = weight.sum() + 1
    for name, key in {"path": elements.path[elements.homes], **numbered}.items():
        held, sizes = np.bincount(key, weight), np.maximum(1, np.bincount(key, size))
        linked = np.bincount(key, size * own["links"])
        columns = {"weight": held / total, "count": np.bincount(key), "links": linked / sizes, "prose": held / sizes}
        features |= {f"{name} {column}": values[key] for column, values in columns.items()}
    return features


def _numbered(values: Sequence[Any]) -> Numbers:
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values])


def _ancestor_features(elements: _Elements, own: Features) -> Features:
    """Return what the elements around a paragraph hold, each with more paragraphs than the one before."""
    weight, size = own["weight"], own["size"]
    total = weight.sum() + 1
    columns = np.stack([weight, size, size * own["links"], own["item"]])
    sums = np.zeros((len(columns), columns.shape[1] + 1))
    np.cumsum(columns, axis=1, out=sums[:, 1:])
    at = elements.homes
    at = np.where(elements.last[at] - elements.first[at] > 1, at, elements.wider[at])
    features: Features = {}
    for level in range(_ANCESTORS):
        beyond = at < 0
        start, end = elements.first[at], elements.last[at]
        held, sizes, linked, items = sums[:, end] - sums[:, start]
        count, least = np.maximum(1, end - start), np.maximum(1, sizes)
        around = {"weight": held / total, "links": linked / least, "prose": held / least, "items": items / count}
        around |= {"paragraphs": count, "size": sizes}
        features |= {f"around {level} {name}": np.where(beyond, 0, values) for name, values in around.items()}
        at = np.where(beyond, at, elements.wider[at])
    return features


def _neighbour_features(elements: _Elements, own: Features) -> Features:
    """Return some of the features of the paragraphs beside each, and means over windows of them; beyond the page -1."""
    n = len(own["size"])
    reach = max(_NEIGHBOURS)
    padded = np.full((len(_BESIDE), n + 2 * reach), -1.0)
    padded[:, reach : reach + n] = [own[name] for name in _BESIDE]
    features: Features = {}
    for step in _NEIGHBOURS:
        rows = padded[:, reach + step : reach + step + n]
        features |= {f"{name} {step:+}": row for name, row in zip(_BESIDE, rows, strict=True)}
    sums = np.zeros((len(_IN_WINDOWS), n + 1))
    np.cumsum([np.minimum(_MOST_WEIGHT, own[name]) for name in _IN_WINDOWS], axis=1, out=sums[:, 1:])
    at = np.arange(n)
    for a, b in _WINDOWS:
        low, high = np.minimum(n, np.maximum(0, at + a)), np.minimum(n, np.maximum(0, at + b))
        means = (sums[:, high] - sums[:, low]) / (b - a)
        features |= {f"{name} {a}..{b}": row for name, row in zip(_IN_WINDOWS, means, strict=True)}
    return features
