"""List the sources of a run, sorted: from what a person names, which is files, folders, patterns, URLs, or "-".

Files are listed here and not opened: a folder costs one scandir, which gives the sizes as well (10 µs a file over
200,000 files). The names of sources do not depend on the order in which inputs are given.
"""

from __future__ import annotations

import errno
import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.article import Reject
from cleaner.decode.labels import check_encoding
from cleaner.errors import InputError, MissingExtra, OptionError
from cleaner.options import CONFIG, Options
from cleaner.ownership import read_mark
from cleaner.read.made_files import MadeFiles
from cleaner.read.read_errors import LinkOutside, MadeByCleaner, NotFound, NotReadable, SymlinkLoop, reject, unreadable
from cleaner.read.task import Source

__all__ = [
    "Listing",
    "is_remote",
    "is_stream",
    "list_inputs",
    "list_sources",
    "printable_name",
    "remote_error",
    "source_name",
]

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")  # two letters at least, because C: is a drive of Windows
# Backslash, control characters, and the surrogates by which os.fsdecode gives bytes that are not UTF-8.
_UNPRINTABLE = re.compile(r"[\\\x00-\x1f\x7f\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Listing:
    """The sources of a run in their order, and how many files were left out because Cleaner itself made them."""

    sources: list[Source | Reject]
    left_out: int = 0


def list_sources(inputs: Iterable[str], options: Options) -> list[Source | Reject]:
    """Return the sources that `list_inputs` finds, where it does not matter how many files were left out."""
    return list_inputs(inputs, options).sources


def list_inputs(inputs: Iterable[str], options: Options, own: Iterable[str | os.PathLike[str]] = ()) -> Listing:
    """Return every source that `inputs` name, sorted by its name. A file that is named twice is listed once.

    All files of a folder count, without hidden ones, cleaner.toml, and what Cleaner made (`own` are paths of the run
    itself); an output that is named outright is read. A link to a folder is followed unless that folder was listed
    already; a link that leads out of the inputs is followed only with `options.follow_links`. What cannot be listed is
    a Reject in its place. Raises MissingExtra for a URL whose package is not installed, and OptionError for an encoding
    that does not exist, before anything is listed, and for a sample of what can be read once only.
    """
    check_encoding(options.encoding)
    made = MadeFiles(own)
    inputs = list(inputs)
    roots = None if options.follow_links else tuple(map(_root, inputs))
    found: dict[str, Source] = {}
    outright: set[str] = set()
    rejects: dict[str, Reject] = {}
    for given in inputs:
        for real, entry, walked in _expand(given, made, roots):
            if isinstance(entry, Reject):
                rejects[entry.source] = entry
                continue
            if not walked:
                outright.add(real)
            if real not in found or entry.source < found[real].source:
                found[real] = entry
    # Only now: the mark that names an output may lie in a folder that was listed after it.
    kept = [entry for real, entry in found.items() if real in outright or not made.is_made(real, entry.size)]
    entries: list[Source | Reject] = [*kept, *rejects.values()]
    entries.sort(key=lambda entry: (entry.source, isinstance(entry, Reject)))
    if options.sample and (once := next((e for e in kept if is_stream(e)), None)):
        raise OptionError(
            f"--sample draws from all records and then reads those of the sample, but {once.source} can be read once "
            "only. Save it to a file first, or read its beginning with --limit."
        )
    return Listing(entries, made.left_out + len(found) - len(kept))


def source_name(path: str) -> str:
    r"""Return `path` as it stands in records: normalised, "/" between folders, only printable characters.

    A byte that is not UTF-8, a control character and a backslash are escaped, so that no two paths have one name.

    >>> source_name("./raw//berita.txt"), source_name("raw/caf\udce9.txt")
    ('raw/berita.txt', 'raw/caf\\xe9.txt')
    """
    normal = os.path.normpath(path)
    return printable_name(normal if os.sep == "/" else normal.replace(os.sep, "/"))


def printable_name(name: str) -> str:
    """Return a name with its unprintable bytes and backslashes escaped."""
    return _UNPRINTABLE.sub(lambda match: "\\\\" if match[0] == "\\" else f"\\x{ord(match[0]) & 0xFF:02x}", name)


def is_stream(source: Source) -> bool:
    """Return True if a source can be read only once, such as stdin or a pipe. Its changes cannot be noticed."""
    return source.size < 0 and not is_remote(source.path)


def is_remote(path: str) -> bool:
    """Return True if fsspec has to open `path`: it begins with a protocol, as in s3:// or simplecache::."""
    return bool(_REMOTE.match(path))


_Entry = tuple[str, "Source | Reject", bool]
"""Something to list, behind its real path (two names of one file have the same); whether a walk found it."""


_Roots = tuple[str, ...] | None
"""The real paths of the inputs, which links may not leave; None where they may."""


def _root(given: str) -> str:
    """Return the real path of an input; of a pattern, that of the folder before its first wildcard."""
    is_pattern = glob.has_magic(given) and not os.path.lexists(given)
    return os.path.realpath(_folder_of_pattern(given) if is_pattern else given)


def _folder_of_pattern(pattern: str) -> str:
    """Return the folder before the first wildcard."""
    return next(str(folder) for folder in Path(pattern).parents if not glob.has_magic(str(folder)))


def _check_link(path: str, roots: _Roots) -> None:
    """Raise LinkOutside for a link that leads out of the inputs, with which a folder could show any file of the
    user."""
    real = os.path.realpath(path)
    if roots is not None and not any(real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in roots):
        raise LinkOutside(
            f"The link leads out of the input, to {printable_name(real)}.",
            "Name that as an input too, or give --follow-links.",
        )


def _expand(given: str, made: MadeFiles, roots: _Roots) -> Iterator[_Entry]:
    """Yield the entries of one input: those of its folder, of its pattern, or the file itself."""
    if given == "-":
        yield "-", Source("stdin", "-"), False
    elif is_remote(given):
        yield from _expand_remote(given)
    elif os.path.lexists(given):
        # Checked before patterns, because a file may have a bracket or a star in its name.
        yield from _expand_path(given, made, roots)
    elif not glob.has_magic(given):
        wrong = NotFound("There is no file or folder of this name.", "Check the name and the folder you are in.")
        yield given, reject(source_name(given), 0, wrong), False
    elif matches := sorted(glob.glob(given, recursive=True)):
        for folder in sorted({str(Path(match).parent) for match in matches}):
            made.note_beside(folder)
        root = _folder_of_pattern(given)
        for match in matches:
            if made.is_inside(match, root):
                made.left_out += Path(match).is_file()
            else:
                yield from _expand_path(match, made, roots, walked=True)
    else:
        wrong = NotFound("The pattern matches no file.", "Check the pattern; put it in quotes if the shell changes it.")
        yield given, reject(source_name(given), 0, wrong), False


def _expand_path(path: str, made: MadeFiles, roots: _Roots, *, walked: bool = False) -> Iterator[_Entry]:
    """Yield a file, or the files of a folder; `walked` says that a pattern found it."""
    try:
        if walked:
            _check_link(path, roots)
        status = os.stat(path)  # noqa: PTH116, a path may be no UTF-8
    except (LinkOutside, OSError) as error:
        yield path, reject(source_name(path), 0, _link_error(error)), walked
        return
    if not stat.S_ISDIR(status.st_mode):
        # A pipe that is named outright (a shell's process substitution) is read as a stream.
        size = status.st_size if stat.S_ISREG(status.st_mode) else -1
        yield os.path.realpath(path), Source(source_name(path), path, size), walked
        return
    mark = None if walked else read_mark(path)
    if mark is None or mark.kind == "output":
        yield from _walk(path, made, roots, outright=not walked)
    else:
        wrong = MadeByCleaner("Cleaner made this folder; it holds no articles.", f"Name the output, {mark.output}.")
        yield path, reject(source_name(path), 0, wrong), walked


def _walk(root: str, made: MadeFiles, roots: _Roots, *, outright: bool) -> Iterator[_Entry]:
    """Yield all files under `root`, each folder once; those that Cleaner made are left out, but for an output named
    outright.

    Links to folders wait until all real folders are listed. So a file has the name of its real folder, and a loop of
    links ends.
    """
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
            yield folder, reject(source_name(folder), 0, unreadable(error)), True
            continue
        if made.mark_of(real, (entry.name for entry in entries)) and not (outright and folder == root):
            made.left_out += sum(not name.startswith(".") for _, _, names in os.walk(folder) for name in names)
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name == CONFIG:
                continue
            try:
                if entry.is_symlink():
                    _check_link(entry.path, roots)
                if entry.is_dir():
                    (links if entry.is_symlink() else folders).append(entry.path)
                else:
                    yield (*_file_entry(entry, real), True)
            except (LinkOutside, OSError) as error:
                yield entry.path, reject(source_name(entry.path), 0, _link_error(error)), True
        links.sort()


def _file_entry(entry: os.DirEntry[str], real_folder: str) -> tuple[str, Source | Reject]:
    """Return a file of a folder, behind its real path. Raises OSError where its status cannot be read."""
    status = entry.stat()
    if not stat.S_ISREG(status.st_mode):
        # Reading a pipe that nobody writes to would never end.
        wrong = NotReadable(
            "This is a pipe, a socket or a device, not a file.", "Name it outright if it should be read."
        )
        return entry.path, reject(source_name(entry.path), 0, wrong)
    real = os.path.realpath(entry.path) if entry.is_symlink() else f"{real_folder}{os.sep}{entry.name}"
    return real, Source(source_name(entry.path), entry.path, status.st_size)


def _link_error(error: LinkOutside | OSError) -> InputError:
    """Return what is wrong with a link."""
    if isinstance(error, LinkOutside):
        return error
    if error.errno == errno.ELOOP:
        return SymlinkLoop("The link leads to itself.", "Remove the link or point it to a file.")
    return unreadable(error)


def _expand_remote(url: str) -> Iterator[_Entry]:
    """Yield the files at a URL: one file, a folder or a pattern."""
    import fsspec

    try:
        fs, path = fsspec.url_to_fs(url)
        found = _find_remote(fs, path)
    except Exception as error:  # each service has errors of its own
        yield url, reject(url, 0, remote_error(url, error)), False
        return
    if not found:
        yield url, reject(url, 0, NotFound("Nothing is there.", "Check the URL and your right to list it.")), False
    for name, size in found:
        full = fs.unstrip_protocol(name)
        yield full, Source(printable_name(full), full, size), False


def _find_remote(fs: Any, path: str) -> list[tuple[str, int]]:
    """Return names and sizes of all files under `path`, a pattern or a folder, without hidden ones."""
    protocol = fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0]
    if protocol in ("http", "https"):
        # A web server lists nothing, and "?" and "*" may stand in a URL.
        return [(path, -1)]
    roots = sorted(fs.glob(path)) if glob.has_magic(path) and not fs.exists(path) else [path]
    found: dict[str, int] = {}
    for root in roots:
        for name, info in fs.find(root, detail=True).items():
            inner = name[len(root) :] if name.startswith(root) else name
            if not any(part.startswith(".") for part in Path(inner).parts):
                found[name] = int(info.get("size") or -1)
    return sorted(found.items())


_EXTRAS = {
    "s3": ("s3fs", "s3"), "s3a": ("s3fs", "s3"), "gs": ("gcsfs", "gs"), "gcs": ("gcsfs", "gs"),
    "http": ("aiohttp", "http"), "https": ("aiohttp", "http"), "hf": ("huggingface_hub", "hf"),
}  # fmt: skip
"""Protocol -> the package that fsspec needs for it, and the extra that installs it."""


def remote_error(url: str, error: Exception) -> InputError:
    """Return an error of fsspec, or of the package behind it, as one of ours. Raises MissingExtra where that is not
    installed."""
    if isinstance(error, ImportError):
        for protocol in re.findall(r"([a-z0-9]+)(?:::|://)", url):
            if protocol in _EXTRAS:
                raise MissingExtra(*_EXTRAS[protocol], f"Reading {protocol}://") from error
        return NotReadable(f"{str(error).rstrip('.')}.", "Install the package that the message names.")
    if isinstance(error, OSError):
        return unreadable(error)
    reason = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    return NotReadable(f"The URL cannot be read: {reason}.", "Check the URL, your credentials and the network.")
