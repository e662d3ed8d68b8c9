"""Write report.html for a finished run: one self-contained page that shows what was done to the corpus, and why.

The way of the data through the modules:

tallies of the shards -> statistics -> texts of the articles shown -> report.json -> figures, findings -> report.html
sources.py               statistics.py  shown_articles.py,             data.py       figures.py,          page.py,
                                        shown_duplicates.py                          findings.py          templates/
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from cleaner.audit.logs import open_logs, rows
from cleaner.audit.report.data import collect, from_json, to_json
from cleaner.audit.report.figures import REJECTS
from cleaner.audit.report.page import render_page
from cleaner.audit.report.sources import FromLogs, FromShards
from cleaner.durable import replacing
from cleaner.output.manifest import largest_first
from cleaner.ownership import check_page

__all__ = ["write_report"]

_TOP_SITES = 2000
"""So many sites, those with most articles in the manifest, are counted one by one in any case."""


def write_report(
    output: str,
    *,
    audit: str | Path | None = None,
    to: Path | None = None,
    shards: Sequence[Path] = (),
    force: bool = False,
) -> Path:
    """Write the report of the run that wrote `output` and return its path: `to`, else report.html in the audit folder.

    Its data comes from the manifest and from the first of these that there is: the `shards` of the run's last stage,
    report.json in the audit folder, the output and its logs, which are then read twice. Where the output holds no
    records (stdout, a folder of texts), only the first two know its articles. Raises OutputError when there are no
    logs, or those of another run; RefusedError, unless `force`, where a file that is no report would be replaced.
    """
    with _older_objects_set_aside():
        return _write(output, audit, to, shards, force)


def _write(output: str, audit: str | Path | None, to: Path | None, shards: Sequence[Path], force: bool) -> Path:
    """Write the report, as `write_report` says."""
    folder, manifest = open_logs(output, audit, checked=not shards)
    path = to or folder / "report.html"
    check_page(path, force=force)
    saved, files, counts = folder / "report.json", manifest["outputs"], manifest["counts"]
    # report.json names the outputs by their hashes, so one that an earlier run left under the same name is not shown.
    data = None if shards or not saved.is_file() else from_json(saved.read_bytes(), files)
    if data is None:
        of_run = FromShards(shards)
        source = of_run if of_run.complete() else FromLogs(output, folder, counts)
        sites = [site for site, _ in largest_first(counts.get("site", {})) if site]
        data = collect(source, sites[:_TOP_SITES])
        if to is None:
            with replacing(saved) as out:
                out.write(to_json(data, files))
    rejected = list(islice(rows(folder / "rejected.jsonl"), REJECTS))
    with replacing(path) as out:
        out.write(render_page(Path(output).name, manifest, data, rejected).encode())
    return path


@contextmanager
def _older_objects_set_aside() -> Iterator[None]:
    """Keep the garbage collector from visiting objects that are older than the report.

    A run holds hundreds of thousands of them, mostly parts of models. Visiting them again and again was a fifth of the
    time of the report of a small run: .035 of .19 s.
    """
    if gc.get_freeze_count():  # the caller did so already, and only the caller may undo it
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
