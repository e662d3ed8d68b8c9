"""Near-duplicates: shingles, signatures, bands, exact verification, keepers, and the saved index.

The package can be called: `cleaner.dedup(articles)` is `cleaner.dedup.articles.dedup`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from cleaner.dedup.articles import Duplicate, Pair, Unique, dedup
from cleaner.dedup.duplicates import RULES, Duplicates, deduplicate
from cleaner.dedup.index import Index
from cleaner.dedup.rank import rank_articles
from cleaner.dedup.sketches import Sketches, from_lean_minhash, sketch, to_lean_minhash

__all__ = [
    "RULES",
    "Duplicate",
    "Duplicates",
    "Index",
    "Pair",
    "Sketches",
    "Unique",
    "dedup",
    "deduplicate",
    "from_lean_minhash",
    "rank_articles",
    "sketch",
    "to_lean_minhash",
]


class _Callable(ModuleType):
    """This package, called like the function that shares its name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Unique[Any]:
        return dedup(*args, **kwargs)


_Callable.__call__.__doc__ = dedup.__doc__
sys.modules[__name__].__class__ = _Callable
