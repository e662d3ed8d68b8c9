"""Rebuild the articles of a finished run from its output and its logs, as they were read and as they were cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from cleaner.article import Article, Drop
from cleaner.audit.logs import Row, open_logs, records, removals_by_article, rows, rows_of_article
from cleaner.audit.spans import join
from cleaner.errors import OptionError
from cleaner.output.left_out import left_out_of_row
from cleaner.output.publish import MANIFEST, audit_folder
from cleaner.output.records import drop_of, removal_of, text_of_input

__all__ = ["article_from_logs", "has_logs", "restored"]


def restored(output: str, audit: str | None = None) -> Iterator[dict[str, str]]:
    """Yield {"id", "text"} of every article as it was read: those written, in order, then those dropped.

    Where the input was text, this is its text to the letter; of a page it is the text that extraction found.

    Raises OutputError when the output or its logs are not there, or are of different runs.
    """
    folder, _ = open_logs(output, audit)
    removed, dropped = folder / "removed.jsonl", folder / "dropped.jsonl"
    # removed.jsonl holds the rows of written and dropped articles in one order. It is read twice, once for each
    # kind of article, so that none is held in memory.
    gone = {row["id"] for row in rows(dropped)}
    yield from _rebuilt(
        records(output, folder), (group for group in removals_by_article(removed) if group[0] not in gone)
    )
    of_dropped = (row["record"] for row in rows(dropped))
    yield from _rebuilt(of_dropped, (group for group in removals_by_article(removed) if group[0] in gone))


def _rebuilt(articles: Iterable[Row], groups: Iterator[tuple[str, Sequence[Row]]]) -> Iterator[dict[str, str]]:
    """Yield {"id", "text"} of each article, its removed spans put back.

    Articles and groups come in the order of the run, so the next group belongs to the next article or to a later one.
    """
    owner, removed = next(groups, ("", ()))
    for row in articles:
        if row["id"] == owner and removed:
            yield {"id": row["id"], "text": text_of_input(join(row["text"], removed), removed)}
            owner, removed = next(groups, ("", ()))
        else:
            yield {"id": row["id"], "text": row["text"]}


def has_logs(output: str, audit: str | None = None) -> bool:
    """Tell whether `output` is that of a finished run, by its manifest beside it."""
    return (audit_folder(output, audit) / MANIFEST).is_file()


def article_from_logs(output: str, wanted: str = "", audit: str | None = None) -> tuple[Article, Drop | None]:
    """Return the article with the id `wanted` (or the first one) as the run finished it, and why it was dropped, if so.

    Raises OptionError when the run has no such article, OutputError when the output cannot be read.
    """
    folder, _ = open_logs(output, audit)
    # The log of dropped articles is searched first, for it is short; the output may have to be read to its end.
    row = next(rows_of_article(folder / "dropped.jsonl", wanted), None) if wanted else None
    record = (
        row["record"] if row else next((r for r in records(output, folder) if not wanted or r["id"] == wanted), None)
    )
    if record is None:
        raise OptionError(f"{output} and its logs hold no article" + (f" with the id {wanted!r}." if wanted else "."))
    removed = list(rows_of_article(folder / "removed.jsonl", record["id"]))
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in record.items()
        if name in Article._fields or name in ("text", "languages")
    }
    languages = tuple(orjson.loads(fields.pop("languages")).items())
    before = join(fields.pop("text"), removed)
    spans = tuple(removal_of(row) for row in removed if row["start"] >= 0)
    left_out = tuple(found for row in removed if (found := left_out_of_row(row)))
    original = text if (text := text_of_input(before, removed)) != before else ""
    article = Article(**fields, before=before, original=original, languages=languages, removals=spans)
    return article._replace(left_out=left_out), drop_of(row) if row else None
