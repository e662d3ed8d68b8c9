"""Languages of Indonesia that langid does not know, in reviews; and the CPU for an Indonesian article.

    python benchmarks/language_indonesia.py

The texts are those of `benchmarks/language.py`. A language that has no clear words in a review is named by a parent
(Indonesian, Malay, Javanese), which should then not be sure.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from language import labelled_texts, news_articles, share_of

from cleaner.language.identify import identify, quick_language

PARENTS = ("id", "ms", "jv")
Call = Callable[[Sequence[str]], object]


def articles() -> None:
    """CPU of each call, in microseconds an article of 1,100 characters: best of seven runs."""
    texts = [text[:1100] for language, _, text in news_articles() if language == "id" and len(text) >= 1100]
    calls: dict[str, Call] = {
        "identify, in batches": identify,
        "identify, one text a call": lambda some: [identify([text]) for text in some],
        "quick_language": lambda some: [quick_language(text) for text in some],
    }
    for name, call in calls.items():
        call(texts)
        print(
            f"{name}: {1e6 * min(_seconds(call, texts) for _ in range(7)) / len(texts):.0f} us, {len(texts)} articles"
        )


def _seconds(call: Call, texts: Sequence[str]) -> float:
    start = time.process_time()
    call(texts)
    return time.process_time() - start


def members() -> None:
    """How the reviews in each language of Indonesia are named: right, by a parent, and how sure a parent is."""
    reviews = [text for text in labelled_texts() if text.source == "reviews" and text.language != "en"]
    answers = identify([text.text for text in reviews])
    print("| language | reviews | named right | a parent | mean score of it | a parent, at >= .9 |")
    print("|---" * 6 + "|")
    for language in sorted({text.language for text in reviews}):
        mine = [found for found, text in zip(answers, reviews, strict=True) if text.language == language]
        parents = [found.score for found in mine if found.code != language and found.code in PARENTS]
        named = share_of([found.code == language for found in mine])
        sure = share_of([found.code != language and found.code in PARENTS and found.score >= 0.9 for found in mine])
        mean = f"{np.mean(parents):.2f}" if parents else "-"
        print(f"| {language} | {len(mine)} | {named} | {100 * len(parents) / len(mine):.1f} | {mean} | {sure} |")


if __name__ == "__main__":
    members()
    articles()
