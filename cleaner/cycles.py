"""Let Python look for cycles of objects seldom. Articles hold none, and each look goes through all that they hold."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["COLLECT_AFTER", "rare_collections"]

COLLECT_AFTER = 100_000
"""New objects after which Python looks for cycles. So many small objects take some 10 MB."""


@contextmanager
def rare_collections(after: int = COLLECT_AFTER, *, at_the_end: bool = True) -> Iterator[None]:
    """Look for cycles of objects after so many new ones, and put the threshold back.

    After each 700 new objects, Python's default, it took a tenth of a run. Where the process ends behind the block, a
    last look `at_the_end` of it is of no use.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], after) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        if not at_the_end and not gc.get_freeze_count():  # what the caller has frozen, only the caller may unfreeze
            gc.freeze()  # these two make all objects old ones, without a look at them
            gc.unfreeze()
        gc.set_threshold(*before)
