"""The pieces of lines that the judge is asked about: glued segments, and what stands behind a line's last sentence.

"… kata dia. Sumber: Kantor Berita" ends without a stop: what stands behind the last one may be a line whose end was
lost. Pieces are judged as lines are, among the lines of their text; a text without such pieces is not asked again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from cleaner.article import Removal
from cleaner.characters import CLOSERS, SENTENCE_ENDS, STOPS
from cleaner.judge.beside import RuledText
from cleaner.judge.lines import Hit, Line
from cleaner.phrases.phrases import Phrases
from cleaner.strip.segments import is_quoted, word_lists

__all__ = ["with_pieces"]

TAIL = 100
"""The most characters of a line's tail behind its last sentence."""

LEAST_LINE = 60
"""A shorter line is a heading or an item of a list: its parts are words of it."""

_ARROWS = ("»", "→", "›", ">")
_STOPS = f"[{re.escape(''.join(sorted(SENTENCE_ENDS - set(CLOSERS))))}]"
_SENTENCE_END = re.compile(f"(\\w*)({_STOPS}+[{re.escape(CLOSERS)}]*)[ \\t\\xa0]+(?=\\S)")


def with_pieces(
    lines: Sequence[Line],
    hits: Sequence[Hit | None],
    accepted: Sequence[Hit | None],
    segments: Mapping[int, Sequence[Line]],
    inside: Sequence[Removal],
    phrases: Phrases,
) -> RuledText | None:
    """All lines with those that fall into pieces cut into them, or None if no line does.

    `segments` are the glued segments of lines that stay, by the index of the line; `inside` was found inside lines.
    """
    taken = sorted((r.start, r.end) for r in inside)
    units: list[Line] = []
    spoken: list[Hit | None] = []
    gone: list[bool] = []
    found = False
    for i, line in enumerate(lines):
        parts = [line]
        if accepted[i] is None:
            parts = list(segments.get(i, parts))
            parts[-1:] = _with_tail(parts[-1])
        found = found or len(parts) > 1
        for n, part in enumerate(parts):
            part.glued = n > 0
            at = bisect_left(taken, (part.end, 0)) - 1
            away = accepted[i] is not None or (len(parts) > 1 and at >= 0 and taken[at][1] > part.start)
            units.append(part)
            spoken.append(accepted[i] or (hits[i] if len(parts) == 1 else None))
            gone.append(away)
    return RuledText(units, spoken, gone, phrases) if found else None


def _with_tail(line: Line) -> list[Line]:
    """A line as its last sentence and what stands behind it; whole where it ends with a sentence."""
    text = line.text
    if len(text) < LEAST_LINE or (text[-1] in SENTENCE_ENDS and not text.endswith(_ARROWS)):
        return [line]
    begin = max(0, len(text) - TAIL - 10)
    ends = [end for end in _SENTENCE_END.finditer(text, begin) if _ends_sentence(end)]
    if not ends or len(text) - ends[-1].end() > TAIL or is_quoted(text, ends[-1].end()):
        return [line]
    body = Line(line.start, text[: ends[-1].end(2)], line.apart)
    body.prose = body.prose or (line.prose and len(body.text) >= LEAST_LINE)
    tail = Line(line.start + ends[-1].end(), text[ends[-1].end() :], False)
    body.opens = tail.opens = line.opens
    return [body, tail]


def _ends_sentence(end: re.Match[str]) -> bool:
    """Whether a mark ends a sentence: no initial, no number of a list, no abbreviation."""
    word, mark = end.groups()
    short = word.isascii() and (len(word) < 3 or word.isdigit() or word.lower() in word_lists()["abbreviations"])
    return not (mark == "." and short)
