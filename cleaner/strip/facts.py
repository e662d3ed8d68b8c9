"""The headline repeated in the text, and the title, author and date that stand in lines that go."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.judge.lines import Hit, Line, ends_sentence
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.line_rules import SEPARATOR
from cleaner.strip.names import author_name

__all__ = ["facts_of", "title_hits"]

TITLE_LINES = 12
"""Lines at the top of an article among which its headline is sought."""

_SAY_NOTHING = frozenset(("page-block", "block-tail", "weak-in-tail", "number"))
"""Rules that take a line for its place and not for what it says."""


def title_hits(lines: Sequence[Line], hits: Sequence[Hit | None], known: str, choice: str) -> list[Hit | None]:
    """`hits` with the headline's line kept from other rules, or marked to go when `choice` is not "keep".

    The headline is the line worded as `known`; without that the first line that stays, where it looks like one.
    """
    wanted = normalise_wording(known)
    if wanted:
        at = next((i for i, line in enumerate(lines[:TITLE_LINES]) if line.wording == wanted), -1)
    else:
        at = next((i for i, hit in enumerate(hits[:TITLE_LINES]) if hit is None), -1)
        # a headline has an article below it, and two to twenty words without a stop
        line = lines[at] if 0 <= at < len(lines) - 1 else None
        if line is None or line.prose or not 15 <= len(line.text) <= 160 or ends_sentence(line.text):
            at = -1
    marked = list(hits)
    if at >= 0:
        marked[at] = None if choice == "keep" else Hit("title", "title", "the headline repeated in the text")
    return marked


def facts_of(lines: Sequence[Line], accepted: Sequence[Hit | None], phrases: Phrases, facts: dict[str, str]) -> None:
    """Author, date and title out of the lines that go, into `facts`; the first of each counts."""
    for line, hit in zip(lines, accepted, strict=True):
        if hit is None or hit.rule in _SAY_NOTHING:
            continue
        if hit.kind == "title":
            facts.setdefault("title", line.text)
        # "Today" and "an hour ago" say nothing without the time of the crawl
        elif hit.kind == "timestamp" and any(c.isdigit() for c in line.text):
            facts.setdefault("date", _after_label(line.text, phrases))
        elif hit.kind == "byline":
            name = ""
            if hit.rule == "byline-by":  # "By Owen Hartnell": all but the first word
                name = line.text.split(None, 1)[1]
            elif hit.rule == "signature":
                name = line.text
            elif hit.rule == "phrase-start" and (rest := _after_label(line.text, phrases)) != line.text:
                name = rest.strip()
            if name := author_name(name, phrases):
                facts.setdefault("author", name)


def _after_label(text: str, phrases: Phrases) -> str:
    """What follows the label with which a line opens; the whole line where none does."""
    for found in SEPARATOR.finditer(text, 0, 60):
        if phrases.whole(normalise_wording(text[: found.start()]), "start"):
            return text[found.end() :]
    return text
