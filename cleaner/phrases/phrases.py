"""Phrase lists: load the TOML files of a language, normalise lines, and look a normalised line up.

The data are cleaner/phrases/lists/*.toml, one file a language ("baca juga" stands in id.toml under `[related] start`);
their format is described in lists/README.md beside them and in docs/phrases.md. What the entries find and what must
stay are cases in tests/cases/phrases/ and tests/cases/strip/. A lookup costs a few dictionary reads whatever the number
of phrases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner.article import KINDS
from cleaner.characters import UNSPACED_CLASS
from cleaner.errors import OptionError
from cleaner.phrases.clauses import opening_pattern
from cleaner.phrases.holes import hole_pattern
from cleaner.plugins import phrase_folders
from cleaner.tables import read_toml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "ARRAYS", "EMOJI", "WORDS", "Phrase", "Phrases", "forget_lists", "lists", "load_phrases", "normalise_wording",
    "phrase_languages",
]  # fmt: skip

ARRAYS = ("between", "line", "tail", "edge", "start", "weak")
"""The arrays of a kind, in the order in which they are asked: how an entry matches (lists/README.md)."""

WORDS = (
    *("month", "weekday", "clock", "by", "agency", "place", "role", "photo", "opener", "particle"),
    *("network", "sharing", "joining", "closing", "letter", "channel", "ours", "joint", "spoken"),
)
"""The vocabularies of `[words]`."""

LABELS = frozenset(("related", "byline", "video"))
"""Kinds whose labels are also looked for inside a paragraph."""

HEAD_LENGTH = 6
"""Characters by which a paragraph is cleared without normalising it."""

LONG_ENTRY = 68
"""An entry of so many characters may be the wording of a line above 200 characters, which normalising can cut to a
third: runs of digits become one, and marks at the ends go."""

MARKS = (
    " \t\r\n\u00a0\u200b\u200e\u200f\ufeff\"'“”„‟‘’‚‹›«»()[]{}<>:.!…*|-–—−_#+•·●▪►▶◄→←↑↓~=■□◆★☆✓✔※"
    "/,;。：！「」『』【】（）،؛¡¿"
)
"""Dropped at both ends of a line when it is normalised."""

EMOJI = "\u200d\u203c\u2049\u20e3\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
"""Pictures, arrows and what joins them, as the inside of a character class."""

_EMOJI_ENDS = re.compile(f"^[{EMOJI}{re.escape(MARKS)}]+|[{EMOJI}]+$")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_HOLE = re.compile(r"\{(\w*)\}")
_UNSPACED = re.compile(f"[{UNSPACED_CLASS}]")
_SPELLINGS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "\u200b": "", "\u00ad": "", "\ufeff": ""})
_SPELLED = re.compile("[’‘ʼ`´\u200b\u00ad\ufeff]")
_WITHOUT_ACCENTS = str.maketrans("άέήίόύώΆΈΉΊΌΎΏ", "αεηιουωΑΕΗΙΟΥΩ")
_MARKUP = re.compile(r"\[/?(?:b|i|u|url|size|color|center)(?:=[^]\n]{,99})?]|\[([^][]{1,200})]\([^()\s]{1,500}\)", re.I)


def normalise_wording(line: str) -> str:
    """`line` in the form in which lines and phrases are compared: lower case, numbers as 0, no marks at the ends.

    lists/README.md says how in full.

    >>> normalise_wording("  » 12 Komentar: ")
    '0 komentar'
    """
    if "](" in line or "[/" in line:  # a link of Markdown, marks of BBCode
        line = _MARKUP.sub(lambda found: found[1] or "", line)
    if line.isascii():
        line = line.casefold()
    else:
        if not unicodedata.is_normalized("NFKC", line):
            line = unicodedata.normalize("NFKC", line)
        if _SPELLED.search(line):
            line = line.translate(_SPELLINGS)
        line = line.casefold()
        if "\u0307" in line or "ı" in line:  # both Turkish i are one
            line = line.replace("\u0307", "").replace("ı", "i").casefold()
    if "  " in line or not line.isprintable():  # nothing printable but the blank is white space
        line = " ".join(line.split())
    if not (line[:1].isalnum() and line[-1:].isalnum()):
        line = line.strip(MARKS)
        if line and not (line.isascii() or (line[0].isalnum() and line[-1].isalnum())):
            line = _EMOJI_ENDS.sub("", line).strip(MARKS)
    return _NUMBER.sub("0", line) if _DIGIT.search(line) else line  # to seek one is cheaper, and most lines have none


Heads = Mapping[str, tuple[str, ...]]
"""First HEAD_LENGTH characters of entries -> the first three times as many of each."""


class Phrase(NamedTuple):
    """One entry of a list: its natural wording, the array it stands in, its kind, and the list's language.

    `slight` entries are a single word, which suffices nowhere alone.
    """

    text: str
    array: str
    kind: str
    language: str
    slight: bool = False

    @property
    def why(self) -> str:
        """The evidence in words, as it goes into a removal."""
        return f"{self.language} list, {self.kind}.{self.array}: {self.text}"


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """The lists that one text is tried against, indexed by wording. Built by `load_phrases`; never changed."""

    languages: tuple[str, ...]
    entries: Mapping[str, Mapping[str, Phrase]]  # array -> normalised wording -> phrase
    patterns: Mapping[str, PatternTable]  # the same of entries with holes
    words: Mapping[str, frozenset[str]]
    times: frozenset[str]  # months, weekdays and words of clocks
    merged: Mapping[str, Phrase]  # `entries` of all arrays, in the order of ARRAYS
    merged_patterns: PatternTable
    pattern_heads: frozenset[str]  # first four characters of the fixed wording before their holes, shorter ones whole
    heads: Heads  # beginnings of the entries that a paragraph can be or open with
    long_heads: Heads  # the same of paragraphs above 200 characters
    tail_heads: frozenset[str]  # beginnings of the entries of `tail`
    loud: tuple[Phrase, ...]  # entries of `tail` in capitals
    label_heads: frozenset[str]  # first four characters of the entries of `start`, shorter ones whole
    openings: re.Pattern[bytes]  # finds the clauses that open calls and entries of `tail`
    shared: Phrases | None  # the lists of English, whose entries are among these, but for those that are in its own

    def whole(self, wording: str, array: str) -> Phrase | None:
        """The phrase of `array` that is this whole normalised line, or None."""
        found = self.entries[array].get(wording)
        if found is not None or not wording:
            return found
        return self._match_pattern(self.patterns[array], wording)

    def line(self, wording: str) -> Phrase | None:
        """The phrase of `line` or `tail` that is this whole normalised line, or None."""
        return self.whole(wording, "line") or self.whole(wording, "tail")

    def any(self, wording: str) -> Phrase | None:
        """The first phrase of any array, in the order of ARRAYS, that is this whole normalised line, or None."""
        found = self.merged.get(wording)
        return found if found is not None else self._match_pattern(self.merged_patterns, wording)

    def may_label(self, wording: str) -> bool:
        """Fast path: False if a normalised line cannot open with an entry of `start`, judged by four characters."""
        known = self.label_heads
        heads = wording[:4] in known or wording[:3] in known or wording[:2] in known or wording[:1] in known
        return heads or bool(self.patterns["start"])

    def _match_pattern(self, table: PatternTable, wording: str) -> Phrase | None:
        """The first entry with holes that a normalised line is: found by its beginning, by its end, or by neither."""
        known = self.pattern_heads
        # of an English line, which may begin as 50 entries do by two characters, four nearly always say that none is it
        opens = wording[:4] in known or wording[:3] in known or wording[:2] in known or wording[:1] in known
        keys = ("$" + wording[-2:], "") if not opens else (wording[:2], "$" + wording[-2:], "")
        for key in keys if table else ():
            for pattern in table.get(key, ()):
                if pattern.inner in wording and pattern.matches(wording):
                    return pattern.phrase
        return None


def phrase_languages() -> tuple[str, ...]:
    """The languages for which the package has a list, sorted, without "neutral"."""
    from importlib.resources import files

    names = (entry.name for entry in (files("cleaner.phrases") / "lists").iterdir())
    return tuple(sorted(n[:-5] for n in names if n.endswith(".toml") and n != "neutral.toml"))


_ALIASES = {"nb": "no", "nn": "no", "in": "id", "iw": "he", "fil": "tl", "zsm": "ms", "ind": "id"}
"""Codes under which the lists of a language are also asked for."""


@cache
def load_phrases(language: str, extra_dir: str = "") -> Phrases:
    """The lists for a text in `language` (ISO 639 code): its own, English, and the neutral one.

    "und" (not known) is tried against Indonesian, English and neutral. `extra_dir` is a folder of further
    TOML files of the same form and names. Raises OptionError, naming file and entry, when a list is wrong.
    """
    base = language.split("-")[0].lower()
    base = _ALIASES.get(base, base)
    names = tuple(dict.fromkeys(("id" if base in ("und", "") else base, "en", "neutral")))
    builder = _Builder()
    for one in _compiled_lists(names[0], extra_dir):
        builder.add(one)
    if names[1:] == ("en", "neutral"):  # nearly always: gathered once for all languages
        builder.join(_english_builder(extra_dir))
        return builder.build(names, load_phrases("en", extra_dir))
    for name in names[1:]:
        for one in _compiled_lists(name, extra_dir):
            builder.add(one)
    return builder.build(names, None)


@cache
def _english_builder(extra_dir: str) -> _Builder:
    """What is in the lists of every language beside its own, gathered; it is joined to others and not changed."""
    builder = _Builder()
    for name in ("en", "neutral"):
        for one in _compiled_lists(name, extra_dir):
            builder.add(one)
    return builder


class _List(NamedTuple):
    """One list: its words, and its entries by array, in their order; a pattern with the key of its table."""

    words: dict[str, tuple[str, ...]]
    entries: list[tuple[str, str, Phrase]]
    patterns: list[tuple[str, str, Pattern]]


@cache
def _compiled_lists(name: str, extra_dir: str) -> tuple[_List, ...]:
    """The lists of one name, compiled once for all languages that share them: English and neutral are in every one."""
    return tuple(_compile(name, where, data) for where, data in lists(name, extra_dir))


def forget_lists() -> None:
    """Read all lists anew when they are asked for next."""
    for cached in (load_phrases, _english_builder, _compiled_lists):
        cached.cache_clear()


def lists(name: str, extra_dir: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(where it stands, its tables) of every list of one name, in order of precedence. Raises OptionError."""
    found: list[tuple[str, str, Path | Traversable]] = []  # how it is named in `why`, and in an error
    if extra_dir:
        own = Path(extra_dir)
        if not own.is_dir():
            raise OptionError(
                f"The folder of phrase lists {extra_dir} does not exist. Give an existing folder to --phrases."
            )
        found.append((str(own / f"{name}.toml"), str(own / f"{name}.toml"), own / f"{name}.toml"))
    for plugin, folder in phrase_folders():
        found.append((f"{plugin}: {name}.toml", f"{name}.toml of the plugin {plugin}", folder / f"{name}.toml"))
    for where, described, file in found:
        if file.is_file():
            yield where, _read_list(file, described)
    with suppress(FileNotFoundError):
        yield f"{name}.toml", read_toml(f"phrases/lists/{name}.toml")


