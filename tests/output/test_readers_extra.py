"""What others read with: Hugging Face datasets, DuckDB and pandas."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from cleaner.output.formats import RECORD
from cleaner.output.writers import new_output

pytestmark = pytest.mark.extra

EMPTY = {"string": "", "integer": 0, "strings": [], "double": 0.0}
ROWS = [
    {**{name: EMPTY[kind] for name, kind in RECORD.items()}, "id": str(i), "text": f"“Artikel” {i}\nbaris dua é"}
    for i in range(2500)
]
TEXTS = [row["text"] for row in ROWS]
FILES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")


def written(folder: Path, suffix: str) -> str:
    path = f"{folder}/clean{suffix}"
    with new_output(path, (orjson.dumps(row) + b"\n" for row in ROWS), len(ROWS)):
        pass
    return path


@pytest.mark.parametrize("suffix", FILES)
def test_hugging_face_datasets(tmp_path: Path, suffix: str) -> None:
    datasets = pytest.importorskip("datasets")
    kind = "parquet" if suffix == ".parquet" else "json"
    loaded = datasets.load_dataset(
        kind, data_files=written(tmp_path, suffix), cache_dir=f"{tmp_path}/cache", split="train"
    )
    assert loaded["text"][:] == TEXTS
    assert loaded.column_names == list(RECORD)


@pytest.mark.parametrize("suffix", FILES)
def test_duckdb(tmp_path: Path, suffix: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    rows = duckdb.sql(f"select text from '{written(tmp_path, suffix)}' order by id::int").fetchall()
    assert [text for (text,) in rows] == TEXTS


@pytest.mark.parametrize("suffix", FILES)
def test_pandas(tmp_path: Path, suffix: str) -> None:
    pandas = pytest.importorskip("pandas")
    path = written(tmp_path, suffix)
    frame = pandas.read_parquet(path) if suffix == ".parquet" else pandas.read_json(path, lines=True, dtype=False)
    assert frame["text"].tolist() == TEXTS
