"""What stands before the mark of a dateline: place, region, agency and date, told part by part.

`read_lead` is the grammar PLACE (, REGION)? AGENCY? DATE? in any order in which papers write it; datelines.py asks it
at every mark near the head of a paragraph and decides which parts suffice for which mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.places import calendar, dateline_words, is_place

__all__ = ["SITE", "Dateline", "Lead", "read_lead", "small_words"]

SITE = re.compile(
    r"(?:[a-z0-9-]+\.){1,3}"
    r"(?:com|net|org|info|news|id|co|my|tv|today|online|asia|sg|kr|in|uk|us|eu|ph|vn|bn)(?:\.(?:id|my|uk|au|in|sg))?",
    re.IGNORECASE,
)
"""The domain of a site, under the endings that news sites have."""

MOST_WORDS = 10
"""Words of the longest lead: "Washington D.C., 10 de fevereiro de 2025 (OPAS)" has eight."""

# Any other ending, in one case: "KABARLAUT.EXAMPLE", "nachrichten.at", but not "St.Petersburg".
_DOMAIN = re.compile(r"(?:[A-Z0-9-]{3,}\.)+[A-Z]{2,8}|(?:[A-Za-z][a-z0-9-]{2,}\.)+[a-z]{2,8}")
_CAMEL = re.compile(r"[A-Z]+[a-z]+(?:[A-Z]+[a-z]*)+\d*|[A-Z]{3,}[a-z]{3,}|[a-z]+[A-Z][a-z]+")
# A stop parts only behind four letters, or "Ill." and "St." would be parts of their own; and behind a number's year.
# What is looked ahead for keeps letters from being tried against each form.
_BREAK = re.compile(
    r"(?=[\s,،、;|ㅣ/(\[（)\]）.–—―-])(?:"
    r"\s*[,،、;|ㅣ]\s*|\s*(?:(?<!\d)/|/(?!\d))\s*|\s*[(\[（]\s*|\s*[)\]）]\.?\s*|\s*[-–—―]+\s+|\s+[-–—―]+\s*|--+|—"
    r"|(?<=[^\W\d_]{4})\.\s+|(?<=\d{4})\.?\s+|\.\s+(?=\d)|\s+(?=\d{1,2}\.?\s+[^\W\d])|\n\s*)"
)
_SLASHED = re.compile(r"/([^/\n()]{2,30})/")
_DIGITS = re.compile(r"\d{1,4}(?:[./-]\d{1,4}){0,2}")
_WORD_BREAK = re.compile(r"[ .'’‘-]+")


@dataclass(frozen=True, slots=True)
class Dateline:
    """`end` is the length of the dateline in its paragraph, white space after it included."""

    end: int
    rule: str
    why: str
    place: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """The parts of a lead by their classes; `place` and `site` as they are written, "" where there is none."""

    classes: tuple[str, ...]
    place: str
    site: str
    size: int  # characters
    closed: bool  # it ends with a closing bracket

    def has(self, *names: str) -> bool:
        """Whether a part is of one of these classes."""
        return any(map(self.classes.__contains__, names))

    def only(self, *names: str) -> bool:
        """Whether every part is of one of these classes."""
        return set(names).issuperset(self.classes)


@lru_cache(maxsize=4096)
def read_lead(lead: str, phrases: Phrases) -> Lead | None:
    """The parts of a lead, or None when something stands in it that no dateline has.

    >>> from cleaner.phrases.phrases import load_phrases
    >>> read_lead("Cúcuta (Norte de Santander), 19 de febrero de 2021.", load_phrases("es")).classes
    ('place', 'region', 'date')
    >>> read_lead("Jakarta yang hujan", load_phrases("id")) is None
    True
    """
    bare = lead.lstrip().rstrip(" \t\n\u00a0.,")
    words = bare.split()
    if not words or len(words) > MOST_WORDS or not (bare[0].isalnum() or bare[0] in "([（"):
        return None
    # a sentence goes on; only a site's name, an agency or a word of dates may be small
    opens = bare[0].islower() and not SITE.match(bare) and words[0] not in phrases.words["agency"]
    if opens or any(w[0].islower() and "." not in w and w.strip(".,)") not in small_words(phrases) for w in words):
        return None
    bare = _SLASHED.sub(r"(\1)", bare)
    parts: list[str] = []
    classes: list[str] = []
    at, bracket, dash = 0, False, False
    for found in [*_BREAK.finditer(bare), None]:
        part = bare[at : found.start() if found else len(bare)].strip(" .\u00a0")
        if part:
            kind = _classify(part, phrases, bracket, not parts)
            # behind a dash a name begins the sentence: "SELAYA, ANTARA - Pasangan Karim Dahlan- Nurul Asri"
            if not kind or (kind == "name" and dash) or len(parts) == 6:
                return None
            parts.append(part)
            classes.append(kind)
        if found:
            mark = found[0].strip()
            if mark[:1] in (")", "]", "）") and not bracket:
                return None
            at, dash = found.end(), mark[:1] in ("-", "–", "—", "―") if mark else False
            bracket = (bracket or mark[:1] in ("(", "[", "（")) and mark[:1] not in (")", "]", "）")
    if not parts:
        return None
    # a year or a day stands beside a month ("Jan. 11", "June 15, 2016"), or it is a table's; a month alone is a name
    if "number" in classes and ("date" in classes or "month" in classes):
        classes = ["date" if kind in ("number", "month") else kind for kind in classes]
    classes = ["name" if kind == "month" else kind for kind in classes]
    classed = list(zip(parts, classes, strict=True))
    place = next((p for p, c in classed if c == "place"), "")
    place = place or next((p for p, c in classed if c in ("capitals", "name")), "")
    site = next((p for wanted in ("site", "agency", "newsroom", "bracket") for p, c in classed if c == wanted), "")
    return Lead(tuple(classes), place, site, len(bare), bare[-1] in ")]）")


@lru_cache(maxsize=256)
def small_words(phrases: Phrases) -> frozenset[str]:
    """The words that a dateline may hold in small letters: particles of names, months, agencies."""
    known = phrases.words
    return frozenset().union(
        *(
            known["particle"],
            known["agency"],
            known["month"],
            known["weekday"],
            *calendar(),
            dateline_words("small_words"),
            dateline_words("conjunctions"),
        )
    )


@lru_cache(maxsize=4096)
def _classify(part: str, phrases: Phrases, bracket: bool, first: bool) -> str:
    """The class of one part: site, region, agency, place, date, number, or by its look; "" for anything else."""
    wording = normalise_wording(part)
    if SITE.fullmatch(part) or _DOMAIN.fullmatch(part):
        return "" if wording.rpartition(".")[2] in dateline_words("files") else "site"
    # "PA" behind a comma is Pennsylvania, and in brackets an agency
    region = not first and wording in dateline_words("regions") and not part.islower()
    if region and not bracket:
        return "region"
    if not first and not bracket and wording in phrases.words["place"]:
        return "place"  # "Mataram, NTB": a province, though an agency in Norway has the same name
    if wording in phrases.words["agency"] or (bracket and wording.split(" ")[0] in phrases.words["agency"]):
        return "agency"
    if is_place(part, phrases) and not part[0].islower():
        return "place"
    joined = [word for word in part.split()[1:-1] if word in dateline_words("conjunctions")]
    if joined:
        both = [_classify(half, phrases, bracket, first) for half in part.split(f" {joined[0]} ", 1) if half.isupper()]
        return "place" if len(both) == 2 and set(both) <= {"place", "capitals"} else ""
    return "region" if region else _date(part, wording, phrases) or _look(part, wording, phrases, bracket)


def _look(part: str, wording: str, phrases: Phrases, bracket: bool) -> str:
    """The class of a part by how it looks: newsroom, capitals, bracket, name; "" for anything else."""
    words = part.split()
    if len(words) > 4 or wording in dateline_words("labels"):
        return ""
    high = all(not w[0].islower() for w in words)
    newsroom = high and len(words) > 1 and normalise_wording(words[-1]) in dateline_words("newsrooms")
    if newsroom or _CAMEL.fullmatch(part):
        return "newsroom"
    # of two or three letters in capitals it may be any abbreviation ("PBB - ...")
    if not bracket and part.isupper() and len(part) >= 4 and all(w.isalpha() for w in _WORD_BREAK.split(part) if w):
        return "capitals"
    if bracket:
        small = len(words) == 1 and len(part) <= 10 and part.isalpha()
        # "(Norte de Santander)", and in scripts without capitals any other name, is a region
        region = (not high or part.lower() == part.upper()) and all(
            not w[0].islower() or w in phrases.words["particle"] for w in words
        )
        if region and not small:
            return "region"
        return "bracket" if small or (high and not part[-1].isdigit()) else ""
    return "name" if high and all(w[0].isalpha() for w in words) and not any(c.isdigit() for c in part) else ""


def _date(part: str, wording: str, phrases: Phrases) -> str:
    """ "date" for a day and month or a weekday in any language, "number" or "month" alone, or ""."""
    months, days = calendar()
    named = numbers = weekdays = 0
    for word in wording.replace("月", " ").replace("日", " ").replace("年", " ").split():
        bare = word.strip(".")
        if bare in months or bare in phrases.words["month"]:
            named += 1
        elif bare in days or bare in phrases.words["weekday"]:
            weekdays += len(bare) >= 4
        elif _DIGITS.fullmatch(bare) or (bare[:-2].isdigit() and bare[-2:] in ("st", "nd", "rd", "th")):
            numbers += 1
        elif bare not in dateline_words("small_words"):
            return ""
    if weekdays or (numbers and (named or "/" in part or "月" in part)):
        return "date"
    if named:
        return "month"
    return "number" if numbers and len(part) <= 4 else ""
