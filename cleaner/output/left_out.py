"""Make and read the rows of removed.jsonl for the prose that extraction left out of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cleaner.article import ASIDE, LeftOut

__all__ = ["EXTRACT", "FURTHER", "left_out_of_row", "logged", "row_of_left_out"]

EXTRACT = "extract"
"""Rule of the rows of prose that extraction left out. They have no offsets: this text never was in *before*."""

FURTHER = "further prose"
"""Reason of the row that says how much prose of a page has no row of its own."""

_MOST_ROWS, _MOST_CHARACTERS = 200, 100_000
"""Rows of one page, and characters in them, so that a page of a thousand comments does not fill the log. Of 445 saved
pages of news and of all kinds none had more than 130 such paragraphs, or 31,000 characters in them; the mean is 9."""


def logged(paragraphs: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    """Return the prose that gets a row in the log, and behind it, where a page has too much, how much more there is."""
    prose = [paragraph for paragraph in paragraphs if paragraph.place]
    kept, characters = list[LeftOut](), 0
    for paragraph in prose:
        if len(kept) < _MOST_ROWS and characters + len(paragraph.text) <= _MOST_CHARACTERS:
            kept.append(paragraph)
            characters += len(paragraph.text)
    if further := len(prose) - len(kept):
        size = sum(len(paragraph.text) for paragraph in prose) - characters
        kept.append(LeftOut("", ASIDE, FURTHER, f"{further:,} paragraphs, {size:,} characters"))
    return tuple(kept)


def row_of_left_out(article: str, paragraph: LeftOut) -> dict[str, Any]:
    """Return the row of removed.jsonl for prose that was left out of the page of an article."""
    return {
        "id": article,
        "start": -1,
        "end": -1,
        "text": paragraph.text,
        "rule": EXTRACT,
        "kind": paragraph.kind,
        "why": f"{paragraph.reason}: {paragraph.place}" if paragraph.place else paragraph.reason,
    }


def left_out_of_row(row: Mapping[str, Any]) -> LeftOut | None:
    """Return the paragraph that a row of removed.jsonl logs; None for all other rows."""
    if row["start"] >= 0 or row["rule"] != EXTRACT:
        return None
    reason, _, place = row["why"].partition(": ")
    return LeftOut(row["text"], row["kind"], reason, place)
