"""Find links to other articles of a site: lines that are the headline of another article, recognised without phrases.

A headline counts when only one article of the site has it (a series has one title for several) and another article has
it as a line. An article's own title is no link, nor is anything above its first paragraph. As in repeats.py everything
here works on compact records; cleaner/corpus/headlines.py calls the functions over a corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import distinct, first_of_equal
from cleaner.article import Article, Removal
from cleaner.phrases.phrases import normalise_wording
from cleaner.repeats.repeats import before_offsets
from cleaner.repeats.site_lines import IS_LEAD, IS_LONG, IS_PARAGRAPH, Keys, SiteLines

__all__ = ["HEADLINE", "find_headlines", "headline_records", "linked_headlines"]

HEADLINE = np.dtype([("key", "u8"), ("address", "i8"), ("titles", "i8")])
"""A headline of some articles of a shard (`titles` says how many), or, with 0, a line that may be one."""

LEAST_WORDS, LEAST_CHARACTERS = 4, 20
"""What a headline below the last paragraph must have; a shorter one may be a label or a name."""

WORDS_BETWEEN, CHARACTERS_BETWEEN = 6, 35
"""What a headline between paragraphs must have. There a shorter one may be a subhead of the article itself, worded as
the headline of another: "Cara Membuat Paspor"."""

MOST_BETWEEN = 2
"""How many headlines may stand between paragraphs. With more, the article is a round-up, and they are its subheads."""


def headline_records(batch: SiteLines, address: int) -> NDArray[Any]:
    """Return HEADLINE records of the titles of a batch, and of those of its lines that may be headlines of other
    articles."""
    titles, counts = np.unique(batch.titles[batch.titles > 0], return_counts=True)
    lines = distinct(batch.keys[_may_link(batch)])
    records: NDArray[Any] = np.zeros(len(titles) + len(lines), HEADLINE)
    records["key"], records["address"] = np.concatenate([titles, lines]), address
    records["titles"][: len(titles)] = counts
    return records


def find_headlines(records: NDArray[Any]) -> NDArray[Any]:
    """Return the records of lines whose key is the headline of one article alone.

    `records` are HEADLINE records, sorted by key, and hold all records of each key.
    """
    first = first_of_equal(records["key"])
    starts = np.flatnonzero(first)
    if not len(starts):
        return records
    titles = np.add.reduceat(records["titles"], starts)[np.cumsum(first) - 1]
    links: NDArray[Any] = records[(titles == 1) & (records["titles"] == 0)]
    return links


def _may_link(batch: SiteLines) -> NDArray[np.bool_]:
    """Return which lines may be links: not an article's first line or own title, no running text, no mere start of a
    line."""
    owners = batch.owners()
    firsts = np.zeros(len(batch.keys), np.bool_)
    firsts[batch.offsets[:-1][np.diff(batch.offsets) > 0]] = True
    plain = (batch.marks & (IS_LONG | IS_LEAD)) == 0
    links: NDArray[np.bool_] = plain & ~firsts & (batch.keys != batch.titles[owners])
    return links


def linked_headlines(articles: Sequence[Article], batch: SiteLines, known: Keys) -> dict[int, list[Removal]]:
    """Return by row the removals, in offsets of *before*, of headlines of other articles. `known` are sorted keys of
    lines."""
    linked: dict[int, list[Removal]] = {}
    if not len(known):
        return linked
    at = np.minimum(np.searchsorted(known, batch.keys), len(known) - 1)
    rows = batch.owners()
    found = (known[at] == batch.keys) & _may_link(batch)
    paragraph = (batch.marks & (IS_PARAGRAPH | IS_LONG) > 0) & ~found
    for row in distinct(rows[found]).tolist():
        begin, end = batch.offsets[row : row + 2].tolist()
        paragraphs = np.flatnonzero(paragraph[begin:end])
        if not len(paragraphs):  # no article is left beside the headlines
            continue
        places = np.flatnonzero(found[begin:end])
        below = [place for place in places.tolist() if place > paragraphs[-1]]
        between = [place for place in places.tolist() if paragraphs[0] < place < paragraphs[-1]]
        removals = _removals(
            articles[row], batch, [begin + place for place in between], WORDS_BETWEEN, CHARACTERS_BETWEEN
        )
        removals = removals if len(between) <= MOST_BETWEEN else []
        removals += _removals(articles[row], batch, [begin + place for place in below], LEAST_WORDS, LEAST_CHARACTERS)
        if removals:
            linked[row] = removals
    return linked


def _removals(article: Article, batch: SiteLines, lines: Sequence[int], words: int, characters: int) -> list[Removal]:
    """Return the removals of those `lines` (places in the batch) that are long enough and do not say the article's own
    title.

    `words` and `characters` are the least that such a line must have.
    """
    to_before, title, text = before_offsets(article), normalise_wording(article.title), article.text
    removals = []
    for line in lines:
        start, length = int(batch.starts[line]), int(batch.lengths[line])
        wording = normalise_wording(text[start : start + length])
        # scripts without spaces: two characters count as a word
        wide = sum(character > "\u0e00" for character in wording)
        if wording.count(" ") + 1 + wide // 2 < words or len(wording) + wide < characters:
            continue
        if title and (wording in title or title in wording):
            continue
        first, last = to_before(start), to_before(start + length - 1)
        why = "the headline of another article of the site"
        removals.append(Removal(first, last + 1, "headline", "related", why))
    return removals
