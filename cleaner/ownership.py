"""Decide which files and folders are Cleaner's own. A run writes and deletes only what carries its mark; the rest is
the user's.

Every folder that Cleaner makes holds the file `.cleaner-made`, which says what the folder is for and to which output it
belongs. A folder without this mark, or with the mark of another output, is refused, whatever options are given. Single
files are known by their content: report pages have a `generator` in their head, dataset cards a comment. An output that
is one file is named by the mark of its logs; where the logs lie elsewhere, a hidden file beside it carries the mark.

    clean.jsonl                       the output
    clean.jsonl.audit/.cleaner-made   {"made_by": "cleaner", "kind": "audit", "output": "clean.jsonl", "bytes": 1024}
    clean.work/.cleaner-made          {"made_by": "cleaner", "kind": "work", "output": "clean.jsonl"}
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.durable import PART, refusal, replacing
from cleaner.errors import OutputError, RefusedError

__all__ = [
    "CARD_MARK",
    "MARK",
    "PAGE_MARK",
    "FolderMark",
    "check_folder",
    "check_new_file",
    "check_page",
    "claim_folder",
    "empty_folder",
    "is_beside_data",
    "is_empty",
    "is_made_file",
    "mark_beside",
    "mark_line",
    "read_mark",
    "read_mark_file",
    "remove_folder",
    "write_mark",
]

MARK = ".cleaner-made"

PAGE_MARK = b'<meta name="generator" content="Cleaner'
"""The bytes by which a report page is known: they stand in its head."""

CARD_MARK = "<!-- Cleaner made this card of "
"""The beginning of the comment by which a dataset card is known; the name of the output follows."""

_KINDS = {
    "work": "the work of a run that writes",
    "audit": "the logs of",
    "output": "the output",
    "index": "the near-duplicate index",
}
"""What a marked folder holds, in words that go before the name of its output."""

_MARK_BYTES = 1 << 16  # a mark has 200 bytes; what is much longer is none, and is not read into memory


@dataclass(frozen=True, slots=True)
class FolderMark:
    """The content of the mark of a folder.

    `kind` is "work", "audit", "output" or "index". `output` is the path of the output, seen from the parent of the
    marked folder, or "-" for stdout. `bytes` is the size of an output that is one file, -1 while it is not known.
    """

    kind: str
    output: str
    bytes: int = -1


def read_mark(folder: str | Path) -> FolderMark | None:
    """Return the mark of a folder; None where it has none, or where a file of that name is not Cleaner's."""
    return read_mark_file(Path(folder) / MARK)


def mark_beside(output: str | Path) -> Path:
    """Return the hidden file that carries the mark of an output whose logs lie elsewhere."""
    path = Path(output)
    return path.with_name(f".{path.name}{MARK}")


def read_mark_file(path: str | Path) -> FolderMark | None:
    """Return the mark in a file; None where it is missing or not Cleaner's."""
    try:
        with open(path, "rb") as file:
            found = json.loads(file.read(_MARK_BYTES))
        if found["made_by"] == "cleaner" and found["kind"] in _KINDS:
            return FolderMark(found["kind"], str(found["output"]), int(found.get("bytes", -1)))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def mark_line(folder: Path, kind: str, output: str, size: int = -1) -> bytes:
    """Return the content of a folder's mark, which says that the folder was made for `output`, a path or "-"."""
    said: dict[str, object] = {"made_by": "cleaner", "kind": kind, "output": _from_folder(folder, output)}
    if size >= 0:
        said["bytes"] = size
    # json escapes what is not ASCII, so that a path of bytes that are no UTF-8 comes back as it was.
    return json.dumps(said).encode() + b"\n"


def write_mark(folder: Path, kind: str, output: str, size: int = -1) -> None:
    """Mark a folder, in one step."""
    with replacing(folder / MARK) as out:
        out.write(mark_line(folder, kind, output, size))


def _from_folder(folder: Path, output: str) -> str:
    """Return the path of an output as the mark of a folder names it: relative, so that both can be moved together."""
    if output == "-":
        return output
    return Path(os.path.relpath(os.path.realpath(output), os.path.realpath(folder.parent))).as_posix()


