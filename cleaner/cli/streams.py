"""Make the streams and signals of a process safe for a command, and restore them when it ends."""

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
"""Characters that a terminal obeys instead of showing them: C0 and C1 without the line end and the tab, and the marks
that turn the direction of text. A field, header or file name of the input may hold any of them."""

OUR_STYLES = re.compile("(\x1b\\[(?:[0-2]|3[1-3])m)")
"""The styles that the commands use on stdout: reset, bold, dim, red, green and yellow."""


class ShownText(io.TextIOWrapper):
    """A text stream that writes characters which a terminal would obey as escapes such as `\\u001b`.

    That is an escape of JSON as well, so lines of JSON keep their meaning. `original` is the stream that this one
    replaces. Bytes that are written to `buffer`, such as the records of `-o -`, are not changed, except on a terminal.
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
        """The stream for bytes."""
        return cast(BinaryIO, _ShownBytes(self) if self._styled else self.original.buffer)

    def write(self, text: str) -> int:
        """Write a text, escaped. Returns its length without the escapes."""
        if OBEYED.search(text):
            parts = OUR_STYLES.split(text) if self._styled else [text]  # each second part is a style
            parts[::2] = [OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", part) for part in parts[::2]]
            super().write("".join(parts))
        else:
            super().write(text)
        return len(text)


class _ShownBytes:
    """A stream that takes bytes of UTF-8 in whole lines, and writes them to a terminal as text."""

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
    """Within this block, escape everything that a terminal would obey, whatever command, library or error writes it.

    Streams that do not encode to bytes, such as those of a notebook, are not changed.
    """
    kept = sys.stdout, sys.stderr
    # stderr gets messages without styles; stdout gets styles only on a terminal.
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
                with suppress(OSError, ValueError):  # the reader, or a test, has closed it
                    stream.detach()  # which flushes; the buffer belongs to the original


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Within this block SIGTERM, and SIGHUP of a terminal that is closed, raise KeyboardInterrupt, as Ctrl+C does.

    So the workers are ended, and a message says how to continue. Only the main thread may set a handler, and a handler
    that is set already, such as that of nohup for SIGHUP, is kept.
    """
    signals = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        signals = []

    for number in signals:
        signal.signal(number, signal.default_int_handler)  # which raises KeyboardInterrupt
    try:
        yield
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_DFL)
