"""Compressed streams: all good bytes come out before the error, in bounded memory, whatever is cut or broken."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import tracemalloc
import zlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import lz4.frame
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import InputError
from cleaner.read.read_errors import ArchiveBomb, NotReadable, Truncated
from cleaner.read.stream import Stream, StreamFile, compression_of, decompress

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": partial(gzip.compress, compresslevel=1),
    "bz2": partial(bz2.compress, compresslevel=1),
    "xz": partial(lzma.compress, preset=0),
    "zst": zstandard.compress,
    "lz4": lz4.frame.compress,
}
FEED = 1 << 16  # compressed bytes given at a time; what came out of them is lost with a broken byte among them
BLOCK = 1 << 20  # bytes: more than a block of any of these formats, which comes out whole or not at all


@cache
def text(size: int) -> bytes:
    """Text of many different words, which compresses to about a third, so that a small file has many blocks."""
    rng = random.Random(size)
    words = [bytes(rng.choices(b"aiueonktrs", k=rng.randint(2, 9))) for _ in range(5000)]
    return b" ".join(rng.choices(words, k=size // 2))[:size]


@cache
def packed_text(compression: str, size: int) -> bytes:
    return COMPRESS[compression](text(size))


def outcome(data: bytes, compression: str, chunk: int = 1 << 20) -> tuple[bytes, str]:
    """What was delivered, and the name of the error behind it; the stream comes in chunks of some size."""
    parts = [data[at : at + chunk] for at in range(0, len(data), chunk)]
    out = bytearray()
    try:
        for part in decompress(Stream(iter(parts)), compression):
            out += part
    except InputError as error:
        return bytes(out), type(error).__name__
    return bytes(out), ""


def at_once(data: bytes, compression: str) -> bytes:
    """What the library makes of the beginning of one member in a single call."""
    decompressors: dict[str, Callable[[], Any]] = {
        "gz": lambda: zlib.decompressobj(wbits=31),
        "bz2": bz2.BZ2Decompressor,
        "xz": lzma.LZMADecompressor,
        "zst": zstandard.ZstdDecompressor().decompressobj,
        "lz4": lz4.frame.LZ4FrameDecompressor,
    }
    return bytes(decompressors[compression]().decompress(data))


SIZES = st.sampled_from([0, 1, 500, 70_000, 300_000])


@pytest.mark.parametrize("compression", COMPRESS)
@given(sizes=st.lists(SIZES, min_size=1, max_size=4), chunk=st.sampled_from([1, 700, 1 << 16, 1 << 20]))
@settings(deadline=None, max_examples=12)
def test_members_come_one_after_another(compression: str, sizes: list[int], chunk: int) -> None:
    whole = b"".join(map(text, sizes))
    data = b"".join(packed_text(compression, size) for size in sizes)
    assert compression_of(data) == compression
    chunk = chunk if len(data) < 5000 else max(chunk, 700)
    assert outcome(data, compression, chunk) == (whole, "")


@pytest.mark.parametrize("compression", COMPRESS)
@given(share=st.floats(0, 1, exclude_max=True), size=st.sampled_from([500, 300_000, 1_000_000]))
@settings(deadline=None, max_examples=15)
def test_a_cut_loses_nothing_that_stands_before_it(compression: str, share: float, size: int) -> None:
    packed = packed_text(compression, size)
    cut = packed[: 1 + int((len(packed) - 1) * share)]
    delivered, error = outcome(cut, compression)
    assert error == "Truncated"
    assert delivered == at_once(cut, compression)
    assert text(size).startswith(delivered)


@pytest.mark.parametrize("compression", COMPRESS)
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), size=st.sampled_from([500, 300_000, 1_000_000]))
@settings(deadline=None, max_examples=15)
def test_a_broken_byte_loses_what_is_read_with_it(compression: str, share: float, bit: int, size: int) -> None:
    packed = bytearray(packed_text(compression, size))
    at = int(len(packed) * share)
    packed[at] ^= 1 << bit
    delivered, error = outcome(bytes(packed), compression)
    assert error in ("Truncated", "")  # a bit that means nothing may be broken, or be noticed by nobody
    before = at_once(bytes(packed[: max(0, at - FEED)]), compression)
    assert delivered.startswith(before[: max(0, len(before) - BLOCK)])


@pytest.mark.parametrize("compression", COMPRESS)
def test_what_is_no_member_is_an_error_and_not_the_end(compression: str) -> None:
    packed, whole = packed_text(compression, 70_000), text(70_000)
    assert outcome(packed + b"rubbish", compression) == (whole, "Truncated")
    assert outcome(packed + b"r" + packed, compression)[1] == "Truncated"


@pytest.mark.parametrize("compression", COMPRESS)
def test_zeros_behind_a_member_are_padding(compression: str) -> None:
    packed, whole = packed_text(compression, 70_000), text(70_000)
    for padding in (1, 16, 512, 70_000):
        assert outcome(packed + bytes(padding) + packed, compression) == (whole * 2, "")
        assert outcome(packed + bytes(padding), compression, chunk=997) == (whole, "")


@pytest.mark.parametrize("compression", ["gz", "bz2", "xz", "zst"])
def test_a_bomb_ends_in_bounded_memory(compression: str) -> None:
    packed = COMPRESS[compression](bytes(160 << 20))
    tracemalloc.start()
    seen = 0
    with pytest.raises(ArchiveBomb):  # noqa: PT012, what came before it counts
        for part in decompress(Stream(iter([packed])), compression):
            seen += len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen <= 100 << 20
    assert peak < 80 << 20


@pytest.mark.parametrize("compression", COMPRESS)
def test_much_text_is_held_in_few_chunks(compression: str) -> None:
    packed = packed_text(compression, 1_000_000) * 20
    tracemalloc.start()
    size = sum(map(len, decompress(Stream(iter([packed])), compression)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 20_000_000
    assert peak < 12 << 20


def test_a_read_error_comes_behind_what_was_read() -> None:
    def chunks() -> Any:
        yield gzip.compress(b"satu")
        yield gzip.compress(b"dua")[:-3]
        raise NotReadable("The file cannot be read.", "Check the disk.")

    file = StreamFile(decompress(Stream(chunks()), "gz"))
    assert file.read() == b"satudua"
    assert isinstance(file.error, NotReadable)


def test_looking_at_the_beginning_takes_nothing() -> None:
    def chunks() -> Any:
        yield b"satu"
        yield b"dua"
        raise Truncated("It ends too early.", "Copy it again.")

    stream = Stream(chunks())
    assert [stream.head(size) for size in (2, 5, 99, 1)] == [b"sa", b"satud", b"satudua", b"s"]
    assert isinstance(stream.error, Truncated)
    seen = []
    with pytest.raises(Truncated):  # noqa: PT012, what came before it counts
        for chunk in stream:
            seen.append(chunk)
    assert b"".join(seen) == b"satudua"