def check_folder(folder: Path, kind: str, output: str) -> None:
    """Raise RefusedError where a folder is not free for `output`: it is empty or missing, or carries its mark."""
    if not os.path.lexists(folder) or is_empty(folder):
        return
    if not folder.is_dir():
        raise RefusedError(f"{folder} is a file, where a folder has to be. Move it away, or name another place.")
    mark = read_mark(folder)
    if mark is None:
        found = next((p.name for p in sorted(folder.iterdir()) if p.name != MARK), MARK)
        raise RefusedError(
            f"{folder} holds {found} and no mark of Cleaner ({MARK}), so nothing in it is written or deleted. Name a "
            "folder that is new or empty, or move this one away."
        )
    # An index is the folder itself, whatever name that has now.
    if mark.kind != kind or (kind != "index" and mark.output != _from_folder(folder, output)):
        raise RefusedError(
            f"{folder} holds {_KINDS[mark.kind]} {mark.output}, not {_KINDS[kind]} {output}. Name another folder, or "
            "move this one away."
        )


def claim_folder(folder: Path, kind: str, output: str) -> None:
    """Make a folder for `output` with its mark, or take one that is empty or carries this mark already.

    Raises RefusedError for any other folder, OutputError when the system refuses to make it.
    """
    check_folder(folder, kind, output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(refusal(folder, error)) from error
    if read_mark(folder) is None:
        write_mark(folder, kind, output)
    for part in folder.glob(f".{MARK}.*.part"):  # of a run that was killed while it wrote the mark
        part.unlink(missing_ok=True)


def is_empty(folder: Path) -> bool:
    """Return True if a folder is there and holds nothing, or the unfinished mark of a run that was killed at this
    point."""
    try:
        with os.scandir(folder) as entries:
            return all((m := PART.fullmatch(entry.name)) and m["name"] == MARK for entry in entries)
    except OSError:
        return False


def empty_folder(folder: Path, but: Sequence[str]) -> None:
    """Remove all that is in a folder of Cleaner's, but for the files of these names."""
    for entry in list(folder.iterdir()):
        if entry.name in but:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def remove_folder(folder: Path, last: Sequence[str] = ()) -> None:
    """Remove a marked folder and all in it. The files named in `last` go in this order at the end, the mark after them.

    So a folder that is half removed when the process is killed still says what it is. Raises OutputError when the
    system refuses to remove it.
    """
    kept = (*last, MARK)
    try:
        empty_folder(folder, but=kept)
        for name in kept:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
    except OSError as error:
        raise OutputError(refusal(folder, error)) from error


def is_made_file(path: str | Path, marker: bytes) -> bool:
    """Return True if the head of a file holds a marker of Cleaner."""
    try:
        with open(path, "rb") as file:
            return marker in file.read(1 << 14)
    except OSError:
        return False


def is_beside_data(path: Path) -> bool:
    """Return True if a file in a folder of output is no data: the mark, the dataset card, or an unfinished file."""
    if path.name == "README.md":
        return is_made_file(path, CARD_MARK.encode())
    return path.name == MARK or PART.fullmatch(path.name) is not None


def check_page(path: Path, *, force: bool = False) -> None:
    """Raise RefusedError where writing a report page to `path` would replace a file that is not one."""
    if os.path.lexists(path) and not force and not is_made_file(path, PAGE_MARK):
        raise RefusedError(
            f"{path} exists already and is no report of Cleaner. Name another file, or replace it with --force."
        )


def check_new_file(path: Path, read: Iterable[Path], *, force: bool = False) -> None:
    """Raise RefusedError where a command would write over a file: without `force` any file, else one that it reads.

    `read` are files and folders.
    """
    if not os.path.lexists(path):
        return
    if not force:
        raise RefusedError(f"{path} exists already. Name another FILE, or replace it with --force.")
    real = Path(os.path.realpath(path))
    for place in map(Path, map(os.path.realpath, read)):
        if real == place or place in real.parents or (place.exists() and real.samefile(place)):
            raise RefusedError(f"{path} is, or lies in, {place}, which is read here. Name another FILE.")
