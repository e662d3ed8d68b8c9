"""Repair one text: mojibake, control characters, line breaks, surrogates, normal form. Every fix is ftfy's.

The result is that of `ftfy.fix_text` with the configuration below, but for lines that ftfy cannot decode as a whole:
there the rest of the document shows how it was garbled (see `mojibake.py`). Nearly all text is sound, and two checks
find that out fast: `is_sound` looks at the bytes, `find_hints` at pairs of characters (see `damage_hints.py`). An ASCII
text takes 1.6 ns a character in place of ftfy's 213, a French one 38 in place of 709 (benchmarks/results/repair.md).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import ftfy
from ftfy import fixes
from ftfy.badness import is_bad

from cleaner.read.markup import unmark
from cleaner.repair.damage_hints import DamageHints, find_hints, is_sound
from cleaner.repair.mojibake import Garbling, capitals_before_marks, find_garbling, garble_groups, garbled_spans
from cleaner.repair.whole_text import end_lines, find_misread

__all__ = ["UNMARK", "Repaired", "fix_lines", "repair", "replay"]

# Quotation marks, ligatures, full-width letters and entities in plain text are the author's, and stay as they are.
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
"""The fixes of the configuration by their name in a plan, in ftfy's order."""

_ROUNDS = 16
"""How often ftfy may go over one line. 4 KB of byte order marks, each garbled inside a garbled character, would take
1,000 rounds and 3 s, and twice as many bytes four times as long."""

_SEGMENT = _CONFIG.max_decode_length
"""Characters, 1,000,000, after which ftfy cuts a line and fixes the parts by themselves."""

_BLOCK = 1 << 16
"""Characters that are looked at together for hints of damage: at 24 bytes each they take 1.5 MB."""

_ENTRIES = 200
"""Entries that a plan may have. The plan of a text that needs more says only to repair it again."""

_CLOSE = "restore byte 9d"
"""The step that restores closing quotation marks. Windows-1252 has no byte 9D, so a strict reader of the UTF-8 of “…”
leaves â€œ…â€�. Windows-1252 lacks five bytes, but of the characters whose UTF-8 begins like this and ends in one of
them, only the closing quotation mark occurs in texts."""

_END_LINES = "apply end_lines"
"""The step that replaces other control characters that end lines by line feeds. ftfy would join the lines."""

UNMARK = "apply unmark"
"""The step that takes markup out of plain text. It comes before repair and stands in the same plan."""

