"""--help is read by people: options under headings, examples that work, exit statuses; the shell completes values."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import fields
from importlib.resources import files

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from cleaner import Options
from cleaner.cli import main
from cleaner.cli.help import EXIT_STATUS

TABLES = tomllib.loads((files("cleaner.cli") / "help.toml").read_text("utf-8"))
ROOT = click.Context(main, info_name="cleaner")


def help_of(*command: str) -> str:
    done = CliRunner().invoke(main, [*command, "--help"])
    assert done.exit_code == 0
    return done.stdout


@pytest.mark.parametrize("command", ["clean", "dedup"])
def test_every_option_stands_under_one_heading(command: str) -> None:
    shown = help_of(command)
    headings = re.findall(r"^(\S.*):$", shown, re.MULTILINE)
    assert headings == [h for h in TABLES["headings"] if h in headings]  # in this order, and none without options
    for option in main.commands[command].params:
        if isinstance(option, click.Option):
            flag = re.escape(option.opts[-1])
            assert len(re.findall(rf"^  (?:-\w, )?{flag}(?![\w-])", shown, re.MULTILINE)) == 1, flag
    assert "INPUT..." not in shown.partition("Input:")[2]


def test_no_option_is_under_two_headings() -> None:
    names = [name for group in TABLES["headings"].values() for name in group]
    assert len(names) == len({*names})
    assert {field.name for field in fields(Options)} <= {*names}


@pytest.mark.parametrize("command", TABLES["examples"])
def test_three_examples_that_could_be_given(command: str) -> None:
    shown = help_of(*([] if command == "main" else [command]))
    assert len(TABLES["examples"][command]) == 3
    for line, what in TABLES["examples"][command]:
        assert f"  {line}\n" in shown
        assert what in shown
        program, name, *words = shlex.split(line)
        assert program == "cleaner"
        main.commands[name].make_context(name, words, parent=ROOT)  # raises where an option is none
    for status, meaning in EXIT_STATUS:
        assert f"{status} {meaning}" in " ".join(shown.split())


FREE = {"allow", "phrases", "site_rules", "against", "work", "config", "audit", "output", "columns"}
"""Options whose values are names of files, or are not told from outside."""


@pytest.mark.parametrize("option", [p for p in main.commands["clean"].params if isinstance(p, click.Option)], ids=str)
def test_the_values_of_every_option_complete(option: click.Option) -> None:
    if option.is_flag:
        return
    complete = ShellComplete(main, {}, "cleaner", "_CLEANER_COMPLETE")
    offered = complete.get_completions(["clean", option.opts[-1]], "")
    assert offered
    if option.name in FREE:
        return
    for item in offered:
        assert item.type == "plain"
        if not isinstance(option.type, click.Choice) and option.name in Options.__dataclass_fields__:
            Options(**{option.name: option.type.convert(item.value, option, ROOT)})  # which the option takes


def test_languages_complete_behind_a_comma_with_their_names() -> None:
    complete = ShellComplete(main, {}, "cleaner", "_CLEANER_COMPLETE")
    found = {item.value: item.help for item in complete.get_completions(["clean", "--language"], "id,m")}
    assert found["id,ms"] == "Malay"
    assert "id,id" not in found
    assert [c.value for c in complete.get_completions(["clean", "--date-field"], "tgl_te")] == ["tgl_terbit"]
    assert "cp1252" in [c.value for c in complete.get_completions(["clean", "--encoding"], "cp125")]


@pytest.mark.parametrize("group", [[], ["phrases"], ["index"]])
def test_what_a_command_does_is_not_cut_off(group: list[str]) -> None:
    listed = help_of(*group).partition("Commands:\n")[2].partition("\n\n")[0]
    assert len(listed.splitlines()) > 2
    assert "..." not in listed
