"""Accept or refuse the hits of lines by their place and their neighbours: evidence adds up.

Accept a match if it is strong on its own, if it stands at the top or bottom of the article, or if it lies in a block
opened by an accepted match. The rules that name lines here are `block-tail`, `comment-block`, `after-end`, `menu-list`,
`site-line` and `signature`; their precision stands in benchmarks/results/strip.md ("By rule"), their traps in
tests/cases/strip/whole_texts.jsonl and losses.jsonl. What a place says is told by context.py, what a heading of related
links takes by related_blocks.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from cleaner.characters import BULLETS, DASHES
from cleaner.judge.lines import (
    ANY,
    EDGE,
    HEAD,
    MENU_ITEM,
    Hit,
    Line,
    ends_sentence,
    ends_signed,
    is_wrapped,
    paragraphs,
    prose_bounds,
)
from cleaner.phrases.phrases import Phrases
from cleaner.strip.cards import READ_ON, take_cards
from cleaner.strip.context import SHAPES, Places, drop_fragments, ends_text
from cleaner.strip.feeds import take_feeds
from cleaner.strip.inside_lines import closes_article, names_recur
from cleaner.strip.lists import is_lead_in, is_numbered, listed_below
from cleaner.strip.related_blocks import BLOCK_LINES, ITEM_STARTS, take_related_blocks

__all__ = ["accept_hits"]

Accepted = list[Hit | None]
"""For each line the hit that was accepted, or None while the line stays. The rules below fill it in place."""

CLOSING = frozenset(
    (
        *("comment", "newsletter", "login", "footer", "disclaimer", "share", "cookie", "nav", "tags", "promo"),
        *("paywall", "app", "sourcenote"),
    )
)
"""Kinds after which, behind the last paragraph, an article does not go on."""

FINAL = frozenset(("comment", "login", "cookie", "footer", "disclaimer", "endmark"))
"""Those that stand nowhere else; after the others a last short paragraph may follow."""

SURE = frozenset(("comment", "login", "cookie", "footer"))
"""Those below which no list of the author's stands."""

CALLS = frozenset(("newsletter", "promo", "share", "paywall", "app"))
"""Those that stand between the last paragraph and a list of the author's as well."""

SIGNING = frozenset(("byline", "initials", "endmark"))
"""Kinds that sign an article at its end."""

REPEATED = 3
"""Lines in a row that say the same; a refrain is in no list of buttons."""

PATH = 5
"""The most lines of a path of sections above the headline."""

LEAD_IN = 30
"""The fewest characters of a line with a colon that leads to a list; shorter ones may be empty fields of a template."""

_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

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
    hits = drop_fragments(lines, hits, phrases)
    accepted: Accepted = [hit if hit and hit.where == ANY else None for hit in hits]
    doubts = [i for i, hit in enumerate(hits) if hit is not None and accepted[i] is None]
    kinds = {hit.kind for hit in hits if hit is not None}
    _accept_repeated(lines, hits, accepted)
    # What is accepted moves the edges and makes new neighbours, so these rules are asked again while a doubt is left.
    if _is_left(doubts, accepted):
        _accept_at_edges(lines, hits, accepted)
    if _is_left(doubts, accepted):
        _accept_rows_of_doubts(lines, hits, accepted)
        _accept_next_to_accepted(lines, hits, accepted)
    if not kinds.isdisjoint(READ_ON):
        take_cards(lines, hits, accepted, frozenset(take_related_blocks(lines, hits, accepted)))
    if _is_left(doubts, accepted):
        _accept_at_edges(lines, hits, accepted)
        _accept_next_to_accepted(lines, hits, accepted)
        _take_menus(lines, hits, accepted)
    _take_names_below_labels(lines, hits, accepted, phrases)
    if "footer" in kinds:
        _take_site_name(lines, accepted)
    if not kinds.isdisjoint(SIGNING):
        _take_teasers_after_end(lines, hits, accepted)
        _take_tags_after_end(lines, hits, accepted)
    if "comment" in kinds:
        _take_comments(lines, hits, accepted)
    take_feeds(lines, hits, accepted, phrases)
    _take_tail(lines, hits, accepted, phrases)
    _take_signature(lines, accepted)
    return accepted


