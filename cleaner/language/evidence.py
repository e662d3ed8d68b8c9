"""What a text shows of its language: the words of its lines, and a sample of its bytes for the model."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.language.words import Lexicon, Votes, spaced

__all__ = ["LONG_PARAGRAPH", "LanguageEvidence", "LongLine", "Sample", "gather_evidence", "take_sample"]

LONG_PARAGRAPH = 80
"""Code points from which a paragraph can be in a language of its own; shorter ones go with the article."""

OPENING = 120
"""Code points that are read of every long line, once the beginning of the text is read."""

HEAD, SLICE = 1000, 250
"""Bytes that the model looks at: the head, and one slice each from the middle and the end, because an article may open
with a quotation or a caption in another language."""

MIN_LETTERS = 10
"""Fewer bytes of letters than this are no evidence: 10 Latin letters, 5 Cyrillic, 4 Chinese."""

SMALL, CAPITAL = string.ascii_lowercase.encode(), string.ascii_uppercase.encode()

COMMON = bytes((0xCE, 0xCF, 0xD0, 0xD1, 0xD7, 0xD8))
"""First bytes of most Greek, Cyrillic, Hebrew and Arabic letters in UTF-8."""

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,255}")
_CODE = re.compile(r"```[^`]*```|`[^`\n]*`|<[^<>\n]*>")


class LongLine(NamedTuple):
    """A line of 80 code points or more: where it stands in the text, the votes of what was read of it, and how many
    words that was."""

    start: int
    end: int
    votes: Votes
    words: int


class LanguageEvidence(NamedTuple):
    """The `votes` of the words that were read, how many `words` these are, and the long lines."""

    text: str
    votes: Votes
    words: int
    lines: list[LongLine]


def gather_evidence(text: str, lexicon: Lexicon, read: int) -> LanguageEvidence:
    """Count the words of the first `read` code points, and after them of the opening of each long line.

    Addresses and code are left out. Votes of the openings are kept with their lines and do not count for the text.
    """
    votes, words, start, room = 0, 0, 0, read
    lines: list[LongLine] = []
    for line, plain in zip(text.split("\n"), spaced(_without_noise(text).lower()).split("\n"), strict=True):
        size = len(line)
        if size and (room > 0 or size >= LONG_PARAGRAPH):
            some = plain[: room if room > OPENING else OPENING].split()
            vote = lexicon.count_words(some)
            if room > 0:
                votes += vote
                words += len(some)
            if size >= LONG_PARAGRAPH:
                lines.append(LongLine(start, start + size, vote, len(some)))
        start += size + 1
        room -= size + 1
    return LanguageEvidence(text, votes, words, lines)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the model is shown of a text: `data` in UTF-8, and `lower`, the same text in small letters."""

    data: bytes
    lower: str

    def words(self) -> list[str]:
        """The words of the sample, in small letters."""
        return spaced(self.lower).split()

    def is_evidence(self, lexicon: Lexicon) -> bool:
        """True if there are letters enough, of a script that some known language is written in."""
        # Latin, Greek, Cyrillic, Hebrew and Arabic letters are told by their bytes, without looking at characters.
        common = _count_bytes(self.data, SMALL) + 2 * _count_bytes(self.data, COMMON)
        if common >= max(MIN_LETTERS, len(self.data) // 3):
            return True
        letters = "".join(filter(str.isalpha, self.lower[:200])) or "".join(filter(str.isalpha, self.lower))
        return len(letters.encode("utf-8", "replace")) >= MIN_LETTERS and lexicon.knows_script(letters)


def take_sample(text: str) -> Sample:
    """The first 1,000 bytes and 250 each from middle and end, without the bytes of letters that were cut.

    A text that is all but in capitals is shown in small letters: langid has learned from running text.
    """
    shown = text
    if len(text) > HEAD // 4:  # of at most four bytes each, so a shorter text is a sample as it stands
        data = text.encode("utf-8", "replace")
        if len(data) > HEAD + 2 * SLICE:
            middle = (HEAD + len(data) - SLICE) // 2
            slices = data[:HEAD], data[middle : middle + SLICE], data[-SLICE:]
            shown = "\n".join(some.decode("utf-8", "ignore") for some in slices)
    shown = _without_noise(shown)
    lower = shown.lower()
    data = shown.encode("utf-8", "replace")
    if shown.isupper() or 4 * _count_bytes(data, SMALL) < _count_bytes(data, CAPITAL):
        data = lower.encode("utf-8", "replace")
    return Sample(data, lower)


def _count_bytes(data: bytes, which: bytes) -> int:
    """How many bytes of `data` are among `which`."""
    return len(data) - len(data.translate(None, which))


def _without_noise(text: str) -> str:
    """`text` without web and mail addresses, tags and code, with as many line ends as before.

    They are in English whatever the article is in. Each pattern is tried only where a character of it stands.
    """
    if "@" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if "`" in text or "<" in text:
        text = _CODE.sub(lambda code: "\n" * code[0].count("\n") or " ", text)
    if "{" in text or ");" in text:  # lines of a program
        text = "\n".join("" if line.rstrip().endswith((");", "{", "}", "};")) else line for line in text.split("\n"))
    return text
