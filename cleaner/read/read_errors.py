"""Read errors: what can be wrong with one input. The name of the class stands in `rejected.jsonl`.

InputError
├── NotFound         no file, folder or pattern of this name
├── NotReadable      the system refuses to open or read it
├── SymlinkLoop      a link that leads to itself
├── LinkOutside      a link that leads out of the inputs, which is not followed unless --follow-links says so
├── ChangedWhileRead the file is not as it was when it was listed
├── MadeByCleaner    the logs of a run, its work directory or an index, named as an input
├── UnknownFormat    neither the name nor the content says what it is
├── BinaryFile       not text (an image, a PDF, a program, a database ...)
├── EmptyFile        no text in the whole file
├── EmptyText        a record whose text is empty
├── NoText           a record without any field that can hold the text
├── BrokenJson, BrokenCsv, BrokenTable, BrokenWarc, BrokenFeed
├── BrokenColumn     columns of a table beside its texts, which are read without them
├── Truncated        compressed data that ends too early, or is damaged
├── TooLarge         a record above `max_record_bytes`
├── ArchiveBomb      compressed data that grow beyond belief, or are nested too deeply
├── Unreadable       a reader failed in a way that nobody foresaw
└── NoArticle        what every crawl holds beside articles; it is logged and does not count as a failure
    ├── OwnFile      a log, a report page or a dataset card of Cleaner in an archive
    ├── PagePart     an image, a script, a style sheet beside saved pages, or a file of the folder that a page has
    ├── SystemFile   what an operating system writes into every folder
    ├── RepeatedHead the names of the columns once more, between the rows of tables that were joined
    ├── NotText      a web response that is not a text
    ├── HttpStatus   a web response that is an error page or a redirect
    └── NoContent    a web response without content
"""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.article import Reject
from cleaner.errors import CleanerError, InputError

__all__ = [
    "SKIPPED",
    "ArchiveBomb",
    "BinaryFile",
    "BrokenColumn",
    "BrokenCsv",
    "BrokenFeed",
    "BrokenJson",
    "BrokenTable",
    "BrokenWarc",
    "ChangedWhileRead",
    "EmptyFile",
    "EmptyText",
    "HttpStatus",
    "LinkOutside",
    "MadeByCleaner",
    "NoArticle",
    "NoContent",
    "NoText",
    "NotFound",
    "NotReadable",
    "NotText",
    "OwnFile",
    "PagePart",
    "RepeatedHead",
    "SymlinkLoop",
    "SystemFile",
    "TooLarge",
    "Truncated",
    "UnknownFormat",
    "Unreadable",
    "as_input_error",
    "reject",
    "too_large",
    "unreadable",
]


class NotFound(InputError):
    """No file, folder or pattern of this name."""


class NotReadable(InputError):
    """The system refuses to open or read it."""


class SymlinkLoop(InputError):
    """A link that leads to itself."""


class LinkOutside(InputError):
    """A link that leads out of the inputs."""


class ChangedWhileRead(InputError):
    """The file is not as it was when it was listed."""


class MadeByCleaner(InputError):
    """The logs of a run, its work directory or an index."""


class UnknownFormat(InputError):
    """Neither the name nor the content says what it is."""


class BinaryFile(InputError):
    """Not text."""


class EmptyFile(InputError):
    """No text in the whole file."""


class EmptyText(InputError):
    """A record whose text is empty."""


class NoText(InputError):
    """A record without any field that can hold the text."""


class BrokenFeed(InputError):
    """A feed of which no entry can be read, or the last one not, because it is cut."""


class BrokenJson(InputError):
    """Not JSON, or not an object."""


class BrokenCsv(InputError):
    """A row that cannot be told from its neighbours, or does not fit the header."""


class BrokenTable(InputError):
    """A Parquet or Arrow file that cannot be read."""


class BrokenColumn(BrokenTable):
    """Columns of a table beside its texts that cannot be read; the texts are read without them."""


class BrokenWarc(InputError):
    """A WARC record that cannot be read."""


class Truncated(InputError):
    """Compressed data that ends too early, or is damaged. `rest` is what can be read behind the damage, if known."""

    rest: Iterable[bytes] | None = None


class TooLarge(InputError):
    """A record above `max_record_bytes`."""


class ArchiveBomb(InputError):
    """Compressed data that grow beyond belief, or are nested too deeply."""


class Unreadable(InputError):
    """A reader failed in a way that nobody foresaw."""


class NoArticle(InputError):
    """A file or record of a crawl that is no article."""


class OwnFile(NoArticle):
    """A log, a report page or a dataset card of Cleaner, in an archive."""


class PagePart(NoArticle):
    """A part of a saved page: an image, a script, a style sheet."""


class SystemFile(NoArticle):
    """A file that an operating system writes into folders."""


class RepeatedHead(NoArticle):
    """The names of the columns once more."""


class NotText(NoArticle):
    """A web response that is not a text."""


class HttpStatus(NoArticle):
    """A web response that is an error page or a redirect."""


class NoContent(NoArticle):
    """A web response without content."""


SKIPPED = frozenset(kind.__name__ for kind in NoArticle.__subclasses__())
"""Names of the errors that are logged as any other, and counted as skipped instead of failed."""


def reject(source: str, record: int, error: InputError) -> Reject:
    """Return the row of `rejected.jsonl` for `error`."""
    return Reject(source, record, type(error).__name__, error.detail, error.advice)


def as_input_error(error: Exception) -> InputError:
    """Return whatever a reader raised as a read error, so that one record or file never ends a run.

    Raises the error itself where it is not about the input: one of Cleaner's, such as a missing package, and a refusal
    of memory, after which the worker ends and the record is tried again in a fresh one.
    """
    if isinstance(error, InputError):
        return error
    if isinstance(error, CleanerError | MemoryError):
        raise error
    if isinstance(error, OSError) and error.errno:
        return unreadable(error)
    reason = " ".join(str(error).split())[:200].rstrip(".")
    return Unreadable(
        f"The reader failed: {type(error).__name__}{': ' * bool(reason)}{reason}.",
        "Look at the file; if it is sound, please report this with the file.",
    )


def unreadable(error: OSError) -> InputError:
    """Return an error of the system as a read error, with what the person can do."""
    # An error that a library raises itself may have no number, or no text at all.
    reason = error.strerror or str(error) or type(error).__name__
    if isinstance(error, FileNotFoundError):
        return NotFound(f"There is no such file: {reason}.", "Check the name; a link may point to nothing.")
    if isinstance(error, PermissionError):
        return NotReadable(
            f"The file may not be read: {reason}.", "Give this user the right to read it, and run again."
        )
    return NotReadable(f"The file cannot be read: {reason}.", "Check the disk or the network, and run again.")


def too_large(limit: int) -> TooLarge:
    """Return the error for a record that is longer than `limit` bytes."""
    return TooLarge(f"The record is larger than {limit:,} bytes.", "Raise --max-record-bytes if it is one article.")
