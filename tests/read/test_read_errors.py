"""Bad input: set aside with a clear error or handled; nothing that stands before an error is lost, nothing hangs."""

from __future__ import annotations

import builtins
import gzip
import io
import json
import tarfile
import tracemalloc
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.read.files import list_sources
from cleaner.read.read_errors import ArchiveBomb
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.stream import Stream, decompress
from cleaner.read.task import Source, Task

DEFAULT = Options()
LINES = [json.dumps({"text": f"Berita {i} tentang hujan."}) for i in range(1, 201)]


def records(*inputs: str | Path, options: Options = DEFAULT, **size: int) -> list[Raw | Reject]:
    found: list[Raw | Reject] = []
    for task in plan_tasks(list_sources(map(str, inputs), options), options, **size):
        found.extend(read_records(task, options) if isinstance(task, Task) else [task])
    return found


def told(*inputs: str | Path, options: Options = DEFAULT) -> list[tuple[int, str]]:
    """Record and error of what was read, alike for tasks of any size; every error has its two sentences."""
    found = records(*inputs, options=options)
    for size in (1, 500):
        assert records(*inputs, options=options, task_bytes=size) == found
    for each in found:
        if isinstance(each, Reject):
            assert each.detail.endswith((".", "?", "!")), each.detail
            assert each.advice.endswith("."), each.advice
    return [(each.record, getattr(each, "error", "")) for each in found]


def test_the_folder_of_the_first_day(tmp_path: Path) -> None:
    (tmp_path / "a-empty.txt").write_text("")
    (tmp_path / "b-blank.txt").write_text(" \n\t\n")
    (tmp_path / "c-empty.jsonl").write_text("")
    (tmp_path / "d-blank.jsonl").write_text("\n\n \n")
    (tmp_path / "e-binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (tmp_path / "f.jsonl").write_text(
        '{"text": "a"}\n{"text": \n{"title": "x"}\n[1]\n{"text": " "}\n{"text": 5}\n{"text": "z"}'
    )
    (tmp_path / "g.txt").write_text("Baik.")
    empty = [(0, "EmptyFile")] * 4
    lines = [(1, ""), (2, "BrokenJson"), (3, "NoText"), (4, "BrokenJson"), (5, "EmptyText"), (6, "NoText"), (7, "")]
    assert told(tmp_path) == [*empty, (0, "BinaryFile"), *lines, (0, "")]


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("Isi.")
    really_open = builtins.open

    def fake(path: Any, *args: Any, **kwargs: Any) -> Any:
        if str(path).endswith("b.txt"):
            raise PermissionError(13, "Permission denied", path)
        return really_open(path, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", fake)
    assert told(tmp_path) == [(0, ""), (0, "NotReadable"), (0, "")]


def test_a_file_that_vanishes_after_listing(tmp_path: Path) -> None:
    gone = [Source("a.txt", str(tmp_path / "a.txt"), 5), Source("b.jsonl", str(tmp_path / "b.jsonl"), 1 << 30)]
    found = [r for p in plan_tasks(gone, DEFAULT) for r in (read_records(p, DEFAULT) if isinstance(p, Task) else [p])]
    assert [(r.source, getattr(r, "error", "")) for r in found] == [("a.txt", "NotFound"), ("b.jsonl", "NotFound")]


@pytest.mark.parametrize("packing", ["gz", "zst"])
@pytest.mark.parametrize("cut", [0.37, 0.93, 0.99])
def test_truncated_compression_keeps_what_came_before(tmp_path: Path, packing: str, cut: float) -> None:
    packed = [b"".join(map(_packers[packing], _groups()))]
    (tmp_path / f"a.jsonl.{packing}").write_bytes(packed[0][: int(len(packed[0]) * cut) + 3])
    found = told(tmp_path)
    assert found[-1] == (len(found), "Truncated")
    assert found[:-1] == [(i, "") for i in range(1, len(found))]
    assert len(found) > 200 * cut - 60


_packers = {"gz": gzip.compress, "zst": zstandard.compress}


def _groups() -> Iterator[bytes]:
    for at in range(0, 200, 20):
        yield "".join(line + "\n" for line in LINES[at : at + 20]).encode()


def test_rubbish_after_compression(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "a"}\n') + b"rubbish")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "a"}\n') + bytes(512))
    assert told(tmp_path) == [(1, ""), (2, "Truncated"), (1, "")]