def _is_left(doubts: Sequence[int], accepted: Accepted) -> bool:
    return any(accepted[i] is None for i in doubts)


def _accept_repeated(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """REPEATED or more lines in a row that say the same, and that a list doubts: buttons of comments ("- Reply")."""
    begin, n = 0, len(lines)
    for i in range(1, n + 1) if any(hits) else ():
        if i < n and lines[i].text == lines[begin].text:
            continue
        hit = hits[begin]
        if i - begin >= REPEATED and hit is not None and hit.rule not in SHAPES:
            accepted[begin:i] = [hit] * (i - begin)
        begin = i


def _accept_at_edges(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """Edge hits before the first and after the last paragraph hold."""
    first, last = prose_bounds(lines, [h or g for h, g in zip(accepted, hits, strict=True)])
    if last < 0:
        return
    prose = paragraphs(lines)
    # a byline may stand below the sentence under the headline: above the second long line, if that is among the first 8
    top = max(first, prose[1] if len(prose) > 1 and prose[1] < 8 else 0)
    deck = prose[0] if prose else len(lines)
    timed = [i for i in range(deck, last) if (hit := hits[i]) is not None and hit.rule == "timestamp"]
    # dates as subheads: further down, or with lines between them straight below the first paragraph
    timeline = any(i >= top for i in timed) or any(below - i > 1 for i, below in pairwise(timed))
    # the date above the first paragraph opens the timeline where those below differ from it in digits and words alone
    shapes = (
        {_LETTERS.sub("a", _DIGITS.sub("0", lines[i].text)) for i in (deck - 1, *timed)} if timeline and deck else ()
    )
    deck -= len(shapes) == 1
    places = Places(lines, hits, accepted, last)
    for i, hit in enumerate(hits):
        if hit is None or accepted[i] is not None or not places.suit(i):
            continue
        if timeline and hit.rule == "timestamp" and deck <= i:
            continue
        above = i < first or (i < top and hit.kind in ("byline", "timestamp"))
        if (hit.where in (EDGE, HEAD) and above) or (hit.where == EDGE and i > last):
            accepted[i] = hit
    if first > 1 and accepted[0] is not None and accepted[0].kind == "nav":
        _take_path(lines, hits, accepted)


def _accept_rows_of_doubts(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """Two or more doubtful lines in a row, above the first or below the last paragraph, bear each other out.

    Times and items of a list do not count: a programme and a list of numbers look like that.
    """
    first, last = prose_bounds(lines, accepted)
    if last < 0:
        return
    places = Places(lines, hits, accepted, last)
    for zone in (range(first), range(last + 1, len(lines))):
        row: list[int] = []
        for i in [*zone, -1]:
            hit = hits[i] if i >= 0 else None
            item = i >= 0 and lines[i].text[0] in ITEM_STARTS
            if hit and hit.kind != "timestamp" and accepted[i] is None and not item and places.suit(i):
                row.append(i)
                continue
            if len(row) >= 2:
                for j in row:
                    accepted[j] = hits[j]
            row = []


def _accept_next_to_accepted(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """A doubtful hit next to one that holds holds as well; asked downwards, then upwards.

    A hit of shape has to suit its place, and a number has to stand next to more than other marks: cells of a table that
    ends above a signature would go one by one. What suffices above the article alone stays elsewhere.
    """
    n = len(accepted)
    first, last = prose_bounds(lines, [h or g for h, g in zip(accepted, hits, strict=True)])
    places = Places(lines, hits, accepted, last)
    times = [i for i, hit in enumerate(hits[:-1]) if hit and hit.rule == "timestamp"]
    live = sum(hits[i + 1] is None and ends_sentence(lines[i + 1].text) for i in times) >= 3  # times above reports
    for order in (range(1, n), range(n - 2, -1, -1)):
        for i in order:
            hit, beside = hits[i], accepted[i - order.step]
            if accepted[i] is not None or hit is None or beside is None or (live and i in times):
                continue
            if (hit.where == HEAD and i > first) or not places.suit(i):
                continue
            between = (
                0 < i < n - 1 and accepted[i - 1] is not None and accepted[i + 1] is not None
            )  # 2 of "1", "2", "3"
            if between or hit.rule not in SHAPES or beside.rule not in ("number", "endmark"):
                accepted[i] = hit


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
            known = [hit for j in row if (hit := hits[j]) is not None and hit.rule not in SHAPES]
            if len(row) >= 4 and len(known) >= 2:
                for j in row:
                    accepted[j] = hits[j] or Hit("menu-list", "nav", "a list of short items, known ones among them")
            row = []


def _take_path(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """Below "home" the sections that lead to the article, one on each line, down to the headline."""
    end, small = 1, lines[0].text[0].islower()
    while end < min(len(lines), PATH) and lines[end].text.count(" ") < 2:
        hit, text = hits[end], lines[end].text
        section = text[0].islower() == small and len(text) <= MENU_ITEM and text[-1].isalpha()
        if not section or (hit is not None and hit.kind not in ("nav", "related", "tags")):
            return
        end += 1
    if end < len(lines) and lines[end].text.count(" ") >= 3 and lines[end].text[0].isupper():
        path = Hit("menu-list", "nav", "a path of sections, one on each line")
        accepted[1:end] = [known or path for known in accepted[1:end]]


def _take_site_name(lines: Sequence[Line], accepted: Accepted) -> None:
    """A short line above the first paragraph that stands in the notice of rights: the site's name."""
    rights = " ".join(line.wording for line, hit in zip(lines, accepted, strict=True) if hit and hit.rule == "rights")
    first, _ = prose_bounds(lines, accepted)
    for i in range(min(first, len(lines)) if rights else 0):
        line = lines[i]
        if accepted[i] is None and len(line.text) <= MENU_ITEM and len(line.wording) >= 4 and line.wording in rights:
            accepted[i] = Hit("site-line", "nav", "the name in the notice of rights")


def _take_teasers_after_end(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """After the writer's name at the end of an article: teasers, when most of them break off and no paragraph follows.

    Where the article's own paragraphs break off as well, as in texts without end marks, that says nothing.
    """
    prose = [i for i, line in enumerate(lines) if line.prose and accepted[i] is None]
    end = (
        next((i for i, hit in enumerate(hits) if hit and hit.kind in SIGNING and i > prose[2]), -1) if prose[2:] else -1
    )
    below = [line for line, hit in zip(lines[end + 1 :], accepted[end + 1 :], strict=True) if hit is None]
    if end < 0 or sum(map(_is_broken, below)) < 2:
        return
    # Counted from the first line down, so that many signatures do not each look at all lines.
    left = [line for line, hit in zip(lines, accepted, strict=True) if hit is None]
    rest, cut, broken = len(left), sum(_is_cut_short(ln.text) for ln in left), sum(map(_is_broken, left))
    closed = sum(map(_is_closed, left))
    before = whole = 0
    for i, (line, hit) in enumerate(zip(lines, hits, strict=True)):
        if accepted[i] is None:  # from here on `rest` stands below the line
            rest, cut, broken = rest - 1, cut - _is_cut_short(line.text), broken - _is_broken(line)
            closed -= _is_closed(line)
        if hit is not None and hit.kind in SIGNING and before >= 3 and 2 * whole >= before:
            # of 69 cuts read in other languages 54 took paragraphs of the article behind an embedded post or a note
            breaks_off = 2 * broken > rest and broken >= 3 and 5 * closed <= broken
            if breaks_off or (cut >= 2 and closed <= cut and (2 * broken > rest or hit.kind == "initials")):
                teaser = Hit("after-end", "related", "a teaser after the name that ends the article")
                accepted[i] = hit
                for j in range(i + 1, len(lines)):
                    if accepted[j] is None and not _is_closed(lines[j]):  # a whole paragraph is no teaser
                        accepted[j] = teaser
                return
        before += accepted[i] is None and line.prose
        whole += accepted[i] is None and _is_closed(line)


def _take_tags_after_end(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted) -> None:
    """Below the initials that end the article: two terms or more in small letters, one on each line."""
    signed = [i for i, hit in enumerate(accepted) if hit is not None and hit.rule == "initials-line"]
    below = [i for i in range(signed[-1] + 1, len(lines)) if accepted[i] is None] if signed else []
    terms = list(
        takewhile(lambda i: hits[i] is None and lines[i].text.islower() and lines[i].text[-1].isalnum(), below)
    )
    # what follows them are buttons, and nothing of the article's
    short = all(len(lines[i].text) <= MENU_ITEM and lines[i].text.count(" ") <= 3 for i in below)
    if len(terms) >= 2 and short:
        for i in terms:
            accepted[i] = Hit("after-end", "tags", "terms in small letters below the initials that end the article")


def _is_cut_short(text: str) -> bool:
    return text.endswith(("...", "…"))


def _is_broken(line: Line) -> bool:
    """Whether a line breaks off: with an ellipsis, or long and without an end mark. Items of lists do not."""
    text = line.text
    if _is_cut_short(text):
        return True
    return len(text) >= 60 and not ends_sentence(text) and text[-1] not in ":;,：；،؛，" and text[0] not in ITEM_STARTS


def _is_closed(line: Line) -> bool:
    """Whether a line is a paragraph that ends as paragraphs do."""
    return line.prose and ends_sentence(line.text) and not _is_cut_short(line.text)


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
    if last < 0 or None not in accepted[last + 1 :]:
        return
    clean = [i for i in range(last + 1, len(lines)) if accepted[i] is None and hits[i] is None]
    # where the author's short lines end, which are sentences and no words of a menu
    sentences = (i for i in clean if ends_sentence(lines[i].text) and not lines[i].text.endswith((")", "]")))
    text_end = max((*sentences, *(i for i in clean if len(lines[i].text) >= 60)), default=last)
    closed = True  # whether the author's lines above end as text does; between items of a list a button closes nothing
    opened: Hit | None = None
    called = len(clean) >= 3 and not CALLS.isdisjoint(hit.kind for hit in accepted[last + 1 :] if hit is not None)
    listed = listed_below(lines, hits, last + 1, phrases) if called else frozenset()
    if closes_article(lines[last], phrases) and not names_recur(lines, accepted):
        opened = Hit("block-tail", "footer", "the last paragraph closes the article")
    for i in range(last + 1, len(lines)):
        hit, text = accepted[i], lines[i].text
        if hit is not None and (hit.kind in CLOSING or hit.rule == "endmark"):
            if hit.kind in SURE or closed or (hit.kind == "tags" and accepted[i - 1] is not None):
                opened = opened if opened is not None and opened.kind in FINAL else hit
        elif hit is None and opened is None:
            closed = ends_text(lines[i]) or ends_signed(text)
        elif hit is None and opened is not None:
            # a button of sharing may stand above the last short paragraph; a form of comments does not
            if opened.kind not in FINAL and (len(text) >= 40 or ends_sentence(text)):
                return
            # the author's own list goes on below a source or a mark, and dashes part sections of an article
            parted = opened.rule == "endmark" and not lines[i - 1].text.strip(DASHES)
            leads = is_numbered(text) or (is_lead_in(text) and len(text) >= LEAD_IN)
            leads = leads or (i in listed and opened.kind in CALLS)
            if opened.kind not in SURE and (i <= text_end or parted or leads):
                return
            why = f"behind the last paragraph, after {opened.kind} ({opened.why})"
            accepted[i] = hits[i] or Hit("block-tail", opened.kind, why)


def _take_names_below_labels(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Accepted, phrases: Phrases
) -> None:
    """The name on the line below a bare label that goes ("Oleh", "Reporter:"), and an address below the name."""
    for i, hit in enumerate(accepted[:-1]):
        if hit is None or hit.kind != "byline":
            continue
        # "Tom Ashe" / "Staff Writer" below the headline, of which the name might be one where no other stands above
        role = i > 1 and hit.rule == "phrase-line" and "{" not in hit.why and hits[i - 1] is None
        headed = role and accepted[i - 2] is None and not lines[i - 2].prose and lines[i - 2].text.count(" ") >= 2
        if headed and len(lines[i - 1].text) <= SIGNATURE and _is_full_name(lines[i - 1].text, phrases):
            accepted[i - 1] = accepted[i - 1] or Hit("signature", "byline", f"a name above {lines[i].text[:24]!r}")
        if accepted[i + 1] is not None or hits[i + 1] is not None:
            continue
        wording, words = lines[i].wording, phrases.words
        if not (phrases.whole(wording, "start") or wording in words["by"] or wording in words["role"]):
            continue
        name = lines[i + 1].text
        if len(name) <= SIGNATURE and _is_full_name(name, phrases):
            accepted[i + 1] = Hit("signature", "byline", f"a name below {lines[i].text[:24]!r}")
            if i + 2 < len(lines) and accepted[i + 2] is None and _ADDRESS.fullmatch(lines[i + 2].text):
                accepted[i + 2] = Hit("signature", "byline", "an address below a name")


def _is_full_name(text: str, phrases: Phrases) -> bool:
    """Whether a line is two to five words with a capital, with small words of names between them."""
    words = text.replace(".", " ").split()
    high = [word for word in words if word not in phrases.words["particle"]]
    return 2 <= len(words) <= 5 and all(w[0].isupper() and w.replace("-", "").replace("'", "").isalpha() for w in high)


def _signs(text: str, fewest: int) -> bool:
    """Whether a text is at least so many words and at most four, all with capitals, as names and agencies are."""
    words = text.replace(".", "").split()
    high = all(word.replace("-", "").isalpha() and word[0].isupper() for word in words)
    return len(text) <= SIGNATURE and fewest <= len(words) <= 4 and high


def _take_signature(lines: Sequence[Line], accepted: Accepted) -> None:
    """A name or an agency alone, straight after the last two paragraphs: on the last line, or with one more line and
    what goes below it."""
    kept = [i for i, hit in enumerate(accepted) if hit is None]
    # the name of the byline once more, as columns end: "(Sari Wening)"
    final = lines[kept[-1]] if len(kept) >= 3 else None
    if final is not None and not final.prose and _signs(final.text.strip("()–- "), 2):
        bylines = [line.wording for line, hit in zip(lines, accepted, strict=True) if hit and hit.kind == "byline"]
        if ends_sentence(lines[kept[-2]].text) and any(final.wording in wording for wording in bylines):
            accepted[kept.pop()] = Hit("signature", "byline", "the name of the byline behind the last line")
    for at in (len(kept) - 1, len(kept) - 2):
        if at < 3 or not all(lines[i].prose for i in kept[at - 2 : at]) or not ends_sentence(lines[kept[at - 1]].text):
            continue
        below = kept[at + 1 :]
        if below and (lines[below[0]].prose or not any(accepted[kept[at] + 1 :])):
            continue
        # one word may be an agency where it ends the text; above another line it may be a subhead
        text, fewest = lines[kept[at]].text, 2 if below else 1
        names = text.split(" | ") if text.isupper() and not below else [text]  # "RINA WULAN | BAGUS TRI"
        if len(names) <= 3 and all(_signs(name, fewest) for name in names):
            accepted[kept[at]] = Hit("signature", "byline", "a name alone behind the last paragraph")
            return
