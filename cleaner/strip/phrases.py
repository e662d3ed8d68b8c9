"""Phrase lists: loading the TOML files of a language, folding lines, and looking a folded line up.

A lookup costs a few dictionary reads whatever the number of phrases. The format is told in phrases/README.md.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cleaner.article import KINDS
from cleaner.errors import OptionError

__all__ = ["ARRAYS", "WORDS", "Phrase", "Phrases", "fold", "load_phrases", "phrase_languages"]

ARRAYS = ("line", "tail", "start", "weak", "between")
WORDS = ("month", "weekday", "clock", "by", "agency", "place", "role", "photo", "opener")

ANY_MAX = 120
"""Characters an {any} may cover: a headline is rarely longer, and a longer rest is a paragraph."""

_EDGE = " \t\r\n\u00a0\u200b\u200e\u200f\ufeff\"'“”„‟‘’‚‹›«»()[]{}<>:.!…*|-–—−_#+•·●▪►▶◄→←↑↓»~=■□◆★☆✓✔※。：！「」『』【】（）،؛"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_HOLE = re.compile(r"\{(\w*)\}")
LONG_WORDING, LONG_REST = 24, 400
"""After so many characters of fixed wording, an {any} at the end of an entry may cover a longer rest."""
_NAME, _ANY = r"\S+(?: \S+){0,5}", rf".{{0,{ANY_MAX}}}"
_TWO_PLACES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "\u200b": "", "\u00ad": "", "\ufeff": ""})


def fold(line: str) -> str:
    """`line` in the form in which lines and phrases are compared (phrases/README.md says how).

    >>> fold("  » 12 Komentar: ")
    '0 komentar'
    """
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line).translate(_TWO_PLACES)
    return _NUMBER.sub("0", " ".join(line.casefold().split()).strip(_EDGE))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a list: its natural wording, the array it stands in, its kind, and the list's language."""

    text: str
    array: str
    kind: str
    language: str

    @property
    def why(self) -> str:
        """The evidence in words, as it goes into a removal."""
        return f"{self.language} list, {self.kind}.{self.array}: {self.text}"


@dataclass(frozen=True, slots=True)
class Phrases:
    """The lists that one text is tried against, indexed by folded wording. Built by `load_phrases`; never changed."""

    languages: tuple[str, ...]
    entries: Mapping[str, Mapping[str, Phrase]]  # array -> folded wording -> phrase
    patterns: Mapping[str, Mapping[str, tuple[tuple[re.Pattern[str], Phrase], ...]]]  # array -> first or last two characters
    words: Mapping[str, frozenset[str]]
    heads: frozenset[str] = field(default=frozenset())  # first three characters of every line, tail and start entry

    def whole(self, folded: str, array: str) -> Phrase | None:
        """The phrase of `array` that is this whole folded line, or None."""
        found = self.entries[array].get(folded)
        if found is not None or not folded:
            return found
        table = self.patterns[array]
        for key in (folded[:2], "$" + folded[-2:]):
            for pattern, phrase in table.get(key, ()):
                if pattern.fullmatch(folded):
                    return phrase
        return None

    def line(self, folded: str) -> Phrase | None:
        """The phrase of `line` or `tail` that is this whole folded line, or None."""
        return self.whole(folded, "line") or self.whole(folded, "tail")


def phrase_languages() -> tuple[str, ...]:
    """The languages for which the package has a list, sorted, without "neutral"."""
    names = (entry.name for entry in (files("cleaner.strip") / "phrases").iterdir())
    return tuple(sorted(n[:-5] for n in names if n.endswith(".toml") and n != "neutral.toml"))


@cache
def load_phrases(language: str, extra_dir: str = "") -> Phrases:
    """The lists for a text in `language` (ISO 639 code): its own, English, and the neutral one.

    "und" (not known) is tried against Indonesian, English and neutral. `extra_dir` is a folder of further
    TOML files of the same form and names. Raises OptionError, naming file and entry, when a list is wrong.
    """
    base = language.split("-")[0].lower()
    names = dict.fromkeys(("id" if base in ("und", "") else base, "en", "neutral"))
    builder = _Builder()
    for name in names:
        for where, data in _sources(name, extra_dir):
            builder.add(name, where, data)
    return builder.build(tuple(names))


