"""The commands that show what was done, or would be: explain, restore, report, diff, stats."""

from __future__ import annotations

from typing import Any

import click

from cleaner.cli.flags import AUDIT, CONFIG, INPUTS, files, languages, options, read
from cleaner.cli.help import epilog
from cleaner.errors import OptionError
from cleaner.language_codes import language_code

__all__ = ["diff", "explain", "report", "restore", "stats"]


@click.command(epilog=epilog("explain"), short_help="One article, line by line: what stays, what goes, and why.")
@click.argument("file", metavar="FILE", required=False, shell_complete=files)
@click.option("--id", "article", default="", help="The article of this id, where FILE holds several.")
@click.option("--line", default="", help="Instead of a file: which rules would take this line.")
@click.option(
    "--line-language",
    default="",
    metavar="CODE",
    help="The language of that line (else those of all phrase lists).",
    shell_complete=languages,
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines instead.")
@options(
    *(CONFIG, "text_field", "html_field", "title_field", "author_field", "date_field", "site_field"),
    *("content", "encoding", "extractor", "input_kind", "title", "phrases", "allow"),
)
def explain(file: str | None, article: str, line: str, line_language: str, as_json: bool, **flags: Any) -> None:
    """One article, line by line: what stays, what goes, which rule, why.

    FILE is an input, or the output of a finished run, whose logs then tell what was decided.
    """
    from cleaner.audit.explain import explain_file, explain_one_line

    if bool(file) == bool(line):  # both, or neither
        raise OptionError("Name a FILE, or a line with --line.")
    rows = (
        explain_file(file, read(flags, whole=True), article=article, as_json=as_json)
        if file
        else explain_one_line(line, line_language and language_code(line_language))
    )
    for row in rows:
        click.echo(row)


@click.command(short_help="The texts as they were read, from OUT and its logs.")
@click.argument("output", metavar="OUT", shell_complete=files)
@click.option("-o", "--to", default="-", metavar="FILE", help="Where the texts go, as JSON lines; - is stdout.")
@AUDIT
@click.option("--force", is_flag=True, help="Replace a FILE that exists.")
def restore(output: str, to: str, audit: str | None, force: bool) -> None:
    """The texts as they were read, from OUT and its logs: {"id", "text"} a line, dropped ones last."""
    from pathlib import Path

    import orjson

    from cleaner.audit.restore import restored
    from cleaner.durable import replacing
    from cleaner.output.publish import audit_folder
    from cleaner.ownership import check_new_file

    # One article after the other, so that a corpus of any size fits into memory.
    lines = (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in restored(output, audit))
    if to == "-" or (Path(to).exists() and not Path(to).is_file()):  # a pipe or a device is written as it is
        with click.open_file(to, "wb") as stream:
            stream.writelines(lines)
        return
    check_new_file(Path(to), (Path(output), audit_folder(output, audit)), force=force)
    with replacing(Path(to)) as out:
        out.writelines(lines)


@click.command()
@click.argument("output", metavar="OUT", shell_complete=files)
@click.option("-o", "--to", metavar="FILE", help="Where the page goes (else report.html in the audit folder).")
@AUDIT
@click.option("--force", is_flag=True, help="Replace a FILE that exists and is no report.")
def report(output: str, to: str | None, audit: str | None, force: bool) -> None:
    """The HTML report of a finished run."""
    from pathlib import Path

    from cleaner.audit.report import write_report
    from cleaner.output.publish import audit_folder
    from cleaner.ownership import PAGE_MARK, check_new_file, is_made_file

    if to is not None and not is_made_file(to, PAGE_MARK):
        check_new_file(Path(to), (Path(output), audit_folder(output, audit)), force=force)
    click.echo(write_report(output, audit=audit, to=Path(to) if to else None, force=force))


@click.command()
@click.argument("a", metavar="A", shell_complete=files)
@click.argument("b", metavar="B", shell_complete=files)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
def diff(a: str, b: str, as_json: bool) -> None:
    """What two runs did differently, per rule."""
    from cleaner.audit.diff import differences

    found = differences(a, b)
    for line in [found.json()] if as_json else found.lines():
        side = line.removeprefix("  only ")[:1] if line.startswith("  only ") else ""  # "a" or "b"
        click.secho(line, fg={"a": "red", "b": "green"}.get(side))


@click.command(epilog=epilog("stats"), short_help="What a corpus holds: languages, sites, months, lengths.")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Rows of each table.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@options(INPUTS, "text_field", "html_field", "url_field", "txt_layout", "encoding")
def stats(inputs: tuple[str, ...], top: int, as_json: bool, **flags: Any) -> None:
    """What a corpus holds: by language, site and month, its lengths, its most frequent lines.

    INPUT is an output of Cleaner or anything else that it reads, such as any JSON lines, Parquet or CSV.
    """
    from cleaner.audit.stats import read_statistics

    found = read_statistics(inputs, read(flags))
    for line in [found.as_json(top)] if as_json else found.in_words(top):
        click.echo(line)
