"""Village newsletters: their own phrases, the telephone line under every article, and their files of several articles.

A .kabar file holds articles behind one another, with a line of %% between them; the first line of each is its headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.article import Article, Removal

__all__ = ["hotlines", "read_kabar"]

_HOTLINE = re.compile(r"^Hotline redaksi: [\d -]+$", re.MULTILINE)


def hotlines(article: Article) -> Iterator[Removal]:
    """The line with the telephone number of the newsroom."""
    for found in _HOTLINE.finditer(article.before):
        yield Removal(*found.span(), rule="desa-hotline", kind="promo", why="a telephone number of the newsroom")


def read_kabar(data: bytes) -> Iterator[dict[str, str]]:
    """The articles of one file."""
    for number, article in enumerate(data.decode("utf-8").split("\n%%\n"), 1):
        title, _, text = article.strip().partition("\n")
        yield {"id": f"kabar-{number}", "title": title, "text": text.strip()}
