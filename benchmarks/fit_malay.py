"""Fit the weights of `cleaner/language/lists/pair.toml`: what each clue tells of Indonesian and Malay.

    python benchmarks/fit_malay.py    # the weights, and how many sentences they get right

Data: sentences in the two languages of `benchmarks/language.py`, from the sources that are not held back, and all
messages of the installed catalogs. News counts as much as catalogs, whatever their number, and Malay as much as
Indonesian: there is no prior. Logistic regression by Newton's method with a small ridge.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from language import CATALOGS, Text, catalog_messages, held, labelled_texts, news_articles, sentences_of

from cleaner.language.evidence import take_sample
from cleaner.language.identify import _load_back_end
from cleaner.language.malay import SIDES, clues, leanings
from cleaner.language.words import read_list, spaced

SHARE = {"news": 300.0, "catalog": 300.0, "reviews": 100.0, "declaration": 30.0}
"""Sentences that those of a source in one language count for."""

RIDGE = 2.0

EXPECTED = {"-itas": -1.0, "-iti": 1.5, "-ikal": 1.0, "-ans": 0.5, "oto-": -1.0, "rm": 2.0, "rp": -2.0}
"""What is known of spellings that these texts have seldom; the ridge draws to this, and to nothing elsewhere."""


def _sentences() -> Iterator[Text]:
    for text in labelled_texts():
        if text.language in SIDES and text.size == "sentence" and text.source in ("declaration", "reviews"):
            yield text
    news = {(language, site, text) for language, site, article in news_articles() for text in sentences_of(article)}
    for language, site, text in sorted(news):
        if language in SIDES:
            yield Text(language, "sentence", "news", held(site), True, text)
    for language in SIDES:
        for file in sorted(CATALOGS.glob(f"{language}/LC_MESSAGES/*.mo")):
            for message in sorted(set(catalog_messages(file))):
                yield Text(language, "sentence", "catalog", held(file.name), True, message)


def _features(texts: list[Text], model: str) -> tuple[list[str], np.ndarray]:
    """Names and counts of the clues of each text, shape (n, C)."""
    pair = read_list("pair")
    kinds = [f"{side} {strength}" for side in SIDES for strength in ("words", "mostly", "leaning", "names")]
    names = ["none", "model", *kinds, *pair["spellings"]]
    table = np.zeros((len(texts), len(names)))
    table[:, 0] = 1
    place = {name: at for at, name in enumerate(names)}
    back_end = _load_back_end(model)
    samples = [take_sample(text.text) for text in texts]
    # how far the model leans to Malay
    table[:, 1] = leanings(back_end.scores([some.data for some in samples]), back_end.lexicon.codes)
    for row, some in zip(table, samples, strict=True):
        for clue in clues(spaced(some.lower).split()):
            row[place[clue]] += 1
    return names, table


def _fit(names: list[str], features: np.ndarray, malay: np.ndarray, weights: np.ndarray) -> np.ndarray:
    ridge = np.full(len(names), RIDGE)
    ridge[0] = 0.001
    expected = np.array([EXPECTED.get(name, 0.0) for name in names])
    constants = expected
    for _ in range(30):
        chance = 1 / (1 + np.exp(-features @ constants))
        slope = features.T @ (weights * (malay - chance)) - ridge * (constants - expected)
        bend = (features * (weights * chance * (1 - chance))[:, None]).T @ features + np.diag(ridge)
        constants = constants + np.linalg.solve(bend, slope)
    return constants


def main() -> None:
    texts = list(_sentences())
    malay = np.array([text.language == "ms" for text in texts], dtype=float)
    seen = np.array([not text.held for text in texts])
    sizes = Counter((text.source, text.language) for text in texts if not text.held)
    weights = np.array(
        [SHARE[text.source] / sizes[text.source, text.language] if not text.held else 0 for text in texts]
    )
    for model in ("langid", "py3langid"):
        names, features = _features(texts, model)
        constants = _fit(names, features[seen], malay[seen], weights[seen])
        print(f"[weights.{model}]")
        for name, value in zip(names, constants, strict=True):
            print(f'"{name}" = {value:.2f}')
        right = (features @ constants > 0) == (malay > 0)
        for is_held in (False, True):
            for source, language in sorted(sizes):
                alike = Text(language, "sentence", source, is_held, True, "")[:4]
                part = [hit for hit, text in zip(right, texts, strict=True) if text[:4] == alike]
                if part:
                    side = "held back" if is_held else "fitted on"
                    print(f"# {side}: {language} {source}: {100 * np.mean(part):.1f} % of {len(part)}")


if __name__ == "__main__":
    main()
