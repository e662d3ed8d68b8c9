"""Find where clauses of a text open as calls on the reader and closing phrases do, by one search over its bytes.

Most lines hold none and need not be asked for any: 14 us for 2.4 kB, where asking its lines takes 80. A fast path of
strip.py; tests/strip/test_strip_properties.py asks the rules with and without it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import accumulate, pairwise

__all__ = ["any_of", "find_openings", "opening_pattern"]

_ENDS = b"!?:;,\"'()[]{}<>*|-_#+~=/\n\r\t" + bytes((0xC2, 0xE2, 0xE3, 0xEF))
"""What may stand before a clause beside the full stop; the last four begin the marks beyond ASCII (« “ … 。 ：) in
UTF-8. Bytes and not characters.STOPS, because the search runs over the encoded text."""

_CONTINUING = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that go on with a character
_SMALL = bytes.maketrans(_ENDS + b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"." * len(_ENDS) + b"abcdefghijklmnopqrstuvwxyz")


def find_openings(text: str, pattern: re.Pattern[bytes]) -> list[int]:
    """Offsets (code points) at which clauses of `text` open with a head of `pattern`.

    Now and then a mere word counts; the rules that are asked there find nothing then.

    >>> find_openings("Air surut. Baca selengkapnya di sini.", opening_pattern(["baca s"]))
    [11]
    >>> find_openings("Ia gemar baca surat kabar.", opening_pattern(["baca s"]))
    []
    """
    data = text.encode("utf-8", "surrogatepass")
    found = [match.start(1) - 1 for match in pattern.finditer(b"." + data.translate(_SMALL))]
    if not found or len(data) == len(text):
        return found
    edges = pairwise([0, *found])  # a character is a byte that does not continue one
    return list(accumulate(len(data[a:b].translate(None, _CONTINUING)) for a, b in edges))


def opening_pattern(heads: Iterable[str]) -> re.Pattern[bytes]:
    """What `find_openings` looks for; `heads` are normalised wordings, in which a 0 stands for any number."""
    forms = (form for head in heads for form in (head, head.capitalize(), head.upper()))
    spelled = {spelling for form in forms for spelling in (form, form.replace("'", "’"))}
    small = {form.encode().translate(_SMALL) for form in spelled}
    # no dot in the run before a head, so that every run is read once, however many dots stand in a row
    return re.compile(rb"\.[ \x80-\xbf]*(" + _branches(small) + b")")


def any_of(wordings: Iterable[str]) -> re.Pattern[bytes]:
    """What one of these normalised wordings matches wherever it stands, in UTF-8; nothing where there are none."""
    return re.compile(_branches({wording.encode() for wording in wordings}))


def _branches(rests: set[bytes]) -> bytes:
    """What matches any of these, byte by byte, so that a clause is compared with few of them; nothing for none."""
    if not rests:
        return rb"(?!)"
    if b"" in rests:
        return b""
    if len(rests) == 1:
        return b"".join(map(_literal, *rests))
    by_first: dict[int, set[bytes]] = defaultdict(set)
    for rest in rests:
        by_first[rest[0]].add(rest[1:])
    branches = [_literal(first) + _branches(by_first[first]) for first in sorted(by_first)]
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"


@cache
def _literal(byte: int) -> bytes:
    """What matches a byte of a head; normalising makes a 0 of any number."""
    return rb"[0-9][0-9.]{0,20}" if byte == ord("0") else re.escape(bytes((byte,)))
