"""The labelled whole pages, as the script beside the labelled data makes them, of three collections.

`wcxb` are English pages of many kinds of sites of today, `daniel` news pages of 2011 and 2012 in Chinese, English,
Greek, Polish and Russian, with hundreds of links around twenty lines of text, and `indonesia` a few Indonesian ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from strip import DATA, POLICY, read

from cleaner.judge.lines import Line, split_lines

__all__ = ["COLLECTIONS", "PAGE_SETS", "as_page", "build_pages", "label_of_article", "labels_of"]

COLLECTIONS = ("wcxb", "daniel")
"""Those of which the judge of lines is fitted on a part as well."""

PAGE_SETS = (*COLLECTIONS, "indonesia")


def build_pages(collection: str = "wcxb") -> list[dict[str, Any]]:
    """All pages of a collection, each with its name under "source"; takes half a minute and needs lxml."""
    with tempfile.TemporaryDirectory() as folder:
        target, known = Path(folder) / "pages.jsonl", dict[str, dict[str, str]]()
        script = DATA / "textcruft" / "build_pages.py"
        command = [sys.executable, str(script), "--out", str(target)]
        if collection != "wcxb":
            known = _lay_out(collection, Path(folder) / "dev")
            command += ["--wcxb", folder]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        pages = read(target)
    return [_with_title({**doc, "source": collection, **known.get(doc["id"], {})}) for doc in pages]


def _with_title(page: dict[str, Any]) -> dict[str, Any]:
    """The page with each line that repeats its headline labelled as such, where the gold text holds the headline: old
    pages have it in menus, lists and the foot as well."""
    spans = {start: [start, end, kind] for start, end, kind in page["spans"]}
    for line in split_lines(page["text"]) if page.get("headline") else ():
        if line.text == page["headline"]:
            spans[line.start] = [line.start, line.end, "title"]
    return {**page, "spans": [spans[start] for start in sorted(spans)]}


def _lay_out(collection: str, folder: Path) -> dict[str, dict[str, str]]:
    """Lay the pages of another collection out as the script expects those of wcxb; returns the language and the
    headline of each by its id. The headline is the first line of the gold text.
    """
    source, known = DATA / "extraction" / collection, {}
    (folder / "ground-truth").mkdir(parents=True)
    (folder / "html").symlink_to(source / "html")
    for path in sorted((source / "ground-truth").glob("*.json")):
        page = json.loads(path.read_text("utf-8"))
        gold = {"url": page["url"], "ground_truth": {"title": "", "main_content": page["main_content"]}}
        (folder / "ground-truth" / path.name).write_text(json.dumps(gold), "utf-8")
        headline = page["main_content"].strip().split("\n", 1)[0].strip()
        known[f"dev/{path.stem}"] = {"language": page["language"], "headline": headline}
    return known


def labels_of(doc: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Start, end and label of each line, "content" where nothing is marked."""
    kinds = {start: kind for start, _, kind in doc["spans"]}
    out, at = [], 0
    for text in doc["text"].split("\n"):
        out.append((at, at + len(text), kinds.get(at, "content")))
        at += len(text) + 1
    return out


def label_of_article(doc: dict[str, Any], line: Line) -> tuple[int, int]:
    """Label and characters of content of a line, by the spans that cover it."""
    kinds: list[str | None] = [None] * (line.end - line.start)
    for start, end, kind in doc["spans"]:
        if start < line.end and end > line.start:
            a, b = max(0, start - line.start), min(line.end, end) - line.start
            kinds[a:b] = [kind] * (b - a)
    seen = [kind for kind, character in zip(kinds, line.text, strict=True) if not character.isspace()]
    content = sum(kind is None for kind in seen)
    policy = sum(kind in POLICY for kind in seen)
    if content >= 0.1 * len(seen):
        return 1, content
    return (2 if 2 * policy >= len(seen) else 0), content


def as_page(doc: dict[str, Any]) -> dict[str, Any]:
    """A whole page of the labelled sets in the form of the other labelled pages: a kind for each line."""
    kinds = ("page", "content", "title")
    lines = ((line, label_of_article(doc, line)[0]) for line in split_lines(doc["text"]))
    return {**doc, "spans": [[line.start, line.end, kinds[label]] for line, label in lines if label != 1]}
