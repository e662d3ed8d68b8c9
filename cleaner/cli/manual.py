"""The manual, out of the same help texts as --help: as a man page, and as Markdown for the documentation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from cleaner import __version__

__all__ = ["as_man", "as_markdown", "commands"]

STATUS = (
    ("0", "Done."),
    ("1", "Done, but some input was set aside; rejected.jsonl says what and why."),
    ("2", "Wrong usage, or an option that is wrong."),
    ("3", "Failed; the message says what to do next."),
)


def commands(ctx: click.Context) -> Iterator[click.Context]:
    """The context of the command itself and of each below it, in the order of their names."""
    yield ctx
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            command = ctx.command.get_command(ctx, name)
            if command is not None and not command.hidden:
                yield from commands(click.Context(command, info_name=name, parent=ctx))


def as_man(ctx: click.Context) -> str:
    """All commands as one roff page."""
    parts = [f'.TH CLEANER 1 "" "cleaner {__version__}" "User Commands"']
    parts += [".SH NAME", f"cleaner \\- {_roff(_short(ctx))}"]
    parts += [".SH SYNOPSIS", *(f".B {_roff(_usage(c))}\n.br" for c in commands(ctx) if c.parent)]
    parts += [".SH DESCRIPTION", *_roff_paragraphs(ctx), ".SH COMMANDS"]
    for command in commands(ctx):
        if command.parent:
            parts += [f".SS {_roff(command.command_path)}", *_roff_paragraphs(command)]
            parts += [f".TP\n.B {_roff(names)}\n{_roff(told)}" for names, told in _options(command)]
    parts += [".SH EXIT STATUS", *(f".TP\n.B {number}\n{_roff(told)}" for number, told in STATUS)]
    return "\n".join(parts) + "\n"


def as_markdown(ctx: click.Context) -> str:
    """All commands as sections with a table of their options."""
    parts = []
    for command in commands(ctx):
        if command.parent:
            parts += [f"## `{command.command_path}`", f"    {_usage(command)}", "\n\n".join(_paragraphs(command))]
            rows = [f"| `{names.replace('|', '&#124;')}` | {told} |" for names, told in _options(command)]
            parts += ["\n".join(["| option | meaning |", "|---|---|", *rows])] if rows else []
    return "\n\n".join(parts) + "\n"


def _options(ctx: click.Context) -> list[tuple[str, str]]:
    """(the flag as it is written, what it means) of every option."""
    records = (p.get_help_record(ctx) for p in ctx.command.get_params(ctx) if isinstance(p, click.Option))
    return [(names, told.replace("  ", " ")) for names, told in filter(None, records)]


def _usage(ctx: click.Context) -> str:
    return f"{ctx.command_path} {' '.join(ctx.command.collect_usage_pieces(ctx))}"


def _paragraphs(ctx: click.Context) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", inspect.cleandoc(ctx.command.help or ""))]


def _short(ctx: click.Context) -> str:
    return _paragraphs(ctx)[0].rstrip(".")


def _roff_paragraphs(ctx: click.Context) -> list[str]:
    return [f".PP\n{_roff(part)}" for part in _paragraphs(ctx)]


def _roff(text: str) -> str:
    """Text as roff shows it: a backslash, a hyphen, and a dot or quote that begins a line would mean something."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
