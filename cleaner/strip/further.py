"""Removals that do not come from the phrase lists: rules of plugins, and paragraphs in another language."""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.article import Article, Removal, claim
from cleaner.language.identify import foreign_paragraphs, identify
from cleaner.options import Options
from cleaner.phrases.phrases import normalise_wording
from cleaner.plugins import plugin_removals
from cleaner.strip.own_files import allowed_lines
from cleaner.strip.space import close_gaps

__all__ = ["strip_by_plugins", "strip_foreign_paragraphs"]


def strip_by_plugins(article: Article, options: Options) -> Article:
    """Add what the rules of plugins take, but for kinds that stay and lines that are allowed."""
    taken, before = [], article.before
    allowed = allowed_lines(options.allow)
    for removal in plugin_removals(article):
        if removal.kind in options.keep_kinds or (options.only_kinds and removal.kind not in options.only_kinds):
            continue
        # A plugin may take part of a line, or several: every line that it touches is looked up as a whole.
        start = before.rfind("\n", 0, removal.start) + 1
        end = before.find("\n", removal.end)
        lines = before[start : end if end >= 0 else None].split("\n")
        if allowed.isdisjoint(map(normalise_wording, lines)):
            taken.append(removal)
    return _with_removals(article, taken) if taken else article


def strip_foreign_paragraphs(article: Article) -> Article:
    """Add a removal for each paragraph that is surely not in the language of the clean text."""
    [language] = identify([article.text])
    spans = foreign_paragraphs(article.before, language.code)
    foreign = [Removal(a, b, "foreign-paragraph", "foreign", f"written in {code}") for a, b, code in spans]
    return _with_removals(article, foreign)


def _with_removals(article: Article, further: Iterable[Removal]) -> Article:
    """The article with further removals. An earlier removal keeps its name where a further one meets it."""
    return article._replace(removals=close_gaps(article.before, claim((*article.removals, *further))))
