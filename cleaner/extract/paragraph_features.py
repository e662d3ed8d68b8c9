"""Compute the features by which the judge tells the article's paragraphs from the rest of a page.

A feature is an array with one number for each paragraph, computed for the whole page at once: what a paragraph is by
itself, where it stands among the elements, what else on the page stands in elements like its own, and what its
neighbours are. No feature names a language. Their names stand in paragraph_trees.json, so a change of one needs a new
fit by benchmarks/fit_paragraphs.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from cleaner.characters import CLOSERS, STOPS
from cleaner.extract.blocks import Blocks
from cleaner.extract.content_root import CONTAINERS, ContentRoot
from cleaner.extract.left_out import kinds_of_marks
from cleaner.extract.page_facts import DECLARED, PageFacts
from cleaner.judge.character_counts import CLASSES, Numbers, class_bits

__all__ = ["Features", "paragraph_features"]

Features = dict[str, Numbers]
"""Name of a feature -> an array with a number for each paragraph."""

_FAMILIES = ("boilerplate", "hidden", "navigation", "discussion", "body")
_TAG_GROUPS = (
    "p", "blockquote pre", "li dd dt", "td th", "div", "section article main", "span label a button option",
    "h1", "h2", "h3", "h4 h5 h6", "figcaption caption", "address header footer aside nav", "body html center",
)  # fmt: skip
_GROUP_OF = {tag: number for number, tags in enumerate(_TAG_GROUPS) for tag in tags.split()}
_ITEM, _HEADLINE, _LAST_HEADING = _GROUP_OF["li"], _GROUP_OF["h1"], _GROUP_OF["h6"]
_CLASSES = ("letter", "capital", "digit", "space", "comma", "bar", "stop", "symbol")
_BITS, _SEEN = 8, 240  # bits of a count, and the characters of a paragraph that are counted, which they can hold
_ANCESTORS = 4  # elements around a paragraph that are looked at, each with more paragraphs than the one before
_WINDOWS = ((-6, 0), (1, 7), (-20, 0), (1, 21))  # paragraphs before (negative) and after, the second not included
_WINDOW_ENDS: Numbers = np.array(_WINDOWS).T[:, :, None]
_NEIGHBOURS = (-2, -1, 1, 2)
_BESIDE = ("in root", "kept", "links", "path weight", "class weight", "title shared")  # asked of the neighbours too
_IN_WINDOWS = ("weight", "links", "sentence", "heading", "kept")
_PROSE, _BIG = 60, 100  # text weights from which a paragraph counts as prose, for the distance to it
_MOST_WEIGHT = 400  # of one paragraph in a window
_FAR = 999  # paragraphs; the distance to what the page does not have
_LONGEST_HEADLINE = 200  # characters; longer paragraphs are not compared with the title
_LONG_WORD = 4  # characters of words that are
_HEAD_SEEN = 400  # characters of a longer paragraph that are compared with the page's description
_SHORTEST_DESCRIBED, _FEWEST_COMMON = 25, 3  # characters of a paragraph, and words of it, that a description may share
_SAME_BEGINNING = 60  # characters with which a paragraph begins as a description does
_LINKED = 0.5  # share of links of what may be the headline
_HALF_TITLE, _NEARLY = 0.5, 0.8  # shares of the title that the headline has; the second of the largest on the page
_MANY_TAGS = 64  # more than there are numbers of tags in a key
_ALIKE = ("path", "class", "class around", "box")  # what elements may have in common

_DECLARED = tuple(f"declared {name}" for name in DECLARED)
_ANNOUNCED = ("title shared", "title covered", "in title", "description shared", "in description", "from title")
_MARKED = {family: number for number, family in enumerate(_FAMILIES)}
_MARK_NAMES = tuple(f"marked {name}" for name in (*_FAMILIES, "caption", "containers"))
_ALIKE_NAMES = tuple(f"{name} {column}" for name in _ALIKE for column in ("weight", "count", "links", "prose"))
_AROUND_NAMES = tuple(
    f"around {level} {name}"
    for name in ("weight", "links", "prose", "items", "paragraphs", "size")
    for level in range(_ANCESTORS)
)
_BESIDE_NAMES = (
    *(f"{name} {step:+}" for step in _NEIGHBOURS for name in _BESIDE),
    *(f"{name} {a}..{b}" for name in _IN_WINDOWS for a, b in _WINDOWS),
)


class _Elements(NamedTuple):
    """The elements of a page as arrays. For each element: its first paragraph, the end of them, the nearest element
    around it that holds more paragraphs, -1 for none, and the number of its kind. For each paragraph: its element, the
    one around that, and the number and the depth of the path of tags that leads to it."""

    first: Numbers
    last: Numbers
    wider: Numbers
    kinds: Numbers
    homes: Numbers
    around: Numbers
    path: Numbers
    depth: Numbers


def paragraph_features(blocks: Blocks, content: ContentRoot, facts: PageFacts) -> Features:
    """Return the features of the paragraphs of a page, which must have one at least."""
    elements = _read_elements(blocks)
    features = _own_features(blocks, content)
    features |= _character_features(blocks.texts)
    features |= _announced_features(blocks.texts, facts, features["links"])
    features |= _mark_features(blocks, content)
    features |= _place_features(blocks, content, features)
    features |= _likeness_features(blocks, elements, features)
    features |= _ancestor_features(elements, features)
    features |= _neighbour_features(features)
    features |= _page_features(blocks, content, facts, features)
    return features


def _rows(arrays: Sequence[Numbers]) -> Numbers:
    """Return arrays as the rows of one; np.stack takes four times as long."""
    return np.concatenate(arrays).reshape(len(arrays), -1)


def _read_elements(blocks: Blocks) -> _Elements:
    parents, tags, n = blocks.parents, blocks.tags, len(blocks.tags)
    path, depth, below = [0] * n, [0], [dict[str, int]()]  # the number of each path, and of those that go on from it
    for i in blocks.holding[1:]:
        before = path[parents[i]]
        number = below[before].get(tags[i])
        if number is None:
            number = below[before][tags[i]] = len(below)
            below.append({})
            depth.append(depth[before] + 1)
        path[i] = number
    lists = (blocks.first, blocks.last, parents, blocks.kinds, path)
    first, last, up, kinds, paths = np.fromiter(chain.from_iterable(lists), np.int64, len(lists) * n).reshape(-1, n)
    homes = np.fromiter(blocks.homes, np.int64, len(blocks.homes))
    # of elements that hold the same paragraphs, the outermost: the way there doubles with each step
    outer = np.where((first == first[up]) & (last == last[up]), up, np.arange(n))
    outer[0] = 0
    while ((further := outer.take(outer)) != outer).any():
        outer = further
    of_homes = paths.take(homes)
    return _Elements(
        first,
        last,
        up.take(outer),
        kinds,
        homes,
        np.maximum(0, up.take(homes)),
        of_homes,
        np.array(depth).take(of_homes),
    )


# a paragraph by itself


def _own_features(blocks: Blocks, content: ContentRoot) -> Features:
    """Return the sizes of paragraphs in Latin characters, their share of links, and the kind of their element."""
    n, tags = len(blocks.texts), blocks.tags
    length = np.fromiter(map(len, blocks.texts), float, n)
    links = np.minimum(1.0, np.fromiter(blocks.link_chars, float, n) / length)
    size = length * content.density
    group = np.fromiter([_GROUP_OF.get(tags[home], -1) for home in blocks.homes], float, n)
    return {
        "size": size,
        "links": links,
        "beside links": size * (1 - links),
        "weight": np.fromiter(content.weights, float, n),
        "tag": group,
        "heading": ((group >= _HEADLINE) & (group <= _LAST_HEADING)).astype(float),
        "item": (group == _ITEM).astype(float),
        "sentence": np.fromiter(
            [(text.rstrip(CLOSERS)[-1:] if text[-1] in _CLOSERS else text[-1]) in _STOPS for text in blocks.texts],
            float,
            n,
        ),
        "copies": np.fromiter(map(Counter(blocks.texts).__getitem__, blocks.texts), float, n),
    }


_STOPS, _CLOSERS = frozenset(STOPS), frozenset(CLOSERS)


@cache
def _packed_classes() -> Numbers:
    """Return for every character below 2 to the 16 a number with a byte for each of _CLASSES that it belongs to."""
    bits = np.arange(1 << len(CLASSES), dtype=np.uint64)  # all sets of classes that a character may belong to
    packed = np.zeros_like(bits)
    for i, name in enumerate(_CLASSES):
        packed |= (bits >> np.uint64(CLASSES.index(name)) & np.uint64(1)) << np.uint64(_BITS * i)
    return packed.take(class_bits())


def _character_features(texts: Sequence[str]) -> Features:
    """Return the shares of classes of characters in the beginning of each paragraph."""
    seen = [text[:_SEEN] for text in texts]
    codes = np.frombuffer("".join(seen).encode("utf-32-le", "surrogatepass"), np.uint32)
    length = np.fromiter(map(len, seen), np.int64, len(seen))
    # One sum counts all classes; emoji and rare ideographs count as one character of no class.
    packed = np.add.reduceat(_packed_classes().take(np.minimum(codes, (1 << 16) - 1)), np.cumsum(length) - length)
    counts = packed.astype("<u8").view(np.uint8).reshape(-1, len(_CLASSES)).T.astype(float)
    letter, capital, digit, space, comma, bar, stop, symbol = counts
    visible, words = np.maximum(1, length - space), space + 1
    letters, digits, symbols, capitals = letter / visible, digit / visible, symbol / visible, capital / visible
    return {
        "letters": letters,
        "digits": digits,
        "symbols": symbols,
        "commas": comma,
        "bars": bar,
        "stops": stop,
        "capitals": capitals,
        "capitals in a word": capital / words,
        "word length": (length - space) / words,
    }


def _announced_features(texts: Sequence[str], facts: PageFacts, links: Numbers) -> Features:
    """Return what a paragraph has of the page's title and description.

    Of the title: how many of its long words a short paragraph has, how many of its own they are, and whether it is a
    part of the title, as in scripts without spaces; and how far a paragraph stands behind the first that has most of
    the title and is no link. Of the description, which is the beginning of the article, or the standfirst between
    headline and text: how many of a paragraph's long words it has, and whether one begins as the other.
    """
    title, descriptions = facts.title.casefold(), [said.casefold().strip() for said in facts.descriptions]
    titled, described = _long_words(title.split()), _long_words(chain.from_iterable(map(str.split, descriptions)))
    beginnings = tuple(said[:_SAME_BEGINNING] for said in descriptions if len(said) >= _SHORTEST_DESCRIBED)
    joined = "\0".join(descriptions)  # no paragraph holds this character
    told = titled | described
    found = np.zeros((5, len(texts)))
    for j, text in enumerate(texts) if told or beginnings else ():
        size = len(text)
        if size < _LONG_WORD:
            continue
        text = text[:_HEAD_SEEN].casefold()
        if not told.isdisjoint(own := text.split()):  # one look for both, because most paragraphs have nothing of them
            if size < _LONGEST_HEADLINE and (common := len(titled.intersection(own))):
                own_long = len({word for word in own if len(word) >= _LONG_WORD})
                found[0, j], found[1, j] = common / len(titled), common / own_long
            if size >= _SHORTEST_DESCRIBED and (common := len(described.intersection(own))) >= _FEWEST_COMMON:
                found[3, j] = common / len({word for word in own if len(word) >= _LONG_WORD})
        if size < _LONGEST_HEADLINE and titled and text in title:
            found[2, j] = 1
        if size >= _SHORTEST_DESCRIBED and (described or beginnings):
            end = text.rstrip("… .")
            if text.startswith(beginnings) or (end and end in joined):
                found[4, j] = 1
    shared, n = found[0], len(texts)
    headlines = np.flatnonzero((shared >= max(_HALF_TITLE, _NEARLY * shared.max())) & (links < _LINKED))
    behind = np.arange(n, dtype=float) - headlines[0] if len(headlines) else np.full(n, -_FAR, float)
    return dict(zip(_ANNOUNCED, (*found, behind), strict=True))


def _long_words(words: Iterable[str]) -> frozenset[str]:
    return frozenset([word for word in words if len(word) >= _LONG_WORD])


def _mark_features(blocks: Blocks, content: ContentRoot) -> Features:
    """Return in how many elements with marks of each family a paragraph stands, in how many captions and containers."""
    n, first, last = len(blocks.texts), blocks.first, blocks.last
    # The places of all of them in one row of numbers, where each takes one more than there are paragraphs.
    kind_of, (captions, containers) = kinds_of_marks().get, range(len(_MARKED), len(_MARK_NAMES))
    elements = blocks.elements(*CONTAINERS)
    rows = [containers] * len(elements)
    for i, found in content.marked:
        for family, name in found:
            rows.append(_MARKED[family])
            elements.append(i)
            if kind_of(name) == "caption":
                rows.append(captions)
                elements.append(i)
    places = np.array((rows, [first[i] for i in elements], [last[i] for i in elements]), np.int64)
    starts, ends = places[0] * (n + 1) + places[1:]
    size = len(_MARK_NAMES) * (n + 1)
    edges = np.bincount(starts, minlength=size) - np.bincount(ends, minlength=size)
    inside = edges.reshape(-1, n + 1).cumsum(1)[:, :n].astype(float)
    return dict(zip(_MARK_NAMES, inside, strict=True))


# a paragraph on its page


def _place_features(blocks: Blocks, content: ContentRoot, own: Features) -> Features:
    """Return where a paragraph stands: on the page, in the content root, beside headlines and prose."""
    n = len(blocks.texts)
    at = np.arange(n, dtype=float)
    weight, kept = own["weight"], np.fromiter(content.kept, float, n)
    total = weight.sum() + 1
    start, end = blocks.first[content.root], blocks.last[content.root]
    inside = np.zeros(n)
    inside[start:end] = 1
    beside = np.zeros(n)
    beside[content.leads + content.closing] = 1
    headlines = np.flatnonzero(own["tag"] == _HEADLINE)
    first_headline, last_headline = (headlines[0], headlines[-1]) if len(headlines) else (None, None)
    good = np.flatnonzero((weight >= _PROSE) & (kept > 0) & (inside > 0))
    first_good, last_good = (good[0], good[-1]) if len(good) else (0, n - 1)
    big = np.concatenate(([-_FAR], np.flatnonzero(weight >= _BIG), [n + _FAR]))
    behind = np.searchsorted(big, at)  # the first big one that is not before the paragraph
    above = (np.cumsum(weight) - weight) / total
    return {
        "kept": kept,
        "in root": inside,
        "beside root": beside,
        "in root at": (at - start) / max(1, end - start),
        "from the top": at,
        "place": at / n,
        "from headline": at - first_headline if first_headline is not None else np.full(n, -_FAR),
        "from last headline": at - last_headline if last_headline is not None else np.full(n, -_FAR),
        "from first good": at - first_good,
        "to last good": last_good - at,
        "to big": np.minimum(_FAR, big[behind] - at),
        "from big": np.minimum(_FAR, at - big[np.maximum(0, behind - 1)]),
        "weight above": above,
        "weight below": np.maximum(0, 1 - above - weight / total),
    }


def _page_features(blocks: Blocks, content: ContentRoot, facts: PageFacts, own: Features) -> Features:
    """Return what is the same for all paragraphs of a page."""
    weight, n, start, end = own["weight"], len(blocks.texts), blocks.first[content.root], blocks.last[content.root]
    total, good_weight = weight.sum() + 1, weight * own["kept"]
    of_page = {
        "paragraphs": n,
        "page weight": np.log(total),
        "page prose": total / max(1, own["size"].sum()),
        "page kept": good_weight.sum() / total,
        "page root": good_weight[start:end].sum() / total,
        "headlines": np.count_nonzero(own["tag"] == _HEADLINE),
        "tables": blocks.tags.count("table"),
        "root size": end - start,
        "density": content.density,
        **dict(zip(_DECLARED, facts.declared, strict=True)),
        "forum": facts.is_forum,
    }
    columns = np.fromiter(of_page.values(), float, len(of_page)).repeat(n).reshape(-1, n)
    return dict(zip(of_page, columns, strict=True))


def _likeness_features(blocks: Blocks, elements: _Elements, own: Features) -> Features:
    """Return what else stands in elements with the same path, the same attributes, parent's attributes, or parent."""
    n, kinds, around = len(blocks.texts), elements.kinds, elements.around
    numbers: dict[str, int] = {}
    tag = np.array([numbers.setdefault(blocks.tags[i], len(numbers)) for i in blocks.homes])
    some = len(kinds)  # more than there are paths, or kinds
    both = np.concatenate((kinds[around] * _MANY_TAGS + tag, (some + around) * _MANY_TAGS + tag))
    # One row of numbers for all four, so that each sum is one call.
    keys = (elements.path, some + kinds[elements.homes], 2 * some + np.unique(both, return_inverse=True)[1])
    key = np.concatenate(keys)
    weight, size = own["weight"], own["size"]
    count = np.bincount(key)
    parts = (weight, size, size * own["links"])
    held, sizes, linked = (np.bincount(key, np.concatenate((part,) * len(_ALIKE))) for part in parts)
    sizes = np.maximum(1, sizes)
    columns = _rows((held / (weight.sum() + 1), count, linked / sizes, held / sizes)).take(key, 1)
    return {
        "depth": elements.depth.astype(float),
        **dict(zip(_ALIKE_NAMES, columns.reshape(4, -1, n).swapaxes(0, 1).reshape(-1, n), strict=True)),
    }


