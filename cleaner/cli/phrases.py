"""The command phrases: list, search and test the phrase lists, and name the rule that would remove a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from cleaner.article import KINDS
from cleaner.cli.flags import files, folders, languages
from cleaner.language_codes import language_code
from cleaner.options import Options

if TYPE_CHECKING:
    from cleaner.phrases.phrases import Phrase

__all__ = ["phrases"]

_further = click.option(
    "--phrases", "extra", default="", metavar="DIR", help="Folder of further lists.", shell_complete=folders
)


phrases = click.Group(
    "phrases",
    help="List, search and test the phrase lists; say which rule would take a line.",
    short_help="List, search and test the phrase lists.",
)


@phrases.command("list")
@click.argument("language", metavar="[LANGUAGE]", default="")
@click.option("--kind", type=click.Choice(KINDS), metavar="KIND", help="Only entries of this kind.")
@_further
def list_(language: str, kind: str | None, extra: str) -> None:
    """All entries for LANGUAGE, or how many each language has."""
    from cleaner.phrases.catalogue import entries
    from cleaner.phrases.phrases import phrase_languages

    if language:  # else the counts of all languages
        if language not in (*phrase_languages(), "neutral") and not extra:  # an additional list may have any name
            language = language_code(language)
        _show(p for p in entries(language, extra) if kind in (None, p.kind))
        return
    for name in (*phrase_languages(), "neutral"):  # "neutral" holds what is the same in all languages
        click.echo(f"{name:8}{sum(kind in (None, p.kind) for p in entries(name, extra)):6}")


@phrases.command(short_help="The entries of all languages that hold WORDING.")
@click.argument("wording", metavar="WORDING")
@_further
def search(wording: str, extra: str) -> None:
    """The entries of all languages that hold WORDING, compared as lines are: without case and marks at the ends."""
    from cleaner.phrases.catalogue import search

    _show(search(wording, extra))


@phrases.command()
@click.argument("line", metavar="LINE")
@click.option(
    "--language",
    default="",
    metavar="CODE",
    help="The language of the line (else those of all phrase lists).",
    shell_complete=languages,
)
@_further
def line(line: str, language: str, extra: str) -> None:
    """Which rules would take LINE, and by which entry."""
    from cleaner.audit.explain import explain_one_line

    for found in explain_one_line(line, language and language_code(language), extra):
        click.echo(found)


@phrases.command(short_help="Check the lists in DIR; with INPUT, show what they take.")
@click.argument("folder", metavar="DIR", shell_complete=folders)
@click.argument("inputs", nargs=-1, metavar="[INPUT...]", shell_complete=files)
def test(folder: str, inputs: tuple[str, ...]) -> None:
    """Check the lists in DIR; with INPUT, show what they take there that the shipped lists leave.

    Ends with status 2 when an entry is wrong, or is shipped already.
    """
    from cleaner.audit.explain import gains_of_lists
    from cleaner.phrases.catalogue import problems

    wrong = list(problems(folder))  # all of them, not the first alone
    for sentence in wrong:
        click.echo(sentence, err=True)
    for taking in gains_of_lists(inputs, Options(phrases=folder)) if inputs else ():
        click.echo(f"{taking.times:6}  {taking.why}")
        click.echo(f"        {taking.example}  ({taking.where})")
    if wrong:
        raise SystemExit(2)
    click.echo(f"The lists in {folder} are sound.", err=True)  # stdout is for what they take


def _show(found: Iterable[Phrase]) -> None:
    """Print entries, one per line: language, kind and array of its list, wording."""
    for phrase in found:
        click.echo(f"{phrase.language:4} {phrase.kind}.{phrase.array}: {phrase.text}")
