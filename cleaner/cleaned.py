"""Articles from Python: `clean` and `clean_html` for one, `iter_clean` for a stream of them, and what they return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cleaner.article import Article, Drop, Raw, Removal
from cleaner.errors import InputError
from cleaner.options import Options
from cleaner.source.fields import raw_record
from cleaner.steps import home, prepare, settle, tidy
from cleaner.strip.learned import learned_file, load_learned
from cleaner.strip.repeats import Repeats
from cleaner.strip.site_lines import site_lines

__all__ = ["Cleaned", "Given", "clean", "clean_html", "iter_clean"]

Given = str | bytes | Mapping[str, Any] | tuple[str, str | bytes]
"""An article as people hold it: its text or HTML, a record with fields, or a pair of id and text."""

BATCH, BATCH_CHARACTERS = 256, 1 << 20
"""What is cleaned at once, for the language calls are cheaper together; and what bounds the memory."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One cleaned article, as `clean`, `clean_html` and `iter_clean` return it. A notebook shows it with its removals.

    `before` minus `removals` (spans in code points, sorted, disjoint) is `text`. `dropped` is the reason for which a
    corpus run would leave the article out, "" when it would stay. `meta` holds the other fields of a record, as JSON.

    >>> clean("Panen raya di lembah mundur sepekan, kata penyuluh.\\n\\nIklan")
    <Cleaned 'Panen raya di lembah mundur sepekan, kat…' language=id removals=1>
    """

    id: str
    text: str
    before: str
    removals: tuple[Removal, ...]
    language: str
    language_score: float
    languages: tuple[tuple[str, float], ...]
    title: str
    author: str
    date: str
    place: str
    url: str
    site: str
    encoding: str
    repair: tuple[str, ...]
    page_kind: str
    input_kind: str
    flags: tuple[str, ...]
    meta: str
    dropped: str

    def __repr__(self) -> str:
        start = self.text[:40] + ("…" if len(self.text) > 40 else "")
        removals = sum(r.kind != "space" for r in self.removals)
        dropped = f" dropped={self.dropped}" if self.dropped else ""
        return f"<Cleaned {start!r} language={self.language} removals={removals}{dropped}>"

    def _repr_html_(self) -> str:
        from cleaner.output.notebook import marked

        return marked(self)


def clean(text: str | bytes, *, language: str | None = None, options: Options | None = None) -> Cleaned:
    """Clean one article of plain text; bytes are decoded first.

    `language` names the language of the text where it is known (an ISO 639-1 code); else it is found. Never raises on
    any text.

    >>> clean("Harga beras naik di pasar induk, kata pedagang.\\n\\nBaca juga: Panen raya mundur").text
    'Harga beras naik di pasar induk, kata pedagang.'
    """
    return _cleaned(Raw(source="", record=0, body=text), options or Options(), language or "")


def clean_html(
    html: str | bytes, *, url: str = "", language: str | None = None, options: Options | None = None
) -> Cleaned:
    """Clean one article out of a web page. `url` gives the site and helps to tell an article from a listing.

    >>> page = "<html><body><h1>Feri kandas</h1><article><p>Feri itu kandas di mulut muara pada Selasa pagi, kata"
    >>> clean_html(page + " petugas di dermaga.</p></article></body></html>", url="https://contoh.example/feri").site
    'contoh.example'
    """
    return _cleaned(Raw(source="", record=0, body=html, html=True, url=url), options or Options(), language or "")


def iter_clean(articles: Iterable[Given], options: Options | None = None) -> Iterator[Cleaned]:
    """Clean a stream of articles, one result for each, in their order, in bounded memory.

    An article is its text or HTML (str or bytes), a pair `(id, text)`, or a mapping whose fields are found by the usual
    names or by those of `options`, as in a file of records. Texts, removals and fields are those of `clean_corpus`, but
    for what needs the whole corpus: near-duplicates (see `cleaner.dedup`), `one_per_url` and `against` have no effect
    here, and lines that repeat per site go only where `options.learned` names the file in which a run over a corpus
    left them. An article that a corpus would leave out has the reason in `dropped`. Raises InputError for a
    mapping without a field of text, naming its number.

    >>> given = ["Panen raya mundur sepekan, kata penyuluh.\\n\\nIklan", {"id": "b", "judul": "Feri", "isi": ""}]
    >>> [(a.id, a.text, a.dropped) for a in iter_clean(given)]
    [('', 'Panen raya mundur sepekan, kata penyuluh.', ''), ('b', '', 'empty')]
    """
    options = options or Options()
    known = _learned(options)
    for batch in _batches(_raw(article, n, options) for n, article in enumerate(articles, 1)):
        tidied = [tidy(prepare(raw, options), options) for raw in batch]
        if known:
            sites = [home(raw, article) for raw, article in zip(batch, tidied, strict=True)]
            tidied = known.take_all(tidied, site_lines([a.text for a in tidied], sites))
        for article, drop in settle(tidied, options):
            yield _result(article, drop)


def _learned(options: Options) -> Repeats | None:
    """What runs over whole corpora learned about sites, where a file of it is named."""
    if not options.learned or not options.repeats:
        return None
    return load_learned(learned_file(options.learned).splitlines(), options.learned)[0]


def _cleaned(raw: Raw, options: Options, language: str) -> Cleaned:
    [(article, drop)] = settle([tidy(prepare(raw, options), options, language=language)], options)
    return _result(article._replace(language=language) if language else article, drop)


def _result(article: Article, drop: Drop | None) -> Cleaned:
    return Cleaned(**{name: getattr(article, name) for name in _SHARED}, dropped=drop.reason if drop else "")


_SHARED = tuple(name for name in Cleaned.__dataclass_fields__ if name != "dropped")


def _raw(article: Given, number: int, options: Options) -> Raw:
    if isinstance(article, str | bytes):
        return Raw("", 0, article)
    if isinstance(article, tuple):
        own, body = article
        return Raw("", 0, body, id=own)
    try:
        return replace(raw_record(article, "", number, options, may_be_empty=True), record=0)
    except InputError as error:
        raise InputError(f"Article {number}: {error.detail}", error.advice) from None


def _batches(raws: Iterator[Raw]) -> Iterator[Sequence[Raw]]:
    batch: list[Raw] = []
    characters = 0
    for raw in raws:
        batch.append(raw)
        characters += len(raw.body)
        if len(batch) == BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
