"""Evidence adds up: what its neighbours and its place make of a line that is doubtful alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from cleaner.judge.lines import ANY, EDGE, HEAD, MENU_ITEM, Hit, Line, ends_sentence, is_wrapped, prose_bounds
from cleaner.strip.line_rules import looks_like_headline

__all__ = ["accept_hits"]

Held = list[Hit | None]

BULLETS = "-•*·–▪0123456789"
"""How the items of a list begin."""

CLOSING = frozenset(
    (
        *("comment", "newsletter", "login", "footer", "disclaimer", "share", "cookie", "nav", "tags", "promo"),
        *("paywall", "app", "sourcenote"),
    )
)
"""Kinds after which, behind the last paragraph, an article does not go on."""


FINAL = frozenset(("comment", "login", "cookie", "footer", "disclaimer", "endmark"))
"""Those that stand nowhere else; after the others a last short paragraph may follow."""


_SIGNS = frozenset(("byline", "initials", "endmark"))
"""What signs an article at its end."""


def accept_hits(lines: Sequence[Line], hits: Sequence[Hit | None], ended: Callable[[Line], bool]) -> Held:
    """The hits that hold: those that suffice alone, those whose place speaks for them, and the blocks they open.

    `ended(line)` says whether a paragraph closes with what ends an article (initials, an end mark, a source).
    """
    doubtful = any(hits)
    if not doubtful and (not lines or lines[-1].prose):
        return list(hits)
    if is_wrapped(lines):
        return [hit if hit and hit.where == ANY and _alone(lines, i) else None for i, hit in enumerate(hits)]
    held: Held = [hit if hit and hit.where == ANY else None for hit in hits]
    kinds = {hit.kind for hit in hits if hit is not None}
    _edges(lines, hits, held)
    if _undecided(hits, held):
        _runs(lines, hits, held)
        _neighbours(hits, held)
    if "related" in kinds:
        _related_blocks(lines, hits, held)
    if _undecided(hits, held):
        _edges(lines, hits, held)
        _neighbours(hits, held)
    if _undecided(hits, held):
        _menus(lines, hits, held)
    if "footer" in kinds:
        _site_names(lines, held)
    if not kinds.isdisjoint(_SIGNS):
        _after_end(lines, hits, held)
    if "comment" in kinds:
        _comment_block(lines, hits, held)
    _tail_block(lines, hits, held, ended)
    _signature(lines, held)
    return held


def _menus(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held) -> None:
    """Four or more short items of a list in a row, two of them doubtful, above the first or below the last paragraph;
    and a doubtful first line above another that is no paragraph."""
    first, last = prose_bounds(lines, held)
    if last < 0:
        return
    top = hits[0]
    if (
        first > 1
        and held[0] is None
        and top is not None
        and top.kind == "nav"
        and lines[0].text[0] not in BULLETS
        and not lines[1].prose
    ):
        held[0] = top
    for zone in (range(first), range(last + 1, len(lines))):
        run: list[int] = []
        for i in [*zone, -1]:
            if i >= 0 and held[i] is None and lines[i].text[0] in "-•*·–▪" and len(lines[i].text) <= MENU_ITEM:
                run.append(i)
                continue
            if len(run) >= 4 and sum(hits[j] is not None for j in run) >= 2:
                for j in run:
                    held[j] = hits[j] or Hit("menu-list", "nav", "a list of short items, known ones among them")
            run = []


def _site_names(lines: Sequence[Line], held: Held) -> None:
    """A short line above the first paragraph that stands in the notice of rights: the site's name."""
    rights = " ".join(line.folded for line, hit in zip(lines, held, strict=True) if hit and hit.rule == "rights")
    first, _ = prose_bounds(lines, held)
    for i in range(min(first, len(lines)) if rights else 0):
        line = lines[i]
        if held[i] is None and len(line.text) <= MENU_ITEM and len(line.folded) >= 4 and line.folded in rights:
            held[i] = Hit("site-line", "nav", "the name in the notice of rights")


def _undecided(hits: Sequence[Hit | None], held: Held) -> bool:
    return any(hit is not None and held[i] is None for i, hit in enumerate(hits))


def _alone(lines: Sequence[Line], i: int) -> bool:
    """Whether blank lines part a line from its neighbours."""
    return lines[i].apart and (i + 1 == len(lines) or lines[i + 1].apart)


