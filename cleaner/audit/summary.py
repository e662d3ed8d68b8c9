"""The summary of a run: a table for people on stderr, or JSON on stdout for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict

import orjson

from cleaner.output.publish import Report

__all__ = ["show", "summary"]

TOP = 8  # rows of a table that may be long
SHOWN = 3  # kinds of error that are shown by an example


def show(report: Report, *, as_json: bool = False) -> None:
    """Print the summary."""
    if as_json:
        sys.stdout.write(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    print("\n".join(summary(report)), file=sys.stderr)


def summary(report: Report) -> list[str]:
    """The lines of the table: the funnel first, then what was removed, then the languages, then where to look."""
    rows: list[tuple[str, str, str]] = list(_rows(report))
    wide = max((len(label) for label, _, _ in rows), default=0)
    lines = [f"  {label:<{wide}}  {number:>11}  {note}".rstrip() for label, number, note in rows]
    return [*lines, *_met(report), *_where(report)]


def _met(report: Report) -> Iterator[str]:
    for error, _ in _top(report.counts.get("rejected", {}))[:SHOWN]:
        yield f"  {error}, such as {report.examples[error]}"


def _where(report: Report) -> Iterator[str]:
    if not report.output:
        yield "  Nothing was written" + (f"; the report of what would be is {report.page}" if report.page else ".")
    elif report.output != "-":
        yield f"  Written to {report.output}" + (f"; every decision is in {report.audit}/" if report.audit else "")
        if report.page:
            yield f"  Look at {report.page} in a browser."


def _rows(report: Report) -> Iterator[tuple[str, str, str]]:
    counts = report.counts
    characters = counts.get("characters", {})
    yield "articles read", f"{report.read:,}", f"{characters.get('before', 0):,} characters"
    for form, n in _top(counts.get("read_from", {})):
        yield "  as", f"{n:,}", form
    for error, n in _top(counts.get("skipped", {})):
        yield "  skipped", f"{n:,}", f"{error}, which is no article"
    for error, n in _top(counts.get("rejected", {})):
        yield "  set aside", f"{n:,}", error
    removed = {kind: sum(rules.values()) for kind, rules in counts.get("removals", {}).items() if kind != "space"}
    taken = characters.get("before", 0) - characters.get("stripped", 0)
    yield "spans removed", f"{sum(removed.values()):,}", f"{taken:,} characters"
    for kind, n in _top(removed):
        yield f"  {kind}", f"{n:,}", ""
    for flag, n in _top(counts.get("flag", {})):
        yield "  flagged", f"{n:,}", flag
    for reason, n in _top(counts.get("dropped", {})):
        yield "articles dropped", f"{n:,}", reason
    yield "articles written", f"{report.written:,}", f"{characters.get('written', 0):,} characters"
    for language, n in _top(counts.get("language", {})):
        yield "  language", f"{n:,}", language
    yield "seconds", f"{report.seconds:.1f}", ""


def _top(table: dict[str, int]) -> list[tuple[str, int]]:
    rows = sorted(table.items(), key=lambda row: (-row[1], row[0]))
    rest = sum(n for _, n in rows[TOP:])
    return [*rows[:TOP], *([(f"{len(rows) - TOP} others", rest)] if rest else [])]
