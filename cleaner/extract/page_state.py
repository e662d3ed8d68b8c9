"""Find the article in the data from which the scripts of a page would build it.

A page of Next.js, Nuxt or a like framework may show nothing without scripts, and hold its text as JSON: in a script of
the type application/json (`__NEXT_DATA__`), or as the value of a variable (`window.__NUXT__ = ...`). Such data hold
more than the article: menus, words of buttons, other articles. So a text counts only under a key that means the body of
an article, in an object that has the page's title; or if the data hold no other such text, and the page shows nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, NamedTuple

import orjson

from cleaner.extract.blocks import walk, without_anchors
from cleaner.extract.bylines import load_data, normalise_title
from cleaner.extract.parse import parse, tame

__all__ = ["body_in_state"]

_NAME = r"(?:\b__\w+__|\bFusion\.globalContent|(?:INITIAL|PRELOADED)_(?:STATE|DATA))"  # of a variable with such data
_SIGN = re.compile(rf"(?i:application/json)|{_NAME}")  # what every page with such data has
_SCRIPT = re.compile(r"<script\b([^<>]*)>", re.I)
_SCRIPT_END = re.compile(r"</script", re.I)
_JSON_TYPE = re.compile(r"""type\s*=\s*["']?application/json""", re.I)
# window.__NUXT__ = {...}, window["__STATE__"] = [...], __INITIAL_STATE__ = JSON.parse("{...}")
_VARIABLE = re.compile(rf"""{_NAME}(?:["']\])?\s*=\s*(JSON\.parse\(\s*)?(?=["{{\[(])""")
_LITERAL = re.compile(r"""(?<![\w"'])["']?(\w+)["']?\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")""")  # key and string of a program
_HEX_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")
_KEY = re.compile(r"[\W\d_]+")
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>|&#?\w+;", re.I)

_MOST_SCRIPTS, _MOST_VARIABLES = 50, 20  # of one page and of one script
_MOST_NODES, _DEEPEST = 50_000, 40  # values looked at, and how deep a text may nest
_SHORTEST = 250  # characters of a body
_NOTHING = 100  # characters of a page that shows no text: "Loading ..."


class _Body(NamedTuple):
    """A text under a key that means the body of an article, and whether an object around it has the page's title."""

    text: str
    is_titled: bool


def body_in_state(html: str, title: str, shown: int) -> str:
    """Return the article of the page called `title` in the data of its scripts, a paragraph a line; "" for none.

    The page shows `shown` characters of text.

    >>> words = "It rained in Medan for three days without a break, and the lower streets were flooded. " * 3
    >>> script = json.dumps({"props": {"post": {"title": "Rain", "body": f"<p>{words}</p><p>Nobody was hurt.</p>"}}})
    >>> body_in_state(f'<script type="application/json">{script}</script>', "Rain", 0).splitlines()[1]
    'Nobody was hurt.'
    """
    if not _SIGN.search(html):
        return ""
    found, known = list[_Body](), normalise_title(title)
    for opening in list(_SCRIPT.finditer(html))[:_MOST_SCRIPTS]:
        end = _SCRIPT_END.search(html, opening.end())
        if end is None:
            break
        for value in _values(opening[1], html[opening.end() : end.start()]):
            found += [body for body in _bodies(value, known) if len(body.text) > _SHORTEST]
    titled = [body.text for body in found if body.is_titled]
    texts = titled or [body.text for body in found if shown <= _NOTHING]
    # several of which none is the page's are a list of articles
    return max(texts, key=len) if titled or len(set(texts)) == 1 else ""


def _values(attributes: str, script: str) -> Iterator[Any]:
    """Yield the values in a script: the one that it is, those of its variables, and in a program its strings."""
    if _JSON_TYPE.search(attributes):
        try:
            value = orjson.loads(script)
        except ValueError:
            return
        yield from _by_number(value) if isinstance(value, list) else [value]
        return
    for variable in list(_VARIABLE.finditer(script))[:_MOST_VARIABLES]:
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(script, variable.end())
            yield json.loads(value) if variable[1] and isinstance(value, str) else value
        except (ValueError, RecursionError):
            # Nuxt 2 writes a function that returns the object, with letters for values that come again.
            yield from ({key: _read_string(said)} for key, said in _LITERAL.findall(script, variable.end()))
            return


