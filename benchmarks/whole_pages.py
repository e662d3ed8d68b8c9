"""Whole pages rendered as text, beside the peers; what could be reached at all; texts taken for pages; speed.

    python benchmarks/whole_pages.py [--peers] [--write]

The labelled pages are made from the data in the folder CLEANER_BENCH (default: ../shared/bench beside the
repository), which takes a minute: those of wcxb (English), daniel (Chinese, English, Greek, Polish, Russian) and
indonesia, and the whole pages of the labelled articles (dev2_multi, 13 languages). The trees of the cleaner are fitted
on all of them; what they find on sites that they were not fitted on is the table of benchmarks/fit_page_lines.py.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import date
from time import process_time
from types import ModuleType

from page_data import PAGE_SETS, build_pages, labels_of
from strip import (
    DATA,
    HEADER,
    POLICY,
    ROOT,
    installed,
    is_page,
    load_score,
    ours,
    peer_table,
    read_sets,
    row,
    scored,
)
from strip_peers import Document, Peer, Spans, by_line, c4_stays, fixed_stays, justext_removes, refined_web_stays

from cleaner.judge.features import best_segment
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.strip import strip

TOOLS: tuple[tuple[str, Peer], ...] = (
    ("C4 line rules", by_line(c4_stays)),
    ("RefinedWeb line rules", by_line(refined_web_stays)),
    ("jusText classes on lines", justext_removes),
    ("list of fixed phrases", by_line(fixed_stays)),
    ("cleaner", lambda doc: ours(doc, "text")),
)
IGNORED = {*POLICY, "ambiguous"}


def best_block(cost: float) -> Callable[[Document], Spans]:
    """What the labels themselves allow: the one block with the most content, a character of cruft costing so much."""

    def removed(doc: Document) -> Spans:
        lines = labels_of(doc)
        value = {"content": 1.0, "page": -cost}
        start, stop = best_segment([value.get(kind, 0.0) * (b - a) for a, b, kind in lines])
        return [[a, b] for i, (a, b, _) in enumerate(lines) if not start <= i < stop]

    return removed


def set_table(score: ModuleType, sets: dict[str, Sequence[Document]]) -> list[str]:
    """The pages of each set, taken for what they look like, and told that they are pages."""
    out = [HEADER.format("set")]
    for name, docs in sets.items():
        out.append(row(score, name, scored(score, docs, ours, IGNORED)))
        out.append(row(score, f"{name}, told that it is a page", scored(score, docs, as_page, IGNORED)))
    for language in sorted({doc["language"] for doc in sets["daniel"]}):
        some = [doc for doc in sets["daniel"] if doc["language"] == language]
        out.append(row(score, f"daniel, {language}", scored(score, some, ours, IGNORED)))
    return out


def peers_on(score: ModuleType, docs: Sequence[Document]) -> list[str]:
    """The peers on the pages of wcxb, and what the labels themselves allow."""
    out = peer_table(score, docs, IGNORED, "page")
    for cost in (0.1, 1.0):
        name = f"by the labels: best block, cruft costs {cost}"
        out.append(row(score, name, scored(score, docs, best_block(cost), IGNORED)))
    return out


def taken(sets: dict[str, Sequence[Document]], articles: Sequence[Document]) -> list[str]:
    """How many of the pages, and of the extracted articles, are taken for pages without being told."""
    out = ["| texts | number | taken for a page |", "|---|---|---|"]
    corpus = [path.read_text("utf-8", "replace") for path in sorted((ROOT / "corpus" / "raw").rglob("*.txt"))]
    groups = {**sets, "labelled articles": articles}
    kinds = {name: [strip(d["text"], language=d["language"]).input_kind for d in docs] for name, docs in groups.items()}
    kinds["texts of corpus/raw"] = [strip(text).input_kind for text in corpus]
    return out + [f"| {name} | {len(found)} | {found.count('page')} |" for name, found in kinds.items()]


def as_page(doc: Document) -> Spans:
    return ours(doc, "page")


def content_alone(docs: Sequence[Document], tools: Sequence[tuple[str, Peer]]) -> list[str]:
    """What goes of the content lines of the pages alone, as a good extractor would leave them: all of it is lost,
    but for the few labels and pointers ("Read more: ...") that the labels count as content."""
    out = ["| tool | articles | characters gone | articles left untouched |", "|---|---|---|---|"]
    texts = [
        (doc["language"], "\n".join(doc["text"][a:b] for a, b, kind in labels_of(doc) if kind == "content"))
        for doc in docs
    ]
    alone = [{"id": str(i), "language": language, "text": text} for i, (language, text) in enumerate(texts)]
    for name, tool in tools:
        gone = [[doc["text"][a:b] for a, b in tool(doc)] for doc in alone]
        share = sum(map(_visible_chars, map("".join, gone))) / sum(_visible_chars(doc["text"]) for doc in alone)
        untouched = sum(not "".join(spans).strip() for spans in gone) / len(alone)
        out.append(f"| {name} | {len(alone)} | {100 * share:.3f} % | {100 * untouched:.1f} % |")
    return out


def _visible_chars(text: str) -> int:
    return len("".join(text.split()))


def speed(docs: Sequence[Document]) -> list[str]:
    """MB of UTF-8 per second of CPU on one core, best of three; lists and trees loaded before."""
    phrases = load_phrases("en")

    def rate(texts: Sequence[str]) -> float:
        size, best = sum(len(text.encode()) for text in texts), 1e9
        for _ in range(3):
            begin = process_time()
            for text in texts:
                strip(text, phrases=phrases, input_kind="page")
            best = min(best, process_time() - begin)
        return size / 1e6 / best

    texts = [doc["text"] for doc in docs[:100]]
    out = ["| input | MB/s |", "|---|---|", f"| 100 pages | {rate(texts):.2f} |"]
    for times in (1, 10, 100):
        long = "\n".join(texts[:5] * times)
        out.append(f"| one page of {len(long.encode()) // 1000} kB | {rate([long]):.2f} |")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="the peers and the best block too (some minutes)")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/whole_pages.md")
    options = parser.parse_args()
    if not (DATA / "textcruft" / "build_pages.py").is_file():
        sys.exit(f"The labelled data are not in {DATA}. Set CLEANER_BENCH to the folder that holds textcruft/.")
    score, labelled = load_score(), read_sets()
    sets: dict[str, Sequence[Document]] = {name: build_pages(name) for name in PAGE_SETS}
    sets["dev2_multi"] = [doc for doc in labelled if is_page(doc)]
    docs, articles = sets["wcxb"], [doc for doc in labelled if not is_page(doc)]
    names = ", ".join(installed(name) for name in ("cruftless", "justext", "trafilatura", "numpy"))
    command = " ".join(["benchmarks/whole_pages.py", *sys.argv[1:]])
    report = [
        "# Whole pages rendered as text", "", f"`python {command}` on {date.today()}, Python "
        f"{platform.python_version()}, {names}. Content lost comes first; ambiguous lines are not scored.", "",
        *set_table(score, sets), "",
        *(["## Beside the peers: wcxb", "", *peers_on(score, docs), ""] if options.peers else []),
        "## Told without being told", "", *taken(sets, articles), "",
        "## The content lines of wcxb alone, as extracted text", "", *content_alone(docs, TOOLS), "",
        "## Speed, one core", "", *speed(docs),
    ]  # fmt: skip
    text = "\n".join(report) + "\n"
    print(text)
    if options.write:
        (ROOT / "benchmarks" / "results" / "whole_pages.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
