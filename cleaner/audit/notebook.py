"""Render what a notebook shows: an article with its removals struck out, and near-duplicates as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleaner.article import Article
from cleaner.audit.report.page import environment
from cleaner.audit.spans import spans
from cleaner.output.records import removed_rows

if TYPE_CHECKING:
    from cleaner.api import Cleaned, DedupResult

__all__ = ["article_html", "pairs_html"]

_MOST = 20_000
"""Characters of an article shown: some ten pages."""

_PAIRS = 50  # rows of the table of near-duplicates
_FACTS = ("language", "title", "author", "date", "place", "site", "dropped")


def article_html(article: Cleaned) -> str:
    """Return the text before stripping with its removals struck out; the title of each says kind, rule and reason."""
    shown: list[tuple[str, str]] = []
    at = 0
    removed = removed_rows(Article(article.id, source="", before=article.before, removals=article.removals))
    for span, row in spans(article.text, removed):
        if at >= _MOST:
            break
        if row is None or row["kind"] == "space":  # space only closes a gap, and struck out it would look like text
            shown.append((span if row else span[: _MOST - at], ""))
        else:
            shown.append((span, f"{row['kind']}, by {row['rule']}" + (f": {row['why']}" if row["why"] else "")))
        at += len(span)
    # What is unknown is left out, as in the report.
    facts = [(name, value) for name in _FACTS if (value := str(getattr(article, name)))]
    macros: Any = environment().get_template("notebook.html").module
    return str(macros.article(facts, shown, max(len(article.before) - _MOST, 0)))


def pairs_html(found: DedupResult[Any]) -> str:
    """Return the doubtful pairs, then the articles dropped, the least alike first."""
    # Doubtful pairs come first, because a person may decide differently about them.
    rows = [(p.id, p.other, f"{p.jaccard:.4f}", f"stays: {p.rule}") for p in found.doubtful]
    dropped = sorted(found.dropped, key=lambda d: (d.jaccard, d.id))
    rows += [(d.id, d.keeper, f"{d.jaccard:.4f}", f"goes: {d.rule}") for d in dropped]
    stay, go, near = len(found.kept), len(found.dropped), len(found.doubtful)
    said = f"{stay:,} articles stay, {go:,} go, {near:,} pairs are doubtful."
    macros: Any = environment().get_template("notebook.html").module
    return str(macros.pairs(said, rows[:_PAIRS], max(len(rows) - _PAIRS, 0)))
