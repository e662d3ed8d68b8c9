"""Read bytes in chunks of bounded size from local files, ranges of them, stdin and remote files, and decompress
them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

from cleaner.errors import InputError
from cleaner.read.files import is_remote, remote_error
from cleaner.read.read_errors import ArchiveBomb, NotReadable, Truncated, unreadable

__all__ = ["ByteCounter", "Stream", "StreamFile", "Window", "compression_of", "decompress", "open_file", "open_stream"]

CHUNK = 1 << 20
"""Bytes of a chunk: what is read from a file at a time, and the most that one call of a decompressor returns."""
_FEED = 1 << 16
"""Compressed bytes given to a decompressor in one call. When it meets an error, the output of so many bytes is lost at
most."""
_ZSTD_FEED = 1 << 10
"""The same for zstandard, whose calls have no limit for their output: 4 bytes may become 128 KiB, 1 KiB 32 MiB."""
_BOMB_FLOOR = 64 << 20
"""Decompressed bytes that are never taken for a bomb."""
_BOMB_RATIO = 200
"""More decompressed bytes than this for each compressed one are a bomb. Text shrinks 3 to 20 times and very repetitive
JSON up to 100 times; deflate cannot exceed 1,032."""

_MAGIC = (
    (b"\x1f\x8b", "gz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x04\x22\x4d\x18", "lz4"),
)
"""First bytes of compressed data, and the compression."""
_CRAWL = b"WARC/"
"""How the records of a crawl begin; each is a compressed member, so that reading can go on at the next one."""
_HELD = 4 << 20
"""Compressed bytes of a member of a crawl that are searched for the next member where it turns out to be damaged."""


class ByteCounter:
    """Counts bytes before and after decompression, and raises ArchiveBomb when the second outgrow the first."""

    def __init__(self) -> None:
        self.compressed = 0
        self.decompressed = 0

    def parts(self, stream: Stream, size: int) -> Iterator[bytes]:
        """Yield the compressed bytes of a stream in parts of at most `size` bytes, counted as they are taken."""
        for chunk in stream:
            for at in range(0, len(chunk), size):
                part = chunk[at : at + size]
                self.compressed += len(part)
                yield part

    def add(self, decompressed: int) -> None:
        """Count bytes that came out."""
        self.decompressed += decompressed
        if self.decompressed > _BOMB_FLOOR and self.decompressed > _BOMB_RATIO * max(self.compressed, 1):
            raise ArchiveBomb(
                f"The data unpack to more than {_BOMB_RATIO} times their size.",
                "If this is right, unpack the file yourself and give the result.",
            )


class Stream:
    """An iterator over chunks of bytes whose beginning can be looked at before it is taken.

    A read error is raised when all chunks before it were taken, so that no good data are lost. `error` is one that was
    met while looking at the beginning.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._head: list[bytes] = []
        self.error: InputError | None = None

    def head(self, size: int) -> bytes:
        """Return the first `size` bytes, or fewer where the stream is shorter. They stay in the stream."""
        have = sum(map(len, self._head))
        while have < size and self.error is None:
            try:
                chunk = next(self._chunks, b"")
            except InputError as error:
                self.error = error
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
        if self.error is not None:
            raise self.error
        yield from self._chunks


class StreamFile(io.RawIOBase):
    """A stream as a readable file, for libraries that want one.

    To the library a read error looks like the end of the file, since its own message would hide the cause. The error is
    kept in `error`, where the caller has to look.
    """

    def __init__(self, stream: Stream) -> None:
        self._chunks = iter(stream)
        self._rest = memoryview(b"")
        self._at = 0
        self.error: InputError | None = None

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                chunk = next(self._chunks, None)
            except InputError as error:
                self.error = error
                return 0
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self._at += size
        return size


