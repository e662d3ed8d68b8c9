"""Write records: as JSON Lines, CSV and TSV (plain, gzip, Zstandard), Parquet, folders of shards, folders of .txt.

Every output is written under a temporary name beside its target, and renamed when it is complete and on disk, so that
no partial output has the final name. Its bytes depend on the records and their order alone, never on how they were
batched.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from urllib.parse import quote

import orjson

from cleaner.errors import OptionError, OutputError, RefusedError
from cleaner.output.formats import FORMATS, Layout, Lines, write_records
from cleaner.ownership import MARK, check_folder, is_beside_data, mark_line

__all__ = ["check_output", "clear_remains", "new_output"]

# Errors after which the same command can be given again, once there is room.
_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up", errno.EFBIG: "it is too large"}

_MEANT = {
    ".json": " Take .jsonl, a record a line.",
    ".ndjson": " Take .jsonl, which is the same.",
    **dict.fromkeys((".xlsx", ".xls", ".ods"), " Take .csv with --bom, which Excel opens."),
    ".arrow": " Take .parquet.",
    ".zip": " Take .jsonl.gz or .jsonl.zst, which are packed.",
}
"""Suffix that cannot be written -> what the error advises."""


def check_output(path: str, *, shards: int = 0, force: bool = False) -> str:
    """Check that an output may be made at `path`, and return the suffix of its files.

    The suffixes in FORMATS are one file. With `shards`, or with a "/" at the end, `path` is a folder of that many files
    `part-00000.jsonl`, … (of another format where the folder's name has its suffix; named `train-00000.jsonl` and so on
    where the output is split). A folder whose name ends in `.txt/` gets one file per record, named by its id.

    Raises `OptionError` for an unknown suffix and `RefusedError` for a target that exists, unless `force`; a folder
    without Cleaner's mark, or with other files in it, is refused in any case.
    """
    target = Path(os.path.realpath(path))
    suffix = next((s for s in FORMATS if target.name.endswith(s)), "")
    if not (shards or path.endswith("/")):
        if not suffix:
            known = ", ".join((*FORMATS, "a folder with --shards N", "a folder of texts as NAME.txt/"))
            meant = _MEANT.get(target.suffix.lower(), "")
            raise OptionError(f"{path}: the suffix says no format that can be written.{meant} Known are {known}.")
        if target.is_dir():
            raise RefusedError(f"{target} is a folder. Name another file, or add a / to write a folder of shards.")
        if target.exists() and not force:
            raise RefusedError(f"{target} exists already. Name another file, or replace it with --force.")
        return suffix
    if path.endswith("/") and target.suffix == ".txt":
        suffix, owned = ".txt", r".+\.txt"
    else:
        suffix = suffix or ".jsonl"
        owned = r"\w+-\d{5,}" + re.escape(suffix)
    check_folder(target, "output", str(target))
    files = [file for file in sorted(target.rglob("*")) if not (file.is_dir() or is_beside_data(file))]
    # Replacing a folder removes all that is in it, so --force is not enough where anything else is.
    foreign = next((file for file in files if not re.fullmatch(owned, file.name)), None)
    if foreign is not None:
        raise RefusedError(f"{target} holds {foreign.name}, which is no output of this kind. Name another folder.")
    if files and not force:
        raise RefusedError(f"{target} exists already. Name another folder, or replace it with --force.")
    return suffix


def clear_remains(target: Path) -> None:
    """Remove what a run that was killed left beside an output which it had put in place."""
    real = Path(os.path.realpath(target))
    for ending in ("part", "old"):
        _remove(real.with_name(f".{real.name}.{ending}"))


@contextmanager
def new_output(
    path: str,
    lines: Lines,
    total: int,
    *,
    shards: int = 0,
    force: bool = False,
    layout: Layout | None = None,
    parts: Sequence[tuple[str, Lines, int]] = (),
) -> Iterator[Path]:
    """Write records to `path`, as `check_output` says; they appear there when the `with` block ends without an error.

    The value is the temporary, which is complete and on the disk when the block begins. The files of a folder are
    filled one after the other, as evenly as `total`, the number of records, allows; the folder carries Cleaner's mark.
    Where it has `parts`, each a name with its records and their number, so many files are made of each, or a folder of
    texts. Folders that are missing on the way are made. Whatever the operating system refuses becomes an `OutputError`
    that says what to do; after an error nothing is left behind.
    """
    suffix = check_output(path, shards=shards, force=force)
    target = Path(os.path.realpath(path))  # a link keeps pointing at what is written
    temporary = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(temporary)  # left behind by a run that was killed
        if shards or path.endswith("/"):
            temporary.mkdir()
            with open(temporary / MARK, "xb") as mark:
                mark.write(mark_line(temporary, "output", str(target)))
                os.fsync(mark.fileno())
            for name, some, count in parts or [("part", lines, total)]:
                if suffix == ".txt":
                    _write_texts(temporary / name if parts else temporary, some)
                else:
                    _write_shards(temporary, name, suffix, some, max(shards, 1), count, layout)
        else:
            _write_file(temporary, suffix, lines, layout)
        yield temporary
        _replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            _remove(temporary)
        if not isinstance(error, OSError):
            raise
        if error.errno in _FULL:
            reason = (
                f"{_FULL[error.errno]}. Nothing was left behind. "
                "Free some space or name another output, then give the same command again; finished work is kept."
            )
        else:
            reason = f"{error.strerror or error}. Check the folder, or name another output."
        raise OutputError(f"{target} could not be written: {reason}") from error


def _write_file(path: Path, suffix: str, lines: Lines, layout: Layout | None) -> None:
    """Write a new file, down to the disk."""
    with open(path, "xb") as file:
        write_records(file, suffix, lines, layout)
        file.flush()
        os.fsync(file.fileno())


def _write_shards(
    folder: Path, name: str, suffix: str, lines: Lines, shards: int, total: int, layout: Layout | None
) -> None:
    """Write files `NAME-00000`, … with equal numbers of records, in their order; some are empty if there are too
    few."""
    rest = iter(lines)
    for n in range(shards):
        # Record i of them belongs to shard i * shards // total, so shard n begins at n * total / shards, rounded up.
        begin, end = -(-n * total // shards), -(-(n + 1) * total // shards)
        _write_file(folder / f"{name}-{n:05d}{suffix}", suffix, islice(rest, end - begin), layout)
    if next(rest, None) is not None:
        raise OutputError(f"{folder}: more records came than the {total} announced.")
    _sync_folder(folder)


def _write_texts(folder: Path, lines: Lines) -> None:
    """Write one .txt per record, named by its id, with its clean text. Texts of input files get the folders of
    these."""
    for line in lines:
        record = orjson.loads(line)
        for place in _places(record["id"], record["source"]):
            path = folder / place
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    file.write(record["text"].encode())
                break
            except OSError as error:
                # The place is taken: by "a" and "a.txt", by "A" and "a" where case does not count, by a folder of an
                # archive that is named as a file; or the path of a file in folders is too long for the file system.
                if error.errno not in (errno.EEXIST, errno.ENOTDIR, errno.ENAMETOOLONG if "/" in place else 0):
                    raise
    os.sync()  # once: one fsync per file takes hours for a million files


def _places(identifier: str, source: str) -> Iterator[str]:
    """Yield the paths that a record may have in the folder, the best first; the last ones are never all taken.

    A record that was a file of its own, whose id is its source, has the path of that file.
    """
    parts = [part for part in identifier.strip("/").split("/") if part != ".."]
    # Members of archives may lie deeper than file systems allow.
    if identifier == source and 0 < len(parts) <= 64:
        yield "/".join(map(_path_part, (*parts[:-1], parts[-1].removesuffix(".txt")))) + ".txt"
    name = _path_part(identifier.removesuffix(".txt"))
    yield f"{name}.txt"
    # An id may be chosen so that it equals the name that was made for another one.
    stem = f"{name}~{_digest(identifier)}"
    yield from (f"{stem}.txt" if n == 0 else f"{stem}~{n}.txt" for n in count())


def _path_part(name: str) -> str:
    """Return `name` as the name of a file or folder, without a suffix: `%XX` for what file systems refuse, at most 196
    bytes.

    >>> _path_part("raw/berita-7"), _path_part("../x"), _path_part("berita 8")
    ('raw%2Fberita-7', '%2E.%2Fx', 'berita 8')
    """
    part = quote(name, safe=" !#$&'()+,;=@[]^_`{}~.-", errors="surrogatepass")
    # A leading dot hides the file or names a folder above; Windows cuts a dot or space off the end.
    part = re.sub(r"^\.|^ |[. ]$", lambda edge: f"%{ord(edge[0]):02X}", part) or "%"
    # With .txt 200 bytes; file systems allow 255, and a digest may be added.
    return part if len(part) <= 196 else f"{part[:170]}~{_digest(name)}"


def _digest(identifier: str) -> str:
    """Return a short hash of an id, for the name of a file."""
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
    """Delete a file, a link or a whole folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
