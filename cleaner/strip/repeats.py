"""Lines that repeat beside different articles of one site: learned over the corpus, then taken out of each article.

Articles of one site carry the same furniture; no list can know it all. A line is furniture when it stands beside
several *different* articles. Copies of one article must not count twice, or the article itself would become
furniture, so what is counted is anchors: the anchor of an article is the longest among those of its lines that are
rarest on the site, and copies share it.

Everything here works on compact rows (line key, length, place), never on texts; keys carry the site within them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaner.article import Article, Removal, claim
from cleaner.strip.space import close_gaps

__all__ = ["Repeats", "SiteLines", "learn", "site_lines"]

Keys = NDArray[np.uint64]

MIN_ANCHORS = 3
MIDDLE_ANCHORS = 5  # between paragraphs a line needs more: subheads and labels of tables recur there as well
SHARE = 0.5  # of the site's different articles, anywhere in the text
END_SHARE = 0.3  # at the same end
HEAD, TAIL = 3, 6  # lines that count as an end of the text
LONG = 200  # characters; running text, only flagged
PROSE = 60  # characters from which a line can tell articles apart
LEAD = 30  # characters in which the constant start of a template must end
MAX_PER_ARTICLE = 2.0  # what stands more often per article is a speaker, a refrain, or a mark in a table

RUN = 3  # repeating lines in a row, such as a menu, bear each other out; short ones with numbers are a table
ROW = 80  # characters of a table's row

AT_AN_END, IN_A_RUN, ANYWHERE = 1, 2, 4
IS_HEAD, IS_TAIL, IS_LONG, VARIES, IS_LEAD = 1, 2, 4, 8, 16

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w\w")
_LEAD = re.compile(r"([^\W\d][^:|]{1,28}?)\s*[:|]\s*\S")


@dataclass(frozen=True, slots=True)
class SiteLines:
    """The lines of a batch of articles as columns.

    `offsets` int64[articles + 1] cuts `keys`, `lengths` (characters) and `marks` (bits) by article;
    `sites` uint64 has the hash of each article's site.
    """

    sites: Keys
    offsets: NDArray[np.int64]
    keys: Keys
    lengths: NDArray[np.int32]
    marks: NDArray[np.uint8]


def site_lines(texts: Sequence[str], sites: Sequence[str]) -> SiteLines:
    """The lines of clean texts, keyed by site and folded wording; a line that opens with a label has a lead as well."""
    keys: list[int] = []
    lengths: list[int] = []
    marks: list[int] = []
    offsets = [0]
    hashes = [_hash(site) for site in sites]
    for text, site in zip(texts, hashes, strict=True):
        for key, length, mark, _, _ in _lines(text, site):
            keys.append(key)
            lengths.append(length)
            marks.append(mark)
        offsets.append(len(keys))
    return SiteLines(
        np.array(hashes, np.uint64),
        np.array(offsets, np.int64),
        np.array(keys, np.uint64),
        np.array(lengths, np.int32),
        np.array(marks, np.uint8),
    )


def _lines(text: str, site: int) -> Iterator[tuple[int, int, int, int, int]]:
    """(key, characters, marks, start, end) of each line that holds a word, and again for its lead where it has one."""
    lines = [(start, line) for start, line in _split(text) if _WORD.search(line)]
    short = [line if len(line) <= LONG else "" for _, line in lines]
    varies = [_DIGITS.search(line) is not None for line in short]
    tables = _runs([many and len(line) <= ROW for many, line in zip(varies, short, strict=True)])
    leads = [_LEAD.match(line) for line in short]
    for i, (start, line) in enumerate(lines):
        length, end = len(line), start + len(line)
        place = IS_HEAD * (i < HEAD) | IS_TAIL * (len(lines) - i <= TAIL)
        if length > LONG:
            yield _hash(line, site), length, place | IS_LONG, start, end
        elif tables[i]:  # of numbers, whose digits are what it says
            yield _hash(line, site), length, place, start, end
        else:
            yield _hash(_fold(line), site), length, place | VARIES * varies[i], start, end
        lead = leads[i]
        if lead and (place or not _beside(leads, i)):  # between paragraphs, rows of labels are a table
            yield _hash(_fold(lead[1]) + ":*", site), length, place | IS_LEAD, start, end


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Start and wording of each line, without white space at its ends."""
    at = 0
    for piece in text.split("\n"):
        line = piece.strip()
        yield (at if line == piece else at + len(piece) - len(piece.lstrip())), line
        at += len(piece) + 1


def _runs(marks: Sequence[bool]) -> list[bool]:
    """True inside runs of at least RUN marks."""
    inside = [False] * len(marks)
    start = 0
    for mark, group in groupby(marks):
        end = start + len(list(group))
        if mark and end - start >= RUN:
            inside[start:end] = [True] * (end - start)
        start = end
    return inside


