"""The segments of lines that the judge is asked about: glued ones, and what stands behind a line's last sentence.

"… kata dia. Sumber: Kantor Berita" ends without a stop: what stands behind the last one may be a line whose end was
lost. Segments are judged as lines are, among the lines of their text; a text without any is not asked again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from cleaner.article import Removal
from cleaner.characters import SENTENCE_ENDS
from cleaner.judge.beside import RuledText
from cleaner.judge.lines import Hit, Line
from cleaner.phrases.phrases import Phrases
from cleaner.strip.segments import is_quoted, sentence_breaks

__all__ = ["segments_to_judge"]

TAIL = 100
"""The most characters of a line's tail behind its last sentence."""

LEAST_LINE = 60
"""A shorter line is a heading or an item of a list: its parts are words of it."""

_ARROWS = frozenset("»→›>")
_ENDS = SENTENCE_ENDS - _ARROWS


def segments_to_judge(
    lines: Sequence[Line],
    hits: Sequence[Hit | None],
    accepted: Sequence[Hit | None],
    segments: Mapping[int, Sequence[Line]],
    inside: Sequence[Removal],
    phrases: Phrases,
) -> RuledText | None:
    """All lines with those that fall into segments cut into them, or None if no line does.

    `segments` are the glued segments of lines that stay, by the index of the line; `inside` was found inside lines.
    """
    parts: dict[int, list[Line]] = {i: list(of_line) for i, of_line in segments.items() if accepted[i] is None}
    for i, line in enumerate(lines):
        text = line.text
        if text[-1] in _ENDS or accepted[i] is not None or len(text) < LEAST_LINE:
            continue
        # an arrow ends no sentence, unless it closes a quotation ("« Non. Oui »")
        if text[-1] in _ARROWS and not (text[-2].isspace() and text.rfind("«") <= text.rfind("»", 0, -1)):
            continue
        if with_tail := _with_tail(parts[i][-1] if i in parts else line):
            parts[i] = [*parts.get(i, [line])[:-1], *with_tail]
    if not any(len(of_line) > 1 for of_line in parts.values()):
        return None
    taken = sorted((r.start, r.end) for r in inside)
    units: list[Line] = []
    said: list[Hit | None] = []
    gone: list[bool] = []
    for i, line in enumerate(lines):
        for n, part in enumerate(parts.get(i, (line,))):
            part.glued = n > 0
            at = bisect_left(taken, (part.end, 0)) - 1
            units.append(part)
            said.append(accepted[i] or (None if i in parts else hits[i]))
            gone.append(accepted[i] is not None or (i in parts and at >= 0 and taken[at][1] > part.start))
    return RuledText(units, said, gone, phrases)


def _with_tail(line: Line) -> list[Line]:
    """A line up to its last sentence, and what stands behind that; nothing where no sentence ends near the end."""
    text = line.text
    breaks = list(sentence_breaks(text, max(0, len(text) - TAIL - 10)))
    if not breaks or len(text) - breaks[-1][1] > TAIL or is_quoted(text, breaks[-1][1]):
        return []
    end, begin = breaks[-1]
    body = Line(line.start, text[:end], line.apart)
    body.prose = body.prose or (line.prose and len(body.text) >= LEAST_LINE)
    tail = Line(line.start + begin, text[begin:], False)
    body.opens = tail.opens = line.opens
    return [body, tail]