_UNESCAPE = "apply unescape_html"
"""The step that resolves entities. It is done once; ftfy would repeat it until nothing changes, which takes a round for
each amp; of &amp;amp;amp;"""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair, and the plan that turns the original into it.

    An entry of the plan is `"12:34 encode latin-1; decode utf-8"`: the characters from 12 up to 34, and the steps for
    them. Steps are ftfy's (`ftfy.apply_plan`), its `normalize`, and the few that this module names. Entries are
    ascending and disjoint; characters outside of them stay. After an entry `"then"`, offsets count in the text made so
    far. `plan` is () where nothing changed. `doubtful` says that the text looks like another script that was misread as
    Latin letters, and which encoding it was in could not be found.
    """

    text: str
    plan: tuple[str, ...]
    doubtful: bool = field(default=False, repr=False)


_NOTHING = Repaired("", ())


class _Part(NamedTuple):
    """A part of the text, mostly a line: the repaired text, and the steps that made it, () where nothing changed.

    `charsets` are those in which a span of the part may still be misread UTF-8.
    """

    start: int
    end: int
    fixed: str
    steps: tuple[str, ...] = ()
    charsets: tuple[str, ...] = ()


def repair(text: str, *, html: bool = False) -> Repaired:
    r"""Return `text` without the damage that decoding has done to it, and how that was done.

    `html` says that the text was extracted from a page: entities that were escaped twice are then resolved, up to the
    first "<", behind which they are taken as the author's, as in ftfy.

    >>> repair("Harga naik, kata Siti: â€œmahal sekaliâ€\x9d.")
    Repaired(text='Harga naik, kata Siti: “mahal sekali”.', plan=('0:42 encode sloppy-windows-1252; decode utf-8',))
    >>> repair("“Harga naik”").plan
    ()
    """
    if not text:  # as titles and names mostly are
        return _NOTHING
    before: list[str] = []
    if html and "&" in text:
        end = text.find("<") if "<" in text else len(text)
        if (unescaped := _apply(text[:end], [_UNESCAPE])) != text[:end]:
            text = unescaped + text[end:]
            before += (f"0:{end} {_UNESCAPE}", "then")
    # Then what concerns the whole text, each step on what the one before it has made.
    misread = find_misread(text)
    for steps in (misread.steps if misread and misread.meant else "", _CLOSE, _END_LINES):
        if steps and (fixed := _apply(text, steps.split("; "))) != text:
            before += (f"0:{len(text)} {steps}", "then")
            text = fixed
    made = _repaired(text)
    plan = (*before, *made.plan) if made.plan else tuple(before[:-1])
    return Repaired(made.text, plan, doubtful=misread is not None and not misread.meant)


def fix_lines(text: str) -> Repaired:
    """Return `ftfy.fix_text(text)` with the corpus configuration, to the letter: what `repair` does line by line.

    It differs only for a line that ftfy would go over more than 16 times, which no honest text needs.
    """
    return _repaired(text, document=False)


def _repaired(text: str, *, document: bool = True) -> Repaired:
    """Repair every part of the text; with `document` the other parts are evidence for what ftfy cannot decide."""
    if is_sound(text):
        return Repaired(text, ())
    blocks = _segments(text, _BLOCK) if len(text) > _BLOCK else [(0, len(text))]
    parts = [part for start, end in blocks for part in _fixed_parts(text, start, end)]
    if document:
        # First capitals that ftfy took for garbled ones are put back; then garbled spans in what ftfy left are decoded,
        # by the one charset that the document as a whole speaks for.
        parts = [_with_meant_capitals(text, part) for part in parts]
        charsets = {charset for part in parts for charset in part.charsets}
        lines = [text[part.start : part.end] for part in parts if part.charsets]
        others = "".join(part.fixed for part in parts if not part.charsets) if charsets else ""
        if charsets and (by := find_garbling(lines, others, charsets)):
            parts = [new for part in parts for new in _with_spans_decoded(text, part, by)]
    return _with_plan(text, parts, "repair" if document else "fix_lines")


def replay(text: str, plan: Sequence[str]) -> str:
    r"""Repair `text` again by the plan that `repair` returned for it.

    >>> replay("Harga naik, kata Siti: â€œmahalâ€\x9d.", ("0:35 encode sloppy-windows-1252; decode utf-8",))
    'Harga naik, kata Siti: “mahal”.'
    """
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
    """Return `text` after the steps of one entry of a plan."""
    for step in steps:
        action, _, parameter = step.partition(" ")
        if action == "normalize":
            text = unicodedata.normalize(parameter, text)  # type: ignore[arg-type]
        elif action in ("repair", "fix_lines"):
            text = _repaired(text, document=action == "repair").text
        elif step == UNMARK:
            text = unmark(text)
        elif step == _END_LINES:
            text = end_lines(text)
        elif step == _CLOSE:
            text = text.replace("â€\ufffd", "â€\x9d")
        else:
            text = ftfy.apply_plan(text, [(action, parameter)])
    return text


def _segments(text: str, least: int = 1) -> Iterator[tuple[int, int]]:
    """Yield start and end of ftfy's segments: lines with their line feed, cut where they are longer than ftfy takes.

    With `least` whole segments are joined until they have so many characters.
    """
    start = end = 0
    while end < len(text):
        end = text.find("\n", end, end + _SEGMENT) + 1 or min(len(text), end + _SEGMENT)
        if end - start >= least or end == len(text):
            yield start, end
            start = end


def _fixed_parts(text: str, start: int, end: int) -> Iterator[_Part]:
    """Fix one block: as a whole if that is plain, else segment by segment as ftfy does it."""
    block = text[start:end]
    hints = left = find_hints(block)
    # It is plain if ftfy would change nothing but line breaks and the normal form.
    fixed, steps = block, tuple[str, ...]()
    if "\r\n" in fixed:
        fixed, steps = fixed.replace("\r\n", "\n"), ("apply fix_line_breaks",)
        left = find_hints(fixed)
    if not left.at and not unicodedata.is_normalized("NFC", fixed):
        fixed, steps = unicodedata.normalize("NFC", fixed), (*steps, "normalize NFC")
        left = find_hints(fixed)
    if not left.at:
        yield _Part(start, end, fixed, steps)
        return
    normal = unicodedata.is_normalized("NFC", block)
    for a, b in _segments(block):
        if normal and bisect_left(hints.at, a) == bisect_left(hints.at, b):  # no hint in this segment
            yield _Part(start + a, start + b, block[a:b])
        else:
            yield _fixed_segment(text, start + a, start + b, hints.within(a, b))


def _fixed_segment(text: str, start: int, end: int, hints: DamageHints | None = None) -> _Part:
    """Fix one segment as ftfy does, and note the charsets by which a part of it may still be garbled."""
    segment = text[start:end]
    hints = hints or find_hints(segment)
    fixed, steps = segment, tuple[str, ...]()
    if hints.call_for_ftfy(segment) or not unicodedata.is_normalized("NFC", segment):
        fixed, steps = _fix_and_explain(segment)
    if fixed == segment:
        steps = ()
    elif steps[0].startswith("encode ") and not is_bad(fixed):
        return _Part(start, end, fixed, steps)  # ftfy has decoded the whole of it
    charsets = tuple(charset for charset in hints.charsets() if garble_groups(segment, charset))
    return _Part(start, end, fixed, steps, charsets)


def _fix_and_explain(text: str, *, encoding: bool = True) -> tuple[str, tuple[str, ...]]:
    """Do what `ftfy.fix_and_explain` does, in at most 16 rounds; without `encoding` nothing is decoded."""
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
        if fixed == text:  # fix_encoding does not change its own output, so it need not run again
            break
        text = fixed
    return text, tuple(steps)


def _with_meant_capitals(text: str, part: _Part) -> _Part:
    """Return `part` without ftfy's decoding, if nothing was decoded but capitals at the end of words."""
    if not any(step.startswith("decode ") or step.endswith("inconsistent_utf8") for step in part.steps):
        return part
    segment = text[part.start : part.end]
    # The decoding was wrong if no part between these capitals looks bad to ftfy by itself.
    cuts = capitals_before_marks(segment, text, whole=part.steps[0].startswith("encode "))
    if not cuts or any(is_bad(segment[a:b]) for a, b in pairwise((0, *cuts, len(segment)))):
        return part
    fixed, steps = _fix_and_explain(segment, encoding=False)
    return _Part(part.start, part.end, fixed, steps if fixed != segment else (), part.charsets)


