"""The lines of articles as compact columns: a key that includes the site, the length, and marks such as the place.

The wording of a line is not kept. From these columns repeats.py finds which lines repeat beside different articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaner.judge.lines import ends_sentence
from cleaner.repeats.edge_segments import edge_segments, middle_sentence, with_slots

__all__ = [
    "FIRST", "IS_BETWEEN", "IS_HEAD", "IS_LEAD", "IS_LONG", "IS_PARAGRAPH", "IS_SEGMENT", "IS_SPLIT", "IS_TAIL", "RUN",
    "VARIES", "Keys", "SiteLines", "line_key", "site_key", "site_lines", "wordings",
]  # fmt: skip

Keys = NDArray[np.uint64]
"""xxh3 keys of 64 bits, of sites or of lines."""

HEAD, TAIL = 3, 6
"""Lines that count as the beginning and the end of a text; templates put more below an article than above it."""

LONG = 200
"""Lines of more characters are running text. If one repeats, it is not removed; its article gets a flag."""

RUN = 3
"""So many repeating lines in a row confirm each other."""

FEW = 3
"""A text of so few lines may have lost its line ends, so the segments of its running text are added as lines."""

ROW = 80
"""The most characters that a row of a table has."""

PARAGRAPH = 40
"""Characters from which on a line that ends as a sentence is a paragraph, next to which a subhead may stand."""

IS_HEAD, IS_TAIL, IS_LONG, VARIES, IS_LEAD, FIRST, IS_PARAGRAPH, IS_BETWEEN, IS_SEGMENT, IS_SPLIT = (
    1 << bit for bit in range(10)
)
"""Marks of a line, one bit each.

