"""Cruft inside a line: initials, end marks, links, credits and rights at its tail, links in its middle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaner.article import Removal
from cleaner.judge.lines import Hit, Line, is_wrapped, prose_bounds
from cleaner.phrases.phrases import HEAD_LENGTH, Phrase, Phrases, normalise_wording
from cleaner.strip.datelines import HEAD, match_dateline
from cleaner.strip.labels import holds_label, labelled_pieces
from cleaner.strip.line_rules import looks_like_names

__all__ = ["closes_article", "tail_trims", "trims"]

TAIL = 260
_STOP = frozenset(".!?…\"'”’»)]。！？")
_BRACKET_KINDS = frozenset(("related", "readmore", "video", "caption", "sourcenote", "ad", "promo", "byline"))
_ENDMARK = re.compile(r"(?:\[\]|\[ \]|\(\*+\)|\(\*\*\*\)|\*{2,6}|\*\)|#{2,5}|_{3,}|■|●|◆|\(\.\))\.?$")
_SOURCE_DASH = re.compile(r"[.!?\"”’)]\s*(?:[-–—]{1,2}\s*)?([A-Z][\w./' -]{1,40})$")
_SENTENCE_ENDS = frozenset('.!?"”’)')
_MARKS_END = frozenset("])*#_■●◆.")
_DATE_END = re.compile(r"\s+\d{1,2}/\d{1,2}/\d{2,4}$")
_INITIALS = re.compile(r"\*{0,3}[^\W_]{1,14}(?:[/,&|\-–. ]{1,2}[^\W_]{1,14}){0,4}\*{0,3}")
_DESK = re.compile(r"[a-z]{2,6}/[a-z]{2,4}")
_DESK_BETWEEN = re.compile(r"\([a-z]{2,6}/[a-z]{2,4}\)\.?(?=\s+([^\W\d_a-z]|[\"“]))")
_ENDS = '.!?")]'
_ALL_ENDS = _ENDS + "…”’»"


def tail_trims(line: Line, end: int, phrases: Phrases, last: bool) -> Iterator[Removal]:
    """The spans at the end of a kept line, up to `end`, that go; `last` says that no paragraph follows it."""
    for _ in range(8):
        text = line.text[max(0, end - line.start - TAIL) : end - line.start].rstrip()
        found = _one_trim(text, phrases, last, line.opens) if len(text) > 40 else None
        if found is None:
            return
        at, hit = found
        stop = line.start + max(0, end - line.start - TAIL) + len(text)
        start = stop - len(text) + at
        yield Removal(start, stop, hit.rule, hit.kind, hit.why)
        end = start


def _one_trim(text: str, phrases: Phrases, last: bool, opens: bool) -> tuple[int, Hit] | None:
    if (
        last
        and text[-1] in _MARKS_END
        and (mark := _ENDMARK.search(text, len(text) - 12))
        and _ended(text[: mark.start()])
    ):
        return mark.start(), Hit("end-mark", "endmark", "an end mark after the last sentence")
    if (
        last
        and text[-1].isalnum()
        and not _SENTENCE_ENDS.isdisjoint(text[-44:])
        and (source := _SOURCE_DASH.search(text, len(text) - 44))
        and _is_source(source[1], phrases)
    ):
        return source.start() + 1, Hit("agency-tail", "sourcenote", "an agency after the last sentence")
    bracket = _last_bracket(text)
    if bracket and (hit := _bracket(text[: bracket[0]], bracket[1], phrases, last)):
        return _inked(text, bracket[0]), hit
    return _last_sentence(text, phrases) if opens else None


def _inked(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip())


def _ended(text: str) -> bool:
    bare = text.rstrip()
    return bare[-1:] in _STOP and not bare.endswith("*)")


def _is_source(name: str, phrases: Phrases) -> bool:
    """An agency's name, or a name in capitals with a date."""
    bare = _DATE_END.sub("", name)
    return normalise_wording(bare) in phrases.words["agency"] or (bare != name and bare.isupper())


