"""Fit the judge of lines (cleaner/judge/line_trees.json) and say what it finds on sites that it was not fitted on.

    pip install catboost scipy lxml
    python benchmarks/fit_lines.py [--write] [--quick THRESHOLD]

One command and a fixed seed make the file: the weights of a line alone (ridge regression), then trees over all
features. The labelled articles of all sets are fitted on, and beside them the surroundings of the article on a part of
the labelled whole pages (page_data.py), cut as a careless extractor cuts them. The table is out of fold: folds never
part a site (folds.py), and the thresholds of a fold are chosen on the articles of the other folds, each judged by
trees that were fitted on all folds but its own. The shipped trees are fitted on all articles, and their thresholds are
chosen on all folds. Two processes take some ten minutes.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from folds import PARTS, fold_of
from line_texts import NO_FOLD, Text, content_of, read_all
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from strip import HEADER, POLICY, ROOT, SETS, is_page, language_table, load_score, ours, read_sets, row, scored
from strip_peers import Document, Spans

from cleaner.judge import line_judge
from cleaner.judge.beside import (
    NAMES,
    describe_texts,
    judge_alone,
)
from cleaner.judge.line_features import ALONE, line_features
from cleaner.judge.line_judge import FORMS, UNIT, forms_of, parse_line_trees
from cleaner.judge.lines import Line
from cleaner.phrases.phrases import load_phrases, phrase_languages

Numbers = Any
Folds = frozenset[int]

LOST = {"line": 0.0003, "segment": 0.00006, "marks": 0.00001}
"""Share of the content that the judge may lose beside what the rules lose, by the form of what it is asked."""

WRONG = {"line": 0.04, "segment": 0.006, "marks": 0.006}
"""Wrong lines per article, counted as well since a set may hold few long ones."""

MARGIN = 100
"""Thousandths of log odds by which a threshold stands below what these allow: sites differ more than folds show."""

MOST = {"line": -1000, "segment": -2200, "marks": -1000}
"""No threshold stands above this, whatever the folds allow: out of fold, -600 and -800 for segments lose twice as
much of the later texts of many languages (.058 for .029 %) and find .019 more of their spans. For segments one site
decides: the folds without it give -800, the others -2211. A site of odd tables left the others with +429 for marks, at
which 26 bullets of its lists went."""

NO_THRESHOLDS = dict.fromkeys(FORMS, 0)

RIDGE = 3.0
ENTRY_WEIGHT = 0.05
"""What an entry of a phrase list weighs beside a line of an article."""

SEEDS = (1, 2, 3)
"""The mean of models that differ by chance finds more at equal loss than one: .406 for .373 of the spans of other
languages at .03 % lost."""

TREES: dict[str, Any] = {
    "iterations": 200,
    "depth": 4,
    "learning_rate": 0.1,
    "l2_leaf_reg": 60,
    "subsample": 0.7,
    "rsm": 0.3,
    "bootstrap_type": "Bernoulli",
    "border_count": 64,
    "verbose": 0,
    "thread_count": 1,
    "allow_writing_files": False,
    # what speaks for a line alone, or for its neighbours, never speaks against it: .422 for .410 at .03 % lost
    "monotone_constraints": [int(re.fullmatch(r"alone( [+-]\d)?", name) is not None) for name in NAMES],
}


@cache
def phrase_rows() -> list[tuple[int, ...]]:
    """The entries of the phrase lists of all languages as lines, so that concepts are learned in each of them; without
    the features that say that the lists have their words, which would be true of each."""
    told = {i for i, name in enumerate(ALONE) if name.startswith(("listed ", "share listed "))}
    rows = []
    for language in phrase_languages():
        phrases = load_phrases(language)
        for phrase in phrases.merged.values():
            if phrase.language == language:
                rows.append(tuple(i for i in line_features(Line(0, phrase.text), phrases).alone if i not in told))
    return rows


def fit_alone(texts: Sequence[Text]) -> list[int]:
    """The weights of the features of ALONE, in thousandths, of a ridge regression that tells content from the rest."""
    taken = [(text, text.taken()) for text in texts]
    rows = [indices for text in texts for indices in text.alone()] + [row for _, found in taken for row in found]
    entries = phrase_rows()
    rows += entries
    ends = np.r_[0, np.cumsum([len(row) for row in rows])]
    table = csr_matrix((np.ones(ends[-1]), np.concatenate(rows), ends), shape=(len(rows), len(ALONE)))
    labels = [*(text.label for text in texts), *(np.zeros(len(found)) for _, found in taken), np.zeros(len(entries))]
    sign = np.where(np.concatenate(labels) != 0, 1.0, -1.0)
    weights = [*(text.weight() for text in texts), *(np.full(len(found), text.most()) for text, found in taken)]
    weights.append(np.full(len(entries), ENTRY_WEIGHT))
    weight = np.concatenate(weights)

    def loss(b: Numbers) -> tuple[float, Numbers]:
        margin = (table @ b) * sign
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        return (weight * np.logaddexp(0, -margin)).sum() + RIDGE * (b @ b) / 2, table.T @ slope + RIDGE * b

    found = minimize(loss, np.zeros(len(ALONE)), jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    return [round(float(x) * UNIT) for x in found]


def tables(texts: Sequence[Text], weights: Sequence[int]) -> list[Numbers]:
    """The features of the asked lines of each text (lines x NAMES)."""
    table = describe_texts([text.scored(weights) for text in texts])[1].T
    return np.split(table, np.cumsum([len(text.asked) for text in texts])[:-1])


def alone_without(folds: Folds) -> tuple[Folds, list[int]]:
    """The weights of a line alone, fitted on all texts but those of some folds."""
    return folds, fit_alone([text for text in _TEXTS if text.fold not in folds])


def fit(left_out: Folds) -> dict[str, Any]:
    """Weights and trees that are fitted on all texts but those of some folds, as line_trees.json holds them, with a
    threshold of 0.

    The trees are fitted on judgements of lines alone that were not fitted on these lines, but on the other folds: on
    fitted ones they trust what does not carry over (.348 for .373 of the spans of other languages at .03 % lost).
    """
    texts = [text for text in _TEXTS if text.fold not in left_out]
    rows: dict[int, Numbers] = {}
    for fold in sorted({text.fold for text in texts}):
        part = [text for text in texts if text.fold == fold]
        found = tables(part, _ALONE[left_out | {fold}])
        rows |= {id(text): table[text.picked] for text, table in zip(part, found, strict=True)}
    table, weight = np.concatenate([rows[id(t)] for t in texts]), np.concatenate([t.weight() for t in texts])
    label = np.concatenate([text.label for text in texts])
    use = weight > 0
    pool = Pool(table[use], (label[use] != 0).astype(int), weight=weight[use], feature_names=list(NAMES))
    parts = []
    for seed in SEEDS:
        model = CatBoostClassifier(**TREES, random_seed=seed)
        model.fit(pool)
        parts.append(exported(model))
    alone = {name: w for name, w in zip(ALONE, _ALONE[left_out], strict=True) if w}
    return {"made": f"benchmarks/fit_lines.py, catboost {version('catboost')}", **joined(parts), "alone": alone}


def exported(model: CatBoostClassifier) -> dict[str, Any]:
    """The trees of a model; leaves in thousandths, limits as whole numbers that a feature must be above."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "trees.json"
        model.save_model(str(target), format="json")
        stored = json.loads(target.read_text("utf-8"))
    scale, (bias,) = stored["scale_and_bias"]
    trees, depth = stored["oblivious_trees"], TREES["depth"]
    split, limit, leaf = [], [], []
    for tree in trees:
        spare = depth - len(tree["splits"])  # a level that is never above
        split.append([s["float_feature_index"] for s in tree["splits"]] + [0] * spare)
        limit.append([int(s["border"] // 1) for s in tree["splits"]] + [10**9] * spare)
        values = [round(scale * x * UNIT / len(SEEDS)) for x in tree["leaf_values"]]
        leaf.append(values * (1 << spare))
    return {"base": round(bias * UNIT), "split": split, "limit": limit, "leaf": leaf}


def joined(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean of the models of several seeds as one."""
    whole = {key: [tree for part in parts for tree in part[key]] for key in ("split", "limit", "leaf")}
    used = sorted({column for tree in whole["split"] for column in tree})
    whole["split"] = [[used.index(column) for column in tree] for tree in whole["split"]]
    base = sum(part["base"] for part in parts) // len(parts)
    return {"base": base, "threshold": NO_THRESHOLDS, "features": [NAMES[i] for i in used], **whole}


@dataclass
class Judged:
    """The asked lines of articles that the trees were not fitted on: odds, form, label and characters of content."""

    odds: Numbers
    form: Numbers
    label: Numbers
    chars: Numbers


def judged(texts: Sequence[Text], stored: dict[str, Any]) -> Judged:
    """What trees say of the lines of articles, of those that the judge is asked of."""
    trees = parse_line_trees({**stored, "threshold": NO_THRESHOLDS})
    texts = [t for t in texts if t.view not in ("rest", "silent") and judge_alone(t.ruled, trees.alone)]
    found = [table[text.picked].T for text, table in zip(texts, tables(texts, trees.alone), strict=True)]
    table = np.concatenate(found, axis=1)
    labels, chars = (np.concatenate([getattr(text, name) for text in texts]) for name in ("label", "chars"))
    return Judged(trees.odds(table), forms_of(table), labels, chars)


def thresholds(parts: Sequence[Judged], articles: Sequence[Document]) -> dict[str, int]:
    """The greatest threshold of each form, up to MOST, at which no more is taken from all of `parts` than LOST of the
    content and WRONG lines per article."""
    content = sum(map(content_of, articles))
    odds, form, label, chars = (
        np.concatenate([getattr(p, name) for p in parts]) for name in ("odds", "form", "label", "chars")
    )
    found = {}
    for i, name in enumerate(FORMS):
        own = form == i
        order = np.argsort(odds[own], kind="stable")
        lost, wrong = np.cumsum(chars[own][order]), np.cumsum((label[own] == 1)[order])
        allowed = LOST[name] * content, WRONG[name] * len(articles)
        at = min(np.searchsorted(lost, allowed[0], "right"), np.searchsorted(wrong, allowed[1], "right"))
        found[name] = min(MOST[name], int(odds[own][order[min(at, len(order) - 1)]]) - MARGIN)
    return found


def out_of_fold(fold: int) -> tuple[dict[str, Any], Judged]:
    """Trees fitted on all other folds, and what they say of the articles of a fold."""
    model = fit(frozenset({fold}))
    return model, judged([text for text in _TEXTS if text.fold == fold and text.article], model)


_TEXTS: list[Text] = []
"""All texts, read once for all processes."""

_ALONE: dict[Folds, list[int]] = {}
"""The weights of a line alone by the folds that they were not fitted on: each pair of folds serves two models."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write cleaner/judge/line_trees.json")
    parser.add_argument("--quick", type=int, help="fit on all with this threshold, without the table out of fold")
    options = parser.parse_args()
    _TEXTS.extend(read_all())
    docs = read_sets()
    print(f"{len(_TEXTS)} texts, {sum(text.article for text in _TEXTS)} of them articles", flush=True)
    folds = range(PARTS) if options.quick is None else range(0)
    left_out = [frozenset[int](), *(frozenset({k}) for k in folds)]
    needed = {without | {fold} for without in left_out for fold in (NO_FOLD, *range(PARTS))}
    with get_context("fork").Pool(2) as pool:
        _ALONE.update(pool.map(alone_without, sorted({*left_out, *needed}, key=sorted), chunksize=1))
    with get_context("fork").Pool(2) as pool:
        found = pool.map_async(out_of_fold, folds, chunksize=1)
        shipped = pool.apply_async(fit, left_out[:1]) if options.write else None
        threshold = dict.fromkeys(FORMS, options.quick)
        if options.quick is None:
            parts, articles = [part for _, part in found.get()], [doc for doc in docs if not is_page(doc)]
            report_folds([model for model, _ in found.get()], parts, docs, articles)
            threshold = thresholds(parts, articles)
            print("thresholds of all", threshold)
        if shipped is not None:
            stored = {**shipped.get(), "threshold": threshold}
            target = ROOT / "cleaner" / "judge" / "line_trees.json"
            target.write_text(json.dumps(stored, separators=(",", ":")).replace("],[", "],\n[") + "\n", "utf-8")


def report_folds(
    models: Sequence[dict[str, Any]], parts: Sequence[Judged], docs: Sequence[Document], articles: Sequence[Document]
) -> None:
    """Print the table out of fold; the thresholds of a fold are chosen on the others."""
    parsed = []
    for k, model in enumerate(models):
        others = [part for fold, part in enumerate(parts) if fold != k]
        chosen = thresholds(others, [doc for doc in articles if fold_of(doc) != k])
        print("thresholds", k, chosen, flush=True)
        parsed.append(parse_line_trees({**model, "threshold": chosen}))
    score, shipped = load_score(), line_judge.load_line_trees

    def by_others(doc: Document) -> Spans:
        line_judge.load_line_trees = lambda: parsed[fold_of(doc)]
        return ours(doc)

    results = scored(score, docs, by_others, POLICY)
    line_judge.load_line_trees = shipped
    print(HEADER.format("set, out of fold"))
    for name, belongs in SETS:
        chosen = [result for doc, result in zip(docs, results, strict=True) if belongs(doc)]
        print(row(score, name, chosen), flush=True)
    print("\n".join(language_table(score, list(zip(docs, results, strict=True)))), flush=True)


if __name__ == "__main__":
    main()
