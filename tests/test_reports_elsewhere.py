"""Faults that people reported of other programs, rebuilt as small inputs: those that belong to no single room.

docs/trust.md lists all of them; most are cases of the room that they are about.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample import ROOT, read_lines

from cleaner import Options, clean_corpus
from cleaner.audit.restore import restored

Run = Callable[..., list[dict[str, Any]]]
LONG = " ".join(f"Kalimat nomor {n} tentang pasar dan harga beras di kota {n % 97}." for n in range(3000))


def table(path: Path) -> list[dict[str, str]]:
    limit = csv.field_size_limit(1 << 30)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    finally:
        csv.field_size_limit(limit)


def test_a_cell_longer_than_the_limit_of_the_csv_module(tmp_path: Path, run: Run) -> None:
    """131,072 characters: there and back, and the limit of the process is as it was."""
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["id", "isi"], ["a", LONG], ["b", "Harga beras naik lagi di pasar induk pagi ini."]]
        )
    limit = csv.field_size_limit()
    assert [len(row["text"]) for row in run(tmp_path / "in.csv")] == [len(LONG), 46]
    clean_corpus(tmp_path / "in.csv", tmp_path / "out.csv", Options(workers=1))
    assert next(row["text"] for row in table(tmp_path / "out.csv")) == LONG
    assert next(row["text"] for row in run(tmp_path / "out.csv")) == LONG
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\u2028", "\v"])
@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_line_ends_inside_a_cell_end_no_row(tmp_path: Path, end: str, suffix: str) -> None:
    rows = [
        {"id": f"a{end}", "title": f"Judul{end}", "text": f"Baris satu tentang beras.{end}Baris dua tentang cabai."},
        {"id": "b", "text": "Kabar lain dari pelabuhan hari ini."},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    clean_corpus(tmp_path / "in.jsonl", tmp_path / f"out.{suffix}", Options(workers=1))
    clean_corpus(tmp_path / "in.jsonl", tmp_path / "out.jsonl", Options(workers=1))
    with (tmp_path / f"out.{suffix}").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file, delimiter="\t" if suffix == "tsv" else ","))
    expected = read_lines(tmp_path / "out.jsonl")
    assert [(r["id"], r["title"], r["text"]) for r in read] == [(r["id"], r["title"], r["text"]) for r in expected]


@pytest.mark.parametrize("quoted", ['"Harga beras naik di pasar induk\0"', '"Harga beras naik\0 di ""pasar"" induk"'])
def test_a_nul_before_a_quote_escapes_nothing(tmp_path: Path, run: Run, quoted: str) -> None:
    (tmp_path / "in.csv").write_bytes(f'id,isi\r\na,{quoted}\r\nb,"Kapal feri kandas di muara."\r\n'.encode())
    rows = run(tmp_path / "in.csv")
    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["text"] == quoted[1:-1].replace('""', '"').replace("\0", "")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Nomor 4151 3217 6243 3448.com ada di situs itu.", "Nomor <card>.com ada di situs itu."),
        ("Surat ke a.4151321762433448@contoh.id saja.", "Surat ke <email> saja."),
        ("Hubungi 10.0.0.7@contoh.id dari alamat IP 8.8.4.4.", "Hubungi <email> dari alamat IP <ip>."),
    ],
)
def test_what_is_two_kinds_of_personal_data_is_masked_once_and_comes_back(
    tmp_path: Path, run: Run, text: str, masked: str
) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "a", "text": text}), "utf-8")
    [record] = run(tmp_path / "in.jsonl", mask=("email", "phone", "ip", "card", "iban", "nik"))
    assert record["text"] == masked
    assert [row["text"] for row in restored(str(tmp_path / "out.jsonl"))] == [text]


def test_a_split_is_the_same_in_processes_of_different_hash_seeds(tmp_path: Path) -> None:
    arguments = [str(ROOT / "corpus" / "raw" / "wartamuara.example"), "--split", "train=.7,test=.3", "--workers", "1"]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "cleaner", "clean", *arguments, "--quiet", "-o", f"{tmp_path}/{seed}.jsonl"]
        subprocess.run(command, check=True, env=environment)
    first, second = ((tmp_path / f"{seed}.jsonl").read_bytes() for seed in ("1", "2"))
    assert first == second
    assert {row["split"] for row in read_lines(tmp_path / "1.jsonl")} == {"train", "test"}


def test_what_a_spreadsheet_takes_for_a_formula_is_written_to_the_letter(tmp_path: Path) -> None:
    """A table is data first; docs/recipes/inputs.md says how to open it, so that nothing is computed."""
    texts = [
        "=HYPERLINK(1) begitu bunyi sel itu.",
        "+62 adalah kode negara Indonesia.",
        "-5 derajat di puncak gunung.",
        "@warga",
    ]
    rows = ({"id": str(n), "text": text} for n, text in enumerate(texts))
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    clean_corpus(tmp_path / "in.jsonl", tmp_path / "out.csv", Options(workers=1, strip=False))
    assert [row["text"] for row in table(tmp_path / "out.csv")] == texts
    assert "formula" in (ROOT / "docs/recipes/inputs.md").read_text("utf-8")
