"""Datelines at the head of a paragraph: place, site and agency before the first sentence.

Each form below is a rule of its own: `dateline-dash`, `-gap`, `-comma`, `-colon`, `-agency`, `-site`, `-stop`, `-box`.
Known places, agencies, months and weekdays are data (`[words]` in cleaner/phrases/lists/*.toml); traps stand in
tests/cases/strip/; benchmarks/results/strip.md has the precision of each form ("By rule") and what is found ("By kind":
77 of 79 Indonesian datelines, 13 of 16 of other languages).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cleaner.article import Removal
from cleaner.judge.lines import Hit, Line
from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = ["HEAD", "SITE", "Dateline", "find_datelines", "match_dateline"]

HEAD = 96
"""Characters of a paragraph in which a dateline has to end."""

SITE = re.compile(
    r"(?:[a-z0-9-]+\.){1,3}"
    r"(?:com|net|org|info|news|id|co|my|tv|today|online|asia|sg|kr|in|uk|us|eu|ph|vn|bn)(?:\.(?:id|my|uk|au|in|sg))?",
    re.IGNORECASE,
)
"""The domain of a site, under the endings that news sites have."""

# A dash parts a dateline where white space stands behind it, or before it and a word follows; an em dash anywhere.
_DASH = re.compile(r"\s*(?:[-–—]{1,2}|--)\s+|\s+[-–—]{1,2}(?=[\w\"“'])|\s*—\s*")
_SITE_HEAD = re.compile(rf"({SITE.pattern})(?![\w.])", re.IGNORECASE)
_PART_BREAK = re.compile(r"\s*[,(/|]\s*|\)\s*|\s*[-–—]\s+|\s+[-–—]\s*|\.\s+(?=\()|\.$|\s+(?=\d{1,2} [^\W\d])")
_AGENCY_HEAD = re.compile(r"\(([^()]{2,40})\)\s*\.?\s*(?:[-–—]{1,2}\s*)?")
_DESK_HEAD = re.compile(
    r"([^\W\d_a-z][^()\d.!?:;,]{1,40}) \(([^\W\dA-Z_][^\W\dA-Z_/]{1,9})\)\s*(?:\.\s*[-–—]?|[-–—])\s*"
)
_NAMED_HEAD = re.compile(r"([^()\d.!?:;,|\"“]{3,40}?)\s(?:[-–—|]|--)\s")
_COLON_HEAD = re.compile(r"([^\W\d_]+(?:[ '’-][^\W\d_]+){1,3}): ")
_STOP_HEAD = re.compile(r"([^\W\d_]{3,}(?:[ '’-][^\W\d_]{2,}){0,2})\. ")
_BOXED_HEAD = re.compile(r"【([^【】]{2,12})】")
_WIDE_GAP = re.compile(r"(?:\s{2,}|\t)")


@dataclass(frozen=True, slots=True)
class Dateline:
    """`end` is the length of the dateline in its paragraph, white space after it included."""

    end: int
    rule: str
    why: str
    place: str = ""
    site: str = ""


def find_datelines(
    lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases, facts: dict[str, str]
) -> list[Removal]:
    """The dateline of one of the first three paragraphs, or of the line above it; place and site go into `facts`."""
    seen, above = 0, None
    for line, hit in zip(lines, hits, strict=True):
        if hit is not None:
            continue
        if not line.prose:
            above = line
            continue
        seen += 1

        def recurs(name: str, start: int = line.start) -> bool:
            """Whether a name with which this paragraph opens stands again in the text, inside a sentence."""
            pattern = re.compile(rf"(?<=\w[ ,]){re.escape(name)}(?!\w)|(?<=】){re.escape(name)}", re.IGNORECASE)
            return any(pattern.search(ln.text, len(name) if ln.start == start else 0) for ln in lines)

        start, dateline = line.start, match_dateline(line.text, phrases, recurs)
        if dateline is None and above and (alone := _dateline_above(above.text, line.text, phrases)):
            start, dateline = above.start, alone
        if dateline:
            facts |= {k: v for k, v in (("place", dateline.place), ("site", dateline.site)) if v} | facts
            return [Removal(start, start + dateline.end, dateline.rule, "dateline", dateline.why)]
        if seen == 3:  # the headline and the sentence below it may be as long as paragraphs
            break
        above = None
    return []


def _dateline_above(line: str, text: str, phrases: Phrases) -> Dateline | None:
    """A line that is nothing but the dateline of the paragraph below it."""
    # it ends with the dateline's dash or bracket, or holds the dot of a site's name
    if len(line) > HEAD // 2 or (line[-1].isalnum() and "." not in line):
        return None
    dateline = match_dateline(f"{line} {text[:HEAD]}", phrases)
    return replace(dateline, end=len(line)) if dateline and dateline.end == len(line) + 1 else None


def match_dateline(text: str, phrases: Phrases, recurs: Callable[[str], bool] = lambda _name: False) -> Dateline | None:
    """The dateline with which a paragraph opens, or None.

    The dash form needs a site, an agency, a known place, or capitals; the colon form a known place in capitals;
    the comma form cuts only a site's name; two spaces may stand where a crawl lost the dash. A name that the lists
    do not know counts as a place when `recurs(name)`: the text goes on to speak of it.

    Each form is asked only where its mark stands in the first HEAD characters; without that stripping takes a tenth
    longer.
    """
    head = text[:HEAD]
    dash = "-" in head or "–" in head or "—" in head
    found = _dash_form(text, head, phrases) if dash else None
    if found is None and ":" in head:
        found = _colon_form(head, phrases)
    if found is None and ("  " in head or "\t" in head or "\u00a0" in head or "\u3000" in head):
        found = _gap_form(head, phrases)
    if found is None and "(" in head[:45]:
        found = _bracket_form(head, phrases)
    if found is None and "." in head.partition(" ")[0]:
        found = _site_form(head, phrases)
    if found is None and (dash or ":" in head or "|" in head or head[0] == "【" or head[:4].isupper()):
        found = _recurring_form(text, head, phrases, recurs)
    return found


def _goes_on(text: str, at: int) -> bool:
    """Whether a sentence begins at `at`: a capital, a digit or an opening quote."""
    rest = text[at : at + 2]
    return bool(rest) and (not rest[0].islower()) and (rest[0].isalnum() or rest[0] in "\"'“‘„«‘[(")


def _dash_form(text: str, head: str, phrases: Phrases) -> Dateline | None:
    """ "MUARA, KABAR.com - Text": the last dash before which nothing but place, site, agency and date stands."""
    best = None
    for dash in _DASH.finditer(head, 2):
        lead = _parse_lead(head[: dash.start()], phrases, dash[0])
        if lead is None:
            break
        if not _goes_on(text, dash.end()):
            continue
        # "Jakarta - Bandung hanya ...": two places and a small letter are a route, not a dateline
        words = text[dash.end() :].split(None, 2)
        second = normalise_wording(words[0]) in phrases.words["place"] if len(words) > 1 and not lead.site else False
        if not (second and not words[1][:1].isupper()):
            best = replace(lead, end=dash.end())
    # "Kabar.com - SAKETI. Text": the place behind the dash, with a full stop
    if best and best.site and (place := re.match(r"([A-Z][A-Z ]{2,30})\.\s+", text[best.end : best.end + 40])):
        return replace(best, end=best.end + place.end(), place=place[1])
    return best


def _parse_lead(lead: str, phrases: Phrases, dash: str = "") -> Dateline | None:
    """A dateline (its end still to be set) when everything before the dash is place, site, agency or date."""
    if not lead or (
        lead[0].islower() and not SITE.match(lead)
    ):  # a sentence goes on, unless a site's name stands there
        return None
    parts = [part for part in _PART_BREAK.split(lead.strip(" .")) if part]
    # place, region, site, agency and date; more is a sentence with a dash in it
    if not 1 <= len(parts) <= 5 or len(lead.split()) > 9:
        return None
    classes = [_classify_part(part, phrases) for part in parts]
    if "" in classes:
        return None
    classed = list(zip(parts, classes, strict=True))
    place = next((p for p, c in classed if c in ("a known place", "capitals", "a name")), "")
    site = next((p for p, c in classed if c in ("a site's name", "an agency")), "")
    known = next((c for c in ("a site's name", "an agency", "a known place") if c in classes), "")
    if known:
        return Dateline(0, "dateline-dash", f"{known} and a dash", place, site)
    if "capitals" in classes and set(classes) <= {"capitals", "a date"} and len(lead) <= 40:
        return Dateline(0, "dateline-dash", "a place in capitals and a dash", place, site)
    bare = lead.strip(" .")
    desk = bare[bare.rfind("(") + 1 : -1] if bare.endswith(")") else ""
    if len(classes) == 2 and desk and classes[0] == "capitals":
        return Dateline(0, "dateline-dash", "a place in capitals, a name in brackets and a dash", place, desk)
    # an em dash and a comma are how American papers write it: "Easton, Pa. — Text"
    if dash.strip() == "—" and "," in lead and len(lead.split()) <= 4:
        return Dateline(0, "dateline-dash", "a place, its region and a dash", place, site)
    return None


def _classify_part(part: str, phrases: Phrases) -> str:
    """What one part of a lead is: a site, an agency, a known place, capitals, a date, a name; "" for anything else."""
    wording, known = normalise_wording(part), phrases.words
    if SITE.fullmatch(part):
        return "a site's name"
    if wording in known["agency"]:
        return "an agency"
    if wording in known["place"]:
        return "a known place"
    # of two or three letters in capitals it may be any abbreviation ("PBB - ...")
    if part.isupper() and len(part) >= 4 and all(w.isalpha() for w in re.split(r"[ .'’-]", part) if w):
        return "capitals"
    if all(w.isdigit() or w in known["month"] or w in known["weekday"] for w in wording.split()):
        return "a date"
    words = part.split()
    return "a name" if len(words) <= 4 and all(w[0].isupper() for w in words) else ""


def _colon_form(head: str, phrases: Phrases) -> Dateline | None:
    """ "SAKETI: Text", for a known place in capitals; any other label with a colon is content."""
    at = head.find(":", 0, 60)
    if at < 3 or not head[at + 1 : at + 2].isspace():
        return None
    place = head[:at].strip()
    parts = [normalise_wording(p) for p in re.split(r"[,(]", place) if p.strip()]
    if place.isupper() and parts[0] in phrases.words["place"] and len(parts) <= 2:
        end = at + 1 + len(head[at + 1 :]) - len(head[at + 1 :].lstrip())
        return Dateline(end, "dateline-colon", "a known place in capitals and a colon", place)
    return None


def _gap_form(head: str, phrases: Phrases) -> Dateline | None:
    """ "SAKETI, Kabar.com  Text": two spaces or a tab where a crawl lost the dash."""
    gap = _WIDE_GAP.search(head, 3)
    if gap is None or not _goes_on(head, gap.end()):
        return None
    lead = _parse_lead(head[: gap.start()].rstrip(",: "), phrases)
    if lead is None:
        return None
    return replace(lead, end=gap.end(), rule="dateline-gap", why=lead.why.replace("a dash", "a wide gap"))


def _bracket_form(head: str, phrases: Phrases) -> Dateline | None:
    """ "(EFE).- Text", "Hong Kong (CNN) Text"."""
    if (desk := _DESK_HEAD.match(head)) and _goes_on(head, desk.end()) and _is_name(desk[1]):
        return Dateline(desk.end(), "dateline-agency", "a place and a desk in brackets", desk[1], desk[2])
    at = head.find("(", 0, 40)
    found = _AGENCY_HEAD.match(head, at) if at >= 0 else None
    if found is None or not _goes_on(head, found.end()):
        return None
    agency, place = normalise_wording(found[1]), head[:at].strip()
    # "(Antara/Dewi)": the agency opens the bracket, and who writes follows
    known = agency in phrases.words["agency"] or agency.split(" ")[0] in phrases.words["agency"]
    if known and (not place or normalise_wording(place) in phrases.words["place"]):
        return Dateline(found.end(), "dateline-agency", "an agency in brackets", place, found[1])
    return None


def _site_form(head: str, phrases: Phrases) -> Dateline | None:
    """ "KABAR.CO, Text", "Lensa6.com, Saketi Text", "KABAR.CO Text"."""
    found = _SITE_HEAD.match(head)
    if found is None:
        return None
    site, at = found[1], found.end()
    comma = head[at : at + 1] == ","
    rest = head[at + comma :]
    at += comma + len(rest) - len(rest.lstrip())
    if not rest[:1].isspace() or not _goes_on(head, at):
        return None
    if comma:
        for n in (3, 2, 1):  # words of the place, the longest name first
            words = head[at:].split(" ", n)
            place = " ".join(words[:n])
            if len(words) <= n or normalise_wording(place) not in phrases.words["place"]:
                continue
            if not words[n][:1].isupper():  # "Jakarta Barat dilanda ...": the place opens the sentence
                break
            return Dateline(at + len(place) + 1, "dateline-comma", "a site's name and a known place", place, site)
        return Dateline(at, "dateline-comma", "a site's name and a comma", "", site)
    # without a comma the site may be the sentence's subject, but Indonesian and Malay sites do write it so
    if phrases.languages[0] in ("id", "ms") and head[at : at + 2].istitle() and not head[at : at + 3].isupper():
        return Dateline(at, "dateline-site", "a site's name before the first sentence", "", site)
    return None


def _is_name(text: str) -> bool:
    """Whether a text is one to four words, each with a capital where the script has them."""
    words = text.replace("-", " ").split()
    return 1 <= len(words) <= 4 and all(w[0].isalpha() and not w[0].islower() for w in words)


def _recurring_form(text: str, head: str, phrases: Phrases, recurs: Callable[[str], bool]) -> Dateline | None:
    """ "Sumber Rejo - Text", "KUALA SERAI: Text", "【白浜町】Text", when the text speaks of the place again."""
    if boxed := _BOXED_HEAD.match(head):
        again = text.startswith(boxed[1], boxed.end()) or recurs(boxed[1])
        return Dateline(boxed.end(), "dateline-box", "a place in a box", boxed[1]) if again else None
    if (colon := _COLON_HEAD.match(head)) and colon[1].isupper():
        rest = text[colon.end() : colon.end() + 40].split(None, 1)
        opens = _goes_on(text, colon.end()) and rest and not (len(rest[0]) > 1 and rest[0].isupper())
        if opens and (_opens_as_places(colon[1], phrases) or recurs(colon[1])):
            return Dateline(colon.end(), "dateline-colon", "a place in capitals and a colon", colon[1])
        return None
    # a word in capitals and a stop may be a heading glued to its paragraph, so the text has to speak of the place
    if (stop := _STOP_HEAD.match(head)) and stop[1].isupper():
        if not (_goes_on(text, stop.end()) and recurs(stop[1])):
            return None
        return Dateline(stop.end(), "dateline-stop", "a place in capitals that recurs in the text", stop[1])
    named = _NAMED_HEAD.match(head)
    # one word before a dash may be anything; a place of two words that recurs is hardly a slip
    if named is None or not _is_name(named[1]) or " " not in named[1] or not _goes_on(text, named.end()):
        return None
    if _names_pair(named, text) or normalise_wording(named[1]) in phrases.words["agency"] or not recurs(named[1]):
        return None
    return Dateline(named.end(), "dateline-dash", "a place that recurs in the text, and a dash", named[1])


def _opens_as_places(name: str, phrases: Phrases) -> bool:
    """Malay and Indonesian: whether a name opens as three known places of two words do ("Kuala", "Tanjung")."""
    if phrases.languages[0] not in ("id", "ms"):
        return False
    opening = normalise_wording(name.split()[0]) + " "
    return sum(1 for place in phrases.words["place"] if place.startswith(opening)) >= 3


def _names_pair(named: re.Match[str], text: str) -> bool:
    """Whether the mark behind a name parts two names ("Rejo - Sari - Text"), told by a second mark or by capitals.

    A sentence goes on in small letters after its first word or article, as no second name would.
    """
    after = text[named.end() : named.end() + 60]
    words = after.split(None, 2)
    sentence = len(words) > 1 and words[1][0].isalpha() and (not words[1][0].isupper() or len(words[0]) <= 3)
    return f" {named[0].strip()[-1]} " in after or not sentence
