"""Datelines at the head of a paragraph: place, site and agency before the first sentence."""

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

_DASH = re.compile(r"\s*(?:[-–—]{1,2}|--)\s+|\s+[-–—]{1,2}(?=[\w\"“'])|\s*—\s*")
SITE = re.compile(
    r"(?:[a-z0-9-]+\.){1,3}"
    r"(?:com|net|org|info|news|id|co|my|tv|today|online|asia|sg|kr|in|uk|us|eu|ph|vn|bn)(?:\.(?:id|my|uk|au|in|sg))?",
    re.IGNORECASE,
)
"""The domain of a site, under the endings that news sites have."""
_SITE_HEAD = re.compile(rf"({SITE.pattern})(?![\w.])", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,(/|]\s*|\)\s*|\s*[-–—]\s+|\s+[-–—]\s*|\.\s+(?=\()|\.$|\s+(?=\d{1,2} [^\W\d])")
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
    """The dateline of the first paragraphs, or of the line above one; site and place are put into `facts`."""
    seen, above = 0, None
    for line, hit in zip(lines, hits, strict=True):
        if hit is not None:
            continue
        if not line.prose:
            above = line
            continue
        seen += 1
        start, dateline = line.start, match_dateline(line.text, phrases, _recurring_in(lines, line.start))
        if dateline is None and above and (alone := _alone(above.text, line.text, phrases)):
            start, dateline = above.start, alone
        if dateline:
            facts |= {k: v for k, v in (("place", dateline.place), ("site", dateline.site)) if v} | facts
            return [Removal(start, start + dateline.end, dateline.rule, "dateline", dateline.why)]
        if seen == 3:
            break
        above = None
    return []


def _alone(line: str, text: str, phrases: Phrases) -> Dateline | None:
    """A line that is nothing but the dateline of the paragraph below it."""
    if len(line) > HEAD // 2 or (line[-1].isalnum() and "." not in line):
        return None
    dateline = match_dateline(f"{line} {text[:HEAD]}", phrases)
    return replace(dateline, end=len(line)) if dateline and dateline.end == len(line) + 1 else None


def _recurring_in(lines: Sequence[Line], start: int) -> Callable[[str], bool]:
    return lambda name: _recurs(lines, name, start)


def _recurs(lines: Sequence[Line], name: str, start: int) -> bool:
    """Whether a name with which the line at `start` opens stands again in the text, inside a sentence."""
    pattern = re.compile(rf"(?<=\w[ ,]){re.escape(name)}(?!\w)|(?<=】){re.escape(name)}", re.IGNORECASE)
    return any(pattern.search(line.text, len(name) if line.start == start else 0) for line in lines)


def _never(_name: str) -> bool:
    return False


def match_dateline(text: str, phrases: Phrases, recurs: Callable[[str], bool] = _never) -> Dateline | None:
    """The dateline with which a paragraph opens, or None.

    The dash form needs a site, an agency, a known place, or capitals; the colon form a known place in capitals;
    the comma form cuts only a site's name; two spaces may stand where a crawl lost the dash. A name that the lists
    do not know counts as a place when `recurs(name)`: the text goes on to speak of it.
    """
    head = text[:HEAD]
    dash, colon = _dashed(head), ":" in head
    return (
        (_dash_form(text, head, phrases) if dash else None)
        or (_colon_form(head, phrases) if colon else None)
        or (_gap_form(head, phrases) if "  " in head or "\t" in head or "\u00a0" in head or "\u3000" in head else None)
        or (_bracket_form(head, phrases) if "(" in head[:45] else None)
        or (_site_form(head, phrases) if "." in head.partition(" ")[0] else None)
        or (
            _recurring_form(text, head, phrases, recurs)
            if dash or colon or "|" in head or head[0] == "【" or head[:4].isupper()
            else None
        )
    )


def _dashed(head: str) -> bool:
    """Whether a dash stands beside white space, or a long one anywhere."""
    if "- " in head or " -" in head:
        return True
    plain = head.isascii() and "\t" not in head
    return not plain and ("-" in head or "–" in head or "—" in head)


def _goes_on(text: str, at: int) -> bool:
    """Whether a sentence begins at `at`: a capital, a digit or an opening quote."""
    rest = text[at : at + 2]
    return bool(rest) and (not rest[0].islower()) and (rest[0].isalnum() or rest[0] in "\"'“‘„«‘[(")


def _dash_form(text: str, head: str, phrases: Phrases) -> Dateline | None:
    best = None
    for dash in _DASH.finditer(head, 2):
        lead = head[: dash.start()]
        facts = _parse_lead(lead, phrases, dash[0])
        if facts is None:
            break
        if _goes_on(text, dash.end()) and not (facts[1] == "" and _second_place(text[dash.end() :], phrases)):
            best = Dateline(dash.end(), "dateline-dash", facts[2], facts[0], facts[1])
    if best and best.site and (place := _place_with_stop(text[best.end : best.end + 40], phrases)):
        return Dateline(best.end + place[1], "dateline-dash", best.why, place[0], best.site)
    return best


def _parse_lead(lead: str, phrases: Phrases, dash: str = "") -> tuple[str, str, str] | None:
    """Place, site and evidence, when everything before the dash is place, site, agency or date."""
    if not lead or (lead[0].islower() and not SITE.match(lead)):
        return None
    parts = [part for part in _PARTS.split(lead.strip(" .")) if part]
    if not 1 <= len(parts) <= 5 or len(lead.split()) > 9:
        return None
    told = [_tell(part, phrases) for part in parts]
    if "" in told:
        return None
    place = next((p for p, t in zip(parts, told, strict=True) if t in ("a known place", "capitals", "a name")), "")
    site = next((p for p, t in zip(parts, told, strict=True) if t in ("a site's name", "an agency")), "")
    for evidence in ("a site's name", "an agency", "a known place"):
        if evidence in told:
            return place, site, f"{evidence} and a dash"
    if "capitals" in told and set(told) <= {"capitals", "a date"} and len(lead) <= 40:
        return place, site, "a place in capitals and a dash"
    if len(told) == 2 and (desk := _bracketed(lead)) and told[0] == "capitals":
        return place, desk, "a place in capitals, a name in brackets and a dash"
    if dash.strip() == "—" and "," in lead and len(lead.split()) <= 4:
        return place, site, "a place, its region and a dash"
    return None


def _bracketed(lead: str) -> str:
    """The name in the brackets that close a lead."""
    bare = lead.strip(" .")
    return bare[bare.rfind("(") + 1 : -1] if bare.endswith(")") else ""


def _tell(part: str, phrases: Phrases) -> str:
    """What one part of a lead is: a site, an agency, a known place, capitals, a date, a name; "" for anything else."""
    folded, words = normalise_wording(part), part.split()
    if SITE.fullmatch(part):
        return "a site's name"
    if folded in phrases.words["agency"]:
        return "an agency"
    if folded in phrases.words["place"]:
        return "a known place"
    if part.isupper() and len(part) >= 4 and all(w.isalpha() for w in re.split(r"[ .'’-]", part) if w):
        return "capitals"
    if all(w.isdigit() or w in phrases.words["month"] or w in phrases.words["weekday"] for w in folded.split()):
        return "a date"
    if len(words) <= 4 and all(w[0].isupper() for w in words):
        return "a name"
    return ""


def _second_place(rest: str, phrases: Phrases) -> bool:
    """ "Jakarta - Bandung hanya ...": a route, not a dateline."""
    words = rest.split(None, 2)
    return len(words) > 1 and normalise_wording(words[0]) in phrases.words["place"] and not words[1][:1].isupper()


def _place_with_stop(rest: str, phrases: Phrases) -> tuple[str, int] | None:
    found = re.match(r"([A-Z][A-Z ]{2,30})\.\s+", rest)
    return (found[1], found.end()) if found else None


def _colon_form(head: str, phrases: Phrases) -> Dateline | None:
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
    gap = _WIDE_GAP.search(head, 3)
    if gap is None or not _goes_on(head, gap.end()):
        return None
    facts = _parse_lead(head[: gap.start()].rstrip(",: "), phrases)
    if facts is None:
        return None
    return Dateline(gap.end(), "dateline-gap", facts[2].replace("a dash", "a wide gap"), facts[0], facts[1])


def _bracket_form(head: str, phrases: Phrases) -> Dateline | None:
    """ "(EFE).- Text", "Hong Kong (CNN) Text"."""
    if (desk := _DESK_HEAD.match(head)) and _goes_on(head, desk.end()) and _is_name(desk[1]):
        return Dateline(desk.end(), "dateline-agency", "a place and a desk in brackets", desk[1], desk[2])
    at = head.find("(", 0, 40)
    found = _AGENCY_HEAD.match(head, at) if at >= 0 else None
    if found is None or not _goes_on(head, found.end()):
        return None
    agency, place = normalise_wording(found[1]), head[:at].strip()
    known = agency in phrases.words["agency"] or agency.split(" ")[0] in phrases.words["agency"]
    if known and (not place or normalise_wording(place) in phrases.words["place"]):
        return Dateline(found.end(), "dateline-agency", "an agency in brackets", place, found[1])
    return None


def _site_form(head: str, phrases: Phrases) -> Dateline | None:
    """ "AKURAT.CO, Text", "Liputan6.com, Jakarta Text", "AKURAT.CO Text"."""
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
        for n in (3, 2, 1):
            words = head[at:].split(" ", n)
            place = " ".join(words[:n])
            if len(words) <= n or normalise_wording(place) not in phrases.words["place"]:
                continue
            if not words[n][:1].isupper():  # "Jakarta Barat dilanda ...": the place opens the sentence
                break
            return Dateline(at + len(place) + 1, "dateline-comma", "a site's name and a known place", place, site)
        return Dateline(at, "dateline-comma", "a site's name and a comma", "", site)
    if phrases.languages[0] in ("id", "ms") and head[at : at + 2].istitle() and not head[at : at + 3].isupper():
        return Dateline(at, "dateline-site", "a site's name before the first sentence", "", site)
    return None


def _is_name(text: str) -> bool:
    """One to four words, each with a capital where the script has them."""
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
        if opens and (_is_placelike(colon[1], phrases) or recurs(colon[1])):
            return Dateline(colon.end(), "dateline-colon", "a place in capitals and a colon", colon[1])
        return None
    if (stop := _STOP_HEAD.match(head)) and stop[1].isupper():
        opens = _goes_on(text, stop.end()) and recurs(stop[1])
        return (
            Dateline(stop.end(), "dateline-stop", "a place in capitals that recurs in the text", stop[1])
            if opens
            else None
        )
    named = _NAMED_HEAD.match(head)
    if named is None or not _is_name(named[1]) or " " not in named[1] or not _goes_on(text, named.end()):
        return None
    after = text[named.end() : named.end() + 60]
    mark = named[0].strip()[-1]
    pair = f" {mark} " in after or not _opens_sentence(after) or normalise_wording(named[1]) in phrases.words["agency"]
    if pair or not recurs(named[1]):
        return None
    return Dateline(named.end(), "dateline-dash", "a place that recurs in the text, and a dash", named[1])


def _is_placelike(name: str, phrases: Phrases) -> bool:
    """Malay and Indonesian: whether a name opens as known places of two words do ("Kuala", "Tanjung")."""
    if phrases.languages[0] not in ("id", "ms"):
        return False
    opening = normalise_wording(name.split()[0]) + " "
    return sum(1 for place in phrases.words["place"] if place.startswith(opening)) >= 3


def _opens_sentence(text: str) -> bool:
    """Whether a sentence goes on in small letters after its first word or article, as no second name would."""
    words = text.split(None, 2)
    return len(words) > 1 and words[1][0].isalpha() and (not words[1][0].isupper() or len(words[0]) <= 3)
