"""An installed plugin adds phrases, rules and readers, and the manifest says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sample import ROOT, read_lines

import cleaner.plugins as plugins_room
from cleaner.cli import main
from cleaner.options import Options, stage_options
from cleaner.phrases import phrases
from cleaner.phrases.phrases import load_phrases

EXAMPLE = ROOT / "examples/plugin"
HEADLINE, NEWS = "Panen raya mundur", "Panen raya di lembah mundur sepekan karena hujan, kata petugas penyuluh."
CRUFT = "Warta Desa, dibaca sebelum kopi dingin\n\nHotline redaksi: 0812 555 1234"
FERRY = "Feri itu kandas di mulut muara pada Selasa pagi, dan penumpang pindah ke perahu warga."


def wheel(folder: Path, points: dict[str, dict[str, str]], files: dict[str, bytes]) -> Path:
    """A wheel as a build would make it: the files, and what is said of them."""
    path, about = folder / "cleaner_desa-1.0-py3-none-any.whl", "cleaner_desa-1.0.dist-info"
    lines = []
    for group, names in points.items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in names.items())]
    files = files | {
        f"{about}/METADATA": b"Metadata-Version: 2.1\nName: cleaner-desa\nVersion: 1.0\n",
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": "\n".join(lines).encode(),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in (*files, f"{about}/RECORD")))
    return path


def install(path: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "-t", str(target), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return target


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Makes what is installed in a folder count in this process, for one test."""
    own = (plugins_room._plugins, plugins_room.readers, plugins_room.phrase_folders)

    def forget() -> None:
        for function in (*own, load_phrases, phrases._compiled_lists):
            function.cache_clear()

    def use(site: Path) -> None:
        monkeypatch.syspath_prepend(site)
        forget()

    yield use
    for name in ("broken", "cleaner_desa", "cleaner_desa.phrases"):
        sys.modules.pop(name, None)
    monkeypatch.undo()
    forget()


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("plugin")
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    sources = (p for p in (EXAMPLE / "cleaner_desa").rglob("*.*") if p.suffix in (".py", ".toml"))
    files = {str(p.relative_to(EXAMPLE)): p.read_bytes() for p in sources}
    return install(wheel(folder, points, files), folder / "site")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    text = f"{HEADLINE}\n{NEWS}\n\n{CRUFT}\n%%\nFeri kandas\n{FERRY}\n"
    (tmp_path / "raw/warta.kabar").write_text(text, "utf-8")
    return tmp_path / "raw"


def clean(raw: Path, *flags: str) -> Result:
    given, out = str(raw), str(raw.parent / "out.jsonl")
    return CliRunner().invoke(main, ["clean", given, "-o", out, "--quiet", "--force", "--workers", "1", *flags])


def texts(raw: Path) -> list[str]:
    return [record["text"] for record in read_lines(raw.parent / "out.jsonl")]


def manifest(raw: Path) -> dict[str, Any]:
    return dict(json.loads((raw.parent / "out.jsonl.audit/manifest.json").read_text("utf-8")))


def test_phrases_rules_and_readers_count_in_workers_too(plugins: Path, raw: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "cleaner",
        "clean",
        str(raw),
        "-o",
        str(raw.parent / "out.jsonl"),
        "--workers",
        "2",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(plugins), str(ROOT)])}
    subprocess.run([*command, "--quiet", "--workers", "2"], check=True, env=environment)
    assert [(r["id"], r["title"], r["text"]) for r in read_lines(raw.parent / "out.jsonl")] == [
        ("kabar-1", HEADLINE, NEWS),
        ("kabar-2", "Feri kandas", FERRY),
    ]
    assert manifest(raw)["plugins"] == [
        "cleaner.phrases: desa (cleaner-desa 1.0)",
        "cleaner.readers: kabar (cleaner-desa 1.0)",
        "cleaner.rules: hotline (cleaner-desa 1.0)",
    ]
    removed = read_lines(raw.parent / "out.jsonl.audit/removed.jsonl")
    assert {(r["rule"], r["kind"]) for r in removed} >= {("phrase-line", "promo"), ("desa-hotline", "promo")}


def test_a_run_with_other_plugins_does_its_work_anew(plugins: Path, here: Callable[[Path], None]) -> None:
    before = stage_options(Options())
    here(plugins)
    assert all(stage_options(Options())[stage] != before[stage] for stage in before)


def test_without_the_plugin_nothing_of_it_is_left(raw: Path) -> None:
    assert clean(raw).exit_code == 0
    assert manifest(raw)["plugins"] == []
    assert all("Warta Desa" in text for text in texts(raw))


def test_kinds_and_lines_that_stay_hold_for_plugins_too(plugins: Path, raw: Path, here: Callable[[Path], None]) -> None:
    here(plugins)
    clean(raw, "--keep-kinds", "promo")
    assert texts(raw)[0].endswith(CRUFT)
    (raw.parent / "stay.txt").write_text("hotline redaksi: 0812 555 1234\n", "utf-8")
    clean(raw, "--allow", str(raw.parent / "stay.txt"))
    assert texts(raw)[0] == f"{NEWS}\n\nHotline redaksi: 0812 555 1234"


BROKEN = b"""
from cleaner.article import Removal
def outside(article): return [Removal(0, len(article.before) + 1, "x", "ad")]
def fails(article): raise LookupError("no such village")
def breaks(data):
    yield {"text": "Feri itu kandas di mulut muara pada Selasa pagi."}
    raise LookupError("half a file")
"""


@pytest.mark.parametrize(
    ("group", "target", "status", "words"),
    [
        ("rules", "broken:outside", 2, "cleaner.rules: x (cleaner-desa 1.0)"),
        ("rules", "broken:fails", 3, "LookupError: no such village"),
        ("rules", "broken:missing", 2, "cannot be loaded"),
        ("readers", "broken:breaks", 0, "LookupError: half a file"),
    ],
)
def test_a_broken_plugin_is_named(
    tmp_path: Path, raw: Path, here: Callable[[Path], None], group: str, target: str, status: int, words: str
) -> None:
    points = {f"cleaner.{group}": {"kabar" if group == "readers" else "x": target}}
    site = tmp_path / "site"  # as pip leaves it
    with zipfile.ZipFile(wheel(tmp_path, points, {"broken.py": BROKEN})) as archive:
        archive.extractall(site)
    here(site)
    done = clean(raw)
    assert done.exit_code == status, done.output
    told = done.stderr if status else (tmp_path / "out.jsonl.audit/rejected.jsonl").read_text("utf-8")
    assert words in told
    assert "cleaner-desa 1.0" in told
