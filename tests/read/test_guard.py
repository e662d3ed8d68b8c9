"""Whatever a reader meets or raises costs one record or one file: nothing ends a run, and nothing else is lost."""

from __future__ import annotations

import importlib
import io
import itertools
import random
import struct
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from sample import ROOT

from cleaner.article import Raw, Reject
from cleaner.errors import MissingExtra
from cleaner.options import Options
from cleaner.read import fields, records, split
from cleaner.read.files import list_sources
from cleaner.read.read_errors import SKIPPED, as_input_error
from cleaner.read.split import plan_tasks
from cleaner.read.task import Task

TEXT = "Feri ke seberang berlayar hanya pada hari Minggu. " * 9


def read(path: Path, **size: int) -> list[Raw | Reject]:
    found: list[Raw | Reject] = []
    for task in plan_tasks(list_sources([str(path)], Options()), Options(), **size):
        found.extend(records.read_records(task, Options()) if isinstance(task, Task) else [task])
    return found


def told(path: Path) -> list[tuple[str, int, str]]:
    """Source, record and error of all that is read of a folder, alike in tasks of any size."""
    found = read(path)
    assert read(path, task_bytes=1) == found
    return [(r.source.removeprefix(f"{path}/"), r.record, getattr(r, "error", "")) for r in found]


# --- the guard itself


def test_what_a_reader_raises_is_a_reject_and_the_next_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_text('{"text": "x"}\n')

    def fail(data: bytes, split: Any, options: Options) -> Iterator[Raw]:
        if split.source.endswith("b.jsonl"):
            raise LookupError("no such\nthing")
        yield Raw(split.source, 1, "x")

    monkeypatch.setitem(records._PARSERS, "jsonl", fail)
    assert [each[2] for each in told(tmp_path)] == ["", "Unreadable", ""]
    wrong = read(tmp_path)[1]
    assert isinstance(wrong, Reject)
    assert wrong.detail == "The reader failed: LookupError: no such thing."
    assert wrong.advice.endswith(".")


def test_what_the_planner_meets_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("text\nx\n")
    (tmp_path / "b.txt").write_text("x")

    def fail(*_: object, **__: object) -> Iterator[Any]:
        raise ZeroDivisionError

    monkeypatch.setattr(split, "chunk_csv", fail)
    assert told(tmp_path) == [("a.csv", 0, "Unreadable"), ("b.txt", 0, "")]


def test_one_record_that_no_reader_can_take_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n{"text": "bad"}\n{"text": "y"}\n')
    (tmp_path / "b.csv").write_text("text\nx\nbad\ny\n")
    (tmp_path / "c.json").write_text('[{"text": "x"}, {"text": "bad"}, {"text": "y"}]')
    pa.parquet.write_table(pa.table({"text": ["x", "bad", "y"]}), tmp_path / "d.parquet")
    plain = fields.mend_surrogates

    def fail(text: str) -> str:
        if text == "bad":
            raise OverflowError(34, "out of range")
        return plain(text)

    monkeypatch.setattr(fields, "mend_surrogates", fail)
    lines = ["", "Unreadable", ""]
    assert [each[2] for each in told(tmp_path)] == lines * 4
    assert [each[1] for each in told(tmp_path)] == [1, 2, 3] * 4


def test_a_missing_package_still_ends_a_run() -> None:
    with pytest.raises(MissingExtra):
        as_input_error(MissingExtra("s3fs", "s3", "Reading s3://"))


@pytest.mark.skipif(sys.platform != "linux", reason="the generator of damage forks")
@pytest.mark.parametrize("seed", range(4))
def test_any_damaged_file_leaves_its_neighbours_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    mutate = importlib.import_module("mutate")
    (tmp_path / "m").mkdir()
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "z.jsonl").write_text('{"text": "x"}\n')
    for number in range(30):
        damaged = mutate.damaged(f"reading {seed}", number)
        path = tmp_path / "m" / damaged.name
        path.write_bytes(damaged.data)
        found = read(tmp_path)
        assert [getattr(r, "body", "") for r in (found[0], found[-1])] == [TEXT, "x"], damaged.name
        assert len(found) > 2 or not damaged.data.strip(), damaged.name
        path.unlink()


# --- tables of Arrow


def arrow(table: pa.Table, stream: bool = False, rows: int = 3) -> bytes:
    sink = pa.BufferOutputStream()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, table.schema) as writer:
        for batch in table.to_batches(max_chunksize=rows):
            writer.write_batch(batch)
    return bytes(sink.getvalue())


