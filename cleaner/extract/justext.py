"""Give stock jusText's output, to the letter, for users who need exactly that."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["justext_text", "stop_list"]


@cache
def stop_list(language: str) -> frozenset[str]:
    """Return jusText's stop list for a language code; empty for a language that jusText does not know."""
    import justext

    names = tomllib.loads((files("cleaner.extract") / "data" / "justext.toml").read_text("utf-8"))["stoplists"]
    return frozenset(justext.get_stoplist(names[language])) if language in names else frozenset()


def justext_text(html: str, language: str) -> str:
    """Return what jusText keeps of a page with its own settings, a paragraph a line.

    The stop list is that of `language`. For a language without one both limits of stop words are 0, as jusText's
    documentation advises, so that stop words do not count.
    """
    import justext
    from lxml.etree import LxmlError

    words = stop_list(language)
    limits = {} if words else {"stopwords_low": 0.0, "stopwords_high": 0.0}
    try:
        # As bytes, because encoding them replaces the lone surrogates that lxml does not take.
        paragraphs = justext.justext(html.encode("utf-8", "replace"), words, encoding="utf-8", **limits)
    except (LxmlError, ValueError, RecursionError):  # an empty page, or one that lxml or jusText cannot take
        return ""
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)
