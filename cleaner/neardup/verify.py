"""Decide whether two articles are copies of one, by their exact shingles without those that recur on their sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct
from cleaner.neardup.columns import ranges
from cleaner.neardup.minhash import sign
from cleaner.neardup.numbers import other_numbers
from cleaner.neardup.shingles import PAIR_BITS, Shingles, TokenStore, common_of, counts_by_pair, sets_of, shingle_tokens
from cleaner.neardup.site_shingles import SiteShingles

__all__ = [
    "RULES",
    "Comparison",
    "LongestSpans",
    "StoredArticles",
    "compare",
    "longest_common_spans",
    "sign_without_site_shingles",
]

RULES = ("exact", "jaccard", "contiguous", "cut-short", "same-page", "unlike", "numbers")
"""Why two articles are copies of one; the last two say why they are not.

exact: the same tokens. jaccard: the similarity of their shingle sets reaches the threshold. contiguous: two thirds of
both are one common span, with other boilerplate around it. cut-short: one is the beginning of the other and breaks off.
same-page: two crawls of one URL, of which the longer holds the shorter. unlike: none of these. numbers: alike but for
their numbers, as reports of one form are.
"""
EXACT, JACCARD, CONTIGUOUS, CUT_SHORT, SAME_PAGE, UNLIKE, NUMBERS = range(len(RULES))

_SPAN_COVER = 2 / 3  # of both articles: the least that a common span must take up
_SPAN_DENSITY = 0.85  # of the span is common; copies with 1 % of their words changed on both sides have 0.94
_SPAN_LENGTH = 50  # shingles; shorter ones are often a form that two reports fill in
_SPAN_JACCARD = 0.35  # the least Jaccard similarity for which a common span can make up
_CUT_DENSITY = 0.97  # of the beginning that both share: a cut copy is cut, not edited
_CUT_SHARE = 0.4  # of the longer article; less is a quotation as likely as a copy
_PAGE_HELD = 0.8  # of the shorter crawl of a page: its last words may be cut, or a link to the rest
_LEFT_ENOUGH = 8  # shingles that must be left of an article without what recurs on its site
_AT_ONCE = 1 << 20  # shingles compared at once
_SIGNED_AT_ONCE = 192  # articles, some 40,000 shingles, which stay in the cache
_ENOUGH = 24  # shingles; reports of one form have fewer left, and would all be candidates of each other


@dataclass(frozen=True, slots=True)
class StoredArticles:
    """The articles that are compared, by place: tokens, site, page (-1 is none), and whether they break off."""

    store: TokenStore
    recurring: SiteShingles
    sites: NDArray[np.int64]
    pages: NDArray[np.int64]
    broken: NDArray[np.bool_]

    def shingles(self, places: NDArray[np.int64]) -> Shingles:
        """Return the shingles of the articles at these places, without those that recur on their site."""
        shingles = shingle_tokens(*self.store.tokens(places))
        kept = self.recurring.kept(shingles, self.sites[places])
        if kept.all():
            return shingles
        before = np.concatenate([[0], np.cumsum(kept)])
        return Shingles(shingles.hashes[kept], before[shingles.starts])


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing each pair, in columns of shape (pairs,).

    `containment` is the common part over the smaller set, `rule` an index into RULES.
    """

    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    rule: NDArray[np.uint8]

    @classmethod
    def join(cls, parts: Sequence[Comparison]) -> Comparison:
        """Return all parts, one behind the other."""
        return cls(
            np.concatenate([np.zeros(0), *(p.jaccard for p in parts)]),
            np.concatenate([np.zeros(0), *(p.containment for p in parts)]),
            np.concatenate([np.zeros(0, np.uint8), *(p.rule for p in parts)]),
        )


def compare(
    articles: StoredArticles, left: NDArray[np.int64], right: NDArray[np.int64], min_similarity: float
) -> Comparison:
    """Compare the articles left[i] and right[i], places in the store; shape (pairs,)."""
    total = np.cumsum(articles.store.lengths[left] + articles.store.lengths[right])
    parts, first = [], 0
    while first < len(left):
        # as many pairs as have _AT_ONCE shingles together, and so few that they have at most 1 << 16 articles
        limit = (int(total[first - 1]) if first else 0) + _AT_ONCE
        last = max(first + 1, int(np.searchsorted(total, limit, "right")))
        last = min(last, first + (1 << (PAIR_BITS - 1)))
        parts.append(_compare_block(articles, left[first:last], right[first:last], min_similarity))
        first = last
    return Comparison.join(parts)


def _compare_block(
    articles: StoredArticles, left: NDArray[np.int64], right: NDArray[np.int64], threshold: float
) -> Comparison:
    """Compare some pairs at once: by Jaccard similarity, then by spans, pages and numbers where these can decide."""
    places = distinct(np.concatenate([left, right]))
    left, right = np.searchsorted(places, left), np.searchsorted(places, right)
    text = articles.shingles(places)
    sets = sets_of(text)
    sizes = np.diff(sets.starts)
    common = common_of(sets, left, right)
    shared = counts_by_pair(common, len(left))
    smaller, larger = np.minimum(sizes[left], sizes[right]), np.maximum(sizes[left], sizes[right])
    jaccard = shared / np.maximum(1, smaller + larger - shared)
    containment = shared / np.maximum(1, smaller)
    rule = np.where(jaccard >= threshold, JACCARD, UNLIKE).astype(np.uint8)
    # spans take long to find, so only where they could still decide
    near = (rule == UNLIKE) & (containment >= _SPAN_COVER * _SPAN_DENSITY) & (jaccard >= min(_SPAN_JACCARD, threshold))
    if near.any():
        pairs = np.flatnonzero(near)
        rule[pairs] = _by_span(text, common, pairs, left[pairs], right[pairs], articles.broken[places], threshold)
    page = articles.pages[places]
    # the better ranked article is kept, so this rule never drops a longer one
    held = (page[left] >= 0) & (page[left] == page[right]) & (sizes[left] >= sizes[right]) & (containment >= _PAGE_HELD)
    rule[held & (rule == UNLIKE)] = SAME_PAGE
    little = (sizes < _LEFT_ENOUGH) & (np.diff(text.starts) < articles.store.lengths[places])
    rule[little[left] | little[right]] = UNLIKE
    alike = np.flatnonzero(rule != UNLIKE)
    rule[alike[other_numbers(*articles.store.tokens(places), left[alike], right[alike])]] = NUMBERS
    return Comparison(jaccard, containment, rule)


