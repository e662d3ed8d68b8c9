"""A run writes and deletes only what carries its own mark: the cases of cases/ownership.toml, as commands."""

from __future__ import annotations

import os
import shlex
import shutil
import tomllib
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sample import ROOT

from cleaner.cli import main
from cleaner.durable import remove_parts
from cleaner.ownership import MARK, FolderMark, check_folder, claim_folder, read_mark, remove_folder

CASES: list[dict[str, Any]] = tomllib.loads((ROOT / "tests/cases/ownership.toml").read_text("utf-8"))["case"]
TEXTS = [
    "The pump house of Keldmere was painted green last week, and forty people came to see it in the rain.\n\n"
    "The painter had mixed the colour from three tins that were left over from the ferry and the school.",
    "The granary of Glint lost its roof in the storm, and the grain was carried to the chapel by hand before the "
    "evening, by all who lived in the street of the coopers.",
    "A lantern of the old pontoon was found on the shore of Corran, where it had been lying under the sand for sixty "
    "years, and still it could be lit.",
    "The orchard of Lomvick was counted again: it has nine hundred trees, of which two are older than the village and "
    "one has never borne an apple.",
    "The drummers of Ardle bought a barn for their instruments, and the weaver who sold it is going to learn to drum.",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place where every case begins, which is the current folder."""
    for name, texts in (("raw/n", TEXTS[:3]), ("other/m", TEXTS[3:])):
        for number, text in enumerate(texts):
            put(tmp_path / f"{name}{number}.txt", text)
    rows = [orjson.dumps({"id": f"n{n}", "text": text}).decode() + "\n" for n, text in enumerate(TEXTS[:3])]
    put(tmp_path / "raw.jsonl", "".join(rows))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def everything(folder: Path) -> dict[str, bytes | str]:
    """All files with their bytes, links with their targets, folders with nothing."""
    found: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        found[name] = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
    return found


def step(line: str, remembered: dict[str, bytes]) -> str:
    """Do one step of a case; what a command said comes back."""
    match line.split(" ", 2):
        case ["rm", name]:
            shutil.rmtree(name) if Path(name).is_dir() else Path(name).unlink()
        case ["mkdir", name]:
            Path(name).mkdir()
        case ["cd", name]:
            os.chdir(name)
        case ["write", name, text]:
            put(Path(name), text)
        case ["move", name, target]:
            Path(name).rename(target)
        case ["sub", name, parts]:
            old, new = parts.split(" ")
            put(Path(name), Path(name).read_text().replace(old, new))
        case ["remember", name]:
            remembered[name] = Path(name).read_bytes()
        case _:
            status, *command = shlex.split(line)
            if command[0] in ("clean", "dedup", "index"):
                command += ["--workers", "1"] * (command[1] != "info") + ["--quiet"] * (command[0] != "index")
            done = CliRunner().invoke(main, command)
            assert done.exit_code == int(status), f"{line}: {done.output} {done.exception!r}"
            return done.output
    return ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_the_users_stays(folder: Path, case: dict[str, Any]) -> None:
    for name, text in case.get("put", {}).items():
        put(folder / name, text)
    for name, target in case.get("links", {}).items():
        (folder / name).symlink_to(target, target_is_directory=(folder / target).is_dir())
    before, remembered, said = everything(folder), dict[str, bytes](), ""
    for line in case["steps"]:
        said = step(line, remembered) or said
    after = everything(folder)
    here = Path.cwd()
    assert {name: after.get(name) for name in case.get("keep", ())} == {
        name: before[name] for name in case.get("keep", ())
    }
    assert [name for name in case.get("absent", ()) if name in after] == []
    assert [name for name in case.get("present", ()) if name not in after] == []
    assert {name: (folder / name).read_bytes().count(b"\n") for name in case.get("rows", {})} == case.get("rows", {})
    for name, text in case.get("holds", {}).items():
        assert text in (folder / name).read_text("utf-8")
    assert {name: (here / name).read_bytes() for name in case.get("as_remembered", ())} == remembered
    assert case.get("said", "") in said
    if not case.get("leftovers", True):
        assert after.keys() == before.keys()


def test_every_name_is_told_once_and_half_of_the_cases_are_traps() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert sum(case.get("trap", False) for case in CASES) * 3 > len(CASES)


def test_a_mark_comes_back(tmp_path: Path) -> None:
    claim_folder(tmp_path / "far/logs", "audit", str(tmp_path / "near/o\udce9.jsonl"))
    assert read_mark(tmp_path / "far/logs") == FolderMark("audit", "../near/o\udce9.jsonl")
    claim_folder(tmp_path / "w", "work", "-")
    assert read_mark(tmp_path / "w") == FolderMark("work", "-")
    (tmp_path / "far").rename(tmp_path / "there")
    check_folder(tmp_path / "there/logs", "audit", str(tmp_path / "near/o\udce9.jsonl"))


@given(
    st.binary(max_size=40)
    | st.sampled_from([b'{"made_by": "cleaner"}', b'{"made_by": "cleaner", "kind": "work"}', b"[1]"])
)
def test_what_is_no_mark_is_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("none")
    (folder / MARK).write_bytes(data)
    assert read_mark(folder) is None


def test_a_mark_that_a_kill_left_unfinished_does_not_bar_the_folder(tmp_path: Path) -> None:
    part = tmp_path / "w" / f".{MARK}.{'0' * 32}.part"
    put(part, "half")
    claim_folder(tmp_path / "w", "work", "o.jsonl")
    assert [path.name for path in (tmp_path / "w").iterdir()] == [MARK]


def test_parts_of_other_files_stay(tmp_path: Path) -> None:
    names = [f".a.jsonl.{'0' * 32}.part", f".b.jsonl.{'1' * 32}.part", ".a.jsonl.mine.part", "a.jsonl.part"]
    for name in names:
        put(tmp_path / name, "x")
    remove_parts(tmp_path / "a.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
    remove_parts(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[2:])


def test_links_in_a_folder_that_is_removed_lead_nowhere(tmp_path: Path) -> None:
    put(tmp_path / "mine/a.txt", "a")
    claim_folder(tmp_path / "w", "work", "o.jsonl")
    (tmp_path / "w/folder").symlink_to(tmp_path / "mine")
    (tmp_path / "w/file").symlink_to(tmp_path / "mine/a.txt")
    remove_folder(tmp_path / "w")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "a.txt"]
