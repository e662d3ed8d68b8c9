"""Find damage that only a whole text shows: another script read as Latin letters, and line ends that are controls.

ftfy looks for UTF-8 that was misread. Text of another script in a legacy encoding that was misread has no such marks:
each byte became one letter or sign of Latin-1, and the text reads "Æèòåëè äåðåâíè". It is suspected by the share of
such letters and by how many of them stand together. Then its bytes are known again, and cleaner/decode/legacy.py finds
their encoding.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from cleaner.decode.decode import mostly_utf8
from cleaner.decode.plausibility import plausibility

__all__ = ["Misread", "end_lines", "find_misread"]

LEAST = 24
"""Letters beyond ASCII that a text must have to be judged; a table of accents has about as many."""

TOGETHER = 2.5
"""Letters beyond ASCII that stand together on average. Misread Russian has 5, Chinese more; French in capitals has 1.1
and Portuguese 1.3, and no Latin script writes as many."""

SCRIPT = 0.85
"""Share of the letters beyond ASCII that must belong to other scripts after decoding."""

PLAUSIBLE = 0.4
"""The least plausibility of the decoded text. Of 219 texts in 18 encodings the lowest has 0.48, tables of signs that
are taken for another script have less than 0."""

_SAMPLE = 1 << 15
_HIGH = re.compile(rb"[\x80-\xff]+")
_LETTER = re.compile(rb"[A-Za-z]")


class Misread(NamedTuple):
    """The encoding in which a text was read by mistake, and the one that was `meant`, or "" if that was not found."""

    read_as: str
    meant: str

    @property
    def steps(self) -> str:
        """The steps of the repair, as a plan has them."""
        return f"encode {self.read_as}; decode {self.meant}"


def find_misread(text: str) -> Misread | None:
    """Find how a text of another script was misread as Latin-1 or Windows-1252; None if it does not look like one.

    >>> find_misread("Жители деревни составили карту скамеек вдоль реки.".encode("cp1251").decode("latin-1"))
    Misread(read_as='latin-1', meant='cp1251')
    >>> find_misread("LES ÉLÈVES ONT ÉTÉ À L’ÉCOLE DÈS LE DÉBUT DE L’ÉTÉ.")
    """
    if text.isascii():
        return None
    # Characters of Latin-1 take two bytes each in UTF-8, so that the length rules out nearly all Latin texts.
    if 4 * (len(text.encode("utf-8", "surrogatepass")) - len(text)) < len(text):
        return None
    for read_as in ("latin-1", "sloppy-windows-1252"):
        try:
            data = text.encode(read_as)
        except UnicodeEncodeError:
            continue
        # Most letters are beyond ASCII, stand together, and differ as those of a text do: a table has each letter
        # once, a row of signs has one only.
        runs = _HIGH.findall(data)
        high = sum(map(len, runs))
        distinct = len(set(b"".join(runs)))
        together = high >= LEAST and high >= TOGETHER * len(runs) and high >= len(_LETTER.findall(data))
        # UTF-8 that was misread is for ftfy, which knows it better.
        if together and 10 <= distinct <= 0.7 * high and not mostly_utf8(data):
            return Misread(read_as, _meant(data))
        return None
    return None


def _meant(data: bytes) -> str:
    """Return the encoding in which all bytes are plausible text of another script, or ""."""
    from cleaner.decode.legacy import decode_legacy  # it needs chardet, and few texts come so far

    found = decode_legacy(data)
    beyond = [char for char in found.text if char > "\x7f" and char.isalpha()]
    others = sum(not unicodedata.name(char, "LATIN").startswith("LATIN") for char in beyond)
    if found.replaced or others < SCRIPT * len(beyond) or not beyond:
        return ""
    # Plausibility is about the places of letters, which says nothing of scripts whose vowels are marks, such as Thai.
    marks = any(unicodedata.category(char) == "Mn" for char in found.text)
    return found.encoding if marks or plausibility(data[:_SAMPLE], found.encoding) > PLAUSIBLE else ""


_SEPARATORS = "\x0b\x0c\x1c\x1d\x1e\x1f\x85"
# Word writes its optional hyphen and the one that does not break as \x1f and \x1e, between the small letters of a word;
# ftfy takes these out. \x85 is the ellipsis of Windows-1252 but for where a sentence has ended and another begins.
_LINE_END = re.compile(
    r"[\x0b\x0c\x1c\x1d]|(?<![^\W\d_])[\x1e\x1f]|[\x1e\x1f](?![^\W\d_])|(?<=[.!?”\"»])\x85(?=[\w“\"«])"
)


def end_lines(text: str) -> str:
    r"""Return `text` with a line feed for each control character that ended a line: vertical tab, form feed,
    separators, NEL.

    >>> end_lines("Air naik.\x0bWarga pergi.\x85Hujan reda\x85 dan reda."), end_lines("me\x1fnyusul")
    ('Air naik.\nWarga pergi.\nHujan reda\x85 dan reda.', 'me\x1fnyusul')
    """
    return _LINE_END.sub("\n", text) if any(each in text for each in _SEPARATORS) else text
