"""Fit the constants of `cleaner/language/lists/calibration.toml`: how often an answer with such evidence is right.

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

from cleaner.language.evidence import gather_evidence
from cleaner.language.identify import _answers, _load_back_end

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
    fitted = set()
    for model in ("langid", "py3langid"):
        back_end = _load_back_end(model)
        # the answers before their scores are calibrated
        answers = _answers([gather_evidence(text.text, back_end.lexicon) for text in texts], back_end)
        pairs = list(zip(texts, answers, strict=True))
        scores = np.zeros(len(texts))
        for way in ("words", "pair", model):
            mine = np.array([answer.way == way for answer in answers])
            features = np.array([answer.features for answer in answers if answer.way == way])
            part = [pair for pair in pairs if pair[1].way == way]
            seen = np.array([not text.held for text, _ in part])
            correct = np.array([right(answer.code, text) for text, answer in part])
            constants = _fit(features[seen], correct[seen], _weights([text for text, _ in part if not text.held]))
            if way not in fitted:
                print(f"[{way}]\nconstants = [{', '.join(f'{value:.4f}' for value in constants)}]")
                fitted.add(way)
            scores[mine] = 1 / (1 + np.exp(-features @ constants))
        told = np.array([bool(answer.way) for answer in answers])
        held = np.array([text.held for text in texts])
        known = np.array([text.known for text in texts])
        correct = np.array([right(answer.code, text) for text, answer in pairs])
        for name, part_of in (("tuned on", told & ~held), ("held back", told & held)):
            _report(f"{name}, all", scores[part_of], correct[part_of])
            _report(f"{name}, known languages", scores[part_of & known], correct[part_of & known])
            for size in ("sentence", "200 B", "1 KB", "5 KB"):
                sized = part_of & known & np.array([text.size == size for text in texts])
                _report(f"{name}, {size}", scores[sized], correct[sized])


if __name__ == "__main__":
    main()
