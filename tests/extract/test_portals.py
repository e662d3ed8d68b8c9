"""Pages in the layouts of large Indonesian portals of 2009 to 2024: the article comes out whole, and what stands around
it does not. They stand in tests/cases/extract/portals; their text is invented and the same on all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleaner import clean_html
from cleaner.extract.page import Page, extract

# Traps say in a comment what else must stay.
KEEP = re.compile(r"<!-- keep: (.*?) -->")
FOLDER = Path(__file__).parents[1] / "cases" / "extract" / "portals"
PAGES = sorted(path.stem for path in FOLDER.glob("*.html"))
SENTENCES = (
    "hujan turun sampai akhir Mei.",
    "sedikit di atas rata-rata lima tahun terakhir.",
    "saluran air yang baru ternyata menolong,",
    "dana desa sebesar Rp 180 juta.",
    "Pedagang dari Brebes dan Cirebon sudah datang",
    "sebelum musim tanam berikutnya pada September.",
)
BRIEF = (SENTENCES[0], SENTENCES[4])
AROUND = (
    "Jembatan Gantung", "Cabai Rawit", "Sekolah Apung", "Panjat Tebing", "Wolipop", "Otomotif", "Selengkapnya",
    "Hak cipta", "All Right", "News Feed", "Halaman selanjutnya", "Privacy", "Telepon (021)", "Komentar", "Twitter",
)  # fmt: skip


def _read(name: str) -> Page:
    return extract((FOLDER / f"{name}.html").read_text("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_the_article_is_whole(name: str) -> None:
    text = _read(name).text
    assert [said for said in (BRIEF if name == "brief-among-links" else SENTENCES) if said not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_stands_around_it_goes(name: str) -> None:
    cleaned = clean_html(
        (FOLDER / f"{name}.html").read_text("utf-8")
    )  # boxes in the text are lines that stripping knows
    assert [said for said in AROUND if said in cleaned.text] == []
    assert [said for said in SENTENCES if said in _read(name).text and said not in cleaned.text] == []


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("trap-")])
def test_what_looks_like_boilerplate_stays(name: str) -> None:
    page = (FOLDER / f"{name}.html").read_text("utf-8")
    found = KEEP.search(page)
    assert found
    text = clean_html(page).text
    assert [said for said in found[1].split(" / ") if said not in text] == []


def test_their_titles_are_the_headline() -> None:
    assert {_read(name).title for name in PAGES} == {"Panen Bawang Merah di Wanasari Mundur Dua Pekan"}
