"""cleaner.toml: found beside the input, under the flags, and strict about every key."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import Options, read_options
from cleaner.cli import main
from cleaner.cli.flags import FLAGS
from cleaner.cli.setup import options_file
from cleaner.errors import OptionError
from cleaner.options import CHOICES, GUARDS, LISTED, find_config
from cleaner.quality import FLAGS as QUALITY_FLAGS
from cleaner.quality import PRESETS

ARTICLE = "Warga menanam kembali bakau di sepanjang pesisir utara yang rusak oleh abrasi sejak tahun lalu.\n\nIklan\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "cleaner.toml"
    path.write_text(text, "utf-8")
    return path


def clean(folder: Path, *flags: str) -> Result:
    given, out = str(folder / "raw"), str(folder / "out.jsonl")
    return CliRunner().invoke(main, ["clean", given, "-o", out, "--workers", "1", "--force", *flags])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/berita.txt").write_text(ARTICLE, "utf-8")
    return tmp_path


def text_of(folder: Path) -> str:
    [record] = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    return str(record["text"]).strip()


@pytest.mark.parametrize("place", [".", "raw"])
def test_the_file_beside_or_in_the_input_counts(folder: Path, place: str) -> None:
    write(folder / place, 'keep_kinds = ["ad"]')
    done = clean(folder)
    assert done.exit_code == 0, done.output
    assert text_of(folder).endswith("Iklan")
    assert "cleaner.toml" in done.stderr
    manifest = json.loads((folder / "out.jsonl.audit/manifest.json").read_text("utf-8"))
    assert manifest["options"]["keep_kinds"] == ["ad"]
    assert [row["source"].rpartition("/")[2] for row in manifest["inputs"]] == ["berita.txt"]


def test_flags_come_first(folder: Path) -> None:
    write(folder, 'keep_kinds = ["ad"]\nreport = false')
    assert clean(folder, "--keep-kinds", "comment").exit_code == 0
    assert not text_of(folder).endswith("Iklan")
    assert not (folder / "out.jsonl.audit/report.html").exists()
    assert clean(folder, "--report").exit_code == 0
    assert (folder / "out.jsonl.audit/report.html").exists()


def test_a_named_file_counts_instead(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    write(folder, "min_chars = 1000000")
    other = write(tmp_path_factory.mktemp("other"), 'only-kinds = ["comment"]')
    assert clean(folder, "--config", str(other)).exit_code == 0
    assert text_of(folder).endswith("Iklan")


def test_explain_follows_the_file(folder: Path) -> None:
    write(folder, 'keep_kinds = ["ad"]')
    shown = CliRunner().invoke(main, ["explain", str(folder / "raw/berita.txt")])
    assert "  Iklan" in shown.stdout.splitlines()


def test_dedup_takes_only_what_is_its_own(folder: Path) -> None:
    write(folder, "min_chars = 1000000\nmin_similarity = 0.9")
    arguments = ["dedup", str(folder / "raw"), "-o", str(folder / "out.jsonl"), "--workers", "1"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert text_of(folder)
    assert json.loads((folder / "out.jsonl.audit/manifest.json").read_text())["options"]["min_similarity"] == 0.9


def test_paths_are_meant_from_the_file_on(folder: Path) -> None:
    (folder / "stay.txt").write_text("Iklan\n", "utf-8")
    path = write(folder, 'allow = "stay.txt"')
    assert clean(folder, "--config", str(path)).exit_code == 0
    assert text_of(folder).endswith("Iklan")


def test_two_files_are_not_guessed_between(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        write(tmp_path / name, "min_chars = 3")
    assert find_config([str(tmp_path / "a"), str(tmp_path / "a" / "*.txt")]) == tmp_path / "a" / "cleaner.toml"
    assert find_config(["-", "https://contoh.example/a", str(tmp_path / "c/d")]) is None
    with pytest.raises(OptionError, match="--config"):
        find_config([str(tmp_path / "a"), str(tmp_path / "b")])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("min_similarty = 0.7", "'min_similarity'"),
        ("min-charz = 7", "'min_chars'"),
        ("languages = ['id']", "'language'"),
        ("loudness = 11", "cleaner init"),
        ("[strip]\nkeep_duplicate = 1", "true or false"),
        ("min_chars = '7'", "a whole number"),
        ("min_chars = true", "a whole number"),
        ("min_similarity = 'high'", "a number"),
        ("language = 7", "a list of texts"),
        ("language = ['id', 7]", "a list of texts"),
        ("language = 'indonesan'", "id (Indonesian)"),
        ("min_similarity = nan", "between 0 and 1"),
        ("shard_records = 0", "at least 1"),
        ("min_chars = 99999999999999999999", "64 bits"),
        ("min_chars = " + "9" * 5000, "not valid TOML"),
        ('text_field = "a\\u0000b"', "NUL"),
        ("language = " + "[" * 40_000 + "]" * 40_000, "not valid TOML"),
        ("keep_duplicate = 'longer'", "Did you mean 'longest'"),
        ("keep_duplicate = ", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_told(folder: Path, text: str, words: str) -> None:
    path = write(folder, text)
    done = clean(folder)
    assert done.exit_code == 2
    assert words in done.stderr
    assert str(path) in done.stderr
    assert not (folder / "out.jsonl").exists()


def test_a_missing_file_is_told(folder: Path) -> None:
    done = clean(folder, "--config", "nowhere.toml")
    assert done.exit_code == 2
    assert "cleaner init" in done.stderr


def test_init_writes_a_file_that_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    assert read_options("cleaner.toml") == Options()
    again = CliRunner().invoke(main, ["init"])
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    assert CliRunner().invoke(main, ["init", "--force"]).exit_code == 0


def test_every_line_of_a_new_file_holds_when_its_comment_goes(tmp_path: Path) -> None:
    lines = [line[1:] for line in options_file().splitlines() if line.startswith("#") and line[1:2] not in (" ", "")]
    assert [line.partition(" = ")[0] for line in lines] == [f.name for f in fields(Options)]
    assert read_options(write(tmp_path, "\n".join(lines))) == Options()


def test_every_option_has_a_flag_and_its_choices() -> None:
    assert list(FLAGS) == [f.name for f in fields(Options)]
    chosen = {
        name: tuple(flag["type"].choices) for name, flag in FLAGS.items() if isinstance(flag.get("type"), click.Choice)
    }
    assert chosen == CHOICES, "write the choices of an option into cleaner.options.CHOICES"


VALUES: dict[str | type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(1, 10**9),
    float: st.floats(0, 1),
    str: st.sampled_from(["", "a b", 'kata "lain"', "é\\n"]),
    "encoding": st.sampled_from(["", "utf-8", "gb18030"]),
    "memory": st.sampled_from(["", "1.5G", "800 MiB"]),
    "min_chars": st.integers(0, 9),
    "max_chars": st.integers(9, 10**9),
    "shards": st.integers(0, 99_999),
    "language": st.lists(st.sampled_from(["id", "en", "zh-Hant"]), max_size=3, unique=True).map(tuple),
    "split": st.sampled_from([(), ("train=.9", "test=.1")]),
    "columns": st.sampled_from([(), ("id", "text=isi")]),
    **{name: st.lists(st.sampled_from(listed), max_size=3).map(tuple) for name, listed in LISTED.items()},
}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_toml_holds_is_what_the_options_say(data: st.DataObject) -> None:
    import tempfile

    from cleaner.options import PATHS

    chosen = {
        f.name: data.draw(
            st.sampled_from(CHOICES[f.name])
            if f.name in CHOICES
            else VALUES[f.name if f.name in VALUES else type(f.default)]
        )
        for f in fields(Options)
        if f.name not in PATHS
    }
    text = "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in chosen.items())
    assert tomllib.loads(text).keys() == chosen.keys()
    with tempfile.TemporaryDirectory() as folder:
        options = read_options(write(Path(folder), text))
    assert {name: asdict(options)[name] for name in chosen} == chosen


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_options_check_their_choices(name: str) -> None:
    for choice in CHOICES[name]:
        assert getattr(Options(**{name: choice}), name) == choice
    with pytest.raises(OptionError, match=name):
        Options(**{name: "nonsense"})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"language": "id"}, {"language": ("id",)}),
        ({"language": "ID, ms"}, {"language": ("id", "ms")}),
        ({"language": ["Bahasa Indonesia", "zh-TW"]}, {"language": ("id", "zh-Hant")}),
        ({"language": ("und",)}, {"language": ("und",)}),
        ({"keep_kinds": "byline"}, {"keep_kinds": ("byline",)}),
        ({"only_kinds": "ad,promo"}, {"only_kinds": ("ad", "promo")}),
        ({"guards": "truncated"}, {"guards": ("truncated",)}),
        ({"min_similarity": 1}, {"min_similarity": 1.0}),
        ({"min_similarity": 0.0}, {"min_similarity": 0.0}),
        ({"min_chars": np.int64(7)}, {"min_chars": 7}),
        ({"min_chars": 2**63 - 1}, {"min_chars": 2**63 - 1}),
        ({"min_chars": 40, "max_chars": 40}, {"max_chars": 40}),
        ({"min_chars": 40, "max_chars": 0}, {"max_chars": 0}),
        ({"record_timeout": 0}, {"record_timeout": 0.0}),
        ({"shards": 99_999}, {"shards": 99_999}),
        ({"phrases": Path("lists")}, {"phrases": "lists"}),
        ({"memory": "1.5 GiB"}, {"memory": "1.5 GiB"}),
        ({"encoding": "GB18030"}, {"encoding": "GB18030"}),
    ],
)
def test_a_value_in_another_form_is_understood(given: dict[str, Any], meant: dict[str, Any]) -> None:
    options = Options(**given)
    assert {name: getattr(options, name) for name in meant} == meant
    assert all(type(getattr(options, name)) is type(value) for name, value in meant.items())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"language": "indonesan"}, "id (Indonesian)"),
        ({"language": "uzbek"}, "cannot name"),
        ({"language": None}, "language"),
        ({"keep_kinds": "bylines"}, "'byline'"),
        ({"only_kinds": ["AD"]}, "'ad'"),
        ({"guards": ("gofer",)}, "'gopher'"),
        ({"min_similarity": 60}, "write 0.6 for 60 %"),
        ({"min_similarity": 1.0000001}, "min_similarity"),
        ({"min_similarity": float("nan")}, "min_similarity"),
        ({"min_language_score": -0.1}, "min_language_score"),
        ({"workers": -2}, "workers"),
        ({"shards": -1}, "shards"),
        ({"shards": 100_000}, "shards"),
        ({"shard_records": 0}, "shard_records"),
        ({"max_record_bytes": 0}, "max_record_bytes"),
        ({"min_chars": -1}, "min_chars"),
        ({"min_chars": 2**63}, "64 bits"),
        ({"min_chars": 10**5000}, "64 bits"),
        ({"min_chars": 41, "max_chars": 40}, "max_chars"),
        ({"record_timeout": float("inf")}, "record_timeout"),
        ({"encoding": "utf8mb4"}, "Did you mean 'utf_8'?"),
        ({"encoding": "latin-one"}, "there is no such"),
        ({"encoding": "kata"}, "cp1252"),
        ({"memory": "0"}, "1.5G"),
        ({"memory": "9" * 400}, "1.5G"),
        ({"memory": "4"}, "that is 4 bytes. Give its unit as well"),
        ({"memory": "512K"}, "524,288 bytes"),
        ({"min_chars": True}, "a whole number"),
        ({"min_chars": 1.5}, "a whole number"),
        ({"min_similarity": "0.7"}, "a number"),
        ({"strip": "no"}, "true or false"),
        ({"text_field": 3}, "a text"),
        ({"phrases": "a\0b"}, "NUL"),
        ({"language": ("id", "a\0")}, "NUL"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(given: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError) as refused:
        Options(**given)
    assert next(iter(given)) in str(refused.value).replace("--memory", "memory")
    assert words in str(refused.value)


def test_the_guards_are_those_that_there_are() -> None:
    assert {*GUARDS} == {*PRESETS, *QUALITY_FLAGS}
