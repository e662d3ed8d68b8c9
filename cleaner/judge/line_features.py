"""Describe the lines of a text in whole numbers: what a line is by itself, beside its neighbours, and in its place.

Every number is computed from the line, its text and the lists alone, so a line has the same features alone, in any
batch and on any machine. Names stand in line_trees.json; a change of what a feature means needs a new fit
(benchmarks/fit_lines.py). -1 stands for what is not there: the line above the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cleaner.characters import BULLETS, CLOSERS, MORE_STOPS, STOPS, UNSPACED_CLASS
from cleaner.judge.lines import ANY, BESIDE, EDGE, HEAD, Hit, Line
from cleaner.judge.vocabulary import CONCEPTS, GROUP_NAMES, GROUPS, vocabulary_for, words_of
from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = ["NAMES", "Own", "describe_lines", "own_features"]

SEEN = 300
"""Characters of a line that are looked at: more of a paragraph would say the same."""

NEAR = (-3, -2, -1, 1, 2, 3)
"""Neighbours that a line is described beside, in lines."""

FAR = 30
"""Distances and counts of lines are told up to this."""

BARE = 80
"""Characters; a shorter line without a full stop may be an item of a menu, a heading, a label."""

_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")
_NUMERIC_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d年\d{1,2}月")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)")
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|net|org|co|id|my|de|fr|info)\b", re.IGNORECASE)
_SENTENCE = re.compile(rf"[{re.escape(STOPS + MORE_STOPS)}][{re.escape(CLOSERS)}]*\s")
_LABEL = re.compile(r"[:：|]")
_SPACED_MARK = re.compile(r"\s[-–—|·•/»›>]\s")
_STOPS = frozenset(STOPS + MORE_STOPS) - frozenset("!?！？؟…")
_QUOTES = frozenset("\"“”„«»「『‘’'")
_BARS = frozenset("|•·›»>→▶►｜│")


class Own(NamedTuple):
    """What a line is by itself; OWN names its numbers. `spread` are its long words, `shape` it with all digits alike."""

    numbers: tuple[int, ...]
    size: int
    last: int
    first: int
    words: tuple[str, ...]
    listed: int  # hundredths of its words that stand in the phrase lists
    dates: int
    concept: int  # the index of the concept that speaks most, or -1


OWN = (
    *("size", "words", "letters", "digits", "capitals", "all capitals", "first", "last", "commas", "sentences"),
    *("bars", "symbols", "label at", "behind label", "spaced marks", "addresses", "numbers", "date words", "time words"),
    *("numeric date", "clock", "year", "rights", "hash or at", "longest word", "small words", "brackets", "quotes"),
    *("listed words", "share listed", *(f"listed {group}" for group in GROUP_NAMES)),
    *("concepts", *(f"says {concept}" for concept in CONCEPTS)),
)


@lru_cache(16384)
def own_features(text: str, phrases: Phrases) -> Own:
    """Return what a line is by itself. Remembered, since the templates of a site repeat their lines."""
    seen, vocabulary = text[:SEEN], vocabulary_for(phrases)
    wording = normalise_wording(seen)
    words = words_of(wording)
    pieces = seen.split()
    letters = sum(map(str.isalpha, seen))
    digits = sum(map(str.isdigit, seen))
    visible = max(1, sum(map(len, pieces)))
    heads = [piece for piece in (p.lstrip("\"'“‘«([") for p in pieces) if piece[:1].isalpha()]
    high = sum(1 for word in heads if word[0].isupper())
    small = sum(1 for word in heads if len(word) <= 3 and word[0].islower())
    wide = len(_UNSPACED.findall(seen)) if not seen.isascii() else 0
    size = len(text) + 2 * wide * len(text) // len(seen)
    dates = sum(1 for word in words if word in vocabulary.calendar)
    times = sum(1 for word in words if word in vocabulary.units)
    listed = [group for word in words if (group := vocabulary.groups.get(word)) is not None]
    per_group = [0] * len(GROUP_NAMES)
    for group in listed:
        per_group[group] += 1
    concepts = vocabulary.concepts(wording)
    says = [0] * len(CONCEPTS)
    for concept, how in concepts.items():
        says[concept] = how
    label = _LABEL.search(seen)
    first, last = _class_of_first(seen[0]), _class_of_last(text)
    share = 100 * len(listed) // max(1, len(words))
    numbers = (
        *(size, len(words), 100 * letters // visible, 100 * digits // visible, 100 * high // max(1, len(heads))),
        *(int(seen.isupper()), first, last, seen.count(",") + seen.count("،") + seen.count("、")),
        *(len(_SENTENCE.findall(seen)), sum(map(seen.count, _BARS)), visible - letters - digits),
        *(label.start() if label else -1, len(seen) - label.end() if label else -1),
        *(len(_SPACED_MARK.findall(seen)), len(_ADDRESS.findall(seen)), len(_DIGITS.findall(seen)), dates, times),
        *(int(_NUMERIC_DATE.search(seen) is not None), int(_CLOCK.search(seen) is not None)),
        *(int(_YEAR.search(seen) is not None), int("©" in seen or "(c)" in wording), seen.count("#") + seen.count("@")),
        *(max(map(len, words), default=0), 100 * small // max(1, len(heads)), seen.count("(") + seen.count("[")),
        *(sum(map(seen.count, _QUOTES)), len(listed), share, *per_group, len(concepts), *says),
    )
    most = max(concepts, key=lambda c: (concepts[c], -c), default=-1)
    spread = tuple(word for word in words if len(word) > 3 or _UNSPACED.match(word))
    return Own(numbers, size, last, first, spread, share, dates + numbers[OWN.index("numeric date")], most)


def _class_of_first(character: str) -> int:
    """Return 0 for a small letter, 1 a digit, 2 a capital, 3 a letter of other scripts, 4 a quote, 5 a bracket, 6 a
    bullet, 7 another mark, 8 a hash or at sign."""
    if character.isalpha():
        return 0 if character.islower() else 2 if character.isupper() else 3
    if character.isdigit():
        return 1
    if character in _QUOTES:
        return 4
    return 5 if character in "([{【" else 8 if character in "#@" else 6 if character in BULLETS else 7


def _class_of_last(text: str) -> int:
    """Return 0 for a letter, 1 a digit, 2 another mark, 3 a comma, 4 a colon, 5 an ellipsis, 6 a bracket, 7 a quote, 8 a
    question or call, 9 a full stop; behind quotes and brackets the mark before them counts."""
    last = text[-1]
    if last.isalpha():
        return 0
    if last.isdigit():
        return 1
    if text.endswith(("...", "…", "...]", "…]")):
        return 5
    bare = text.rstrip(CLOSERS)[-1:]
    if bare in _STOPS and bare:
        return 9
    if bare in "?!？！؟" and bare:
        return 8
    if last in CLOSERS or last in _QUOTES:
        return 7 if last in _QUOTES else 6
    return 3 if last in ",;،、" else 4 if last in ":：" else 2


PLACE = (
    *("above", "below", "place", "lines", "apart", "apart below", "glued", "glued below"),
    *("paragraph", "paragraphs above", "paragraphs below", "to paragraph above", "to paragraph below", "text above"),
    *("hit", "hit kind", "taken", "taken above", "taken below", "to taken above", "to taken below", "taken beside"),
    *("kind above", "heading above", "to heading above", "kind below"),
    *("run", "into run", "run to end", "run opens", "run closes", "run listed", "run dates", "run capitals", "run size"),
    *("run taken", "times", "shape times", "first word near", "topic", "topic once", "in first line", "size to usual"),
    *("bare share", "taken share", "bare near", "listed near", "dates near"),
)
BESIDE_NAMES = ("size", "first", "last", "taken", "listed", "dates", "concept", "paragraph")
NAMES = (*OWN, *PLACE, *(f"{name} {k:+d}" for k in NEAR for name in BESIDE_NAMES))
"""The names of the features, in the order of the columns."""

_WHERE = {BESIDE: 1, HEAD: 2, EDGE: 3, ANY: 4}
_KIND_NUMBER = {kind: GROUP_NAMES.index(group) + 1 for kind, group in GROUPS.items()}


class _Text:
    """The numbers of all lines of one text, which the features of each are read from."""

    def __init__(
        self, lines: Sequence[Line], hits: Sequence[Hit | None], taken: Sequence[Hit | None], phrases: Phrases
    ) -> None:
        n = len(lines)
        self.lines, self.hits, self.taken, self.phrases = lines, hits, taken, phrases
        self.own = [own_features(line.text, phrases) for line in lines]
        self.prose = [line.prose and hit is None for line, hit in zip(lines, taken, strict=True)]
        self.bare = [
            not line.prose and len(line.text) < BARE and own.last not in (9, 3)
            for line, own in zip(lines, self.own, strict=True)
        ]
        self.sums = {
            name: _running(values)
            for name, values in (
                ("prose", self.prose),
                ("taken", [hit is not None for hit in taken]),
                ("bare", self.bare),
                ("listed", [own.listed for own in self.own]),
                ("dates", [min(1, own.dates) for own in self.own]),
                ("capitals", [own.numbers[4] for own in self.own]),
                ("size", [min(BARE, own.size) for own in self.own]),
                ("mass", [own.size if prose else 0 for own, prose in zip(self.own, self.prose, strict=True)]),
            )
        }
        self.run_start, self.run_stop = _runs(self.bare)
        self.to_prose = _distances(self.prose)
        self.to_taken = _distances([hit is not None for hit in taken])
        self.times = Counter(line.text for line in lines)
        self.shapes = Counter(_DIGITS.sub("0", line.text[:60]) for line in lines)
        self.in_prose = Counter(
            word for own, prose in zip(self.own, self.prose, strict=True) if prose for word in set(own.words)
        )
        self.usual = sorted(own.size for own, prose in zip(self.own, self.prose, strict=True) if prose)
        self.headings = self._headings(n)

    def _headings(self, n: int) -> list[int]:
        """The index of the nearest line above each that is a taken or told heading, or -1."""
        found, last = [], -1
        for i in range(n):
            found.append(last)
            if self.bare[i] and (self.hits[i] is not None or self.own[i].concept >= 0):
                last = i
        return found

    def mean(self, name: str, start: int, stop: int) -> int:
        start, stop = max(0, start), min(len(self.lines), stop)
        sums = self.sums[name]
        return (sums[stop] - sums[start]) // max(1, stop - start)

    def count(self, name: str, start: int, stop: int) -> int:
        start, stop = max(0, start), min(len(self.lines), stop)
        return self.sums[name][stop] - self.sums[name][start]


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
    asked: Sequence[int],
) -> list[tuple[int, ...]]:
    """Return the features of the lines at the indices `asked`, in the order of NAMES."""
    text = _Text(lines, hits, taken, phrases)
    return [(*text.own[i].numbers, *_place_features(text, i), *_neighbour_features(text, i)) for i in asked]


def _place_features(text: _Text, i: int) -> tuple[int, ...]:
    n, line, own, hit = len(text.lines), text.lines[i], text.own[i], text.hits[i]
    start, stop = text.run_start[i], text.run_stop[i]
    up, down = text.to_prose[0][i], text.to_prose[1][i]
    taken_up, taken_down = text.to_taken[0][i], text.to_taken[1][i]
    heading = text.headings[i]
    mass = text.sums["mass"]
    above, below = text.taken[i - 1] if i else None, text.taken[i + 1] if i + 1 < n else None
    bare_sign = 1 if text.bare[i] else -1
    others = [text.in_prose[word] - (text.prose[i] and 1) for word in own.words]
    first_line = set(text.own[0].words) if i else set()
    usual = text.usual[len(text.usual) // 2] if text.usual else 0
    head = line.text.split(None, 1)[0]
    return (
        *(min(60, i), min(60, n - 1 - i), 100 * i // n, min(200, n), line.apart),
        *(i + 1 == n or text.lines[i + 1].apart, 0, 0),
        *(text.prose[i], min(FAR, text.sums["prose"][i]), min(FAR, text.sums["prose"][n] - text.sums["prose"][i + 1])),
        *(up, down, 100 * mass[i] // max(1, mass[n])),
        *(_WHERE[hit.where] if hit else 0, _KIND_NUMBER.get(hit.kind, 0) if hit else 0, text.taken[i] is not None),
        *(min(FAR, text.sums["taken"][i]), min(FAR, text.sums["taken"][n] - text.sums["taken"][i + 1])),
        *(taken_up, taken_down, (above is not None) + (below is not None)),
        _KIND_NUMBER.get(above.kind, 0) if above else 0,
        text.own[heading].concept if heading >= 0 else -1,
        min(FAR, i - heading) if heading >= 0 else FAR,
        _KIND_NUMBER.get(below.kind, 0) if below else 0,
        *(bare_sign * min(FAR, stop - start), min(FAR, i - start), min(FAR, stop - 1 - i), start == 0, stop == n),
        *(text.mean("listed", start, stop), text.mean("dates", start, stop) if stop - start == 1 else
          100 * text.count("dates", start, stop) // (stop - start)),
        *(text.mean("capitals", start, stop), text.mean("size", start, stop)),
        100 * text.count("taken", start, stop) // (stop - start),
        *(text.times[line.text], text.shapes[_DIGITS.sub("0", line.text[:60])]),
        sum(1 for j in range(max(0, i - 3), min(n, i + 4)) if j != i and text.lines[j].text.startswith(head)),
        *(_share(others, 2), _share(others, 1)),
        100 * sum(1 for word in own.words if word in first_line) // max(1, len(own.words)),
        min(400, 100 * own.size // max(1, usual)),
        *(100 * text.sums["bare"][n] // n, 100 * text.sums["taken"][n] // n),
        *(text.count("bare", i - 5, i + 6), text.mean("listed", i - 3, i + 4), text.count("dates", i - 5, i + 6)),
    )


def _share(others: Sequence[int], least: int) -> int:
    """Hundredths of a line's long words that stand in so many of the text's other paragraphs; -1 without such words."""
    return 100 * sum(1 for count in others if count >= least) // len(others) if others else -1


def _neighbour_features(text: _Text, i: int) -> tuple[int, ...]:
    numbers: list[int] = []
    for k in NEAR:
        j = i + k
        if not 0 <= j < len(text.lines):
            numbers += (-1,) * len(BESIDE_NAMES)
            continue
        own = text.own[j]
        taken = text.taken[j]
        numbers += (min(400, own.size), own.first, own.last, taken is not None, own.listed, own.dates, own.concept + 1)
        numbers.append(text.prose[j])
    return tuple(numbers)
