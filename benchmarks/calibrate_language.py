"""Fit the constants of `cleaner/text/languages/calibration.toml`: how often an answer with such evidence is right.

    python benchmarks/calibrate_language.py    # prints the constants and the calibration on both sides of the split

Data: the labelled texts of `benchmarks/language.py` that are not held back, of all languages, known or not. News and
reviews count in full, catalogs and the Declaration half; texts in languages that nobody knows are 1 % of the weight.
Logistic regression by Newton's method with a small ridge.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from language import Text, expected_calibration_error, labelled_texts, right

from cleaner.text.language import answer_features

UNKNOWN_SHARE = 0.01
RIDGE = 1.0
WEIGHTS = {"news": 1.0, "reviews": 1.0, "catalog": 0.5, "declaration": 0.5}


def _weights(texts: list[Text]) -> np.ndarray:
    known = np.array([text.known for text in texts])
    weights = np.array([WEIGHTS[text.source] for text in texts])
    weights[~known] *= UNKNOWN_SHARE / (1 - UNKNOWN_SHARE) * weights[known].sum() / weights[~known].sum()
    return weights


def _fit(features: np.ndarray, correct: np.ndarray, weights: np.ndarray) -> np.ndarray:
    constants = np.zeros(features.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-features @ constants))
        slope = features.T @ (weights * (correct - chance)) - RIDGE * constants
        bend = (features * (weights * chance * (1 - chance))[:, None]).T @ features + RIDGE * np.eye(len(constants))
        constants = constants + np.linalg.solve(bend, slope)
    return constants


def _report(name: str, scores: np.ndarray, correct: np.ndarray) -> None:
    high = scores >= 0.9
    print(f"  {name}: {len(scores)} texts, ECE {expected_calibration_error(scores, correct):.4f}, "
          f"{100 * correct[high].mean():.2f} % right of the {100 * high.mean():.1f} % at >= .9")  # fmt: skip


def main() -> None:
    texts = labelled_texts()
    held = np.array([text.held for text in texts])
    known = np.array([text.known for text in texts])
    for model in ("langid", "py3langid"):
        answers = answer_features([text.text for text in texts], model=model)
        correct = np.array([right(code, text) for (code, _), text in zip(answers, texts, strict=True)])
        features = np.array([row for _, row in answers])
        told = np.array([code != "und" for code, _ in answers])
        side = told & ~held
        constants = _fit(
            features[side], correct[side], _weights([text for text, s in zip(texts, side, strict=True) if s])
        )
        print(f"[{model}]\nconstants = [{', '.join(f'{value:.4f}' for value in constants)}]")
        scores = 1 / (1 + np.exp(-features @ constants))
        for name, part in (("tuned on", told & ~held), ("held back", told & held)):
            _report(f"{name}, all", scores[part], correct[part])
            _report(f"{name}, known languages", scores[part & known], correct[part & known])
            for size in ("sentence", "200 B", "1 KB", "5 KB"):
                sized = part & known & np.array([text.size == size for text in texts])
                _report(f"{name}, {size}", scores[sized], correct[sized])


if __name__ == "__main__":
    main()
