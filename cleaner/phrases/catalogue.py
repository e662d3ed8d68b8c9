"""The phrase lists as people look at them: all entries, a search among them, and what is wrong with a new list.

`cleaner phrases list`, `search` and `test` print what stands here; `cleaner phrases line` asks strip.explain_line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cleaner.errors import OptionError
from cleaner.phrases.phrases import ARRAYS, Phrase, lists, load_phrases, normalise_wording, phrase_languages

__all__ = ["entries", "problems", "search"]


def entries(language: str, extra_dir: str = "") -> Iterator[Phrase]:
    """All entries of one language's list, in their order; those of `extra_dir` first. "neutral" is a list as well.

    >>> next(entries("id")).language
    'id'
    """
    for _, table in lists(language, extra_dir):
        yield from _entries(table, language)


def _entries(table: Mapping[str, Any], language: str) -> Iterator[Phrase]:
    for kind, arrays in table.items():
        if kind != "words":
            for array in ARRAYS:
                yield from (Phrase(text, array, kind, language) for text in arrays.get(array, ()))


def search(wording: str, extra_dir: str = "") -> Iterator[Phrase]:
    """The entries of all languages that hold a wording, compared as lines are.

    >>> next(p.kind for p in search("Tinggalkan KOMENTAR") if p.language == "id")
    'comment'
    """
    wanted = normalise_wording(wording)
    own = {path.stem for path in Path(extra_dir).glob("*.toml")} if extra_dir else set()
    for language in ("neutral", *sorted({*phrase_languages(), *own} - {"neutral"})):
        yield from (p for p in entries(language, extra_dir) if wanted in normalise_wording(p.text))


def problems(folder: str) -> Iterator[str]:
    """What is wrong with the lists of a folder, a sentence each; entries that are shipped already among it.

    Raises OptionError for a folder without lists.
    """
    paths = sorted(Path(folder).glob("*.toml"))
    if not paths:
        raise OptionError(f"{folder} holds no list, such as id.toml. Name a folder of phrase lists.")
    for path in paths:
        try:
            load_phrases(path.stem, folder)
        except OptionError as error:
            yield str(error)
            continue
        # an entry of another array is no repetition: a user may want a wording to hold in more places
        shipped = {(normalise_wording(p.text), p.array) for p in entries(path.stem)}
        for phrase in _entries(tomllib.loads(path.read_text("utf-8")), path.stem):
            if (normalise_wording(phrase.text), phrase.array) in shipped:
                yield f"{path}: {phrase.kind}.{phrase.array}: {phrase.text!r} is in the shipped list already."
