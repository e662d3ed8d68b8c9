"""Fit the weights of page lines on labelled whole pages: two logistic regressions, one upon the other.

    python benchmarks/fit_page_lines.py [--write]

Reads the labelled data from the folder CLEANER_BENCH (default: ../shared/bench beside the repository) and needs scipy
and lxml. The fifth of sites that benchmarks/strip.py holds back is not fitted on, only reported. --write replaces
cleaner/strip/page_weights.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from strip import DATA, ROOT, held_back, read

from cleaner.strip.judge import judge
from cleaner.strip.lines import Hit, Line, split_lines
from cleaner.strip.page_lines import Evidence, alone, revised, weighed
from cleaner.strip.phrases import load_phrases
from cleaner.strip.whole_page import CAUTION, path

RIDGE = {"alone": 3.0, "revised": 10.0}
POWER = {"alone": 0.5, "revised": 0.7}
"""A line weighs as its ink to this power: half of the way from lines (0) to characters (1), then nearer to those."""

Page = tuple[list[Line], list[Hit | None], list[str], list[int], bool]


def build_pages() -> list[dict[str, Any]]:
    """The labelled whole pages, as the script beside the data makes them."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "pages.jsonl"
        script = DATA / "textcruft" / "build_pages.py"
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, str(script), "--out", str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        return read(target)


def page_of(doc: dict[str, Any]) -> Page:
    """Lines, hits, label of each line ("content" where nothing is marked), its ink, and whether it is held back."""
    lines, phrases = split_lines(doc["text"]), load_phrases(doc["language"])
    labels = {start: kind for start, _, kind in doc["spans"]}
    marked = sorted((start, end) for start, end, _ in doc["spans"])
    told, at = [], 0
    for line in lines:
        while at < len(marked) and marked[at][1] <= line.start:
            at += 1
        inside = at < len(marked) and marked[at][0] <= line.start
        told.append(labels[marked[at][0]] if inside else "content")
    ink = [len("".join(line.text.split())) for line in lines]
    return lines, [judge(line, phrases) for line in lines], told, ink, held_back(doc)


def fitted(pages: Sequence[Page], evidence: Sequence[Sequence[Evidence]], step: str) -> dict[str, float]:
    """Trait -> weight, of the ridge regression that tells "content" from "page"; rounded to three places."""
    rows = [
        (traits, label == "content", ink ** POWER[step])
        for page, found in zip(pages, evidence, strict=True)
        for traits, label, ink in zip(found, page[2], page[3], strict=True)
        if label in ("content", "page")
    ]
    names = sorted({name for traits, _, _ in rows for name in traits})
    column = {name: i for i, name in enumerate(names)}
    cells = [(i, column[name], x) for i, (traits, _, _) in enumerate(rows) for name, x in traits.items()]
    at, to, values = zip(*cells, strict=True)
    table = csr_matrix((values, (at, to)), shape=(len(rows), len(names)))
    mean = np.asarray(table.mean(0)).ravel()
    spread = np.sqrt(np.maximum(1e-4, np.asarray(table.multiply(table).mean(0)).ravel() - mean**2))
    scaled = table @ diags(1 / spread)
    sign = np.where([good for _, good, _ in rows], 1.0, -1.0)
    weight = np.array([w for _, _, w in rows])
    weight /= weight.mean()

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        margin = (scaled @ b[:-1] + b[-1]) * sign
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        value = (weight * np.logaddexp(0, -margin)).sum() + RIDGE[step] * (b[:-1] ** 2).sum()
        return value, np.r_[scaled.T @ slope + 2 * RIDGE[step] * b[:-1], slope.sum()]

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 250}).x
    weights = {n: round(float(x), 3) for n, x in zip(names, found[:-1] / spread, strict=True) if abs(x) > 0.004}
    return {"base": round(float(found[-1]), 3), **weights}


def report(name: str, pages: Sequence[Page], odds: Sequence[list[float]]) -> str:
    """Recall, precision and content lost, in characters, of the lines outside the article."""
    hit = cruft = lost = content = 0
    for (_, _, labels, ink, _), values in zip(pages, odds, strict=True):
        for stays, label, n in zip(path([x + CAUTION for x in values]), labels, ink, strict=True):
            cruft += n * (label == "page")
            hit += n * (label == "page" and not stays)
            content += n * (label == "content")
            lost += n * (label == "content" and not stays)
    figures = f"recall {hit / cruft:.3f}, precision {hit / (hit + lost):.3f}, lost {100 * lost / content:.2f} %"
    return f"{name}: {len(pages)} pages, {figures}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write cleaner/strip/page_weights.json")
    options = parser.parse_args()
    if not (DATA / "textcruft" / "build_pages.py").is_file():
        sys.exit(f"The labelled data are not in {DATA}. Set CLEANER_BENCH to the folder that holds textcruft/.")
    pages = [page_of(doc) for doc in build_pages()]
    seen = [not page[4] for page in pages]
    first = [alone(page[0], page[1]) for page in pages]
    fit_on = list(compress(pages, seen))
    weights = {"alone": fitted(fit_on, list(compress(first, seen)), "alone")}
    both = [
        revised(page[0], page[1], one, weighed(one, weights["alone"])) for page, one in zip(pages, first, strict=True)
    ]
    weights["revised"] = fitted(fit_on, list(compress(both, seen)), "revised")
    odds = [weighed(evidence, weights["revised"]) for evidence in both]
    for name, use in (("development", True), ("held back", False)):
        part = [i for i, fit in enumerate(seen) if fit is use]
        print(report(name, [pages[i] for i in part], [odds[i] for i in part]))
    if options.write:
        target = ROOT / "cleaner" / "strip" / "page_weights.json"
        target.write_text(json.dumps(weights, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
