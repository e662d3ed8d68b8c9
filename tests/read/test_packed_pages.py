"""Pages that a browser packed into one file: the page is read, and its address and encoding with it."""

from __future__ import annotations

import base64
import plistlib
import quopri
from pathlib import Path

import pytest

from cleaner import Options, clean_corpus
from cleaner.article import Raw, Reject
from cleaner.errors import InputError
from cleaner.pipeline import load_article
from cleaner.read.files import list_sources
from cleaner.read.packed_page import parse_mhtml
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.task import Split, Task

URL = "https://pelita.example/berita/feri-kandas-di-muara?utm_source=halaman-depan-dan-sebuah-alamat-yang-panjang"
TEXT = "Feri itu kandas di mulut muara pada Selasa pagi, kata petugas di dermaga — “air sedang surut”."
BODY = f"<h1>Feri kandas</h1><article><p>{TEXT}</p><p>{TEXT}</p></article>"
PAGE = f"<html><head><title>Feri</title></head><body>{BODY}</body></html>"
FRAME = (
    "<html><body><p>Iklan yang panjang sekali, sehingga tampak seperti sebuah artikel tentang kapal.</p></body></html>"
)
BOUNDARY = "----MultipartBoundary--berita"


def part(body: bytes, kind: str, *headers: str, coding: str = "quoted-printable") -> bytes:
    coded = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes, "8bit": bytes}[coding](body)
    head = [f"--{BOUNDARY}", f"Content-Type: {kind}", f"Content-Transfer-Encoding: {coding}", *headers, "", ""]
    return "\r\n".join(head).encode() + coded + b"\r\n"


def mhtml(*parts: bytes, start: str = "", headers: tuple[str, ...] = (f"Snapshot-Content-Location: {URL}",)) -> bytes:
    kind = f'Content-Type: multipart/related;\r\n\ttype="text/html";{start}\r\n\tboundary="{BOUNDARY}"'
    head = ["From: <Saved by Blink>", *headers, "Subject: =?utf-8?Q?Feri?=", "Date: Tue, 5 Mar 2024 10:00:00 +0700"]
    return (
        "\r\n".join([*head, "MIME-Version: 1.0", kind, "", ""]).encode() + b"".join(parts) + f"--{BOUNDARY}--".encode()
    )


def read(path: Path) -> Raw | Reject:
    [task] = plan_tasks(list_sources([str(path)], Options()), Options())
    [found] = read_records(task, Options()) if isinstance(task, Task) else [task]
    return found


PICTURE = part(b"\x89PNG\r\n\x1a\n", "image/png", coding="base64")
PAGES = {
    "of Chrome": mhtml(
        part(PAGE.encode(), "text/html", f"Content-Location: {URL}"), PICTURE, part(FRAME.encode(), "text/html")
    ),
    "in base64": mhtml(part(PAGE.encode(), "text/html", coding="base64")),
    "in 8 bits": mhtml(part(PAGE.encode(), "text/html; charset=utf-8", coding="8bit")),
    "its charset beside it": mhtml(part(PAGE.encode("cp1252"), 'text/html; charset="windows-1252"')),
    "a picture first": mhtml(PICTURE, part(PAGE.encode(), "application/xhtml+xml")),
    "the root named, and behind a frame": mhtml(
        part(FRAME.encode(), "text/html", "Content-ID: <2@x>"),
        part(PAGE.encode(), "text/html", "Content-ID: <1@x>"),
        start='\r\n\tstart="<1@x>";',
    ),
    "a folded address": mhtml(
        part(PAGE.encode(), "text/html"), headers=(f"Snapshot-Content-Location: {URL[:40]}\r\n {URL[40:]}",)
    ),
    "the address beside the part": mhtml(part(PAGE.encode(), "text/html", f"Content-Location: {URL}"), headers=()),
}


WORD = (
    f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="{BOUNDARY}"\r\n\r\n'
    "This document is a Single File Web Page. Your browser doesn't support Web Archive files.\r\n\r\n"
).encode() + part(
    PAGE.encode("cp1251", "replace"), 'text/html; charset="windows-1251"', "Content-Location: file:///C:/0.htm"
)