def sign_without_site_shingles(
    articles: StoredArticles, signatures: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the signatures of all articles in the store, those on sites with recurring shingles made anew without
    them; and the places of the articles that lost some and kept enough to be found by what is left."""
    signed, concerned = signatures.copy(), np.flatnonzero(np.isin(articles.sites, articles.recurring.sites))
    enough = [np.zeros(0, np.int64)]
    for first in range(0, len(concerned), _SIGNED_AT_ONCE):
        places = concerned[first : first + _SIGNED_AT_ONCE]
        left = articles.shingles(places)
        signed[places] = sign(left)
        counts = np.diff(left.starts)
        enough.append(places[(counts >= _ENOUGH) & (counts < articles.store.lengths[places])])
    return signed, np.concatenate(enough)


def _by_span(
    text: Shingles,
    common: NDArray[np.uint64],
    pairs: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    broken: NDArray[np.bool_],
    threshold: float,
) -> NDArray[np.uint8]:
    """Return CONTIGUOUS, CUT_SHORT or UNLIKE for pairs whose sets of shingles are not alike enough."""
    lengths = np.diff(text.starts)
    spans = []
    for side in (left, right):
        counts = text.starts[side + 1] - text.starts[side]
        keys = text.hashes[ranges(text.starts[side], counts)] >> np.uint64(PAIR_BITS) << np.uint64(PAIR_BITS)
        keys |= np.repeat(pairs.astype(np.uint64), counts)
        at = np.minimum(np.searchsorted(common, keys), len(common) - 1)
        spans.append(longest_common_spans(common[at] == keys, np.concatenate([[0], np.cumsum(counts)])))
    a, b = spans
    of_left, of_right = a.last - a.first, b.last - b.first
    cover = np.minimum(of_left / lengths[left], of_right / lengths[right])
    density = np.minimum(a.common / np.maximum(1, of_left), b.common / np.maximum(1, of_right))
    length = np.minimum(of_left, of_right)
    contiguous = (cover >= max(_SPAN_COVER, threshold)) & (length >= _SPAN_LENGTH)
    contiguous &= density >= max(_SPAN_DENSITY, threshold)
    left_short = lengths[left] <= lengths[right]
    short, long = np.where(left_short, left, right), np.where(left_short, right, left)
    to_the_end = np.where(left_short, a.last, b.last) == lengths[short]
    cut = (a.first == 0) & (b.first == 0) & to_the_end & broken[short] & (density >= _CUT_DENSITY)
    cut &= lengths[short] >= max(_CUT_SHARE, threshold - 0.2) * lengths[long]
    return np.where(contiguous, CONTIGUOUS, np.where(cut, CUT_SHORT, UNLIKE)).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class LongestSpans:
    """One span of each article, from `first` to `last` in its shingles, and how many of these are `common`.

    The columns are int64 of shape (articles,).
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    common: NDArray[np.int64]


def longest_common_spans(common: NDArray[np.bool_], starts: NDArray[np.int64]) -> LongestSpans:
    """Return the span with the largest surplus of common over other shingles (Kadane's maximum sum), per article.

    `common[starts[i]:starts[i + 1]]` says which shingles of article i are common; no article is empty.

    >>> s = longest_common_spans(np.array([0, 1, 1, 0, 1, 1, 0, 0, 1], bool), np.array([0, 9]))
    >>> s.first.tolist(), s.last.tolist(), s.common.tolist()
    ([1], [6], [4])
    """
    counts = np.diff(starts)
    owner = np.repeat(np.arange(len(counts)), counts)
    total = np.cumsum(np.where(common, 1, -1))
    behind = total - (np.concatenate([[0], total])[starts[:-1]])[owner]
    before = behind - np.where(common, 1, -1)
    # every article is put wholly below the one before it, so one running minimum serves them all
    lowered = before - owner * (2 * int(counts.max(initial=0)) + 2)
    lowest = np.minimum.accumulate(lowered)
    fresh = np.ones(len(lowered), np.bool_)
    fresh[1:] = lowered[1:] < lowest[:-1]
    begin = np.maximum.accumulate(np.where(fresh, np.arange(len(fresh)), 0))
    surplus = behind - before[begin]
    best = np.flatnonzero(surplus == np.maximum.reduceat(surplus, starts[:-1])[owner])
    end = best[np.searchsorted(owner[best], np.arange(len(counts)))]
    counted = np.concatenate([[0], np.cumsum(common)])
    first = begin[end]
    return LongestSpans(first - starts[:-1], end + 1 - starts[:-1], counted[end + 1] - counted[first])
