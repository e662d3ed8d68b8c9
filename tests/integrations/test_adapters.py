"""The same articles give the same texts and removals, by whichever door they come in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from articles import ALONE, Outcome, by_corpus, records
from sample import read_lines

from cleaner import Options, clean_corpus, iter_clean
from cleaner.errors import InputError
from cleaner.integrations import arrow
from cleaner.integrations.columns import COLUMNS

FIELDS = ("id", "text", "html", "url")


def outcome(rows: Iterable[tuple[str, str, str]]) -> Outcome:
    return {own: (text, json.loads(removals)) for own, text, removals in rows if own != "nothing"}


def by_iter_clean() -> Outcome:
    cells = ("start", "end", "rule", "kind", "why")
    return {
        a.id: (
            a.text,
            [{name: getattr(r, name) for name in cells} | {"text": a.before[r.start : r.end]} for r in a.removals],
        )
        for a in iter_clean(records(), ALONE)
        if a.id != "nothing"
    }


def of_columns(columns: Any) -> Outcome:
    return outcome(zip(columns["id"], columns["text"], columns["removals"], strict=True))


def by_pyarrow() -> Outcome:
    return of_columns(arrow.clean_table(pa.Table.from_pylist(list(records())), ALONE).to_pydict())


def by_batches() -> Outcome:
    batches = pa.Table.from_pylist(list(records())).to_batches(max_chunksize=50)
    return of_columns(pa.Table.from_batches(arrow.clean_batches(batches, ALONE, rows=7)).to_pydict())


def by_pandas() -> Outcome:
    pd = pytest.importorskip("pandas")
    from cleaner.integrations.pandas import clean_frame

    return of_columns(clean_frame(pd.DataFrame(records()).replace("", None), ALONE))


def by_polars() -> Outcome:
    pl = pytest.importorskip("polars")
    from cleaner.integrations.polars import clean_frame

    return of_columns(clean_frame(pl.DataFrame(records()), ALONE))


def by_hugging_face() -> Outcome:
    datasets = pytest.importorskip("datasets")
    from cleaner.integrations import hf

    given = datasets.Dataset.from_list(list(records()))
    return of_columns(given.map(hf.clean_batch, batched=True, batch_size=20, fn_kwargs={"options": ALONE})[:])


def by_datatrove() -> Outcome:
    pytest.importorskip("datatrove")
    from datatrove.data import Document

    from cleaner.integrations.datatrove import ArticleCleaner

    documents = [Document(r["text"], r["id"], metadata={"html": r["html"], "url": r["url"]}) for r in records()]
    return outcome((d.id, d.text, d.metadata["removals"]) for d in ArticleCleaner(ALONE).run(iter(documents)))


EXTRA = pytest.mark.extra
DOORS = [by_iter_clean, by_pyarrow, by_batches, *(
    pytest.param(door, marks=EXTRA) for door in (by_pandas, by_polars, by_hugging_face, by_datatrove)
)]  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_every_door_gives_what_a_corpus_run_gives(door: Callable[[], Outcome]) -> None:
    expected = by_corpus(FIELDS)
    found = door()
    assert len(expected) > 100
    assert sum(len(removals) for _, removals in expected.values()) > 300
    assert found.keys() == expected.keys()
    for own, (text, removals) in expected.items():
        assert found[own][0] == text, own
        assert found[own][1] == removals, own


@EXTRA
def test_scikit_learn_gives_the_same_texts() -> None:
    pytest.importorskip("sklearn")
    from cleaner.integrations.sklearn import ArticleCleaner

    given = [r for r in records() if r["text"]]
    texts = ArticleCleaner(ALONE).fit_transform([r["text"] for r in given])
    expected = by_corpus(("id", "text"))
    assert {r["id"]: text for r, text in zip(given, texts, strict=True)} == {i: t for i, (t, _) in expected.items()}


def test_columns_that_mean_nothing_stay_as_they_are() -> None:
    table = pa.table({"n": [7], "judul": ["Feri"], "isi": ["Panen raya mundur.\n\nIklan"], "x": [None]})
    clean = arrow.clean_table(table)
    assert clean.select(table.column_names).equals(table)
    assert clean.column_names == [*table.column_names, *COLUMNS]
    assert clean["title"].to_pylist() == ["Feri"]


def test_a_table_without_text_says_what_to_do() -> None:
    with pytest.raises(InputError, match="--text-field"):
        arrow.clean_table(pa.table({"n": [1], "m": [2]}))


def test_an_empty_table_gets_the_columns() -> None:
    clean = arrow.clean_table(pa.table({"text": pa.array([], pa.string())}))
    assert (len(clean), clean.column_names) == (0, list(COLUMNS))


@EXTRA
def test_a_whole_dataset_is_a_corpus_run(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    from cleaner.integrations import hf

    rows = [r for r in records() if r["id"] != "nothing"]
    (tmp_path / "given.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    clean_corpus(tmp_path / "given.jsonl", tmp_path / "clean.jsonl")
    expected = [json.loads(line) for line in (tmp_path / "clean.jsonl").read_text("utf-8").splitlines()]
    found = hf.clean_dataset(datasets.Dataset.from_list(rows), audit=tmp_path / "logs").to_list()
    assert any(row["duplicates"] for row in expected)
    assert [{**row, "source": ""} for row in found] == [{**row, "source": ""} for row in expected]
    assert {row["source"] for row in found} == {"dataset"}
    assert (tmp_path / "logs/removed.jsonl").read_bytes() == (tmp_path / "clean.jsonl.audit/removed.jsonl").read_bytes()


@EXTRA
def test_hugging_face_streams() -> None:
    datasets = pytest.importorskip("datasets")
    from cleaner.integrations import hf

    given = datasets.Dataset.from_list(list(records())).to_iterable_dataset()
    first = next(iter(given.map(hf.clean_batch, batched=True, batch_size=10, fn_kwargs={"options": ALONE})))
    assert (first["text"], json.loads(first["removals"])) == by_corpus(FIELDS)[first["id"]]


@EXTRA
def test_pandas_keeps_the_index_and_the_rows() -> None:
    pd = pytest.importorskip("pandas")
    from cleaner.integrations.pandas import clean_frame

    frame = pd.DataFrame(
        {"isi": ["Panen raya mundur.\n\nIklan", None, float("nan")], 3: [1, 2, 3]}, index=["a", "b", "b"]
    )
    clean = clean_frame(frame)
    assert clean.index.tolist() == ["a", "b", "b"]
    assert clean["text"].tolist() == ["Panen raya mundur.", "", ""]
    assert clean["dropped"].tolist() == ["", "empty", "empty"]
    assert clean[3].tolist() == [1, 2, 3]
    assert "text" not in frame.columns


@EXTRA
def test_datatrove_hands_what_goes_to_the_exclusion_writer(tmp_path: Path) -> None:
    pytest.importorskip("datatrove")
    from datatrove.data import Document
    from datatrove.pipeline.writers import JsonlWriter

    from cleaner import Options
    from cleaner.integrations.datatrove import ArticleCleaner

    text = "Panen raya di lembah mundur sepekan karena hujan, kata petugas penyuluh dari kota.\n\nIklan"
    writer = JsonlWriter(str(tmp_path), compression=None)
    block = ArticleCleaner(Options(min_chars=40), exclusion_writer=writer)
    stays = list(block.run(iter([Document(text, "a"), Document("Pendek.", "b")])))
    assert [(d.id, d.text) for d in stays] == [("a", text.partition("\n")[0])]
    [gone] = [json.loads(line) for path in tmp_path.iterdir() for line in path.read_text("utf-8").splitlines()]
    assert (gone["id"], gone["metadata"]["filter_reason"]) == ("b", "too-short")


def test_what_a_run_learned_about_sites_holds_for_a_stream(tmp_path: Path) -> None:
    given = [{**r, "url": f"https://contoh.example/{n}"} for n, r in enumerate(records()) if r["text"] and n % 2]
    for row in given:
        row["text"] += "\n\nWarta Contoh menerima tulisan dari pembaca di seluruh pesisir."
    (tmp_path / "given.jsonl").write_text("".join(json.dumps(row) + "\n" for row in given), "utf-8")
    options = Options(dedup=False, workers=1, site_rules=str(tmp_path / "sites.jsonl"))
    clean_corpus(tmp_path / "given.jsonl", tmp_path / "clean.jsonl", options)
    expected = {row["id"]: row["text"] for row in read_lines(tmp_path / "clean.jsonl")}
    found = {a.id: a.text for a in iter_clean(given, options) if not a.dropped}
    assert found == expected
    assert not any("Warta Contoh menerima" in text for text in found.values())
