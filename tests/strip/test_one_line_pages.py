"""A page in one line: two sentences in a row stay whatever the lists know around them; spans lie inside the line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import cut
from cleaner.judge.lines import split_lines
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.one_line_pages import find_stamp, page_frame

PAIRS = [
    "Petambak memanen garam lebih awal tahun ini. Kapal pengangkut tiba pekan depan di dermaga.",
    "Warga menyiapkan karung di gudang desa. Harga di pasar belum berubah sejak bulan lalu.",
    "Ketua kelompok menutup rapat dengan doa. Semua orang pulang sebelum hujan turun lagi.",
]
KNOWN = [
    "Bagikan artikel ini",
    "Copy Link",
    "Kebijakan Privasi",
    "BERITA LAINNYA",
    "Advertisement",
    "Lihat Semua",
    "Tag :",
]
HEADLINES = ["Tim Voli Putri Lolos ke Final", "Harga Telur Turun di Tiga Pasar 3 jam yang lalu", "garam muara"]
UNITS = st.lists(st.sampled_from(PAIRS + KNOWN + HEADLINES), max_size=30)


@given(UNITS)
@settings(max_examples=200, deadline=None)
def test_two_sentences_in_a_row_stay(units: list[str]) -> None:
    text = " ".join([*PAIRS * 5, *units])
    lines = split_lines(text)
    found = sorted(page_frame(lines, [None] * len(lines), (), load_phrases("id")))
    assert all(0 <= removal.start < removal.end <= len(text) for removal in found)
    assert all(above.end <= below.start for above, below in pairwise(found))
    left = cut(text, tuple(found))
    assert all(left.count(pair) == text.count(pair) for pair in PAIRS)


@pytest.mark.parametrize(
    ("head", "stamp"),
    [
        ("Panen Garam Dimulai Kamis, 25 April 2024, 20:45 WIB Foto: Rina Wulan ", "Kamis, 25 April 2024, 20:45 WIB"),
        ("Panen Garam Dimulai 25/04/2024 20.45 ", "25/04/2024 20.45"),
        ("Panen Garam Dimulai pada 25 April 2024 di muara ", ""),
        ("Kamis, 25 April 2024, 20:45 WIB. Petambak memanen garam. Kapal tiba pekan depan. ", ""),
        ("Panen 25 Karung 2024, 20:45 ", ""),
    ],
)
def test_the_time_of_publishing_before_a_dateline(head: str, stamp: str) -> None:
    found = find_stamp(head, load_phrases("id"))
    assert (head[slice(*found)] if found else "") == stamp
