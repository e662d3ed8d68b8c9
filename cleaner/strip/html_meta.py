"""What a page says of itself: title, author, date, site, canonical URL, language; from JSON-LD, meta tags and the visible page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from cleaner.strip.html_dates import iso_date, url_date, written_date
from cleaner.strip.html_parse import Parsed

__all__ = ["Metadata", "metadata"]

_META = re.compile(r"<meta ([^>]*)>")
_ATTR = re.compile(r'([a-z:-]+)="([^"]*)"')
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>")
_CANONICAL = re.compile(r'<link (?=[^>]*rel="canonical")[^>]*href="([^"]*)"')
_LANG = re.compile(r'<html[^>]* (?:xml:)?lang="\s*([A-Za-z]{2,3})\b')
_SEPARATOR = re.compile(r"\s+[|–—\-»·•:]+\s+|\s*[|»]\s*")
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi"}
_MOST_NODES = 5000


class Metadata(NamedTuple):
    title: str
    author: str
    date: str
    site: str
    url: str
    language: str
    types: frozenset[str]
    body: str


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("cleaner.strip") / "html" / "metadata.toml").read_text("utf-8"))


@cache
def _names(section: str, key: str) -> tuple[str, ...]:
    return tuple(_tables()[section][key].split())


def _clean(value: object) -> str:
    return " ".join(unescape(value).split()) if isinstance(value, str) else ""


def _metas(head: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for attrs in _META.findall(head):
        pairs = dict(_ATTR.findall(attrs))
        content = pairs.get("content", "")
        name = pairs.get("property") or pairs.get("name") or pairs.get("itemprop") or pairs.get("http-equiv")
        if content and name:
            found.setdefault(name.lower(), _clean(content))
    return found


def _load(script: str) -> object:
    import orjson

    script = script.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return orjson.loads(script)
    except ValueError:
        pass
    import json

    try:
        return json.loads(re.sub(r",\s*([}\]])", r"\1", script), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(scripts: list[str]) -> Iterator[dict[str, Any]]:
    """Every object of the JSON-LD, outer ones first."""
    queue: list[object] = [_load(script) for script in scripts]
    at = 0
    while at < len(queue) and at < _MOST_NODES:
        value = queue[at]
        at += 1
        if isinstance(value, dict):
            yield value
            queue.extend(v for v in value.values() if isinstance(v, (dict, list)))
        elif isinstance(value, list):
            queue.extend(v for v in value if isinstance(v, (dict, list)))


def _types(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [k.rsplit("/", 1)[-1].lower() for k in kinds if isinstance(k, str)]


def _people(value: object, by_id: dict[str, dict[str, Any]]) -> list[str]:
    if isinstance(value, str):
        return [_clean(value)]
    if isinstance(value, list):
        return [name for v in value[:20] if not isinstance(v, list) for name in _people(v, by_id)]
    if isinstance(value, dict):
        node = value if "name" in value else by_id.get(str(value.get("@id")), {})
        name = node.get("name")
        return [_clean(n) for n in (name if isinstance(name, list) else [name])]
    return []


def _person(name: str) -> str:
    words = name.split()
    while words and words[0].lower().rstrip(":") in _names("author", "before"):
        words = words[1:]
    name = " ".join(words).strip(" ,;:|•·-–—")
    if "://" in name or "@" in name or name.startswith(("www.", "/")) or len(name) > 100:
        return ""
    return name


def _join(names: list[str]) -> str:
    cleaned = [p for p in map(_person, names) if p]
    return "; ".join(dict.fromkeys(cleaned))


def _article(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    for section in ("article", "page"):
        wanted = _names("jsonld", section)
        fit = [n for n in nodes if any(t in wanted for t in _types(n))]
        for node in fit:
            if "headline" in node or "datePublished" in node or "author" in node:
                return node
    return {}


def _first(metas: dict[str, str], key: str) -> Iterator[str]:
    return (metas[name] for name in _names("meta", key) if name in metas)


def _fold(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def _without_site(title: str, site: str, host: str) -> str:
    """`title` without the site's name before or after a separator."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    names = {_fold(site), _fold(host), _fold(host.split(".")[0])} - {""}
    for cut_from in (-1, 0):
        part = parts[cut_from]
        folded = _fold(part)
        if folded and (folded in names or any(folded in n or n in folded for n in names if len(n) > 3 and len(folded) > 3)):
            at = title.rfind(part) if cut_from else len(part)
            return title[:at].rstrip(" |–—-»·•:") if cut_from else title[at:].lstrip(" |–—-»·•:")
    return title


