"""Cruft in lines whose line ends were lost: their segments, judged by the rules of lines.

A segment goes when it is what a whole line would go for anywhere, or, before the first and behind the last paragraph,
what a line would go for there. A label ("Baca juga:") goes with its headline where the headline's end can be told; a
bare label ("Baca Juga", "ADVERTISEMENT") between two sentences goes alone. What stays is untouched to the letter, and
nothing goes inside quotation marks. The segments are those of segments.py; cases and traps stand in
tests/cases/strip/segments.jsonl.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from cleaner.article import Removal
from cleaner.judge.lines import ANY, BESIDE, EDGE, Hit, Line, is_wrapped
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.headlines import looks_like_headline
from cleaner.strip.inside_lines import tail_trims
from cleaner.strip.line_rules import judge_line
from cleaner.strip.neighbours import accept_hits
from cleaner.strip.segments import bare_labels, find_gaps, find_labels, is_quoted, joints, word_lists

__all__ = ["with_segments"]

HEADLINE = 170
"""The most characters of a headline behind a label."""

LEAST_LINE = 100
"""A shorter line is a headline or an item of a list: a label inside it is a word of it."""

HEADLINES = 4
"""Headlines in a row that no list of an article's is likely to look like."""

ARROWS = "▶►▷☞"
"""Marks that open links of the site; segments.py parts lines before them."""

LEAST_PROSE = 80
"""A segment of a paragraph with so many characters is one, whatever it ends with: what follows it is not at the top."""

_LABELLED = frozenset(("phrase-start", "phrase-headline"))
# The end of an article: an end mark, or an agency behind one: "... sejak pagi. - Bernama"
_ARTICLE_END = re.compile(r"[.!?…\"”')](?:\s*[-–—]\s*[^\W\d_a-z][\w! ]{2,20})?$")
_BEHIND_DASH = re.compile(r"[-–—]\s([^\W\d_a-z][\w! ]{2,20})$")
_HANGUL = re.compile("[가-힣]")
_SIGNED = re.compile(r"\w@\w|(?:기자|특파원|팀장|위원|PD)\W{0,3}$")  # who wrote a Korean article
_CLOSED = frozenset('.!?"”])')
_QUOTES = re.compile('["“”]')
_DESK_AND_TAGS = re.compile(r"(\([a-z]{2,6}/[a-z]{2,6}\))\s+([a-z0-9][a-z0-9 -]{8,160})$")
_PAGE_MARK = re.compile(r"[.!?\"”\])]\s*([^.!?\"”\])]{4,40})$")

_CLOCK_OR_PRICE = re.compile(r"\d[.:]\d\d")

Segments = dict[int, list[Line]]
"""The segments of lines that are glued, by the index of the line."""

SegmentHits = dict[int, list[Hit | None]]
"""The hits of these segments."""


