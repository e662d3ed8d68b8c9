"""Everything that can go wrong, as one small tree.

CleanerError
├── OptionError      an option, configuration key or phrase list is wrong (exit status 2)
├── MissingExtra     an optional package is needed; the message names the install command (exit status 2)
├── InputError       one input or record cannot be used; it is set aside and the run goes on. A run that could read
│                    nothing at all raises it (exit status 3)
├── OutputError      the output, its logs or the work directory cannot be read or written (exit status 3)
│   └── RefusedError a file or folder is not this run's own, so it is not written or deleted (exit status 2)
├── WorkError        the work directory is in use, or was made from other inputs (exit status 2)
└── EngineError      worker processes cannot be started, or die again and again (exit status 3)
"""

from __future__ import annotations

__all__ = [
    "CleanerError",
    "EngineError",
    "InputError",
    "MissingExtra",
    "OptionError",
    "OutputError",
    "RefusedError",
    "WorkError",
]


class CleanerError(Exception):
    """Base of all errors that Cleaner raises on purpose. Its text is a sentence for people.

    >>> issubclass(OptionError, CleanerError)
    True
    """


class OptionError(CleanerError):
    """An option, a configuration key or a phrase list is wrong."""


class MissingExtra(CleanerError, ImportError):
    """An optional package is not installed. An ImportError too, so that code that tries an import can catch it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(package, extra, purpose)  # args, and no text, so that a worker can pickle it

    def __str__(self) -> str:
        package, extra, purpose = self.args
        return f"{purpose} needs the package {package}. Install it with: pip install 'cruftless[{extra}]'"


class InputError(CleanerError):
    """One input, or one record of it, cannot be used.

    `detail` says what is wrong, `advice` what to do next; both are sentences.
    """

    def __init__(self, detail: str, advice: str = "") -> None:
        super().__init__(detail, advice)  # both, so that a worker can pickle it
        self.detail, self.advice = detail, advice

    def __str__(self) -> str:
        return f"{self.detail} {self.advice}".rstrip()


class OutputError(CleanerError):
    """The output, its logs or the work directory cannot be read or written."""


class RefusedError(OutputError):
    """A file or folder that a run would write or delete is not its own. Nothing was made or changed."""


class WorkError(CleanerError):
    """The work directory is in use by another run, or was made by a run with other options."""


class EngineError(CleanerError):
    """Worker processes cannot be started, or die again and again where no record is to blame."""
