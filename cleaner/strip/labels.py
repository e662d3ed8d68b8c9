"""Labelled pieces inside a paragraph: "Baca juga: Headline", "Pewarta: Name Editor: Name", "Copyright © ...".

Crawls that lose line ends glue these together; a colon with a known label before it finds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.article import Removal
from cleaner.judge.lines import Line
from cleaner.phrases.phrases import LABELS, MARKS, Phrase, Phrases, normalise_wording
from cleaner.strip.line_rules import looks_like_names

__all__ = ["holds_label", "labelled_pieces"]

HEADLINE = 170
"""Characters a headline after a label may have."""

_ENDED = frozenset(".!?…\"'”’»)]。！？:*")
_RIGHTS = re.compile(r"(?:Copyright|COPYRIGHT|Hak [Cc]ipta) ?(?:©|\(c\))")
_GAP = re.compile(r"\s{2,}|\t|[“\"](?=[^”\"]{60})")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int  # of the label, or of the bracket before it
    rest: int  # where what it labels begins
    phrase: Phrase
    bracket: str = ""


def labelled_pieces(line: Line, phrases: Phrases, last: bool) -> Iterator[Removal]:
    """The pieces of a kept line that a label opens; `last` says that no paragraph follows the line."""
    text = line.text
    cues = list(_cues(text, phrases))
    chained = 0  # where the piece before ended
    for i, cue in enumerate(cues):
        after = cues[i + 1].start if i + 1 < len(cues) else len(text)
        if not (chained == cue.start or _after_sentence(text, cue.start) or cue.bracket):
            continue
        end = _piece_end(text, cue, after, i + 1 == len(cues), phrases, last)
        if end:
            chained = end + len(text[end : end + 3]) - len(text[end : end + 3].lstrip())
            stop = cue.start + len(text[cue.start : end].rstrip())
            yield Removal(line.start + cue.start, line.start + stop, "label-inside", cue.phrase.kind, cue.phrase.why)


def _cues(text: str, phrases: Phrases) -> Iterator[_Cue]:
    at = text.find(":")
    rights = _RIGHTS.search(text, max(0, len(text) - 400)) if "©" in text or "(c)" in text else None
    while at > 0:
        if rights and rights.start() < at:
            break
        if cue := _cue_before(text, at, phrases):
            yield cue
        at = text.find(":", at + 1)
    if rights:
        yield _Cue(rights.start(), rights.end(), Phrase("copyright ©", "tail", "footer", "neutral"))


def _cue_before(text: str, colon: int, phrases: Phrases) -> _Cue | None:
    """The label of up to three words before the colon, the longest first."""
    if not _may_label(text, colon, phrases):
        return None
    begin = max(0, colon - 40)
    words = list(re.finditer(r"[^\s()\[\].!?\"”]+", text[begin:colon]))
    for n in (3, 2, 1):
        if len(words) < n or (n == len(words) and begin and not text[begin - 1].isspace()):
            continue
        start = begin + words[-n].start()
        if not text[start].isupper():
            continue
        found = phrases.entries["start"].get(normalise_wording(text[start:colon]))
        if found and found.kind in LABELS:
            bracket = text[start - 1] if start and text[start - 1] in "([" else ""
            return _Cue(start - len(bracket), colon + 1, found, bracket)
    return None


def _may_label(text: str, colon: int, phrases: Phrases) -> bool:
    """Whether the characters before a colon end a label."""
    near = text[max(0, colon - 3) : colon]
    ending = (near if near[-1:].isalnum() else text[max(0, colon - 8) : colon].rstrip(MARKS)[-3:]).casefold()
    return not ending.isascii() or ending in phrases.label_ends or ending[-2:] in phrases.label_ends


def holds_label(text: str, phrases: Phrases) -> bool:
    """Whether a label may stand before any colon of a text, or a notice of rights in it."""
    at = text.find(":")
    while at >= 0:
        if _may_label(text, at, phrases):
            return True
        at = text.find(":", at + 1)
    return "©" in text


def _after_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 6) : at]
    return before.rstrip()[-1:] in _ENDED or before[-2:].isspace()


def _piece_end(text: str, cue: _Cue, after: int, final: bool, phrases: Phrases, last: bool) -> int:
    """Where the piece that `cue` opens ends, or 0 when that cannot be told."""
    if cue.bracket:
        closing = text.find(")" if cue.bracket == "(" else "]", cue.rest, cue.rest + HEADLINE)
        return closing + 1 if closing > 0 else 0
    rest = text[cue.rest : after]
    if cue.phrase.kind == "footer":
        return after if last and len(rest) <= 320 else 0
    if cue.phrase.kind == "byline":
        to_end = final or len(text) - cue.start <= 500
        return after if last and to_end and len(rest) <= 90 and looks_like_names(rest.strip()) else 0
    if cue.phrase.kind == "video" and not rest.lstrip()[:1].isalpha():  # "Video: 4K/30p"
        return 0
    if len(rest) <= HEADLINE and (". " not in rest.strip() or len(rest) < 90):
        return after
    length = _headline_end(text[cue.rest : cue.rest + HEADLINE], phrases)
    return cue.rest + length if length else 0


def _headline_end(rest: str, phrases: Phrases) -> int:
    """The length of a headline that runs into the next sentence; 0 when no sign tells."""
    gap = _GAP.search(rest, 12)
    stop = gap.start() if gap else len(rest)
    openers = phrases.words["opener"]
    for count, word in enumerate(re.finditer(r"\S+", rest[:stop])):
        if count >= 4 and word[0][0].isupper() and normalise_wording(word[0]) in openers:
            return word.start()
    return stop if gap else 0
