"""Datelines at the head of an article: place, region, agency and date before the first sentence.

One grammar, PLACE (, REGION)? AGENCY? DATE? MARK, on one line or several, glued to the text or not, also behind a
headline in the same line. Here is where in an article one is looked for; dateline_forms.py has the marks, and
dateline_parts.py reads what stands before them. Places and months of all languages are data (places.txt, calendar.txt,
datelines.toml), agencies too (`[words]` in cleaner/phrases/lists/*.toml). Cases and traps stand in
tests/cases/datelines.toml and tests/cases/strip/; benchmarks/results/strip.md has the precision of each form ("By
rule").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from cleaner.article import Removal
from cleaner.judge.lines import Hit, Line, ends_sentence
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.dateline_forms import HEAD, LOUD, evidence, goes_on, match_dateline
from cleaner.strip.dateline_parts import SITE, Dateline, Lead, read_lead
from cleaner.strip.east_asian_datelines import find_korean
from cleaner.strip.one_line_pages import find_stamp
from cleaner.strip.places import place_name

__all__ = ["HEAD", "SITE", "find_datelines", "match_dateline"]

PARAGRAPHS = 3
"""Paragraphs at whose head it may stand: the headline and the sentence below it may be as long as paragraphs."""

DEEP = 900
"""Characters of one line in which a dateline may stand behind a headline, a caption or a byline that is glued to it."""

WRAPPED = 40
"""Characters of a line of wire copy wrapped for print, which is no paragraph; a date bears out a dateline there."""

PRINTED = 100
"""The most characters of a line that was wrapped for print."""

LINK = 20
"""Characters of a part of a sentence behind a dateline; shorter ones are items of a list."""

AHEAD = 80
"""Characters behind a dash in which a timetable goes on with a time or with the next place."""

_DASHES = "-–—"
_CLOCK_OR_DASH = re.compile(r"\d[:.]\d\d|\s[-–—]\s")
_LABEL = re.compile(r"([^\W\d_][\w'’. -]{1,30}?)(\s?:|\s[-–—])\s?\S")
# A dash inside a line before which a dateline may stand that is glued to a headline, a caption or a byline.
_INNER_DASH = re.compile(r"[-–—]{1,2}\s+(?=[^\W\d_a-z\"“])")
_JOINT = re.compile(
    r"(?<=[^\WA-Z_])(?=[A-Z])|(?<=[)”\"’»?!])(?=[^\W\d_a-z])|(?<=[^\WA-Z_]\.)(?=[A-Z])|(?<=\s)(?=[^\W\d_a-z])"
)
# What one that opens or fills a short line holds: a dash, a colon, a bracket, the dot of a site; or it is one word.
_SIGN = re.compile(r"[-–—―=】）।:).](?:(?<!\.)|(?<=\w.)(?=\w))")
_ONE_WORD = re.compile(r"[^\W\d_]+")


def find_datelines(
    lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases, facts: dict[str, str]
) -> list[Removal]:
    """The dateline of one of the first three paragraphs, or of the lines above it; place and site go into `facts`.

    Scripts of India part a dateline with a danda or a colon, which no sentence has behind a place alone, so there
    every article of a list of articles is asked.
    """
    seen, indian, found = 0, False, list[Removal]()
    for at, (line, hit) in enumerate(zip(lines, hits, strict=True)):
        if hit is not None and hit.rule != "agency-line":  # an agency on a line of its own may open a dateline
            continue
        indian = indian or (line.prose and "\u0900" <= line.text[0] <= "\u0dff")
        if seen >= PARAGRAPHS and not indian:
            break
        start, dateline = line.start, None
        signed = line.prose or _SIGN.search(line.text, 0, 60) or _ONE_WORD.fullmatch(line.text, 0, 60)
        if signed or (at + 1 < len(lines) and lines[at + 1].text[0] in _DASHES):
            dateline = match_dateline(_joined(lines, at), phrases, partial(_recurs, lines, line))
        if dateline and not _suits(dateline, lines, at):
            dateline = None
        # an unknown word in capitals may be the author's ("FINALLY - ..."), but for the first paragraph
        if dateline and seen and dateline.why == LOUD and " " not in dateline.place:
            dateline = dateline if _recurs(lines, line, dateline.place) else None
        if dateline is None and line.prose and seen < PARAGRAPHS:
            inner, dateline = _match_inside(line.text, phrases)
            start += inner
        if dateline:
            named = (("place", place_name(dateline.place, phrases)), ("site", dateline.site))
            facts |= {key: value for key, value in named if value} | facts
            found.append(Removal(start, start + dateline.end, dateline.rule, "dateline", dateline.why))
        seen = PARAGRAPHS if dateline else seen + line.prose
    return found


def _recurs(lines: Sequence[Line], first: Line, name: str) -> bool:
    """Whether a name stands inside a sentence of the text, written as names are; where it opens the line `first` counts
    for nothing, and neither does an abbreviation."""
    pattern = re.compile(rf"(?<=\w[ ,]){re.escape(name)}(?!\w)|(?<=】){re.escape(name)}", re.IGNORECASE)
    return any(
        not again[0][0].islower() and (again[0].istitle() or not again[0].isupper())
        for line in lines
        for again in pattern.finditer(line.text, len(name) if line is first else 0)
    )


def _joined(lines: Sequence[Line], at: int) -> str:
    """The line with those below it, as far as a dateline may reach; line ends fill what stands between them."""
    text = lines[at].text
    if len(text) > HEAD:
        return text
    for above, line in pairwise(lines[at : at + 6]):
        if len(text) > HEAD:
            break
        text += "\n" * (line.start - above.end) + line.text
    return text


def _suits(dateline: Dateline, lines: Sequence[Line], at: int) -> bool:
    """Whether what stands around a dateline bears it out: a sentence behind it, and no list or dialogue of its form."""
    line, end = lines[at], lines[at].start + dateline.end
    inside = next((i for i in range(at, len(lines)) if lines[i].end > end), len(lines) - 1)
    opens = lines[inside]
    below = lines[inside + 1 : inside + 2]
    # on a short line it may be a headline or an item ("Jakarta - Bandung"), unless the sentence goes on below
    cut = bool(below) and len(opens.text) >= LINK and (below[0].text[0].islower() or below[0].text[0] in ",.;")
    if not line.prose and ("recurs" in dateline.why or dateline.rule == "dateline-gap"):
        return False  # an item of a list, a row of a table
    if "capitals" in dateline.why and line.text.isupper() and opens.text.isupper():
        return False  # where all is written in capitals they tell nothing
    above = lines[at - 1].text if at and not line.apart else ""
    alone = dateline.rule == "dateline-stop" and dateline.end >= len(line.text)
    if alone and WRAPPED <= len(above) <= PRINTED and not ends_sentence(above):
        return False  # the last line of a wrapped sentence: "... in the hotel Pullman,\nJakarta, Selasa (23/2/2016)."
    dated = "a date" in dateline.why and len(opens.text) >= WRAPPED
    if not (
        opens.prose or cut or dated or (dateline.site and ends_sentence(opens.text) and opens.text[-1] not in ")]")
    ):
        return False
    # "Jakarta", and below it the items of a list: "- Monas", "- Ancol"
    if inside > at and opens.text[0] in _DASHES and any(ln.text[0] in _DASHES for ln in below):
        return False
    if dateline.site or line.text[:4].isupper():
        return True
    label = _LABEL.match(line.text)
    if label is None:
        return True
    # a dialogue, a list of teams or of towns: another paragraph opens in the same form
    near = lines if label[2].strip() == ":" else lines[at + 1 : at + 4]
    others = [other for ln in near if ln is not line and (other := _LABEL.match(ln.text))]
    return not any(o[2].strip() == label[2].strip() and o[1][0].isupper() and o[1].count(" ") < 3 for o in others)


def _match_inside(text: str, phrases: Phrases) -> tuple[int, Dateline | None]:
    """Where in a line a dateline begins that stands behind a headline, a caption or a byline, and that dateline."""
    if text.isascii() and "- " not in text:  # neither a dash that parts nor a Korean paper
        return 0, None
    for dash in _INNER_DASH.finditer(text, 12, DEEP):
        if not goes_on(text, dash.end()):
            continue
        for joint in _JOINT.finditer(text, max(1, dash.start() - 60), dash.start()):
            begin = joint.start()
            lead = read_lead(text[begin : dash.start()], phrases)
            if lead and (_stands_apart(lead, text[:begin]) or _is_published(lead, text, begin, dash.end(), phrases)):
                return begin, Dateline(
                    dash.end() - begin, "dateline-dash", evidence(lead, "dash"), lead.place, lead.site
                )
    return (0, None) if text.isascii() else find_korean(text, DEEP)


def _is_published(lead: Lead, text: str, begin: int, end: int, phrases: Phrases) -> bool:
    """Whether the time of publishing stands before a known place, with nothing or the credit of a picture between, and
    no row of a timetable behind it."""
    stamp = find_stamp(text[:begin], phrases) if lead.has("place") else None
    if stamp is None or _CLOCK_OR_DASH.search(text, end, end + AHEAD):
        return False
    between = text[stamp[1] : begin]
    labels = (normalise_wording(before.rsplit(None, 1)[-1]) for before in between.split(":")[:-1] if before.strip())
    return not between.strip() or not phrases.words["photo"].isdisjoint(labels)


def _stands_apart(lead: Lead, before: str) -> bool:
    """Whether what stands before a dateline inside a line ends there: a glued joint, an end mark, or no sentence."""
    bare = before.rstrip()
    if not bare or bare[-1] in ":,/(":
        return False
    apart = bare == before or bare[-1] in '.!?)]”"'
    # "dikutip KOMPAS.com - " speaks of the site; behind a word with a capital ("Tim Redaksi") no sentence goes on
    named = apart or not bare.rsplit(None, 1)[-1][0].islower()
    if lead.has("site", "agency"):
        return (lead.has("place", "capitals") and (named or lead.place.isupper())) or (lead.only("site") and named)
    return lead.has("place") and apart
