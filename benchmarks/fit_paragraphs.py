"""Fit the trees that judge the paragraphs of HTML pages, and say what they reach on sites that they have not seen.

    pip install catboost lxml
    python benchmarks/fit_paragraphs.py [--write]

Reads the labelled pages of CLEANER_BENCH/extraction (default: ../shared/bench beside the repository): wcxb, daniel and
indonesia. Of these only numbers enter the package. A paragraph is labelled by the 4-word shingles that it shares with
the gold text. Sites are parted in four; the figures come from trees fitted without the site's part. --write replaces
cleaner/judge/paragraph_trees.json by trees fitted on all pages.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from catboost import CatBoostClassifier, Pool
from extract import BENCH, OTHER_SETS, ends_lost, is_over_twice
from fit_page_lines import exported

from cleaner.extract.blocks import Blocks
from cleaner.extract.page import read_page
from cleaner.extract.paragraph_features import Features, paragraph_features
from cleaner.extract.paragraphs import Hints, find_article, hints_of
from cleaner.judge.character_counts import Numbers

TARGET = Path(__file__).parents[1] / "cleaner" / "judge" / "paragraph_trees.json"
SETS = ("wcxb-dev", *OTHER_SETS)
PARTS = 4
SHINGLE = 4
IN_GOLD, NOT_IN_GOLD = 0.7, 0.25
"""Shares of a paragraph's shingles from which it is the article's, and up to which it is not; others are not fitted."""
POWER = 0.6
"""A paragraph weighs as its words to this power, over the root of what all of its page weigh: a page of ten thousand
words does not count as a hundred of a hundred words."""
COUNTS = {"indonesia-dev": 4}
"""Pages that stand for more than they are: the few of the sites that readers of this project bring first."""
SAMPLE = 90
"""Paragraphs of each label that are fitted of a page. With all of them the fit takes three times as long and F1 differs
by less than .001 on any set."""
DOUBTED = (-3.0, 2.0)
"""Labels of the article's paragraphs below these log odds, and of others above them, of a fit made without their site
are not fitted on: gold texts that end early, or lack code and captions."""
GAPS = ("wcxb-dev",)
TREES = {
    "iterations": 200,
    "depth": 6,
    "learning_rate": 0.15,
    "l2_leaf_reg": 40,
    "subsample": 0.6,
    "rsm": 0.15,
    "bootstrap_type": "Bernoulli",
    "border_count": 64,
    "random_seed": 1,
    "verbose": 0,
    "thread_count": 2,
    "allow_writing_files": False,
}


@dataclass
class Page:
    """A labelled page with an element for each paragraph: its `label` (1, 0, or -1 for unknown), words, row of
    features; and what is known beside them."""

    group: str
    kind: str
    language: str
    part: int
    gold: str
    blocks: Blocks
    hints: Hints
    label: Numbers
    words: Numbers
    table: Numbers

    def weight(self) -> Numbers:
        weight = np.maximum(1, self.words) ** POWER
        return COUNTS.get(self.group, 1) * weight / np.sqrt(weight.sum())


def label_paragraphs(gold: str, blocks: Blocks, words_of: Any) -> tuple[Numbers, Numbers]:
    """Return for each paragraph whether the gold text has it, and its number of words.

    A link with the text of another paragraph is not its own: the headline comes again in lists of other articles.
    """
    unlinked = {text for text, linked in zip(blocks.texts, blocks.link_chars, strict=True) if linked < len(text)}
    gold_words = words_of(gold.lower())
    shingles = set(zip(*(gold_words[i:] for i in range(SHINGLE)), strict=False))
    joined = f" {' '.join(gold_words)} "
    lines = {" ".join(words_of(line.lower())) for line in gold.split("\n")}
    labels, sizes = [], []
    for text, linked in zip(blocks.texts, blocks.link_chars, strict=True):
        words = words_of(text.lower())
        sizes.append(len(words))
        if linked == len(text) and text in unlinked:
            labels.append(0)
            continue
        own = list(zip(*(words[i:] for i in range(SHINGLE)), strict=False))
        if own:
            share = sum(shingle in shingles for shingle in own) / len(own)
            labels.append(1 if share >= IN_GOLD else 0 if share <= NOT_IN_GOLD else -1)
        else:  # too short for a shingle: a line of the gold text, or no part of it
            said = " ".join(words)
            labels.append(-1 if not words else 1 if said in lines else -1 if f" {said} " in joined else 0)
    return np.array(labels), np.array(sizes)


def load_pages() -> tuple[list[Page], list[str]]:
    """Return the labelled pages, and the names of their features in order."""
    sys.path.insert(0, str(BENCH))
    datasets, metrics = importlib.import_module("datasets"), importlib.import_module("metrics")
    pages, names = [], list[str]()
    for group in SETS:
        for page in datasets.load(group, BENCH / group.partition("-")[0]):
            reading = read_page(datasets.decode(page.html), page.url)
            texts = reading.blocks.texts
            if not texts or not page.gold.strip():
                continue
            features: Features = paragraph_features(reading.blocks, reading.content, reading.facts)
            names = names or list(features)
            table = np.column_stack([features[name] for name in names]).astype(np.float32)
            hints = hints_of(reading.blocks, reading.content, reading.facts, features)
            site = ".".join((urlsplit(page.url).hostname or page.id).split(".")[-2:])
            part = zlib.crc32(site.encode()) % PARTS
            label, words = label_paragraphs(page.gold, reading.blocks, metrics.words)
            pages.append(Page(group, page.kind, page.lang, part, page.gold, reading.blocks, hints, label, words, table))
    return pages, names


def sampled(page: Page, label: Numbers, random: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return the numbers of the paragraphs that are fitted, the longer ones more often, and their weights."""
    weight, chosen, weights = page.weight(), [], []
    for value in (0, 1):
        some = np.flatnonzero(label == value)
        chance = np.minimum(1, SAMPLE * weight[some] / max(1e-9, weight[some].sum())) if len(some) > SAMPLE else 1.0
        taken = random.random(len(some)) < chance
        chosen.append(some[taken])
        weights.append((weight[some] / chance)[taken])
    return np.concatenate(chosen), np.concatenate(weights)


