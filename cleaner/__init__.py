"""Cleaner turns scraped articles into a clean corpus: repaired, stripped, deduplicated, each decision on record."""

from __future__ import annotations

from importlib import import_module

# Not imported from `typing`: with `python -m cleaner` this file runs while the current folder, which may hold a
# typing.py, is still searched first. `importlib` is loaded by then.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from cleaner.api import Cleaned, DedupResult, Duplicate, Pair, clean, clean_html, dedup, iter_clean
    from cleaner.article import Removal
    from cleaner.corpus.clean import Report, clean_corpus
    from cleaner.errors import CleanerError
    from cleaner.options import Options, read_options

__all__ = [
    "Cleaned",
    "CleanerError",
    "DedupResult",
    "Duplicate",
    "Options",
    "Pair",
    "Removal",
    "Report",
    "__version__",
    "clean",
    "clean_corpus",
    "clean_html",
    "dedup",
    "iter_clean",
    "read_options",
]
__version__ = "0.1.0"

_HOME = {
    "cleaner.api": ("Cleaned", "DedupResult", "Duplicate", "Pair", "clean", "clean_html", "dedup", "iter_clean"),
    "cleaner.article": ("Removal",),
    "cleaner.corpus.clean": ("Report", "clean_corpus"),
    "cleaner.errors": ("CleanerError",),
    "cleaner.options": ("Options", "read_options"),
}
"""The module that defines each public name."""


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that `import cleaner` takes a few milliseconds."""
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'cleaner' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, whether they are loaded or not."""
    return sorted({*globals(), *__all__})