def swapped(data: bytes, old: list[int], new: list[int]) -> bytes:
    """The data with one run of 32-bit numbers replaced."""
    before, after = (struct.pack(f"<{len(numbers)}i", *numbers) for numbers in (old, new))
    assert data.count(before) == 1
    return data.replace(before, after)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("offsets", [[0, 7, 5000], [0, -7, 11], [9, 2, 11], [0, 1 << 30, 1 << 30]])
def test_offsets_that_lie_are_told_and_no_memory_is_read(tmp_path: Path, stream: bool, offsets: list[int]) -> None:
    table = pa.table({"text": ["harbour", "tide"]})
    (tmp_path / "a.arrow").write_bytes(swapped(arrow(table, stream), [0, 7, 11], offsets))
    assert told(tmp_path) == [("a.arrow", 1, "BrokenTable")]


@pytest.mark.parametrize("stream", [False, True])
def test_rows_that_share_no_offset_with_a_false_one_are_read(tmp_path: Path, stream: bool) -> None:
    texts = [f"feri ke-{n}" for n in range(40)]
    ends = [0, *itertools.accumulate(map(len, texts))]
    table = pa.table({"text": texts}).to_batches()
    for at, false in ((20, 9000), (20, -4), (20, 3), (20, ends[21] + 1), (0, -1), (39, 1 << 30)):
        lying = [*ends[:at], false, *ends[at + 1 :]]
        (tmp_path / "a.arrow").write_bytes(swapped(arrow(pa.Table.from_batches(table), stream, 40), ends, lying))
        found = [r.body for r in read(tmp_path) if isinstance(r, Raw)]
        assert set(texts[: max(at - 2, 0)] + texts[at + 2 :]) <= set(found) < set(texts), at
        assert [each[2] for each in told(tmp_path)].count("BrokenTable") == 1


@pytest.mark.parametrize("stream", [False, True])
def test_a_batch_that_lies_costs_no_other(tmp_path: Path, stream: bool) -> None:
    texts = ["satu", "dua dua", "tiga", "empat", "lima", "enam enam", "tujuh", "delapan"]
    lying = swapped(arrow(pa.table({"text": texts}), stream), [0, 5, 9, 18], [7, 5, 900, 1800])
    (tmp_path / "a.arrow").write_bytes(lying)
    found = read(tmp_path)
    assert [getattr(r, "body", "") for r in found] == ["satu", "dua dua", "tiga", "", "tujuh", "delapan"]
    assert [getattr(r, "error", "") for r in found][3] == "BrokenTable"


def test_an_index_outside_its_dictionary_is_told(tmp_path: Path) -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 1, 1, 0, 1], pa.int32()), pa.array(["satu", "dua"]))
    for name, data in (("a.arrow", arrow(pa.table({"text": coded}).combine_chunks())),):
        (tmp_path / name).write_bytes(swapped(data, [0, 1, 1], [0, 1, 900]))
    assert [each[2] for each in told(tmp_path)] == ["", "", "BrokenTable", "", ""]
    assert [r.body for r in read(tmp_path) if isinstance(r, Raw)] == ["satu", "dua", "satu", "dua"]


def test_a_batch_of_nothing_but_a_length_is_refused(tmp_path: Path) -> None:
    data = arrow(pa.table({"text": pa.nulls(2), "n": pa.nulls(2)}))
    (tmp_path / "a.arrow").write_bytes(data)
    assert [each[2] for each in told(tmp_path)] == ["EmptyText"] * 2
    lying = data.replace(struct.pack("<q", 2), struct.pack("<q", 1 << 40))
    assert lying != data
    (tmp_path / "a.arrow").write_bytes(lying)
    assert told(tmp_path) == [("a.arrow", 1, "BrokenTable")]


def parquet(rows: int, group: int, **columns: Any) -> bytes:
    texts = [f"feri ke-{n}" for n in range(rows)]
    sink = pa.BufferOutputStream()
    table = pa.table({"text": texts, **columns})
    pa.parquet.write_table(table, sink, compression="none", use_dictionary=False, row_group_size=group)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("rows", [3, 700])
def test_a_damaged_column_beside_the_text_costs_no_article(tmp_path: Path, rows: int) -> None:
    data = parquet(rows, 600, note=[f"zz-{n:05}" for n in range(rows)])
    whole = [f"feri ke-{n}" for n in range(rows)]
    at = data.index(b"zz-00002")
    (tmp_path / "a.parquet").write_bytes(data[: at - 4] + b"\xff\xff\xff\x7f" + data[at:])  # the length of a value
    found = read(tmp_path)
    assert [r.body for r in found if isinstance(r, Raw)] == whole
    assert [r.record for r in found if isinstance(r, Raw)] == [*range(1, rows + 1)]
    assert [r.error for r in found if isinstance(r, Reject)] == ["BrokenColumn"]
    assert read(tmp_path, task_bytes=1) == read(tmp_path, task_records=7, task_bytes=900) == found
    (tmp_path / "a.parquet").write_bytes(data)
    assert all("zz-" in r.meta for r in read(tmp_path) if isinstance(r, Raw))


