"""How far a run has come with putting its results under their final names: publish.json in its work directory.

After a kill at any point the same command does every step again that is not known to be done, and may replace the
output only where the journal says that this very run had begun to put it there.
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
    """The journal in a work directory, of the run that `about` describes; that of another run is not followed.

    `output` is what `describe` says of the output that this run had begun to publish, None where it had not come so
    far. `complete` says that everything was published, `finished` that the work directory was to be removed then, both
    of any run; `done` is `finished` of this very run; `of_another` says that the journal is of a run over other inputs
    or with other options.
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
