"""Prepare an article for the report: what stays, shortened in its middle, and every removed span with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.audit.report.sources import LoggedArticle
from cleaner.audit.spans import Row, clipped, spans
from cleaner.audit.tally import cases_of, site_or_folder
from cleaner.characters import BULLETS, count_words

__all__ = ["Name", "ShownArticle", "ShownSpan", "name_of", "show_article", "title_of"]

_KEPT, _REMOVED = 420, 1200
"""Characters shown of a span that stays, and of one that was removed, which people read a report for."""

_WHY, _NAME, _TITLE = 240, 200, 90  # characters shown of a reason, of a name or fact, of a title

_LINES, _WORDS, _LETTERS, _IDEOGRAPHS = 12, 4, 24, 10
"""In place of a missing title the report shows the first line, of twelve at most, that has four words between spaces,
24 letters or ten ideographs: a shorter line is mostly a place, a date, a menu or a label that stayed."""


@dataclass(frozen=True, slots=True)
class Name:
    """An article by its id, with its site or folder and its language, by which the page is filtered."""

    id: str
    site: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """A span of the text before stripping. `kind` is "" where it stays; `skipped` characters in its middle are not
    shown, and `after` is what is shown behind them."""

    text: str
    kind: str = ""
    rule: str = ""
    why: str = ""
    skipped: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article with all that the page shows of it, bounded in size."""

    name: Name
    title: str
    source: str
    flags: tuple[str, ...]
    cases: tuple[str, ...]  # of `tally.CASES`
    outcome: str  # the reason it was dropped for, or marked with; "" if it was written
    marked: bool
    why_dropped: str
    keeper: str
    spans: tuple[ShownSpan, ...]
    left_out: int  # characters behind the last span shown
    removed: int  # characters
    before: int  # characters before stripping
    facts: tuple[tuple[str, str], ...]


def show_article(article: LoggedArticle, room: int) -> ShownArticle:
    """Show at most about `room` characters of an article.

    Long spans are shortened in their middle first; only then are spans at the end left out.
    """
    record, drop = article.record or {}, article.drop or {}
    text, gone = str(record["text"]), article.removed
    shown: list[ShownSpan] = []
    used = left_out = 0
    for span, row in spans(text, gone):
        if used > room:
            left_out += len(span)
            continue
        kind, rule, why = (row["kind"], row["rule"], clipped(row["why"], _WHY)) if row else ("", "", "")
        # A span shows its beginning even where no room is left; the spans behind it are then left out.
        left = max(room - used, 200)
        most = min(_REMOVED if row else max(_KEPT, left // 6), left)
        if len(span) <= most * 5 // 4:  # to skip less than a quarter would take as much room as it saves
            shown.append(ShownSpan(span, kind, rule, why))
        else:
            head, tail = most * 2 // 3, most // 3
            shown.append(ShownSpan(span[:head], kind, rule, why, len(span) - head - tail, span[-tail:]))
        used += len(shown[-1].text) + len(shown[-1].after) + (60 if row else 0)  # a reason takes room as well
    removed = sum(row["end"] - row["start"] for row in gone)
    marked = not drop and bool(record.get("drop_reason"))
    if marked:
        drop = {"reason": record["drop_reason"], "keeper": record["duplicate_of"]}
    return ShownArticle(
        name=name_of(record),
        title=title_of(record),
        source=clipped(str(record["source"]), _NAME),
        # Flags come from guards of plugins as well, which may set any number of any length.
        flags=tuple(clipped(flag, _NAME) for flag in record["flags"][:20]),
        cases=tuple(cases_of(record, removed, len(text) + removed)),
        outcome=str(drop.get("reason", "")),
        marked=marked,
        why_dropped=clipped(str(drop.get("detail", "")), _WHY),
        keeper=clipped(str(drop.get("keeper", "")), _NAME),
        spans=tuple(shown),
        left_out=left_out,
        removed=removed,
        before=len(text) + removed,
        facts=tuple(_facts(record, drop)),
    )


def name_of(record: Row) -> Name:
    """Return the names of an article, each bounded in length."""
    return Name(*(clipped(str(name), _NAME) for name in (record["id"], site_or_folder(record), record["language"])))


def title_of(record: Row) -> str:
    """Return the title of an article; where it has none, the first line that stayed and is more than a label.

    >>> title_of({"title": "", "text": "KOTA MUARA\\nPasar ikan buka lagi setelah banjir surut.\\nKios ..."})
    'Pasar ikan buka lagi setelah banjir surut.'
    """
    if record["title"]:
        return clipped(str(record["title"]), _TITLE)
    # A text without line ends may be a long one, so no more than its beginning is looked at.
    lines = [line.strip().lstrip(BULLETS).strip() for line in str(record["text"])[:2000].lstrip().split("\n")[:_LINES]]
    for line in lines:
        words, letters = len(line.split()), sum(map(str.isalpha, line))
        # Each ideograph counts as a word, and says more than a letter.
        if count_words(line) - words >= _IDEOGRAPHS // 2:
            letters += _LETTERS - _IDEOGRAPHS
        if words >= _WORDS or letters >= _LETTERS:
            return clipped(line, _TITLE)
    return clipped(lines[0], _TITLE)


def _facts(record: Row, drop: Row) -> Iterator[tuple[str, str]]:
    """Yield the names and values of what is known of an article; what is unknown is left out."""
    # In the order in which a person checks an article: language, where it is from, what was done to it.
    yield "language", f"{record['language']} ({record['language_score']:.4f})"
    for name in ("author", "date", "place", "site", "url", "encoding", "input_kind", "page_kind"):
        if value := str(record[name]):
            yield name.replace("_", " "), clipped(value, _NAME)
    for step in record["repair"][:3]:
        yield "repaired", clipped(str(step), _NAME)
    if record["duplicates"]:
        yield "stands also for", clipped(", ".join(record["duplicates"][:5]), 400)
    for name in ("jaccard", "containment"):
        if drop.get("keeper") and name in drop:
            yield name.replace("jacc", "Jacc"), f"{drop[name]:.4f}"
