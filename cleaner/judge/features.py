"""What each line of a whole page tells by itself: its size, marks and words, and how its words stand to the page's.

The way of jusText (Pomikálek 2011), whose paragraphs are judged alone first and then beside their neighbours
(page_context.py). A trait is an array with a number for each line; nothing here names a language.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.judge.character_counts import CharacterCounts, Numbers, count_characters, share
from cleaner.judge.lines import ANY, BESIDE, Hit, Line

__all__ = ["GROUPS", "Features", "alone"]

Features = dict[str, Numbers]
"""Name of a trait -> an array of a number for each line, mostly 0 to 1."""

LENGTHS = (10, 20, 40, 60, 80, 120, 200, 400)

GROUPS = {
    **dict.fromkeys(("related", "readmore"), "related"),
    **dict.fromkeys(("newsletter", "login", "cookie", "paywall", "promo", "ad", "app"), "offer"),
    **dict.fromkeys(("byline", "timestamp", "dateline"), "byline"),
    **dict.fromkeys(("caption", "video", "sourcenote"), "caption"),
    **dict.fromkeys(("footer", "nav", "pagination"), "frame"),
    **{kind: kind for kind in ("comment", "share", "tags", "authorbio")},
}
"""Kind of a hit -> the group that it is counted in; all others are "other"."""

_CLOSERS = "\"'”’»)]」』"
_FULL = frozenset(".!?…:;。！？।؟")
_BULLETS = frozenset("-•*·–▪→▶✓✔")
_QUOTES = frozenset('"“„«「')


def alone(lines: Sequence[Line], hits: Sequence[Hit | None]) -> Features:
    """The traits of each line by itself, and how its words stand to those of the page's paragraphs."""
    ink = count_characters([line.text for line in lines])
    good = np.array([line.prose and (hit is None or hit.where != ANY) for line, hit in zip(lines, hits, strict=True)])
    size = ink.counts["length"] + 2 * ink.counts["wide"] * ink.counts["length"] // ink.counts["seen"]
    traits: Features = {"size": size, "paragraph": good.astype(float)}
    _sized(size, _marked(ink, traits), traits)
    _inked(ink, size, traits)
    _found(hits, traits)
    _vocabulary(ink, good, traits)
    _repeated(ink, size, traits)
    return traits


def _flags(values: Sequence[bool]) -> Numbers:
    return np.array(values, float)


def _marked(ink: CharacterCounts, traits: Features) -> Numbers:
    """Traits told by the first and the last character; returns where a sentence ends."""
    bare = [text.rstrip(_CLOSERS)[-1:] for text in ink.text]
    last = [text[-1] for text in ink.text]
    first = [text[0] for text in ink.text]
    traits["runs on"] = _flags([c in ":;," for c in last])
    traits["asks or calls"] = _flags([c != "" and c in "?!？！؟" for c in bare])
    traits["breaks off"] = _flags([text.endswith(("...", "…")) for text in ink.text])
    traits["bullet"] = _flags([c in _BULLETS for c in first])
    traits["quote"] = _flags([c in _QUOTES for c in first])
    traits["numbered"] = _flags([c.isdigit() for c in first])
    traits["small initial"] = _flags([c.islower() for c in first])
    traits["all capitals"] = _flags([text.isupper() for text in ink.text])
    return _flags([c in _FULL for c in bare])


def _sized(size: Numbers, ends: Numbers, traits: Features) -> None:
    """The bracket of LENGTHS that a line falls in, alone and where it ends as a sentence does."""
    traits["full stop"] = ends
    bracket = np.searchsorted(LENGTHS, size, side="right")
    for i, least in enumerate((0, *LENGTHS)):
        inside = (bracket == i).astype(float)
        traits[f"length {least}"] = inside
        traits[f"length {least} and full stop"] = inside * ends


