"""Repair of one text: mojibake, control characters, line breaks, surrogates, normal form. Every fix is ftfy's.

The result is `ftfy.fix_text` with the configuration below, to the letter, but for lines that ftfy cannot decode as a
whole: there the document says how it was garbled (see `mojibake`).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import ftfy
from ftfy import fixes
from ftfy.badness import is_bad

from cleaner.repair.damage_hints import Signs, is_sound, signs
from cleaner.repair.mojibake import Evidence, closings, evidence, garbled, holds

__all__ = ["Repaired", "fix_lines", "repair", "replay"]

# What a corpus wants: quotation marks, ligatures and full-width letters are the author's; entities in plain text too.
_CONFIG = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False
)
_FIXES: Mapping[str, Callable[[str], str]] = {
    "apply fix_c1_controls": fixes.fix_c1_controls,
    "apply fix_line_breaks": fixes.fix_line_breaks,
    "apply fix_surrogates": fixes.fix_surrogates,
    "apply remove_terminal_escapes": fixes.remove_terminal_escapes,
    "apply remove_control_chars": fixes.remove_control_chars,
    "normalize NFC": partial(unicodedata.normalize, "NFC"),
}
_ROUNDS = 16
_SEGMENT = _CONFIG.max_decode_length  # ftfy cuts a line after as many characters, 1,000,000, and fixes the parts alone
_BLOCK = 1 << 16  # characters looked at together
_ENTRIES = 200  # of a plan; what would need more is repaired anew when it is replayed

# Windows-1252 has no byte 9D, so a strict reader of “…” leaves â€œ…â€�. Of the characters that begin with the same two
# bytes and end in one of the five that are missing, only the closing quotation mark is ever written.
_CLOSE = "restore byte 9d"


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair, and the plan that turns the original into it.

    An entry of the plan is `"12:34 encode latin-1; decode utf-8"`: characters 12 up to 34, and the steps, which are
    ftfy's (`ftfy.apply_plan`) with its `normalize`. Entries are ascending and disjoint; what none of them names stays.
    After an entry `"then"`, places are counted in the text made so far. `plan` is () where nothing changed.
    """

    text: str
    plan: tuple[str, ...]


class _Piece(NamedTuple):
    start: int
    end: int
    fixed: str
    steps: tuple[str, ...] = ()
    charsets: tuple[str, ...] = ()  # by which it may still be garbled


_Entry = tuple[int, int, tuple[str, ...]]


def repair(text: str, *, html: bool = False) -> Repaired:
    r"""`text` without the damage that decoding has done to it, and how that was done.

    `html` says that the text was extracted from a page: entities that were escaped twice are then resolved, up to the
    first "<", which is ftfy's sign that they are meant.

    >>> repair("Harga naik, kata Siti: â€œmahal sekaliâ€\x9d.")
    Repaired(text='Harga naik, kata Siti: “mahal sekali”.', plan=('0:42 encode sloppy-windows-1252; decode utf-8',))
    >>> repair("“Harga naik”").plan
    ()
    """
    before: list[str] = []
    for start_with in (_unescaped if html and "&" in text else None, _closed if "\ufffd" in text else None):
        if start_with and (made := start_with(text)) and made.text != text:
            text = made.text
            before += (*made.plan, "then")
    made = _repaired(text)
    if not before:
        return made
    return Repaired(made.text, (*before, *made.plan) if made.plan else tuple(before[:-1]))


def fix_lines(text: str) -> Repaired:
    """`ftfy.fix_text(text)` with the corpus configuration, to the letter: what `repair` does line by line.

    The one difference is a line that ftfy would go through more than 16 times, which only an attack needs.
    """
    return _repaired(text, document=False)


def _unescaped(text: str) -> Repaired:
    end = text.find("<")
    end = len(text) if end < 0 else end
    step = "apply unescape_html"  # once: ftfy goes on until nothing changes, a round for each amp; of &amp;amp;amp;
    return Repaired(_apply(text[:end], [step]) + text[end:], (f"0:{end} {step}",))


def _closed(text: str) -> Repaired:
    return Repaired(_apply(text, [_CLOSE]), (f"0:{len(text)} {_CLOSE}",))


