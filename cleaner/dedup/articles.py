"""Near-duplicates among articles in memory: what `cleaner.dedup(articles)` does and returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from cleaner.dedup.duplicates import RULES, Duplicates, deduplicate
from cleaner.dedup.rank import rank_articles
from cleaner.dedup.sketches import sketch
from cleaner.options import Options
from cleaner.source.fields import raw_record

__all__ = ["Duplicate", "Pair", "Unique", "dedup"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that stay apart though they are nearly alike, and the rule that parts them.

    >>> Pair(id="b", beside="a", jaccard=0.58, rule="jaccard").beside
    'a'
    """

    id: str
    beside: str
    jaccard: float
    rule: str


@dataclass(frozen=True, slots=True)
class Duplicate(Generic[T]):
    """An article that goes, and the id of the one that stays in its place.

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
class Unique(Generic[T]):
    """What `cleaner.dedup` found: the articles that stay, those that go, and the pairs that were close to it.

    Articles are the objects that were given, in their order. `doubtful` has the most alike pair first.

    >>> from cleaner import dedup
    >>> dedup([("a", "Feri kandas di muara."), ("b", "FERI kandas di muara"), ("c", "Harga beras naik lagi.")])
    <Unique kept=2 dropped=1 doubtful=0>
    """

    kept: tuple[T, ...]
    dropped: tuple[Duplicate[T], ...]
    doubtful: tuple[Pair, ...]

    def __repr__(self) -> str:
        return f"<Unique kept={len(self.kept)} dropped={len(self.dropped)} doubtful={len(self.doubtful)}>"

    def _repr_html_(self) -> str:
        from cleaner.output.notebook import table

        return table(self)

    def stands_for(self, keeper: str) -> tuple[Duplicate[T], ...]:
        """The articles in whose place the article with the id `keeper` stays, the most alike first."""
        return tuple(sorted((d for d in self.dropped if d.keeper == keeper), key=lambda d: (-d.jaccard, d.id)))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the comparison asks of an article."""

    id: str
    text: str
    date: str
    site: str


def dedup(articles: Iterable[T], *, min_similarity: float = 0.6, keep: str = "longest") -> Unique[T]:
    """Find near-identical articles among texts that are clean already; of each group one stays.

    An article is a text, a pair `(id, text)`, a mapping with the usual fields, or an object with `text` and perhaps
    `id`, `date` and `site`, such as `iter_clean` gives. Without an id its number (from 0) is its name. `min_similarity`
    is the Jaccard similarity from which two are one; `keep` says who stays: the "longest", the "earliest" by date, or
    the "first" by id. All texts are held in memory; for more, use `clean_corpus` or the command `cleaner dedup`.
    Raises OptionError for an unknown `keep`, InputError for a mapping without text.

    >>> text = "Panen raya di lembah mundur sepekan karena hujan, kata petugas penyuluh dari kota itu kemarin"
    >>> found = dedup([("a", text + "."), ("b", text.upper()), ("c", "Feri kandas di mulut muara pada Selasa pagi.")])
    >>> [id for id, text in found.kept], [(d.id, d.keeper, d.jaccard) for d in found.dropped]
    (['a', 'c'], [('b', 'a', 1.0)])
    """
    given = list(articles)
    known = [_known(article, n) for n, article in enumerate(given)]
    lengths = np.array([len(a.text) for a in known], np.int64)
    names = sorted({a.site for a in known})
    number = {name: n for n, name in enumerate(names)}
    found = deduplicate(
        sketch([a.text for a in known]),
        # ids may be equal here: the place decides then
        rank=rank_articles(lengths, [a.date for a in known], [f"{a.id}\0{n:012}" for n, a in enumerate(known)], keep),
        sites=np.array([number[a.site] if a.site else -1 for a in known], np.int32),
        texts=lambda rows: [known[row].text for row in rows.tolist()],
        min_similarity=min_similarity,
    )
    return _unique(given, [a.id for a in known], found)


def _unique(given: Sequence[T], ids: Sequence[str], found: Duplicates) -> Unique[T]:
    gone = set(found.row.tolist())
    columns = (found.row, found.keeper_row, found.jaccard.round(4), found.containment.round(4), found.rule)
    return Unique(
        tuple(article for row, article in enumerate(given) if row not in gone),
        tuple(
            Duplicate(given[row], ids[row], ids[keeper], jaccard, containment, RULES[rule])
            for row, keeper, jaccard, containment, rule in zip(*(c.tolist() for c in columns), strict=True)
        ),
        tuple(
            Pair(ids[high], ids[low], round(jaccard, 4), RULES[rule])
            for (low, high), jaccard, rule in zip(
                found.doubtful_rows.tolist(), found.doubtful_jaccard.tolist(), found.doubtful_rule.tolist(), strict=True
            )
        ),
    )


def _known(article: Any, number: int) -> _Known:
    if isinstance(article, tuple):
        return _Known(str(article[0]), article[1], "", "")
    if isinstance(article, Mapping):
        raw = raw_record(article, "", number, Options(text_is="plain"), may_be_empty=True)
        text = raw.body if isinstance(raw.body, str) else raw.body.decode("utf-8", "replace")
        return _Known(raw.id or str(number), text, raw.date, raw.site)
    if isinstance(article, str):
        return _Known(str(number), article, "", "")
    named = (str(getattr(article, name, "") or "") for name in ("id", "text", "date", "site"))
    known = _Known(*named)
    return known if known.id else _Known(str(number), known.text, known.date, known.site)