def test_a_truncated_text_keeps_its_beginning(tmp_path: Path) -> None:
    packed = gzip.compress("".join(LINES).encode())
    (tmp_path / "a.txt.gz").write_bytes(packed[: len(packed) // 2])
    assert told(tmp_path) == [(0, ""), (0, "Truncated")]


@pytest.mark.parametrize("form", ["gz", "zst", "zip", "tar"])
def test_a_bomb(tmp_path: Path, form: str) -> None:
    zeros = b"0" * (80 << 20)
    options = replace(DEFAULT, max_record_bytes=1 << 40)
    if form in _packers:
        (tmp_path / f"a.jsonl.{form}").write_bytes(_packers[form](zeros))
    elif form == "zip":
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.txt", zeros)
    else:
        with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
            member = tarfile.TarInfo("a.txt")
            member.size = len(zeros)
            tar.addfile(member, io.BytesIO(zeros))
    assert "ArchiveBomb" in {getattr(each, "error", "") for each in records(tmp_path, options=options)}


def test_the_beginning_of_a_bomb_is_no_article_and_its_neighbours_are(tmp_path: Path) -> None:
    zeros = b"a" * (66 << 20)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(zeros))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate((b"Satu.", zeros, b"Tiga.", zeros, b"x")):
            archive.writestr(f"{number}.txt", text)
    found = records(tmp_path)
    assert [getattr(each, "body", None) for each in found if not hasattr(each, "error")] == [b"Satu.", b"Tiga.", b"x"]
    assert [each.error for each in found if isinstance(each, Reject)] == ["ArchiveBomb"] * 3


def test_a_bomb_is_not_unpacked_in_memory() -> None:
    packed = zstandard.compress(b"0" * (96 << 20))
    tracemalloc.start()
    with pytest.raises(ArchiveBomb):
        deque(decompress(Stream(iter([packed])), "zst"), maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20


def test_archives_inside_archives_end(tmp_path: Path) -> None:
    data = b"x"
    for _ in range(6):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("in.zip", data)
        data = outer.getvalue()
    (tmp_path / "a.zip").write_bytes(data)
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"x")))))
    assert told(tmp_path) == [(0, "ArchiveBomb")] * 2


def test_one_line_above_the_bound_is_lost_alone(tmp_path: Path) -> None:
    long = json.dumps({"text": "x" * 5000})
    (tmp_path / "a.jsonl").write_text("\n".join([LINES[0], long, LINES[1], long]))
    (tmp_path / "b.json").write_text(json.dumps([{"text": "a"}, {"text": "y" * 5000}, {"text": "b"}]))
    (tmp_path / "c.csv").write_text("text,n\na,1\n" + "z" * 5000 + ",2\nb,3\n")
    (tmp_path / "d.txt").write_text("x" * 5000)
    assert told(tmp_path, options=Options(max_record_bytes=1000)) == [
        *[(1, ""), (2, "TooLarge"), (3, ""), (4, "TooLarge")],
        *[(1, ""), (2, "TooLarge"), (3, "")],
        *[(1, ""), (2, "TooLarge"), (3, "")],
        (0, "TooLarge"),
    ]


@pytest.mark.slow
def test_a_line_of_a_gigabyte(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.write(b'{"text": "a"}\n{"text": "')
        file.seek(1 << 30, io.SEEK_CUR)  # a hole: the file takes no room
        file.write(b'"}\n{"text": "b"}\n')
    tracemalloc.start()
    found = [(r.record, getattr(r, "error", "")) for r in records(tmp_path)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(2, "TooLarge"), (1, ""), (3, "")] or found == [(1, ""), (2, "TooLarge"), (3, "")]
    assert peak < 64 << 20


def test_nuls_and_surrogates_never_crash(tmp_path: Path) -> None:
    lines = [
        '{"text": "a\\u0000b\\ud800c\\ud83d\\ude00", "title": "\\udfff", "x": "\\ud800", "\\udc00": 1}',
        '{"text": "a\0b"}',
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    first, second = records(tmp_path)
    assert isinstance(first, Raw)
    assert isinstance(second, Raw)
    assert (first.body, first.title, second.body) == ("a\0b\ufffdc\U0001f600", "\ufffd", "a\0b")
    assert json.loads(first.meta.encode("utf-8"))["x"] == "\ud800"


def test_repeated_keys_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "satu", "n": 1, "text": "dua", "n": 2, "in": {"k": 1, "k": 2}}')
    [found] = records(tmp_path)
    assert isinstance(found, Raw)
    assert found.body == "dua"
    assert json.loads(found.meta) == {"text#1": "satu", "n#1": 1, "n": 2, "in": {"k#1": 1, "k": 2}}


def test_numbers_json_cannot_hold(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "a", "a": NaN, "b": 1e999, "c": {10**30}, "d": -Infinity}}')
    [found] = records(tmp_path)
    assert isinstance(found, Raw)
    assert json.loads(found.meta, parse_constant=pytest.fail) == {"a": None, "b": "inf", "c": 10**30, "d": None}


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_deep_nesting(tmp_path: Path, name: str) -> None:
    deep = '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}"
    (tmp_path / name).write_text(f'{deep}\n{{"text": "b"}}\n')
    assert told(tmp_path) == [(1, "BrokenJson"), (2, "")]


