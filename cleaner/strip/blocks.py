"""Evidence adds up: what its neighbours and its place make of a line that is doubtful alone."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.strip.judge import looks_like_headline
from cleaner.strip.lines import ANY, EDGE, Hit, Line, ends_sentence, is_prose, prose_bounds

__all__ = ["settle"]

Held = list[Hit | None]

CLOSING = frozenset(
    ("comment", "newsletter", "login", "footer", "disclaimer", "share", "cookie", "nav", "tags", "promo", "paywall", "app", "sourcenote", "ad")
)
"""Kinds after which, behind the last paragraph, an article does not go on."""


def settle(lines: Sequence[Line], hits: Sequence[Hit | None]) -> Held:
    """The hits that hold: those that suffice alone, those whose place speaks for them, and the blocks they open."""
    held: Held = [hit if hit and hit.where == ANY else None for hit in hits]
    if not any(hits):
        return held
    _edges(lines, hits, held)
    _neighbours(hits, held)
    _related_blocks(lines, held)
    _edges(lines, hits, held)
    _neighbours(hits, held)
    _tail_block(lines, held)
    return held


def _edges(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held) -> None:
    """Edge hits before the first and after the last paragraph hold."""
    first, last = prose_bounds(lines, held)
    if last < 0:
        return
    for i, hit in enumerate(hits):
        if hit is not None and hit.where == EDGE and held[i] is None and not first <= i <= last:
            held[i] = hit


def _neighbours(hits: Sequence[Hit | None], held: Held) -> None:
    """A doubtful hit next to one that holds holds as well."""
    n = len(held)
    for order in (range(1, n), range(n - 2, -1, -1)):
        step = -order.step
        for i in order:
            if held[i] is None and hits[i] is not None and held[i + step] is not None:
                held[i] = hits[i]


def _related_blocks(lines: Sequence[Line], held: Held) -> None:
    """After a bare heading of related links: the headlines that follow it."""
    _, last = prose_bounds(lines, held)
    for i, hit in enumerate(held):
        if hit is None or hit.kind != "related" or not _is_heading(hit, lines[i]):
            continue
        why = f"a headline under {lines[i].text[:40]!r}"
        bulleted = i + 1 < len(lines) and lines[i + 1].text[0] in "-•*·–▪"
        for j in range(i + 1, min(len(lines), i + 13)):
            text = lines[j].text
            if held[j] is not None:
                continue
            if j < last and (text[0] in "-•*·–▪") != bulleted:
                break
            if is_prose(text) or (j < last and not bulleted and not _stands_as_headline(text)):
                break
            held[j] = Hit("related-block", "related", why)


def _is_heading(hit: Hit, line: Line) -> bool:
    return hit.rule == "phrase-line" or len(line.text) <= 24


def _stands_as_headline(text: str) -> bool:
    return len(text) >= 45 and text[-1] not in ".:;," and looks_like_headline(text)


def _tail_block(lines: Sequence[Line], held: Held) -> None:
    """Behind the last paragraph, everything after the first closing hit."""
    _, last = prose_bounds(lines, held)
    opened: Hit | None = None
    for i in range(last + 1, len(lines)):
        hit = held[i]
        if hit is not None and hit.kind in CLOSING:
            opened = hit
        elif hit is None and opened is not None and last >= 0:
            held[i] = Hit("block-tail", opened.kind, f"behind the last paragraph, after {opened.kind} ({opened.why})")
