"""Pages whose line ends became blanks: what the site put behind an article stands in the same line.

"... ucap Anggia. Tag: pertamax Lihat Selengkapnya Terpopuler 1 Cara Cek Desil ... Bagikan Copy Link ..." No mark shows
where a headline ends and the next one begins, so nothing is told of single parts. What the phrase lists know cuts such
a line: behind the end of a sentence, where known parts follow each other and no sentences stand between them, the rest
is the site's. Whatever holds two sentences stays. Before the dateline goes what follows the time of publishing, and the
headline before it stays. Rules `page-tail` and `page-head`; cases and traps stand in
tests/cases/strip/one_line_pages.jsonl.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from cleaner.article import Removal
from cleaner.characters import CLOSERS, FULL_STOPS, SENTENCE_ENDS
from cleaner.judge.lines import Hit, Line
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.dateline_parts import SITE
from cleaner.strip.segments import sentence_breaks, word_lists

__all__ = ["find_stamp", "page_frame"]

LEAST = 1200
"""The fewest characters of a line that may be a page; paragraphs are hardly ever so long."""

ARTICLE = 400
"""The fewest characters of the article above its tail."""

HEAD = 300
"""Characters of a line in which the time of publishing stands."""

FIRST = 8
"""Lines among which that of the dateline is."""

BETWEEN = 600
"""The most characters between the time of publishing and the dateline: names, buttons, a picture's caption."""

LEAST_PART = 8
"""The fewest characters of a known part."""

PARTS = 3
"""Known parts of which a tail holds so many at least, the first ones without sentences between them."""

DIFFERENT = 3
"""Wordings of these. With two, 364 characters of a starting grid went from 540 labelled texts put into one line."""

LAST = 1000
"""The most characters from a known part to the next one, or to the end: more headlines have one among them."""

LONGEST = 80
"""The most characters of a known part that are looked at."""

CLOSING_WORDS = 3
"""Words of known parts that stand together at the very end, and need no others."""

SENTENCES = 2
"""Sentences that make what stands between known parts text, which stays."""

MANY = 8
"""Full stops before a blank, abbreviations among them, that make a text whatever they end."""

SENTENCE = 350
"""The most characters of one of just so many sentences: publishers' names and notices have stops as well. Asked of
three sentences too, it took 934 characters of posts in a digest."""

TEXT = 0.4
"""The greatest share of text in a tail."""

_KINDS = frozenset(
    (
        *("ad", "app", "comment", "cookie", "footer", "login", "nav", "newsletter", "pagination", "paywall", "promo"),
        *("readmore", "related", "share", "tags", "disclaimer", "video"),
    )
)
_LABELS = frozenset(("tags", "share", "sourcenote", "byline"))
_WORD = re.compile(r"[^\sa-z](?<!\S.)\S*")
_LIST = re.compile(r":\s+(?:[-–•]|1[.)])\s|\s1[.)]\s.{3,200}?\s2[.)]\s")  # of the article's, not a ranking of headlines
_SITE_BEFORE = re.compile(r"[\w-]{2,30}\.[a-z]{2,6}\s*[-–,|]\s*$")
# "'Istirahat' Rina Wulan - detikJatim "
_NEWSROOM = re.compile(r"(?:(?<=[?!'’\"”»)] )([^\W\d_a-z]\w+(?: [^\W\d_a-z]\w+){1,3}) |\s)[-–] (\S{3,30})\s+$")
_YEAR_AND_TIME = re.compile(r"(?:19|20)\d\d,? [|-]? ?\d{1,2}[:.]\d{2}")
_STAMP = re.compile(
    r"(?:([^\W\d_]{3,12})['’]?,? )?(?:\d{1,2} ([^\W\d_]{3,12})\.? |\d{1,2}[/.-]\d{1,2}[/.-])"
    rf"{_YEAR_AND_TIME.pattern}(?: [A-Z]{{2,5}}\b)?"
)


class _Entry(NamedTuple):
    """A known part of a line: where it begins and ends, its kind and entry."""

    start: int
    end: int
    kind: str
    why: str


