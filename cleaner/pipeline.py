"""The steps that see one article at a time: load_article, strip_article, finish_articles.

Each is a pure function `Article -> Article`. What needs the whole corpus (lines that repeat per site, near-duplicates)
happens between them; see pipeline.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cleaner.article import Article, Drop, Raw, Removal, claim
from cleaner.decode.decode import Decoded, decode, replacing
from cleaner.decode.labels import check_encoding
from cleaner.errors import OptionError
from cleaner.extract.page import Page, extract
from cleaner.language.identify import Language, foreign_paragraphs, identify, quick
from cleaner.options import Options
from cleaner.phrases.phrases import load_phrases, normalise_wording
from cleaner.plugins import plugin_removals
from cleaner.quality import check
from cleaner.read.fields import json_object
from cleaner.read.markup import has_markup, looks_like_html, unmark
from cleaner.repair.repair import repair
from cleaner.strip.space import close_gaps
from cleaner.strip.strip import strip

_PLAIN_URL = re.compile(r"https?://([A-Za-z0-9.-]+)(?=[/?#]|$)")

__all__ = ["finish_articles", "load_article", "site_of", "strip_article", "with_new_id"]

BAD_BYTES, MARKUP, REPEATED_ID = "bad-bytes", "markup", "repeated-id"
"""Flags of articles: bytes that are no character became U+FFFD; tags and entities in plain text were resolved; an
earlier article has the record's own id."""


def load_article(raw: Raw, options: Options) -> Article:
    """Decode, extract, repair: from here on `before` is frozen."""
    text, encoding, bad_bytes = _decoded(raw, options)
    page = Page(text=text)
    flags = (BAD_BYTES,) if bad_bytes else ()
    html = raw.html or options.content == "html" or (options.content == "auto" and looks_like_html(text))
    if html:
        page = extract(text, url=raw.url, extractor=options.extractor)
    elif options.content == "auto" and has_markup(text):
        page, flags = Page(text=unmark(text)), (*flags, MARKUP)
    repaired = repair(page.text, html=html)
    return Article(
        id=raw.id or (f"{raw.source}#{raw.record}" if raw.record else raw.source),
        source=raw.source,
        before=repaired.text,
        record=raw.record,
        title=repair(raw.title or page.title).text,
        author=repair(raw.author or page.author).text,
        date=raw.date or page.date,
        url=raw.url or page.url,
        site=_host(raw.url or page.url) or raw.site or page.site,
        encoding=encoding,
        repair=repaired.plan,
        page_kind=page.page_kind if html else "",
        input_kind="html" if html else "",
        flags=flags,
        meta=raw.meta,
        form=raw.form,
    )


def strip_article(article: Article, options: Options, *, language: str = "") -> Article:
    """Take off the cruft by the phrase lists of its language; what it says of the article goes to the fields."""
    if not options.strip:
        return article
    language = language or quick(article.before)
    html = article.input_kind == "html"
    stripped = strip(
        article.before,
        language=language,
        phrases=load_phrases(language, options.phrases),
        input_kind="text" if html else options.input_kind,
        title=options.title,
        keep_kinds=options.keep_kinds,
        only_kinds=options.only_kinds,
        allow=_allowed(options.allow),
        known_title=article.title,
    )
    article = article._replace(
        removals=stripped.removals,
        language=language,
        title=article.title or stripped.title,
        author=article.author or stripped.author,
        date=article.date or stripped.date,
        place=stripped.place,
        site=article.site or stripped.site,
        input_kind=article.input_kind or stripped.input_kind,
        flags=(*article.flags, *stripped.flags),
    )
    taken = [r for r in plugin_removals(article) if not _is_protected(r, article.before, options)]
    return (
        article._replace(removals=close_gaps(article.before, claim((*article.removals, *taken)))) if taken else article
    )


