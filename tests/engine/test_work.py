"""The work directory: one owner, shards that are complete or absent, and a memory of what it is about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from cleaner.durable import replacing, sealing
from cleaner.engine.work import Work, read_shard, write_shard
from cleaner.errors import OutputError, RefusedError, WorkError

STAGES = {"read": {"a": 1}, "write": {"a": 1, "b": 1}}


def open_work(path: Path, inputs=("x",), stages=STAGES, **options: bool) -> Work:
    return Work(path, inputs={name: [1, 2] for name in inputs}, stages=stages, **options)


def put(work: Work, stage: str, number: int) -> None:
    write_shard(work.shard(stage, number), {"n": pa.array([number])}, {"k": "v"})


def test_shards_come_back(tmp_path: Path) -> None:
    with open_work(tmp_path / "w") as work:
        put(work, "read", 3)
        table, notes = read_shard(work.shard("read", 3), ("n",))
        assert table["n"].to_pylist() == [3]
        assert notes == {"k": "v"}
        assert work.done("read") == {3}
        assert not work.resumed


def test_a_second_run_is_refused_while_the_first_is_at_it(tmp_path: Path) -> None:
    with open_work(tmp_path / "w"), pytest.raises(WorkError, match="Another run"):
        open_work(tmp_path / "w")
    with open_work(tmp_path / "w") as work:
        assert work.resumed


def test_the_lock_of_a_dead_process_does_not_hold(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from cleaner.engine.work import Work; "
        "w = Work(Path(sys.argv[1]), inputs={'x': [1, 2]}, stages={'read': {'a': 1}, 'write': {'a': 1, 'b': 1}}); "
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "w")]).returncode == -9
    with open_work(tmp_path / "w") as work:
        assert work.resumed


def test_changed_options_keep_the_stages_that_do_not_depend_on_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_work(tmp_path / "w") as work:
        put(work, "read", 0)
        put(work, "write", 0)
    with open_work(tmp_path / "w", stages={"read": {"a": 1}, "write": {"a": 1, "b": 2}}) as work:
        assert work.done("read") == {0}
        assert work.done("write") == set()
    assert caplog.messages == ["b changed since the unfinished run; finished shards of the stage read are kept."]
    with open_work(tmp_path / "w") as work:
        assert work.done("write") == {0}


@pytest.mark.parametrize(
    ("inputs", "words"), [(("x", "y"), "y is new"), (("y",), "y is new, x is gone"), ((), "x is gone")]
)
def test_changed_inputs_are_named(tmp_path: Path, inputs: tuple[str, ...], words: str) -> None:
    with open_work(tmp_path / "w"):
        pass
    with pytest.raises(WorkError, match=words + r".*--fresh"):
        open_work(tmp_path / "w", inputs=inputs)
    with open_work(tmp_path / "w", inputs=inputs, fresh=True) as work:
        assert not work.resumed


@pytest.mark.parametrize("damage", ["a flipped byte", "a cut end", "nothing", "an empty file", "another shard"])
def test_a_damaged_shard_is_made_again(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    with open_work(tmp_path / "w") as work:
        put(work, "read", 0)
        put(work, "read", 1)
        path = work.shard("read", 1)
        assert work.done("read") == {0, 1}  # the shards of this very run are trusted
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(
        {
            "a flipped byte": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "a cut end": data[:-1],
            "nothing": data,
            "an empty file": b"",
            "another shard": data[:-24] + bytes(24),
        }[damage]
    )
    with open_work(tmp_path / "w") as work:
        assert work.done("read") == ({0, 1} if damage == "nothing" else {0})
        assert path.exists() == (damage == "nothing")
    assert ("damaged" in caplog.text) == (damage != "nothing")


def test_shards_are_looked_at_once(tmp_path: Path) -> None:
    with open_work(tmp_path / "w") as work:
        put(work, "read", 0)
    with open_work(tmp_path / "w") as work:
        assert work.done("read") == {0}
        put(work, "read", 1)
        assert work.done("read") == {0, 1}


def test_shards_of_other_inputs_have_other_folders(tmp_path: Path) -> None:
    folders = set()
    for inputs in (("x",), ("y",), ("x", "y")):
        with open_work(tmp_path / "-".join(inputs), inputs=inputs) as work:
            folders.add(work.shard("read", 0).parent.name)
    assert len(folders) == 3


@pytest.mark.parametrize("run", [None, b"", b'{"inputs": {'])
def test_shards_without_a_run_are_not_trusted(tmp_path: Path, run: bytes | None) -> None:
    with open_work(tmp_path / "w") as work:
        put(work, "read", 0)
    (tmp_path / "w/run.json").unlink() if run is None else (tmp_path / "w/run.json").write_bytes(run)
    with open_work(tmp_path / "w") as work:
        assert work.done("read") == set()
        assert not work.resumed


def test_what_a_killed_run_was_writing_is_removed(tmp_path: Path) -> None:
    with open_work(tmp_path / "w") as work:
        put(work, "read", 0)
        folder = work.shard("read", 0).parent
    (folder / f".00000001.arrow.{'0' * 32}.part").write_bytes(b"half")
    with open_work(tmp_path / "w") as work:
        assert work.done("read") == {0}
    assert [path.name for path in folder.iterdir()] == ["00000000.arrow"]


def test_a_folder_of_the_user_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w/diary.txt").write_text("mine")
    for fresh in (False, True):
        with pytest.raises(RefusedError, match=r"w holds diary\.txt.*new or empty"):
            open_work(tmp_path / "w", fresh=fresh)
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["diary.txt"]


def test_remove_leaves_nothing(tmp_path: Path) -> None:
    with open_work(tmp_path / "w") as work:
        put(work, "read", 0)
        work.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "f"
    with replacing(target) as out:
        out.write(b"old")

    def write_half() -> None:
        with replacing(target) as out:
            out.write(b"ne")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"No space left on device.*goes on"):
        write_half()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_shards_are_written_and_read_without_pandas(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
import numpy as np
from cleaner.engine.columns import binary_column, number_column
from cleaner.engine.work import read_shard, write_shard
path = Path({str(tmp_path / "0.arrow")!r})
write_shard(path, {{"n": number_column(np.arange(3)), "text": binary_column([b"a", b"", b"c"])}}, {{"a": 1}})
for columns in ((), ("n",), ("text", "n")):
    table, notes = read_shard(path, columns)
    assert (table.column_names, table.num_rows, notes) == ([*columns], 3 if columns else 0, {{"a": 1}})
assert "pandas" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def released(path: Path, option: int = 1) -> Work:
    """A work directory whose stage `read` was released, once more."""
    return Work(path, inputs={}, stages={"read": {}, "write": {"option": option}})


@pytest.fixture
def half_done(tmp_path: Path) -> Path:
    with released(tmp_path / "work") as work:
        for stage in ("read", "write"):
            put(work, stage, 0)
            put(work, stage, 1)
            with sealing(work.tables(stage) / "ids.json") as out:
                out.write(b"[]")
        work.release("read")
        work.release("read")
    return tmp_path / "work"


def test_a_released_stage_takes_no_space_and_counts_as_done(half_done: Path) -> None:
    with released(half_done) as work:
        assert work.done("read") == {0, 1}
        assert not work.shard("read", 0).exists()
        assert [*work.tables("read").iterdir()] == []
        assert sorted(path.name for path in work.tables("write").iterdir()) == ["ids.json"]
        assert not [*work.path.glob("gone*")]


def test_a_released_stage_is_done_again_when_a_shard_of_the_next_is_damaged(half_done: Path) -> None:
    with released(half_done) as work:
        work.shard("write", 1).write_bytes(b"cut")
    with released(half_done) as work:
        assert (work.done("read"), work.done("write")) == (set(), {0})
        put(work, "read", 1)
    with released(half_done) as work:
        assert (work.done("read"), work.done("write")) == ({1}, {0})


def test_a_released_stage_is_done_again_for_other_options(half_done: Path, caplog: pytest.LogCaptureFixture) -> None:
    with released(half_done, option=2) as work:
        assert (work.done("read"), work.done("write")) == (set(), set())
    assert "option changed since the unfinished run; no finished shard can be kept" in caplog.text
