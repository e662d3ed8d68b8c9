"""Near-duplicates: shingles, signatures, bands, exact verification, keepers, and the saved index."""

from __future__ import annotations

from cleaner.dedup.duplicates import RULES, Duplicates, deduplicate
from cleaner.dedup.index import Index
from cleaner.dedup.rank import rank_articles
from cleaner.dedup.sketches import Sketches, from_lean_minhash, sketch, to_lean_minhash

__all__ = [
    "RULES",
    "Duplicates",
    "Index",
    "Sketches",
    "deduplicate",
    "from_lean_minhash",
    "rank_articles",
    "sketch",
    "to_lean_minhash",
]
