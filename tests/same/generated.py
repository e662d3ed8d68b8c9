"""Articles for the check of sameness: twelve languages, site boilerplate, near-duplicates, damage; the same everywhere.

Python promises one sequence for one seed of `Random.random` alone, so nothing else of `random` is called here, and no
set is iterated: the articles are the same bytes on each machine and Python version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

__all__ = ["VOCABULARY", "articles"]

T = TypeVar("T")

WORDS = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
"""For each language its share in percent, words of news prose, and lines such as sites put around articles."""

LANGUAGES = [code for code, language in WORDS.items() for _ in range(language["share"])]
VOCABULARY = {code: language["words"].split() for code, language in WORDS.items()}
PLACES = ("Jakarta", "Surabaya", "Medan", "Bandung", "Makassar", "London", "Paris", "Berlin", "Madrid", "Tokyo")
DATELINES = ("{upper}, {site} - ", "{upper} ({site}) – ", "{site}, {place} - ", "{place}: ", "{upper} - ")
RECENT = 2000  # articles that a copy can be made of; more only take memory

_DIGITS = re.compile(r"[0-9]+")


class Draw:
    """What chance decides, each decision from one number in [0, 1)."""

    def __init__(self, seed: int) -> None:
        self._next = Random(seed).random

    def chance(self, share: float) -> bool:
        """True in this share of the calls."""
        return self._next() < share

    def number(self, least: int, most: int) -> int:
        """One of least..most, both included."""
        return least + int(self._next() * (most - least + 1))

    def one(self, of: Sequence[T]) -> T:
        """One element."""
        return of[int(self._next() * len(of))]


class Site(NamedTuple):
    """One site: its name, its language, the lines around all of its articles, and one that comes within them."""

    name: str
    language: str
    around: tuple[str, ...]
    inside: str


class Article(NamedTuple):
    """One text before a site puts its lines around it."""

    title: str
    language: str
    paragraphs: list[str]


def articles(count: int, *, seed: int, sites: int) -> Iterator[dict[str, Any]]:
    """`count` records with id, url, date, title, author, text and section, about 1,200 characters of text each.

    One in seven is made of an earlier one: unchanged, with some words or all numbers changed, cut short, or with more
    text. One in seventeen has no URL, hence no site; one in thirty has the URL of an earlier one.
    """
    draw = Draw(seed)
    known = [_site(draw, n) for n in range(sites)]
    recent: list[Article] = []
    urls: list[str] = []
    for n in range(count):
        site = draw.one(known)
        article = _copy(draw, draw.one(recent)) if recent and draw.chance(0.15) else _new(draw, site)
        recent = [*recent[1 - RECENT :], article]
        url = f"https://www.{site.name}/{n % 12 + 1}/{n}"
        url = draw.one(urls) if urls and draw.chance(0.033) else url
        urls.append(url)
        yield {
            "id": f"a{n:05}" if not draw.chance(0.002) else "twice",
            "url": "" if draw.chance(0.06) else url,
            "date": f"20{draw.number(10, 24)}-{draw.number(1, 12):02}-{draw.number(1, 28):02}",
            "title": article.title,
            "author": _name(draw, article.language) if draw.chance(0.5) else "",
            "text": _page(draw, site, article),
            "section": draw.number(1, 9),
        }


def _site(draw: Draw, number: int) -> Site:
    language = draw.one(LANGUAGES)
    around = tuple(_sentence(draw, language) for _ in range(draw.number(1, 4)))
    return Site(f"situs{number}.example", language, around, _sentence(draw, language))


def _new(draw: Draw, site: Site) -> Article:
    # some articles are in another language than their site, and some have a paragraph that is
    language = site.language if draw.chance(0.9) else draw.one(LANGUAGES)
    paragraphs = [_paragraph(draw, language) for _ in range(draw.number(2, 7))]
    if draw.chance(0.05):
        paragraphs.insert(draw.number(1, len(paragraphs)), _paragraph(draw, draw.one(LANGUAGES)))
    return Article(_title(draw, language), language, paragraphs)


def _copy(draw: Draw, article: Article) -> Article:
    if draw.chance(0.2):
        return article
    paragraphs = article.paragraphs
    if draw.chance(0.15):
        paragraphs = [*paragraphs[: len(paragraphs) // 2], _cut(draw, paragraphs[len(paragraphs) // 2])]
    elif draw.chance(0.15):
        paragraphs = [*paragraphs, _paragraph(draw, article.language)]
    elif draw.chance(0.2):
        # another report of the same form: alike but for its numbers, hence no copy
        return article._replace(paragraphs=[_DIGITS.sub(lambda _: str(draw.number(2, 9999)), p) for p in paragraphs])
    changes = 0.1 if draw.chance(0.5) else 0.6  # of the paragraphs: few, or so many that the pair comes to the limit
    return article._replace(paragraphs=[_changed(draw, p, article.language, changes) for p in paragraphs])


def _cut(draw: Draw, paragraph: str) -> str:
    """What a teaser shows of a paragraph."""
    words = paragraph.split(" ")
    return " ".join(words[: draw.number(1, len(words))]) + draw.one(("...", " …", ""))


def _changed(draw: Draw, paragraph: str, language: str, share: float) -> str:
    words = paragraph.split(" ")
    for _ in range(1 + len(words) // 12):
        if draw.chance(share):
            words[draw.number(0, len(words) - 1)] = draw.one(VOCABULARY[language])
    return " ".join(words)


def _paragraph(draw: Draw, language: str) -> str:
    text = _joined([_sentence(draw, language) for _ in range(draw.number(1, 4))], language)
    if draw.chance(0.2):
        text += _joined(["", f"“{_sentence(draw, language)}” — {_name(draw, language)}"], language)
    return text


def _sentence(draw: Draw, language: str) -> str:
    words = [draw.one(VOCABULARY[language]) for _ in range(draw.number(6, 18))]
    if draw.chance(0.25):
        words[draw.number(1, len(words) - 1)] = str(draw.number(2, 9999))
    text = _joined(words, language)
    return text + "。" if language == "ja" else text[:1].upper() + text[1:] + "."


def _title(draw: Draw, language: str) -> str:
    return _joined([draw.one(VOCABULARY[language]).capitalize() for _ in range(draw.number(4, 8))], language)


def _name(draw: Draw, language: str) -> str:
    return _joined([draw.one(VOCABULARY[language]).capitalize() for _ in range(2)], language)


def _joined(words: list[str], language: str) -> str:
    return ("" if language == "ja" else " ").join(words)


def _page(draw: Draw, site: Site, article: Article) -> str:
    """The article as a scraper brings it: lines of its site and its language about it, sometimes damaged."""
    language = article.language
    lines = list(article.paragraphs)
    if draw.chance(0.4):
        place, form = draw.one(PLACES), draw.one(DATELINES)
        lines[0] = form.format(place=place, upper=place.upper(), site=site.name.capitalize()) + lines[0]
    for _ in range(draw.number(0, 4)):
        # a third of the lines stand within the article, where a rule has less to go by
        at = draw.number(1, len(lines)) if draw.chance(0.33) else len(lines)
        lines.insert(at, _line(draw, site, language))
    if draw.chance(0.1):
        lines.insert(draw.number(1, len(lines)), site.inside)
    lines += [line for line in site.around if draw.chance(0.8)]
    if draw.chance(0.3):
        lines.insert(0, article.title)
    return _damaged(draw, ("\n\n" if draw.chance(0.8) else "\n").join(lines))


def _line(draw: Draw, site: Site, language: str) -> str:
    return draw.one(WORDS[language]["lines"]).format(
        title=_title(draw, language),
        name=_name(draw, language),
        place=draw.one(VOCABULARY[language]).capitalize(),
        initials="/".join(draw.one(VOCABULARY["id"])[:3] for _ in range(2)),
        site=site.name,
        n=draw.number(2, 400),
        d=draw.number(10, 28),
    )


def _damaged(draw: Draw, text: str) -> str:
    """One text in fifty as wrong decoding leaves it, one in fifty with entities, some with odd spaces."""
    if draw.chance(0.02):
        return text.encode().decode("latin-1")
    if draw.chance(0.02):
        return text.replace("“", "&quot;").replace("”", "&quot;").replace("—", "&mdash;")
    return text.replace(" ", "  ", 3).replace("\n", " \r\n") if draw.chance(0.02) else text
