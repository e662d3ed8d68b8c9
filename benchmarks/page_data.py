"""The labelled whole pages, as the script beside the labelled data makes them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from strip import DATA, read

__all__ = ["build_pages", "labels_of"]


def build_pages() -> list[dict[str, Any]]:
    """All of them; takes half a minute and needs lxml."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "pages.jsonl"
        script = DATA / "textcruft" / "build_pages.py"
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, str(script), "--out", str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        return read(target)


def labels_of(doc: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Start, end and label of each line, "content" where nothing is marked."""
    kinds = {start: kind for start, _, kind in doc["spans"]}
    out, at = [], 0
    for text in doc["text"].split("\n"):
        out.append((at, at + len(text), kinds.get(at, "content")))
        at += len(text) + 1
    return out
