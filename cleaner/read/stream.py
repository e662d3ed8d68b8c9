"""Bytes from anywhere, a bounded chunk at a time: local files and ranges, stdin, remote files, unpacked on the way."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from cleaner.errors import InputError
from cleaner.read.files import is_remote, remote_damage
from cleaner.read.read_errors import ArchiveBomb, NotReadable, Truncated, unreadable

__all__ = ["Flow", "FlowFile", "Meter", "open_flow", "packing_of", "unpack"]

CHUNK = 1 << 20
_FEED = 1 << 16
_ZSTD_FEED = 1 << 10  # one call may unpack 128 KiB per 4 bytes: at most 32 MiB for this much
_BOMB_FLOOR = 64 << 20
_BOMB_RATIO = 200  # text packs 3 to 20 times, very repetitive JSON up to 100; deflate cannot exceed 1032

_MAGIC = (
    (b"\x1f\x8b", "gz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x04\x22\x4d\x18", "lz4"),
)


class Meter:
    """Counts the bytes before and after unpacking; raises ArchiveBomb when the second runs away from the first."""

    def __init__(self) -> None:
        self.packed = 0
        self.unpacked = 0

    def count(self, unpacked: int) -> None:
        """Add to the unpacked bytes."""
        self.unpacked += unpacked
        if self.unpacked > _BOMB_FLOOR and self.unpacked > _BOMB_RATIO * max(self.packed, 1):
            raise ArchiveBomb(
                f"The data unpack to more than {_BOMB_RATIO} times their size.",
                "If this is right, unpack the file yourself and give the result.",
            )


class Flow:
    """Chunks of bytes with a look at the head before they are taken. Damage is raised after the last good chunk."""

    def __init__(self, chunks: Iterator[bytes], meter: Meter | None = None) -> None:
        self._chunks = chunks
        self._head: list[bytes] = []
        self.damage: InputError | None = None
        self.meter = meter or Meter()

    def head(self, size: int) -> bytes:
        """The first `size` bytes, or fewer at the end; they stay in the flow."""
        have = sum(map(len, self._head))
        while have < size and self.damage is None:
            try:
                chunk = next(self._chunks, b"")
            except InputError as damage:
                self.damage = damage
                break
            if not chunk:
                break
            self._head.append(chunk)
            have += len(chunk)
        if len(self._head) > 1:
            self._head = [b"".join(self._head)]
        return self._head[0][:size] if self._head else b""

    def __iter__(self) -> Iterator[bytes]:
        while self._head:
            yield self._head.pop(0)
        if self.damage is not None:
            raise self.damage
        yield from self._chunks


class FlowFile(io.RawIOBase):
    """A Flow as a readable file for libraries that want one. Keeps the damage that ended it in `damage`."""

    def __init__(self, flow: Flow) -> None:
        self._chunks = iter(flow)
        self._rest = memoryview(b"")
        self._at = 0
        self.damage: InputError | None = None

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                chunk = next(self._chunks, None)
            except InputError as damage:
                self.damage = damage
                return 0
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self._at += size
        return size


def open_flow(path: str, start: int = 0, end: int = -1) -> Flow:
    """The bytes of `path` ("-" is stdin) from `start` to `end`; -1 is the end of the file. Raises InputError."""
    return Flow(_chunks_of(path, start, end))


def open_file(path: str) -> BinaryIO:
    """`path` as a seekable binary file. Raises InputError."""
    try:
        if not is_remote(path):
            return open(path, "rb")
        import fsspec

        file: BinaryIO = fsspec.open(path, "rb").open()
        return file
    except Exception as error:
        if is_remote(path):
            raise remote_damage(path, error) from error
        if isinstance(error, OSError):
            raise unreadable(error) from error
        raise NotReadable(f"{str(error).rstrip('.')}.", "Check the name of the file.") from error


def _chunks_of(path: str, start: int, end: int) -> Iterator[bytes]:
    left = end - start if end >= 0 else sys.maxsize
    file = sys.stdin.buffer if path == "-" else open_file(path)
    try:
        if start:
            file.seek(start)
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
    except OSError as error:
        raise unreadable(error) from error
    except Exception as error:
        if not is_remote(path):
            raise
        raise remote_damage(path, error) from error
    finally:
        if path != "-":
            file.close()


def packing_of(head: bytes) -> str:
    """How the data that begin with `head` are packed: gz, zst, bz2, xz, lz4, or "" for not at all.

    >>> packing_of(b"\\x1f\\x8b\\x08"), packing_of(b"Hujan")
    ('gz', '')
    """
    for magic, packing in _MAGIC:
        if head.startswith(magic):
            return packing
    # A skippable frame may stand first in a zstd file (pzstd writes one).
    return "zst" if len(head) >= 4 and head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50 else ""


def unpack(flow: Flow, packing: str) -> Flow:
    """The unpacked bytes of `flow`, all its members one after another. Raises Truncated or ArchiveBomb on the way."""
    meter = Meter()
    feed = _ZSTD_FEED if packing == "zst" else _FEED
    return Flow(_join(_unpack(_small(flow, feed, meter), packing, meter)), meter)


def _small(flow: Flow, size: int, meter: Meter) -> Iterator[bytes]:
    for chunk in flow:
        for at in range(0, len(chunk), size):
            part = chunk[at : at + size]
            meter.packed += len(part)
            yield part


def _join(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Chunks of a useful size; what came before the damage comes first."""
    held: list[bytes] = []
    size = 0
    damage: InputError | None = None
    try:
        for part in parts:
            held.append(part)
            size += len(part)
            if size >= CHUNK:
                yield b"".join(held)
                held, size = [], 0
    except InputError as error:
        damage = error
    if held:
        yield b"".join(held)
    if damage is not None:
        raise damage


