"""Reading alone: how fast each format comes in, and in how much memory, before anything is done to the text.

    python benchmarks/reading.py [--megabytes N]

Articles of random words are written in every format and read back: planned, cut and parsed, not cleaned. Each file is
read in a process of its own, at one and at four times the size: memory that does not follow the size is bounded.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path

WORDS = (
    "hujan",
    "deras",
    "turun",
    "sejak",
    "sore",
    "di",
    "tepi",
    "sungai",
    "warga",
    "mengungsi",
    "ke",
    "balai",
    "desa",
    "“kami”",
    "kafé",
)
GROUP = 20_000  # records in a row group of Parquet
Record = dict[str, str]


def articles(megabytes: int) -> Iterator[Record]:
    """Records of about 2 KB of text."""
    rng = random.Random(7)
    size = n = 0
    while size < megabytes << 20:
        text = "\n".join(" ".join(rng.choices(WORDS, k=50)).capitalize() + "." for _ in range(6))
        n += 1
        size += len(text.encode())
        yield {"id": f"n{n}", "url": f"https://situs.example/{n}", "title": f"Judul {n}", "isi": text}


def jsonl(path: Path, records: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


def jsonl_gz(path: Path, records: Iterator[Record]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as out:
        out.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


def jsonl_zst(path: Path, records: Iterator[Record]) -> None:
    import zstandard

    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as out:
        for each in records:
            out.write(json.dumps(each, ensure_ascii=False).encode() + b"\n")


def json_array(path: Path, records: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write("[" + json.dumps(next(records)))
        out.writelines(",\n" + json.dumps(each, ensure_ascii=False) for each in records)
        out.write("]")


def table(path: Path, records: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, ["id", "url", "title", "isi"])
        rows.writeheader()
        rows.writerows(records)


def parquet(path: Path, records: Iterator[Record]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in ("id", "url", "title", "isi")])
    with pq.ParquetWriter(path, schema) as out:
        while rows := list(islice(records, GROUP)):
            out.write_table(pa.Table.from_pylist(rows, schema))


def warc(path: Path, records: Iterator[Record]) -> None:
    with path.open("wb") as out:
        for each in records:
            page = f"<html><title>{each['title']}</title><p>" + each["isi"].replace("\n", "</p><p>") + "</p></html>"
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
            head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {each['url']}\r\n"
            out.write(f"{head}Content-Type: application/http\r\nContent-Length: {len(http)}\r\n\r\n".encode())
            out.write(http + b"\r\n\r\n")


def texts(path: Path, records: Iterator[Record]) -> None:
    for n, each in enumerate(records):
        folder = path / f"{n // 1000:05}"
        if n % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"{n:07}.txt").write_text(each["isi"], "utf-8")


FORMATS: dict[str, Callable[[Path, Iterator[Record]], None]] = {
    "a.jsonl": jsonl,
    "a.jsonl.gz": jsonl_gz,
    "a.jsonl.zst": jsonl_zst,
    "a.json": json_array,
    "a.csv": table,
    "a.parquet": parquet,
    "a.warc": warc,
    "texts": texts,
}


def measure(path: str) -> None:
    """Read `path` and print what it took, as JSON: seconds to plan and to read, records, peak memory in MB."""
    from cleaner import Options
    from cleaner.read.files import list_sources
    from cleaner.read.records import read_records
    from cleaner.read.split import plan_tasks
    from cleaner.read.task import Task

    options, records, planned, spent = Options(), 0, 0.0, 0.0
    begin = time.process_time()
    for task in plan_tasks(list_sources([path], options), options):
        planned += time.process_time() - begin
        begin = time.process_time()
        assert isinstance(task, Task), task
        records += sum(1 for _ in read_records(task, options))
        spent += time.process_time() - begin
        begin = time.process_time()
    print(json.dumps([planned, spent, records, _peak()]))


def _peak() -> int:
    """MB this process has held at most; the figure of getrusage is that of its parent as well."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def row(name: str, megabytes: int) -> str:
    """A line of the table: figures of the larger file, memory of both."""
    peaks = []
    for size in (megabytes // 4, megabytes):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            FORMATS[name](path, articles(size))
            found = subprocess.run(
                [sys.executable, __file__, "--measure", str(path)], check=True, capture_output=True, text=True
            )
        planned, spent, records, peak = json.loads(found.stdout)
        peaks.append(peak)
    times = f"{planned / records * 1e6:.1f} | {spent / records * 1e6:.1f}"
    return f"| {name} | {times} | {megabytes / (planned + spent):.0f} | {peaks[0]} | {peaks[1]} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=400, help="text in each file")
    parser.add_argument("--measure", metavar="PATH", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args.measure)
        return
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyarrow", "zstandard"))
    print(f"Python {platform.python_version()}, {packages}; {args.megabytes} MB of text a format; CPU time\n")
    print("| format | plan, µs a record | read, µs a record | MB of text a second | peak MB at a quarter | peak MB |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in FORMATS:
        print(row(name, args.megabytes), flush=True)


if __name__ == "__main__":
    main()
