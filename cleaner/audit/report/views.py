"""One article as it is shown: what stays, shortened in its middle, and every removed span with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.audit.report.markup import clipped
from cleaner.audit.report.walk import Row, Walked
from cleaner.audit.tally import site_of

__all__ = ["Stretch", "View", "stretches", "view"]

_KEPT, _GONE, _WHY, _NAME = 420, 1200, 240, 200  # characters shown of a stretch that stays, of one removed, ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of `before`. `kind` is "" where it stays; `skipped` characters in its middle are not shown."""

    text: str
    kind: str = ""
    rule: str = ""
    why: str = ""
    skipped: int = 0
    after: str = ""  # what is shown behind the skipped ones


@dataclass(frozen=True, slots=True)
class View:
    """An article with all that the page shows of it, bounded in size."""

    id: str
    title: str
    language: str
    place: str
    source: str
    flags: tuple[str, ...]
    outcome: str  # "" is written
    why_dropped: str
    keeper: str
    stretches: tuple[Stretch, ...]
    left_out: int  # characters of `before` behind the last stretch shown
    removed: int  # characters
    before: int
    facts: tuple[tuple[str, str], ...]


def stretches(text: str, removed: Sequence[Row]) -> Iterator[tuple[str, Row | None]]:
    """`before` in order, from the clean text and its removals: (stretch, its row of removed.jsonl or None).

    >>> [(s, r and r["kind"]) for s, r in stretches("Hujan.", [{"start": 0, "end": 4, "text": "A - ", "kind": "ad"}])]
    [('A - ', 'ad'), ('Hujan.', None)]
    """
    at = taken = 0  # in the clean text; characters of `before` so far
    for row in removed:
        if kept := row["start"] - taken:
            yield text[at : at + kept], None
        yield row["text"], row
        at, taken = at + kept, row["end"]
    if at < len(text):
        yield text[at:], None


def view(walked: Walked, room: int) -> View:
    """At most about `room` characters of an article. The first ones of each stretch come before more stretches."""
    record, drop = walked.record or {}, walked.drop or {}
    shown: list[Stretch] = []
    used = left = 0
    for piece, row in stretches(str(record.get("text", "")), walked.removed):
        if used > room:
            left += len(piece)
            continue
        stretch = _shown(piece, row, max(room - used, 200))
        shown.append(stretch)
        used += len(stretch.text) + len(stretch.after) + (60 if row else 0)
    taken = sum(row["end"] - row["start"] for row in walked.removed)
    return View(
        id=clipped(str(record["id"]), _NAME),
        title=clipped(str(record["title"]) or _first_line(str(record["text"])), 90),
        language=str(record["language"]),
        place=clipped(site_of(record), _NAME),
        source=clipped(str(record["source"]), _NAME),
        flags=tuple(clipped(flag, _NAME) for flag in record["flags"][:20]),
        outcome=str(drop.get("reason", "")),
        why_dropped=clipped(str(drop.get("detail", "")), _WHY),
        keeper=clipped(str(drop.get("keeper", "")), _NAME),
        stretches=tuple(shown),
        left_out=left,
        removed=taken,
        before=len(str(record["text"])) + taken,
        facts=tuple(_facts(record, drop)),
    )


def _shown(piece: str, row: Row | None, room: int) -> Stretch:
    kind, rule, why = (row["kind"], row["rule"], clipped(row["why"], _WHY)) if row else ("", "", "")
    most = min(_GONE if row else max(_KEPT, room // 6), room)
    if len(piece) <= most * 5 // 4:
        return Stretch(piece, kind, rule, why)
    head, tail = most * 2 // 3, most // 3
    return Stretch(piece[:head], kind, rule, why, len(piece) - head - tail, piece[-tail:])


def _facts(record: Row, drop: Row) -> Iterator[tuple[str, str]]:
    yield "language", f"{record['language']} ({record['language_score']:.4f})"
    for name in ("author", "date", "place", "site", "url", "encoding", "input_kind", "page_kind"):
        if value := str(record[name]):
            yield name.replace("_", " "), clipped(value, _NAME)
    for step in record["repair"][:3]:
        yield "repaired", clipped(str(step), _NAME)
    if record["duplicates"]:
        yield "stands also for", clipped(", ".join(record["duplicates"][:5]), 400)
    if drop.get("keeper"):
        yield "Jaccard", f"{drop['jaccard']:.4f}"
        yield "containment", f"{drop['containment']:.4f}"


def _first_line(text: str) -> str:
    return text.lstrip()[:240].split("\n", 1)[0]
