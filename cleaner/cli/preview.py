"""The preview of `cleaner clean INPUT` on a terminal without an output: the first articles, before and after."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import click

from cleaner.article import Article, Reject
from cleaner.audit.explain import shown_lines
from cleaner.audit.spans import clipped, printable
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.pipeline import finish_articles, load_article, strip_article
from cleaner.read.records import records_of

__all__ = ["preview"]

SHOWN = 3
"""Articles shown: as many as fit on a screen or two."""

SEARCHED = 100
"""Records that are searched for articles, because the first ones of a crawl may all be pictures."""

KEPT_LINES = 4
"""Most lines in a row that stay and are all shown; of more, the first two and the last are."""

LINE = 200
"""Characters shown of a line."""


def preview(inputs: Sequence[str], options: Options) -> Iterator[str]:
    """Yield the lines to print: the first articles with what would go in red, then how to write the corpus.

    Raises InputError where none of the first records can be read.
    """
    shown, wrong = 0, list[InputError]()
    for raw in records_of(inputs, replace(options, limit=options.limit or SEARCHED)):
        if isinstance(raw, Reject):
            wrong.append(InputError(f"{raw.source}: {raw.detail}", raw.advice))
            continue
        [(article, drop)] = finish_articles([strip_article(load_article(raw, options), options)], options)
        yield click.style(printable(article.id), bold=True)
        yield from _before_and_after(article)
        if drop:
            yield click.style(f"  This article would be dropped: {printable(drop.reason)}.", fg="yellow")
        yield ""
        shown += 1
        if shown == SHOWN:
            break
    if not shown:
        raise [*wrong, InputError("The input holds no article.", "Name a file or folder with articles.")][0]
    yield "Each was looked at alone; what repeats on its site, or is a duplicate, shows in a run. Nothing was written."
    yield f"To write:  {click.style(printable(f'cleaner clean {shlex.join(inputs)} -o clean.jsonl'), bold=True)}"
    yield "To see first what all of it comes to: the same with --dry-run."


def _before_and_after(article: Article) -> Iterator[str]:
    """Yield the text before stripping; removed lines are red, with their kind and rule."""
    for _, group in groupby(shown_lines(article), key=lambda line: line[1] is None):
        lines = list(group)
        for number, (line, row) in enumerate(lines):
            text = printable(clipped(line, LINE))
            if row is not None:
                reason = click.style(f"  {printable(row['kind'])}, by {printable(row['rule'])}", dim=True)
                yield click.style(f"- {text}", fg="red") + reason
            elif len(lines) <= KEPT_LINES or number < 2 or number == len(lines) - 1:
                yield f"  {text}"
            elif number == 2:
                yield click.style(f"  ... {len(lines) - 3:,} more lines that stay", dim=True)
