"""The cases: what has to go goes under its kind, and the traps stay to the letter."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cleaner.article import cut
from cleaner.strip.strip import strip

CASES = Path(__file__).parent.parent / "cases" / "strip"


@cache
def bodies() -> dict[str, list[str]]:
    return json.loads((CASES / "bodies.json").read_text("utf-8"))


def cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            case = json.loads(line)
            marks = [pytest.mark.xfail(reason=case["xfail"])] if "xfail" in case else []
            found.append(pytest.param(case, id=f"{path.stem}-{number}", marks=marks))
    return found


def placed(case: dict[str, Any]) -> tuple[str, list[list[str]]]:
    """The text of a case, and the spans that go with their kinds."""
    if "text" in case:
        return case["text"], case["goes"]
    one, two, three = bodies().get(case["language"], bodies()["en"])
    parts = {
        "head": [case["line"], one, two, three],
        "middle": [one, two, case["line"], three],
        "tail": [one, two, three, case["line"]],
    }[case["at"]]
    goes = [[span, case["kind"]] for span in case["line"].split("\n")] if case["kind"] else []
    return "\n\n".join(parts), goes


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    text, goes = placed(case)
    found = strip(text, language=case["language"])
    gone = {text[r.start : r.end].strip(): r.kind for r in found.removals if r.kind != "space"}
    assert gone == {span.strip(): kind for span, kind in goes}
    if not goes:
        assert cut(text, found.removals) == text


def test_half_of_the_cases_are_traps() -> None:
    traps = sum(1 for param in cases() if not placed(param.values[0])[1])
    assert traps >= 0.4 * len(cases())
    assert len(cases()) >= 200
