"""The sample corpus as records, and what a corpus run makes of them: the measure of every adapter."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sample import ROOT, read_lines

from cleaner import Options, clean_corpus

__all__ = ["ALONE", "Outcome", "by_corpus", "records"]

ALONE = Options(repeats=False, dedup=False, workers=1)
"""Options under which no article knows of any other."""

Outcome = dict[str, tuple[str, list[dict[str, Any]]]]
"""id -> clean text and removals."""


@cache
def records() -> tuple[dict[str, str], ...]:
    """Texts, pages under the name of a text, and pages in a field of their own with a URL."""
    found = []
    for path in sorted((ROOT / "corpus/raw").rglob("*.*")):
        if path.suffix not in (".txt", ".html"):
            continue
        try:
            body = path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            continue
        own = f"{path.parent.name}/{path.name}"
        text, html = ("", body) if path.suffix == ".html" and len(found) % 2 else (body, "")
        found.append({"id": own, "text": text, "html": html, "url": f"https://{own}"})
    return (*found, {"id": "nothing", "text": "", "html": "", "url": ""})


@cache
def by_corpus(fields: tuple[str, ...], options: Options = ALONE) -> Outcome:
    """What `clean_corpus` makes of these fields of the records; an empty text is set aside there."""
    with TemporaryDirectory() as folder:
        given, clean = Path(folder, "given.jsonl"), Path(folder, "clean.jsonl")
        rows = [{name: record[name] for name in fields} for record in records()]
        given.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
        clean_corpus(given, clean, options)
        texts = {row["id"]: row["text"] for row in read_lines(clean)}
        texts |= {
            row["id"]: row["record"]["text"] for row in read_lines(Path(folder, "clean.jsonl.audit/dropped.jsonl"))
        }
        removals: dict[str, list[dict[str, Any]]] = {own: [] for own in texts}
        for row in read_lines(Path(folder, "clean.jsonl.audit/removed.jsonl")):
            if row["start"] >= 0:  # a repaired text has its input in the log, which is no removal
                removals[row.pop("id")].append(row)
    return {own: (texts[own], removals[own]) for own in texts}
