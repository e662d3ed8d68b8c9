"""Clean one article: every step in its order. Read this page first; `corpus/clean.py` cleans a corpus.

    step            what it does                             code                  data                    measured
    decode          bytes become text                        decode/decode.py      decode/encodings.toml   decode.md
    extract         finds the article of an HTML page        extract/page.py       extract/data/           extract.md
    repair          mends mojibake, control characters       repair/repair.py      the tables of ftfy      repair.md
    quick language  chooses the phrase lists                 language/identify.py  language/lists/         language.md
    strip           site cruft becomes removals              strip/strip.py        phrases/lists/, judge/  strip.md
    [repeats]       lines that repeat on a site, per corpus  repeats/              the corpus itself       repeats.md
    language        identifies that of the clean text        language/identify.py  language/lists/         language.md
    guards          says why an article is dropped           quality.py            quality.toml            -
    [duplicates]    near-identical articles, per corpus      neardup/              the corpus itself       dedup.md

Square brackets mark the steps that need a whole corpus. The tests of a step are in tests/ under the name of its room,
its cases and traps (text that must stay) in tests/cases/, and its measurements (content lost, precision of each rule,
time) in benchmarks/results/, on the page of the last column.

An example: the rule `phrase-start` removes "Baca juga: Panen raya mundur". The rule is in strip/line_rules.py, its
wording in phrases/lists/id.toml under [related], its traps in tests/cases/strip/lines_id.jsonl, its precision in
benchmarks/results/strip.md. `cleaner phrases line "Baca juga: Panen raya mundur"` names the rule and the entry.

Every function here takes articles and returns new ones; none keeps anything between two calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cleaner.article import MARKUP, Article, Drop, Page, Raw, host_of, insert_removals
from cleaner.dates import numeric_order, read_date
from cleaner.decode.decode import Decoded, decode, decode_replacing
from cleaner.decode.labels import check_encoding
from cleaner.judge.line_judge import Steps, run_together
from cleaner.language.identify import identify, quick_language
from cleaner.options import Options
from cleaner.phrases.phrases import load_phrases
from cleaner.quality import check_guards, filter_article
from cleaner.read.fields import json_object
from cleaner.read.markup import has_markup, looks_like_html, unmark
from cleaner.repair.repair import UNMARK, repair
from cleaner.strip.further import strip_by_plugins, strip_foreign_paragraphs
from cleaner.strip.own_files import allowed_lines
from cleaner.strip.places import lower_capitals
from cleaner.strip.strip import Stripped, may_strip_beside, strip_steps
from cleaner.strip.tidy import tidy_space

__all__ = ["article_steps", "finish_articles", "load_article", "strip_article", "with_new_id"]

BAD_BYTES, GARBLED, REPEATED_ID = "bad-bytes", "garbled", "repeated-id"
"""Flags of articles: bytes that are no character became U+FFFD; the text looks like another script read as Latin
letters; an earlier article has the record's own id. A further one is MARKUP: tags, entities or escapes in plain text
were resolved."""


def load_article(raw: Raw, options: Options, *, everything: bool = False) -> Article:
    """Decode, extract and repair one record. From here on `before` is frozen: every removal is an offset into it.

    With `everything`, `left_out` has all paragraphs that extraction left out of a page, and not only prose. Raises
    OptionError for an unknown encoding or extractor; no record raises an error.
    """
    if raw.own is not None:
        return _own_article(raw, raw.own)
    if isinstance(raw.body, str):  # the reader of its format has decoded it: JSON, CSV, Parquet
        decoded = Decoded(raw.body, raw.declared or "utf-8", raw.bad_bytes)
    elif options.encoding:
        check_encoding(options.encoding)
        decoded = decode_replacing(raw.body, options.encoding)
    else:
        decoded = decode(raw.body, declared=raw.declared, html=raw.html)
    text = decoded.text
    flags = (BAD_BYTES,) if decoded.replaced else ()
    html = raw.html or options.content == "html" or (options.content == "auto" and looks_like_html(text))
    if html:
        from cleaner.extract.page import extract  # 34 ms of modules, which texts alone do not need

        page = extract(text, url=raw.url, extractor=options.extractor, everything=everything)
    elif options.content == "auto" and has_markup(text):
        page, flags = Page(text=unmark(text)), (*flags, MARKUP)
    else:
        page = Page(text=text)
    before = repair(page.text, html=html)
    flags = (*flags, GARBLED) if before.doubtful else flags
    plan = before.plan
    if MARKUP in flags:
        plan = (f"0:{len(text)} {UNMARK}", *(("then", *plan) if plan else ()))
    date = read_date(raw.date, not_after=raw.crawled)
    if not date and any(map(str.isdecimal, raw.date)):  # the language may decide which number is the month
        language, order = quick_language(before.text), numeric_order(before.text)
        date = read_date(raw.date, language=language, order=order, not_after=raw.crawled)
    # Fields of the record come before what its page says.
    return Article(
        id=raw.id or (f"{raw.source}#{raw.record}" if raw.record else raw.source),
        source=raw.source,
        before=before.text,
        record=raw.record,
        title=repair(raw.title or page.title).text,
        author=repair(raw.author or page.author).text,
        date=date or page.date,
        date_text=raw.date or page.date_text,
        crawled=read_date(raw.crawled) or raw.crawled,
        url=raw.url or page.url,
        site=host_of(raw.url or page.url) or raw.site or page.site,
        encoding=decoded.encoding,
        repair=plan,
        page_kind=page.page_kind if html else "",
        input_kind="html" if html else "",
        flags=flags,
        meta=raw.meta,
        form=raw.form,
        original=text if not html and text != before.text else "",  # the original of a page is its file
        left_out=page.left_out,
        left_out_counts=page.left_out_counts,
    )


_TEXTS = (
    "title",
    "author",
    "date",
    "date_text",
    "crawled",
    "place",
    "url",
    "site",
    "encoding",
    "page_kind",
    "input_kind",
)
"""The fields that an article takes over unchanged from a record of an earlier run."""


def _own_article(raw: Raw, own: Mapping[str, Any]) -> Article:
    """Return an article that an earlier run has written: its text is clean, and its fields and language stay."""
    return Article(
        id=raw.id,
        source=own["source"],
        before=str(raw.body),
        record=raw.record,
        language=own["language"],
        language_score=own["language_score"],
        languages=tuple(json.loads(own["languages"]).items()),
        **{key: own[key] for key in _TEXTS},
        repair=tuple(own["repair"]),
        flags=tuple(own["flags"]),
        duplicates=tuple(own["duplicates"]),
        meta=raw.meta,
        form=raw.form,
        known=True,
    )


def strip_article(article: Article, options: Options) -> Article:
    """Add the removals of site cruft, and the facts that cruft holds: title, author, date, place, site."""
    return run_together((article_steps(article, options),))[0]


def article_steps(article: Article, options: Options, *, language: str = "") -> Steps[Article]:
    """Do what `strip_article` does, as steps between which lines wait for the judge: `run_together` does many at once.

    `language` chooses the phrase lists where the caller knows it; else the beginning of the text chooses them.
    """
    if not options.strip:
        return article
    language = language or quick_language(article.before)
    # Extraction has removed the navigation of a page, and an earlier run has cleaned its own output.
    bare = article.input_kind == "html" or article.known
    input_kind = "text" if bare else options.input_kind
    stripped = yield from _stripped(article, article.before, input_kind, language, options)
    article = _with_facts(article, stripped)._replace(
        removals=stripped.removals,
        language=article.language if article.known else language,
        input_kind=article.input_kind or stripped.input_kind,
        flags=tuple(dict.fromkeys((*article.flags, *stripped.flags))),
    )
    return strip_by_plugins(article, options)


def _stripped(article: Article, text: str, input_kind: str, language: str, options: Options) -> Steps[Stripped]:
    """Find the cruft in a text of the article, under these options."""
    stripped = yield from strip_steps(
        text,
        load_phrases(language, options.phrases),
        input_kind=input_kind,
        title=options.title,
        keep_kinds=options.keep_kinds,
        only_kinds=options.only_kinds,
        allow=allowed_lines(options.allow),
        known_title=article.title,
    )
    return replace(stripped, place=lower_capitals(stripped.place, language))


def _with_facts(article: Article, stripped: Stripped) -> Article:
    """Return the article with the facts that its cruft holds, where it has none of its own."""
    facts = {name: getattr(article, name) or getattr(stripped, name) for name in _FACTS}
    if not article.date and stripped.date:
        language = article.language if article.language != "und" else quick_language(article.before)
        order = numeric_order(article.before)
        facts["date"] = read_date(stripped.date, language=language, order=order, not_after=article.crawled)
        facts["date_text"] = article.date_text or stripped.date
    return article._replace(**facts)


_FACTS = ("title", "author", "place", "site")
"""Facts that cruft may hold: a credit names the author, a dateline the place."""


def _behind_repeats(article: Article, options: Options) -> Steps[Article]:
    """Strip the article once more beside the lines that were removed because they repeat on its site.

    Such a line may have stood below a signature, or above a heading, which is now at an edge of the text. Without this
    step only a second run over the output would find it.
    """
    gaps, gone = [], 0  # the offsets of the clean text at which those lines stood
    for removal in article.removals if options.strip else ():
        if removal.kind == "repeat" or removal.rule == "headline":
            gaps.append(removal.start - gone)
        gone += removal.end - removal.start
    text = article.text if gaps else ""
    # Most of these lines stand between paragraphs; stripping again beside each would take 4 % of a run.
    if not may_strip_beside(text, gaps, load_phrases(article.language, options.phrases)):
        return article
    stripped = yield from _stripped(article, text, "text", article.language, options)
    if not stripped.removals:
        return article
    return _with_facts(article, stripped)._replace(removals=insert_removals(article.removals, stripped.removals))


def finish_articles(articles: Sequence[Article], options: Options) -> list[tuple[Article, Drop | None]]:
    """Identify the language of each clean text and apply the guards. A Drop says why its article is dropped.

    Give many articles at once: a sentence takes the language model .07 ms in a batch and .38 ms alone.
    """
    articles = run_together(_behind_repeats(article, options) for article in articles)
    if options.drop_foreign_paragraphs:
        articles = [strip_foreign_paragraphs(article) for article in articles]
    if options.tidy_space:
        articles = [tidy_space(article) for article in articles]
    texts = [article.text for article in articles]
    new = [text for article, text in zip(articles, texts, strict=True) if not article.known]
    languages = iter(identify(new, model=options.language_model))
    finished = []
    for article, text in zip(articles, texts, strict=True):
        if not article.known:
            language = next(languages)
            article = article._replace(language=language.code, language_score=language.score, languages=language.shares)
        result = check_guards(
            text,
            language=article.language,
            flags=article.flags,
            guards=options.guards,
            min_chars=options.min_chars,
            max_chars=options.max_chars,
            before=article.before,
        )
        article = article._replace(flags=result.flags)
        drop = Drop(article.id, result.drop, result.detail) if result.drop else filter_article(article, options)
        finished.append((article, drop))
    return finished


def with_new_id(article: Article, new: str) -> Article:
    """Return an article under the id `new`, because an earlier one has its own id, which is kept in `meta`. It is
    flagged."""
    meta = json_object({"id": article.id, **json.loads(article.meta)})
    return article._replace(id=new, meta=meta, flags=(*article.flags, REPEATED_ID))
