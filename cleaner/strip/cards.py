"""Cards of other articles: a label, a headline and perhaps a teaser, one card after the other.

"• Hot Gossip" / "Raffi Terharu Dapat Kado" / "Raffi terharu, sang istri memberikan lagu." / "• Hot Gossip" / ... The
label stands above each card (a section, a length) or below it ("» Selanjutnya", "Read more"), and its period tells
cards from text, so teasers may be whole sentences, at which `related-block` stops. An interview, a list of goods, a
programme and a refrain have a period as well. So cards stand straight below a heading of related links, or behind what
ends an article with a label that the lists know, or break off one and all. Rule `related-cards`; cases and traps stand
in tests/cases/strip/cards.jsonl.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaner.characters import BULLETS, FULL_STOPS, UNSPACED_CLASS
from cleaner.judge.lines import Hit, Line, ends_sentence
from cleaner.strip.related_blocks import ends_article, is_led, is_signed, may_be_headline

__all__ = ["READ_ON", "take_cards"]

CARDS = 3
"""Cards that make a period."""

MOST = 60
"""Cards that are looked at: so many headings, each above labels without end, take linear time."""

TEASERS = 2
"""Headlines with a teaser that breaks off, which are cards where nothing follows them."""

CARD_LINES = 4
"""The most lines of a card beside its label: a headline, a teaser, a date, a name."""

LABEL, LABEL_WORDS = 40, 5
"""The most characters and words of a label."""

ABOVE = 3
"""Paragraphs above cards whose heading is missing; a digest has its items below a line or two."""

READ_ON = frozenset(("readmore", "related", "pagination", "nav", "share", "comment"))
"""Kinds of the labels of cards that the lists know."""

SECTION = 25
"""The most characters of the name of a section."""

TELLING, STEM = 4, 5
"""The fewest letters of a word that tells something of an article, and those that words have in common whatever their
endings: "chleb" and "chleba"."""

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]+")
_LETTER = re.compile(r"[^\W\d_]")
_BREAKS_OFF = ("...", "…", "...]", "…]")
_ASKS = ("?", "？", "؟")


class _Period(NamedTuple):
    """Labels of one wording and the cards between them, by the indices of their lines."""

    labels: list[int]
    cards: list[list[int]]

    @property
    def end(self) -> int:
        return max(self.labels[-1], max(self.cards[-1], default=0)) + 1


def take_cards(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: list[Hit | None], headings: frozenset[int]
) -> None:
    """Take the cards below one of the headings of related links, or behind the end of an article, with their labels."""
    marks = [i for i, hit in enumerate(hits) if hit is not None and hit.kind in READ_ON]
    _take_teasers_to_end(lines, hits, accepted, marks)
    if not headings and len(marks) < CARDS:
        return
    above = begin = at = 0  # paragraphs that stay above a line, and where the last cards end
    tried: set[int] = set()  # labels that were looked at, so that no line is asked for again and again
    for i in marks:
        above += sum(line.prose and accepted[j] is None for j, line in enumerate(lines[at:i], at))
        at = i
        period = None
        if i in headings and i >= begin and above >= 2 and not is_led(lines[i].text):
            period = _cards_below_heading(lines, hits, i)
            if period is None:
                _release(lines, hits, accepted, i)
        if period is None and i >= begin and above >= ABOVE and i not in tried:
            period = _cards_that_read_on(lines, hits, accepted, i, tried)
        if period is not None:
            card = Hit("related-cards", "related", f"{len(period.cards)} cards with the label {lines[i].text!r}")
            begin = period.end
            for j in (*period.labels, *(line for lines_of in period.cards for line in lines_of)):
                accepted[j] = accepted[j] or hits[j] or card


def _take_teasers_to_end(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: list[Hit | None], marks: Sequence[int]
) -> None:
    """Behind the last known label of a text, two headlines or more, each with a teaser that breaks off, and nothing
    else: "Share :" / "Harga Cabai Naik" / "Harga cabai di pasar naik dua kali lipat ..."

    Above stand three paragraphs or more, none of which breaks off.
    """
    if not marks or not lines[-1].text.endswith(_BREAKS_OFF):
        return
    first = next((i for i in reversed(marks) if i + 1 < len(lines) and hits[i + 1] is None), len(lines))
    own = [line for line, hit in zip(lines[:first], accepted, strict=False) if hit is None]
    below = range(first + 1, len(lines))
    pairs = [(i, i + 1) for i in below[::2]]
    if len(pairs) < TEASERS or 2 * len(pairs) != len(below) or any(hits[i] is not None for i in below):
        return
    headed = all(
        may_be_headline(lines[i].text) and lines[i].text[-1] not in FULL_STOPS and _breaks_off(lines, [j])
        for i, j in pairs
    )
    whole = not any(line.text.endswith(_BREAKS_OFF) for line in own)
    if headed and whole and sum(line.prose for line in own) >= ABOVE:
        card = Hit("related-cards", "related", f"{len(pairs)} headlines with teasers below {lines[first].text!r}")
        accepted[first:] = [hits[first], *(card for _ in below)]


def _cards_below_heading(lines: Sequence[Line], hits: Sequence[Hit | None], heading: int) -> _Period | None:
    """The cards that begin straight below a heading, whatever their label is."""
    signed = is_signed(hits, heading)
    for first in range(heading + 1, min(heading + CARD_LINES + 2, len(lines))):
        labels = _labels(lines, hits, first)
        if len(labels) < CARDS:
            labels = _sections(lines, hits, first) if first == heading + 1 else []
        if len(labels) < CARDS:
            continue
        cards = [list(range(a + 1, b)) for a, b in pairwise(labels)]
        if first > heading + 1:
            cards.insert(0, list(range(heading + 1, first)))
        else:  # nothing ends the last card, so it is as long as most
            usual = Counter(map(len, cards)).most_common(1)[0][0]
            cards.append(list(range(labels[-1] + 1, min(labels[-1] + 1 + usual, len(lines)))))
        known = all(_reads_on(hits[i]) for i in labels)
        if known and 2 * sum(_breaks_off(lines, card) for card in cards) > len(cards):
            return _Period(labels, cards)
        if _are_headlines(lines, hits, cards):
            again = sum(_takes_up_headline(lines, card) for card in cards)
            if known or signed or 2 * again > len(cards):
                return _Period(labels, cards)
    return None


def _release(lines: Sequence[Line], hits: Sequence[Hit | None], accepted: list[Hit | None], heading: int) -> None:
    """Let the lines stay that a heading took from a list with labels that are no cards: a programme, a dialogue."""
    first = heading + 1
    if first >= len(lines) or max(len(_labels(lines, hits, first)), len(_sections(lines, hits, first))) < CARDS:
        return
    while first < len(lines) and hits[first] is None and (hit := accepted[first]) and hit.rule == "related-block":
        accepted[first] = None
        first += 1


def _cards_that_read_on(
    lines: Sequence[Line], hits: Sequence[Hit | None], accepted: Sequence[Hit | None], first: int, tried: set[int]
) -> _Period | None:
    """The cards above a label that asks to read on, and above those of its wording below it. They begin behind what
    ends an article; where nothing opens them, all break off and are equally long. In a digest the label stands above
    as well."""
    labels = _labels(lines, hits, first)
    tried.update(labels)
    if len(labels) < CARDS or not all(_reads_on(hits[i]) for i in labels):
        return None
    cards = [list(range(a + 1, b)) for a, b in pairwise(labels)]
    ends = (i for i in range(first - 2, first - CARD_LINES - 2, -1) if ends_article(hits[i]))
    end = next(ends, None)
    broken = sum(_breaks_off(lines, card) for card in cards)
    if end is not None:
        cards.insert(0, list(range(end + 1, first)))
        whole = 2 * broken > len(cards) or _are_headlines(lines, hits, cards)
    else:
        begin = max(1, first - len(cards[0]))
        cards.insert(0, list(range(begin, first)))
        own = all(accepted[i] is None for i in cards[0]) and not _breaks_off(lines, [begin - 1])
        whole = own and len({*map(len, cards)}) == 1 and all(_breaks_off(lines, card) for card in cards)
    digest = whole and any(line.wording == lines[first].wording for line in lines[:first])
    return _Period(labels, cards) if whole and not digest else None


def _labels(lines: Sequence[Line], hits: Sequence[Hit | None], first: int) -> list[int]:
    """The line `first` and those of its wording below it, each with one to CARD_LINES lines before the next; none where
    it is no label, or where its numbers count on, as those of steps and chapters do. Times have one wording."""
    text, wording = lines[first].text, lines[first].wording
    if len(text) > LABEL or text.count(" ") >= LABEL_WORDS or text[-1] in ":：;,?!" or not _LETTER.search(wording):
        return []
    labels, timed = [first], _is_time(hits[first])
    while len(labels) < MOST:
        near = range(labels[-1] + 2, min(labels[-1] + 2 + CARD_LINES, len(lines)))
        below = [j for j in near if (_is_time(hits[j]) if timed else lines[j].wording == wording)]
        if not below:
            break
        labels.append(below[0])
    numbers = [int(found[0][:6]) for i in labels if (found := _NUMBER.search(lines[i].text))]
    steps = {b - a for a, b in pairwise(numbers)} if len(numbers) == len(labels) else set()
    return [] if len(steps) == 1 and steps != {0} and not (timed and steps == {-1}) else labels


def _is_time(hit: Hit | None) -> bool:
    return hit is not None and hit.kind == "timestamp"


def _sections(lines: Sequence[Line], hits: Sequence[Hit | None], first: int) -> list[int]:
    """The line `first` and further short lines at equal distances, with longer ones between: names of sections, one of
    which comes again or is known to the lists."""
    for period in range(2, CARD_LINES + 2):
        labels: list[int] = []
        for i in range(first, min(len(lines) - 1, first + MOST * period), period):
            between = lines[i + 1 : i + period]
            if not _is_short(lines[i].text) or any(_is_short(line.text) for line in between):
                break
            labels.append(i)
        wordings = {lines[i].wording for i in labels}
        if len(labels) >= CARDS and (len(wordings) < len(labels) or any(hits[i] for i in labels)):
            return labels
    return []


def _is_short(text: str) -> bool:
    return len(text) <= SECTION and text.count(" ") <= 2 and text[-1].isalnum()


def _reads_on(hit: Hit | None) -> bool:
    return hit is not None and hit.kind in READ_ON


def _are_headlines(lines: Sequence[Line], hits: Sequence[Hit | None], cards: Sequence[Sequence[int]]) -> bool:
    """Whether cards open with headlines of other articles: no two the same, and no questions one and all."""
    texts = [lines[card[0]].text for card in cards if card and hits[card[0]] is None]
    if len(texts) < CARDS or len({*texts}) < len(texts) or 2 * sum(text.endswith(_ASKS) for text in texts) > len(texts):
        return False
    return all(may_be_headline(text) and text[-1] not in FULL_STOPS and text[0] not in BULLETS for text in texts)


def _takes_up_headline(lines: Sequence[Line], card: Sequence[int]) -> bool:
    """Whether a teaser, which is a sentence, takes up a word of its headline."""
    teasers = [lines[i].text for i in card[1:] if ends_sentence(lines[i].text)]
    return bool(teasers) and not _long_words(lines[card[0]].text).isdisjoint(_long_words(teasers[-1]))


def _long_words(text: str) -> set[str]:
    """The words of a line that say something, without their endings; two characters each of a script that puts no
    blanks between words."""
    unspaced = (run[0][i : i + 2] for run in _UNSPACED.finditer(text) for i in range(len(run[0]) - 1))
    return {word[:STEM] for word in _WORD.findall(text.casefold()) if len(word) >= TELLING} | {*unspaced}


def _breaks_off(lines: Sequence[Line], card: Sequence[int]) -> bool:
    return any(lines[i].text.endswith(_BREAKS_OFF) for i in card)
