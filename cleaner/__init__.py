"""Cleaner turns scraped articles into a clean corpus: repaired, stripped, named, deduplicated, on record."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.article import Removal
    from cleaner.cleaned import Cleaned, clean, clean_html
    from cleaner.errors import CleanerError
    from cleaner.options import Options
    from cleaner.pipeline import Report, clean_corpus

__all__ = [
    "Cleaned",
    "CleanerError",
    "Options",
    "Removal",
    "Report",
    "__version__",
    "clean",
    "clean_corpus",
    "clean_html",
]
__version__ = "0.1.0"

_HOME = {
    "Cleaned": "cleaner.cleaned",
    "CleanerError": "cleaner.errors",
    "Options": "cleaner.options",
    "Removal": "cleaner.article",
    "Report": "cleaner.pipeline",
    "clean": "cleaner.cleaned",
    "clean_corpus": "cleaner.pipeline",
    "clean_html": "cleaner.cleaned",
}


def __getattr__(name: str) -> Any:
    """Public names are loaded when first used, so that `import cleaner` stays light."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
