"""The work directory: one owner, shards that are complete or absent, and a memory of what it is about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from cleaner.engine.work import Work, read_shard, replacing, write_shard
from cleaner.errors import OutputError, WorkError

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
