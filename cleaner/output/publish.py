"""Putting a finished run under its final names: the output, and its logs in the audit folder."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from cleaner.article import Reject
from cleaner.assignments import split_shares
from cleaner.durable import remove_parts, replacing
from cleaner.engine.columns import binary_values
from cleaner.engine.work import LOCK, read_shard, remove_work
from cleaner.errors import OptionError, RefusedError
from cleaner.options import Options, check_written
from cleaner.output.collisions import check_can_be_made, check_inputs_stay, check_places
from cleaner.output.formats import Layout, chosen_lines
from cleaner.output.journal import Journal
from cleaner.output.manifest import Tables, count_tables, describe, manifest, same_data
from cleaner.output.writers import check_output, clear_remains, new_output
from cleaner.ownership import (
    CARD_MARK,
    MARK,
    check_folder,
    check_page,
    claim_folder,
    is_made_file,
    mark_beside,
    mark_line,
    read_mark,
    write_mark,
)
from cleaner.read.files import is_stream
from cleaner.read.read_errors import SKIPPED
from cleaner.read.task import Source

__all__ = [
    "LOGS", "MANIFEST", "SPLIT_LOG", "Destination", "Report", "audit_folder", "card_mark", "path_beside", "report_of",
]  # fmt: skip

LOGS = ("removed.jsonl", "dropped.jsonl")
SPLIT_LOG = "split.txt"
"""The log of an output that is split into parts: the part of each record, in the order of the run. With it the records
of all parts can be read in that order again."""
MANIFEST = "manifest.json"
"""It is written last, so that the logs are complete exactly when it is there."""


def audit_folder(output: str, audit: str | Path | None = None) -> Path:
    """Return the folder of a run's logs: `audit` where one is named, else `clean.jsonl.audit` beside `clean.jsonl`.

    It has the whole name of the output, so that `clean.jsonl` and `clean.parquet` do not share one.
    """
    path = Path(output)
    return Path(audit) if audit else path.with_name(f"{path.name}.audit")


def path_beside(output: str, suffix: str) -> Path:
    """Return a path in the same folder, named as the output is, with another suffix.

    >>> path_beside("corpus/clean.jsonl.gz", ".work").name
    'clean.work'
    """
    path = Path(output)
    stem = path.name
    # The packed format's ending first, for what it packs has an ending of its own.
    for known in (".gz", ".zst", ".jsonl", ".csv", ".tsv", ".parquet", ".txt"):
        stem = stem.removesuffix(known)
    return path.with_name(stem + suffix)


def card_mark(output: str) -> str:
    """Return the line by which a dataset card says that Cleaner made it, and of which output."""
    return f"{CARD_MARK}{Path(output).name.replace('--', '- -')}; a run with --card replaces it. -->"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run: its output, the folder of its logs and its HTML report ("" where there is none, as after a
    dry run), with the counts of manifest.json.

    `rejected` counts what could not be read, without what was skipped because it is no article. `examples` has the
    first reject of each error, in words. `left_out` counts files of the input that Cleaner itself had made.

    >>> counts = {"articles": {"read": 3, "written": 2}}
    >>> Report("clean.jsonl", "clean.jsonl.audit", counts, rejected=0, seconds=0.5).written
    2
    """

    output: str
    audit: str
    counts: Tables
    rejected: int
    seconds: float
    report_path: str = ""
    examples: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0

    @property
    def read(self) -> int:
        """Articles read."""
        return int(self.counts.get("articles", {}).get("read", 0))

    @property
    def written(self) -> int:
        """Articles written."""
        return int(self.counts.get("articles", {}).get("written", 0))


def report_of(output: str, audit: str, counts: Tables, rejected: Sequence[Mapping[str, Any]], seconds: float) -> Report:
    """Return the report on a run with these counts and rows of rejected.jsonl, which stand in the order of that log."""
    examples = {}
    for row in rejected[::-1]:  # backwards, so that the first reject of an error is the one that stays
        record = f", record {row['record']}" if row["record"] else ""
        examples[row["error"]] = f"{row['source']}{record}: {row['detail']} {row['advice']}"
    return Report(output, audit, counts, sum(counts.get("rejected", {}).values()), seconds, examples=examples)


