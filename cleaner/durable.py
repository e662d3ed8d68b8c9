"""Write files that appear under their names only when they are complete and on disk; sealed files carry a checksum."""

from __future__ import annotations

import io
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

import xxhash

from cleaner.errors import OutputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = [
    "PART",
    "TRAILER_BYTES",
    "SealedFile",
    "is_intact",
    "read_sealed",
    "refusal",
    "remove_parts",
    "replacing",
    "sealing",
]

PART = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{32}\.part")
"""The name of a file under way; `name` is the one that it gets."""

_TRAILER = b"CLEANED1"
"""The last bytes of a sealed file, behind the checksum of all that stands before them."""

TRAILER_BYTES = 16 + len(_TRAILER)  # a digest of xxh3 has 128 bits


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a binary file that takes the place of `path` in one step when the block ends well, and is removed otherwise.

    It is on the disk (fsync) before it gets its name, so that `path` is never half a file. Raises OutputError when the
    system refuses to write it.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")  # in a shared folder a process id is not unique
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):  # errors of the block itself keep their kind
            raise OutputError(refusal(path, error)) from error
        raise


def remove_parts(path: Path) -> None:
    """Remove what `replacing` left beside a file, or all that it left in a folder, in a process that was killed."""
    folder, name = (path, "") if path.is_dir() else (path.parent, path.name)
    with suppress(OSError):  # a folder that is not there has none
        for entry in list(folder.iterdir()):
            if (match := PART.fullmatch(entry.name)) and name in ("", match["name"]):
                entry.unlink()


def refusal(path: Path, error: OSError) -> str:
    """Return the message for people when `path` cannot be written."""
    return (
        f"{path} could not be written: {error.strerror or error}. Free some space, or choose another place; "
        "the same command then goes on where it stood."
    )


@contextmanager
def sealing(path: Path) -> Iterator[SealedFile]:
    """Give a file as `replacing` does; the checksum of its content is added at its end."""
    with replacing(path) as out:
        sealed = SealedFile(out)
        yield sealed
        out.write(sealed.checksum.digest() + _TRAILER)


def read_sealed(path: Path) -> bytes:
    """Return the content of a file that `sealing` made, without its checksum, which is not compared (see
    `is_intact`)."""
    return path.read_bytes()[:-TRAILER_BYTES]


@dataclass(eq=False)
class SealedFile(io.RawIOBase):
    """A binary file under way that keeps the checksum of what is written to it.

    Flushing or closing it does nothing to `file`, which stays open for the checksum behind the content.
    """

    file: IO[bytes]
    checksum: xxhash.xxh3_128 = field(default_factory=xxhash.xxh3_128)

    def write(self, data: ReadableBuffer) -> int:
        """Write bytes and add them to the checksum. Returns how many."""
        self.checksum.update(data)
        return self.file.write(data)

    def writable(self) -> bool:
        """Return True; pyarrow checks this."""
        return True

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.file.tell()


def is_intact(path: Path) -> bool:
    """Return True if a sealed file is as it was written: its content has the checksum that it carries."""
    checksum = xxhash.xxh3_128()
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size - TRAILER_BYTES
        while left > 0 and (chunk := file.read(min(left, 1 << 20))):
            checksum.update(chunk)
            left -= len(chunk)
        return left == 0 and file.read() == checksum.digest() + _TRAILER
