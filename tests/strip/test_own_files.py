"""The lists of `--phrases` and the lines of `--allow` are read once, and anew by a call after their files changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner import Options
from cleaner.strip.own_files import allowed_lines

TEXT = """Pasar pagi di kota itu ramai sejak subuh, kata pedagang yang sudah lama berjualan di sana.

Harga cabai naik dua kali lipat sejak pekan lalu karena hujan terus turun di daerah pegunungan.

Zork blub fnord"""


@pytest.fixture(params=["clean", "iter_clean", "clean_corpus"])
def stays(request: pytest.FixtureRequest, run: Callable[..., list[dict[str, Any]]], tmp_path: Path) -> Any:
    """Whether the last line of TEXT stays, asked in each of three ways."""

    def ask(**files: Path) -> bool:
        named = {name: str(path) for name, path in files.items()}
        if request.param == "clean":
            return cleaner.clean(TEXT, options=Options(**named)).text == TEXT  # type: ignore[arg-type]
        if request.param == "iter_clean":
            return next(iter(cleaner.iter_clean([TEXT], Options(**named)))).text == TEXT  # type: ignore[arg-type]
        (tmp_path / "in.txt").write_text(TEXT)
        return bool(run(tmp_path / "in.txt", **named)[0]["text"] == TEXT)

    return ask


def test_a_list_that_changed_is_read_anew(stays: Callable[..., bool], tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    own = tmp_path / "lists/id.toml"
    own.write_text('[ad]\nline = ["Zork blub"]\n')
    assert stays(phrases=own.parent)
    own.write_text('[ad]\nline = ["Zork blub fnord"]\n')
    assert not stays(phrases=own.parent)
    own.write_text('[ad]\nline = ["Zork fnord"]\n')
    assert stays(phrases=own.parent)


def test_allowed_lines_that_changed_are_read_anew(stays: Callable[..., bool], tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    own, allow = tmp_path / "lists/id.toml", tmp_path / "allow.txt"
    own.write_text('[ad]\nline = ["Zork blub fnord"]\n')
    allow.write_text("Iklan\n")
    assert not stays(phrases=own.parent, allow=allow)
    allow.write_text("Iklan\n\nZORK blub fnord:\n")
    assert stays(phrases=own.parent, allow=allow)
    # the lists did not change, but were read beside the other file
    own.write_text('[ad]\nline = ["Zork"]\n')
    assert stays(phrases=own.parent)


def test_allowed_lines_are_normalised_once(tmp_path: Path) -> None:
    allow = tmp_path / "allow.txt"
    allow.write_text("\ufeff  12 Komentar:\n\n***\n", encoding="utf-8")
    assert allowed_lines(str(allow)) == {"0 komentar", ""}  # "" stands for lines of marks
    assert allowed_lines(str(allow)) is allowed_lines(str(allow))
