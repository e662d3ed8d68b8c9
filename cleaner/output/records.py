"""Make the rows in which articles are written and logged, and the packed form in which stages pass them on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from cleaner.article import MARKUP, Article, Drop, LeftOut, Removal
from cleaner.characters import count_words
from cleaner.output.left_out import row_of_left_out

__all__ = [
    "drop_of", "dropped_row", "pack_article", "record", "removal_of", "removed_row",
    "removed_rows", "text_of_input", "unpack_article",
]  # fmt: skip

REPAIR, LINE_ENDS = "repair", "line-ends"
"""REPAIR is the kind of the row that holds the text of an input which was repaired. The rule of that row is REPAIR too,
or MARKUP, or LINE_ENDS where only line ends of Windows were replaced."""


def record(article: Article, text: str | None = None) -> dict[str, object]:
    """Return the record as it is written: always all keys in this order, "" for absent text, scores of 4 decimals.

    `text` is the article's clean text, if the caller has it already: to make it again would cost a pass over the text.
    """
    return {
        "id": article.id,
        "text": (text := article.text if text is None else text),
        "words": count_words(text),
        "language": article.language,
        "language_score": round(article.language_score, 4),
        # A JSON string: the keys differ from record to record, and Hugging Face's loader breaks on such objects.
        "languages": orjson.dumps({code: round(share, 4) for code, share in article.languages}).decode(),
        "title": article.title,
        "author": article.author,
        "date": article.date,
        "date_text": article.date_text,
        "crawled": article.crawled,
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
        "meta": article.meta,  # JSON as well, for the same reason
    }


def removed_row(id: str, text: str, removal: Removal) -> dict[str, Any]:
    """Return the row of removed.jsonl for one removal, which took `text`."""
    return {
        "id": id,
        "start": removal.start,
        "end": removal.end,
        "text": text,
        **({"with": removal.replacement} if removal.replacement else {}),
        "rule": removal.rule,
        "kind": removal.kind,
        "why": removal.why,
    }


# The keys of a row stand in this order in the log: `cleaner.audit.logs` tells the rows of articles apart by the bytes
# before "start", without parsing them.
def removed_rows(article: Article) -> list[dict[str, Any]]:
    """Return the rows of removed.jsonl for one article: the text of the input where it differs from *before*, the prose
    that was left out of its page, then the removals in the order of the text."""
    rows = [row_of_left_out(article.id, paragraph) for paragraph in article.left_out]
    rows += [removed_row(article.id, article.before[one.start : one.end], one) for one in article.removals]
    if text := article.original:
        rule = MARKUP if MARKUP in article.flags else REPAIR
        # Texts from Windows would fill the log, so where nothing but the line ends differ, one of them is the text.
        if "\r\n" in text and article.before.replace("\n", "\r\n") == text:
            rule, text = LINE_ENDS, "\r\n"
        why = "; ".join(article.repair)
        rows.insert(
            0, {"id": article.id, "start": -1, "end": -1, "text": text, "rule": rule, "kind": REPAIR, "why": why}
        )
    return rows


def text_of_input(before: str, removed: Iterable[Mapping[str, Any]]) -> str:
    """Return the text of the input to the letter, from *before* and the article's rows of removed.jsonl."""
    changed = next((row for row in removed if row["kind"] == REPAIR), None)
    if changed is None:
        return before
    return before.replace("\n", changed["text"]) if changed["rule"] == LINE_ENDS else str(changed["text"])


def removal_of(row: Mapping[str, Any]) -> Removal:
    """Return the removal that a row of removed.jsonl logs."""
    return Removal(row["start"], row["end"], row["rule"], row["kind"], row["why"], row.get("with", ""))


def dropped_row(drop: Drop, whole: Mapping[str, object]) -> dict[str, object]:
    """Return the row of dropped.jsonl; `whole` is the record as it would have been written."""
    return {
        "id": whole["id"],
        "reason": drop.reason,
        "detail": drop.detail,
        "keeper": drop.keeper,
        "jaccard": round(drop.jaccard, 4),
        "containment": round(drop.containment, 4),
        "record": whole,  # last, so that what decided stands at the beginning of a long line
    }


def drop_of(row: Mapping[str, Any]) -> Drop:
    """Return the drop that a row of dropped.jsonl logs."""
    return Drop(row["id"], row["reason"], row["detail"], row["keeper"], row["jaccard"], row["containment"])


# The places in `Article` of the fields that JSON would give back as lists.
_FIELDS = Article._fields
_REMOVALS, _LANGUAGES = _FIELDS.index("removals"), _FIELDS.index("languages")
_LEFT_OUT, _COUNTS = _FIELDS.index("left_out"), _FIELDS.index("left_out_counts")
_TUPLES = tuple(_FIELDS.index(name) for name in ("repair", "flags", "duplicates"))


def pack_article(article: Article) -> bytes:
    """Pack an article as a JSON list of its fields, for the files between stages."""
    # A list and not an object, which would repeat the names of all fields for each article.
    values: list[object] = list(article)
    values[_REMOVALS] = list(map(tuple, article.removals))
    values[_LEFT_OUT] = list(map(tuple, article.left_out))
    return orjson.dumps(values)


def unpack_article(data: bytes | memoryview) -> Article:
    """Return the article that `pack_article` packed. JSON has no tuples, so its lists become tuples again."""
    values = orjson.loads(data)
    values[_REMOVALS] = tuple(map(Removal._make, values[_REMOVALS]))
    values[_LEFT_OUT] = tuple(map(LeftOut._make, values[_LEFT_OUT]))
    values[_LANGUAGES] = tuple((code, share) for code, share in values[_LANGUAGES])
    for i in _TUPLES:
        values[i] = tuple(values[i])
    values[_COUNTS] = tuple(map(tuple, values[_COUNTS]))
    return Article(*values)
