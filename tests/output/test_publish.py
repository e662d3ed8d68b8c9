"""Putting a run under its final names: whatever stops it, the same command finishes it."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from cleaner import Options, clean_corpus
from cleaner.engine.work import PUBLISH
from cleaner.errors import OptionError, OutputError, RefusedError, WorkError
from cleaner.ownership import MARK
from cleaner.repeats.site_rules import load_site_rules

OPTIONS = Options(workers=1, card=True, pairs=True, site_rules="rules.jsonl", shard_records=2)
TEXT = (
    "The {0} of Keldmere was painted green last week, and forty people came in the rain to see the {0}.\n\nRead also\n"
)
THINGS = ("bridge", "kiln", "orchard", "archive", "lantern")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "raw").mkdir()
    for thing in THINGS:
        (tmp_path / f"raw/{thing}.txt").write_text(TEXT.format(thing), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    """Return the content of every file, without what differs from run to run."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for name in [name for name in found if name.endswith("manifest.json")]:
        manifest = orjson.loads(found[name])
        del manifest["run"]
        found[name] = orjson.dumps(manifest)
    return {name: data for name, data in found.items() if not name.endswith("report.html")} | {
        name: b"" for name in found if name.endswith("report.html")
    }


class Stop(BaseException):
    """Ends a run as a signal would."""


@contextmanager
def stopping(patch: pytest.MonkeyPatch, at: int) -> Iterator[list[str]]:
    """Stop before the operation number `at` that renames or removes anything; those that were done are listed."""
    done: list[str] = []

    def counted(name: str, place: object) -> None:
        real = getattr(place, name)

        def call(*arguments: object, **named: object) -> object:
            if len(done) == at:
                raise Stop
            done.append(f"{name} {arguments[0]}")
            return real(*arguments, **named)

        patch.setattr(place, name, call)

    with patch.context() as patch:
        for name in ("replace", "unlink", "rmdir"):
            counted(name, Path)
        counted("rmtree", shutil)
        yield done


