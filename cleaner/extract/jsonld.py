"""JSON-LD: the nodes of a page's scripts, and what its article node says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

import orjson

__all__ = ["Node", "article_node", "names", "nodes", "plain", "types"]

Node = dict[str, Any]
_MOST_NODES = 5000
_MOST_NAMES = 20
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_TELLS = ("headline", "datePublished", "author", "articleBody")


def plain(value: object) -> str:
    """A JSON value as one line of text; "" for what is not a string."""
    return " ".join(unescape(value).split()) if isinstance(value, str) else ""


def _load(script: str) -> object:
    try:
        return orjson.loads(script)
    except ValueError:
        pass
    script = script.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    for text in (script, _TRAILING_COMMA.sub(r"\1", script)):
        try:
            return json.loads(text, strict=False)  # strict would refuse line breaks in strings, which are common
        except (ValueError, RecursionError):
            continue
    return None


def nodes(scripts: Sequence[str]) -> list[Node]:
    """Every object in the scripts, outer ones first, at most 5,000."""
    queue: list[object] = [_load(script) for script in scripts]
    found: list[Node] = []
    for value in queue:  # grows while it is read
        if isinstance(value, dict):
            found.append(value)
        if isinstance(value, (dict, list)) and len(queue) < _MOST_NODES:
            queue += value.values() if isinstance(value, dict) else value
    return found


def types(node: Node) -> Iterator[str]:
    """The types of a node in lower case, without the vocabulary's address."""
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str):
            yield kind.rsplit("/", 1)[-1].lower()


def article_node(found: Sequence[Node], wanted: Sequence[str]) -> Node:
    """The first node of one of the wanted types that tells anything of an article, else an empty one."""
    for node in found:
        if any(kind in wanted for kind in types(node)) and any(key in node for key in _TELLS):
            return node
    return {}


def names(value: object, found: Sequence[Node]) -> list[str]:
    """Names of people or organisations, given as text, as nodes, or by the @id of a node elsewhere."""
    given = value[:_MOST_NAMES] if isinstance(value, list) else [value]
    result = []
    for one in given:
        if isinstance(one, dict) and "name" not in one and "@id" in one:
            one = next((node for node in found if node.get("@id") == one["@id"] and "name" in node), {})
        name = one.get("name") if isinstance(one, dict) else one
        result += [plain(n) for n in (name if isinstance(name, list) else [name])[:_MOST_NAMES]]
    return [name for name in result if name]
