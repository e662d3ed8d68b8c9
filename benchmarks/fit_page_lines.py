"""Fit the judge of whole pages (cleaner/judge/page_trees.json) and say what it finds on sites that it has not seen.

    pip install catboost scipy lxml
    python benchmarks/fit_page_lines.py [--write]

One command and a fixed seed make the file: a logistic regression of each line by itself, then trees over all features.
It is fitted on the labelled whole pages (page_data.py) in English, Chinese, Greek, Polish, Russian and Indonesian, on
the whole pages of the labelled articles in other languages, and on those of these articles that still have much around
them. The table is out of fold: folds never part a site (folds.py), and the threshold of a fold is chosen by what is
lost on the other folds. The labelled data are read from the folder CLEANER_BENCH (default: ../shared/bench).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from folds import PARTS, fold_of
from page_data import PAGE_SETS, as_page, build_pages
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack
from strip import HEADER, POLICY, ROOT, is_page, load_score, ours, read_sets, row, scored
from strip_peers import Document, Spans

from cleaner.judge import whole_page
from cleaner.judge.character_counts import Numbers
from cleaner.judge.features import Features, neighbour_features, own_features
from cleaner.judge.line_features import ALONE
from cleaner.judge.lines import Hit, Line, split_lines
from cleaner.judge.trees import UNIT, Linear, PageModel, parse_page_model
from cleaner.judge.whole_page import costs_of, finish_article, odds_to_stay, stays_at
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.line_rules import judge_line

RAW = {"size", "words", "times", "first word's lines", "last word's lines", "letters in a word"}
"""Features without a bound: they are for the trees, which ask only what is above what."""

RIDGE = 3.0
POWER = {"linear": 0.5, "trees": 0.7}
"""A line weighs as its characters to this power: between counting lines (0) and counting characters (1)."""

MOST_CHARACTERS = 1000
MOST_LINES = 80
"""Lines of a page around its article that are fitted on, drawn by chance, each weighing for those left out: all of them
take three times as long and find no more."""

SET_WEIGHT = {"sets": 4.0}
"""What a line of the labelled articles and of their whole pages weighs: they are few, and in 27 languages."""

LEAST_LINES, LEAST_CRUFT = 12, 3
"""A labelled article is fitted on as a page if it has so many lines, and so many of them boilerplate."""

LOST = {"wcxb": 0.0077, "daniel": 0.012, "indonesia": 0.02, "sets": 0.014}
"""Share of the content that may be lost, by set, in whole lines; out of fold .89 % of the characters of sets are lost
at this, since lines of content may be boilerplate in parts. Gold texts of indonesia have captions and links."""

CANDIDATES = np.arange(-2.8, -1.0, 0.05).round(2)
"""Thresholds that are tried, in log odds."""

DOUBTED = (1.5, -3.0)
"""Labels that trees fitted without their site contradict so firmly are not fitted on: gold texts that end early or lack
their code, tables and lists, comments. At equal loss .866 for .856 of the lines of wcxb are found without them, and
.845 for .820 of those of the sets."""

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
    "thread_count": 1,
    "allow_writing_files": False,
}


WORKERS = 4
"""Processes that fit."""

PAGES: list[Page] = []
"""What is fitted on, for the processes forked."""


@dataclass
class Page:
    """A labelled page, with an element for each line: its `label` ("content" where nothing is marked), its characters
    without spaces, its own features. `picked` are the lines that are fitted on, and `weight` is what each weighs for
    those that are not."""

    set: str
    fold: int
    whole: bool
    lines: Sequence[Line]
    hits: Sequence[Hit | None]
    label: Numbers
    chars: Numbers
    own: Features
    alone: Sequence[tuple[int, ...]]
    picked: Numbers
    weight: Numbers


WORD = re.compile(r"[^\W\d_]+")
CASELESS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz", "\u05d0\u05d1\u05e6\u05d3\u05d4\u05e4\u05d2\u05d7\u05d9\u05d5\u05db\u05dc\u05de\u05e0"
    "\u05e2\u05e3\u05e7\u05e8\u05e1\u05ea\u05df\u05d8\u05e9\u05dd\u05d9\u05d6"
)  # fmt: skip
WIDE_STOPS = str.maketrans({".": "。", ",": "、", "?": "？", "!": "！", ":": "：", " ": ""})


def disguised(text: str, script: str) -> str:
    """The page as though written without capitals ("caseless") or without spaces between words ("wide").

    Most labelled pages have both; without these copies the trees take capitals and spaces for granted.

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


def read_pages() -> list[Page]:
    """All pages that are fitted on, with copies in disguise of a quarter of those of wcxb."""
    pages = []
    for doc in read_docs():
        pages.append(page_of(doc))
        script = hashlib.sha256(doc["id"].encode()).digest()[0] % 8
        if doc["source"] == "wcxb" and script < 2:
            pages.append(replace(page_of(doc, ("caseless", "wide")[script]), whole=False))
    return pages


