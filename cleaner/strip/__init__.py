"""Taking site cruft off plain text: `strip` names every span that goes, its kind, and the evidence.

Two problems are told apart first: text that an extractor left (default: keep a line) and a whole page
rendered as text (find the article's block, then tidy inside it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.article import Removal, claim
from cleaner.strip.blocks import settle
from cleaner.strip.datelines import find_datelines
from cleaner.strip.inline import closes_article, trims
from cleaner.strip.judge import judge
from cleaner.strip.lines import Hit, Line, split_lines
from cleaner.strip.phrases import Phrases, fold, load_phrases
from cleaner.strip.space import close_gaps

__all__ = ["Phrases", "Stripped", "explain_line", "load_phrases", "strip"]


@dataclass(frozen=True, slots=True)
class Stripped:
    """What `strip` found: removals (sorted, disjoint, white space included) and the facts that stood in them."""

    removals: tuple[Removal, ...] = ()
    title: str = ""
    author: str = ""
    date: str = ""
    place: str = ""
    site: str = ""
    input_kind: str = "text"
    flags: tuple[str, ...] = ()


def strip(
    text: str,
    *,
    language: str = "und",
    phrases: Phrases | None = None,
    input_kind: str = "auto",
    title: str = "keep",
    keep_kinds: Sequence[str] = (),
    only_kinds: Sequence[str] = (),
    allow: frozenset[str] = frozenset(),
    known_title: str = "",
) -> Stripped:
    """Find the cruft of one article; `cleaner.article.cut(text, result.removals)` is the clean text."""
    phrases = phrases or load_phrases(language)
    lines = split_lines(text)
    hits: list[Hit | None] = [None if line.folded in allow else judge(line, phrases) for line in lines]
    hits = settle(lines, hits, lambda line: closes_article(line, phrases))
    found = [Removal(line.start, line.end, hit.rule, hit.kind, hit.why) for line, hit in zip(lines, hits, strict=True) if hit]
    facts: dict[str, str] = {}
    found += find_datelines(lines, hits, phrases, facts)
    found += trims(lines, hits, phrases)
    found = [r for r in found if r.kind not in keep_kinds and (not only_kinds or r.kind in only_kinds)]
    removals = claim(sorted(found, key=lambda r: r.start))
    return Stripped(close_gaps(text, removals), **facts)


def explain_line(line: str, language: str) -> list[tuple[str, str, str]]:
    """Every (rule, kind, why) that speaks against a line standing alone; a weak one says so."""
    phrases = load_phrases(language)
    bare = line.strip()
    if not bare:
        return []
    hit = judge(Line(0, bare), phrases)
    return [(hit.rule, hit.kind, hit.why)] if hit else []