def _last_bracket(text: str) -> tuple[int, str] | None:
    """Where the text before a closing bracket (and stars) ends, and what stands in it; None when none ends the text."""
    end = len(text) - (text[-1] == ".")
    if text[end - 1 : end] not in (")", "]"):
        return None
    at = max(text.rfind("(", 0, end - 1), text.rfind("[", 0, end - 1))
    inner = text[at + 1 : end - 1]
    if at < 0 or len(inner) > 160 or ")" in inner or "]" in inner:
        return None
    before = text[:at].rstrip()
    while before.endswith("*"):
        before = before.rstrip("*").rstrip()
    return len(before), inner.strip()


def _bracket(before: str, inner: str, phrases: Phrases, last: bool) -> Hit | None:
    folded = normalise_wording(inner)
    if (phrase := phrases.line(folded)) and phrase.kind in _BRACKET_KINDS:
        return Hit("phrase-bracket", phrase.kind, phrase.why)
    head = re.split(r"\s*[:|]\s*", inner, maxsplit=1) if ":" in inner or "|" in inner else ()
    if len(head) == 2 and (phrase := phrases.whole(normalise_wording(head[0]), "start")):
        return Hit("phrase-bracket", phrase.kind, phrase.why)
    if not _ended(before):
        return None
    if _DESK.fullmatch(inner):
        return Hit("initials", "initials", "initials of writer and editor in brackets after a sentence")
    if not last:
        return None
    if folded in phrases.words["agency"]:
        return Hit("agency-tail", "sourcenote", "a news agency in brackets after the last sentence")
    if (
        "," in inner
        and not any(c.isdigit() for c in inner)
        and looks_like_names(inner)
        and all(w[0].isupper() for w in inner.split() if w[0].isalpha())
    ):
        return Hit("names-tail", "byline", "names in brackets after the last sentence")
    if _INITIALS.fullmatch(inner) and _are_initials(inner):
        return Hit("initials", "initials", "initials in brackets after the last sentence")
    return None


def _are_initials(inner: str) -> bool:
    """Short words: "uji/dur", "Humas UGM/Gloria"; not an aside in a sentence, not a number or a reference."""
    words = re.split(r"[/,&|\-–. ]+", inner.strip("*"))
    if inner.count(" ") > 2 or re.search(r"\d\d", inner) or inner[0].isdigit() or len(inner) > 40:
        return False
    if any(word.islower() and len(word) > 8 for word in words):
        return False
    return "/" in inner or len(words) == 1 or not any(len(word) > 4 and word.islower() for word in words)


def _last_sentence(text: str, phrases: Phrases) -> tuple[int, Hit] | None:
    """The last sentences of a paragraph, when they are a phrase of `tail`."""
    for at in _openings(text, phrases.tail_heads):
        phrase = phrases.whole(normalise_wording(text[at:]), "tail")
        if phrase:
            return at, Hit("phrase-tail", phrase.kind, phrase.why)
    return None


def _openings(text: str, heads: frozenset[str]) -> list[int]:
    """Where sentences begin that open with one of `heads`, a digit, or a bracket.

    Found from mark to mark: a search by pattern takes seven times as long.
    """
    found = []
    for mark in _ENDS if text.isascii() else _ALL_ENDS:
        at = text.find(mark)
        while at >= 0:
            begin = at = at + 1
            while text[begin : begin + 1].isspace():
                begin += 1
            head = text[begin : begin + HEAD_LENGTH]
            if head and (head.casefold() in heads or not head[0].isalpha()) and _opens(head, begin > at):
                found.append(begin)
            at = text.find(mark, at)
    return sorted(found)


def _opens(head: str, apart: bool) -> bool:
    """Whether a sentence begins so: behind white space with anything but a small Latin letter, else with a capital."""
    first = head[0]
    if apart:
        return first in "[(" or (first.isalnum() and not "a" <= first <= "z")
    return "A" <= first <= "Z" and "a" <= head[1:2] <= "z"


