"""Fit the model of page lines on labelled whole pages: a logistic regression of each line alone, then trees.

    pip install catboost scipy lxml
    python benchmarks/fit_page_lines.py [--rounds] [--write]

Reads the labelled data from the folder CLEANER_BENCH (default: ../shared/bench beside the repository). The fifth of
sites that benchmarks/strip.py holds back is not fitted on, only reported; the figures of the other sites come from
five rounds that leave a fifth of them out. --write replaces cleaner/judge/page_trees.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from folds import held_back
from page_data import build_pages
from scipy.optimize import minimize
from strip import DATA, ROOT

from cleaner.judge.character_counts import Numbers
from cleaner.judge.features import Features, neighbour_features, own_features
from cleaner.judge.lines import Line, split_lines
from cleaner.judge.trees import UNIT, linear_odds
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.line_rules import judge_line

RAW = {"size", "words", "times", "first word's lines", "last word's lines", "letters in a word"}
"""Features without a bound: they are for the trees, which ask only what is above what."""

RIDGE = 3.0
POWER = {"linear": 0.5, "trees": 0.7}
"""A line weighs as its characters to this power: between counting lines (0) and counting characters (1)."""

MOST_CHARACTERS = 1000
PARTS = 5
DOUBTED = (1.5, -3.0)
"""Labels that the first fit, made without their site, contradicts so firmly are not fitted on: gold texts that end
early or lack their code, tables and lists. Measured: two points of recall at equal loss."""

TREES = {
    "iterations": 250,
    "depth": 6,
    "learning_rate": 0.08,
    "l2_leaf_reg": 30,
    "subsample": 0.6,
    "rsm": 0.3,
    "bootstrap_type": "Bernoulli",
    "border_count": 64,
    "random_seed": 1,
    "verbose": 0,
    "thread_count": 2,
    "allow_writing_files": False,
}


@dataclass
class Page:
    """A labelled page, with an element for each line: its `label` ("content" where nothing is marked), its characters
    without spaces, its own features, and the table of all features."""

    site: str
    held: bool
    label: Numbers
    chars: Numbers
    own: Features
    table: Numbers


WORD = re.compile(r"[^\W\d_]+")
CASELESS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz", "\u05d0\u05d1\u05e6\u05d3\u05d4\u05e4\u05d2\u05d7\u05d9\u05d5\u05db\u05dc\u05de\u05e0"
    "\u05e2\u05e3\u05e7\u05e8\u05e1\u05ea\u05df\u05d8\u05e9\u05dd\u05d9\u05d6"
)  # fmt: skip
WIDE_STOPS = str.maketrans({".": "。", ",": "、", "?": "？", "!": "！", ":": "：", " ": ""})


def disguised(text: str, script: str) -> str:
    """The page as though written without capitals ("caseless") or without spaces between words ("wide").

    The labelled pages are English alone; without these copies the trees take capitals and spaces for granted.

    >>> len(disguised("The harbour is closed.", "wide"))
    7
    """
    if script == "caseless":
        return text.lower().translate(CASELESS)
    return WORD.sub(_ideographs, text).translate(WIDE_STOPS)


def _ideographs(found: re.Match[str]) -> str:
    """A third as many ideographs as a word has letters, the same for the same word."""
    number = zlib.crc32(found[0].lower().encode())
    return "".join(chr(0x4E00 + (number >> 5 * i) % 4000) for i in range((len(found[0]) + 2) // 3))


def copies(docs: Sequence[dict[str, Any]]) -> Iterator[tuple[int, Page]]:
    """Which page, and its copy: a third of the pages in each disguise."""
    for i, doc in enumerate(docs):
        script = ("caseless", "wide", "")[hashlib.sha256(doc["id"].encode()).digest()[0] % 3]
        if script and not held_back(doc):
            yield i, page_of(doc, script)


def page_of(doc: dict[str, Any], script: str = "") -> Page:
    lines, phrases = split_lines(doc["text"]), load_phrases(doc["language"])
    hits = [judge_line(line, phrases) for line in lines]
    kinds = {start: kind for start, _, kind in doc["spans"]}
    label = np.array([kinds.get(line.start, "content") for line in lines])
    chars = np.array([len("".join(line.text.split())) for line in lines])
    if script:
        lines = [Line(line.start, disguised(line.text, script) or "-") for line in lines]
    own = own_features(lines, hits)
    return Page(doc.get("site") or doc["id"], held_back(doc), label, chars, own, np.zeros(0))


def fit_linear(pages: Sequence[Page]) -> dict[str, float]:
    """Return the weights of the ridge regression that tells "content" from "page", rounded to three places."""
    names = [name for name in pages[0].own if name not in RAW]
    label = np.concatenate([page.label for page in pages])
    known = np.isin(label, ("content", "page"))
    table = np.concatenate([np.column_stack([page.own[name] for name in names]) for page in pages])[known]
    weight = (np.concatenate([page.chars for page in pages]) ** POWER["linear"])[known]
    weight = weight / weight.mean()
    spread = table.std(0) + 1e-3
    scaled, sign = table / spread, np.where(label[known] == "content", 1.0, -1.0)

    def loss(b: Numbers) -> tuple[float, Numbers]:
        margin = (scaled @ b[:-1] + b[-1]) * sign
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        value = (weight * np.logaddexp(0, -margin)).sum() + RIDGE * (b[:-1] ** 2).sum()
        return value, np.r_[scaled.T @ slope + 2 * RIDGE * b[:-1], slope.sum()]

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    weights = {n: round(float(x), 3) for n, x in zip(names, found[:-1] / spread, strict=True) if abs(x) > 0.004}
    return {"base": round(float(found[-1]), 3), **weights}


def fill_tables(pages: Sequence[Page], fit_on: Sequence[Page]) -> dict[str, float]:
    """Fit the weights of lines alone, and give each page the table of all features; returns the weights."""
    first = fit_linear(fit_on)
    for page in pages:
        page.table = np.column_stack([*all_features(page, first).values()]).astype(np.float32)
    return first


def all_features(page: Page, first: dict[str, float]) -> Features:
    return {**page.own, **neighbour_features(page.own, linear_odds(page.own, first))}


def fit_trees(pages: Sequence[Page], labels: Sequence[Numbers]) -> CatBoostClassifier:
    label = np.concatenate(labels)
    known = np.isin(label, ("content", "page"))
    table = np.concatenate([page.table for page in pages])[known]
    weight = np.concatenate([np.minimum(page.chars, MOST_CHARACTERS) ** POWER["trees"] for page in pages])[known]
    model = CatBoostClassifier(**TREES)
    names = list(all_features(pages[0], {"base": 0.0}))
    model.fit(Pool(table, (label[known] == "content").astype(int), weight=weight, feature_names=names))
    return model


def predict(model: CatBoostClassifier, page: Page) -> Numbers:
    return np.asarray(model.predict(page.table, prediction_type="RawFormulaVal"))


def part_of(page: Page) -> int:
    return hashlib.sha256(b"fold " + page.site.encode()).digest()[0] % PARTS


def in_rounds(pages: Sequence[Page], labels: Sequence[Numbers]) -> list[Numbers]:
    """The odds of each page's lines by trees fitted without its fifth of the sites."""
    odds: list[Numbers] = [np.zeros(0)] * len(pages)
    for k in range(PARTS):
        rest = [i for i, page in enumerate(pages) if part_of(page) != k]
        model = fit_trees([pages[i] for i in rest], [labels[i] for i in rest])
        for i, page in enumerate(pages):
            if part_of(page) == k:
                odds[i] = predict(model, page)
    return odds