def _with_spans_decoded(text: str, part: _Part, by: Garbling) -> Iterator[_Part]:
    """Cut `part` at the spans that are surely garbled: these are decoded, what is between them is fixed for itself."""
    spans = garbled_spans(text[part.start : part.end], by) if part.charsets else []
    if not spans:
        yield part
        return
    hints = find_hints(text[part.start : part.end])
    at = 0  # in the part
    for start, end in spans:
        decoded = text[part.start + start : part.start + end].encode(by.charset).decode()
        again = _fixed_segment(decoded, 0, len(decoded))  # it may have been garbled twice
        between = _fixed_segment(text, part.start + at, part.start + start, hints.within(at, start))
        yield _with_meant_capitals(text, between)
        steps = (f"encode {by.charset}", "decode utf-8", *again.steps)
        yield _Part(part.start + start, part.start + end, again.fixed, steps)
        at = end
    rest = _fixed_segment(text, part.start + at, part.end, hints.within(at, part.end - part.start))
    yield _with_meant_capitals(text, rest)


def _with_plan(text: str, parts: Sequence[_Part], anew: str) -> Repaired:
    """Put the parts together, with the shortest plan whose replay gives the same text.

    First neighbouring parts are joined into one entry as long as its steps give the same text, then each part has its
    own entry. If both plans are too long, or a replay gives another text, the plan is the step `anew`: repair all of
    it.
    """
    changed = [part for part in parts if part.steps]
    if not changed:
        return Repaired(text, ())
    fixed = "".join(part.fixed for part in parts)
    joined: list[_Part] = []
    for part in changed:
        if joined and _reaches(text, joined[-1], part):
            joined[-1] = joined[-1]._replace(end=part.end)
        else:
            joined.append(part)
    for entries in (joined, changed):
        plan = tuple(f"{entry.start}:{entry.end} {'; '.join(entry.steps)}" for entry in entries)
        with suppress(UnicodeError):
            if len(plan) <= _ENTRIES and replay(text, plan) == fixed:
                return Repaired(fixed, plan)
    return Repaired(fixed, (f"0:{len(text)} {anew}",))


def _reaches(text: str, entry: _Part, part: _Part) -> bool:
    """Return True if the steps of `entry` change nothing up to `part`, and do to `part` what its own steps do."""
    gap = text[entry.end : part.start]
    try:
        if entry.steps != part.steps and _apply(text[part.start : part.end], entry.steps) != part.fixed:
            return False
        return not gap or _apply(gap, entry.steps) == gap
    except UnicodeError:
        return False
