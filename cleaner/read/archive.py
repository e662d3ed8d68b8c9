"""ZIP and tar archives as folders: their members one after another, each a stream of its own."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from cleaner.errors import InputError
from cleaner.read.read_errors import ArchiveBomb, NotReadable, Truncated, UnknownFormat
from cleaner.read.sniff import page_stems
from cleaner.read.stream import CHUNK, ByteCounter, Stream, StreamFile

__all__ = ["Member", "tar_members", "zip_members"]

Member = tuple[str, "Stream | InputError"]
"""The name of a member in its archive ("" for the archive itself), and its bytes or what is wrong with it."""

_ENDS = 100
"""How often tarfile may read on at the end of an archive before that counts as damage."""
_ADVICE = "Fetch or copy the archive again; what came before is kept."
_DOCUMENTS = ("[Content_Types].xml", "META-INF/manifest.xml", "META-INF/container.xml")
"""Members that only Office documents, OpenDocument files and e-books have; the rest of them is no article."""


def zip_members(file: BinaryIO, stems: set[str]) -> Iterator[Member]:
    """Yield the members of a ZIP archive in the order of its directory, without folders, links and hidden files.

    The stems of all its pages are added to `stems` first, because the folder of a page's parts may stand before it.
    """
    # One counter for the whole archive: a bomb may be spread over many members.
    counter = ByteCounter()
    try:
        archive = zipfile.ZipFile(file)
    except Exception as error:  # zipfile has a dozen kinds for a damaged directory
        yield "", Truncated(f"The archive cannot be opened: {error}.", _ADVICE)
        return
    if not archive.NameToInfo.keys().isdisjoint(_DOCUMENTS):
        yield "", UnknownFormat("This is an Office document or an e-book.", "Convert it to text or HTML first.")
        return
    stems.update(stem for info in archive.infolist() for stem in page_stems(info.filename))
    for info in archive.infolist():
        if info.is_dir() or _is_hidden(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
            continue
        if info.flag_bits & 1:
            yield info.filename, NotReadable("The member is encrypted.", "Unpack the archive with its password first.")
            continue
        counter.compressed += info.compress_size
        yield info.filename, Stream(_zip_chunks(archive, info, counter))


def _zip_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, counter: ByteCounter) -> Iterator[bytes]:
    """Yield the bytes of a member of a ZIP archive. Raises Truncated where it is damaged, ArchiveBomb where it is a
    bomb."""
    before = counter.decompressed
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                counter.add(len(chunk))
                yield chunk
    except ArchiveBomb:
        counter.decompressed = before  # the other members of the archive are still read
        raise
    except Exception as error:  # of zipfile, or of the library of a compression
        raise Truncated(f"The member is damaged: {str(error).rstrip('.')}.", _ADVICE) from error


class _TarFile(StreamFile):
    """A stream for tarfile, which reads on at the end of a file for as long as a header says that more will come.

    A header may say that its member has 2^62 bytes. At the end of a whole archive tarfile reads a few times at most.
    """

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self._empty = 0

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        self._empty += not size
        if self._empty > _ENDS:
            raise EOFError("it ends inside a member")
        return size


def tar_members(stream: Stream) -> Iterator[Member]:
    """Yield the files of a tar archive as they come; links and devices are left out.

    tarfile alone takes a damaged header for the end, and blocks of zeros, behind which another archive may have been
    appended. Here it reads on to the end of the file, and what it passes over counts as damage unless it is zeros.
    """
    file = _TarFile(stream)
    damaged = 0

    class Header(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Header:
            nonlocal damaged
            damaged += len(buf) == tarfile.BLOCKSIZE and any(buf)
            header = super().frombuf(buf, encoding, errors)  # raises where it is no header
            damaged -= 1
            return header

    try:
        with tarfile.open(fileobj=file, mode="r|", ignore_zeros=True, tarinfo=Header) as archive:
            for info in archive:
                if not info.isfile() or _is_hidden(info.name):
                    continue
                if info.issparse():  # its holes may be of any size
                    wrong = NotReadable("The member is sparse, a file with holes.", "Unpack the archive yourself.")
                    yield info.name, wrong
                    continue
                yield info.name, Stream(_tar_chunks(archive, info, file))
    except Exception as error:  # of tarfile, which has no one kind for damage
        yield "", file.error or Truncated(f"The archive is damaged: {error}.", _ADVICE)
        return
    if file.error is not None:
        yield "", file.error
    elif damaged:
        yield "", Truncated(f"The archive is damaged: {damaged:,} of its blocks belong to no member.", _ADVICE)
    elif file.tell() % tarfile.BLOCKSIZE:
        # tarfile takes a cut between two members for the end; an archive that is whole ends with a full block.
        yield "", Truncated("The archive ends too early.", _ADVICE)


def _tar_chunks(archive: tarfile.TarFile, info: tarfile.TarInfo, file: StreamFile) -> Iterator[bytes]:
    """Yield the bytes of a member of a tar archive. Raises Truncated where it is damaged or cut."""
    left = info.size
    try:
        member = archive.extractfile(info)
        while member is not None and left > 0 and (chunk := member.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
    except InputError:
        raise
    except Exception as error:
        raise file.error or Truncated(f"The member is damaged: {error}.", _ADVICE) from error
    if left > 0:
        raise file.error or Truncated("The archive ends inside this member.", _ADVICE)


def _is_hidden(name: str) -> bool:
    """Return True if a member is hidden, by a dot before its name or a folder's, or is what macOS adds to ZIP
    archives."""
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in name.split("/"))
