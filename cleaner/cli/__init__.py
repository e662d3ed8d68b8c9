"""The command line: thin commands over the public functions.

Heavy modules are imported when a command runs, so that `cleaner --help` and shell completion answer at once.
"""

from __future__ import annotations

from typing import Any

import click

from cleaner import __version__
from cleaner.cli.corpus import clean, dedup, index
from cleaner.cli.looking import diff, explain, report, restore
from cleaner.cli.phrases import phrases
from cleaner.cli.setup import completion, init, manual
from cleaner.errors import CleanerError, MissingExtra, OptionError, RefusedError, WorkError

__all__ = ["main"]

USAGE, FAILED = 2, 3
"""Exit statuses; 0 is done, and 1 is done with some input set aside."""


class _Group(click.Group):
    """A group whose errors end in one sentence on stderr and the documented exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; every known error becomes its sentence and its exit status."""
        try:
            return super().invoke(ctx)
        except CleanerError as error:
            # What the user can mend in the command is wrong usage; all else is a run that failed.
            click.echo(f"cleaner: {error}", err=True)
            ctx.exit(USAGE if isinstance(error, OptionError | MissingExtra | RefusedError | WorkError) else FAILED)
        except OSError as error:  # a full disk, a drive that went away: what is finished is kept
            click.echo(f"cleaner: {error}. The same command goes on where it stood.", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("cleaner: stopped. The same command goes on where it stood; --fresh starts over.", err=True)
            ctx.exit(FAILED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cleaner")
def main() -> None:
    """Turn scraped articles into a clean corpus, with every decision on record."""


for _command in (clean, explain, dedup, restore, report, diff, index, phrases, init, completion, manual):
    main.add_command(_command)
