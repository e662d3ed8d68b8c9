"""Markup where plain text was promised: whole pages, and the tags and entities that a poor extraction left behind.

Texts about markup, code and mathematics must stay as they are. So only elements that stand in articles count, only
entities that end with a semicolon, and nothing in a text that speaks of HTML itself.
"""

from __future__ import annotations

import html
import re

__all__ = ["has_markup", "looks_like_html", "unmark"]

_BLOCKS = "p|div|br|hr|h[1-6]|ul|ol|li|dl|dt|dd|table|tr|td|th|tbody|section|article|figure|figcaption|blockquote|pre"
_INLINE = "a|b|i|u|em|strong|span|small|sup|sub|font|img|mark|center|cite|q"
_REST = r"(?:\s[^<>]{0,2000})?/?>"  # attributes; bounded, so that the time stays linear whatever follows a "<"
# Elements that only whole pages have.
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_BLOCK = re.compile(rf"</?(?:{_BLOCKS}){_REST}", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_BLOCKS}|{_INLINE}){_REST}", re.IGNORECASE)
# A tag alone may be meant as text ("der Tag <b>"): proof is one that closes, a line break, or one with an attribute.
_SURE_TAG = re.compile(rf"</(?:{_BLOCKS}|{_INLINE})\s*>|<br\s*/?>|<(?:a|img|p|div|span)\s+[a-z-]+=", re.IGNORECASE)
# What no reader of the page sees: scripts, styles and comments, removed with their content.
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,500}>[^<]{0,20000}</\1\s*>|<!--[^<>]{0,5000}-->", re.IGNORECASE)
# A reference to a character, by name or by number, with its semicolon: "AT&T" and "a &amp c" are none.
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}[0-9]{0,2}|#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6});")
# Words of texts about markup, in which tags are the subject.
_ABOUT_MARKUP = re.compile(
    r"\b(?:X?HTML5?|XML|CSS|markup|JavaScript|entit(?:y|ies|as)|tags? (?:pembuka|penutup)|(?:opening|closing) tags?)\b",
    re.IGNORECASE,
)
_HEAD = 4096
"""Characters in which a page shows that it is one."""


def looks_like_html(text: str) -> bool:
    """Whether all of `text` is an HTML page or a fragment of one, and not an article about HTML.

    It must begin with a tag: of a page, or of a block of which there is a second one.

    >>> looks_like_html("<p>Hujan turun.</p><p>Warga mengungsi.</p>"), looks_like_html("Tag <p> membuka paragraf.")
    (True, False)
    """
    start = text[:_HEAD].lstrip("\ufeff \t\r\n\f\0")
    if not start.startswith("<"):
        return False
    if start[:5].lower() == "<?xml" or start[:4] == "<!--":
        return bool(_PAGE.search(start))
    return bool(_PAGE.match(start)) or (bool(_BLOCK.match(start)) and len(_BLOCK.findall(text[: 1 << 16])) >= 2)


def has_markup(text: str) -> bool:
    """Whether tags or entities of HTML were left inside extracted text; a text that may mean them as text has none.

    >>> has_markup("Hujan&nbsp;turun.<br>Warga mengungsi."), has_markup("Jika a < b &amp c > d, AT&T")
    (True, False)
    """
    if "<" not in text and "&" not in text:
        return False
    found = bool(_SURE_TAG.search(text)) or any(html.unescape(e[0]) != e[0] for e in _ENTITY.finditer(text))
    return found and not _ABOUT_MARKUP.search(text)


def unmark(text: str) -> str:
    """`text` without tags and with characters for entities; elements that are blocks become line ends.

    Text in which `has_markup` finds nothing is returned unchanged.

    >>> unmark("<p>Hujan &amp; angin</p><p>turun <b>deras</b>.</p>")
    'Hujan & angin\\n\\nturun deras.'
    """
    if not has_markup(text):
        return text
    text = _HIDDEN.sub("", text)
    text = _TAG.sub("", _BLOCK.sub("\n", text))
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return re.sub(r"[ \t]{0,99}\n(?:[ \t]{0,99}\n){2,}", "\n\n", text).strip()
