"""Headlines of other articles of a site go, and titles, series and subheads stay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article, cut
from cleaner.corpus.headlines import find_linked_headlines
from cleaner.corpus.shards import ShardSet
from cleaner.engine.shuffle import InMemory, Shuffle
from cleaner.repeats.headlines import linked_headlines
from cleaner.repeats.repeats import Repeats
from cleaner.repeats.site_lines import site_lines

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "cases" / "repeats" / "headlines.jsonl").read_text("utf-8").splitlines()
]


def removed(articles: Sequence[Any], size: int = 1000, parts: int = 1) -> list[list[str]]:
    """Return what is removed from each article, with `size` articles in a shard."""
    groups = [articles[i : i + size] for i in range(0, len(articles), size)]
    whole = [[Article("", "", "\n".join(a["lines"]), title=a["title"]) for a in group] for group in groups]
    batches = [
        site_lines([a.before for a in some], [a["site"] for a in group], [a.title for a in some])
        for some, group in zip(whole, groups, strict=True)
    ]
    shuffle = Shuffle(InMemory(parts), None, 1 << 30)
    found = find_linked_headlines(shuffle, ShardSet(None, len(batches)), batches.__getitem__, 1 << 20)
    gone: list[list[str]] = []
    for number, (some, batch) in enumerate(zip(whole, batches, strict=True)):
        removals = linked_headlines(some, batch, found.of_shard(number)) if found else {}
        gone += [[a.before[r.start : r.end] for r in removals.get(row, [])] for row, a in enumerate(some)]
    return gone


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_case(case: dict[str, Any]) -> None:
    gone = [[i, line] for i, lines in enumerate(removed(case["articles"])) for line in lines]
    assert sorted(gone) == sorted(case["goes"])


def test_half_of_the_cases_are_traps() -> None:
    assert 2 * sum(not case["goes"] for case in CASES) >= len(CASES)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("parts", [1, 3])
def test_shards_and_parts_do_not_matter(size: int, parts: int) -> None:
    articles = [
        {**article, "site": f"{i}-{article['site']}"} for i, case in enumerate(CASES) for article in case["articles"]
    ]
    assert removed(articles, size, parts) == removed(articles)
    backwards = removed(articles[::-1], size, parts)[::-1]
    assert [sorted(lines) for lines in backwards] == [sorted(lines) for lines in removed(articles)]


def test_no_title_no_step() -> None:
    batch = site_lines(["Satu baris.\nDua baris."], ["a"])
    assert find_linked_headlines(Shuffle(InMemory(), None, 1 << 30), ShardSet(None, 1), [batch].__getitem__, 10) is None


def test_an_own_title_is_no_repeated_line() -> None:
    texts = ["Kabar Muara Hari Ini\nSatu kalimat yang hanya milik artikel ini saja.", "Yang lain."]
    lines = site_lines(texts, ["a", "a"], ["Kabar Muara Hari Ini", ""])
    known = Repeats(lines.keys[:1], np.array([9]), np.array([9]), np.array([7]))
    assert [a.text for a in known.take_all([Article("", "", text) for text in texts], lines)] == texts


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=50), st.text(max_size=200)), min_size=1, max_size=6))
def test_removals_lie_in_the_text_and_rebuild_it(articles: list[tuple[str, str]]) -> None:
    texts = ["\n".join([body, *(title for title, _ in articles), body]) for _, body in articles]
    whole = [Article("", "", text, title=title) for text, (title, _) in zip(texts, articles, strict=True)]
    batch = site_lines(texts, ["s"] * len(texts), [title for title, _ in articles])
    found = find_linked_headlines(Shuffle(InMemory(), None, 1 << 30), ShardSet(None, 1), [batch].__getitem__, 1000)
    for row, removals in (linked_headlines(whole, batch, found.of_shard(0)) if found else {}).items():
        ordered = tuple(sorted(removals, key=lambda r: r.start))
        clean = cut(texts[row], ordered)
        for removal in ordered:
            clean = clean[: removal.start] + texts[row][removal.start : removal.end] + clean[removal.start :]
        assert clean == texts[row]
