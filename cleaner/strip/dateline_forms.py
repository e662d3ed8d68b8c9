"""The forms of a dateline: what stands before which mark, and the fast path that passes a sentence by.

`match_dateline` asks them in order at the head of a paragraph. The mark names the rule: `dateline-dash`, `-colon`,
`-stop`, `-gap`, `-comma`, `-site`, `-agency`, `-box`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.dateline_parts import SITE, Dateline, Lead, read_lead, small_words
from cleaner.strip.east_asian_datelines import match_east_asian
from cleaner.strip.places import dateline_words, is_place

__all__ = ["HEAD", "LOUD", "Recurs", "evidence", "goes_on", "match_dateline", "may_open"]

HEAD = 110
"""Characters of a paragraph in which a dateline has to end."""

_MARKS = {
    # A dash parts where white space stands behind it, or before it and a word follows; an em dash anywhere.
    "dash": r"[.,:]?\s*[-–—―]{1,3}\s+|[.,]?\s+[-–—―]{1,2}(?=[\w\"“'«(])|[.,]?(?:--|—)",
    "tight": r"[-–](?=[^\W\d_a-z])",  # "KOMPAS.com-Presiden": only behind a site or a bracket
    "slash": r"\s+//?\s+",
    "colon": r"\s?:\s+|：\s*",
    "danda": r"\s*[।॥۔]\s*|\s+!\s+|(?<=[\u0900-\u09ff])\.\s*",
    "stop": r"\.\s+",
    "comma": r",\s+",
    "gap": r"[ \u00a0\u3000]{2,}(?![(\d–—-])|\t[ \t]*",
    "line": r"\s*\n\s*",
}
# What is looked ahead for keeps letters, and blanks before words, from being tried against each pattern.
_MARK = re.compile(
    r"(?=[-–—―.,:：।॥۔!\t\n]|\s\W)(?:" + "|".join(f"(?P<{k}>{pattern})" for k, pattern in _MARKS.items()) + ")"
)
_DATED_HEAD = re.compile(r"(\d[^()\n]{3,40}\([^()\n]{2,40}\))\.?\s?[-–—]")  # "5 January 2019 (AFP) –"
# A line of dashes below a heading, or more dashes than part anything.
_UNDERLINE = re.compile(r"[-–—―]{4}|\n\s*[-–—―]{2,}\s*\n")
_SITE_HEAD = re.compile(rf"({SITE.pattern})(?![\w.])", re.IGNORECASE)
_AGENCY_HEAD = re.compile(r"([^()]{0,40}?)\s*\(([^()]{2,40})\)\s*\.?\s*(?:[-–—]{1,2}\s*)?")
_DESK_HEAD = re.compile(
    r"([^\W\d_a-z][^()\d.!?:;,]{1,40}) \(([^\W\dA-Z_][^\W\dA-Z_/]{1,9})\)\s*(?:\.\s*[-–—]?|[-–—])\s*"
)
_NAMED_HEAD = re.compile(r"([^()\d.!?:;,|\"“]{3,40}?)\s(?:[-–—|]|--)\s")
_COLON_HEAD = re.compile(r"([^\W\d_]+(?:[ '’-][^\W\d_]+){1,3}): ")
_STOP_HEAD = re.compile(r"([^\W\d_]{3,}(?:[ '’-][^\W\d_]{2,}){0,2})\. ")
# "Selaya" in "SelayaCamat", "KUALA LUMPUR" in "KUALA LUMPURPolis"
_GLUED_PLACE = re.compile(r"(?:(?:[A-Z][a-z]+ ){0,2}[A-Z][a-z]+|(?:[A-Z]+ ){0,2}[A-Z]{2,})(?=[A-Z][a-z])")
_ENUMERATION = re.compile(r"[^\s,]+, (?:[^\s,]+,? )?(?:dan|serta|atau|and|or|und|et|y|e) ")
# A site, an agency or a date may stand in a lead that holds one of these.
_SITED = re.compile(r"\w\.\w|[A-Z]{3}|[a-z][A-Z]|[)\d–-]|[^\x00-\u024f]")
_NAMES = {
    "site": "a site's name",
    "agency": "an agency",
    "place": "a known place",
    "region": "a region",
    "date": "a date",
    "newsroom": "a newsroom",
    "capitals": "a name in capitals",
    "bracket": "a name in brackets",
    "name": "a name",
}

LOUD = "a name in capitals and a dash"
"""The evidence of a dateline that is nothing but unknown words in capitals."""

Recurs = Callable[[str], bool]
"""Whether a name with which a paragraph opens stands again in the text, inside a sentence."""


def match_dateline(text: str, phrases: Phrases, recurs: Recurs = lambda _name: False) -> Dateline | None:
    """The dateline with which a paragraph opens, or None.

    A mark and the parts before it have to bear each other out (`_fits`). A name that the lists do not know counts as a
    place when `recurs(name)`: the text goes on to speak of it.
    """
    head = text[:HEAD]
    if not may_open(head, phrases):
        return None
    found = _marked_form(text, head, phrases)
    if found is None and "(" in head[:45]:
        found = _bracket_form(head, phrases)
    if found is None and "." in head.partition(" ")[0]:
        found = _site_form(head, phrases, recurs)
    found = found or match_east_asian(head, recurs)
    if found is None and (found := _recurring_form(text, head, phrases, recurs)):
        labelled = normalise_wording(head.split(None, 1)[0]) in dateline_words("labels")
        return None if labelled else found
    return found


def may_open(head: str, phrases: Phrases) -> bool:
    """Fast path: False if the first words are a sentence's, which one in small letters shows before any mark does.

    Without it stripping takes a fifth longer.
    """
    if head[:1].isdigit():  # "5 January 2019 (AFP) –"; what else opens with a number is a sentence or an item
        dated = _DATED_HEAD.match(head)
        lead = read_lead(dated[1], phrases) if dated else None
        return lead is not None and lead.has("date") and lead.has("agency", "site", "newsroom")
    if not head or not (head[0].isalpha() or head[0] in "([（【［"):
        return False
    if "  " in head or "\t" in head or "\u00a0" in head or "\u3000" in head:
        return True
    for word in head.split(None, 5)[:5]:
        if not word.isalpha():
            return True
        if word[0].islower() and word not in small_words(phrases):
            return False
    return True


def goes_on(text: str, at: int) -> bool:
    """Whether a sentence begins at `at`: a capital, a digit or an opening quote."""
    rest = text[at : at + 2]
    return bool(rest) and (not rest[0].islower()) and (rest[0].isalnum() or rest[0] in "\"'“‘„«‘[(¿¡")


def _marked_form(text: str, head: str, phrases: Phrases) -> Dateline | None:
    """ "MUARA, KABAR.com - Text": the first mark before which nothing but place, site, agency and date stands."""
    for mark in islice(_MARK.finditer(head, 2), 10):
        above, kind = head[: mark.start()], mark.lastgroup or ""
        # behind "VANCOUVER, Jan." a number is the day, and the dateline goes on; a comma ends one only behind a site
        if not goes_on(text, mark.end()) or (
            kind == "stop" and (text[mark.end()].isdigit() or text[mark.end()] == "(")
        ):
            continue
        if kind in ("comma", "line", "tight") and not _SITED.search(above):
            continue
        if "\n" in above and (kind in ("colon", "danda", "stop", "line") or "\n\n" in above):
            return None  # a sentence that inline links cut into lines, or a list
        if _UNDERLINE.search(head, max(0, mark.start() - 4), mark.end() + 4):
            return None
        lead = read_lead(above, phrases)
        if lead is None:
            return None
        if not _fits(lead, kind, mark[0], phrases):
            continue
        name = {"tight": "dash", "danda": "stop", "line": "dash", "slash": "dash"}.get(kind, kind)
        found = Dateline(mark.end(), f"dateline-{name}", evidence(lead, name), lead.place, lead.site)
        longer = _extended(found, lead, text, phrases)
        # "Jakarta - Bandung hanya ...": two places written alike and a small letter are a route, not a dateline
        words = text[mark.end() :].split(None, 2)
        alike = not lead.place.isupper() or (bool(words) and words[0].isupper())
        route = (
            kind == "dash"
            and not lead.site
            and len(words) > 1
            and is_place(words[0], phrases)
            and not words[1][:1].isupper()
        )
        route = route and alike
        return None if route and longer == found else longer
    return None


def evidence(lead: Lead, mark: str) -> str:
    sign = {"gap": "a wide gap", "stop": "a full stop", "line": "a line of its own"}.get(mark, f"a {mark}")
    return ", ".join(dict.fromkeys(_NAMES[c] for c in lead.classes)) + f" and {sign}"


def _fits(lead: Lead, kind: str, mark: str, phrases: Phrases) -> bool:
    """Whether the parts of a lead suffice for the mark behind it."""
    sited = lead.has("site", "agency")
    if lead.has("number"):
        return False
    if kind in ("dash", "gap", "slash"):
        return sited or lead.has("place") or (kind == "dash" and _fits_dash(lead, mark))
    if kind == "tight":
        return lead.classes[-1] == "site" or (lead.classes[-1] in ("agency", "bracket") and lead.closed)
    if kind == "comma":
        return lead.has("place", "capitals") and (lead.has("site") or (sited and lead.has("date")))
    if kind == "line":
        return (
            lead.only("site")
            or (lead.has("place", "capitals") and sited)
            or (lead.has("newsroom") and lead.has("place"))
        )
    # a colon or a stop
    if lead.has("place", "capitals") and (sited or lead.has("date", "newsroom")):
        return True
    cased = lead.place.lower() != lead.place.upper()
    if not lead.has("place") or (cased and kind == "danda"):
        return False
    # papers that write "Berlin. Text" and "Arusha. Text"; elsewhere one word and a stop may be an author's sentence
    return kind == "colon" or not cased or lead.place.isupper() or phrases.languages[0] in ("de", "sw")


def _fits_dash(lead: Lead, mark: str) -> bool:
    """Whether parts of which none is known suffice before a dash: capitals, or a name with a region or a date."""
    if lead.has("capitals") and lead.only("capitals", "date", "region", "bracket", "newsroom"):
        return lead.size <= 40
    if lead.has("date"):
        return lead.has("newsroom", "bracket", "name")
    # an em dash and a comma are how American papers write it: "Easton, Pa. — Text"
    em_dash = mark.strip() == "—" and lead.classes == ("name", "name") and lead.size <= 30
    # "UniSQL, Inc. -" is a firm: a newsroom stands behind the place
    named = lead.classes[0] in ("capitals", "name")
    return em_dash or (named and lead.has("region", "newsroom"))


def _extended(found: Dateline, lead: Lead, text: str, phrases: Phrases) -> Dateline:
    """The dateline with what follows its mark and belongs to it: "KABAR.CO.ID - JAKARTA. Text", "КИЕВ. 3 мая. Text".

    Behind the mark only what is known for sure counts, and nothing twice but the same place.
    """
    for _ in range(3):
        rest = text[found.end : found.end + 60]
        for mark in islice(_MARK.finditer(rest, 2), 5):
            more = read_lead(rest[: mark.start()], phrases)
            if more is None:
                return found
            if (
                mark.lastgroup not in ("comma", "tight")
                and goes_on(text, found.end + mark.end())
                and _belongs(more, mark, found, lead)
            ):
                break
        else:
            return found
        lead = replace(lead, classes=(*lead.classes, *more.classes))
        place, site = found.place, found.site
        if more.has("site", "agency") or (place and more.only("capitals", "name")):
            site = site or more.site or more.place
        found = replace(found, end=found.end + mark.end(), place=place or more.place, site=site)
    return found


def _belongs(more: Lead, mark: re.Match[str], found: Dateline, lead: Lead) -> bool:
    """Whether parts that stand behind the mark of a dateline are a part of it."""
    if more.only("place", "region", "date") and more.has("place"):
        same = normalise_wording(more.place) == normalise_wording(found.place)
        return (same or not found.place) and (mark.lastgroup == "dash" or not more.place[:2].istitle())
    if more.only("capitals") or (more.only("name") and more.place.isupper() and lead.has("date")):
        # a place behind the site, or an agency behind place and date
        return not found.place if found.site else lead.has("date")
    return (more.only("date") and mark.lastgroup != "colon") or (more.only("agency", "site") and not found.site)


def _bracket_form(head: str, phrases: Phrases) -> Dateline | None:
    """ "(EFE).- Text", "Hong Kong (CNN) Text", "VESTFJORD, BYEN (VG) Text"."""
    if (desk := _DESK_HEAD.match(head)) and goes_on(head, desk.end()) and _is_name(desk[1]):
        site = desk[2] if normalise_wording(desk[2]) in phrases.words["agency"] else ""  # else it is who writes
        return Dateline(desk.end(), "dateline-agency", "a place and a desk in brackets", desk[1], site)
    found = _AGENCY_HEAD.match(head)
    if found is None or not goes_on(head, found.end()):
        return None
    lead = read_lead(head[: found.end()].rstrip(" -–—."), phrases)
    if lead is None or not lead.only("place", "region", "capitals", "name", "date", "agency", "site", "bracket"):
        return None
    # "(Antara/Dewi)": the agency opens the bracket, and who writes follows; "(kil/sta)" are writers alone
    opens = normalise_wording(re.split(r"[ /]", found[2])[0])
    known = bool(SITE.fullmatch(found[2])) or {normalise_wording(found[2]), opens} & phrases.words["agency"] != set()
    placed = lead.has("place") or (lead.has("date") and lead.place != "")  # "Sonpur, Mar 12 (PTI) Text"
    if known and (placed if found[1] else not found[2].islower()):
        return Dateline(found.end(), "dateline-agency", "an agency in brackets", lead.place, found[2])
    places = len([kind for kind in lead.classes if kind in ("place", "capitals")])
    if found[1].isupper() and found[2].isupper() and places >= 2:
        return Dateline(found.end(), "dateline-agency", "two places and a name, all in capitals", lead.place, found[2])
    return None


def _site_form(head: str, phrases: Phrases, recurs: Recurs) -> Dateline | None:
    """ "KABAR.CO, Text", "Lensa6.com, Saketi Text", "Lensa6.com, SaketiText", "KABAR.CO Text"."""
    found = _SITE_HEAD.match(head)
    if found is None:
        return None
    site, at = found[1], found.end()
    comma = head[at : at + 1] == ","
    rest = head[at + comma :]
    at += comma + len(rest) - len(rest.lstrip())
    if not rest[:1].isspace() or not goes_on(head, at):
        return None
    if comma and _ENUMERATION.match(rest.lstrip()):
        return None
    if comma:
        place = _place_after_site(head[at:], phrases, recurs)
        if place:
            end = at + len(place)
            end += len(head[end:]) - len(head[end:].lstrip())
            return Dateline(end, "dateline-comma", "a site's name and a place", place, site)
        return Dateline(at, "dateline-comma", "a site's name and a comma", "", site)
    # without a comma the site may be the sentence's subject, but Indonesian and Malay sites do write it so
    if phrases.languages[0] in ("id", "ms") and head[at : at + 2].istitle() and not head[at : at + 3].isupper():
        return Dateline(at, "dateline-site", "a site's name before the first sentence", "", site)
    return None


def _place_after_site(rest: str, phrases: Phrases, recurs: Recurs) -> str:
    """The place that stands between a site's name with a comma and the first sentence; "" where none does."""
    for n in (3, 2, 1):  # words of the place, the longest name first
        words = rest.split(" ", n)
        place = " ".join(words[:n])
        if len(words) > n and is_place(place, phrases):
            # "Jakarta Barat dilanda ...": the place opens the sentence
            return place if words[n].lstrip()[:1].isupper() else ""
    glued = _GLUED_PLACE.match(rest)
    if glued and (is_place(glued[0], phrases) or recurs(glued[0])):
        return glued[0]
    return ""


