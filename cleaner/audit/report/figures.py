"""Prepare the figures of a report as plain data for its templates, from the manifest and the collected data."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cleaner.audit.report.data import ReportData
from cleaner.audit.spans import clipped
from cleaner.output.manifest import changed_options, largest_first

__all__ = [
    "REJECTS", "cards", "command", "duplicates", "encodings", "flags", "funnel", "in_words", "left_out", "percent",
    "rejects", "removals", "run",
]  # fmt: skip

Counts = Mapping[str, Any]

REJECTS = 100  # rows of rejected.jsonl that are shown
_INPUTS = 4  # inputs that are named in the command; a pattern that the shell resolved may have given thousands


def percent(part: int, whole: int) -> float:
    """Return `part` in percent of `whole`; 0 of 0 is 0."""
    return 100 * part / whole if whole else 0.0


def in_words(number: int, one: str, many: str = "") -> str:
    """Return a number of things in words.

    >>> in_words(1, "article"), in_words(1200, "entry", "entries")
    ('1 article', '1,200 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def cards(counts: Counts, data: ReportData, sources: int) -> list[tuple[str, str, str]]:
    """Return the large numbers at the head of the page, each with what it counts and a remark."""
    articles, characters = counts.get("articles", {}), counts.get("characters", {})
    before, stripped = characters.get("before", 0), characters.get("stripped", 0)
    dropped, marked = (largest_first(counts.get(name, {})) for name in ("dropped", "marked"))
    gone, done = (marked, "marked, not dropped") if marked and not dropped else (dropped, "dropped")
    set_aside = sum(counts.get("rejected", {}).values())
    removed = sum(rule.words for rule in data.rules)
    touched = next((kind.number for kind in data.kinds if not kind.name), 0)
    left = _words_written(counts, data)
    share, of = f"{percent(before - stripped, before):.1f} %", f"{removed:,} words in {in_words(touched, 'article')}"
    return [
        (f"{articles.get('read', 0):,}", "articles read", f"from {in_words(sources, 'source')}"),
        (f"{articles.get('written', 0):,}", "articles written", "" if left is None else in_words(left, "word")),
        (share, "of the text removed", of),
        (
            f"{sum(n for _, n in gone):,}",
            f"articles {done}",
            clipped(", ".join(name for name, _ in gone), 80) or "none",
        ),
        (f"{set_aside:,}", "inputs set aside", "could not be read" if set_aside else "all could be read"),
    ]


def _words_written(counts: Counts, data: ReportData) -> int | None:
    """Return the words of the articles written, None where their records are not known: the output was stdout."""
    words = data.words - sum(reason.words for reason in data.dropped)
    return None if not words and counts.get("articles", {}).get("written") else words


def funnel(counts: Counts, data: ReportData) -> dict[str, Any]:
    """Return the steps from the articles read to those written, and what became of the characters that were read."""
    articles, characters = counts.get("articles", {}), counts.get("characters", {})
    before, stripped, written = (int(characters.get(step, 0)) for step in ("before", "stripped", "written"))
    removed = sum(rule.words for rule in data.rules)
    # Each reason takes its articles, words and characters off what is left, the most frequent first.
    left = int(articles.get("read", 0)), data.words, stripped
    steps = [("read", left[0], data.words + removed, before), ("after stripping", *left)]
    dropped = {reason.reason: reason for reason in data.dropped}
    for reason, n in largest_first(counts.get("dropped", {})):
        gone = dropped.get(reason)
        left = left[0] - n, left[1] - (gone.words if gone else 0), left[2] - (gone.characters if gone else 0)
        steps.append((f"without those dropped: {reason}", *left))
    steps.append(("written", int(articles.get("written", 0)), left[1], written))
    parts = [
        ("of the text was written", written, "kept"),
        ("was removed from articles", before - stripped, "gone"),
        ("went with dropped articles", stripped - written, "dropped"),
    ]
    # Where a part begins depends on those before it, which a template cannot add up.
    total, start, drawn = sum(number for _, number, _ in parts) or 1, 0.0, []
    for label, number, name in parts:
        share = 100 * number / total
        place = {"start": f"{start:.3f}", "width": f"{share:.3f}"}
        drawn.append({"label": label, "class": name, "share": share} | place)
        start += share
    return {
        "parts": drawn,
        "steps": [
            {"label": label, "articles": n, "words": w, "characters": c, "share": percent(c, before) / 100}
            for label, n, w, c in steps
        ],
        "words": _words_written(counts, data) is not None,
        "near_duplicates": [(k.replace("_", " "), n) for k, n in sorted(counts.get("near_duplicates", {}).items())],
        "marked": largest_first(counts.get("marked", {})),
    }


def removals(counts: Counts, data: ReportData) -> list[dict[str, Any]]:
    """Return the kinds of removal with their rules and examples, by words; the space that closes gaps comes last."""
    spans, articles = counts.get("removals", {}), {kind.name: kind.number for kind in data.kinds}
    rules = {(rule.kind, rule.name): rule for rule in data.rules}
    # Words, not spans: one long paragraph that should have stayed matters more than many short lines.
    words = {kind: sum(rules[kind, rule].words for rule in spans[kind] if (kind, rule) in rules) for kind in spans}
    most = max(words.values(), default=0) or 1
    return [
        {
            "name": kind,
            "articles": articles.get(kind, 0),
            "words": words[kind],
            "spans": sum(spans[kind].values()),
            "share": words[kind] / most,
            "rules": sorted(
                (rules[kind, rule] for rule in spans[kind] if (kind, rule) in rules),
                key=lambda rule: (-rule.words, -rule.spans, rule.name),
            ),
        }
        for kind in sorted(spans, key=lambda kind: (kind == "space", -words[kind], -sum(spans[kind].values()), kind))
    ]


def left_out(counts: Counts, data: ReportData) -> dict[str, Any]:
    """Return the rows of the tables about what was left out of pages: by reason, and the pages with most prose."""
    paragraphs, characters = counts.get("left_out", {}), counts.get("left_out_characters", {})
    rows = [
        (kind, reason, n, characters[kind][reason]) for kind, found in paragraphs.items() for reason, n in found.items()
    ]
    return {
        "counts": sorted(rows, key=lambda row: (-row[3], row)),
        "pages": [(page.page.id, page.paragraphs, page.characters, max(page.article, 0)) for page in data.left_out_of],
    }


def flags(counts: Counts, data: ReportData) -> list[dict[str, Any]]:
    """Return the flags, the most frequent first, with examples."""
    # The manifest counts all flags, the data of the report has examples of them.
    found, examples = largest_first(counts.get("flag", {})), {flag.flag: flag.examples for flag in data.flags}
    return [
        {"name": name, "articles": n, "share": n / found[0][1], "examples": examples.get(name, ())} for name, n in found
    ]


def encodings(counts: Counts, data: ReportData) -> dict[str, Any]:
    """Return the rows of the tables about how bytes became text."""
    tables = {
        key: [(name or "(none)", n) for name, n in largest_first(counts.get(key, {}))]
        for key in ("encoding", "input_kind")
    }
    repaired = int(counts.get("repaired", {}).get("yes", 0))
    return tables | {"repairs": [(step.name, step.number) for step in data.repairs], "repaired": repaired}


def duplicates(counts: Counts, data: ReportData) -> dict[str, Any]:
    """Return how many articles were dropped, or only marked, as duplicates, and the clusters by their size."""
    dropped, marked = (int(counts.get(name, {}).get("duplicate", 0)) for name in ("dropped", "marked"))
    return {
        "number": dropped or marked,
        "marked": bool(marked and not dropped),
        "sizes": [(f"{size.name} articles", size.number) for size in data.cluster_sizes],
        # Bars compare sizes, so clusters of two, which all have the same, are listed apart and without bars.
        "large": [cluster for cluster in data.clusters if cluster.size > 2],
        "of_two": [cluster for cluster in data.clusters if cluster.size <= 2],
        "all_of_two": sum(size.number for size in data.cluster_sizes if size.name == "2"),
    }


def rejects(counts: Counts, rejected: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what could not be read, counted by error, with the first rows of the log."""
    errors, skipped = largest_first(counts.get("rejected", {})), largest_first(counts.get("skipped", {}))
    return {
        "total": sum(n for _, n in (*errors, *skipped)),
        "most": REJECTS,
        "by_error": [*errors, *((f"{name}, which is no article", n) for name, n in skipped)],
        "rows": [
            (clipped(row["source"], 200), str(row["record"] or "all of it"), row["error"], row["detail"], row["advice"])
            for row in rejected
        ],
    }


def run(manifest: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return when and how the output was made: versions, options and hashes, for whoever wants to repeat the run."""
    facts = manifest["run"]
    return {
        "finished": _date(facts.get("finished", "")),
        "command": command(manifest, name),
        "options": [(k, _in_words(v)) for k, v in changed_options(manifest["options"])],
        "versions": [("cleaner", manifest["cleaner"]), *manifest["libraries"].items()],
        "facts": [(k.replace("_", " "), str(v)) for k, v in facts.items() if k not in ("inputs", "finished", "steps")],
        "steps": [
            (step, *(f"{times.get(key, 0):.2f}" for key in ("seconds", "main_cpu")))
            for step, times in (facts.get("steps") or {}).items()
        ],
        "files": [
            (file, int(o["bytes"]), o["sha256"]) if "sha256" in o else (file, len(o), "a folder of so many files")
            for file, o in manifest["outputs"].items()
        ],
    }


def command(manifest: Mapping[str, Any], name: str) -> str:
    """Return the command that makes the output called `name` again: its inputs, and every option that was chosen."""
    inputs = [str(one) for one in manifest["run"].get("inputs", ())]
    named = [shlex.quote(clipped(one, 200)) for one in inputs[:_INPUTS]] or ["INPUT"]
    more = [f"... ({len(inputs) - _INPUTS:,} more)"] if len(inputs) > _INPUTS else []
    flags = []
    for option, value in changed_options(manifest["options"]):
        flag = f"--{option.replace('_', '-')}"
        if value is True or value is False:
            flags.append(flag if value else f"--no-{flag[2:]}")
        else:
            flags.append(f"{flag} {shlex.quote(clipped(_in_words(value), 200))}")
    return " ".join(["cleaner clean", *named, *more, "-o", shlex.quote(name), *flags])


def _in_words(value: Any) -> str:
    """Return the value of an option as it is given on the command line."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _date(finished: str) -> str:
    """Return a date of ISO 8601 in words; "" for none, as manifests of earlier versions have it.

    >>> _date("2026-11-30T11:14:24+00:00")
    '30 November 2026, 11:14 UTC'
    """
    try:
        found = datetime.fromisoformat(finished)
    except ValueError:
        return ""
    return f"{found.day} {found:%B %Y, %H:%M} {found.tzname() or ''}".strip()