def read_docs() -> Iterator[Document]:
    for name in PAGE_SETS:
        yield from build_pages(name)
    for doc in map(as_page, read_sets()):
        cruft = sum(kind == "page" for _, _, kind in doc["spans"])
        if is_page(doc) or (doc["text"].count("\n") + 1 >= LEAST_LINES and cruft >= LEAST_CRUFT):
            yield doc


def page_of(doc: Document, script: str = "") -> Page:
    lines, phrases = split_lines(doc["text"]), load_phrases(doc["language"])
    hits = [judge_line(line, phrases) for line in lines]
    kinds = {start: kind for start, _, kind in doc["spans"]}
    label = np.array([kinds.get(line.start, "content") for line in lines])
    chars = np.array([len("".join(line.text.split())) for line in lines])
    if script:
        lines = [Line(line.start, disguised(line.text, script) or "-") for line in lines]
    own, alone = own_features(lines, hits, phrases)
    name = doc["source"] if doc["source"] in PAGE_SETS else "sets"
    picked, weight = _pick(doc["id"], label)
    whole = name != "sets" or is_page(doc)
    return Page(name, fold_of(doc), whole, lines, hits, label, chars, own, alone, picked, weight)


def _pick(name: str, label: Numbers) -> tuple[Numbers, Numbers]:
    """The indices of the lines that are fitted on, and what each weighs."""
    around = np.flatnonzero(label == "page").tolist()
    drawn = sorted(random.Random(name).sample(around, min(len(around), MOST_LINES)))
    weight = np.ones(len(label))
    weight[drawn] = len(around) / max(1, len(drawn))
    picked = np.sort(np.concatenate((np.flatnonzero(label == "content"), np.array(drawn, int))))
    return picked, weight[picked]


def weight_of(pages: Sequence[Page], power: float) -> Numbers:
    return np.concatenate(
        [np.minimum(p.chars[p.picked], MOST_CHARACTERS) ** power * p.weight * SET_WEIGHT.get(p.set, 1.0) for p in pages]
    )


