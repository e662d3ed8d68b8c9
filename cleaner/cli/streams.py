"""What a command does with the streams and signals of its process, and puts back when it ends."""

from __future__ import annotations

import io
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, cast

__all__ = ["ShownText", "sigterm_as_interrupt", "terminal_safe"]

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys instead of showing them: C0 and C1 but for the line end and the tab, and the marks
that turn the direction of what follows. A field, header or file name of the input may hold any of them."""

OUR_STYLES = re.compile("(\x1b\\[(?:[0-2]|3[1-3])m)")
"""The styles of our own commands on stdout: reset, bold, dim, red, green and yellow."""


class ShownText(io.TextIOWrapper):
    """Text for a terminal: a character that it would obey is written as an escape such as `\\u001b`.

    That is an escape of JSON as well, so lines of JSON keep their meaning. `original` is the stream that this one
    stands in for. Bytes that are written to `buffer`, such as the records of `-o -`, pass as they are; on a terminal
    they are shown in the same way as text.
    """

    def __init__(self, original: io.TextIOWrapper, *, styled: bool) -> None:
        original.flush()
        # With ASCII, click would write around this object, by a stream of its own in UTF-8.
        encoding = (
            "utf-8" if original.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968") else original.encoding
        )
        super().__init__(original.buffer, encoding, "backslashreplace", line_buffering=original.line_buffering)
        self.original, self._styled = original, styled

    @property
    def buffer(self) -> BinaryIO:
        """Where bytes are written."""
        return cast(BinaryIO, _ShownBytes(self) if self._styled else self.original.buffer)

    def write(self, text: str) -> int:
        """Write text that is shown. Returns its length, as it was given."""
        if OBEYED.search(text):
            parts = OUR_STYLES.split(text) if self._styled else [text]  # each second part is a style
            parts[::2] = [OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", part) for part in parts[::2]]
            super().write("".join(parts))
        else:
            super().write(text)
        return len(text)


class _ShownBytes:
    """Bytes of UTF-8 for a terminal, in whole lines, which are shown as text is."""

    def __init__(self, shown: ShownText) -> None:
        self._shown = shown
        self.flush, self.fileno = shown.flush, shown.fileno

    def write(self, data: bytes | memoryview) -> int:
        """Write lines. Returns the number of bytes."""
        self._shown.write(bytes(data).decode("utf-8", "backslashreplace"))
        return len(data)

    def writelines(self, lines: Iterable[bytes | memoryview]) -> None:
        """Write one line after the other."""
        for line in lines:
            self.write(line)


@contextmanager
def terminal_safe() -> Iterator[None]:
    """Let nothing reach the terminal in this block that it would obey, whatever command, library or error writes it.

    Streams that are no text over bytes, such as those of a notebook, stay as they are.
    """
    kept = sys.stdout, sys.stderr
    # stderr holds messages only, and they have no style; a style on stdout needs a terminal.
    for name, stream, styled in (
        ("stdout", kept[0], kept[0] is not None and kept[0].isatty()),
        ("stderr", kept[1], False),
    ):
        if isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, ShownText(stream, styled=styled))
    ours = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept
        for stream in ours:
            if isinstance(stream, ShownText):
                with suppress(OSError, ValueError):  # nobody reads on, or a test has closed it
                    stream.detach()  # which flushes; the bytes below belong to the original


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Within this block SIGTERM raises KeyboardInterrupt, as Ctrl+C does.

    The workers are ended and the message says how to go on. Only the main thread may set a handler, and one that
    somebody else has set stays.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # which raises KeyboardInterrupt
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