def _unpack(parts: Iterator[bytes], packing: str, meter: Meter) -> Iterator[bytes]:
    make = _UNPACKERS[packing]
    unpacker = make()
    began = False
    for part in parts:
        data = part
        while data:
            if unpacker.eof:
                data = data.lstrip(b"\0") if packing in ("gz", "xz") else data
                if not data:
                    break
                unpacker, began = make(), False
            began = True
            for out in _feed(unpacker, data):
                meter.count(len(out))
                yield out
            data = unpacker.unused_data if unpacker.eof else b""
    if began and not unpacker.eof:
        raise Truncated("The packed data end too early.", "Fetch or copy the file again; what came before is kept.")


def _feed(unpacker: Any, data: bytes) -> Iterator[bytes]:
    try:
        out = unpacker.decompress(data, CHUNK)
        while out:
            yield out
            if unpacker.eof or (unpacker.needs_input and len(out) < CHUNK):  # zlib may hold more than it says
                break
            out = unpacker.decompress(b"", CHUNK)
    except (
        Exception
    ) as error:  # each library has its own: zlib.error, LZMAError, OSError, EOFError, RuntimeError, ZstdError
        raise Truncated(
            f"The packed data are damaged: {error}.", "Fetch or copy the file again; what came before is kept."
        ) from error


class _Gzip:
    """zlib with the face of bz2 and lzma."""

    def __init__(self) -> None:
        import zlib

        self._zlib = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, limit: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, limit)


class _Zstd:
    """zstandard with the face of bz2 and lzma; its output per call is bounded by the feed."""

    needs_input = True

    def __init__(self) -> None:
        import zstandard

        self._zstd = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj(write_size=1 << 16)

    @property
    def eof(self) -> bool:
        return bool(self._zstd.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._zstd.unused_data)

    def decompress(self, data: bytes, limit: int) -> bytes:
        return bytes(self._zstd.decompress(data))


def _bz2() -> Any:
    import bz2

    return bz2.BZ2Decompressor()


def _xz() -> Any:
    import lzma

    return lzma.LZMADecompressor(memlimit=1 << 30)


def _lz4() -> Any:
    import lz4.frame

    return lz4.frame.LZ4FrameDecompressor()


_UNPACKERS: dict[str, Callable[[], Any]] = {"gz": _Gzip, "zst": _Zstd, "bz2": _bz2, "xz": _xz, "lz4": _lz4}