def fit_linear(pages: Sequence[Page]) -> Linear:
    """Return the weights of the ridge regression that tells "content" from "page", rounded to thousandths."""
    names = [name for name in pages[0].own if name not in RAW]
    label = np.concatenate([page.label[page.picked] for page in pages])
    table = np.concatenate([np.column_stack([page.own[name][page.picked] for name in names]) for page in pages])
    weight = weight_of(pages, POWER["linear"])
    weight = weight / weight.mean()
    spread, sign = table.std(0) + 1e-3, np.where(label == "content", 1.0, -1.0)
    has = [page.alone[i] for page in pages for i in page.picked]
    ends = np.cumsum([0, *map(len, has)])
    alone = csr_array((np.ones(ends[-1]), np.concatenate(has), ends), shape=(len(has), len(ALONE)))
    scaled = hstack([csr_array(table / spread), alone], format="csr")

    def loss(b: Numbers) -> tuple[float, Numbers]:
        margin = (scaled @ b[:-1] + b[-1]) * sign
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        value = (weight * np.logaddexp(0, -margin)).sum() + RIDGE * (b[:-1] ** 2).sum()
        return value, np.r_[scaled.T @ slope + 2 * RIDGE * b[:-1], slope.sum()]

    found = minimize(loss, np.zeros(scaled.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    per_unit = (found[: len(names)] / spread).tolist()
    weights = {name: round(x, 3) for name, x in zip(names, per_unit, strict=True) if abs(x) > 0.004}
    return Linear({"base": round(float(found[-1]), 3), **weights}, tuple(map(round, UNIT * found[len(names) : -1])))


def all_features(page: Page, first: Linear) -> Features:
    return {**page.own, **neighbour_features(page.own, first.odds(page.own, page.alone))}


def fit(pages: Sequence[Page]) -> dict[str, Any]:
    """The weights and the trees as plain data, as page_trees.json holds them, with a threshold of 0.

    The trees are fitted on first judgements that were not fitted on these pages, but on the other half of the folds: on
    fitted ones they trust what does not carry over.
    """
    folds, tables = sorted({page.fold for page in pages}), {}
    for half in (folds[::2], folds[1::2]):
        first = fit_linear([page for page in pages if page.fold not in half])
        for page in pages:
            if page.fold in half:
                features = all_features(page, first)
                tables[id(page)] = np.column_stack([row[page.picked] for row in features.values()]).astype(np.float32)
                names = list(features)
    label = np.concatenate([page.label[page.picked] for page in pages]) == "content"
    table = np.concatenate([tables.pop(id(page)) for page in pages])
    model = CatBoostClassifier(**TREES)
    model.fit(Pool(table, label.astype(int), weight=weight_of(pages, POWER["trees"]), feature_names=names))
    made = f"benchmarks/fit_page_lines.py, catboost {version('catboost')}"
    linear = fit_linear(pages)
    alone = {name: weight for name, weight in zip(ALONE, linear.alone, strict=True) if weight}
    return {"made": made, "threshold": 0, "linear": linear.weights, "alone": alone, "trees": exported(model)}


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
        values = [round(scale * x * UNIT) for x in tree["leaf_values"]]
        leaf.append(values + [0] * (2**depth - len(values)))
    names = [model.feature_names_[i] for i in used]
    return {"base": round(bias, 3), "features": names, "split": split, "limit": limit, "leaf": leaf}


def fit_without(fold: int) -> dict[str, Any]:
    """The weights and trees of all of PAGES but those of a fold."""
    return fit([page for page in PAGES if page.fold != fold])


def in_folds(pages: Sequence[Page], number: int = PARTS) -> tuple[list[dict[str, Any]], list[Numbers]]:
    """The models of all folds, each fitted without its own pages, and what they say of these: the odds of each line. A
    further one in `number` is fitted on all pages."""
    PAGES[:] = pages
    with get_context("fork").Pool(WORKERS) as pool:
        models = pool.map(fit_without, range(number), chunksize=1)
    parsed = [parse_page_model(model) for model in models]
    return models, [odds_to_stay(page.own, page.alone, parsed[page.fold]) for page in pages]


def believed(page: Page, odds: Numbers) -> Page:
    """The page without the lines whose labels `odds` contradict firmly."""
    high, low = DOUBTED
    label, odds = page.label[page.picked], (odds - costs_of(page.own))[page.picked]
    right = ~(((label == "page") & (odds > high)) | ((label == "content") & (odds < low)))
    return replace(page, picked=page.picked[right], weight=page.weight[right])


def losses(page: Page, odds: Numbers) -> list[int]:
    """Characters of content that a whole page loses at each of CANDIDATES."""
    chars, lost = page.chars * (page.label == "content"), []
    for threshold in CANDIDATES.tolist() if page.whole else []:
        stays: list[bool] = stays_at(page.own, odds, threshold).tolist()
        if any(stays):
            finish_article(page.lines, page.hits, stays, "")
        lost.append(int(chars[~np.array(stays)].sum()) if any(stays) else 0)
    return lost


def threshold_of(pages: Sequence[Page], lost: Sequence[Sequence[int]]) -> float:
    """The greatest of CANDIDATES up to which no set of pages loses more than its share of LOST."""
    found = len(CANDIDATES)
    for name, most in LOST.items():
        some = [i for i, page in enumerate(pages) if page.set == name and page.whole]
        content = sum((pages[i].chars * (pages[i].label == "content")).sum() for i in some)
        over = np.sum([lost[i] for i in some], axis=0) > most * content
        found = min(found, int(over.argmax()) if over.any() else found)
    return float(CANDIDATES[max(0, found - 1)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write cleaner/judge/page_trees.json")
    options = parser.parse_args()
    pages = read_pages()
    print(f"{len(pages)} pages and copies", flush=True)
    pages = [believed(page, odds) for page, odds in zip(pages, in_folds(pages)[1], strict=True)]
    models, judged = in_folds(pages, PARTS + 1)
    lost = [losses(page, odds) for page, odds in zip(pages, judged, strict=True)]
    stored = {**models.pop(), "threshold": round(threshold_of(pages, lost) * UNIT)}
    print("threshold", stored["threshold"], flush=True)
    if options.write:
        target = ROOT / "cleaner" / "judge" / "page_trees.json"
        target.write_text(json.dumps(stored, separators=(",", ":")).replace("],[", "],\n[") + "\n", "utf-8")
    parsed = []
    for fold, model in enumerate(models):
        others = [i for i, page in enumerate(pages) if page.fold != fold]
        threshold = threshold_of([pages[i] for i in others], [lost[i] for i in others])
        parsed.append(replace(parse_page_model(model), threshold=threshold))
    print("thresholds of the folds", [model.threshold for model in parsed], flush=True)
    report_folds(parsed)


def report_folds(models: Sequence[PageModel]) -> None:
    """Print the table out of fold: pages taken for what they look like, then told that they are pages."""
    score, shipped = load_score(), whole_page.load_page_model
    docs = {name: build_pages(name) for name in PAGE_SETS}
    docs["dev2_multi"] = [doc for doc in read_sets() if is_page(doc)]
    print(HEADER.format("set, out of fold"))
    for kind in ("auto", "page"):

        def out_of_fold(doc: Document, kind: str = kind) -> Spans:
            whole_page.load_page_model = lambda: models[fold_of(doc)]
            return ours(doc, kind)

        for name, chosen in docs.items():
            print(row(score, f"{name}, {kind}", scored(score, chosen, out_of_fold, {*POLICY, "ambiguous"})), flush=True)
    whole_page.load_page_model = shipped


if __name__ == "__main__":
    main()
