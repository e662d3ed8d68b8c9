"""Components: both ways give the label that a plain search gives, whatever the shape."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus.components import components, edges_of, label
from cleaner.engine.shuffle import Here, Steps, save
from cleaner.errors import WorkError
from cleaner.neardup.lsh import Pairs

Edges = list[tuple[int, int]]


def by_search(edges: Edges) -> dict[int, int]:
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    labels: dict[int, int] = {}
    for start in sorted(near):
        rest = [] if start in labels else [start]
        while rest:
            node = rest.pop()
            if node not in labels:
                labels[node] = start
                rest += near[node]
    return labels


def pairs_of(edges: Edges) -> Pairs:
    low, high = np.array([sorted(edge) for edge in edges], np.int64).reshape(-1, 2).T
    return Pairs(low, high)


def labelled(folder: Path, edges: Edges, *, here: int, size: int = 3, engine: Here | None = None) -> dict[int, int]:
    """Labels by `components`, the edges in two files."""
    folder.mkdir(exist_ok=True)
    files = [folder / "a.npy", folder / "b.npy"]
    for n, path in enumerate(files):
        save(path, edges_of(pairs_of(edges[n::2])))
    labels = components(Steps(engine or Here(size), folder / "steps", 1 << 20), files, here=here)
    nodes = np.array(sorted({node for edge in edges for node in edge}), np.int64)
    return dict(zip(nodes.tolist(), labels.of(nodes).tolist(), strict=True))


edges = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda e: e[0] != e[1]), max_size=60)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=edges, size=st.integers(1, 5))
def test_both_ways_give_the_labels_of_a_plain_search(
    edges: Edges, size: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.engine.shuffle._SMALLEST", 64)
    expected = by_search(edges)
    assert labelled(tmp_path_factory.mktemp("here"), edges, here=1 << 30, size=size) == expected
    assert labelled(tmp_path_factory.mktemp("stars"), edges, here=0 if edges else -1, size=size) == expected


@pytest.mark.parametrize("order", ["along", "against", "shuffled"])
def test_a_chain_of_20_000_ends_in_a_bounded_number_of_rounds(order: str, tmp_path: Path) -> None:
    names = list(range(20_000))
    if order == "shuffled":
        random.Random(1).shuffle(names)
    chain = list(pairwise(names))

    class Counting(Here):
        rounds = 0

        def exchange(self, tasks, give, take):  # type: ignore[no-untyped-def]
            self.rounds += 1
            return super().exchange(tasks, give, take)

    engine = Counting(3)
    assert set(labelled(tmp_path, chain[:: -1 if order == "against" else 1], here=0, engine=engine).values()) == {0}
    assert engine.rounds <= 40
    assert set(label(pairs_of(chain))[1].tolist()) == {0}


def test_edges_that_are_lost_on_the_way_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Losing(Here):
        def exchange(self, tasks, give, take):  # type: ignore[no-untyped-def]
            return super().exchange(tasks[:-1] if len(tasks) > 2 else tasks, give, take)

    chain = [(n, n + 1) for n in range(300)]
    monkeypatch.setattr("cleaner.engine.shuffle._SMALLEST", 64)
    with pytest.raises(WorkError, match="lost on the way"):
        labelled(tmp_path, chain, here=0, engine=Losing(4))
