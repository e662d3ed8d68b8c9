"""The texts as they stood before stripping, rebuilt from the clean records and the log of removals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cleaner.audit.logs import Row, records, removals, rows
from cleaner.errors import OutputError
from cleaner.options import Options
from cleaner.output.publish import Destination

__all__ = ["join", "restored"]


def join(text: str, removed: Iterable[Row]) -> str:
    """`before`, from the clean text and the rows of removed.jsonl for it (sorted by `start`).

    >>> join("Hujan turun.", [{"start": 0, "end": 8, "text": "Medan - "}])
    'Medan - Hujan turun.'
    """
    parts: list[str] = []
    at = taken = 0  # in the clean text; characters of `before` so far
    for row in removed:
        kept = row["start"] - taken
        parts += text[at : at + kept], row["text"]
        at, taken = at + kept, row["end"]
    return "".join((*parts, text[at:]))


def restored(output: str, audit: str | None = None) -> Iterator[dict[str, str]]:
    """{"id", "text"} of every article: those written, in order, then those dropped.

    Raises OutputError when the output or its logs are not there.
    """
    folder = Path(audit) if audit else Destination(output, audit=None, options=Options()).beside(".audit")
    for name in ("removed.jsonl", "dropped.jsonl"):
        if not (folder / name).is_file():
            raise OutputError(f"{folder / name} is not there. Name the folder of the logs with --audit.")
    gone = {row["id"] for row in rows(folder / "dropped.jsonl")}
    removed = folder / "removed.jsonl"
    yield from _merged(records(output), (group for group in removals(removed) if group[0] not in gone))
    records_dropped = (row["record"] for row in rows(folder / "dropped.jsonl"))
    yield from _merged(records_dropped, (group for group in removals(removed) if group[0] in gone))


def _merged(articles: Iterable[Row], groups: Iterator[tuple[str, Sequence[Row]]]) -> Iterator[dict[str, str]]:
    """Both come in the order of the manifest, so the next group belongs to the next record or to a later one."""
    owner, removed = next(groups, ("", ()))
    for row in articles:
        if row["id"] == owner and removed:
            yield {"id": row["id"], "text": join(row["text"], removed)}
            owner, removed = next(groups, ("", ()))
        else:
            yield {"id": row["id"], "text": row["text"]}
