"""A stream of records, such as a scraper hands over: one result for each, in bounded memory; then the copies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cleaner


def scraped() -> Iterator[dict[str, Any]]:
    """Records as they come; their fields have Indonesian names, which are known."""
    for path in sorted(Path("corpus/raw/feeds").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


kept = [article for article in cleaner.iter_clean(scraped()) if not article.dropped]
unique = cleaner.dedup(kept)
print(unique)
for gone in unique.dropped:
    print(f"{gone.id} goes for {gone.keeper}: {gone.rule}, Jaccard {gone.jaccard:.2f}")
