"""Every format, compression and way in: the same records with the same numbers, whatever the size of the tasks."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import pickle
import sys
import tarfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import fsspec
import lz4.frame
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.read.files import list_sources
from cleaner.read.jsonl import chunk_lines
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.stream import Stream
from cleaner.read.task import Bounds, Lost, Source, Task

RECORDS = [
    {
        "id": f"n{i}",
        "judul": f"Judul {i}",
        "isi": f'Berita ke-{i}.\n"Baris" kedua, ya; é – {"kata " * (i % 40)}',
        "n": i,
        "tag": ["a", str(i)],
    }
    for i in range(260)
]
JSONL = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS).encode()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
    "lz4": lz4.frame.compress,
}


def records(*inputs: str | Path, options: Options = Options(), **size: int) -> list[Raw | Reject]:  # noqa: B008
    found: list[Raw | Reject] = []
    for task in plan_tasks(list_sources(map(str, inputs), options), options, **size):
        found.extend(read_records(pickle.loads(pickle.dumps(task)), options) if isinstance(task, Task) else [task])
    return found


def same_in_tasks_of_any_size(*inputs: str | Path, options: Options = Options()) -> list[Raw | Reject]:  # noqa: B008
    whole = records(*inputs, options=options)
    for size in ((1, 1), (7, 900), (100, 20_000)):
        assert records(*inputs, options=options, task_records=size[0], task_bytes=size[1]) == whole
    return whole


def check(found: list[Raw | Reject], typed: bool = True) -> None:
    assert [r for r in found if isinstance(r, Reject)] == []
    assert [(r.id, r.title, r.body) for r in found] == [(r["id"], r["judul"], r["isi"]) for r in RECORDS]
    assert [r.record for r in found] == list(range(1, len(RECORDS) + 1))
    assert json.loads(found[7].meta) == ({"n": 7, "tag": ["a", "7"]} if typed else {"n": "7", "tag": "['a', '7']"})


def test_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(JSONL)
    check(same_in_tasks_of_any_size(tmp_path / "a.jsonl"))


@pytest.mark.parametrize("packing", PACKERS)
def test_compression_of_several_members(tmp_path: Path, packing: str) -> None:
    half = len(JSONL) // 2
    (tmp_path / f"a.jsonl.{packing}").write_bytes(PACKERS[packing](JSONL[:half]) + PACKERS[packing](JSONL[half:]))
    check(same_in_tasks_of_any_size(tmp_path))


def test_compression_is_told_by_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(gzip.compress(JSONL))
    check(records(tmp_path / "a.jsonl"))
    (tmp_path / "a.jsonl").unlink()
    (tmp_path / "b.jsonl.gz").write_bytes(JSONL)
    check(same_in_tasks_of_any_size(tmp_path))


@pytest.mark.parametrize("shape", ["array", "lines", "around", "object", "concatenated"])
def test_json(tmp_path: Path, shape: str) -> None:
    shapes = {
        "array": json.dumps(RECORDS, indent=1),
        "lines": JSONL.decode(),
        "around": json.dumps({"count": 260, "data": RECORDS}),
        "object": json.dumps({record["id"]: {k: v for k, v in record.items() if k != "id"} for record in RECORDS}),
        "concatenated": "\n".join(json.dumps(record, indent=2) for record in RECORDS),
    }
    (tmp_path / "a.json").write_text(shapes[shape])
    check(same_in_tasks_of_any_size(tmp_path))


def test_json_of_one_article(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"title": "T", "text": "Isi.", "images": [{"src": "x"}]}')
    assert same_in_tasks_of_any_size(tmp_path) == [
        Raw(f"{tmp_path}/a.json", 0, "Isi.", title="T", meta='{"images": [{"src": "x"}]}', form="field 'text'")
    ]


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("csv", ";"), ("tsv", "\t")])
def test_csv(tmp_path: Path, suffix: str, delimiter: str) -> None:
    with (tmp_path / f"a.{suffix}").open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, RECORDS[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(RECORDS)
    check(same_in_tasks_of_any_size(tmp_path), typed=False)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv"])
def test_tables_in_other_encodings(tmp_path: Path, encoding: str, suffix: str) -> None:
    lines = {"jsonl": JSONL.decode(), "json": f"[{JSONL.decode().strip().replace(chr(10), ',')}]"}
    rows = io.StringIO(newline="")
    csv.writer(rows).writerows([["id", "judul", "isi"], *([r["id"], r["judul"], r["isi"]] for r in RECORDS)])
    (tmp_path / f"a.{suffix}").write_bytes((lines.get(suffix) or rows.getvalue()).encode(encoding))
    found = same_in_tasks_of_any_size(tmp_path)
    assert [getattr(r, "body", r) for r in found] == [r["isi"] for r in RECORDS]


def test_parquet_and_arrow(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(RECORDS)
    (tmp_path / "p").mkdir()
    pa.parquet.write_table(table, tmp_path / "p/a.parquet", row_group_size=90)
    (tmp_path / "f").mkdir()
    pa.feather.write_feather(table, str(tmp_path / "f/a.feather"), chunksize=70)
    (tmp_path / "s").mkdir()
    with pa.OSFile(str(tmp_path / "s/a.arrows"), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=50)
    for folder in "pfs":
        check(same_in_tasks_of_any_size(tmp_path / folder))


def test_parquet_keeps_types(tmp_path: Path) -> None:
    columns = {
        "text": pa.array(["a", None, "c"]),
        "date": pa.array([datetime(2024, 1, 2), None, datetime(2024, 3, 4, 5)], pa.timestamp("ns")),
        "size": pa.array([1, 2, 3], pa.int64()),
        "raw": pa.array([b"\xff", b"", None]),
        "html": pa.array([b"<p>x", b"<p>caf\xe9</p>", None]),
    }
    pa.parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    first, second, third = records(tmp_path / "a.parquet")
    assert isinstance(first, Raw)
    assert (first.body, first.date[:10], json.loads(first.meta)["size"]) == ("a", "2024-01-02", 1)
    assert isinstance(second, Raw)
    assert (second.body, second.html) == (b"<p>caf\xe9</p>", True)
    assert isinstance(third, Raw)
    assert third.body == "c"


def warc_record(kind: str, content: bytes, content_type: str, number: int = 1) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://situs.id/{number}\r\n"
        f"WARC-Date: 2024-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def response(body: bytes, head: str, status: str = "200 OK", number: int = 1) -> bytes:
    http = f"HTTP/1.1 {status}\r\n{head}\r\n\r\n".encode() + body
    return warc_record("response", http, "application/http; msgtype=response", number)


def test_warc(tmp_path: Path) -> None:
    page = "<html><body><p>Café</p></body></html>".encode("cp1252")
    crawl = [
        warc_record("warcinfo", b"software: x", "application/warc-fields"),
        warc_record("request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
        response(page, "Content-Type: text/html; charset=windows-1252", number=1),
        response(gzip.compress(page), "Content-Type: text/html\r\nContent-Encoding: gzip", number=2),
        response(
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page),
            "Content-Type: text/html\r\nTransfer-Encoding: chunked",
            number=3,
        ),
        response(b"\x89PNG", "Content-Type: image/png", number=4),
        response(b"", "Location: /x", "301 Moved", number=5),
        warc_record("conversion", "Isi teks – bersih.".encode(), "text/plain", number=6),
        response(b"Teks biasa.", "Content-Type: text/plain", number=7),
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(crawl))
    (tmp_path / "b.warc.gz").write_bytes(b"".join(map(gzip.compress, crawl)))
    found = same_in_tasks_of_any_size(tmp_path / "a.warc")
    assert [(r.record, getattr(r, "error", "")) for r in found] == [
        (1, ""),
        (2, ""),
        (3, ""),
        (4, "NotText"),
        (5, "HttpStatus"),
        (6, ""),
        (7, ""),
    ]
    first = found[0]
    assert first == Raw(
        f"{tmp_path}/a.warc",
        1,
        page,
        True,
        "windows-1252",
        "urn:uuid:1",
        url="http://situs.id/1",
        form="response of a crawl",
        crawled="2024-01-02T03:04:05Z",
    )
    assert [getattr(r, "body", b"") for r in found[1:3]] == [page, page]
    texts = [r for r in found[5:] if isinstance(r, Raw)]
    assert [(r.body, r.html) for r in texts] == [("Isi teks – bersih.".encode(), False), (b"Teks biasa.", False)]
    packed = same_in_tasks_of_any_size(tmp_path / "b.warc.gz")
    assert [getattr(r, "body", "") for r in packed] == [getattr(r, "body", "") for r in found]


def test_archives_are_folders(tmp_path: Path) -> None:
    table = io.BytesIO()
    pa.parquet.write_table(pa.Table.from_pylist(RECORDS), table)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/catatan.txt", "Catatan.")
        archive.writestr("b/.rahasia.txt", "x")
        archive.writestr("a/data.parquet", table.getvalue())
    (tmp_path / "x.zip").write_bytes(inner.getvalue())
    with tarfile.open(tmp_path / "y.tar.gz", "w:gz") as tar:
        for name, data in (("z/a.jsonl", JSONL), ("z/x.zip", inner.getvalue()), ("z/p.html", b"<p>Hai</p>")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    zipped = same_in_tasks_of_any_size(tmp_path / "x.zip")
    assert zipped[0] == Raw(f"{tmp_path}/x.zip/b/catatan.txt", 0, b"Catatan.", form="text")
    check(zipped[1:])
    tarred = same_in_tasks_of_any_size(tmp_path / "y.tar.gz")
    check(tarred[:260])
    assert tarred[260].source == f"{tmp_path}/y.tar.gz/z/x.zip/b/catatan.txt"
    check(tarred[261:-1])
    assert tarred[-1] == Raw(f"{tmp_path}/y.tar.gz/z/p.html", 0, b"<p>Hai</p>", True, form="page")


@pytest.mark.parametrize("packed", [False, True])
def test_stdin(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    data = gzip.compress(JSONL) if packed else JSONL
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    found = records("-", task_records=50)
    check(found)
    assert found[0].source == "stdin"


def test_remote_files() -> None:
    memory = fsspec.filesystem("memory")
    table = io.BytesIO()
    pa.parquet.write_table(pa.Table.from_pylist(RECORDS), table, row_group_size=100)
    memory.pipe({"/read/a.jsonl.gz": gzip.compress(JSONL), "/read/b.parquet": table.getvalue(), "/read/c.txt": b"Hai."})
    try:
        found = same_in_tasks_of_any_size("memory://read")
        check(found[:260])
        check(found[260:520])
        assert found[520] == Raw("memory:///read/c.txt", 0, b"Hai.", form="text")
    finally:
        memory.rm("/read", recursive=True)


def test_content_decides_where_the_suffix_says_nothing(tmp_path: Path) -> None:
    table = io.BytesIO()
    pa.parquet.write_table(pa.table({"text": ["x"]}), table)
    contents = {
        "a": b"Hanya teks.",
        "b": b'{"text": "x"}\n{"text": "y"}\n',
        "c": b'[{"text": "x"}]',
        "d": b"<!doctype html><p>x",
        "e": table.getvalue(),
        "f": response(b"<p>x", "Content-Type: text/html"),
        "g.weird": zstandard.compress(b"Teks."),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    found = [
        (r.source.rpartition("/")[2], r.record, getattr(r, "html", r)) for r in same_in_tasks_of_any_size(tmp_path)
    ]
    expected = [("a", 0), ("b", 1), ("b", 2), ("c", 1), ("d", 0), ("e", 1), ("f", 1), ("g.weird", 0)]
    assert found == [(*place, place[0] in "df") for place in expected]


def test_one_article_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Satu.\r\n\r\nDua – é.\nTiga.".encode("cp1252"))
    found = same_in_tasks_of_any_size(tmp_path, options=Options(txt_layout="lines"))
    assert [(r.record, getattr(r, "body", "")) for r in found] == [(1, "Satu."), (3, "Dua – é."), (4, "Tiga.")]


def test_pages_under_the_name_of_texts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("<html><body><p>Hai</p></body></html>")
    (tmp_path / "b.txt").write_text("Kata <p> itu tag.")
    (tmp_path / "c.jsonl").write_text('{"text": "<p>Hai</p><p>Dua</p>"}\n')
    assert [getattr(r, "html", r) for r in records(tmp_path)] == [True, False, True]
    assert [getattr(r, "html", r) for r in records(tmp_path, options=Options(content="plain"))] == [False] * 3
    assert [getattr(r, "html", r) for r in records(tmp_path, options=Options(content="html"))] == [True] * 3


def test_siblings_break_ties_and_shards_do_not_matter(tmp_path: Path) -> None:
    texts = ["Żółw śpi, a łoś się namyśla nad źdźbłem trawy. " * 8, "Čas běží, příště možná přijdeme dřív.", "Šaľa"]
    for i, text in enumerate(texts):
        (tmp_path / f"{i}.txt").write_bytes(text.encode("iso8859-2"))
    found = same_in_tasks_of_any_size(tmp_path)
    assert [getattr(r, "body", "") for r in found] == texts
    assert {getattr(r, "declared", "") for r in found} == {"iso8859-2"}


def test_a_named_encoding_is_left_to_the_decoding(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Šaľa".encode("iso8859-2"))
    assert records(tmp_path, options=Options(encoding="iso8859-2")) == [
        Raw(f"{tmp_path}/a.txt", 0, b"\xa9a\xb5a", form="text")
    ]


def test_a_million_files_are_one_listing(tmp_path: Path) -> None:
    sources: list[Source | Reject] = [Source(f"raw/{i:05}.txt", f"raw/{i:05}.txt", 3000) for i in range(5_000)]
    tasks = list(plan_tasks(sources, Options()))  # none of these files exists: nothing is opened
    assert len(tasks) == 5
    assert max(len(pickle.dumps(task)) for task in tasks) < 200_000


def test_tasks_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(JSONL)
    tasks = list(plan_tasks(list_sources([str(tmp_path)], Options()), Options(), task_records=100, task_bytes=5000))
    assert all(isinstance(p, Task) and sum(s.end - s.start for s in p.splits) <= 5000 for p in tasks)
    assert len(pickle.dumps(tasks[0])) < 1000


LINE = st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"."))


@given(st.lists(LINE, max_size=40), st.integers(1, 50), st.integers(1, 9), st.integers(1, 60), st.booleans())
@settings(deadline=None, max_examples=100)
@example([b"\x1e"], 1, 1, 1, False)
def test_lines_are_split_alike_from_any_chunks(
    lines: list[bytes], chunk: int, count: int, size: int, keep: bool
) -> None:
    data = b"\n".join(lines)
    chunks = [data[at : at + chunk] for at in range(0, len(data), chunk)]
    seen: dict[int, bytes | None] = {}
    for found in chunk_lines(Stream(iter(chunks)), Bounds(count, size, 20), keep=keep):
        if isinstance(found, Lost):
            seen[found.number] = None
            continue
        lines_of_chunk = data[found.start : found.end]
        assert found.data == (lines_of_chunk if keep else b"")
        assert found.count <= count
        assert len(lines_of_chunk) <= size or found.count == 1
        seen |= dict(enumerate(lines_of_chunk.removesuffix(b"\n").split(b"\n"), found.first))
    # blank lines and separators of records (RFC 7464) hold no record, and make no chunk before the first that does
    blank = b" \t\r\x0b\x0c\x1e"
    kept = {number: line for number, line in seen.items() if line is None or line.strip(blank)}
    wanted = {i: (line if len(line) <= 20 else None) for i, line in enumerate(lines, 1)}
    assert kept == {i: line for i, line in wanted.items() if line is None or line.strip(blank)}


JSON_LINE = st.one_of(
    st.fixed_dictionaries({"text": st.text(max_size=20)}, optional={"n": st.integers(), "id": st.text(max_size=3)}).map(
        json.dumps
    ),
    st.text(st.sampled_from('{}[]",:\\ tex1'), max_size=12),
)


@given(st.lists(JSON_LINE, max_size=12), st.integers(1, 4), st.integers(1, 100))
@settings(deadline=None, max_examples=60)
def test_any_lines_in_tasks_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], count: int, size: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    path.write_text("\n".join(lines))
    assert records(path, task_records=count, task_bytes=size) == records(path)
