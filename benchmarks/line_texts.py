"""The labelled texts that the judge of lines is fitted on, each as strip asks the judge of it.

Articles of all sets, the surroundings and the articles of labelled whole pages (page_data.py), and the project's own
cases and traps.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from folds import fold_of
from page_data import COLLECTIONS, as_page, build_pages, label_of_article
from strip import ROOT, is_page, read_sets
from strip_peers import Document

from cleaner.judge.beside import (
    RuledText,
    ScoredText,
    alone_of,
    asked_lines,
    describe_alone,
    has_article,
)
from cleaner.judge.line_features import Own, line_features
from cleaner.judge.lines import Line
from cleaner.phrases.phrases import load_phrases
from cleaner.strip import strip as strip_module
from cleaner.strip.strip import strip_steps

Numbers = Any

PAGES = 0.25
"""Share of the whole pages whose surroundings are fitted on; all of them take twice as long and find no more. The
articles alone of all of them are: that halves what is lost in extracts of pages of other sites (5,791 -> 2,436
characters of 829 texts), and at equal loss finds as much in the labelled articles, or more."""

PAGE_WEIGHT, PAGE_LINES = 0.1, 25
"""What a line of a page weighs beside a line of an article, and the most lines of one page."""

CASE_WEIGHT, NO_FOLD = 0.3, -1
"""What a line of the project's own cases and traps weighs, and their fold, which is fitted on and never measured."""

REST_WEIGHT = 0.1
"""What a line weighs where it is seen without what the rules take."""

SILENT_WEIGHT = 0.3
"""What a line weighs in a text of which the rules take half of what they know. Of the lines that name a concept the
rules leave those of the article, so that without these texts the trees learn that such lines stay: out of fold they
find 145 lines of boilerplate for 112 at four wrong ones in the later texts of many languages."""

CLEAN_WEIGHT = 3.0
"""What a line of a page that holds only content weighs beside another line of a page: without these texts the judge
took 2,266 lines of 1,778 clean ones, most of them cells of tables, dates of lists and prices of goods."""

CAUTION, CONTENT = 1.5, 25
"""A line of content weighs the first times its characters through the second, to the power .6, and no less than the
first: a wrong removal costs by its size, and that of a short line more than a miss."""


@dataclass
class Text:
    """A labelled text as the judge sees it: its lines, what the rules say, and for each asked line its label (0
    boilerplate, 1 content, 2 neither right nor wrong, -1 not labelled) and characters of content."""

    fold: int
    article: bool
    view: str  # "lines", "rest" (without what the rules take), "silent" (the rules take half), "segments", or "clean"
    ruled: RuledText
    own: Sequence[Own | None]
    gone: Sequence[Line]  # what the rules took, but for paragraphs
    asked: Sequence[int]
    picked: Sequence[int]  # which of the asked lines are fitted on
    label: Numbers
    chars: Numbers

    def alone(self) -> list[tuple[int, ...]]:
        return [self._alone(self.ruled.lines[self.asked[i]]) for i in self.picked]

    def taken(self) -> list[tuple[int, ...]]:
        """What the lines that the rules took are by themselves: boilerplate as well, but for a few."""
        return [self._alone(line) for line in self.gone]

    def _alone(self, line: Line) -> tuple[int, ...]:
        return line_features(line, self.ruled.phrases).alone

    def scored(self, weights: Sequence[int]) -> ScoredText:
        return ScoredText(self.ruled, self.own, alone_of(self.ruled, self.own, weights))

    def weight(self) -> Numbers:
        content = CAUTION * np.clip(self.chars / CONTENT, 1, 20) ** 0.6
        weight = np.where(self.label == 0, 1.0, content) * self.most()
        return weight * np.where(self.label == 2, 0.15, np.where(self.label < 0, 0.0, 1.0))

    def most(self) -> float:
        """What a line of boilerplate weighs: less in a text of many lines, and less on a page."""
        weight = CASE_WEIGHT if self.fold == NO_FOLD else 1.0 if self.article else PAGE_WEIGHT
        weight *= {"rest": REST_WEIGHT, "silent": SILENT_WEIGHT, "clean": CLEAN_WEIGHT}.get(self.view, 1.0)
        return min(1.0, (25 / len(self.picked)) ** 0.5) * weight