def _read_list(file: Path | Traversable, described: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"The phrase list {described} is not valid TOML in UTF-8: {error}.") from None


def _compile(language: str, where: str, data: dict[str, Any]) -> _List:
    """The tables of one list, checked and normalised. Raises OptionError, naming list and entry, where one is wrong."""
    words: dict[str, tuple[str, ...]] = {}
    entries: list[tuple[str, str, Phrase]] = []
    patterns: list[tuple[str, str, Pattern]] = []
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
                words[array] = tuple(filter(None, map(normalise_wording, _spellings(texts, language))))
                continue
            for text in _spellings(texts, language):
                wording, literal = _normalise_entry(text, array, where)
                phrase = Phrase(text, array, kind, language, _is_slight(literal))
                if "{" in wording:
                    patterns.append((array, *_pattern(phrase, wording, len(literal))))
                else:
                    entries.append((array, wording, phrase))
    return _List(words, entries, patterns)


def _spellings(texts: Iterable[str], language: str) -> Iterable[str]:
    """The entries of an array, and in Greek each without accents as well, which capitals do not have."""
    return dict.fromkeys((*texts, *(text.translate(_WITHOUT_ACCENTS) for text in texts))) if language == "el" else texts


def _pattern(phrase: Phrase, wording: str, fixed: int) -> tuple[str, Pattern]:
    """The pattern of an entry with holes, and the key by which its table has it."""
    key = wording[:2] if "{" not in wording[:2] else "$" + wording[-2:] if "}" not in wording[-2:] else ""
    head, tail = wording.partition("{")[0].rstrip(), wording.rpartition("}")[2].lstrip()
    inner = max((part.strip() for part in _HOLE.split(wording)[::2]), key=len)
    return key, Pattern(phrase, wording, fixed, head, tail, inner)


