"""The same four layouts in many languages: the article comes out whole, and nothing of what stands around it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleaner.extract.page import extract

CASES = Path(__file__).parents[1] / "cases" / "extract"
LANGUAGES: dict[str, dict[str, Any]] = tomllib.loads((CASES / "languages.toml").read_text("utf-8"))
LAYOUTS = {path.stem: path.read_text("utf-8") for path in sorted((CASES / "layouts").glob("*.html"))}
BOILERPLATE = ("comment", "newsletter", "footer")


def page(layout: str, language: str) -> str:
    return LAYOUTS[layout].format(language=language, **LANGUAGES[language])


def test_there_are_enough_languages() -> None:
    assert len(LANGUAGES) >= 15
    assert {"id", "ms", "en"} <= set(LANGUAGES)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_article_is_whole(layout: str, language: str) -> None:
    item = LANGUAGES[language]
    got = extract(page(layout, language)).text.split("\n")
    wanted = [item["long"], item["heading"], item["short"], item["more"]]
    assert [line for line in got if line in wanted] == wanted


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_else_comes_out(layout: str, language: str) -> None:
    item = LANGUAGES[language]
    got = extract(page(layout, language)).text
    around = [*item["links"], *(item[key] for key in BOILERPLATE)]
    assert [line for line in around if line in got] == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_metadata(layout: str, language: str) -> None:
    item = LANGUAGES[language]
    got = extract(page(layout, language), url="https://pelita.example/x")
    assert got.title == item["title"]
    assert got.date[:10] == "2025-03-09"
    assert got.language == language
    if not (layout == "old" and language == "vi"):  # its byline word also means "according to"
        assert got.author == item["author"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", ["id", "ru", "ar", "ja"])
def test_bytes_and_str_give_the_same(layout: str, language: str) -> None:
    html = page(layout, language)
    assert extract(html.encode(), encoding="utf-8") == extract(html)
