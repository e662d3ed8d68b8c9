"""The data types that the steps pass on: Raw, Page, Article, Removal, LeftOut, Drop, Reject. All are immutable."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

__all__ = [
    "ASIDE", "KINDS", "MARKUP", "MARK_KEYS", "MASKS", "RECORD_KEYS", "SPLIT_KEY",
    "Article", "Drop", "LeftOut", "LeftOutCount", "Page", "Raw", "Reject", "Removal",
    "claim", "cut", "host_of", "insert_removals",
    "site_for_repeats",
]  # fmt: skip

KINDS = (
    "comment", "ad", "promo", "related", "share", "newsletter", "cookie", "login", "paywall", "nav", "pagination",
    "video", "app", "footer", "tags", "timestamp", "dateline", "byline", "initials", "endmark", "caption",
    "authorbio", "title", "readmore", "loading", "disclaimer", "sourcenote",
    "repeat", "foreign", "duplicate", "space",
)  # fmt: skip
"""The kinds of text that a removed span can be. The last four come from steps after the phrase lists."""

MASKS = ("email", "phone", "ip", "card", "iban", "nik")
"""The kinds of personal data that `--mask` takes. They are kinds of removals too, which other options cannot name."""

ASIDE = "aside"
"""The kind of a paragraph that was left out of a page, where nothing more is known of it. No removed span has it."""

RECORD_KEYS = (
    "id", "text", "words", "language", "language_score", "languages", "title", "author", "date", "date_text",
    "crawled", "place", "url", "site",
    "source", "encoding", "repair", "page_kind", "input_kind", "flags", "duplicates", "meta",
)  # fmt: skip
"""The keys of every record that Cleaner writes. A record of the input that has them all is one of its own."""

MARK_KEYS = ("duplicate_of", "similarity", "drop_reason", "cluster")
"""Keys that `--mark` adds before `meta`. It drops no article, and says in these which ones would be dropped and why."""

SPLIT_KEY = "split"
"""A key that `--split` adds behind those: the part of the record, such as train or test."""

MARKUP = "markup"
"""Flag of an article in whose plain text tags, entities or escapes were resolved."""


class Removal(NamedTuple):
    """One span that leaves the text: `before[start:end]`, in Unicode code points.

    `rule` is the mechanism that took it (few, stable names), `kind` is one of KINDS or MASKS, `why` is the evidence in
    words, for people. `replacement` is the text put in its place; in the log it is called `with`.

    >>> line = "Medan - Hujan turun."
    >>> removal = Removal(0, 8, "dateline-dash", "dateline")
    >>> line[removal.start : removal.end]
    'Medan - '
    """

    # A tuple, because an article makes dozens of removals and a frozen dataclass costs four times as much.
    start: int
    end: int
    rule: str
    kind: str
    why: str = ""
    replacement: str = ""


class LeftOut(NamedTuple):
    """One paragraph of a page that is not in the text of its article.

    `kind` is one of KINDS, or ASIDE. `reason` is why it is left out, in a few fixed words. `place` is where it stands
    on the page, for prose alone (40 characters or more, few links), else "". `line` is how many lines of the text stand
    before it; -1 where that is no longer known.

    >>> LeftOut("Bagikan", "share", "marked share", line=3).kind
    'share'
    """

    text: str
    kind: str
    reason: str
    place: str = ""
    line: int = -1


LeftOutCount = tuple[str, str, int, int]
"""(kind, reason, paragraphs, characters): how much was left out of a page for one reason."""


@dataclass(frozen=True, slots=True)
class Page:
    """The content of one page. `text` has one paragraph a line.

    `left_out` are the paragraphs that are not in the text, in the order of the page: those of menus come first, those
    of footers last. `left_out_counts` counts them. `page_kind` is article, listing, forum, product or other. What the
    page does not say is "".
    """

    text: str = ""
    title: str = ""
    author: str = ""
    date: str = ""  # ISO 8601
    date_text: str = ""
    site: str = ""
    url: str = ""
    language: str = ""
    page_kind: str = "other"
    left_out: tuple[LeftOut, ...] = ()
    left_out_counts: tuple[LeftOutCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as its source holds it, before decoding.

    `body` is bytes where the source is a file of unknown encoding, and str where the format says the encoding (JSON,
    CSV, Parquet). `record` is its number in the source, counted from 1, or 0 for a file that is one article. `form`
    names the form in which the source held it ("page", "field 'isi'"). `declared` is a charset that was named outside
    the body, by an HTTP header. `meta` is a JSON object of the other fields. `bad_bytes` counts the bytes that became
    U+FFFD when the reader decoded the body. `date` is the source's own wording, and so is `crawled`, the time at which
    a crawler fetched the text. `own` holds all fields of a record that Cleaner itself wrote.
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
    crawled: str = ""
    own: Mapping[str, Any] | None = None


class Article(NamedTuple):
    """One article between two steps. `before` is frozen after decode, extract and repair; later steps only add
    removals.

    `left_out` are the paragraphs of a page that extraction left out, in the order of the page: all of them
    or, in a run, its prose alone; `left_out_counts` counts all.
    `original` is the decoded text of the input where markup or damage was taken out of it, else "". It is "" for pages
    too, whose source file keeps the text. `known` says that an earlier run named the language, which then stays.
    """

    # A tuple like Removal, because every step makes a new one.
    id: str
    source: str
    before: str
    removals: tuple[Removal, ...] = ()  # sorted and disjoint
    record: int = 0  # its number in the source, as in Raw
    language: str = "und"
    language_score: float = 0.0  # share of such answers that are right, 0..1
    languages: tuple[tuple[str, float], ...] = ()  # shares of the languages of its paragraphs, largest first
    title: str = ""
    author: str = ""
    date: str = ""  # of publication, in ISO 8601: a day, or a second with its zone where known; "" where not sure
    date_text: str = ""  # the words in which the input gives the date
    crawled: str = ""  # when a crawler fetched it, in ISO 8601; as it stood where that cannot be read
    place: str = ""  # of its dateline
    url: str = ""
    site: str = ""
    encoding: str = ""
    repair: tuple[str, ...] = ()  # the plan by which `before` was made of the decoded text
    page_kind: str = ""  # of HTML: article, listing, forum, product or other
    input_kind: str = ""
    flags: tuple[str, ...] = ()  # what the guards noticed, for people
    duplicates: tuple[str, ...] = ()  # ids of the articles that were dropped as copies of this one
    meta: str = "{}"
    form: str = ""
    original: str = ""
    known: bool = False
    left_out: tuple[LeftOut, ...] = ()
    left_out_counts: tuple[LeftOutCount, ...] = ()

    @property
    def text(self) -> str:
        """The clean text: `before` with each removal's span replaced by its `replacement`, and nothing else."""
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