class Destination:
    """The paths of the output and the logs of a run. `output` "-" is stdout, which has logs only where `audit` names a
    folder."""

    def __init__(self, output: str, *, audit: str | Path | None, options: Options) -> None:
        self.output, self._options = output, options
        self._layout = Layout.of(options)  # here, before anything is made, options that do not fit are refused
        self._is_folder = bool(options.shards) or output.endswith("/")
        self.streams = output == "-"
        for name, path in (("-o", output), ("--audit", str(audit or ""))):
            check_written(name, path)
        if Path(output).name in ("", ".."):
            raise OptionError(f"-o {output} names no new file or folder. Name one, such as {output}/clean.jsonl.")
        self.audit = None if self.streams and not audit else audit_folder(output, audit)
        beside = None if self.streams else path_beside(output, ".work")
        work = Path(options.work) if options.work else beside
        self.work = Path(os.path.realpath(work)) if work else None
        """The work directory, None where a temporary one is used."""

        named = (self.work, self.audit, options.site_rules, options.against)
        self.own = [Path(path) for path in named if path]
        """Files and folders of the run that are no input, wherever they lie."""
        self.card: Path | None = None
        """The path of the dataset card, None without one."""
        if options.card and not self.streams and not options.dry_run:
            self.card = (Path(output) if self._is_folder else Path(output).parent) / "README.md"
        self.page: Path | None = None
        """The path of the report of a dry run; None in other runs, whose report is among the logs."""
        if options.report and not self.streams and options.dry_run:
            self.page = path_beside(output, ".dry-run.html")

    def rehearsal(self, folder: Path) -> Destination:
        """Return a destination in `folder` for what a dry run would have written, from which its report is made."""
        options = replace(self._options, dry_run=False, shards=0, card=False)
        (folder / "rehearsal").mkdir(exist_ok=True)
        return Destination(str(folder / "rehearsal" / "clean.jsonl"), audit=None, options=options)

    def journal(self, about: bytes) -> Journal | None:
        """Return the journal of the run that `about` describes; None where the run writes no file (stdout, a dry
        run)."""
        if self.streams or self._options.dry_run or self.work is None:
            return None
        return Journal(self.work, about, self._options.shards)

    def check(self, sources: Iterable[Source | Reject], about: bytes) -> Report | None:
        """Look whether everything may be put where it belongs, before anything is made.

        Raises RefusedError, with the path and what to do, where a file or folder is the user's. Returns the report of a
        run that is complete: it was ended while its work directory was removed, which is finished here.
        """
        output, options = "" if self.streams else self.output, self._options
        check_can_be_made((output, self.work, None if options.dry_run else self.audit))
        named = {"the output": output, "--audit": self.audit, "--work": self.work, "--site-rules": options.site_rules}
        named |= {"--against": options.against, "--phrases": options.phrases, "--allow": options.allow}
        check_places(named, ("--work", "the output") if self._is_folder else ("--work",))
        if self.work is not None:
            check_folder(self.work, "work", self.output)
        if self.audit is not None and not options.dry_run:
            check_folder(self.audit, "audit", self.output)
        check_inputs_stay((output, options.site_rules, self.card, self.work, self.audit), sources)
        journal = self.journal(about)
        if journal is not None and journal.finished and self.work is not None and not options.fresh:
            once = any(isinstance(source, Source) and is_stream(source) for source in sources)
            report = self._published() if journal.done and not once and self._is_published(journal) else None
            remove_work(self.work)  # of a complete run, whatever that was about
            if report is not None:
                return report
            journal = self.journal(about)
        if self.page is not None:
            check_page(self.page, force=options.force)
        if self.streams or options.dry_run:
            return None
        try:
            self._check_output(journal)
        except RefusedError:
            self._remove_remains()
            raise
        if self.audit is not None and self.work is not None and Path(os.path.realpath(self.audit)) in self.work.parents:
            claim_folder(self.audit, "audit", self.output)  # now, because the work directory will lie in it
        return None

    def publish(
        self,
        shards: Sequence[Path],
        rejects: Iterable[Reject],
        inputs: Sequence[tuple[str, int, str]],
        near_duplicates: Mapping[str, int],
        facts: Mapping[str, object],
        extra: Sequence[Path] = (),
        journal: Journal | None = None,
    ) -> Report:
        """Write everything from the shards of the last stage; `extra` files move to the logs, the manifest is last.

        `journal` remembers the output before it gets its name, so that a continued run may replace it.
        """
        # Rejects come from worker processes in any order, and two equal runs must write the same log.
        rejected = sorted(rejects, key=lambda r: (r.source, r.record, r.error, r.detail))
        rows: list[list[object]] = [["skipped" if r.error in SKIPPED else "rejected", r.error, 1] for r in rejected]
        rows += [["near_duplicates", name, number] for name, number in near_duplicates.items()]
        for path in shards:
            rows += read_shard(path, ())[1]["counts"]
        counts = count_tables(rows)
        if journal is not None and journal.complete:  # with --force the same run is done once more
            journal.note(done=False)
        if self.audit:
            claim_folder(self.audit, "audit", self.output)  # first, so that its mark names an output that stands there
            for path in (self.audit, mark_beside(self.output), *filter(None, (self.card, self.page))):
                remove_parts(path)
        outputs = self._write_output(shards, counts, journal)
        rejected_rows = [asdict(r) for r in rejected]
        if self.audit:
            outputs |= self._write_logs(self.audit, shards, rejected_rows, extra)
            machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
            described = manifest(
                options=self._options, inputs=inputs, outputs=outputs, counts=counts, run={**facts, **machine}
            )
            with replacing(self.audit / MANIFEST) as out_manifest:
                out_manifest.write(described)
        return report_of(self.output, str(self.audit or ""), counts, rejected_rows, float(str(facts["seconds"])))

    def _write_output(self, shards: Sequence[Path], counts: Tables, journal: Journal | None) -> dict[str, object]:
        """Write the records, and return what the manifest says of them."""
        # The lines as workers made them, not parsed again.
        lines = chain.from_iterable(_lines(path, "record") for path in shards)
        total, split = counts.get("articles", {}).get("written", 0), counts.get("split", {})
        if self.streams:
            digest, size = sha256(), 0
            for line in chosen_lines(lines, self._layout) if self._layout.changes else lines:
                sys.stdout.buffer.write(line)
                digest.update(line)
                size += len(line)
            sys.stdout.buffer.flush()  # an error of writing shows here, and not after the run was reported as done
            return {"stdout": {"bytes": size, "sha256": digest.hexdigest()}}
        output = Path(self.output)
        if journal is not None and self._is_published(journal):
            clear_remains(output)
            described = journal.output
        else:
            parts = [
                (
                    name,
                    chain.from_iterable(map(partial(_lines, column="record", part=name), shards)),
                    split.get(name, 0),
                )
                for name in split_shares(self._options.split)
            ]
            number = self._options.shards
            with new_output(
                self.output, lines, total, shards=number, force=True, layout=self._layout, parts=parts
            ) as temporary:
                described = describe(temporary)
                if journal is not None:
                    journal.note(output=described)
        assert self.audit is not None, "only stdout has no logs"
        if output.is_file():  # a folder carries its own mark
            size = output.stat().st_size
            write_mark(self.audit, "audit", self.output, size)
            if self.audit != audit_folder(self.output):
                with replacing(mark_beside(output)) as mark:
                    mark.write(mark_line(mark_beside(output), "audit", self.output, size))
        return {"output": described}

    def _write_logs(
        self, audit: Path, shards: Sequence[Path], rejected: Sequence[Mapping[str, object]], extra: Sequence[Path]
    ) -> dict[str, object]:
        """Write all logs but the manifest, and return what it says of each file, by name."""
        (audit / MANIFEST).unlink(missing_ok=True)  # while the logs change, nothing must call them finished
        logs = (*LOGS, SPLIT_LOG) if self._options.split and self._is_folder else LOGS
        for name in logs:
            with replacing(audit / name) as out:
                for path in shards:
                    out.writelines(_lines(path, Path(name).stem))
        with replacing(audit / "rejected.jsonl") as out:
            out.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rejected)
        for path in extra:
            with path.open("rb") as file, replacing(audit / path.name) as out:
                shutil.copyfileobj(file, out)  # not renamed: the work directory may lie on another disk
        names = (*logs, "rejected.jsonl", *(path.name for path in extra))
        return {name: describe(audit / name) for name in names}

    def _is_published(self, journal: Journal) -> bool:
        """Return True if the output is the one that this run put there."""
        return journal.output is not None and same_data(Path(self.output), journal.output)

    def _published(self) -> Report | None:
        """Return the report of a run that is complete, from its logs; None where somebody has removed them."""
        if self.audit is None or not (self.audit / MANIFEST).exists():
            return None
        found = orjson.loads((self.audit / MANIFEST).read_bytes())
        rejected = [orjson.loads(line) for line in (self.audit / "rejected.jsonl").read_bytes().splitlines()]
        page = self.audit / "report.html"
        report = report_of(self.output, str(self.audit), found["counts"], rejected, found["run"]["seconds"])
        return replace(report, report_path=str(page) if page.exists() else "")

    def _check_output(self, journal: Journal | None) -> None:
        """Raise RefusedError when the output, or the card beside it, would replace what is the user's."""
        # A run that is complete is not replaced, even if it has kept its work directory.
        own = journal is not None and not journal.complete and self._is_published(journal)
        check_output(self.output, shards=self._options.shards, force=self._options.force or own)
        output, force = Path(self.output), self._options.force
        if output.is_dir() and force and not own and self.audit is not None:
            # With --force a folder is deleted with all its files, so nobody may have added one since it was written.
            with suppress(OSError, ValueError, KeyError):
                known = orjson.loads((self.audit / MANIFEST).read_bytes())["outputs"]["output"]
                more = next((name for name in describe(output) if name not in known), None)
                if more is not None:
                    raise RefusedError(f"{output / more} is not of the run that wrote {output}. Move it away first.")
        card = self.card
        if card is not None and card.exists() and not force and not is_made_file(card, card_mark(self.output).encode()):
            raise RefusedError(
                f"--card would replace {card}, which is no card of this output. Move it away, name an output in "
                "another folder, or replace it with --force."
            )

    def _remove_remains(self) -> None:
        """Remove a work directory in which a run that was killed left nothing but the mark and the lock."""
        if self.work is None or self._options.work or not self.work.is_dir():
            return
        left = {path.name for path in self.work.iterdir()}
        if not left or (read_mark(self.work) and left <= {MARK, LOCK}):
            remove_work(self.work)


def _lines(path: Path, column: str, part: str = "") -> Iterator[memoryview]:
    """Return the lines in one column of a shard, without empty ones; with `part` those of this part of the split
    alone."""
    table, _ = read_shard(path, (column, "split") if part else (column,))
    values = binary_values(table[column])
    if not part:
        return filter(None, values)
    line = f"{part}\n".encode()
    return (value for value, of in zip(values, binary_values(table["split"]), strict=True) if of == line)
