"""Cases of what a page keeps and what goes, half of them traps; they stand in tests/cases/extract/pages.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from html_prose import PROSE, lines

PATH = Path(__file__).parents[1] / "cases" / "extract" / "pages.toml"
CASES: list[dict[str, Any]] = tomllib.loads(PATH.read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    got = lines(case["html"].format(*PROSE))
    assert [line for line in case.get("must", []) if line.format(*PROSE) not in got] == []
    assert [line for line in case.get("mustnot", []) if any(line.format(*PROSE) in found for found in got)] == []
