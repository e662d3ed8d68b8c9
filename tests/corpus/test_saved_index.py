"""The saved index: parts make the whole, old articles outrank new ones, and a foreign index is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from sample import read_lines

from cleaner import Options, clean_corpus
from cleaner.corpus.index import AS_IT_IS, index_corpus
from cleaner.corpus.saved_index import Index
from cleaner.errors import OptionError, OutputError, WorkError
from cleaner.ownership import MARK

Make = Callable[..., str]
Rows = Sequence[Mapping[str, Any]]


def write(path: Path, rows: Rows) -> Path:
    data = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    if not path.exists() or path.read_bytes() != data:  # a file that is written again is another input
        path.write_bytes(data)
    return path


def add(folder: Path, rows: Rows, *, build: bool = False, workers: int = 1) -> None:
    """Put articles into an index."""
    source = write(folder.with_name(f"{folder.name}.jsonl"), rows)
    index_corpus([source], folder, Options(workers=workers, shard_records=7), add=not build)


def against(folder: Path, rows: Rows, **options: Any) -> dict[str, tuple[str, str]]:
    """Return keeper and rule of each article that a run against an index drops."""
    source = write(folder / "new.jsonl", rows)
    options = {**AS_IT_IS, "workers": 1, "force": True, "against": str(folder / "index"), **options}
    clean_corpus([source], folder / "out.jsonl", Options(**options))
    return {row["id"]: (row["keeper"], row["detail"]) for row in read_lines(folder / "out.jsonl.audit/dropped.jsonl")}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Index.open(folder).data.iterdir()}


@pytest.fixture
def articles(make_article: Make) -> list[dict[str, str]]:
    return [{"id": f"lama/{i} \u0161", "text": make_article(i)} for i in range(39)]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """ShardSet of an index so small that a few articles make several."""
    monkeypatch.setattr("cleaner.corpus.saved_index.SHARD_ARTICLES", 16)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("workers", [1, 2])
def test_two_runs_make_the_index_of_one(
    tmp_path: Path, articles: Rows, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path / "one", articles, build=True)
    if workers == 1:  # as a corpus that is too large to be held, and so by files
        monkeypatch.setattr("cleaner.corpus.run.SMALL", -1)
        monkeypatch.setattr("cleaner.engine.shuffle.SPILL_BYTES", 1 << 12)
    add(tmp_path / "two", articles[25:], build=True, workers=workers)
    add(tmp_path / "two", articles[:25], workers=workers)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert sorted(content(tmp_path / "one")) == [f"{n:08d}.arrow" for n in range(3)]
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [MARK, "data-2", "header.json"]


def test_adding_the_same_again_changes_nothing(tmp_path: Path, articles: Rows) -> None:
    add(tmp_path / "index", articles, build=True)
    before = content(tmp_path / "index")
    add(tmp_path / "index", articles)
    assert content(tmp_path / "index") == before
    assert Index.open(tmp_path / "index").header["articles"] == 39


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 2, "shard_records": 1}, {"keep_duplicate": "first"}])
def test_an_old_article_outranks_every_new_one(
    tmp_path: Path, make_article: Make, articles: Rows, options: dict[str, Any]
) -> None:
    add(tmp_path / "index", [*articles, {"id": "lama/salinan", "text": make_article(3)}], build=True)
    text = make_article(3)
    new = [text + " tambahan di belakang", text.upper(), make_article(100), text + "!"]
    found = against(tmp_path, [{"id": f"a{n}", "text": text} for n, text in enumerate(new)], **options)
    assert {id: rule for id, (_, rule) in found.items()} == {"a0": "jaccard", "a1": "exact", "a3": "exact"}
    # both copies in the index are of one length: the better ranked is the first by the hash of its id
    assert len({keeper for keeper, _ in found.values()}) == 1
    assert {keeper for keeper, _ in found.values()} <= {"lama/3 \u0161", "lama/salinan"}


def test_articles_of_an_index_are_never_dropped_nor_compared_with_each_other(
    tmp_path: Path, make_article: Make
) -> None:
    old = [{"id": f"lama{n}", "text": f"{make_article(1)} {n}"} for n in range(5)]
    add(tmp_path / "index", old, build=True)
    assert against(tmp_path, [{"id": "baru", "text": make_article(2)}]) == {}
    counts = json.loads((tmp_path / "out.jsonl.audit/manifest.json").read_text("utf-8"))["counts"]["near_duplicates"]
    assert (counts["candidates"], counts["verified"], counts["exact"]) == (0, 0, 0)
    found = against(tmp_path, [{"id": "baru", "text": make_article(1)}, {"id": "baru2", "text": make_article(1)}])
    assert set(found) == {"baru", "baru2"}
    assert {keeper for keeper, _ in found.values()} <= {row["id"] for row in old}


def test_more_copies_in_the_index_than_a_key_is_paired_with(tmp_path: Path, make_article: Make) -> None:
    old = [{"id": f"lama{n}", "text": f"{make_article(1)} {n:03}"} for n in range(100)]
    add(tmp_path / "index", old, build=True)
    assert set(against(tmp_path, [{"id": f"baru{n}", "text": f"{make_article(1)} baru{n}"} for n in range(3)])) == {
        "baru0", "baru1", "baru2"
    }  # fmt: skip


def test_an_empty_index_matches_nothing(tmp_path: Path, make_article: Make) -> None:
    Index.build(tmp_path / "index")
    rows = [{"id": "a", "text": make_article(1)}, {"id": "b", "text": make_article(1)}]
    assert against(tmp_path, rows) == {"b": ("a", "exact")}


def test_boilerplate_is_known_across_the_index(tmp_path: Path, make_article: Make) -> None:
    footer = make_article(70, 200)
    old, new = (
        [{"id": f"{i}", "text": f"{make_article(i, 60)} {footer}"} for i in part]
        for part in (range(80, 84), range(90, 94))
    )
    add(tmp_path / "index", [{**row, "url": "https://situs.example/a"} for row in old], build=True)
    for site, goes in (("situs.example", False), ("lain.example", True)):
        rows = [{**row, "url": f"https://{site}/{row['id']}"} for row in new]
        assert bool(against(tmp_path, rows, min_similarity=0.5)) is goes


def test_an_index_that_changed_during_a_run_is_told(
    tmp_path: Path, make_article: Make, articles: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of an unfinished run that are kept in files know the articles of the index by their place in it."""
    monkeypatch.setattr("cleaner.corpus.run.SMALL", -1)
    add(tmp_path / "index", articles, build=True)
    new = [{"id": "baru", "text": make_article(3)}]
    with monkeypatch.context() as patch:
        patch.setattr("cleaner.corpus.clean.write_stage", lambda task, watch: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            against(tmp_path, new)
    assert against(tmp_path, new, keep_work=True) == {"baru": ("lama/3 \u0161", "exact")}
    (tmp_path / "out.jsonl").unlink()
    add(tmp_path / "index", [{"id": "lagi", "text": make_article(77)}])
    with pytest.raises(WorkError, match="--fresh"):
        against(tmp_path, new)
    assert against(tmp_path, new, fresh=True) == {"baru": ("lama/3 \u0161", "exact")}


def test_info_says_what_is_inside(tmp_path: Path, articles: Rows) -> None:
    add(tmp_path / "index", articles, build=True)
    info = Index.open(tmp_path / "index").info()
    assert (info["articles"], info["permutations"], info["seed"], info["shingle"]) == (39, 128, 1, 3)
    assert info["bytes"] == sum(map(len, content(tmp_path / "index").values()))


@pytest.mark.parametrize(
    ("name", "value"), [("permutations", 64), ("seed", 7), ("shingle", 5), ("normalisation", "other"), ("format", 1)]
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
    with pytest.raises(OutputError, match="no mark of Cleaner"):
        Index.build(tmp_path)


def test_what_a_killed_run_left_is_cleared(tmp_path: Path, articles: Rows) -> None:
    index = Index.build(tmp_path / "index")
    (index.folder / "data-1").mkdir()
    (index.folder / "data-1" / "00000000.arrow").write_bytes(b"half")
    add(index.folder, articles)
    assert Index.open(index.folder).header["articles"] == 39
