"""Find telephone numbers in a text.

phonenumbers, the port of Google's libphonenumber, knows whether a country gives a number out. This module decides which
digits are looked up, and whether they are more likely something else, such as a date, a sum or a reference.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import ModuleType

from cleaner.errors import MissingExtra
from cleaner.mask.checks import FORMS
from cleaner.mask.words import speaks_for

__all__ = ["find_phones", "load_phonenumbers", "regions_of"]

_RUN = re.compile(
    r"(?<![\w@#=$€£%*-])(?<!\d[.,:/])(?<![$€£] )"
    r"(?:\(?\+ ?|\()?\d++(?:(?:\)[ .-]?|[ .\u00a0/\u2010\u2011\u2013-]{1,2})\(?\d++)*+"
)
"""Groups of digits with what may stand between the groups of one number."""

_SIGNS = re.compile(r"(?:\+ ?)?\Z"), re.compile(r"\(?(?:\+ ?)?\Z")
"""The signs before the first digit: the first pattern for numbers in which no bracket closes, the second for others."""

_ADDRESS = re.compile(r"://|www\.|[?&=]|^[^@\s]+\.[^@\s]*/$")
"""Finds an address in the characters before a number, up to a blank: `contoh.id/0812`, but not `a@contoh.id/0812`."""

_ADDRESS_CHARS = 64

_GROUP = re.compile(r"\d+")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}([-./ ])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([-./])\d{1,2}\2\d{1,2}"
    r"|(?<!\d[-./])\d{1,2}([-./])\d{1,2}\3\d\d(?![-./]\d)"
    r"|\d{1,2}[.:]\d\d ?[\u2013-] ?\d{1,2}[.:]\d\d|(?:19|20)\d\d ?[\u2013/-] ?(?:19|20)\d\d)(?!\d)"
)
"""Dates, hours from and to, years from and to."""

_THOUSANDS = re.compile(r"\+?\d{1,3}(?:([. ])\d{3})(?:\1\d{3})*")
_AREA_CODE = re.compile(r"0\d+/[\d -]+")
_IN_URL = re.compile(r"(?:\bwa\.me/|[?&]phone=|\btel:|\bsms:)(\+?\d{8,15})(?!\d)", re.IGNORECASE)
_AMERICAN = re.compile(r"(?:1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}")
_LOCAL = re.compile(r"(?!(?:19|20)\d\d)(?:\d{3,4}-\d{4}|\d{7})")
_SOCIAL_SECURITY = re.compile(r"\d{3}-\d\d-\d{4}")
_GOES_ON = re.compile(
    r"[.,:]\d|[-\u2013]\d{3}|[\w%@=°]|-[^\W\d]"
    r"| ?(?:persen|percent|juta|ribu|miliar|triliun|million|billion|Prozent)\b"
)
"""What makes the digits before it a part of something else: more digits, a unit, a sum, an address."""

_LEAST, _MOST = 7, 15  # digits of a number with its country code: ITU-T E.164
_GROUPS = 7  # of one number
_PAIRS = re.compile(r"\d\d(?:[ .-]\d\d)+")


@lru_cache(maxsize=1)
def load_phonenumbers() -> ModuleType:
    """Import phonenumbers. Raises MissingExtra, with the command that installs it, where it is missing."""
    try:
        import phonenumbers
    except ImportError:
        raise MissingExtra("phonenumbers", "mask", "--mask phone") from None
    module: ModuleType = phonenumbers
    return module


def regions_of(language: str, site: str) -> tuple[str, ...]:
    """Return the countries whose numbers may stand in a text without their country code: those of its site and
    language.

    >>> regions_of("de", "contoh.co.id")
    ('ID', 'DE', 'AT', 'CH')
    """
    known = FORMS["phone"]["regions"]
    domain = site.rpartition(".")[2].upper()
    of_site = {"UK": "GB"}.get(domain, domain)
    named = [of_site] if of_site in load_phonenumbers().SUPPORTED_REGIONS else []
    return tuple(dict.fromkeys((*named, *known.get(language, known[""]))))


def find_phones(text: str, regions: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Start and end of every number, in the order of the text but for those in URLs, which come first."""
    for found in _IN_URL.finditer(text):
        if _is_valid("+" + found[1].lstrip("+0"), ()) or _is_valid(found[1], regions):
            yield found.span(1)
    dates = [found.span() for found in _DATE.finditer(text)]
    starts = [start for start, _ in dates]
    for run in _RUN.finditer(text):
        if sum(map(str.isdigit, run[0])) < _LEAST or not _begins_number(text, run.start()):
            continue
        groups = []
        for group in _GROUP.finditer(text, run.start(), run.end()):
            before = bisect_right(starts, group.start()) - 1
            if before < 0 or dates[before][1] <= group.start():  # in no date
                groups.append(group.span())
        at = 0
        while at < len(groups):
            start = groups[at][0]
            ends = [end for _, end in groups[at : at + _GROUPS]]
            # a number begins a run, or stands in it behind a space: "5 0812-3456-7890"
            begins = at == 0 or text[start - 1] in "(+ \u00a0/"
            end = _end_of_number(text, start, ends, regions) if begins else 0
            if end:
                signs = _SIGNS[")" in text[start:end]].search(text, max(0, start - 3), start)
                yield start - len(signs[0] if signs else ""), end
            elif at == 0 and "+" in run[0][:3]:
                break  # the number of a country that does not give it out: no part of it is one
            at += max(1, sum(one <= end for one in ends))


