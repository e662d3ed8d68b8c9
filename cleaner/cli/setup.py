"""The commands around the work: init, completion, manual."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.errors import OutputError
from cleaner.options import CONFIG

__all__ = ["completion", "init", "manual"]


@click.command()
@click.argument("file", metavar="FILE", default=CONFIG)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def init(file: str, force: bool) -> None:
    """Write a cleaner.toml that names every option, with its default as a comment."""
    from cleaner.cli.template import template

    path = Path(file)
    if path.exists() and not force:
        raise OutputError(f"{file} exists already. Name another FILE, or replace it with --force.")
    path.write_text(template(), "utf-8")
    click.echo(f"{file} written. Remove the # before what you want to change.", err=True)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands and options in a shell.

    For bash put `eval "$(cleaner completion bash)"` into ~/.bashrc, for zsh the same with zsh into ~/.zshrc; for fish
    write it to ~/.config/fish/completions/cleaner.fish.
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(click.get_current_context().find_root().command, {}, "cleaner", "_CLEANER_COMPLETE").source())


@click.command()
@click.option("--markdown", is_flag=True, help="As Markdown instead.")
def manual(markdown: bool) -> None:
    """Print the manual page: cleaner manual | man -l -"""
    from cleaner.cli.manual import as_man, as_markdown

    ctx = click.get_current_context().find_root()
    click.echo((as_markdown if markdown else as_man)(ctx), nl=False)
