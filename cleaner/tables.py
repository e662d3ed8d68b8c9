"""The tables that ship with the package: TOML, for the sake of those who edit it, read at the speed of JSON.

tomllib, which is Python, takes 17 ms for the concepts of the judge and 5.5 for the English phrases. What is below
takes a quarter of that, and tests/test_tables.py reads every file that ships both ways.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

__all__ = ["read_toml", "table_bytes"]

_HEAD = re.compile(r"^(?:\[([\w.-]+|\"[^\"\n]*\")\] *$|([\w-]+|\"[^\"\n]*\") *= *)", re.MULTILINE)
"""What opens a table, or a value: its name."""

_COMMENT_LINES = re.compile(r"^\s*#.*", re.MULTILINE)
_COMMENTS = re.compile(r"^((?:[^\"#\n]|\"(?:[^\"\\\n]|\\.)*\")*)#.*", re.MULTILINE)
_LAST_COMMAS = re.compile(r",(?=[ \t]*\n\s*\])|,(?<=\",)(?=[ \t]*\])")
_OPENS_WITH_COMMA = re.compile(r"[\[,=]\s*\",")


def table_bytes(name: str) -> bytes:
    """The content of a file of the package, such as "judge/concepts.toml"."""
    # as importlib.resources does it, which is imported in 5 ms: out of a folder, or out of a zip file
    loader: Any = __loader__  # type: ignore[name-defined]
    return bytes(loader.get_data(str(Path(__file__).parent / name)))


def read_toml(name: str) -> dict[str, Any]:
    """The tables of a TOML file of the package."""
    text = table_bytes(name).decode("utf-8")
    try:
        return _read_simple(text)
    except ValueError:  # it uses more of TOML: literal strings, dates, arrays of tables
        import tomllib

        return tomllib.loads(text)


def _read_simple(text: str) -> dict[str, Any]:
    """Tables of TOML whose values are written as JSON writes them, or are strings of several lines without escapes.

    Raises ValueError for all else.
    """
    parts = text.split('"""')
    if any("\\" in part for part in parts[1::2]) or _OPENS_WITH_COMMA.search(text):
        raise ValueError("escapes, or a string whose comma could be that of an array")
    parts[1::2] = [json.dumps(part.removeprefix("\n")) for part in parts[1::2]]
    text = _LAST_COMMAS.sub("", _COMMENT_LINES.sub("", "".join(parts)))
    if "#" in text:
        text = _COMMENTS.sub(r"\1", text)
    tables: dict[str, Any] = {}
    table, key, end = tables, "", 0
    for head in (*_HEAD.finditer(text), None):
        value = text[end : head.start() if head else len(text)].strip()
        if key:
            table[key] = json.loads(value)
        elif value:
            raise ValueError(value)
        if head is None:
            break
        end, key = head.end(), (head[2] or "").strip('"')
        if head[1]:
            table = tables
            for name in (head[1].strip('"'),) if head[1][0] == '"' else head[1].split("."):
                table = table.setdefault(name, {})
    return tables