class Window:
    """The part of a stream that a reader looks at: `buffer`, with the place `at` in it.

    `base` is the offset of the buffer in the stream, `error` what ended the stream before its end, if anything did.
    """

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._chunks = iter(stream)
        self.buffer = b""
        self.at = self.base = 0
        self.ended = False
        self.error: InputError | None = None

    @property
    def have(self) -> int:
        """Bytes in the buffer from the place on."""
        return len(self.buffer) - self.at

    def fill(self, size: int) -> bool:
        """Have `size` bytes from the place on, if the stream has as many; what stands before the place is dropped."""
        have = self.have
        if have >= size or self.ended:
            return have >= size
        parts = [self.buffer[self.at :]]
        while have < size and not self.ended:
            try:
                chunk = next(self._chunks, b"")
            except InputError as error:
                self.error, chunk = error, b""
            self.ended = not chunk
            parts.append(chunk)
            have += len(chunk)
        self.base += self.at
        self.buffer, self.at = b"".join(parts), 0
        return have >= size

    def more(self) -> bool:
        """Read as much again as there is; False if the end was known already."""
        if self.ended:
            return False
        self.fill(2 * max(self.have, CHUNK // 2))
        return True


def open_stream(path: str, start: int = 0, end: int = -1) -> Stream:
    """Return the bytes of `path` ("-" is stdin) from offset `start` to `end`; -1 is the end of the file.

    The file is opened when the first chunk is taken, and InputError is raised there.
    """
    return Stream(_chunks_of(path, start, end))


def open_file(path: str) -> BinaryIO:
    """Return `path` as a seekable binary file. Raises InputError."""
    try:
        if not is_remote(path):
            return open(path, "rb")
        import fsspec

        file: BinaryIO = fsspec.open(path, "rb").open()
        return file
    except Exception as error:  # each remote service has errors of its own
        if is_remote(path):
            raise remote_error(path, error) from error
        if isinstance(error, OSError):
            raise unreadable(error) from error
        raise NotReadable(f"{str(error).rstrip('.')}.", "Check the name of the file.") from error


def _chunks_of(path: str, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes of a file from `start` to `end`, or to its end where that is -1. Raises InputError."""
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
    except Exception as error:  # each remote service has errors of its own
        if not is_remote(path):
            raise
        raise remote_error(path, error) from error
    finally:
        if path != "-":
            file.close()


def compression_of(head: bytes) -> str:
    """Return the compression of data that begin with `head`: gz, zst, bz2, xz, lz4, or "" for not at all.

    >>> compression_of(b"\\x1f\\x8b\\x08"), compression_of(b"Hujan")
    ('gz', '')
    """
    for magic, compression in _MAGIC:
        if head.startswith(magic):
            return compression
    # A skippable frame may stand first in a zstd file (pzstd writes one).
    return "zst" if len(head) >= 4 and head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50 else ""


def decompress(stream: Stream, compression: str, *, crawl: bool = False) -> Stream:
    """Return the decompressed bytes of `stream`, all its members one after another.

    Where the data are cut or broken, Truncated is raised behind the last good byte; ArchiveBomb is raised where they
    grow beyond belief. Memory stays within a few chunks, however much comes out. Where the data are those of a `crawl`,
    which shows by their beginning as well, the `rest` of the Truncated are those from the next whole record on.
    """
    return Stream(_in_chunks(_decompressed(stream, compression, crawl)))


def _in_chunks(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the parts joined into chunks of at least CHUNK bytes. Bytes before an error are yielded before it is
    raised."""
    held: list[bytes] = []
    size = 0
    error: InputError | None = None
    try:
        for part in parts:
            held.append(part)
            size += len(part)
            if size >= CHUNK:
                yield b"".join(held)
                held, size = [], 0
    except InputError as raised:
        error = raised
    if held:
        yield b"".join(held)
    if error is not None:
        raise error


def _decompressed(stream: Stream, compression: str, crawl: bool) -> Iterator[bytes]:
    """Yield the decompressed bytes of all members of a stream, as the decompressor gives them.

    This uses the libraries' decompressor objects, because their file objects hide errors: for BZ2File and LZMAFile the
    file ends at any bytes that begin no member, so that they drop a member behind padding; zstandard's stream_reader
    ends without an error where the data are cut.
    """
    make_decompressor, feed, limit = _decompressor(compression)
    counter = ByteCounter()
    parts = counter.parts(stream, feed)
    held = bytearray()  # the compressed bytes of this member, for crawls alone
    member: Any = None
    try:
        for data in parts:
            while data:
                if member is None:
                    # A file may be padded with zeros behind a member, to fill the blocks of a tape or a disk.
                    data = data if compression in ("zlib", "deflate") else data.lstrip(b"\0")
                    if not data:
                        break
                    member = make_decompressor()
                    held.clear()
                if crawl or not counter.decompressed:
                    del held[: len(held) + len(data) - _HELD]
                    held += data
                for out in _output(member, data, limit):
                    crawl = crawl or (not counter.decompressed and out.startswith(_CRAWL))
                    counter.add(len(out))
                    yield out
                data, member = (member.unused_data, None) if member.eof else (b"", member)
        if member is not None:
            raise Truncated("The packed data end too early.", "Fetch or copy the file again; what came before is kept.")
    except Truncated as error:
        if crawl and compression in ("gz", "zst"):
            error.rest = decompress(Stream(_from_next_member(bytes(held), parts, compression)), compression, crawl=True)
        raise


def _from_next_member(held: bytes, parts: Iterator[bytes], compression: str) -> Iterator[bytes]:
    """Yield compressed data from the next member that begins a record of a crawl, searched for behind the first byte of
    `held`."""
    make_decompressor, _, limit = _decompressor(compression)
    magic = next(magic for magic, name in _MAGIC if name == compression)
    at = 1
    while True:
        at = held.find(magic, at)
        if at < 0 or len(held) - at < 1 << 12:  # enough to see how the member begins
            more = next(parts, b"")
            if more:
                held = held[at if at >= 0 else max(1, len(held) - len(magic)) :] + more
                at = 0
                continue
            if at < 0:
                return
        try:
            # The magic is 3 or 4 bytes, which compressed data hold by chance as well.
            if make_decompressor().decompress(held[at : at + (1 << 12)], *limit).startswith(_CRAWL):
                break
        except Exception:  # whatever a decompressor says of bytes that begin no member
            pass
        at += 1
    yield from chain([held[at:]], parts)


def _output(member: Any, data: bytes, limit: tuple[int, ...]) -> Iterator[bytes]:
    """Yield all that a decompressor makes of `data`, at most CHUNK bytes a call where it takes a limit."""
    try:
        while out := member.decompress(data, *limit):
            yield out
            # zlib hands back the input for which there was no room; bz2, lzma and lz4 keep it, and ask for none.
            data = getattr(member, "unconsumed_tail", b"")
            pending = data or not getattr(member, "needs_input", True) or len(out) >= CHUNK  # zlib may hold output
            if member.eof or not pending:
                break
    except Exception as error:  # zlib.error, OSError, EOFError, LZMAError, RuntimeError or ZstdError
        raise Truncated(
            f"The packed data are damaged: {error}.", "Fetch or copy the file again; what came before is kept."
        ) from error


def _decompressor(compression: str) -> tuple[Callable[[], Any], int, tuple[int, ...]]:
    """Return (a function that makes a decompressor, bytes to give it at a time, the limit for its output as its
    arguments)."""
    match compression:
        case "gz":
            import zlib

            return partial(zlib.decompressobj, wbits=31), _FEED, (CHUNK,)  # 31: with the header and checksum of gzip
        case "zlib" | "deflate":  # bodies of HTTP alone
            import zlib

            # -15: without header and checksum, as some servers understand what HTTP calls deflate.
            return partial(zlib.decompressobj, wbits=15 if compression == "zlib" else -15), _FEED, (CHUNK,)
        case "bz2":
            import bz2

            return bz2.BZ2Decompressor, _FEED, (CHUNK,)
        case "xz":
            import lzma

            # xz -9 needs 65 MiB; a hostile header may ask for 4 GiB.
            return partial(lzma.LZMADecompressor, memlimit=1 << 30), _FEED, (CHUNK,)
        case "lz4":
            import lz4.frame

            return lz4.frame.LZ4FrameDecompressor, _FEED, (CHUNK,)
        case _:
            import zstandard

            def zstd() -> Any:
                # 128 MiB is the largest window that `zstd` itself reads without being told to.
                return zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj(write_size=1 << 16)

            return zstd, _ZSTD_FEED, ()
