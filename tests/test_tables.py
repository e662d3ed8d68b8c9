"""The tables that ship are read fast, and as tomllib reads them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from sample import ROOT

from cleaner import tables
from cleaner.tables import read_toml

SHIPPED = sorted(path.relative_to(ROOT / "cleaner").as_posix() for path in (ROOT / "cleaner").rglob("*.toml"))


def in_order(table: Any) -> Any:
    """Tables as lists of pairs, since the order of their keys counts as well."""
    return [(key, in_order(value)) for key, value in table.items()] if isinstance(table, dict) else table


@pytest.mark.parametrize("name", SHIPPED)
def test_a_table_that_ships_is_read_as_tomllib_reads_it(name: str) -> None:
    assert in_order(read_toml(name)) == in_order(tomllib.loads((ROOT / "cleaner" / name).read_text("utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        'a = "x"  # a comment',
        '# [b]\na = [\n    "x",  # one\n    # "y",\n    "z",\n]\n',
        'a = ["x", "y",]',
        'a = ["#", ",]", ", ]", "[b]", "b = 1"]  # "z"',
        'a = [",]",]',
        'a = "\\u00e9 \\" \\\\"',
        '[a.b]\nc = 1\n[a."d.e"]\nf = 2\n["g h"]\ni = true',
        'a = """\none\n  two # three\n[b]\n"""\n[c]\nd = 1.5',
        'a = """one\\ttwo"""',
        "a = 'c:\\temp'",
        "a = 0x10\nb = 1_000\nc = 1979-05-27",
        "a.b = 1",
        "a = {b = 1}",
        "[[a]]\nb = 1\n[[a]]\nb = 2",
        "\"a b\" = 1\n'c d' = 2",
        "a = [[1, 2], [\n  3,\n],\n]",
        "",
    ],
)
def test_what_the_fast_reading_cannot_do_is_left_to_tomllib(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "table_bytes", lambda name: text.encode())
    assert read_toml("x.toml") == tomllib.loads(text)


def test_a_file_that_does_not_ship_is_told_as_such() -> None:
    with pytest.raises(FileNotFoundError):
        read_toml("phrases/lists/xx.toml")


def test_the_package_reads_its_tables_out_of_a_zip_file_too(tmp_path: Path) -> None:
    import subprocess
    import sys
    import zipfile

    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        for name in ("__init__.py", "tables.py", "quality.toml"):
            packed.write(ROOT / "cleaner" / name, f"cleaner/{name}")
    code = "from cleaner.tables import read_toml; print(len(read_toml('quality.toml')) > 0)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path / "packed.zip")}, capture_output=True, text=True
    )
    assert done.stdout.strip() == "True", done.stderr
