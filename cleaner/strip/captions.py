"""Captions of the picture at the head of an article: a line with a credit, above the line of the dateline.

"MERCUSUAR - Pak Rahmat di depan mercusuar, Sabtu (22/11/2025). (TRIBUN BANJAR/WULAN SEKARJATI)" above "TRIBUNBANJAR.COM,
SERASA - Lampu itu menyala ..." Such a line is a sentence as those of the article are, and names in brackets sign
articles as well, so a dateline has to open the next line, no other one and no other credit stands near, and no paragraph above: a
digest has articles one below the other. Rule `caption-credit`; cases and traps stand in tests/cases/strip/captions.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.judge.lines import Hit, Line
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.dateline_forms import LOUD, match_dateline
from cleaner.strip.line_rules import looks_like_names

__all__ = ["caption_hits"]

TOP = 6
"""Lines that nothing is known against, among which the caption is sought; a headline stands among them."""

LEAST = 30
"""The fewest characters of a caption with its credit."""

_BRACKET = re.compile(r"\(([^()\d]{3,80})\)\.?$")
# "KOMPAS.com/NABILLA TASHANDRA Menteri ..."; "TNI/POLRI Gelar Operasi" is a headline
_OPENING = re.compile(r"(?:\w+\.\w{2,3}/[A-Z.]{3,}|[A-Z][A-Z ]{2,28}/[A-Z.]{3,} [A-Z.]{2,})(?: [A-Z.]{2,})* [A-Z]\w*[a-z]")
_NAMED = re.compile(r"(?<=[.!?)\]]) ?[A-Z][\w.]{2,20}(?: [A-Z]\w+)?/[A-Z][\w.]+(?: [A-Z][\w.]+){0,3}$")
_LABELLED = re.compile(r"(?<=[.!?)\]\"”]) ?([^\W\d_]+(?: [^\W\d_]+)?)\s?[:/]\s?([^:.!?]{3,60})$")


def caption_hits(lines: Sequence[Line], hits: list[Hit | None], phrases: Phrases) -> list[Hit | None]:
    """`hits` with those of captions above the line that the dateline opens."""
    top = [i for i in range(min(len(lines), 2 * TOP)) if hits[i] is None][:TOP]
    credited = [i for i in top if len(lines[i].text) >= LEAST and _is_credited(lines[i].text, phrases)]
    if len(credited) != 1 or any(lines[i].prose for i in top[: top.index(credited[0])]):
        return hits
    at = top.index(credited[0])
    datelines = [n for n, i in enumerate(top) if _has_dateline(lines[i].text, phrases, n == at)]
    if datelines != [at + 1]:
        return hits
    caption = Hit("caption-credit", "caption", "a credit, above the dateline")
    return [caption if i == top[at] else hit for i, hit in enumerate(hits)]


def _is_credited(text: str, phrases: Phrases) -> bool:
    """Whether a line ends with names that a slash parts, or with a label of pictures and names; or opens with the
    newsroom and a name in capitals."""
    if "/" in text[:40] and _OPENING.match(text):
        return True
    if text.endswith((")", ").")):
        bracket = _BRACKET.search(text, max(0, len(text) - 90))
        return bracket is not None and "/" in bracket[1] and "://" not in bracket[1] and looks_like_names(bracket[1])
    if "/" in text[-60:] and _NAMED.search(text, max(0, len(text) - 80)):
        return True
    labelled = _LABELLED.search(text, max(0, len(text) - 100))
    found = phrases.whole(normalise_wording(labelled[1]), "start") if labelled else None
    return labelled is not None and found is not None and found.kind == "caption" and looks_like_names(labelled[2])


def _has_dateline(text: str, phrases: Phrases, credited: bool) -> bool:
    """Whether a dateline opens a line; before the words of a caption a name in capitals may stand that is none."""
    dateline = match_dateline(text, phrases)
    return dateline is not None and not (credited and dateline.why == LOUD)
