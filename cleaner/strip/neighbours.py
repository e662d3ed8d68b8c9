"""Accept or refuse the hits of lines by their place and their neighbours: evidence adds up.

Accept a match if it is strong on its own, if it stands at the top or bottom of the article, or if it lies in a block
opened by an accepted match. The rules that name lines here are `related-block`, `block-tail`, `comment-block`,
`after-end`, `menu-list`, `site-line` and `signature`; their precision stands in benchmarks/results/strip.md ("By
rule"), their traps in tests/cases/strip/whole_texts.jsonl.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleaner.characters import BULLETS
from cleaner.judge.lines import ANY, EDGE, HEAD, MENU_ITEM, Hit, Line, ends_sentence, is_wrapped, prose_bounds
from cleaner.phrases.phrases import Phrases
from cleaner.strip.inside_lines import closes_article
from cleaner.strip.line_rules import looks_like_headline

__all__ = ["accept_hits"]

Accepted = list[Hit | None]
"""For each line the hit that was accepted, or None while the line stays. The rules below fill it in place."""

ITEM_STARTS = BULLETS + "0123456789"
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

SIGNING = frozenset(("byline", "initials", "endmark"))
"""Kinds that sign an article at its end."""

BLOCK_LINES = 12
"""The most lines that a heading of related links speaks for, and in which comments are sought below a heading."""

SIGNATURE = 40
"""The most characters of a name or an agency that signs an article on a line of its own."""

COMMENT_SHARE = 0.75
"""Share of an article's prose that stands above a heading of comments; a report on comments has less there."""


def accept_hits(lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases) -> Accepted:
    """The hits that hold: those that suffice alone, those whose place speaks for them, and the blocks they open."""
    if not any(hits) and (not lines or lines[-1].prose):  # nothing to accept, and no tail for a block
        return list(hits)
    if is_wrapped(lines):  # a line of a wrapped text is no unit, so only those between blank lines can go
        parted = [line.apart and (i + 1 == len(lines) or lines[i + 1].apart) for i, line in enumerate(lines)]
        return [h if h and h.where == ANY and alone else None for h, alone in zip(hits, parted, strict=True)]
    accepted: Accepted = [hit if hit and hit.where == ANY else None for hit in hits]
    kinds = {hit.kind for hit in hits if hit is not None}
    # What is accepted moves the edges and makes new neighbours, so these rules are asked again while a doubt is left.
    _accept_at_edges(lines, hits, accepted)
    if _is_doubt_left(hits, accepted):
        _accept_rows_of_doubts(lines, hits, accepted)
        _accept_next_to_accepted(hits, accepted)
    if "related" in kinds:
        _take_related_blocks(lines, hits, accepted)
    if _is_doubt_left(hits, accepted):
        _accept_at_edges(lines, hits, accepted)
        _accept_next_to_accepted(hits, accepted)
    if _is_doubt_left(hits, accepted):
        _take_menus(lines, hits, accepted)
    if "footer" in kinds:
        _take_site_name(lines, accepted)
    if not kinds.isdisjoint(SIGNING):
        _take_teasers_after_end(lines, hits, accepted)
    if "comment" in kinds:
        _take_comments(lines, hits, accepted)
    _take_tail(lines, hits, accepted, phrases)
    _take_signature(lines, accepted)
    return accepted


def _is_doubt_left(hits: Sequence[Hit | None], accepted: Accepted) -> bool:
    return any(hit is not None and accepted[i] is None for i, hit in enumerate(hits))