def _repaired(text: str, *, document: bool = True) -> Repaired:
    if is_sound(text):
        return Repaired(text, ())
    pieces = [piece for start, end in _blocks(text) for piece in _looked_at(text, start, end)]
    if not any(piece.steps or piece.charsets for piece in pieces):
        return Repaired(text, ())
    if not document:
        return _put_together(text, pieces, "fix_lines")
    return _put_together(text, _by_document(text, pieces), "repair")


def _put_together(text: str, pieces: Sequence[_Piece], anew: str) -> Repaired:
    if not any(piece.steps for piece in pieces):
        return Repaired(text, ())
    fixed = "".join(piece.fixed for piece in pieces)
    plans = _plans(text, [piece for piece in pieces if piece.steps])
    short = (plan for plan in plans if len(plan) <= _ENTRIES and _leads_to(fixed, text, plan))
    return Repaired(fixed, next(short, (f"0:{len(text)} {anew}",)))


def replay(text: str, plan: Sequence[str]) -> str:
    """What `repair` made of `text`, from its plan alone."""
    out: list[str] = []
    at = 0
    for entry in plan:
        if entry == "then":
            text, out, at = "".join((*out, text[at:])), [], 0
            continue
        span, _, steps = entry.partition(" ")
        start, end = map(int, span.split(":"))
        out += text[at:start], _apply(text[start:end], steps.split("; "))
        at = end
    return "".join((*out, text[at:]))


