"""The work directory of a run: one Arrow file per shard and stage, written once, found again however the run ended.

    WORK/lock              held while a run uses the directory; free again when its process dies, however it dies
    WORK/run.json          what this run is about: inputs and options
    WORK/<stage>-<hash>/   the shards of one stage; the hash is of all options that this stage depends on

A shard file appears under its name only when it is complete (temporary name, fsync, rename), so its presence says that
it is finished. Changed options give other stage folders: shards of stages that do not depend on them are used again.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from cleaner.errors import OutputError, WorkError

if TYPE_CHECKING:
    import pyarrow as pa

_log = logging.getLogger(__name__)

__all__ = ["Work", "read_attached", "read_shard", "replacing", "write_shard"]


class Work:
    """An open, locked work directory.

    `inputs` identifies the inputs (any JSON value); `stages` maps each stage's name to the options that it and the
    stages before it depend on. `fresh` empties the directory first. `resumed` is True where an unfinished run is
    continued. Raises WorkError when another run holds the directory, or when it was made from other inputs; OutputError
    when it cannot be written.
    """

    def __init__(
        self, path: Path, *, inputs: object, stages: Mapping[str, Mapping[str, object]], fresh: bool = False
    ) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(path / "lock")
        except OSError as error:
            raise OutputError(refusal(path, error)) from error
        try:
            if fresh:  # only now, under the lock
                self._empty()
            self._folders = {}
            for stage, options in stages.items():
                digest = hashlib.sha256(orjson.dumps(options, option=orjson.OPT_SORT_KEYS)).hexdigest()
                self._folders[stage] = f"{stage}-{digest[:12]}"
            self.resumed = self._check(orjson.dumps({"inputs": inputs, "stages": stages}, option=orjson.OPT_SORT_KEYS))
            for folder in self._folders.values():
                (path / folder).mkdir(exist_ok=True)
        except BaseException:  # even a Ctrl+C gives the lock back
            self._lock.close()
            raise

    def shard(self, stage: str, number: int) -> Path:
        """Where the shard of a stage stands, or will stand. Numbers have eight digits, so that names sort."""
        return self.path / self._folders[stage] / f"{number:08d}.arrow"

    def done(self, stage: str) -> set[int]:
        """The numbers of the shards of this stage that are finished."""
        with os.scandir(self.path / self._folders[stage]) as entries:
            # A name with a dot is of a file that an ended process has not finished.
            return {int(entry.name[:8]) for entry in entries if not entry.name.startswith(".")}

    def tables(self, stage: str) -> Path:
        """A folder for the results of global steps, on which this stage depends."""
        path = self.path / f"tables-{self._folders[stage]}"
        path.mkdir(exist_ok=True)
        return path

    def remove(self) -> None:
        """Remove the directory and all in it. The lock goes last, so that no other run takes half of a directory."""
        self._empty()
        (self.path / "lock").unlink(missing_ok=True)
        self.path.rmdir()

    def __enter__(self) -> Work:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def _check(self, about: bytes) -> bool:
        """Compare `run.json` with this run, and write it anew. True if there was one."""
        note = self.path / "run.json"
        known = orjson.loads(note.read_bytes()) if note.exists() else None
        new = orjson.loads(about)  # so that tuples and paths compare as what they become in JSON
        if known is not None and known["inputs"] != new["inputs"]:
            raise WorkError(
                f"The inputs have changed since the unfinished run in {self.path}: "
                f"{_difference(known['inputs'], new['inputs'])}. Its shards are cut from those inputs, so none can be "
                "kept. Run again with --fresh to start over."
            )
        if known is not None and known["stages"] != new["stages"]:
            _log.warning("%s", _what_is_kept(known["stages"], new["stages"]))
        with replacing(note) as out:
            out.write(about)
        return known is not None

    def _empty(self) -> None:
        """Remove all but the lock, which this run holds."""
        for entry in self.path.iterdir():
            if entry.name == "lock":
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` in one step when the block ends well, and is removed otherwise.

    It is on the disk before it has its name (fsync), so a name is never that of half a file. Raises OutputError when
    the system refuses to write it.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")  # in a shared folder a process id tells nothing
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):  # errors of the block itself keep their kind
            raise OutputError(refusal(path, error)) from error
        raise


def refusal(path: Path, error: OSError) -> str:
    """The sentences for people when `path` cannot be written."""
    return (
        f"{path} could not be written: {error.strerror or error}. Free some space, or choose another place; "
        "the same command then goes on where it stood."
    )


def write_shard(
    path: Path,
    columns: Mapping[str, pa.Array],
    notes: Mapping[str, object] | None = None,
    attached: Mapping[str, bytes] | None = None,
) -> None:
    """Write equally long columns as one Arrow file, with `notes` (JSON) and the `attached` bytes in its metadata."""
    import pyarrow as pa

    table = pa.table(dict(columns)).replace_schema_metadata({"notes": orjson.dumps(notes or {}), **(attached or {})})
    with replacing(path) as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)


def read_shard(path: Path, columns: Sequence[str]) -> tuple[pa.Table, dict[str, Any]]:
    """The named columns of a shard and its notes."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:  # mapped, so that columns that are not asked for cost nothing
        table = pa.ipc.open_file(source).read_all()
    return table.select(list(columns)), orjson.loads(table.schema.metadata[b"notes"])


def read_attached(path: Path, *names: str) -> list[bytes]:
    """The bytes that were attached to a shard under these names, or b"" as in a shard of an older version.

    They stand beside the notes because few readers want them, and parsing notes is done for every shard.
    """
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        metadata = pa.ipc.open_file(source).schema.metadata or {}
    return [metadata.get(name.encode(), b"") for name in names]


def _lock(path: Path) -> IO[str]:
    """Take the lock and write the process id into it. The system frees it when the process ends, however it does."""
    handle = path.open("a+")  # not "w": another run's process id must stay readable
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.seek(0)  # in mode "a+" the file is open at its end
        holder = handle.read().strip() or "unknown"
        handle.close()
        raise WorkError(
            f"Another run (process {holder}) is using {path.parent}. Wait for it, stop it, or choose another --work."
        ) from error
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def _what_is_kept(old: Mapping[str, Mapping[str, object]], new: Mapping[str, Mapping[str, object]]) -> str:
    """Which options changed since an unfinished run, and which of its shards are used again, in words."""
    last = [stages[list(stages)[-1]] for stages in (old, new)] if old and new else [{}, {}]
    changed = sorted(name for name in {*last[0], *last[1]} if last[0].get(name) != last[1].get(name))
    kept = [stage for stage in new if old.get(stage) == new[stage]]
    done = f"finished shards of the stage {' and '.join(kept)} are kept" if kept else "no finished shard can be kept"
    return f"{', '.join(changed)} changed since the unfinished run; {done}."


def _difference(old: object, new: object) -> str:
    """The first three inputs that were added, removed or changed, in words, and how many more there are."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return "the list of inputs"
    named = [f"{k} is new" for k in new if k not in old]
    named += [f"{k} is gone" for k in old if k not in new]
    named += [f"{k} has changed" for k in new if k in old and new[k] != old[k]]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