def _beside(marks: Sequence[object], i: int) -> bool:
    """Whether a neighbour of i has the mark as well."""
    return bool(i and marks[i - 1]) or bool(i + 1 < len(marks) and marks[i + 1])


def _fold(line: str) -> str:
    return _DIGITS.sub("0", " ".join(line.casefold().split()))


def _hash(text: str, seed: int = 0) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"), seed)


@dataclass(frozen=True, slots=True)
class Repeats:
    """What repeats: sorted line keys, and for each what is known of it.

    `anchors` counts the different articles beside the line, `of` those of its site, `places` says where it may go
    (bits: AT_AN_END, IN_A_RUN of at least RUN repeating lines, ANYWHERE).
    """

    keys: Keys
    anchors: NDArray[np.int64]
    of: NDArray[np.int64]
    places: NDArray[np.int64]

    def take(self, article: Article, site: str) -> Article:
        """The article without the lines that repeat on its site; long ones stay and leave a flag."""
        lines = list(_lines(article.text, _hash(site)))
        if not len(self.keys) or not lines:
            return article
        found = np.array([line[0] for line in lines], np.uint64)
        at = np.minimum(np.searchsorted(self.keys, found), len(self.keys) - 1)
        hits = self.keys[at] == found
        places = np.where(hits, self.places[at], 0)
        marks = np.array([line[2] for line in lines])
        goes = (places & ANYWHERE) > 0
        goes |= (places & AT_AN_END > 0) & (marks & (IS_HEAD | IS_TAIL) > 0)
        goes |= (places & IN_A_RUN > 0) & np.array(_runs(hits.tolist()))
        long = marks & IS_LONG > 0
        to_before = _positions(article)
        removals = [
            self._removal(to_before(start), to_before(end - 1) + 1, mark, int(at[i]))
            for i, (_, _, mark, start, end) in enumerate(lines)
            if goes[i] and not long[i]
        ]
        if (goes & long).any():
            article = replace(article, flags=(*article.flags, "repeated-long-line"))
        if not removals:
            return article
        claimed = claim((*article.removals, *removals))
        return replace(article, removals=close_gaps(article.before, claimed))

    def _removal(self, start: int, end: int, mark: int, at: int) -> Removal:
        what = "its start stands" if mark & IS_LEAD else "it stands"
        why = f"{what} beside {self.anchors[at]} of the site's {self.of[at]} different articles"
        return Removal(start, end, "site-lead" if mark & IS_LEAD else "site-line", "repeat", why)

    def save(self, path: Path) -> None:
        """Write the arrays to a file that `load` reads."""
        columns = (self.keys, self.anchors, self.of, self.places)
        with path.open("wb") as out:
            np.save(out, np.stack([column.astype(np.uint64) for column in columns]))

    @classmethod
    def load(cls, path: Path) -> Repeats:
        """Read what `save` wrote."""
        keys, *others = np.load(path, allow_pickle=False)
        return cls(keys, *(column.astype(np.int64) for column in others))


def _positions(article: Article) -> Callable[[int], int]:
    """Clean offset -> offset in `before`."""
    starts, shifts, shift = [], [], 0
    for removal in article.removals:
        starts.append(removal.start - shift)
        shift += removal.end - removal.start
        shifts.append(shift)
    edges = np.array(starts, np.int64)

    def position(clean: int) -> int:
        i = int(np.searchsorted(edges, clean, side="right"))
        return clean + (shifts[i - 1] if i else 0)

    return position


def learn(batches: Callable[[], Iterable[SiteLines]], *, memory: int = 1 << 30) -> Repeats:
    """Which lines repeat. `batches` is read several times, in the same order; `memory` (bytes) is roughly kept."""
    common = _common(batches, memory)
    rows = [_occurrences(batch, *common) for batch in batches()]
    if not rows or not len(common[0]):
        empty = np.zeros(0, np.int64)
        return Repeats(np.zeros(0, np.uint64), empty, empty, empty)
    sites, anchors_of_site = _distinct(
        np.concatenate([r["site"] for r in rows]), np.concatenate([r["site_anchor"] for r in rows])
    )
    return _judge({name: np.concatenate([r[name] for r in rows]) for name in rows[0]}, sites, anchors_of_site)


