"""Putting a finished run under its final names: the output, and its logs in the audit folder."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from cleaner.article import Reject
from cleaner.engine.columns import binary_values
from cleaner.engine.work import read_shard, replacing
from cleaner.options import Options
from cleaner.output.manifest import Tables, count_tables, manifest
from cleaner.output.records import rejected_row
from cleaner.output.writers import Output, open_output
from cleaner.read.read_errors import SKIPPED

__all__ = ["Destination", "Report"]

LOGS = ("removed.jsonl", "dropped.jsonl")
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: where its output, its logs and its HTML report stand ("" where there is none, as after a dry
    run), and the counts of manifest.json.

    `rejected` counts what could not be read, without what is no article and was skipped. `examples` shows for each
    error the first that was met, in words.

    >>> Report("clean.jsonl", "clean.audit", {"articles": {"read": 3, "written": 2}}, rejected=0, seconds=0.5).written
    2
    """

    output: str
    audit: str
    counts: Tables
    rejected: int
    seconds: float
    page: str = ""
    examples: Mapping[str, str] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Articles read."""
        return int(self.counts.get("articles", {}).get("read", 0))

    @property
    def written(self) -> int:
        """Articles written."""
        return int(self.counts.get("articles", {}).get("written", 0))


class Destination:
    """The output of a run and the folder of its logs. `output` "-" is stdout, with logs only where `audit` is given."""

    def __init__(self, output: str, *, audit: str | Path | None, options: Options) -> None:
        self._output, self._options = output, options
        self.streams = output == "-"
        self._audit = Path(audit) if audit else None if self.streams else self.beside(".audit")

    def beside(self, suffix: str) -> Path:
        """`clean.jsonl.gz` -> `clean` + suffix, in the same folder."""
        path = Path(self._output)
        stem = path.name
        for known in (".gz", ".zst", ".jsonl", ".parquet", ".txt"):
            stem = stem.removesuffix(known)
        return path.with_name(stem + suffix)

    def rehearsal(self, folder: Path) -> Destination:
        """Where a dry run puts what it would have written, to be looked at and thrown away."""
        options = replace(self._options, dry_run=False, shards=0)
        (folder / "rehearsal").mkdir(exist_ok=True)
        return Destination(str(folder / "rehearsal" / "clean.jsonl"), audit=None, options=options)

    def check(self, *, resumed: bool) -> None:
        """Raise OutputError when the output cannot be put there, before any work is done.

        An output without a manifest beside it, where an unfinished run is resumed, is that run's own.
        """
        if not self.streams and not self._options.dry_run:
            self._writer(0, force=self._options.force or (resumed and self._half_published()))

    def publish(
        self,
        shards: Sequence[Path],
        rejects: Iterable[Reject],
        inputs: Sequence[tuple[str, int, str]],
        near_duplicates: Mapping[str, int],
        facts: Mapping[str, object],
        extra: Sequence[Path] = (),
    ) -> Report:
        """Write everything from the shards of the last stage; `extra` files move to the logs, the manifest is last."""
        rejected = sorted(rejects, key=lambda r: (r.source, r.record, r.error, r.detail))
        counts = _counts(shards, rejected, near_duplicates)
        self._write_output(shards, counts)
        if self._audit:
            self._write_logs(self._audit, shards, rejected, inputs, counts, facts, extra)
        return Report(
            self._output,
            str(self._audit or ""),
            counts,
            sum(counts.get("rejected", {}).values()),
            float(str(facts["seconds"])),
            examples={
                r.error: f"{r.source}{f', record {r.record}' * bool(r.record)}: {r.detail} {r.advice}"
                for r in rejected[::-1]
            },
        )

    def _write_output(self, shards: Sequence[Path], counts: Tables) -> None:
        if self.streams:
            for path in shards:
                sys.stdout.buffer.writelines(_cells(path, "record"))
            sys.stdout.buffer.flush()
            return
        with self._writer(counts.get("articles", {}).get("written", 0), force=True) as out:
            for path in shards:
                out.write_lines(_cells(path, "record"))

    def _write_logs(
        self,
        audit: Path,
        shards: Sequence[Path],
        rejected: Sequence[Reject],
        inputs: Sequence[tuple[str, int, str]],
        counts: Tables,
        facts: Mapping[str, object],
        extra: Sequence[Path],
    ) -> None:
        audit.mkdir(parents=True, exist_ok=True)
        (audit / MANIFEST).unlink(missing_ok=True)
        for part in audit.glob(".*.part"):  # left by a run that was killed here
            part.unlink()
        for name in LOGS:
            with replacing(audit / name) as out:
                for path in shards:
                    out.writelines(_cells(path, name.removesuffix(".jsonl")))
        with replacing(audit / "rejected.jsonl") as out:
            out.writelines(orjson.dumps(rejected_row(r), option=orjson.OPT_APPEND_NEWLINE) for r in rejected)
        for path in extra:
            shutil.move(path, audit / path.name)
        outputs = {name: audit / name for name in (*LOGS, "rejected.jsonl", *(path.name for path in extra))}
        if not self.streams:
            outputs["output"] = Path(self._output)
        run = {**facts, "python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
        with replacing(audit / MANIFEST) as out:
            out.write(manifest(options=self._options, inputs=inputs, outputs=outputs, counts=counts, run=run))

    def _writer(self, total: int, *, force: bool) -> Output:
        return open_output(self._output, shards=self._options.shards, total=total, force=force)

    def _half_published(self) -> bool:
        return self._audit is not None and not (self._audit / MANIFEST).exists()


def _counts(shards: Sequence[Path], rejected: Sequence[Reject], near_duplicates: Mapping[str, int]) -> Tables:
    rows: list[list[object]] = [["skipped" if r.error in SKIPPED else "rejected", r.error, 1] for r in rejected]
    rows += [["near_duplicates", name, n] for name, n in near_duplicates.items()]
    for path in shards:
        rows += read_shard(path, ())[1]["counts"]
    return count_tables(rows)


def _cells(path: Path, column: str) -> Iterator[memoryview]:
    """The lines of one column that are not empty."""
    return filter(None, binary_values(read_shard(path, (column,))[0][column]))