def _ancestor_features(elements: _Elements, own: Features) -> Features:
    """Return what the elements around a paragraph hold, each with more paragraphs than the one before."""
    weight, size = own["weight"], own["size"]
    total = weight.sum() + 1
    columns = _rows((weight, size, size * own["links"], own["item"]))
    sums = np.zeros((len(columns), columns.shape[1] + 1))
    columns.cumsum(1, out=sums[:, 1:])
    wider, at = elements.wider, elements.homes
    found = np.empty((_ANCESTORS, len(at)), np.int64)
    found[0] = np.where(elements.last[at] - elements.first[at] > 1, at, wider[at])
    for level in range(1, _ANCESTORS):
        found[level] = np.where(found[level - 1] < 0, -1, wider[found[level - 1]])
    start, end = elements.first[found], elements.last[found]
    held, sizes, linked, items = sums.take(end, 1) - sums.take(start, 1)
    count, least = np.maximum(1, end - start), np.maximum(1, sizes)
    values = np.concatenate((held / total, linked / least, held / least, items / count, count, sizes))
    values.reshape(-1, *found.shape)[:, found < 0] = 0
    return dict(zip(_AROUND_NAMES, values, strict=True))


def _neighbour_features(own: Features) -> Features:
    """Return some of the features of the paragraphs beside each, and means over windows of them; beyond the page -1."""
    n = len(own["size"])
    reach = max(_NEIGHBOURS)
    padded = np.full((len(_BESIDE), n + 2 * reach), -1.0)
    padded[:, reach : reach + n] = [own[name] for name in _BESIDE]
    beside = [row for step in _NEIGHBOURS for row in padded[:, reach + step : reach + step + n]]
    sums = np.zeros((len(_IN_WINDOWS), n + 1))
    np.minimum(_MOST_WEIGHT, _rows([own[name] for name in _IN_WINDOWS])).cumsum(1, out=sums[:, 1:])
    # the first paragraph of each window, and the one behind it
    low, high = np.minimum(n, np.maximum(0, np.arange(n) + _WINDOW_ENDS))
    means = (sums.take(high, 1) - sums.take(low, 1)) / (_WINDOW_ENDS[1] - _WINDOW_ENDS[0])
    return dict(zip(_BESIDE_NAMES, (*beside, *means.reshape(-1, n)), strict=True))