def _inked(ink: CharacterCounts, size: Numbers, traits: Features) -> None:
    """Shares of classes of characters, and of words with a capital."""
    counts, n = ink.counts, ink.lines
    solid = counts["seen"] - counts["space"]
    words = np.bincount(ink.word_line, minlength=n)
    traits["words"] = words
    traits["letters"] = share(counts["letter"], solid)
    traits["letters in a word"] = share(counts["letter"], words)
    traits["capitals"] = share(np.bincount(ink.word_line, ink.word_capital, n), words)
    traits["capitals, long line"] = traits["capitals"] * (size >= 40)
    traits["small words"] = share(np.bincount(ink.word_line, ink.word_small & (ink.word_length <= 3), n), words)
    for name in ("digit", "code", "bar", "symbol", "quote"):
        traits[f"{name} share"] = np.minimum(0.3, share(counts[name], solid))
    traits["commas"] = np.minimum(3, counts["comma"])
    traits["stops"] = np.minimum(5, counts["stop"])
    traits["no space"] = ((size > 60) & (counts["space"] == 0)).astype(float)


def _found(hits: Sequence[Hit | None], traits: Features) -> None:
    groups = ["" if hit is None else GROUPS.get(hit.kind, "other") for hit in hits]
    for group in sorted({*GROUPS.values(), "other"}):
        traits[f"hit {group}"] = _flags([g == group for g in groups])
    traits["hit"] = _flags([g != "" for g in groups])
    traits["hit anywhere"] = _flags([hit is not None and hit.where == ANY for hit in hits])
    traits["hit weak"] = _flags([hit is not None and hit.where == BESIDE for hit in hits])


def _vocabulary(ink: CharacterCounts, good: Numbers, traits: Features) -> None:
    """How many of a line's words other paragraphs have too, other lines have too, and are the page's small words."""
    n, vocabulary = ink.lines, int(ink.word.max(initial=-1)) + 1
    pairs = np.unique(ink.word_line * max(1, vocabulary) + ink.word)
    line, word = pairs // max(1, vocabulary), pairs % max(1, vocabulary)
    long, small = np.zeros(vocabulary, bool), np.zeros(vocabulary, bool)
    long[ink.word] = (ink.word_length > 3) | ink.word_wide
    small[ink.word[ink.word_small]] = True
    inside = np.bincount(word, good[line], vocabulary)
    everywhere = np.bincount(word, minlength=vocabulary)
    common = (inside >= max(2, good.sum() / 10)) & small & (np.bincount(ink.word, ink.word_length, vocabulary) > 0)
    content = long & ~common
    whole = np.bincount(line, content[word], n)
    others = inside[word] - good[line]
    for name, least in (("topic", 2), ("topic, once", 1)):
        traits[name] = share(np.bincount(line, content[word] & (others >= least), n), whole)
    traits["topic, often"] = share(np.bincount(line, content[word] * np.minimum(8, others), n), whole)
    outside = everywhere[word] - inside[word] - ~good[line]
    traits["furniture's words"] = share(np.bincount(line, content[word] & (outside >= 1), n), whole)
    traits["no long words"] = (whole == 0).astype(float)
    traits["common"] = np.minimum(
        0.4, share(np.bincount(ink.word_line, common[ink.word], n), np.bincount(ink.word_line, minlength=n))
    )


def _repeated(ink: CharacterCounts, size: Numbers, traits: Features) -> None:
    """Lines that stand on the page again, digits aside, and first and last words that many short lines share."""
    times = np.bincount(ink.shape)[ink.shape]
    traits["repeated"] = (times > 1).astype(float)
    traits["times"] = times
    short = size < 60
    for name, ends in (("first word's lines", ink.opens), ("last word's lines", ink.closes)):
        counts = np.bincount(ends[short & (ends >= 0)], minlength=int(ends.max(initial=0)) + 1)
        traits[name] = np.where(ends >= 0, counts[np.maximum(ends, 0)], 0)
