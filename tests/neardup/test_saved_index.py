"""The saved index: parts make the whole, old articles outrank new ones, and a foreign index is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from cleaner.errors import OptionError, OutputError
from cleaner.neardup.duplicates import RULES, Duplicates
from cleaner.neardup.index import Index
from cleaner.neardup.sketches import sketch

Make = Callable[..., str]
Find = Callable[..., Duplicates]


def add(index: Index, ids: Sequence[str], texts: Sequence[str], sites: Sequence[str] | None = None) -> None:
    index.add(
        sketch(texts),
        ids=ids,
        sites=sites or [""] * len(ids),
        lengths=np.array([len(text) for text in texts], np.int64),
        texts=lambda rows: [texts[row] for row in rows.tolist()],
    )


def content(folder: Path) -> dict[str, bytes]:
    data = folder / json.loads((folder / "header.json").read_text("utf-8"))["data"]
    return {path.name: path.read_bytes() for path in data.iterdir()}


@pytest.fixture
def articles(make_article: Make) -> tuple[list[str], list[str]]:
    return [f"lama/{i} \u0161\n" for i in range(40)], [make_article(i) for i in range(39)] + [""]


def test_two_runs_make_the_index_of_one(tmp_path: Path, articles: tuple[list[str], list[str]]) -> None:
    ids, texts = articles
    add(Index.build(tmp_path / "one"), ids, texts)
    add(Index.build(tmp_path / "two"), ids[25:], texts[25:])
    add(Index.open(tmp_path / "two"), ids[:25], texts[:25])
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == ["data-2", "header.json"]


def test_adding_the_same_again_changes_nothing(tmp_path: Path, articles: tuple[list[str], list[str]]) -> None:
    index = Index.build(tmp_path / "index")
    add(index, *articles)
    before = content(index.folder)
    add(index, *articles)
    assert content(index.folder) == before
    assert len(index) == 40


def test_an_old_article_outranks_every_new_one(
    tmp_path: Path, make_article: Make, find: Find, articles: tuple[list[str], list[str]]
) -> None:
    index = Index.build(tmp_path / "index")
    add(index, *articles)
    new = [make_article(3) + " tambahan di belakang", make_article(3).upper(), make_article(100), make_article(3) + "!"]
    found = find(new, index=Index.open(index.folder))
    assert found.row.tolist() == [0, 1, 3]
    assert index.ids(found.keeper_row - len(new)) == ["lama/3 \u0161\n"] * 3
    assert [RULES[rule] for rule in found.rule] == ["jaccard", "exact", "exact"]


def test_an_empty_index_matches_nothing(tmp_path: Path, make_article: Make, find: Find) -> None:
    index = Index.build(tmp_path / "index")
    assert find([make_article(1), make_article(1)], index=index).keeper_row.tolist() == [0]


def test_furniture_is_known_across_the_index(tmp_path: Path, make_article: Make, find: Find) -> None:
    footer = make_article(70, 200)
    old, new = ([f"{make_article(i, 60)} {footer}" for i in part] for part in (range(80, 84), range(90, 94)))
    index = Index.build(tmp_path / "index")
    add(index, ["a", "b", "c", "d"], old, ["situs.example"] * 4)
    known = find(new, [1] * 4, index=index, site_names=["lain.example", "situs.example"], min_similarity=0.5)
    foreign = find(new, [0] * 4, index=index, site_names=["lain.example", "situs.example"], min_similarity=0.5)
    assert not len(known.row)
    assert len(foreign.row)


def test_info_tells_what_is_inside(tmp_path: Path, articles: tuple[list[str], list[str]]) -> None:
    index = Index.build(tmp_path / "index")
    add(index, *articles)
    info = Index.open(index.folder).info()
    assert (info["articles"], info["permutations"], info["seed"], info["shingle"]) == (40, 128, 1, 3)
    assert info["bytes"] == sum(map(len, content(index.folder).values()))


@pytest.mark.parametrize(
    ("name", "value"), [("permutations", 64), ("seed", 7), ("shingle", 5), ("normalisation", "other"), ("format", 9)]
)
def test_an_index_made_otherwise_is_a_clear_error(tmp_path: Path, name: str, value: object) -> None:
    folder = Index.build(tmp_path / "index").folder
    header = json.loads((folder / "header.json").read_text("utf-8"))
    (folder / "header.json").write_text(json.dumps(header | {name: value}), "utf-8")
    with pytest.raises(OptionError, match=name):
        Index.open(folder)


def test_no_index_and_a_folder_in_use(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cleaner index build"):
        Index.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="not empty"):
        Index.build(tmp_path)


def test_what_a_killed_run_left_is_cleared(tmp_path: Path, articles: tuple[list[str], list[str]]) -> None:
    index = Index.build(tmp_path / "index")
    (index.folder / "data-1").mkdir()
    (index.folder / "data-1" / "signatures").write_bytes(b"half")
    add(Index.open(index.folder), *articles)
    assert len(Index.open(index.folder)) == 40
