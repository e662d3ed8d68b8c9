"""The functions of `import cleaner` for articles in memory: clean, clean_html, iter_clean and dedup; what they
return."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from typing import Any, Generic, TypeVar

from cleaner.article import LeftOut, Raw, Removal, host_of, site_for_repeats
from cleaner.dates import read_date, sort_key
from cleaner.engine.time_limit import RecordTimeout, time_limit
from cleaner.errors import InputError, OptionError
from cleaner.judge.line_judge import run_together
from cleaner.language.identify import quick_languages
from cleaner.language_codes import language_code
from cleaner.options import RANGES, Options
from cleaner.pipeline import article_steps, finish_articles, load_article
from cleaner.read.fields import MOST_UNPACKED, is_missing, raw_record
from cleaner.read.selection import draw
from cleaner.repeats.repeats import Repeats
from cleaner.repeats.site_lines import site_lines
from cleaner.repeats.site_rules import load_site_rules, read_rules_file
from cleaner.strip.own_files import reread_own_files

__all__ = ["Cleaned", "DedupResult", "Duplicate", "Given", "Pair", "clean", "clean_html", "dedup", "iter_clean"]

T = TypeVar("T")

Given = str | bytes | None | Mapping[str, Any] | tuple[str, str | bytes | None]
"""An article as `iter_clean` takes it: its text or HTML, a record with fields, or a pair of id and text. None, and the
missing values of NumPy and pandas, are empty texts."""

BATCH, BATCH_CHARACTERS = 256, 1 << 20
"""Articles that `iter_clean` works on at once, because identifying the language is cheaper for many; and code points at
which a batch ends, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One cleaned article, as `clean`, `clean_html` and `iter_clean` return it. A notebook shows it with its removals.

    `before` is the decoded and repaired text (of a page: the text of its article), and `text` is the clean text:
    `before` with the span of each of `removals` replaced. Spans are offsets in code points, sorted and disjoint.
    `left_out` are the paragraphs of a web page that are not in `before`: all of them, in the order of the page, each
    with its kind and the reason why it was left out, and prose with its place on the page. `dropped` is the reason for
    which a corpus run would drop the article, "" when it would keep it.

    `language` is a code of ISO 639, "und" where it is not known. `language_score` is the share of such answers that are
    right, and `languages` are (code, share of the text); both from 0 to 1. `date` is that of publication in ISO 8601,
    and `date_text` its wording; `crawled` is when a crawler fetched the article. `meta` holds the other fields of a
    record, as JSON. Facts that are not known are "".

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
    date_text: str
    crawled: str
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
    left_out: tuple[LeftOut, ...] = ()

    def __repr__(self) -> str:
        start = self.text[:40] + ("…" if len(self.text) > 40 else "")
        removals = sum(r.kind != "space" for r in self.removals)
        dropped = f" dropped={self.dropped}" if self.dropped else ""
        return f"<Cleaned {start!r} language={self.language} removals={removals}{dropped}>"

    def _repr_html_(self) -> str:
        from cleaner.audit.notebook import article_html

        return article_html(self)


def clean(
    text: str | bytes | None, *, language: str | None = None, timeout: float = 0.0, options: Options | None = None
) -> Cleaned:
    """Clean one article of plain text. Bytes are decoded first; a missing value, such as None or NaN, is an empty text.

    `language` is the language of the text where you know it, by any code of ISO 639 or by its name; without it the
    language is identified. `timeout` is in seconds of CPU time, and 0 is no limit. Raises InputError when the text
    takes longer, or is packed and unpacks to more than 64 MB; no other text raises an error. Raises TypeError for what
    is no text, OptionError for an unknown language or a wrong timeout.

    The limit needs a signal, which Python handles in the main thread alone: in another thread, and where a profiler
    uses the same clock, it has no effect. Use a separate process there.

    >>> clean("Harga beras naik di pasar induk, kata pedagang.\\n\\nBaca juga: Panen raya mundur").text
    'Harga beras naik di pasar induk, kata pedagang.'
    """
    return _clean_alone(
        Raw(source="", record=0, body=_body(text, "The article")), options or Options(), language or "", timeout
    )


