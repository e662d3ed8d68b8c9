"""From what a person names (files, folders, patterns, URLs, "-") to the sorted manifest of sources.

A folder is listed, never read: one scandir per folder. Names never depend on the order in which inputs are given.
"""

from __future__ import annotations

import errno
import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cleaner.article import Reject
from cleaner.decode.labels import check_encoding
from cleaner.errors import InputError, MissingExtra
from cleaner.options import CONFIG, Options
from cleaner.read.read_errors import NotFound, NotReadable, SymlinkLoop, reject, unreadable
from cleaner.read.task import Source

__all__ = ["is_remote", "list_sources", "path_of", "remote_damage", "source_name"]

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")
_UNPRINTABLE = re.compile(r"[\\\x00-\x1f\x7f\udc80-\udcff]")
_ESCAPE = re.compile(r"\\(?:\\|x[0-9a-f]{2})")


def list_sources(inputs: Iterable[str], options: Options) -> list[Source | Reject]:
    """Every source that `inputs` name, sorted by its name; a file that is named twice stands once.

    Folders are taken whole, but for hidden files and cleaner.toml; a link to a folder is followed unless that folder
    was seen already. What cannot be listed is a Reject in its place. Raises MissingExtra for a URL whose package is
    not installed.
    """
    check_encoding(options.encoding)
    found: dict[str, Source] = {}
    rejects: dict[str, Reject] = {}
    for given in inputs:
        for real, entry in _expand(given):
            if isinstance(entry, Reject):
                rejects[entry.source] = entry
            elif real not in found or entry.source < found[real].source:
                found[real] = entry
    return sorted([*found.values(), *rejects.values()], key=lambda entry: (entry.source, isinstance(entry, Reject)))


def source_name(path: str) -> str:
    r"""`path` as it stands in records: "/" between folders, nothing but printable characters.

    A byte that is not UTF-8, a control character and a backslash are escaped, so that `path_of` gives the path back.

    >>> source_name("./raw//berita.txt"), source_name("raw/caf\udce9.txt")
    ('raw/berita.txt', 'raw/caf\\xe9.txt')
    """
    normal = os.path.normpath(path)
    if os.sep != "/":
        normal = normal.replace(os.sep, "/")
    return _UNPRINTABLE.sub(_escape, normal)


def path_of(source: str) -> str:
    r"""The path that `source_name` made `source` of.

    >>> path_of(source_name("raw/caf\udce9 \\ 1.txt"))
    'raw/caf\udce9 \\ 1.txt'
    """
    return _ESCAPE.sub(_unescape, source)


def is_remote(path: str) -> bool:
    """Whether fsspec has to open `path`."""
    return bool(_REMOTE.match(path))


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char == "\\":
        return "\\\\"
    return f"\\x{ord(char) & 0xFF:02x}"


def _unescape(match: re.Match[str]) -> str:
    if match[0] == "\\\\":
        return "\\"
    code = int(match[0][2:], 16)
    return chr(code if code < 0x80 else 0xDC00 + code)


_Entry = tuple[str, "Source | Reject"]


def _expand(given: str) -> Iterator[_Entry]:
    if given == "-":
        yield "-", Source("stdin", "-")
    elif is_remote(given):
        yield from _expand_remote(given)
    elif os.path.lexists(given):
        yield from _expand_path(given)
    else:
        matches = sorted(glob.glob(given, recursive=True)) if glob.has_magic(given) else []
        if not matches:
            yield given, reject(source_name(given), 0, _missing(given))
        for match in matches:
            yield from _expand_path(match)


def _missing(given: str) -> InputError:
    if glob.has_magic(given):
        return NotFound("The pattern matches no file.", "Check the pattern; put it in quotes if the shell changes it.")
    return NotFound("There is no file or folder of this name.", "Check the name and the folder you are in.")


def _expand_path(path: str) -> Iterator[_Entry]:
    try:
        status = os.stat(path)  # noqa: PTH116, a path may be no UTF-8
    except OSError as error:
        yield path, reject(source_name(path), 0, _lost_link(error))
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(path)
    else:
        # A pipe that is named outright (a shell's process substitution) is read as a stream.
        size = status.st_size if stat.S_ISREG(status.st_mode) else -1
        yield os.path.realpath(path), Source(source_name(path), path, size)


