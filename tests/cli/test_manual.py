"""The manual and the completion know every command and every option, by the same help texts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from cleaner.cli import main
from cleaner.cli.setup import commands_below, man_page

ROOT = click.Context(main, info_name="cleaner")
COMMANDS = list(commands_below(ROOT))


@pytest.mark.parametrize("ctx", COMMANDS, ids=lambda ctx: ctx.command_path)
def test_every_command_and_option_is_in_the_manual(ctx: click.Context) -> None:
    man = man_page(ROOT)
    assert f".SS {ctx.command_path}\n" in man
    section = man.partition(f".SS {ctx.command_path}\n")[2].partition("\n.SS ")[0]
    assert len(ctx.command.help or "") > 15
    for option in ctx.command.params:
        if isinstance(option, click.Option):
            assert option.help
            for flag in (*option.opts, *option.secondary_opts):
                assert flag.replace("-", "\\-") in section


@pytest.mark.skipif(not shutil.which("man"), reason="man is not installed")
def test_man_shows_the_page_without_a_warning() -> None:
    page = CliRunner().invoke(main, ["manual"]).stdout
    environment = {"MANWIDTH": "100", "PATH": "/usr/bin:/bin"}
    command = ["man", "--warnings", "-l", "-"]
    done = subprocess.run(command, input=page, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--min-similarity FLOAT" in done.stdout


def completed(*words: str) -> set[str]:
    complete = ShellComplete(main, {}, "cleaner", "_CLEANER_COMPLETE")
    return {item.value for item in complete.get_completions(list(words[:-1]), words[-1])}


def test_commands_options_and_values_complete() -> None:
    assert completed("") >= {"clean", "dedup", "explain", "init", "phrases"}
    assert completed("clean", "--min-s") == {"--min-similarity"}
    assert completed("clean", "--keep-duplicate", "l") == {"longest"}
    assert completed("clean", "--guards", "gopher,c") == {"gopher,c4"}
    assert completed("clean", "--keep-kinds", "ad,a") == {"ad,app", "ad,authorbio"}
    assert completed("index", "") == {"add", "build", "info"}


def test_files_complete_where_files_are_meant() -> None:
    complete = ShellComplete(main, {}, "cleaner", "_CLEANER_COMPLETE")
    assert [c.type for c in complete.get_completions(["clean"], "ra")] == ["file"]
    assert [c.type for c in complete.get_completions(["clean", "raw", "--work"], "bu")] == ["dir"]


def test_bash_completes_by_the_script() -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = """eval "$(cleaner completion bash)"
    COMP_WORDS=(cleaner clean --keep-duplicate "") COMP_CWORD=3
    _cleaner_completion cleaner
    echo "${COMPREPLY[@]}\""""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert done.stdout.split() == ["longest", "earliest", "first"], done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_read_by_their_shells(shell: str) -> None:
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    assert "_CLEANER_COMPLETE" in script
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=script, capture_output=True, text=True).stderr == ""
