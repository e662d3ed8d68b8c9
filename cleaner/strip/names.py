"""Names as fields of a record: the author without the words of a template, the place in one case."""

from __future__ import annotations

import re

from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = ["author_name", "place_name"]

_BREAK = re.compile(r"\s*[|·•\t]\s*|\s{2,}|\s*(?:©|\(c\))|,?\s+\d{1,2}[./ ]")
_LABEL = re.compile(r",?\s+(?=[^\W\d_a-z][^\W\d_]+ ?[:：])")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]+ ?:)")
_TURKISH = {"I": "ı", "İ": "i"}
_INITIALS_OF_PLACES = frozenset(("DKI", "DIY", "NTB", "NTT", "IKN", "USA", "UAE"))


def author_name(text: str, phrases: Phrases) -> str:
    """The name with which a byline begins, or "" when it is no name: a button, an agency, a date.

    >>> from cleaner.phrases.phrases import load_phrases
    >>> author_name("Siti AminahEditor: Bagus Hendra", load_phrases("id"))
    'Siti Aminah'
    """
    name = text
    for part in (_GLUED, _LABEL, _BREAK):
        name = part.split(name, maxsplit=1)[0]
    name = name.strip(" ,;:-–—/|)].")
    if name.count("(") > name.count(")"):
        name = name.partition("(")[0].strip()
    wording = normalise_wording(name)
    known = wording in phrases.words["agency"] or phrases.any(wording) is not None
    if not wording or known or any(c.isdigit() for c in name) or text.rstrip().endswith(("...", "…")):
        return ""
    return name


def place_name(text: str, language: str) -> str:
    """A place in one case, however its dateline was set; initials stay.

    >>> place_name("BANDA ACEH", "id"), place_name("DKI JAKARTA", "id"), place_name("ISPARTA", "tr")
    ('Banda Aceh', 'DKI Jakarta', 'Isparta')
    """
    if not text.isupper():
        return text
    if language in ("tr", "az"):  # a small I has no dot there, and a capital one may have it
        text = "".join(c if i == 0 or text[i - 1] in " -" else _TURKISH.get(c, c.lower()) for i, c in enumerate(text))
        return text.replace("i̇", "i")
    return " ".join(word if word in _INITIALS_OF_PLACES else word.title() for word in text.split())
