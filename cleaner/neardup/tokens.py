"""Tokens: the words of a text normalised for comparison, each as a hash of 64 bits.

Texts are taken in NFC and lower case, without invisible characters, and with one form of each letter; digits stay.

A token is a run of letters, marks, digits and connectors (`\\w` of Unicode's UTS #18). In scripts that write no spaces
(Han, kana, Thai, Lao, Khmer, Burmese) every base character with its marks is a token. No string is built per token:
a token's hash is its polynomial in the code points, taken from one weighted sum over the whole batch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.characters import INVISIBLE
from cleaner.neardup.columns import ranges

__all__ = ["NORMALISATION", "Tokens", "mix", "tokenize"]

NORMALISATION = "lower-nfc-folded-words-2"
"""The name of this module's rules, which a saved index keeps. It changes whenever a text could give other tokens."""

_DROPPED = INVISIBLE + "\u0640\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Copies of one text differ in these: invisible characters, the stroke that lengthens Arabic words (tatweel), marks that
# turn the direction of writing. Yeh and kaf have one code for Arabic and one for Persian and Urdu, which sites mix.
_SAME_LETTERS = (("\u064a", "\u06cc"), ("\u0649", "\u06cc"), ("\u0643", "\u06a9"))
_FIRST_FORM = 0xFB00
_FORMS = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]+")
"""Letters in the form that they have in print: ligatures, Hebrew and Arabic letters by their place in the word."""

_OTHER, _WORD, _SINGLE, _MARK, _DIGIT = range(5)
_BASE = 0xD6E8FEB86659FD93  # odd, so that its powers have inverses modulo 2**64
_BLOCK = 1 << 16  # characters taken at once: what numpy touches stays in the second-level cache
_PLANES = (0, 0x10000, 0x20000, 0x40000)
"""Where classes end: behind the plane of nearly all texts, that of emoji, and all that hold scripts. Each takes 6 ms or
more to class."""
_ASCII_WORDS = bytes(c if chr(c).isalnum() or c == ord("_") else 0 for c in range(128)) + bytes(128)
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token hashes of a batch: `hashes[starts[i]:starts[i + 1]]` are those of text i, in reading order.

    The lowest bit is 1 for a number, which is a token that begins with a digit; so numbers are known without the text.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]


