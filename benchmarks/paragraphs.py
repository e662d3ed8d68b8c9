"""Shared paragraphs: how many of 500 that were planted in articles of different sites go, what goes wrongly, and which
copy stays; beside datatrove's sentence deduplication.

    python benchmarks/paragraphs.py [--seed 1] [--articles 4000] [--peers PYTHON]

Articles of invented words on 40 sites, each paragraph its own. Planted are 500 paragraphs of 30 to 80 words, each in 2
to 5 articles of different sites, a fifth of them in other case, punctuation and white space. Besides there are traps
that must stay: paragraphs that stand several times on one site alone, short ones on many sites, and pairs across sites
that differ in one word. PYTHON has datatrove, tokenizers and spacy (default: this one).
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from cleaner import Options, clean_corpus

SYLLABLES = "ba be da di ga ja ka ko la li ma me mu na ni pa pe ra ri sa se si ta te tu wa ya lang kan ber pun".split()  # noqa: SIM905
SITES, PLANTED, TRAPS, LEAST = 40, 500, 300, 20
PEERS = Path(__file__).parent / "paragraphs_peers.py"

Corpus = list[dict[str, Any]]
Sets = dict[str, list[list[tuple[int, str]]]]
"""By kind: of every paragraph its copies, each with the number of its article and its wording there."""


def make_corpus(seed: int, articles: int) -> tuple[Corpus, Sets]:
    """The articles, each with its paragraphs, and which of these were planted."""
    rng = random.Random(seed)

    def paragraph(low: int, high: int) -> str:
        words = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(rng.randint(low, high))]
        for i in range(9, len(words) - 4, 11):  # sentences of eleven words
            words[i] += "."
            words[i + 1] = words[i + 1].capitalize()
        return " ".join(words).capitalize() + "."

    corpus = [
        {"id": f"a{n:05d}", "site": f"situs{n % SITES}.example", "paragraphs": [paragraph(20, 60) for _ in range(7)]}
        for n in range(articles)
    ]
    sets: Sets = {"planted": [], "one site": [], "short": [], "one word differs": []}
    for kind, (low, high) in {
        "planted": (30, 80), "one site": (30, 80), "short": (6, LEAST - 1), "one word differs": (30, 80),
    }.items():  # fmt: skip
        for _ in range(PLANTED if kind == "planted" else TRAPS):
            text, copies = paragraph(low, high), 2 if kind == "one word differs" else rng.randint(2, 5)
            sites = [rng.randrange(SITES)] * copies if kind == "one site" else rng.sample(range(SITES), copies)
            rows = [*rng.sample(range(articles // SITES), copies)]
            found = []
            for copy, (site, row) in enumerate(zip(sites, rows, strict=True)):
                here = text
                if kind == "planted" and rng.random() < 0.2:
                    here = rng.choice((text.upper(), text.replace(". ", ".  "), text.replace(". ", "! ")))
                elif kind == "one word differs" and copy:
                    words = text.split(" ")
                    words[len(words) // 2] = "lain"
                    here = " ".join(words)
                number = row * SITES + site
                corpus[number]["paragraphs"].insert(rng.randint(1, len(corpus[number]["paragraphs"])), here)
                found.append((number, here))
            sets[kind].append(found)
    return corpus, sets


def score(name: str, corpus: Corpus, sets: Sets, texts: dict[str, str], seconds: float) -> str:
    """A row of the table."""
    counts: Counter[str] = Counter()
    missing = Counter(
        (n, paragraph)
        for n, article in enumerate(corpus)
        for paragraph in article["paragraphs"]
        if " ".join(paragraph.split()) not in " ".join(texts.get(article["id"], "").split())
    )
    for kind, some in sets.items():
        for copies in some:
            gone = sum((copy in missing) for copy in copies)
            counts[f"{kind} gone"] += gone
            counts[f"{kind} of"] += len(copies) - (kind == "planted")
            counts[f"{kind} one stays"] += gone == len(copies) - 1
            for copy in copies:
                missing.pop(copy, None)
    traps = sum(counts[f"{kind} gone"] for kind in sets if kind != "planted")
    return (
        f"| {name} | {counts['planted gone']} of {counts['planted of']} | {counts['planted one stays']} of {PLANTED} | "
        f"{traps} of {sum(counts[f'{kind} of'] for kind in sets if kind != 'planted')} | {sum(missing.values())} | "
        f"{seconds:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=4000)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    chosen = parser.parse_args()
    corpus, sets = make_corpus(chosen.seed, chosen.articles)
    print("| method | copies gone | one copy stays | of the traps gone | other paragraphs gone | s |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = folder / "in.jsonl"
        rows = ({**row, "text": "\n\n".join(row["paragraphs"]), "paragraphs": ""} for row in corpus)
        given.write_text("".join(json.dumps(row) + "\n" for row in rows))
        start = time.perf_counter()
        options = Options(workers=1, strip=False, repeats=False, dedup_paragraphs=LEAST, report=False)
        clean_corpus(given, folder / "out.jsonl", options)
        spent = time.perf_counter() - start
        texts = {row["id"]: row["text"] for row in map(json.loads, (folder / "out.jsonl").open())}
        print(score("cleaner, whole run", corpus, sets, texts, spent), flush=True)
        for setting in ("3 sentences, its default", "1 sentence", "1 line"):
            done = subprocess.run(
                [chosen.peers, str(PEERS), str(given), str(folder / "peer.jsonl"), setting[0], setting.split()[1][0]],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                print(f"datatrove: absent or failed ({done.stderr[-200:]})")
                break
            texts = {row["id"]: row["text"] for row in map(json.loads, (folder / "peer.jsonl").open())}
            print(score(f"datatrove, {setting}", corpus, sets, texts, float(done.stdout)), flush=True)


if __name__ == "__main__":
    main()