def closes_article(line: Line, phrases: Phrases) -> bool:
    """Whether a paragraph ends with what closes an article: initials, an end mark, names, a source."""
    kinds = {removal.kind for removal in tail_trims(line, line.end, phrases, True)}
    return not kinds.isdisjoint(("initials", "endmark", "byline", "sourcenote"))


def trims(
    text: str, lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases, only: Sequence[int] | None = None
) -> Iterator[Removal]:
    """The spans inside all kept lines of `text`, or `only` those: labelled pieces, notices in capitals, tails."""
    first, last = prose_bounds(lines, hits)
    loud = [phrase for phrase in phrases.loud if phrase.text in text] if phrases.loud_part in text else []
    labelled, glued = holds_label(text, phrases), any(_desks(text))
    found: list[Removal] = []
    for i in range(len(lines)) if only is None else only:
        if hits[i] is None:
            whole = lines[i].text
            inner = labelled and (":" in whole or "©" in whole)
            if glued and "/" in whole:
                found += _between_articles(lines[i], phrases)
            if inner or loud or _may_trim(lines[i], i >= last, phrases):
                found += _line_trims(lines[i], i >= last, not first <= i < last, phrases, loud)
    if found and not is_wrapped(lines):
        yield from found


def _may_trim(line: Line, last: bool, phrases: Phrases) -> bool:
    """Whether anything at the end of a line calls for a closer look."""
    text = line.text
    if len(text) <= 40:
        return False
    end = text[-1]
    if end in ")]" or text[-2] in ")]":
        return True
    if last and (end.isalnum() or (end in _MARKS_END and (end != "." or text[-2] in _MARKS_END))):
        return True
    return bool(line.opens and _openings(text[-TAIL:], phrases.tail_heads))


def _line_trims(line: Line, last: bool, outer: bool, phrases: Phrases, loud: Sequence[Phrase]) -> Iterator[Removal]:
    """The spans inside one line; `outer` says that it is not between the first and the last paragraph."""
    pieces = list(labelled_pieces(line, phrases, outer)) if ":" in line.text or "©" in line.text else []
    yield from pieces
    if loud and len(line.text) > 100:
        yield from _loud(line, loud)
    if not pieces and not _may_trim(line, last, phrases):
        return
    end = line.end
    for piece in reversed(pieces):  # what ends the line before labelled pieces is its tail
        if line.text[piece.end - line.start : end - line.start].strip():
            break
        end = piece.start
    yield from tail_trims(line, end, phrases, last)


def _between_articles(line: Line, phrases: Phrases) -> Iterator[Removal]:
    """Initials between two articles that stand in one line, and the dateline of the second."""
    text = line.text
    for mark in _desks(text):
        if _ended(text[max(0, mark.start() - 8) : mark.start()]):
            why = "initials of writer and editor in brackets between two sentences"
            yield Removal(line.start + mark.start(), line.start + mark.end(), "initials", "initials", why)
            head = mark.start(1)
            if dateline := match_dateline(text[head : head + 2 * HEAD], phrases):
                end = line.start + head + dateline.end
                yield Removal(line.start + head, end, dateline.rule, "dateline", dateline.why)


def _desks(text: str) -> Iterator[re.Match[str]]:
    """Initials in brackets before the beginning of a sentence; sought from slash to slash."""
    at = text.find("/")
    while at >= 0:
        begin = text.rfind("(", max(0, at - 7), at)
        if begin >= 0 and (mark := _DESK_BETWEEN.match(text, begin)):
            yield mark
        at = text.find("/", at + 1)


def _loud(line: Line, phrases: Sequence[Phrase]) -> Iterator[Removal]:
    """Notices in capitals that were glued into a paragraph."""
    for phrase in phrases:
        at = line.text.find(phrase.text)
        while at >= 0:
            start = line.start + at
            yield Removal(start, start + len(phrase.text), "phrase-inside", phrase.kind, phrase.why)
            at = line.text.find(phrase.text, at + len(phrase.text))
