"""Lines that repeat per site: precision, recall and content lost on generated sites and on saved pages.

    python benchmarks/repeats.py [--seed 1] [--sites 40] [--pages 250]

Generated: sites with verbatim, varying and rare furniture, copies of articles within a site, and articles that share
lines rightly: a refrain, a serial, a price table, a columnist's opening. Saved pages: those of sites with three pages
or more in $CLEANER_BENCH/extraction (default ../shared/bench), as text. There a line is content by its wording, when it
is a line of the gold text or when its words, four or more, stand there in a row; or by its place, when the page and the
gold text are laid side by side and half of its words meet their like (a menu that names what the article names is no
content then). Of the rest, what stands on three pages of its site is the furniture that can be found at all.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from cleaner.article import Article
from cleaner.corpus.repeats import learn_repeats
from cleaner.repeats.site_lines import site_lines

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parent.parent / "../shared/bench"))
SYLLABLES = re.findall(
    r"\w+", "ba be da di ga ja ka ko la li ma me mu na ni pa pe ra ri sa se si ta te tu wa ya lang kan ber pun"
)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

Page = list[tuple[str, bool]]
"""The lines of a page, each with whether it is cruft."""


class Writer:
    """Makes words, sentences and articles out of a seeded stream."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def word(self) -> str:
        return "".join(self.rng.choices(SYLLABLES, k=self.rng.randint(2, 4)))

    def words(self, low: int, high: int) -> str:
        return " ".join(self.word() for _ in range(self.rng.randint(low, high)))

    def sentence(self) -> str:
        return self.words(6, 18).capitalize() + "."

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.rng.randint(1, 4)))

    def headline(self) -> str:
        return self.words(4, 9).title()

    def body(self) -> Page:
        return [(self.paragraph(), False) for _ in range(self.rng.randint(3, 14))]

    def sometimes(self, share: float) -> bool:
        return self.rng.random() < share


class Site:
    """The furniture of one site, and the lines that some of its articles share rightly."""

    def __init__(self, writer: Writer) -> None:
        self.writer = w = writer
        self.head = [w.words(2, 5).title() for _ in range(w.rng.randint(0, 3))]
        self.foot = [w.sentence() if w.sometimes(0.5) else w.words(2, 6) for _ in range(w.rng.randint(2, 5))]
        self.middle = [w.words(2, 4).upper() for _ in range(w.rng.randint(0, 2))]
        self.rare = [w.words(3, 8) for _ in range(2)]
        self.leads = [w.word().title() + " " + w.word(), w.word().title()]
        self.refrain = w.words(3, 6) + ","
        self.opening = w.sentence()
        self.goods = [w.words(1, 2).capitalize() for _ in range(5)]

    def page(self, body: Page | None = None) -> Page:
        w = self.writer
        lines = list(body or self.article())
        for label in self.middle:
            if w.sometimes(0.7):
                lines.insert(w.rng.randint(1, len(lines)), (label, True))
        if w.sometimes(0.8):
            lines.insert(w.rng.randint(1, len(lines)), (f"{self.leads[0]}: {w.headline()}", True))
        stamp = (
            f"{w.rng.choice(DAYS)}, {w.rng.randint(1, 28)}/{w.rng.randint(1, 12)}/2023 {w.rng.randint(0, 23)}:30 WIB"
        )
        head = [(line, True) for line in self.head if w.sometimes(0.9)] + [(stamp, True)]
        foot = [(f"{self.leads[1]}: {w.words(2, 3).title()}", True), (f"Dibaca {w.rng.randint(1, 9999)} kali", True)]
        foot += [(line, True) for line in self.rare if w.sometimes(0.4)]
        foot += [(line, True) for line in self.foot if w.sometimes(0.95)]
        return head + lines + foot

    def article(self) -> Page:
        w, draw = self.writer, self.writer.rng.random()
        body = w.body()
        if draw < 0.05:  # verse
            return [line for _ in range(4) for line in ((w.words(3, 6), False), (self.refrain, False))]
        if draw < 0.10:  # serial
            return [(f"Bagian {w.rng.randint(1, 40)}", False), *body]
        if draw < 0.20:  # price table
            table = [
                (f"{good}: Rp {w.rng.randint(10, 99)}.{w.rng.randint(0, 9)}00 per kilogram", False)
                for good in self.goods
            ]
            return [*body[:3], *table, *body[3:]]
        if draw < 0.28:  # columnist
            return [(self.opening, False), *body]
        return body


