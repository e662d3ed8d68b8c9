"""Made articles and a small way to deduplicate lists of texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cleaner.corpus.duplicates import TextDuplicates, find_duplicates_of_texts

CASES = Path(__file__).parents[1] / "cases" / "neardup"
WORDS = (CASES / "words.txt").read_text("utf-8").split()


@pytest.fixture(scope="session")
def make_article() -> Callable[..., str]:
    """An article of so many words, the same for the same seed, unlike that of any other seed."""

    def make(seed: int, words: int = 120) -> str:
        draw = random.Random(seed)
        return " ".join(draw.choice(WORDS) for _ in range(words)).capitalize() + "."

    return make


@pytest.fixture(scope="session")
def find() -> Callable[..., TextDuplicates]:
    """Duplicates among texts; ids are their numbers unless given, sites unknown unless given as numbers (-1: none)."""

    def search(
        texts: Sequence[str], sites: Sequence[int] = (), ids: Sequence[str] | None = None, **options: Any
    ) -> TextDuplicates:
        names = ["" if site < 0 else f"situs-{site}.example" for site in sites]
        return find_duplicates_of_texts(texts, ids or [f"{i:07}" for i in range(len(texts))], sites=names, **options)

    return search
