"""Lines that repeat beside different articles of one site: found over the corpus, then taken out of each article.

Articles of one site carry the same boilerplate, which no list can know completely. A line is boilerplate when it stands
beside several *different* articles. Copies of one article must not count twice, or its own text would be boilerplate.
So anchors are counted: the anchor of an article is the longest among those of its lines that are rarest on the site,
and copies share it. (Counting articles instead deleted 43 % of good text.)

Everything here works on compact records (see site_lines.py), never on texts, and the key of a line includes its site.
cleaner/corpus/repeats.py calls the functions over a corpus.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.arrays import first_of_equal
from cleaner.article import Article, Removal, claim
from cleaner.durable import sealing
from cleaner.repeats.site_lines import (
    IS_BETWEEN,
    IS_HEAD,
    IS_LEAD,
    IS_LONG,
    IS_PARAGRAPH,
    IS_SEGMENT,
    IS_SPLIT,
    IS_TAIL,
    RUN,
    VARIES,
    Keys,
    SiteLines,
)  # fmt: skip
from cleaner.strip.space import close_gaps

__all__ = [
    "ANCHOR",
    "OCCURRENCE",
    "Repeats",
    "before_offsets",
    "count_equal",
    "distinct_anchors",
    "find_occurrences",
    "find_repeats",
]

MIN_ANCHORS = 3  # different articles beside which a line must stand: two may share an author, or a series
MIDDLE_ANCHORS = 5  # a line between paragraphs needs more, and so does a mere start: subheads and labels recur as well
SHARE = 0.5  # of the site's different articles, anywhere in the text
END_SHARE = 0.3  # at the same end
PROSE = 60  # least characters of a line that can distinguish articles
SUBHEAD = 0.9  # a line between two paragraphs in so many of its articles is a subhead ("Kesimpulan")
VERSIONS = 12  # as many versions one article may have; a line of more articles is more likely boilerplate
MAX_PER_ARTICLE = 2.0  # a line that an article has more often is a speaker, a refrain, or a mark in a table

MENU = 6  # so many repeating lines in a row are a menu, even lines that an article has more often

AT_AN_END, IN_A_RUN, ANYWHERE, IN_A_MENU = 1, 2, 4, 8
"""Bits of `Repeats.places`: where a repeating line may be removed."""

OCCURRENCE = np.dtype([("key", "u8"), ("anchor", "u8"), ("order", "i8"), ("site", "u8"), ("marks", "u2")])
"""A common line in an article: its key, the anchor of the article, its number in the corpus, the key of the site."""

ANCHOR = np.dtype([("site", "u8"), ("anchor", "u8")])
"""An article of a site, known by its anchor."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """The lines that repeat: their sorted keys, and columns of the same length with what is known of each.

    `anchors` counts the different articles that have the line, `of` the different articles of its site. `places` says
    where the line may be removed (bits: AT_AN_END, IN_A_RUN of at least RUN repeating lines, IN_A_MENU of at least
    MENU, ANYWHERE).
    """

    keys: Keys
    anchors: NDArray[np.int64]
    of: NDArray[np.int64]
    places: NDArray[np.int64]

    def take_all(self, articles: Sequence[Article], lines: SiteLines) -> list[Article]:
        """Return the articles without the lines that repeat on their sites. Long lines stay, and their article gets a
        flag.

        `lines` are those of the clean texts of these articles, in their order.
        """
        taken = list(articles)
        if not len(self.keys) or not len(lines.keys):
            return taken
        at = np.minimum(np.searchsorted(self.keys, lines.keys), len(self.keys) - 1)
        known = self.keys[at] == lines.keys
        rows = lines.owners()
        # for each line, how many known lines of its article stand in a row there
        firsts = np.flatnonzero(first_of_equal(rows, known))
        lengths = np.diff(firsts, append=len(known))
        in_a_row = np.repeat(lengths * known[firsts], lengths)
        places, marks = np.where(known, self.places[at], 0), lines.marks
        goes = (places & ANYWHERE) > 0
        goes |= (places & AT_AN_END > 0) & (marks & (IS_HEAD | IS_TAIL) > 0)
        goes |= (places & IN_A_RUN > 0) & (in_a_row >= RUN)
        goes |= (places & IN_A_MENU > 0) & (in_a_row >= MENU)
        goes &= lines.keys != lines.titles[rows]  # a headline that others link to is still this article's own
        # running text may be an article's own, however often it stands on the site
        long = (marks & IS_LONG) > 0
        for row in np.flatnonzero(np.bincount(rows[goes & long], minlength=len(taken))).tolist():
            taken[row] = taken[row]._replace(flags=(*taken[row].flags, "repeated-long-line"))
        out = np.flatnonzero(goes & ~long)
        columns = (rows, lines.starts, lines.lengths, marks, at)
        found = zip(*(column[out].tolist() for column in columns), strict=True)
        for row, group in groupby(found, key=lambda line: line[0]):
            taken[row] = self._without(taken[row], [line[1:] for line in group])
        return taken

    def _without(self, article: Article, lines: Sequence[Sequence[int]]) -> Article:
        """Return the article without these lines of its clean text, each given as (start, length, marks, index in
        `keys`)."""
        to_before = before_offsets(article)
        removals = []
        for start, length, mark, at in lines:
            lead = mark & IS_LEAD
            what = "its start stands" if lead else "it stands"
            why = f"{what} beside {self.anchors[at]} of the site's {self.of[at]} different articles"
            first, last = to_before(start), to_before(start + length - 1)
            removals.append(Removal(first, last + 1, "site-lead" if lead else "site-line", "repeat", why))
        claimed = claim((*article.removals, *removals))
        return article._replace(removals=close_gaps(article.before, claimed))

    def save(self, path: Path) -> None:
        """Write the arrays to a file that `load` reads."""
        columns = (self.keys, self.anchors, self.of, self.places)
        with sealing(path) as out:
            np.save(out, np.stack([column.astype(np.uint64) for column in columns]))

    @classmethod
    def load(cls, path: Path) -> Repeats:
        """Read what `save` wrote."""
        keys, *others = np.load(path, allow_pickle=False)
        return cls(keys, *(column.astype(np.int64) for column in others))


def before_offsets(article: Article) -> Callable[[int], int]:
    """Return a function from an offset in the clean text to the offset in the text before stripping."""
    starts, shifts, shift = list[int](), [0], 0
    for removal in article.removals:
        starts.append(removal.start - shift)
        shift += removal.end - removal.start
        shifts.append(shift)
    return lambda offset: offset + shifts[bisect_right(starts, offset)]


def count_equal(keys: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """Return the distinct ones of sorted keys, and how often each occurs."""
    firsts = np.flatnonzero(first_of_equal(keys))
    return keys[firsts], np.diff(firsts, append=len(keys))


def find_occurrences(
    batch: SiteLines, common: Keys, counts: NDArray[np.int64], first: int = 0
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return OCCURRENCE records of the common lines of a batch, and ANCHOR records of its articles.

    `common` are the sorted keys that stand in at least two articles of the corpus, `counts` in how many; `first` is the
    number of the batch's first line in the corpus. An article's anchor is the longest of those of its lines that are
    rarest on the site; a part of a line, or a line shorter than prose, is the anchor only where there is nothing else.
    The anchor of an article that shares most of its text with others is the rarest of the lines that it shares.
    """
    if not len(batch.keys):
        return np.zeros(0, OCCURRENCE), np.zeros(0, ANCHOR)
    articles = batch.owners()
    known, count = np.zeros(len(batch.keys), np.bool_), np.ones(len(batch.keys), np.int64)
    if len(common):
        at = np.minimum(np.searchsorted(common, batch.keys), len(common) - 1)
        known = common[at] == batch.keys
        count = np.where(known, counts[at], 1)
    marks = batch.marks | IS_BETWEEN * _between_paragraphs(batch, articles, count)
    part, short = (batch.marks & (IS_LEAD | IS_SEGMENT)) > 0, batch.lengths < PROSE
    own = ~_shared_with_versions(batch, articles, count)
    order = np.lexsort((batch.keys, -batch.lengths, count, short, part, own, articles))
    best = order[first_of_equal(articles[order])]
    anchor = np.zeros(len(batch.sites), np.uint64)
    anchor[articles[best]] = batch.keys[best]
    anchors: NDArray[Any] = np.empty(len(best), ANCHOR)
    anchors["site"], anchors["anchor"] = batch.sites[articles[best]], batch.keys[best]
    found: NDArray[Any] = np.empty(int(known.sum()), OCCURRENCE)
    found["key"], found["anchor"], found["order"] = batch.keys[known], anchor[articles[known]], np.flatnonzero(known)
    found["order"] += first
    found["site"], found["marks"] = batch.sites[articles[known]], marks[known]
    return found, distinct_anchors(anchors)


