"""Find and resolve markup in plain text: whole pages, and the tags and entities that a poor extraction left behind.

What programs leave of their own notation is resolved too: entities that were escaped more than once, tags whose
brackets are entities, line ends written as a backslash and an n, and the codes of spreadsheets for control characters.

Texts about markup, code and mathematics must stay as they are. So only elements that stand in articles count, only
entities that end with a semicolon, and nothing in a text that speaks of HTML or of programs itself.
"""

from __future__ import annotations

import html
import json
import re
from html.entities import html5

__all__ = ["has_markup", "looks_like_html", "looks_like_xml", "unmark"]

_BLOCKS = "p|div|br|hr|h[1-6]|ul|ol|li|dl|dt|dd|table|tr|td|th|tbody|section|article|figure|figcaption|blockquote|pre"
_INLINE = "a|b|i|u|em|strong|span|small|sup|sub|font|img|mark|center|cite|q"
_REST = r"(?:\s[^<>]{0,2000})?/?>"  # attributes; bounded, so that the time stays linear whatever follows a "<"
# Elements that only whole pages have.
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
# An element that holds another one at once, as no article begins; what stands before them is passed over.
_NESTED = re.compile(r"(?:<!DOCTYPE[^<>\[]{0,500}>\s*)?<([a-zA-Z_][\w.:-]{0,60})(?:\s[^<>]{0,2000})?>\s*<[a-zA-Z_]")
_BLOCK = re.compile(rf"</?(?:{_BLOCKS}){_REST}", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_BLOCKS}|{_INLINE}){_REST}", re.IGNORECASE)
# A tag alone may be meant as text ("der Tag <b>"): proof is one that closes, a line break, or one with an attribute.
_SURE_TAG = re.compile(rf"</(?:{_BLOCKS}|{_INLINE})\s*>|<br\s*/?>|<(?:a|img|p|div|span)\s+[a-z-]+=", re.IGNORECASE)
# What no reader of the page sees: scripts, styles and comments, removed with their content.
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,500}>[^<]{0,20000}</\1\s*>|<!--[^<>]{0,5000}-->", re.IGNORECASE)
# A reference to a character, by name or by number, with its semicolon: "AT&T" and "a &amp c" are none. Its ampersand
# may be escaped any number of times.
_ENTITY = re.compile(r"&(?:(?:amp|#0?38|#[xX]26);)*((?:[a-zA-Z]{2,8}[0-9]{0,2}|#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6});)")
# Links and pictures. Where their brackets were escaped, the author did not mean them as text.
_LINK = re.compile(r"<(?:a\s[^<>]{0,200}?href|img\s[^<>]{0,200}?src)\s{0,9}=", re.IGNORECASE)
# A line end as programs write it inside quotes, and what may follow it. A small letter may go on a word: \nabla, \new.
_LINE_END = re.compile(r"\\(?:r\\n|n|r)(?=(.?))", re.DOTALL)
_ESCAPE = re.compile(r"\\(r\\n|[nrt\"'/])")
# Escapes that no prose holds: of a space that does not break, of punctuation and accented letters, of half an emoji
# with its other half; and controls as spreadsheets write them, a line end behind them.
_SURE_ESCAPE = re.compile(
    r"\\xa0|\\u(?:00[a-fA-F][0-9a-fA-F]|20[0-4][0-9a-fA-F]|[fF][eE][fF][fF]|[dD][89abAB]..\\u[dD][c-fC-F]..)"
    r"|_x000([9ADad])_(?:\r?\n)?"
)
# Words of texts about markup, in which tags are the subject.
_ABOUT_MARKUP = re.compile(
    r"\b(?:X?HTML5?|XML|CSS|markup|JavaScript|entit(?:y|ies|as)|tags? (?:pembuka|penutup)|(?:opening|closing) tags?)\b",
    re.IGNORECASE,
)
# Words of texts about programs, in which a backslash is the subject.
_ABOUT_CODE = re.compile(
    r"\b(?:newlines?|line ?feeds?|backslash(?:es)?|escape sequences?|reg(?:ex|ular expressions?)|printf|Python"
    r"|LaTeX|Unicode|string literals?|kode program|karakter escape)\b",
    re.IGNORECASE,
)
_LINE_ENDS = 2
"""Escaped line ends that a text must hold, and more of them than real ones, before any of them counts."""
_HEAD = 4096
"""Characters in which a page shows that it is one."""


