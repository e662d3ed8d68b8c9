"""ZIP and tar as folders: their members one after another, each a flow of its own."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cleaner.errors import InputError
from cleaner.read.read_errors import NotReadable, Truncated, UnknownFormat
from cleaner.read.stream import CHUNK, Flow, FlowFile, Meter

__all__ = ["Member", "tar_members", "zip_members"]

Member = tuple[str, "Flow | InputError"]
"""The name inside the archive ("" for the archive itself), and its bytes or what is wrong with it."""

_DAMAGED = "Fetch or copy the archive again; what came before is kept."


def zip_members(file: BinaryIO) -> Iterator[Member]:
    """The members of a ZIP archive in its own order. All of them together are held against a bomb."""
    meter = Meter()
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield "", Truncated(f"The archive cannot be opened: {error}.", _DAMAGED)
        return
    if {"[Content_Types].xml", "META-INF/manifest.xml", "META-INF/container.xml"} & archive.NameToInfo.keys():
        yield "", UnknownFormat("This is an Office document or an e-book.", "Convert it to text or HTML first.")
        return
    for info in archive.infolist():
        if info.is_dir() or _is_hidden(info.filename):
            continue
        if info.flag_bits & 1:
            yield info.filename, NotReadable("The member is encrypted.", "Unpack the archive with its password first.")
            continue
        meter.packed += info.compress_size
        yield info.filename, Flow(_zip_chunks(archive, info, meter), meter)


def _zip_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> Iterator[bytes]:
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                meter.count(len(chunk))
                yield chunk
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Truncated(f"The member is damaged: {str(error).rstrip('.')}.", _DAMAGED) from error


def tar_members(flow: Flow) -> Iterator[Member]:
    """The files of a tar archive as they come; links and devices are left out."""
    file = FlowFile(flow)
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for info in archive:
                if info.isfile() and not _is_hidden(info.name):
                    yield info.name, Flow(_tar_chunks(archive, info, file))
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        yield "", file.damage or Truncated(f"The archive is damaged: {error}.", _DAMAGED)
        return
    if file.damage is not None or file.tell() % tarfile.BLOCKSIZE:
        yield "", file.damage or Truncated("The archive ends too early.", _DAMAGED)


def _tar_chunks(archive: tarfile.TarFile, info: tarfile.TarInfo, file: FlowFile) -> Iterator[bytes]:
    member = archive.extractfile(info)
    left = info.size
    try:
        while member is not None and left > 0 and (chunk := member.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
    except (tarfile.TarError, OSError, EOFError) as error:
        raise file.damage or Truncated(f"The member is damaged: {error}.", _DAMAGED) from error
    if left > 0:
        raise file.damage or Truncated("The archive ends inside this member.", _DAMAGED)


def _is_hidden(name: str) -> bool:
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in name.split("/"))