def _is_name(text: str) -> bool:
    """Whether a text is one to four words, each with a capital where the script has them."""
    words = text.replace("-", " ").split()
    return 1 <= len(words) <= 4 and all(w[0].isalpha() and not w[0].islower() for w in words)


def _recurring_form(text: str, head: str, phrases: Phrases, recurs: Recurs) -> Dateline | None:
    """ "Sumber Rejo - Text", "KUALA SERAI: Text", when the text speaks of the place again."""
    if (colon := _COLON_HEAD.match(head)) and colon[1].isupper():
        rest = text[colon.end() : colon.end() + 40].split(None, 1)
        opens = goes_on(text, colon.end()) and rest and not (len(rest[0]) > 1 and rest[0].isupper())
        # in Malay and Indonesian a name may open as three known places of two words do ("Kuala", "Tanjung")
        opening = normalise_wording(colon[1].split()[0]) + " "
        malay = phrases.languages[0] in ("id", "ms")
        known = malay and sum(place.startswith(opening) for place in phrases.words["place"]) >= 3
        if opens and (known or recurs(colon[1])):
            return Dateline(colon.end(), "dateline-colon", "a place in capitals and a colon", colon[1])
        return None
    # a word in capitals and a stop may be a heading glued to its paragraph, so the text has to speak of the place
    if (stop := _STOP_HEAD.match(head)) and stop[1].isupper():
        if not (goes_on(text, stop.end()) and recurs(stop[1])):
            return None
        return Dateline(stop.end(), "dateline-stop", "a place in capitals that recurs in the text", stop[1])
    named = _NAMED_HEAD.match(head)
    # one word before a dash may be anything; a place of two words that recurs is hardly a slip
    if named is None or not _is_name(named[1]) or " " not in named[1] or not goes_on(text, named.end()):
        return None
    # A mark between two names ("Rejo - Sari - Text") is told by a second mark or by capitals: a sentence goes on in
    # small letters after its first word or article, as no second name would.
    after = text[named.end() : named.end() + 60]
    words = after.split(None, 2)
    sentence = len(words) > 1 and words[1][0].isalpha() and (not words[1][0].isupper() or len(words[0]) <= 3)
    if f" {named[0].strip()[-1]} " in after or not sentence:
        return None
    if normalise_wording(named[1]) in phrases.words["agency"] or not recurs(named[1]):
        return None
    return Dateline(named.end(), "dateline-dash", "a place that recurs in the text, and a dash", named[1])
