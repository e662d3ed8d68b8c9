"""Inputs -> the manifest: the same names whatever way files are given, nothing twice, no loops, no surprises."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.article import Reject
from cleaner.errors import MissingExtra
from cleaner.options import Options
from cleaner.read.files import list_sources, source_name
from cleaner.read.task import Source


def names(*inputs: str) -> list[str]:
    return [entry.source for entry in list_sources(inputs, Options())]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("raw/b.txt", "raw/a.txt", "raw/sub/c.html", "raw/.hidden.txt", "raw/.git/config", "raw/sub/d.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path


def test_a_folder_and_the_list_of_its_files_give_the_same(folder: Path) -> None:
    expected = ["raw/a.txt", "raw/b.txt", "raw/sub/c.html", "raw/sub/d.jsonl"]
    assert names("raw") == names("./raw/") == names(*reversed(expected)) == names("raw/sub", "raw/*.txt") == expected
    assert names("raw/**/*.*") == expected
    assert names("raw", "raw/a.txt", "raw/sub", "raw//./b.txt") == expected
    assert names("raw/.hidden.txt") == ["raw/.hidden.txt"]


def test_sizes_come_from_the_listing(folder: Path) -> None:
    assert list_sources(["raw/a.txt"], Options()) == [Source("raw/a.txt", "raw/a.txt", 1)]
    assert list_sources(["-"], Options()) == [Source("stdin", "-", -1)]


def test_what_is_missing_is_told(folder: Path) -> None:
    [lost, pattern] = list_sources(["raw/zzz.txt", "*.zzz"], Options())[::-1]
    assert isinstance(lost, Reject)
    assert (lost.error, lost.source) == ("NotFound", "raw/zzz.txt")
    assert isinstance(pattern, Reject)
    assert "pattern" in pattern.detail


def test_links_are_followed_once_and_loops_end(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other/e.txt").write_text("x")
    (folder / "raw/sub/up").symlink_to("..")
    (folder / "raw/again").symlink_to("sub")
    (folder / "raw/side").symlink_to("../other")
    (folder / "raw/z-link.txt").symlink_to("a.txt")
    (folder / "raw/self").symlink_to("self")
    (folder / "raw/dead").symlink_to("nothing")
    entries = list_sources(["raw"], Options(follow_links=True))
    good = [entry.source for entry in entries if isinstance(entry, Source)]
    assert good == ["raw/a.txt", "raw/b.txt", "raw/side/e.txt", "raw/sub/c.html", "raw/sub/d.jsonl"]
    assert {e.source: e.error for e in entries if isinstance(e, Reject)} == {
        "raw/dead": "NotFound",
        "raw/self": "SymlinkLoop",
    }
    assert names("raw", "other") == names("other", "raw")
    assert "other/e.txt" in names("raw", "other")
    assert "raw/side/e.txt" not in names("raw", "other")


def test_a_link_out_of_the_input_is_told_and_not_followed(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other/e.txt").write_text("x")
    (folder / "raw-2.txt").write_text("x")
    (folder / "raw/side").symlink_to("../other")
    (folder / "raw/sub/file.txt").symlink_to(folder / "other/e.txt")
    (folder / "raw/beside.txt").symlink_to("../raw-2.txt")
    (folder / "raw/gone").symlink_to("/nowhere/at/all")
    (folder / "raw/z-link.txt").symlink_to("sub/../a.txt")
    outside = {"raw/side", "raw/sub/file.txt", "raw/beside.txt", "raw/gone"}
    for inputs in (["raw"], [str(folder / "raw")], ["raw/**/*", "raw/*"], ["raw/../raw"]):
        entries = list_sources(inputs, Options())
        told = {e.source[e.source.index("raw") :]: e for e in entries if isinstance(e, Reject)}
        assert {*told} - {"raw/side/e.txt"} == outside  # a pattern goes through the link by itself
        assert {e.error for e in told.values()} == {"LinkOutside"}
        assert "--follow-links" in told["raw/side"].advice
        assert [Path(e.source).name for e in entries if isinstance(e, Source)] == [
            "a.txt",
            "b.txt",
            "c.html",
            "d.jsonl",
        ]
    assert names("raw", "other") == names("other", "raw")
    assert {*names("raw", "other")} == {*names("raw"), "other/e.txt"} - {"raw/side", "raw/sub/file.txt"}
    assert names("raw/beside.txt") == ["raw/beside.txt"]  # named outright, and so asked for
    (folder / "alias").symlink_to("raw")
    good = {Path(e.source).name for e in list_sources(["alias"], Options()) if isinstance(e, Source)}
    assert good == {"a.txt", "b.txt", "c.html", "d.jsonl"}


def test_pipes_in_a_folder_do_not_hang(folder: Path) -> None:
    os.mkfifo(folder / "raw/pipe")
    errors = {e.source: e.error for e in list_sources(["raw"], Options()) if isinstance(e, Reject)}
    assert errors == {"raw/pipe": "NotReadable"}


def test_a_folder_that_may_not_be_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def fake(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fake)
    entries = list_sources(["raw"], Options())
    assert [e.source for e in entries if isinstance(e, Source)] == ["raw/a.txt", "raw/b.txt"]
    assert [(e.source, e.error) for e in entries if isinstance(e, Reject)] == [("raw/sub", "NotReadable")]


def path_of(source: str) -> str:
    """The path that `source_name` made `source` of."""

    def char(found: re.Match[str]) -> str:
        code = int(found[1] or "5c", 16)
        return chr(code if code < 0x80 else 0xDC00 + code)  # os.fsdecode gives a byte that is not UTF-8 so

    return re.sub(r"\\(?:\\|x([0-9a-f]{2}))", char, source)


def test_names_that_are_not_utf8(folder: Path) -> None:
    for name in (b"caf\xe9.txt", b"two\nlines.txt", b"back\\slash.txt"):
        Path(os.fsdecode(b"raw/sub/" + name)).write_text("x")
    listed = names("raw/sub")
    assert listed[0] == "raw/sub/back\\\\slash.txt"
    assert "raw/sub/caf\\xe9.txt" in listed
    assert "raw/sub/two\\x0alines.txt" in listed
    assert all(name.isprintable() for name in listed)
    assert all(Path(path_of(name)).exists() for name in listed)


@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name))
def test_names_can_be_turned_back(name: bytes) -> None:
    path = os.path.normpath(os.fsdecode(name))
    source = source_name(path)
    source.encode("utf-8")
    assert path_of(source) == path


def test_remote_folders_are_listed_like_local_ones() -> None:
    memory = fsspec.filesystem("memory")
    for name in ("/remote/a.txt", "/remote/sub/b.jsonl", "/remote/.hidden/c.txt"):
        memory.pipe(name, b"xyz")
    try:
        expected = [Source(f"memory:///remote/{n}", f"memory:///remote/{n}", 3) for n in ("a.txt", "sub/b.jsonl")]
        assert list_sources(["memory://remote"], Options()) == expected
        assert list_sources(["memory://remote/*.txt"], Options()) == expected[:1]
        assert list_sources(["memory://remote/a.txt", "memory://remote"], Options()) == expected
        [lost, unknown] = list_sources(["memory://nothing", "zzz://x/y"], Options())
        assert isinstance(lost, Reject)
        assert lost.error == "NotFound"
        assert isinstance(unknown, Reject)
    finally:
        memory.rm("/remote", recursive=True)


def test_a_url_whose_package_is_missing_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(url: str) -> None:
        raise ImportError("Install the package")

    monkeypatch.setattr(fsspec, "url_to_fs", missing)
    for url, extra in (("s3://a/b", "s3"), ("simplecache::gs://a/b", "gs"), ("https://a.id/b.txt", "http")):
        with pytest.raises(MissingExtra, match=rf"cruftless\[{extra}\]"):
            list_sources([url], Options())
    [unknown] = list_sources(["abfs://a/b"], Options())
    assert isinstance(unknown, Reject)
    assert unknown.error == "NotReadable"


def test_any_error_of_a_remote_service_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(url: str) -> None:
        raise RuntimeError("Unable to locate credentials\nmore of it")

    monkeypatch.setattr(fsspec, "url_to_fs", refused)
    [lost] = list_sources(["s3://a/b"], Options())
    assert isinstance(lost, Reject)
    assert lost.detail == "The URL cannot be read: Unable to locate credentials."