IS_HEAD, IS_TAIL: among the first or the last lines of its article. IS_LONG: running text. VARIES: has digits. IS_LEAD:
the constant start of a line, such as "Penulis:". FIRST: the first line of its article with this key. IS_PARAGRAPH: ends
as a sentence and has PARAGRAPH characters. IS_BETWEEN: between two paragraphs that are rarer than itself, which only
the lines of the whole corpus show. IS_SEGMENT: a segment of running text. IS_SPLIT: running text whose segments follow
it.
"""

_DIGIT, _DIGITS = re.compile(r"\d"), re.compile(r"\d+")  # a search for one takes two thirds of that for a run
_WORD = re.compile(r"\w\w")
_LEAD = re.compile(r"([^\W\d][^:|]{1,28}?)\s*[:|]\s*\S")


@dataclass(frozen=True, slots=True)
class SiteLines:
    """The lines of a batch of articles as columns.

    `offsets` int64[articles + 1] cuts `keys`, `lengths` (characters), `marks` (bits) and `starts` (in the clean text)
    by article; `sites` uint64 has the key of each article's site, `titles` the key that its title has as a line, 0
    where it has none. A line with a label has two rows: one for itself, and behind it one for the label. Behind running
    text at the edges of the article come rows for its segments.
    """

    sites: Keys
    offsets: NDArray[np.int64]
    keys: Keys
    lengths: NDArray[np.int32]
    marks: NDArray[np.uint16]
    starts: NDArray[np.int32]
    titles: Keys

    def owners(self) -> NDArray[np.int64]:
        """Return the number of the article of each line."""
        return np.repeat(np.arange(len(self.sites)), np.diff(self.offsets))


def site_key(site: str) -> int:
    """Return the key of a site."""
    return line_key(site, 0)


def line_key(wording: str, site: int) -> int:
    """Return the key of a line by its wording (lower case, single spaces, numbers as 0) on the site of this key."""
    return xxhash.xxh3_64_intdigest(wording.encode("utf-8", "surrogatepass"), site)


def site_lines(texts: Sequence[str], sites: Sequence[str], titles: Sequence[str] = ()) -> SiteLines:
    """Return the lines of clean texts, keyed by site and normalised wording; `texts`, `sites` and `titles`, where any
    are given, are of equal length."""
    known = {site: site_key(site) for site in dict.fromkeys(sites)}
    lines: list[tuple[int, int, int, int]] = []  # key, characters, marks, start
    offsets = [0]
    for text, site in zip(texts, sites, strict=True):
        lines += _keyed_lines(text, known[site])
        offsets.append(len(lines))
    titled = [0] * len(sites)  # 0 for what is no headline
    for n, (title, site) in enumerate(zip(titles, sites, strict=True) if titles else ()):
        line = " ".join(title.split())
        if _WORD.search(line) and len(line) <= LONG:
            titled[n] = line_key(_normalise_line(line) if _DIGIT.search(line) else line.casefold(), known[site])
    keys, lengths, marks, starts = zip(*lines, strict=True) if lines else ((), (), (), ())
    return SiteLines(
        np.array([known[site] for site in sites], np.uint64),
        np.array(offsets, np.int64),
        np.array(keys, np.uint64),
        np.array(lengths, np.int32),
        np.array(marks, np.uint16),
        np.array(starts, np.int32),
        np.array(titled, np.uint64),
    )


def wordings(line: str) -> tuple[str, ...]:
    """Return the wordings from which the key of a line may be made: with numbers as 0, as it is, with slots, and its
    label."""
    lead = _LEAD.match(line)
    return (_normalise_line(line), line, with_slots(line), *((_normalise_line(lead[1]) + ":*",) if lead else ()))


def _keyed_lines(text: str, site: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (key, characters, marks, start) of each line that holds a word, of its label, and of its segments."""
    lines, at = list[tuple[int, str]](), 0
    for raw in text.split("\n"):
        line = raw.strip()
        if _WORD.search(line):
            lines.append((at if line == raw else at + len(raw) - len(raw.lstrip()), line))
        at += len(raw) + 1
    short = [line if len(line) <= LONG else "" for _, line in lines]
    varies = [_DIGIT.search(line) is not None for line in short]
    in_table = _in_long_series([many and len(line) <= ROW for many, line in zip(varies, short, strict=True)])
    leads = [_LEAD.match(line) if ":" in line or "|" in line else None for line in short]
    last = len(lines) - TAIL
    seen: set[int] = set()
    for i, (start, line) in enumerate(lines):
        length = len(line)
        paragraph = length >= PARAGRAPH and ends_sentence(line)
        place = IS_HEAD * (i < HEAD) | IS_TAIL * (i >= last)
        mark = place | IS_PARAGRAPH * paragraph
        if length > LONG:
            key, mark = line_key(line, site), mark | IS_LONG
        elif in_table[i]:  # rows of a table would all be one line without their digits, which are what they say
            key = line_key(line, site)
        elif varies[i]:
            key, mark = line_key(_normalise_line(line), site), mark | VARIES
        else:
            key = line_key(" ".join(line.casefold().split()), site)
        # in a text of many lines, those of the template have lines of their own
        split = length > LONG and len(lines) <= FEW and (i == 0 or i == len(lines) - 1)
        mark |= IS_SPLIT * split
        yield key, length, mark if key in seen else mark | FIRST, start
        seen.add(key)
        lead = leads[i]
        # between paragraphs, labels in neighbouring lines are a table of the article
        apart = not (i and leads[i - 1]) and not (i + 1 < len(leads) and leads[i + 1])
        # "Kesimpulan: Jembatan tetap lurus dan aman dilalui.": what follows such a start is the article's
        if lead and not (paragraph and line[-1] == ".") and (place or apart):
            key = line_key(_normalise_line(lead[1]) + ":*", site)
            mark = place | IS_LEAD
            yield key, length, mark if key in seen else mark | FIRST, start
            seen.add(key)
        if split:
            for key, length, mark, at in _keyed_segments(line, i == 0, i == len(lines) - 1, site):
                yield key, length, mark if key in seen else mark | FIRST, start + at
                seen.add(key)


def _keyed_segments(line: str, head: bool, tail: bool, site: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (key, characters, marks, start) of the segments at the edges of running text; `start` counts from the
    line's."""
    for start, end, last in edge_segments(line, head, tail):
        mark = IS_SEGMENT | (IS_TAIL if last else IS_HEAD)
        yield line_key(" ".join(line[start:end].casefold().split()), site), end - start, mark, start
        if template := with_slots(line[start:end]):
            yield line_key(template, site), end - start, mark | VARIES, start
    if middle := middle_sentence(line):
        start, end = middle
        yield line_key(" ".join(line[start:end].casefold().split()), site), end - start, IS_SEGMENT, start


def _in_long_series(marks: Sequence[bool]) -> Sequence[bool]:
    """Return for each mark True if it belongs to a row of at least RUN marks that are True."""
    if sum(marks) < RUN:
        return [False] * len(marks)
    inside: list[bool] = []
    for mark, group in groupby(marks):
        count = len(list(group))
        inside += [mark and count >= RUN] * count
    return inside


def _normalise_line(line: str) -> str:
    """Return a line in small letters, with single spaces and each number as 0."""
    return _DIGITS.sub("0", " ".join(line.casefold().split()))