def _shared_with_versions(batch: SiteLines, articles: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return True for each paragraph that an article shares with other versions of itself.

    An article has other versions if it has less text of its own than text that it shares; paragraphs of more than
    VERSIONS articles count by a quarter of their length. Versions differ in a paragraph or two, and with one of these
    as anchor they would count as different articles.
    """
    paragraph = (batch.lengths >= PROSE) & ((batch.marks & (IS_LEAD | IS_SPLIT)) == 0)
    paragraph &= (batch.marks & (IS_SEGMENT | VARIES)) != (IS_SEGMENT | VARIES)  # a segment with slots stands twice
    shared = paragraph & (count > 1)
    weights = np.where(shared, np.where(count > VERSIONS, batch.lengths / 4, batch.lengths), -batch.lengths)
    versions: NDArray[np.bool_] = np.bincount(articles, weights * paragraph, len(batch.sites)) > 0
    found: NDArray[np.bool_] = shared & versions[articles]
    return found


def _between_paragraphs(batch: SiteLines, articles: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Return 1 for each line between two paragraphs that at most half as many articles have as have the line, else
    0."""
    between = np.zeros(len(batch.keys), np.uint16)
    lines = np.flatnonzero((batch.marks & (IS_LEAD | IS_SEGMENT)) == 0)
    above, line, below = lines[:-2], lines[1:-1], lines[2:]
    alike = (articles[above] == articles[line]) & (articles[below] == articles[line])
    paragraphs = (batch.marks[above] & batch.marks[below] & ~batch.marks[line] & IS_PARAGRAPH) > 0
    rarer = 2 * np.maximum(count[above], count[below]) <= count[line]
    between[line[alike & paragraphs & rarer]] = 1
    return between


def distinct_anchors(anchors: NDArray[Any]) -> NDArray[Any]:
    """Return ANCHOR records, sorted, each once. (np.unique of records takes ten times as long.)"""
    anchors = anchors[np.lexsort((anchors["anchor"], anchors["site"]))]
    return anchors[first_of_equal(anchors["site"], anchors["anchor"])]


def find_repeats(found: NDArray[Any], sites: Keys, anchors_of_site: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """Find the lines that stand beside enough different articles. Returns the columns of `Repeats`.

    `found` are all OCCURRENCE records of some keys, sorted; `anchors_of_site` the number of different anchors of each
    of the sorted `sites`.
    """
    key, anchor, marks = found["key"], found["anchor"], found["marks"]
    starts = np.flatnonzero(first_of_equal(key))
    # a pair of line and anchor counts once, however many copies of that article there are
    pair_starts = np.flatnonzero(first_of_equal(key, anchor))
    pair_marks = np.bitwise_or.reduceat(marks, pair_starts) if len(pair_starts) else marks
    pair_key = np.cumsum(first_of_equal(key))[pair_starts] - 1
    anchors = np.bincount(pair_key, minlength=len(starts))
    head = np.bincount(pair_key, (pair_marks & IS_HEAD) > 0, len(starts))
    tail = np.bincount(pair_key, (pair_marks & IS_TAIL) > 0, len(starts))
    times = np.diff(np.append(starts, len(key)))
    of = anchors_of_site[np.searchsorted(sites, found["site"][starts])]
    varies, lead = (marks[starts] & VARIES) > 0, (marks[starts] & IS_LEAD) > 0
    end = np.maximum(head, tail)
    often = (anchors >= MIN_ANCHORS) & (anchors >= SHARE * of) & ~(varies & ~lead)
    once = times <= MAX_PER_ARTICLE * anchors
    at_an_end = (
        (end >= np.where(lead, MIDDLE_ANCHORS, MIN_ANCHORS))
        & (end >= np.where(varies | lead, SHARE, END_SHARE) * of)
        & once
    )
    anywhere = often & (anchors >= MIDDLE_ANCHORS) & once
    subhead = ~lead & (np.bincount(pair_key, (pair_marks & IS_BETWEEN) > 0, len(starts)) >= SUBHEAD * anchors)
    where = AT_AN_END * at_an_end + IN_A_RUN * (often & once) + IN_A_MENU * often + ANYWHERE * anywhere
    cruft = (where > 0) & ~subhead
    return key[starts][cruft], *(c[cruft].astype(np.int64) for c in (anchors, of, where))