Label = Callable[[Document, Line], tuple[int, int]]


def label_of_page(doc: Document, line: Line) -> tuple[int, int]:
    kind = doc["kinds"].get(line.start, "content")
    label = {"content": 1, "page": 0, "title": 1}.get(kind, -1)
    return label, len("".join(line.text.split())) if label == 1 else 0


def questions(doc: Document, kind: str) -> list[RuledText]:
    """What the judge is asked of a text on the way of its first look: its lines, then its segments, if it has any."""
    asked: list[RuledText] = []
    steps = strip_steps(doc["text"], load_phrases(doc["language"]), input_kind=kind)
    before, strip_module.PASSES = (strip_module.ask_judge, strip_module.PASSES), 0
    strip_module.ask_judge = lambda ruled: ruled if has_article(ruled) else None
    try:
        question = next(steps)
        while True:
            asked.append(question)
            question = steps.send([None] * len(question.lines))
    except StopIteration:
        pass
    finally:
        strip_module.ask_judge, strip_module.PASSES = before
    # a third question, of what stays without what goes, is asked of few texts; `without_gone` makes it of all
    return [each for n, each in enumerate(asked) if n == 0 or any(line.glued for line in each.lines)]


def without_gone(ruled: RuledText) -> RuledText:
    stays = [i for i, gone in enumerate(ruled.gone) if not gone]
    lines, hits = [ruled.lines[i] for i in stays], [ruled.hits[i] for i in stays]
    return RuledText(lines, hits, [False] * len(stays), ruled.phrases)


def silenced(ruled: RuledText, chance: random.Random) -> RuledText:
    """A text as if the rules did not know every other line that they take, as it is in a language with a short list."""
    silent = [away and chance.random() < 0.5 for away in ruled.gone]
    hits = [None if quiet else hit for quiet, hit in zip(silent, ruled.hits, strict=True)]
    gone = [away and not quiet for away, quiet in zip(ruled.gone, silent, strict=True)]
    return RuledText(ruled.lines, hits, gone, ruled.phrases)


def read_texts(doc: Document, label: Label, article: bool) -> list[Text]:
    """A text as it comes to the judge: its lines beside those that the rules take, beside half of these, and without
    these, and its segments; none where the judge is not asked."""
    texts = []
    for ruled in questions(doc, "auto" if article else "text"):
        segments = any(line.glued for line in ruled.lines)
        texts.append(described(doc, label, article, ruled, "segments" if segments else "lines"))
        if not segments and any(ruled.gone):
            texts.append(described(doc, label, article, without_gone(ruled), "rest"))
            if article:
                texts.append(described(doc, label, article, silenced(ruled, random.Random(doc["id"])), "silent"))
    return [text for text in texts if text is not None]


def described(doc: Document, label: Label, article: bool, ruled: RuledText, view: str) -> Text | None:
    if not has_article(ruled):
        return None
    own, asked = describe_alone(ruled), asked_lines(ruled)
    glued = [line.glued for line in (*ruled.lines, ruled.lines[0])]
    picked = [n for n, i in enumerate(asked) if view != "segments" or glued[i] or glued[i + 1]]
    if not article and len(picked) > PAGE_LINES:
        picked = sorted(random.Random(doc["id"]).sample(picked, PAGE_LINES))
    if not picked:
        return None
    labels = [label(doc, ruled.lines[asked[i]]) for i in picked]
    known, chars = np.array([a for a, _ in labels]), np.array([b for _, b in labels])
    gone = [line for line, away in zip(ruled.lines, ruled.gone, strict=True) if away and not line.prose]
    return Text(fold_of(doc), article, view, ruled, own, gone if view == "lines" else (), asked, picked, known, chars)


def label_of_line(doc: Document, line: Line) -> tuple[int, int]:
    """Label and characters of content of a line of an article. A headline is content: it must stay, though the
    benchmark counts it neither way."""
    label, chars = label_of_article(doc, line)
    titles = [(start, end) for start, end, kind in doc["spans"] if kind == "title"]
    if label == 2 and any(start < line.end and end > line.start for start, end in titles):
        return 1, len("".join(line.text.split()))
    return label, chars


