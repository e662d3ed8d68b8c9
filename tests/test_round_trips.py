"""What Cleaner has written it knows: its fields pass through every command, and a clean corpus stays as it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from sample import ROOT

from cleaner import Options, clean_corpus, iter_clean
from cleaner.article import RECORD_KEYS, Article
from cleaner.cli import main
from cleaner.output.records import record
from cleaner.read.fields import raw_record

SEEDS = Path(os.environ.get("CLEANER_BENCH", ROOT.parent / "shared" / "bench")).parent / "seeds"
OPTIONS = Options(workers=1, report=False)
ONE: dict[str, Any] = {
    "id": "a", "text": "Feri kandas di muara pada Selasa pagi, kata petugas &amp; kapten itu.", "words": 12,
    "language": "ms", "language_score": 0.75, "languages": '{"ms":0.75}', "title": "Feri", "author": "Sari",
    "date": "2023-10-05", "date_text": "5 Okt 2023", "crawled": "", "place": "Medan", "url": "",
    "site": "contoh.example", "source": "raw/feri.html",
    "encoding": "cp1252", "repair": ["0:3 apply fix_line_breaks"], "page_kind": "article", "input_kind": "html",
    "flags": ["bad-bytes"], "duplicates": ["b"], "meta": '{"n": 1}',
}  # fmt: skip


def lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def test_the_keys_are_those_of_every_record() -> None:
    assert tuple(record(Article("a", "s", "x"))) == RECORD_KEYS


@pytest.mark.parametrize("corpus", [ROOT / "corpus" / "raw", SEEDS], ids=["sample", "seeds"])
def test_a_clean_corpus_stays_as_it_is(corpus: Path, tmp_path: Path) -> None:
    if not corpus.exists():
        pytest.skip(f"{corpus} is not here")
    once, twice = tmp_path / "once.jsonl", tmp_path / "twice.jsonl"
    clean_corpus(corpus, once, OPTIONS)
    report = clean_corpus(once, twice, OPTIONS)
    assert lines(once)
    assert twice.read_bytes() == once.read_bytes()
    assert report.written == len(lines(once))


@pytest.mark.parametrize("command", ["clean", "dedup"])
def test_every_field_passes_through(command: str, tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", ONE)
    done = CliRunner().invoke(
        main, [command, str(given), "-o", str(tmp_path / "out.jsonl"), "--quiet", "--workers", "1"]
    )
    assert done.exit_code == 0, done.output
    assert lines(tmp_path / "out.jsonl") == [ONE]


def test_a_table_of_parquet_passes_through(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", ONE)
    clean_corpus(given, tmp_path / "out.parquet", OPTIONS)
    clean_corpus(tmp_path / "out.parquet", tmp_path / "again.jsonl", OPTIONS)
    assert lines(tmp_path / "again.jsonl") == [ONE]


def test_fields_that_others_have_added_join_meta(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", ONE | {"topic": "laut"})
    clean_corpus(given, tmp_path / "out.jsonl", OPTIONS)
    assert lines(tmp_path / "out.jsonl") == [ONE | {"meta": '{"n": 1, "topic": "laut"}'}]


def test_a_record_of_an_older_version_is_one_of_its_own(tmp_path: Path) -> None:
    older = {key: value for key, value in ONE.items() if key != "words"}
    clean_corpus(write(tmp_path / "in.jsonl", older), tmp_path / "out.jsonl", OPTIONS)
    assert lines(tmp_path / "out.jsonl") == [ONE]


def test_cruft_in_a_record_of_ones_own_still_goes() -> None:
    [cleaned] = iter_clean([ONE | {"text": ONE["text"] + "\n\nBaca juga: Harga Beras Naik Lagi"}])
    assert cleaned.text == ONE["text"]
    assert cleaned.language == "ms"


@pytest.mark.parametrize(
    "other",
    [
        {key: value for key, value in ONE.items() if key != "languages"},
        ONE | {"languages": "id"},
        ONE | {"flags": "none"},
        ONE | {"meta": "[]"},
        ONE | {"language_score": "high"},
    ],
)
def test_records_of_others_are_read_as_theirs(other: dict[str, Any]) -> None:
    raw = raw_record(other, "in.jsonl", 1, Options())
    assert raw.own is None
    assert orjson.loads(raw.meta)["source"] == "raw/feri.html"


def test_an_option_that_names_another_field_counts() -> None:
    assert raw_record(ONE, "in.jsonl", 1, Options(text_field="title")).own is None
    assert raw_record(ONE, "in.jsonl", 1, Options(text_field="text", id_field="id")).own is ONE


def test_a_keeper_adds_to_the_duplicates_that_an_earlier_run_found(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", ONE, ONE | {"id": "c", "duplicates": []})
    clean_corpus(given, tmp_path / "out.jsonl", OPTIONS)
    assert lines(tmp_path / "out.jsonl") == [ONE | {"duplicates": ["b", "c"]}]


def test_soft_hyphens_make_no_copy_the_longer_one(tmp_path: Path) -> None:
    text = "Pemerintah kabupaten membangun kembali jembatan gantung yang menghubungkan dua desa di lereng gunung itu."
    rows = [{"id": "b", "text": text.replace("em", "e\u00adm")}, {"id": "a", "text": text}]
    clean_corpus(write(tmp_path / "in.jsonl", *rows), tmp_path / "out.jsonl", OPTIONS)
    assert [row["text"] for row in lines(tmp_path / "out.jsonl")] == [text]
