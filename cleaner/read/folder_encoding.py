"""The encoding that the texts of one folder agree on: it breaks ties for a short text among its siblings."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from cleaner.decode.decode import decode
from cleaner.errors import InputError
from cleaner.read.stream import open_flow

__all__ = ["SIBLINGS", "folder_hint"]

SIBLINGS = 16
"""How many texts of a folder are asked, the first in the order of their names."""
_HEAD = 1 << 16


@lru_cache(maxsize=256)
def folder_hint(paths: tuple[str, ...]) -> str:
    """The encoding that most of `paths` have, each weighed by its bytes beyond ASCII; "" where none speaks.

    A pure function of the contents of `paths`, so that it does not depend on which worker asks.
    """
    votes: Counter[str] = Counter()
    for path in paths:
        data = _head(path)
        weight = len(data) - len(data.translate(None, _HIGH))
        if weight:
            votes[decode(data).encoding] += weight
    return max(votes, key=lambda encoding: (votes[encoding], encoding)) if votes else ""


_HIGH = bytes(range(0x80, 0x100))


def _head(path: str) -> bytes:
    try:
        return open_flow(path, 0, _HEAD).head(_HEAD)
    except InputError:
        return b""