@pytest.mark.parametrize("output", ["clean.jsonl", "out/"])
def test_the_same_command_finishes_a_run_that_was_stopped(
    folder: Path, output: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbroken = tmp_path_factory.mktemp("unbroken")
    shutil.copytree(folder, unbroken, dirs_exist_ok=True)
    with monkeypatch.context() as patch, stopping(patch, 10**9) as operations:
        patch.chdir(unbroken)
        clean_corpus("raw", output, OPTIONS)
    wanted = content(unbroken)
    assert len(operations) > 25
    first = next(n for n, done in enumerate(operations) if "publish.json" in done)
    for at in range(first - 1, len(operations)):
        run = tmp_path_factory.mktemp("stopped")
        shutil.copytree(folder, run, dirs_exist_ok=True)
        with monkeypatch.context() as patch:
            patch.chdir(run)
            with stopping(patch, at), pytest.raises(Stop):
                clean_corpus("raw", output, OPTIONS)
            try:
                clean_corpus("raw", output, OPTIONS)
            except RefusedError:  # all was done but the last step of removing the work directory
                assert at >= len(operations) - 2
        assert content(run) == wanted, operations[at]


def test_a_complete_run_is_told_and_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("cleaner.engine.work.remove_folder", lambda path, last: (_ for _ in ()).throw(Stop()))
        with pytest.raises(Stop):
            clean_corpus("raw", "clean.jsonl", OPTIONS)
    assert (folder / "clean.work" / PUBLISH).exists()
    before = (folder / "clean.jsonl").stat().st_mtime_ns
    with caplog.at_level(logging.WARNING):
        report = clean_corpus("raw", "clean.jsonl", OPTIONS)
    assert "complete" in caplog.text
    assert (report.read, Path(report.report_path).name) == (5, "report.html")
    assert (folder / "clean.jsonl").stat().st_mtime_ns == before
    assert not (folder / "clean.work").exists()


@pytest.mark.parametrize("change", ["an input", "an option", "the output"])
def test_only_the_same_run_may_go_on_with_an_output(folder: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("cleaner.audit.card.write_card", lambda *_, **__: (_ for _ in ()).throw(Stop()))
        with pytest.raises(Stop):
            clean_corpus("raw", "clean.jsonl", OPTIONS)
    options = OPTIONS
    if change == "an input":
        (folder / "raw/kiln.txt").write_text(TEXT.format("ferry"), "utf-8")
    elif change == "an option":
        options = Options(workers=1, card=True, pairs=True, site_rules="rules.jsonl", shard_records=2, min_chars=5)
    else:
        (folder / "clean.jsonl").write_text("mine", "utf-8")
    before = (folder / "clean.jsonl").read_bytes()
    with pytest.raises(OutputError, match="--force"):
        clean_corpus("raw", "clean.jsonl", options)
    assert (folder / "clean.jsonl").read_bytes() == before


def test_a_flipped_byte_in_the_work_changes_no_byte_of_the_output(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr("cleaner.corpus.run.SMALL", -1)  # as a corpus that is too large for memory: tables in files
    options = replace(OPTIONS, keep_work=True, card=False)
    clean_corpus("raw", "clean.jsonl", options)
    wanted = {name: (folder / name).read_bytes() for name in ("clean.jsonl", "rules.jsonl")}
    files = [path.relative_to(folder) for path in sorted((folder / "clean.work").rglob("*")) if path.is_file()]
    assert {path.suffix for path in files} >= {".arrow", ".npy", ".json", ".jsonl"}
    # one of each kind: of each stage, of the tables, and of the files beside them
    for path in {(path.parts[1].partition("-")[0], path.suffix): path for path in files}.values():
        run = tmp_path_factory.mktemp("flipped")
        shutil.copytree(folder, run, dirs_exist_ok=True)
        data = bytearray((run / path).read_bytes() or b" ")
        data[len(data) // 2] ^= 1
        (run / path).write_bytes(data)
        monkeypatch.chdir(run)
        told = path.name in (MARK, "run.json", "learned.jsonl")  # which cannot be made again
        with suppress(OutputError, WorkError) if told else nullcontext():
            clean_corpus("raw", "clean.jsonl", replace(options, force=True))
        assert {name: Path(name).read_bytes() for name in wanted} == wanted, path


def test_site_rules_hold_what_was_learned(folder: Path) -> None:
    clean_corpus("raw", "clean.jsonl", OPTIONS)
    load_site_rules((folder / "rules.jsonl").read_bytes().splitlines())


@pytest.mark.parametrize("how", ["longer", "shorter", "gone", "as it was"])
def test_an_input_that_changes_while_it_is_read_is_told(
    folder: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleaner.corpus import clean

    finish = clean.finish_corpus

    def change(run: object) -> None:
        finish(run)  # type: ignore[arg-type]
        path = folder / "raw/kiln.txt"
        if how == "gone":
            path.unlink()
        elif how != "as it was":
            path.write_text("x" if how == "shorter" else TEXT * 9, "utf-8")

    monkeypatch.setattr(clean, "finish_corpus", change)
    report = clean_corpus("raw", "clean.jsonl", Options(workers=1))
    rows = [orjson.loads(line) for line in (folder / "clean.jsonl.audit/rejected.jsonl").read_bytes().splitlines()]
    told = [(row["source"], row["error"]) for row in rows]
    assert told == ([] if how == "as it was" else [("raw/kiln.txt", "ChangedWhileRead")])
    assert (report.read, report.rejected) == (5, len(told))


def test_a_file_that_is_read_in_parts_is_told_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [orjson.dumps({"id": str(n), "text": TEXT.format(thing)}) + b"\n" for n, thing in enumerate(THINGS)]
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join(rows))
    from cleaner.corpus import watched

    real = watched.read_records

    def growing(*arguments: object) -> object:
        with path.open("ab") as file:
            file.write(rows[0])
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(watched, "read_records", growing)
    clean_corpus("rows.jsonl", "clean.jsonl", Options(workers=1, shard_records=1))
    rejected = (folder / "clean.jsonl.audit/rejected.jsonl").read_bytes().splitlines()
    assert [orjson.loads(line)["error"] for line in rejected] == ["ChangedWhileRead"]


def test_outputs_carry_no_trace_of_the_place(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The marks of equal runs are equal, wherever they stand."""
    marks = []
    for place in (folder, tmp_path_factory.mktemp("other")):
        clean_corpus(folder / "raw", place / "out", Options(workers=1, shards=2))
        marks.append([(place / name / MARK).read_bytes() for name in ("out", "out.audit")])
    assert marks[0] == marks[1]
    assert os.fsencode(folder) not in b"".join(marks[0])


@pytest.mark.skipif(os.name != "posix", reason="names of files are bytes")
def test_an_input_whose_name_is_not_utf_8_is_read_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / os.fsdecode(b"raw\xff")
    folder.mkdir()
    (folder / "a.txt").write_text("Feri itu kandas di muara pada Selasa pagi, kata petugas.")
    monkeypatch.chdir(folder)  # so that the work lies in a folder of such a name as well
    for given, output in ((folder, tmp_path / "o.jsonl"), (Path("a.txt"), Path("p.jsonl"))):
        assert clean_corpus([given], output, Options(workers=1)).written == 1
        manifest = orjson.loads((output.parent / f"{output.name}.audit" / "manifest.json").read_bytes())
        assert manifest["run"]["inputs"] == [str(given).replace("\udcff", "\\xff")]


@pytest.mark.parametrize("name", ["output", "audit", "work", "site_rules"])
def test_a_name_that_the_manifest_cannot_hold_is_refused_before_the_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("Feri itu kandas di muara pada Selasa pagi, kata petugas.")
    odd = f"{tmp_path}/\udcff.jsonl"
    output = odd if name == "output" else tmp_path / "o.jsonl"
    audit = odd if name == "audit" else None
    chosen: dict[str, Any] = {name: odd} if name in ("work", "site_rules") else {}
    with pytest.raises(OptionError, match="not UTF-8"):
        clean_corpus([tmp_path / "a.txt"], output, Options(**chosen), audit=audit)
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]
