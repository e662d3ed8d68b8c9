"""What an element's tag, class, id and role say of it, in five families: furniture, fixture, discussion, hidden, body.

Furniture may turn out to be the article (a "sidebar" that holds the text); fixtures hardly ever do; hidden elements are
often the closed panels of an accordion; body marks where the text of the article stands.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Mark", "mark", "opens_furniture"]

_ATTRIBUTE = re.compile(r' (class|id|role|itemprop|style|hidden|aria-hidden)="([^"]*)"')
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_UTILITY = re.compile(r"[:\[(/]")  # md:hidden, [&>p]:my-6: how it looks on some screen, not what it is
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.I)
_MOST_NAMES = 40
_LONG_VALUE = 5000
_LONG_HEADING = 60
_NO_LETTERS = re.compile(r"[\W\d_]+")


class Mark(NamedTuple):
    """One mark: its family and the word, role or attribute that gave it."""

    family: str
    name: str


class _Table(NamedTuple):
    names: dict[str, Mark]
    whole: dict[str, Mark]
    roles: dict[str, Mark]
    tags: dict[str, Mark]


@cache
def _table() -> _Table:
    data = tomllib.loads((files("cleaner.extract") / "data" / "marks.toml").read_text("utf-8"))
    return _Table(
        *(
            {name: Mark(family, name) for family, names in data[key].items() for name in names.split()}
            for key in ("names", "whole", "roles", "tags")
        )
    )


@cache
def _telling() -> frozenset[str]:
    """Words one of which stands in every name that gives a mark; four names in five have none."""
    table = _table()
    return frozenset(max(name.split("-"), key=len) for name in (*table.names, *table.whole))


@lru_cache(maxsize=1 << 14)
def _named(name: str, is_id: bool) -> tuple[Mark, ...]:
    """The marks of one class name or id. An id of over three words is a heading's anchor and says nothing."""
    words = _WORD.findall(name[:100])
    words = words if name.islower() else [word.lower() for word in words]
    if _telling().isdisjoint(words):
        return ()
    table = _table()
    if name in table.whole:
        return (table.whole[name],)
    if _UTILITY.search(name) or (is_id and len(words) > 3):
        return ()
    names = [*words, *map("-".join, pairwise(words))] if len(words) > 1 else words
    return tuple([table.names[name] for name in names if name in table.names])


@lru_cache(maxsize=1 << 14)
def _named_all(value: str, is_id: bool) -> tuple[Mark, ...]:
    """The marks of a class or id attribute."""
    found: tuple[Mark, ...] = ()
    for name in value.split()[:_MOST_NAMES]:
        found += _named(name, is_id)
    return found


def mark(tag: str, attrs: str) -> tuple[Mark, ...]:
    """The marks of an element, from its tag and its attributes as serialised HTML.

    >>> mark("div", ' class="post__related md:hidden" id="x"')
    (Mark(family='furniture', name='related'),)
    """
    table = _table()
    found = [table.tags[tag]] if tag in table.tags else []
    for key, value in _ATTRIBUTE.findall(attrs) if attrs else ():
        if key == "class" or key == "id":
            found += _named_all(value, key == "id") if len(value) < _LONG_VALUE else ()
        elif key == "role":
            found += (table.roles[value],) if value in table.roles else ()
        elif key == "itemprop":
            found += (Mark("body", value),) if value == "articleBody" else ()
        elif key == "hidden" or (value == "true" if key == "aria-hidden" else _DISPLAY_NONE.search(value)):
            found.append(Mark("hidden", key))
    if tag in ("body", "article", "main"):
        found = [one for one in found if one.family == "body"]
    return tuple(found)


@cache
def _headings() -> tuple[frozenset[str], tuple[str, ...]]:
    """Headings of furniture, whole ones and beginnings."""
    data = tomllib.loads((files("cleaner.extract") / "data" / "headings.toml").read_text("utf-8"))["headings"]
    entries = [entry.strip() for listed in data.values() for entry in " ".join(listed.split()).split("|")]
    begun = tuple(entry[:-1] for entry in entries if entry.endswith("*"))
    return frozenset(entry for entry in entries if not entry.endswith("*")), begun


def opens_furniture(heading: str) -> bool:
    """Whether a box that opens with this heading is furniture: related articles, comments, about the author.

    >>> opens_furniture("Berita Terkait:"), opens_furniture("Related articles that may interest you")
    (True, True)
    """
    if len(heading) > _LONG_HEADING:
        return False
    words = " ".join(_NO_LETTERS.sub(" ", heading.lower()).split())
    whole, begun = _headings()
    return words in whole or words.startswith(begun)
