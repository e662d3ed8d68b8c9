"""Author and date as a reader finds them: in marked elements, and in the short lines around the headline."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from cleaner.extract.blocks import Blocks
from cleaner.extract.dates import iso_date, written_date
from cleaner.extract.parse import Parsed

__all__ = ["person", "visible_author", "visible_date"]

_BEFORE, _BEHIND = 12, 12  # paragraphs around headline and start of text in which author and date may stand
_SHORT_LINE = 160
_LONGEST_NAME = 60
_NO_NAME = re.compile(r"://|@|^www\.|^/|\d{3}|[?!…]")
_CUT = re.compile(r"\s*(?:[|•·–—»/\n]|\s-\s|\d|\b(?:on|updated|published|last|posted)\b|,\s*\w+\s+\d).*", re.I | re.S)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("cleaner.extract") / "data" / "byline.toml").read_text("utf-8"))


@cache
def _by() -> re.Pattern[str]:
    """The words that introduce a name ("By", "Oleh", "Written by"), at the start of a line."""
    words = sorted(_tables()["by"]["words"].split(), key=lambda word: (-len(word), word))
    return re.compile(
        rf"(?:(?:{'|'.join(map(re.escape, (w.replace('_', ' ') for w in words)))})(?:\s*:\s*|\s+|$))+", re.I
    )


def person(name: str) -> str:
    """A name without "By" before it; "" for what is no name: addresses, sentences.

    >>> person("Oleh: Rina Sitompul"), person("https://example.org/rina")
    ('Rina Sitompul', '')
    """
    name = " ".join(name.split())[:200]
    name = _by().sub("", name, count=1) if _by().match(name) else name
    name = name.strip(" ,;:|•·-–—")
    return "" if _NO_NAME.search(name) or len(name) > 2 * _LONGEST_NAME else name


def _fitting(page: Parsed, blocks: Blocks, key: str) -> Iterator[str]:
    """The selectors whose words stand in attributes of the page: looking for one costs less than a selector's walk."""
    attributes = "\n".join(chain(blocks.attrs, blocks.spans))

    def stands(word: str) -> bool:
        return word in (page.body if word.startswith("<") else attributes)

    if any(map(stands, _tables()["stems"][key])):
        for word, selectors in groupby(_tables()["select"][key], itemgetter(0)):
            if stands(word):
                yield from map(itemgetter(1), selectors)


def _around(blocks: Blocks, start: int) -> Iterator[str]:
    """Short lines from a little before the headline to a little behind the start of the text."""
    homes, tags = blocks.homes, blocks.tags
    head = next((j for j in range(min(start, len(homes) - 1), -1, -1) if tags[homes[j]] == "h1"), start)
    first = max(0, head - _BEFORE)
    for j in range(first, min(start + _BEHIND, len(homes))):
        yield blocks.texts[j]


def visible_author(page: Parsed, blocks: Blocks, start: int) -> str:
    """The name in a byline, else ""."""
    announced = False
    for line in _around(blocks, start):
        if len(line) > _SHORT_LINE:
            continue
        said = _by().match(line)
        if said or announced:
            name = person(_CUT.sub("", line[said.end() :] if said else line))
            if name and len(name) <= _LONGEST_NAME and len(name.split()) <= 6:
                return name
        announced = said is not None and said.end() == len(line)
    for selector in _fitting(page, blocks, "author"):
        for node in page.tree.css(selector)[:3]:
            name = _CUT.sub("", person(node.text(separator=" ")[:300]))
            if name and len(name) <= _LONGEST_NAME and len(name.split()) <= 6:
                return name
    return ""


def visible_date(page: Parsed, blocks: Blocks, start: int, *, month_first: bool) -> str:
    """The day in a time element or a line near the headline, else ""."""
    for selector in _fitting(page, blocks, "time"):
        for node in page.tree.css(selector)[:3]:
            given = node.attributes.get("datetime") or node.attributes.get("content") or ""
            date = iso_date(given) or written_date(given, month_first=month_first)
            if date := date or written_date(node.text(separator=" "), month_first=month_first):
                return date
    for line in _around(blocks, start):
        if len(line) <= _SHORT_LINE and (date := written_date(line, month_first=month_first)):
            return date
    for selector in _fitting(page, blocks, "date"):
        for node in page.tree.css(selector)[:3]:
            if date := written_date(node.text(separator=" "), month_first=month_first):
                return date
    return ""