_ARCHIVED_URL = re.compile(
    r"https?://(?:web\.)?archive\.org/web/(?:\d{1,14}|\*)(?:[a-z]{2}_)?/(?=(https?://))?(.+)", re.IGNORECASE
)
_PLAIN_URL = re.compile(r"https?://([A-Za-z0-9.-]+)(?=[/?#]|$)")
"""Nearly every URL is of this form. It takes .3 us, `urlsplit` 2.4."""


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """Return the host of a URL in small letters, without "www."; "" if it has none.

    >>> host_of("https://www.Contoh.example/berita?id=1"), host_of("berita/1")
    ('contoh.example', '')

    A page from the Internet Archive belongs to the site that it was copied from.

    >>> host_of("https://web.archive.org/web/20240709id_/http://www.contoh.example/berita")
    'contoh.example'
    """
    if "archive.org/" in url and (archived := _ARCHIVED_URL.match(url)):
        url = archived[2] if archived[1] else f"http://{archived[2]}"
    if plain := _PLAIN_URL.match(url):
        return plain[1].lower().removeprefix("www.")
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # such as an unclosed [ in the place of the host
        return ""
    return host.removeprefix("www.")


def site_for_repeats(raw: Raw, article: Article) -> str:
    """Return the site on which the lines of an article are compared with those of others.

    It is the host of its URL, else the site field of its record, else the folder of its source: files that lie in one
    folder mostly come from one site.
    """
    return host_of(article.url) or raw.site or str(Path(article.source).parent)


