"""Repair of one text: mojibake, control characters, line breaks, surrogates, normal form. Every fix is ftfy's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ftfy
from ftfy.badness import MOJIBAKE_CATEGORIES as KIND
from ftfy.badness import is_bad

from cleaner.text.mojibake import charset_of, garbled

__all__ = ["Repaired", "repair", "replay"]

_CONFIG = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False
)

# What makes ftfy change a text: a character that one of its fixes acts on ...
_ACTED_ON = re.compile(
    "[\x00-\x08\x0b\x0d-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ud800-\udfff\ufeff\ufff9-\ufffc]".replace("\x0d", "\r\x0e")
)
# ... or a place where its badness heuristic can match. That is an alternation of 40 branches and takes 350 ns a
# character; each of its matches holds one of these pairs, which two character classes find in 6 to 20 ns.
_SYMBOLS = KIND["bad"] + KIND["law"] + KIND["currency"] + KIND["start_punctuation"] + KIND["end_punctuation"]
_ACCENTED = KIND["lower_accented"] + KIND["upper_accented"]
_PAIR = re.compile(
    f"[{_SYMBOLS}{KIND['numeric']}{KIND['box']}{_ACCENTED}{KIND['lower_common']}{KIND['upper_common']}ÂÃÎÐ×ØÙà√≈‚βā]"
    f"[{_SYMBOLS}{KIND['numeric']}{KIND['box']}{_ACCENTED}{KIND['common']}{KIND['kaomoji']}ўЂŠŸž]"
)
_SINGLE = re.compile("[ŒœÃÂ][^A-Za-z]")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair, and the steps that turn the original into it; `plan` is () where nothing changed."""

    text: str
    plan: tuple[str, ...]


class _Piece(NamedTuple):
    start: int
    end: int
    fixed: str
    steps: tuple[str, ...] = ()
    sound: bool = True  # nothing in it is left to explain


def repair(text: str, *, html: bool = False) -> Repaired:
    """`text` without the damage that decoding has done to it, and how that was done."""
    if not _suspicious(text):
        return Repaired(text, ())
    pieces = [_fixed(text, start, end) for start, end in _segments(text)]
    if not all(piece.sound for piece in pieces):
        pieces = _by_document(text, pieces)
    plan = tuple(f"{p.start}:{p.end} " + "; ".join(p.steps) for p in pieces if p.steps)
    return Repaired("".join(p.fixed for p in pieces), plan) if plan else Repaired(text, ())


def replay(text: str, plan: Sequence[str]) -> str:
    """What `repair` made of `text`, from its plan alone."""
    out: list[str] = []
    at = 0
    for entry in plan:
        span, _, steps = entry.partition(" ")
        start, end = map(int, span.split(":"))
        out += text[at:start], _apply(text[start:end], steps)
        at = end
    return "".join((*out, text[at:]))


def _suspicious(text: str) -> bool:
    """False when ftfy would return `text` as it is, told without asking it."""
    if _ACTED_ON.search(text):
        return True
    if text.isascii():
        return False
    return bool(_PAIR.search(text) or _SINGLE.search(text)) or not unicodedata.is_normalized("NFC", text)


def _fixed(text: str, start: int, end: int) -> _Piece:
    segment = text[start:end]
    if not _suspicious(segment):
        return _Piece(start, end, segment)
    fixed, steps = ftfy.fix_and_explain(segment, _CONFIG)
    whole = not steps or steps[0].action == "encode" or "decode_inconsistent_utf8" not in [s.parameter for s in steps]
    names = tuple(f"{action} {parameter}" for action, parameter in steps or ())
    return _Piece(start, end, fixed, names if fixed != segment else (), sound=whole and not is_bad(fixed))


def _by_document(text: str, pieces: list[_Piece]) -> list[_Piece]:
    charset = charset_of(text[p.start : p.end] for p in pieces if p.steps or not p.sound)
    if not charset:
        return pieces
    return [new for piece in pieces for new in _by_stretch(text, piece, charset)]


def _by_stretch(text: str, piece: _Piece, charset: str) -> list[_Piece]:
    if piece.sound:
        return [piece]
    out: list[_Piece] = []
    at = piece.start
    for stretch in garbled(text[piece.start : piece.end], charset):
        if stretch.sure:
            start, end = piece.start + stretch.start, piece.start + stretch.end
            decoded = text[start:end].encode(charset).decode()
            again = _fixed(decoded, 0, len(decoded))
            out += _fixed(text, at, start), _Piece(start, end, again.fixed, (f"encode {charset}", "decode utf-8", *again.steps))
            at = end
    return [*out, _fixed(text, at, piece.end)] if out else [piece]


def _segments(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start, start + _CONFIG.max_decode_length) + 1
        end = end or min(len(text), start + _CONFIG.max_decode_length)
        yield start, end
        start = end


def _apply(text: str, steps: str) -> str:
    for step in steps.split("; "):
        action, _, parameter = step.partition(" ")
        if action == "normalize":
            text = unicodedata.normalize(parameter, text)  # type: ignore[arg-type]
        else:
            text = ftfy.apply_plan(text, [(action, parameter)])
    return text
