"""The way of one text through stripping: find what speaks against its lines, accept it by the neighbours, trim inside
the lines that stay, close the gaps.

`strip` goes that way until nothing more is found; `explain_line` shows what the rules say of one line, which is what
`cleaner phrases line` prints. The rules stand in line_rules.py (which tells where the data, the traps and the measured
precision of a rule are), neighbours.py, inside_lines.py and datelines.py.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.article import KINDS, Removal, claim, cut, insert_removals
from cleaner.characters import FULL_STOPS
from cleaner.errors import OptionError
from cleaner.judge.beside import RuledText
from cleaner.judge.line_judge import Steps, ask_judge, run_together
from cleaner.judge.lines import BESIDE, EDGE, HEAD, Hit, Line, is_wrapped, split_lines
from cleaner.judge.whole_page import looks_like_page, outside_block
from cleaner.phrases.clauses import find_openings
from cleaner.phrases.phrases import Phrases, load_phrases, normalise_wording
from cleaner.strip.captions import caption_hits
from cleaner.strip.context import is_above_text, signed_lines
from cleaner.strip.cut_lines import segments_to_judge
from cleaner.strip.datelines import find_datelines, match_dateline
from cleaner.strip.facts import facts_of, title_hits
from cleaner.strip.inside_lines import may_trim, tail_trims, trims
from cleaner.strip.inside_segments import with_segments
from cleaner.strip.joined_lines import join_cut_lines
from cleaner.strip.line_rules import judge_line
from cleaner.strip.lists import defined_terms, led_items, led_steps, programme_rows, record_lines, table_rows
from cleaner.strip.neighbours import SIGNATURE, accept_hits
from cleaner.strip.one_line_pages import page_frame
from cleaner.strip.space import close_gaps

__all__ = ["Stripped", "explain_line", "mark_openings", "may_strip_beside", "strip", "strip_steps"]

GUARD = 0.7
"""An extracted article keeps its text when more than this share of its characters (white space not counted) would go:
of 253 development articles one has more cruft than that."""

LEFT = 120
"""Characters that have to stay, about two sentences, for whole phrases of the lists not to count as taken."""

PAGE_GUARD = 0.995
"""The same share for a whole page, most of which is no article."""

PASSES = 6
"""The most further looks at a text: what goes may uncover a tail or an edge for the next look."""


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
    """The options that one call passes along; `allow` holds lines by their normalised wording."""

    phrases: Phrases
    title: str
    keep_kinds: Sequence[str]
    only_kinds: Sequence[str]
    allow: frozenset[str]
    known_title: str

    def takes(self, kind: str) -> bool:
        """Whether removals of this kind are wanted."""
        return kind not in self.keep_kinds and (not self.only_kinds or kind in self.only_kinds)

    def allows(self, line: Line) -> bool:
        """Whether a line has to stay whatever the rules say."""
        return bool(self.allow) and normalise_wording(line.text) in self.allow

    def permitted(self, lines: Sequence[Line], hits: list[Hit | None]) -> list[Hit | None]:
        """The hits without those that the options forbid."""
        if not (self.keep_kinds or self.only_kinds or self.allow):
            return hits
        return [
            hit if hit and self.takes(hit.kind) and not self.allows(line) else None
            for line, hit in zip(lines, hits, strict=True)
        ]


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
    source gave it. `keep_kinds` stay, `only_kinds` alone go; lines of `allow` (compared as phrases are) always stay.
    Raises OptionError for an unknown kind or choice. Stripping the clean text again as "text" takes nothing more.

    >>> text = "Medan, Contoh.com - Hujan turun sejak pagi di kota itu, dan warga menutup pintu rapat."
    >>> found = strip(text, language="id")
    >>> found.removals[0].kind, found.place, found.site
    ('dateline', 'Medan', 'Contoh.com')
    """
    steps = strip_steps(
        text,
        phrases or load_phrases(language),
        input_kind=input_kind,
        title=title,
        keep_kinds=keep_kinds,
        only_kinds=only_kinds,
        allow=frozenset(map(normalise_wording, allow)),  # so that case and marks at the ends do not matter
        known_title=known_title,
    )
    return run_together((steps,))[0]


