"""The order of steps for one text: judge the lines, settle them by their neighbours, trim inside, close the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cleaner.article import KINDS, Removal, claim, cut
from cleaner.errors import OptionError
from cleaner.strip.blocks import settle
from cleaner.strip.datelines import find_datelines, match_dateline
from cleaner.strip.inline import closes_article, tail_trims, trims
from cleaner.strip.judge import judge
from cleaner.strip.lines import BESIDE, EDGE, HEAD, Hit, Line, split_lines
from cleaner.strip.phrases import Phrases, fold, load_phrases
from cleaner.strip.space import close_gaps
from cleaner.strip.titles import facts_of, title_hits
from cleaner.strip.whole_page import looks_like_page, outside_block

__all__ = ["Stripped", "explain_line", "strip"]

GUARD = 0.7
"""An article that looked extracted keeps its text when more than this share of its ink would go: of 253 development
articles one has more cruft than that."""

PASSES = 6
_UNSEEN = Hit("", "", "")


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


@dataclass(frozen=True, slots=True)
class _Memo:
    """What one text's passes tell each other: the judged lines, and those in which nothing is to be trimmed."""

    hits: dict[str, Hit | None]
    quiet: set[tuple[str, bool, bool]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """The options that one call passes along."""

    phrases: Phrases
    title: str
    keep_kinds: frozenset[str]
    only_kinds: frozenset[str]
    allow: frozenset[str]
    known_title: str

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
    allowed = frozenset(fold(line) for line in allow)
    choice = _Choice(
        phrases or load_phrases(language), title, frozenset(keep_kinds), frozenset(only_kinds), allowed, known_title
    )
    facts: dict[str, str] = {}
    memo = _Memo({}, set())
    removals, kind = _one_pass(text, input_kind, choice, facts, memo)
    for _ in range(PASSES if removals else 0):
        more, _kind = _one_pass(cut(text, removals), "text", choice, facts, memo)
        if not more:
            break
        removals = _onto(removals, more)
    if removals and _ink(text, removals) > (GUARD if kind == "text" else 0.995) * len("".join(text.split())):
        return Stripped(input_kind=kind, flags=("strip-guard",))
    return replace(Stripped(removals, input_kind=kind), **facts)  # type: ignore[arg-type]


def _check(input_kind: str, title: str, kinds: Sequence[str]) -> None:
    if input_kind not in ("auto", "text", "page"):
        raise OptionError(f"input_kind is {input_kind!r}. Choose auto, text or page.")
    if title not in ("keep", "drop", "field"):
        raise OptionError(f"title is {title!r}. Choose keep, drop or field.")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise OptionError(f"{unknown[0]!r} is not a kind of removal. Known kinds: {', '.join(KINDS)}.")


def _one_pass(
    text: str, input_kind: str, choice: _Choice, facts: dict[str, str], memo: _Memo
) -> tuple[tuple[Removal, ...], str]:
    lines, phrases = split_lines(text), choice.phrases
    hits = [_judged(line, phrases, memo.hits) for line in lines]
    if input_kind == "auto":
        input_kind = "page" if looks_like_page(lines, hits) else "text"
    if input_kind == "page":
        outside = outside_block(lines, hits, choice.known_title)
        hits = [away or hit for away, hit in zip(outside, hits, strict=True)]
    if choice.title != "keep" or choice.known_title:
        hits = title_hits(lines, hits, choice.known_title, choice.title)
    hits = [_permitted(line, hit, choice) for line, hit in zip(lines, hits, strict=True)]
    held = settle(lines, hits, lambda line: closes_article(line, phrases))
    held = [_permitted(line, hit, choice) for line, hit in zip(lines, held, strict=True)]
    found = [Removal(ln.start, ln.end, h.rule, h.kind, h.why) for ln, h in zip(lines, held, strict=True) if h]
    facts_of(lines, held, phrases, facts)
    inside = [*find_datelines(lines, held, phrases, facts), *trims(lines, held, phrases, memo.quiet)]
    fixed = [(ln.start, ln.end) for ln in lines if choice.allow and fold(ln.text) in choice.allow]
    found += [r for r in inside if choice.takes(r.kind) and not any(a <= r.start < b for a, b in fixed)]
    removals = claim(sorted(found, key=lambda r: r.start))
    return close_gaps(text, removals) if choice.takes("space") else removals, input_kind


def _judged(line: Line, phrases: Phrases, memo: dict[str, Hit | None]) -> Hit | None:
    """`judge`, remembered from pass to pass."""
    hit = memo.get(line.text, _UNSEEN)
    if hit is _UNSEEN:
        hit = memo[line.text] = judge(line, phrases)
    return hit


def _permitted(line: Line, hit: Hit | None, choice: _Choice) -> Hit | None:
    if hit is None or not choice.takes(hit.kind) or (choice.allow and fold(line.text) in choice.allow):
        return None
    return hit


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
            out.append(replace(removal, start=at + shift, end=stop + shift))
            at = stop
    return claim(sorted(out, key=lambda r: r.start))


def _ink(text: str, removals: Sequence[Removal]) -> int:
    return sum(len("".join(text[r.start : r.end].split())) for r in removals if r.kind != "space")


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
