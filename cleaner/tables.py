"""Read the tables that ship with the package. They are TOML, which people can edit.

They are parsed by tomli, which is the standard library's tomllib compiled and takes a third of its time: tomllib needs
15 ms for the concepts of the judge and 5 for the English phrases.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli

__all__ = ["read_toml", "table_bytes"]


def table_bytes(name: str) -> bytes:
    """Return the content of a file of the package, such as "judge/concepts.toml"."""
    # as importlib.resources does it, which is imported in 5 ms: out of a folder, or out of a zip file
    loader: Any = __loader__  # type: ignore[name-defined]
    return bytes(loader.get_data(str(Path(__file__).parent / name)))


def read_toml(name: str) -> dict[str, Any]:
    """Return the tables of a TOML file of the package. The name is a path below the package's folder."""
    return tomli.loads(table_bytes(name).decode("utf-8"))
