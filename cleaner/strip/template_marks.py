"""Marks of the site's software inside lines that stay: shortcodes that nothing replaced, and what an icon tells of
itself. Rules `shortcode` and `icon-metadata`; cases and traps stand in tests/cases/strip/segments.jsonl and
whole_texts.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.article import Removal
from cleaner.judge.lines import Line

__all__ = ["template_marks"]

_ATTRIBUTE = r"""\s+[a-z_][\w-]*\s*=\s*(?:"[^"\]]*"|'[^'\]]*'|“[^”\]]*”|”[^”\]]*”|[^\s\]"'“”]+)"""
_SHORTCODE = re.compile(rf"\[(/?)([a-z][a-z0-9_-]{{2,30}})((?:{_ATTRIBUTE})*)\s*/?\]")
_BARE_CODES = frozenset(
    ("toc", "ez-toc", "lwptoc", "gallery", "playlist", "adsense", "addtoany", "post-views", "ratings")
)
_CODE = frozenset(
    ("code", "sourcecode", "php", "html", "css", "javascript", "java", "python", "sql", "xml", "bash", "latex")
)
# The metadata of icons of a public library: its name, author and keywords, up to the end of the line or a wide gap. The
# type of the picture is glued to the name; in a sentence it is not.
_ICON = re.compile(
    r"image/svg\+xml(?=[A-Z])(?:(?!\s{2})[^\n]){0,300}|https?://openclipart\.org/detail/\S+(?: [a-z]\S+){0,2}"
)
_ICON_MARK = re.compile(r"image/svg\+xml[A-Z]")


def template_marks(line: Line, text: str) -> Iterator[Removal]:
    """The spans of `line` that the site's software left, each with its rule; `text` is the whole text."""
    # shortcodes that nothing replaced: "[gallery ids="4,5"]", "[pullquote]...[/pullquote]"; what stands between them
    # stays, and code that an author shows, which is marked alike, stays whole
    for mark in _SHORTCODE.finditer(line.text) if "[" in line.text else ():
        name = mark[2]
        paired = mark[1] or mark[3] or name in _BARE_CODES or f"[/{name}]" in text
        if paired and name not in _CODE:
            why = f"a mark of the site's software, {name}"
            yield Removal(line.start + mark.start(), line.start + mark.end(), "shortcode", "loading", why)
    if ("svg+xml" in line.text or "openclipart.org" in line.text) and _ICON_MARK.search(text):
        for icon in _ICON.finditer(line.text):
            why = "what an icon tells of itself"
            yield Removal(line.start + icon.start(), line.start + icon.end(), "icon-metadata", "loading", why)
