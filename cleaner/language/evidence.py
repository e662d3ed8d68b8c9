"""What of a text speaks for its language: the words of its lines, and a sample of bytes for the model."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.language.words import Lexicon, Votes, spaced

__all__ = ["LONG_PARAGRAPH", "Evidence", "Sample", "evidence", "sample"]

LONG_PARAGRAPH = 80
"""Code points from which a paragraph can be in a language of its own; shorter ones go with the article."""

OPENING = 120
"""Characters that are read of every line."""

HEAD, PIECE = 1000, 250
"""Bytes that the model looks at: the head, and one piece each from the middle and the end."""

MIN_LETTERS = 10
"""Fewer bytes of letters than this are no evidence: 10 Latin letters, 5 Cyrillic, 4 Chinese."""

SMALL, CAPITAL = string.ascii_lowercase.encode(), string.ascii_uppercase.encode()

COMMON = bytes((0xCE, 0xCF, 0xD0, 0xD1, 0xD7, 0xD8))
"""First bytes of most Greek, Cyrillic, Hebrew and Arabic letters."""

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,255}")
_CODE = re.compile(r"```[^`]*```|`[^`\n]*`|<[^<>\n]*>")


class Line(NamedTuple):
    """A long line: its place in the text in code points, the votes of what was read of it, how many words that was."""

    start: int
    end: int
    votes: Votes
    words: int


class Evidence(NamedTuple):
    """The `votes` of the words that were read, how many `words` these are, and the long lines."""

    text: str
    votes: Votes
    words: int
    lines: list[Line]


def evidence(text: str, lexicon: Lexicon, read: int) -> Evidence:
    """The words of the first `read` characters, then of how each long line opens, without addresses and code."""
    votes, words, start, room = 0, 0, 0, read
    lines: list[Line] = []
    for line, plain in zip(text.split("\n"), spaced(_without_noise(text).lower()).split("\n"), strict=True):
        size = len(line)
        if size and (room > 0 or size >= LONG_PARAGRAPH):
            some = plain[: room if room > OPENING else OPENING].split()
            vote = lexicon.count_words(some)
            if room > 0:
                votes += vote
                words += len(some)
            if size >= LONG_PARAGRAPH:
                lines.append(Line(start, start + size, vote, len(some)))
        start += size + 1
        room -= size + 1
    return Evidence(text, votes, words, lines)


@dataclass(frozen=True, slots=True)
class Sample:
    """`data` for the model, in small letters if the text shouts; `lower` is the sample in small letters."""

    data: bytes
    lower: str

    def words(self) -> list[str]:
        """The words of the sample, in small letters."""
        return spaced(self.lower).split()

    def speaks(self, lexicon: Lexicon) -> bool:
        """Whether there are letters enough, of a script that some known language is written in."""
        common = _count(self.data, SMALL) + 2 * _count(self.data, COMMON)
        if common >= max(MIN_LETTERS, len(self.data) // 3):
            return True
        letters = "".join(filter(str.isalpha, self.lower[:200])) or "".join(filter(str.isalpha, self.lower))
        return len(letters.encode("utf-8", "replace")) >= MIN_LETTERS and lexicon.knows_script(letters)


def sample(text: str) -> Sample:
    """The first 1,000 bytes and two pieces of 250 from middle and end, on letter boundaries."""
    some = _without_noise(_cut(text))
    lower = some.lower()
    data = some.encode("utf-8", "replace")
    if some.isupper() or 4 * _count(data, SMALL) < _count(data, CAPITAL):
        data = lower.encode("utf-8", "replace")
    return Sample(data, lower)


def _count(data: bytes, letters: bytes) -> int:
    return len(data) - len(data.translate(None, letters))


def _cut(text: str) -> str:
    if len(text) <= HEAD // 4:
        return text
    data = text.encode("utf-8", "replace")
    if len(data) <= HEAD + 2 * PIECE:
        return text
    middle = (HEAD + len(data) - PIECE) // 2
    pieces = data[:HEAD], data[middle : middle + PIECE], data[-PIECE:]
    return "\n".join(piece.decode("utf-8", "ignore") for piece in pieces)


def _without_noise(text: str) -> str:
    """`text` without web and mail addresses, tags and code, line by line as it was."""
    if "@" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if "`" in text or "<" in text:
        text = _CODE.sub(lambda code: "\n" * code[0].count("\n") or " ", text)
    if "{" in text or ");" in text:
        text = "\n".join("" if line.rstrip().endswith((");", "{", "}", "};")) else line for line in text.split("\n"))
    return text