def strip_steps(
    text: str,
    phrases: Phrases,
    *,
    input_kind: str = "auto",
    title: str = "keep",
    keep_kinds: Sequence[str] = (),
    only_kinds: Sequence[str] = (),
    allow: frozenset[str] = frozenset(),
    known_title: str = "",
) -> Steps[Stripped]:
    """The way of `strip`, which asks the judge of lines on its way, so that many texts can be judged at once.

    `allow` holds normalised wordings here.
    """
    if input_kind not in ("auto", "text", "page"):
        raise OptionError(f"input_kind is {input_kind!r}. Choose auto, text or page.")
    if title not in ("keep", "drop", "field"):
        raise OptionError(f"title is {title!r}. Choose keep, drop or field.")
    unknown = [kind for kind in (*keep_kinds, *only_kinds) if kind not in KINDS]
    if unknown:
        raise OptionError(f"{unknown[0]!r} is not a kind of removal. Known kinds: {', '.join(KINDS)}.")
    choice = _Choice(phrases, title, keep_kinds, only_kinds, allow, known_title)
    facts: dict[str, str] = {}
    removals, kind, again = yield from _look(text, input_kind, choice, facts)
    for _ in range(PASSES):
        if not again:
            break
        if "title" in facts:  # what stands first now is no headline
            choice = choice._replace(title="keep")
        more, _kind, again = yield from _look(cut(text, removals), "text" if kind == "text" else "rest", choice, facts)
        removals = insert_removals(removals, more)
    if _takes_over(GUARD if kind == "text" else PAGE_GUARD, text, removals):
        return Stripped(input_kind=kind, flags=("strip-guard",))
    return Stripped(removals, input_kind=kind, **facts)  # type: ignore[arg-type]


def _look(
    text: str, input_kind: str, choice: _Choice, facts: dict[str, str]
) -> Steps[tuple[tuple[Removal, ...], str, bool]]:
    """What one look at `text` takes, whether it was looked at as "text", "page" or "rest" (what is left of a page), and
    whether a further look may find something in what it leaves; facts go into `facts`."""
    phrases = choice.phrases
    split = split_lines(text)
    lines = join_cut_lines(split, lambda line: judge_line(line, phrases))
    mark_openings(text, lines, phrases)

    # find the hits of lines
    hits = caption_hits(lines, [judge_line(line, phrases) for line in lines], phrases)
    if input_kind == "auto":
        input_kind = "page" if looks_like_page(lines, hits, phrases) else "text"
    if input_kind == "page":
        outside = outside_block(lines, hits, phrases, choice.known_title)
        hits = [away or hit for away, hit in zip(outside, hits, strict=True)]
    hits = _titled(lines, hits, choice)

    # accept them by neighbours and place
    accepted = _accepted(lines, hits, choice)
    asked = False  # whether a line or a segment of one looks suspicious to the judge
    if input_kind == "text":
        asked = yield from _judge(lines, hits, accepted, choice)
    else:  # the judge of pages has seen the whole page: no heading takes what it lets stay
        accepted = [taken if hit is not None else None for taken, hit in zip(accepted, hits, strict=True)]
    found = [Removal(ln.start, ln.end, h.rule, h.kind, h.why) for ln, h in zip(lines, accepted, strict=True) if h]
    if found:
        facts_of(lines, accepted, phrases, facts)

    # trim inside the lines that stay
    inside = [*find_datelines(lines, accepted, phrases, facts), *trims(text, lines, accepted, phrases)]
    doubted, segments = False, dict[int, list[Line]]()
    if input_kind != "page":
        inside += page_frame(lines, accepted, inside, phrases)
        inside, doubted, segments = with_segments(text, lines, accepted, inside, phrases)
        if input_kind == "text":
            judged = yield from _judge_segments(lines, hits, accepted, segments, inside, choice)
            inside, asked = [*inside, *(judged or ())], asked or judged is not None
    if inside:
        fixed = [(line.start, line.end) for line in lines if choice.allows(line)] if choice.allow else []
        inside = [r for r in inside if choice.takes(r.kind) and not any(a <= r.start < b for a, b in fixed)]

    # close the gaps
    removals = claim(sorted((*found, *inside), key=lambda r: r.start))
    if removals and choice.takes("space"):
        removals = close_gaps(text, removals)

    again = bool(removals) and (
        input_kind == "page"
        or doubted
        or lines is not split
        or (
            yield from _may_find_more(
                text, removals, lines, hits, accepted, segments, inside, choice, input_kind == "text", asked
            )
        )
    )
    return removals, input_kind, again


def _titled(lines: Sequence[Line], hits: list[Hit | None], choice: _Choice) -> list[Hit | None]:
    """The hits with that of the headline as the options want it."""
    wanted = choice.title != "keep" or choice.known_title
    return title_hits(lines, hits, choice.known_title, choice.title) if wanted else hits


def _accepted(lines: Sequence[Line], hits: list[Hit | None], choice: _Choice) -> list[Hit | None]:
    """The hits that hold by neighbours and place; one that the options forbid bears out no other."""
    return choice.permitted(lines, accept_hits(lines, choice.permitted(lines, hits), choice.phrases))


