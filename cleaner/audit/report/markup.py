"""HTML that is safe by construction: whatever is not markup already is escaped on its way into an element."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

__all__ = ["Html", "clipped", "h", "text"]

Child = "str | int | Iterable[str]"

# Control characters have no place in HTML (a NUL would become U+FFFD), so their pictures stand for them.
# Those that turn the direction of text could make a line read as something else; their names stand for them.
_PICTURES = {c: 0x2400 + c for c in range(32) if chr(c) not in "\t\n"} | {0x7F: 0x2421, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
_PICTURES |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD) | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_TURNS = {c: f"[U+{c:04X}]" for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_SHOWN: dict[int, int | str] = {**_PICTURES, **_TURNS}
_ODD = re.compile(f"[&<>\"'{''.join(re.escape(chr(c)) for c in sorted(_SHOWN))}]")
_VOID = {"input"}


class Html(str):
    """Markup. A plain str is content and never becomes one but through `text`."""

    __slots__ = ()


def text(content: str) -> Html:
    """Content as markup that shows it.

    >>> text("<b>")
    '&lt;b&gt;'
    """
    if isinstance(content, Html):
        return content
    return Html(escape(content.translate(_SHOWN))) if _ODD.search(content) else Html(content)


def h(name: str, /, *children: str | int | Iterable[str], **attributes: str | int | bool) -> Html:
    """An element of content and `Html`. `cls` is `class`, `_` in a name is `-`, a false attribute is left out.

    >>> h("a", "1 < 2", h("b", 3), cls="x", data_kind="<", hidden=False)
    '<a class="x" data-kind="&lt;">1 &lt; 2<b>3</b></a>'
    """
    head = "".join(
        f" {_attribute(key)}" + ("" if value is True else f'="{text(str(value))}"')
        for key, value in attributes.items()
        if value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{head}>")
    inside = "".join(text(part) for child in children for part in _parts(child))
    return Html(f"<{name}{head}>{inside}</{name}>")


def clipped(content: str, most: int) -> str:
    """`content`, cut to `most` characters with an ellipsis where it is longer.

    >>> clipped("abcdef", 4)
    'abc…'
    """
    return content if len(content) <= most else content[: most - 1] + "…"


def _attribute(key: str) -> str:
    return "class" if key == "cls" else key.rstrip("_").replace("_", "-")


def _parts(child: str | int | Iterable[str]) -> Iterable[str]:
    if isinstance(child, str):
        return (child,)
    return (str(child),) if isinstance(child, int) else child
