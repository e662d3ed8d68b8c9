"""The commands that run over a corpus: clean, dedup, index."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from cleaner.cli.flags import FLAGS, INPUTS, ON_CORPUS, files, options, read
from cleaner.cli.help import DONE, FAILED, NOTHING_LEFT, CorpusCommand, epilog
from cleaner.options import RUN_OPTIONS, Options

__all__ = ["clean", "dedup", "index"]


@click.command(cls=CorpusCommand, epilog=epilog("clean"))
@options(*ON_CORPUS, *FLAGS)
def clean(
    inputs: tuple[str, ...], output: str | None, audit: str | None, quiet: bool, as_json: bool, **flags: Any
) -> None:
    """Clean files, folders and patterns of them into one corpus.

    INPUT is a file, a folder, a pattern, a URL, or - for JSON lines on stdin. OUT is .jsonl, .csv or .tsv, each also
    packed (.jsonl.gz, .csv.zst), .parquet, or a folder of shards. Without -o a terminal shows what would go from the
    first three articles.
    """
    options = read(flags)
    if output is None and sys.stdout.isatty():
        from cleaner.cli.preview import preview

        for line in preview(inputs, options):
            click.echo(line)
        return
    _run(inputs, output, options, audit, quiet, as_json)


def _run(
    inputs: tuple[str, ...], output: str | None, options: Options, audit: str | None, quiet: bool, as_json: bool
) -> None:
    """Clean a corpus, show the progress and the summary, and exit."""
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'. Say where the corpus goes, such as -o clean.jsonl.")
    from cleaner.audit.summary import show
    from cleaner.corpus.clean import clean_corpus
    from cleaner.engine.progress import progress, warnings

    # With --json a program reads the output, for which a live display is noise.
    with warnings(quiet=quiet), progress(quiet=quiet or as_json) as update:
        report = clean_corpus(inputs, output, options, audit=audit, progress=update)
    if not quiet:
        show(report, as_json=as_json)
    if report.rejected:  # printed with --quiet too: a run that succeeds must not hide that it left something out
        where = f"; {report.audit}/rejected.jsonl says what and why" if report.audit else ""
        click.echo(f"cleaner: {report.rejected:,} inputs or records were set aside{where}.", err=True)
    dropped = report.counts.get("dropped", {})
    # A crawl without new articles is no failure: all of its articles may be in the index of --against.
    nothing_new = bool(dropped) and not dropped.keys() - {"duplicate"}
    if not report.written:
        reasons = ", ".join(f"{name} ({n:,})" for name, n in dropped.items())
        said = (
            f"no article is left of {report.read:,}; dropped by: {reasons}" if reasons else "the input has no article"
        )
        click.echo(f"cleaner: {said}.", err=True)
    failed = (not report.written and not nothing_new) or (options.strict and report.rejected)
    sys.exit(NOTHING_LEFT if failed else DONE)


@click.command(
    cls=CorpusCommand, epilog=epilog("dedup"), short_help="Only merge near-identical articles; nothing is stripped."
)
@options(
    *ON_CORPUS,
    *("text_field", "html_field", "id_field", "url_field", "title_field", "author_field", "date_field", "site_field"),
    *("txt_layout", "encoding", "limit", "sample", "seed"),
    *("one_per_url", "min_similarity", "keep_duplicate", "against", "pairs"),
    *("dedup_paragraphs", "mask", "mask_log", "mark", "split", "split_by", "columns", "bom"),
    *(name for name in RUN_OPTIONS if name not in ("shard_records", "card")),
)
def dedup(
    inputs: tuple[str, ...], output: str | None, audit: str | None, quiet: bool, as_json: bool, **flags: Any
) -> None:
    """Only merge near-identical articles, of text that is clean already: nothing is stripped."""
    from cleaner.corpus.index import AS_IT_IS  # the options under which no step but deduplication does anything

    _run(inputs, output, read({**flags, **AS_IT_IS}), audit, quiet, as_json)


index = click.Group(
    "index",
    help="Build, extend and inspect a saved near-duplicate index, for `clean --against`.",
    short_help="Build, extend and inspect a saved near-duplicate index.",
)

_FOLDER = click.argument("folder", metavar="INDEX", shell_complete=files)
_ON_TEXTS = options(
    *(_FOLDER, INPUTS, "text_field", "id_field", "url_field", "txt_layout", "encoding"),
    *("workers", "memory", "record_timeout", "strict"),
)


@index.command("build")
@_ON_TEXTS
def index_build(folder: str, inputs: tuple[str, ...], **flags: Any) -> None:
    """Make an index of texts that are clean already."""
    _index(folder, inputs, read(flags), add=False)


@index.command("add")
@_ON_TEXTS
def index_add(folder: str, inputs: tuple[str, ...], **flags: Any) -> None:
    """Add texts to an index; those that are in it already change nothing."""
    _index(folder, inputs, read(flags), add=True)


@index.command("info")
@_FOLDER
def index_info(folder: str) -> None:
    """What an index holds, as JSON."""
    from pathlib import Path

    from cleaner.corpus.saved_index import Index

    click.echo(json.dumps(Index.open(Path(folder)).info(), indent=1))


def _index(folder: str, inputs: tuple[str, ...], options: Options, *, add: bool) -> None:
    """Build or extend an index, print what was set aside and what the index holds, and exit."""
    from cleaner.corpus.index import index_corpus

    # What cannot be read is printed line by line, because an index has no folder of logs.
    info, rejects = index_corpus(inputs, folder, options, add=add)
    for reject in rejects:
        click.echo(f"cleaner: {reject.source} {reject.record or ''}: {reject.detail} {reject.advice}", err=True)
    click.echo(json.dumps(info, indent=1))
    if rejects and not info["articles"]:
        sys.exit(FAILED)
    sys.exit(NOTHING_LEFT if rejects and options.strict else DONE)