def cut(text: str, removals: Sequence[Removal]) -> str:
    """Return `text` with the spans of `removals`, which are sorted and disjoint, replaced.

    >>> cut("Medan - Hujan turun.", [Removal(0, 8, "dateline", "dateline")])
    'Hujan turun.'
    """
    if not removals:
        return text
    kept: list[str] = []
    at = 0  # `at` is the end of the span before
    for removal in removals:
        kept += text[at : removal.start], removal.replacement
        at = removal.end
    kept.append(text[at:])
    return "".join(kept)


def claim(removals: Iterable[Removal]) -> tuple[Removal, ...]:
    """Return sorted, disjoint removals that cover the same characters; where several overlap, the first given counts.

    A later removal keeps only the characters that no earlier one has, and its rule is noted in the `why` of those that
    it overlaps. If it is cut into several, the first of them has its replacement.

    >>> [(r.start, r.end, r.why) for r in claim([Removal(2, 6, "a", "ad"), Removal(0, 9, "b", "nav")])]
    [(0, 2, ''), (2, 6, 'also b'), (6, 9, '')]
    """
    nonempty = [removal for removal in removals if removal.start < removal.end]
    if all(a.end <= b.start for a, b in pairwise(nonempty)):  # mostly so: rules look at lines that none has taken
        return tuple(nonempty)
    claimed: list[Removal] = []  # sorted and disjoint after each turn
    for new in nonempty:
        first = last = bisect_right(claimed, new.start, key=lambda r: r.end)
        # Walk over the claimed spans that `new` overlaps: it gets the gaps between them, and they get a note.
        at, replacements = new.start, list[Removal]()
        while last < len(claimed) and claimed[last].start < new.end:
            earlier = claimed[last]
            if at < earlier.start:
                replacements.append(new._replace(start=at, end=earlier.start))
                new = new._replace(replacement="")
            note = f"also {new.rule}"
            if new.rule != earlier.rule and note not in earlier.why:
                earlier = earlier._replace(why=f"{earlier.why}; {note}" if earlier.why else note)
            replacements.append(earlier)
            at, last = earlier.end, last + 1
        if at < new.end:
            replacements.append(new if at == new.start else new._replace(start=at))
        claimed[first:last] = replacements
    return tuple(claimed)


def insert_removals(first: Sequence[Removal], more: Sequence[Removal]) -> tuple[Removal, ...]:
    """Return both lists together, sorted, in offsets of the text before `first`; `more` has offsets of the text after
    it.

    Where a removal of `more` spans one of `first`, it is cut around that one; but it takes in removals of space, since
    a number with a tidied space inside is one number. If a removal is cut into several, the first of them has its
    replacement.

    >>> [(r.start, r.end, r.kind) for r in insert_removals([Removal(2, 4, "a", "ad")], [Removal(1, 4, "b", "nav")])]
    [(1, 2, 'nav'), (2, 4, 'ad'), (4, 6, 'nav')]
    """
    both: list[Removal] = []
    shift, i = 0, 0  # to add to an offset of the cut text; the index of the next one of `first`

    def behind(removal: Removal) -> int:
        return shift + removal.end - removal.start - len(removal.replacement)

    for new in more:
        while i < len(first) and first[i].start + len(first[i].replacement) - shift <= new.start:
            both.append(first[i])
            shift, i = behind(first[i]), i + 1
        start, left = new.start + shift, new.replacement
        while i < len(first) and first[i].start - shift < new.end:
            earlier = first[i]
            shift, i = behind(earlier), i + 1
            if earlier.kind == "space":
                start = min(start, earlier.start)
                continue
            if start < earlier.start:
                both.append(new._replace(start=start, end=earlier.start, replacement=left))
                left = ""
            both.append(earlier)
            start = earlier.end
        end = max(new.end + shift, first[i - 1].end if i else 0)
        if start < end:
            both.append(new._replace(start=start, end=end, replacement=left))
    return (*both, *first[i:])
