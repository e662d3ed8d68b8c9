"""Cleaner turns scraped articles into a clean corpus: repaired, stripped, named, deduplicated, on record."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    "Cleaned": "cleaner.api",
    "CleanerError": "cleaner.errors",
    "Duplicate": "cleaner.api",
    "Options": "cleaner.options",
    "Pair": "cleaner.api",
    "Removal": "cleaner.article",
    "Report": "cleaner.corpus.clean",
    "DedupResult": "cleaner.api",
    "clean": "cleaner.api",
    "clean_corpus": "cleaner.corpus.clean",
    "clean_html": "cleaner.api",
    "dedup": "cleaner.api",
    "iter_clean": "cleaner.api",
    "read_options": "cleaner.options",
}


def __getattr__(name: str) -> Any:
    """Public names are loaded when first used, so that `import cleaner` stays light."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'cleaner' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, whether they are loaded or not."""
    return sorted({*globals(), *__all__})
