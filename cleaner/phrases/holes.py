"""Entries with holes: what matches "{n} komentar pada {any}". lists/README.md says what a hole may cover."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["hole_pattern"]

ANY_MAX = 120
"""Characters that an {any} may cover: a headline is rarely longer, and a longer rest is a paragraph."""

LONG_WORDING, LONG_REST = 24, 400
"""After so many characters of fixed wording, an {any} at the end of an entry may cover a longer rest."""


@lru_cache(4096)
def hole_pattern(wording: str, fixed: int) -> re.Pattern[str]:
    """The pattern of an entry with holes, given its normalised wording and the length of that without the holes; the
    blanks beside an empty {any} go with it.

    >>> hole_pattern("0 komentar pada {any}", 15).fullmatch("0 komentar pada harga garam") is not None
    True
    """
    parts = re.split(r"( ?\{any\} ?|\{name\})", wording)
    out = []
    for i, part in enumerate(parts):
        hole = part.strip()
        if hole == "{name}":
            out.append(r"\S+(?: \S+){0,5}")
        elif hole == "{any}":
            most = LONG_REST if i == len(parts) - 2 and not parts[-1] and fixed >= LONG_WORDING else ANY_MAX
            rest = f".{{0,{most}}}"
            before, after = part[0] == " ", part[-1] == " "
            out.append(f"(?: {rest})?" + " " * after if before else f"(?:{rest} )?" if after else rest)
        else:
            out.append(re.escape(part))
    return re.compile("".join(out), re.DOTALL)
