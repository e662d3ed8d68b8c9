"""Say what an element is by its tag, class, id and role. A mark is one of five families.

- boilerplate: sidebars, share bars, related articles. It may be the article after all (a "sidebar" with the text).
- navigation: menus, footers, cookie dialogs, buttons. It hardly ever is the article.
- discussion: comments. It is the content of a forum.
- hidden: what the page does not show at first. It often is a closed panel of an accordion.
- body: where the text of the article stands.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from cleaner.tables import read_toml

__all__ = ["Mark", "ignored_shares", "marks_of", "opens_boilerplate", "weak_names"]

_ATTRIBUTE = re.compile(r' (class|id|role|itemprop|style|hidden|aria-hidden)="([^"]*)"')
_WORD, _SMALL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+"), re.compile("[a-z]+")
_UTILITY = re.compile(r"[:\[(/]")  # md:hidden, [&>p]:my-6: how it looks on some screen, not what it is
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.I)
_MOST_NAMES = 40  # classes of one element that are looked at
_LONG_VALUE = 5000  # characters; a longer class or id is data or an attack, not a name
_MOST_REMEMBERED = 200  # characters of the attributes of an element whose marks are remembered
_LONG_HEADING = 60  # characters; the headings of boilerplate are shorter
_NO_LETTERS = re.compile(r"[\W\d_]+")


class Mark(NamedTuple):
    """One mark: its family and the word, role or attribute that it comes from."""

    family: str
    name: str


@cache
def _marks_by(kind: str) -> dict[str, Mark]:
    """Return the marks of one table of data/marks.toml: of names, whole class names, roles or tags."""
    table = read_toml("extract/data/marks.toml")[kind]
    return {name: Mark(family, name) for family, names in table.items() for name in names.split()}


@cache
def weak_names() -> frozenset[str]:
    """Return the boilerplate names that boxes of the article's own text bear as well."""
    return frozenset(read_toml("extract/data/marks.toml")["weak"]["names"].split())


@cache
def ignored_shares() -> dict[str, float]:
    """Return by name the share of a page's text weight from which a mark is ignored, where not that of its family."""
    rows = read_toml("extract/data/marks.toml")["ignored"]
    return {name: row["from"] for row in rows for name in row["names"].split()}


@cache
def _first_words() -> frozenset[str]:
    """Return the first words of the names that are marks: of single ones and of pairs."""
    return frozenset(name.partition("-")[0] for name in _marks_by("names"))


@lru_cache(maxsize=1 << 14)
def _marks_of_name(name: str, is_id: bool) -> tuple[Mark, ...]:
    """Return the marks of one class name or id; cached, because a site uses the same few hundred names on all pages."""
    if name in _marks_by("whole"):
        return (_marks_by("whole")[name],)
    seen = name[:100]
    words = _SMALL.findall(seen) if name.islower() else [word.lower() for word in _WORD.findall(seen)]
    if _first_words().isdisjoint(words):  # as of most names
        return ()
    marks = _marks_by("names")
    pairs = map("-".join, pairwise(words)) if len(words) > 1 else ()
    found = tuple([marks[word] for word in (*words, *pairs) if word in marks])
    # an id of more than three words is the anchor of a heading, made of its words
    return () if found and (_UTILITY.search(name) or (is_id and len(words) > 3)) else found


def marks_of(tag: str, attrs: str) -> tuple[Mark, ...]:
    """Return the marks of an element, from its tag and its attributes as serialised HTML.

    >>> marks_of("div", ' class="post__related md:hidden" id="x"')
    (Mark(family='boilerplate', name='related'),)
    """
    return _known_marks(tag, attrs) if len(attrs) <= _MOST_REMEMBERED else _find_marks(tag, attrs)


def _find_marks(tag: str, attrs: str) -> tuple[Mark, ...]:
    of_tag = _marks_by("tags").get(tag)
    found = [of_tag] if of_tag else []
    for key, value in _ATTRIBUTE.findall(attrs) if attrs else ():
        if key == "class" or key == "id":
            for name in value.split()[:_MOST_NAMES] if len(value) < _LONG_VALUE else ():
                if marks := _marks_of_name(name, key == "id"):
                    found += marks
        elif key == "role":
            found += (_marks_by("roles")[value],) if value in _marks_by("roles") else ()
        elif key == "itemprop":
            found += (Mark("body", value),) if value == "articleBody" else ()
        elif key == "hidden" or (value == "true" if key == "aria-hidden" else _DISPLAY_NONE.search(value)):
            found.append(Mark("hidden", key))
    if tag in ("body", "article", "main"):  # their classes are about the page's layout ("has-sidebar")
        found = [mark for mark in found if mark.family == "body"]
    return tuple(found)


_known_marks = lru_cache(maxsize=1 << 13)(_find_marks)  # the pages of a site have the same elements


@cache
def _boilerplate_headings() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the headings of data/headings.toml: whole ones, and beginnings (there they end in `*`)."""
    listed = read_toml("extract/data/headings.toml")["headings"]
    entries = [entry.strip() for text in listed.values() for entry in " ".join(text.split()).split("|")]
    beginnings = tuple(entry[:-1] for entry in entries if entry.endswith("*"))
    return frozenset(entry for entry in entries if not entry.endswith("*")), beginnings


def opens_boilerplate(heading: str) -> bool:
    """Return True if a box under this heading is boilerplate: related articles, comments, about the author.

    >>> opens_boilerplate("Berita Terkait:"), opens_boilerplate("Related articles that may interest you")
    (True, True)
    """
    if len(heading) > _LONG_HEADING:
        return False
    words = " ".join(_NO_LETTERS.sub(" ", heading.lower()).split())
    whole, beginnings = _boilerplate_headings()
    return words in whole or words.startswith(beginnings)