@pytest.mark.parametrize("name", ["a.mht", "tanpa-akhiran", "a.txt"])
def test_single_files_of_word_and_of_old_browsers(tmp_path: Path, name: str) -> None:
    """As in MHTML-to-HTML 1, archiveror 39 (which got a .txt), and of Internet Explorer."""
    explorer = PAGES["of Chrome"].replace(b"From: <Saved by Blink>", b'From: "Saved by Windows Internet Explorer 8"')
    for data in (WORD, explorer.replace(b"Snapshot-Content-Location", b"X-Other"), PAGES["of Chrome"]):
        (tmp_path / name).write_bytes(data)
        raw = read(tmp_path / name)
        assert isinstance(raw, Raw)
        before = load_article(raw, Options()).before
        assert before.startswith("Feri itu kandas di mulut muara")
        assert "Web Archive" not in before
        assert "=3D" not in before


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("name", ["a.mhtml", "a.mht", "a.html", "tanpa-akhiran"])
def test_mhtml(tmp_path: Path, kind: str, name: str) -> None:
    (tmp_path / name).write_bytes(PAGES[kind])
    raw = read(tmp_path / name)
    assert isinstance(raw, Raw)
    article = load_article(raw, Options())
    assert article.before == f"{TEXT}\n{TEXT}"
    assert (article.url, article.site, article.title) == (URL, "pelita.example", "Feri kandas")
    assert raw.crawled == "2024-03-05T03:00:00Z"


def test_without_an_address_on_the_web(tmp_path: Path) -> None:
    headers = ("Snapshot-Content-Location: file:///home/orang/feri.html",)
    (tmp_path / "a.mhtml").write_bytes(mhtml(part(PAGE.encode(), "text/html"), headers=headers))
    raw = read(tmp_path / "a.mhtml")
    assert isinstance(raw, Raw)
    assert raw.url == ""


@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
@pytest.mark.parametrize("name", ["a.webarchive", "tanpa-akhiran"])
def test_web_archives(tmp_path: Path, form: plistlib.PlistFormat, name: str) -> None:
    main = {"WebResourceData": PAGE.encode(), "WebResourceURL": URL, "WebResourceMIMEType": "text/html"}
    frame = {"WebResourceData": FRAME.encode(), "WebResourceMIMEType": "text/html"}
    whole = {"WebMainResource": {**main, "WebResourceTextEncodingName": "UTF-8"}, "WebSubresources": [frame]}
    (tmp_path / name).write_bytes(plistlib.dumps(whole, fmt=form))
    raw = read(tmp_path / name)
    assert isinstance(raw, Raw)
    assert load_article(raw, Options()).before == f"{TEXT}\n{TEXT}"
    assert raw.url == URL


TRAPS = {
    "a packed picture": ("a.mhtml", mhtml(PICTURE), "NoText"),
    "an empty page": ("a.mhtml", b"", "EmptyFile"),
    "no packed page at all": ("a.mhtml", b"\0\1\2\3\4\5\6\7" * 99, "BinaryFile"),
    "another property list": ("a.webarchive", plistlib.dumps({"a": 1}, fmt=plistlib.FMT_BINARY), "NoText"),
    "an e-mail": ("a.eml", mhtml(part(PAGE.encode(), "text/html")), "UnknownFormat"),
}


@pytest.mark.parametrize("kind", TRAPS)
def test_what_packs_no_page_is_told(tmp_path: Path, kind: str) -> None:
    name, data, error = TRAPS[kind]
    (tmp_path / name).write_bytes(data)
    found = read(tmp_path / name)
    assert isinstance(found, Reject)
    assert found.error == error


LETTER = (
    "From: Rinaldi\nDate: 5 Mar 2024\nSubject: Feri\n\nFeri itu kandas di mulut muara pada Selasa pagi, kata petugas."
)


def test_a_text_that_begins_as_a_letter_stays_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LETTER)
    raw = read(tmp_path / "a.txt")
    assert isinstance(raw, Raw)
    assert (raw.form, raw.body) == ("text", LETTER)


def test_parts_nested_without_end_are_a_reject() -> None:
    data = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2000))
    with pytest.raises((InputError, RecursionError)):
        list(parse_mhtml(data, Split("a", "mhtml"), Options()))


def test_a_packed_page_in_a_run(tmp_path: Path) -> None:
    (tmp_path / "a.mhtml").write_bytes(PAGES["of Chrome"])
    report = clean_corpus(tmp_path / "a.mhtml", tmp_path / "out.jsonl", Options(workers=1))
    assert report.counts["read_from"] == {"packed page": 1}