def _is_protected(removal: Removal, before: str, options: Options) -> bool:
    """Whether what a plugin takes is of a kind that stays, or touches a line that always stays."""
    if removal.kind in options.keep_kinds or (options.only_kinds and removal.kind not in options.only_kinds):
        return True
    start = before.rfind("\n", 0, removal.start) + 1
    end = before.find("\n", removal.end)
    lines = before[start : end if end >= 0 else None].split("\n")
    allowed = {normalise_wording(line) for line in _allowed(options.allow)}
    return any(normalise_wording(line) in allowed for line in lines)


def with_new_id(article: Article, id: str) -> Article:
    """An article whose own id an earlier one has: under another, with its own among the other fields, and flagged."""
    meta = json_object({"id": article.id, **json.loads(article.meta)})
    return article._replace(id=id, meta=meta, flags=(*article.flags, REPEATED_ID))


def finish_articles(articles: Sequence[Article], options: Options) -> list[tuple[Article, Drop | None]]:
    """Name the language of the clean texts and ask the guards; a Drop says why an article goes."""
    if options.drop_foreign_paragraphs:
        articles = [_without_foreign(a) for a in articles]
    texts = [a.text for a in articles]
    named = _named(texts, options.language_model)
    finished = []
    for article, text, language in zip(articles, texts, named, strict=True):
        verdict = check(
            text,
            language=language.code,
            flags=article.flags,
            guards=options.guards,
            min_chars=options.min_chars,
            max_chars=options.max_chars,
            before=article.before,
        )
        article = article._replace(
            language=language.code,
            language_score=language.score,
            languages=language.shares,
            flags=verdict.flags,
        )
        drop = Drop(article.id, verdict.drop, verdict.detail) if verdict.drop else _unwanted(article, options)
        finished.append((article, drop))
    return finished


def site_of(raw: Raw, article: Article) -> str:
    """The site on which lines are compared: the host of the URL, else the record's site field, else the folder."""
    return _host(article.url) or raw.site or str(Path(raw.source).parent)


def _named(texts: Sequence[str], model: str) -> list[Language]:
    return [Language("und", 0.0)] * len(texts) if model == "none" else identify(texts, model=model)


def _decoded(raw: Raw, options: Options) -> Decoded:
    if isinstance(raw.body, str):
        return Decoded(raw.body, raw.declared or "utf-8", raw.bad_bytes)
    if options.encoding:
        check_encoding(options.encoding)
        return replacing(raw.body, options.encoding)
    return decode(raw.body, declared=raw.declared, html=raw.html)


def _without_foreign(article: Article) -> Article:
    [language] = identify([article.text])
    spans = foreign_paragraphs(article.before, language.code)
    foreign = (Removal(a, b, "foreign-paragraph", "foreign", f"written in {code}") for a, b, code in spans)
    return article._replace(removals=close_gaps(article.before, claim((*article.removals, *foreign))))


def _unwanted(article: Article, options: Options) -> Drop | None:
    if options.articles_only and article.page_kind not in ("", "article"):
        return Drop(article.id, "not-an-article", f"the page is of the kind {article.page_kind}")
    if options.language and not {article.language, article.language.partition("-")[0]} & set(options.language):
        return Drop(article.id, "language", f"{article.language} is not among {', '.join(options.language)}")
    if article.language_score < options.min_language_score:
        return Drop(article.id, "language-score", f"{article.language_score} is under {options.min_language_score}")
    return None


@lru_cache(maxsize=1024)
def _host(url: str) -> str:
    if plain := _PLAIN_URL.match(url):
        return plain[1].lower().removeprefix("www.")
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # such as an unclosed [ in the place of the host
        return ""
    return host.removeprefix("www.")


@lru_cache(maxsize=8)
def _allowed(path: str) -> frozenset[str]:
    if not path:
        return frozenset()
    try:
        return frozenset(line.strip() for line in Path(path).read_text("utf-8-sig").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"--allow {path}: {error}. Give a UTF-8 text file with one line per line to keep.") from error
