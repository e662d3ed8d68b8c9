"""CSV: the csv module's limit for fields, which is one for the whole process, stays as the program set it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.read.csv import chunk_csv, parse_csv
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.stream import Stream
from cleaner.read.task import Bounds, Chunk, Split, Task

LONG = "kata " * 60_000  # above the 131,072 characters that the csv module takes by itself
DATA = f'id,text\n1,"{LONG}"\n2,pendek\n3,"tak ditutup\n4,akhir\n'.encode()
LIMIT = 4321


@pytest.fixture(autouse=True)
def own_limit() -> Iterator[None]:
    before = csv.field_size_limit(LIMIT)
    yield
    assert csv.field_size_limit(before) == LIMIT


def read(path: Path) -> list[Raw | Reject]:
    found: list[Raw | Reject] = []
    for task in plan_tasks(list_sources([str(path)], Options()), Options(), task_bytes=1):
        found.extend(read_records(task, Options()) if isinstance(task, Task) else [task])
        assert csv.field_size_limit() == LIMIT
    return found


def test_long_fields_are_read_and_the_limit_stays(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(DATA)
    found = read(tmp_path / "a.csv")
    assert [(each.record, getattr(each, "error", "")) for each in found] == [
        (1, ""),
        (2, ""),
        (3, ""),
        (4, ""),
    ]
    assert isinstance(found[0], Raw)
    assert found[0].body == LONG


def test_the_limit_stays_between_records_and_where_reading_is_left() -> None:
    chunks = chunk_csv(Stream(iter([DATA])), Bounds(1, 1, 1 << 20), Options())
    chunk = next(chunks)
    assert csv.field_size_limit() == LIMIT
    chunks.close()
    assert isinstance(chunk, Chunk)
    split = Split("a.csv", "csv", first=chunk.first, payload=chunk.data, header=chunk.header)
    records = parse_csv(chunk.data, split, Options())
    assert isinstance(next(records), Raw)
    assert csv.field_size_limit() == LIMIT
    records.close()


def test_threads_do_not_see_each_others_limit(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"id,text\n" + f'1,"{LONG}"\n'.encode() * 20)

    def records(_: int) -> list[str]:
        tasks = [t for t in plan_tasks(list_sources([str(tmp_path)], Options()), Options()) if isinstance(t, Task)]
        return [getattr(each, "error", "") for task in tasks for each in read_records(task, Options())]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(records, range(8))) == [[""] * 20] * 8
