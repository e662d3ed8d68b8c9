"""The texts as they stood before stripping, rebuilt from the clean records and the log of removals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from cleaner.errors import OutputError
from cleaner.options import Options
from cleaner.output.publish import Destination
from cleaner.output.reading import records

__all__ = ["join", "restored"]

Row = Mapping[str, Any]


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
    gone = {row["id"] for row in _lines(folder / "dropped.jsonl")}
    yield from _merged(records(output), _groups(folder, lambda i: i not in gone))
    yield from _merged(
        (row["record"] for row in _lines(folder / "dropped.jsonl")), _groups(folder, lambda i: i in gone)
    )


def _merged(rows: Iterable[Row], groups: Iterator[tuple[str, Sequence[Row]]]) -> Iterator[dict[str, str]]:
    """Both come in the order of the manifest, so the next group belongs to the next record or to a later one."""
    owner, removed = next(groups, ("", ()))
    for row in rows:
        if row["id"] == owner and removed:
            yield {"id": row["id"], "text": join(row["text"], removed)}
            owner, removed = next(groups, ("", ()))
        else:
            yield {"id": row["id"], "text": row["text"]}


def _groups(folder: Path, wanted: Any) -> Iterator[tuple[str, Sequence[Row]]]:
    for owner, rows in groupby(_lines(folder / "removed.jsonl"), key=lambda row: str(row["id"])):
        group = list(rows)
        if wanted(owner):
            yield owner, group


def _lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        yield from map(orjson.loads, file)
