"""Stock jusText, to the letter, for who needs its exact output."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["justext_text", "stop_list"]


@cache
def _names() -> dict[str, str]:
    data = tomllib.loads((files("cleaner.extract") / "data" / "justext.toml").read_text("utf-8"))
    return dict(data["stoplists"])


@cache
def stop_list(language: str) -> frozenset[str]:
    """jusText's stop list for a language code; empty for a language that jusText does not know."""
    import justext

    name = _names().get(language)
    return frozenset(justext.get_stoplist(name)) if name else frozenset()


def justext_text(html: str, language: str) -> str:
    """What jusText keeps of a page with its own settings, a paragraph a line.

    The stop list is that of `language`. Without one the stop words are left out of account, as jusText's documentation
    advises: both of their limits are 0.
    """
    import justext
    from lxml.etree import LxmlError

    words = stop_list(language)
    limits = {} if words else {"stopwords_low": 0.0, "stopwords_high": 0.0}
    try:
        paragraphs = justext.justext(html.encode("utf-8", "replace"), words, encoding="utf-8", **limits)
    except (LxmlError, ValueError, RecursionError):  # an empty page, or one that lxml or jusText cannot take
        return ""
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)