def clean_html(
    html: str | bytes | None,
    *,
    url: str = "",
    language: str | None = None,
    timeout: float = 0.0,
    options: Options | None = None,
) -> Cleaned:
    """Extract the article of a web page and clean it. Its `url` gives the site, and helps to tell it from a listing.

    `language`, `timeout` and the errors are those of `clean`. Every visible paragraph of the page is exactly once
    either in `before` or in `left_out`.

    >>> page = "<html><body><h1>Feri kandas</h1><article><p>Feri itu kandas di mulut muara pada Selasa pagi, kata"
    >>> clean_html(page + " petugas di dermaga.</p></article></body></html>", url="https://contoh.example/feri").site
    'contoh.example'
    >>> clean_html("<nav>Beranda</nav><p>Feri kandas di muara pada Selasa.").left_out
    (LeftOut(text='Beranda', kind='nav', reason='menu', place='', line=0),)
    """
    raw = Raw(source="", record=0, body=_body(html, "The article"), html=True, url=url)
    return _clean_alone(raw, options or Options(), language or "", timeout)


def iter_clean(articles: Iterable[Given], options: Options | None = None) -> Iterator[Cleaned]:
    """Clean a stream of articles, one result for each, in their order, in bounded memory.

    An article is its text or HTML (str or bytes), a pair `(id, text)`, or a mapping whose fields are found by the usual
    names or by those of `options`, as in a file of records. Texts, removals and fields are those of `clean_corpus`,
    without the steps that need the whole corpus: near-duplicates (see `cleaner.dedup`), `one_per_url` and `against`
    have no effect here, and lines that repeat per site are removed only if `options.site_rules` names a file with those
    that a run over a corpus found. `options.limit` ends the stream early; `options.sample` reads all of it, and holds
    and cleans the sample. An article that a corpus would leave out is yielded too, with the reason in `dropped`.

    Raises InputError for a mapping without a field of text and TypeError for what is no text, both with the number of
    the article, from 1; and TypeError for one text, path or record in the place of several.

    >>> given = ["Panen raya mundur sepekan, kata penyuluh.\\n\\nIklan", {"id": "b", "judul": "Feri", "isi": ""}]
    >>> [(a.id, a.text, a.dropped) for a in iter_clean(given)]
    [('', 'Panen raya mundur sepekan, kata penyuluh.', ''), ('b', '', 'empty')]
    """
    _check_articles(articles, "iter_clean")
    return _stream(articles, options or Options())


def _stream(articles: Iterable[Given], options: Options) -> Iterator[Cleaned]:
    """Yield the results of `iter_clean`, which checks its arguments at once and not when the first result is taken."""
    reread_own_files(options)
    # Only a run over a corpus finds lines that repeat on a site; a stream uses those of its file.
    site_rules = None
    if options.site_rules and options.repeats:
        site_rules, _ = load_site_rules(read_rules_file(options.site_rules).splitlines(), options.site_rules)
    # 256 records, or fewer that together are long; no more than these are read ahead.
    batch: list[Raw] = []
    characters = 0
    numbered: Iterable[tuple[int, Given]] = enumerate(islice(articles, options.limit or None), 1)
    if options.sample:  # drawn by their numbers, so that only the sample is held in memory
        numbered = sorted(
            nsmallest(options.sample, numbered, key=lambda one: draw("", one[0], options.seed)), key=itemgetter(0)
        )
    try:
        for number, article in numbered:
            batch.append(_raw(article, number, options))
            characters += len(batch[-1].body)
            if len(batch) == BATCH or characters >= BATCH_CHARACTERS:
                complete, batch, characters = batch, [], 0
                yield from _clean_batch(complete, options, site_rules=site_rules)
    except Exception:
        # The error of one article, or of what gives them, comes behind the results of those that were read before it.
        if batch:
            yield from _clean_batch(batch, options, site_rules=site_rules)
        raise
    if batch:
        yield from _clean_batch(batch, options, site_rules=site_rules)


def _clean_alone(raw: Raw, options: Options, language: str, timeout: float) -> Cleaned:
    """Clean one article by itself. A `language` from the caller is the one of the result."""
    # written so that NaN, which compares false with everything, is refused as well
    if not isinstance(timeout, int | float) or not 0 <= timeout <= RANGES["record_timeout"][1]:
        raise OptionError(f"timeout is {timeout!r}; it has to be a number of seconds, 0 for no limit.")
    reread_own_files(options)
    try:
        with time_limit(timeout) as clock, clock:
            [cleaned] = _clean_batch([raw], options, language=language and language_code(language))
    except RecordTimeout:
        raise InputError(
            f"The article takes more than {timeout:g} seconds of CPU time.", "Leave it out, or raise the timeout."
        ) from None
    return cleaned


_SHARED = tuple(name for name in Cleaned.__dataclass_fields__ if name != "dropped")
"""The fields that a Cleaned takes from its Article."""