def _common(batches: Callable[[], Iterable[SiteLines]], memory: int) -> tuple[Keys, NDArray[np.int64]]:
    """Keys in at least two articles, sorted, with the number of articles; range by range, which bounds memory."""
    total = sum(len(b.keys) for b in batches())
    bits = max(0, (total * 8 * 4 // max(memory, 1)).bit_length())
    found: list[tuple[Keys, NDArray[np.int64]]] = []
    for part in range(1 << bits):
        chosen = [_once(b, part, bits) for b in batches()]
        keys, counts = np.unique(np.concatenate([np.zeros(0, np.uint64), *chosen]), return_counts=True)
        found.append((keys[counts > 1], counts[counts > 1]))
    return np.concatenate([k for k, _ in found]), np.concatenate([c for _, c in found])


def _once(batch: SiteLines, part: int, bits: int) -> Keys:
    """The keys of one range, once per article."""
    keys, rows = batch.keys, _rows(batch)
    if bits:
        inside = keys >> np.uint64(64 - bits) == part
        keys, rows = keys[inside], rows[inside]
    order = np.lexsort((keys, rows))
    keys, rows = keys[order], rows[order]
    return keys[_first_of_run(rows, keys)]


def _occurrences(batch: SiteLines, common: Keys, counts: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """For each common line of a batch: its key, its site, the anchor of its article, and its marks."""
    rows = _rows(batch)
    at = np.minimum(np.searchsorted(common, batch.keys), max(len(common) - 1, 0))
    known = common[at] == batch.keys if len(common) else np.zeros(len(batch.keys), bool)
    count = np.where(known, counts[at], 1) if len(common) else np.ones(len(batch.keys), np.int64)
    lead = (batch.marks & IS_LEAD) > 0
    short = batch.lengths < PROSE
    order = np.lexsort((batch.keys, -batch.lengths, count, short, lead, rows))
    first = order[_first_of_run(rows[order])]
    anchors = np.zeros(len(batch.sites), np.uint64)
    anchors[rows[first]] = batch.keys[first]
    has_lines = np.zeros(len(batch.sites), bool)
    has_lines[rows[first]] = True
    return {
        "key": batch.keys[known],
        "key_site": batch.sites[rows[known]],
        "anchor": anchors[rows[known]],
        "marks": batch.marks[known],
        "site": batch.sites[has_lines],
        "site_anchor": anchors[has_lines],
    }


def _judge(rows: dict[str, NDArray[Any]], sites: Keys, of_site: NDArray[np.int64]) -> Repeats:
    """The lines that stand beside enough different articles, with the figures that say so."""
    key, anchor, marks = rows["key"], rows["anchor"], rows["marks"]
    order = np.lexsort((anchor, key))
    key, anchor, marks, site = key[order], anchor[order], marks[order], rows["key_site"][order]
    starts = np.flatnonzero(_first_of_run(key))
    pair = _first_of_run(key, anchor)
    pair_starts = np.flatnonzero(pair)
    pair_marks = np.bitwise_or.reduceat(marks, pair_starts) if len(pair_starts) else marks
    pair_key = np.cumsum(_first_of_run(key))[pair_starts] - 1
    beside = np.bincount(pair_key, minlength=len(starts))
    head = np.bincount(pair_key, (pair_marks & IS_HEAD) > 0, len(starts))
    tail = np.bincount(pair_key, (pair_marks & IS_TAIL) > 0, len(starts))
    times = np.diff(np.append(starts, len(key)))
    of = of_site[np.searchsorted(sites, site[starts])]
    varies, lead = (marks[starts] & VARIES) > 0, (marks[starts] & IS_LEAD) > 0
    end = np.maximum(head, tail)
    often = (beside >= MIN_ANCHORS) & (beside >= SHARE * of) & ~(varies & ~lead)
    once = times <= MAX_PER_ARTICLE * beside
    at_an_end = (end >= MIN_ANCHORS) & (end >= np.where(varies | lead, SHARE, END_SHARE) * of) & once
    anywhere = often & (beside >= MIDDLE_ANCHORS) & once
    places = AT_AN_END * at_an_end + IN_A_RUN * often + ANYWHERE * anywhere
    cruft = places > 0
    return Repeats(key[starts][cruft].astype(np.uint64), *(c[cruft].astype(np.int64) for c in (beside, of, places)))


def _distinct(sites: Keys, anchors: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """Sorted sites, and the number of different anchors of each."""
    order = np.lexsort((anchors, sites))
    sites, anchors = sites[order], anchors[order]
    return np.unique(sites[_first_of_run(sites, anchors)], return_counts=True)


def _rows(batch: SiteLines) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(batch.sites)), np.diff(batch.offsets))


def _first_of_run(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """True where a row differs from the one before it."""
    first = np.ones(len(columns[0]), bool)
    if len(first) > 1:
        first[1:] = np.logical_or.reduce([c[1:] != c[:-1] for c in columns])
    return first
