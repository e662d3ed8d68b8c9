"""The lines of articles as compact columns: a key that carries the site, length, marks of their place. No wording.

repeats.py learns from these columns which lines repeat beside different articles of a site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import xxhash
from numpy.typing import NDArray

__all__ = [
    "FIRST", "IS_HEAD", "IS_LEAD", "IS_LONG", "IS_TAIL", "RUN", "VARIES",
    "Keys", "SiteLines", "line_key", "site_key", "site_lines", "wordings",
]  # fmt: skip

Keys = NDArray[np.uint64]
"""xxh3 keys of 64 bits, of sites or of lines."""

HEAD, TAIL = 3, 6
"""Lines that count as the beginning and the end of a text; templates put more below an article than above it."""

LONG = 200
"""Lines above so many characters are running text; when they repeat they are only flagged."""

RUN = 3
"""Lines in a row that bear each other out."""

ROW = 80
"""The most characters of a row of a table."""

IS_HEAD, IS_TAIL, IS_LONG, VARIES, IS_LEAD, FIRST = 1, 2, 4, 8, 16, 32
"""Marks: among the first, or the last lines; running text; holds digits; the constant start of a line, such as
"Penulis:"; the first time that the article has this key."""

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w\w")
_LEAD = re.compile(r"([^\W\d][^:|]{1,28}?)\s*[:|]\s*\S")


@dataclass(frozen=True, slots=True)
class SiteLines:
    """The lines of a batch of articles as columns.

    `offsets` int64[articles + 1] cuts `keys`, `lengths` (characters), `marks` (bits) and `starts` (in the clean text)
    by article; `sites` uint64 has the key of each article's site. A line with a label stands twice: as itself, and
    behind it as its lead.
    """

    sites: Keys
    offsets: NDArray[np.int64]
    keys: Keys
    lengths: NDArray[np.int32]
    marks: NDArray[np.uint8]
    starts: NDArray[np.int32]

    def owners(self) -> NDArray[np.int64]:
        """The number of the article of each line."""
        return np.repeat(np.arange(len(self.sites)), np.diff(self.offsets))


def site_key(site: str) -> int:
    """The key of a site."""
    return line_key(site, 0)


def line_key(wording: str, site: int) -> int:
    """The key of a line by its wording (lower case, single spaces, numbers as 0) on the site of this key."""
    return xxhash.xxh3_64_intdigest(wording.encode("utf-8", "surrogatepass"), site)


def site_lines(texts: Sequence[str], sites: Sequence[str]) -> SiteLines:
    """The lines of clean texts, keyed by site and normalised wording; `texts` and `sites` are of equal length."""
    known = {site: site_key(site) for site in dict.fromkeys(sites)}
    lines: list[tuple[int, int, int, int]] = []  # key, characters, marks, start
    offsets = [0]
    for text, site in zip(texts, sites, strict=True):
        lines += _keyed_lines(text, known[site])
        offsets.append(len(lines))
    keys, lengths, marks, starts = zip(*lines, strict=True) if lines else ((), (), (), ())
    return SiteLines(
        np.array([known[site] for site in sites], np.uint64),
        np.array(offsets, np.int64),
        np.array(keys, np.uint64),
        np.array(lengths, np.int32),
        np.array(marks, np.uint8),
        np.array(starts, np.int32),
    )


def wordings(line: str) -> tuple[str, ...]:
    """The wordings by which a line may have got its key: itself with numbers as 0, to the letter, its lead."""
    lead = _LEAD.match(line)
    return (_normalise_line(line), line, *((_normalise_line(lead[1]) + ":*",) if lead else ()))


def _keyed_lines(text: str, site: int) -> Iterator[tuple[int, int, int, int]]:
    """Key, characters, marks and start of each line that holds a word, and again for its lead where it has one."""
    lines, at = list[tuple[int, str]](), 0
    for raw in text.split("\n"):
        line = raw.strip()
        if _WORD.search(line):
            lines.append((at if line == raw else at + len(raw) - len(raw.lstrip()), line))
        at += len(raw) + 1
    short = [line if len(line) <= LONG else "" for _, line in lines]
    varies = [_DIGITS.search(line) is not None for line in short]
    in_table = _in_long_series([many and len(line) <= ROW for many, line in zip(varies, short, strict=True)])
    leads = [_LEAD.match(line) if ":" in line or "|" in line else None for line in short]
    last = len(lines) - TAIL
    seen: set[int] = set()
    for i, (start, line) in enumerate(lines):
        length = len(line)
        mark = place = IS_HEAD * (i < HEAD) | IS_TAIL * (i >= last)
        if length > LONG:
            key, mark = line_key(line, site), place | IS_LONG
        elif in_table[i]:  # rows of a table would all be one line without their digits, which are what they say
            key = line_key(line, site)
        elif varies[i]:
            key, mark = line_key(_normalise_line(line), site), place | VARIES
        else:
            key = line_key(" ".join(line.casefold().split()), site)
        yield key, length, mark if key in seen else mark | FIRST, start
        seen.add(key)
        lead = leads[i]
        # between paragraphs, labels in neighbouring lines are a table of the article
        apart = not (i and leads[i - 1]) and not (i + 1 < len(leads) and leads[i + 1])
        if lead and (place or apart):
            key = line_key(_normalise_line(lead[1]) + ":*", site)
            mark = place | IS_LEAD
            yield key, length, mark if key in seen else mark | FIRST, start
            seen.add(key)


def _in_long_series(marks: Sequence[bool]) -> Sequence[bool]:
    """For each mark whether it is True and stands in a row of at least RUN that are."""
    if sum(marks) < RUN:
        return [False] * len(marks)
    inside: list[bool] = []
    for mark, group in groupby(marks):
        count = len(list(group))
        inside += [mark and count >= RUN] * count
    return inside


def _normalise_line(line: str) -> str:
    return _DIGITS.sub("0", " ".join(line.casefold().split()))
