"""Made articles and a small way to deduplicate lists of texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cleaner.neardup.duplicates import Duplicates, deduplicate
from cleaner.neardup.order import rank_articles
from cleaner.neardup.sketches import sketch

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
def find() -> Callable[..., Duplicates]:
    """Duplicates among texts; ids are their numbers unless given, sites unknown unless given."""

    def run(
        texts: Sequence[str], sites: Sequence[int] | None = None, ids: Sequence[str] | None = None, **options: Any
    ) -> Duplicates:
        ids = ids or [f"{i:07}" for i in range(len(texts))]
        lengths = np.array([len(text) for text in texts], np.int64)
        return deduplicate(
            sketch(texts),
            rank=rank_articles(lengths, [""] * len(texts), ids),
            sites=np.array(sites if sites is not None else [-1] * len(texts), np.int32),
            texts=lambda rows: [texts[row] for row in rows.tolist()],
            **options,
        )

    return run