def _by_number(values: list[Any]) -> Iterator[Any]:
    """Yield the objects of a list in which, as Nuxt 3 writes it, each value stands once and is named by its number.

    Only what is a string is looked up, because values may be named any number of times.
    """
    for value in values:
        if isinstance(value, dict) and all(type(at) is int for at in value.values()):
            named = {key: values[at] for key, at in value.items() if 0 <= at < len(values)}
            yield {key: one for key, one in named.items() if isinstance(one, str)}
        else:
            yield value


def _read_string(said: str) -> str:
    """Return a string of JavaScript; "" for one that cannot be read."""
    try:
        return str(json.loads(_HEX_ESCAPE.sub(r"\\u00\1", said).replace(r"\'", "'"), strict=False))
    except ValueError:
        return ""


@cache
def _keys(field: str) -> frozenset[str]:
    """Return the words that data/page_state.toml lists for a field."""
    return frozenset(load_data("page_state.toml")[field]["keys"].split())


def _name(key: str) -> str:
    """Return the letters of a key, in lower case: content_html and contentHtml are one."""
    return _KEY.sub("", key).lower()


def _bodies(state: Any, title: str) -> Iterator[_Body]:
    """Yield the texts in a value that stand under the key of a body, and not under that of something else."""
    queue: list[tuple[Any, bool]] = [(state, False)]
    for value, is_titled in queue:  # grows while it is read
        inner: list[tuple[Any, bool]] = []
        if isinstance(value, list):
            inner = [(one, is_titled) for one in value]
        elif isinstance(value, dict):
            is_titled = is_titled or _has_title(value, title)
            for key, one in value.items():
                name = _name(key)
                if any(other in name for other in _keys("other")):
                    continue
                if name in _keys("body") and _is_text(one):
                    # to parse the words of all buttons would cost too much
                    if not isinstance(one, str) or len(one) > _SHORTEST:
                        yield _Body(_as_lines(one), is_titled)
                elif isinstance(one, (dict, list)):
                    inner.append((one, is_titled))
        queue += inner[: max(0, _MOST_NODES - len(queue))]


def _has_title(value: dict[str, Any], title: str) -> bool:
    for key in _keys("title").intersection(value):
        said = value[key].values() if isinstance(value[key], dict) else [value[key]]  # {"rendered": "Rain"}
        if title and any(isinstance(one, str) and normalise_title(one) == title for one in said):
            return True
    return False


def _is_text(value: Any) -> bool:
    """Whether a value is a text: a string, a document, or a list of blocks of which pictures alone have an address."""
    if isinstance(value, list):
        blocks = [block for block in value if isinstance(block, dict)]
        addressed = sum(bool(_keys("address").intersection(block)) for block in blocks)
        return not blocks or 2 * addressed < len(blocks)
    return isinstance(value, str) or (isinstance(value, dict) and bool(_keys("document").intersection(value)))


def _as_lines(value: Any) -> str:
    """Return a text of HTML, or of blocks with inline parts, a paragraph a line."""
    texts = [text if _MARKUP.search(text) else escape(text).replace("\n", "<br>") for text in _block_texts(value)]
    blocks = without_anchors(walk(parse(tame("".join(f"<div>{text}</div>" for text in texts))).body))
    return "\n".join(line for text in blocks.texts for line in text.splitlines() if line.strip())


def _block_texts(value: Any, depth: int = 0, key: str = "") -> list[str]:
    """Return the texts of blocks: one for a block whose parts are inline, as words in italics or a link are."""
    if isinstance(value, str):
        return [value]
    if depth > _DEEPEST or not isinstance(value, (dict, list)):
        return []
    if isinstance(value, dict):
        parts = [(name, part) for key, part in value.items() if (name := _name(key)) in _keys("text")]
        return [text for name, part in parts for text in _block_texts(part, depth + 1, name)]
    texts, is_open = list[str](), False
    for part in value:
        found, is_inline = _block_texts(part, depth + 1), isinstance(part, dict) and depth > 0 and _is_inline(part, key)
        if is_inline and found:
            found = [f"{texts.pop() if is_open else ''}{''.join(found)}"]
        texts += found
        is_open = is_inline and (is_open or bool(found))
    return texts


def _is_inline(part: dict[str, Any], key: str) -> bool:
    """Whether a part of a block is words in a paragraph: its type says so, or it has none and is a child of a block."""
    types = (part.get(name) for name in ("type", "_type", "nodeType"))
    named = next((one for one in types if isinstance(one, str)), "")
    return named.lower() in _keys("inline") if named else key == "children" and "text" in part
