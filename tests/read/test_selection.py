"""--limit and --sample read a part of the input: the same part whatever the workers, the order and the shards are."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Options, clean_corpus, iter_clean
from cleaner.article import Raw
from cleaner.errors import OptionError
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.task import Task

ROWS = [{"id": f"n{i:03}", "text": f"Berita nomor {i} datang dari desa ke-{i}, kata petugas {i}."} for i in range(300)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": [r["id"] for r in ROWS], "text": [r["text"] for r in ROWS]}), out, row_group_size=70)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for part in range(3):
            packed.writestr(
                f"part{part}.jsonl", "".join(LINES.splitlines(keepends=True)[part * 100 : part * 100 + 100])
            )
    return out.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "rows.jsonl": LINES.encode,
    "rows.jsonl.gz": lambda: gzip.compress(LINES.encode()),
    "rows.txt": LINES.encode,  # JSON lines under the name of a text are counted as what they are
    "rows.json": lambda: json.dumps(ROWS, indent=1).encode(),
    "rows.csv": ("id,text\n" + "".join(f'{r["id"]},"{r["text"]}"\n' for r in ROWS)).encode,
    "rows.parquet": parquet,
    "rows.zip": archive,
}


def ids(folder: Path, **options: Any) -> list[str]:
    return list(_ids(folder, Options(**options)))


def _ids(folder: Path, options: Options) -> Iterator[str]:
    for task in plan_tasks(list_sources([str(folder)], options), options, task_records=options.shard_records):
        for raw in read_records(task, options) if isinstance(task, Task) else ():
            assert isinstance(raw, Raw)
            yield raw.id


@pytest.mark.parametrize("name", FILES)
def test_the_first_records_of_every_format(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    for limit in (1, 99, 100, 101, 299):
        assert ids(tmp_path, limit=limit) == [row["id"] for row in ROWS[:limit]]
    assert ids(tmp_path, limit=300) == ids(tmp_path, limit=5000) == ids(tmp_path) == [row["id"] for row in ROWS]


@pytest.mark.parametrize("name", FILES)
def test_a_sample_of_every_format(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    drawn = ids(tmp_path, sample=40)
    assert len(drawn) == 40
    assert drawn == sorted(drawn)  # in the order of the input
    assert drawn == ids(tmp_path, sample=40, shard_records=7)
    assert set(drawn) < set(ids(tmp_path, sample=80))
    assert drawn != ids(tmp_path, sample=40, seed=1)
    assert ids(tmp_path, sample=300) == ids(tmp_path, sample=5000) == [row["id"] for row in ROWS]
    assert set(ids(tmp_path, sample=20, limit=50)) < {row["id"] for row in ROWS[:50]}


def test_a_folder_of_texts(tmp_path: Path) -> None:
    for i in range(30):
        (tmp_path / f"a{i:02}.txt").write_text(ROWS[i]["text"])
    options = Options(sample=9)
    found = [raw for task in plan_tasks(list_sources([str(tmp_path)], options), options) for raw in task.splits]
    assert len({split.source for split in found}) == 9
    first = Options(limit=4)
    found = [raw for task in plan_tasks(list_sources([str(tmp_path)], first), first) for raw in task.splits]
    assert [Path(split.source).name for split in found] == ["a00.txt", "a01.txt", "a02.txt", "a03.txt"]


def test_every_record_is_drawn_about_as_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of the source decides with the number
    (tmp_path / "rows.jsonl").write_text(LINES)
    times = dict.fromkeys((row["id"] for row in ROWS), 0)
    for seed in range(100):
        for id in ids(Path("rows.jsonl"), sample=30, seed=seed):
            times[id] += 1
    assert sum(times.values()) == 3000
    # 10 of 100 draws each; three standard deviations are 9
    assert sum(abs(n - 10) > 9 for n in times.values()) <= 3


def test_a_run_of_a_sample_has_the_same_bytes_with_two_workers(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(LINES)
    (tmp_path / "more.csv").write_bytes(FILES["rows.csv"]())
    written = set()
    for n, options in enumerate(({"workers": 1}, {"workers": 2, "shard_records": 9})):
        chosen = Options(sample=50, dedup=False, **options)
        report = clean_corpus(tmp_path / "rows.jsonl", tmp_path / f"out{n}.jsonl", chosen)
        assert report.read == 50
        written.add((tmp_path / f"out{n}.jsonl").read_bytes())
    assert len(written) == 1


def test_a_limit_reads_and_hashes_no_more_files_than_it_takes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "in" / f"{name}.jsonl").write_text(LINES)
    clean_corpus(tmp_path / "in", tmp_path / "out.jsonl", Options(limit=310, workers=1, dedup=False))
    manifest = json.loads((tmp_path / "out.jsonl.audit/manifest.json").read_bytes())
    assert [Path(one["source"]).name for one in manifest["inputs"]] == ["a.jsonl", "b.jsonl"]
    assert all(one["sha256"] for one in manifest["inputs"])
    assert manifest["options"]["limit"] == 310


def test_a_dry_run_hashes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash of a crawl takes longer than its first records."""

    def fail(path: object) -> str:
        raise AssertionError(path)

    (tmp_path / "a.jsonl").write_text(LINES)
    monkeypatch.setattr("cleaner.corpus.stages.sha256", fail)
    report = clean_corpus(tmp_path / "a.jsonl", tmp_path / "out.jsonl", Options(limit=20, workers=1, dry_run=True))
    assert (report.read, report.output) == (20, "")
    with pytest.raises(AssertionError):
        clean_corpus(tmp_path / "a.jsonl", tmp_path / "out.jsonl", Options(limit=20, workers=1))


def test_a_sample_of_what_can_be_read_once_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="stdin can be read once"):
        clean_corpus("-", tmp_path / "out.jsonl", Options(sample=3))
    assert not list(tmp_path.iterdir())


def test_a_stream_ends_at_its_limit() -> None:
    def endless() -> Iterator[str]:
        for i in range(10):
            yield f"Berita nomor {i} dari desa, kata petugas."
        raise AssertionError("read on")

    assert len(list(iter_clean(endless(), Options(limit=10)))) == 10


@given(st.integers(0, 40), st.integers(1, 12), st.integers(0, 5))
def test_a_sample_of_a_stream(size: int, sample: int, seed: int) -> None:
    stream = [{"id": str(i), "text": f"Berita nomor {i} dari desa."} for i in range(size)]
    drawn = [int(a.id) for a in iter_clean(stream, Options(sample=sample, seed=seed))]
    assert len(drawn) == min(size, sample)
    assert drawn == sorted(drawn)
    assert {*drawn} <= {int(a.id) for a in iter_clean(stream, Options(sample=sample + 1, seed=seed))}
