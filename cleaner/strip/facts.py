"""The headline repeated in the text, and the title, author and date that stand in lines that go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cleaner.judge.lines import Hit, Line, ends_sentence
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.line_rules import SEPARATOR
from cleaner.strip.places import calendar

__all__ = ["author_name", "facts_of", "title_hits"]

TITLE_LINES = 12
"""Lines at the top of an article among which its headline is sought."""

_SAY_NOTHING = frozenset(("page-block", "block-tail", "weak-in-tail", "number"))
"""Rules that take a line for its place and not for what it says."""

_OUTER_MARKS = " \t\u00a0-–—|•·*,;:()[]"
_NAME_END = re.compile(r"\s*[|·•/©\t\n]|\s+[-–—]\s|(?:copyright|hak cipta)\b", re.IGNORECASE)
_DAY = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{4}年|\d{1,2}月\d")


def title_hits(lines: Sequence[Line], hits: Sequence[Hit | None], known: str, choice: str) -> list[Hit | None]:
    """`hits` with the headline's line kept from other rules, or marked to go when `choice` is not "keep".

    The headline is the line worded as `known`; without that the first line that stays, where it looks like one.
    """
    wanted = normalise_wording(known)
    if wanted:
        at = next((i for i, line in enumerate(lines[:TITLE_LINES]) if line.wording == wanted), -1)
    else:
        at = next((i for i, hit in enumerate(hits[:TITLE_LINES]) if hit is None), -1)
        # a headline has an article below it, and two to twenty words without a stop
        line = lines[at] if 0 <= at < len(lines) - 1 else None
        if line is None or line.prose or not 15 <= len(line.text) <= 160 or ends_sentence(line.text):
            at = -1
    marked = list(hits)
    if at >= 0:
        marked[at] = None if choice == "keep" else Hit("title", "title", "the headline repeated in the text")
    return marked


def facts_of(lines: Sequence[Line], accepted: Sequence[Hit | None], phrases: Phrases, facts: dict[str, str]) -> None:
    """Author, date and title out of the lines that go, into `facts`; the first of each counts."""
    for line, hit in zip(lines, accepted, strict=True):
        if hit is None or hit.rule in _SAY_NOTHING:
            continue
        if hit.kind == "title":
            facts.setdefault("title", line.text)
        elif hit.kind == "timestamp" and "date" not in facts:
            date = _after_label(line.text, phrases).strip(" \t\u00a0-–—|•·*,")
            # a full date, or a month with a number, says of which day a time is; "2 min" does not
            words = set(normalise_wording(date).replace(".", " ").split())
            month = not (words.isdisjoint(phrases.words["month"]) and words.isdisjoint(calendar()[0]))
            if _DAY.search(date) or (month and any(c.isdigit() for c in date)):
                facts["date"] = date
        elif hit.kind == "byline" and "author" not in facts:
            # who writes, by the rules that find it: "By Owen Hartnell", "Sari Wening" alone, "Editor: Sari Wening"
            labelled = _after_label(line.text, phrases)
            signed = {
                "byline-by": line.text.split(None, 1)[-1],
                "signature": line.text,
                "phrase-start": labelled if labelled != line.text else "",
            }.get(hit.rule, "")
            if signed and (name := author_name(signed, phrases)):
                facts["author"] = name


@lru_cache(4096)  # who writes for a site signs again and again
def author_name(text: str, phrases: Phrases) -> str:
    """The names in what follows a byline's label, without words of the template; "" where they are no names.

    A mark, a further label, a right or a role behind a comma ends them; an entry of the phrase lists ("Antworten"), a
    date or an unfinished line is no name.

    >>> from cleaner.phrases.phrases import load_phrases
    >>> author_name("Sari WeningEditor: Budi Hartono | Lensa Kota", load_phrases("id"))
    'Sari Wening'
    >>> author_name("Komentar", load_phrases("id"))
    ''
    """
    name = _NAME_END.split(text, maxsplit=1)[0]
    by, _, rest = name.partition(" ")
    if normalise_wording(by) in phrases.words["by"]:
        name = rest
    if ":" in name:  # "Sari WeningEditor: Budi": the label may be glued to the name before it
        name = name.partition(":")[0].rstrip()
        role = next((r for r in phrases.words["role"] if normalise_wording(name).endswith(r)), "")
        name = name[: len(name) - len(role)] if role else name.rpartition(" ")[0]
    first, comma, after = name.partition(", ")
    # "Siti Aminah, Budi Hartono and Ani" are three names, "Owen Hartnell, Harbour Ledger staff" is one
    words, names = after.split(), phrases.words["particle"]
    small = [word for word in words if word[0].islower() and (word not in names or word is words[-1])]
    if comma and (small or any(normalise_wording(word) in phrases.words["role"] for word in words)):
        name = first
    name = name.strip(_OUTER_MARKS)
    wording = normalise_wording(name)
    if not wording or any(c.isdigit() for c in name) or name.endswith(("...", "…")):
        return ""
    # an agency signs as an author does, though the lists name it
    listed = phrases.any(wording) is not None and wording not in phrases.words["agency"]
    return "" if listed or name.lower() == name != name.upper() else name


def _after_label(text: str, phrases: Phrases) -> str:
    """What follows the label with which a line opens; the whole line where none does."""
    for found in SEPARATOR.finditer(text, 0, 60):
        if phrases.whole(normalise_wording(text[: found.start()]), "start"):
            return text[found.end() :]
    return text
