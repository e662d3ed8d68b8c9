"""What is decided over the whole corpus: one record per URL, keepers, languages that are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sample import ROOT, read_lines

Run = Callable[..., list[dict[str, Any]]]

BODY = (
    "Kelompok tani di lereng timur mulai menanam bawang setelah hujan turun dua pekan berturut-turut. "
    "Ketua kelompok mengatakan bibit sudah dibagikan sejak Senin dan pupuk menyusul pada akhir bulan ini. "
)
OTHER = "Perpustakaan desa membuka layanan malam bagi anak sekolah yang membutuhkan ruang belajar tenang."


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: dict[str, Any]) -> Path:
        path = tmp_path / "in.jsonl"
        path.write_bytes(b"".join(orjson.dumps({"id": str(n), **row}) + b"\n" for n, row in enumerate(rows)))
        return path

    return write


@pytest.mark.parametrize(("keep", "stays"), [("newest", "1"), ("longest", "0")])
def test_one_record_per_url(keep: str, stays: str, corpus: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    url = "https://situs.example/a"
    rows = [{"url": url, "date": "2024-01-01", "text": BODY + OTHER}, {"url": url, "date": "2024-02-01", "text": OTHER}]
    assert [r["id"] for r in run(corpus(*rows), one_per_url=keep)] == [stays]
    [dropped] = read_lines(tmp_path / "out.jsonl.audit/dropped.jsonl")
    assert (dropped["reason"], dropped["detail"], dropped["keeper"]) == ("same-url", url, stays)


@pytest.mark.parametrize(("keep", "stays"), [("longest", "2"), ("earliest", "1"), ("first", "0")])
def test_the_keeper_is_chosen_as_asked(
    keep: str, stays: str, corpus: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    rows = [
        {"date": "2024-03-01", "text": BODY + "Selesai."},
        {"date": "2024-01-01", "text": BODY + "Demikian."},
        {"date": "2024-02-01", "text": BODY + "Demikian adanya, kata ketua."},
    ]
    [kept] = run(corpus(*rows), keep_duplicate=keep)
    assert kept["id"] == stays
    assert kept["duplicates"] == sorted({"0", "1", "2"} - {stays})
    assert all(d["keeper"] == stays for d in read_lines(tmp_path / "out.jsonl.audit/dropped.jsonl"))


def test_no_dedup_keeps_all(corpus: Callable[..., Path], run: Run) -> None:
    assert len(run(corpus({"text": BODY}, {"text": BODY}), dedup=False)) == 2


def test_only_the_languages_asked_for_stay(run: Run, tmp_path: Path) -> None:
    kept = run(ROOT / "corpus/raw/talbote.example", ROOT / "corpus/raw/koruhaber.example", language=("tr",))
    assert {r["language"] for r in kept} == {"tr"}
    dropped = read_lines(tmp_path / "out.jsonl.audit/dropped.jsonl")
    assert {d["reason"] for d in dropped} == {"language"}
    assert all(d["record"]["text"] for d in dropped)


def test_kinds_can_be_kept(corpus: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    text = f"{BODY}\n\nBaca juga: Harga pupuk turun\n\n{OTHER}\n\nIklan"
    [record] = run(corpus({"text": text}), keep_kinds=("related",))
    assert record["text"] == text.removesuffix("\n\nIklan")
    [record] = run(corpus({"text": text}), only_kinds=("related",))
    assert "Baca juga" not in record["text"]
    assert record["text"].endswith("Iklan")
    allow = tmp_path / "allow.txt"
    allow.write_text("Iklan\nBaca juga: Harga pupuk turun\n")
    [record] = run(corpus({"text": text}), allow=str(allow))
    assert record["text"] == text
