"""The text of a new cleaner.toml: every option with what it means, out of the help of the flags."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import fields

from cleaner.cli.flags import FLAGS
from cleaner.options import CHOICES, Options

__all__ = ["template"]

_HEADINGS = {
    "text_field": "Reading",
    "extractor": "Extraction",
    "strip": "Stripping",
    "language": "Language and guards",
    "dedup": "Near-duplicates",
    "workers": "The run: these never change the output",
}

_HEAD = """\
# Options of the cleaner. This file counts for what lies in its folder or in folders below it, or where --config FILE
# names it. A flag on the command line comes first. Paths are meant from this file's folder on.
"""


def template() -> str:
    """A valid file that changes nothing: all options stand in comments, with their defaults."""
    return _HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for field in fields(Options):
        if field.name in _HEADINGS:
            yield f"\n# {_HEADINGS[field.name]}"
        said = FLAGS[field.name]["help"] + (
            f" One of: {', '.join(CHOICES[field.name])}." if field.name in CHOICES else ""
        )
        yield ""
        yield from textwrap.wrap(said, 118, initial_indent="# ", subsequent_indent="# ")
        yield f"#{field.name} = {_toml(field.default)}"


def _toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)