def _edges(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held) -> None:
    """Edge hits before the first and after the last paragraph hold."""
    first, last = prose_bounds(lines, [h or g for h, g in zip(held, hits, strict=True)])
    if last < 0:
        return
    top = max(first, _below_deck(lines))
    deck = next((i for i, line in enumerate(lines) if line.prose), len(lines))
    timeline = any(hit is not None and hit.rule == "timestamp" for hit in hits[top:last])  # dates as subheads
    for i, hit in enumerate(hits):
        if hit is None or held[i] is not None:
            continue
        if timeline and hit.rule == "timestamp" and deck < i:
            continue
        above = i < first or (i < top and hit.kind in ("byline", "timestamp"))
        if (hit.where in (EDGE, HEAD) and above) or (hit.where == EDGE and i > last):
            held[i] = hit


def _below_deck(lines: Sequence[Line]) -> int:
    """Index of the second long line among the first eight: a byline may stand below the sentence under the headline."""
    prose = [i for i, line in enumerate(lines[:8]) if line.prose]
    return prose[1] if len(prose) > 1 else 0


def _runs(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held) -> None:
    """Two or more doubtful lines in a row, above the first or below the last paragraph, bear each other out."""
    first, last = prose_bounds(lines, held)
    if last < 0:
        return
    for zone in (range(first), range(last + 1, len(lines))):
        run: list[int] = []
        for i in [*zone, -1]:
            hit = hits[i] if i >= 0 else None
            if hit and hit.kind != "timestamp" and held[i] is None and lines[i].text[0] not in BULLETS:
                run.append(i)
                continue
            if len(run) >= 2:
                for j in run:
                    held[j] = hits[j]
            run = []


def _neighbours(hits: Sequence[Hit | None], held: Held) -> None:
    """A doubtful hit next to one that holds holds as well."""
    n = len(held)
    for order in (range(1, n), range(n - 2, -1, -1)):
        step = -order.step
        for i in order:
            if held[i] is None and hits[i] is not None and held[i + step] is not None:
                held[i] = hits[i]


def _related_blocks(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held) -> None:
    """After a bare heading of related links: the headlines that follow it."""
    _, last = prose_bounds(lines, held)
    for i, hit in enumerate(held):
        if hit is None or hit.kind != "related" or not _is_heading(hit, lines[i]):
            continue
        why = f"under {lines[i].text[:40]!r}"
        if _ends_in_teasers(lines, hits, held, i):
            for j in range(i + 1, len(lines)):
                held[j] = held[j] or Hit("related-block", "related", why)
            return
        bulleted = i + 1 < len(lines) and lines[i + 1].text[0] in BULLETS
        for j in range(i + 1, min(len(lines), i + 13)):
            text = lines[j].text
            if held[j] is not None:
                continue
            if j < last and (text[0] in BULLETS) != bulleted:
                break
            led = j == i + 1 and lines[i].text.endswith((":", "：", "…", "..."))
            if (
                (lines[j].prose and not _dated(hits, j))
                or text.rstrip("\"'”’»")[-1:] == "."
                or (j < last and not bulleted and not _stands_as_headline(text, led) and not _dated(hits, j))
            ):
                break
            held[j] = Hit("related-block", "related", why)


def _ends_in_teasers(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held, heading: int) -> bool:
    """Whether headlines, dates and teasers fill the rest: mostly bare lines, never two paragraphs in a row."""
    rest = range(heading + 1, len(lines))
    prose = [j for j in rest if held[j] is None and lines[j].prose]
    above = sum(1 for j in range(heading) if held[j] is None and lines[j].prose)
    dates = sum(1 for j in rest if (hit := hits[j]) is not None and hit.kind == "timestamp")
    if len(rest) < 3 or above < 4 or any(b - a == 1 for a, b in pairwise(prose)):
        return False
    bullets = sum(1 for j in rest if lines[j].text[0] in BULLETS)
    if not any(held[j] is None and lines[j].text.rstrip("\"'”’»")[-1] == "." for j in rest):  # headlines alone
        return True
    return (dates >= 2 and len(prose) * 3 <= len(rest)) or (bullets >= 3 and len(prose) * 5 <= len(rest))


def _dated(hits: Sequence[Hit | None], i: int) -> bool:
    """Whether a time stands on the line or on the next one, as with headlines of other articles."""
    return any(hit is not None and hit.rule == "timestamp" for hit in hits[i : i + 2])


