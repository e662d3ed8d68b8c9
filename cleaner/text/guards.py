"""What speaks against keeping a clean text: flags with reasons, and drops for those that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Verdict", "check"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`drop` is the reason for dropping or "", `detail` its figures for people, `flags` what was noticed."""

    drop: str
    detail: str
    flags: tuple[str, ...]


def check(
    text: str, *, language: str, flags: Sequence[str], guards: Sequence[str], min_chars: int, max_chars: int
) -> Verdict:
    """Judge one clean text. `min_chars` and `max_chars` are code points; `max_chars` 0 is no limit."""
    length = len(text.strip())
    if not length:
        return Verdict("empty", "nothing is left", tuple(flags))
    if length < min_chars:
        return Verdict("too-short", f"{length} of {min_chars} characters", tuple(flags))
    return Verdict("", "", tuple(flags))