def _walk(root: str) -> Iterator[_Entry]:
    """All files under `root`. Links to folders wait until the real folders are seen, so no loop is walked twice."""
    seen: set[str] = set()
    folders, links = [root], list[str]()
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield folder, reject(source_name(folder), 0, unreadable(error))
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name == CONFIG:
                continue
            kind, found = _look(entry, real)
            if kind == "folder":
                (links if entry.is_symlink() else folders).append(entry.path)
            elif found is not None:
                yield found
        links.sort()


def _look(entry: os.DirEntry[str], real_folder: str) -> tuple[str, _Entry | None]:
    try:
        if entry.is_dir():
            return "folder", None
        status = entry.stat()
    except OSError as error:
        return "", (entry.path, reject(source_name(entry.path), 0, _lost_link(error)))
    if not stat.S_ISREG(status.st_mode):
        wrong = NotReadable(
            "This is a pipe, a socket or a device, not a file.", "Name it outright if it should be read."
        )
        return "", (entry.path, reject(source_name(entry.path), 0, wrong))
    real = os.path.realpath(entry.path) if entry.is_symlink() else f"{real_folder}{os.sep}{entry.name}"
    return "", (real, Source(source_name(entry.path), entry.path, status.st_size))


def _lost_link(error: OSError) -> InputError:
    if error.errno == errno.ELOOP:
        return SymlinkLoop("The link leads to itself.", "Remove the link or point it to a file.")
    return unreadable(error)


def _expand_remote(url: str) -> Iterator[_Entry]:
    import fsspec

    try:
        fs, path = fsspec.url_to_fs(url)
        found = _find_remote(fs, path)
    except Exception as error:  # each service has its own
        yield url, reject(url, 0, remote_damage(url, error))
        return
    if not found:
        yield url, reject(url, 0, NotFound("Nothing is there.", "Check the URL and your right to list it."))
    for name, size in found:
        full = fs.unstrip_protocol(name)
        yield full, Source(source_name_of_url(full), full, size)


_EXTRAS = {
    "s3": ("s3fs", "s3"), "s3a": ("s3fs", "s3"), "gs": ("gcsfs", "gs"), "gcs": ("gcsfs", "gs"),
    "http": ("aiohttp", "http"), "https": ("aiohttp", "http"), "hf": ("huggingface_hub", "hf"),
}  # fmt: skip


def remote_damage(url: str, error: Exception) -> InputError:
    """What an error of fsspec, or of the package behind it, means. Raises MissingExtra where that is not installed."""
    if isinstance(error, ImportError):
        for protocol in re.findall(r"([a-z0-9]+)(?:::|://)", url):
            if protocol in _EXTRAS:
                raise MissingExtra(*_EXTRAS[protocol], f"Reading {protocol}://") from error
        return NotReadable(f"{str(error).rstrip('.')}.", "Install the package that the message names.")
    if isinstance(error, OSError):
        return unreadable(error)
    reason = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    return NotReadable(f"The URL cannot be read: {reason}.", "Check the URL, your credentials and the network.")


def source_name_of_url(url: str) -> str:
    """A URL as it stands in records: as it is, control characters escaped."""
    return _UNPRINTABLE.sub(_escape, url)


def _find_remote(fs: object, path: str) -> Sequence[tuple[str, int]]:
    protocol = fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0]  # type: ignore[attr-defined]
    if protocol in ("http", "https"):
        return [(path, -1)]
    roots = sorted(fs.glob(path)) if glob.has_magic(path) and not fs.exists(path) else [path]  # type: ignore[attr-defined]
    found: dict[str, int] = {}
    for root in roots:
        for name, info in fs.find(root, detail=True).items():  # type: ignore[attr-defined]
            inner = name[len(root) :] if name.startswith(root) else name
            if not any(part.startswith(".") for part in Path(inner).parts):
                found[name] = int(info.get("size") or -1)
    return sorted(found.items())
