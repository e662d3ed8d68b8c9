"""The promises of the README that hold for a whole run, on the sample corpus."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
from sample import ROOT, read_lines

from cleaner import CleanerError, Options, clean_corpus
from cleaner.audit.restore import restored
from cleaner.engine import pool as pool_module
from cleaner.pipeline import load_article
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks

LOGS = ("removed.jsonl", "dropped.jsonl", "rejected.jsonl", "report.json")


@pytest.fixture(autouse=True)
def from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are named as they are given."""
    monkeypatch.chdir(ROOT)


def outcome(folder: Path) -> dict[str, bytes]:
    """Everything that must be the same bytes: the output, the logs, the manifest without its `run` object."""
    manifest = orjson.loads((folder / "clean.jsonl.audit/manifest.json").read_bytes())
    del manifest["run"]
    return {
        "clean.jsonl": (folder / "clean.jsonl").read_bytes(),
        **{name: (folder / "clean.jsonl.audit" / name).read_bytes() for name in LOGS},
        "manifest.json": orjson.dumps(manifest),
    }


FEW = ["corpus/raw/wartamuara.example", "corpus/raw/feeds"]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The outcome of a few of the articles."""
    folder = tmp_path_factory.mktemp("few")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        clean_corpus(FEW, folder / "clean.jsonl", Options(workers=1, shard_records=2))
    return outcome(folder)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("expected")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        clean_corpus("corpus/raw", folder / "clean.jsonl", Options(workers=1))
    return outcome(folder)


@pytest.mark.parametrize(
    "options",
    [
        Options(workers=2),
        Options(workers=3, shard_records=7),
        Options(workers=1, shard_records=10_000),
        Options(workers=1, shard_records=1),
        Options(workers=1, memory="64M"),
    ],
    ids=["2-workers", "3-workers-small-shards", "one-shard", "a-shard-each", "little-memory"],
)
def test_same_bytes_whatever_the_run(options: Options, expected: dict[str, bytes], tmp_path: Path) -> None:
    clean_corpus("corpus/raw", tmp_path / "clean.jsonl", options)
    assert outcome(tmp_path) == expected


def test_same_bytes_for_any_order_of_inputs(expected: dict[str, bytes], tmp_path: Path) -> None:
    files = [str(p.relative_to(ROOT)) for p in (ROOT / "corpus/raw").rglob("*") if p.is_file()]
    random.Random(1).shuffle(files)
    clean_corpus([*files, "corpus/raw/feeds"], tmp_path / "clean.jsonl", Options(workers=1))
    assert outcome(tmp_path) == expected


class Stop(BaseException):
    """Ends a run as a signal would."""


@pytest.mark.parametrize("tables_in", ["memory", "files"])
@pytest.mark.parametrize("after", [0, 1, 4, 6, 9, 12, 14, 17])
def test_a_stopped_run_goes_on_and_no_shard_is_done_twice(
    after: int, tables_in: str, few: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tables_in == "files":
        monkeypatch.setattr("cleaner.corpus.run.SMALL", -1)
    done: list[Path] = []
    options = Options(workers=1, shard_records=2)
    monkeypatch.setattr(pool_module.Pool, "map", stopping(done, after))
    with pytest.raises(Stop):
        clean_corpus(FEW, tmp_path / "clean.jsonl", options)
    assert not (tmp_path / "clean.jsonl").exists()
    monkeypatch.setattr(pool_module.Pool, "map", stopping(done, 10**9))
    clean_corpus(FEW, tmp_path / "clean.jsonl", options)
    assert outcome(tmp_path) == few
    assert len(done) == len(set(done))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clean.jsonl", "clean.jsonl.audit"]


def test_a_run_whose_shards_were_damaged_behind_its_back_reads_anew(
    few: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options, done = Options(workers=1, shard_records=2), list[Path]()
    monkeypatch.setattr(pool_module.Pool, "map", stopping(done, 14))
    with pytest.raises(Stop):
        clean_corpus(FEW, tmp_path / "clean.jsonl", options)
    finished = [path for path in done if path.parent.name.startswith("finish")]
    assert len(finished) == 6
    assert not any(path.exists() for path in done if path.parent.name.startswith("read"))
    finished[2].write_bytes(finished[2].read_bytes()[:-9])
    monkeypatch.setattr(pool_module.Pool, "map", stopping(done, 10**9))
    clean_corpus(FEW, tmp_path / "clean.jsonl", options)
    assert outcome(tmp_path) == few


def stopping(done: list[Path], after: int):  # type: ignore[no-untyped-def]
    """A `Pool.map` that notes the shards it finishes, and stops the run before one more than `after`."""

    def run(self, function, tasks) -> Iterator[object]:  # type: ignore[no-untyped-def]
        for task in tasks:
            if not hasattr(task, "out"):
                yield function(task, pool_module.Watch())
                continue
            if len(done) >= after:
                raise Stop
            result = function(task, pool_module.Watch())
            done.append(task.out)
            yield result

    return run


def test_the_text_that_was_read_is_rebuilt_for_every_article(tmp_path: Path) -> None:
    clean_corpus("corpus/raw", tmp_path / "clean.jsonl", Options(workers=1))
    rebuilt = {row["id"]: row["text"] for row in restored(str(tmp_path / "clean.jsonl"))}
    options = Options()
    before = {}
    for piece in plan_tasks(list_sources(["corpus/raw"], options), options):
        for raw in read_records(piece, options):
            article = load_article(raw, options)
            before[article.id] = article.original or article.before
    assert rebuilt == before


def test_plain_text_that_needs_no_repair_is_the_input_to_the_letter(tmp_path: Path) -> None:
    source = ROOT / "corpus/raw/wartamuara.example/perpustakaan-perahu.txt"
    clean_corpus(source, tmp_path / "clean.jsonl", Options(workers=1))
    [row] = restored(str(tmp_path / "clean.jsonl"))
    assert row["text"] == source.read_text("utf-8")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A folder with one good article and one of each kind of bad input."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("Warga Desa Cemara menanam kembali bakau di pesisir utara.\n", "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    lines = [b'{"text": "Panen raya mundur sepekan karena hujan."}', b'{"text": "no end', b'{"title": "no text here"}']
    (folder / "broken.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    return folder


def test_bad_input_is_set_aside_with_a_reason_and_all_the_rest_is_written(bad: Path, tmp_path: Path) -> None:
    status = subprocess.run(
        [sys.executable, "-m", "cleaner", "clean", str(bad), "-o", str(tmp_path / "clean.jsonl"), "--quiet"]
    ).returncode
    assert status == 0
    assert [r["text"][:5] for r in read_lines(tmp_path / "clean.jsonl")] == ["Panen", "Warga"]
    rows = read_lines(tmp_path / "clean.jsonl.audit/rejected.jsonl")
    assert [(Path(r["source"]).name, r["record"]) for r in rows] == [
        ("broken.jsonl", 2),
        ("broken.jsonl", 3),
        ("empty.jsonl", 0),
        ("empty.txt", 0),
        ("gone.txt", 0),
        ("picture.txt", 0),
    ]
    assert [r["error"] for r in rows] == ["BrokenJson", "NoText", "EmptyFile", "EmptyFile", "NotFound", "BinaryFile"]
    assert all(r["detail"].endswith(".") and r["advice"].endswith(".") for r in rows)


def test_an_output_that_exists_is_not_replaced_without_force(tmp_path: Path) -> None:
    target = tmp_path / "clean.jsonl"
    target.write_text("mine\n")
    with pytest.raises(CleanerError, match="--force"):
        clean_corpus("corpus/raw/feeds", target, Options(workers=1))
    assert target.read_text() == "mine\n"
    assert clean_corpus("corpus/raw/feeds", target, Options(workers=1, force=True)).written > 0
    assert target.read_text() != "mine\n"


def test_a_dry_run_writes_a_report_and_nothing_else(tmp_path: Path) -> None:
    target, page = tmp_path / "clean.jsonl", tmp_path / "clean.dry-run.html"
    rehearsed = clean_corpus("corpus/raw/feeds", target, Options(workers=1, dry_run=True))
    assert list(tmp_path.iterdir()) == [page]
    assert (rehearsed.output, rehearsed.audit, rehearsed.report_path) == ("", "", str(page))
    done = clean_corpus("corpus/raw/feeds", target, Options(workers=1))
    assert done.counts == rehearsed.counts
    assert _body(Path(done.report_path)) == _body(page)


def _body(page: Path) -> str:
    """A report without the facts of the one run: its machine and its seconds."""
    return re.sub(r"<section id=.run.*?</section>", "", page.read_text("utf-8"), flags=re.DOTALL)


def test_a_dry_run_without_a_report_writes_nothing(tmp_path: Path) -> None:
    report = clean_corpus("corpus/raw/feeds", tmp_path / "c.jsonl", Options(workers=1, dry_run=True, report=False))
    assert report.written > 0
    assert list(tmp_path.iterdir()) == []


def test_ids_that_are_taken_are_replaced_and_the_first_keeps_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        rows = [
            {"id": i, "text": f"Berita {name} nomor {i} tentang hal yang lain sama sekali."} for i in ("x", "y", "x")
        ]
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    os.chdir(tmp_path)
    clean_corpus([p.name for p in tmp_path.glob("*.jsonl")], tmp_path / "out.jsonl", Options(workers=1, dedup=False))
    ids = [r["id"] for r in read_lines(tmp_path / "out.jsonl")]
    assert ids == ["x", "y", "a.jsonl#3", "b.jsonl#1", "b.jsonl#2", "b.jsonl#3"]


COMMAND = (sys.executable, "-m", "cleaner", "clean", "corpus/raw", "--quiet", "--workers", "2", "--shard-records", "20")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_killed_run_goes_on_and_no_finished_shard_is_done_again(
    seed: int, expected: dict[str, bytes], tmp_path: Path
) -> None:
    """SIGKILL of the whole process group when a seeded number of shards is there, then the same command again."""
    command = [*COMMAND, "-o", str(tmp_path / "clean.jsonl"), "--keep-work"]
    process = subprocess.Popen(command, start_new_session=True)
    wanted = random.Random(seed).randint(0, 24)
    while process.poll() is None and len(shards(tmp_path)) < wanted:
        os.sched_yield()
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = shards(tmp_path)
    again = subprocess.run([*command, *(["--force"] if (tmp_path / "clean.jsonl").exists() else [])])
    assert again.returncode == 0
    assert outcome(tmp_path) == expected
    after = shards(tmp_path)
    assert {name: after[name] for name in before} == before


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_a_killed_worker_costs_nothing(seed: int, expected: dict[str, bytes], tmp_path: Path) -> None:
    """SIGKILL of one worker when a seeded number of shards is there; the run ends as if nothing had been."""
    command = [*COMMAND, "-o", str(tmp_path / "clean.jsonl")]
    process = subprocess.Popen(command)
    rng = random.Random(seed)
    wanted = rng.randint(0, 16)
    while process.poll() is None and (len(shards(tmp_path)) < wanted or not workers(process.pid)):
        os.sched_yield()
    if victims := workers(process.pid):
        with suppress(ProcessLookupError):
            os.kill(rng.choice(victims), signal.SIGKILL)
    assert process.wait() == 0
    assert outcome(tmp_path) == expected


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on_and_leaves_nothing_partial(expected: dict[str, bytes], tmp_path: Path) -> None:
    command = [*COMMAND, "-o", str(tmp_path / "clean.jsonl")]
    # a shell in the background leaves SIGINT ignored, and so would be the run
    process = subprocess.Popen(["env", "--default-signal=INT", *command], stderr=subprocess.PIPE, text=True)
    while process.poll() is None and len(shards(tmp_path)) < 2:
        os.sched_yield()
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 3, said
    assert "goes on where it stood" in said
    assert "Traceback" not in said
    assert not (tmp_path / "clean.jsonl").exists()
    assert subprocess.run(command).returncode == 0
    assert outcome(tmp_path) == expected
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clean.jsonl", "clean.jsonl.audit"]


def shards(folder: Path) -> dict[str, tuple[int, int]]:
    """The finished shards of a run, each with what changes when it is written anew."""
    found = {}
    with suppress(FileNotFoundError):  # a shard, or a stage that is released, goes while we look
        for path in (folder / "clean.work").glob("*/*.arrow"):
            if not path.name.startswith("."):
                found[f"{path.parent.name}/{path.name}"] = (path.stat().st_ino, path.stat().st_mtime_ns)
    return found


def workers(pid: int) -> list[int]:
    """The worker processes of a run."""
    with suppress(OSError):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@pytest.mark.slow
def test_a_full_disk_is_a_sentence_and_the_run_goes_on_later(expected: dict[str, bytes], tmp_path: Path) -> None:
    """Files may grow to 64 kB only, which is refused to every process as a full disk is."""
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16)); "
    main = "import sys; from cleaner.cli import main; sys.argv[0] = 'cleaner'; main()"
    command = [*COMMAND[3:], "-o", str(tmp_path / "clean.jsonl")]
    done = subprocess.run([sys.executable, "-c", small + main, *command], capture_output=True, text=True)
    assert done.returncode == 3
    assert "could not be written" in done.stderr
    assert "goes on where it stood" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "clean.jsonl").exists()
    assert not list(tmp_path.rglob("*.part"))
    assert subprocess.run([*COMMAND[:3], *command]).returncode == 0
    assert outcome(tmp_path) == expected


def test_an_output_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CleanerError, match="cannot be made"):
        clean_corpus("corpus/raw/feeds", tmp_path / "file" / "clean.jsonl", Options(workers=1))
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_clock_that_is_set_back_changes_nothing(
    few: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(10**9, 0, -1000))
    monkeypatch.setattr("time.time", lambda: float(next(now)))
    monkeypatch.setattr("time.time_ns", lambda: next(now) * 10**9)
    report = clean_corpus(FEW, tmp_path / "clean.jsonl", Options(workers=1, shard_records=2))
    assert outcome(tmp_path) == few
    assert report.seconds >= 0


def test_a_worker_with_little_memory_does_its_work_without_a_death(expected: dict[str, bytes], tmp_path: Path) -> None:
    clean_corpus("corpus/raw", tmp_path / "clean.jsonl", Options(workers=2, memory="64M"))
    assert outcome(tmp_path) == expected
    manifest = orjson.loads((tmp_path / "clean.jsonl.audit/manifest.json").read_bytes())
    assert manifest["run"]["worker_deaths"] == 0
