"""A corpus whose first records lack what later ones have loads all the same."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from cleaner import Options, clean_corpus

pytestmark = pytest.mark.extra


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_late_titles_and_differing_meta_load_with_hugging_face(tmp_path: Path, suffix: str) -> None:
    datasets = pytest.importorskip("datasets")
    early = [{"text": f"Berita nomor {n} dari pesisir.", f"key{n % 7}": n} for n in range(1000)]
    late = [{"text": f"Kabar ke-{n} dari lereng.", "title": "Judul", "tags": ["a"], "n": None} for n in range(500)]
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in early + late))
    options = Options(workers=1, dedup=False, repeats=False)
    clean_corpus(tmp_path / "in.jsonl", tmp_path / f"out.{suffix}", options)
    kind = "json" if suffix == "jsonl" else suffix
    loaded = datasets.load_dataset(
        kind, data_files=str(tmp_path / f"out.{suffix}"), cache_dir=str(tmp_path / "cache"), split="train"
    )
    assert len(loaded) == 1500
    assert loaded[0]["title"] == ""
    assert loaded[1499]["title"] == "Judul"
    assert orjson.loads(loaded[1499]["meta"]) == {"tags": ["a"], "n": None}


@pytest.mark.parametrize("name", ["hub/", "hub/out.jsonl", "hub/out.csv", "hub/out.parquet"])
def test_a_card_loads_a_corpus_whose_first_lists_are_empty(tmp_path: Path, name: str) -> None:
    """Only the last article has a copy, so that all lists before it are empty; a part may have no other."""
    datasets = pytest.importorskip("datasets")
    texts = [
        f"Berita nomor {n} dari pesisir, yang ditulis oleh wartawan ke-{n * n} untuk edisi {n + 7}." for n in range(40)
    ]
    (tmp_path / "hub").mkdir()
    rows = [{"id": f"a{n:02}", "text": text} for n, text in enumerate([*texts, texts[-1]])]
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    split = ("train=.8", "test=.2") if name == "hub/" else ()
    options = Options(workers=1, card=True, split=split, columns=("id", "text=isi", "duplicates", "words"))
    clean_corpus(tmp_path / "in.jsonl", f"{tmp_path}/{name}", options)
    loaded = datasets.load_dataset(str(tmp_path / "hub"), cache_dir=str(tmp_path / "cache"))
    found = [row for part in loaded.values() for row in part]
    assert len(found) == 40
    assert sorted(found[0]) == ["duplicates", "id", "isi", "words"]
    copied = [row for row in found if row["duplicates"] not in ([], "[]")]
    assert [row["id"] for row in copied] == ["a39"]
    assert sorted(loaded) == (["test", "train"] if split else ["train"])