def generated(seed: int, sites: int, pages: int) -> Iterator[tuple[str, Page]]:
    """(site, page); one page in ten repeats the body of an earlier page of its site."""
    writer = Writer(seed)
    for n in range(sites):
        site = Site(writer)
        bodies: list[Page] = []
        for _ in range(pages):
            copy = bodies and writer.sometimes(0.1)
            bodies.append(writer.rng.choice(bodies) if copy else site.article())
            yield f"site-{n}.example", site.page(bodies[-1])


def saved(folder: Path, label: Callable[[Sequence[str], str], list[bool]]) -> Iterator[tuple[str, Page]]:
    """Pages of sites with at least three of them; `label(lines, gold)` tells which lines are content."""
    sys.path.insert(0, str(folder))
    import datasets

    by_site = defaultdict(list)
    for page in datasets.load("wcxb-dev", str(folder / "wcxb")):
        if page.gold and "//" in page.url:
            by_site[page.url.split("/")[2].removeprefix("www.")].append(page)
    for site, pages in sorted(by_site.items()):
        if len(pages) < 3:
            continue
        texts = [datasets.html_text(datasets.decode(page.html)).split("\n") for page in pages]
        texts = [[line for line in lines if line.strip()] for lines in texts]
        on_pages = Counter(words for lines in texts for words in {_words(line) for line in lines})
        for page, lines in zip(pages, texts, strict=True):
            content = label(lines, page.gold)
            common = [re.search(r"\w\w", line) is not None and on_pages[_words(line)] >= 3 for line in lines]
            yield site, [(x, c and not good) for x, c, good in zip(lines, common, content, strict=True)]


def by_wording(lines: Sequence[str], gold: str) -> list[bool]:
    """Content is what the gold text says anywhere."""
    whole, single = f" {_words(gold)} ", {_words(line) for line in gold.split("\n")}
    words = [_words(line) for line in lines]
    return [w in single or (w.count(" ") >= 3 and f" {w} " in whole) for w in words]


def by_place(lines: Sequence[str], gold: str) -> list[bool]:
    """Content is what the gold text says there."""
    words = [_words(line).split() for line in lines]
    owner = [i for i, line in enumerate(words) for _ in line]
    met: Counter[int] = Counter()
    matcher = SequenceMatcher(None, [w for line in words for w in line], _words(gold).split(), autojunk=False)
    for first, _, size in matcher.get_matching_blocks():
        met.update(owner[first : first + size])
    return [2 * met[i] > max(1, len(line)) for i, line in enumerate(words)]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def measure(name: str, pages: Sequence[tuple[str, Page]]) -> dict[str, object]:
    """Learn over all pages, take out of each, count lines and characters."""
    texts = ["\n".join(line for line, _ in page) for _, page in pages]
    sites = [site for site, _ in pages]
    start = time.process_time()
    lines = site_lines(texts, sites)
    cleaned = learn_repeats([lines]).take_all([Article("", "", text) for text in texts], lines)
    seconds = time.process_time() - start
    right = wrong = missed = lost = content = 0
    for (_, page), article in zip(pages, cleaned, strict=True):
        spans = {(r.start, r.end) for r in article.removals if r.kind == "repeat"}
        at = 0
        for line, cruft in page:
            gone = (at, at + len(line)) in spans
            right += gone and cruft
            wrong += gone and not cruft
            missed += cruft and not gone
            lost += len(line) * (gone and not cruft)
            content += len(line) * (not cruft)
            at += len(line) + 1
    return {
        "set": name,
        "pages": len(pages),
        "precision": round(right / max(1, right + wrong), 4),
        "recall": round(right / max(1, right + missed), 4),
        "lost %": round(100 * lost / max(1, content), 4),
        "ms a page": round(1000 * seconds / max(1, len(pages)), 3),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--sites", type=int, default=40)
    options.add_argument("--pages", type=int, default=250)
    chosen = options.parse_args()
    print(json.dumps(measure("generated", list(generated(chosen.seed, chosen.sites, chosen.pages)))))
    if (BENCH / "extraction").is_dir():
        for name, label in (("by wording", by_wording), ("by place", by_place)):
            print(json.dumps(measure(f"saved pages, {name}", list(saved(BENCH / "extraction", label)))))
    else:
        print(f"saved pages: {BENCH / 'extraction'} is not there; set CLEANER_BENCH")


if __name__ == "__main__":
    main()