def fit(pages: Sequence[Page], labels: Sequence[Numbers], names: list[str]) -> CatBoostClassifier:
    random = np.random.default_rng(1)
    taken = [sampled(page, label, random) for page, label in zip(pages, labels, strict=True)]
    table = np.concatenate([page.table[rows] for page, (rows, _) in zip(pages, taken, strict=True)])
    label = np.concatenate([label[rows] for label, (rows, _) in zip(labels, taken, strict=True)])
    model = CatBoostClassifier(**TREES)
    model.fit(Pool(table, label, weight=np.concatenate([weight for _, weight in taken]), feature_names=names))
    return model


def left_out_in_turn(pages: Sequence[Page], labels: Sequence[Numbers], names: list[str]) -> list[Numbers]:
    """Return the odds of each page's paragraphs by trees fitted without its part of the sites."""
    odds: list[Numbers] = [np.zeros(0)] * len(pages)
    for part in range(PARTS):
        rest = [i for i, page in enumerate(pages) if page.part != part]
        model = fit([pages[i] for i in rest], [labels[i] for i in rest], names)
        for i, page in enumerate(pages):
            if page.part == part:
                odds[i] = np.asarray(model.predict(page.table, prediction_type="RawFormulaVal"))
    return odds


def believed(page: Page, odds: Numbers) -> Numbers:
    """Return the labels without those that `odds` contradict firmly, of a set whose gold texts have gaps."""
    if page.group not in GAPS:
        return page.label
    low, high = DOUBTED
    wrong = ((page.label == 1) & (odds < low)) | ((page.label == 0) & (odds > high))
    return np.where(wrong, -1, page.label)


def report(pages: Sequence[Page], odds: Sequence[Numbers]) -> None:
    """Print F1 of 4-word shingles for each set and language, and the pages that are too large or lost an end."""
    metrics = importlib.import_module("metrics")
    texts = [
        "\n".join(page.blocks.texts[j] for j in find_article(page.blocks, z, page.hints))
        for page, z in zip(pages, odds, strict=True)
    ]
    groups: dict[str, list[int]] = {}
    for i, page in enumerate(pages):
        of_page = [
            page.group,
            f"{page.group} {page.language}" if page.group == "daniel-dev" else f"{page.group} {page.kind}",
        ]
        for name in of_page:
            groups.setdefault(name, []).append(i)
    for name, some in sorted(groups.items()):
        found = metrics.shingle_report([(pages[i].gold, texts[i]) for i in some], 0)
        words = metrics.word_report([(pages[i].gold, texts[i]) for i in some])
        twice = sum(is_over_twice(pages[i].gold, texts[i]) for i in some)
        head, tail = (sum(lost) for lost in zip(*(ends_lost(pages[i].gold, texts[i]) for i in some), strict=True))
        print(
            f"{name}: {len(some)} pages, F1 {found['f1']:.4f}, precision {found['p']:.4f}, recall {found['r']:.4f}, "
            f"of words {words['f1']:.4f}, over twice the gold {twice / len(some):.1%}, "
            f"prose lost at the head {head}, at the tail {tail}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write cleaner/judge/paragraph_trees.json")
    parser.add_argument("--only-write", action="store_true", help="write the trees without a report on unseen sites")
    options = parser.parse_args()
    if not (BENCH / "wcxb").is_dir():
        sys.exit(f"The labelled pages are not at {BENCH}; set CLEANER_BENCH to their folder.")
    pages, names = load_pages()
    doubts = left_out_in_turn(pages, [page.label for page in pages], names)
    labels = [believed(page, z) for page, z in zip(pages, doubts, strict=True)]
    if not options.only_write:
        report(pages, left_out_in_turn(pages, labels, names))
    if options.write or options.only_write:
        model = fit(pages, labels, names)
        trees = {"catboost": version("catboost"), **exported(model)}
        TARGET.write_text(json.dumps(trees, separators=(",", ":")).replace("],[", "],\n[") + "\n", "utf-8")
        importance = sorted(zip(model.get_feature_importance(), names, strict=True))
        print("Least asked:", ", ".join(f"{name} {value:.2f}" for value, name in importance if value < 0.1))


if __name__ == "__main__":
    main()
