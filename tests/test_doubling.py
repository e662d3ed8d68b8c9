"""Work is linear in the input: counted in executed lines of Python, so that no clock is needed. benchmarks/doubling.py
measures the same steps on the same shapes, with what happens inside the libraries."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any

import pytest
from sample import ROOT


def load() -> ModuleType:
    """The benchmark, which is in no package."""
    spec = importlib.util.spec_from_file_location("doubling", ROOT / "benchmarks" / "doubling.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


doubling = load()
FEW = 512  # so that all that begins at some length, such as the look for a page in one line, has begun
PYTHON = ("repair", "strip", "strip with a title", "unmark", "extract", "guards")
"""The steps that do their work in Python; in the others it is done by numpy and the libraries, where no line is run."""


def lines_run(step: Callable[[str], object], text: str) -> int:
    """How many lines of the package run for `text`; a turn of a loop or comprehension counts as one at least."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        nonlocal count
        count += 1
        return line if "/cleaner/" in frame.f_code.co_filename else None

    doubling.forget_lines()
    before = sys.gettrace()
    sys.settrace(call)
    try:
        step(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", PYTHON)
def test_twice_the_input_takes_twice_the_work(name: str) -> None:
    kind, step = doubling.STEPS[name]
    steep = {}
    for shape in doubling.SHAPES[kind]:
        texts = [doubling.shape(kind, shape, n) for n in (FEW, 2 * FEW, 4 * FEW)]
        step(texts[-1])  # what is loaded or remembered once
        few, more, most = (lines_run(step, text) for text in texts)
        # Both have to grow too fast: the whole, which is less where a bound has begun to cut work off between the first
        # two, and the difference, from which what is the same for any length has gone.
        if most > doubling.RATIO * more and most - more > doubling.RATIO * (more - few):
            steep[shape] = few, more, most
    assert steep == {}


def test_work_that_grows_with_the_square_is_seen() -> None:
    def square(text: str) -> int:
        return sum(1 for _ in text for _ in text)

    code = compile("def square(text):\n    return sum(1 for _ in text for _ in text)", "/cleaner/square.py", "exec")
    space: dict[str, Any] = {}
    exec(code, space)
    few, more, most = (lines_run(space["square"], "x" * n) for n in (FEW, 2 * FEW, 4 * FEW))
    assert square("xx") == space["square"]("xx") == 4
    assert most > doubling.RATIO * more
    assert most - more > doubling.RATIO * (more - few)
