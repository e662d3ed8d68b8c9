"""The commands for setting up: init writes a file of options, completion a shell script, manual the manual page."""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from cleaner import __version__
from cleaner.cli.flags import FLAGS
from cleaner.cli.help import EXIT_STATUS
from cleaner.errors import RefusedError
from cleaner.options import CHOICES, CONFIG, Options

__all__ = ["commands_below", "completion", "init", "man_page", "manual", "options_file"]


@click.command(short_help="Write a cleaner.toml that names every option.")
@click.argument("file", metavar="FILE", default=CONFIG)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def init(file: str, force: bool) -> None:
    """Write a cleaner.toml that names every option, with its default as a comment."""
    path = Path(file)
    if path.exists() and not force:
        raise RefusedError(f"{file} exists already. Name another FILE, or replace it with --force.")
    path.write_text(options_file(), "utf-8")
    click.echo(f"{file} written. Remove the # before what you want to change.", err=True)


_HEADINGS = {
    "text_field": "Reading",
    "extractor": "Extraction",
    "strip": "Stripping",
    "language": "Language and guards",
    "dedup": "Near-duplicates",
    "dedup_paragraphs": "Output",
    "follow_links": "The run: these never change the output",
}
"""The heading that stands before an option."""

_HEAD = """\
# Options of the cleaner. This file counts for what lies in its folder or in folders below it, or where --config FILE
# names it. A flag on the command line comes first. Paths are meant from this file's folder on.
"""


def options_file() -> str:
    """Return the text of a cleaner.toml that changes nothing: every option is a comment, with its help and default."""
    lines = []
    for field in fields(Options):
        if field.name in _HEADINGS:
            lines.append(f"\n# {_HEADINGS[field.name]}")
        help = FLAGS[field.name]["help"]
        if field.name in CHOICES:
            help += f" One of: {', '.join(CHOICES[field.name])}."
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        lines += ["", *textwrap.wrap(help, 118, initial_indent="# ", subsequent_indent="# ")]
        lines.append(f"#{field.name} = {json.dumps(default)}")  # JSON and TOML write these values alike
    return _HEAD + "\n".join(lines) + "\n"


@click.command(short_help="Print the script that completes commands in a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands and options in a shell.

    For bash put `eval "$(cleaner completion bash)"` into ~/.bashrc, for zsh the same with zsh into ~/.zshrc; for fish
    write it to ~/.config/fish/completions/cleaner.fish.
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None  # for the type checker: the three shells are click's own
    click.echo(made(click.get_current_context().find_root().command, {}, "cleaner", "_CLEANER_COMPLETE").source())


@click.command()
def manual() -> None:
    """Print the manual page: cleaner manual | man -l -"""
    click.echo(man_page(click.get_current_context().find_root()), nl=False)


def commands_below(ctx: click.Context) -> Iterator[click.Context]:
    """Yield the context of each command below this one, at any depth, in the order of names; groups come first."""
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            command = ctx.command.get_command(ctx, name)
            if command is not None and not command.hidden:
                below = click.Context(command, info_name=name, parent=ctx)
                yield below
                yield from commands_below(below)


def man_page(root: click.Context) -> str:
    """Return all commands as one page in roff, from the help texts of --help.

    click-man writes a page for each command, and these have to be installed to be read; this page is piped to man.
    """
    commands = list(commands_below(root))
    about = _paragraphs(root)
    parts = [
        f'.TH CLEANER 1 "" "cleaner {__version__}" "User Commands"',
        *(".SH NAME", f"cleaner \\- {_roff(about[0].rstrip('.'))}"),
        ".SH SYNOPSIS",
        *(f".B {_roff(' '.join((c.command_path, *c.command.collect_usage_pieces(c))))}\n.br" for c in commands),
        *(".SH DESCRIPTION", *(f".PP\n{_roff(part)}" for part in about)),
        ".SH COMMANDS",
    ]
    for ctx in commands:
        parts += [f".SS {_roff(ctx.command_path)}", *(f".PP\n{_roff(part)}" for part in _paragraphs(ctx))]
        records = (p.get_help_record(ctx) for p in ctx.command.get_params(ctx) if isinstance(p, click.Option))
        parts += [f".TP\n.B {_roff(names)}\n{_roff(help.replace('  ', ' '))}" for names, help in filter(None, records)]
    parts += [".SH EXIT STATUS", *(f".TP\n.B {number}\n{_roff(meaning)}" for number, meaning in EXIT_STATUS)]
    return "\n".join(parts) + "\n"


def _paragraphs(ctx: click.Context) -> list[str]:
    """Return the paragraphs of a command's help, each on one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", inspect.cleandoc(ctx.command.help or ""))]


def _roff(text: str) -> str:
    """Escape a text for roff, where a backslash, a hyphen, and a dot or quote at the start of a line have a meaning."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
