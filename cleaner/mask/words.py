"""The words before a number that say what it is, or that it is something else."""

from __future__ import annotations

import re

from cleaner.mask.checks import FORMS

__all__ = ["speaks_for"]

_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-/][^\W\d_]+)*|[$€£]")
_SAID = {
    kind: {**dict.fromkeys(form["others"], -1), **dict.fromkeys(form["cues"], 1)}
    for kind, form in FORMS.items()
    if "cues" in form
}
_ADDRESS = re.compile(r"\S+@[\w.-]+|(?:https?://|www\.)\S+|\b[a-z0-9-]{3,}(?:\.[a-z0-9-]+)*\.(?:com|id|net|org)\b")
"""Addresses, whose parts say nothing of a number behind them: the `id` of `contoh.co.id` is no identity number."""

_NEAR, _WORDS, _LONGEST = 48, 6, 3
"""Characters before a number in which words are looked for, how many words are looked up, and words of the longest
cue."""


def speaks_for(text: str, start: int, kind: str) -> int:
    """Return what the nearest known word before `start` says: 1 that this is of the kind, -1 that it is not, 0 nothing.

    Only words of the same line count.

    >>> speaks_for("Telp. kantor: 5551234", 14, "phone"), speaks_for("Nomor rekening 5551234", 15, "phone")
    (1, -1)
    """
    near = max(0, start - _NEAR)
    line = text[max(near, text.rfind("\n", near, start) + 1) : start]
    words = [word.lower() for word in _WORD.findall(_ADDRESS.sub(" ", line))][-_WORDS:]
    for last in range(len(words), 0, -1):
        for first in range(max(0, last - _LONGEST), last):  # the longest phrase first: "kode area" is no "kode"
            said = _SAID[kind].get(" ".join(words[first:last]))
            if said:
                return said
    return 0
