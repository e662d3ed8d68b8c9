"""Repeated ids get new ones that no record has, the same however many parts there are."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article
from cleaner.corpus.ids import rename_repeated
from cleaner.corpus.shards import ShardSet, id_hash
from cleaner.engine.columns import binary_column, number_column
from cleaner.engine.shuffle import InMemory, Shuffle
from cleaner.engine.work import write_shard
from cleaner.output.records import pack_article

Rows = list[tuple[str, str, int]]


def renamed(folder: Path, rows: Rows, size: int, parts: int) -> dict[int, str]:
    """New ids by number, of records (id, source, record) that are cut into shards of this size."""
    articles = [Article(id=id, source=source, before="", record=record) for id, source, record in rows]
    paths = []
    for number, first in enumerate(range(0, len(rows), size)):
        some = articles[first : first + size]
        paths.append(folder / f"{number:08d}.arrow")
        ids = number_column(np.array([id_hash(article.id) for article in some], np.uint64))
        write_shard(paths[-1], {"id": ids, "article": binary_column([*map(pack_article, some)])})
    shards = ShardSet.of(paths)
    found = rename_repeated(Shuffle(InMemory(parts), None, 1 << 30), shards, len(rows))
    return {n * size + row: new for n in shards.numbers for row, new in found.of_shard(n).items()} if found else {}


def one_by_one(rows: Rows) -> dict[int, str]:
    """Return the new ids that are expected, found with all ids in memory."""
    own, seen, new = {id for id, _, _ in rows}, set[str](), dict[int, str]()
    for number, (id, source, record) in enumerate(rows):
        if id in seen:
            name = f"{source}#{record}"
            names = chain((name,), (f"{name}~{n}" for n in count(2)))
            id = new[number] = next(n for n in names if n not in seen and n not in own)
        seen.add(id)
    return new


NAMES = st.sampled_from(["a", "b", "x#1", "x#2", "x#1~2", "x#1~3", "", "é\n\t"])
ROWS = st.lists(st.tuples(NAMES, st.sampled_from(["x", "y\n\t", "é"]), st.integers(1, 3)), min_size=1, max_size=12)


@given(ROWS, st.integers(1, 5), st.integers(1, 4))
@settings(deadline=None)
def test_the_first_of_equal_ids_keeps_it_and_others_get_free_ones(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, size: int, parts: int
) -> None:
    new = renamed(tmp_path_factory.mktemp("shards"), rows, size, parts)
    assert new == one_by_one(rows)
    ids = [new.get(number, id) for number, (id, _, _) in enumerate(rows)]
    assert len({*ids}) == len(ids)


def test_where_no_ids_clash_nothing_is_looked_at(tmp_path: Path) -> None:
    assert renamed(tmp_path, [("a", "x", 1), ("b", "x", 2)], 1, 2) == {}
