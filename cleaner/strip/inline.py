"""Cruft inside a line: initials, end marks, links, credits and rights at its tail, links in its middle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaner.article import Removal
from cleaner.strip.judge import looks_like_names
from cleaner.strip.lines import Hit, Line, prose_bounds
from cleaner.strip.phrases import Phrases, fold

__all__ = ["tail_trims"]

TAIL = 320
_STOP = frozenset(".!?…\"'”’»)]。！？*")
_BRACKETED = re.compile(r"[\s*]*([(\[])([^()\[\]]{0,160})[)\]]\.?$")
_ENDMARK = re.compile(r"\s*(?:\[\]|\[ \]|\(\*+\)|\(\*\*\*\)|\*{2,6}|\*\)|#{2,5}|_{3,}|■|●|◆|\(\.\))\.?$")
_INITIALS = re.compile(r"\*{0,3}[^\W_]{1,14}(?:[/,&|\-–. ]{1,2}[^\W_]{1,14}){0,4}\*{0,3}")
_SENTENCE = re.compile(r"[.!?…\"”’»)\]]\s+(?=[\[(A-Z])")


def tail_trims(line: Line, phrases: Phrases, last: bool) -> Iterator[Removal]:
    """The spans at the end of a kept line that go; `last` says that no paragraph follows it."""
    end = line.end
    for _ in range(8):
        text = line.text[max(0, end - line.start - TAIL) : end - line.start].rstrip()
        found = _one_trim(text, phrases, last) if len(text) > 40 else None
        if found is None:
            return
        at, hit = found
        stop = line.start + max(0, end - line.start - TAIL) + len(text)
        start = stop - len(text) + at
        yield Removal(start, stop, hit.rule, hit.kind, hit.why)
        end = start


def _one_trim(text: str, phrases: Phrases, last: bool) -> tuple[int, Hit] | None:
    if last and (mark := _ENDMARK.search(text)) and _ended(text[: mark.start()]):
        return _inked(text, mark.start()), Hit("end-mark", "endmark", "an end mark after the last sentence")
    if text[-1] in ")]" or text[-2:] in (").", "]."):
        if (bracket := _BRACKETED.search(text)) and (hit := _bracket(text, bracket, phrases, last)):
            return _inked(text, bracket.start()), hit
    return _last_sentence(text, phrases, last)


def _inked(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip())


def _ended(text: str) -> bool:
    return text.rstrip()[-1:] in _STOP


def _bracket(text: str, found: re.Match[str], phrases: Phrases, last: bool) -> Hit | None:
    inner = found[2].strip()
    folded = fold(inner)
    if phrase := phrases.line(folded):
        return Hit("phrase-bracket", phrase.kind, phrase.why)
    head = re.split(r"\s*[:|]\s*", inner, maxsplit=1)
    if len(head) == 2 and (phrase := phrases.whole(fold(head[0]), "start")):
        return Hit("phrase-bracket", phrase.kind, phrase.why)
    if not last or not _ended(text[: found.start()]):
        return None
    if folded in phrases.words["agency"]:
        return Hit("agency-tail", "sourcenote", "a news agency in brackets after the last sentence")
    if "," in inner and looks_like_names(inner) and all(w[0].isupper() for w in inner.split() if w[0].isalpha()):
        return Hit("names-tail", "byline", "names in brackets after the last sentence")
    if _INITIALS.fullmatch(inner) and _are_initials(inner):
        return Hit("initials", "initials", "initials in brackets after the last sentence")
    return None


def _are_initials(inner: str) -> bool:
    words = re.split(r"[/,&|\-–. ]+", inner.strip("*"))
    if any(len(w) > 4 and w.islower() for w in words) and len(words) > 1 and "/" not in inner:
        return False
    return not inner.isdigit() and any(c.isalpha() for c in inner) and len(inner) <= 40


def _last_sentence(text: str, phrases: Phrases, last: bool) -> tuple[int, Hit] | None:
    """The last sentence of a paragraph, when it is a phrase, a link, a byline, or a right."""
    cuts = [m.end() for m in _SENTENCE.finditer(text)]
    for at in reversed(cuts[-3:]):
        rest = text[at:]
        if hit := _rest(rest, phrases, last):
            return at, hit
    return None


def _rest(rest: str, phrases: Phrases, last: bool) -> Hit | None:
    if len(rest) > 240:
        return None
    folded = fold(rest)
    if phrase := phrases.whole(folded, "tail"):
        return Hit("phrase-tail", phrase.kind, phrase.why)
    head = re.split(r"\s*[:|]\s*", rest, maxsplit=1)
    if len(head) == 2 and len(head[0]) <= 40 and (phrase := phrases.whole(fold(head[0]), "start")):
        if phrase.kind == "related" and len(head[1]) <= 160:
            return Hit("phrase-tail", phrase.kind, phrase.why)
        if last and phrase.kind == "byline" and looks_like_names(head[1]):
            return Hit("phrase-tail", phrase.kind, phrase.why)
    return None


def trims(lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases) -> Iterator[Removal]:
    """The tail spans of all kept lines."""
    _, last = prose_bounds(lines, hits)
    kept = [i for i, hit in enumerate(hits) if hit is None]
    for i in kept:
        yield from tail_trims(lines[i], phrases, i >= last)
