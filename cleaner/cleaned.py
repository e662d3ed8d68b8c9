"""One article from Python: `clean` and `clean_html`, and what they return."""

from __future__ import annotations

from dataclasses import dataclass

from cleaner.article import Raw, Removal
from cleaner.options import Options
from cleaner.steps import prepare, settle, tidy

__all__ = ["Cleaned", "clean", "clean_html"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One cleaned article, as `clean` and `clean_html` return it.

    `before` minus `removals` (spans in code points, sorted, disjoint) is `text`. `dropped` is the reason for which a
    corpus run would leave the article out, "" when it would stay.
    """

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
    dropped: str

    def __repr__(self) -> str:
        start = self.text[:40] + ("…" if len(self.text) > 40 else "")
        return f"<Cleaned {start!r} language={self.language} removals={len(self.removals)}>"


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
    """Clean one article out of a web page. `url` gives the site and helps to tell an article from a listing."""
    return _cleaned(Raw(source="", record=0, body=html, html=True, url=url), options or Options(), language or "")


def _cleaned(raw: Raw, options: Options, language: str) -> Cleaned:
    [(article, drop)] = settle([tidy(prepare(raw, options), options, language=language)], options)
    fields = {name: getattr(article, name) for name in Cleaned.__dataclass_fields__ if name != "dropped"}
    if language:
        fields["language"] = language
    return Cleaned(**fields, dropped=drop.reason if drop else "")