def page_frame(
    lines: Sequence[Line], accepted: Sequence[Hit | None], inside: Sequence[Removal], phrases: Phrases
) -> list[Removal]:
    """What stands around the article in its own line: behind the last line that stays, and before the dateline in the
    first one; `inside` was found inside lines."""
    found: list[Removal] = []
    first, last = 0, len(lines) - 1
    while last >= 0 and accepted[last] is not None:
        last -= 1
    while first < last and accepted[first] is not None:
        first += 1
    if last >= 0 and len(lines[last].text) >= LEAST:
        found += _page_tail(lines[last], phrases)
    if last >= 0 and len(lines[first].text) >= LEAST:
        found += _newsroom(lines[first], phrases)
    for removal in inside:
        if removal.kind == "dateline":
            for line in [line for line in lines[:FIRST] if line.start < removal.start < line.end]:
                found += _page_head(line, removal.start, phrases)
    return found


def _page_tail(line: Line, phrases: Phrases) -> Iterator[Removal]:
    """Yield what goes behind the article at the end of a line; the line is the last one that stays."""
    text = line.text
    parts = _last_parts(text, phrases)
    behind = [text[part.end : below.start] for part, below in pairwise(parts)]
    behind += [text[part.end :] for part in parts[-1:]]
    written = [_is_written(rest) for rest in behind]
    size = prose = spoken = closes = 0
    wordings: Counter[str] = Counter()
    again = 0  # how often one stands that comes again and again, as in a digest
    begin = len(parts)
    for i in range(len(parts) - 1, -1, -1):
        size += parts[i].end - parts[i].start + len(behind[i])
        prose += len(behind[i]) * written[i]
        spoken += behind[i].lstrip()[:1].islower() and _count_stops(behind[i]) > 0  # "Contact us is for questions."
        wordings[parts[i].why] += 1
        again = max(again, wordings[parts[i].why])
        count = len(parts) - i
        known = count >= PARTS and len(wordings) >= DIFFERENT and 3 * spoken <= count and 2 * again <= count
        words = text.count(" ", parts[i].start, parts[i].end) + 1
        closes = closes + words if closes >= 0 and not behind[i].strip() else -1
        known = known and prose <= TEXT * size and not any(written[i : i + PARTS - 1])
        if (known or closes >= CLOSING_WORDS) and text[max(0, parts[i].start - 8) : parts[i].start].rstrip()[
            -1:
        ] in SENTENCE_ENDS:
            begin = i
    for i in range(begin, len(parts)):
        stop = parts[i].end + len(behind[i].rstrip()) * (not written[i])
        yield Removal(line.start + parts[i].start, line.start + stop, "page-tail", parts[i].kind, parts[i].why)


def _last_parts(text: str, phrases: Phrases) -> list[_Entry]:
    """The known parts at the end of a line, sought upwards as long as they are near each other: most lines are an
    article's alone."""
    windows: list[list[_Entry]] = []
    begin = len(text)
    while begin > ARTICLE:
        start = text.find(" ", max(ARTICLE, begin - LAST))
        window = text[start : begin + LONGEST] if 0 <= start < begin else ""
        shifted = (
            part._replace(start=start + part.start, end=start + part.end) for part in _known_parts(window, phrases)
        )
        behind_end = windows[-1][0].start if windows else begin
        found = [part for part in shifted if part.start < begin and part.end <= behind_end]
        if not found:
            break
        windows.append(found)
        begin = start
    return [part for found in reversed(windows) for part in found]


def _page_head(line: Line, dateline: int, phrases: Phrases) -> Iterator[Removal]:
    """Yield what stands before the dateline of a line, from the time of publishing on; the headline stays.

    `dateline` is where it begins in the text, behind the line's start.
    """
    head = line.text[: dateline - line.start]
    stamp = find_stamp(head, phrases)
    if stamp is None:
        return
    begin = stamp[0]
    if site := _SITE_BEFORE.search(head, max(0, begin - 40), begin):
        begin = site.start()
    cuts = [(begin, "timestamp", "a time of publishing before the dateline")]
    parts = (part for part in _known_parts(head, phrases) if part.start >= stamp[1])
    cuts += [(part.start, part.kind, part.why) for part in parts]
    for (start, kind, why), end in zip(cuts, [*(cut[0] for cut in cuts[1:]), len(head)], strict=True):
        yield Removal(line.start + start, line.start + len(head[:end].rstrip()), "page-head", kind, why)


