"""The command line: thin commands that call the public functions.

Heavy modules are imported when a command runs, so that `cleaner --help` and shell completion answer at once.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from contextlib import suppress
from typing import Any

import click

from cleaner import __version__
from cleaner.cli.corpus import clean, dedup, index
from cleaner.cli.help import FAILED, USAGE, epilog
from cleaner.cli.looking import diff, explain, report, restore, stats
from cleaner.cli.phrases import phrases
from cleaner.cli.setup import completion, init, manual
from cleaner.cli.streams import sigterm_as_interrupt, terminal_safe
from cleaner.cycles import rare_collections
from cleaner.errors import CleanerError, MissingExtra, OptionError, RefusedError, WorkError

__all__ = ["main"]

MANY_OBJECTS = 500_000
"""New objects after which Python looks for cycles. Modules, phrase lists and tables are 200,000, and to go through the
first 100,000 of them took .09 s of a run."""

UNREAD = 128 + 13
"""The exit status where stdout is closed before its end (`| head`), as shells report SIGPIPE."""


class _Group(click.Group):
    """A group whose errors end in one sentence on stderr and the documented exit status."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line, with control characters of the input escaped, and SIGTERM treated as Ctrl+C."""
        # Python also looks for cycles when it ends, which took .2 s of a run over 200 pages.
        atexit.register(gc.freeze)
        with terminal_safe(), sigterm_as_interrupt(), rare_collections(MANY_OBJECTS, at_the_end=False):
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; every known error becomes its sentence and its exit status."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()  # here, where a closed stdout is handled below
        except CleanerError as error:
            # What another command would avoid is wrong usage; all other errors are a run that failed.
            click.echo(f"cleaner: {error}", err=True)
            ctx.exit(USAGE if isinstance(error, OptionError | MissingExtra | RefusedError | WorkError) else FAILED)
        except BrokenPipeError:
            with suppress(OSError):  # discards what is still in the buffers, which Python would try to write at its end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(UNREAD)
        except OSError as error:  # a full disk, a drive that went away: what is finished is kept
            click.echo(f"cleaner: {error}. The same command goes on where it stood.", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:  # SIGTERM too
            click.echo("cleaner: stopped. The same command goes on where it stood; --fresh starts over.", err=True)
            ctx.exit(FAILED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:  # a bug; printed to the safe stream too, because its text may contain parts of the input
            traceback.print_exc()
            click.echo(
                "cleaner: this is a fault of the cleaner itself; please report it with the lines above.", err=True
            )
            ctx.exit(FAILED)


main = _Group(
    "main",
    commands=[clean, explain, dedup, restore, report, diff, stats, index, phrases, init, completion, manual],
    help="Turn scraped articles into a clean corpus, with every decision on record.",
    epilog=epilog("main"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(__version__, prog_name="cleaner")(main)