def _sources(name: str, extra_dir: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if extra_dir:
        folder = Path(extra_dir)
        if not folder.is_dir():
            raise OptionError(f"The folder of phrase lists {extra_dir} does not exist. Give an existing folder to --phrases.")
        path = folder / f"{name}.toml"
        if path.is_file():
            yield str(path), _parse(path.read_bytes(), str(path))
    shipped = files("cleaner.strip") / "phrases" / f"{name}.toml"
    if shipped.is_file():
        yield f"{name}.toml", _parse(shipped.read_bytes(), f"{name}.toml")


def _parse(data: bytes, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"The phrase list {where} is not valid TOML in UTF-8: {error}.") from None


class _Builder:
    """Gathers lists in order of precedence; the first list to hold a wording names it."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Phrase]] = {array: {} for array in ARRAYS}
        self.patterns: dict[str, dict[str, list[tuple[re.Pattern[str], Phrase]]]] = {array: {} for array in ARRAYS}
        self.words: dict[str, set[str]] = {name: set() for name in WORDS}

    def add(self, language: str, where: str, data: dict[str, Any]) -> None:
        for kind, table in data.items():
            allowed = WORDS if kind == "words" else ARRAYS
            if kind != "words" and kind not in KINDS:
                raise OptionError(f"{where}: [{kind}] is not a kind of removal. Known kinds: {', '.join(KINDS)}.")
            if not isinstance(table, dict):
                raise OptionError(f"{where}: {kind} has to be a table of arrays.")
            for array, texts in table.items():
                if array not in allowed:
                    raise OptionError(f"{where}: [{kind}] has no array {array!r}. Known: {', '.join(allowed)}.")
                if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
                    raise OptionError(f"{where}: {kind}.{array} has to be an array of strings.")
                if kind == "words":
                    self.words[array].update(filter(None, map(fold, texts)))
                else:
                    self._add_phrases(texts, array, kind, language, where)

    def _add_phrases(self, texts: list[str], array: str, kind: str, language: str, where: str) -> None:
        for text in texts:
            folded, pattern = _compile(text, array, where)
            phrase = Phrase(text, array, kind, language)
            if pattern is None:
                self.entries[array].setdefault(folded, phrase)
            else:
                key = folded[:2] if "{" not in folded[:2] else "$" + folded[-2:]
                self.patterns[array].setdefault(key, []).append((pattern, phrase))

    def build(self, languages: tuple[str, ...]) -> Phrases:
        heads = {text[:3] for array in ("line", "tail", "start") for text in self.entries[array]}
        heads |= {p[1].text.casefold()[:3] for array in ARRAYS for ps in self.patterns[array].values() for p in ps}
        return Phrases(
            languages,
            self.entries,
            {array: {key: tuple(ps) for key, ps in table.items()} for array, table in self.patterns.items()},
            {name: frozenset(terms) for name, terms in self.words.items()},
            frozenset(heads),
        )


def _compile(text: str, array: str, where: str) -> tuple[str, re.Pattern[str] | None]:
    """The folded wording of an entry, and its pattern when it has placeholders other than {n}."""
    holes = _HOLE.findall(text)
    unknown = [hole for hole in holes if hole not in ("n", "name", "any")]
    if unknown or len(holes) > 2:
        raise OptionError(f"{where}: {text!r} may hold at most two of {{n}}, {{name}} and {{any}}.")
    literal = fold(_HOLE.sub(" ", text))
    least = 4 if array in ("line", "tail") and literal.isascii() else 2
    if len(literal) < least:
        raise OptionError(f"{where}: {text!r} is too short; write at least {least} characters beside its placeholders.")
    text = text.replace("{n}", "0")
    pieces = _HOLE.split(text)  # literal, hole, literal, ...
    if len(pieces) == 1:
        return fold(text), None
    marked = "".join(piece if i % 2 == 0 else f"\ue000{piece}\ue001" for i, piece in enumerate(pieces))
    folded = fold(marked)
    spaced = folded.replace(" \ue000any\ue001", "\ue002").replace("\ue000any\ue001 ", "\ue003")
    pattern = re.escape(spaced).replace("\ue002", f"(?: {_ANY})?").replace("\ue003", f"(?:{_ANY} )?")
    pattern = pattern.replace("\ue000any\ue001", _ANY).replace("\ue000name\ue001", _NAME)
    if folded.endswith("\ue000any\ue001") and len(literal) >= LONG_WORDING:
        head, _, tail = pattern.rpartition(f"{{0,{ANY_MAX}}}")
        pattern = f"{head}{{0,{LONG_REST}}}{tail}"
    folded = folded.replace("\ue000", "{").replace("\ue001", "}")
    if "{" in folded[:2] and "}" in folded[-2:]:
        raise OptionError(f"{where}: {text!r} may not both begin and end with a placeholder.")
    return folded, re.compile(pattern, re.DOTALL)
