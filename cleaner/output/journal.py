"""The journal of publishing: publish.json in the work directory says which results already have their final names.

If a run is killed at any point, the same command does every step again that is not known to be done. It may replace the
output only if the journal says that this very run had begun to put it there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from cleaner.durable import replacing
from cleaner.engine.work import PUBLISH
from cleaner.ownership import read_mark

__all__ = ["Journal"]


class Journal:
    """The journal in a work directory, for the run that `about` describes. Steps of another run are not followed.

    `output` is what `describe` says of the output that this run had begun to publish; None if it had not. `complete`:
    some run published everything. `finished`: it was also about to remove the work directory. `done`: that run is this
    very one. `of_another`: the journal is of a run over other inputs or with other options.
    """

    def __init__(self, folder: Path, about: bytes, shards: int = 0) -> None:
        self._path = folder / PUBLISH
        # The number of files is no option of a stage, and changes what is published.
        run = hashlib.sha256(about + b" %d" % shards).hexdigest()
        known: Any = {}
        if read_mark(folder) is not None:
            with suppress(OSError, ValueError):
                known = orjson.loads(self._path.read_bytes())
        if not isinstance(known, dict):
            known = {}
        self.of_another = known.get("run", run) != run
        self.complete = bool(known.get("done"))
        self.finished = self.complete and not known.get("kept")
        self.done = self.finished and not self.of_another
        self._steps = {**({} if self.of_another else known), "run": run}
        self.output: Mapping[str, Any] | None = self._steps.get("output")

    def note(self, **steps: object) -> None:
        """Write down what is done, on the disk before this returns."""
        self._steps |= steps
        with replacing(self._path) as out:
            out.write(orjson.dumps(self._steps))
