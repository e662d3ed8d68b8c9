"""The phrase lists as data: every one loads, no entry is unsafe in its array, and none takes a line of a trap."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from cleaner.article import cut
from cleaner.phrases.phrases import load_phrases, normalise_wording, phrase_languages
from cleaner.strip.strip import strip

CASES = Path(__file__).parent.parent / "cases" / "phrases"
HELD_BY_THEIR_AUTHOR = {"id", "ms", "en"}  # tested where the engine is
NO_SPACES = {"zh", "ja", "ko", "th", "lo", "km", "my"}  # scripts in which two words need no space
LANGUAGES = [language for language in phrase_languages() if language not in HELD_BY_THEIR_AUTHOR]
DEEP = [
    "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "tr", "ar", "fa", "hi", "bn", "vi", "th", "zh", "ja", "ko",
    "tl", "jv", "su",
]  # fmt: skip


@cache
def listed(language: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("cleaner.phrases") / "lists" / f"{language}.toml").read_text("utf-8"))


def entries(language: str) -> Iterator[tuple[str, str, str]]:
    """Kind, array and wording of every entry."""
    for kind, table in listed(language).items():
        if kind != "words":
            yield from ((kind, array, text) for array, texts in table.items() for text in texts)


@cache
def cases() -> list[dict[str, Any]]:
    paths = sorted(CASES.glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def case_params() -> list[Any]:
    return [
        pytest.param(
            case,
            id=f"{case['language']}: {case['name']}",
            marks=[pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else [],
        )
        for case in cases()
    ]


def test_there_are_lists_for_sixty_languages() -> None:
    assert len(phrase_languages()) >= 60
    assert set(DEEP) <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_list_loads_and_knows_the_comment_form(language: str) -> None:
    assert load_phrases(language).languages[0] == language
    assert {"comment", "ad", "related", "share", "nav", "footer", "byline"} <= set(listed(language))
    assert len(listed(language)["comment"]["line"]) >= 9


@pytest.mark.parametrize("language", DEEP)
def test_deep_lists_are_deep(language: str) -> None:
    assert sum(1 for _ in entries(language)) >= 250
    assert {"month", "weekday", "clock", "agency", "place", "role", "photo"} <= set(listed(language)["words"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_stands_in_two_arrays(language: str) -> None:
    """Only a lead may be both a bare heading (line) and the opening of a line (start), within one kind."""
    seen: dict[str, list[tuple[str, str]]] = {}
    for kind, array, text in entries(language):
        seen.setdefault(normalise_wording(text.replace("{n}", "0")), []).append((kind, array))
    for wording, places in seen.items():
        if len(places) > 1:
            assert len({kind for kind, _ in places}) == 1, (wording, places)
            assert sorted(array for _, array in places) == ["line", "start"], (wording, places)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - NO_SPACES))
def test_one_word_is_never_enough_for_a_line(language: str) -> None:
    for kind, array, text in entries(language):
        if array in ("line", "tail") and "{" not in text:
            assert " " in normalise_wording(text), f"{kind}.{array}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_never_stand_alone(language: str) -> None:
    """What is left beside the holes has to be a wording, or the entry would match any line."""
    for kind, array, text in entries(language):
        if "{name}" in text or "{any}" in text:
            assert array in ("line", "tail"), f"{kind}.{array}: {text}"
            assert len(normalise_wording(re.sub(r"\{\w+\}", " ", text))) >= 2, f"{kind}.{array}: {text}"


def test_no_entry_matches_a_line_of_a_trap() -> None:
    for case in cases():
        if not case["goes"]:
            phrases = load_phrases(case["language"])
            for line in filter(None, case["text"].split("\n")):
                folded = normalise_wording(line)
                assert phrases.line(folded) is None, line
                assert phrases.whole(folded, "between") is None, line


def test_half_of_the_cases_are_traps() -> None:
    traps = sum(1 for case in cases() if not case["goes"])
    assert len(cases()) >= 200
    assert 2 * traps >= len(cases())
    assert len({case["language"] for case in cases()}) >= 25


@pytest.mark.parametrize("case", case_params())
def test_phrase_case(case: dict[str, Any]) -> None:
    text, goes = case["text"], dict(case["goes"])
    found = strip(text, language=case["language"])
    gone = {text[r.start : r.end].strip(): r.kind for r in found.removals if r.kind != "space"}
    assert gone == goes
    if not goes:
        assert cut(text, found.removals) == text