class _Builder:
    """Gathers lists in order of precedence; the first list to hold a wording names it."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Phrase]] = {array: {} for array in ARRAYS}
        self.patterns: dict[str, dict[str, list[Pattern]]] = {array: {} for array in ARRAYS}
        self.words: dict[str, set[str]] = {name: set() for name in WORDS}

    def add(self, one: _List) -> None:
        for name, words in one.words.items():
            if name == "by" and self.words["by"]:
                continue  # a byline opens in the text's own language; English stands in where that says nothing
            self.words[name].update(words)
        for array, wording, phrase in one.entries:
            self.entries[array].setdefault(wording, phrase)
        for array, key, pattern in one.patterns:
            self.patterns[array].setdefault(key, []).append(pattern)

    def join(self, other: _Builder) -> None:
        """Add what another builder gathered; of two entries with one wording that of this one stays."""
        for name, terms in other.words.items():
            if name != "by" or not self.words["by"]:
                self.words[name] |= terms
        for array in ARRAYS:
            own = self.entries[array]
            self.entries[array] = {**own, **other.entries[array], **own}  # in the order in which `add` leaves them
            for key, patterns in other.patterns[array].items():
                self.patterns[array].setdefault(key, []).extend(patterns)

    def build(self, languages: tuple[str, ...], shared: Phrases | None) -> Phrases:
        """What was gathered, indexed; every index holds its entries in order of precedence."""
        for name, kind in (("role", "byline"), ("photo", "caption")):  # their labels open lines of these kinds
            for word in sorted(self.words[name]):
                self.entries["start"].setdefault(word, Phrase(word, "start", kind, languages[0], _is_slight(word)))
        merged: dict[str, Phrase] = {}
        merged_patterns: dict[str, list[Pattern]] = {}
        for array in ARRAYS:
            merged = {**merged, **self.entries[array], **merged}
            for key, patterns in self.patterns[array].items():
                merged_patterns.setdefault(key, []).extend(patterns)
        long = {text for text in merged if len(text) >= LONG_ENTRY} | _pattern_heads(merged_patterns)
        tails = {text[:HEAD_LENGTH] for text in {*self.entries["tail"], *_pattern_heads(self.patterns["tail"])}}
        return Phrases(
            languages=languages,
            entries=self.entries,
            patterns=self.patterns,
            words={name: frozenset(terms) for name, terms in self.words.items()},
            times=frozenset(self.words["month"] | self.words["weekday"] | self.words["clock"]),
            merged=merged,
            merged_patterns=merged_patterns,
            pattern_heads=frozenset(p.head[:4] for patterns in merged_patterns.values() for p in patterns),
            heads=_heads(long.union(self.entries["start"])),
            long_heads=_heads(long),
            tail_heads=frozenset(tails),
            loud=tuple(phrase for phrase in self.entries["tail"].values() if phrase.text.isupper()),
            label_heads=frozenset(text[:4] for text in self.entries["start"]),
            openings=opening_pattern(filter(None, tails | self.words["joining"])),
            shared=shared,
        )


def _is_slight(literal: str) -> bool:
    """Whether what an entry says beside its placeholders, normalised, is one word in a script that parts words."""
    return " " not in literal and not _UNSPACED.search(literal)


def _pattern_heads(table: Mapping[str, list[Pattern]]) -> set[str]:
    return {p.wording.partition("{")[0] for patterns in table.values() for p in patterns}


def _heads(openings: Iterable[str]) -> Heads:
    found: dict[str, set[str]] = {}
    for text in openings:
        found.setdefault(text[:HEAD_LENGTH], set()).add(text[: 3 * HEAD_LENGTH].rstrip())
    return {head: tuple(sorted(longer)) for head, longer in found.items()}


@dataclass(frozen=True, slots=True)
class Pattern:
    """An entry with one or two holes; compiled only when a line first has its beginning or end."""

    phrase: Phrase
    wording: str  # normalised, with {any} and {name}
    fixed: int  # length of its wording without the holes
    head: str  # the fixed wording before the first hole
    tail: str  # and after the last
    inner: str  # the longest between or beside them

    def matches(self, line: str) -> bool:
        """Whether a whole normalised line that holds `inner` is this entry."""
        if not (line.startswith(self.head) and line.endswith(self.tail)):
            return False
        return hole_pattern(self.wording, self.fixed).fullmatch(line) is not None


PatternTable = Mapping[str, list[Pattern]]
"""Patterns by their first two characters, by "$" and their last two, or by nothing."""


def _normalise_entry(text: str, array: str, where: str) -> tuple[str, str]:
    """The normalised wording of an entry, {any} and {name} kept as written, and the same without the placeholders.

    Raises OptionError for wrong or too many placeholders, and for an entry so short that it would match by chance.
    """
    holes = _HOLE.findall(text) if "{" in text else []
    if holes and (len(holes) - holes.count("n") > 2 or not {"n", "name", "any"}.issuperset(holes)):
        raise OptionError(f"{where}: {text!r} may hold {{n}}, and at most two of {{name}} and {{any}}.")
    literal = normalise_wording(_HOLE.sub(" ", text) if holes else text)
    whole = array in ("line", "tail", "edge") and not holes
    # a character of Han, Thai or Arabic says more than a Latin one
    least = (3 if whole else 2) if literal.isascii() else (2 if whole else 1)
    if len(literal) < least:
        raise OptionError(f"{where}: {text!r} is too short; write at least {least} characters beside its placeholders.")
    if not holes:
        return literal, literal
    # private characters stand for the holes, since braces at the ends would be dropped as marks
    text = text.replace("{n}", "0").replace("{any}", "\ue000").replace("{name}", "\ue001")
    return normalise_wording(text).replace("\ue000", "{any}").replace("\ue001", "{name}"), literal
