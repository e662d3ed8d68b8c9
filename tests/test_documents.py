"""Every code block of the README and of the pages runs as it stands, and prints what it says; so do the examples."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import io
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sample import ROOT

import cleaner
from cleaner.cli import main
from cleaner.cli.setup import commands_below
from cleaner.phrases.catalogue import problems

PAGES = sorted(["README.md", *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))])
EXTRA = {
    "docs/tools.md",
    "docs/recipes/python.md",
    "examples/hugging_face.py",
    "examples/scikit_learn.py",
    "examples/datatrove_pipeline.py",
}
KINDS = {"sh", "python", "toml", "json", "text"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def marked(names: list[str]) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.extra) if name in EXTRA else name for name in names]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like the root of the repository, with a part of the sample corpus; all work is done in this process."""
    root = tmp_path / "root"
    (root / "corpus/raw").mkdir(parents=True)
    (root / "build").mkdir()
    for name in ("kabarpelita.example", "rechnoivestnik.example", "feeds"):
        shutil.copytree(ROOT / "corpus/raw" / name, root / "corpus/raw" / name)
    (root / "corpus/clean.jsonl").symlink_to(ROOT / "corpus/clean.jsonl")
    (tmp_path / "cleaner.toml").write_text("workers = 1\n")
    monkeypatch.chdir(root)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    uploads_stay_here(monkeypatch)
    return root


def uploads_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check the arguments of the upload to Hugging Face against the real functions, and upload nothing."""
    if importlib.util.find_spec("huggingface_hub") is None:
        return
    from huggingface_hub import HfApi

    for name in ("create_repo", "upload_folder"):
        real = inspect.signature(getattr(HfApi, name))

        def call(self: HfApi, *args: Any, real: inspect.Signature = real, **settings: Any) -> None:
            given = real.bind(self, *args, **settings).arguments
            assert Path(given.get("folder_path", ".")).is_dir()

        monkeypatch.setattr(HfApi, name, call)


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """(kind, code) of every block between fences."""
    for found in re.finditer(r"^```([^\n]*)\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL):
        yield found[1].partition(" ")[0], found[2]  # a title may stand behind the kind


def run_shell(code: str) -> None:
    for line in code.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "pip":
            for name in re.findall(r"cruftless\[([\w,-]+)\]", line):
                assert set(name.split(",")) <= PROJECT["optional-dependencies"].keys(), line
        elif words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), line
        elif words[0] == "cleaner" and not set(words) & {"|", ">"}:
            done = CliRunner().invoke(main, words[1:])
            assert done.exit_code == 0, f"{line}\n{done.output}"
        else:
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            done = subprocess.run(
                ["bash", "-ec", line], capture_output=True, text=True, env={**os.environ, "PATH": path}
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"


def run_python(code: str, names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "block", "exec"), names)
    printed = out.getvalue().splitlines()
    said = re.findall(r"^\s*print\(.*\)  # (.*)$", code, re.MULTILINE)
    if said:
        assert [line for line in printed if line in said] == said, out.getvalue()


def check_toml(code: str) -> None:
    """A file whose name stands in its first line is written there, and has to be sound for what it is."""
    tomllib.loads(code)
    name = re.match(r"# (\S+\.toml)\n", code)
    if not name:
        return
    path = Path(name[1])
    path.parent.mkdir(exist_ok=True)
    path.write_text(code, "utf-8")
    if path.name == "cleaner.toml":
        cleaner.read_options(path)
    elif path.name != "pyproject.toml":
        assert list(problems(str(path.parent))) == []


@pytest.mark.parametrize("page", marked([page for page in PAGES if page != "docs/cluster.md"]))  # see tests/spark
def test_every_block_runs(page: str, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": "block"}
    for kind, code in blocks(page):
        assert kind in KINDS, f"{page}: a block of {kind or 'no kind'} is run by nothing"
        if kind == "sh":
            run_shell(code)
        elif kind == "python":
            run_python(code, names)
        elif kind == "toml":
            check_toml(code)
        elif kind == "json":
            json.loads(code)


@pytest.mark.parametrize("name", marked(sorted(str(p.relative_to(ROOT)) for p in (ROOT / "examples").glob("*.py"))))
def test_every_example_runs(name: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / name))
    assert "Error" not in capfd.readouterr().out


def test_the_examples_do_what_they_say(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples/one_article.py"))
    shown = capsys.readouterr().out
    assert shown.startswith("Feri KM Melati Samudra")
    assert "- comment" in shown or "- related" in shown


def test_every_public_name_is_on_the_page() -> None:
    page = (ROOT / "docs/api.md").read_text("utf-8")
    for name in cleaner.__all__:
        assert re.search(rf"(::: |`)cleaner\.{name}\b", page), name
    rooms = {p.stem for p in (ROOT / "cleaner/integrations").glob("*.py")} - {"__init__"}
    shown = page + "".join(p.read_text("utf-8") for p in (ROOT / "docs").glob("*.md"))
    assert {room for room in rooms if f"cleaner.integrations.{room}" not in shown} == set()


def test_every_command_is_told_of_in_the_readme_or_the_pages() -> None:
    import click

    texts = "".join((ROOT / page).read_text("utf-8") for page in PAGES)
    for ctx in commands_below(click.Context(main, info_name="cleaner")):
        assert f"{ctx.command_path} " in texts or f"`{ctx.command_path}`" in texts or "index" in ctx.command_path


def test_every_option_named_in_the_pages_exists() -> None:
    import click

    known = {"--help", "--version"}
    for ctx in commands_below(click.Context(main, info_name="cleaner")):
        known |= {flag for p in ctx.command.params for flag in (*p.opts, *p.secondary_opts)}
    for page in PAGES:
        assert set(re.findall(r"`(--[a-z][a-z-]+)", (ROOT / page).read_text("utf-8"))) <= known, page


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        prose = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", prose):
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page}: {target}"


def test_the_readme_is_short() -> None:
    assert (ROOT / "README.md").read_text("utf-8").count("\n") < 150
