"""Time is linear in the input, whatever stands in it: each step by itself on texts and pages twice as long.

    python benchmarks/doubling.py [--steps strip,repair] [--least 0.1] [--all] [--write]

The shapes are in data/doubling.toml: lines, words and tags of one kind, thousands of times over. Each is doubled until
a step takes `--least` seconds of CPU on it, or until it has a million characters; then it is doubled once more. A step
passes where the longer one takes at most 2.6 times as long; a ratio above that is measured again before it counts,
because the machine is noisy. Exit status 1 where one does not pass.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cleaner.article import Raw
from cleaner.decode.decode import decode
from cleaner.extract.page import extract
from cleaner.language.identify import identify, quick_language
from cleaner.neardup.sketches import sketch
from cleaner.options import Options
from cleaner.pipeline import finish_articles, load_article, strip_article
from cleaner.quality import PRESETS, check_guards
from cleaner.read.markup import looks_like_html, unmark
from cleaner.repair.repair import repair
from cleaner.repeats.site_lines import site_lines
from cleaner.strip.line_rules import forget_lines
from cleaner.strip.strip import strip

SHAPES = tomllib.loads((Path(__file__).parent / "data" / "doubling.toml").read_text("utf-8"))
RATIO = 2.6
"""What twice the input may cost; linear work with a cache that grows too small takes up to 2.4."""
MOST = 1_000_000
"""Characters after which a shape is long enough: beyond that sorting and memory that no cache holds make steps dearer,
by a third for each doubling, which is no square."""
FIRST = 500
ROUNDS = 4
_TAIL = "The steepest shape of each step. Ratios count from 0.1 s on; below that they are noise. The bound is 2.6."


def way_of_a_text(text: str) -> None:
    """All steps of one article, one behind the other."""
    options = Options()
    finish_articles([strip_article(load_article(Raw("x", 0, text), options), options)], options)


STEPS: dict[str, tuple[str, Callable[[str], object]]] = {
    "decode": ("text", lambda text: decode(text.encode("cp1252", "replace"))),
    "decode UTF-8 with bad bytes": ("text", lambda text: decode(text.encode() + b"\xff\n\xe9\xe8\n\xc3\xa9")),
    "unmark": ("text", lambda text: looks_like_html(text) or unmark(text)),
    "repair": ("text", repair),
    "quick language": ("text", quick_language),
    "strip": ("text", lambda text: strip(text, language="id")),
    "strip as a page": ("text", lambda text: strip(text, language="en", input_kind="page")),
    "strip with a title": ("text", lambda text: strip(text, language="id", title="drop", known_title="Hujan")),
    "language": ("text", lambda text: identify([text])),
    "guards": (
        "text",
        lambda text: check_guards(
            text, language="en", flags=(), guards=tuple(PRESETS), min_chars=1, max_chars=0, before=text
        ),
    ),
    "repeats": ("text", lambda text: site_lines([text], ["a"])),
    "sketch": ("text", lambda text: sketch([text])),
    "extract": ("page", extract),
    "extract as jusText": ("page", lambda page: extract(page, extractor="justext")),
    "all steps": ("text", way_of_a_text),
}
"""Step -> which shapes it is asked, and what it does with one."""


class Doubled(NamedTuple):
    """What a step took on a shape of `length` characters, in CPU seconds, and on one twice as long."""

    step: str
    shape: str
    length: int
    once: float
    twice: float

    @property
    def ratio(self) -> float:
        """How many times as long the longer one took."""
        return self.twice / max(self.once, 1e-9)


def shape(kind: str, name: str, n: int) -> str:
    """A text or page with n units."""
    before, unit, after = (part.replace("{p}", SHAPES["paragraph"]) for part in SHAPES[kind][name])
    units = unit * n if "{i}" not in unit else "".join(unit.replace("{i}", str(i)) for i in range(n))
    return f"{before}{units}{after}"


def cost(step: Callable[[str], object], text: str, rounds: int = 1) -> float:
    """CPU seconds of a step, the least of some rounds, without what it remembers of lines."""
    seconds = []
    for _ in range(rounds):
        forget_lines()
        began = time.process_time()
        step(text)
        seconds.append(time.process_time() - began)
    return min(seconds)


def doubled(name: str, shape_name: str, least: float) -> Doubled:
    """Double a shape until a step takes `least` seconds, then once more."""
    kind, step = STEPS[name]
    n = FIRST
    text = shape(kind, shape_name, n)
    step(text)  # what is loaded once is no part of it
    while (once := cost(step, text)) < least and len(text) < MOST:
        n *= 2
        text = shape(kind, shape_name, n)
    longer = shape(kind, shape_name, 2 * n)
    twice = cost(step, longer)
    for _ in range(ROUNDS):
        if twice <= RATIO * once or once < least:
            break
        once, twice = min(once, cost(step, text, 2)), min(twice, cost(step, longer))
    return Doubled(name, shape_name, len(text), once, twice)


def measured(steps: list[str], least: float) -> Iterator[Doubled]:
    """Every step on each of its shapes."""
    for name in steps:
        for shape_name in SHAPES[STEPS[name][0]]:
            yield doubled(name, shape_name, least)


def main() -> int:
    """Print a line for each step: its steepest shape. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", default=",".join(STEPS), help="names, with commas between them")
    parser.add_argument("--least", type=float, default=0.1, help="seconds from which on a ratio counts")
    parser.add_argument("--all", action="store_true", help="print every shape")
    parser.add_argument("--write", action="store_true", help="write results/doubling.md")
    arguments = parser.parse_args()
    lines = [
        "| step | shapes | steepest | characters | s | s, twice as long | ratio |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]
    steep: list[Doubled] = []
    for name in arguments.steps.split(","):
        found = []
        for each in measured([name], arguments.least):
            found.append(each)
            if arguments.all or (each.ratio > RATIO and each.once >= arguments.least):
                print(f"{each.step}: {each.shape}: {each.once:.3f} -> {each.twice:.3f} s", file=sys.stderr, flush=True)
        # A step that never takes so long is linear for every text that can be.
        worst = max(found, key=lambda each: (each.once >= arguments.least, each.ratio))
        steep += [each for each in found if each.once >= arguments.least and each.ratio > RATIO]
        lines.append(
            f"| {name} | {len(found)} | {worst.shape} | {worst.length:,} | {worst.once:.3f} | {worst.twice:.3f} "
            f"| {worst.ratio:.1f} |"
        )
        print(lines[-1], flush=True)
    if arguments.write:
        said = f"{date.today()}, Python {platform.python_version()}; CPU seconds on two shared cores."
        page = ["# Doubling", "    python benchmarks/doubling.py --write", said, "\n".join(lines), _TAIL]
        (Path(__file__).parent / "results" / "doubling.md").write_text("\n\n".join(page) + "\n", "utf-8")
    return bool(steep)


if __name__ == "__main__":
    sys.exit(main())
