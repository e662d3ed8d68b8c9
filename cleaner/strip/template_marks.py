"""Marks of the site's software inside lines that stay: shortcodes that nothing replaced, what an icon tells of itself,
and notices of consent that were glued to the last line. Rules `shortcode`, `icon-metadata` and `consent-notice`.
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
# The metadata of icons of a public library: its name, author and keywords, up to the end of the line or a wide gap.
_ICON = re.compile(r"image/svg\+xml(?:(?!\s{2})[^\n]){0,300}|https?://openclipart\.org/detail/\S+(?: [a-z]\S+){0,2}")
# The label of a button with the text of its dialog glued to it, which ends a page: an article puts a blank there.
_CONSENT = re.compile(
    r"(?:Do Not (?:Sell|Share|Sell or Share) My (?:Personal )?(?:Information|Data)|Your Privacy Choices)(?=[A-Z][a-z'])"
)
CONSENT = 1500
"""The most characters of a notice of consent at the end of a line."""


def template_marks(line: Line, text: str) -> Iterator[Removal]:
    """The spans of `line` that the site's software left, each with its rule; `text` is the whole text."""
    if "[" in line.text:
        yield from _shortcodes(line, text)
    if "svg+xml" in line.text or "openclipart.org" in line.text:
        for icon in _ICON.finditer(line.text):
            why = "what an icon tells of itself"
            yield Removal(line.start + icon.start(), line.start + icon.end(), "icon-metadata", "loading", why)
    if "Privacy" in line.text or "Do Not S" in line.text:
        notice = _CONSENT.search(line.text, max(0, len(line.text) - CONSENT))
        if notice and not text[line.end :].strip():
            why = f"a notice of consent behind {notice[0]!r}"
            yield Removal(line.start + notice.start(), line.end, "consent-notice", "cookie", why)


def _shortcodes(line: Line, text: str) -> Iterator[Removal]:
    """Marks of the site's software that nothing replaced: "[gallery ids="4,5"]", "[pullquote]...[/pullquote]". What
    stands between them stays; code that an author shows is marked alike, and stays whole."""
    for mark in _SHORTCODE.finditer(line.text):
        name = mark[2]
        paired = mark[1] or mark[3] or name in _BARE_CODES or f"[/{name}]" in text
        if paired and name not in _CODE:
            why = f"a mark of the site's software, {name}"
            yield Removal(line.start + mark.start(), line.start + mark.end(), "shortcode", "loading", why)