def test_a_damaged_column_of_texts_is_told_and_other_groups_are_read(tmp_path: Path) -> None:
    data = parquet(9, 3, note=[f"zz-{n:05}" for n in range(9)])
    at = data.index(b"feri ke-4")
    (tmp_path / "a.parquet").write_bytes(data[: at - 4] + b"\xff\xff\xff\x7f" + data[at:])
    found = read(tmp_path)
    assert [getattr(r, "body", "") for r in found] == [
        *(f"feri ke-{n}" for n in range(3)),
        "",
        *(f"feri ke-{n}" for n in range(6, 9)),
    ]
    assert [r.error for r in found if isinstance(r, Reject)] == ["BrokenTable"]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_values_out_of_range_become_null(tmp_path: Path, suffix: str) -> None:
    infinity = [19_000, (1 << 31) - 1, -(1 << 31)]
    long = [1_700_000_000, (1 << 63) - 1, -(1 << 62)]
    columns: dict[str, Any] = {
        "text": ["satu", "dua", "tiga"],
        "date": pa.array(infinity, pa.int32()).cast(pa.date32()),
        "seen": pa.array(long, pa.int64()).view(pa.timestamp("us")),
        "zone": pa.array([0, 0, 0], pa.int64()).view(pa.timestamp("s", tz="Nowhere/At_all")),
        "took": pa.array(long, pa.int64()).view(pa.duration("ms")),
        "kind": pa.array(["a", "b", "a"]).dictionary_encode(),
    }
    table = pa.table(columns if suffix == "arrow" else {k: v for k, v in columns.items() if k != "took"})
    if suffix == "arrow":
        (tmp_path / "a.arrow").write_bytes(arrow(table))
    else:
        pa.parquet.write_table(table, tmp_path / "a.parquet")
    assert [each[2] for each in told(tmp_path)] == ["", "", ""]
    first, second, third = read(tmp_path)
    assert isinstance(first, Raw)
    assert isinstance(second, Raw)
    assert isinstance(third, Raw)
    assert (first.date, second.date, third.date) == (date(2022, 1, 8).isoformat(), "", "")
    assert '"seen": null' in second.meta
    assert '"zone": "1970-01-01' in second.meta


@pytest.mark.parametrize("rows", [1, 256, 300])
def test_strings_that_are_not_utf8_leave_the_others_as_text(tmp_path: Path, rows: int) -> None:
    texts = [b"caf\xe9", *(b"satu" for _ in range(rows))]
    (tmp_path / "a.arrow").write_bytes(arrow(pa.table({"text": pa.array(texts, pa.binary()).view(pa.string())})))
    assert [getattr(r, "body", r) for r in read(tmp_path)] == [b"caf\xe9", *["satu"] * rows]


# --- archives and folders


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, TEXT if name.endswith(".txt") else f"<html><body><p>{TEXT}</p></body></html>")
    return out.getvalue()


SYSTEM = ("desktop.ini", "Thumbs.db", "sub/Desktop.ini", "sub/ehthumbs.db")


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_the_system_are_skipped(tmp_path: Path, packed: bool) -> None:
    if packed:
        (tmp_path / "a.zip").write_bytes(zipped("a.txt", *SYSTEM, "sub/b.txt", ".DS_Store", "sub/.DS_Store"))
    else:
        (tmp_path / "sub").mkdir()
        for name in ("a.txt", *SYSTEM, "sub/b.txt", ".DS_Store"):
            (tmp_path / name).write_text(TEXT)
    found = told(tmp_path)
    assert sorted(each[0].rpartition("/")[2] for each in found if not each[2]) == ["a.txt", "b.txt"]
    assert {each[2] for each in found if each[2]} == {"SystemFile"} <= SKIPPED