def mix(h: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all 64 (the finalizer of MurmurHash3, a bijection)."""
    h = h ^ (h >> np.uint64(33))
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return h


def tokenize(texts: Sequence[str]) -> Tokens:
    """Return token hashes of every text; those of one text never depend on its neighbours.

    >>> tokenize(["Harga naik 5 persen.", "harga NAIK, 5 persen"]).starts.tolist()
    [0, 4, 8]
    """
    found: list[NDArray[np.uint64]] = [np.zeros(0, np.uint64)]
    owners: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    counts: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    room = np.empty(_BLOCK + 1, np.uint64)
    for numbers, chunks in _blocks(texts):
        values, per_chunk = _block_tokens(chunks, room)
        found.append(values)
        owners.append(np.array(numbers, np.int64))
        counts.append(per_chunk)
    hashes, owner, count = np.concatenate(found), np.concatenate(owners), np.concatenate(counts)
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.bincount(owner, count, len(texts)).astype(np.int64), out=starts[1:])
    if (owner[1:] < owner[:-1]).any():
        # texts in ASCII came first: back into the order of the texts
        order = np.argsort(owner, kind="stable")
        hashes = hashes[ranges((np.cumsum(count) - count)[order], count[order])]
    return Tokens(hashes, starts)


def _blocks(texts: Sequence[str]) -> Iterator[tuple[list[int], list[str]]]:
    """Yield blocks of at most _BLOCK characters: the numbers of texts, and these texts in lower case and NFC.

    A longer text comes in chunks. Texts in ASCII come first and by themselves, since they cost half as much.
    """
    plain: list[tuple[int, str]] = []
    other: list[tuple[int, str]] = []
    for number, text in enumerate(texts):
        lower = text.lower()
        if not lower.isascii():
            lower = unicodedata.normalize("NFC", _with_same_letters(lower))
        (plain if lower.isascii() else other).append((number, lower))
    for group in (plain, other):
        numbers: list[int] = []
        chunks: list[str] = []
        room = _BLOCK
        for number, text in group:
            for chunk in (text,) if len(text) < _BLOCK else _cut(text):
                if len(chunk) + 1 > room:
                    yield numbers, chunks
                    numbers, chunks, room = [], [], _BLOCK
                numbers.append(number)
                chunks.append(chunk)
                room -= len(chunk) + 1
        if numbers:
            yield numbers, chunks


def _with_same_letters(text: str) -> str:
    """Return `text` without invisible characters, and with one code for each letter. Searches for single characters are
    cheap: they add 4 us to an article of 2,000 characters that has none of them."""
    for char in _DROPPED:
        if char in text:
            text = text.replace(char, "")
    for char, same in _SAME_LETTERS:
        if char in text:
            text = text.replace(char, same)
    if len(text) and np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16).max() >= _FIRST_FORM:

        def letters_of(form: re.Match[str]) -> str:
            # a few forms stand for themselves, the Arabic dots alone (U+FBB2 to U+FBC1) among them
            letters = unicodedata.normalize("NFKC", form[0])
            return "".join(char if _FORMS.match(char) else _with_same_letters(char) for char in letters)

        text = _FORMS.sub(letters_of, text)
    return text


def _cut(text: str) -> Iterator[str]:
    """Yield chunks shorter than _BLOCK, cut behind a space or line end where there is one in the second half."""
    start = 0
    while start < len(text):
        end = start + _BLOCK - 1
        if end < len(text):
            end = 1 + max(text.rfind(c, start + _BLOCK // 2, end) for c in " \n\t") or end
        yield text[start:end]
        start = end


def _block_tokens(chunks: list[str], room: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return token hashes of all chunks, one behind the other, and how many each has. `room` is used again and
    again."""
    joined = "\n" + "\n".join(chunks)
    # code points, 0 for everything outside tokens; the places before tokens, and which of these are numbers
    codes: NDArray[np.uint8] | NDArray[np.uint32]
    if joined.isascii():
        codes = np.frombuffer(joined.encode("ascii").translate(_ASCII_WORDS), np.uint8)
        before = np.flatnonzero((codes[1:] != 0) & (codes[:-1] == 0))
        numbers = codes[1:][before] <= ord("9")
    else:
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        last_code = int(codes.max())
        classes = _classes(next((end for end in _PLANES[1:] if last_code < end), _PLANES[-1]))[codes]
        codes = codes * (classes != _OTHER)
        here, last = classes[1:], classes[:-1]
        begins = (here != _OTHER) & (last == _OTHER)
        single = here == _SINGLE
        if single.any():
            begins |= single | ((last == _SINGLE) & (here != _OTHER) & (here != _MARK))
        before = np.flatnonzero(begins)
        numbers = here[before] == _DIGIT
    ends = np.cumsum(np.fromiter(map(len, chunks), np.int64, len(chunks)) + 1)
    per_chunk = np.diff(np.searchsorted(before, ends), prepend=0)
    if not len(before):
        return np.zeros(0, np.uint64), per_chunk
    powers, inverses = _powers()
    # characters outside tokens weigh nothing, so a token ends, for the sum, where the next begins
    sums = room[: len(codes)]
    np.multiply(codes, powers[: len(codes)], out=sums)
    np.cumsum(sums, out=sums)
    behind = sums[before]
    hashes = inverses[before]
    hashes[:-1] *= behind[1:] - behind[:-1]
    hashes[-1:] *= sums[-1:] - behind[-1:]
    hashes = mix(hashes)
    hashes &= np.uint64(0xFFFFFFFFFFFFFFFE)
    hashes |= numbers
    return hashes, per_chunk


@cache
def _powers() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the base to the power 0.._BLOCK, and the inverses of these, modulo 2**64."""
    step = np.full(_BLOCK + 1, _BASE, np.uint64)
    back = np.full(_BLOCK + 1, pow(_BASE, -1, 1 << 64), np.uint64)
    step[0] = 1
    return np.cumprod(step, dtype=np.uint64), np.cumprod(back, dtype=np.uint64)


@cache
def _classes(end: int) -> NDArray[np.uint8]:
    """Return _OTHER, _WORD, _SINGLE, _MARK or _DIGIT for every code point below `end`; above stands _OTHER."""
    begin = _PLANES[_PLANES.index(end) - 1]
    classes = _classes(begin).copy() if begin else np.zeros(0x110000, np.uint8)
    for code in range(begin, end):
        char = chr(code)
        if char.isalnum():
            classes[code] = _DIGIT if char.isdecimal() else _WORD
        elif not char.isascii() or char == "_":
            kind = unicodedata.category(char)
            classes[code] = _WORD if kind == "Pc" else _MARK if kind[0] == "M" else _OTHER
    for first, last in _UNSPACED:
        span = classes[first : last + 1]
        span[span == _WORD] = _SINGLE
    return classes
