"""Gather what shows the language of a text: the listed words of its lines, and a sample of its bytes for the model."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.language.words import Lexicon, Votes, spaced

__all__ = ["GLANCE", "LONG_PARAGRAPH", "LanguageEvidence", "LongLine", "Sample", "gather_evidence", "take_sample"]

GLANCE = 500
"""Code points at the beginning of a text in which words are counted first. More are read if these do not decide."""

LONG_PARAGRAPH = 80
"""Code points from which a paragraph can be in a language of its own; shorter ones go with the article."""

OPENING = 120
"""Code points that are read of every long line once the beginning of the text is read: enough words to see that a
paragraph is in another language, and the rest of a long article costs nothing."""

SLACK = 16
"""Code points more than are read of a line, which are cut off in small letters: the small letter of a sigma depends on
what follows."""

HEAD, SLICE = 1000, 250
"""Bytes that the model looks at: the head, and one slice each from the middle and the end, because an article may open
with a quotation or a caption in another language."""

MIN_LETTERS = 10
"""Fewer bytes of letters than this are no evidence: 10 Latin letters, 5 Cyrillic, 4 Chinese."""

_SMALL, _CAPITAL = string.ascii_lowercase.encode(), string.ascii_uppercase.encode()

_COMMON = bytes((0xCE, 0xCF, 0xD0, 0xD1, 0xD7, 0xD8))
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
    """The evidence in the words of a `text`: the sum of their `votes`, how many `words` were read, and the long
    `lines`."""

    text: str
    votes: Votes
    words: int
    lines: list[LongLine]


def gather_evidence(text: str, lexicon: Lexicon, read: int = GLANCE) -> LanguageEvidence:
    """Count the words of the first `read` code points, and after them of the opening of each long line.

    Addresses and code are left out. Votes of the openings are kept with their lines and do not count for the text.
    """
    whole = text.split("\n")
    bare = _without_noise(text)
    opened: list[tuple[int, int, int]] = []  # start, size and room at each line of which something is read
    heads: list[str] = []
    start, room = 0, read
    for line, plain in zip(whole, whole if bare is text else bare.split("\n"), strict=True):
        size = len(line)
        if size >= LONG_PARAGRAPH or (size and room > 0):
            opened.append((start, size, room))
            heads.append(plain[: max(room, OPENING) + SLACK])
        start += size + 1
        room -= size + 1
    votes, words = 0, 0
    lines: list[LongLine] = []
    # Only what is read is put in small letters, which takes as long as looking up its words.
    read_heads = spaced("\n".join(heads).lower()).split("\n") if heads else ()
    for (start, size, room), head in zip(opened, read_heads, strict=True):
        some = head[: max(room, OPENING)].split()
        vote = sum(filter(None, map(lexicon.words.get, some)))
        if room > 0:
            votes += vote
            words += len(some)
        if size >= LONG_PARAGRAPH:
            lines.append(LongLine(start, start + size, vote, len(some)))
    return LanguageEvidence(text, votes, words, lines)


@dataclass(frozen=True, slots=True)
class Sample:
    """The part of a text that the model is shown: `data` in UTF-8, and `lower`, the same text in small letters."""

    data: bytes
    lower: str

    def is_evidence(self, lexicon: Lexicon) -> bool:
        """Return True if there are letters enough, of a script that some known language is written in."""
        # Fast path: the letters of the commonest scripts are counted by their bytes, without looking at characters. A
        # text with a third of them is evidence; in others the letters of all scripts are counted.
        common = _count_bytes(self.data, _SMALL) + 2 * _count_bytes(self.data, _COMMON)
        if common >= max(MIN_LETTERS, len(self.data) // 3):
            return True
        letters = "".join(filter(str.isalpha, self.lower[:200])) or "".join(filter(str.isalpha, self.lower))
        return len(letters.encode("utf-8", "replace")) >= MIN_LETTERS and lexicon.knows_script(letters)


def take_sample(text: str) -> Sample:
    """Return the first 1,000 bytes and 250 each from middle and end, without the bytes of letters that were cut.

    A text that is nearly all in capitals is shown in small letters, because langid was trained on running text.
    """
    shown = text
    if len(text) > HEAD // 4:  # of at most four bytes each, so a shorter text is a sample as it stands
        data = text.encode("utf-8", "replace")
        if len(data) > HEAD + 2 * SLICE:
            middle = (HEAD + len(data) - SLICE) // 2
            # `ignore` drops the bytes of a letter that a cut went through.
            slices = data[:HEAD], data[middle : middle + SLICE], data[-SLICE:]
            shown = "\n".join(some.decode("utf-8", "ignore") for some in slices)
    shown = _without_noise(shown)
    lower = shown.lower()
    data = shown.encode("utf-8", "replace")
    if shown.isupper() or 4 * _count_bytes(data, _SMALL) < _count_bytes(data, _CAPITAL):
        data = lower.encode("utf-8", "replace")
    return Sample(data, lower)


def _count_bytes(data: bytes, which: bytes) -> int:
    """Return how many bytes of `data` are among `which`."""
    return len(data) - len(data.translate(None, which))


def _without_noise(text: str) -> str:
    """Return `text` without web and mail addresses, tags and code, with as many line ends as before.

    These are in English whatever the article is in. A pattern is tried only if a character of it stands in the text,
    because most texts have none of them.
    """
    if "@" in text or "://" in text or "www." in text:
        # No address goes on behind a line end, and the pattern takes 45 us on a text of 2,000 characters.
        text = "\n".join(
            _ADDRESS.sub(" ", line) if "@" in line or "://" in line or "www." in line else line
            for line in text.split("\n")
        )
    if "`" in text or "<" in text:
        text = _CODE.sub(lambda code: "\n" * code[0].count("\n") or " ", text)
    if "{" in text or (";" in text and ");" in text):  # lines of a program
        text = "\n".join("" if line.rstrip().endswith((");", "{", "}", "};")) else line for line in text.split("\n"))
    return text