def metadata(page: Parsed, url: str, heading: str) -> Metadata:
    """Metadata of a parsed page. `heading` is its visible headline (an h1) or ""."""
    metas = _metas(page.head)
    nodes = list(_nodes(page.json)) if page.json else []
    article = _article(nodes)
    by_id = {str(n["@id"]): n for n in nodes if "@id" in n and "name" in n}
    canonical = _CANONICAL.search(page.head)
    link = _clean(canonical.group(1)) if canonical else next(_first(metas, "url"), "")
    link = _absolute(link, url)
    host = (urlsplit(link or url).hostname or "").removeprefix("www.") if (link or url) else ""
    site = next(_first(metas, "site"), "") or _publisher(article, by_id)
    return Metadata(
        title=_title(page, metas, article, heading, site, host),
        author=_author(page, metas, article, by_id),
        date=_date(page, metas, article, link or url),
        site=site or host,
        url=link or url,
        language=_language(page.head, metas),
        types=frozenset(t for n in nodes for t in _types(n)),
        body=_clean(article.get("articleBody")) if article else "",
    )


def _absolute(link: str, url: str) -> str:
    try:
        joined = urljoin(url, link)
        urlsplit(joined)
    except ValueError:
        return ""
    return joined if joined.startswith(("http://", "https://")) else ""


def _publisher(article: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> str:
    return next((n for n in _people(article.get("publisher"), by_id) if n), "")


def _title(page: Parsed, metas: dict[str, str], article: dict[str, Any], heading: str, site: str, host: str) -> str:
    found = _TITLE.search(page.head)
    whole = _clean(found.group(1)) if found else ""
    given = [_clean(article.get("headline")), *_first(metas, "title"), whole]
    given = [_without_site(t, site, host) for t in given if t]
    if heading and (not given or any(_fold(heading) in _fold(t) or _fold(t) in _fold(heading) for t in given)):
        return heading
    return given[0] if given else heading


def _author(page: Parsed, metas: dict[str, str], article: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> str:
    names = _join(_people(article.get("author") or article.get("creator"), by_id))
    if names:
        return names
    for value in _first(metas, "author"):
        if name := _person(value):
            return name
    for selector in _tables()["select"]["author"]:
        for node in page.tree.css(selector)[:3]:
            name = _person(_clean(node.text(separator=" ")))
            if name and len(name) < 60:
                return name
    return ""


def _date(page: Parsed, metas: dict[str, str], article: dict[str, Any], url: str) -> str:
    month_first = '-US"' in page.head[:500]
    for value in (_clean(article.get("datePublished")), *_first(metas, "date")):
        if date := iso_date(value) or written_date(value, month_first=month_first):
            return date
    if date := url_date(url):
        return date
    for selector in _tables()["select"]["date"]:
        for node in page.tree.css(selector)[:3]:
            given = node.attributes.get("datetime") or node.attributes.get("content") or ""
            text = node.text(separator=" ")
            if date := iso_date(given) or written_date(given, month_first=True) or written_date(text, month_first=month_first):
                return date
    return ""


def _language(head: str, metas: dict[str, str]) -> str:
    found = _LANG.search(head)
    code = found.group(1) if found else next(_first(metas, "language"), "")[:2]
    code = code.lower()
    return _OLD_CODES.get(code, code) if code.isalpha() else ""
