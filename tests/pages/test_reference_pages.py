"""The pages that people look things up in are complete and true: options, fields, kinds, flags, errors, figures."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from sample import ROOT

import cleaner.errors
from cleaner.article import KINDS, MARK_KEYS, MASKS, RECORD_KEYS, SPLIT_KEY
from cleaner.cli import main
from cleaner.cli.setup import commands_below
from cleaner.options import Options
from cleaner.output.formats import Layout
from cleaner.quality import FLAGS
from cleaner.read import read_errors

DOCS = ROOT / "docs"
TYPES = {"text": str, "JSON in a text": str, "integer": int, "number": float, "list of texts": list}


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def tables(text: str) -> Iterator[list[list[str]]]:
    """The rows of every table, without its head; a cell has no marks of code around it."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in block.splitlines()]
        yield [[cell.strip() for cell in row] for row in rows[2:]]


def first_words(text: str) -> list[str]:
    """What stands between backquotes in the first cells of all tables."""
    return [name for table in tables(text) for row in table for name in re.findall(r"`([^`]+)`", row[0])]


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    """The module that completes the pages when they are built."""
    pytest.importorskip("mkdocs")
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_option_is_told_in_a_page_that_people_wrote() -> None:
    told = "".join(path.read_text("utf-8") for path in DOCS.rglob("*.md"))
    flags = {
        (*parameter.opts, *parameter.secondary_opts)
        for ctx in commands_below(click.Context(main, info_name="cleaner"))
        for parameter in ctx.command.params
        if isinstance(parameter, click.Option)
    }
    assert {names[0] for names in flags if not any(re.search(rf"{name}(?![\w-])", told) for name in names)} == set()


def test_every_field_of_the_record_has_its_row_in_order() -> None:
    fields, added, *_ = tables(page("record.md"))
    assert [row[0].strip("`") for row in fields] == [*RECORD_KEYS]
    assert [row[0].strip("`") for row in added] == [*MARK_KEYS, SPLIT_KEY]
    for name, kind, what, example, empty in (*fields, *added):
        value = json.loads(example.strip("`"))
        assert type(value) is TYPES[kind], name
        assert len(what) > 15, name
        assert empty, name
        if kind == "JSON in a text":
            assert isinstance(json.loads(value), dict), name


def test_the_types_on_the_page_are_those_of_the_tables_that_are_written() -> None:
    written = Layout.of(Options(mark=True, split=("a=.5", "b=.5"))).types
    said = {row[0].strip("`"): row[1] for table in list(tables(page("record.md")))[:2] for row in table}
    named = {"text": "string", "JSON in a text": "string", "list of texts": "strings", "number": "double"}
    assert {name: named.get(kind, kind) for name, kind in said.items()} == written


def test_every_kind_flag_and_reason_has_its_row() -> None:
    text = page("kinds.md")
    kinds, flags, *_ = tables(text)
    assert [row[0].strip("`") for row in kinds] == [*KINDS]
    source = "".join(path.read_text("utf-8") for path in (ROOT / "cleaner").rglob("*.py"))
    named = [row[0].strip("`") for row in flags]
    assert {*FLAGS} <= {*named}
    assert [name for name in named if f'"{name}"' not in source] == []
    assert all(f"`{kind}`" in text for kind in MASKS)
    given = re.findall(r'Drop\(article\.id, "([\w-]+)"', source)
    assert {*given} <= {*first_words(text)}


def test_every_error_has_its_row() -> None:
    ending, aside, skipped = list(tables(page("errors.md")))[1:]
    classes = {name for name in cleaner.errors.__all__ if name != "CleanerError"}
    assert {row[1].partition(",")[0] for row in ending} == classes
    names = {
        name for name in read_errors.__all__ if isinstance(getattr(read_errors, name), type) and name != "NoArticle"
    }
    assert {row[0].strip("`") for row in aside} - {"WorkerDied", "Unexpected"} == names - read_errors.SKIPPED
    assert {row[0].strip("`") for row in skipped} == read_errors.SKIPPED
    assert all(all(row[2:]) or row[0] in ("`SymlinkLoop`", "`EmptyFile`") for row in (*ending, *aside))


