"""Long paragraphs of a text, and the hashes by which equal ones are found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaner.characters import SENTENCE_ENDS, count_words
from cleaner.neardup.sketches import exact_hashes
from cleaner.neardup.tokens import tokenize

__all__ = ["long_paragraphs", "paragraph_at"]

_PARAGRAPH = re.compile(r"[^\s](?:[^\n]*[^\s])?")


def long_paragraphs(
    texts: Sequence[str], least: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
    """Find the paragraphs of at least so many words. Returns for each the number of its text, its start and its hash.

    A paragraph is a line without the white space around it. A line of wrapped text is none: if no blank line is between
    two lines, the upper one must end as a sentence. The hashes, uint64 of shape (n, 2), are those of the tokens, so
    equal paragraphs may differ in case, white space and punctuation.

    >>> of, starts, hashes = long_paragraphs(["Iklan\\n\\nHarga beras naik.", "HARGA BERAS NAIK"], 3)
    >>> of.tolist(), starts.tolist(), bool((hashes[0] == hashes[1]).all())
    ([0, 1], [7, 0], True)
    """
    of: list[int] = []
    starts: list[int] = []
    found: list[str] = []
    for number, text in enumerate(texts):
        lines = [*_PARAGRAPH.finditer(text)]
        # whether a line continues the one before; otherwise lines would be removed from the middle of wrapped
        # paragraphs
        joined = [
            text.count("\n", above.end(), line.start()) < 2 and above[0][-1] not in SENTENCE_ENDS
            for above, line in pairwise(lines)
        ]
        for paragraph, above, below in zip(lines, [False, *joined], [*joined, False], strict=False):
            if not above and not below and count_words(paragraph[0]) >= least:
                of.append(number)
                starts.append(paragraph.start())
                found.append(paragraph[0])
    hashes = exact_hashes(tokenize(found))
    some = hashes.any(axis=1)  # a paragraph of signs alone equals nothing
    return np.array(of, np.int64)[some], np.array(starts, np.int64)[some], hashes[some]


def paragraph_at(text: str, start: int) -> tuple[int, int]:
    """Start and end of the paragraph that begins at `start`."""
    found = _PARAGRAPH.match(text, start)
    assert found is not None, "a paragraph was found there"
    return found.span()