def _begins_number(text: str, start: int) -> bool:
    """Return True if a number may begin here behind a mark without a blank, as in `WA:0812-3456-7890`,
    `Tel.0812-3456-7890`.

    A dot needs a word that says so, since it may also be one of a name or a reference.
    """
    mark = text[start - 1 : start]
    if mark not in (".", ",", ":", "/"):
        return True
    before = text[max(0, start - _ADDRESS_CHARS) : start].split()[-1]
    return not _ADDRESS.search(before) and (mark != "." or speaks_for(text, start, "phone") > 0)


def _end_of_number(text: str, start: int, ends: Sequence[int], regions: tuple[str, ...]) -> int:
    """Return the end of the longest run of groups that make up a number; 0 if none do."""
    head = text[max(0, start - 2) : start]
    said = speaks_for(text, start, "phone")
    for end in reversed(ends):
        written = text[start:end]
        is_fraction = "/" in written and not _AREA_CODE.fullmatch(written)
        is_sum = _THOUSANDS.fullmatch(written) and (said <= 0 or ("." in written and written[0] != "0"))
        if not (is_fraction or is_sum or _GOES_ON.match(text, end)) and _is_number(written, head, said, regions):
            return end
    return 0


def _is_number(written: str, head: str, said: int, regions: tuple[str, ...]) -> bool:
    """Return True if groups of digits are the number of a telephone. `head` are the two characters before them, `said`
    is what the words before them say."""
    digits = "".join(filter(str.isdigit, written))
    if not _LEAST <= len(digits) <= _MOST:
        return False
    if "+" in head:
        possible = said > 0 and len(digits) > 9
        return possible or _is_valid(f"+{digits}", ()) or _is_valid(f"+{written}", ())
    bracket = head.endswith("(")
    if said < 0 or _SOCIAL_SECURITY.fullmatch(written):
        return False
    if re.match(r"0\d" if not bracket else "0", written):
        # digits that begin with 0 may be an account, a row of a table; not so those of a mobile phone
        sure = bracket or said > 0 or "-" in written or "/" in written
        if _PAIRS.fullmatch(written):  # in most countries a row of numbers, and not one
            regions = tuple(region for region in regions if region in FORMS["phone"]["pairs"])
        return bool(regions) and _is_valid(digits, regions, not sure)
    if _AMERICAN.fullmatch("(" * bracket + written):
        # of a form that says it, or by a word, though no such number may be given out: (555) 123-4567
        return bracket or said > 0 or _is_valid(digits, ("US", "CA"))
    if said > 0 and _LOCAL.fullmatch(written):
        return True
    if written.startswith("62"):
        return "ID" in regions and _is_valid(f"+{digits}", (), said <= 0)
    return said > 0 and _is_valid(digits, regions)


@lru_cache(maxsize=4096)
def _is_valid(written: str, regions: tuple[str, ...], mobile: bool = False) -> bool:
    """Return True if one of these countries gives out the number, or for a number with "+" the country that it names.
    With `mobile` only numbers of mobile phones count."""
    library = load_phonenumbers()
    for region in regions or (None,):
        try:
            number = library.parse(written, region)
        except library.NumberParseException:
            continue
        if library.is_valid_number(number) and (
            not mobile or library.number_type(number) == library.PhoneNumberType.MOBILE
        ):
            return True
    return False