def believed(page: Page, odds: Numbers) -> Numbers:
    """The labels without those that `odds` contradict firmly."""
    high, low = DOUBTED
    wrong = ((page.label == "page") & (odds > high)) | ((page.label == "content") & (odds < low))
    return np.where(wrong, "doubted", page.label)


def exported(model: CatBoostClassifier) -> dict[str, object]:
    """The trees as plain data; leaves in thousandths."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "trees.json"
        model.save_model(str(target), format="json")
        stored = json.loads(target.read_text("utf-8"))
    scale, (bias,) = stored["scale_and_bias"]
    trees = stored["oblivious_trees"]
    used = sorted({s["float_feature_index"] for tree in trees for s in tree["splits"]})
    column = {index: i for i, index in enumerate(used)}
    depth = max(len(tree["splits"]) for tree in trees)
    split, limit, leaf = [], [], []
    for tree in trees:
        spare = depth - len(tree["splits"])  # a level that is never above
        split.append([column[s["float_feature_index"]] for s in tree["splits"]] + [0] * spare)
        limit.append([round(s["border"], 5) for s in tree["splits"]] + [1e9] * spare)
        leaf.append(
            [round(scale * x * UNIT) for x in tree["leaf_values"]] + [0] * (2**depth - len(tree["leaf_values"]))
        )
    names = [model.feature_names_[i] for i in used]
    return {"base": round(bias, 3), "features": names, "split": split, "limit": limit, "leaf": leaf}


def report(name: str, pages: Sequence[Page], odds: Sequence[Numbers]) -> str:
    """Recall and precision in characters, at limits that lose so much content."""
    z = np.concatenate(odds)
    label, chars = np.concatenate([p.label for p in pages]), np.concatenate([p.chars for p in pages])
    order = np.argsort(z, kind="stable")
    lost = np.cumsum((chars * (label == "content"))[order])
    hit = np.cumsum((chars * (label == "page"))[order])
    cells = []
    for share in (0.01, 0.012, 0.015):
        at = int(np.searchsorted(lost, share * lost[-1])) - 1
        precision = hit[at] / (hit[at] + lost[at])
        cells.append(
            f"lost {share:.1%}: recall {hit[at] / hit[-1]:.3f}, precision {precision:.3f} (odds {z[order[at]]:.2f})"
        )
    return f"{name}, {len(pages)} pages: {'; '.join(cells)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write cleaner/judge/page_trees.json")
    parser.add_argument("--rounds", action="store_true", help="leave each fifth out again, with believed labels")
    options = parser.parse_args()
    if not (DATA / "textcruft" / "build_pages.py").is_file():
        sys.exit(f"The labelled data are not in {DATA}. Set CLEANER_BENCH to the folder that holds textcruft/.")
    docs = build_pages()
    pages = [page_of(doc) for doc in docs]
    seen, held = [p for p in pages if not p.held], [p for p in pages if p.held]
    disguises = dict(copies(docs))
    first = fill_tables(pages, seen)
    odds = in_rounds(seen, [page.label for page in seen])
    print(report("development, left out in turn, all labels", seen, odds), flush=True)
    labels = {id(page): believed(page, z) for page, z in zip(seen, odds, strict=True)}
    known = [labels[id(page)] for page in seen]
    if options.rounds:
        print(report("development, left out in turn, believed labels", seen, in_rounds(seen, known)), flush=True)
    fit: dict[str, Any] = {"catboost": version("catboost")}
    model = fit_trees(seen, known)
    print(report("held back", held, [predict(model, page) for page in held]), flush=True)
    fit["cased"] = {"linear": first, "trees": exported(model)}
    both = [*seen, *disguises.values()]
    first = fill_tables([*pages, *disguises.values()], both)
    model = fit_trees(both, known + [labels[id(pages[i])] for i in disguises])
    print(report("held back, by the model for any script", held, [predict(model, page) for page in held]))
    fit["any"] = {"linear": first, "trees": exported(model)}
    if options.write:
        target = ROOT / "cleaner" / "judge" / "page_trees.json"
        target.write_text(json.dumps(fit, separators=(",", ":")).replace("],[", "],\n[") + "\n", "utf-8")


if __name__ == "__main__":
    main()
