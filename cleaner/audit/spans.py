"""Walk over the text before stripping span by span, and make texts fit to be printed.

explain, the notebook, the report and restore all use this one walk, so each of them shows, or rebuilds, the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["clipped", "join", "printable", "spans"]

Row = Mapping[str, Any]

_JOINERS = "\u200c\u200d"
"""Zero-width joiners. Persian and Indic scripts are spelled with them, and they do nothing to a terminal."""


def spans(text: str, removed: Iterable[Row]) -> Iterator[tuple[str, Row | None]]:
    """Yield the text before stripping in order, as (span, the row of removed.jsonl that took it, None if it stayed).

    `text` is the clean text and `removed` are the article's rows of removed.jsonl, sorted by `start`.

    >>> rows = [{"start": 0, "end": 4, "text": "A - ", "kind": "ad"}]
    >>> [(span, row and row["kind"]) for span, row in spans("Hujan.", rows)]
    [('A - ', 'ad'), ('Hujan.', None)]
    """
    # Offsets of rows count in the text before stripping. `passed` is how far the walk has come there, `at` where the
    # next kept span begins in the clean text.
    at = passed = 0
    for row in removed:
        if row["start"] < 0:  # no span of the text before stripping, such as the row with the text of a repaired input
            continue
        if kept := row["start"] - passed:
            yield text[at : at + kept], None
        yield row["text"], row
        at, passed = at + kept + len(row.get("with", "")), row["end"]
    if at < len(text):
        yield text[at:], None


def join(text: str, removed: Iterable[Row]) -> str:
    """Return the text before stripping, rebuilt from the clean text and its rows of removed.jsonl.

    >>> join("Hujan turun.", [{"start": 0, "end": 8, "text": "Medan - "}])
    'Medan - Hujan turun.'
    """
    return "".join(span for span, _ in spans(text, removed))


def clipped(text: str, most: int) -> str:
    """Return the text, cut to `most` characters with an ellipsis as the last one where it is longer.

    >>> clipped("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def printable(text: str) -> str:
    """Return the text on one line, with a space for each character that a terminal would obey instead of show.

    >>> printable("\\x1b[2J Hujan")
    ' [2J Hujan'
    """
    return "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)
