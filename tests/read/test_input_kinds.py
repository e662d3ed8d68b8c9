"""What is read, what is recognised as no article, and what the summary says about both."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cleaner import Options, clean, clean_corpus
from cleaner.article import Raw, Reject
from cleaner.audit.summary import summary
from cleaner.read.files import list_sources
from cleaner.read.read_errors import SKIPPED
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.task import Task


def records(*inputs: str | Path, **options: Any) -> list[Raw | Reject]:
    chosen = Options(**options)
    found: list[Raw | Reject] = []
    for task in plan_tasks(list_sources(map(str, inputs), chosen), chosen):
        found.extend(read_records(task, chosen) if isinstance(task, Task) else [task])
    return found


def zipped(**members: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return data.getvalue()


@pytest.mark.parametrize(
    "name", ["a.pdf", "a.PDF", "a.pdf.gz", "b.docx", "c.odt", "d.rtf", "e.epub", "f.eml", "g.mbox", "h.maff", "i.xls"]
)
def test_formats_that_are_not_read_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Hujan turun di kota kecil itu.")
    [found] = records(tmp_path)
    assert isinstance(found, Reject)
    assert (found.error, found.record) == ("UnknownFormat", 0)
    assert "This is a" in found.detail
    assert found.error not in SKIPPED


@pytest.mark.parametrize(
    ("name", "part"),
    [
        # browsers name these themselves; the page lies elsewhere, or has no suffix
        ("Berita_files/saved_resource.html", True),
        ("Berita_files/saved_resource(3).html", True),
        ("Berita_files/f(1).txt", True),
        ("Berita_files/f.txt", True),
        ("Berita_files/zrt_lookup.html", True),
        ("Berita-Dateien/frame.htm", True),
        ("Berita_files/deep/saved_resource.html", True),
        ("x.js.download", True),
        ("Berita_files/jquery.min.js.download", True),
        ("gaya.css.download", True),
        # and these are articles
        ("saved_resource.html", False),
        ("berita/f(1).txt", False),
        ("Berita_files/berita-7.txt", False),
        ("Berita_files/f-kapal.txt", False),
        ("Berita_files/f(1)a.txt", False),
        ("my_files/isi(1).html", False),
        ("berita.txt.download", False),
        ("download", False),
    ],
)
def test_parts_of_a_page_are_known_by_what_browsers_call_them(tmp_path: Path, name: str, part: bool) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Hujan turun di kota kecil itu sejak pagi, kata petugas.")
    for given in (tmp_path, path, tmp_path / "packed.zip"):
        if given.suffix == ".zip":
            given.write_bytes(zipped(**{name.replace("/", "__"): "Hujan turun di kota kecil itu sejak pagi."}))
        [found] = records(given)
        assert (isinstance(found, Reject) and found.error == "PagePart") is part


@pytest.mark.parametrize("name", ["a.js", "b.css", "c.PNG", "d.woff2", "e.svg", "f.mp4"])
def test_what_lies_beside_saved_pages_is_no_failure(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    [found] = records(tmp_path)
    assert isinstance(found, Reject)
    assert found.error == "PagePart"
    assert found.error in SKIPPED


def test_office_documents_without_their_suffix(tmp_path: Path) -> None:
    marks = ("[Content_Types].xml", "META-INF__container.xml", "META-INF__manifest.xml")
    for i, mark in enumerate(marks):
        (tmp_path / f"{i}.zip").write_bytes(zipped(**{mark: "<x/>", "isi.txt": "Hujan."}))
    (tmp_path / "9.zip").write_bytes(zipped(**{"isi.txt": "Hujan.", "surat.docx": "PK", "a.css": "x"}))
    errors = [(r.source.removeprefix(f"{tmp_path}/"), getattr(r, "error", "")) for r in records(tmp_path)]
    office = [(f"{i}.zip", "UnknownFormat") for i in range(3)]
    members = [("9.zip/isi.txt", ""), ("9.zip/surat.docx", "UnknownFormat"), ("9.zip/a.css", "PagePart")]
    assert errors == [*office, *members]


def tarred(*members: tuple[str, str]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content.encode()))
    return data.getvalue()


PAGE = "<!doctype html><article><p>Hujan turun di kota kecil itu sejak pagi.</p></article>"


def told(path: Path) -> dict[str, str]:
    """The error of each source, "" for what was read."""
    return {r.source.removeprefix(f"{path}/"): getattr(r, "error", "") for r in records(path)}


def test_the_folder_of_a_page_may_stand_before_it_in_a_tar(tmp_path: Path) -> None:
    parts = [("s/a_files/frame.html", PAGE), ("s/a_files/in/b.html", PAGE), ("s/b_files/notes.txt", "Hujan.")]
    for members in ([*parts, ("s/a.html", PAGE)], [("s/a.html", PAGE), *parts]):
        (tmp_path / "a.tar").write_bytes(tarred(*members))
        assert told(tmp_path) == {
            "a.tar/s/a_files/frame.html": "PagePart",
            "a.tar/s/a_files/in/b.html": "PagePart",
            "a.tar/s/a.html": "",
            "a.tar/s/b_files/notes.txt": "",
        }


def test_links_in_a_zip_are_no_articles(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("isi.txt", "Hujan turun.")
    (tmp_path / "a.zip").write_bytes(data.getvalue())
    assert told(tmp_path) == {"a.zip/isi.txt": ""}


def test_what_cleaner_made_is_no_article_in_archives(tmp_path: Path) -> None:
    raw, work = tmp_path / "raw", tmp_path / "work"
    raw.mkdir()
    (raw / "a.txt").write_text("Hujan turun di kota kecil itu sejak pagi, kata petugas.\n\nBaca juga: Jalan rusak")
    clean_corpus([raw], work / "o.jsonl", Options(workers=1, card=True))
    names = sorted(str(path.relative_to(work)) for path in work.rglob("*") if path.is_file())
    assert "o.jsonl.audit/report.html" in names
    for name in names:
        if name not in ("o.jsonl", "o.jsonl.audit/.cleaner-made"):  # hidden files are left out
            (tmp_path / "a.zip").write_bytes(zipped(**{f"x/{name}": (work / name).read_text("utf-8")}))
            assert {*told(tmp_path / "a.zip").values()} <= {"OwnFile"}, name
    mine = {"x/removed.jsonl": '{"text": "Hujan."}', "y.audit/isi.txt": "Hujan.", "README.md": "# Hujan"}
    (tmp_path / "a.zip").write_bytes(zipped(**mine))
    assert {*told(tmp_path / "a.zip").values()} == {""}


def test_xml_is_read_where_it_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text('<?xml version="1.0"?><html><body><p>Hujan turun.</p></body></html>')
    (tmp_path / "b.xml").write_text('<?xml version="1.0"?><urlset><url><loc>Hujan.</loc></url></urlset>')
    page, feed = records(tmp_path)
    assert isinstance(page, Raw)
    assert page.html
    assert isinstance(feed, Reject)
    assert feed.error == "UnknownFormat"


@pytest.mark.parametrize("size", [10, (1 << 20) + 1])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.txt", "a.csv"])
def test_files_of_nothing_but_blank_lines_are_told(tmp_path: Path, name: str, size: int) -> None:
    (tmp_path / name).write_text("\n" * size)
    assert [getattr(r, "error", "") for r in records(tmp_path)] == ["EmptyFile"]


NESTED = {"id": "n1", "data": {"isi": {"teks": "Hujan turun."}, "n": 2}, "a.b": "lain"}


def test_a_field_inside_objects(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(NESTED))
    [found] = records(tmp_path, text_field="data.isi.teks")
    assert isinstance(found, Raw)
    assert (found.body, found.form) == ("Hujan turun.", "field 'data.isi.teks'")
    assert json.loads(found.meta) == {"data": {"isi": {}, "n": 2}, "a.b": "lain"}
    [whole] = records(tmp_path, text_field="a.b")
    assert isinstance(whole, Raw)
    assert whole.body == "lain"
    for wrong in ("data.isi", "data.isi.teks.x", "data.x", "id.x", ".", "data."):
        [lost] = records(tmp_path, text_field=wrong)
        assert getattr(lost, "error", "") in ("NoText", "EmptyText"), wrong


def test_fields_are_listed_where_none_fits(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"foo": 1, "bar": {"baz": "x"}}')
    [found] = records(tmp_path)
    assert isinstance(found, Reject)
    assert "'foo', 'bar', 'bar.baz'" in found.detail
    assert "--text-field" in found.advice


def test_the_summary_says_what_was_read_and_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "a.jsonl").write_text('{"isi_berita": "Hujan turun di kota kecil itu."}\n{"foo": "x"}\n')
    (folder / "b.txt").write_text("Hujan turun.<br>Warga &amp; petugas mengungsi.")
    (folder / "c.css").write_text("p {}")
    report = clean_corpus([folder], tmp_path / "out.jsonl", Options(workers=1))
    shown = "\n".join(summary(report))
    assert report.counts["read_from"] == {"field 'isi_berita'": 1, "text": 1}
    assert report.counts["skipped"] == {"PagePart": 1}
    assert report.rejected == 1
    assert "field 'isi_berita'" in shown
    assert "PagePart" in shown
    assert "a.jsonl, record 2" in shown
    assert "'foo'" in shown
    logged = [
        json.loads(line)["error"] for line in (tmp_path / "out.jsonl.audit/rejected.jsonl").read_text().splitlines()
    ]
    assert sorted(logged) == ["NoText", "PagePart"]


def test_what_decoding_changes_is_flagged() -> None:
    text = "Kafé kecil di tepi sungai itu, kata Siti, buka lagi sejak Selasa pagi."
    assert clean(text.encode()).flags == ()
    assert "bad-bytes" in clean(text.encode() + b" \xff ya.").flags
    assert "markup" in clean("Air naik <b>dua meter</b> dalam <a href='/x'>satu jam</a>.").flags


def test_a_repeated_id_is_flagged_and_kept(tmp_path: Path) -> None:
    rows = [
        {"id": "x", "text": "Hujan turun di kota kecil itu."},
        {"id": "x", "text": "Pasar malam dibuka lagi.", "n": 2},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    report = clean_corpus([tmp_path / "a.jsonl"], tmp_path / "out.jsonl", Options(workers=1))
    first, second = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert (first["id"], first["flags"], first["meta"]) == ("x", [], "{}")
    assert (second["id"], second["flags"]) == (f"{tmp_path}/a.jsonl#2", ["repeated-id"])
    assert json.loads(second["meta"]) == {"id": "x", "n": 2}
    assert report.counts["flag"] == {"repeated-id": 1}
