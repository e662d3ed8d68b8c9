"""How a text is cut into lines."""

from __future__ import annotations

import pytest

from cleaner.judge.lines import split_lines


@pytest.mark.parametrize("blank", ["", "  ", "\t", "\u200b", "\u00ad\u2060", " \ufeff \u200b", "\xa0\u200b\u3000"])
def test_a_line_without_anything_to_see_is_empty(blank: str) -> None:
    above, below = split_lines(f"Air naik.\n{blank}\nWarga pergi.")
    assert (above.text, below.text, below.apart) == ("Air naik.", "Warga pergi.", True)
    assert below.start == len(f"Air naik.\n{blank}\n")


@pytest.mark.parametrize("line", ["\u200ba", "\u00ad-", "\u200d", "\ufeff.", "\u200b\u0301"])
def test_a_line_with_anything_else_is_one(line: str) -> None:
    text = f"Air naik.\n{line}\nWarga pergi."
    found = split_lines(text)[1]
    assert found.text == line.strip("\u200b\u00ad\ufeff") == text[found.start : found.end]
