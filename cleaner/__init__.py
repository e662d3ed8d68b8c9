"""Cleaner turns scraped articles into a clean corpus: repaired, stripped, named, deduplicated, on record."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.article import Removal
    from cleaner.cleaned import Cleaned, clean, clean_html, iter_clean
    from cleaner.config import read_options
    from cleaner.dedup.articles import Duplicate, Pair, Unique, dedup
    from cleaner.errors import CleanerError
    from cleaner.options import Options
    from cleaner.pipeline import Report, clean_corpus

__all__ = [
    "Cleaned",
    "CleanerError",
    "Duplicate",
    "Options",
    "Pair",
    "Removal",
    "Report",
    "Unique",
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
    "Cleaned": "cleaner.cleaned",
    "CleanerError": "cleaner.errors",
    "Duplicate": "cleaner.dedup.articles",
    "Options": "cleaner.options",
    "Pair": "cleaner.dedup.articles",
    "Removal": "cleaner.article",
    "Report": "cleaner.pipeline",
    "Unique": "cleaner.dedup.articles",
    "clean": "cleaner.cleaned",
    "clean_corpus": "cleaner.pipeline",
    "clean_html": "cleaner.cleaned",
    "iter_clean": "cleaner.cleaned",
    "read_options": "cleaner.config",
}


def __getattr__(name: str) -> Any:
    """Public names are loaded when first used, so that `import cleaner` stays light."""
    if name == "dedup":  # a package that can be called
        return import_module("cleaner.dedup")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'cleaner' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, whether they are loaded or not."""
    return sorted({*globals(), *__all__})
