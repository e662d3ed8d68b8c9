"""Count what a corpus holds: articles, words and characters by language, site and month, lengths, frequent lines.

The input is any file that Cleaner reads: its own output, or records of others, whose fields are found as in a run. Only
counts are held in memory, and no more than `_LINES` of those are counts of lines.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from cleaner.article import Reject, host_of
from cleaner.audit.spans import clipped, printable
from cleaner.characters import count_words
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.pipeline import load_article
from cleaner.read.records import records_of

__all__ = ["CorpusStatistics", "read_statistics"]

BOUNDS = (0, 50, 100, 200, 400, 800, 1600, 3200)
"""Words at which the columns of the histogram of lengths begin."""

_LINES = 1 << 18
"""Lines that are counted at once. When there are more, the rarest are forgotten; a forgotten line that occurs again is
counted from 0, so that its count may be too low. The lines at the top of the list are never rare, and stay."""

_MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")
_BAR = 30  # characters of the longest bar


class CorpusStatistics:
    """The counts of a corpus, to which every article is added once. Each group counts [articles, words, characters]."""

    def __init__(self) -> None:
        self.total = [0, 0, 0]
        self.languages, self.sites, self.months = (defaultdict[str, list[int]](lambda: [0, 0, 0]) for _ in range(3))
        self.lengths: Counter[int] = Counter()  # articles by their words
        self.lines: Counter[str] = Counter()  # articles by the lines that they have
        self.lost = 0  # the most by which a count of a line may be too low
        self.set_aside: Counter[str] = Counter()

    def add(self, text: str, *, language: str = "", site: str = "", date: str = "") -> None:
        """Count one article."""
        figures = 1, count_words(text), len(text)
        month = found[0] if (found := _MONTH.match(date)) else ""
        for group in (self.total, self.languages[language], self.sites[site], self.months[month]):
            for i, figure in enumerate(figures):
                group[i] += figure
        self.lengths[figures[1]] += 1
        self.lines.update({line for line in map(str.strip, text.split("\n")) if line})
        while len(self.lines) > _LINES:
            self.lost += 1
            self.lines = Counter({line: n for line, n in self.lines.items() if n > self.lost})

    def quantile(self, share: float) -> int:
        """Return the number of words that this share of the articles does not exceed."""
        left = share * self.total[0]
        for words, articles in sorted(self.lengths.items()):
            left -= articles
            if left <= 0:
                return words
        return 0

    def histogram(self) -> list[tuple[int, int]]:
        """Return (words at which it begins, articles) of each column."""
        columns = dict.fromkeys(BOUNDS, 0)
        for words, articles in self.lengths.items():
            columns[max(bound for bound in BOUNDS if bound <= words)] += articles
        return [*columns.items()]

    def frequent_lines(self, top: int) -> list[tuple[str, int]]:
        """Return (line, articles) of the `top` lines that stand in most articles, and in two at least."""
        rows = sorted(self.lines.items(), key=lambda row: (-row[1], row[0]))
        return [(line, articles) for line, articles in rows[:top] if articles > 1]

    def as_json(self, top: int) -> str:
        """Return all figures as a JSON object."""
        groups = {"languages": self.languages, "sites": self.sites, "months": self.months}
        figures: dict[str, Any] = {
            **_named(self.total),
            "words_of_an_article": {str(share): self.quantile(share) for share in (0.1, 0.5, 0.9)},
            **{name: {key: _named(found[key]) for key in sorted(found)} for name, found in groups.items()},
            "lengths": [{"words": bound, "articles": articles} for bound, articles in self.histogram()],
            "lines": [{"line": line, "articles": articles} for line, articles in self.frequent_lines(top)],
            "set_aside": dict(sorted(self.set_aside.items())),
        }
        return orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode()

    def in_words(self, top: int) -> Iterator[str]:
        """Yield the lines of the tables for people, with the `top` largest rows of each."""
        articles, words, characters = self.total
        yield f"{articles:,} articles, {words:,} words, {characters:,} characters"
        yield f"an article has {self.quantile(0.5):,} words (median); a tenth has at most {self.quantile(0.1):,}, " + (
            f"a tenth more than {self.quantile(0.9):,}"
        )
        for error, number in sorted(self.set_aside.items()):
            yield f"could not be read: {number:,} ({error})"
        for heading, group in (("language", self.languages), ("site", self.sites), ("month", self.months)):
            yield from ("", f"  {heading:<28} {'articles':>11} {'words':>15} {'characters':>15}")
            by_size = sorted(group.items(), key=lambda row: (-row[1][0], row[0]))
            shown = by_size[:top] if heading != "month" else sorted(by_size[:top])
            rest = [sum(figures) for figures in zip(*(figures for _, figures in by_size[top:]), strict=True)]
            for name, figures in [*shown, *([(f"{len(by_size) - top} others", rest)] if rest else [])]:
                label = clipped(printable(name), 28) or "unknown"
                yield f"  {label:<28} {figures[0]:>11,} {figures[1]:>15,} {figures[2]:>15,}"
        yield from ("", f"  {'words of an article':<28} {'articles':>11}")
        columns = self.histogram()
        most = max(1, *(number for _, number in columns))
        for (bound, number), (behind, _) in zip(columns, [*columns[1:], (0, 0)], strict=True):
            name = f"{bound:,} to {behind - 1:,}" if behind else f"{bound:,} and more"
            yield f"  {name:<28} {number:>11,}  {'#' * round(_BAR * number / most)}".rstrip()
        if lines := self.frequent_lines(top):
            yield from ("", f"  {'articles':>11}  lines that stand in most of them")
            yield from (f"  {number:>11,}  {clipped(printable(line), 90)}" for line, number in lines)


def _named(figures: list[int]) -> dict[str, int]:
    """Return the counts of a group by their names."""
    return dict(zip(("articles", "words", "characters"), figures, strict=True))


def read_statistics(inputs: Iterable[str], options: Options) -> CorpusStatistics:
    """Return the counts of everything that the inputs hold. Raises InputError when none of it can be read."""
    found, first = CorpusStatistics(), None
    for raw in records_of(inputs, options):
        if isinstance(raw, Reject):
            first = first or raw
            found.set_aside[raw.error] += 1
            continue
        language = (raw.own or orjson.loads(raw.meta)).get("language", "")
        as_it_stands = isinstance(raw.body, str) and not raw.html  # bytes and pages are read as a run reads them
        found.add(
            str(raw.body) if as_it_stands else load_article(raw, options).before,
            language=language if isinstance(language, str) else "",
            site=host_of(raw.url) or raw.site,
            date=raw.date,
        )
    if first and not found.total[0]:
        raise InputError(f"{first.source}: {first.detail}", first.advice)
    return found