def with_segments(
    text: str, lines: Sequence[Line], accepted: Sequence[Hit | None], inside: list[Removal], phrases: Phrases
) -> tuple[list[Removal], bool, Segments]:
    """`inside`, what was found inside the lines that `accepted` leaves, and the glued segments of these lines that go;
    whether anything is known against a segment, of which a further look may find more; and all segments of these lines.

    A label of `inside` takes no more than its own segment; other segments in which something was found are left to the
    next look.
    """
    gone = [(line.start, line.end) for line, hit in zip(lines, accepted, strict=True) if hit is not None]
    text = _blanked(text, gone + [(r.start, r.end) for r in inside if r.kind == "dateline"])
    gaps, starts = find_gaps(text), [line.start for line in lines]
    cuts = joints(text, phrases, gaps)
    found = _between_sentences(text, lines, starts, accepted, bare_labels(text, phrases, gaps))
    found += _tags_at_end(lines, accepted, phrases)
    if not (cuts or found) or is_wrapped(lines):  # where sentences run over line ends, no line is a unit
        return inside, bool(cuts or found), {}
    by_line: dict[int, list[int]] = {}
    for cut in cuts:
        i = bisect_right(starts, cut) - 1
        if i >= 0 and accepted[i] is None and starts[i] < cut < lines[i].end:
            by_line.setdefault(i, []).append(cut)
    segments = {i: _parts(text, lines[i], inner) for i, inner in by_line.items()}
    hits = _segment_hits(text, segments, phrases)
    doubted = any(map(any, hits.values()))
    if doubted:
        hits = _accepted_segments(lines, accepted, segments, hits, phrases)
    last = max(i for i, hit in enumerate(accepted) if hit is None)
    _take_glued_headlines(segments.get(last, []), hits.get(last, []))
    _take_arrows(segments.get(last, []), hits.get(last, []))
    found += [_within_segment(text, removal, cuts) for removal in inside]
    taken = sorted(removal.start for removal in inside)
    for i, parts in segments.items():
        for part, hit in zip(parts, hits[i], strict=True):
            if bisect_left(taken, part.start) < bisect_left(taken, part.end):
                continue
            if hit is not None:
                found.append(Removal(part.start, part.end, hit.rule, hit.kind, f"a glued segment: {hit.why}"))
                continue
            found += _open_headline(part, phrases)
            if part.end < len(text) and not text[part.end].isspace():  # the end of a line once
                agency = _BEHIND_DASH.search(part.text, max(0, len(part.text) - 30))
                signed = agency is not None and normalise_wording(agency[1]) in phrases.words["agency"]
                found += tail_trims(part, part.end, phrases, signed)
    return found, doubted, segments


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with line ends in place of what goes: nothing is sought there, and every offset stays."""
    parts, at = list[str](), 0
    for start, end in sorted(spans):
        parts += text[at:start], "\n" * (end - max(start, at))
        at = max(at, end)
    return "".join((*parts, text[at:]))


def _within_segment(text: str, removal: Removal, cuts: Sequence[int]) -> Removal:
    """A label with its rest, cut off where the next segment begins; names of the newsroom are told as names already."""
    at = bisect_right(cuts, removal.start)
    if removal.rule != "label-inside" or removal.kind == "byline" or at == len(cuts) or cuts[at] >= removal.end:
        return removal
    return removal._replace(end=removal.start + len(text[removal.start : cuts[at]].rstrip()))


def _parts(text: str, line: Line, cuts: Sequence[int]) -> list[Line]:
    """The segments of a line that is cut at `cuts`, as lines; a lost line end stands for an empty line between them."""
    parts = []
    for start, end in pairwise((line.start, *cuts, line.end)):
        bare = text[start:end].strip()
        if bare:
            start += len(text[start:end]) - len(text[start:end].lstrip())
            part = Line(start, bare, line.apart or start > line.start)
            part.opens = line.opens
            part.prose = part.prose or (line.prose and len(bare) >= LEAST_PROSE)
            parts.append(part)
    return parts


def _segment_hits(text: str, segments: Segments, phrases: Phrases) -> SegmentHits:
    """What speaks against each segment; dates that open two lines or more, before a gap, are those of a schedule."""
    hits = {i: [_segment_hit(text, part, phrases) for part in parts] for i, parts in segments.items()}
    opening = [i for i, of_line in hits.items() if of_line[0] is not None and of_line[0].rule == "timestamp"]
    return hits | {i: [None, *hits[i][1:]] for i in opening} if len(opening) >= 2 else hits


def _segment_hit(text: str, segment: Line, phrases: Phrases) -> Hit | None:
    """What speaks against a segment, as against a line; a label only with a headline that ends where it does."""
    hit = judge_line(segment, phrases)
    if hit is None or is_quoted(text, segment.start):
        return None
    if " " not in segment.text:
        # one word of a name that no list knows ("TravelTrex"), a dash, or a word of a sentence between gaps
        glued = text[segment.start - 1].isalpha() or text[segment.end : segment.end + 1].isalpha()
        if glued or hit.rule == "endmark" or hit.where == BESIDE:
            return None
        hit = hit._replace(where=EDGE) if hit.where == ANY else hit  # buttons in a row; between sentences it is a word
    if hit.rule in _LABELLED:
        label, _, rest = map(str.strip, segment.text.partition(":"))
        slight = " " not in label and hit.where == ANY and hit.kind != "related"  # "FranShares: ..."
        if slight or len(rest) > HEADLINE or rest[-1:] == "." or ". " in rest:
            return None
    return hit


def _accepted_segments(
    lines: Sequence[Line], accepted: Sequence[Hit | None], segments: Segments, hits: SegmentHits, phrases: Phrases
) -> SegmentHits:
    """The hits of segments that hold among all lines and segments; what blocks take beside them is left out."""
    everything: list[Line] = []
    asked: list[Hit | None] = []
    begins: dict[int, int] = {}
    for i, line in enumerate(lines):
        begins[i] = len(everything)
        everything += segments.get(i, [line])
        known = accepted[i]
        asked += hits.get(i, [known and known._replace(where=ANY)])
    held = accept_hits(everything, asked, phrases)
    return {
        i: [hit if held[begins[i] + n] is hit else None for n, hit in enumerate(of_line)] for i, of_line in hits.items()
    }


def _take_glued_headlines(segments: Sequence[Line], hits: list[Hit | None]) -> None:
    """At the end of a text, the headlines of other articles: HEADLINES or more in a row behind the end of a sentence,
    each glued to the next without an end mark. A list of the author's has a lead-in, or shorter items."""
    size = segments[-1].end - segments[0].start if segments else 0
    first = 0
    for n in range(1, len(segments) + 1):
        if n < len(segments) and hits[n] is None and _is_glued_headline(segments[n - 1], segments[n]):
            first = first or n
            continue
        # what follows is less than the article, so that no list in the middle of one goes
        follows = segments[-1].end - segments[n - 1].end
        ended = first and n - first >= HEADLINES and _ARTICLE_END.search(segments[first - 1].text[-30:])
        if ended and 3 * follows < size:
            while n < len(segments) and segments[n].text[-1] not in ".:":  # menus and addresses stand among them
                n += 1
            hit = Hit("glued-headlines", "related", "headlines glued to each other")
            hits[first:n] = [known or hit for known in hits[first:n]]
            return
        first = 0


