"""Articles as rows: the record of the corpus, the rows of the logs, and the packed form between stages."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from cleaner.article import Article, Drop, Reject, Removal

__all__ = ["dropped_row", "pack", "record", "rejected_row", "removed_rows", "unpack"]


def record(article: Article, text: str | None = None) -> dict[str, object]:
    """The record as it is written: all keys, always in this order; absent text is "", scores have 4 decimals.

    `text` is the article's clean text where it is at hand.
    """
    return {
        "id": article.id,
        "text": article.text if text is None else text,
        "language": article.language,
        "language_score": round(article.language_score, 4),
        "languages": orjson.dumps({code: round(share, 4) for code, share in article.languages}).decode(),
        "title": article.title,
        "author": article.author,
        "date": article.date,
        "place": article.place,
        "url": article.url,
        "site": article.site,
        "source": article.source,
        "encoding": article.encoding,
        "repair": list(article.repair),
        "page_kind": article.page_kind,
        "input_kind": article.input_kind,
        "flags": list(article.flags),
        "duplicates": list(article.duplicates),
        "meta": article.meta,
    }


def removed_rows(article: Article) -> list[dict[str, object]]:
    """The rows of removed.jsonl for one article, in the order of the text."""
    return [
        {
            "id": article.id,
            "start": r.start,
            "end": r.end,
            "text": article.before[r.start : r.end],
            "rule": r.rule,
            "kind": r.kind,
            "why": r.why,
        }
        for r in article.removals
    ]


def dropped_row(drop: Drop, whole: Mapping[str, object]) -> dict[str, object]:
    """The row of dropped.jsonl, with the whole record as it would have been written."""
    return {
        "id": whole["id"],
        "reason": drop.reason,
        "detail": drop.detail,
        "keeper": drop.keeper,
        "jaccard": round(drop.jaccard, 4),
        "containment": round(drop.containment, 4),
        "record": whole,
    }


def rejected_row(reject: Reject) -> dict[str, object]:
    """The row of rejected.jsonl."""
    return {
        "source": reject.source,
        "record": reject.record,
        "error": reject.error,
        "detail": reject.detail,
        "advice": reject.advice,
    }


_FIELDS = Article._fields
_REMOVALS, _LANGUAGES = _FIELDS.index("removals"), _FIELDS.index("languages")
_TUPLES = tuple(_FIELDS.index(name) for name in ("repair", "flags", "duplicates"))


def pack(article: Article) -> bytes:
    """An article as a JSON list of its fields, for the files between stages."""
    values: list[object] = list(article)
    values[_REMOVALS] = list(map(tuple, article.removals))
    return orjson.dumps(values)


def unpack(data: bytes | memoryview) -> Article:
    """The article that `pack` wrote."""
    values = orjson.loads(data)
    values[_REMOVALS] = tuple(map(Removal._make, values[_REMOVALS]))
    values[_LANGUAGES] = tuple((code, share) for code, share in values[_LANGUAGES])
    for i in _TUPLES:
        values[i] = tuple(values[i])
    return Article(*values)
