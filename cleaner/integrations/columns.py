"""Articles as columns, the same ones in every tool; text and numbers only, so that no tool has to guess a type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from cleaner.api import Cleaned, iter_clean
from cleaner.article import Removal
from cleaner.options import Options
from cleaner.read.fields import known_fields

__all__ = ["COLUMNS", "clean_columns", "values"]

COLUMNS = (
    "text", "language", "language_score", "title", "author", "date", "place", "url", "site", "page_kind", "input_kind",
    "flags", "removals", "dropped",
)  # fmt: skip
"""`language_score` is a number, all others are texts. `flags` and `removals` are JSON lists: a list that is empty in
the first rows has no type, which breaks the writers of several tools. `dropped` is "" for an article that stays."""


def clean_columns(table: Mapping[str, Sequence[Any]], options: Options | None = None) -> dict[str, list[Any]]:
    """The columns for a table of columns of equal length; only those of it are read that can mean something.

    Raises InputError when none of them can hold a text.

    >>> clean_columns({"isi": ["Panen raya mundur.\\n\\nIklan", None], "n": [1, 2]})["text"]
    ['Panen raya mundur.', '']
    """
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for article in iter_clean(_rows(table, known_fields(table, options or Options())), options):
        for name, value in zip(COLUMNS, values(article), strict=True):
            columns[name].append(value)
    return columns


def values(article: Cleaned) -> list[Any]:
    """The values of COLUMNS for one article."""
    row = {name: getattr(article, name) for name in COLUMNS}
    row["language_score"] = round(article.language_score, 4)
    row["flags"] = orjson.dumps(article.flags).decode()
    row["removals"] = orjson.dumps([_removal(article.before, r) for r in article.removals]).decode()
    return list(row.values())


def _rows(table: Mapping[str, Sequence[Any]], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    if table and not names:  # the first row is enough to say which fields there are
        names = tuple(table)
    for row in zip(*(table[name] for name in names), strict=True):
        yield dict(zip(names, row, strict=True))


def _removal(before: str, r: Removal) -> dict[str, Any]:
    gone = before[r.start : r.end]
    return {"start": r.start, "end": r.end, "text": gone, "rule": r.rule, "kind": r.kind, "why": r.why}