def _clean_batch(
    batch: Sequence[Raw], options: Options, *, language: str = "", site_rules: Repeats | None = None
) -> Iterator[Cleaned]:
    """Clean some records: each step is done for all of them before the next one begins."""
    loaded = [load_article(raw, options, everything=True) for raw in batch]
    languages = (
        [language] * len(batch) if language or not options.strip else quick_languages([a.before for a in loaded])
    )
    stripped = run_together(
        article_steps(article, options, language=code) for article, code in zip(loaded, languages, strict=True)
    )
    if site_rules:
        sites = [site_for_repeats(raw, article) for raw, article in zip(batch, stripped, strict=True)]
        stripped = site_rules.take_all(
            stripped, site_lines([a.text for a in stripped], sites, [a.title for a in stripped])
        )
    for article, drop in finish_articles(stripped, options):
        if options.mask:
            from cleaner.mask.mask import mask_article

            article = mask_article(article, options.mask)
        found = {name: getattr(article, name) for name in _SHARED}
        found |= {"language": language} if language else {}
        yield Cleaned(**found, dropped=drop.reason if drop else "")


def _raw(article: Given, number: int, options: Options) -> Raw:
    """Return an article of `iter_clean` as a record, whose id does not contain its number: the caller has the order."""
    if isinstance(article, tuple) and len(article) == 2:
        return Raw("", 0, _body(article[1], f"The text of article {number}"), id=article[0])
    if not isinstance(article, Mapping):
        return Raw("", 0, _body(article, f"Article {number}"))
    try:
        return replace(raw_record(article, "", number, options, may_be_empty=True), record=0)
    except InputError as error:
        raise InputError(f"Article {number}: {error.detail}", error.advice) from None


def _body(text: Any, what: str) -> str | bytes:
    """Return a text, unpacked where a server had packed it; "" for a missing one.

    Raises TypeError, with `what` as its subject, for no text, and TooLarge where unpacking would fill the memory.
    """
    if isinstance(text, bytes):  # which may be packed, as a server sends it
        from cleaner.read.http import unpack_by_magic

        return unpack_by_magic(text, MOST_UNPACKED)[0]
    if isinstance(text, str):
        return text
    if is_missing(text):
        return ""
    raise TypeError(f"{what} has to be str or bytes, not {type(text).__name__}.")


