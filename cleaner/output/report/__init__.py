"""report.html of a finished run: one self-contained page that says what was done to the corpus, and why.

markup and charts draw; walk reads the output and its logs in step; tally, pairs, views and sampling collect what is
shown in bounded memory; tables, articles and page lay it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cleaner.errors import OutputError
from cleaner.options import Options
from cleaner.output.publish import Destination
from cleaner.output.reading import Row, records, removals, rows
from cleaner.output.report.page import page
from cleaner.output.report.pairs import Pairs
from cleaner.output.report.tally import Tally
from cleaner.output.report.walk import walk

__all__ = ["write_report"]

_FOLLOWED, _REJECTS = 2000, 100


def write_report(output: str, *, audit: str | Path | None = None, to: Path | None = None) -> Path:
    """Write the report of the run that wrote `output` and return its path: `to`, else report.html in the audit folder.

    The output and its logs are read once (dropped.jsonl twice). Where the output holds no records (stdout, a folder of
    texts), the parts that need its articles show the dropped ones alone. Raises OutputError when there are no logs.
    """
    folder = Path(audit) if audit else Destination(output, audit=None, options=Options()).beside(".audit")
    manifest = _manifest(folder)
    counts = manifest["counts"]
    pairs = Pairs()
    pairs.dropped(rows(folder / "dropped.jsonl"))
    articles = counts.get("articles", {})
    sizes = articles.get("written", 0), articles.get("read", 0) - articles.get("written", 0)
    tally = Tally(_largest(counts.get("site", {})), articles.get("read", 0))
    logs = rows(folder / "dropped.jsonl"), removals(folder / "removed.jsonl")
    for walked in walk(_written(output), *logs, sizes=sizes):
        tally.add(walked)
        if walked.record and not walked.drop:
            pairs.written(walked.record)
    rejected = list(islice(rows(folder / "rejected.jsonl"), _REJECTS))
    path = to or folder / "report.html"
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(page(Path(output).name, manifest, tally, pairs, rejected))
    return path


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise OutputError(
            f"{path} is not there. Name the output of a finished run, or the folder of its logs with --audit."
        )
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found


def _largest(sites: dict[str, int]) -> list[str]:
    return sorted((s for s in sites if s), key=lambda s: (-sites[s], s))[:_FOLLOWED]


def _written(output: str) -> Iterator[Row]:
    """The records of the output, as far as it holds any."""
    with suppress(OutputError):
        yield from records(output)
