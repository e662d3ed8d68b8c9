"""The README's commands and example run as they stand."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sample import ROOT

README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that sees the sample corpus as the repository's root does."""
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    return tmp_path


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_commands_run(folder: Path) -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("cleaner ")]
    assert len(commands) >= 4
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(command, comments=True)], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert (folder / "before.jsonl").stat().st_size > (folder / "clean.jsonl").stat().st_size / 2


def test_the_example_runs_and_prints_what_it_says(folder: Path) -> None:
    [example] = blocks("python")
    done = subprocess.run([sys.executable, "-c", example], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    said = re.findall(r"#\s+(.*)", example)
    assert printed[: len(said)] == said


def test_it_is_short() -> None:
    assert README.count("\n") < 150


def test_every_option_it_names_exists() -> None:
    from cleaner.cli import main

    known = {
        flag for command in main.commands.values() for p in command.params for flag in (*p.opts, *p.secondary_opts)
    }
    assert set(re.findall(r"`?(--[a-z][a-z-]+)", README)) - known == {"--help"}