def _is_heading(hit: Hit, line: Line) -> bool:
    return hit.rule == "phrase-line" or (hit.rule == "phrase-start" and len(line.text) <= 24)


def _stands_as_headline(text: str, led: bool = False) -> bool:
    """A headline of 45 characters, or of 20 straight below a heading that ends with a colon."""
    return len(text) >= (20 if led else 45) and text[-1] not in ".:;," and looks_like_headline(text)


def _after_end(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held) -> None:
    """After the writer's name at the end of an article: teasers, when most of them break off."""
    signs = [i for i, hit in enumerate(hits) if hit and hit.kind in _SIGNS]
    for i in signs:
        before = sum(1 for j in range(i) if held[j] is None and lines[j].prose)
        rest = [j for j in range(i + 1, len(lines)) if held[j] is None]
        broken = sum(1 for j in rest if _breaks_off(lines[j].text))
        cut_short = sum(1 for j in rest if lines[j].text.endswith(("...", "…")))
        signed = hits[i].kind == "initials" and cut_short >= 2  # type: ignore[union-attr]
        if before >= 3 and rest and (2 * broken > len(rest) or signed):
            held[i] = hits[i]
            for j in rest:
                held[j] = Hit("after-end", "related", "a teaser after the name that ends the article")
            return


def _comment_block(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held) -> None:
    """After the heading of a comment form or of readers' comments: the rest, notices and comments in sentences too.

    Three quarters of the article stand above the heading, and a second hit of comments near it bears it out.
    """
    whole = sum(len(line.text) for line in lines if line.prose)
    above = 0
    for i, line in enumerate(lines):
        hit = held[i]
        if hit is not None and hit.kind == "comment" and hit.where == ANY and above >= 0.75 * whole > 0:
            second = any(h is not None and h.kind == "comment" for h in hits[i + 1 : i + 13])
            for j in range(i + 1, len(lines) if second else 0):
                held[j] = held[j] or Hit("comment-block", "comment", f"after {line.text[:40]!r}")
            return
        above += len(line.text) if line.prose else 0


def _breaks_off(text: str) -> bool:
    return text.endswith(("...", "…")) or (len(text) >= 60 and not ends_sentence(text))


def _tail_block(lines: Sequence[Line], hits: Sequence[Hit | None], held: Held, ended: Callable[[Line], bool]) -> None:
    """Behind the last paragraph, what follows the first closing hit, or a paragraph that closes the article."""
    _, last = prose_bounds(lines, held)
    opened: Hit | None = None
    if 0 <= last < len(lines) - 1 and ended(lines[last]):
        opened = Hit("block-tail", "footer", "the last paragraph closes the article")
    for i in range(last + 1, len(lines)):
        hit = held[i]
        if hit is not None and (hit.kind in CLOSING or hit.rule == "endmark"):
            opened = opened if opened is not None and opened.kind in FINAL else hit
        elif hit is None and opened is not None and last >= 0:
            if opened.kind not in FINAL and (len(lines[i].text) >= 40 or ends_sentence(lines[i].text)):
                return
            held[i] = hits[i] or Hit(
                "block-tail", opened.kind, f"behind the last paragraph, after {opened.kind} ({opened.why})"
            )


def _signature(lines: Sequence[Line], held: Held) -> None:
    """A name or an agency alone, straight after the last two paragraphs: on the last line, or with one more line and
    what goes below it."""
    kept = [i for i, hit in enumerate(held) if hit is None]
    for at in (len(kept) - 1, len(kept) - 2):
        if at < 3 or not all(lines[i].prose for i in kept[at - 2 : at]):
            continue
        below = kept[at + 1 :]
        if below and (lines[below[0]].prose or not any(held[kept[at] + 1 :])):
            continue
        if _is_signed(lines[kept[at]].text, 1 if not below else 2):
            held[kept[at]] = Hit("signature", "byline", "a name alone behind the last paragraph")
            return


def _is_signed(text: str, least: int) -> bool:
    """Whether a line is `least` to four words, all with capitals."""
    words = text.replace(".", "").split()
    high = all(w.replace("-", "").isalpha() and w[0].isupper() for w in words)
    return len(text) <= 40 and least <= len(words) <= 4 and high