def _check_articles(articles: object, name: str) -> None:
    """Raise TypeError where one article, or a frame, was given in the place of several: iterating over it would give
    letters, or the names of its columns."""
    if isinstance(articles, str | bytes | os.PathLike | Mapping):
        kind = "record" if isinstance(articles, Mapping) else "text or path"
        raise TypeError(
            f"{name} takes several articles, and was given one {kind}. Put an article into a list: [article]. Files "
            "are cleaned by cleaner.clean_corpus(path, output)."
        )
    if hasattr(articles, "columns"):
        raise TypeError(
            f"{name} takes articles, and was given a frame, which gives its columns. Give its records, as "
            "frame.to_dict('records'), or use clean_frame of cleaner.integrations.pandas or .polars."
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """A doubtful pair: two similar articles that are not duplicates of each other, and the rule that decided so.

    `id` and `other` are the ids of both, `jaccard` is the similarity of their shingles from 0 to 1.

    >>> Pair(id="b", other="a", jaccard=0.58, rule="jaccard").other
    'a'
    """

    id: str
    other: str
    jaccard: float
    rule: str


@dataclass(frozen=True, slots=True)
class Duplicate(Generic[T]):
    """An article that is a duplicate, and the id of the one that is kept in its place, `keeper`.

    `article` is the object that was given. `jaccard` is the similarity of the shingles of both, `containment` the share
    of the shorter one's shingles that the other one has, both from 0 to 1; `rule` is the rule that decided.

    >>> from cleaner import dedup
    >>> [copy] = dedup([("a", "Feri kandas di muara."), ("b", "FERI kandas di muara")]).dropped
    >>> (copy.id, copy.keeper, copy.jaccard)
    ('b', 'a', 1.0)
    """

    article: T
    id: str
    keeper: str
    jaccard: float
    containment: float
    rule: str


@dataclass(frozen=True, slots=True)
class DedupResult(Generic[T]):
    """The result of `cleaner.dedup`: the articles that are kept, the duplicates, and the pairs that nearly were some.

    Articles are the objects that were given, in their order. `doubtful` has the most similar pair first. A notebook
    shows the pairs as a table.

    >>> from cleaner import dedup
    >>> dedup([("a", "Feri kandas di muara."), ("b", "FERI kandas di muara"), ("c", "Harga beras naik lagi.")])
    <DedupResult kept=2 dropped=1 doubtful=0>
    """

    kept: tuple[T, ...]
    dropped: tuple[Duplicate[T], ...]
    doubtful: tuple[Pair, ...]

    def __repr__(self) -> str:
        return f"<DedupResult kept={len(self.kept)} dropped={len(self.dropped)} doubtful={len(self.doubtful)}>"

    def _repr_html_(self) -> str:
        from cleaner.audit.notebook import pairs_html

        return pairs_html(self)

    def duplicates_of(self, keeper: str) -> tuple[Duplicate[T], ...]:
        """Return the duplicates in whose place the article with the id `keeper` is kept, the most similar first.

        >>> from cleaner import dedup
        >>> found = dedup([("a", "Feri kandas di muara."), ("b", "FERI kandas di muara")])
        >>> [copy.id for copy in found.duplicates_of("a")]
        ['b']
        """
        return tuple(sorted((d for d in self.dropped if d.keeper == keeper), key=lambda d: (-d.jaccard, d.id)))


@dataclass(frozen=True, slots=True)
class _Known:
    """An article as it is compared."""

    id: str
    text: str
    date: str = ""
    site: str = ""
    url: str = ""


def dedup(articles: Iterable[T], *, min_similarity: float = 0.6, keep_duplicate: str = "longest") -> DedupResult[T]:
    """Find near-identical articles among texts that are clean already; of each group one is kept.

    An article is a text, a pair `(id, text)`, a mapping with the usual fields, or an object with `text` and perhaps
    `id`, `date`, `site` and `url`, such as `iter_clean` yields. Its site is the host of its URL, else that field. An
    article without an id has its number, from 0, as its id.

    Two articles are duplicates if the Jaccard similarity of their shingles is at least `min_similarity`, from 0 to 1,
    or if they are crawls of one URL and the longer one contains the shorter. `keep_duplicate` chooses which is kept:
    the "longest", the "earliest" by date, or the "first" by id. All texts are held in memory; for more, use
    `clean_corpus` or `cleaner dedup`. Raises OptionError for an unknown `keep_duplicate`, InputError for a mapping
    without text, TypeError for an article of another type, or one in the place of several.

    >>> text = "Panen raya di lembah mundur sepekan karena hujan, kata petugas penyuluh dari kota itu kemarin"
    >>> found = dedup([("a", text + "."), ("b", text.upper()), ("c", "Feri kandas di mulut muara pada Selasa pagi.")])
    >>> [id for id, text in found.kept], [(d.id, d.keeper, d.jaccard) for d in found.dropped]
    (['a', 'c'], [('b', 'a', 1.0)])
    """
    from cleaner.corpus.duplicates import find_duplicates_of_texts

    # checks both values
    options = Options(keep_duplicate=keep_duplicate, min_similarity=min_similarity)
    _check_articles(articles, "dedup")
    given = list(articles)
    known = [_known(article, number) for number, article in enumerate(given)]
    found = find_duplicates_of_texts(
        [a.text for a in known],
        [a.id for a in known],
        dates=[sort_key(read_date(a.date)) for a in known],
        sites=[a.site for a in known],
        urls=[a.url for a in known],
        keep=options.keep_duplicate,
        min_similarity=options.min_similarity,
    )
    gone = {number for number, *_ in found.dropped}
    return DedupResult(
        tuple(article for number, article in enumerate(given) if number not in gone),
        tuple(Duplicate(given[a], known[a].id, known[b].id, j, c, rule) for a, b, j, c, rule in found.dropped),
        tuple(Pair(known[high].id, known[low].id, jaccard, rule) for low, high, jaccard, rule in found.doubtful),
    )


def _known(article: Any, number: int) -> _Known:
    """Return an article as it is compared. Raises TypeError for what is no text, pair, record or object with a text."""
    if isinstance(article, tuple) and len(article) == 2:
        return _Known(str(article[0]), _text(article[1], f"The text of article {number}"), "", "")
    if isinstance(article, Mapping):
        raw = raw_record(article, "", number, Options(content="plain"), may_be_empty=True)
        text = _text(raw.body, f"Article {number}")
        return _Known(raw.id or str(number), text, raw.date, host_of(raw.url) or raw.site, raw.url)
    if not hasattr(article, "text"):
        return _Known(str(number), _text(article, f"Article {number}"), "", "")
    names = ("id", "text", "date", "site", "url")
    known = _Known(*(str(getattr(article, name, "") or "") for name in names))
    return replace(known, id=known.id or str(number), site=host_of(known.url) or known.site)


def _text(text: Any, what: str) -> str:
    """Return a text, decoded where it is bytes. Raises TypeError for anything else."""
    body = _body(text, what)
    return body if isinstance(body, str) else body.decode("utf-8", "replace")
