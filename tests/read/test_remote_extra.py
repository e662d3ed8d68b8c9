"""Remote files through the packages of the extras: a web server and an S3 server on this machine."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet
import pytest

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.task import Task

pytestmark = [
    pytest.mark.extra,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TEXTS = [f"Berita {i} tentang hujan di tepi sungai, kata “Siti”." for i in range(300)]
JSONL = "".join(json.dumps({"isi": text}) + "\n" for text in TEXTS).encode()


def parquet() -> bytes:
    data = io.BytesIO()
    pa.parquet.write_table(pa.table({"isi": TEXTS}), data, row_group_size=100)
    return data.getvalue()


FILES = {"a.jsonl": JSONL, "b.jsonl.gz": gzip.compress(JSONL), "c.parquet": parquet(), "d.txt": "Kafé.".encode()}


def records(*inputs: str, options: Options = Options()) -> list[Raw | Reject]:  # noqa: B008
    found: list[Raw | Reject] = []
    for task in plan_tasks(list_sources(inputs, options), options, task_records=120):
        found.extend(read_records(task, options) if isinstance(task, Task) else [task])
    return found


def bodies(found: list[Raw | Reject]) -> list[object]:
    return [each.body if isinstance(each, Raw) else each for each in found]


EVERYTHING = [*TEXTS * 3, "Kafé.".encode()]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_web(web: str) -> None:
    pytest.importorskip("aiohttp")
    assert bodies(records(*(f"{web}/{name}" for name in FILES))) == EVERYTHING
    [lost] = records(f"{web}/none.jsonl")
    assert isinstance(lost, Reject)
    assert lost.error == "NotFound"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server_of = pytest.importorskip("moto.server")
    fsspec = pytest.importorskip("fsspec")
    pytest.importorskip("s3fs")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    server = server_of.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    fs.mkdirs("berita", exist_ok=True)
    fs.pipe({f"berita/raw/{name}": data for name, data in FILES.items()})
    yield "s3://berita"
    server.stop()


def test_s3(bucket: str) -> None:
    listed = list_sources([f"{bucket}/raw"], Options())
    assert [each.source for each in listed] == [f"{bucket}/raw/{name}" for name in FILES]
    assert bodies(records(f"{bucket}/raw")) == EVERYTHING
    assert bodies(records(f"{bucket}/raw/*.jsonl.gz")) == TEXTS
    [lost] = records(f"{bucket}/none")
    [nowhere] = records("s3://no-such-bucket/raw")
    assert [getattr(each, "error", "") for each in (lost, nowhere)] == ["NotFound", "NotFound"]


def test_s3_without_credentials(bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    [lost] = records(f"{bucket}/raw/x/")
    assert isinstance(lost, Reject)
    assert lost.error == "NotReadable"
    assert "credentials" in f"{lost.detail} {lost.advice}".lower()
