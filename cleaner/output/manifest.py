"""Make manifest.json: inputs and outputs with their hashes, versions, options and counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from cleaner import __version__
from cleaner.options import RUN_OPTIONS, Options
from cleaner.ownership import is_beside_data
from cleaner.plugins import installed

__all__ = ["SCHEMA", "changed_options", "count_tables", "describe", "largest_first", "manifest", "same_data", "sha256"]

SCHEMA = 1  # version of the manifest, to be raised when a key is removed or changes its meaning
_LIBRARIES = (
    "chardet", "datasketch", "ftfy", "justext", "langid", "lxml", "numpy", "phonenumbers", "pyarrow", "selectolax"
)  # fmt: skip
"""Libraries whose version can change the output. The same bytes are promised for the same versions only."""

Tables = dict[str, Any]
"""Counts in nested tables: table -> key -> ... -> number."""


def manifest(
    *,
    options: Options,
    inputs: Sequence[tuple[str, int, str]],
    outputs: Mapping[str, object],
    counts: Tables,
    run: Mapping[str, object],
) -> bytes:
    """Return the manifest as indented JSON. `inputs` are (source, bytes, sha256), `outputs` what `describe` says of
    each.

    Only `run` may differ between equal runs.
    """
    libraries = dict.fromkeys(_LIBRARIES, "")
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            libraries[name] = version(name)
    content = {
        "schema": SCHEMA,
        "cleaner": __version__,
        "libraries": libraries,
        "plugins": installed(),
        # Not those that say how the work is done (workers, memory ...): equal runs have equal manifests but for `run`.
        "options": {k: v for k, v in asdict(options).items() if k not in RUN_OPTIONS},
        "inputs": [{"source": s, "bytes": size, "sha256": digest} for s, size, digest in inputs],
        "outputs": dict(sorted(outputs.items())),
        "counts": counts,
        "run": run,
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def changed_options(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the options of a manifest that are not at their defaults, with their values.

    >>> list(changed_options({"strip": False, "keep_kinds": [], "min_chars": 1}))
    [('strip', False)]
    """
    # The manifest is JSON, in which the tuples of the options are lists.
    defaults = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(Options()).items()}
    for option, value in options.items():
        if (list(value) if isinstance(value, tuple) else value) != defaults.get(option):
            yield option, value


def count_tables(rows: Iterable[Sequence[Any]]) -> Tables:
    """Sum rows (table, key ..., number) into nested tables with sorted keys.

    >>> count_tables([["removals", "ad", "phrase", 2], ["removals", "ad", "phrase", 1], ["language", "id", 4]])
    {'language': {'id': 4}, 'removals': {'ad': {'phrase': 3}}}
    """
    # Summed flat and nested afterwards: each shard gives hundreds of rows, and most name the same keys.
    sums: dict[tuple[str, ...], int] = {}
    for *key, number in rows:
        sums[tuple(key)] = sums.get(tuple(key), 0) + number
    tables: Tables = {}
    for path, number in sorted(sums.items()):
        at = tables
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = number
    return tables


def largest_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return a table of counts in the order in which people are shown it: the largest first, ties by name.

    >>> largest_first({"ms": 1, "id": 4, "en": 1})
    [('id', 4), ('en', 1), ('ms', 1)]
    """
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe(path: Path) -> dict[str, Any]:
    """Return size and hash of a file, or of each data file in a folder by its path in it."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if not (file.is_dir() or is_beside_data(file)))
        return {file.relative_to(path).as_posix(): describe(file) for file in files}
    return {"bytes": path.stat().st_size, "sha256": sha256(path)}


def same_data(path: Path, known: Mapping[str, Any]) -> bool:
    """Return True if a file or folder has the description `known`, as `describe` gives it. Sizes are compared first, so
    that most cost nothing."""
    if path.is_file() and path.stat().st_size != known.get("bytes"):
        return False
    return path.exists() and describe(path) == known
