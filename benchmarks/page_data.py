"""The labelled whole pages, as the script beside the labelled data makes them, of two collections.

`wcxb` are English pages of many kinds of sites of today, `daniel` news pages of 2011 and 2012 in Chinese, English,
Greek, Polish and Russian, with hundreds of links around twenty lines of text.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from strip import DATA, read

__all__ = ["COLLECTIONS", "build_pages", "labels_of"]

COLLECTIONS = ("wcxb", "daniel")


def build_pages(collection: str = "wcxb") -> list[dict[str, Any]]:
    """All pages of a collection, each with its name under "source"; takes half a minute and needs lxml."""
    with tempfile.TemporaryDirectory() as folder:
        target, languages = Path(folder) / "pages.jsonl", dict[str, str]()
        script = DATA / "textcruft" / "build_pages.py"
        command = [sys.executable, str(script), "--out", str(target)]
        if collection == "daniel":
            languages = _lay_out_daniel(Path(folder) / "dev")
            command += ["--wcxb", folder]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        pages = read(target)
    return [{**d, "source": collection, "language": languages.get(d["id"], d["language"])} for d in pages]


def _lay_out_daniel(folder: Path) -> dict[str, str]:
    """Lay the pages of daniel out as the script expects those of wcxb; returns the language of each by its id.

    The gold texts hold the headline, so that no title is given apart from them.
    """
    source, languages = DATA / "extraction" / "daniel", {}
    (folder / "ground-truth").mkdir(parents=True)
    (folder / "html").symlink_to(source / "html")
    for path in sorted((source / "ground-truth").glob("*.json")):
        page = json.loads(path.read_text("utf-8"))
        gold = {"url": page["url"], "ground_truth": {"title": "", "main_content": page["main_content"]}}
        (folder / "ground-truth" / path.name).write_text(json.dumps(gold), "utf-8")
        languages[f"dev/{path.stem}"] = page["language"]
    return languages


def labels_of(doc: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Start, end and label of each line, "content" where nothing is marked."""
    kinds = {start: kind for start, _, kind in doc["spans"]}
    out, at = [], 0
    for text in doc["text"].split("\n"):
        out.append((at, at + len(text), kinds.get(at, "content")))
        at += len(text) + 1
    return out
