"""The errors of the package, as one small tree.

CleanerError
├── OptionError      an option, configuration key or phrase list is wrong (exit status 2)
├── MissingExtra     an optional package is needed; the message names the install command (exit status 2)
├── InputError       one input or record cannot be used. A run sets it aside and goes on, and raises the error only
│                    where nothing at all could be read (exit status 3)
├── OutputError      the output, its logs or the work directory cannot be read or written (exit status 3)
│   └── RefusedError a file or folder was not made by the cleaner, so it is not written or deleted (exit status 2)
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
    """Base of all errors that the package raises on purpose. The text of each is a sentence for people.

    >>> from cleaner import Options
    >>> try:
    ...     Options(keep_duplicate="oldest")
    ... except CleanerError as error:
    ...     print(error)
    keep_duplicate is 'oldest'; choose longest, earliest or first. Did you mean 'longest'?
    """


class OptionError(CleanerError):
    """An option, a configuration key or a phrase list is wrong."""


class MissingExtra(CleanerError, ImportError):
    """An optional package is not installed. It is an ImportError as well, so that code that tries an import catches it.

    >>> print(MissingExtra("polars", "polars", "The module"))
    The module needs the package polars. Install it with: pip install 'cruftless[polars]'
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(package, extra, purpose)  # the arguments and not the text, so that it can be pickled

    def __str__(self) -> str:
        package, extra, purpose = self.args
        return f"{purpose} needs the package {package}. Install it with: pip install 'cruftless[{extra}]'"


class InputError(CleanerError):
    """One input, or one record of it, cannot be used.

    `detail` says what is wrong, `advice` what to do next; both are sentences.

    >>> print(InputError("The file is empty.", "Leave it out."))
    The file is empty. Leave it out.
    """

    def __init__(self, detail: str, advice: str = "") -> None:
        super().__init__(detail, advice)  # both arguments, so that it can be pickled
        self.detail, self.advice = detail, advice

    def __str__(self) -> str:
        return f"{self.detail} {self.advice}".rstrip()


class OutputError(CleanerError):
    """The output, its logs or the work directory cannot be read or written."""


class RefusedError(OutputError):
    """A file or folder that would be written or deleted was not made by the cleaner. Nothing was made or changed."""


class WorkError(CleanerError):
    """The work directory is in use by another run, is damaged, or was made from other inputs."""


class EngineError(CleanerError):
    """Worker processes cannot be started, or die again and again without a record that causes it."""