def looks_like_html(text: str) -> bool:
    """Return True if all of `text` is an HTML page or a fragment of one, and not an article about HTML.

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


def looks_like_xml(text: str) -> bool:
    """Return True if `text` is XML with elements of its own, or the beginning of it, and no page.

    Its first element begins with another one, no element of HTML stands in it, and it ends where its first element
    does, unless there are more than 60,000 characters.

    >>> looks_like_xml("<docs><doc>Hujan turun.</doc></docs>"), looks_like_xml("<b><i>Hujan turun.</i></b>")
    (True, False)
    """
    if "<?xml" in text[:9]:
        return True
    start = text.strip("\ufeff \t\r\n\f\0")
    nested = _NESTED.match(start)
    if not nested or _TAG.search(start):
        return False
    return len(text) > 60_000 or start.endswith(f"</{nested[1]}>")


def has_markup(text: str) -> bool:
    """Return True if tags, entities or escapes were left inside extracted text; a text that may mean them as text has
    none.

    >>> has_markup("Hujan&nbsp;turun.<br>Warga mengungsi."), has_markup("Jika a < b &amp c > d, AT&T")
    (True, False)
    """
    return (_has_tags(text) or _has_escapes(text)) and not _ABOUT_MARKUP.search(text)


def _has_tags(text: str) -> bool:
    """Return True if a tag or an entity is surely meant as one."""
    if "<" not in text and "&" not in text:
        return False
    return bool(_SURE_TAG.search(text)) or any(_character(entity) != entity[0] for entity in _ENTITY.finditer(text))


def _has_escapes(text: str) -> bool:
    """Return True if line ends and other characters stand in the text as programs write them inside quotes."""
    if "\\" not in text and "_x000" not in text:
        return False
    return (bool(_SURE_ESCAPE.search(text)) or _has_escaped_line_ends(text)) and not _ABOUT_CODE.search(text)


def _has_escaped_line_ends(text: str) -> bool:
    """Return True if escaped line ends outnumber the real ones, and a small letter follows no more than a quarter of
    them."""
    following = [found[1] for found in _LINE_END.finditer(text)]
    if len(following) < _LINE_ENDS or len(following) <= text.strip().count("\n"):
        return False
    return 4 * sum(map(str.islower, following)) <= len(following)


def _character(entity: re.Match[str]) -> str:
    """Return the character of an entity; the entity itself where it has none."""
    name = entity[1]
    return html.unescape(f"&{name}") if name[0] == "#" or name in html5 else entity[0]


def unmark(text: str) -> str:
    r"""Return `text` without tags and with characters for entities and escapes; elements that are blocks become line
    ends.

    Text in which `has_markup` finds nothing is returned unchanged.

    >>> unmark("<p>Hujan &amp; angin</p><p>turun <b>deras</b>.</p>")
    'Hujan & angin\n\nturun deras.'
    >>> unmark("&lt;p&gt;Hujan &amp;amp; angin.&lt;/p&gt;")
    'Hujan & angin.'
    """
    if not has_markup(text):
        return text
    if _has_escapes(text):
        if _has_escaped_line_ends(text):
            text = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text)
        text = _SURE_ESCAPE.sub(_escaped_character, text)
    if _has_tags(text):
        text = _ENTITY.sub(_character, _without_tags(text))
        # Now tags whose brackets were entities are tags. An author who writes of <b> does so too, but not of blocks,
        # of which there are two at least, and not of links with their addresses.
        if (len(_BLOCK.findall(text)) > 1 and _SURE_TAG.search(text)) or _LINK.search(text):
            text = _without_tags(text)
    return re.sub(r"[ \t]{0,99}\n(?:[ \t]{0,99}\n){2,}", "\n\n", text).strip()


_ESCAPED = {"r\\n": "\n", "n": "\n", "r": "\n", "t": "\t"}


def _escaped_character(escape: re.Match[str]) -> str:
    """Return the character that a sure escape stands for."""
    if escape[1]:
        return "\t" if escape[1] == "9" else "\n"
    if escape[0] == r"\xa0":
        return "\xa0"
    return str(json.loads(f'"{escape[0]}"')).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_tags(text: str) -> str:
    """Return `text` without tags, and without what no reader of a page sees; tags of blocks become line ends."""
    return _TAG.sub("", _BLOCK.sub("\n", _HIDDEN.sub("", text)))
