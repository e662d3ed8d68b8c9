"""Where records go: JSON Lines (plain, gzip, Zstandard), Parquet, folders of shards, folders of .txt.

Every output grows under a temporary name beside its target and is renamed when it is complete and on disk,
so that nothing partial ever stands under the final name. Its bytes depend on the records and their order
alone, never on how they were batched.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from cleaner.errors import OptionError, OutputError, RefusedError
from cleaner.output.formats import FORMATS, RECORD, Record, RecordFile, unwritable
from cleaner.ownership import MARK, check_folder, is_beside_data, mark_line

__all__ = ["RECORD", "Output", "clear_remains", "open_output"]

# Errors after which the same command can be given again, once there is room.
_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up", errno.EFBIG: "it is too large"}


def open_output(
    path: str,
    *,
    shards: int = 0,
    total: int | None = None,
    force: bool = False,
    complete: Callable[[Path], None] = lambda path: None,
) -> Output:
    """The output at `path`, in the format of its suffix; folders that are missing on the way are made.

    `.jsonl`, `.jsonl.gz`, `.jsonl.zst` and `.parquet` are one file. With `shards`, or with a "/" at the end, `path` is
    a folder of that many files `part-00000.jsonl`, … (of another format where the folder's name has its suffix);
    they are filled one after the other, as evenly as `total`, the number of records to come, allows. A folder
    whose name ends in `.txt/` gets one file per record, named by its id. A folder carries Cleaner's mark.

    `complete` is called with the temporary when it is complete, right before it takes the place of the target. Raises
    `OptionError` for an unknown suffix and `RefusedError` for a target that exists, unless `force`; a folder without
    the mark, or with other files in it, is refused in any case.
    """
    target = Path(os.path.realpath(path))  # a link keeps pointing at what is written
    suffix = next((s for s in FORMATS if target.name.endswith(s)), "")
    contents: _Contents
    if path.endswith("/") and target.suffix == ".txt":
        contents = _TextFolder()
    elif shards or path.endswith("/"):
        if total is None and shards > 1:
            raise OptionError("--shards needs the number of records up front, so it does not go with streaming.")
        contents = _ShardFolder(target, suffix or ".jsonl", max(shards, 1), total)
    elif suffix:
        contents = _OneFile(suffix)
    else:
        known = ", ".join((*FORMATS, "a folder with --shards N", "a folder of texts as NAME.txt/"))
        raise OptionError(f"{path}: the suffix says no format that can be written. Known are {known}.")
    _check_target(target, contents.owned, force)
    return Output(target, contents, complete)


def _check_target(target: Path, owned: re.Pattern[str] | None, force: bool) -> None:
    """Raise RefusedError where the target exists and may not be replaced. `owned` matches the files of a folder."""
    if owned is None:
        if target.is_dir():
            raise RefusedError(f"{target} is a folder. Name another file, or add a / to write a folder of shards.")
        if target.exists() and not force:
            raise RefusedError(f"{target} exists already. Name another file, or replace it with --force.")
        return
    check_folder(target, "output", str(target))
    files = [path for path in sorted(target.rglob("*")) if not (path.is_dir() or is_beside_data(path))]
    # Replacing a folder removes all that is in it, so --force is not enough where anything else is.
    foreign = next((path for path in files if not owned.fullmatch(path.name)), None)
    if foreign is not None:
        raise RefusedError(f"{target} holds {foreign.name}, which is no output of this kind. Name another folder.")
    if files and not force:
        raise RefusedError(f"{target} exists already. Name another folder, or replace it with --force.")


def clear_remains(target: Path) -> None:
    """Remove what a run that was killed left beside an output which it had put in place."""
    real = Path(os.path.realpath(target))
    for ending in ("part", "old"):
        _remove(real.with_name(f".{real.name}.{ending}"))


class Output:
    """One output under way, to be used in a `with` block; the target appears when the block ends without an error.

    Whatever the operating system refuses becomes an `OutputError` that says what to do; the temporary is removed.
    """

    def __init__(self, target: Path, contents: _Contents, complete: Callable[[Path], None]) -> None:
        self._target, self._contents, self._complete = target, contents, complete
        self._temporary = target.with_name(f".{target.name}.part")

    def __enter__(self) -> Self:
        with self._nothing_left_behind():
            self._target.parent.mkdir(parents=True, exist_ok=True)
            _remove(self._temporary)  # left behind by a run that was killed
            self._contents.start(self._temporary)
            if self._contents.owned is not None:
                with open(self._temporary / MARK, "xb") as mark:
                    mark.write(mark_line(self._temporary, "output", str(self._target)))
                    os.fsync(mark.fileno())
        return self

    def write(self, records: Iterable[Record]) -> None:
        """Append `records`, one by one; any number of calls with batches of any size give the same bytes."""
        # Not around the loop: an error in making the records must not be reported as one of writing.
        for record in records:
            with self._nothing_left_behind():
                self._contents.next_file().put(record)

    def write_lines(self, lines: Iterable[bytes | memoryview]) -> None:
        """Append records that are JSON lines already: the same bytes as from `write`, at a tenth of the cost."""
        with self._nothing_left_behind():
            for line in lines:
                self._contents.next_file().put_line(line)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        with self._nothing_left_behind():
            self._contents.finish()
            self._complete(self._temporary)
            _replace(self._temporary, self._target)

    @contextmanager
    def _nothing_left_behind(self) -> Iterator[None]:
        """Remove the temporary on any error, and say what to do about one of the operating system."""
        try:
            yield
        except OSError as error:
            self._discard()
            if error.errno in _FULL:
                reason = (
                    f"{_FULL[error.errno]}. Nothing was left behind. "
                    "Free some space or name another output, then give the same command again; finished work is kept."
                )
            else:
                reason = f"{error.strerror or error}. Check the folder, or name another output."
            raise OutputError(f"{self._target} could not be written: {reason}") from error
        except BaseException:
            self._discard()
            raise

    def _discard(self) -> None:
        with suppress(Exception):  # what is open may be broken; it is thrown away, and the first error is reported
            self._contents.abandon()
        with suppress(OSError):
            _remove(self._temporary)


class _OneFile:
    """One file of records."""

    owned = None

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix

    def start(self, path: Path) -> None:
        self._file: IO[bytes] = open(path, "xb")  # noqa: SIM115  (finish and abandon close it)
        self._records: RecordFile = FORMATS[self._suffix](self._file)

    def next_file(self) -> RecordFile:
        return self._records

    def finish(self) -> None:
        self._records.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        try:
            self._records.close()
        finally:
            self._file.close()


class _ShardFolder:
    """Files `part-00000`, … of equal numbers of records, in the records' order."""

    def __init__(self, target: Path, suffix: str, shards: int, total: int | None) -> None:
        self._target, self._suffix, self._shards, self._total = target, suffix, shards, total
        self.owned = re.compile(r"part-\d{5,}" + re.escape(suffix))
        self._count = self._opened = 0
        self._shard: _OneFile | None = None

    def start(self, path: Path) -> None:
        self._folder = path
        path.mkdir()

    def next_file(self) -> RecordFile:
        """The shard of the next record: of `total` records, record i belongs to shard i * shards // total."""
        if self._total is not None and self._count >= self._total:
            raise OutputError(f"{self._target}: more records came than the {self._total} announced.")
        shard = self._open_up_to(0 if self._total is None else self._count * self._shards // self._total)
        self._count += 1
        return shard.next_file()

    def _open_up_to(self, number: int) -> _OneFile:
        """The shard of this number. Those before it are finished, and are empty where there are fewer records."""
        while self._shard is None or self._opened <= number:
            if self._shard is not None:
                self._shard.finish()
            self._shard = _OneFile(self._suffix)
            self._shard.start(self._folder / f"part-{self._opened:05d}{self._suffix}")
            self._opened += 1
        return self._shard

    def finish(self) -> None:
        if self._total not in (None, self._count):
            raise OutputError(f"{self._target}: {self._count} records came, where {self._total} were announced.")
        self._open_up_to(self._shards - 1).finish()
        _sync_folder(self._folder)

    def abandon(self) -> None:
        if self._shard is not None:
            self._shard.abandon()


class _TextFolder(RecordFile):
    """One .txt per record: its clean text to the letter, under its id. Input files come out in folders as they lay."""

    owned = re.compile(r".+\.txt")

    def start(self, path: Path) -> None:
        self._folder = path
        path.mkdir()

    def next_file(self) -> RecordFile:
        return self

    def put(self, record: Record) -> None:
        try:
            text = str(record["text"]).encode()
        except UnicodeEncodeError as error:
            raise unwritable(record, error) from error
        for place in _places(record):
            path = self._folder / place
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    file.write(text)
                return
            except OSError as error:
                # The place is taken: by "a" and "a.txt", by "A" and "a" where case does not count, by a folder of an
                # archive that is named as a file; or the path of a file in folders is too long for the file system.
                if error.errno not in (errno.EEXIST, errno.ENOTDIR, errno.ENAMETOOLONG if "/" in place else 0):
                    raise

    def finish(self) -> None:
        os.sync()  # once: one fsync per file takes hours for a million files

    def abandon(self) -> None:
        """Each record is a file of its own, so nothing is open between two of them."""


_Contents = _OneFile | _ShardFolder | _TextFolder
"""What an output consists of. `start` makes it at a path, `next_file` is what takes the next record, `finish` brings
everything to the disk, `abandon` closes what is open without regard to what is in it, and `owned` matches the names of
a folder's files."""


def _places(record: Record) -> Iterator[str]:
    """The paths that a record may have in the folder, the best first; the last ones are never all taken.

    A record that was a file of its own, whose id is its source, has the path of that file.
    """
    identifier = str(record["id"])
    parts = [part for part in identifier.strip("/").split("/") if part != ".."]
    # Members of archives may lie deeper than any file system lets a folder be.
    if identifier == record["source"] and 0 < len(parts) <= 64:
        yield "/".join((*map(_path_part, parts[:-1]), _file_name(parts[-1])))
    name = _file_name(identifier)
    yield name
    stem = f"{name.removesuffix('.txt')}~{_digest(identifier)}"
    yield f"{stem}.txt"
    # An id may be chosen so that it is the stand-in of another.
    yield from (f"{stem}~{n}.txt" for n in count(1))


def _file_name(identifier: str) -> str:
    """`identifier` as a file name: `%XX` for what file systems refuse, at most 200 bytes, always with `.txt`.

    >>> _file_name("raw/berita-7.txt"), _file_name("../x"), _file_name("berita 8")
    ('raw%2Fberita-7.txt', '%2E.%2Fx.txt', 'berita 8.txt')
    """
    return f"{_path_part(identifier.removesuffix('.txt'))}.txt"


def _path_part(name: str) -> str:
    """`name` as the name of a file or folder, without a suffix."""
    part = quote(name, safe=" !#$&'()+,;=@[]^_`{}~.-", errors="surrogatepass")
    # A leading dot hides the file or names a folder above; Windows cuts a dot or space off the end.
    part = re.sub(r"^\.|^ |[. ]$", lambda edge: f"%{ord(edge[0]):02X}", part) or "%"
    # With .txt 200 bytes; file systems allow 255, and a digest may be added.
    return part if len(part) <= 196 else f"{part[:170]}~{_digest(name)}"


def _digest(identifier: str) -> str:
    return sha256(identifier.encode(errors="surrogatepass")).hexdigest()[:16]


def _replace(temporary: Path, target: Path) -> None:
    """Give `temporary` the name of `target`, and bring the renaming to the disk."""
    old = target.with_name(f".{target.name}.old")
    _remove(old)
    if target.is_dir():  # a folder cannot be renamed over another
        target.rename(old)
    try:
        temporary.replace(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    _remove(old)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; syncing a file does so for its content alone."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
