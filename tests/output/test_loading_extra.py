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
