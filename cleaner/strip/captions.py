"""Captions of the picture at the head of an article: a line with a credit, above the line of the dateline.

"MERCUSUAR - Pak Rahmat di depan mercusuar, Sabtu (22/11/2025). (TRIBUN BANJAR/WULAN SEKARJATI)", and below it
"TRIBUNBANJAR.COM, SERASA - Lampu itu menyala ..." Such a line is a sentence as those of the article are, and names in
brackets sign articles as well. So a dateline has to open the next line, and no other one, no other credit and no
paragraph stands near: a digest has articles one below the other. Rule `caption-credit`; cases and traps stand in
tests/cases/strip/captions.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.judge.lines import Hit, Line
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.bylines import looks_like_names
from cleaner.strip.dateline_forms import LOUD, match_dateline

__all__ = ["caption_hits"]

TOP = 6
"""Lines that nothing is known against, among which the caption is sought; a headline stands among them."""

LEAST = 30
"""The fewest characters of a caption with its credit."""

STOCK = 120
"""The most characters of a caption with the address of its picture."""

CREDIT = 90
"""The most characters of a credit."""

# "ilustrasi melon (pexels.com/Any Lane)": a picture of a stock, in the middle of lists as well
_STOCK = re.compile(
    r"[^\W\d].*[^\W\d] [^\s(]+ ?\((?:pexels|unsplash|pixabay|freepik|shutterstock|istockphoto|vecteezy|dreamstime"
    r"|gettyimages)\.com/[^()]{2,60}\)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\(([^()\d]{3,80})\)\.?$")
# "KOMPAS.com/NABILLA TASHANDRA Menteri ..."; "TNI/POLRI Gelar Operasi" is a headline
_OPENING = re.compile(
    r"(?:\w+\.\w{2,3}/[A-Z.]{3,}|[A-Z][A-Z ]{2,28}/[A-Z.]{3,} [A-Z.]{2,})(?: [A-Z.]{2,})* [A-Z]\w*[a-z]"
)
_NAMED = re.compile(r"(?<=[.!?)\]]) ?[A-Z][\w.]{2,20}(?: [A-Z]\w+)?/[A-Z][\w.]+(?: [A-Z][\w.]+){0,3}$")
_LABELLED = re.compile(r"(?<=[.!?)\]\"”]) ?([^\W\d_]+(?: [^\W\d_]+)?)\s?[:/]\s?([^:.!?]{3,60})$")


def caption_hits(lines: Sequence[Line], hits: list[Hit | None], phrases: Phrases) -> list[Hit | None]:
    """`hits` with those of captions above the line that the dateline opens, and of pictures of a stock anywhere."""
    stocks = {i for i, line in enumerate(lines) if line.text[-1] == ")" and _STOCK.fullmatch(line.text, 0, STOCK)}
    if stocks:
        credit = Hit("credit", "caption", "ends with a stock of pictures in brackets")
        hits = [credit if i in stocks else hit for i, hit in enumerate(hits)]
    credited = [
        i
        for i, (line, hit) in enumerate(zip(lines[: 2 * TOP], hits, strict=False))
        if hit is None and len(line.text) >= LEAST and _is_credited(line.text, phrases)
    ]
    if len(credited) != 1:
        return hits
    top = [i for i in range(min(len(lines), 2 * TOP)) if hits[i] is None][:TOP]
    at = top.index(credited[0]) if credited[0] in top else TOP
    if any(lines[i].prose for i in top[:at]):
        return hits
    datelines = [n for n, i in enumerate(top) if _has_dateline(lines[i].text, phrases, n == at)]
    if datelines != [at + 1]:
        return hits
    caption = Hit("caption-credit", "caption", "a credit, above the dateline")
    return [caption if i == top[at] else hit for i, hit in enumerate(hits)]


def _is_credited(text: str, phrases: Phrases) -> bool:
    """Whether a line ends with names that a slash parts, or with a label of pictures and names; or opens with the
    newsroom and a name in capitals."""
    tail = text[-CREDIT:]
    if "/" not in tail and ":" not in tail and "/" not in text[:CREDIT]:
        return False
    if _OPENING.match(text):
        return True
    if text.endswith((")", ").")):
        bracket = _BRACKET.search(tail)
        return bracket is not None and "/" in bracket[1] and "://" not in bracket[1] and looks_like_names(bracket[1])
    if _NAMED.search(tail):
        return True
    labelled = _LABELLED.search(tail)
    found = phrases.whole(normalise_wording(labelled[1]), "start") if labelled else None
    return labelled is not None and found is not None and found.kind == "caption" and looks_like_names(labelled[2])


def _has_dateline(text: str, phrases: Phrases, credited: bool) -> bool:
    """Whether a dateline opens a line; before the words of a caption a name in capitals may stand that is none."""
    dateline = match_dateline(text, phrases)
    return dateline is not None and not (credited and dateline.why == LOUD)
