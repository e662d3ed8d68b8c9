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
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import orjson

from cleaner.errors import OptionError, OutputError
from cleaner.output.formats import FORMATS, RECORD, Record, unwritable

__all__ = ["RECORD", "Output", "open_output"]

_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up", errno.EFBIG: "it is too large"}


class Output(ABC):
    """One output under way, to be used in a `with` block; the target appears when the block ends without an error.

    Whatever the operating system refuses becomes an `OutputError` that says what to do; the temporary is removed.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._temporary = target.with_name(f".{target.name}.part")

    def __enter__(self) -> Self:
        with self._explained():
            self._target.parent.mkdir(parents=True, exist_ok=True)
            _remove(self._temporary)  # left behind by a run that was killed
            self._start()
        return self

    def write(self, records: Iterable[Record]) -> None:
        """Append `records`, one by one; any number of calls with batches of any size give the same bytes."""
        for record in records:
            with self._explained():
                self._put(record)

    def write_lines(self, lines: Iterable[bytes | memoryview]) -> None:
        """Append records that are JSON lines already: the same bytes as from `write`, at a tenth of the cost."""
        with self._explained():
            for line in lines:
                self._put_line(line)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        with self._explained():
            self._finish()
            _replace(self._temporary, self._target)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._discard()
            raise OutputError(_explain(self._target, error)) from error
        except BaseException:
            self._discard()
            raise

    def _discard(self) -> None:
        with suppress(Exception):
            self._abandon()
        with suppress(OSError):
            _remove(self._temporary)

    @abstractmethod
    def _start(self) -> None:
        """Make the temporary."""

    @abstractmethod
    def _put(self, record: Record) -> None:
        """Add one record to the temporary."""

    def _put_line(self, line: bytes | memoryview) -> None:
        """Add one record that is a JSON line."""
        self._put(orjson.loads(line))

    @abstractmethod
    def _finish(self) -> None:
        """Bring the temporary to the disk, complete."""

    def _abandon(self) -> None:
        """Close what is open."""
        return


def open_output(path: str, *, shards: int = 0, total: int | None = None, force: bool = False) -> Output:
    """The output at `path`, in the format of its suffix; folders that are missing on the way are made.

    `.jsonl`, `.jsonl.gz`, `.jsonl.zst` and `.parquet` are one file. With `shards`, or with a "/" at the end, `path` is
    a folder of that many files `part-00000.jsonl`, … (of another format where the folder's name has its suffix);
    they are filled one after the other, as evenly as `total`, the number of records to come, allows. A folder
    whose name ends in `.txt/` gets one file per record, named by its id.

    Raises `OptionError` for an unknown suffix and `OutputError` for a target that exists, unless `force`.
    """
    target = Path(os.path.realpath(path))  # a link keeps pointing at what is written
    if path.endswith("/") and target.suffix == ".txt":
        return _ready(_Texts(target), force)
    suffix = next((s for s in FORMATS if target.name.endswith(s)), "")
    if shards or path.endswith("/"):
        if total is None and shards > 1:
            raise OptionError("--shards needs the number of records up front, so it does not go with streaming.")
        return _ready(_Shards(target, suffix or ".jsonl", max(shards, 1), total), force)
    if not suffix:
        known = ", ".join((*FORMATS, "a folder with --shards N", "a folder of texts as NAME.txt/"))
        raise OptionError(f"{path}: the suffix says no format that can be written. Known are {known}.")
    return _ready(_File(target, suffix), force)


def _ready(output: Output, force: bool) -> Output:
    target = output._target
    if target.is_dir():
        if not isinstance(output, _Folder):
            raise OutputError(f"{target} is a folder. Name another file, or add a / to write a folder of shards.")
        foreign = next((p.name for p in sorted(target.iterdir()) if not output.owned.fullmatch(p.name)), None)
        if foreign is not None:  # replacing a folder removes what is in it
            raise OutputError(f"{target} holds {foreign}, which is no output of this kind. Name another folder.")
        if not force and any(target.iterdir()):
            raise OutputError(f"{target} exists already. Name another folder, or replace it with --force.")
    elif target.exists() and (not force or isinstance(output, _Folder)):
        raise OutputError(f"{target} exists already. Name another file, or replace it with --force.")
    return output


class _File(Output):
    """One file."""

    def __init__(self, target: Path, suffix: str) -> None:
        super().__init__(target)
        self._suffix = suffix

    def _start(self) -> None:
        self._file: IO[bytes] = open(self._temporary, "xb")  # noqa: SIM115  (_finish and _abandon close it)
        self._sheet = FORMATS[self._suffix](self._file)

    def _put(self, record: Record) -> None:
        self._sheet.put(record)

    def _put_line(self, line: bytes | memoryview) -> None:
        self._sheet.put_line(line)

    def _finish(self) -> None:
        self._sheet.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _abandon(self) -> None:
        try:
            self._sheet.close()
        finally:
            self._file.close()


class _Folder(Output):
    """A folder; `owned` matches the names of files that an output of this kind writes."""

    owned: re.Pattern[str]

    def _start(self) -> None:
        self._temporary.mkdir()


class _Shards(_Folder):
    """Files `part-00000`, … of equal numbers of records, in the records' order."""

    def __init__(self, target: Path, suffix: str, shards: int, total: int | None) -> None:
        super().__init__(target)
        self._suffix, self._shards, self._total = suffix, shards, total
        self.owned = re.compile(r"part-\d{5,}" + re.escape(suffix))
        self._count = self._opened = 0
        self._shard: _File | None = None

    def _put(self, record: Record) -> None:
        self._next()._put(record)

    def _put_line(self, line: bytes | memoryview) -> None:
        self._next()._put_line(line)

    def _next(self) -> _File:
        """The shard of the next record."""
        if self._total is not None and self._count >= self._total:
            raise OutputError(f"{self._target}: more records came than the {self._total} announced.")
        place = 0 if self._total is None else self._count * self._shards // self._total
        while self._opened <= place:
            self._next_shard()
        assert self._shard is not None
        self._count += 1
        return self._shard

    def _next_shard(self) -> None:
        if self._shard is not None:
            self._shard.__exit__(None, None, None)
        self._shard = _File(self._temporary / f"part-{self._opened:05d}{self._suffix}", self._suffix)
        self._opened += 1
        self._shard.__enter__()

    def _finish(self) -> None:
        if self._total not in (None, self._count):
            raise OutputError(f"{self._target}: {self._count} records came, where {self._total} were announced.")
        while self._opened < self._shards:
            self._next_shard()
        assert self._shard is not None
        self._shard.__exit__(None, None, None)

    def _abandon(self) -> None:
        if self._shard is not None:
            self._shard._discard()


class _Texts(_Folder):
    """One .txt per record: its clean text to the letter, under its id."""

    owned = re.compile(r".+\.txt")

    def _put(self, record: Record) -> None:
        name = _file_name(str(record["id"]))
        path = self._temporary / name
        if path.exists():  # two ids, one name: "a" and "a.txt", or "A" and "a" where case does not count
            path = path.with_name(f"{name.removesuffix('.txt')}~{_digest(str(record['id']))}.txt")
        try:
            path.write_bytes(str(record["text"]).encode())
        except UnicodeEncodeError as error:
            raise unwritable(record, error) from error

    def _finish(self) -> None:
        os.sync()  # once: one fsync per file takes hours for a million files


def _file_name(identifier: str) -> str:
    """`identifier` as a file name: `%XX` for what file systems refuse, at most 200 bytes, always with `.txt`.

    >>> _file_name("raw/berita-7.txt"), _file_name("../x"), _file_name("berita 8")
    ('raw%2Fberita-7.txt', '%2E.%2Fx.txt', 'berita 8.txt')
    """
    stem = quote(identifier.removesuffix(".txt"), safe=" !#$&'()+,;=@[]^_`{}~.-", errors="surrogatepass")
    stem = re.sub(r"^\.|^ |[. ]$", lambda edge: f"%{ord(edge[0]):02X}", stem) or "%"
    if len(stem) > 196:
        stem = f"{stem[:170]}~{_digest(identifier)}"
    return f"{stem}.txt"


def _digest(identifier: str) -> str:
    return sha256(identifier.encode(errors="surrogatepass")).hexdigest()[:16]


def _explain(target: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return (
            f"{target} could not be written: {_FULL[error.errno]}. Nothing was left behind. "
            "Free some space or name another output, then give the same command again; finished work is kept."
        )
    return f"{target} could not be written: {error.strerror or error}. Check the folder, or name another output."


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
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