def _judge(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: list[Hit | None], choice: _Choice
) -> Steps[bool]:
    """Ask the judge of the lines that the rules leave, and accept its hits. Returns whether any looks suspicious."""
    said = [taken or hit for taken, hit in zip(accepted, hits, strict=True)]
    question = ask_judge(RuledText(lines, said, [hit is not None for hit in accepted], choice.phrases))
    if question is None:
        return False
    verdicts = choice.permitted(lines, (yield question))
    # whatever their words are: the headline, the list that a line of the author's leads to, the sentence that initials
    # sign, records and tables
    spared = led_items(lines, hits) | signed_lines(lines, accepted) | ({0} if is_above_text(lines, accepted) else set())
    if any(verdicts):
        spared |= record_lines(lines, choice.phrases) | table_rows(lines) | led_steps(lines, hits, choice.phrases)
        spared |= defined_terms(lines) | programme_rows(lines)
    for i, verdict in enumerate(verdicts):
        accepted[i] = accepted[i] or (None if i in spared else verdict)
    return True


def _judge_segments(
    lines: Sequence[Line],
    hits: Sequence[Hit | None],
    accepted: Sequence[Hit | None],
    segments: Mapping[int, Sequence[Line]],
    inside: Sequence[Removal],
    choice: _Choice,
) -> Steps[list[Removal] | None]:
    """Ask the judge of the segments of lines, and return those that go; None where none looks suspicious."""
    rest = segments_to_judge(lines, hits, accepted, segments, inside, choice.phrases)
    question = rest and ask_judge(rest)
    if rest is None or question is None:
        return None
    verdicts = choice.permitted(rest.lines, (yield question))
    return [
        Removal(ln.start, ln.end, hit.rule, hit.kind, hit.why)
        for ln, hit in zip(rest.lines, verdicts, strict=True)
        if hit is not None
    ]


def _may_find_more(
    text: str,
    removals: Sequence[Removal],
    lines: Sequence[Line],
    hits: Sequence[Hit | None],
    accepted: Sequence[Hit | None],
    segments: Mapping[int, Sequence[Line]],
    inside: Sequence[Removal],
    choice: _Choice,
    judged: bool,
    asked: bool,
) -> Steps[bool]:
    """Whether a further look may find something in what a look at `text` leaves; not taking it saves 4 % of a run.

    Only where a name that signs has gone, above which another may stand, or more than a dateline inside lines; where a
    line in doubt goes by its place among the lines that stay; where lines come together, a name now signs, or another
    dateline may stand at the top; and where a line looked suspicious to the judge, if it has `judged` these lines and
    was `asked` of any, or may do so without its dateline. `segments` of lines, in which nothing was found, are the same
    in what is left, for what goes was no part of the text in which they were sought.
    """
    phrases = choice.phrases
    if any(removal.kind != "dateline" for removal in inside) or is_wrapped(lines):
        return True
    left: list[Line] = []
    doubts: list[Hit | None] = []
    reach = max((dateline.end for dateline in inside), default=0)
    for i, (line, hit, taken) in enumerate(zip(lines, hits, accepted, strict=True)):
        if taken is not None and taken.rule == "signature":
            return True
        if taken is None:
            rest = _without_dateline(text, line, inside, phrases) if line.start < reach else line
            if rest is None or (rest is not line and i in segments):
                return True
            # a paragraph that stays one, and ends with its sentence, is not judged
            asked = asked or not (rest is line or (line.prose and rest.prose and rest.text[-1] in FULL_STOPS))
            left.append(rest)
            doubts.append(hit if rest is line else None)
    if any(doubts):  # for which the edges of the article may have moved
        lines = split_lines(cut(text, removals))
        same = choice.title == "keep" and [line.text for line in lines] == [line.text for line in left]
        if not same or any(_accepted(lines, _titled(lines, doubts, choice), choice)):
            return True
        left = lines
    elif any(accept_hits(left, doubts, phrases)):
        return True
    if join_cut_lines(left) is not left or find_datelines(left, [None] * len(left), phrases, {}):
        return True
    return judged and asked and (bool(segments) or (yield from _would_go(left, doubts, choice)))


def _without_dateline(text: str, line: Line, inside: Sequence[Removal], phrases: Phrases) -> Line | None:
    """The line, or what stands behind its dateline; None if that is nothing, or something that a rule knows, or if the
    dateline stands over several lines or inside one, where what stood before it comes together with what stood behind.
    """
    for dateline in inside:
        if dateline.start < line.end and (line.end <= dateline.end or line.start < dateline.start):
            return None
        if line.start == dateline.start:
            rest = Line(dateline.end, text[dateline.end : line.end].strip())
            rest.opens = bool(find_openings(rest.text, phrases.openings))
            if not rest.text or judge_line(rest, phrases):
                return None
            line = rest
    return line


