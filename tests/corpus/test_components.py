"""Components: the label that a plain search gives, whatever the shape, and in however many batches the pairs come."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.corpus.candidates import label_components
from cleaner.neardup.lsh import CandidatePairs

Edges = Sequence[tuple[int, int]]


def by_search(count: int, edges: Edges) -> list[int]:
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    labels: dict[int, int] = {}
    for start in range(count):
        rest = [] if start in labels else [start]
        while rest:
            node = rest.pop()
            if node not in labels:
                labels[node] = start
                rest += near[node]
    return [labels[node] for node in range(count)]


def batches(edges: Edges, size: int) -> list[CandidatePairs]:
    low, high = np.array([sorted(edge) for edge in edges], np.int64).reshape(-1, 2).T
    return [
        CandidatePairs(low[first : first + size], high[first : first + size]) for first in range(0, len(edges), size)
    ]


@settings(deadline=None, max_examples=60)
@given(
    edges=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda e: e[0] != e[1]), max_size=60),
    size=st.integers(1, 20),
)
def test_labels_are_those_of_a_plain_search(edges: list[tuple[int, int]], size: int) -> None:
    assert label_components(41, batches(edges, size)).tolist() == by_search(41, edges)


@pytest.mark.parametrize("order", ["along", "against", "shuffled"])
@pytest.mark.parametrize("size", [20_000, 500])
def test_a_chain_of_20_000_ends_in_a_bounded_number_of_rounds(
    order: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleaner.corpus import candidates

    names = list(range(20_000))
    if order == "shuffled":
        random.Random(1).shuffle(names)
    chain = list(pairwise(names))[:: -1 if order == "against" else 1]
    find, rounds = candidates._find_roots, 0

    def counted(*given: np.ndarray) -> np.ndarray:
        nonlocal rounds
        rounds += 1
        return find(*given)

    monkeypatch.setattr(candidates, "_find_roots", counted)
    assert not label_components(20_000, batches(chain, size)).any()
    assert rounds <= 40 * len(range(0, len(chain), size))


def test_articles_without_a_pair_are_components_of_their_own() -> None:
    assert label_components(5, []).tolist() == [0, 1, 2, 3, 4]
