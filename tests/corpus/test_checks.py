"""Options that name unusable files raise an error before a run makes anything, and nothing is left behind."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from cleaner import Options, clean_corpus
from cleaner.errors import InputError, OptionError, RefusedError
from cleaner.options import read_config

ARTICLE = "Warga menanam kembali bakau di sepanjang pesisir utara yang rusak oleh abrasi sejak tahun lalu.\n\nIklan\n"
RULE = '{"site": "situs.example", "line": "dibaca 0 kali", "anchors": 41, "of": 60, "places": ["end"]}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an article, and beside it files and folders of all kinds for options to name."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "raw/berita.txt": ARTICLE,
        "empty/notes.txt": "no list",
        "lists/id.toml": '[ad]\nline = ["Ruang pamer perahu kayu"]\n',
        "wrong/id.toml": '[advert]\nline = ["Ruang pamer"]\n',
        "stay.txt": "Iklan\n",
        "rules.jsonl": RULE,
        "bad.jsonl": RULE + '{"site": 3}\n',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"encoding": "idna"}, "--encoding idna"),
        ({"phrases": "empty"}, "holds no list"),
        ({"phrases": "nowhere"}, "is no folder"),
        ({"phrases": "stay.txt"}, "is no folder"),
        ({"phrases": "wrong"}, "[advert]"),
        ({"allow": "nowhere.txt"}, "--allow"),
        ({"allow": "raw"}, "--allow"),
        ({"allow": "/dev/zero"}, "is no file"),
        ({"allow": "/dev/stdin"}, "is no file"),
        ({"site_rules": "raw"}, "is no file"),
        ({"site_rules": "/dev/full"}, "is no file"),
        ({"site_rules": "nowhere/rules.jsonl"}, "cannot be written"),
        ({"site_rules": "bad.jsonl"}, "line 2"),
        ({"against": "raw"}, "holds no index"),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_an_option_that_names_what_cannot_be_used_is_told_at_once(
    options: dict[str, Any], words: str, workers: int, folder: Path
) -> None:
    before = files(folder)
    with pytest.raises(OptionError) as refused:
        clean_corpus("raw", "out.jsonl", Options(workers=workers, **options))
    assert words in str(refused.value)
    assert files(folder) == before


@pytest.mark.parametrize(
    "options",
    [
        {"encoding": "latin1"},
        {"phrases": "lists"},
        {"allow": "stay.txt"},
        {"allow": "/dev/null"},
        {"site_rules": "rules.jsonl"},
        {"site_rules": "new.jsonl"},
        {"site_rules": "bad.jsonl", "repeats": False},
        {"against": "raw", "dedup": False},
        {},
    ],
)
def test_what_can_be_used_is(options: dict[str, Any], folder: Path) -> None:
    assert clean_corpus("raw", "out.jsonl", Options(workers=1, **options)).written == 1


@pytest.mark.parametrize("path", ["raw/berita.txt/new", "raw/berita.txt/deep/er/new", "l" * 240, f"new/{'l' * 200}"])
@pytest.mark.parametrize("option", ["output", "audit", "work"])
def test_a_place_that_cannot_be_made_is_told_at_once(path: str, option: str, folder: Path) -> None:
    before = files(folder)
    places = {"output": "out.jsonl", "audit": "logs", option: path}
    options = Options(workers=1, work=places.pop("work", ""))
    with pytest.raises(RefusedError, match="cannot be made"):
        clean_corpus("raw", f"{places['output']}.jsonl", options, audit=places["audit"])
    assert files(folder) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_told_at_once(folder: Path) -> None:
    (folder / "raw").chmod(0o500)
    with pytest.raises(RefusedError, match="may not be written"):
        clean_corpus("raw", "raw/out.jsonl", Options(workers=1))


def test_a_file_of_options_without_end_is_refused() -> None:
    with pytest.raises(OptionError, match="no file of options"):
        read_config("/dev/zero")
    assert read_config(os.devnull) == {}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", ["rows", "rows.jsonl"])
def test_a_pipe_that_is_named_is_read_to_its_end(name: str, workers: int, folder: Path) -> None:
    rows = [{"id": str(n), "text": f"{ARTICLE} Kabar ke-{n} dari pos jaga nomor {n * 7}."} for n in range(400)]
    os.mkfifo(name)

    def write() -> None:
        Path(name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")

    for _ in range(2):  # nobody knows whether a pipe is still the same, so it is read each time
        writer = threading.Thread(target=write)
        writer.start()
        report = clean_corpus(name, "out.jsonl", Options(workers=workers, dedup=False, keep_work=True, force=True))
        writer.join()
        assert report.written == len(rows)


def test_site_rules_that_are_corrected_are_read_again(folder: Path) -> None:
    with pytest.raises(OptionError):
        clean_corpus("raw", "out.jsonl", Options(workers=1, site_rules="bad.jsonl"))
    (folder / "bad.jsonl").write_text(RULE, "utf-8")
    assert clean_corpus("raw", "out.jsonl", Options(workers=1, site_rules="bad.jsonl")).written == 1


@pytest.mark.parametrize("given", ["rwa", "raw/*.html", "broken.jsonl"])
def test_nothing_is_written_where_nothing_could_be_read(given: str, folder: Path) -> None:
    (folder / "broken.jsonl").write_text('{"text": broken}\n', "utf-8")
    before = files(folder)
    with pytest.raises(InputError, match="No input could be read") as failed:
        clean_corpus(given, "out.jsonl", Options(workers=1))
    assert given in str(failed.value)
    assert files(folder) == before
    assert clean_corpus("raw", "out.jsonl", Options(workers=1)).written == 1


def test_one_bad_input_among_good_ones_and_a_folder_without_files_are_no_failure(folder: Path) -> None:
    report = clean_corpus(["raw", "rwa"], "one.jsonl", Options(workers=1))
    assert (report.written, report.rejected) == (1, 1)
    (folder / "none").mkdir()
    assert clean_corpus("none", "two.jsonl", Options(workers=1)).written == 0
