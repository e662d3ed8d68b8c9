"""What Cleaner made is no input where it is found by a walk; how much was left out is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import Options, clean_corpus
from cleaner.article import Reject
from cleaner.audit.summary import summary
from cleaner.options import Options as Chosen
from cleaner.ownership import PAGE_MARK, claim_folder
from cleaner.read.files import list_inputs, list_sources

TEXT = "The pump house of Keldmere was painted green last week, and forty people came to see it in the rain."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.txt").write_text(TEXT, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*inputs: str) -> tuple[list[str], int]:
    listing = list_inputs(inputs, Chosen())
    return [source.source for source in listing.sources], listing.left_out


def test_what_was_left_out_is_counted_and_told(folder: Path) -> None:
    clean_corpus("raw", "raw/clean.jsonl", Options(workers=1, report=False))
    report = clean_corpus("raw", "other.jsonl", Options(workers=1, report=False))
    # the output, and removed, dropped, rejected and the manifest beside it
    assert (report.read, report.left_out) == (1, 5)
    assert any("files that Cleaner made, 5 of them" in line for line in summary(report))
    assert names("raw") == names("raw/*.*") == (["raw/a.txt"], 5)
    assert not any("Cleaner made" in line for line in summary(clean_corpus("raw/a.txt", "b.jsonl", Options(workers=1))))


@pytest.mark.parametrize("kind", ["audit", "work", "index"])
def test_a_folder_without_articles_that_is_named_outright_is_told(folder: Path, kind: str) -> None:
    claim_folder(folder / "made", kind, "clean.jsonl")
    [told] = list_sources(["made"], Chosen())
    assert isinstance(told, Reject)
    assert (told.error, "clean.jsonl" in told.advice) == ("MadeByCleaner", True)


def test_a_link_to_an_output_is_left_out_too(folder: Path) -> None:
    clean_corpus("raw", "raw/clean.jsonl", Options(workers=1))
    (folder / "raw/link.jsonl").symlink_to("clean.jsonl")
    (folder / "raw/logs").symlink_to("clean.jsonl.audit", target_is_directory=True)
    assert names("raw")[0] == ["raw/a.txt"]


def test_an_output_whose_logs_lie_after_it_in_the_walk(folder: Path) -> None:
    (folder / "raw/z").mkdir()
    clean_corpus("raw", "raw/clean.jsonl", Options(workers=1), audit=folder / "raw/z/logs")
    (folder / "raw/.clean.jsonl.cleaner-made").unlink()
    assert names("raw")[0] == ["raw/a.txt"]


def test_pages_are_known_by_their_head_alone(folder: Path) -> None:
    (folder / "raw/page.html").write_bytes(b"<html><head>" + PAGE_MARK + b'"></head></html>')
    (folder / "raw/about.html").write_bytes(b"<html><body>" + b"x" * (1 << 15) + PAGE_MARK + b"</body></html>")
    assert names("raw") == (["raw/a.txt", "raw/about.html"], 1)
    assert names("raw/page.html") == (["raw/page.html"], 0)
