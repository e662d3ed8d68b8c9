"""The order of steps for one text: judge the lines, settle them by their neighbours, trim inside, close the gaps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.article import KINDS, Removal, claim, cut
from cleaner.errors import OptionError
from cleaner.judge.lines import BESIDE, EDGE, HEAD, Hit, Line, is_wrapped, prose_bounds, split_lines
from cleaner.judge.whole_page import looks_like_page, outside_block
from cleaner.phrases.clauses import find_openings
from cleaner.phrases.phrases import Phrases, load_phrases, normalise_wording
from cleaner.strip.datelines import find_datelines, match_dateline
from cleaner.strip.facts import facts_of, title_hits
from cleaner.strip.inline import closes_article, tail_trims, trims
from cleaner.strip.line_rules import judge
from cleaner.strip.neighbours import accept_hits
from cleaner.strip.space import close_gaps

__all__ = ["Stripped", "explain_line", "strip"]

GUARD = 0.7
"""An article that looked extracted keeps its text when more than this share of its ink would go: of 253 development
articles one has more cruft than that."""

PASSES = 6


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


class _Choice(NamedTuple):
    """The options that one call passes along."""

    phrases: Phrases
    title: str
    keep_kinds: Sequence[str]
    only_kinds: Sequence[str]
    allow: frozenset[str]
    known_title: str

    @property
    def limited(self) -> bool:
        return bool(self.keep_kinds or self.only_kinds or self.allow)

    def takes(self, kind: str) -> bool:
        return kind not in self.keep_kinds and (not self.only_kinds or kind in self.only_kinds)


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
    """Find the cruft of one article; `cleaner.article.cut(text, result.removals)` is the clean text.

    `phrases` default to the lists of `language`. `input_kind` is "text" for what an extractor left, "page" for all
    visible lines of a page, "auto" to decide by its look. `title` is "keep", "drop", or "field" (into the result's
    `title` and out of the text) for a headline repeated as first line; `known_title` is the headline where the
    source gave it. `keep_kinds` stay, `only_kinds` alone go; lines of `allow` (compared folded) always stay.
    Raises OptionError for an unknown kind or choice. Stripping the clean text again as "text" takes nothing more.

    >>> text = "Medan, Contoh.com - Hujan turun sejak pagi di kota itu, dan warga menutup pintu rapat."
    >>> found = strip(text, language="id")
    >>> found.removals[0].kind, found.place, found.site
    ('dateline', 'Medan', 'Contoh.com')
    """
    _check(input_kind, title, (*keep_kinds, *only_kinds))
    allowed = frozenset(normalise_wording(line) for line in allow) if allow else allow
    choice = _Choice(phrases or load_phrases(language), title, keep_kinds, only_kinds, allowed, known_title)
    facts: dict[str, str] = {}
    removals, kind, rests = _one_pass(text, input_kind, choice, facts)
    for _ in range(0 if rests else PASSES):
        more, _kind, rests = _one_pass(cut(text, removals), "text", choice, facts)
        removals = _onto(removals, more)
        if rests:
            break
    if removals and _gutted(text, removals, GUARD if kind == "text" else 0.995):
        return Stripped(input_kind=kind, flags=("strip-guard",))
    return Stripped(removals, input_kind=kind, **facts)  # type: ignore[arg-type]


def _check(input_kind: str, title: str, kinds: Sequence[str]) -> None:
    if input_kind not in ("auto", "text", "page"):
        raise OptionError(f"input_kind is {input_kind!r}. Choose auto, text or page.")
    if title not in ("keep", "drop", "field"):
        raise OptionError(f"title is {title!r}. Choose keep, drop or field.")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise OptionError(f"{unknown[0]!r} is not a kind of removal. Known kinds: {', '.join(KINDS)}.")


def _one_pass(
    text: str, input_kind: str, choice: _Choice, facts: dict[str, str]
) -> tuple[tuple[Removal, ...], str, bool]:
    """What one look at `text` takes, as what it was looked at, and whether a further look would take nothing."""
    lines, phrases = split_lines(text), choice.phrases
    _mark_openings(text, lines, phrases)
    hits = [judge(line, phrases) for line in lines]
    if input_kind == "auto":
        input_kind = "page" if looks_like_page(lines, hits) else "text"
    if input_kind == "page":
        outside = outside_block(lines, hits, choice.known_title)
        hits = [away or hit for away, hit in zip(outside, hits, strict=True)]
    if choice.title != "keep" or choice.known_title:
        hits = title_hits(lines, hits, choice.known_title, choice.title)
    hits = _permitted(lines, hits, choice)
    held = _permitted(lines, accept_hits(lines, hits, lambda line: closes_article(line, phrases)), choice)
    found = [Removal(ln.start, ln.end, h.rule, h.kind, h.why) for ln, h in zip(lines, held, strict=True) if h]
    if found:
        facts_of(lines, held, phrases, facts)
    inside = [*find_datelines(lines, held, phrases, facts), *trims(text, lines, held, phrases)]
    if choice.limited:
        fixed = [(ln.start, ln.end) for ln in lines if choice.allow and normalise_wording(ln.text) in choice.allow]
        inside = [r for r in inside if choice.takes(r.kind) and not any(a <= r.start < b for a, b in fixed)]
    if not (found or inside):
        return (), input_kind, True
    removals = claim(sorted((*found, *inside), key=lambda r: r.start))
    if choice.takes("space"):
        removals = close_gaps(text, removals)
    rests = (
        input_kind == "text" and choice.title == "keep" and _rests(text, lines, hits, held, inside, removals, phrases)
    )
    return removals, input_kind, rests


def _mark_openings(text: str, lines: Sequence[Line], phrases: Phrases) -> None:
    """Note in which lines a clause opens as calls and closing phrases do."""
    for line in lines:
        line.opens = False
    for at in find_openings(text, phrases.openings):
        lines[bisect_right(lines, at, key=_start) - 1].opens = True


def _rests(
    text: str,
    lines: Sequence[Line],
    hits: Sequence[Hit | None],
    held: Sequence[Hit | None],
    inside: Sequence[Removal],
    removals: Sequence[Removal],
    phrases: Phrases,
) -> bool:
    """Whether one more pass would take nothing, told without it; False where that is not sure.

    It is sure when the lines that stay, each in its old doubt, are settled anew without a hit that holds, and when
    those that were cut into, read anew, give no cause.
    """
    stays = [line for line, hit in zip(lines, held, strict=True) if hit is None]
    if not stays:
        return True
    if is_wrapped(lines):
        return False
    _, last = prose_bounds(lines, held)
    if last >= 0 and held[last] is not None:  # a paragraph that went told where the article ends
        return False
    doubts = [hit for hit, taken in zip(hits, held, strict=True) if taken is None]
    fresh = []
    for i in dict.fromkeys(bisect_right(stays, r.start, key=_start) - 1 for r in inside):
        line = stays[i]
        stays[i] = read = Line(
            line.start, cut(text[line.start : line.end], _within(line, removals)).strip(), line.apart
        )
        if not read.text or read.prose is not line.prose or judge(read, phrases):
            return False
        doubts[i] = None
        fresh.append(i)
    if any(accept_hits(stays, doubts, lambda line: closes_article(line, phrases))):
        return False
    if not fresh:
        return True
    third = [i for i, line in enumerate(stays) if line.prose][2:3] or [len(stays)]
    if min(fresh) <= third[0] and find_datelines(stays, doubts, phrases, {}):
        return False
    return not any(trims(text, stays, doubts, phrases, fresh))


def _start(line: Line) -> int:
    return line.start


def _within(line: Line, removals: Sequence[Removal]) -> list[Removal]:
    """What of the removals lies inside the line, in its own offsets."""
    pieces = ((max(r.start, line.start) - line.start, min(r.end, line.end) - line.start, r) for r in removals)
    return [Removal(a, b, r.rule, r.kind) for a, b, r in pieces if a < b]


def _permitted(lines: Sequence[Line], hits: list[Hit | None], choice: _Choice) -> list[Hit | None]:
    """`hits` without those that the options forbid."""
    if not choice.limited:
        return hits
    return [
        hit
        if hit and choice.takes(hit.kind) and not (choice.allow and normalise_wording(line.text) in choice.allow)
        else None
        for line, hit in zip(lines, hits, strict=True)
    ]


def _onto(first: Sequence[Removal], more: Sequence[Removal]) -> tuple[Removal, ...]:
    """`more`, found in the text that `first` leaves, in offsets of the text before; both together."""
    edges: list[tuple[int, int]] = []  # (offset in the cut text, characters gone before it)
    gone = 0
    for removal in first:
        edges.append((removal.start - gone, gone))
        gone += removal.end - removal.start
    edges.append((1 << 62, gone))
    out, i = list(first), 0
    for removal in more:
        at = removal.start
        while at < removal.end:
            while edges[i][0] <= at:
                i += 1
            stop = min(removal.end, edges[i][0])
            shift = edges[i][1]
            out.append(removal._replace(start=at + shift, end=stop + shift))
            at = stop
    return claim(sorted(out, key=lambda r: r.start))


def _gutted(text: str, removals: Sequence[Removal], share: float) -> bool:
    """Whether more than `share` of the ink goes; counted only when a quarter of the characters does."""
    if 4 * sum(r.end - r.start for r in removals) < len(text):
        return False
    gone = sum(len("".join(text[r.start : r.end].split())) for r in removals if r.kind != "space")
    return gone > share * len("".join(text.split()))


def explain_line(line: str, language: str, extra_dir: str = "") -> list[tuple[str, str, str]]:
    """Every (rule, kind, why) that speaks against a line looked at alone; `why` says where that suffices.

    >>> explain_line("Baca juga: Harga Cabai Turun", "id")[0][:2]
    ('phrase-start', 'related')
    """
    phrases, bare = load_phrases(language, extra_dir), line.strip()
    if not bare:
        return []
    hit = judge(Line(0, bare), phrases)
    told = [(hit.rule, hit.kind, hit.why + _PLACES.get(hit.where, ""))] if hit else []
    if dateline := match_dateline(bare, phrases):
        told.append((dateline.rule, "dateline", f"{dateline.why}; at the head of the first paragraphs"))
    told += [
        (r.rule, r.kind, f"{r.why}; at a paragraph's end") for r in tail_trims(Line(0, bare), len(bare), phrases, True)
    ]
    return told


_PLACES = {
    EDGE: "; suffices before the first or after the last paragraph",
    HEAD: "; suffices before the first paragraph",
    BESIDE: "; suffices only next to another hit",
}
