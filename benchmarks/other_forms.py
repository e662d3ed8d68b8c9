"""Good text in other forms: what goes of the labelled articles when scrapers, mails and editors have written them anew.

    python benchmarks/other_forms.py [--every 1]

Of the labelled articles in $CLEANER_BENCH/textcruft (default ../shared/bench) what the labels remove is left out. The
rest, which is the article, is written in further ways that change no word: wrapped at 72 characters, a sentence to a
line, quoted as in a mail, in capitals, without line ends ... Nothing of it may go. Printed for each form: texts of
which something went, and its share of all characters, with the rules that took most.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import cleaner

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[2] / "shared" / "bench"))


def wrap(text: str) -> list[str]:
    return [textwrap.fill(line, 72, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")]


def shuffle(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(random.Random(1).sample(lines, len(lines)))


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "an empty line between paragraphs": lambda text: text.replace("\n", "\n\n"),
    "one line": lambda text: text.replace("\n", " "),
    "one line, nothing between paragraphs": lambda text: text.replace("\n", ""),
    "wrapped, an empty line between paragraphs": lambda text: "\n\n".join(wrap(text)),
    "wrapped": lambda text: "\n".join(wrap(text)),
    "a sentence to a line": lambda text: re.sub(r"(?<=[.!?。]) +", "\n", text),
    "in capitals": str.upper,
    "in small letters": str.lower,
    "with bullets": lambda text: re.sub(r"^", "• ", text, flags=re.M),
    "quoted": lambda text: re.sub(r"^", "> ", text, flags=re.M),
    "indented, with carriage returns": lambda text: re.sub(r"^", "\t", text, flags=re.M).replace("\n", "\r\n"),
    "no-break spaces": lambda text: text.replace(" ", "\xa0"),
    "without marks at the end of lines": lambda text: re.sub(r"[.!?。]+$", "", text, flags=re.M),
    "in another order": shuffle,
    "twice": lambda text: f"{text}\n\n{text}",
    "the first three paragraphs": lambda text: "\n".join(text.split("\n")[:3]),
    "the last three paragraphs": lambda text: "\n".join(text.split("\n")[-3:]),
}


def articles() -> Iterator[str]:
    """The labelled texts without what their labels remove, but for whole pages."""
    for file in sorted((BENCH / "textcruft").glob("dev*.jsonl")):
        for row in map(json.loads, file.open("rb")):
            if str(row.get("source", "")).endswith("via resifull"):
                continue
            at, kept = 0, []
            for start, end, *_ in sorted(row["spans"]):
                kept.append(row["text"][at:start])
                at = max(at, end)
            text = "".join((*kept, row["text"][at:]))
            text = "\n".join(line.strip() for line in text.split("\n") if line.strip())
            if len(text) > 200:
                yield text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="only every so manyth article")
    texts = list(articles())[:: parser.parse_args().every]
    print(f"{len(texts)} articles\n\n| form | articles that lose | % of characters | rules |\n|---|---|---|---|")
    for name, form in FORMS.items():
        rules: Counter[str] = Counter()
        losing = total = 0
        for text in texts:
            article = cleaner.clean(form(text))
            gone = [(r.rule, r.end - r.start) for r in article.removals if r.kind != "space"]
            total += len(article.before)
            losing += bool(gone)
            for rule, size in gone:
                rules[rule] += size
        most = ", ".join(f"{rule} {size}" for rule, size in rules.most_common(4))
        print(f"| {name} | {losing} | {100 * rules.total() / total:.3f} | {most} |", flush=True)


if __name__ == "__main__":
    main()
