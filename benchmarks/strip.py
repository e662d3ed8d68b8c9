"""Cruft stripping on labelled articles, by set and language, beside the peers, and its speed; whole pages are in
benchmarks/whole_pages.py.

    python benchmarks/strip.py [--write] [--quick] [--losses FILE]

The labelled data are read from the folder CLEANER_BENCH (default: ../shared/bench beside the repository); without
them the benchmark says so. Content lost is the first figure of each table. `--quick` leaves out peers, rules and speed.
`--losses` writes what was lost and what was left, line by line, to a file for reading; it holds the publishers' texts
and stays out of the repository.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any

from strip_peers import PEERS, Document, Peer, Spans

from cleaner.article import Removal
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.line_rules import forget_lines
from cleaner.strip.strip import strip

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CLEANER_BENCH", ROOT.parent / "shared" / "bench"))
POLICY = {"title", "caption", "authorbio"}
FILES = ("dev", "dev2_id", "dev2_id_extra", "dev2_multi")
LEAST = 8
"""A language with fewer articles gets no row of its own."""


def is_page(doc: Document) -> bool:
    """Whether an article of the sets is a whole page rendered as text."""
    return str(doc["source"]).endswith("via resifull")


SETS: tuple[tuple[str, Callable[[Document], bool]], ...] = (
    ("dev, Indonesian", lambda doc: doc["set"] == "dev" and doc["language"] == "id"),
    ("dev, Malay", lambda doc: doc["set"] == "dev" and doc["language"] == "ms"),
    ("dev, other languages", lambda doc: doc["set"] == "dev" and doc["language"] not in ("id", "ms")),
    ("dev2_id", lambda doc: doc["set"] == "dev2_id"),
    ("dev2_id_extra", lambda doc: doc["set"] == "dev2_id_extra"),
    ("dev2_multi without whole pages", lambda doc: doc["set"] == "dev2_multi" and not is_page(doc)),
    ("dev2_multi, whole pages", is_page),
)


def ours(doc: Document, kind: str = "auto") -> Spans:
    return [[r.start, r.end] for r in strip(doc["text"], language=doc["language"], input_kind=kind).removals]


# ---- scores


def load_score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("textcruft_score", DATA / "textcruft" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path: Path) -> list[Document]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_sets(names: Iterable[str] = FILES) -> list[Document]:
    """The articles of all labelled sets, each with the name of its file under "set"."""
    return [{**doc, "set": name} for name in names for doc in read(DATA / "textcruft" / f"{name}.jsonl")]


def scored(score: ModuleType, docs: Sequence[Document], peer: Peer, policy: set[str]) -> list[dict[str, Any]]:
    """The results of `score.score_doc`, each with the number of lines that lost content as "lines lost"."""
    out = []
    for doc in docs:
        removed = peer(doc)
        result = score.score_doc(doc, {"id": doc["id"], "removed": removed}, policy)
        spans = lost_spans(doc, removed) if result["lost"] else []
        result["lines lost"] = len({doc["text"].count("\n", 0, at) for a, b in spans for at in _inked_lines(doc, a, b)})
        out.append(result)
    return out


def _inked_lines(doc: Document, start: int, end: int) -> Iterator[int]:
    """An offset in each line of a span that holds more than white space."""
    at = start
    for part in doc["text"][start:end].split("\n"):
        if part.strip():
            yield at
        at += len(part) + 1


def lost_spans(doc: Document, removed: Spans) -> list[tuple[int, int]]:
    """The spans of content, white space aside, that `removed` takes."""
    marked = bytearray(len(doc["text"]))
    for a, b in removed:
        marked[a:b] = b"\1" * (b - a)
    for a, b, _ in doc["spans"]:
        marked[a:b] = bytes(b - a)
    spans, at = [], marked.find(1)
    while at >= 0:
        end = marked.find(0, at)
        end = end if end >= 0 else len(marked)
        if doc["text"][at:end].strip():
            spans.append((at, end))
        at = marked.find(1, end)
    return spans


def cell(value: float | None, percent: bool = False) -> str:
    return "-" if value is None else f"{100 * value:.1f} %" if percent else f"{value:.3f}"


HEADER = (
    "| {} | articles | lost | lines lost | R span | R char | P char | perfect | at the start | clean untouched |\n|"
    + "---|" * 10
)


def row(score: ModuleType, name: str, results: list[dict[str, Any]]) -> str:
    s = score.summary(results)
    lines = sum(result["lines lost"] for result in results)
    cells = [f"{s['content_lost_percent'] or 0:.3f} %", str(lines), cell(s["span_recall"]), cell(s["char_recall"])]
    cells += [cell(s["char_precision"]), cell(s["perfect"], True), cell(s["already_clean"], True)]
    return f"| {name} | {len(results)} | " + " | ".join([*cells, cell(s["clean_untouched"], True)]) + " |"


# ---- tables


Pairs = Sequence[tuple[Document, dict[str, Any]]]
"""Articles, each with its result."""


def set_table(score: ModuleType, pairs: Pairs) -> list[str]:
    out = [HEADER.format("set")]
    for name, belongs in SETS:
        out.append(row(score, name, [result for doc, result in pairs if belongs(doc)]))
    return out


def language_table(score: ModuleType, pairs: Pairs) -> list[str]:
    """All sets together, without whole pages."""
    out = [HEADER.format("language")]
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for doc, result in pairs:
        if not is_page(doc):
            groups[doc["language"]].append(result)
    large = {language: results for language, results in groups.items() if len(results) >= LEAST}
    for language, results in sorted(large.items(), key=lambda item: (-len(item[1]), item[0])):
        out.append(row(score, language, results))
    rest = [result for language, results in groups.items() if language not in large for result in results]
    return [*out, row(score, f"{len(groups) - len(large)} others", rest)]


def peer_table(score: ModuleType, docs: Sequence[Document], policy: set[str], kind: str) -> list[str]:
    out = [HEADER.format("tool")]
    for name, peer in (*PEERS, ("cleaner", lambda doc: ours(doc, kind))):
        absent = f"| {name} | absent: pip install trafilatura |" + " - |" * 8
        out.append(row(score, name, scored(score, docs, peer, policy)) if peer else absent)
    return out


def kind_table(pairs: Pairs) -> list[str]:
    """What is found of each kind, without whole pages."""
    header = "| kind | id, ms: spans | found | R span | other languages: spans | found | R span |"
    out = [header, "|---|---|---|---|---|---|---|"]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for doc, result in pairs:
        side = 0 if doc["language"] in ("id", "ms") else 2
        for kind, (spans, found, *_) in {} if is_page(doc) else result["kinds"].items():
            counts[kind][side] += spans
            counts[kind][side + 1] += found
    for kind, (a, b, c, d) in sorted(counts.items(), key=lambda item: -item[1][0] - item[1][2]):
        note = " (not scored)" if kind in POLICY else ""
        out.append(
            f"| {kind}{note} | {a} | {b} | {cell(b / a if a else None)} | {c} | {d} | {cell(d / c if c else None)} |"
        )
    return out


def rule_table(docs: Sequence[Document]) -> list[str]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for doc in docs:
        kinds: list[str | None] = [None] * len(doc["text"])
        for start, end, kind in doc["spans"]:
            kinds[start:end] = [kind] * (end - start)
        for r in strip(doc["text"], language=doc["language"]).removals:
            ink = [i for i in range(r.start, r.end) if not doc["text"][i].isspace()]
            tally = counts[r.rule]
            tally[0] += 1
            tally[1] += sum(kinds[i] is not None and kinds[i] not in POLICY for i in ink)
            tally[2] += sum(kinds[i] is None for i in ink)
    counts.pop("space", None)
    out = ["| rule | removals | content characters | cruft characters | precision |", "|---|---|---|---|---|"]
    for rule, (n, good, bad) in sorted(counts.items(), key=lambda item: -item[1][0]):
        out.append(f"| {rule} | {n} | {bad} | {good} | {cell(good / (good + bad) if good + bad else None)} |")
    return out


def speed_table(docs: Sequence[Document]) -> list[str]:
    """MB of UTF-8 per second of CPU on one core, best of five; lists loaded before."""
    phrases = {doc["language"]: load_phrases(doc["language"]) for doc in docs}

    def rate(texts: list[tuple[str, str]], anew: bool = True) -> float:
        size, best = sum(len(text.encode()) for text, _ in texts), 1e9
        for _ in range(5):
            if anew:
                forget_lines()
            begin = process_time()
            for text, language in texts:
                strip(text, phrases=phrases[language], input_kind="text")
            best = min(best, process_time() - begin)
        return size / 1e6 / best

    out = ["| input | MB/s |", "|---|---|"]
    out.append(f"| labelled articles, {len(docs)} | {rate([(d['text'], d['language']) for d in docs]):.1f} |")
    out.append(f"| the same, every line seen before | {rate([(d['text'], d['language']) for d in docs], False):.1f} |")
    clean = [(d["text"], d["language"]) for d in docs if not d["spans"]]
    out.append(f"| of these without cruft, {len(clean)} | {rate(clean):.1f} |")
    short = [(text, language) for text, language in clean if len(text) < 1_500]
    out.append(f"| of those under 1.5 kB, {len(short)} | {rate(short):.1f} |")
    base = "\n\n".join(text for text, language in clean if language == "id")
    for size in (300, 1_000, 10_000, 100_000, 1_000_000, 10_000_000):
        text = base * (max(size, 30_000) // len(base) + 1)
        starts = range(0, max(size, 30_000) - size + 1, size)  # a single small text is over before the clock moves
        parts = [text[start : start + size] for start in starts]
        out.append(f"| {size:,} B, lines | {rate([(part, 'id') for part in parts]):.1f} |")
        out.append(f"| {size:,} B, one line | {rate([(part.replace(chr(10), ' '), 'id') for part in parts]):.1f} |")
    return out


def losses(docs: Sequence[Document]) -> Iterator[str]:
    """What was lost, then what was left: set, id, language, rule or kind, and the span with its surroundings."""
    left: list[str] = []
    for doc in docs:
        text, where = doc["text"], f"{doc['set']} {doc['id']} {doc['language']}"
        removals = strip(text, language=doc["language"]).removals
        for a, b in lost_spans(doc, [[r.start, r.end] for r in removals]):
            yield f"LOST {where} {'+'.join(_rules_in(removals, a, b))}: {_shown(text, a, b)}"
        gone = bytearray(len(text))
        for r in removals:
            gone[r.start : r.end] = b"\1" * (r.end - r.start)
        for a, b, kind in doc["spans"]:
            if kind not in POLICY and not all(gone[i] or text[i].isspace() for i in range(a, b)):
                left.append(f"LEFT {where} {kind}: {_shown(text, a, b)}")
    yield from left


def _rules_in(removals: Sequence[Removal], start: int, end: int) -> list[str]:
    return sorted({r.rule for r in removals if r.start < end and r.end > start and r.rule != "space"})


def _shown(text: str, start: int, end: int, around: int = 80) -> str:
    before, after = text[max(0, start - around) : start], text[end : end + around]
    return f"{before!r} [[{text[start:end]!r}]] {after!r}"


def installed(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} absent"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/strip.md")
    parser.add_argument("--quick", action="store_true", help="by set, language and kind only (some seconds)")
    parser.add_argument("--losses", metavar="FILE", help="write what was lost and what was left to FILE")
    options = parser.parse_args()
    if not (DATA / "textcruft" / "dev.jsonl").is_file():
        sys.exit(f"The labelled data are not in {DATA}. Set CLEANER_BENCH to the folder that holds textcruft/.")
    score, docs = load_score(), read_sets()
    if options.losses:
        Path(options.losses).write_text("\n".join(losses(docs)) + "\n", "utf-8")
    pairs = list(zip(docs, scored(score, docs, ours, POLICY), strict=True))
    names = ", ".join(installed(name) for name in ("cruftless", "justext", "trafilatura"))
    report = [
        "# Cruft stripping", "", f"`python {' '.join(['benchmarks/strip.py', *sys.argv[1:]])}` on {date.today()}, "
        f"Python {platform.python_version()}, {names}. Content lost comes first. A line is lost when content goes from "
        "it.", "", "## By set", "", *set_table(score, pairs), "", f"## By language with {LEAST} articles or more, all "
        "sets without whole pages", "", *language_table(score, pairs), "", "## By kind, without whole pages", "",
        *kind_table(pairs),
    ]  # fmt: skip
    if not options.quick:
        for name in FILES:
            some = [doc for doc in docs if doc["set"] == name and not is_page(doc)]
            report += ["", f"## Beside the peers: {name}, without whole pages", ""]
            report += peer_table(score, some, POLICY, "auto")
        report += ["", "## By rule", "", *rule_table(docs), ""]
        report += (ROOT / "benchmarks" / "data" / "strip_notes.md").read_text("utf-8").splitlines()  # by hand
        report += ["", "## Speed on the articles of dev, one core", ""]
        report += speed_table([doc for doc in docs if doc["set"] == "dev"])
    text = "\n".join(report) + "\n"
    print(text)
    if options.write:
        (ROOT / "benchmarks" / "results" / "strip.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
