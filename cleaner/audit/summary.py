"""Print the summary of a run: a table for people on stderr, or JSON for programs on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict

import click
import orjson

from cleaner.audit.spans import printable
from cleaner.engine.progress import duration
from cleaner.output.manifest import largest_first
from cleaner.output.publish import Report

__all__ = ["sentence", "show", "summary"]

_LONGEST = 8  # rows shown of a table of errors, kinds or languages; one more adds up the rest
_EXAMPLES = 3  # kinds of error that are shown by an example


def show(report: Report, *, as_json: bool = False) -> None:
    """Print the summary. As JSON it goes to stdout, unless the records of the output are there."""
    if as_json:
        text = orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode()
        print(text, file=sys.stderr if report.output == "-" else sys.stdout)
        return
    # Written straight to the terminal, because the command line's own stream would print the codes of a colour. That
    # stream also replaces control characters, so here `printable` does so.
    terminal = getattr(sys.stderr, "original", sys.stderr)
    color = "green" if report.written and not report.rejected else "yellow"
    click.secho(printable(sentence(report)), fg=color, bold=True, file=terminal)
    print("\n".join(summary(report)), file=sys.stderr)


def sentence(report: Report) -> str:
    """Return the result of a run in one sentence."""
    where = f" to {report.output}" if report.output not in ("", "-") else ""
    said = f"{report.written:,} of {report.read:,} articles {'' if report.output else 'would be '}written{where}"
    dropped = sum(report.counts.get("dropped", {}).values())
    parts = [f"{dropped:,} dropped"] if dropped else []
    parts += [f"{report.rejected:,} inputs or records set aside"] if report.rejected else []
    return f"Done in {duration(report.seconds)}: {said}" + (f"; {', '.join(parts)}" if parts else "") + "."


def summary(report: Report) -> list[str]:
    """Return the lines of the table: the funnel first, then an example of each error, then where the files are."""
    # The first column is as wide as the widest label, and labels differ from run to run.
    rows = list(_table(report))
    wide = max(len(label) for label, _, _ in rows)
    lines = [f"  {label:<{wide}}  {number:>11}  {note}".rstrip() for label, number, note in rows]
    # An example says in words what is wrong and what to do; the table above has only the names of errors.
    for error, _ in _longest_rows(report.counts.get("rejected", {}))[:_EXAMPLES]:
        lines.append(f"  {error}, such as {report.examples[error]}")
    if report.left_out:
        lines.append(f"  Not read as articles: files that Cleaner made, {report.left_out:,} of them.")
    path = report.report_path
    if not report.output:
        lines.append("  Nothing was written" + (f"; the report of what would be is {path}" if path else "."))
    elif report.output != "-":
        lines.append(
            f"  Written to {report.output}" + (f"; every decision is in {report.audit}/" if report.audit else "")
        )
        if path:
            lines.append(f"  Look at {path} in a browser.")
    return lines


_LEFT_OUT = ("left_out", "left_out_characters")


def _table(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield the rows (label, number, note), from what was read to what was written."""
    counts = report.counts
    characters = counts.get("characters", {})
    yield "articles read", f"{report.read:,}", f"{characters.get('before', 0):,} characters"
    for name, label, note in (
        ("read_from", "  read as", ""),
        ("skipped", "  skipped", ", which is no article"),
        ("rejected", "  set aside", ""),
    ):
        for what, n in _longest_rows(counts.get(name, {})):
            yield label, f"{n:,}", f"{what}{note}"
    # Space only closes the gaps that other removals leave, so people are not shown it as a removal.
    removed = {kind: sum(rules.values()) for kind, rules in counts.get("removals", {}).items() if kind != "space"}
    taken = characters.get("before", 0) - characters.get("stripped", 0)
    yield "spans removed", f"{sum(removed.values()):,}", f"{taken:,} characters"
    for kind, n in _longest_rows(removed):
        yield f"  {kind}", f"{n:,}", ""
    left_out, size = (sum(map(sum, map(dict.values, counts.get(name, {}).values()))) for name in _LEFT_OUT)
    if left_out:
        yield "left out of pages", f"{left_out:,}", f"paragraphs, {size:,} characters"
    for name, label in (("flag", "articles flagged"), ("dropped", "articles dropped"), ("marked", "articles marked")):
        for what, n in _longest_rows(counts.get(name, {})):
            yield label, f"{n:,}", what
    yield "articles written", f"{report.written:,}", f"{characters.get('written', 0):,} characters"
    for language, n in _longest_rows(counts.get("language", {})):
        yield "  language", f"{n:,}", language
    for part, n in largest_first(counts.get("split", {})):
        yield f"  {part}", f"{n:,}", f"{n / max(1, report.written):.1%} of the articles"
    yield "seconds", f"{report.seconds:.1f}", ""


def _longest_rows(table: dict[str, int]) -> list[tuple[str, int]]:
    """Return the largest rows of a table of counts, and one more for all the others."""
    rows = largest_first(table)
    # Added up, and not left out, so that the numbers of a table are all there.
    rest = sum(n for _, n in rows[_LONGEST:])
    return [*rows[:_LONGEST], *([(f"{len(rows) - _LONGEST} others", rest)] if rest else [])]
