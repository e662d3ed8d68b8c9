"""The work directory of a run: one Arrow file per shard and stage, written once, found again however the run ended.

    WORK/.cleaner-made     the mark: this folder is Cleaner's, and for which output it was made
    WORK/lock              held while a run uses the directory; free again when its process dies, however it dies
    WORK/run.json          what this run is about: inputs and options
    WORK/publish.json      how far the run has come with putting its output under its final name
    WORK/<stage>-<hash>/   the shards of one stage; the hash is of the inputs and of all options that it depends on
    WORK/<stage>-<hash>-released-<number>  the number of shards of a stage that were removed, as the next is complete

A shard file appears under its name only when it is complete (temporary name, fsync, rename). It carries a checksum of
its content, as the results of global steps do, which is checked once when a run is continued. Changed options give
other stage folders, and the shards of stages that do not depend on them are used again. If a directory has no run.json,
its removal had begun, so nothing in it is used.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from cleaner.durable import TRAILER_BYTES, is_intact, refusal, remove_parts, replacing, sealing
from cleaner.errors import OutputError, WorkError
from cleaner.ownership import MARK, claim_folder, empty_folder, remove_folder

if TYPE_CHECKING:
    import pyarrow as pa

_log = logging.getLogger(__name__)

__all__ = [
    "LOCK",
    "PUBLISH",
    "Work",
    "describe_run",
    "read_attached",
    "read_shard",
    "remove_work",
    "write_shard",
]

RUN, PUBLISH, LOCK = "run.json", "publish.json", "lock"

_LAST = (RUN, LOCK, PUBLISH)
"""The files that are removed last: they say how far the run has come. If the removal is interrupted, they show that the
run was complete, and its shards are not used."""


def describe_run(inputs: object, stages: Mapping[str, Mapping[str, object]]) -> bytes:
    """Return the inputs and the options of each stage as JSON: the same bytes for the same inputs and options."""
    return orjson.dumps({"inputs": inputs, "stages": stages}, option=orjson.OPT_SORT_KEYS)


class Work(AbstractContextManager["Work"]):
    """An open, locked work directory.

    `inputs` identifies the inputs (any JSON value); `stages` maps each stage's name to the options that it and the
    stages before it depend on; `output` is the path for which the directory is, "-" for stdout. `fresh` empties the
    directory first. `resumed` is True where an unfinished run is continued. Raises RefusedError when the directory is
    not Cleaner's, or for another output; WorkError when another run holds it, or when it was made from other inputs;
    OutputError when it cannot be written.
    """

    def __init__(
        self,
        path: Path,
        *,
        inputs: object,
        stages: Mapping[str, Mapping[str, object]],
        output: str = "-",
        fresh: bool = False,
    ) -> None:
        self.path = path
        about = describe_run(inputs, stages)
        claim_folder(path, "work", output)
        self._lock = _lock(path / LOCK)
        try:
            if fresh or _read_run(path / RUN) is None:  # only now, under the lock
                empty_folder(path, but=(LOCK, MARK))
            self._folders = {}
            for stage, options in stages.items():
                digest = hashlib.sha256(describe_run(inputs, {stage: options})).hexdigest()
                self._folders[stage] = f"{stage}-{digest[:12]}"
            self.resumed = self._check(about)
            if self.resumed:
                self._forget_damaged_steps()
            self._checked: dict[str, set[int]] = {}
            for folder in self._folders.values():
                (path / folder).mkdir(exist_ok=True)
                remove_parts(path / folder)
        except OSError as error:
            self._lock.close()
            raise OutputError(refusal(path, error)) from error
        except BaseException:  # even a Ctrl+C gives the lock back
            self._lock.close()
            raise

    def shard(self, stage: str, number: int) -> Path:
        """Return the path of a shard of a stage. Numbers have eight digits, so that names sort."""
        return self.path / self._folders[stage] / f"{number:08d}.arrow"

    def done(self, stage: str) -> set[int]:
        """Return the numbers of the shards of this stage that are finished and whole.

        The shards that an earlier process left are compared with their checksums at the first call; one that differs is
        removed, so that it is made again. The shards of a stage that was released count as finished while all of the
        next stage are.
        """
        if mark := self._released(stage):
            count, stages = int(mark.name.rpartition("-")[2]), list(self._folders)
            if len(self.done(stages[stages.index(stage) + 1])) >= count:
                return set(range(count))
            mark.unlink()  # a shard of the next stage was damaged, or its options have changed
        with os.scandir(self.path / self._folders[stage]) as entries:
            # A name with a dot is of a file that an ended process has not finished.
            found = {int(entry.name[:8]) for entry in entries if not entry.name.startswith(".")}
        if stage not in self._checked:
            self._checked[stage] = found
            for number in sorted(found):
                shard = self.shard(stage, number)
                if not is_intact(shard):
                    _log.warning("%s is damaged and is made again.", shard)
                    shard.unlink()
                    found.discard(number)
        return set(found)

    def tables(self, stage: str) -> Path:
        """Return a folder for the results of global steps, on which this stage depends."""
        path = self.path / f"tables-{self._folders[stage]}"
        path.mkdir(exist_ok=True)
        return path

    def release(self, stage: str) -> None:
        """Remove the shards of a stage and what its global steps found: the next stage is complete."""
        (self.path / f"{self._folders[stage]}-released-{len(self.done(stage))}").touch()
        for name in (f"tables-{self._folders[stage]}", self._folders[stage]):
            path, gone = self.path / name, self.path / f"gone-{name}"
            shutil.rmtree(gone, ignore_errors=True)
            if path.exists():
                path.rename(gone)  # in one step: half a stage, or the note of a step without tables, would be believed
                shutil.rmtree(gone)

    def remove(self) -> None:
        """Remove the directory and all in it."""
        remove_folder(self.path, _LAST)

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def _released(self, stage: str) -> Path | None:
        """Return the file that says how many shards of a stage were removed; None if they were not."""
        return next(self.path.glob(f"{self._folders[stage]}-released-*"), None)

    def _check(self, about: bytes) -> bool:
        """Compare `run.json` with this run, say what changed options cost, and write it anew. True if there was one."""
        note = self.path / RUN
        known = _read_run(note)
        new = orjson.loads(about)  # so that tuples and paths compare as what they become in JSON
        if known is not None and known["inputs"] != new["inputs"]:
            raise WorkError(
                f"The inputs have changed since the unfinished run in {self.path}: "
                f"{_difference(known['inputs'], new['inputs'])}. Its shards are cut from those inputs, so none can be "
                "kept. Run again with --fresh to start over."
            )
        if known is not None and known["stages"] != new["stages"]:
            old, stages = known["stages"], new["stages"]
            last = [some[list(some)[-1]] for some in (old, stages)] if old and stages else [{}, {}]
            changed = sorted(name for name in {*last[0], *last[1]} if last[0].get(name) != last[1].get(name))
            same = (stage for stage in stages if old.get(stage) == stages[stage] and not self._released(stage))
            kept = " and ".join(same)
            done = f"finished shards of the stage {kept} are kept" if kept else "no finished shard can be kept"
            _log.warning("%s changed since the unfinished run; %s.", ", ".join(changed), done)
        with replacing(note) as out:
            out.write(about)
        return known is not None

    def _forget_damaged_steps(self) -> None:
        """Remove the results of a global step if one of their files is damaged, so that the step is done again."""
        steps = [path for path in self.path.glob("tables-*") if path.is_dir()]
        for step in (*steps, *self.path.glob("*.npy")):
            files = [step] if step.is_file() else [*step.rglob("*.npy"), *step.rglob("*.json")]
            damaged = next((file for file in files if not is_intact(file)), None)
            if damaged is not None:
                _log.warning("%s is damaged; its step is done again.", damaged)
                step.unlink() if step.is_file() else shutil.rmtree(step)


def remove_work(path: Path) -> None:
    """Remove the work directory of a run that is complete. Raises WorkError when another run holds it."""
    with _lock(path / LOCK):
        remove_folder(path, _LAST)


def _read_run(path: Path) -> Any:
    """Return the content of run.json; None where it is missing or damaged."""
    try:
        found = orjson.loads(path.read_bytes())
        return found if found.keys() == {"inputs", "stages"} else None
    except (FileNotFoundError, ValueError, AttributeError):
        return None


def write_shard(
    path: Path,
    columns: Mapping[str, pa.Array],
    notes: Mapping[str, object] | None = None,
    attached: Mapping[str, bytes] | None = None,
) -> None:
    """Write equally long columns as one Arrow file, with `notes` (JSON) and the `attached` bytes in its metadata.

    Columns are packed by zstd, which takes 2 us for a kilobyte and leaves a third of it (a sixth of the log of short
    articles). The checksum stands behind the end of the Arrow file, where readers of Arrow do not look.
    """
    import pyarrow as pa

    table = pa.table(dict(columns)).replace_schema_metadata({"notes": orjson.dumps(notes or {}), **(attached or {})})
    # no threads: the processes of the run share the cores already
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1), use_threads=False)
    with sealing(path) as out, pa.ipc.new_file(out, table.schema, options=options) as writer:
        writer.write_table(table)


def read_shard(path: Path, columns: Sequence[str]) -> tuple[pa.Table, dict[str, Any]]:
    """Return the named columns of a shard and its notes. It is mapped into memory, so other columns cost nothing."""
    import pyarrow as pa

    source = pa.memory_map(os.fsencode(path))  # as bytes, because a folder may have a name that is not UTF-8
    mapped = source.read_buffer(source.size() - TRAILER_BYTES)
    schema = pa.ipc.open_file(mapped).schema
    # an empty choice would be all of them
    options = pa.ipc.IpcReadOptions(
        included_fields=[schema.get_field_index(name) for name in columns], use_threads=False
    )
    table = pa.ipc.open_file(mapped, options=options).read_all() if columns else pa.Table.from_batches([], schema)
    return table.select(list(columns)), orjson.loads(schema.metadata[b"notes"])


def read_attached(path: Path, *names: str) -> list[bytes]:
    """Return the bytes that were attached to a shard under these names, or b"" as in a shard of an older version.

    They stand beside the notes because few readers want them, and parsing notes is done for every shard.
    """
    metadata = read_shard(path, ())[0].schema.metadata
    return [metadata.get(name.encode(), b"") for name in names]


def _lock(path: Path) -> IO[str]:
    """Take the lock and write the process id into it. The system frees it when the process ends, however it does."""
    try:
        handle = path.open("a+")  # not "w": another run's process id must stay readable
    except OSError as error:
        raise OutputError(refusal(path.parent, error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
    except BlockingIOError as error:
        handle.seek(0)  # in mode "a+" the file is open at its end
        holder = handle.read().strip() or "unknown"
        handle.close()
        raise WorkError(
            f"Another run (process {holder}) is using {path.parent}. Wait for it, stop it, or choose another --work."
        ) from error
    except OSError as error:
        handle.close()
        raise OutputError(refusal(path.parent, error)) from error
    return handle


def _difference(old: object, new: object) -> str:
    """Return the first three inputs that were added, removed or changed, in words, and how many more there are."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return "the list of inputs"
    named = [f"{k} is new" for k in new if k not in old]
    named += [f"{k} is gone" for k in old if k not in new]
    named += [f"{k} has changed" for k in new if k in old and new[k] != old[k]]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
