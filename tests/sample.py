"""Where the repository stands, and how its JSON lines are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "read_lines"]

ROOT = Path(__file__).parent.parent


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:  # splitlines would split at line ends such as U+2028 inside texts
        return [json.loads(line) for line in lines]
