"""Describe the lines of a text beside their neighbours and in their place, in whole numbers.

A line is judged alone first (`alone`, in thousandths of log odds in favour of the article), then beside the judgements
of its neighbours, as jusText does (Pomikálek 2011). -1 stands for what is not there, such as the line above the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from cleaner.judge.line_features import OWN, Own, class_of_first, class_of_last, own_features
from cleaner.judge.lines import ANY, BESIDE, EDGE, HEAD, Hit, Line
from cleaner.judge.vocabulary import GROUP_NAMES, GROUPS
from cleaner.phrases.phrases import Phrases

__all__ = ["NAMES", "describe_lines"]

NEAR = (-3, -2, -1, 1, 2, 3)
"""Neighbours that a line is described beside, in lines."""

FAR = 30
"""Distances and counts of lines are told up to this."""

BARE = 80
"""Characters; a shorter line without a full stop may be an item of a menu, a heading, a label."""

PROSE = 3000
"""The judgement of a long paragraph alone, which is not asked for its words."""

_DIGITS = re.compile(r"\d+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")

PLACE = (
    *("above", "below", "place", "lines", "apart", "glued", "glued below"),
    *("paragraph", "paragraphs above", "paragraphs below", "to paragraph above", "to paragraph below", "text above"),
    *("hit", "hit kind", "taken above", "taken below", "to taken above", "to taken below", "taken beside"),
    *("kind above", "heading above", "to heading above", "kind below"),
    *("run", "into run", "run to end", "run opens", "run closes", "run listed", "run dates", "run capitals", "run size"),
    *("run taken", "run alone", "times", "shape times", "first word near", "topic", "topic once", "in first line"),
    *("size to usual", "bare share", "taken share", "bare near", "listed near", "dates near"),
    *("alone", "alone above", "alone below", "alone near", "alone of bare", "least alone near"),
)
BESIDE_NAMES = ("size", "first", "last", "taken", "listed", "dates", "alone")
NAMES = (*OWN, *PLACE, *(f"{name} {k:+d}" for k in NEAR for name in BESIDE_NAMES))
"""The names of the features, in the order of the columns."""

_WHERE = {BESIDE: 1, HEAD: 2, EDGE: 3, ANY: 4}
_KIND_NUMBER = {kind: GROUP_NAMES.index(group) + 1 for kind, group in GROUPS.items()}


class _Text:
    """The numbers of all lines of one text, which the features of each are read from."""

    def __init__(
        self,
        lines: Sequence[Line],
        hits: Sequence[Hit | None],
        taken: Sequence[Hit | None],
        phrases: Phrases,
        weights: Sequence[int],
    ) -> None:
        self.lines, self.hits, self.taken = lines, hits, taken
        self.own = [_paragraph(line.text) if _is_long(line) else own_features(line.text, phrases) for line in lines]
        self.alone = [sum(weights[i] for i in own.alone) if own.alone else PROSE for own in self.own]
        self.prose = [line.prose and hit is None for line, hit in zip(lines, taken, strict=True)]
        self.bare = [not line.prose and o.size < BARE and o.last not in (9, 3) for line, o in zip(lines, self.own, strict=True)]
        gone = [hit is not None for hit in taken]
        clipped = [max(-4000, min(4000, alone)) for alone in self.alone]
        self.sums = {
            "prose": _running(self.prose),
            "taken": _running(gone),
            "bare": _running(self.bare),
            "listed": _running([own.listed for own in self.own]),
            "dates": _running([min(1, own.dates) for own in self.own]),
            "capitals": _running([own.capitals for own in self.own]),
            "size": _running([min(BARE, own.size) for own in self.own]),
            "alone": _running(clipped),
            "alone of bare": _running([a if bare else 0 for a, bare in zip(clipped, self.bare, strict=True)]),
            "mass": _running([own.size if prose else 0 for own, prose in zip(self.own, self.prose, strict=True)]),
        }
        self.run_start, self.run_stop = _runs(self.bare)
        self.to_prose, self.to_taken = _distances(self.prose), _distances(gone)
        self.times = Counter(line.text for line in lines)
        self.shapes = Counter(_DIGITS.sub("0", line.text[:60]) for line in lines)
        self.in_prose = Counter(
            word for own, prose in zip(self.own, self.prose, strict=True) if prose for word in set(own.words)
        )
        usual = sorted(own.size for own, prose in zip(self.own, self.prose, strict=True) if prose)
        self.usual = usual[len(usual) // 2] if usual else 0
        self.headings = self._headings()

    def _headings(self) -> list[int]:
        """The index of the nearest line above each that a rule or a concept speaks against, or -1."""
        found, last = [], -1
        for i, bare in enumerate(self.bare):
            found.append(last)
            if bare and (self.hits[i] is not None or self.own[i].concept >= 0):
                last = i
        return found

    def mean(self, name: str, start: int, stop: int) -> int:
        start, stop = max(0, start), min(len(self.lines), stop)
        sums = self.sums[name]
        return (sums[stop] - sums[start]) // max(1, stop - start)

    def count(self, name: str, start: int, stop: int) -> int:
        start, stop = max(0, start), min(len(self.lines), stop)
        return self.sums[name][stop] - self.sums[name][start]


def _is_long(line: Line) -> bool:
    return line.prose and line.end - line.start >= 200


def _paragraph(text: str) -> Own:
    """What is asked of a long paragraph: its size, its ends and its words."""
    words = tuple(_LONG_WORD.findall(text.casefold()))
    numbers = (0,) * len(OWN)
    return Own(numbers, (), words, len(text), class_of_first(text[0]), class_of_last(text), 0, 0, -1, 0)


def _running(values: Sequence[int]) -> list[int]:
    sums, total = [0], 0
    for value in values:
        total += value
        sums.append(total)
    return sums


def _runs(bare: Sequence[bool]) -> tuple[list[int], list[int]]:
    """The index of the first line and behind the last one of the run of bare (or other) lines that each stands in."""
    starts, stops, begin = [0] * len(bare), [0] * len(bare), 0
    for i in range(1, len(bare) + 1):
        if i == len(bare) or bare[i] != bare[begin]:
            for j in range(begin, i):
                starts[j], stops[j] = begin, i
            begin = i
    return starts, stops


def _distances(flags: Sequence[bool]) -> tuple[list[int], list[int]]:
    """How many lines above, and below, each line the next flagged one stands; FAR at most."""
    n = len(flags)
    up, down, last = [FAR] * n, [FAR] * n, -FAR
    for i in range(n):
        up[i] = min(FAR, i - last)
        last = i if flags[i] else last
    last = n + FAR
    for i in range(n - 1, -1, -1):
        down[i] = min(FAR, last - i)
        last = i if flags[i] else last
    return up, down


def describe_lines(
    lines: Sequence[Line],
    hits: Sequence[Hit | None],
    taken: Sequence[Hit | None],
    phrases: Phrases,
    weights: Sequence[int],
    asked: Sequence[int],
) -> list[tuple[int, ...]]:
    """Return the features of the lines at the indices `asked`, in the order of NAMES.

    `weights` are those of the features of ALONE.
    """
    text = _Text(lines, hits, taken, phrases, weights)
    return [
        (*own_features(lines[i].text, phrases).numbers, *_place_features(text, i), *_neighbour_features(text, i))
        for i in asked
    ]


def _place_features(text: _Text, i: int) -> tuple[int, ...]:
    n, line, own, hit = len(text.lines), text.lines[i], text.own[i], text.hits[i]
    start, stop = text.run_start[i], text.run_stop[i]
    heading, mass = text.headings[i], text.sums["mass"]
    above, below = text.taken[i - 1] if i else None, text.taken[i + 1] if i + 1 < n else None
    others = [text.in_prose[word] - text.prose[i] for word in own.words]
    first_line = set(text.own[0].words) if i else set()
    head = line.text.split(None, 1)[0]
    near = range(max(0, i - 3), min(n, i + 4))
    bare = text.count("bare", i - 5, i + 6)
    return (
        *(min(60, i), min(60, n - 1 - i), 100 * i // n, min(200, n), line.apart, 0, 0),
        *(text.prose[i], min(FAR, text.sums["prose"][i]), min(FAR, text.sums["prose"][n] - text.sums["prose"][i + 1])),
        *(text.to_prose[0][i], text.to_prose[1][i], 100 * mass[i] // max(1, mass[n])),
        *(_WHERE[hit.where] if hit else 0, _KIND_NUMBER.get(hit.kind, 0) if hit else 0),
        *(min(FAR, text.sums["taken"][i]), min(FAR, text.sums["taken"][n] - text.sums["taken"][i + 1])),
        *(text.to_taken[0][i], text.to_taken[1][i], (above is not None) + (below is not None)),
        _KIND_NUMBER.get(above.kind, 0) if above else 0,
        text.own[heading].concept if heading >= 0 else -1,
        min(FAR, i - heading) if heading >= 0 else FAR,
        _KIND_NUMBER.get(below.kind, 0) if below else 0,
        *((1 if text.bare[i] else -1) * min(FAR, stop - start), min(FAR, i - start), min(FAR, stop - 1 - i)),
        *(start == 0, stop == n, text.mean("listed", start, stop)),
        *(100 * text.count("dates", start, stop) // (stop - start), text.mean("capitals", start, stop)),
        *(text.mean("size", start, stop), 100 * text.count("taken", start, stop) // (stop - start)),
        *(text.mean("alone", start, stop), text.times[line.text], text.shapes[_DIGITS.sub("0", line.text[:60])]),
        sum(1 for j in near if j != i and text.lines[j].text.startswith(head)),
        *(_share(others, 2), _share(others, 1)),
        100 * sum(1 for word in own.words if word in first_line) // max(1, len(own.words)),
        min(400, 100 * own.size // max(1, text.usual)),
        *(100 * text.sums["bare"][n] // n, 100 * text.sums["taken"][n] // n),
        *(bare, text.mean("listed", i - 3, i + 4), text.count("dates", i - 5, i + 6)),
        *(text.alone[i], text.mean("alone", i - 5, i), text.mean("alone", i + 1, i + 6)),
        *(text.mean("alone", i - 2, i + 3), text.count("alone of bare", i - 5, i + 6) // max(1, bare)),
        min(text.alone[j] for j in near if j != i) if n > 1 else PROSE,
    )


def _share(others: Sequence[int], least: int) -> int:
    """Hundredths of a line's long words that stand in so many of the text's other paragraphs; -1 without such words."""
    return 100 * sum(1 for count in others if count >= least) // len(others) if others else -1


def _neighbour_features(text: _Text, i: int) -> tuple[int, ...]:
    numbers: list[int] = []
    for k in NEAR:
        j = i + k
        if not 0 <= j < len(text.lines):
            numbers += (-1,) * (len(BESIDE_NAMES) - 1)
            numbers.append(0)
            continue
        own = text.own[j]
        gone = text.taken[j] is not None
        numbers += (min(400, own.size), own.first, own.last, gone, own.listed, own.dates, text.alone[j])
    return tuple(numbers)
