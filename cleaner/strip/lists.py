"""Lists of the author's, by their form: items with bullets, steps, records, rows of tables, terms with what they mean.

Lists are made of short lines, as what stands around an article is, and name the same things: a programme has "Video of
the day", a manual "Log in". So the lines of a list bear each other out: they are built alike, or one that leads to them
stands above. The functions look at marks, digits and lengths; traps stand in tests/cases/strip/losses.jsonl and
whole_texts.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from cleaner.characters import BULLETS, FULL_STOPS
from cleaner.judge.lines import Hit, Line
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.calls import names_site

__all__ = [
    "ROWS", "are_rows", "defined_terms", "fields_below_each_other", "is_lead_in", "is_numbered", "led_items",
    "led_steps", "listed_below", "programme_rows", "record_lines", "table_rows",
]  # fmt: skip

ROWS = 4
"""Lines of one shape that are a table: two times below each other may be those of publishing and of the last change."""

STEP = 60
"""The most characters of a step in a list without bullets."""

STEPS = range(3, 13)
"""How many steps such a list has; a longer run of lines is a table or a page."""

TERMS = 4
"""Terms in a row with what they mean below each, from which on they are a glossary."""

TERM, MEANING = 30, 100
"""The most characters of a term, and of what it means."""

_LEADS = frozenset(":：")
_FIELD = re.compile(r"([^\W\d_][^:：\d]{1,28})[:：] ?(?=\S)")
_NUMBERED = re.compile(r"[(\[]?(?:\d{1,2}|[٠-٩۰-۹०-९]{1,2}|[a-hA-H])[.)\]、．）] ?(?![\d.])\S|[①-⑳]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_WORDS = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_TWO_ROWS = 120  # the most characters of two rows of a table
_VALUE_LINE = 45  # the most characters of "Kiper: Andi Putra"
_PAIR = re.compile(r"[^\W\d_][^,:–—]{2,24}(?:, | [-–—] )[^,:–—]{2,24}")
_CONTACT = re.compile(r"\w@\w|\d{3}\)?[ -]?\d{3,4}[ -]?\d{3}")
_CELLS = re.compile(r"\d[^\W\d_]{0,3}\s+[^\w\s]{0,2}\d")
_DAY_AND_TIME = re.compile(r"\b(?:19|20)\d\d\b\D{1,12}\d{1,2}[:.]\d\d\b")
_OPENING_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)\s+\S")


def is_lead_in(text: str) -> bool:
    """Whether a line leads to what follows: it ends with a colon."""
    return text[-1] in _LEADS


def is_numbered(text: str) -> bool:
    """Whether a line is an item of a numbered list: "1. Isi formulir", "b) Datum", "② 入口"."""
    return _NUMBERED.match(text) is not None


def led_items(lines: Sequence[Line], hits: Sequence[Hit | None]) -> frozenset[int]:
    """The items of lists with bullets below a lead-in that nothing is known against: "New in this version:"."""
    found, led = set(), False
    for i, line in enumerate(lines):
        led = line.text[0] in BULLETS and (led or (i > 0 and hits[i - 1] is None and is_lead_in(lines[i - 1].text)))
        if led:
            found.add(i)
    return frozenset(found)


def led_steps(lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases) -> frozenset[int]:
    """The items of lists without bullets below a lead-in that nothing is known against: STEPS short lines ("Download
    the app", "Log in", "Follow the map to shelf nine"), most of them unknown, down to a paragraph or to the last one
    that is unknown, none of which names the site."""
    found: set[int] = set()
    leads = [is_lead_in(line.text) for line in lines]
    if not any(leads):
        return frozenset()
    may_be = [not (line.prose or leads[i]) and len(line.text) <= STEP for i, line in enumerate(lines)]
    for begin in (i + 1 for i, leads_on in enumerate(leads) if leads_on and hits[i] is None):
        end = begin
        while end < len(lines) and end - begin <= STEPS.stop and may_be[end]:
            end += 1
        unknown = [i for i in range(begin, end) if hits[i] is None]
        if unknown and not (end < len(lines) and lines[end].prose):
            end = unknown[-1] + 1
        if end - begin in STEPS and 2 * len(unknown) > end - begin:
            named = any(names_site(line.wording, phrases) for line in lines[begin:end])
            found.update(() if named else range(begin, end))
    return frozenset(found)


def record_lines(lines: Sequence[Line], phrases: Phrases) -> frozenset[int]:
    """The fields of records that a text lists: two labels or more ("Venue:", "Admission:") that each stand before
    different values, as in programmes, price lists and line-ups, and a line of up to three words straight above one.

    Labels of the phrase lists make no records: teasers of other articles have bylines, dates and sources each.
    """
    fields: dict[str, dict[str, int]] = {}
    for i, line in enumerate(lines):
        bare = line.text.lstrip(BULLETS + " ")
        if field := _FIELD.match(bare):
            fields.setdefault(field[1].casefold(), {})[bare[field.end() :]] = i
    recurring = {
        label: found
        for label, found in fields.items()
        if len(found) >= 2 and not phrases.whole(normalise_wording(label), "start")
    }
    if len(recurring) < 2:
        return frozenset()
    records = {i for label in recurring for i in fields[label].values()}
    return frozenset(records | {i - 1 for i in records if i and lines[i - 1].text.count(" ") <= 2})


def table_rows(lines: Sequence[Line]) -> frozenset[int]:
    """The rows of tables of numbers: ROWS or more in a row that differ in digits alone, each with two numbers or more
    that blanks part ("11/1/2016  +20.9%"). Days with a time of day are of a feed, whose headlines went before."""
    found: set[int] = set()
    rows = [line.text if _CELLS.search(line.text) and not _DAY_AND_TIME.search(line.text) else "" for line in lines]
    shapes = ["".join(_NUMBER.sub("0", row).split()) for row in rows]
    for shape, run in groupby(range(len(lines)), key=shapes.__getitem__):
        same = list(run)
        if shape and len(same) >= ROWS:
            found.update(same)
    return frozenset(found)


def are_rows(one: str, two: str) -> bool:
    """Whether two lines are built alike, as rows of a table are: with numbers before or behind the same word, with
    tabs, or with a short label and its value."""
    if "\t" in one and "\t" in two:
        return True
    if len(one) + len(two) > _TWO_ROWS:
        return False
    if len(one) <= _VALUE_LINE and len(two) <= _VALUE_LINE and all(0 < t.find(": ") <= 20 for t in (one, two)):
        return True
    if one[0].isdigit() != two[0].isdigit() or not (_DIGIT.search(one) and _DIGIT.search(two)):
        return False
    short = max(len(one), len(two)) <= _VALUE_LINE and one[0] not in BULLETS
    if short and (shape := _shape(one)).count("0") >= 2 and shape == _shape(two):
        return True
    first, second = normalise_wording(one).split(), normalise_wording(two).split()
    if not first or not second:
        return False
    # two headlines may end with a year, rows with a number are short
    ends_alike = first[-1] == second[-1] and (first[-1] != "0" or max(len(first), len(second)) <= 4)
    return ends_alike or (first[0] == second[0] and first[0] != "0" and max(len(one), len(two)) < 40)


def _shape(text: str) -> str:
    """A line with its runs of words as one letter and its numbers as 0: "w 0-0 w" for the score of a match."""
    return _DIGITS.sub("0", _WORDS.sub("w", text))


def listed_below(lines: Sequence[Line], hits: Sequence[Hit | None], begin: int, phrases: Phrases) -> frozenset[int]:
    """The author's lists among the lines from `begin` on: lines in a row that nothing is known against, three of which
    in a row are built alike. They have a number each (prices, results, ingredients), are two short parts with a mark
    between ("Ann Perry, cox"), open with a day, or are rows of a table. Headlines and menus are not built so; the
    newsroom's addresses and telephones are."""
    weekdays = phrases.words["weekday"]
    found: set[int] = set()
    for known, run in groupby(range(begin, len(lines)), key=lambda i: hits[i] is not None):
        rows = list(run)
        texts = [] if known else [lines[i].text for i in rows]
        if any(_CONTACT.search(text) for text in texts):
            continue
        forms = [
            (
                len(text) <= _VALUE_LINE and _DIGIT.search(text) is not None and not text.isdigit(),
                _PAIR.fullmatch(text) is not None,
                text.split(None, 1)[0].casefold().rstrip(",:") in weekdays,
            )
            for text in texts
        ]
        alike = any(any(map(all, zip(*three, strict=True))) for three in zip(forms, forms[1:], forms[2:], strict=False))
        pairs = [are_rows(one, two) for one, two in pairwise(texts)]
        if alike or any(map(all, pairwise(pairs))):
            found.update(rows)
    return frozenset(found)


def fields_below_each_other(lines: Sequence[Line], hits: Sequence[Hit | None]) -> frozenset[int]:
    """The fields of records: "Tarikh: 14 Jun" beside "Tempat: Padang", "Author: ..." beside "Pages: 9". They stand one
    straight below the other, and nothing is known against one of them."""
    records: list[list[int]] = []
    goes_on = False
    for i, line in enumerate(lines):
        labelled = not line.prose and (":" in line.text or "：" in line.text)
        is_field = labelled and _FIELD.match(line.text.lstrip(BULLETS + " ")) is not None
        if is_field and (line.apart or not goes_on):
            records.append([])
        if is_field:
            records[-1].append(i)
        goes_on = is_field
    return frozenset(i for record in records if any(hits[j] is None for j in record) for i in record)


def defined_terms(lines: Sequence[Line]) -> frozenset[int]:
    """Terms of a glossary with what they mean: TERMS short lines or more without a stop, different ones, and below each
    a short sentence ("Login" / "The door, for which one needs a key.")."""
    found: set[int] = set()
    texts = [line.text for line in lines]
    stops = [text[-1] in FULL_STOPS or text[-1] in "!?" for text in texts]
    pair = [
        len(term) <= TERM and len(meaning) <= MEANING and not stops[i] and stops[i + 1]
        for i, (term, meaning) in enumerate(pairwise(texts))
    ]
    i = 0
    while i < len(pair):
        begin = i
        while i < len(pair) and pair[i]:
            i += 2
        if (i - begin) // 2 >= TERMS and 4 * len({*texts[begin:i:2]}) >= 3 * ((i - begin) // 2):
            found.update(range(begin, i))
        i = max(i, begin + 1)
    return frozenset(found)


def programme_rows(lines: Sequence[Line]) -> frozenset[int]:
    """ROWS lines or more in a row that open with a time of day, none before the one above: a programme goes forward,
    a feed of other articles does not."""
    found: set[int] = set()
    begin = last = 0
    for i, line in enumerate(lines):
        clock = _OPENING_CLOCK.match(line.text)
        time = 60 * int(clock[1]) + int(clock[2]) if clock else -1
        if time < last:
            begin = i if clock else i + 1
        last = max(time, 0)
        if i + 1 - begin >= ROWS:
            found.update((i,) if i - 1 in found else range(begin, i + 1))
    return frozenset(found)
