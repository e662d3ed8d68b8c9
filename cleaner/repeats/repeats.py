"""Lines that repeat beside different articles of one site: learned over the corpus, then taken out of each article.

Articles of one site carry the same furniture; no list can know it all. A line is furniture when it stands beside
several *different* articles. Copies of one article must not count twice, or the article itself would become
furniture, so what is counted is anchors: the anchor of an article is the longest among those of its lines that are
rarest on the site, and copies share it.

Everything here works on compact rows (see site_lines.py), never on texts; keys carry the site within them.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cleaner.article import Article, Removal, claim
from cleaner.repeats.site_lines import (
    FIRST,
    IS_HEAD,
    IS_LEAD,
    IS_LONG,
    IS_TAIL,
    RUN,
    VARIES,
    Keys,
    SiteLines,
    site_lines,
)  # fmt: skip
from cleaner.strip.space import close_gaps

__all__ = ["ANCHOR", "LINE", "Repeats", "add_occurrences", "counted", "judge", "learn_repeats"]

MIN_ANCHORS = 3
MIDDLE_ANCHORS = 5  # a line between paragraphs needs more, and so does a mere start: subheads and labels recur as well
SHARE = 0.5  # of the site's different articles, anywhere in the text
END_SHARE = 0.3  # at the same end
PROSE = 60  # characters from which a line can tell articles apart
MAX_PER_ARTICLE = 2.0  # what stands more often per article is a speaker, a refrain, or a mark in a table

MENU = 6  # repeating lines in a row, for those that stand more often per article: a menu, and no labels of a table

AT_AN_END, IN_A_RUN, ANYWHERE, IN_A_MENU = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Repeats:
    """What repeats: sorted line keys, and for each what is known of it.

    `anchors` counts the different articles beside the line, `of` those of its site, `places` says where it may go
    (bits: AT_AN_END, IN_A_RUN of at least RUN repeating lines, IN_A_MENU of at least MENU, ANYWHERE).
    """

    keys: Keys
    anchors: NDArray[np.int64]
    of: NDArray[np.int64]
    places: NDArray[np.int64]

    def take(self, article: Article, site: str) -> Article:
        """The article without the lines that repeat on its site; long ones stay and leave a flag."""
        return self.take_all([article], site_lines([article.text], [site]))[0]

    def take_all(self, articles: Sequence[Article], lines: SiteLines) -> list[Article]:
        """The same for a batch of articles and the lines of their clean texts."""
        taken = list(articles)
        if not len(self.keys) or not len(lines.keys):
            return taken
        at = np.minimum(np.searchsorted(self.keys, lines.keys), len(self.keys) - 1)
        hits = self.keys[at] == lines.keys
        rows = lines.rows()
        goes = self._goes(np.where(hits, self.places[at], 0), lines.marks, _runs(hits, rows))
        long = (lines.marks & IS_LONG) > 0
        for row in np.flatnonzero(np.bincount(rows[goes & long], minlength=len(taken))).tolist():
            taken[row] = taken[row]._replace(flags=(*taken[row].flags, "repeated-long-line"))
        out = np.flatnonzero(goes & ~long)
        found = zip(
            rows[out].tolist(),
            lines.starts[out].tolist(),
            lines.lengths[out].tolist(),
            lines.marks[out].tolist(),
            at[out].tolist(),
            strict=True,
        )
        for row, group in groupby(found, key=lambda line: line[0]):
            taken[row] = self._without(taken[row], [line[1:] for line in group])
        return taken

    @staticmethod
    def _goes(places: NDArray[Any], marks: NDArray[Any], runs: NDArray[np.int64]) -> NDArray[np.bool_]:
        goes = (places & ANYWHERE) > 0
        goes |= (places & AT_AN_END > 0) & (marks & (IS_HEAD | IS_TAIL) > 0)
        goes |= (places & IN_A_RUN > 0) & (runs >= RUN)
        goes |= (places & IN_A_MENU > 0) & (runs >= MENU)
        return np.asarray(goes, np.bool_)

    def _without(self, article: Article, lines: Sequence[Sequence[int]]) -> Article:
        to_before = _positions(article)
        removals = [
            Removal(to_before(start), to_before(start + length - 1) + 1, *self._why(mark, at))
            for start, length, mark, at in lines
        ]
        claimed = claim((*article.removals, *removals))
        return article._replace(removals=close_gaps(article.before, claimed))

    def _why(self, mark: int, at: int) -> tuple[str, str, str]:
        what = "its start stands" if mark & IS_LEAD else "it stands"
        why = f"{what} beside {self.anchors[at]} of the site's {self.of[at]} different articles"
        return "site-lead" if mark & IS_LEAD else "site-line", "repeat", why

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


def _runs(hits: NDArray[np.bool_], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each line, how many hits of its article stand in a row there."""
    firsts = np.flatnonzero(_first_of_run(rows, hits))
    lengths = np.diff(firsts, append=len(hits))
    return np.asarray(np.repeat(lengths * hits[firsts], lengths))


