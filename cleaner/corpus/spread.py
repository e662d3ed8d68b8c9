"""The steps that need the whole corpus, cut into tasks that any engine can spread over machines.

The same candidates and the same decisions as in one process, by the same functions; only compact rows travel, and
the verdicts go back to the shards.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cleaner.corpus import duplicates as verdicts
from cleaner.corpus import lines
from cleaner.corpus.components import HERE
from cleaner.corpus.whole import Embedded, Verdicts
from cleaner.engine.shuffle import Exchange, Here, Steps
from cleaner.engine.work import Work
from cleaner.options import Options, memory_bytes
from cleaner.output.pairs import PAIRS
from cleaner.repeats.repeats import Repeats

__all__ = ["Exchange", "Here", "Spread", "Steps"]

_LINES = 20  # of an article, about


class Spread:
    """The whole-corpus steps of one run, on an engine that can exchange rows. `here`: see components.py."""

    def __init__(self, engine: Exchange, work: Work, options: Options, *, here: int = HERE) -> None:
        self._engine, self._work, self._options, self._here = engine, work, options, here

    def taken_ids(self, shards: Sequence[Path]) -> dict[int, dict[int, str]]:
        """New ids, by shard and row, for records whose own id is taken."""
        return lines.taken_ids(self._steps("read"), shards, self._articles(shards))

    def repeats(self, shards: Sequence[Path]) -> Repeats:
        """The lines that repeat per site."""
        return lines.repeats(self._steps("read"), shards, self._articles(shards) * _LINES)

    def duplicates(self, shards: Sequence[Path]) -> verdicts.Found | Verdicts:
        """Which articles go because another stays; against an index the calling process finds out alone."""
        if self._options.against:
            return Embedded(self._work, self._options).duplicates(shards)
        listed = self._work.path / PAIRS
        return verdicts.duplicates(self._steps("write"), shards, self._options, here=self._here, listed=listed)

    def _steps(self, stage: str) -> Steps:
        memory = memory_bytes(self._options.memory or "1G") // 4
        return Steps(self._engine, self._work.tables(stage), memory)

    def _articles(self, shards: Sequence[Path]) -> int:
        """About how many there are; this only says into how many parts they go."""
        return len(shards) * self._options.shard_records