def _accept_at_edges(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """Edge hits before the first and after the last paragraph hold."""
    first, last = prose_bounds(lines, [h or g for h, g in zip(accepted, hits, strict=True)])
    if last < 0:
        return
    prose = [i for i, line in enumerate(lines) if line.prose]
    # a byline may stand below the sentence under the headline: above the second long line, if that is among the first 8
    top = max(first, prose[1] if len(prose) > 1 and prose[1] < 8 else 0)
    deck = prose[0] if prose else len(lines)
    timeline = any(hit is not None and hit.rule == "timestamp" for hit in hits[top:last])  # dates as subheads
    for i, hit in enumerate(hits):
        if hit is None or accepted[i] is not None:
            continue
        if timeline and hit.rule == "timestamp" and deck < i:
            continue
        above = i < first or (i < top and hit.kind in ("byline", "timestamp"))
        if (hit.where in (EDGE, HEAD) and above) or (hit.where == EDGE and i > last):
            accepted[i] = hit


def _accept_rows_of_doubts(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """Two or more doubtful lines in a row, above the first or below the last paragraph, bear each other out.

    Times and items of a list do not count: a programme and a list of numbers look like that.
    """
    first, last = prose_bounds(lines, accepted)
    if last < 0:
        return
    for zone in (range(first), range(last + 1, len(lines))):
        row: list[int] = []
        for i in [*zone, -1]:
            hit = hits[i] if i >= 0 else None
            if hit and hit.kind != "timestamp" and accepted[i] is None and lines[i].text[0] not in ITEM_STARTS:
                row.append(i)
                continue
            if len(row) >= 2:
                for j in row:
                    accepted[j] = hits[j]
            row = []


def _accept_next_to_accepted(hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """A doubtful hit next to one that holds holds as well; asked downwards, then upwards."""
    n = len(accepted)
    for order in (range(1, n), range(n - 2, -1, -1)):
        for i in order:
            if accepted[i] is None and hits[i] is not None and accepted[i - order.step] is not None:
                accepted[i] = hits[i]


def _take_menus(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """Four or more short items of a list in a row, two of them doubtful, above the first or below the last paragraph;
    and a doubtful first line above another that is no paragraph."""
    first, last = prose_bounds(lines, accepted)
    if last < 0:
        return
    top, alone = hits[0], lines[0].text[0] not in ITEM_STARTS and not (len(lines) > 1 and lines[1].prose)
    if first > 1 and accepted[0] is None and top is not None and top.kind == "nav" and alone:
        accepted[0] = top
    for zone in (range(first), range(last + 1, len(lines))):
        row: list[int] = []
        for i in [*zone, -1]:
            if i >= 0 and accepted[i] is None and lines[i].text[0] in BULLETS and len(lines[i].text) <= MENU_ITEM:
                row.append(i)
                continue
            if len(row) >= 4 and sum(hits[j] is not None for j in row) >= 2:
                for j in row:
                    accepted[j] = hits[j] or Hit("menu-list", "nav", "a list of short items, known ones among them")
            row = []


def _take_site_name(lines: Sequence[Line], accepted: Accepted) -> None:
    """A short line above the first paragraph that stands in the notice of rights: the site's name."""
    rights = " ".join(line.wording for line, hit in zip(lines, accepted, strict=True) if hit and hit.rule == "rights")
    first, _ = prose_bounds(lines, accepted)
    for i in range(min(first, len(lines)) if rights else 0):
        line = lines[i]
        if accepted[i] is None and len(line.text) <= MENU_ITEM and len(line.wording) >= 4 and line.wording in rights:
            accepted[i] = Hit("site-line", "nav", "the name in the notice of rights")


def _take_related_blocks(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """After a bare heading of related links ("Baca juga:"): the headlines that follow it."""
    _, last = prose_bounds(lines, accepted)
    rest = _count_rest(lines, hits, accepted)
    above = 0  # paragraphs above that stay
    for i, hit in enumerate(accepted):
        above += hit is None and lines[i].prose
        if hit is None or hit.kind != "related":
            continue
        # a label with a headline behind it on its own line speaks for that line alone
        if not (hit.rule == "phrase-line" or (hit.rule == "phrase-start" and len(lines[i].text) <= 24)):
            continue
        block = Hit("related-block", "related", f"under {lines[i].text[:40]!r}")
        if above >= 4 and _ends_in_teasers(lines, accepted, i, rest):
            accepted[i + 1 :] = [other or block for other in accepted[i + 1 :]]
            return
        for j in range(i + 1, _end_of_headlines(lines, hits, accepted, i, last)):
            accepted[j] = accepted[j] or block


def _end_of_headlines(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted, heading: int, last: int
) -> int:
    """Index behind the headlines below a heading of related links; `last` is the index of the last paragraph."""
    bulleted = heading + 1 < len(lines) and lines[heading + 1].text[0] in ITEM_STARTS
    end = min(len(lines), heading + 1 + BLOCK_LINES)
    for i in range(heading + 1, end):
        if accepted[i] is not None:
            continue
        # a time stands on the line or on the next one, as with headlines of other articles
        text, dated = lines[i].text, any(hit is not None and hit.rule == "timestamp" for hit in hits[i : i + 2])
        if (lines[i].prose and not dated) or text.rstrip("\"'”’»")[-1:] == ".":
            return i
        if i < last:  # between paragraphs a subhead may follow, so the line has to be a list's or a long headline
            if (text[0] in ITEM_STARTS) != bulleted:
                return i
            led = i == heading + 1 and lines[heading].text.endswith((":", "：", "…", "..."))
            headline = len(text) >= (20 if led else 45) and text[-1] not in ".:;," and looks_like_headline(text)
            if not (bulleted or headline or dated):
                return i
    return end


@dataclass(frozen=True, slots=True)
class _Rest:
    """What stands from a line to the end of the text, by the index of the line; counted once for all headings.

    A heading takes no more than BLOCK_LINES below it, so the counts hold for lines further below than that.
    """

    prose: list[int]
    pairs: list[int]
    stops: list[int]
    dates: list[int]
    bullets: list[int]


def _count_rest(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> _Rest:
    """Count, from the last line up: paragraphs that stay, those straight above another, lines that stay and end with a
    full stop, times, items of a list."""
    rest = _Rest([0], [0], [0], [0], [0])
    below = False  # whether a paragraph that stays stands on the next line
    for line, hit, taken in zip(reversed(lines), reversed(hits), reversed(accepted), strict=True):
        prose = taken is None and line.prose
        stop = taken is None and _has_full_stop(line)
        seen = (prose, prose and below, stop, hit is not None and hit.kind == "timestamp", line.text[0] in ITEM_STARTS)
        for counts, each in zip((rest.prose, rest.pairs, rest.stops, rest.dates, rest.bullets), seen, strict=True):
            counts.append(counts[-1] + each)
        below = prose
    for counts in (rest.prose, rest.pairs, rest.stops, rest.dates, rest.bullets):
        counts.reverse()
    return rest


def _has_full_stop(line: Line) -> bool:
    return line.text.rstrip("\"'”’»")[-1:] == "."


def _ends_in_teasers(lines: Sequence[Line], accepted: Accepted, heading: int, rest: _Rest) -> bool:
    """Whether headlines, dates and teasers fill the rest: mostly bare lines, never two paragraphs in a row."""
    n = len(lines) - heading - 1
    near = range(heading + 1, min(len(lines), heading + 2 + BLOCK_LINES))  # what headings above may have taken
    far = near.stop
    prose = [j for j in near if accepted[j] is None and lines[j].prose]
    together = any(b - a == 1 for a, b in pairwise(prose))
    if far < len(lines) and prose and prose[-1] == far - 1:
        together = together or (accepted[far] is None and lines[far].prose)
    if n < 3 or together or rest.pairs[far]:
        return False
    if not rest.stops[far] and not any(accepted[j] is None and _has_full_stop(lines[j]) for j in near):
        return True  # headlines alone
    paragraphs = len(prose) + rest.prose[far]
    dates, bullets = rest.dates[heading + 1], rest.bullets[heading + 1]
    return (dates >= 2 and paragraphs * 3 <= n) or (bullets >= 3 and paragraphs * 5 <= n)


def _take_teasers_after_end(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """After the writer's name at the end of an article: teasers, when most of them break off."""
    # Counted from the first line down, so that many signatures do not each look at all lines.
    left = [line.text for line, hit in zip(lines, accepted, strict=True) if hit is None]
    rest, cut_short, broken = len(left), sum(map(_is_cut_short, left)), sum(map(_is_broken, left))
    before = 0
    for i, (line, hit) in enumerate(zip(lines, hits, strict=True)):
        if accepted[i] is None:  # from here on `rest` stands below the line
            rest, cut_short, broken = (
                rest - 1, cut_short - _is_cut_short(line.text), broken - _is_broken(line.text)
            )  # fmt: skip
        if hit is not None and hit.kind in SIGNING:
            signed = hit.kind == "initials" and cut_short >= 2
            if before >= 3 and rest and (2 * broken > rest or signed):
                teaser = Hit("after-end", "related", "a teaser after the name that ends the article")
                accepted[i:] = [hit, *(other or teaser for other in accepted[i + 1 :])]
                return
        before += accepted[i] is None and line.prose


def _is_cut_short(text: str) -> bool:
    return text.endswith(("...", "…"))


def _is_broken(text: str) -> bool:
    """Whether a line breaks off: with an ellipsis, or long and without an end mark."""
    return _is_cut_short(text) or (len(text) >= 60 and not ends_sentence(text))


def _take_comments(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """After the heading of a comment form or of readers' comments: the rest, notices and comments in sentences too.

    COMMENT_SHARE of the article stands above the heading, and a second hit of comments near it bears it out.
    """
    whole = sum(len(line.text) for line in lines if line.prose)
    above = 0
    for i, line in enumerate(lines):
        hit = accepted[i]
        if hit is not None and hit.kind == "comment" and hit.where == ANY and above >= COMMENT_SHARE * whole > 0:
            if any(h is not None and h.kind == "comment" for h in hits[i + 1 : i + 1 + BLOCK_LINES]):
                block = Hit("comment-block", "comment", f"after {line.text[:40]!r}")
                accepted[i + 1 :] = [other or block for other in accepted[i + 1 :]]
            return
        above += len(line.text) if line.prose else 0


def _take_tail(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted, phrases: Phrases) -> None:
    """Behind the last paragraph, what follows the first closing hit, or a paragraph that closes the article."""
    _, last = prose_bounds(lines, accepted)
    opened: Hit | None = None
    if 0 <= last < len(lines) - 1 and closes_article(lines[last], phrases):
        opened = Hit("block-tail", "footer", "the last paragraph closes the article")
    for i in range(last + 1, len(lines)):
        hit, text = accepted[i], lines[i].text
        if hit is not None and (hit.kind in CLOSING or hit.rule == "endmark"):
            opened = opened if opened is not None and opened.kind in FINAL else hit
        elif hit is None and opened is not None and last >= 0:
            # a button of sharing may stand above the last short paragraph; a form of comments does not
            if opened.kind not in FINAL and (len(text) >= 40 or ends_sentence(text)):
                return
            why = f"behind the last paragraph, after {opened.kind} ({opened.why})"
            accepted[i] = hits[i] or Hit("block-tail", opened.kind, why)


def _take_signature(lines: Sequence[Line], accepted: Accepted) -> None:
    """A name or an agency alone, straight after the last two paragraphs: on the last line, or with one more line and
    what goes below it."""
    kept = [i for i, hit in enumerate(accepted) if hit is None]
    for at in (len(kept) - 1, len(kept) - 2):
        if at < 3 or not all(lines[i].prose for i in kept[at - 2 : at]):
            continue
        below = kept[at + 1 :]
        if below and (lines[below[0]].prose or not any(accepted[kept[at] + 1 :])):
            continue
        # one word may be an agency where it ends the text; above another line it may be a subhead
        text = lines[kept[at]].text
        words = text.replace(".", "").split()
        high = all(w.replace("-", "").isalpha() and w[0].isupper() for w in words)
        if len(text) <= SIGNATURE and (2 if below else 1) <= len(words) <= 4 and high:
            accepted[kept[at]] = Hit("signature", "byline", "a name alone behind the last paragraph")
            return
