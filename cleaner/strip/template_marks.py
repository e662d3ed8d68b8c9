"""Marks of the site's software inside lines that stay: shortcodes that nothing replaced, what an icon tells of itself,
and pictures written out as addresses. Rules `shortcode`, `icon-metadata` and `data-address`; cases and traps stand in
tests/cases/strip/segments.jsonl, losses.jsonl and whole_texts.jsonl.
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
# A picture or a font written out as an address (RFC 2397): the stand-in of one that a script loads later.
_DATA = re.compile(
    r"data:(?:image|font|video|audio|application)/[\w.+-]+(?:;[\w=-]*)*,[\w+/=%!*'.~:;-]{20,}|<?Base64-Image-Removed>?",
    re.IGNORECASE,
)
_WRITTEN_OUT = 200  # characters of such an address in running text; shorter ones are an author's examples
_LONGEST_CAPTION = 220  # characters of what stands before one in Markdown
_PICTURE = re.compile(r"!\[([^\]\n]*)\]\(\s*$")
_NAMED = re.compile(r"\[[^\]\n]+\]:\s*")  # the note of one to which pictures in the text point


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
    if "data:" in line.text or "Base64-Image" in line.text:
        yield from _data_addresses(line)
    if ("svg+xml" in line.text or "openclipart.org" in line.text) and _ICON_MARK.search(text):
        for icon in _ICON.finditer(line.text):
            why = "what an icon tells of itself"
            yield Removal(line.start + icon.start(), line.start + icon.end(), "icon-metadata", "loading", why)


def _data_addresses(line: Line) -> Iterator[Removal]:
    """The pictures that are written out in `line`: alone, in a picture of Markdown, whose caption stays, or longer than
    any example."""
    for address in _DATA.finditer(line.text):
        start, end = address.span()
        picture = _PICTURE.search(line.text, max(0, start - _LONGEST_CAPTION), start)
        spans = [(start, end)]
        if picture and line.text.startswith(")", end):
            before, behind = (picture.start(), picture.start(1)), (picture.end(1), end + 1)
            spans = [before, behind] if picture[1] else [(before[0], behind[1])]
        elif end == len(line.text) and _NAMED.fullmatch(line.text, 0, start):
            spans = [(0, end)]
        elif end - start < min(_WRITTEN_OUT, len(line.text)):
            continue
        for a, b in spans:
            yield Removal(line.start + a, line.start + b, "data-address", "loading", "a picture written out")