def _apply(text: str, steps: Sequence[str]) -> str:
    for step in steps:
        action, _, parameter = step.partition(" ")
        if action == "normalize":
            text = unicodedata.normalize(parameter, text)  # type: ignore[arg-type]
        elif action in ("repair", "fix_lines"):
            text = _repaired(text, document=action == "repair").text
        elif step == _CLOSE:
            text = text.replace("â€\ufffd", "â€\x9d")
        else:
            text = ftfy.apply_plan(text, [(action, parameter)])
    return text


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """ftfy's segments: lines with their line feed, cut where they are longer than it takes."""
    start = 0
    while start < len(text):
        end = text.find("\n", start, start + _SEGMENT) + 1 or min(len(text), start + _SEGMENT)
        yield start, end
        start = end


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Some whole segments together."""
    start = 0
    if len(text) > _BLOCK:
        for _, end in _segments(text):
            if end - start >= _BLOCK:
                yield start, end
                start = end
    if start < len(text):
        yield start, len(text)


def _looked_at(text: str, start: int, end: int) -> Iterator[_Piece]:
    block = text[start:end]
    found = signs(block)
    if quick := _quickly(block, found):
        yield _Piece(start, end, *quick)
        return
    whole = unicodedata.is_normalized("NFC", block)
    for a, b in _segments(block):
        if whole and bisect_left(found.at, a) == bisect_left(found.at, b):
            yield _Piece(start + a, start + b, block[a:b])
        else:
            yield _segment(text, start + a, start + b, found.within(a, b))


def _quickly(block: str, found: Signs) -> tuple[str, tuple[str, ...]] | None:
    """What ftfy makes of `block` and by which steps, where that is plain: nothing, line breaks, or the normal form."""
    steps: tuple[str, ...] = ()
    if "\r\n" in block:
        block, steps = block.replace("\r\n", "\n"), ("apply fix_line_breaks",)
        found = signs(block)
    if not found.at and not unicodedata.is_normalized("NFC", block):
        block, steps = unicodedata.normalize("NFC", block), (*steps, "normalize NFC")
        found = signs(block)
    return None if found.at else (block, steps)


def _segment(text: str, start: int, end: int, found: Signs | None = None) -> _Piece:
    segment = text[start:end]
    found = found or signs(segment)
    fixed, steps = segment, tuple[str, ...]()
    if found.call_for_ftfy(segment) or not unicodedata.is_normalized("NFC", segment):
        fixed, steps = _explained(segment)
    if fixed == segment:
        steps = ()
    elif steps[0].startswith("encode ") and not is_bad(fixed):
        return _Piece(start, end, fixed, steps)  # ftfy has decoded the whole of it
    charsets = tuple(charset for charset in found.charsets() if holds(segment, charset))
    return _Piece(start, end, fixed, steps, charsets)


def _explained(text: str, *, encoding: bool = True) -> tuple[str, tuple[str, ...]]:
    """`ftfy.fix_and_explain`, but for at most 16 rounds: 4 KB of byte order marks, each garbled inside a garbled
    character, take it 1,000 rounds and 3 s, four times as long for twice as much."""
    steps: list[str] = []
    for _ in range(_ROUNDS):
        if encoding:
            text, decoding = ftfy.fix_encoding_and_explain(text, _CONFIG)
            steps += (f"{action} {parameter}" for action, parameter in decoding or ())
        fixed = text
        for step, fix in _FIXES.items():
            before, fixed = fixed, fix(fixed)
            if fixed != before:
                steps.append(step)
        if fixed == text:  # what comes out of fix_encoding goes through it unchanged, so there is no need to ask again
            break
        text = fixed
    return text, tuple(steps)


def _by_document(text: str, pieces: list[_Piece]) -> list[_Piece]:
    pieces = [_as_meant(text, piece) for piece in pieces]
    charsets = {charset for piece in pieces for charset in piece.charsets}
    if not charsets:
        return pieces
    lines = [text[piece.start : piece.end] for piece in pieces if piece.charsets]
    by = evidence(lines, "".join(piece.fixed for piece in pieces if not piece.charsets), charsets)
    return [new for piece in pieces for new in _by_stretch(text, piece, by)] if by else pieces


def _as_meant(text: str, piece: _Piece) -> _Piece:
    """`piece` without what ftfy decoded in it, where that is only capitals at the end of words."""
    if not any(step.startswith("decode ") or step.endswith("inconsistent_utf8") for step in piece.steps):
        return piece
    segment = text[piece.start : piece.end]
    cuts = closings(segment, text, whole=piece.steps[0].startswith("encode "))
    if not cuts or any(is_bad(segment[a:b]) for a, b in pairwise((0, *cuts, len(segment)))):
        return piece
    fixed, steps = _explained(segment, encoding=False)
    return _Piece(piece.start, piece.end, fixed, steps if fixed != segment else (), piece.charsets)


def _by_stretch(text: str, piece: _Piece, by: Evidence) -> Iterator[_Piece]:
    stretches = garbled(text[piece.start : piece.end], by) if piece.charsets else []
    if not stretches:
        yield piece
        return
    found = signs(text[piece.start : piece.end])
    at = piece.start
    for stretch in stretches:
        start, end = piece.start + stretch.start, piece.start + stretch.end
        decoded = text[start:end].encode(by.charset).decode()
        again = _segment(decoded, 0, len(decoded))
        yield _as_meant(text, _segment(text, at, start, found.within(at - piece.start, stretch.start)))
        yield _Piece(start, end, again.fixed, (f"encode {by.charset}", "decode utf-8", *again.steps))
        at = end
    yield _as_meant(text, _segment(text, at, piece.end, found.within(at - piece.start, piece.end - piece.start)))


def _plans(text: str, pieces: Sequence[_Piece]) -> Iterator[tuple[str, ...]]:
    """The plan in few entries, each as far as its steps do, and the one with an entry for each piece."""
    joined: list[_Entry] = []
    for piece in pieces:
        if joined and _goes_on(text, joined[-1][1], joined[-1][2], piece):
            joined[-1] = (joined[-1][0], piece.end, joined[-1][2])
        else:
            joined.append((piece.start, piece.end, piece.steps))
    for entries in (joined, [(piece.start, piece.end, piece.steps) for piece in pieces]):
        yield tuple(f"{start}:{end} {'; '.join(steps)}" for start, end, steps in entries)


def _leads_to(fixed: str, text: str, plan: tuple[str, ...]) -> bool:
    try:
        return replay(text, plan) == fixed
    except UnicodeError:
        return False


def _goes_on(text: str, at: int, steps: tuple[str, ...], piece: _Piece) -> bool:
    """True when `steps`, which end at `at`, leave what follows as it is up to `piece`, and do the same to `piece`."""
    gap = text[at : piece.start]
    try:
        if steps != piece.steps and _apply(text[piece.start : piece.end], steps) != piece.fixed:
            return False
        return not gap or _apply(gap, steps) == gap
    except UnicodeError:
        return False
