from __future__ import annotations

import errno
import gzip
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.article import Article
from cleaner.errors import OptionError, OutputError, RefusedError
from cleaner.output import formats, records
from cleaner.output.formats import RECORD
from cleaner.output.writers import check_output, new_output
from cleaner.ownership import MARK, FolderMark, read_mark

FILES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
EMPTY = {"string": "", "integer": 0, "strings": [], "double": 0.0}


def record(number: int, **fields: object) -> dict[str, object]:
    made: dict[str, object] = {name: EMPTY[kind] for name, kind in RECORD.items()}
    text = f"Harga “beras” naik {number} persen – kata pedagang é\u2028😀.\nBaris dua."
    return {
        **made,
        "id": f"raw/berita-{number}.txt",
        "text": text,
        "language_score": 0.9812,
        "flags": ["short"],
        **fields,
    }


def lines(records: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    return (orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in records)


def written(folder: Path, name: str, records: list[dict[str, object]], **options: Any) -> Path:
    with new_output(f"{folder}/{name}", lines(records), **{"total": len(records), **options}):
        pass
    return folder / name


def read(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".parquet":
        rows: list[dict[str, object]] = pq.read_table(path).to_pylist()
        return rows
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()  # the first frame only
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def names(folder: Path) -> list[str]:
    """Everything in a folder, by its path in it, without the marks."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != MARK)


def parts(folder: Path) -> list[Path]:
    """The files of a folder of output, in the order of the records."""
    return sorted(path for path in folder.iterdir() if path.name != MARK)


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("count", [0, 1, 250])
def test_what_is_written_is_read(tmp_path: Path, suffix: str, count: int) -> None:
    records = [record(i) for i in range(count)]
    path = written(tmp_path, f"new/folder/clean{suffix}", records)
    assert read(path) == records
    assert names(tmp_path) == ["new", "new/folder", f"new/folder/clean{suffix}"]


def test_jsonl_is_utf_8_with_one_line_feed_a_record(tmp_path: Path) -> None:
    path = written(tmp_path, "log.jsonl", [{"id": "é", "jaccard": 0.5, "record": {"a": [1]}}])
    assert path.read_bytes() == '{"id":"é","jaccard":0.5,"record":{"a":[1]}}\n'.encode()


def test_row_groups_are_cut_by_records_and_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_ROWS", 10)
    monkeypatch.setattr(formats, "_ROW_GROUP_CHARS", 5000)
    records = [record(i) for i in range(25)] + [record(25, text="x" * 6000), record(26)]
    groups = pq.ParquetFile(written(tmp_path, "a.parquet", records)).metadata
    assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [10, 10, 6, 1]


def test_parquet_types_do_not_depend_on_the_records(tmp_path: Path) -> None:
    schema = pq.read_schema(written(tmp_path, "a.parquet", []))
    assert schema.names == list(RECORD)
    assert [str(schema.field(name).type) for name in ("text", "language_score", "flags")] == [
        "string",
        "double",
        "list<element: string>",
    ]


@pytest.mark.parametrize(
    ("total", "shards", "sizes"), [(7, 3, [3, 2, 2]), (2, 4, [1, 0, 1, 0]), (0, 2, [0, 0]), (5, 1, [5])]
)
def test_shards_are_even_and_in_order(tmp_path: Path, total: int, shards: int, sizes: list[int]) -> None:
    records = [record(i) for i in range(total)]
    folder = written(tmp_path, "out", records, shards=shards, total=total)
    assert names(folder) == [f"part-{i:05d}.jsonl" for i in range(shards)]
    rows = [read(path) for path in parts(folder)]
    assert [len(part) for part in rows] == sizes
    assert [row for part in rows for row in part] == records
    assert read_mark(folder) == FolderMark("output", "out")
    assert names(tmp_path) == ["out", *(f"out/{name}" for name in names(folder))]


def test_shards_of_another_format(tmp_path: Path) -> None:
    folder = written(tmp_path, "out.parquet/", [record(0), record(1)], shards=2, total=2)
    assert [read(path) for path in parts(folder)] == [[record(0)], [record(1)]]


def test_more_records_than_were_announced_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="announced"):
        written(tmp_path, "out", [record(i) for i in range(3)], shards=2, total=2)
    assert names(tmp_path) == []


def test_a_folder_of_texts(tmp_path: Path) -> None:
    ids = [
        "raw/berita-7.txt",
        "raw/berita-7",
        "../x",
        "",
        "a" * 300,
        "https://a.id/b?c=1",
        "berita é\x00",
        ".txt",
        "..",
        "con. ",
    ]
    folder = written(tmp_path, "out.txt/", [record(i, id=name) for i, name in enumerate(ids)])
    texts = {path.read_text(encoding="utf-8") for path in parts(folder)}
    assert texts == {str(record(i)["text"]) for i in range(len(ids))}
    assert all(len(name) <= 200 and name.endswith(".txt") and "/" not in name for name in names(folder))
    assert {"raw%2Fberita-7.txt", "%2E.%2Fx.txt", "https%3A%2F%2Fa.id%2Fb%3Fc=1.txt"} <= set(names(folder))
    assert written(tmp_path, "again.txt/", [record(0)]).joinpath("raw%2Fberita-0.txt").exists()


def test_files_that_lay_in_folders_come_out_in_folders(tmp_path: Path) -> None:
    # the last three want a place that another has: a folder of an archive named as a file, "a" beside "a.txt", a path
    # that is too long
    ids = ["raw/a.txt", "raw/b/c.html", "/srv/d.txt", "../e.txt", "raw/a.txt/f.txt", "raw/a", "x/" * 1500 + "g.txt"]
    folder = written(tmp_path, "out.txt/", [record(i, id=name, source=name) for i, name in enumerate(ids)])
    assert {"raw/a.txt", "raw/b/c.html.txt", "srv/d.txt", "e.txt"} <= set(names(folder))
    files = [path for path in folder.rglob("*.txt") if path.is_file()]
    assert {path.read_text("utf-8") for path in files} == {str(record(i)["text"]) for i in range(len(ids))}


@pytest.mark.parametrize(
    "ids",
    [
        ["a", "a~{a.txt}", "a.txt"],
        ["a.txt", "a", "a~{a}", "a~{a}~1"],
        ["a~{a}", "a~{a}~1", "a~{a}~2", "a.txt", "a"],
        ["b" * 300, "b" * 300 + ".txt", "b" * 170 + "~{" + "b" * 300 + "}"],
    ],
)
def test_no_choice_of_ids_loses_an_article(tmp_path: Path, ids: list[str]) -> None:
    chosen = [re.sub(r"\{(.*)\}", lambda m: sha256(m[1].encode()).hexdigest()[:16], name) for name in ids]
    folder = written(tmp_path, "out.txt/", [record(i, id=name) for i, name in enumerate(chosen)])
    assert {p.read_text("utf-8") for p in parts(folder)} == {str(record(i)["text"]) for i in range(len(ids))}


@pytest.mark.parametrize("name", [*(f"clean{suffix}" for suffix in FILES), "out/", "out.txt/"])
def test_existing_output_is_replaced_only_by_force(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, [record(0)])
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with pytest.raises(OutputError, match="--force"):
        check_output(f"{tmp_path}/{name}")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    written(tmp_path, name, [record(1)], force=True)
    assert len([p for p in tmp_path.rglob("*") if p.is_file() and p.name != MARK]) == 1
    assert path.exists()


def test_force_never_removes_a_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/letter.doc").write_text("kept")
    with pytest.raises(RefusedError, match=r"letter\.doc and no mark"):
        check_output(f"{tmp_path}/out", shards=2, force=True)
    written(tmp_path, "own/", [record(0)])
    (tmp_path / "own/letter.doc").write_text("kept")
    with pytest.raises(RefusedError, match=r"letter\.doc"):
        check_output(f"{tmp_path}/own/", force=True)
    (tmp_path / "own").rename(tmp_path / "copy")
    with pytest.raises(RefusedError, match="holds the output own, not the output"):
        check_output(f"{tmp_path}/copy/", force=True)
    (tmp_path / "clean.jsonl").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        check_output(f"{tmp_path}/clean.jsonl", force=True)


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"\.jsonl, \.jsonl\.gz, \.jsonl\.zst, \.parquet"):
        check_output(f"{tmp_path}/clean.xlsx")


@pytest.mark.parametrize("name", [*(f"clean{suffix}" for suffix in FILES), "out/", "out.txt/"])
def test_an_error_leaves_nothing(tmp_path: Path, name: str) -> None:
    def broken() -> Iterator[bytes]:
        yield from lines([record(0)])
        raise ValueError("the source broke")

    with pytest.raises(ValueError, match="the source broke"), new_output(f"{tmp_path}/{name}", broken(), 2):
        pass
    assert names(tmp_path) == []
    with pytest.raises(KeyError), new_output(f"{tmp_path}/{name}", lines([record(0)]), 1):
        raise KeyError  # the target must not appear after an error of the block
    assert names(tmp_path) == []


def test_a_record_has_the_fields_of_a_parquet_row_in_their_order() -> None:
    assert list(records.record(Article("a", "a", ""))) == list(RECORD)


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".clean.jsonl.part").write_text("half a rec")
    (tmp_path / ".out.part").mkdir()
    (tmp_path / ".out.part/part-00000.jsonl").write_text("half a rec")
    written(tmp_path, "clean.jsonl", [record(0)])
    written(tmp_path, "out/", [record(0)])
    assert names(tmp_path) == ["clean.jsonl", "out", "out/part-00000.jsonl"]


@pytest.mark.parametrize("name", [*(f"clean{suffix}" for suffix in FILES), "out/"])
def test_a_full_disk_says_what_to_do(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"disk is full.*Free some space"):
        written(tmp_path, name, [record(0)])
    assert names(tmp_path) == []
    monkeypatch.undo()
    written(tmp_path, name, [record(0)])


LIMITED = """
import orjson, random, resource, sys
from cleaner.errors import OutputError
from cleaner.output.formats import RECORD
from cleaner.output.writers import new_output
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
rng = random.Random(1)
kinds = {"string": str, "strings": list, "double": float, "integer": int}
try:
    made = {name: kinds[kind]() for name, kind in RECORD.items()}
    records = ({**made, "id": str(i), "text": rng.randbytes(20).hex()} for i in range(25_000))
    with new_output(sys.argv[1], (orjson.dumps(one) + b"\\n" for one in records), 25_000):
        pass
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("name", [*(f"clean{suffix}" for suffix in FILES), "out/"])
def test_a_limit_on_size_met_while_writing(tmp_path: Path, name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIMITED, f"{tmp_path}/{name}"], capture_output=True, text=True, check=True
    )
    assert "too large" in run.stdout
    assert run.stderr == ""
    assert names(tmp_path) == []


def test_a_link_keeps_pointing_at_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "clean.jsonl").symlink_to(tmp_path / "far/real.jsonl")
    written(tmp_path, "clean.jsonl", [record(0)], force=True)
    assert (tmp_path / "clean.jsonl").is_symlink()
    assert orjson.loads((tmp_path / "far/real.jsonl").read_bytes()) == record(0)