def test_broken_elements_of_an_array(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"text": "a"}, {"text": nope}, {"text": "c"}, {"text": "d"}, {"te')
    assert told(tmp_path) == [(1, ""), (2, "BrokenJson"), (3, ""), (4, ""), (5, "BrokenJson"), (6, "BrokenJson")]


def test_quotes_that_never_close(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text\n1,"baik, ya"\n2,"rusak\n3,baik lagi\n4,baik,lebih\n5,baik\n')
    assert told(tmp_path) == [(1, ""), (2, ""), (3, ""), (4, "BrokenCsv"), (5, "")]


def test_tables_without_a_text(tmp_path: Path) -> None:
    pa.parquet.write_table(pa.table({"judul": ["x"] * 5, "n": [1] * 5}), tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("judul,n\nx,1\ny,2\n")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 nothing of the kind PAR1")
    found = records(tmp_path)
    assert [(r.record, getattr(r, "error", "")) for r in found] == [(0, "NoText"), (0, "NoText"), (0, "BrokenTable")]
    assert "'judul', 'n'" in getattr(found[0], "detail", "")
    assert "--text-field" in getattr(found[0], "advice", "")
    assert len([r for r in records(tmp_path / "b.csv", options=Options(text_field="judul")) if isinstance(r, Raw)]) == 2


def crawl_record(number: int, content: bytes, content_type: str = "application/http; msgtype=response") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.id/{number}\r\n"
    head += f"Content-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content + b"\r\n\r\n"


def test_a_truncated_crawl(tmp_path: Path) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Halaman.</p>"
    crawl = [crawl_record(i, page) for i in range(5)]
    (tmp_path / "a.warc").write_bytes(b"".join(crawl)[:-30])
    (tmp_path / "b.warc.gz").write_bytes(b"".join(map(gzip.compress, crawl))[:-30])
    good = [(i, "") for i in range(1, 5)]
    assert told(tmp_path) == [*good, (5, "Truncated"), *good, (5, "Truncated")]


def test_a_broken_body_in_a_crawl_is_lost_alone(tmp_path: Path) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Halaman.</p>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    body = bytearray(gzip.compress(b"<p>Hujan turun di kota kecil itu.</p>" * 20))
    body[20:30] = b"\xff" * 10
    crawl = [crawl_record(1, page), crawl_record(2, head + bytes(body)), crawl_record(3, page)]
    (tmp_path / "a.warc").write_bytes(b"".join(crawl))
    assert told(tmp_path) == [(1, ""), (2, "BrokenWarc"), (3, "")]


def test_a_crawl_that_is_cut_in_a_header(tmp_path: Path) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Halaman.</p>"
    (tmp_path / "a.warc").write_bytes(crawl_record(1, page) + crawl_record(2, page)[:60])
    assert told(tmp_path) == [(1, ""), (2, "BrokenWarc")]


def test_an_answer_of_a_name_server_is_no_article(tmp_path: Path) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Halaman.</p>"
    crawl = [crawl_record(1, b"20240102030405\na.id. 300 IN A 192.0.2.1\n", "text/dns"), crawl_record(2, page)]
    (tmp_path / "a.warc").write_bytes(b"".join(crawl))
    assert told(tmp_path) == [(1, "NotText"), (2, "")]


def test_damaged_archives(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "Berita tentang hujan. " * 50)
        archive.writestr("b.txt", "Baik.")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[45] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(data)
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        for name in ("a.txt", "b.txt"):
            member = tarfile.TarInfo(name)
            member.size = 600
            tar.addfile(member, io.BytesIO(b"Baik. " * 100))
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "b.tar").write_bytes(whole[:1800])
    (tmp_path / "c.zip").write_bytes(b"PK\x03\x04 nothing of the kind")
    found = {(r.source.removeprefix(f"{tmp_path}/"), getattr(r, "error", "")) for r in records(tmp_path)}
    assert ("a.zip/a.txt", "Truncated") in found
    assert {("a.zip/b.txt", ""), ("b.tar/a.txt", ""), ("c.zip", "Truncated")} <= found
    assert any(source.startswith("b.tar") and error == "Truncated" for source, error in found)


@given(
    st.binary(max_size=300),
    st.sampled_from(["jsonl", "json", "csv", "tsv", "parquet", "arrow", "warc", "zip", "tar", "gz", "txt", "html", ""]),
)
@example(b'\x01"', "json")  # a key, and nothing behind it
@settings(deadline=None, max_examples=80)
def test_any_bytes_under_any_suffix(tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str) -> None:
    path = tmp_path_factory.mktemp("any") / f"a.{suffix}"
    path.write_bytes(data)
    found = records(path)
    assert found
    assert all(isinstance(each, Raw | Reject) for each in found)
