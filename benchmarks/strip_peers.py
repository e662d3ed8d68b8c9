"""The peers of the stripping benchmarks: rules as published, written here without their code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

__all__ = [
    "PEERS",
    "Document",
    "Peer",
    "Spans",
    "by_line",
    "c4_stays",
    "fixed_stays",
    "justext_removes",
    "refined_web_stays",
]

Document = dict[str, Any]
Spans = list[list[int]]
Peer = Callable[[Document], Spans]


def lines_of(text: str) -> Iterator[tuple[int, int, str]]:
    for found in re.finditer(r"[^\n]+", text):
        if found[0].strip():
            yield found.start(), found.end(), found[0].strip()


def by_line(stays: Callable[[str], bool]) -> Peer:
    """A peer that judges each line alone."""
    return lambda doc: [[a, b] for a, b, line in lines_of(doc["text"]) if not stays(line)]


def c4_stays(line: str) -> bool:
    """C4 (Raffel and others 2020): terminal mark, at least five words, no Javascript and no policy notices."""
    low = line.lower()
    notices = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
    return (
        line[-1] in '.!?"”'
        and len(line.split()) >= 5
        and "javascript" not in low
        and not any(n in low for n in notices)
    )


def refined_web_stays(line: str) -> bool:
    """RefinedWeb (Penedo and others 2023), line by line: capitals, numbers, counters, one word, calls."""
    letters = [c for c in line if c.isalpha()]
    words = line.split()
    if letters and sum(c.isupper() for c in letters) > 0.5 * len(letters):
        return False
    if (
        not letters
        or len(words) == 1
        or re.fullmatch(r"[\d.,]+ ?[km]? (likes?|shares?|comments?|views?)", line.lower())
    ):
        return False
    return not (len(words) <= 10 and re.search(r"^sign-?in|read more(\.\.\.)?$|items in cart", line.lower()))


FIXED = frozenset(
    (
        *("leave a reply", "leave a comment", "advertisement", "advertisements", "read more", "share this", "reklama"),
        *("related articles", "related posts", "you may also like", "baca juga", "iklan", "tinggalkan komentar"),
        *("scroll to continue with content", "berita terkait", "komentar", "loading", "all rights reserved", "share"),
        *("subscribe", "newsletter", "sign up", "log in", "tweet", "facebook", "twitter", "whatsapp", "print", "email"),
        *("skip to content", "kommentare", "comentarios", "scroll untuk melanjutkan", "leave a reply cancel reply"),
    )
)


def fixed_stays(line: str) -> bool:
    """A plain list of fixed phrases, whole lines."""
    return line.lower().strip(" :.!*") not in FIXED


def justext_removes(doc: Document) -> Spans:
    """jusText's classes on lines (Pomikálek 2011): stop words and length, then the neighbours; no links."""
    import justext
    from justext.core import classify_paragraphs, revise_paragraph_classification

    names = {"id": "Indonesian", "ms": "Malay", "en": "English", "de": "German", "es": "Spanish", "fr": "French"}
    names |= {"it": "Italian", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "tr": "Turkish", "vi": "Vietnamese"}
    stop = frozenset(justext.get_stoplist(names.get(doc["language"], "English")))
    paragraphs = [_Paragraph(start, end, line) for start, end, line in lines_of(doc["text"])]
    classify_paragraphs(paragraphs, stop)
    revise_paragraph_classification(paragraphs)
    return [[p.start, p.end] for p in paragraphs if p.class_type != "good"]


class _Paragraph:
    """A line in the shape jusText's functions ask of a paragraph."""

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start, self.end, self.text = start, end, text
        self.heading = self.is_heading = False
        self.class_type = self.cf_class = ""
        self.dom_path, self.chars_count_in_links, self.tags_count = "p", 0, 0

    def __len__(self) -> int:
        return len(self.text)

    def links_density(self) -> float:
        return 0.0

    def stopwords_density(self, stop: frozenset[str]) -> float:
        words = self.text.lower().split()
        return sum(word in stop for word in words) / len(words)


def trafilatura_peer() -> Peer | None:
    try:
        from trafilatura.utils import RE_FILTER
    except ImportError:
        return None
    return by_line(lambda line: not RE_FILTER.match(line))


PEERS: tuple[tuple[str, Peer | None], ...] = (
    ("nothing", lambda doc: []),
    ("C4 line rules", by_line(c4_stays)),
    ("RefinedWeb line rules", by_line(refined_web_stays)),
    ("jusText classes on lines", justext_removes),
    ("trafilatura text filter", trafilatura_peer()),
    ("list of fixed phrases", by_line(fixed_stays)),
)
"""Name and peer; None for one that is not installed."""
