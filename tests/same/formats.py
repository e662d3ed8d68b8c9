"""A file of each format that is read, in generated articles, some in old encodings and some damaged."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import tarfile
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

from generated import VOCABULARY, articles

__all__ = ["PACKED", "write_formats"]

PACKED = (".gz", ".zst", ".bz2", ".zip", ".tgz", ".parquet")
"""Suffixes of files whose bytes depend on the version of a library."""

ENCODINGS = {
    "ar": ("cp1256",), "de": ("cp1252",), "en": ("utf-8-sig", "ascii"), "es": ("latin-1",), "fr": ("mac_roman",),
    "id": ("utf-16", "cp1252"), "ja": ("shift_jis", "euc_jp"), "ms": ("utf-32",), "ru": ("cp1251", "koi8-r"),
    "tr": ("cp1254",), "vi": ("cp1258", "utf-8"),
}  # fmt: skip
"""For a text in each of these languages the encodings in which it is written; letters that they lack become "?"."""

Record = dict[str, Any]


def write_formats(folder: Path) -> None:
    """Write about 200 articles into `folder`, sixteen a format."""
    folder.mkdir(parents=True)
    stream = articles(260, seed=3, sites=12)

    def some() -> list[Record]:
        return list(islice(stream, 16))

    _table(folder / "table.csv", some(), ",")
    _table(folder / "table.tsv", some(), "\t")
    (folder / "array.json").write_text(json.dumps(some(), indent=1), "utf-8")
    nested = [{"text": r["text"], "link": {"url": r["url"]}, "tags": [n, r["title"]]} for n, r in enumerate(some())]
    (folder / "nested.json").write_text(json.dumps(nested, ensure_ascii=False), "utf-8")
    _pack(folder, _lines(some()), _lines(some()), some())
    _archives(folder, some(), some())
    (folder / "crawl.warc.gz").write_bytes(
        b"".join(gzip.compress(_response(r, n), mtime=0) for n, r in enumerate(some()))
    )
    (folder / "whole.txt").write_text(
        "\n".join(r["text"].replace("\n", " ").replace("\r", "") for r in some()), "utf-8"
    )
    (folder / "pages.jsonl").write_bytes(_lines([{"url": r["url"], "content": _html(r)} for r in some()]))
    _encoded(folder / "encoded")
    _damaged(folder / "damaged", some())


def _lines(records: list[Record]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _table(path: Path, records: list[Record], delimiter: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, list(records[0]), delimiter=delimiter, lineterminator="\n")
        rows.writeheader()
        rows.writerows(records)


def _pack(folder: Path, first: bytes, second: bytes, third: list[Record]) -> None:
    """Lines in gzip members and in a Zstandard frame, and columns."""
    import pyarrow
    import pyarrow.parquet
    import zstandard

    half = first.index(b"\n", len(first) // 2) + 1
    members = gzip.compress(first[:half], mtime=0) + gzip.compress(first[half:], mtime=0)
    (folder / "lines.jsonl.gz").write_bytes(members)
    (folder / "lines.jsonl.zst").write_bytes(zstandard.compress(second))
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(third), folder / "columns.parquet")


def _archives(folder: Path, first: list[Record], second: list[Record]) -> None:
    with zipfile.ZipFile(folder / "texts.zip", "w") as packed:
        for n, record in enumerate(first):
            packed.writestr(zipfile.ZipInfo(f"{record['section']}/{n}.txt"), record["text"], zipfile.ZIP_DEFLATED)
    with tarfile.open(folder / "pages.tgz", "w:gz") as packed:
        for n, record in enumerate(second):
            member = tarfile.TarInfo(f"pages/{n}.html")
            member.size = len(page := _html(record).encode())
            packed.addfile(member, io.BytesIO(page))


def _html(record: Record) -> str:
    """A page around the article: its lines as paragraphs, with navigation, a list of links and a footer."""
    title = html.escape(record["title"])
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in record["text"].splitlines() if line.strip())
    links = "".join(f'<li><a href="/{n}">{title} {n}</a></li>' for n in range(8))
    published = f'<meta property="article:published_time" content="{record["date"]}">'
    head = f'<meta charset="utf-8"><title>{title}</title>{published}'
    article = f'<article><h1>{title}</h1><span class="author">{html.escape(record["author"])}</span>{body}</article>'
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body><nav><ul>{links}</ul></nav>\n{article}\n"
        f'<div class="related-posts"><ul>{links}</ul></div><footer>© 2024 {title}</footer></body></html>'
    )


def _response(record: Record, number: int) -> bytes:
    """One response of a crawl, as a WARC record."""
    page = _html(record).encode()
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(page) + page
    )
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\n"
        f"WARC-Target-URI: {record['url'] or 'https://www.tanpa.example/'}\r\nWARC-Date: {record['date']}T07:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def _encoded(folder: Path) -> None:
    """Lines of words, for a generated article does not tell its language."""
    folder.mkdir()
    for language, encodings in ENCODINGS.items():
        words = VOCABULARY[language]
        lines = [("" if language == "ja" else " ").join(words[n : n + 14]) + "." for n in range(0, 140, 14)]
        for encoding in encodings:
            (folder / f"{language}-{encoding}.txt").write_bytes("\n".join(lines).encode(encoding, "replace"))


def _damaged(folder: Path, records: list[Record]) -> None:
    folder.mkdir()
    lines = _lines(records).splitlines(keepends=True)
    broken = [
        lines[0],
        lines[1][:80] + b"\n",
        b"[1, 2]\n",
        b'{"id": "no text"}\n',
        b'{"id": "e", "text": ""}\n',
        *lines[2:6],
    ]
    (folder / "lines.jsonl").write_bytes(b"".join(broken))
    whole = json.dumps(records[6:10]).encode()
    (folder / "array.json").write_bytes(whole[: len(whole) * 3 // 4])
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[10:13]), mtime=0)[:-200])
    (folder / "table.csv").write_bytes(b'id,text\n1,"never closed\n2,Panen raya mundur sepekan.\n')
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "zeros.txt").write_bytes(records[13]["text"].encode() + bytes(40) + b"\xff\xfe\xfa")
    (folder / "empty.txt").write_bytes(b"")
