"""The output and logs of a run that never was, in which every text that comes from outside is the same one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from cleaner import Options

__all__ = ["HOSTILE", "plant"]

HOSTILE = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">\"'&lt;</style></script>]]>"
_FIELDS = (
    "title",
    "author",
    "date",
    "date_text",
    "crawled",
    "place",
    "url",
    "site",
    "source",
    "encoding",
    "page_kind",
    "input_kind",
)


def plant(folder: Path, content: str, articles: int = 3) -> Path:
    """Write them into `folder`: so many articles, the last of them a duplicate of the first. Returns the output."""
    audit = folder / "out.jsonl.audit"
    audit.mkdir()
    *written, last = [_record(f"{content}{i}", content) for i in range(articles)]
    written[0]["duplicates"] = [last["id"]]
    span = {"start": 0, "end": len(content), "text": content, "rule": content, "kind": "ad"}
    drop = {"id": last["id"], "reason": "duplicate", "detail": content, "keeper": written[0]["id"]}
    reject = {"source": content, "record": 1, "error": content, "detail": content, "advice": content}
    _lines(folder / "out.jsonl", written)
    _lines(
        audit / "removed.jsonl",
        [{"id": r["id"], **span, "why": f"{content} list, ad.line: {content}"} for r in (*written, last)],
    )
    _lines(audit / "dropped.jsonl", [{**drop, "jaccard": 0.7, "containment": 0.8, "record": last}])
    _lines(audit / "rejected.jsonl", [reject])
    (audit / "manifest.json").write_text(json.dumps(_manifest(content, articles)), "utf-8")
    return folder / "out.jsonl"


def _record(name: str, content: str) -> dict[str, Any]:
    fields = dict.fromkeys(_FIELDS, content)
    language = {"language": content[:20], "language_score": 0.5, "languages": "{}"}
    rest = {"repair": [content], "flags": [content], "duplicates": [], "meta": "{}"}
    return {"id": name, "text": content, "words": 1, **language, **fields, **rest}


def _manifest(content: str, articles: int) -> dict[str, Any]:
    size, each = len(content) * articles, {content: articles}
    return {
        "schema": 1,
        "cleaner": content,
        "libraries": {content: content},
        "options": {**asdict(Options()), content: content},
        "inputs": [{"source": content, "bytes": 1, "sha256": content}],
        "outputs": {content: {"bytes": 1, "sha256": content}},
        "run": {content: content},
        "counts": {
            "articles": {"read": articles, "written": articles - 1},
            "characters": {"before": 2 * size, "stripped": size, "written": size - len(content)},
            "dropped": {"duplicate": 1},
            "encoding": each,
            "flag": each,
            "input_kind": each,
            "language": {content[:20]: articles - 1},
            "near_duplicates": {content: 1},
            "rejected": {content: 1},
            "removals": {"ad": each},
            "removed_characters": {"ad": {content: size}},
            "repaired": {"yes": articles},
            "site": {content: articles - 1},
        },
    }


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
