"""Cruft stripping on labelled articles, beside the peers, and its speed; whole pages: benchmarks/whole_pages.py.

    python benchmarks/strip.py [--write]

The labelled data are read from the folder CLEANER_BENCH (default: ../shared/bench beside the repository); without
them the benchmark says so. A fifth of the sites, chosen by a hash of the host, is told apart: no rule was tuned on it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any

from cleaner.phrases.phrases import load_phrases
from cleaner.strip.line_rules import forget_lines
from cleaner.strip.strip import strip

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CLEANER_BENCH", ROOT.parent / "shared" / "bench"))
POLICY = {"title", "caption", "authorbio"}
Document = dict[str, Any]
Spans = list[list[int]]
Peer = Callable[[Document], Spans]


def held_back(doc: Document) -> bool:
    """Whether an article belongs to the fifth of sites that tuning never saw; unknown sites go by article."""
    host = re.sub(r"^(https?://)?(www\.|m\.)?", "", (doc.get("site") or "").strip().lower()).split("/")[0]
    return hashlib.sha256((host or doc["id"]).encode()).digest()[0] % 5 == 0


def lines_of(text: str) -> Iterator[tuple[int, int, str]]:
    for found in re.finditer(r"[^\n]+", text):
        if found[0].strip():
            yield found.start(), found.end(), found[0].strip()


def by_line(stays: Callable[[str], bool]) -> Peer:
    """A peer that judges each line alone."""
    return lambda doc: [[a, b] for a, b, line in lines_of(doc["text"]) if not stays(line)]


# ---- the peers: rules as published, without their code


def c4_stays(line: str) -> bool:
    """C4 (Raffel and others 2020): terminal mark, at least five words, no Javascript and no policy notices."""
    low = line.lower()
    notices = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
    return (
        line[-1] in '.!?"”'
        and len(line.split()) >= 5
        and "javascript" not in low
        and not any(n in low for n in notices)
    )


def refined_web_stays(line: str) -> bool:
    """RefinedWeb (Penedo and others 2023), line by line: capitals, numbers, counters, one word, calls."""
    letters = [c for c in line if c.isalpha()]
    words = line.split()
    if letters and sum(c.isupper() for c in letters) > 0.5 * len(letters):
        return False
    if (
        not letters
        or len(words) == 1
        or re.fullmatch(r"[\d.,]+ ?[km]? (likes?|shares?|comments?|views?)", line.lower())
    ):
        return False
    return not (len(words) <= 10 and re.search(r"^sign-?in|read more(\.\.\.)?$|items in cart", line.lower()))


FIXED = frozenset(
    (
        *("leave a reply", "leave a comment", "advertisement", "advertisements", "read more", "share this", "reklama"),
        *("related articles", "related posts", "you may also like", "baca juga", "iklan", "tinggalkan komentar"),
        *("scroll to continue with content", "berita terkait", "komentar", "loading", "all rights reserved", "share"),
        *("subscribe", "newsletter", "sign up", "log in", "tweet", "facebook", "twitter", "whatsapp", "print", "email"),
        *("skip to content", "kommentare", "comentarios", "scroll untuk melanjutkan", "leave a reply cancel reply"),
    )
)


def fixed_stays(line: str) -> bool:
    """A plain list of fixed phrases, whole lines."""
    return line.lower().strip(" :.!*") not in FIXED


def justext_removes(doc: Document) -> Spans:
    """jusText's classes on lines (Pomikálek 2011): stop words and length, then the neighbours; no links."""
    import justext
    from justext.core import classify_paragraphs, revise_paragraph_classification

    names = {"id": "Indonesian", "ms": "Malay", "en": "English", "de": "German", "es": "Spanish", "fr": "French"}
    names |= {"it": "Italian", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "tr": "Turkish", "vi": "Vietnamese"}
    stop = frozenset(justext.get_stoplist(names.get(doc["language"], "English")))
    paragraphs = [_Paragraph(start, end, line) for start, end, line in lines_of(doc["text"])]
    classify_paragraphs(paragraphs, stop)
    revise_paragraph_classification(paragraphs)
    return [[p.start, p.end] for p in paragraphs if p.class_type != "good"]


class _Paragraph:
    """A line in the shape jusText's functions ask of a paragraph."""

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start, self.end, self.text = start, end, text
        self.heading = self.is_heading = False
        self.class_type = self.cf_class = ""
        self.dom_path, self.chars_count_in_links, self.tags_count = "p", 0, 0

    def __len__(self) -> int:
        return len(self.text)

    def links_density(self) -> float:
        return 0.0

    def stopwords_density(self, stop: frozenset[str]) -> float:
        words = self.text.lower().split()
        return sum(word in stop for word in words) / len(words)