def _take_arrows(segments: Sequence[Line], hits: list[Hit | None]) -> None:
    """At the end of a Korean text, two or more segments behind arrows ("▶ 구독하기▶ 뉴스 제보"): links of the site.

    Something is known against one of them, or the reporter's name or address stands before them: winners and dates are
    listed behind arrows as well. What goes is less than the text.
    """
    first = len(segments)
    while first and (text := segments[first - 1].text)[0] in ARROWS:
        if len(text) > HEADLINE or text[-1] in ".。" or ":" in text or not _HANGUL.search(text):
            break
        first -= 1
    if len(segments) - first < 2 or not first:
        return
    signed = any(hits[first:]) or _SIGNED.search(segments[first - 1].text[-30:])
    size, goes = segments[-1].end - segments[0].start, segments[-1].end - segments[first].start
    if signed and 2 * goes < size:
        hit = Hit("arrow-links", "promo", "links behind arrows at the end")
        hits[first:] = [known or hit for known in hits[first:]]


def _is_glued_headline(above: Line, segment: Line) -> bool:
    text = segment.text
    long = 20 <= len(text) <= HEADLINE and text.count(" ") >= 3
    leads = re.search(r":\S", text) or ":" in text[40:]  # a lead-in to a list, which its items are glued to
    item = _CLOCK_OR_PRICE.search(text)  # of a timetable, a list of fares
    return above.end == segment.start and long and text[-1] not in ".:;," and not leads and not item


def _open_headline(segment: Line, phrases: Phrases) -> Iterator[Removal]:
    """A label with its headline, where a sentence follows the headline behind one blank: "... Turun Menurut petani".

    Told in languages that write headlines with capitals, by the first word that opens sentences and has a capital.
    """
    openers = word_lists()["openers"].get(phrases.languages[0])
    label = next(find_labels(segment.text[: HEADLINE // 2], phrases), None) if openers else None
    if label is None or label[0] > 0:
        return
    words = list(re.finditer(r"\S+", segment.text[label[1] : label[1] + HEADLINE]))
    for i in range(4, len(words) - 1):
        if words[i - 1][0][-1] in ".!?":  # a sentence has ended: the headline has, or there is none
            return
        headline = segment.text[label[1] : label[1] + words[i].start()].strip()
        if _opens_sentence([word[0] for word in words[i : i + 5]], openers, phrases) and looks_like_headline(headline):
            why = f"a label and a headline: {segment.text[: label[1]]}"
            end = segment.start + label[1] + words[i - 1].end()
            yield Removal(segment.start, end, "label-inside", label[2], why)
            return


def _opens_sentence(words: Sequence[str], openers: Sequence[str], phrases: Phrases) -> bool:
    """Whether the first of some words opens a sentence and no headline goes on: "Menurut ketua kelompok, hasil panen".

    A word in small letters that headlines give a capital has to follow, for some sites write each word with one.
    """
    first, *rest = words
    small = phrases.words["opener"]
    wording = normalise_wording(first)
    if not first[0].isupper() or not (wording in small or wording in openers):
        return False
    plain = [word[0].islower() and word not in small for word in rest]
    return any(plain) if wording in small else plain[:1] == [True]


def _between_sentences(
    text: str,
    lines: Sequence[Line],
    starts: Sequence[int],
    accepted: Sequence[Hit | None],
    labels: Iterable[tuple[int, int, str]],
) -> list[Removal]:
    """The bare labels in paragraphs that stay."""
    found = []
    for start, end, kind in labels:
        at = bisect_right(starts, start) - 1
        long = end <= lines[at].end and len(lines[at].text) >= LEAST_LINE
        if accepted[at] is None and long and not is_quoted(text, start):
            found.append(Removal(start, end, "label-inside", kind, "a label between two sentences"))
    return found


def _tags_at_end(lines: Sequence[Line], accepted: Sequence[Hit | None], phrases: Phrases) -> list[Removal]:
    """The terms behind the initials that end the last line that stays, and the number of the page before these."""
    found = list[Removal]()
    last = next((lines[i] for i in range(len(lines) - 1, -1, -1) if accepted[i] is None), None)
    tags = _DESK_AND_TAGS.search(last.text, max(0, len(last.text) - 200)) if last and last.text[-1].isalnum() else None
    if last is None or tags is None or not word_lists()["function_words"].isdisjoint(tags[2].split()):
        return found
    before = last.text[: tags.start()].rstrip()
    mark = _PAGE_MARK.search(before, max(0, len(before) - 60))  # "Halaman 2 dari 2 (abc/def)"
    page = phrases.line(normalise_wording(mark[1])) if mark else None
    if mark and page:
        found.append(Removal(last.start + mark.start(1), last.start + mark.end(1), "phrase-tail", page.kind, page.why))
        why = "initials of writer and editor behind the number of the page"
        found.append(Removal(last.start + tags.start(1), last.start + tags.end(1), "initials", "initials", why))
    if page or before[-1:] in _CLOSED:
        why = "terms in small letters behind the initials that end the article"
        found.append(Removal(last.start + tags.start(2), last.end, "tags-tail", "tags", why))
    return found
