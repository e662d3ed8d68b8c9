"""The dataset card: a README.md for an output, all of whose figures the run itself has counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

import orjson

from cleaner.article import MARK_KEYS, SPLIT_KEY
from cleaner.audit.logs import open_logs
from cleaner.durable import replacing
from cleaner.options import Options
from cleaner.output.formats import Layout
from cleaner.output.manifest import changed_options, largest_first
from cleaner.output.publish import card_mark

__all__ = ["card", "write_card"]

_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"), (10**11, "10B<n<100B"), (10**12, "100B<n<1T"),
)  # fmt: skip
"""The values that Hugging Face knows for size_categories, each with the number of records that it stays below."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")  # ISO 639 codes; Hugging Face refuses a card with another one
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#!&])")  # characters that begin markup in Markdown or HTML

_CARD = Template("""---
$yaml
---

$mark

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

# What each field of a record means, for readers of the corpus who do not know Cleaner.
_FIELDS = (
    ("id", "the record's own id, else its source"),
    ("text", "the clean text"),
    ("words", "how many words the text has"),
    ("language, language_score, languages", "the language, how sure it is (0 to 1), and the shares as a JSON string"),
    ("date", 'of publication, in ISO 8601: a day, or a second with its zone where known; "" where not sure'),
    ("date_text, crawled", "the words in which the input gives the date; when a crawler fetched the article"),
    ("title, author, place, url, site", 'what the input or the text says of the article; "" where unknown'),
    ("source, encoding, repair", "where it was read, how it was decoded, and which repairs were made"),
    ("page_kind, input_kind", "what an HTML page is, and what was read: text, page or html"),
    ("flags", "what was noticed without dropping the article"),
    ("duplicates", "ids of near-identical articles that this one stands for"),
    (", ".join(MARK_KEYS), "what would have been dropped, why, and the article that stands for its cluster"),
    (SPLIT_KEY, "the part of the split"),
    ("meta", "the other fields of the input, as a JSON string"),
)


def write_card(output: str, path: Path, *, audit: str | Path | None = None) -> None:
    """Write the card of an output that a run has just written; the file appears when it is complete."""
    with replacing(path) as out:
        out.write(card(output, audit=audit, checked=False).encode())


def card(output: str, *, audit: str | Path | None = None, checked: bool = True) -> str:
    """Return the text of README.md for the output of a finished run, with the YAML that Hugging Face reads.

    It names no licence and no task, which a run cannot know. Raises OutputError when the logs are missing or belong to
    another run; to find that out the output is read once, unless `checked` is False.
    """
    _, manifest = open_logs(output, audit, checked=checked)
    counts, options = manifest["counts"], manifest["options"]
    articles = counts.get("articles", {})
    versions = [("cleaner", manifest["cleaner"]), *manifest["libraries"].items()]
    spans, characters = counts.get("removals", {}), counts.get("removed_characters", {})
    removals = [(kind, sum(spans[kind].values()), sum(characters[kind].values())) for kind in spans]
    # Options at their defaults are left out, for they would hide the few that were set.
    changed = [
        (name, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
        for name, value in changed_options(options)
    ]
    chosen = {name: options[name] for name in ("mark", "split", "columns") if options.get(name)}
    layout = Layout.of(Options(**chosen))
    return _CARD.substitute(
        yaml="\n".join((*_yaml(Path(output), counts), *_features(Path(output), layout))),
        mark=card_mark(output),
        name=_plain(Path(output).name),
        version=_plain(manifest["cleaner"]),
        read=f"{articles.get('read', 0):,}",
        written=f"{articles.get('written', 0):,}",
        funnel="\n".join(_funnel(counts)),
        model=options["language_model"],
        languages=_table(("Language", "Articles"), largest_first(counts.get("language", {}))),
        steps="\n".join(_steps(options, counts)),
        options=_table(("Option", "Value"), changed) if changed else "All options had their defaults.",
        removals=_table(("Kind", "Spans", "Characters"), sorted(removals, key=lambda row: (-row[2], row[0]))),
        fields="\n".join(
            f"| {name} | {meaning} |" for name, meaning in _FIELDS if name.split(", ")[0] in layout.columns
        ),
        versions=", ".join(_plain(f"{name} {number}") for name, number in versions),
    )


def _yaml(output: Path, counts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the block at the head of the card, from which Hugging Face knows how to load the data."""
    written = counts.get("articles", {}).get("written", 0)
    languages = [code for code, _ in largest_first(counts.get("language", {})) if _LANGUAGE.fullmatch(code)]
    languages = [code for code in languages if code != "und"]  # undetermined; Hugging Face knows no such language
    if languages:
        yield "language:"
        yield from (f'- "{code}"' for code in languages)  # quoted, for no (Norwegian) is false in YAML
    yield f"pretty_name: {_quoted(output.name)}"
    yield "size_categories:"
    yield f"- {next((name for most, name in _SIZES if written < most), 'n>1T')}"
    yield "configs:"
    yield "- config_name: default"
    # The data files are named, for Hugging Face would otherwise take all those of the folder, the logs as well. Paths
    # are relative to the card, which stands inside an output that is a folder.
    folder = "**/*.txt" if output.suffix == ".txt" else "part-*"
    data = folder if output.is_dir() else output.name
    parts = counts.get("split", {})
    if not (parts and output.is_dir()):
        yield f"  data_files: {_quoted(data)}"
        return
    yield "  data_files:"
    for part in parts:
        yield f"  - split: {part}"
        yield f"    path: {_quoted(f'{part}-*')}"


def _features(output: Path, layout: Layout) -> Iterator[str]:
    """Yield the lines of that block that name the type of each column.

    Without them Hugging Face takes the types from the first records of a JSON file, and fails when all lists of those
    records are empty and a later one is not.
    """
    if output.suffix == ".txt":  # a folder of texts has no columns
        return
    types = {
        "string": "dtype: string",
        "integer": "dtype: int64",
        "double": "dtype: float64",
        "strings": "sequence: string",
    }
    if {".csv", ".tsv"} & {*output.suffixes}:
        types["strings"] = types["string"]  # a list is JSON there
    yield "dataset_info:"
    yield "  features:"
    for field, name in layout.columns.items():
        yield f"  - name: {_quoted(name)}"
        yield f"    {types[layout.types[field]]}"


def _funnel(counts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rows of the table that leads from the articles read to those written."""
    articles, characters = counts.get("articles", {}), counts.get("characters", {})
    yield f"| read | {articles.get('read', 0):,} | {characters.get('before', 0):,} |"
    yield f"| after stripping | {articles.get('read', 0):,} | {characters.get('stripped', 0):,} |"
    for reason, n in largest_first(counts.get("dropped", {})):
        yield f"| dropped: {_plain(reason)} | {n:,} | |"
    yield f"| written | {articles.get('written', 0):,} | {characters.get('written', 0):,} |"
    for error, n in largest_first(counts.get("rejected", {})):
        yield f"| could not be read: {_plain(error)} | {n:,} | |"


def _steps(options: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line on each step that the options switched on."""
    encodings = largest_first(counts.get("encoding", {}))
    named = ", ".join(f"{_plain(name) or 'unknown'} ({n:,})" for name, n in encodings)
    yield f"- Encoding: {named or 'none'}."
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


def _table(heads: tuple[str, ...], rows: list[Any]) -> str:
    """Return a Markdown table whose first column is text; the other columns are numbers, or texts."""
    if not rows:
        return "None."
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    lines += [f"| {' | '.join(f'{c:,}' if isinstance(c, int) else _plain(c) for c in row)} |" for row in rows]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return the text on one line, escaped so that neither Markdown nor HTML finds markup in it."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> str:
    """Return the text as a JSON string, which YAML reads as a double-quoted scalar."""
    return orjson.dumps(text.encode("utf-8", "replace").decode()).decode()