PARTS = ("p_files/ad.html", "p_files/x.js.download", "p_files/deep/y.html", "q.htm_files/z.html", "r-Dateien/w.htm")


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
def test_the_folder_of_a_saved_page_is_a_part_of_it(tmp_path: Path, form: str) -> None:
    pages = ("p.html", "q.htm", "r.htm")
    alone = ("other_files/page.html", "notes/p_files.txt")  # no page beside them
    if form == "folder":
        for name in (*pages, *PARTS, *alone):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(TEXT if name.endswith(".txt") else f"<html><p>{TEXT}</p></html>")
    elif form == "zip":  # its directory tells all names, in whatever order
        (tmp_path / "a.zip").write_bytes(zipped(*PARTS, *alone, *pages))
    else:
        with tarfile.open(tmp_path / "a.tar", "w") as archive:
            for name in (*pages, *PARTS, *alone):
                member = tarfile.TarInfo(name)
                member.size = len(TEXT)
                archive.addfile(member, io.BytesIO(TEXT.encode()))
    prefix = "" if form == "folder" else f"a.{form}/"
    found = told(tmp_path)
    assert {each[0].removeprefix(prefix) for each in found if not each[2]} == {*pages, *alone}
    assert {each[0].removeprefix(prefix) for each in found if each[2] == "PagePart"} == set(PARTS)


@pytest.mark.parametrize("size", [2**62, 2**40, 8 << 30])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_member_of_a_size_beyond_belief_ends(tmp_path: Path, size: int, hidden: bool) -> None:
    member = tarfile.TarInfo(".big.txt" if hidden else "big.txt")
    member.size, member.pax_headers = 0, {"size": str(size)}
    (tmp_path / "a.tar").write_bytes(member.tobuf(tarfile.PAX_FORMAT) + b"x" * 5120)
    (tmp_path / "b.txt").write_text(TEXT)
    began = time.process_time()
    found = told(tmp_path)
    assert time.process_time() - began < 5
    assert found[-1] == ("b.txt", 0, "")
    assert {each[2] for each in found[:-1]} == {"Truncated"} or {each[2] for each in found[:-1]} == {"", "Truncated"}


def test_a_sparse_member_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    sparse = tarfile.TarInfo("holes.txt")
    sparse.type, sparse.size = tarfile.GNUTYPE_SPARSE, 512
    head = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
    head[386:410] = b"00000000000\0" + b"00000001000\0"  # one part of 512 bytes
    head[483:495] = b"\x80" + (1 << 62).to_bytes(11, "big")  # of a file of 2^62
    head[148:156] = b"        "
    head[148:156] = b"%06o\0 " % (sum(head) & 0o777777)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a.txt")
        member.size = len(TEXT)
        archive.addfile(member, io.BytesIO(TEXT.encode()))
    (tmp_path / "a.tar").write_bytes(bytes(head) + b"x" * 512 + out.getvalue())
    assert told(tmp_path) == [("a.tar/holes.txt", 0, "NotReadable"), ("a.tar/a.txt", 0, "")]


def tarred(*names: str) -> bytearray:
    """A tar archive of texts, with the zeros at its end."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(TEXT)
            archive.addfile(member, io.BytesIO(TEXT.encode()))
    return bytearray(out.getvalue())


def test_an_archive_that_was_appended_to_another_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tarred("a.txt") + tarred("b.txt", "c.txt") + bytes(1024))
    assert told(tmp_path) == [(f"a.tar/{name}.txt", 0, "") for name in "abc"]


@pytest.mark.parametrize("damaged", ["header", "junk behind", "junk between"])
def test_damage_between_members_is_on_record_and_the_next_are_read(tmp_path: Path, damaged: str) -> None:
    first, second = tarred("a.txt", "b.txt", "c.txt"), tarred("d.txt")
    names = "abcd"
    if damaged == "header":
        step = 512 * (1 + -(-len(TEXT) // 512))  # a header, and the blocks of a text
        first[step] ^= 0x40
        names = "acd"
    elif damaged == "junk between":
        first += b"junk" * 128
    else:
        second += b"junk" * 128
    (tmp_path / "a.tar").write_bytes(first + second)
    found = told(tmp_path)
    assert [each for each in found if not each[2]] == [(f"a.tar/{name}.txt", 0, "") for name in names]
    assert [each for each in found if each[2]] == [("a.tar", 0, "Truncated")]


def test_random_bytes_behind_a_good_beginning(tmp_path: Path) -> None:
    rng = random.Random(5)
    for suffix in ("warc", "csv", "jsonl", "json", "arrow", "tar", "zip", "jsonl.gz"):
        (tmp_path / f"a.{suffix}").write_bytes(b"WARC/1.0\r\n" + rng.randbytes(3000))
    (tmp_path / "z.txt").write_text(TEXT)
    assert told(tmp_path)[-1] == ("z.txt", 0, "")


def test_a_refusal_of_memory_is_no_fault_of_the_input() -> None:
    with pytest.raises(MemoryError):  # the worker ends, and the record is tried again in a fresh one
        as_input_error(MemoryError())
