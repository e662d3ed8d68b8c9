"""The command line: a thin face over the public functions. Heavy modules are imported when a command runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import click

from cleaner import __version__
from cleaner.errors import CleanerError, MissingExtra, OptionError
from cleaner.options import Options

__all__ = ["main"]

DONE, SOME_REJECTED, USAGE, FAILED = 0, 1, 2, 3
DEFAULT = Options()
_LISTS = {f.name for f in fields(Options) if f.default == ()}


class _Group(click.Group):
    """Commands whose errors end in one sentence and the documented exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CleanerError as error:
            click.echo(f"cleaner: {error}", err=True)
            ctx.exit(USAGE if isinstance(error, OptionError | MissingExtra) else FAILED)
        except OSError as error:
            click.echo(f"cleaner: {error}. The same command goes on where it stood.", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("cleaner: stopped. The same command goes on where it stood; --fresh starts over.", err=True)
            ctx.exit(FAILED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cleaner")
def main() -> None:
    """Turn scraped articles into a clean corpus, with every decision on record."""


def _options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The flags of these fields of Options, in this order."""

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for name in reversed(names):
            settings = dict(_FLAGS[name])
            flags = settings.pop("flags", [f"--{name.replace('_', '-')}"])
            command = click.option(*flags, name, **settings)(command)
        return command

    return add


_FLAGS: dict[str, dict[str, Any]] = {
    "text_field": {"help": "Field that holds the text (else found among the usual names)."},
    "html_field": {"help": "Field that holds HTML."},
    "id_field": {"help": "Field that holds the id."},
    "url_field": {"help": "Field that holds the URL."},
    "text_is": {"type": click.Choice(["auto", "plain", "html"]), "help": "What .txt files and text fields hold."},
    "txt_is": {"type": click.Choice(["article", "lines"]), "help": "One article per .txt file, or per line."},
    "encoding": {"help": "Encoding of all input (else detected per file)."},
    "one_per_url": {"type": click.Choice(["newest", "longest"]), "help": "Of several records of one URL keep this."},
    "max_record_bytes": {"type": int, "help": "Records larger than this are set aside."},
    "extractor": {"type": click.Choice(["cleaner", "justext"]), "help": "How HTML becomes text."},
    "articles_only": {"is_flag": True, "help": "Drop pages that are no articles."},
    "strip": {"flags": ["--strip/--no-strip"], "help": "Take site cruft off."},
    "input_kind": {
        "type": click.Choice(["auto", "text", "page"]),
        "help": "Plain text is extracted text, or a whole page.",
    },
    "title": {"type": click.Choice(["keep", "drop", "field"]), "help": "A headline repeated as the first line."},
    "keep_kinds": {"help": "Kinds of cruft that stay, with commas."},
    "only_kinds": {"help": "Only these kinds of cruft go, with commas."},
    "phrases": {"help": "Folder of further phrase lists.", "metavar": "DIR"},
    "allow": {"help": "File of lines that always stay.", "metavar": "FILE"},
    "repeats": {"flags": ["--repeats/--no-repeats"], "help": "Take lines that repeat per site."},
    "language": {"help": "Keep only articles in these languages, with commas.", "metavar": "CODE"},
    "language_model": {"type": click.Choice(["langid", "py3langid", "none"]), "help": "What names the language."},
    "min_language_score": {"type": float, "help": "Drop articles whose language is less sure than this."},
    "drop_foreign_paragraphs": {"is_flag": True, "help": "Take paragraphs in another language."},
    "guards": {"help": "Presets of quality rules: gopher, c4, fineweb, with commas."},
    "min_chars": {"type": int, "help": "Drop articles shorter than this."},
    "max_chars": {"type": int, "help": "Drop articles longer than this (0: no limit)."},
    "dedup": {"flags": ["--dedup/--no-dedup"], "help": "Merge near-identical articles."},
    "min_similarity": {"type": float, "help": "Jaccard similarity from which two articles are one."},
    "keep": {"type": click.Choice(["longest", "earliest", "first"]), "help": "Which of near-identical articles stays."},
    "against": {"help": "Drop what an index made by `cleaner index` holds already.", "metavar": "INDEX"},
    "pairs": {"is_flag": True, "help": "Write pairs.parquet to the logs, doubtful pairs first."},
    "workers": {"type": int, "help": "Worker processes (0: one per core; 1: none, work in this process)."},
    "memory": {"help": "Bound for the memory of the whole run, such as 1.5G (else half of the machine)."},
    "shards": {"type": int, "help": "Write a folder of so many files."},
    "shard_records": {"type": int, "help": "Records in one unit of work."},
    "work": {"help": "Work directory (else beside the output).", "metavar": "DIR"},
    "fresh": {"is_flag": True, "help": "Start over instead of going on with an unfinished run."},
    "keep_work": {"is_flag": True, "help": "Keep the work directory."},
    "record_timeout": {"type": float, "help": "CPU seconds that one record may take."},
    "force": {"is_flag": True, "help": "Replace an output that exists."},
    "dry_run": {"is_flag": True, "help": "Do everything but write."},
    "report": {"flags": ["--report/--no-report"], "help": "Write report.html to the logs."},
    "card": {"is_flag": True, "help": "Write a dataset card, README.md, beside the output."},
}
for _name, _settings in _FLAGS.items():
    _default = getattr(DEFAULT, _name)
    if _default not in ("", ()):
        _settings |= {"default": _default, "show_default": not _settings.get("is_flag")}


def _corpus(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments of every command that runs over a corpus."""
    for add in (
        click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
        click.option("--quiet", is_flag=True, help="No progress and no summary."),
        click.option("--audit", metavar="DIR", help="Folder of the logs (else OUT.audit beside the output)."),
        click.option("-o", "--output", required=True, metavar="OUT", help="Where the corpus goes; - is stdout."),
        click.argument("inputs", nargs=-1, required=True, metavar="INPUT..."),
    ):
        command = add(command)
    return command


@main.command()
@_corpus
@_options(*_FLAGS)
def clean(inputs: tuple[str, ...], output: str, audit: str | None, quiet: bool, as_json: bool, **flags: Any) -> None:
    """Clean files, folders and patterns of them into one corpus.

    INPUT is a file, a folder, a pattern, a URL, or - for JSON lines on stdin. OUT is .jsonl, .jsonl.gz, .jsonl.zst,
    .parquet, or a folder of shards.
    """
    _run(inputs, output, _read(flags), audit, quiet, as_json)


def _run(inputs: tuple[str, ...], output: str, options: Options, audit: str | None, quiet: bool, as_json: bool) -> None:
    from cleaner.output.summary import show
    from cleaner.pipeline import clean_corpus
    from cleaner.run.progress import progress

    with progress(quiet=quiet or as_json) as update:
        report = clean_corpus(inputs, output, options, audit=audit, progress=update)
    if not quiet:
        show(report, as_json=as_json)
    sys.exit(SOME_REJECTED if report.rejected else DONE)


_RUN_FLAGS = (
    "workers",
    "memory",
    "shards",
    "work",
    "fresh",
    "keep_work",
    "record_timeout",
    "force",
    "dry_run",
    "report",
)


@main.command()
@_corpus
@_options(
    *("text_field", "html_field", "id_field", "url_field", "txt_is", "encoding"),
    *("one_per_url", "min_similarity", "keep", "against", "pairs", *_RUN_FLAGS),
)
def dedup(inputs: tuple[str, ...], output: str, audit: str | None, quiet: bool, as_json: bool, **flags: Any) -> None:
    """Only merge near-identical articles, of text that is clean already: nothing is stripped."""
    from cleaner.indexing import AS_IT_IS

    _run(inputs, output, _read({**flags, **AS_IT_IS}), audit, quiet, as_json)


@main.command()
@click.argument("file", metavar="FILE", required=False)
@click.option("--id", "article", default="", help="The article of this id, where FILE holds several.")
@click.option("--line", default="", help="Instead of a file: which rules would take this line.")
@click.option("--line-language", default="id", show_default=True, help="The language of that line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines instead.")
@_options("text_field", "html_field", "text_is", "encoding", "extractor", "input_kind", "title", "phrases", "allow")
def explain(file: str | None, article: str, line: str, line_language: str, as_json: bool, **flags: Any) -> None:
    """One article, line by line: what stays, what goes, which rule, why."""
    from cleaner.output.explanation import explain_file, explain_one_line

    if bool(file) == bool(line):
        raise OptionError("Name a FILE, or a line with --line.")
    rows = (
        explain_file(file, _read(flags), article=article, as_json=as_json)
        if file
        else explain_one_line(line, line_language)
    )
    for row in rows:
        click.echo(row)


@main.command()
@click.argument("output", metavar="OUT")
@click.option("-o", "--to", default="-", metavar="FILE", help="Where the texts go, as JSON lines; - is stdout.")
@click.option("--audit", metavar="DIR", help="Folder of the logs (else OUT.audit beside the output).")
def restore(output: str, to: str, audit: str | None) -> None:
    """The texts as they stood before stripping, from OUT and its logs: {"id", "text"} a line, dropped ones last."""
    import orjson

    from cleaner.output.restoring import restored

    with click.open_file(to, "wb") as out:
        out.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in restored(output, audit))


@main.command()
@click.argument("output", metavar="OUT")
@click.option("-o", "--to", metavar="FILE", help="Where the page goes (else report.html in the audit folder).")
@click.option("--audit", metavar="DIR", help="Folder of the logs (else OUT.audit beside the output).")
def report(output: str, to: str | None, audit: str | None) -> None:
    """The HTML report of a finished run."""
    from pathlib import Path

    from cleaner.output.report import write_report

    click.echo(write_report(output, audit=audit, to=Path(to) if to else None))


@main.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
def diff(a: str, b: str, as_json: bool) -> None:
    """What two runs did differently, per rule."""
    from cleaner.output.differences import differences

    found = differences(a, b)
    click.echo(found.json() if as_json else "\n".join(found.lines()))


_INDEX_FLAGS = ("text_field", "id_field", "url_field", "txt_is", "encoding", "workers", "memory", "record_timeout")


@main.group()
def index() -> None:
    """Build, extend and inspect a saved near-duplicate index, for `clean --against`."""


@index.command("build")
@click.argument("folder", metavar="INDEX")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@_options(*_INDEX_FLAGS)
def index_build(folder: str, inputs: tuple[str, ...], **flags: Any) -> None:
    """Make an index of texts that are clean already."""
    _index(folder, inputs, _read(flags), add=False)


@index.command("add")
@click.argument("folder", metavar="INDEX")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@_options(*_INDEX_FLAGS)
def index_add(folder: str, inputs: tuple[str, ...], **flags: Any) -> None:
    """Add texts to an index; those that are in it already change nothing."""
    _index(folder, inputs, _read(flags), add=True)


@index.command("info")
@click.argument("folder", metavar="INDEX")
def index_info(folder: str) -> None:
    """What an index holds, as JSON."""
    from pathlib import Path

    from cleaner.dedup import Index

    _show(Index.open(Path(folder)).info())


def _index(folder: str, inputs: tuple[str, ...], options: Options, *, add: bool) -> None:
    from cleaner.indexing import index_corpus

    info, rejects = index_corpus(inputs, folder, options, add=add)
    for reject in rejects:
        click.echo(f"cleaner: {reject.source} {reject.record or ''}: {reject.detail} {reject.advice}", err=True)
    _show(info)
    sys.exit(SOME_REJECTED if rejects else DONE)


def _show(info: Mapping[str, Any]) -> None:
    click.echo(json.dumps(info, indent=1))


def _read(flags: Mapping[str, Any]) -> Options:
    """Flags -> Options; a list is written with commas."""
    given = {name: value for name, value in flags.items() if value is not None}
    for name in given.keys() & _LISTS:
        given[name] = tuple(part.strip() for part in given[name].split(",") if part.strip())
    return replace(DEFAULT, **given)
