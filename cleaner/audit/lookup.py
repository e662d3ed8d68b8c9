"""One article of a finished run, put together again from the output and its logs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

import orjson

from cleaner.article import Article, Drop, Removal
from cleaner.audit.logs import Row, records
from cleaner.audit.restore import join
from cleaner.errors import OptionError
from cleaner.options import Options
from cleaner.output.publish import MANIFEST, Destination

__all__ = ["has_logs", "logged"]


def has_logs(output: str, audit: str | None = None) -> bool:
    """Whether `output` is that of a finished run, whose logs stand beside it."""
    return (_folder(output, audit) / MANIFEST).is_file()


def logged(output: str, wanted: str = "", audit: str | None = None) -> tuple[Article, Drop | None]:
    """The article with the id `wanted` (else the first), written or dropped, as it was when it was judged.

    Raises OptionError when the run has no such article, OutputError when the output cannot be read.
    """
    folder = _folder(output, audit)
    record, drop = _dropped(folder, wanted) if wanted else (None, None)
    record = record or next((r for r in records(output) if not wanted or r["id"] == wanted), None)
    if record is None:
        raise OptionError(f"{output} and its logs hold no article" + (f" with the id {wanted!r}." if wanted else "."))
    removed = list(_rows_of(folder / "removed.jsonl", record["id"]))
    return _article(record, removed), drop


def _folder(output: str, audit: str | None) -> Path:
    return Path(audit) if audit else Destination(output, audit=None, options=Options()).beside(".audit")


def _dropped(folder: Path, wanted: str) -> tuple[Row | None, Drop | None]:
    for row in _rows_of(folder / "dropped.jsonl", wanted):
        record = row.pop("record")
        return record, Drop(**row)
    return None, None


def _rows_of(log: Path, article: str) -> Iterator[dict[str, Any]]:
    """The rows of one article, which stand together; each begins with its id, so that no other is parsed."""
    beginning = b'{"id":' + orjson.dumps(article) + b","
    with log.open("rb") as lines:
        found = dropwhile(lambda line: not line.startswith(beginning), lines)
        yield from map(orjson.loads, takewhile(lambda line: line.startswith(beginning), found))


def _article(record: Row, removed: list[dict[str, Any]]) -> Article:
    fields = {name: value for name, value in record.items() if name not in ("text", "languages")}
    for name in ("repair", "flags", "duplicates"):
        fields[name] = tuple(fields[name])
    return Article(
        **fields,
        before=join(record["text"], removed),
        languages=tuple(orjson.loads(record["languages"]).items()),
        removals=tuple(Removal(r["start"], r["end"], r["rule"], r["kind"], r["why"]) for r in removed),
    )