def _positions(article: Article) -> Callable[[int], int]:
    """Clean offset -> offset in `before`."""
    starts, shifts, shift = [], [0], 0
    for removal in article.removals:
        starts.append(removal.start - shift)
        shift += removal.end - removal.start
        shifts.append(shift)
    return lambda clean: clean + shifts[bisect_right(starts, clean)]


class Rows(Protocol):
    """Where rows go."""

    def add(self, by: Keys, *columns: NDArray[Any]) -> None:
        """Append rows; `by` says into which part each goes."""
        ...


class _Spill:
    """Rows of one type, parted by the upper bits of a key: in memory while they are one part, else in files."""

    def __init__(self, dtype: Any, bits: int, folder: Path | None, files: ExitStack) -> None:
        self._dtype, self._shift = np.dtype(dtype), np.uint64(64 - bits)
        self._kept: list[NDArray[Any]] = []
        self._files: list[IO[bytes]] = [
            files.enter_context(tempfile.TemporaryFile(dir=folder, prefix="repeats-"))  # noqa: SIM115
            for _ in range(1 << bits if bits else 0)
        ]

    def add(self, by: Keys, *columns: NDArray[Any]) -> None:
        """Append rows; `by` says into which part each goes."""
        rows = np.empty(len(by), self._dtype)
        for name, column in zip(self._dtype.names or (), columns, strict=True):
            rows[name] = column
        if not self._files:
            self._kept.append(rows)
            return
        parts = (by >> self._shift).astype(np.int64)
        rows = rows[np.argsort(parts, kind="stable")]
        ends = np.cumsum(np.bincount(parts, minlength=len(self._files))).tolist()
        for file, a, b in zip(self._files, [0, *ends], ends, strict=False):
            file.write(rows[a:b].tobytes())

    def parts(self) -> Iterator[NDArray[Any]]:
        """All rows of each part, in the order of their keys' upper bits."""
        if not self._files:
            yield np.concatenate([np.empty(0, self._dtype), *self._kept])
        for file in self._files:
            file.seek(0)
            yield np.frombuffer(file.read(), self._dtype)


LINE = [("key", "u8"), ("anchor", "u8"), ("site", "u8"), ("marks", "u1")]
ANCHOR = [("site", "u8"), ("anchor", "u8")]
_MOST_BITS = 8  # 256 files


