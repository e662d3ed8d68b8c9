"""Clean articles as columns, which are the same in every tool: texts and one number, so that no tool guesses a type."""

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
"""The columns of a cleaned article. `language_score` is a number from 0 to 1, all others are texts. `flags` and
`removals` are JSON lists, because a list that is empty in the first rows has no type, which breaks the writers of
several tools. `dropped` is the reason for which a corpus would leave the article out, or ""."""


def clean_columns(table: Mapping[str, Sequence[Any]], options: Options | None = None) -> dict[str, list[Any]]:
    """Clean a table that is given as columns of equal length. Returns COLUMNS, each as long as those.

    Columns are found by the usual names of fields or by those of `options`; others are not read. Raises InputError when
    none can hold a text, ValueError when they have different lengths.

    >>> clean_columns({"isi": ["Panen raya mundur.\\n\\nIklan", None], "n": [1, 2]})["text"]
    ['Panen raya mundur.', '']
    """
    # Without a known field all are passed on, so that the error for the first row names them.
    names = known_fields(table, options or Options()) or tuple(table)
    rows = (dict(zip(names, row, strict=True)) for row in zip(*(table[name] for name in names), strict=True))
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for article in iter_clean(rows, options):
        for name, value in zip(COLUMNS, values(article), strict=True):
            columns[name].append(value)
    return columns


def values(article: Cleaned) -> list[Any]:
    """Return the values of COLUMNS for one article. Removals are as rows of `removed.jsonl`, without the id.

    >>> from cleaner import clean
    >>> values(clean("Panen raya mundur.\\n\\nIklan", language="id"))[:2]
    ['Panen raya mundur.', 'id']
    """
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
