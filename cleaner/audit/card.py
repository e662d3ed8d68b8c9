"""The dataset card: README.md for an output, with nothing in it that was not measured by the run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Any

import orjson

from cleaner.errors import OutputError
from cleaner.options import Options
from cleaner.output.publish import Destination

__all__ = ["card"]

_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"), (10**11, "10B<n<100B"), (10**12, "100B<n<1T"),
)  # fmt: skip
"""The values that Hugging Face knows for size_categories, with their upper bounds."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#!&])")

_CARD = Template("""---
$yaml
---

# $name

$written of $read articles, cleaned by Cleaner $version (the package cruftless). Every figure below was counted by that
run and stands in its manifest.

| | Articles | Characters |
|---|---:|---:|
$funnel

## Languages

The language of the clean text, as the model `$model` names it; it was not checked by hand.

$languages

## How it was cleaned

$steps

$options

### What was removed

$removals

Each removed span is on record with its rule and its reason in `removed.jsonl`, each dropped article is kept whole in
`dropped.jsonl`, and `cleaner restore` gives the texts as they stood before.

## Fields

| Field | Meaning |
|---|---|
$fields

## Versions

$versions
""")

_FIELDS = (
    ("id", "the record's own id, else its source"),
    ("text", "the clean text"),
    ("language, language_score, languages", "the language, how sure it is (0 to 1), and the shares as a JSON string"),
    ("title, author, date, place, url, site", 'what the input or the text says of the article; "" where unknown'),
    ("source, encoding, repair", "where it was read, how it was decoded, and which repairs were made"),
    ("page_kind, input_kind", "what an HTML page is, and what was read: text, page or html"),
    ("flags", "what was noticed without dropping the article"),
    ("duplicates", "ids of near-identical articles that this one stands for"),
    ("meta", "the other fields of the input, as a JSON string"),
)


def card(output: str, *, audit: str | Path | None = None) -> str:
    """README.md for the output of a finished run, with the YAML that Hugging Face reads.

    It names no licence and no task, which a run cannot know. Raises OutputError when the manifest is not there.
    """
    folder = Path(audit) if audit else Destination(output, audit=None, options=Options()).beside(".audit")
    path = folder / "manifest.json"
    if not path.is_file():
        raise OutputError(f"{path} is not there. Name the output of a finished run, or its logs with --audit.")
    manifest: Mapping[str, Any] = orjson.loads(path.read_bytes())
    counts = manifest["counts"]
    versions = [("cleaner", manifest["cleaner"]), *manifest["libraries"].items()]
    return _CARD.substitute(
        yaml="\n".join(_yaml(Path(output), counts)),
        name=_plain(Path(output).name),
        version=_plain(manifest["cleaner"]),
        read=f"{_articles(counts, 'read'):,}",
        written=f"{_articles(counts, 'written'):,}",
        funnel="\n".join(_funnel(counts)),
        model=manifest["options"]["language_model"],
        languages=_table(("Language", "Articles"), _top(counts.get("language", {}))),
        steps="\n".join(_steps(manifest["options"], counts)),
        options=_options(manifest["options"]),
        removals=_table(("Kind", "Spans", "Characters"), _removals(counts)),
        fields="\n".join(f"| {name} | {meaning} |" for name, meaning in _FIELDS),
        versions=", ".join(_plain(f"{name} {number}") for name, number in versions),
    )


def _yaml(output: Path, counts: Mapping[str, Any]) -> Iterator[str]:
    written = _articles(counts, "written")
    languages = [code for code, _ in _top(counts.get("language", {})) if _LANGUAGE.fullmatch(code) and code != "und"]
    if languages:
        yield "language:"
        yield from (f'- "{code}"' for code in languages)  # quoted, for no (Norwegian) is false in YAML
    yield f"pretty_name: {_quoted(output.name)}"
    yield "size_categories:"
    yield f"- {next((name for most, name in _SIZES if written < most), 'n>1T')}"
    yield "configs:"
    yield "- config_name: default"
    data = f"{output.name}/part-*" if output.is_dir() else output.name
    yield f"  data_files: {_quoted(data)}"


def _funnel(counts: Mapping[str, Any]) -> Iterator[str]:
    characters = counts.get("characters", {})
    yield f"| read | {_articles(counts, 'read'):,} | {characters.get('before', 0):,} |"
    yield f"| after stripping | {_articles(counts, 'read'):,} | {characters.get('stripped', 0):,} |"
    for reason, n in _top(counts.get("dropped", {})):
        yield f"| dropped: {_plain(reason)} | {n:,} | |"
    yield f"| written | {_articles(counts, 'written'):,} | {characters.get('written', 0):,} |"
    for error, n in _top(counts.get("rejected", {})):
        yield f"| could not be read: {_plain(error)} | {n:,} | |"


def _steps(options: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[str]:
    yield f"- Encoding: {_inline(counts.get('encoding', {}))}."
    repaired = counts.get("repaired", {}).get("yes", 0)
    yield f"- Text that had been decoded wrongly before was repaired; articles concerned: {repaired:,}."
    yield "- Site cruft was taken off by phrase lists and rules." if options["strip"] else "- Nothing was stripped."
    if options["repeats"]:
        yield "- Lines that repeat beside different articles of one site were taken off."
    if options["dedup"]:
        least, dropped = options["min_similarity"], counts.get("dropped", {}).get("duplicate", 0)
        yield (
            "- Near-identical articles were merged: candidates by MinHash, verified by their exact shingles from a "
            f"Jaccard similarity of {least} on; articles dropped: {dropped:,}."
        )


def _options(options: Mapping[str, Any]) -> str:
    defaults = asdict(Options())
    changed = [(name, _shown(value)) for name, value in options.items() if _shown(value) != _shown(defaults.get(name))]
    return _table(("Option", "Value"), changed) if changed else "All options had their defaults."


def _removals(counts: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    spans, characters = counts.get("removals", {}), counts.get("removed_characters", {})
    rows = [(kind, sum(spans[kind].values()), sum(characters[kind].values())) for kind in spans]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _table(heads: tuple[str, ...], rows: list[Any]) -> str:
    if not rows:
        return "None."
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    lines += [f"| {' | '.join(f'{c:,}' if isinstance(c, int) else _plain(c) for c in row)} |" for row in rows]
    return "\n".join(lines)


def _inline(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{_plain(name) or 'unknown'} ({n:,})" for name, n in _top(counts)) or "none"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _plain(text: str) -> str:
    """Text that Markdown and HTML take for nothing but text, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> str:
    """A double-quoted YAML scalar, which takes what JSON takes."""
    return orjson.dumps(text.encode("utf-8", "replace").decode()).decode()


def _articles(counts: Mapping[str, Any], which: str) -> int:
    return int(counts.get("articles", {}).get(which, 0))


def _top(table: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(table.items(), key=lambda row: (-row[1], row[0]))
