"""What all tests share: where the sample corpus stands, and how to run the cleaner over some files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample import ROOT, read_lines

collect_ignore = ["same"]  # `make same` runs it: a check of refactorings, which takes minutes


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Clean inputs in this process and return the records; the logs stand in tmp_path / "out.jsonl.audit"."""
    from cleaner import Options, clean_corpus

    def run(*inputs: str | Path, **options: Any) -> list[dict[str, Any]]:
        clean_corpus(inputs, tmp_path / "out.jsonl", Options(workers=1, force=True, **options))
        return read_lines(tmp_path / "out.jsonl")

    return run