def learn_repeats(
    batches: Callable[[], Iterable[SiteLines]], *, memory: int = 1 << 30, folder: Path | None = None
) -> Repeats:
    """Which lines repeat. `batches` is read several times, in the same order.

    Of `memory` (bytes) a row takes some 80 while it is sorted; more rows than fit are parted in files in `folder`.
    """
    total = sum(len(b.keys) for b in batches())
    bits = min(_MOST_BITS, (total * 80 // max(memory, 1)).bit_length())
    with ExitStack() as files:
        common = _common(batches, bits, folder, files)
        lines, anchors = _Spill(LINE, bits, folder, files), _Spill(ANCHOR, bits, folder, files)
        for batch in batches():
            add_occurrences(batch, *common, lines, anchors)
        sites, of_site = _different(anchors)
        parts = [judge(part, sites, of_site) for part in lines.parts()]
    return Repeats(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _common(
    batches: Callable[[], Iterable[SiteLines]], bits: int, folder: Path | None, files: ExitStack
) -> tuple[Keys, NDArray[np.int64]]:
    """Keys in at least two articles, sorted, with the number of articles."""
    spill = _Spill([("key", "u8")], bits, folder, files)
    for batch in batches():
        keys = batch.keys[(batch.marks & FIRST) > 0]
        spill.add(keys, keys)
    found = [counted(np.sort(part["key"]), 2) for part in spill.parts()]
    return np.concatenate([k for k, _ in found]), np.concatenate([c for _, c in found])


def counted(keys: Keys, least: int = 1) -> tuple[Keys, NDArray[np.int64]]:
    """Sorted keys, each once, with how often they stand there, if that is `least` or more."""
    firsts = np.flatnonzero(_first_of_run(keys))
    counts = np.diff(firsts, append=len(keys))
    return keys[firsts[counts >= least]], counts[counts >= least]


def add_occurrences(batch: SiteLines, common: Keys, counts: NDArray[np.int64], lines: Rows, anchors: Rows) -> None:
    """Each common line of a batch with the anchor of its article; each article with its anchor."""
    if not len(batch.keys):
        return
    rows = batch.rows()
    at = np.minimum(np.searchsorted(common, batch.keys), max(len(common) - 1, 0))
    known = common[at] == batch.keys if len(common) else np.zeros(len(batch.keys), bool)
    count = np.where(known, counts[at], 1) if len(common) else np.ones(len(batch.keys), np.int64)
    lead = (batch.marks & IS_LEAD) > 0
    short = batch.lengths < PROSE
    order = np.lexsort((batch.keys, -batch.lengths, count, short, lead, rows))
    first = order[_first_of_run(rows[order])]
    anchor = np.zeros(len(batch.sites), np.uint64)
    anchor[rows[first]] = batch.keys[first]
    filled = rows[first]
    anchors.add(anchor[filled], batch.sites[filled], anchor[filled])
    rows = rows[known]
    lines.add(batch.keys[known], batch.keys[known], anchor[rows], batch.sites[rows], batch.marks[known])


def _different(anchors: _Spill) -> tuple[Keys, NDArray[np.int64]]:
    """Sorted sites, and the number of different anchors of each."""
    found = []
    for part in anchors.parts():
        rows = part[np.lexsort((part["anchor"], part["site"]))]
        found.append(rows["site"][_first_of_run(rows["site"], rows["anchor"])])
    return counted(np.sort(np.concatenate(found)))


def judge(rows: NDArray[Any], sites: Keys, of_site: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """The lines that stand beside enough different articles, with the figures that say so: the columns of Repeats."""
    rows = rows[np.lexsort((rows["anchor"], rows["key"]))]
    key, anchor, marks = rows["key"], rows["anchor"], rows["marks"]
    starts = np.flatnonzero(_first_of_run(key))
    pair = _first_of_run(key, anchor)
    pair_starts = np.flatnonzero(pair)
    pair_marks = np.bitwise_or.reduceat(marks, pair_starts) if len(pair_starts) else marks
    pair_key = np.cumsum(_first_of_run(key))[pair_starts] - 1
    beside = np.bincount(pair_key, minlength=len(starts))
    head = np.bincount(pair_key, (pair_marks & IS_HEAD) > 0, len(starts))
    tail = np.bincount(pair_key, (pair_marks & IS_TAIL) > 0, len(starts))
    times = np.diff(np.append(starts, len(key)))
    of = of_site[np.searchsorted(sites, rows["site"][starts])]
    varies, lead = (marks[starts] & VARIES) > 0, (marks[starts] & IS_LEAD) > 0
    end = np.maximum(head, tail)
    often = (beside >= MIN_ANCHORS) & (beside >= SHARE * of) & ~(varies & ~lead)
    once = times <= MAX_PER_ARTICLE * beside
    at_an_end = (
        (end >= np.where(lead, MIDDLE_ANCHORS, MIN_ANCHORS))
        & (end >= np.where(varies | lead, SHARE, END_SHARE) * of)
        & once
    )
    anywhere = often & (beside >= MIDDLE_ANCHORS) & once
    places = AT_AN_END * at_an_end + IN_A_RUN * (often & once) + IN_A_MENU * often + ANYWHERE * anywhere
    cruft = places > 0
    return key[starts][cruft], *(c[cruft].astype(np.int64) for c in (beside, of, places))


def _first_of_run(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """True where a row differs from the one before it."""
    first = np.ones(len(columns[0]), bool)
    if len(first) > 1:
        first[1:] = np.logical_or.reduce([c[1:] != c[:-1] for c in columns])
    return first
