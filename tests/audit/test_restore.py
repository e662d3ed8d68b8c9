"""What was removed can be put back, to the letter."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import CleanerError, Options, clean, clean_corpus
from cleaner.article import Article, Removal, claim, cut
from cleaner.audit.restore import restored
from cleaner.audit.spans import join
from cleaner.output.records import pack_article, removed_rows, unpack_article
from cleaner.strip.space import close_gaps

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)
cruft = st.sampled_from(
    [
        "Tinggalkan Komentar",
        "Iklan",
        "Baca juga: Harga beras naik",
        "Penulis: Sari Dewi",
        "\n\n",
        " ",
        "(uji/dur)",
        "\r\n",
    ]
)
prose = st.sampled_from(
    [
        "MEDAN, WARTAMUARA.ID - Warga menanam kembali bakau di sepanjang pesisir utara yang rusak oleh abrasi.",
        "Panen raya mundur sepekan karena hujan, kata petugas penyuluh yang datang dari kota kabupaten.",
        "It rained for a week, and the harbour stayed closed until the pilots came back on Sunday morning.",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60), spans)
def test_any_removals_are_undone(text: str, wanted: list[tuple[int, int]]) -> None:
    removals = claim(Removal(min(a, b), min(max(a, b), len(text)), "r", "ad") for a, b in wanted)
    for chosen in (removals, close_gaps(text, removals)):
        article = Article("i", "s", text, removals=chosen)
        assert join(cut(text, chosen), removed_rows(article)) == text


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_any_text_is_cleaned_without_loss(text: str) -> None:
    cleaned = clean(text)
    rows = removed_rows(Article("i", "s", cleaned.before, removals=cleaned.removals))
    assert join(cleaned.text, rows) == cleaned.before


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(prose, cruft), min_size=1, max_size=12).map("\n".join))
def test_articles_with_cruft_are_rebuilt_to_the_letter(text: str) -> None:
    cleaned = clean(text, language="id", options=Options(title="drop", drop_foreign_paragraphs=True))
    article = Article("i", "s", cleaned.before, removals=cleaned.removals)
    assert cleaned.before == text.replace("\r\n", "\n")
    assert join(cleaned.text, removed_rows(article)) == cleaned.before
    assert unpack_article(pack_article(article)) == article


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 50), spans)
def test_the_first_to_claim_a_span_names_it(size: int, wanted: list[tuple[int, int]]) -> None:
    asked = [Removal(min(a, b), max(a, b), f"r{i}", "ad") for i, (a, b) in enumerate(wanted)]
    claimed = claim(asked)
    assert all(a.end <= b.start for a, b in pairwise(claimed))
    for at in range(61):
        first = next((r.rule for r in asked if r.start <= at < r.end), None)
        assert next((r.rule for r in claimed if r.start <= at < r.end), None) == first


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz", "c.jsonl.zst", "c.parquet", "parts/"])
def test_every_form_of_output_can_be_restored(name: str, tmp_path: Path) -> None:
    rows = [
        {"id": str(n), "text": f"Panen raya di lembah nomor {n} mundur, kata petugas penyuluh dari kota.\n\nIklan"}
        for n in range(5)
    ]
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    output = str(tmp_path) + "/" + name
    clean_corpus(tmp_path / "in.jsonl", output, Options(workers=1, dedup=False, repeats=False))
    assert list(restored(output)) == rows


INPUTS = {
    "tags": 'Air naik <b>dua meter</b> dalam <a href="/jam">satu jam</a>, kata petugas.\n\nIklan',
    "entities": "Air naik &amp;quot;dua meter&amp;quot; dalam satu jam, kata petugas.\n\nIklan",
    "escapes": "Air naik dua meter.\\n\\nWarga mengungsi ke balai desa.\\n\\nIklan",
    "Windows": "Air naik dua meter, kata petugas di pos itu.\r\n\r\nIklan\r\nWarga mengungsi.\r\n",
    "mixed line ends": "Air naik dua meter.\r\nWarga mengungsi.\nHujan reda.\rIklan",
    "mojibake": "Petugas berkata: â€œAir sedang surut sejak tahun lalu.â€\x9d\n\nIklan",
    "marks at both ends": "\ufeff  Air naik dua meter, kata petugas.\x0bIklan\x0b \n",
    "sound": "  Air naik dua meter, kata petugas.\n\n\nIklan\n",
    "dropped": "&nbsp;\n&nbsp;",
    "Cyrillic": " ".join(["Жители деревни составили карту скамеек вдоль реки."] * 3).encode("cp1251").decode("cp1252"),
}


def test_the_text_of_every_input_comes_back_to_the_letter(tmp_path: Path) -> None:
    rows = [{"id": name, "text": text} for name, text in INPUTS.items()]
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    output = tmp_path / "clean.jsonl"
    clean_corpus(tmp_path / "in.jsonl", output, Options(workers=1, dedup=False, repeats=False, report=False))
    assert {row["id"]: row["text"] for row in restored(str(output))} == INPUTS
    log = next(tmp_path.glob("clean*.audit")).joinpath("removed.jsonl").read_bytes().splitlines()
    rules = {row["id"]: row["rule"] for row in map(orjson.loads, log) if row["kind"] == "repair"}
    assert rules["tags"] == rules["entities"] == rules["escapes"] == "markup"
    assert rules["mojibake"] == "repair"
    assert rules["Windows"] == "line-ends"
    assert "sound" not in rules


def test_the_line_ends_of_windows_do_not_fill_the_log() -> None:
    article = Article("i", "s", "a\nb\n", original="a\r\nb\r\n")
    assert [row["text"] for row in removed_rows(article)] == ["\r\n"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CleanerError, match=r"manifest\.json is not there.*--audit"):
        list(restored(str(tmp_path / "none.jsonl")))
