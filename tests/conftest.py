"""What all tests share: where the sample corpus stands, and how to run the cleaner over some files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Clean inputs in this process and return the records; the logs stand in tmp_path / "out.audit"."""
    from cleaner import Options, clean_corpus

    def run(*inputs: str | Path, **options: Any) -> list[dict[str, Any]]:
        clean_corpus(inputs, tmp_path / "out.jsonl", Options(workers=1, force=True, **options))
        return read_lines(tmp_path / "out.jsonl")

    return run


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
