"""Modules import no module in a circle, and a room imports only rooms above it. The order is that of
benchmarks/data/words_of_the_house.toml, and benchmarks/house.py does the reading."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sample import ROOT


def load(path: Path) -> ModuleType:
    """A program of benchmarks/, which is no package, as a module."""
    name = f"benchmarks_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


house = load(ROOT / "benchmarks" / "house.py")
TABLE = tomllib.loads(house.TABLE.read_text("utf-8"))
CLEANER = house.read_package(ROOT / "cleaner")


def package(folder: Path, files: Mapping[str, str]) -> dict[str, Any]:
    """A package "cleaner" of some files, read as the real one is."""
    for name, source in files.items():
        path = folder / "cleaner" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    modules: dict[str, Any] = house.read_package(folder / "cleaner")
    return modules


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert house.circles(house.imports(CLEANER)) == []


def test_rooms_import_only_rooms_above_them() -> None:
    assert [str(found) for found in house.against_order(CLEANER, TABLE)] == []


def test_every_room_has_its_place_in_the_order() -> None:
    assert house.unnamed_rooms(CLEANER, TABLE) == []
    assert house.unnamed_rooms({**CLEANER}, {"rooms": TABLE["rooms"][1:]}) != []


@pytest.mark.parametrize(
    ("back", "circle"),
    [
        ("from cleaner.a import x", True),
        ("from .a import x", True),
        ("import cleaner.a", True),
        ("try:\n    from . import a\nexcept ImportError:\n    a = None", True),
        ("def f():\n    from cleaner.a import x", False),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cleaner.a import x", False),
        ("from cleaner.c import x", False),
    ],
)
def test_a_circle_is_one_of_imports_made_on_loading(tmp_path: Path, back: str, circle: bool) -> None:
    modules = package(tmp_path, {"a.py": "from cleaner.b import y\nx = 1", "b.py": f"{back}\ny = 1", "c.py": "x = 1"})
    assert house.circles(house.imports(modules)) == ([["cleaner.a", "cleaner.b"]] if circle else [])


@pytest.mark.parametrize(
    ("name", "source", "wrong"),
    [
        ("strip/lines.py", "from cleaner.decode import x", []),
        ("decode/legacy.py", "from cleaner.decode import x", []),
        ("decode/legacy.py", "from cleaner.strip.lines import x", ["decode imports strip (cleaner.strip.lines)"]),
        ("decode/legacy.py", "def f():\n    import cleaner.strip", ["decode imports strip (cleaner.strip)"]),
        ("quality.py", "from cleaner.language import x", []),
        ("quality.py", "from cleaner.decode import x", ["quality imports decode (cleaner.decode)"]),
        ("engine/pool.py", "from ..pipeline import x", ["engine imports pipeline (cleaner.pipeline)"]),
        ("corpus/stages.py", "from ..pipeline import x", []),
        ("output/manifest.py", "from cleaner import __version__", []),
        ("output/manifest.py", "from cleaner import clean", ["output imports cleaner (cleaner)"]),
        ("audit/notebook.py", "def f():\n    from cleaner.api import Cleaned", []),
        ("audit/notebook.py", "from cleaner.api import Cleaned", ["audit imports api (cleaner.api)"]),
    ],
)
def test_imports_against_the_order_are_found(tmp_path: Path, name: str, source: str, wrong: list[str]) -> None:
    rooms = ("", "decode/", "strip/", "language/")
    files = {f"{room}__init__.py": "x = 1" for room in rooms} | {f"{n}.py": "" for n in ("pipeline", "api")}
    modules = package(tmp_path, {**files, "strip/lines.py": "", name: source})
    assert [found.what for found in house.against_order(modules, TABLE)] == wrong


def test_retired_words_are_found_as_parts_of_names(tmp_path: Path) -> None:
    source = "class ShelfRow:\n    stands_for: int\n\nBOOKSHELF = 1\n\ndef looks_like_html(): ...\n\ndef _looks(): ..."
    modules = package(tmp_path, {"strip/verdicts.py": source})
    said = [found.what.partition(";")[0] for found in house.retired_words(modules, TABLE)]
    assert said == ["verdicts: 'verdicts'", "ShelfRow: 'shelf'", "stands_for: 'stands_for'", "_looks: 'looks'"]


def test_a_body_is_its_lines_of_code(tmp_path: Path) -> None:
    source = '''
def outer(x):
    """Says what.

    And why."""

    # why
    def inner():
        return (
            x
        )

    return inner  # why
'''
    (module,) = package(tmp_path, {"a.py": source}).values()
    assert [(f.node.name, f.lines, f.body) for f in module.functions] == [("outer", 12, 2), ("inner", 4, 3)]
    assert module.commented == {7, 13}
