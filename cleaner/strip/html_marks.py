"""What an element's tag, class, id and role say of it: furniture, discussion, article body, hidden."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["BODY", "DISCUSSION", "FURNITURE", "HIDDEN", "mark"]

HIDDEN, DISCUSSION, FURNITURE, BODY = 1, 2, 4, 8
_TAGS = {"nav": DISCUSSION, "footer": DISCUSSION, "aside": FURNITURE, "menu": FURNITURE, "figcaption": FURNITURE, "button": DISCUSSION,
         "select": DISCUSSION, "textarea": DISCUSSION, "option": DISCUSSION, "label": FURNITURE, "dialog": FURNITURE}
_PLAIN = frozenset(("html", "body", "article", "main"))
_ATTR = re.compile(r' (class|id|role|itemprop|style|hidden|aria-hidden)="([^"]*)"')
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NONE = re.compile(r"display\s*:\s*none", re.I)


@dataclass(frozen=True, slots=True)
class Marks:
    furniture: frozenset[str]
    discussion: frozenset[str]
    body: frozenset[str]
    roles: frozenset[str]


@cache
def marks() -> Marks:
    data = tomllib.loads((files("cleaner.strip") / "html" / "marks.toml").read_text("utf-8"))

    def names(section: str) -> frozenset[str]:
        return frozenset(data[section]["words"].split() + data[section]["pairs"].split())

    return Marks(names("furniture"), names("discussion"), names("body"), frozenset(data["roles"]["furniture"].split()))


def mark(tag: str, attrs: str) -> int:
    """Union of HIDDEN, DISCUSSION, FURNITURE and BODY."""
    found = _TAGS.get(tag, 0)
    if not attrs:
        return found
    known = marks()
    for name, value in _ATTR.findall(attrs):
        if name == "class" or name == "id":
            words = [w.lower() for w in _WORD.findall(value)]
            names = {*words, *map("-".join, zip(words, words[1:]))}
            if not known.discussion.isdisjoint(names):
                found |= DISCUSSION
            if not known.furniture.isdisjoint(names):
                found |= FURNITURE
            if not known.body.isdisjoint(names):
                found |= BODY
        elif name == "role":
            if value in known.roles:
                found |= FURNITURE
        elif name == "itemprop":
            if value == "articleBody":
                found |= BODY
        elif name == "style":
            if _NONE.search(value):
                found |= HIDDEN
        elif name == "hidden" or value == "true":
            found |= HIDDEN
    if tag in _PLAIN:
        found &= BODY
    return found
