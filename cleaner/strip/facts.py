"""The headline repeated in the text, and what bylines and timestamps that go tell of the article."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.judge.lines import Hit, Line, ends_sentence
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.line_rules import SEPARATOR

__all__ = ["facts_of", "title_hits"]


def title_hits(lines: Sequence[Line], hits: Sequence[Hit | None], known: str, choice: str) -> list[Hit | None]:
    """`hits` with the headline's line kept from other rules, or marked to go when `choice` is not "keep"."""
    at = _title_line(lines, hits, known)
    out = list(hits)
    if at >= 0:
        out[at] = None if choice == "keep" else Hit("title", "title", "the headline repeated in the text")
    return out


def _title_line(lines: Sequence[Line], hits: Sequence[Hit | None], known: str) -> int:
    wanted = normalise_wording(known)
    for i, line in enumerate(lines[:12]):
        if wanted:
            if line.folded == wanted:
                return i
        elif hits[i] is None:
            headline = not line.prose and 15 <= len(line.text) <= 160 and not ends_sentence(line.text)
            return i if headline and len(lines) > i + 1 else -1
    return -1


def facts_of(lines: Sequence[Line], held: Sequence[Hit | None], phrases: Phrases, facts: dict[str, str]) -> None:
    """Author, date and title out of the lines that go, into `facts`; the first of each counts."""
    for line, hit in zip(lines, held, strict=True):
        if hit is None or hit.rule in ("page-block", "block-tail", "weak-in-tail", "number"):
            continue
        if hit.kind == "title":
            facts.setdefault("title", line.text)
        elif hit.kind == "timestamp" and any(c.isdigit() for c in line.text):
            facts.setdefault("date", _after_label(line.text, phrases))
        elif hit.kind == "byline" and (name := _name(line.text, hit, phrases)):
            facts.setdefault("author", name)


def _after_label(text: str, phrases: Phrases) -> str:
    for found in SEPARATOR.finditer(text, 0, 60):
        if phrases.whole(normalise_wording(text[: found.start()]), "start"):
            return text[found.end() :]
    return text


def _name(text: str, hit: Hit, phrases: Phrases) -> str:
    if hit.rule == "byline-by":
        return text.split(None, 1)[1]
    if hit.rule == "phrase-start":
        rest = _after_label(text, phrases)
        return "" if rest == text else rest.strip()
    return text if hit.rule == "signature" else ""
