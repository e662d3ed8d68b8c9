"""report.html of a finished run: one self-contained page that says what was done to the corpus, and why.

origins has the tallies that the run left in its shards, or makes them from the output and its logs (walk reads them in
step); sums and pairs add them up in bounded memory; findings looks up the texts (views) and is all that the page shows;
markup and charts draw; tables, articles and page lay it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cleaner.audit.logs import rows
from cleaner.audit.report.findings import Findings, from_json, to_json
from cleaner.audit.report.origins import Logs, Shards
from cleaner.audit.report.page import page
from cleaner.engine.work import replacing
from cleaner.errors import OutputError
from cleaner.options import Options
from cleaner.output.publish import Destination

__all__ = ["write_report"]

FINDINGS = "report.json"
_FOLLOWED, _REJECTS = 2000, 100


def write_report(
    output: str, *, audit: str | Path | None = None, to: Path | None = None, shards: Sequence[Path] = ()
) -> Path:
    """Write the report of the run that wrote `output` and return its path: `to`, else report.html in the audit folder.

    What it shows beside the manifest comes from the `shards` of the run's last stage, else from report.json in the
    audit folder, else from the output and its logs, which are then read twice. Where the output holds no records
    (stdout, a folder of texts), only the first two know its articles. Raises OutputError when there are no logs.
    """
    folder = Path(audit) if audit else Destination(output, audit=None, options=Options()).beside(".audit")
    manifest = _manifest(folder)
    known, of = folder / FINDINGS, manifest["outputs"]
    findings = None if shards or not known.is_file() else from_json(known.read_bytes(), of)
    if findings is None:
        findings = _findings(output, folder, manifest["counts"], shards)
        if to is None:
            with replacing(known) as out:
                out.write(to_json(findings, of))
    rejected = list(islice(rows(folder / "rejected.jsonl"), _REJECTS))
    path = to or folder / "report.html"
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(page(Path(output).name, manifest, findings, rejected))
    return path


def _findings(output: str, folder: Path, counts: dict[str, Any], shards: Sequence[Path]) -> Findings:
    fresh = Shards(shards)
    origin = fresh if fresh.complete() else Logs(output, folder, counts)
    return Findings.of(origin, _largest(counts.get("site", {})))


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
