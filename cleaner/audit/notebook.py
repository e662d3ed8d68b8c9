"""What a notebook shows: an article with its removals marked, and near-duplicates as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cleaner.audit.report.markup import Html, clipped, h

if TYPE_CHECKING:
    from cleaner.api import Cleaned, DedupResult

__all__ = ["marked", "table"]

_MOST = 20_000
"""Characters of an article shown: some ten pages."""

_ROWS = 50
_GONE = "background: #ffd9d4; color: #6b1d12; text-decoration: line-through;"
_STAYS = "white-space: pre-wrap; line-height: 1.5; max-width: 50em;"


def marked(article: Cleaned) -> Html:
    """`before` with its removals struck out; the title of each says kind, rule and reason."""
    names = ("language", "title", "author", "date", "place", "site", "dropped")
    facts = [(name, str(getattr(article, name))) for name in names]
    head = h("p", (h("span", h("b", name), f" {value}  ") for name, value in facts if value))
    left = len(article.before) - _MOST
    rest = h("p", h("i", f"… {left:,} more characters are not shown.")) if left > 0 else ""
    return h("div", head, h("div", _stretches(article), style=_STAYS, dir="auto"), rest)


def _stretches(article: Cleaned) -> Iterator[Html | str]:
    at = 0
    for r in article.removals:
        if r.start >= _MOST:
            break
        yield article.before[at : r.start]
        why = f"{r.kind}, by {r.rule}" + (f": {r.why}" if r.why else "")
        gone = article.before[r.start : r.end]
        yield gone if r.kind == "space" else h("del", gone, style=_GONE, title=why)
        at = r.end
    yield article.before[at : max(at, _MOST)]


def table(unique: DedupResult[Any]) -> Html:
    """The doubtful pairs, then what went, the least alike first."""
    rows = [(p.id, p.other, f"{p.jaccard:.4f}", f"stays: {p.rule}") for p in unique.doubtful]
    gone = sorted(unique.dropped, key=lambda d: (d.jaccard, d.id))
    rows += [(d.id, d.keeper, f"{d.jaccard:.4f}", f"goes: {d.rule}") for d in gone]
    names = ("article", "beside", "Jaccard", "verdict")
    body = (h("tr", (h("td", clipped(cell, 80)) for cell in row)) for row in rows[:_ROWS])
    more = h("p", h("i", f"and {len(rows) - _ROWS:,} more")) if len(rows) > _ROWS else ""
    stay, go, near = len(unique.kept), len(unique.dropped), len(unique.doubtful)
    told = f"{stay:,} articles stay, {go:,} go, {near:,} pairs are doubtful."
    return h("div", h("p", told), h("table", h("thead", h("tr", (h("th", n) for n in names))), h("tbody", body)), more)
