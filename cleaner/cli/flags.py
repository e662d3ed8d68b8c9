"""The flags of the commands, one for each field of Options; how flags and a file of options become Options.

The help texts are written here only: --help, the manual page, the documentation and `cleaner init` print them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from cleaner.article import KINDS, MASKS, RECORD_KEYS
from cleaner.cli.help import VALUES
from cleaner.language_codes import named_languages
from cleaner.options import CHOICES, GUARDS, OWN_OPTIONS, Options, find_config, is_own_config, read_config

__all__ = [
    "AUDIT",
    "CONFIG",
    "FLAGS",
    "INPUTS",
    "ON_CORPUS",
    "files",
    "folders",
    "languages",
    "options",
    "read",
]

DEFAULT = Options()


def _paths(kind: str, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Tell the shell to complete names of files ("file") or folders ("dir")."""
    return [CompletionItem(incomplete, type=kind)]


def _listed(names: Sequence[str], ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the last name in a list with commas, without the names that are in it already."""
    done, comma, begun = incomplete.rpartition(",")
    return [done + comma + name for name in names if name.startswith(begun) and name not in done.split(",")]


def _fields(meaning: str, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the usual names of fields with a meaning."""
    from cleaner.read.fields import usual_fields  # imported here, for it loads the tables of the formats

    return [name for name in usual_fields(meaning) if name.startswith(incomplete)]


def languages(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the codes in a list of languages, and show the English name of each."""
    names = named_languages()
    listed = _listed([*names], ctx, param, incomplete)
    return [CompletionItem(value, help=names[value.rpartition(",")[2]]) for value in listed]


files, folders = partial(_paths, "file"), partial(_paths, "dir")

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def options(*named: str | Decorator) -> Decorator:
    """Return a decorator that adds flags to a command, in this order: names of fields of Options, or click's
    options."""

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for one in reversed(named):  # decorators apply from the inside out, and help shows the outermost first
            if isinstance(one, str):
                settings = dict(FLAGS[one])  # a copy, because `flags` is taken out of it
                flags = settings.pop("flags", [f"--{one.replace('_', '-')}"])
                one = click.option(*flags, one, **settings)
            command = one(command)
        return command

    return add


FLAGS: dict[str, dict[str, Any]] = {
    "text_field": {"help": "Field that holds the text (else found among the usual names)."},
    "html_field": {"help": "Field that holds HTML."},
    "id_field": {"help": "Field that holds the id."},
    "url_field": {"help": "Field that holds the URL."},
    "title_field": {"help": "Field that holds the title."},
    "author_field": {"help": "Field that holds the author."},
    "date_field": {"help": "Field that holds the date."},
    "site_field": {"help": "Field that holds the site."},
    "content": {"help": "What .txt files and text fields hold: plain text or HTML."},
    "txt_layout": {"help": "One article per .txt file, or per line."},
    "encoding": {"help": "Encoding of all input (else detected per file)."},
    "one_per_url": {"help": "Of several records with one URL keep only this one."},
    "max_record_bytes": {"type": int, "help": "Records larger than this are set aside."},
    "limit": {"type": int, "help": "Read only the first N records (0: all).", "metavar": "N"},
    "sample": {
        "type": int,
        "help": "Read only a sample of N records, drawn from all of them (0: all).",
        "metavar": "N",
    },
    "seed": {"type": int, "help": "Number that chooses the sample; another number draws another one."},
    "extractor": {"help": "How HTML becomes text."},
    "articles_only": {"is_flag": True, "help": "Drop pages that are no articles."},
    "strip": {"flags": ["--strip/--no-strip"], "help": "Remove site boilerplate."},
    "input_kind": {
        "help": "Whether plain text is that of an article, or of a whole page.",
    },
    "title": {"help": "What happens to a headline that is repeated as the first line."},
    "keep_kinds": {"help": "Kinds of boilerplate that stay, with commas.", "shell_complete": partial(_listed, KINDS)},
    "only_kinds": {
        "help": "Remove only these kinds of boilerplate, with commas.",
        "shell_complete": partial(_listed, KINDS),
    },
    "phrases": {"help": "Folder of further phrase lists.", "metavar": "DIR"},
    "allow": {"help": "File of lines that always stay.", "metavar": "FILE"},
    "repeats": {"flags": ["--repeats/--no-repeats"], "help": "Remove lines that repeat on a site."},
    "tidy_space": {"is_flag": True, "help": "Make no-break and invisible spaces plain, and several blank lines one."},
    "site_rules": {"help": "File that keeps the lines that repeat on each site, for later batches.", "metavar": "FILE"},
    "language": {
        "help": "Keep only articles in these languages, by code or name, with commas.",
        "metavar": "CODE",
        "shell_complete": languages,
    },
    "language_model": {"help": "The model that names the language."},
    "min_language_score": {"type": float, "help": "Drop articles whose language is less sure than this."},
    "drop_foreign_paragraphs": {"is_flag": True, "help": "Remove paragraphs in another language."},
    "guards": {
        "help": "Drop articles by these presets of quality rules (gopher, c4, fineweb) or flags, with commas.",
        "shell_complete": partial(_listed, GUARDS),
    },
    "min_chars": {"type": int, "help": "Drop articles shorter than this."},
    "max_chars": {"type": int, "help": "Drop articles longer than this (0: no limit)."},
    "dedup": {"flags": ["--dedup/--no-dedup"], "help": "Merge near-identical articles."},
    "min_similarity": {"type": float, "help": "Jaccard similarity from which two articles are one."},
    "keep_duplicate": {"help": "Which of near-identical articles stays."},
    "against": {
        "help": "Drop what an index made by `cleaner index` holds already.",
        "metavar": "INDEX",
    },
    "pairs": {"is_flag": True, "help": "Write pairs.parquet to the logs, doubtful pairs first."},
    "dedup_paragraphs": {
        "type": int,
        "help": "Keep a paragraph of so many words or more in only one article, if several sites have it (0: off).",
        "metavar": "WORDS",
    },
    "mask": {
        "help": f"Replace personal data by its kind, such as <email>: {', '.join(MASKS)}, with commas.",
        "shell_complete": partial(_listed, MASKS),
        "metavar": "KINDS",
    },
    "mask_log": {"help": "Whether the logs keep the values that were masked."},
    "mark": {"is_flag": True, "help": "Write every article and mark what would be dropped, with the reason."},
    "split": {"help": "Split into parts, with no near-duplicate across: train=.9,test=.1.", "metavar": "PARTS"},
    "split_by": {"help": "Split articles, or sites as a whole."},
    "columns": {
        "help": "Only these fields, in this order, with commas; FIELD=NAME renames one.",
        "shell_complete": partial(_listed, RECORD_KEYS),
        "metavar": "FIELDS",
    },
    "bom": {"is_flag": True, "help": "Begin .csv and .tsv with a byte order mark, by which Excel knows UTF-8."},
    "follow_links": {"is_flag": True, "help": "Follow links that lead out of the input."},
    "workers": {
        "type": int,
        "help": "Worker processes, as many of them as --memory allows (0: one per core; 1: none, work in this one).",
    },
    "memory": {"help": "Bound for the memory of the whole run, such as 1.5G (else half of the machine)."},
    "shards": {"type": int, "help": "Write a folder of so many files (0: one file)."},
    "shard_records": {"type": int, "help": "Records in one unit of work."},
    "work": {"help": "Work directory (else beside the output).", "metavar": "DIR"},
    "fresh": {"is_flag": True, "help": "Start over instead of going on with an unfinished run."},
    "keep_work": {"is_flag": True, "help": "Keep the work directory."},
    "record_timeout": {"type": float, "help": "CPU seconds that one record may take."},
    "force": {"is_flag": True, "help": "Replace an output that exists."},
    "strict": {"is_flag": True, "help": "End with status 1 when any input was set aside."},
    "dry_run": {"is_flag": True, "help": "Do everything, but write only the report."},
    "report": {"flags": ["--report/--no-report"], "help": "Write report.html to the logs."},
    "card": {"is_flag": True, "help": "Write a dataset card, README.md, beside the output."},
    "engine": {"help": "Where the work is done: on this machine, or on Spark."},
    "master": {"help": "Spark's master (else as Spark is configured).", "metavar": "URL"},
}
_COMPLETED = {"FILE": files, "DIR": folders, "INDEX": folders}
# The rest of each row follows from its field: the choices, the default, and how the shell completes it.
for _name, _settings in FLAGS.items():
    if _name.endswith("_field"):
        _settings["shell_complete"] = partial(_fields, _name.removesuffix("_field"))
    if _name in VALUES:
        _settings["shell_complete"] = partial(_listed, VALUES[_name])
    if _settings.get("metavar") in _COMPLETED:
        _settings["shell_complete"] = _COMPLETED[_settings["metavar"]]
    if _name in CHOICES:
        _settings["type"] = click.Choice(CHOICES[_name])
    _default = getattr(DEFAULT, _name)
    if _default not in ("", ()):
        _settings |= {"default": _default, "show_default": not _settings.get("is_flag")}


INPUTS = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...", shell_complete=files)
AUDIT = click.option(
    "--audit", metavar="DIR", shell_complete=folders, help="Folder of the logs (else OUT.audit beside the output)."
)
CONFIG = click.option(
    "--config",
    metavar="FILE",
    shell_complete=files,
    help="Options in a file (else the nearest cleaner.toml beside or above the input); flags come first.",
)
ON_CORPUS = (
    INPUTS,
    click.option("-o", "--output", metavar="OUT", shell_complete=files, help="Where the corpus goes; - is stdout."),
    AUDIT,
    click.option("--quiet", is_flag=True, help="No progress and no summary."),
    click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
    CONFIG,
)
"""The arguments and flags of every command that runs over a corpus."""


def read(flags: Mapping[str, Any], *, whole: bool = False) -> Options:
    """Return the options of the running command: its flags, and the file of options for flags that were not given.

    Options of the file that are no flags of the command are ignored, unless `whole`. Prints to stderr which file was
    read.
    """
    ctx = click.get_current_context()
    named = ctx.params.get("config")
    inputs = ctx.params.get("inputs") or list(filter(None, [ctx.params.get("file")]))
    path = named or find_config(inputs)
    values = {k: v for k, v in read_config(path).items() if whole or k in ctx.params} if path else {}
    if path and not named and not is_own_config(path, inputs):
        for name in sorted(OWN_OPTIONS.keys() & values.keys()):
            del values[name]
            click.echo(
                f"cleaner: {name} in {path} is not followed, because {OWN_OPTIONS[name]}, and the file may have come "
                f"with the input. Give --{name.replace('_', '-')} here, or name the file by --config.",
                err=True,
            )
    if path and not ctx.params.get("quiet"):
        click.echo(f"cleaner: options by {path}", err=True)
    for name, value in flags.items():
        # A flag that was given overrides the file even if its value is the default.
        if name != "config" and ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            values[name] = value
    return replace(DEFAULT, **values)