def _would_go(left: Sequence[Line], doubts: Sequence[Hit | None], choice: _Choice) -> Steps[bool]:
    """Whether the judge, which saw what goes beside what stays, takes something of what stays alone."""
    taken: list[Hit | None] = [None] * len(left)
    yield from _judge(left, doubts, taken, choice)
    return any(taken) or bool((yield from _judge_segments(left, doubts, taken, {}, (), choice)))


def mark_openings(text: str, lines: Sequence[Line], phrases: Phrases) -> None:
    """Note in which lines a clause opens as calls and closing phrases do; only those are asked for either.

    Asking every line makes stripping an eighth slower or more.
    """
    starts = [line.start for line in lines]
    for line in lines:
        line.opens = False
    for at in find_openings(text, phrases.openings):
        lines[bisect_right(starts, at) - 1].opens = True


def may_strip_beside(text: str, gaps: Sequence[int], phrases: Phrases) -> bool:
    """Fast path: False if no rule can find anything in `text` after lines have gone at the offsets `gaps`.

    A line beside a gap, up to the next paragraph, may now be a signature or end with something to trim, and so may the
    last lines.
    """
    if not gaps:
        return False
    lines = split_lines(text)
    mark_openings(text, lines, phrases)
    nothing = [None] * len(lines)
    if any(judge_line(line, phrases) for line in lines) or any(with_segments(text, lines, nothing, [], phrases)):
        return True
    if page_frame(lines, nothing, (), phrases):
        return True
    if join_cut_lines(lines) is not lines or find_datelines(lines, nothing, phrases, {}):
        return True
    if ask_judge(RuledText(lines, nothing, [False] * len(lines), phrases)):
        return True
    starts = [line.start for line in lines]
    asked = set()  # lines, each with the direction, so that no line is asked more than twice
    for below in (*(bisect_left(starts, gap) for gap in gaps), len(lines)):
        for i, step in ((below - 1, -1), (below, 1)):
            while 0 <= i < len(lines) and (i, step) not in asked:
                asked.add((i, step))
                line = lines[i]
                signs = len(line.text) <= SIGNATURE and line.text.count(" ") < 4
                if signs or may_trim(line, i == len(lines) - 1, phrases):
                    return True
                i = -1 if line.prose else i + step
    return False


def _takes_over(share: float, text: str, removals: Sequence[Removal]) -> bool:
    """Whether more than `share` of the characters goes, white space not counted.

    Counted only when a quarter of all characters goes, which is cheap to tell.
    """
    # of white space alone no article is gutted
    if 4 * sum(r.end - r.start for r in removals) < len(text):
        return False
    sizes = [(r.rule, len("".join(text[r.start : r.end].split()))) for r in removals if r.kind != "space"]
    whole, gone = len("".join(text.split())), sum(size for _, size in sizes)
    # the form of comments below a short article is longer than the article, and the lists know it word for word
    known = sum(size for rule, size in sizes if rule == "phrase-line") if whole - gone >= LEFT else 0
    return gone - known > share * (whole - known)


def explain_line(line: str, language: str, extra_dir: str = "") -> list[tuple[str, str, str]]:
    """Every (rule, kind, why) that speaks against a line looked at alone; `why` says where that suffices.

    >>> explain_line("Baca juga: Harga Cabai Turun", "id")[0][:2]
    ('phrase-start', 'related')
    """
    phrases, bare = load_phrases(language, extra_dir), line.strip()
    if not bare:
        return []
    looked_at = Line(0, bare)
    mark_openings(bare, [looked_at], phrases)  # or the line would be asked for more than a run asks it
    hit = judge_line(looked_at, phrases)
    reasons = [(hit.rule, hit.kind, hit.why + _WHERE.get(hit.where, ""))] if hit else []
    if dateline := match_dateline(bare, phrases):
        reasons.append((dateline.rule, "dateline", f"{dateline.why}; at the head of the first paragraphs"))
    tail = tail_trims(looked_at, len(bare), phrases, True)
    return reasons + [(r.rule, r.kind, f"{r.why}; at a paragraph's end") for r in tail]


_WHERE = {
    EDGE: "; suffices before the first or after the last paragraph",
    HEAD: "; suffices before the first paragraph",
    BESIDE: "; suffices only next to another hit",
}
