"""The parts of --help beside the options: headings, examples, exit statuses. Their texts are in help.toml."""

from __future__ import annotations

import textwrap
from typing import Any

import click

from cleaner.tables import read_toml

__all__ = ["DONE", "EXIT_STATUS", "FAILED", "NOTHING_LEFT", "USAGE", "VALUES", "CorpusCommand", "epilog"]

DONE, NOTHING_LEFT, USAGE, FAILED = range(4)
EXIT_STATUS = (
    (DONE, "Done. What could not be read was set aside; rejected.jsonl says what and why."),
    (
        NOTHING_LEFT,
        "Done, but no article is left (the message says what dropped them), or --strict and some set aside.",
    ),
    (USAGE, "Wrong usage or an option that is wrong: nothing was written."),
    (FAILED, "Failed, stopped, or nothing could be read: the message says what to do next."),
)
"""The meaning of every exit status. A set-aside record is no failure unless --strict is given, because most crawls have
a broken page, and a status of 1 would end `&&` chains and make."""

_TABLES: dict[str, Any] = read_toml("cli/help.toml")
VALUES: dict[str, list[str]] = _TABLES["values"]
"""Option -> values that the shell offers where any number or text is allowed."""


def epilog(command: str) -> str:
    """Return the text below the options of a command: its examples and the exit statuses."""
    # "\b" keeps click from filling the lines of a list into one paragraph.
    examples = "\b\nExamples:\n" + "\n".join(f"  {line}\n      {what}" for line, what in _TABLES["examples"][command])
    statuses = "\b\nExit status:\n" + "\n".join(
        textwrap.fill(meaning, 96, initial_indent=f"  {status}  ", subsequent_indent="     ")
        for status, meaning in EXIT_STATUS
    )
    return f"{examples}\n\n{statuses}"


class CorpusCommand(click.Command):
    """A command whose many options --help shows under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under the headings of help.toml, in its order."""
        shown = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        own = self.get_help_option(ctx)  # whose name click chooses
        records = {"help" if p is own else p.name: record for p in shown if (record := p.get_help_record(ctx))}
        for heading, names in (*_TABLES["headings"].items(), ("Further", [*records])):
            if found := [records.pop(name) for name in names if name in records]:
                with formatter.section(heading):
                    formatter.write_dl(found)
