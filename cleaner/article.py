"""The nouns that every step passes along: Raw, Article, Removal, Drop, Reject. All immutable and small."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

__all__ = ["KINDS", "Article", "Drop", "Raw", "Reject", "Removal", "claim", "cut"]

KINDS = (
    "comment", "ad", "promo", "related", "share", "newsletter", "cookie", "login", "paywall", "nav", "pagination",
    "video", "app", "footer", "tags", "timestamp", "dateline", "byline", "initials", "endmark", "caption",
    "authorbio", "title", "readmore", "loading", "disclaimer", "sourcenote",
    "repeat", "foreign", "duplicate", "space",
)  # fmt: skip
"""What a removed span was. The last four come from steps after the phrase lists."""


class Removal(NamedTuple):
    """One span that leaves the text: `before[start:end]`, in Unicode code points.

    `rule` is the mechanism that took it (few, stable names), `kind` is one of KINDS, `why` is the
    evidence in words, for people. (A tuple: an article makes dozens, and a frozen dataclass costs four times as much.)

    >>> line = "Medan - Hujan turun."
    >>> removal = Removal(0, 8, "dateline-dash", "dateline")
    >>> line[removal.start : removal.end]
    'Medan - '
    """

    start: int
    end: int
    rule: str
    kind: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as its source holds it, before decoding.

    `body` is bytes where the source is a file of unknown encoding and str where the format says it
    (JSON, CSV, Parquet). `record` is the 1-based number in the source, 0 for a file that is one article.
    `form` says for people in what form the source held it ("page", "field 'isi'").
    `declared` is a charset named outside the body (HTTP header). `meta` is a JSON object of the other fields.
    `bad_bytes` counts those that became U+FFFD when the source decoded the body.
    """

    source: str
    record: int
    body: bytes | str
    html: bool = False
    declared: str = ""
    id: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    url: str = ""
    site: str = ""
    meta: str = "{}"
    bad_bytes: int = 0
    form: str = ""


class Article(NamedTuple):
    """One article on its way. `before` is frozen after decode, extract and repair; steps only add removals."""

    id: str
    source: str
    before: str
    removals: tuple[Removal, ...] = ()
    record: int = 0
    language: str = "und"
    language_score: float = 0.0
    languages: tuple[tuple[str, float], ...] = ()
    title: str = ""
    author: str = ""
    date: str = ""
    place: str = ""
    url: str = ""
    site: str = ""
    encoding: str = ""
    repair: tuple[str, ...] = ()
    page_kind: str = ""
    input_kind: str = ""
    flags: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    meta: str = "{}"
    form: str = ""

    @property
    def text(self) -> str:
        """The clean text: `before` minus the union of the removals, and nothing else."""
        return cut(self.before, self.removals)


@dataclass(frozen=True, slots=True)
class Drop:
    """Why an article is not in the output. `keeper` is the id of the article that stays in its place."""

    id: str
    reason: str
    detail: str = ""
    keeper: str = ""
    jaccard: float = 0.0
    containment: float = 0.0


@dataclass(frozen=True, slots=True)
class Reject:
    """Input that could not be read. `record` is 0 when the whole source is meant."""

    source: str
    record: int
    error: str
    detail: str
    advice: str


def cut(text: str, removals: Sequence[Removal]) -> str:
    """`text` without the spans of `removals`, which are sorted and disjoint.

    >>> cut("Medan - Hujan turun.", [Removal(0, 8, "dateline", "dateline")])
    'Hujan turun.'
    """
    if not removals:
        return text
    kept, at = [], 0
    for removal in removals:
        kept.append(text[at : removal.start])
        at = removal.end
    kept.append(text[at:])
    return "".join(kept)


def claim(removals: Iterable[Removal]) -> tuple[Removal, ...]:
    """Sorted, disjoint removals with the same union; the first to claim a character names it.

    A later removal keeps only what nobody claimed, and leaves its rule in the `why` of those it met.

    >>> [(r.start, r.end, r.why) for r in claim([Removal(2, 6, "a", "ad"), Removal(0, 9, "b", "nav")])]
    [(0, 2, ''), (2, 6, 'also b'), (6, 9, '')]
    """
    spans = [removal for removal in removals if removal.start < removal.end]
    if all(a.end <= b.start for a, b in pairwise(spans)):  # nothing meets: mostly so
        return tuple(spans)
    claimed: list[Removal] = []
    for removal in spans:
        _claim_one(claimed, removal)
    return tuple(claimed)


def _claim_one(claimed: list[Removal], new: Removal) -> None:
    if not claimed or claimed[-1].end <= new.start:  # most come in order
        claimed.append(new)
        return
    first = bisect_right(claimed, new.start, key=lambda r: r.end)
    at, pieces, i = new.start, [], first
    while i < len(claimed) and claimed[i].start < new.end:
        met = claimed[i]
        if at < met.start:
            pieces.append(new._replace(start=at, end=met.start))
        pieces.append(_also(met, new.rule))
        at, i = met.end, i + 1
    if at < new.end:
        pieces.append(new._replace(start=at) if pieces else new)
    claimed[first:i] = pieces


def _also(met: Removal, rule: str) -> Removal:
    note = f"also {rule}"
    if rule == met.rule or note in met.why:
        return met
    return met._replace(why=f"{met.why}; {note}" if met.why else note)
