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

__all__ = ["LOGS", "MANIFEST", "Destination", "Report", "audit_folder", "path_beside"]

LOGS = ("removed.jsonl", "dropped.jsonl")
MANIFEST = "manifest.json"
"""It is written last, so that a run is finished exactly when it is there."""


def audit_folder(output: str, audit: str | Path | None = None) -> Path:
    """The folder of a run's logs: `audit` where one is named, else `clean.audit` beside `clean.jsonl.gz`."""
    return Path(audit) if audit else path_beside(output, ".audit")


def path_beside(output: str, suffix: str) -> Path:
    """A path in the same folder, named as the output is, with another suffix.

    >>> path_beside("corpus/clean.jsonl.gz", ".audit").name
    'clean.audit'
    """
    path = Path(output)
    stem = path.name
    # The packed format's ending first, for what it packs has an ending of its own.
    for known in (".gz", ".zst", ".jsonl", ".parquet", ".txt"):
        stem = stem.removesuffix(known)
    return path.with_name(stem + suffix)


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: its output, the folder of its logs and its HTML report ("" where there is none, as after a dry
    run), with the counts of manifest.json.

    `rejected` counts what could not be read, without what was skipped because it is no article. `examples` has the
    first reject of each error, in words.

    >>> Report("clean.jsonl", "clean.audit", {"articles": {"read": 3, "written": 2}}, rejected=0, seconds=0.5).written
    2
    """

    output: str
    audit: str
    counts: Tables
    rejected: int
    seconds: float
    report_path: str = ""
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
    """Where a run's output and logs go. `output` "-" is stdout, which has logs only where `audit` names a folder."""

    def __init__(self, output: str, *, audit: str | Path | None, options: Options) -> None:
        self._output, self._options = output, options
        self.streams = output == "-"
        self._audit = None if self.streams and not audit else audit_folder(output, audit)

    def beside(self, suffix: str) -> Path:
        """`clean.jsonl.gz` -> `clean` + suffix, in the same folder."""
        return path_beside(self._output, suffix)

    def rehearsal(self, folder: Path) -> Destination:
        """Where a dry run puts what it would have written, to be looked at and thrown away."""
        options = replace(self._options, dry_run=False, shards=0)
        (folder / "rehearsal").mkdir(exist_ok=True)
        return Destination(str(folder / "rehearsal" / "clean.jsonl"), audit=None, options=options)

    def check(self, *, resumed: bool) -> None:
        """Raise OutputError when the output cannot be put there, before any work is done."""
        if self.streams or self._options.dry_run:
            return
        # Where an unfinished run is resumed and has no manifest, the output that stands there was left by that run
        # itself, stopped while it published, and may be replaced.
        half_published = resumed and self._audit is not None and not (self._audit / MANIFEST).exists()
        self._open(0, force=self._options.force or half_published)

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
        # Rejects come from worker processes in any order; the log of two equal runs must not tell them apart.
        rejected = sorted(rejects, key=lambda r: (r.source, r.record, r.error, r.detail))
        rows: list[list[object]] = [["skipped" if r.error in SKIPPED else "rejected", r.error, 1] for r in rejected]
        rows += [["near_duplicates", name, number] for name, number in near_duplicates.items()]
        for path in shards:
            rows += read_shard(path, ())[1]["counts"]
        counts = count_tables(rows)
        if self.streams:
            for path in shards:
                sys.stdout.buffer.writelines(_lines(path, "record"))
            sys.stdout.buffer.flush()  # an error of writing shows here, and not after the run was reported as done
        else:
            with self._open(counts.get("articles", {}).get("written", 0), force=True) as out:
                for path in shards:
                    out.write_lines(_lines(path, "record"))  # the lines as workers made them, not parsed again
        if self._audit:
            outputs = self._write_logs(self._audit, shards, rejected, extra)
            machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
            described = manifest(
                options=self._options, inputs=inputs, outputs=outputs, counts=counts, run={**facts, **machine}
            )
            with replacing(self._audit / MANIFEST) as out_manifest:
                out_manifest.write(described)
        return Report(
            self._output,
            str(self._audit or ""),
            counts,
            sum(counts.get("rejected", {}).values()),
            float(str(facts["seconds"])),
            # Backwards, so that the first reject of an error is the one that stays.
            examples={
                r.error: f"{r.source}{f', record {r.record}' * bool(r.record)}: {r.detail} {r.advice}"
                for r in rejected[::-1]
            },
        )

    def _write_logs(
        self, audit: Path, shards: Sequence[Path], rejected: Sequence[Reject], extra: Sequence[Path]
    ) -> dict[str, Path]:
        """Write all logs but the manifest, and return the files that it must describe, by name."""
        audit.mkdir(parents=True, exist_ok=True)
        (audit / MANIFEST).unlink(missing_ok=True)  # while the logs change, nothing must call them finished
        for part in audit.glob(".*.part"):  # left by a run that was killed here
            part.unlink()
        for name in LOGS:
            with replacing(audit / name) as out:
                for path in shards:
                    out.writelines(_lines(path, name.removesuffix(".jsonl")))
        with replacing(audit / "rejected.jsonl") as out:
            out.writelines(orjson.dumps(rejected_row(r), option=orjson.OPT_APPEND_NEWLINE) for r in rejected)
        for path in extra:
            shutil.move(path, audit / path.name)
        outputs = {name: audit / name for name in (*LOGS, "rejected.jsonl", *(path.name for path in extra))}
        return outputs if self.streams else {**outputs, "output": Path(self._output)}

    def _open(self, total: int, *, force: bool) -> Output:
        return open_output(self._output, shards=self._options.shards, total=total, force=force)


def _lines(path: Path, column: str) -> Iterator[memoryview]:
    """The values of one column of a shard, which are lines of JSON, without the empty ones."""
    return filter(None, binary_values(read_shard(path, (column,))[0][column]))
