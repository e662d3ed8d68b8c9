"""ZIP and tar archives as folders: their members one after another, each a stream of its own."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cleaner.errors import InputError
from cleaner.read.read_errors import NotReadable, Truncated, UnknownFormat
from cleaner.read.stream import CHUNK, ByteCounter, Stream, StreamFile

__all__ = ["Member", "tar_members", "zip_members"]

Member = tuple[str, "Stream | InputError"]
"""The name inside the archive ("" for the archive itself), and its bytes or what is wrong with it."""

_ADVICE = "Fetch or copy the archive again; what came before is kept."
_DOCUMENTS = ("[Content_Types].xml", "META-INF/manifest.xml", "META-INF/container.xml")
"""Members that only Office documents, OpenDocument files and e-books have; the rest of them is no article."""


def zip_members(file: BinaryIO) -> Iterator[Member]:
    """The members of a ZIP archive in the order of its directory, without folders and hidden files."""
    # One counter for the whole archive: a bomb may be spread over many members.
    counter = ByteCounter()
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield "", Truncated(f"The archive cannot be opened: {error}.", _ADVICE)
        return
    if not archive.NameToInfo.keys().isdisjoint(_DOCUMENTS):
        yield "", UnknownFormat("This is an Office document or an e-book.", "Convert it to text or HTML first.")
        return
    for info in archive.infolist():
        if info.is_dir() or _is_hidden(info.filename):
            continue
        if info.flag_bits & 1:
            yield info.filename, NotReadable("The member is encrypted.", "Unpack the archive with its password first.")
            continue
        counter.compressed += info.compress_size
        yield info.filename, Stream(_zip_chunks(archive, info, counter))


def _zip_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, counter: ByteCounter) -> Iterator[bytes]:
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                counter.add(len(chunk))
                yield chunk
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Truncated(f"The member is damaged: {str(error).rstrip('.')}.", _ADVICE) from error


def tar_members(stream: Stream) -> Iterator[Member]:
    """The files of a tar archive as they come; links and devices are left out."""
    file = StreamFile(stream)
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for info in archive:
                if info.isfile() and not _is_hidden(info.name):
                    yield info.name, Stream(_tar_chunks(archive, info, file))
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        yield "", file.error or Truncated(f"The archive is damaged: {error}.", _ADVICE)
        return
    # tarfile takes a cut between two members for the end; an archive that is whole ends with a full block.
    if file.error is not None or file.tell() % tarfile.BLOCKSIZE:
        yield "", file.error or Truncated("The archive ends too early.", _ADVICE)


def _tar_chunks(archive: tarfile.TarFile, info: tarfile.TarInfo, file: StreamFile) -> Iterator[bytes]:
    member = archive.extractfile(info)
    left = info.size
    try:
        while member is not None and left > 0 and (chunk := member.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
    except (tarfile.TarError, OSError, EOFError) as error:
        raise file.error or Truncated(f"The member is damaged: {error}.", _ADVICE) from error
    if left > 0:
        raise file.error or Truncated("The archive ends inside this member.", _ADVICE)


def _is_hidden(name: str) -> bool:
    """Whether a member is left out as a hidden file of a folder is, or is what macOS puts into ZIP archives."""
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in name.split("/"))
