"""Flags: one row per field of Options, and how what is given on the command line becomes Options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import click

from cleaner.options import Options

__all__ = ["FLAGS", "on_corpus", "options", "read"]

DEFAULT = Options()
_LISTS = {f.name for f in fields(Options) if f.default == ()}


def options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The flags of these fields of Options, in this order."""

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for name in reversed(names):
            settings = dict(FLAGS[name])
            flags = settings.pop("flags", [f"--{name.replace('_', '-')}"])
            command = click.option(*flags, name, **settings)(command)
        return command

    return add


FLAGS: dict[str, dict[str, Any]] = {
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
    "learned": {"help": "File that keeps what was learned about sites, for later batches.", "metavar": "FILE"},
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
    "engine": {"type": click.Choice(["local", "spark"]), "help": "Where the work is done."},
    "master": {"help": "Spark's master (else as Spark is configured).", "metavar": "URL"},
}
for _name, _settings in FLAGS.items():
    _default = getattr(DEFAULT, _name)
    if _default not in ("", ()):
        _settings |= {"default": _default, "show_default": not _settings.get("is_flag")}


def on_corpus(command: Callable[..., None]) -> Callable[..., None]:
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


def read(flags: Mapping[str, Any]) -> Options:
    """Flags -> Options; a list is written with commas."""
    given = {name: value for name, value in flags.items() if value is not None}
    for name in given.keys() & _LISTS:
        given[name] = tuple(part.strip() for part in given[name].split(",") if part.strip())
    return replace(DEFAULT, **given)