def trafilatura_peer() -> Peer | None:
    try:
        from trafilatura.utils import RE_FILTER
    except ImportError:
        return None
    return by_line(lambda line: not RE_FILTER.match(line))


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


def scored(score: ModuleType, docs: Sequence[Document], peer: Peer, policy: set[str]) -> list[dict[str, Any]]:
    return [score.score_doc(doc, {"id": doc["id"], "removed": peer(doc)}, policy) for doc in docs]


def cell(value: float | None, percent: bool = False) -> str:
    return "-" if value is None else f"{100 * value:.1f} %" if percent else f"{value:.3f}"


def row(score: ModuleType, name: str, results: list[dict[str, Any]]) -> str:
    s = score.summary(results)
    lost = s["content_lost_percent"]
    cells = [cell(s["char_precision"]), cell(s["char_recall"]), cell(s["span_recall"]), f"{lost or 0:.3f} %"]
    cells += [cell(s["perfect"], True), cell(s["already_clean"], True), cell(s["clean_untouched"], True)]
    return f"| {name} | {len(results)} | " + " | ".join(cells) + " |"


HEADER = (
    "| {} | articles | P char | R char | R span | lost | perfect | at the start | clean untouched |\n|" + "---|" * 9
)


def language_table(score: ModuleType, docs: Sequence[Document]) -> list[str]:
    out = [HEADER.format("language, sites")]
    groups: dict[str, list[Document]] = defaultdict(list)
    for doc in docs:
        names = [doc["language"], "all but id and ms" if doc["language"] not in ("id", "ms") else "", "all"]
        for name in filter(None, names):
            groups[f"{name}, {'held back' if held_back(doc) else 'development'}"].append(doc)
            groups[f"{name}"].append(doc)
    for name in sorted(groups, key=lambda n: (n.startswith("all"), n)):
        out.append(row(score, name, scored(score, groups[name], ours, POLICY)))
    return out


def peer_table(score: ModuleType, docs: Sequence[Document], policy: set[str], kind: str) -> list[str]:
    peers: list[tuple[str, Peer | None]] = [
        ("nothing", lambda doc: []),
        ("C4 line rules", by_line(c4_stays)),
        ("RefinedWeb line rules", by_line(refined_web_stays)),
        ("jusText classes on lines", justext_removes),
        ("trafilatura text filter", trafilatura_peer()),
        ("list of fixed phrases", by_line(fixed_stays)),
        ("cleaner", lambda doc: ours(doc, kind)),
    ]
    out = [HEADER.format("tool")]
    for name, peer in peers:
        absent = f"| {name} | absent: pip install trafilatura |" + " - |" * 7
        out.append(row(score, name, scored(score, docs, peer, policy)) if peer else absent)
    return out


def kind_table(score: ModuleType, docs: Sequence[Document]) -> list[str]:
    out = [
        "| kind | id: spans | found | R span | other languages: spans | found | R span |",
        "|---|---|---|---|---|---|---|",
    ]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for doc, result in zip(docs, scored(score, docs, ours, POLICY), strict=True):
        side = 0 if doc["language"] == "id" else 2
        for kind, (spans, found, *_) in result["kinds"].items():
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
    out = ["| rule | removals | cruft characters | content characters | precision |", "|---|---|---|---|---|"]
    for rule, (n, good, bad) in sorted(counts.items(), key=lambda item: -item[1][0]):
        out.append(f"| {rule} | {n} | {good} | {bad} | {cell(good / (good + bad) if good + bad else None)} |")
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


def installed(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} absent"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/strip.md")
    options = parser.parse_args()
    if not (DATA / "textcruft" / "dev.jsonl").is_file():
        sys.exit(f"The labelled data are not in {DATA}. Set CLEANER_BENCH to the folder that holds textcruft/.")
    score, docs = load_score(), read(DATA / "textcruft" / "dev.jsonl")
    names = ", ".join(installed(name) for name in ("cruftless", "justext", "trafilatura"))
    report = [
        "# Cruft stripping", "", f"`python {' '.join(['benchmarks/strip.py', *sys.argv[1:]])}` on {date.today()}, "
        f"Python {platform.python_version()}, {names}. Content lost comes first.", "", "## By language", "",
        *language_table(score, docs), "", "## Beside the peers, all articles", "",
        *peer_table(score, docs, POLICY, "auto"),
        "", "## By kind", "", *kind_table(score, docs), "", "## By rule", "", *rule_table(docs),
        "", "## Speed, one core", "", *speed_table(docs),
    ]  # fmt: skip
    text = "\n".join(report) + "\n"
    print(text)
    if options.write:
        (ROOT / "benchmarks" / "results" / "strip.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
