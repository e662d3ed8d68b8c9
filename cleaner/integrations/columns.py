"""Articles as columns, the same ones in every tool. They hold text and numbers only, so that no tool guesses a type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from cleaner.api import Cleaned, iter_clean
from cleaner.options import Options
from cleaner.read.fields import known_fields

__all__ = ["COLUMNS", "clean_columns", "values"]

COLUMNS = (
    "text", "language", "language_score", "title", "author", "date", "date_text", "crawled",
    "place", "url", "site", "page_kind", "input_kind", "flags", "removals", "dropped",
)  # fmt: skip
"""What the cleaner says of an article. `language_score` is a number, all others are texts. `flags` and `removals` are
JSON lists: a list that is empty in the first rows has no type, which breaks the writers of several tools. `dropped` is
"" for an article that stays."""


def clean_columns(table: Mapping[str, Sequence[Any]], options: Options | None = None) -> dict[str, list[Any]]:
    """Clean a table of columns of equal length. Columns of it that can mean nothing to the cleaner are not read.

    Raises InputError when none of them can hold a text.

    >>> clean_columns({"isi": ["Panen raya mundur.\\n\\nIklan", None], "n": [1, 2]})["text"]
    ['Panen raya mundur.', '']
    """
    # With no known field all are given, so that the error for the first row can name what there is.
    names = known_fields(table, options or Options()) or tuple(table)
    rows = (dict(zip(names, row, strict=True)) for row in zip(*(table[name] for name in names), strict=True))
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for article in iter_clean(rows, options):
        for name, value in zip(COLUMNS, values(article), strict=True):
            columns[name].append(value)
    return columns


def values(article: Cleaned) -> list[Any]:
    """The values of COLUMNS for one article. Removals are as rows of `removed.jsonl`, without the id."""
    row = {name: getattr(article, name) for name in COLUMNS}
    row["language_score"] = round(article.language_score, 4)
    row["flags"] = orjson.dumps(article.flags).decode()
    removals = [
        {
            "start": r.start,
            "end": r.end,
            "text": article.before[r.start : r.end],
            "rule": r.rule,
            "kind": r.kind,
            "why": r.why,
        }
        for r in article.removals
    ]
    row["removals"] = orjson.dumps(removals).decode()
    return list(row.values())