def content_of(doc: Document) -> int:
    """Characters of an article that are content, white space not counted."""
    marked = sum(len("".join(doc["text"][a:b].split())) for a, b, _ in doc["spans"])
    return len("".join(doc["text"].split())) - marked


def surroundings(doc: Document, chance: random.Random) -> Document | None:
    """A whole page cut as a careless extractor cuts it: the article with some lines above and below, and without the
    longest runs of other lines between."""
    lines, at = doc["text"].split("\n"), 0
    kinds = {start: kind for start, _, kind in doc["spans"]}
    labelled = []
    for line in lines:
        labelled.append((line, kinds.get(at, "content")))
        at += len(line) + 1
    content = [i for i, (_, kind) in enumerate(labelled) if kind == "content"]
    if len(content) < 4:
        return None
    first = max(0, content[0] - chance.choice((0, 2, 5, 10)))
    last = content[-1] + 1 + chance.choice((0, 3, 8, 20))
    text, found, run = [], {}, 0
    for line, kind in labelled[first:last]:
        run = run + 1 if kind == "page" else 0
        if run <= 15:
            found[sum(map(len, text)) + len(text)] = kind
            text.append(line)
    return {**doc, "text": "\n".join(text), "kinds": found}


def only_content(doc: Document) -> Document:
    """A whole page without what is not the article's: lists, tables and goods among it, all of which stay."""
    marked = {start for start, _, kind in doc["spans"] if kind == "page"}
    lines, at = [], 0
    for line in doc["text"].split("\n"):
        if at not in marked:
            lines.append(line)
        at += len(line) + 1
    return {**doc, "text": "\n".join(lines), "kinds": {}}


def read_all() -> list[Text]:
    """All articles that the judge is asked of, and a part of the whole pages."""
    docs = read_sets()
    articles = [doc for doc in docs if not is_page(doc)]
    texts = [text for doc in articles for text in read_texts(doc, label_of_line, True)]
    chance = random.Random(3)
    every = [page for name in COLLECTIONS for page in build_pages(name)]
    pages = [page for page in every if chance.random() < PAGES]
    around = [surroundings(page, chance) for page in (*pages, *(as_page(doc) for doc in docs if is_page(doc)))]
    texts += [text for doc in around if doc is not None for text in read_texts(doc, label_of_page, False)]
    clean = (text for page in every for text in read_texts(only_content(page), label_of_page, False))
    texts += [replace(text, view="clean") for text in clean if text.view != "rest"]
    return [*texts, *read_cases()]


def read_cases() -> list[Text]:
    """The project's own cases and traps of stripping and of phrases as labelled texts, of no fold, not measured on.

    Each comes as if no rule spoke as well: the rules take what goes, and the judge would learn that short lines stay.
    """
    folder = ROOT / "tests" / "cases" / "strip"
    bodies = json.loads((folder / "bodies.json").read_text("utf-8"))
    texts = []
    for path in (*sorted(folder.glob("*.jsonl")), *sorted((folder.parent / "phrases").glob("*.jsonl"))):
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            case = json.loads(line)
            doc = {"id": f"{path.stem} {number}", "source": "cases", "language": case["language"]}
            doc |= placed(case, bodies)
            for text in read_texts(doc, label_of_article, True):
                texts.append(text)
                if text.view == "lines":
                    nothing = [None] * len(text.ruled.lines)
                    bare = text.ruled._replace(hits=nothing, gone=[False] * len(nothing))
                    texts.append(described(doc, label_of_article, True, bare, "lines"))
    return [replace(text, fold=NO_FOLD) for text in texts if text is not None]


def placed(case: dict[str, Any], bodies: dict[str, list[str]]) -> dict[str, Any]:
    """The text of a case, and the spans that go: a case of one line stands among the paragraphs of its language."""
    text, goes = case.get("text"), [piece for piece, _ in case.get("goes", ())]
    if text is None:
        body = list(bodies.get(case["language"], bodies["en"]))
        body.insert({"head": 0, "middle": 2, "tail": 3}[case["at"]], case["line"])
        text, goes = "\n\n".join(body), case["line"].split("\n") if case["kind"] else []
    return {"text": text, "spans": [[at, at + len(g), "cruft"] for g in goes if (at := text.find(g)) >= 0]}