def said_by_the_package() -> str:
    """All strings of the package, with a mark where a value is put into one."""
    found = []
    for path in (ROOT / "cleaner").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def test_every_message_on_the_page_is_one_of_the_package() -> None:
    """A message stands there with an ellipsis for each value, and what is between them is said by the package."""
    said = said_by_the_package()
    ending, aside, skipped = list(tables(page("errors.md")))[1:]
    messages = [row[0] for row in ending] + [row[1] for row in (*aside, *skipped)]
    parts = [part for message in messages for part in message.strip("`").split("…")]
    assert [part for part in parts if part not in said and part.strip(" .") not in said] == []


def test_the_page_of_errors_is_held_against_what_is_said() -> None:
    said = said_by_the_package()
    assert "The file is empty." in said
    assert "The file was empty." not in said


def test_the_commands_on_the_page_are_those_of_help(hooks: ModuleType) -> None:
    made = hooks.commands()
    for ctx in commands_below(click.Context(main, info_name="cleaner")):
        name = ctx.command_path.replace(" ", "-")
        section = made.partition(f"#{name} ")[2].partition("\n## ")[0]
        for parameter in ctx.command.params:
            for flag in (*parameter.opts, *parameter.secondary_opts) if isinstance(parameter, click.Option) else ():
                assert re.search(rf"{flag}\b", section), (ctx.command_path, flag)
    assert "&#124;" not in made
    assert '<p class="options">Duplicates</p>' in made
    assert "<email>" not in made  # a tag it would be


def test_a_row_of_a_table_knows_its_columns(hooks: ModuleType) -> None:
    table = (
        "<table><thead><tr><th>field</th><th></th></tr></thead><tbody><tr><td>id</td><td>7</td></tr></tbody></table>"
    )
    made = hooks.on_page_content(table)
    assert '<td role="cell" data-label="field">id</td><td role="cell" data-label="">7</td>' in made
    assert "<th></th>" not in made


def test_the_figures_of_the_readme_are_those_of_the_last_results(hooks: ModuleType) -> None:
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for what, ours, others, versions in hooks.figures():
        assert f"| {what} | {ours} | {others} |" in readme, "the results have changed: copy the row into the README"
        named = versions.rpartition(":")[0].split(", ")
        assert [name for name in named if name.lower() not in readme.lower()] == []


def test_a_cell_of_the_results_is_found_by_row_and_column(hooks: ModuleType) -> None:
    dedup = hooks.Results("dedup")
    assert int(dedup["cleaner, exact verification", "lost"]) < 100
    assert hooks.Results("strip", "## Beside the peers: dev,").number("nothing", "lost") == 0
    with pytest.raises(KeyError):
        dedup["cleaner, exact verification", "no such column"]


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("https://git.example/a/cleaner.git", "https://git.example/a/cleaner"),
        ("git@git.example:a/cleaner.git", "https://git.example/a/cleaner"),
        ("ssh://git@git.example/a/cleaner.git", "https://git.example/a/cleaner"),
        ("/srv/git/cleaner.git", None),
        ("", None),
    ],
)
def test_the_address_of_the_repository(hooks: ModuleType, remote: str, shown: str | None) -> None:
    assert hooks.shown_address(remote) == shown


def test_the_pages_name_the_version_and_link_the_repository(
    hooks: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from mkdocs.config import load_config

    monkeypatch.setenv("REPOSITORY", "https://git.example/a/cleaner")
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    config = hooks.on_config(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path)))
    assert config.site_name == f"Cleaner {cleaner.__version__}"
    assert (config.repo_url, config.repo_name) == ("https://git.example/a/cleaner", "git.example/a/cleaner")