def _newsroom(line: Line, phrases: Phrases) -> Iterator[Removal]:
    """Yield the newsroom and the time of publishing behind the headline: "... Rina Wulan - detikJatim Kamis, 25 ...".

    The name before them goes where a mark shows that the headline ends before it.
    """
    # a year with a time of day is rare, and sought in a tenth of the time
    found = _STAMP.search(line.text, 0, HEAD) if _YEAR_AND_TIME.search(line.text, 0, HEAD) else None
    before = found and _NEWSROOM.search(line.text, 0, found.start())
    if found is None or not before or _count_stops(line.text[: found.start()]) or not find_stamp(found[0], phrases):
        return
    desk = normalise_wording(before[2])
    if desk in phrases.words["agency"] or SITE.fullmatch(before[2]):
        start = before.start(1) if before[1] else before.start() + 1  # from the dash on
        yield Removal(
            line.start + start, line.start + before.end(2), "page-head", "byline", "who writes, and the newsroom"
        )
        why = "a time of publishing behind the newsroom"
        yield Removal(line.start + found.start(), line.start + found.end(), "page-head", "timestamp", why)


def find_stamp(head: str, phrases: Phrases) -> tuple[int, int] | None:
    """Where the time of publishing stands, a day with a clock, in what stands before a dateline in its line: behind the
    headline, and names, buttons and a caption at most may follow it."""
    for found in _STAMP.finditer(head):
        weekday, month = (part and part.casefold() for part in found.groups())
        begin = found.start() if weekday is None or weekday in phrases.words["weekday"] else found.end(1) + 1
        known = month is None or month in phrases.words["month"]
        if known and len(head) - found.end() <= BETWEEN and not _is_written(head[found.end() :]):
            return begin, found.end()
    return None


def _is_written(text: str) -> bool:
    """Whether sentences, or a list of the author's, stand between two known parts."""
    if text.count(". ") > MANY:  # abbreviations among headlines are fewer; the article itself is told at once
        return True
    stops = _count_stops(text)
    most = stops > SENTENCES or (stops == SENTENCES and len(text) <= stops * SENTENCE)
    return most or _LIST.search(text) is not None


def _count_stops(text: str) -> int:
    """How many sentences of a text end with a full stop; headlines ask and call as well."""
    ends = (*(end for end, _ in sentence_breaks(text)), len(text.rstrip()))
    return sum(text[max(0, end - 8) : end].rstrip(CLOSERS)[-1:] in FULL_STOPS for end in ends)


def _known_parts(text: str, phrases: Phrases) -> Iterator[_Entry]:
    """Yield the entries of the lists that stand in a text word by word, with a capital, the longest first."""
    entries = _entries(phrases)
    small = text.lower()  # casefold would make "ß" two characters
    if len(small) != len(text):
        return
    at = 0
    for word in _WORD.finditer(text):
        start = word.start()
        of_word = entries.get(small[start : word.end()].strip(".,:;!?"))
        if of_word is None or start < at or text[start].islower():
            continue
        for wording, kind, why in of_word:
            at = start + len(wording)
            # "Baca juga: ..." stands between sentences as well
            apart = not small[at : at + 1].isalnum() and small[at : at + 2].strip()[:1] != ":"
            if small.startswith(wording, start) and apart:
                yield _Entry(start, at, kind, why)
                break
        else:
            at = start


@lru_cache(64)
def _entries(phrases: Phrases) -> Mapping[str, Sequence[tuple[str, str, str]]]:
    """First word -> the entries of two words or more that open with it, the longest first, with kind and reason."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for array in ("line", "tail", "between", "edge"):
        known = [(wording, phrase) for wording, phrase in phrases.entries[array].items() if not phrase.slight]
        tables = phrases.patterns[array].values()
        known += [(pattern.head, pattern.phrase) for table in tables for pattern in table if " " in pattern.head]
        for wording, phrase in known:
            if phrase.kind in _KINDS and "0" not in wording and len(wording) >= LEAST_PART:
                found.setdefault(wording.split()[0].strip(".,:;!?"), []).append((wording, phrase.kind, phrase.why))
    for wording, phrase in phrases.entries["start"].items():
        if phrase.kind in _LABELS and "0" not in wording:
            for colon in (":", " :"):
                found.setdefault(wording.split()[0].strip(".,:;!?"), []).append(
                    (wording + colon, phrase.kind, phrase.why)
                )
    if phrases.languages[0] != "en":
        for word in word_lists()["english_ads"]:
            found.setdefault(word.lower(), []).append((word.lower(), "ad", f"a label of advertising: {word}"))
    return {word: sorted(of_word, key=lambda entry: (-len(entry[0]), entry)) for word, of_word in found.items()}
